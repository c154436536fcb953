"""提诉求: an enterprise without an account raises an appeal, and looks with its receipt how far it is."""

import streamlit as st

from navigator.ui.acting import draw_told
from navigator.ui.asking import draw_looking, draw_raising, draw_receipt

st.title("提诉求", anchor=False)
st.markdown(
    "办事卡住了、说好的政策没兑现，写在这里，交给政府办，不用登录。交了有回执，凭回执随时看办到哪一步、怎么答复的。"
    "急事直接打 [12345](tel:12345)。"
)
draw_told()
raising, looking = st.tabs(["提一件", "凭回执查进度"])
with raising:
    if not draw_receipt():
        draw_raising()
with looking:
    draw_looking()
