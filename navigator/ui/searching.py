"""One thing a search found, on the page: a measure as its card, anything else as a hit, and its clauses below it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.grouping import Group
from navigator.matching.assess import MeasureResult
from navigator.matching.rulebook import rulebook_for
from navigator.retrieval.library import LibraryHit
from navigator.ui.cards import measure_card
from navigator.ui.hits import draw_clauses, draw_document, draw_hit


def draw_found(one: Group, day: date, results: Mapping[str, MeasureResult]) -> None:
    """Draw one group; `results` hold what is known of this visitor, by measure id."""
    if one.kind == "document":
        draw_document(one.id, one.clauses)
    elif one.kind == "measure":
        measure_card(rulebook_for(day).by_id[one.id].measure, day, results.get(one.id), snippet=one.hit)
        if one.clauses:
            with st.expander(f"原文里有 {len(one.clauses)} 处也说到"):
                draw_clauses(one.clauses)
    else:
        draw_hit(one.hit or _commitment(one.id), one.clauses)


def _commitment(number: str) -> LibraryHit:
    """A commitment of which only clauses were found."""
    item = default_corpus().commitment_by_number[int(number)]
    return LibraryHit("commitment", number, item.title, 0.0, item.summary, "")
