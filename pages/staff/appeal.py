"""一件诉求: its steps, what answers it, and the next step."""

import streamlit as st

from navigator.delivery.appeals import read_appeal
from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.appeals import draw_one
from navigator.ui.links import link
from navigator.ui.words import plain, typed

actor = require("team")
link("appeals", "所有诉求", ":material/arrow_back:")
wanted = st.query_params.get("id", "")
try:
    one, steps = read_appeal(actor, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
except InputError as fault:
    st.title("没有这件诉求", anchor=False)
    st.markdown(plain(str(fault)))
    st.stop()
st.title(typed(one.title), anchor=False)
draw_told()
draw_one(actor, one, steps)
