"""一轮兑现: one measure of one period, from the list to the last payment."""

import streamlit as st

from navigator.delivery.fulfilment import read_round
from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.fulfilment import draw_head, draw_history, draw_items, draw_step
from navigator.ui.links import link
from navigator.ui.words import plain, typed

actor = require("staff")
link("fulfilment", "所有兑现", ":material/arrow_back:")
wanted = st.query_params.get("id", "")
try:
    one = read_round(actor, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
except InputError as fault:
    st.title("没有这一轮", anchor=False)
    st.markdown(plain(str(fault)))
    st.stop()
st.title(typed(one.measure), anchor=False)
draw_told()
draw_head(one)
draw_step(actor, one)
draw_items(actor, one)
draw_history(actor, one)
