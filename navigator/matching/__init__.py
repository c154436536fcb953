"""Matching enterprises to measures: the predicate language, facts, and the assessment of one profile."""

from navigator.matching.assess import Assessment, assess

__all__ = ["Assessment", "assess"]
