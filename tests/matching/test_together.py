"""Many predicates compiled into one function say what each says by itself, node by node."""

from __future__ import annotations

import math
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.matching.language import Const, Day, Facts, Node, compile_node
from navigator.matching.missing import compile_missing
from navigator.matching.parse import parse_condition, parse_estimate
from navigator.matching.rulebook import RuleBook
from navigator.matching.synthetic import synthetic_enterprises
from navigator.matching.together import collect_together, compile_together, conclude_together, explain_together
from tests.matching.worlds import DAY, NUMBERS, SPECS, days, predicates, profiles

unusable = st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e308, 0.0])
"""Values that are unknown, or that make a sum or a product of two of them unknown."""
odd_profiles = st.builds(
    lambda facts, odd: facts | odd,
    profiles(),
    st.dictionaries(st.sampled_from([name for name in NUMBERS if name != "layoff_rate"]), unusable, max_size=2),
)
amounts = st.recursive(
    st.sampled_from([*NUMBERS, "100", "0.5", "employees * revenue"]),
    lambda part: st.one_of(
        st.builds("({} + {})".format, part, part),
        st.builds("({} - {})".format, part, part),
        st.builds("least({}, {})".format, part, part),
        st.builds("greatest({}, {}, 3)".format, part, part),
        st.builds("(CASE WHEN {} THEN {} ELSE {} END)".format, predicates(1), part, part),
        st.builds(
            "(CASE WHEN {} THEN {} WHEN above_scale THEN {} ELSE 1 END)".format, predicates(1), part, part
        ),
    ),
    max_leaves=4,
)


def one_by_one(nodes: list[Node], facts: Facts, as_of: date) -> tuple:
    return tuple(compile_node(node)(facts, as_of) for node in nodes)


@settings(max_examples=150)
@given(st.lists(predicates(), min_size=1, max_size=6), st.lists(odd_profiles, min_size=1, max_size=8), days)
def test_predicates_compiled_together_say_what_each_says_alone(texts, enterprises, as_of):
    nodes = [parse_condition(text, SPECS) for text in texts]
    together = compile_together(nodes)
    for facts in enterprises:
        found = together(facts, as_of)
        assert all(one is None or type(one) is bool for one in found)
        assert found == one_by_one(nodes, facts, as_of)


@settings(max_examples=150)
@given(st.lists(amounts, min_size=1, max_size=4), st.lists(odd_profiles, min_size=1, max_size=8), days)
def test_estimates_compiled_together_give_what_each_gives_alone(texts, enterprises, as_of):
    nodes = [parse_estimate(text, SPECS) for text in texts]
    together = compile_together(nodes)
    for facts in enterprises:
        assert together(facts, as_of) == one_by_one(nodes, facts, as_of)


@settings(max_examples=150)
@given(st.lists(predicates(), min_size=1, max_size=5), st.lists(odd_profiles, min_size=1, max_size=8), days)
def test_the_facts_that_keep_predicates_open_are_those_found_one_after_another(texts, enterprises, as_of):
    nodes = [parse_condition(text, SPECS) for text in texts]
    together, alone = collect_together(nodes), [compile_missing(node) for node in nodes]
    for facts in enterprises:
        found: dict[str, None] = {}
        expected: dict[str, None] = {}
        together(facts, as_of, found)
        for collect in alone:
            collect(facts, as_of, expected)
        assert list(found) == list(expected)


def test_the_real_conditions_and_derivations_compiled_together_say_what_each_says_alone(rulebook: RuleBook):
    nodes = [rule.node for one in rulebook.measures for rule in one.rules]
    nodes += [one.estimate_node for one in rulebook.measures if one.estimate_node is not None]
    nodes += [one.node for one in (*rulebook.facts.implied, *rulebook.facts.derived)]
    together, alone = compile_together(nodes), [compile_node(node) for node in nodes]
    book = rulebook.facts
    for unknown in (0.0, 0.3, 0.7):
        for row in synthetic_enterprises(80, 5, unknown).to_dicts():
            facts = book.complete(book.read_profile(row)).values
            assert together(facts, DAY) == tuple(test(facts, DAY) for test in alone)


def test_no_text_of_a_predicate_becomes_code():
    odd = "x'); raise SystemExit('''"
    node = parse_condition("entity_type = '企业'", SPECS)
    changed = type(node)(node.operator, node.left, Const(odd))
    assert compile_together([changed])({"entity_type": odd}, DAY) == (True,)
    assert compile_together([changed])({"entity_type": "企业"}, DAY) == (False,)


def test_nothing_compiled_together_gives_nothing_and_a_day_moves_with_the_question():
    assert compile_together([])({}, DAY) == ()
    assert compile_together([Day(None, years=-1), Day(DAY, days=1)])({}, date(2024, 2, 29)) == (
        date(2023, 2, 28), date(2026, 11, 24),
    )  # fmt: skip


@settings(max_examples=100)
@given(st.lists(predicates(), min_size=1, max_size=5), st.lists(odd_profiles, min_size=1, max_size=6), days)
def test_each_undecided_predicate_is_explained_by_itself(texts, enterprises, as_of):
    nodes = [parse_condition(text, SPECS) for text in texts]
    explained = explain_together(nodes, range(len(nodes)))
    for facts in enterprises:
        unknown: dict[int, dict[str, None]] = {}
        outcomes = explained(facts, as_of, unknown)
        assert outcomes == one_by_one(nodes, facts, as_of)
        assert list(unknown) == [place for place, outcome in enumerate(outcomes) if outcome is None]
        for place, found in unknown.items():
            expected: dict[str, None] = {}
            compile_missing(nodes[place])(facts, as_of, expected)
            assert list(found) == list(expected)


@settings(max_examples=100)
@given(st.lists(predicates(), min_size=1, max_size=4), st.booleans(), st.lists(odd_profiles, min_size=1, max_size=6))
def test_the_first_conclusion_that_holds_is_drawn_unless_the_fact_is_known(texts, is_known, enterprises):
    nodes = [parse_condition(text, SPECS) for text in texts]
    conclude = conclude_together([("new", False, [(node, float(place)) for place, node in enumerate(nodes)])])
    for facts in enterprises:
        completed = {**facts, "new": -1.0} if is_known else dict(facts)
        conclude(completed, DAY)
        places = [float(place) for place, outcome in enumerate(one_by_one(nodes, facts, DAY)) if outcome]
        assert completed.get("new") == (-1.0 if is_known else places[0] if places else None)


def test_a_code_is_concluded_only_finer():
    nodes = [parse_condition(text, SPECS) for text in ("employees > 1", "employees > 2", "employees > 3")]
    conclude = conclude_together([("place", True, zip(nodes, ("42", "4208", "11"), strict=True))])
    for employees, have, expected in ((5.0, None, "4208"), (5.0, "420881", "420881"), (2.0, None, "42"), (1.0, None, None)):
        facts = {"employees": employees} | ({"place": have} if have else {})
        conclude(facts, DAY)
        assert facts.get("place") == expected
