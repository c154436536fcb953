"""The tables of sayings, put together and compiled once with the place names of the configured corpus."""

from __future__ import annotations

from functools import cache

from navigator.matching.said import business, plans, records
from navigator.matching.said.sayings import Saying


@cache
def sayings() -> tuple[Saying, ...]:
    """All rows."""
    return (*business.rows(), *records.rows(), *plans.rows())
