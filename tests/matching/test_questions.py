"""The next best questions: a fact is asked only where some answer decides, the most money first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.corpus.model import FactsFile
from navigator.matching import assess
from navigator.matching.questions import TYPICAL_YUAN
from navigator.matching.rulebook import RuleBook, outcome_of
from tests.matching.worlds import DAY, bare_corpus, make_measure, make_rulebook, money

MONTHS = 4
CODES = ("C", "C38", "C384", "C39", "F")


@cache
def small_facts() -> FactsFile:
    """Nine facts whose every possible answer can be tried; two are derived, one from the other, and three are implied."""

    def fact(name: str, type: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "label": name, "type": type, "group": "组", "question": f"{name}？", **more}

    grown = [
        {"value": "大", "when": "staff >= 10 AND rooms > 3"},
        {"value": "小", "when": "staff < 10 OR rooms <= 3"},
    ]
    return FactsFile.model_validate(
        {
            "facts": [
                fact("staff", "count"),
                fact("rooms", "count"),
                fact("chain", "bool"),
                fact("listed", "bool"),
                fact("kind", "choice", values=["甲", "乙", "丙"]),
                fact("size", "choice", values=["大", "小"], derived=grown),
                fact("rank", "choice", values=["高", "低"], derived=[{"value": "高", "when": "size = '大' AND chain"}]),
                fact("opened", "date"),
                fact("industry", "code"),
            ],
            "implications": [
                {"when": "staff = 0", "then": {"rooms": 0, "chain": False}, "because": "没有人"},
                {"when": "kind = '丙'", "then": {"listed": False}, "because": "丙类不上市"},
            ],
            "intent": {"question": "问？", "none_of_these": "没有", "facts": []},
            "checkup": [],
        }
    )


def small_rulebook(*conditions: str) -> RuleBook:
    corpus = replace(bare_corpus(), facts=small_facts(), measures=(make_measure("m", *conditions),))
    return RuleBook(replace(corpus, files=corpus.files | {"m": corpus.files["facts"]}))


@cache
def every_answer(name: str) -> tuple[Any, ...]:
    """All answers that any predicate of `small_predicates` can tell apart."""
    match name:
        case "staff" | "rooms":
            return tuple(float(number) for number in range(70))
        case "opened":
            return tuple(DAY - timedelta(days=number) for number in range(-2, 31 * MONTHS + 2))
        case "industry":
            return tuple(f"{letter}{digits}" for letter in "CFT" for digits in ("", "1", *range(380, 400), 3841, 3850, 38, 39, 40))
        case "kind":
            return ("甲", "乙", "丙")
        case "size":
            return ("大", "小")
        case "rank":
            return ("高", "低")
    return (True, False)


number = st.sampled_from(["staff", "rooms"])
limit = st.integers(0, 20)
operator = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
small_leaves = st.one_of(
    st.builds("{} {} {}".format, number, operator, limit),
    st.builds("staff * {} {} rooms * {} + {}".format, st.integers(1, 3), operator, st.integers(0, 3), limit),
    st.builds("{} BETWEEN {} AND {}".format, number, limit, limit),
    st.builds("rooms IN ({}, {})".format, limit, limit),
    st.sampled_from(["chain", "NOT listed", "listed", "kind = '甲'", "kind <> '丙'", "kind IN ('甲', '乙')", "size = '大'", "rank = '高'"]),
    st.builds("opened {} as_of - INTERVAL {} MONTH".format, operator, st.integers(0, MONTHS)),
    st.lists(st.sampled_from(CODES), min_size=1, max_size=2).map(lambda codes: f"in_industry({', '.join(map(repr, codes))})"),
)
small_predicates = st.recursive(
    small_leaves,
    lambda part: st.one_of(
        st.builds("({}) AND ({})".format, part, part), st.builds("({}) OR ({})".format, part, part), st.builds("NOT ({})".format, part)
    ),
    max_leaves=5,
)
small_profiles = st.fixed_dictionaries(
    {},
    optional={
        "staff": limit, "rooms": limit, "chain": st.booleans(), "listed": st.booleans(), "kind": st.sampled_from("甲乙丙"),
        "opened": st.sampled_from(every_answer("opened")), "industry": st.sampled_from(["C", "C38", "C3841", "T"]),
    },
)  # fmt: skip


def deciding(rulebook: RuleBook, profile: Mapping[str, Any], name: str) -> Iterable[Any]:
    """The answers to one question that, alone, decide the one measure; a known coarse code is only made finer."""
    book = rulebook.facts
    given_facts = book.read_profile(profile)
    known = book.complete(given_facts).values.get(name, "")
    for answer in every_answer(name):
        if isinstance(answer, str) and not answer.startswith(known):
            continue
        values = book.complete({**given_facts, name: answer}).values
        if outcome_of(rulebook.measures[0].outcomes(values, DAY)) != "needs_info":
            yield answer


@settings(max_examples=100)
@given(st.lists(small_predicates, min_size=1, max_size=2), small_profiles)
def test_a_missing_fact_is_asked_exactly_where_some_answer_alone_decides(conditions, profile):
    rulebook = small_rulebook(*conditions)
    assessment = assess(profile, DAY, rulebook)
    asked = {question.fact for question in assessment.questions}
    (result,) = assessment.measures
    missing = result.missing if result.status == "needs_info" else ()
    assert asked == {name for name in missing if any(True for _ in deciding(rulebook, profile, name))}


def test_a_fact_that_decides_nothing_alone_is_missing_but_not_asked():
    assessment = assess({}, DAY, make_rulebook(make_measure("m", "employees > 3 AND above_scale OR is_tech_sme AND employees > 5")))
    assert set(assessment.measures[0].missing) == {"employees", "above_scale", "is_tech_sme"}
    assert [question.fact for question in assessment.questions] == ["employees"]


@pytest.mark.parametrize(
    ("condition", "profile", "fact"),
    [
        ("(rd_expense * 100 >= revenue * 3 AND rd_expense * 100 <= revenue * 3.001) OR above_scale", {"revenue": 12345678}, "rd_expense"),
        ("(layoff_rate > 5 AND layoff_rate < 5.001) OR above_scale", {}, "layoff_rate"),
        ("(employees > 3 AND employees < 5) OR above_scale", {}, "employees"),
        ("(employees * 2 > 7 AND employees * 2 < 9) OR above_scale", {}, "employees"),
        ("taxable_income < 0 OR above_scale", {}, "taxable_income"),
        ("taxable_income < revenue - total_assets OR above_scale", {"revenue": 5, "total_assets": 700}, "taxable_income"),
        ("layoff_rate = 100 OR above_scale", {}, "layoff_rate"),
        ("(in_industry('C38') AND NOT in_industry('C384')) OR above_scale", {}, "industry"),
        ("(in_industry('C') AND NOT in_industry('C38', 'C39')) OR above_scale", {"industry": "C"}, "industry"),
        ("NOT in_industry('T', 'S', 'Q') OR above_scale", {}, "industry"),
        ("NOT in_region('11', '42') OR above_scale", {"region": "荆门市外"}, "region_code"),
        ("in_region('420881') OR above_scale", {}, "region"),
        ("established_on > as_of OR above_scale", {}, "established_on"),
        ("established_on < DATE '2024-02-29' OR above_scale", {}, "established_on"),
        ("established_on = DATE '2024-02-29' OR above_scale", {}, "established_on"),
        ("established_on > DATE '2024-02-29' OR above_scale", {}, "established_on"),
        ("size_class = '微型' OR above_scale", {"industry": "C38", "revenue": 1e9}, "employees"),
        ("in_jingmen OR above_scale", {}, "region"),
        ("is_high_tech_enterprise OR above_scale", {}, "is_high_tech_enterprise"),
    ],
)
def test_the_answer_that_decides_is_found_however_narrow(condition, profile, fact):
    asked = {question.fact for question in assess(profile, DAY, make_rulebook(make_measure("m", condition))).questions}
    assert fact in asked


def test_no_answer_can_decide_a_percentage_above_a_hundred():
    rulebook = make_rulebook(make_measure("m", "layoff_rate > 100 OR above_scale"))
    assert [question.fact for question in assess({}, DAY, rulebook).questions] == ["above_scale"]


def test_a_known_coarse_code_is_not_asked_where_no_finer_one_decides():
    rulebook = make_rulebook(make_measure("m", "in_industry('F') AND above_scale OR in_industry('C38') AND is_tech_sme"))
    asked = {question.fact for question in assess({"industry": "C"}, DAY, rulebook).questions}
    assert asked == {"industry", "is_tech_sme"}
    assert "industry" not in assess({"industry": "C38"}, DAY, rulebook).measures[0].missing


def test_questions_are_ordered_by_the_money_they_decide():
    rulebook = make_rulebook(
        make_measure("a", "above_scale", benefit=money("revenue * 0.01")),
        make_measure("b", "is_tech_sme", benefit=money("revenue * 0.02")),
        make_measure("c", "plans_loan", benefit=money("revenue * 0.5", kind="贷款")),
        make_measure("d", "plans_ip", benefit=money("revenue * 0.002", per="月")),
        make_measure("e", "plans_land", benefit={"kind": "奖励", "text": "好处"}),
        make_measure("f", "plans_land AND revenue > 5", benefit={"kind": "服务便利", "text": "好处"}),
    )
    questions = assess({"revenue": 1e6}, DAY, rulebook).questions
    assert [(one.fact, one.decides, one.weight) for one in questions] == [
        ("plans_ip", 1, 24000.0),
        ("plans_land", 2, TYPICAL_YUAN["奖励"] + 500),
        ("is_tech_sme", 1, 20000.0),
        ("above_scale", 1, 10000.0),
        ("plans_loan", 1, 500),
    ]
    assert all(question.question.endswith("？") for question in questions)


def test_an_answered_fact_is_never_asked_again(rulebook):
    profile: dict[str, Any] = {}
    specs = rulebook.facts.specs
    for _ in range(12):
        questions = assess(profile, DAY, rulebook).questions
        assert not {question.fact for question in questions} & profile.keys()
        if not questions:
            break
        spec = specs[questions[0].fact]
        answers = {"bool": True, "choice": (spec.values or [""])[0], "code": "C3841", "date": date(2015, 1, 1)}
        profile[spec.name] = answers.get(spec.type, 50)
    assert len(profile) == 12
