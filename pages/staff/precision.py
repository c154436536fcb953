"""精准率: 精准推送率 with its interval and target, what stands beside it, by month and by part, down to the enterprises."""

import streamlit as st

from navigator.delivery.metrics import months_with_pushes
from navigator.delivery.months import month_text
from navigator.matching.dates import today
from navigator.ui.account import draw_download, require
from navigator.ui.precision import (
    HEADLINE,
    chosen_month,
    chosen_world,
    draw_coverage_count,
    draw_headline,
    draw_mark,
    draw_others,
    draw_parts,
    draw_rows,
    draw_trend,
    draw_way_to_judging,
    figures_of,
    name_of_area,
)

actor = require("staff")
st.title("精准率", anchor=False)
example = chosen_world(actor)
draw_mark(example)
if not months_with_pushes(actor, example=example):
    st.info("还没有发出过推送，发出以后这里就有数。", icon=":material/inbox:")
month = chosen_month(actor, example)
st.caption(f"{name_of_area(actor)}的推送，按发出的月份（北京时间）算。")

readings = figures_of(actor, month, example)
draw_headline(next(one for one in readings if one.metric.id == HEADLINE), example)
draw_way_to_judging(month)
draw_trend(readings, month, example)
draw_parts(readings, month, example)
draw_rows(actor, readings, month, example)
st.subheader("旁边的指标", anchor=False)
draw_others([one for one in readings if one.metric.id != HEADLINE])
draw_coverage_count(actor, today(), example)
draw_download("metrics", "下载全部指标（表格）", month=month_text(month), example=int(example))
