"""Whom a draft would reach: counted exactly as `assess` decides, the unknown apart, invented enterprises marked."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.intake.draft import fields_of_current
from navigator.intake.examples import rules_of
from navigator.intake.reach import Enterprises, invented_city, of_rows, reach, rules_in_force, shift
from navigator.matching.assess import assess
from navigator.matching.rulebook import default_rulebook

BOOK = default_rulebook()
DAY = date(2026, 11, 23)


def rules(*whens: str, estimate: str | None = None):
    return rules_of(
        {"conditions": [{"text": when, "when": when} for when in whens], "benefit": {"estimate": estimate}}, BOOK.facts
    )


@pytest.fixture(scope="module")
def city() -> Enterprises:
    return invented_city(400, 7)


ROWS = [
    {"name": "甲", "region": "东宝区", "industry": "C38", "employees": 10, "size_class": "微型"},
    {"name": "乙", "region": "东宝区", "industry": "H62", "employees": 400, "size_class": "中型"},
    {"name": "丙", "region": "钟祥市", "industry": "C13", "employees": None, "size_class": None},
]


def test_reached_not_reached_and_unknown_are_counted_apart():
    found = reach(rules("employees <= 300", estimate="employees * 100"), of_rows(ROWS, BOOK.facts, invented=False), DAY)
    assert (found.total, found.reached, found.unknown, found.money) == (3, 1, 1, 1000.0)
    assert [(share.name, share.reached, share.unknown, share.total) for share in found.by_region] == [
        ("东宝区", 1, 0, 2),
        ("钟祥市", 0, 1, 1),
    ]
    assert [(share.name, share.total) for share in found.by_trade] == [("制造业", 2), ("住宿和餐饮业", 1)]
    assert found.by_size[-1].name == "不知道"
    assert [name for name, _ in found.examples] == ["甲"]


def test_shares_add_up_to_the_whole(city):
    found = reach(rules("employees <= 20"), city, DAY)
    for shares in (found.by_size, found.by_region, found.by_trade):
        assert sum(share.total for share in shares) == found.total
        assert sum(share.reached for share in shares) == found.reached
    assert 0 < len(found.examples) <= 10


def test_a_draft_without_conditions_reaches_nobody(city):
    assert reach(rules(), city, DAY).reached == 0


def test_what_changes_against_the_version_in_force_is_counted_both_ways():
    enterprises = of_rows(ROWS, BOOK.facts, invented=False)
    moved = shift(rules("employees <= 300"), rules("employees >= 100"), enterprises, DAY)
    assert (moved.gained, moved.lost, moved.gained_names, moved.lost_names) == (1, 1, ("乙",), ("甲",))


@pytest.mark.parametrize(
    "measure_id", ["tax-small-low-profit-cit", "soc-unemp-stable-refund-hubei", "jm-techreform-2024"]
)
def test_it_counts_as_the_assessment_of_one_enterprise_decides(city, measure_id):
    draft = rules_of(fields_of_current(measure_id), BOOK.facts)
    rows = [{name: value for name, value in facts.items() if name not in ("uscc", "name")} for facts in city.facts[:60]]
    counted = reach(draft, Enterprises(city.names[:60], city.facts[:60], True), DAY)
    results = [next(one for one in assess(row, DAY).measures if one.measure.id == measure_id) for row in rows]
    assert counted.reached == sum(one.outcome == "eligible" for one in results)
    assert counted.unknown == sum(one.outcome == "needs_info" for one in results)


def test_the_invented_are_marked_and_a_new_measure_has_no_version_in_force(city):
    assert city.invented
    assert all("示例" in name for name in city.names if name)
    assert rules_in_force("no-such-measure", BOOK.facts, DAY) is None
    assert rules_in_force("tax-hnte-15", BOOK.facts, DAY) is not None
