"""The two small ways to say that an answer is wrong; what is said is kept for the office, without any fact of the visitor."""

from __future__ import annotations

import streamlit as st

from navigator.errors import InputError
from navigator.feedback import LONGEST, Kind, keep_feedback
from navigator.ui.words import plain


def remark_popover(kind: Kind, label: str, query: str, subject: str = "") -> None:
    """A small popover with a box for a few words; `subject` is what it is about, as `kind:id`."""
    key = f"remark:{kind}:{subject or query}"
    if st.session_state.get(f"{key}:sent"):
        st.caption(":material/check: 记下了，工作人员会看。谢谢！")
        return
    with st.popover(label, icon=":material/flag:", type="tertiary"), st.form(key, border=False):
        remark = st.text_area("想说什么（可以不填；请不要写姓名、电话等个人信息）", max_chars=LONGEST)
        if st.form_submit_button("交给工作人员"):
            try:
                keep_feedback(kind, query, subject, remark)
            except InputError as error:
                st.error(plain(str(error)))
            else:
                st.session_state[f"{key}:sent"] = True
                st.rerun()
