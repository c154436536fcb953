"""差一步 in the order in which it pays, what it brings, and item 13 of the plan: a firm close to 260 kilowatt-hours for each kVA."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.matching import assess
from navigator.matching.near_miss import NearMiss
from navigator.matching.one_step import Step, effort_of, one_steps
from tests.matching.worlds import DAY, make_measure, make_rulebook, money

FACTORY = {"entity_type": "企业", "region": "掇刀区", "industry": "C26", "two_part_tariff": True, "kwh_per_kva": 230.0}
DEMAND = "nat-demand-charge-90"


def steps(profile: dict[str, Any], *measures: Any) -> tuple[Step, ...]:
    return one_steps(assess(profile, DAY, make_rulebook(*measures)))


def ids(found: tuple[Step, ...]) -> list[str]:
    return [step.result.measure.id for step in found]


# --- electricity (item 13 of the plan)


def test_a_factory_at_230_kilowatt_hours_lacks_30_for_the_demand_charge():
    found = {step.result.measure.id: step for step in one_steps(assess(FACTORY, date(2026, 3, 1)))}
    (change,) = found[DEMAND].changes
    assert (change.fact, change.have, change.need, change.distance) == ("kwh_per_kva", 230.0, 260.0, 30.0)
    assert not found[DEMAND].doubtful
    assert found[DEMAND].effort == pytest.approx(1 + 5 * 30 / 260)


def test_after_the_inferred_last_day_the_demand_charge_is_doubtful_and_counts_no_money():
    found = one_steps(assess(FACTORY, DAY))
    assert ids(found)[-1] == DEMAND
    assert found[-1].doubtful and found[-1].money is None


def test_a_factory_far_below_260_and_one_with_a_single_tariff_are_not_near():
    for change in ({"kwh_per_kva": 120.0}, {"two_part_tariff": False}):
        assert DEMAND not in ids(one_steps(assess({**FACTORY, **change}, date(2026, 3, 1))))


# --- money over effort


def test_what_brings_more_for_the_same_effort_comes_first():
    small, large = money("revenue * 0.01"), money("revenue * 0.02")
    found = steps(
        {"revenue": 1e6, "is_tech_sme": False, "is_high_tech_enterprise": False},
        make_measure("small", "is_tech_sme", benefit=small),
        make_measure("large", "is_high_tech_enterprise", benefit=large),
    )
    assert ids(found) == ["large", "small"]
    assert [step.money for step in found] == [20000.0, 10000.0]


def test_the_same_money_for_less_effort_comes_first():
    found = steps(
        {"revenue": 1e6, "is_tech_sme": False, "rd_staff_ratio": 9.0, "established_on": DAY - timedelta(days=325)},
        make_measure("title", "is_tech_sme", benefit=money("revenue * 0.01")),
        make_measure("number", "rd_staff_ratio >= 10", benefit=money("revenue * 0.01")),
        make_measure("time", "established_on <= as_of - INTERVAL 1 YEAR", benefit=money("revenue * 0.01")),
    )
    assert ids(found) == ["time", "number", "title"]
    assert [step.only_time for step in found] == [True, False, False]
    assert [step.by for step in found] == [DAY + timedelta(days=40), None, None]


def test_money_is_what_comes_once_the_step_is_made():
    (step,) = steps(
        {"new_graduate_hires": 0},
        make_measure("hire", "new_graduate_hires >= 1", benefit=money("new_graduate_hires * 1500", per="月")),
    )
    assert step.result.estimate == 0
    assert step.money == 18000.0


def test_a_loan_brings_no_money_and_a_closed_window_none():
    found = steps(
        {"revenue": 1e6, "is_tech_sme": False},
        make_measure("loan", "is_tech_sme", benefit=money("revenue", kind="贷款")),
        make_measure(
            "closed",
            "is_tech_sme",
            benefit=money("revenue"),
            apply={"where": None, "windows": [{"from": None, "to": "2026-01-31"}]},
        ),
    )
    assert {step.result.measure.id: step.money for step in found} == {"loan": 0.0, "closed": 0.0}


def test_an_unknown_condition_beside_the_step_is_told():
    (step,) = steps({"is_tech_sme": False}, make_measure("m", "is_tech_sme", "above_scale"))
    assert step.unknown == 1


# --- effort


def change(have: Any, need: Any, distance: float | None, by: date | None = None) -> NearMiss:
    return NearMiss("x", have, need, distance, by)


amounts = st.floats(0, 1e9)


@given(amounts, st.floats(0.01, 1e9), st.floats(0.01, 1e9))
def test_a_longer_way_to_the_same_need_is_never_less_effort(need, one, two):
    near, far = sorted((one, two))
    low, high = (effort_of(change(need + gap, need, gap)) for gap in (near, far))
    assert 1 <= low <= high + 1e-9 <= 6 + 1e-6


@given(st.integers(1, 366), st.integers(1, 366))
def test_waiting_longer_is_more_effort_and_less_than_any_doing(one, two):
    one, two = sorted((one, two))
    short, long = (effort_of(change(DAY, DAY, float(days), DAY)) for days in (one, two))
    assert 0.25 < short <= long <= 1 <= effort_of(change(9.0, 10.0, 1.0))


def test_a_title_or_a_grade_is_three_whatever_its_distance():
    assert effort_of(change(False, True, None)) == effort_of(change("B", "A", None)) == 3
    assert effort_of(change("C", ("A", "B"), None)) == 3


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(["is_tech_sme", "rd_staff_ratio >= 10"])),
        min_size=1,
        max_size=6,
    )
)
def test_the_order_is_money_over_effort(worlds):
    found = steps(
        {"is_tech_sme": False, "rd_staff_ratio": 9.0, "revenue": 1.0},
        *(make_measure(f"m{n}", when, benefit=money(f"revenue * {yuan}")) for n, (yuan, when) in enumerate(worlds)),
    )
    rates = [(step.money or 0) / step.effort for step in found]
    assert rates == sorted(rates, reverse=True)
    assert len(found) == len(worlds)
