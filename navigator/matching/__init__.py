"""Matching enterprises to measures: the predicate language, facts, and the assessment of one profile."""

from navigator.matching.assess import Assessment, assess
from navigator.matching.said import facts_from_text

__all__ = ["Assessment", "assess", "facts_from_text"]
