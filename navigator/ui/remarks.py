"""The small ways to say that an answer is wrong; what is said is kept for the office, without any fact of the visitor."""

from __future__ import annotations

import streamlit as st

from navigator.corpus.model import Measure
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
        _ask_and_keep(kind, query, subject, key)


def wrong_popover(measure: Measure) -> None:
    """One popover for a whole measure: which line is wrong, and what about it; the place is kept as `measure:ID#conditions/2`."""
    key = f"wrong:{measure.id}"
    if st.session_state.get(f"{key}:sent"):
        st.caption(":material/check: 记下了，工作人员会看。谢谢！")
        return
    places = places_of(measure)
    with st.popover("哪里写错了", icon=":material/flag:", type="tertiary"), st.form(key, border=False):
        place = st.radio("哪一条不对", list(places), format_func=lambda place: plain(places[place]), key=f"{key}:place")
        _ask_and_keep("wrong", "", f"measure:{measure.id}{f'#{place}' if place else ''}", key)


def places_of(measure: Measure) -> dict[str, str]:
    """Every line of a measure that can be wrong: its place in the file (0 is the first) and what stands there."""
    apply = measure.apply
    return {
        "": "整体，或说不准是哪一条",
        **{f"conditions/{at}": f"条件：{item.text}" for at, item in enumerate(measure.conditions)},
        **{f"confirm/{at}": f"当面确认：{line}" for at, line in enumerate(measure.confirm)},
        "benefit": f"能得到什么：{measure.benefit.text}",
        "apply/materials": f"要带什么：{'、'.join(apply.materials) or '没有查到要交的材料'}",
        "apply": f"在哪办、什么时候、电话：{apply.where or '没有查到'}",
        "in_force": "有效期",
        "source": f"依据：{measure.source.document or measure.source.title}",
    }


def _ask_and_keep(kind: Kind, query: str, subject: str, key: str) -> None:
    """The box for a few words and its button, inside a form."""
    remark = st.text_area("想说什么（可以不填；请不要写姓名、电话等个人信息）", max_chars=LONGEST)
    if st.form_submit_button("交给工作人员"):
        try:
            keep_feedback(kind, query, subject, remark)
        except InputError as error:
            st.error(plain(str(error)))
        else:
            st.session_state[f"{key}:sent"] = True
            st.rerun()
