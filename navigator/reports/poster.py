"""The poster: one measure on one A4 page in large print, for the wall of a window, with a code that leads to its live page."""

from __future__ import annotations

from datetime import date

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Measure
from navigator.matching.dates import today
from navigator.reports.card import card_data
from navigator.reports.typeset import typeset_pdf
from navigator.reports.wording import day_words


def measure_poster_pdf(measure: Measure, as_of: date | None = None) -> bytes:
    """A PDF of one page for a measure as of a day; raises InputError where no Chinese font is found."""
    day, corpus = as_of or today(), default_corpus()
    data = {**card_data(measure, corpus, day), "product": corpus.city.product, "day": day_words(day)}
    return typeset_pdf("poster", data, day)
