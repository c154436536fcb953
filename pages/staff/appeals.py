"""企业诉求: what must not be forgotten, the list, a new one, similar earlier ones, and in how many working days each field is to be answered."""

import streamlit as st

from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.appeals import draw_list, draw_new, draw_reminders, draw_terms
from navigator.ui.links import link

actor = require("team")
st.title("企业诉求", anchor=False)
st.markdown("提出、受理、交办、答复、回访、销号，一件一件办到底。谁答复的，不能自己销号。")
draw_told()
draw_reminders(actor)
draw_list(actor)
draw_new(actor)
if actor.is_at_least("staff"):
    draw_terms(actor)
    link("precision", "销号率、答复率、满意率", ":material/monitoring:")
