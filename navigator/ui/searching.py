"""One result of a search on the page: a measure as its card with what matched, anything else as a hit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from navigator.matching.assess import MeasureResult
from navigator.matching.rulebook import default_rulebook
from navigator.retrieval.library import LibraryHit
from navigator.ui.cards import measure_card
from navigator.ui.hits import draw_hit


def draw_found(hit: LibraryHit, day: date, results: Mapping[str, MeasureResult]) -> None:
    """Draw one hit; `results` hold what is known of this visitor, by measure id."""
    if hit.kind == "measure":
        measure_card(default_rulebook().by_id[hit.id].measure, day, results.get(hit.id), snippet=hit)
    else:
        draw_hit(hit)
