"""一个问题: from finding to close-out, and the next step."""

import streamlit as st

from navigator.delivery.problems import read_problem
from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.links import link
from navigator.ui.problems import draw_one
from navigator.ui.words import plain, typed

actor = require("staff")
link("problems", "所有问题", ":material/arrow_back:")
wanted = st.query_params.get("id", "")
try:
    one, steps = read_problem(actor, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
except InputError as fault:
    st.title("没有这个问题", anchor=False)
    st.markdown(plain(str(fault)))
    st.stop()
st.title(typed(one.title), anchor=False)
draw_told()
draw_one(actor, one, steps)
