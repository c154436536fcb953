"""免申即享兑现: what is due, all rounds, and a new list made by the rules."""

import streamlit as st

from navigator.delivery.fulfilment import worlds
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.fulfilment import draw_new, draw_reminders, draw_rounds
from navigator.ui.links import link

actor = require("staff")
st.title("免申即享兑现", anchor=False)
draw_told()
there = worlds(actor)
example = there == {True}
if there == {True, False}:
    example = st.segmented_control("看哪些", ["真的", "示例"], default="真的", required=True, key="world") == "示例"
if example:
    st.warning("下面全是示例：企业是虚构的，数字不算进任何真的指标。", icon=":material/science:")
draw_reminders(actor, example)
draw_rounds(actor, example)
draw_new(actor)
link("precision", "按时兑现率和其他指标", ":material/monitoring:")
