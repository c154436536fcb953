"""问题整改: how many problems stand where, the list, and a new one."""

import streamlit as st

from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.links import link
from navigator.ui.problems import draw_counts, draw_list, draw_new

actor = require("staff")
st.title("问题整改", anchor=False)
st.markdown("发现、整改、复核、反馈、销号，一个一个走到底。谁整改的，不能自己复核，也不能自己销号。")
draw_told()
draw_counts(actor)
draw_list(actor)
draw_new(actor)
link("precision", "问题销号的指标", ":material/monitoring:")
