"""The visitor's answers: kept in this session only, never in the URL, a log or a shared cache."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from navigator.matching.assess import Assessment, assess

_KEY = "profile"
_HIDDEN = "hidden_domains"


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
    """Forget all answers of this session, and the widgets that hold them."""
    for key in [key for key in st.session_state if str(key).startswith("ask:")]:
        del st.session_state[key]
    st.session_state[_KEY] = {}
    st.session_state[_HIDDEN] = set()


def hidden_domains() -> set[str]:
    """Domains the visitor folded away as none of his business."""
    return st.session_state.setdefault(_HIDDEN, set())


def assessment(as_of: date) -> Assessment:
    """The assessment of the session's answers on a day."""
    return assess(profile(), as_of)
