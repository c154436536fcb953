"""The visitor's answers: kept in this session only, never in the URL, a log or a shared cache."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from navigator.matching.assess import Assessment, assess

_KEY = "profile"
_HIDDEN = "hidden_domains"
_ROUND = "round"


def profile() -> dict[str, Any]:
    """The facts answered so far (fact -> value)."""
    return st.session_state.setdefault(_KEY, {})


def set_fact(name: str, value: Any) -> None:
    """Keep an answer; None takes it back."""
    if value is None:
        profile().pop(name, None)
    else:
        profile()[name] = value


def clear_profile() -> None:
    """Forget all answers of this session, and the widgets that hold them.

    The next round's widgets have other keys: a browser keeps what was typed into a widget for as long as its key lives.
    """
    for key in [key for key in st.session_state if str(key).startswith("ask:")]:
        del st.session_state[key]
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state[_KEY] = {}
    st.session_state[_HIDDEN] = set()


def widget_key(name: str) -> str:
    """The key of the widget that asks for a fact, until the answers are cleared."""
    return f"ask:{st.session_state.get(_ROUND, 0)}:{name}"


def hidden_domains() -> set[str]:
    """Domains the visitor folded away as none of his business."""
    return st.session_state.setdefault(_HIDDEN, set())


def assessment(as_of: date) -> Assessment:
    """The assessment of the session's answers on a day."""
    return assess(profile(), as_of)
