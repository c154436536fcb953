"""The rule book as JSON: whole, small, and readable from front to back. What it comes to, tests/browser/test_offline_equal.py tells."""

from __future__ import annotations

import json

from navigator.matching.portable import program
from tests.matching.worlds import make_measure, make_rulebook, money

ALL_MEASURES = 400_000
"""Bytes that the program of all measures may take."""


def test_the_program_of_all_measures_is_small_and_carries_the_version_of_the_corpus(rulebook):
    made = program(rulebook)
    assert made["corpus_version"] == rulebook.corpus.fingerprint
    assert [one["id"] for one in made["measures"]] == [one.measure.id for one in rulebook.measures]
    assert len(json.dumps(made, ensure_ascii=False, allow_nan=False).encode()) < ALL_MEASURES


def test_the_parts_of_a_node_stand_before_it(rulebook):
    for place, (kind, *parts) in enumerate(program(rulebook)["nodes"]):
        if kind not in ("fact", "const", "day"):
            parts = parts[:1] if kind in ("in", "prefix") else parts
            assert all(part < place for part in _flat(parts))


def _flat(parts):
    for part in parts:
        if isinstance(part, list):
            yield from _flat(part)
        else:
            yield part


def test_what_measures_ask_alike_is_written_once_and_no_text_of_a_condition_at_all():
    same = "employees <= 300 AND established_on <= as_of - INTERVAL 1 YEAR"
    made = program(make_rulebook(make_measure("a", same), make_measure("b", same, benefit=money("employees * 500"))))
    first, second = made["measures"]
    assert first["conditions"] == second["conditions"]
    assert made["nodes"][second["estimate"]][0] == "*"
    assert same not in json.dumps(made, ensure_ascii=False)
