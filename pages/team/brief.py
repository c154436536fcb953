"""走访提纲: everything for one door on one screen; what is told there is kept at once."""

import streamlit as st

from navigator.delivery.brief import brief_of
from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.brief import draw_brief
from navigator.ui.links import as_of, link
from navigator.ui.words import plain, typed

actor = require("team")
wanted = st.query_params.get("id", "")
try:
    found = brief_of(actor, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0, as_of())
except InputError as fault:
    st.title("没有这家企业", anchor=False)
    st.markdown(plain(str(fault)))
    link("worklist", "走访清单", ":material/checklist:")
    st.stop()
st.title(typed(found.name), anchor=False)
draw_told()
draw_brief(actor, found)
