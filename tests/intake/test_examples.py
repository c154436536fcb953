"""Trials around the thresholds: one that meets everything, one at, above and below each figure, one with each answer unknown."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.errors import InputError
from navigator.intake.draft import fields_of_current
from navigator.intake.examples import attempt, rules_of, satisfying, trials
from navigator.matching.rulebook import default_rulebook

BOOK = default_rulebook()
FACTS = BOOK.facts
DAY = date(2026, 11, 23)


def rules(*whens: str, estimate: str | None = None):
    return rules_of(
        {"conditions": [{"text": when, "when": when} for when in whens], "benefit": {"estimate": estimate}}, FACTS
    )


def outcomes(*whens: str) -> dict[str, str]:
    return {trial.name: trial.outcome for trial in trials(rules(*whens), DAY, FACTS)}


def test_a_threshold_is_tried_at_just_above_and_just_below():
    found = outcomes("employees <= 300", "NOT abnormal_listed")
    assert found["从业人数刚好300人"] == "eligible"
    assert found["从业人数多一点，301人"] == "not_eligible"
    assert found["从业人数少一点，299人"] == "eligible"
    assert found["经营异常：是"] == "not_eligible"
    assert found["不知道从业人数"] == "needs_info"


def test_an_age_is_tried_a_day_before_and_after():
    found = outcomes("established_on <= as_of - INTERVAL 1 YEAR")
    assert [outcome for name, outcome in found.items() if name.endswith(("2025-11-22", "2025-11-23"))] == [
        "eligible",
        "eligible",
    ]
    assert found["成立日期2025-11-24"] == "not_eligible"


def test_a_share_of_another_fact_is_tried_at_its_edge():
    found = outcomes("revenue >= 1000000", "rd_expense * 100 >= revenue * 3")
    assert any(name.startswith("年研发费用占比少一点") and outcome == "not_eligible" for name, outcome in found.items())


@pytest.mark.parametrize("measure", BOOK.measures, ids=lambda one: one.measure.id)
def test_a_profile_is_found_that_meets_every_condition_of_a_real_measure(measure):
    draft = rules_of(fields_of_current(measure.measure.id), FACTS)
    profile = satisfying(draft, DAY, FACTS)
    assert profile is not None
    completed = FACTS.complete(FACTS.read_profile(profile))
    assert not completed.contradictions
    assert set(measure.outcomes(completed.values, DAY)) == {True}


def test_conditions_that_exclude_each_other_give_no_trial():
    assert trials(rules("employees <= 3", "employees >= 5"), DAY, FACTS) == []


def test_a_condition_that_does_not_parse_takes_no_part_and_is_counted():
    draft = rules("employees <= 3", "employees <= «三»", "")
    assert (len(draft.rules), draft.broken) == (1, 2)


def test_a_trial_is_told_line_by_line_with_what_is_missing_and_the_amount():
    draft = rules("employees <= 3", "is_tech_sme", estimate="employees * 100")
    trial = attempt(draft, {"employees": 2}, DAY, FACTS, "小店")
    assert [outcome for _, outcome in trial.lines] == [True, None]
    assert (trial.outcome, trial.estimate, trial.missing) == ("needs_info", 200.0, ("is_tech_sme",))


def test_answers_that_contradict_each_other_are_told():
    trial = attempt(rules("employees <= 3"), {"region": "东宝区", "in_jingmen": False}, DAY, FACTS)
    assert trial.contradictions == ("经营地在荆门市填的是否，按别的事实应是是",)


def test_a_value_outside_its_list_is_refused_in_one_sentence():
    with pytest.raises(InputError):
        attempt(rules("employees <= 3"), {"entity_type": "公司"}, DAY, FACTS)


def test_a_trial_becomes_an_example_that_carries_its_day_only_where_it_counts():
    draft = rules("established_on <= as_of - INTERVAL 1 YEAR", estimate="1500")
    example = attempt(draft, {"established_on": date(2020, 1, 1)}, DAY, FACTS, "老店").as_example()
    assert example == {
        "name": "老店",
        "facts": {"established_on": date(2020, 1, 1)},
        "expect": "eligible",
        "as_of": DAY,
        "estimate": 1500,
    }
    assert "as_of" not in attempt(rules("employees <= 3"), {"employees": 3}, DAY, FACTS, "小店").as_example()
