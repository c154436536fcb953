"""Matching enterprises to measures: the predicate language, facts, the assessment of one profile, and of a table."""

from typing import Any

from navigator.matching.assess import Assessment, assess
from navigator.matching.said import facts_from_text

__all__ = ["Assessment", "assess", "facts_from_text", "match"]


def __getattr__(name: str) -> Any:
    """`match`, imported when it is asked for: its libraries take a second that pages need not wait."""
    if name != "match":
        raise AttributeError(name)
    from navigator.matching.batch import match

    return match
