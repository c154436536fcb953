"""A table somebody uploaded: read once while its page is open, and which of its columns is what, proposed and to be chosen otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from navigator.ui.words import typed

Role = TypeVar("Role", bound=str)
Table = TypeVar("Table")


def opened(uploaded: Any, key: str, read: Callable[[], Table]) -> Table:
    """What `read` makes of an uploaded file, kept in the session under `key` until another file is chosen. Raises what `read` does."""
    kept = st.session_state.get(key)
    if kept is None or kept[0] != uploaded.file_id:
        kept = st.session_state[key] = (uploaded.file_id, read())
    return kept[1]


def ask_columns(
    headings: Sequence[str], rows: int, roles: Mapping[Role, str], proposed: Mapping[Role, int], key: str
) -> dict[Role, int]:
    """For each role the place of its column, as proposed until somebody chooses otherwise; `key` is the table's own."""
    told = "，".join(f"{word}是“{headings[proposed[role]]}”" for role, word in roles.items() if role in proposed)
    st.caption(typed(f"{rows:,} 行。{told or '一列也没有认出来'}。"))
    options = [None, *range(len(headings))]
    chosen: dict[Role, int] = {}
    with st.expander("列认错了，改一下"):
        for role, word in roles.items():
            place = st.selectbox(
                f"{word}在哪一列",
                options,
                options.index(proposed.get(role)),
                format_func=lambda at: "没有这一列" if at is None else headings[at],
                key=f"{key}:{role}",
            )
            if place is not None:
                chosen[role] = place
    return chosen
