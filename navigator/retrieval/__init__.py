"""Search: Chinese texts found by words and by meaning, questions in everyday words included."""

from navigator.retrieval.index import Hit, SearchIndex

__all__ = ["Hit", "SearchIndex"]
