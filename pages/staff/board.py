"""承诺看板: how the plan's figures stand, the tasks of all commitments, the responsible units."""

import streamlit as st

from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.board import draw_all_tasks, draw_figures, draw_units
from navigator.ui.links import as_of, link

actor = require("staff")
st.title("承诺看板", anchor=False)
draw_told()
VIEWS = ["指标", "任务清单", "责任单位"]
given = st.query_params.get("view", "")
view = st.segmented_control("看什么", VIEWS, default=given if given in VIEWS else "指标", required=True, key="view")
if view == "任务清单":
    draw_all_tasks(actor, as_of())
elif view == "责任单位":
    draw_units(actor)
else:
    draw_figures(actor)
link("progress", "大家看得到的“承诺进展”", ":material/public:")
