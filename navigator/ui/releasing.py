"""The step from draft to library, on any draft's page: ask a second person, agree, send back, take off the table."""

from __future__ import annotations

from datetime import date

import streamlit as st

from navigator.auth import Actor
from navigator.errors import InputError
from navigator.intake.release import publish
from navigator.intake.shelf import STATE_NAMES, Draft, State, default_shelf
from navigator.ui.words import Chip, badge, plain, typed

STATE: dict[State, Chip] = {
    "draft": (STATE_NAMES["draft"], "edit_note", "blue"),
    "proposed": (STATE_NAMES["proposed"], "how_to_reg", "orange"),
    "released": (STATE_NAMES["released"], "verified", "green"),
    "withdrawn": (STATE_NAMES["withdrawn"], "inventory_2", "gray"),
}


def state_line(draft: Draft) -> str:
    """State, and who touched the draft last and when, as Markdown."""
    head = draft.head
    return f"{badge(STATE[draft.state])} {plain(head.by)}　{head.at[:16].replace('T', ' ')}"


def draw_release(
    actor: Actor, draft: Draft, is_ready: bool, effective_from: date | None = None, found: str = ""
) -> None:
    """What this person may do with the draft now. `is_ready`: nothing keeps it from release; `found`: where it is found then."""
    said = st.session_state.pop(f"release:{draft.id}", None)
    if said:
        (st.error if said[0] == "error" else st.success)(
            plain(said[1]), icon=f":material/{'error' if said[0] == 'error' else 'check_circle'}:"
        )
    if draft.state == "released":
        st.success(
            f"已发布：{draft.head.at[:16].replace('T', ' ')} 由 {plain(draft.head.by)} 核对发布。{found}",
            icon=":material/verified:",
        )
    elif draft.state == "proposed":
        _draw_proposed(actor, draft)
    else:
        _draw_draft(actor, draft, is_ready, effective_from)


def _draw_draft(actor: Actor, draft: Draft, is_ready: bool, effective_from: date | None) -> None:
    st.text_input("改了什么、为什么（给核对的人看，发布后留在记录里）", key=f"release:{draft.id}:note", max_chars=300)
    with st.container(horizontal=True):
        st.button(
            "请第二个人核对发布",
            type="primary",
            icon=":material/how_to_reg:",
            disabled=not is_ready,
            on_click=_propose,
            args=(actor, draft, effective_from),
        )
        if draft.state == "draft":
            st.button("撤下这份草稿", icon=":material/inventory_2:", on_click=_withdraw, args=(actor, draft))
    if not is_ready:
        st.caption("上面标着要改的都改好，才能提交。")


def _draw_proposed(actor: Actor, draft: Draft) -> None:
    head = draft.head
    st.info(
        f"{plain(head.by)} 在 {head.at[:16].replace('T', ' ')} 请人核对。{typed(head.note)}",
        icon=":material/how_to_reg:",
    )
    if actor.name in (head.by, default_shelf().author(draft.id)):
        st.markdown("自己写的不能自己发布，要等另一位工作人员核对。要改就直接改，改了要重新提交。")
        return
    st.text_input("退回的话，写一句要改什么", key=f"release:{draft.id}:reason", max_chars=300)
    with st.container(horizontal=True):
        st.button("核对无误，发布", type="primary", icon=":material/verified:", on_click=_approve, args=(actor, draft))
        st.button("退回修改", icon=":material/undo:", on_click=_give_back, args=(actor, draft))


def _propose(actor: Actor, draft: Draft, effective_from: date | None) -> None:
    with _telling(draft, "已提交，等另一位工作人员核对。"):
        default_shelf().propose_release(actor, draft.id, draft.base, effective_from, _written(draft, "note"))


def _approve(actor: Actor, draft: Draft) -> None:
    with _telling(draft, "已发布，大约十秒后就能查到。"):
        default_shelf().approve(actor, draft.id, draft.base, publish)


def _give_back(actor: Actor, draft: Draft) -> None:
    with _telling(draft, "已退回，编写人能看到原因。"):
        default_shelf().give_back(actor, draft.id, draft.base, _written(draft, "reason"))


def _withdraw(actor: Actor, draft: Draft) -> None:
    with _telling(draft, "已撤下，内容都留着，改一下就能接着写。"):
        default_shelf().withdraw(actor, draft.id, draft.base, _written(draft, "note"))


def _written(draft: Draft, box: str) -> str:
    return str(st.session_state.get(f"release:{draft.id}:{box}", "")).strip()


class _telling:
    """Keeps what became of a step for the next drawing of the page."""

    def __init__(self, draft: Draft, done: str) -> None:
        self.draft, self.done = draft, done

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        is_told = error is None or isinstance(error, InputError)
        if is_told:
            st.session_state[f"release:{self.draft.id}"] = ("error", str(error)) if error else ("done", self.done)
        return is_told
