"""走访记录: what was promised and is late, the visits, the promises."""

import streamlit as st

from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.links import link
from navigator.ui.visits import draw_alarm, draw_list, draw_promises

VIEWS = {"visits": "走访", "promises": "答应的事"}

actor = require("team")
st.title("走访记录", anchor=False)
st.markdown("去了谁家、见了谁、谈了什么、答应了什么。写错了可以更正，以前写的都留着。")
draw_told()
draw_alarm(actor)
link("visit-new", "记一次走访", ":material/edit_note:")
view = st.segmented_control(
    "看什么",
    list(VIEWS),
    format_func=VIEWS.__getitem__,
    default="visits",
    key="view",
    bind="query-params",
    required=True,
    label_visibility="collapsed",
)
if view == "promises":
    draw_promises(actor)
else:
    draw_list(actor)
if actor.is_at_least("staff"):
    link("precision", "走访的指标", ":material/monitoring:")
