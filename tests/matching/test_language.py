"""The predicate language: Kleene logic, unknown numbers, codes, days and thresholds (contract §4)."""

from __future__ import annotations

import math
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.matching.facts import FactBook
from navigator.matching.language import And, Compare, Const, Fact, Node, Not, Or, compile_node, facts_in, walk
from navigator.matching.parse import parse_condition, parse_estimate
from navigator.matching.rulebook import RuleBook
from tests.matching.worlds import DAY, SPECS, VALUES, as_text, full_profiles, predicates, profiles, weakened

OUTCOMES = (True, False, None)
nodes = predicates().map(lambda text: parse_condition(text, SPECS))


def value_of(text: str, facts: dict, as_of: date = DAY) -> object:
    return compile_node(parse_condition(text, SPECS))(facts, as_of)


def amount_of(text: str, facts: dict) -> object:
    return compile_node(parse_estimate(text, SPECS))(facts, DAY)


def same(one: Node, other: Node, facts: dict) -> bool:
    return compile_node(one)(facts, DAY) is compile_node(other)(facts, DAY)


# --- Kleene logic


@pytest.mark.parametrize(("a", "b"), [*product(OUTCOMES, repeat=2)])
def test_and_or_not_follow_the_truth_tables_of_kleene(a, b):
    rank = {False: 0, None: 1, True: 2}
    facts = {name: value for name, value in (("above_scale", a), ("restricted_industry", b)) if value is not None}
    assert value_of("above_scale AND restricted_industry", facts) is min(a, b, key=rank.get)
    assert value_of("above_scale OR restricted_industry", facts) is max(a, b, key=rank.get)
    assert value_of("NOT above_scale", facts) is (None if a is None else not a)


@given(nodes, profiles())
def test_a_double_negation_changes_nothing(node, facts):
    assert same(Not(Not(node)), node, facts)


@given(nodes, nodes, profiles())
def test_de_morgan_holds_both_ways(a, b, facts):
    assert same(Not(And((a, b))), Or((Not(a), Not(b))), facts)
    assert same(Not(Or((a, b))), And((Not(a), Not(b))), facts)


@given(nodes, nodes, nodes, profiles())
def test_and_and_or_do_not_care_about_order_or_grouping(a, b, c, facts):
    for kind in (And, Or):
        assert same(kind((a, b, c)), kind((c, a, b)), facts)
        assert same(kind((a, kind((b, c)))), kind((kind((a, b)), c)), facts)
        assert same(kind((a, a)), a, facts)


@given(nodes, st.data())
def test_learning_more_never_flips_a_decided_outcome(node, data):
    known = data.draw(full_profiles())
    before = compile_node(node)(data.draw(weakened(known)), DAY)
    assert before is None or compile_node(node)(known, DAY) is before


@given(nodes)
def test_with_every_fact_known_every_predicate_is_decided(node):
    facts = dict.fromkeys(VALUES, 1.0) | {
        "established_on": DAY, "entity_type": "企业", "tax_credit_rating": "A",
        "restricted_industry": False, "above_scale": True, "industry": "C3841", "region_code": "420881",
    }  # fmt: skip
    assert compile_node(node)(facts, DAY) is not None


@given(nodes)
def test_with_nothing_known_nothing_is_decided(node):
    assert compile_node(node)({}, DAY) is None


def test_what_kleene_logic_cannot_see_stays_unknown():
    assert value_of("employees <= 30 OR employees > 30", {}) is None


@given(nodes)
def test_a_written_out_tree_reads_back_as_itself(node):
    assert parse_condition(as_text(node), SPECS) == node


# --- numbers


@pytest.mark.parametrize("nothing", [math.nan, math.inf, -math.inf, None])
def test_nan_and_infinities_are_unknown(nothing):
    for text in ("revenue > 5", "revenue <> 5", "revenue IN (5)", "revenue + 1 > 5", "revenue BETWEEN 1 AND 9"):
        assert value_of(text, {"revenue": nothing}) is None, text
    assert value_of("NOT (revenue > 5) AND employees > 3", {"revenue": nothing, "employees": 1.0}) is False


@pytest.mark.parametrize("text", ["revenue * revenue > 5", "revenue + revenue > 5", "0 - revenue - revenue < 5"])
def test_a_sum_or_product_too_large_for_a_double_is_unknown(text):
    assert value_of(text, {"revenue": 1e308}) is None
    assert value_of(text.replace("<", ">"), {"revenue": 1e10}) is not None


@given(st.sampled_from(["least({})", "greatest({})"]), st.lists(st.sampled_from(["revenue", "total_assets", "3"]), min_size=1))
def test_least_and_greatest_are_unknown_with_any_unknown_argument(form, arguments):
    facts = {"revenue": 7.0}
    expected = None
    if "total_assets" not in arguments:
        values = [7.0 if name == "revenue" else 3.0 for name in arguments]
        expected = min(values) if form.startswith("least") else max(values)
    assert amount_of(form.format(", ".join(arguments)), facts) == expected


CASE = "CASE WHEN employees > 100 THEN revenue WHEN in_industry('C38') THEN 2 ELSE total_assets END"


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ({"employees": 101.0, "revenue": 7.0, "industry": "C38", "total_assets": 9.0}, 7.0),
        ({"employees": 100.0, "revenue": 7.0, "industry": "C3841", "total_assets": 9.0}, 2.0),
        ({"employees": 100.0, "revenue": 7.0, "industry": "A01", "total_assets": 9.0}, 9.0),
        ({"employees": 101.0, "revenue": 7.0, "industry": "C38"}, None),
        ({"employees": 100.0, "industry": "C38", "total_assets": 9.0}, None),
        ({"revenue": 7.0, "industry": "C38", "total_assets": 9.0}, None),
        ({"employees": 101.0, "revenue": 7.0, "industry": "C", "total_assets": 9.0}, None),
        ({"employees": 101.0, "revenue": 7.0, "industry": "C38", "total_assets": math.nan}, None),
    ],
)
def test_case_is_unknown_as_soon_as_any_fact_or_test_in_it_is(facts, amount):
    assert amount_of(CASE, facts) == amount


def test_an_unused_branch_too_large_for_a_double_makes_case_unknown():
    text = "CASE WHEN employees > 100 THEN 1 ELSE revenue * revenue END"
    assert amount_of(text, {"employees": 101.0, "revenue": 1e300}) is None
    assert amount_of(text, {"employees": 101.0, "revenue": 1e100}) == 1.0


# --- comparisons

OPERATORS = {"<": (True, False, False), "<=": (True, True, False), "=": (False, True, False)}
OPERATORS |= {">": (False, False, True), ">=": (False, True, True), "<>": (True, False, True)}


@given(st.sampled_from([*OPERATORS]), st.floats(0, 1e12), st.booleans())
def test_every_comparison_turns_exactly_at_its_threshold(operator, edge, mirrored):
    swapped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
    text = f"{edge!r} {swapped} revenue" if mirrored else f"revenue {operator} {edge!r}"
    around = (math.nextafter(edge, -math.inf), edge, math.nextafter(edge, math.inf))
    assert tuple(value_of(text, {"revenue": have}) for have in around) == OPERATORS[operator]


def thresholds(rulebook: RuleBook) -> list[tuple[str, Compare]]:
    """Every comparison of one number with a constant in the real measures and derivations."""
    trees = [(one.measure.id, rule.node) for one in rulebook.measures for rule in one.rules]
    trees += [(conclusion.fact, conclusion.node) for conclusion in rulebook.facts.derived]
    return [
        (place, part)
        for place, tree in trees
        for part in walk(tree)
        if isinstance(part, Compare) and isinstance(part.left, Fact) and part.left.type == "number" and isinstance(part.right, Const)
    ]


def test_every_threshold_of_the_real_rules_turns_exactly_at_its_edge(rulebook):
    found = thresholds(rulebook)
    assert len(found) > 100
    for place, part in found:
        edge = part.right.value
        outcomes = tuple(compile_node(part)({part.left.name: have}, DAY) for have in (edge - 0.01, edge, edge + 0.01))
        assert outcomes == OPERATORS[part.operator], (place, as_text(part))


@given(profiles(("employees",)), st.integers(0, 400), st.integers(0, 400))
def test_between_is_two_comparisons(facts, low, high):
    two = value_of(f"employees >= {low} AND employees <= {high}", facts)
    assert value_of(f"employees BETWEEN {low} AND {high}", facts) is two
    assert value_of(f"employees NOT BETWEEN {low} AND {high}", facts) is (None if two is None else not two)


# --- codes


@pytest.mark.parametrize(
    ("code", "text", "outcome"),
    [
        ("C3841", "in_industry('C38')", True),
        ("C38", "in_industry('C38')", True),
        ("C384", "in_industry('C3841')", None),
        ("C", "in_industry('C38')", None),
        ("C39", "in_industry('C38')", False),
        ("C", "in_industry('C38', 'C')", True),
        ("C", "in_industry('F', 'C38')", None),
        ("C", "NOT in_industry('F', 'G')", True),
        ("C3", "in_industry('C38')", None),
        ("C3", "in_industry('C41')", False),
        (None, "in_industry('C')", None),
        ("420881", "in_region('42')", True),
        ("420881", "in_region('4208')", True),
        ("4208", "in_region('420881')", None),
        ("42", "in_region('4208')", None),
        ("4201", "in_region('4208')", False),
        ("11", "in_region('42')", False),
    ],
)
def test_a_code_is_inside_a_prefix_outside_it_or_too_coarse_to_tell(code, text, outcome):
    name = "industry" if "industry" in text else "region_code"
    assert value_of(text, {name: code}) is outcome


@given(st.from_regex("[A-T][0-9]{0,4}", fullmatch=True), st.from_regex("[A-T][0-9]{4}", fullmatch=True))
def test_a_coarse_code_is_undecided_only_where_a_finer_one_could_decide_otherwise(prefix, code):
    for length in range(1, 6):
        outcome = value_of(f"in_industry('{prefix}')", {"industry": code[:length]})
        finer = value_of(f"in_industry('{prefix}')", {"industry": code})
        assert outcome is finer or outcome is None
        assert (outcome is None) == (prefix.startswith(code[:length]) and len(prefix) > length)


# --- days


@pytest.mark.parametrize(
    ("as_of", "text", "turns_true_on"),
    [
        (date(2024, 2, 29), "established_on <= as_of - INTERVAL 1 YEAR", date(2023, 2, 28)),
        (date(2024, 2, 29), "established_on <= as_of - INTERVAL 4 YEAR", date(2020, 2, 29)),
        (date(2026, 3, 31), "established_on <= as_of - INTERVAL 1 MONTH", date(2026, 2, 28)),
        (date(2024, 3, 31), "established_on <= as_of - INTERVAL 1 MONTH", date(2024, 2, 29)),
        (date(2026, 5, 31), "established_on <= as_of - INTERVAL 6 MONTH", date(2025, 11, 30)),
        (date(2026, 1, 15), "established_on <= as_of - INTERVAL 30 DAY", date(2025, 12, 16)),
        (date(2026, 1, 15), "established_on <= DATE '2024-01-31' + INTERVAL 1 MONTH", date(2024, 2, 29)),
        (date(1, 1, 1), "established_on <= as_of - INTERVAL 1 YEAR", date.min),
    ],
)
def test_an_interval_ends_on_the_calendars_own_day(as_of, text, turns_true_on):
    assert value_of(text, {"established_on": turns_true_on}, as_of) is True
    after = date.fromordinal(turns_true_on.toordinal() + 1)
    assert value_of(text, {"established_on": after}, as_of) is False


@given(st.dates(), st.integers(0, 200), st.sampled_from(["YEAR", "MONTH", "DAY"]), st.sampled_from("+-"))
def test_an_interval_reaches_a_day_from_any_day_of_the_calendar(as_of, amount, unit, sign):
    text = f"established_on <= as_of {sign} INTERVAL {amount} {unit}"
    assert value_of(text, {"established_on": date.min}, as_of) is True
    assert value_of(text, {"established_on": date.max}, as_of) in (True, False)


# --- trees


def test_the_facts_of_a_tree_are_named_once_in_order_of_appearance(book: FactBook):
    node = parse_condition("revenue > 3 AND (in_industry('C') OR employees * 2 > revenue) AND NOT above_scale", book.specs)
    assert facts_in(node) == ("revenue", "industry", "employees", "above_scale")
