"""Answers that the command line and the HTTP interface give alike, as plain JSON data."""

from __future__ import annotations

from typing import Any

from navigator.corpus.load import Corpus


def commitments_json(corpus: Corpus) -> list[dict[str, Any]]:
    """All commitments with their targets, as contract §5 prints them."""
    return [
        {
            "number": item.number,
            "title": item.title,
            "action": item.action,
            "text": item.text,
            "summary": item.summary,
            "concerns": item.concerns,
            "targets": [{**target.model_dump(mode="json"), "value": _whole(target.value)} for target in item.targets],
            "measures": item.measures,
            "platforms": item.platforms,
        }
        for item in corpus.commitments
    ]


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() else value
