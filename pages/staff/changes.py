"""政策变化, for staff: what changes between two days, and which enterprises gain or lose by it."""

import streamlit as st

from navigator.comparison import measure_rows, rows_csv, rows_frame
from navigator.matching.effects import shifts_between, sum_up
from navigator.ui.account import require
from navigator.ui.city import draw_effect, draw_rows_download, pick_city
from navigator.ui.links import link
from navigator.ui.policy_diff import draw_policy_diff, pick_days
from navigator.ui.words import plain

actor = require("staff")
st.title("政策变化")
found = pick_days()
what, whom = st.tabs(["政策有什么变化", "哪些企业得到、失去"])

with what:
    draw_policy_diff(found)

with whom:
    city = pick_city(actor)
    if city is None:
        st.stop()
    with st.spinner("正在算…"):
        effect = sum_up(shifts_between(found.start, found.end, city), city)
    draw_effect(effect)
    st.subheader(f"一项一项看（{len(effect.measures)}项）", anchor=False)
    for measure, gained, lost in measure_rows(effect):
        with st.container(gap="xxsmall"):
            link("measure", f"**{plain(measure.name)}**", id=measure.id)
            for icon, word, text in (("trending_up", "得到", gained), ("trending_down", "失去", lost)):
                if text:
                    st.markdown(f":material/{icon}: {word}　{plain(text)}")
    draw_rows_download(
        actor,
        f"政策变化_{found.start}_{found.end}",
        lambda: rows_csv(rows_frame(shifts_between(found.start, found.end, city), city)),
    )
