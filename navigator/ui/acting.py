"""What somebody does on a page: it is done or refused in one sentence, and the page that is drawn anew says what was done."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4, uuid5

import streamlit as st

from navigator.errors import InputError
from navigator.ui.words import plain

_TOLD, _TURN = "acting:told", "acting:turn"


def act(do: Callable[[], object], told: str | None = None) -> None:
    """Do something, then draw the page anew with empty boxes and a word of it: `told`, or the words that `do` gives."""
    try:
        done = do()
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        return
    tell(str(done) if told is None else told)
    st.rerun()


def tell(told: str) -> None:
    """What `draw_told` shows the next time the page is drawn; boxes are empty then."""
    st.session_state[_TOLD] = told
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def draw_told() -> None:
    """What was done last, in a place of its own: boxes below stay open when it is gone with the next click."""
    with st.container():
        if told := st.session_state.pop(_TOLD, ""):
            st.success(plain(told), icon=":material/check_circle:")


def form_key(name: str, content: object) -> str:
    """A secret random name for what a form with this content makes: a button pressed twice makes one thing, other content another one."""
    return str(uuid5(st.session_state.setdefault(name, uuid4()), repr(content)))


def box(name: str) -> str:
    """The key of a box that is empty again once something was done."""
    return f"{name}:{st.session_state.get(_TURN, 0)}"
