"""调度和通报: what the plan's cadence asks for today, the monthly bulletin, the quarterly report, talks."""

import streamlit as st

from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.cadence import draw_bulletin, draw_due, draw_own_page, draw_quarter, draw_talks
from navigator.ui.links import link

VIEWS = ("该做的", "通报", "季度报告", "约谈")

actor = require("staff")
if actor.region is not None:
    draw_own_page(actor)
    st.stop()
st.title("调度和通报", anchor=False)
draw_told()
view = st.segmented_control("看什么", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params")
match view:
    case "该做的":
        draw_due(actor)
    case "通报":
        draw_bulletin(actor)
    case "季度报告":
        draw_quarter(actor)
    case _:
        draw_talks(actor)
link("precision", "调度的指标", ":material/monitoring:")
