"""我的账号: who is signed in here, another password, the way out."""

import streamlit as st

from navigator.errors import InputError
from navigator.store.accounts import SHORTEST_PASSWORD, change_own_password
from navigator.store.sign_ins import count_open, sign_out_everywhere_else
from navigator.ui.account import draw_sign_out, require
from navigator.ui.words import plain

actor = require("public")
st.title("我的账号", anchor=False)
st.markdown(f":material/person: **{plain(actor.name)}**　{actor.role_name}　负责：{actor.area}")
draw_sign_out()

st.subheader("在哪里登录着", anchor=False)
places = count_open(actor)
if places > 1:
    st.markdown(f"您的账号现在在 {places} 处登录着，包括这里。不认得的，把别处都退出，再改密码。")
    if st.button("退出别处的登录", icon=":material/logout:"):
        sign_out_everywhere_else(actor)
        st.rerun()
else:
    st.markdown("只在这里登录着。")

st.subheader("改密码", anchor=False)
with st.form("password", clear_on_submit=True):
    old = st.text_input("原密码", type="password", autocomplete="current-password", max_chars=200)
    new = st.text_input(
        "新密码",
        type="password",
        autocomplete="new-password",
        max_chars=200,
        help=f"至少{SHORTEST_PASSWORD}个字符；几个词连起来的一句话最好记",
    )
    again = st.text_input("再输一次新密码", type="password", autocomplete="new-password", max_chars=200)
    sent = st.form_submit_button("改密码", type="primary")
if sent and new != again:
    st.error("两次输的新密码不一样，请重新输。", icon=":material/error:")
elif sent:
    try:
        change_own_password(actor, old, new)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.success("密码改好了，别处的登录都已退出。", icon=":material/check_circle:")
