"""Filters that live in the URL and say beside each choice how many it leaves.

Not `bind="query-params"`: that writes the label into the URL, and here the label holds a count that changes with the other filters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from navigator.ui.boxes import is_drawn

PAGE = "p"
"""Key and URL parameter of a list's page number."""


def chosen_in_url(name: str, options: Sequence[str]) -> list[str]:
    """The choices the URL names for a filter, without those that there are not."""
    named = st.query_params.get_all(name)
    return [option for option in options if option in named]


def is_unreadable(options: Mapping[str, Sequence[str]]) -> bool:
    """Whether the URL names a choice that there is not."""
    return any(value not in known for name, known in options.items() for value in st.query_params.get_all(name))


def pills_with_counts(
    label: str, name: str, options: Sequence[str], counts: Mapping[str, int], word: Callable[[str], str] = str
) -> None:
    """A row of choices; one without a hit is left out unless it is chosen."""
    current = chosen_in_url(name, options)
    shown = [option for option in options if counts.get(option) or option in current]
    if not shown:
        return
    st.pills(
        label,
        shown,
        selection_mode="multi",
        format_func=lambda option: f"{word(option)} {counts.get(option, 0)}",
        key=_keyed(name, current),
        on_change=_to_url,
        args=(name,),
    )


def multiselect_with_counts(
    label: str, name: str, options: Sequence[str], counts: Mapping[str, int], word: Callable[[str], str] = str
) -> None:
    """A box to pick from, for many choices. Its counts must not change with other filters: the browser knows a choice by its label."""
    current = chosen_in_url(name, options)
    st.multiselect(
        label,
        [option for option in options if counts.get(option) or option in current],
        format_func=lambda option: f"{word(option)}（{counts.get(option, 0)}）",
        key=_keyed(name, current),
        placeholder="点开选，可以选几个",
        on_change=_to_url,
        args=(name,),
    )


def draw_clear(names: Sequence[str], text: str) -> None:
    """The way back to the whole list, where anything narrows it; `text` is the key of the box of words."""
    if st.session_state.get(text) or any(st.query_params.get_all(name) for name in names):
        st.button(
            "筛选全部去掉",
            icon=":material/filter_alt_off:",
            type="tertiary",
            on_click=_clear,
            args=(names, text),
        )


def _clear(names: Sequence[str], text: str) -> None:
    for name in names:
        st.query_params.pop(name, None)
    st.session_state[text] = ""
    to_first_page()


def to_first_page() -> None:
    """Callback: other filters, another list."""
    if st.session_state.get(PAGE, 1) != 1:
        st.session_state[PAGE] = 1


def _keyed(name: str, current: list[str]) -> str:
    """The widget's key; what the URL says is what the widget shows."""
    key = f"filter:{name}"
    if st.session_state.get(key) != current:
        st.session_state[key] = current
    return key


def _to_url(name: str) -> None:
    key = f"filter:{name}"
    if not is_drawn(key):
        return
    to_first_page()
    picked = st.session_state[key]
    if picked:
        st.query_params[name] = picked
    else:
        st.query_params.pop(name, None)
