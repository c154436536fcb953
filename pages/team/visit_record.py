"""一次走访: what was said, whom we met, what we promised, photos, corrections."""

import streamlit as st

from navigator.delivery.visits import read_visit
from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.links import link
from navigator.ui.visits import draw_one
from navigator.ui.words import plain, typed

actor = require("team")
link("visits", "所有走访记录", ":material/arrow_back:")
wanted = st.query_params.get("id", "")
try:
    one, versions = read_visit(actor, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
except InputError as fault:
    st.title("没有这次走访", anchor=False)
    st.markdown(plain(str(fault)))
    st.stop()
st.title(typed(one.name), anchor=False)
draw_told()
draw_one(actor, one, versions)
