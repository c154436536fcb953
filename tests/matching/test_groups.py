"""The five groups in which an assessment is read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.matching import assess
from navigator.matching.groups import APPLY, GROUPS, NEAR, NEEDS_INFO, NO_APPLICATION, NOT_ELIGIBLE, group_results
from tests.matching.worlds import DAY, make_measure, make_rulebook, money, profiles

IN_FORCE = {"eligible", "needs_info", "not_eligible"}


def names_by_group(profile: dict[str, Any], *measures: Any, hidden: tuple[str, ...] = ()) -> dict[str, list[str]]:
    groups = group_results(assess(profile, DAY, make_rulebook(*measures)), hidden)
    assert tuple(group.name for group in groups) == GROUPS
    return {group.name: [result.measure.id for result in group.results] for group in groups}


def test_each_status_has_its_group():
    found = names_by_group(
        {"entity_type": "企业", "is_tech_sme": False},
        make_measure("auto", "entity_type = '企业'", delivery="免申即享"),
        make_measure("apply", "entity_type = '企业'"),
        make_measure("ask", "above_scale", delivery="免申即享"),
        make_measure("near", "is_tech_sme"),
        make_measure("no", "entity_type = '社会组织'"),
    )
    assert found == {NO_APPLICATION: ["auto"], APPLY: ["apply"], NEEDS_INFO: ["ask"], NEAR: ["near"], NOT_ELIGIBLE: ["no"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"in_force": {"from": None, "to": date(2026, 11, 22)}},
        {"in_force": {"from": date(2026, 11, 24), "to": None}},
        {"verification": "unverified", "verification_note": "草案"},
    ],
)
def test_what_is_over_not_begun_or_unverified_is_in_no_group(changes):
    found = names_by_group({"entity_type": "企业"}, make_measure("m", "entity_type = '企业'", **changes))
    assert not any(found.values())


def test_known_money_comes_first_then_what_is_usual_then_the_name():
    benefit = {"kind": "奖励", "text": "好处"}
    found = names_by_group(
        {"entity_type": "企业", "revenue": 1e6},
        make_measure("b-service", "entity_type = '企业'", benefit=benefit | {"kind": "服务便利"}),
        make_measure("a-service", "entity_type = '企业'", benefit=benefit | {"kind": "服务便利"}),
        make_measure("loan", "entity_type = '企业'", benefit=money("revenue", kind="贷款")),
        make_measure("prize", "entity_type = '企业'", benefit=benefit),
        make_measure("little", "entity_type = '企业'", benefit=money("revenue * 0.0001")),
        make_measure("monthly", "entity_type = '企业'", benefit=money("revenue * 0.00001", per="月")),
    )
    assert found[APPLY] == ["monthly", "little", "prize", "a-service", "b-service", "loan"]


def test_a_domain_can_be_put_away():
    measures = [make_measure("tax", "above_scale"), make_measure("job", "above_scale", domain="社保就业")]
    assert names_by_group({}, *measures, hidden=("税费减免",))[NEEDS_INFO] == ["job"]
    assert not any(names_by_group({}, *measures, hidden=("税费减免", "社保就业")).values())


@settings(max_examples=25)
@given(profiles(), st.dates(date(2023, 1, 1), date(2028, 12, 31)))
def test_every_real_measure_in_force_is_in_exactly_one_group_and_no_other_in_any(rulebook, profile, day):
    assessment = assess(profile, day, rulebook)
    grouped = [result.measure.id for group in group_results(assessment) for result in group.results]
    assert sorted(grouped) == [result.measure.id for result in assessment.measures if result.status in IN_FORCE]
