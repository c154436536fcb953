"""A rule book made ready finds what a plain walk over each measure finds."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.matching import assess
from navigator.matching.assess import MeasureResult, in_force_dict
from navigator.matching.facts import Completed
from navigator.matching.language import compile_node, facts_in
from navigator.matching.missing import compile_missing
from navigator.matching.near_miss import NearMiss, near_misses
from navigator.matching.ready import ready
from navigator.matching.rulebook import CompiledMeasure, RuleBook, outcome_of
from navigator.matching.synthetic import synthetic_enterprises
from tests.matching.worlds import DAY, make_measure, make_rulebook, money, predicates, profiles

ESTIMATES = (None, "revenue * 0.01", "greatest(taxable_income, 0) * 0.05", "employees * 100")


def assert_plain(result: MeasureResult, compiled: CompiledMeasure, found: Completed, rulebook: RuleBook, day: date) -> None:
    """The result is what the trees of the measure say one by one, each node a function of its own."""
    values = found.values
    outcomes = tuple(compile_node(rule.node)(values, day) for rule in compiled.rules)
    assert tuple(item.outcome for item in result.conditions) == outcomes
    assert [item.condition for item in result.conditions] == list(compiled.measure.conditions)
    assert [item.actual for item in result.conditions] == [
        {name: values.get(name) for name in facts_in(rule.node)} for rule in compiled.rules
    ]
    assert result.outcome == outcome_of(outcomes)
    unknown: dict[str, None] = {}
    for rule in compiled.rules:
        compile_missing(rule.node)(values, day, unknown)
    open_now = result.outcome == "needs_info"
    assert result.missing == (rulebook.askable.of(unknown, values, day) if open_now else ())
    assert result.estimate == estimate_of(compiled, values, day)
    changes, changed, moved_day = near_way(compiled, found, rulebook, day)
    assert result.near_miss == changes
    assert result.near_estimate == (estimate_of(compiled, changed, moved_day) if changes else None)


def estimate_of(compiled: CompiledMeasure, values: dict[str, Any], day: date) -> float | None:
    estimate = compile_node(compiled.estimate_node)(values, day) if compiled.estimate_node else None
    return None if estimate is None else round(estimate, 2)


def near_way(
    compiled: CompiledMeasure, found: Completed, rulebook: RuleBook, day: date
) -> tuple[tuple[NearMiss, ...], dict[str, Any], date]:
    """The changes that leave no condition failed, the facts after them, completed anew, and the day they allow."""
    nothing = (), found.values, day
    failed = [rule.node for rule in compiled.rules if compile_node(rule.node)(found.values, day) is False]
    ways = [near_misses(node, found.values, day, rulebook.facts.specs) for node in failed]
    if not failed or not all(ways):
        return nothing
    largest: dict[str, NearMiss] = {}
    for change in (one for way in ways for one in way):
        if change.fact not in largest or (change.distance or 0) > (largest[change.fact].distance or 0):
            largest[change.fact] = change
    changes = tuple(largest.values())
    moved_day = max((one.by for one in changes if one.by), default=day)
    new = {one.fact: one.need[0] if isinstance(one.need, tuple) else one.need for one in changes if one.by is None}
    after = rulebook.facts.complete({**{name: found.values[name] for name in found.given}, **new})
    last = compiled.measure.in_force.to
    over = last and day <= last < moved_day
    worse = len(after.contradictions) > len(found.contradictions)
    fails = any(compile_node(rule.node)(after.values, moved_day) is False for rule in compiled.rules)
    return nothing if over or worse or fails else (changes, after.values, moved_day)


@pytest.mark.parametrize("unknown", [0.0, 0.3, 0.8])
def test_the_real_measures_are_assessed_as_their_trees_say(rulebook: RuleBook, unknown):
    drawn = random.Random(9)
    for row in synthetic_enterprises(25, 21, unknown).to_dicts():
        day = drawn.choice([DAY, date(2025, 12, 31), date(2024, 7, 1), date(2027, 6, 1)])
        found = assess(row, day, rulebook)
        for result, compiled in zip(found.measures, rulebook.measures, strict=True):
            assert_plain(result, compiled, found.profile, rulebook, day)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.lists(predicates(2), min_size=1, max_size=3), st.sampled_from(ESTIMATES)), min_size=1, max_size=3),
    st.lists(profiles(), min_size=1, max_size=4),
)
def test_invented_measures_are_assessed_as_their_trees_say(conditions, enterprises):
    measures = [
        make_measure(f"m{number}", *texts, **({"benefit": money(estimate)} if estimate else {}))
        for number, (texts, estimate) in enumerate(conditions)
    ]
    rulebook = make_rulebook(*measures)
    for facts in enterprises:
        found = assess(facts, DAY, rulebook)
        for result, compiled in zip(found.measures, rulebook.measures, strict=True):
            assert_plain(result, compiled, found.profile, rulebook, DAY)


def test_a_condition_that_many_measures_share_is_tested_once():
    rulebook = make_rulebook(*(make_measure(f"m{n}", "employees <= 30", f"revenue <= {n}") for n in range(5)))
    made = ready(rulebook)
    assert len(made.tests) == 6
    assert [one.tests[0] for one in made.measures] == [0] * 5


def test_nothing_of_an_enterprise_is_kept_for_the_next(rulebook: RuleBook):
    rows = synthetic_enterprises(12, 4, 0.4).to_dicts()
    first = [assess(row, DAY, rulebook).as_dict() for row in rows]
    assert [assess(row, DAY, rulebook).as_dict() for row in reversed(rows)] == list(reversed(first))


def test_the_period_in_json_has_every_field_of_the_file(rulebook: RuleBook):
    for one in rulebook.measures:
        assert in_force_dict(one.measure) == one.measure.in_force.model_dump(mode="json", by_alias=True)
