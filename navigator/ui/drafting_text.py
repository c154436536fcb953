"""The whole of a draft as text, what keeps it from release, and every save it has had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from navigator.errors import InputError
from navigator.intake.changes import measure_changes
from navigator.intake.draft import Fault
from navigator.intake.release import read_measure
from navigator.intake.shelf import ACTION_NAMES, Revision, default_shelf
from navigator.ui.boxes import when_drawn
from navigator.ui.changes import draw_changes
from navigator.ui.drafting import Desk, replace_text
from navigator.ui.words import plain, typed

_SHOWN = 8


def draw_faults(found: Sequence[Fault], is_open: bool) -> None:
    """How far the draft is: what still has to be put right, or that it may be released."""
    if not is_open:
        return
    if not found:
        st.markdown(":green-badge[:material/check_circle: 检查通过] 可以请第二个人核对了。每次改动都已自动保存。")
        return
    with st.expander(f":orange-badge[:material/pending: 还有 {len(found)} 处] 要填或要改；已写的都自动保存了"):
        for fault in found[:_SHOWN]:
            st.markdown(f"- **{plain(fault.part)}**：{plain(fault.sentence)}")
        if len(found) > _SHOWN:
            st.caption(f"还有 {len(found) - _SHOWN} 处，改好上面的再看。")


def draw_text(desk: Desk) -> None:
    """The whole text in one box, kept as it is typed, whether it can be read or not."""
    key = desk.key("text")
    st.session_state.setdefault(key, desk.content)
    st.text_area(
        "整份事项（YAML，懂的人用）",
        key=key,
        height=420,
        disabled=not desk.is_open,
        on_change=when_drawn(key, lambda text: replace_text(desk, text)),
    )
    st.caption("离开这个框就自动保存，读不懂的也照样留着。")


def draw_first_day(desk: Desk) -> date | None:
    """From which day the version is to answer; None for at once."""
    if not desk.is_open or desk.draft.state == "proposed":
        return None
    label = "从哪天起用这一版（不选就是发布后马上用）"
    return st.date_input(label, value=None, format="YYYY-MM-DD", key=f"draft:{desk.id}:effective")


def draw_history(desk: Desk) -> None:
    """Every save, the newest first; one can be looked at and brought back."""
    history = default_shelf().history(desk.id)
    st.subheader(f"历史（{len(history)} 次）", anchor=False)
    chosen = st.selectbox(
        "哪一次",
        range(len(history) - 1, -1, -1),
        format_func=lambda place: _said(history[place]),
        key=desk.key("history", len(history)),
    )
    revision = history[chosen]
    if revision.note:
        st.markdown(f"说明：{typed(revision.note)}")
    try:
        before = next((one for one in history if one.number == revision.base), None)
        old = read_measure(before.content)[0] if before else None
        draw_changes(measure_changes(old, read_measure(revision.content)[0]) if old else (), empty="和前一次一样。")
    except InputError:
        st.caption("这一次还没填完，看下面的原样。")
    with st.expander("看这一次的原样"):
        st.code(revision.content, language="yaml")
    if revision.content != desk.content and desk.is_open:
        st.button("恢复成这一次的样子", icon=":material/history:", on_click=replace_text, args=(desk, revision.content))


def _said(revision: Revision) -> str:
    aside = "（放在一边）" if revision.aside else ""
    return f"第{revision.number}次　{revision.at[:16].replace('T', ' ')}　{revision.by}　{ACTION_NAMES[revision.action]}{aside}"
