"""Draws the differences between two versions: word by word, what went struck through, what came in bold, and said in words too."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from navigator.intake.changes import Change
from navigator.ui.words import typed

_WORD = {"加": ("add_circle", "green", "新加"), "删": ("remove_circle", "red", "删去"), "改": ("edit", "blue", "改动")}


def draw_changes(changes: Sequence[Change], empty: str = "没有不同。", longest: int = 60) -> None:
    """One line a change; beyond `longest` the rest is counted."""
    if not changes:
        st.markdown(empty)
    for change in changes[:longest]:
        st.markdown(change_line(change))
    if len(changes) > longest:
        st.caption(f"还有 {len(changes) - longest} 处没有列出。")


def change_line(change: Change) -> str:
    """A change as Markdown: `改动　条件：不超过~~300~~ **500**人`."""
    icon, color, word = _WORD[change.kind]
    pieces = []
    for kind, text in change.pieces():
        shown = typed(text.strip()) if kind != "same" else typed(_shortened(text))
        if not shown:
            continue
        if kind == "old":
            pieces.append(f":red[~~{shown}~~]" if change.kind != "删" else shown)
        elif kind == "new":
            pieces.append(f":green[**{shown}**]" if change.kind != "加" else shown)
        else:
            pieces.append(shown)
    joined = " ".join(pieces) if change.kind == "改" else "".join(pieces)
    return f":{color}-badge[:material/{icon}: {word}] {typed(change.part)}：{joined}"


def _shortened(text: str) -> str:
    """A long stretch that stayed the same, its middle left out."""
    return text if len(text) <= 80 else f"{text[:35]} …… {text[-35:]}"
