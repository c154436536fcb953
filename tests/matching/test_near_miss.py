"""差一步: the change or the day that would meet a condition, and nothing where there is none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.matching import assess
from navigator.matching.language import compile_node
from navigator.matching.near_miss import NearMiss, near_misses
from navigator.matching.parse import parse_condition
from tests.matching.worlds import DAY, SPECS, make_measure, make_rulebook

ONE_YEAR = "established_on <= as_of - INTERVAL 1 YEAR"


def misses(text: str, facts: dict[str, Any], as_of: date = DAY) -> tuple[NearMiss, ...]:
    return near_misses(parse_condition(text, SPECS), facts, as_of, SPECS)


def assessed(profile: dict[str, Any], *conditions: str, **changes: Any) -> list[tuple[str, Any, float | None]]:
    """(fact, need, distance) of each near miss of one invented measure."""
    (result,) = assess(profile, DAY, make_rulebook(make_measure("m", *conditions, **changes))).measures
    return [(miss.fact, miss.need, miss.distance) for miss in result.near_miss]


# --- time


def test_a_firm_of_325_days_that_needs_a_year_has_40_days_to_go():
    founded = DAY - timedelta(days=325)
    (miss,) = misses(ONE_YEAR, {"established_on": founded})
    assert miss == NearMiss("established_on", founded, date(2025, 11, 23), 40.0, DAY + timedelta(days=40))


intervals = st.sampled_from(["1 YEAR", "2 YEAR", "6 MONTH", "90 DAY"])


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 900), intervals, st.sampled_from(["<", "<="]))
def test_the_day_named_is_the_first_on_which_the_condition_holds(as_of, age, interval, operator):
    text = f"established_on {operator} as_of - INTERVAL {interval}"
    facts = {"established_on": as_of - timedelta(days=age)}
    holds = compile_node(parse_condition(text, SPECS))
    first = next((day for day in range(1, 367) if holds(facts, as_of + timedelta(days=day))), None)
    found = misses(text, facts, as_of)
    if holds(facts, as_of) or first is None:
        assert found == ()
    else:
        assert [(miss.distance, miss.by) for miss in found] == [(float(first), as_of + timedelta(days=first))]


@pytest.mark.parametrize(
    "text",
    [
        "established_on <= DATE '2020-01-01'",
        "established_on >= as_of - INTERVAL 1 YEAR",
        "established_on = as_of - INTERVAL 3 YEAR",
        "established_on <= as_of - INTERVAL 9 YEAR",
    ],
)
def test_time_does_not_help_where_it_runs_the_other_way_or_far_too_long(text):
    assert misses(text, {"established_on": date(2023, 6, 1)}) == ()


def test_time_does_not_help_where_the_measure_ends_before():
    profile = {"established_on": DAY - timedelta(days=325)}
    by = DAY + timedelta(days=40)
    assert assessed(profile, ONE_YEAR, in_force={"from": None, "to": by}) == [("established_on", date(2025, 11, 23), 40.0)]
    assert assessed(profile, ONE_YEAR, in_force={"from": None, "to": by - timedelta(days=1)}) == []


def test_near_the_end_of_the_calendar_there_is_no_day_to_wait_for():
    assert misses(ONE_YEAR, {"established_on": date.max - timedelta(days=2)}, date.max - timedelta(days=1)) == ()


# --- amounts


@pytest.mark.parametrize(
    ("text", "facts", "need", "distance"),
    [
        ("rd_expense >= 1000000", {"rd_expense": 900000.0}, 1e6, 1e5),
        ("rd_expense > 1000000", {"rd_expense": 900000.0}, 1000001.0, 100001.0),
        ("rd_expense * 100 >= revenue * 3", {"rd_expense": 280000.0, "revenue": 1e7}, 3e5, 20000.0),
        ("revenue * 3 <= rd_expense * 100", {"rd_expense": 280000.0, "revenue": 1e7}, 3e5, 20000.0),
        ("rd_expense * 3 >= 1000000", {"rd_expense": 333000.0}, 333334.0, 334.0),
        ("1000000 <= rd_expense * 3", {"rd_expense": 333000.0}, 333334.0, 334.0),
        ("1000000 > rd_expense * 3", {"rd_expense": 333335.0}, 333333.0, 2.0),
        ("total_liabilities < 1000", {"total_liabilities": 1100.0}, 999.0, 101.0),
        ("NOT total_liabilities > 1000", {"total_liabilities": 1100.0}, 1000.0, 100.0),
        ("new_graduate_hires >= 5", {"new_graduate_hires": 0.0}, 5.0, 5.0),
        ("ip_count >= 6", {"ip_count": 3.0}, 6.0, 3.0),
        ("ip_count = 6", {"ip_count": 8.0}, 6.0, 2.0),
        ("ip_count BETWEEN 6 AND 9", {"ip_count": 11.0}, 9.0, 2.0),
        ("rd_staff_ratio >= 10", {"rd_staff_ratio": 9.25}, 10.0, 0.75),
        ("rd_staff_ratio > 10", {"rd_staff_ratio": 9.0}, 10.01, 1.01),
        ("kwh_per_kva >= 260", {"kwh_per_kva": 250.0}, 260.0, 10.0),
    ],
)
def test_the_smallest_step_that_meets_a_condition_is_named(text, facts, need, distance):
    (miss,) = misses(text, facts)
    assert (miss.need, miss.distance, miss.by) == (need, distance, None)
    assert miss.have == facts[miss.fact]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("rd_expense >= 1000000", {"rd_expense": 799999.0}),
        ("new_graduate_hires >= 6", {"new_graduate_hires": 0.0}),
        ("ip_count >= 4", {"ip_count": 0.0}),
        ("rd_staff_ratio > 100", {"rd_staff_ratio": 99.0}),
        ("ip_count < 0", {"ip_count": 0.0}),
        ("ip_count * 2 = 5", {"ip_count": 2.0}),
        ("ip_count <> 3", {"ip_count": 3.0}),
        ("ip_count * ip_count >= 10", {"ip_count": 3.0}),
        ("rd_expense * 1e308 >= revenue * 1e308", {"rd_expense": 1e300, "revenue": 1e301}),
    ],
)
def test_what_is_far_off_or_beyond_reach_is_no_near_miss(text, facts):
    assert misses(text, facts) == ()


@settings(max_examples=150)
@given(st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(0, 60), st.integers(0, 60), st.integers(1, 3))
def test_the_value_named_meets_the_condition_and_one_step_less_does_not(operator, limit, have, times):
    text = f"ip_count * {times} {operator} {limit}"
    holds = compile_node(parse_condition(text, SPECS))
    for miss in misses(text, {"ip_count": float(have)}):
        assert holds({"ip_count": miss.need}, DAY)
        back = 1.0 if miss.need < have else -1.0
        assert not holds({"ip_count": miss.need + back}, DAY)
        assert miss.distance == abs(miss.need - have)


# --- yes, no and grades


def test_a_yes_or_no_and_a_grade_have_no_distance():
    assert misses("NOT abnormal_listed", {"abnormal_listed": True}) == (NearMiss("abnormal_listed", True, False, None, None),)
    assert misses("is_tech_sme", {"is_tech_sme": False}) == (NearMiss("is_tech_sme", False, True, None, None),)
    (miss,) = misses("tax_credit_rating IN ('A', 'B')", {"tax_credit_rating": "C"})
    assert (miss.have, miss.need, miss.distance) == ("C", ("A", "B"), None)
    assert misses("tax_credit_rating = 'A'", {"tax_credit_rating": "C"})[0].need == "A"
    assert misses("tax_credit_rating <> 'D'", {"tax_credit_rating": "D"})[0].need == ("A", "B", "M", "C")
    assert misses("NOT tax_credit_rating IN ('C', 'D')", {"tax_credit_rating": "D"})[0].need == ("A", "B", "M")
    assert misses("NOT tax_credit_rating IN ('A', 'B', 'M', 'C', 'D')", {"tax_credit_rating": "D"}) == ()


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("entity_type = '企业'", {"entity_type": "个体工商户"}),
        ("in_industry('C')", {"industry": "F51"}),
        ("employees <= 300", {"employees": 301.0}),
        ("NOT seriously_dishonest", {"seriously_dishonest": True}),
        ("in_region('4208')", {"region_code": "4201"}),
        ("employees IN (1, 2)", {"employees": 3.0}),
    ],
)
def test_a_fact_the_enterprise_cannot_change_gives_nothing(text, facts):
    assert misses(text, facts) == ()


def test_what_is_unknown_is_no_near_miss():
    assert misses("is_tech_sme AND above_scale", {"is_tech_sme": False}) == ()
    assert misses("rd_expense * 100 >= revenue * 3", {"rd_expense": 5.0}) == ()


# --- several conditions


def test_every_failed_condition_must_be_within_reach():
    profile = {"is_tech_sme": False, "ip_count": 5, "entity_type": "企业"}
    assert assessed(profile, "is_tech_sme", "ip_count >= 6") == [("is_tech_sme", True, None), ("ip_count", 6.0, 1.0)]
    assert assessed(profile, "is_tech_sme", "entity_type = '社会组织'") == []
    assert assessed(profile, "ip_count >= 5") == []


def test_of_alternatives_the_shorter_way_is_named():
    profile = {"is_tech_sme": False, "above_scale": False, "abnormal_listed": True}
    assert assessed(profile, "(is_tech_sme AND NOT abnormal_listed) OR above_scale") == [("above_scale", True, None)]


def test_the_opposite_of_alternatives_needs_every_change_and_of_joint_demands_only_one():
    both = {"abnormal_listed": True, "is_tech_sme": True}
    assert [miss.fact for miss in misses("NOT (abnormal_listed OR is_tech_sme)", both)] == ["abnormal_listed", "is_tech_sme"]
    assert [miss.fact for miss in misses("NOT (abnormal_listed AND is_tech_sme)", both)] == ["abnormal_listed"]


def test_two_demands_on_one_fact_are_told_as_the_larger():
    assert assessed({"ip_count": 5}, "ip_count >= 6", "ip_count >= 7") == [("ip_count", 7.0, 2.0)]
    assert assessed({"ip_count": 5}, "ip_count >= 7", "ip_count >= 6") == [("ip_count", 7.0, 2.0)]


def test_a_change_that_spoils_another_condition_is_none():
    assert assessed({"ip_count": 5}, "ip_count >= 7 OR ip_count = 3", "ip_count <= 6") == []
    assert assessed({"rd_expense": 95, "total_liabilities": 100}, "rd_expense >= 100", "total_liabilities > rd_expense") == []


def test_what_follows_from_another_fact_cannot_be_changed_alone():
    assert assessed({"entity_type": "个体工商户"}, "is_high_tech_enterprise") == []
    assert assessed({"entity_type": "企业", "is_high_tech_enterprise": False}, "is_high_tech_enterprise") != []
    assert assessed({"employees": 0}, "new_graduate_hires >= 1") == []
    assert assessed({"employees": 1, "new_graduate_hires": 0}, "new_graduate_hires >= 1") == [("new_graduate_hires", 1.0, 1.0)]


CHANGEABLE = {"ip_count": st.integers(0, 20), "tax_credit_rating": st.sampled_from("ABMCD"), "above_scale": st.booleans()}
CHANGEABLE |= {"is_tech_sme": st.booleans(), "rd_expense": st.integers(0, 300), "total_liabilities": st.integers(0, 300)}
CHANGEABLE |= {"established_on": st.dates(date(2025, 6, 1), DAY), "entity_type": st.sampled_from(["企业", "个体工商户"])}
demands = st.one_of(
    st.builds("ip_count {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(0, 20)),
    st.builds("rd_expense * {} {} total_liabilities + {}".format, st.integers(1, 3), st.sampled_from(["<", ">="]), st.integers(0, 99)),
    st.sampled_from(["above_scale", "is_tech_sme", "NOT is_tech_sme", "entity_type = '企业'", "tax_credit_rating IN ('A', 'B')", ONE_YEAR]),
)
joined = st.recursive(
    demands, lambda part: st.one_of(st.builds("({}) AND ({})".format, part, part), st.builds("({}) OR ({})".format, part, part))
)


@settings(max_examples=60)
@given(st.lists(joined, min_size=1, max_size=3), st.fixed_dictionaries({}, optional=CHANGEABLE))
def test_after_the_changes_no_condition_fails(conditions, facts):
    rulebook = make_rulebook(make_measure("m", *conditions))
    (result,) = assess(facts, DAY, rulebook).measures
    changes = {miss.fact: miss.need for miss in result.near_miss if miss.by is None}
    plain = {name: need[0] if isinstance(need, tuple) else need for name, need in changes.items()}
    day = max((miss.by for miss in result.near_miss if miss.by), default=DAY)
    (after,) = assess(facts | plain, day, rulebook).measures
    if result.near_miss:
        assert (result.outcome, after.outcome == "not_eligible") == ("not_eligible", False)
    else:
        assert after.outcome == result.outcome
