"""One enterprise on one day: statuses, reasons, what is missing, amounts, commitments, and the JSON of the contract (§2, §3, §5)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from navigator.corpus.model import Commitment, FactSpec, Measure
from navigator.errors import InputError
from navigator.matching import assess
from navigator.matching.assess import MeasureResult, show_value, source_of
from navigator.matching.dates import apply_state, period, read_day
from navigator.matching.facts import FactBook
from navigator.matching.rulebook import RuleBook, outcome_of
from tests.matching.worlds import DAY, SPECS, VALUES, make_measure, make_rulebook, money, profiles

COMPANY = {"entity_type": "企业"}


def result_of(profile: dict[str, Any], *conditions: str, as_of: date = DAY, **changes: Any) -> MeasureResult:
    """The result of one invented measure for a profile."""
    (result,) = assess(profile, as_of, make_rulebook(make_measure("m", *conditions, **changes))).measures
    return result


def status_on(day: date, **changes: Any) -> str:
    return result_of(COMPANY, "entity_type = '企业'", as_of=day, **changes).status


def in_force(start: str | None, end: str | None, **more: Any) -> dict[str, Any]:
    return {"from": start and date.fromisoformat(start), "to": end and date.fromisoformat(end), **more}


# --- status


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2024, 12, 31), "not_yet"),
        (date(2025, 1, 1), "eligible"),
        (date(2025, 6, 30), "eligible"),
        (date(2025, 12, 31), "eligible"),
        (date(2026, 1, 1), "expired"),
    ],
)
def test_both_end_days_belong_to_the_period(day, status):
    assert status_on(day, in_force=in_force("2025-01-01", "2025-12-31")) == status


def test_a_measure_without_a_first_day_begins_when_it_was_issued():
    source = {"title": "文件", "issued": date(2025, 3, 1)}
    assert status_on(date(2025, 2, 28), in_force=in_force(None, None), source=source) == "not_yet"
    assert status_on(date(2025, 3, 1), in_force=in_force(None, None), source=source) == "eligible"
    assert status_on(date(2025, 2, 28), in_force=in_force("2025-01-01", None), source=source) == "eligible"


@pytest.mark.parametrize("verification", ["confirmed", "partly"])
def test_a_measure_without_any_first_day_began_long_ago(verification):
    changes = {"verification": verification, "verification_note": "注"}
    assert status_on(date(1990, 1, 1), in_force=in_force(None, None), **changes) == "eligible"


def test_after_the_last_sure_day_a_measure_is_unverified_until_it_ends():
    dates = in_force("2023-01-01", "2027-12-31", sure_until=date(2025, 12, 31))
    assert status_on(date(2025, 12, 31), in_force=dates) == "eligible"
    assert status_on(date(2026, 1, 1), in_force=dates) == "unverified"
    assert status_on(date(2028, 1, 1), in_force=dates) == "expired"


def test_dates_come_before_verification_and_verification_before_conditions():
    draft = {"verification": "unverified", "verification_note": "草案", "in_force": in_force("2025-01-01", "2025-12-31")}
    assert status_on(date(2024, 1, 1), **draft) == "not_yet"
    assert status_on(date(2025, 1, 1), **draft) == "unverified"
    assert status_on(date(2026, 1, 1), **draft) == "expired"
    assert result_of(COMPANY, "entity_type = '个体工商户'", as_of=date(2025, 1, 1), **draft).status == "unverified"


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ((True, True), "eligible"),
        ((True, None), "needs_info"),
        ((None, False), "not_eligible"),
        ((True, False), "not_eligible"),
        ((), "needs_info"),
    ],
)
def test_all_true_is_eligible_one_false_is_not_and_no_condition_never_is(outcomes, status):
    assert outcome_of(outcomes) == status


def test_conditions_are_told_also_where_the_period_is_over():
    result = result_of({"employees": 301}, "employees <= 300", "above_scale", in_force=in_force("2020-01-01", "2020-12-31"))
    assert (result.status, result.outcome) == ("expired", "not_eligible")
    assert [item.outcome for item in result.conditions] == [False, None]


def test_confirm_lines_do_not_change_the_status():
    result = result_of(COMPANY, "entity_type = '企业'", confirm=["有合同", "没欠费"])
    assert result.status == "eligible"
    assert len(result.measure.confirm) == 2


# --- windows


@pytest.mark.parametrize(
    ("windows", "state"),
    [
        ([], "always"),
        (None, "unknown"),
        ([("2026-11-23", "2026-11-23")], "open"),
        ([("2026-01-01", "2026-11-22")], "closed"),
        ([("2026-11-24", "2026-12-31")], "opens"),
        ([("2025-01-01", "2025-02-01"), ("2027-01-01", None)], "opens"),
        ([("2025-01-01", "2025-02-01"), (None, "2026-11-23")], "open"),
        ([(None, "2026-11-22")], "closed"),
        ([("2026-01-01", None)], "open"),
        ([(None, None)], "open"),
    ],
)
def test_applications_are_taken_in_a_window_on_both_its_end_days(windows, state):
    listed = windows and [in_force(*window) for window in windows]
    assert apply_state(make_measure("m", "above_scale", apply={"where": None, "windows": listed}), DAY) == state


def test_the_period_of_every_real_measure_changes_only_on_the_days_it_names(rulebook):
    day = timedelta(days=1)
    for compiled in rulebook.measures:
        measure = compiled.measure
        begins = measure.in_force.from_ or measure.source.issued
        if begins:
            assert (period(measure, begins - day), period(measure, begins) == "not_yet") == ("not_yet", False), measure.id
        if measure.in_force.to:
            assert period(measure, measure.in_force.to + day) == "expired", measure.id
            assert period(measure, measure.in_force.to) != "expired", measure.id


@pytest.mark.parametrize("text", ["", "2026-02-30", "20261123", "2026-W48-1", "2026/11/23", "昨天", "2026-11-23T00:00"])
def test_a_day_that_is_none_is_told(text):
    with pytest.raises(InputError, match="2026-11-23"):
        read_day(text)
    assert read_day(" 2026-11-23 ") == DAY


# --- conditions


def test_a_condition_tells_the_values_that_decided_and_its_source():
    result = result_of(
        {"employees": 45, "rd_expense": 3e5, "revenue": 1e7},
        "employees <= 300",
        "rd_expense * 100 >= revenue * 3",
        "established_on <= as_of - INTERVAL 1 YEAR",
    )
    assert [item.outcome for item in result.conditions] == [True, True, None]
    assert [item.actual for item in result.conditions] == [
        {"employees": 45.0},
        {"rd_expense": 3e5, "revenue": 1e7},
        {"established_on": None},
    ]
    assert {item.source for item in result.conditions} == {"文号1"}


def test_the_article_is_named_where_it_was_read_and_the_title_where_there_is_no_number():
    conditions = [{"text": "条件", "when": "above_scale", "cite": "第三条"}]
    measure = make_measure("m", conditions=conditions)
    assert source_of(measure, measure.conditions[0]) == "文号1 第三条"
    untitled = make_measure("m", conditions=conditions, source={"title": "通知"})
    assert source_of(untitled) == "《通知》"
    assert source_of(untitled, untitled.conditions[0]) == "《通知》 第三条"


@pytest.mark.parametrize(
    ("value", "fact", "shown"),
    [
        (None, "employees", "未知"),
        (300.0, "employees", "300人"),
        (1234567.5, "revenue", "1,234,567.5元"),
        (5.5, "layoff_rate", "5.5%"),
        (100.0, "layoff_rate", "100%"),
        (True, "above_scale", "是"),
        (False, "above_scale", "否"),
        (date(2026, 1, 31), "established_on", "2026-01-31"),
        (("A", "B"), "tax_credit_rating", "A或B"),
        ("C38", "industry", "C38"),
    ],
)
def test_a_value_is_shown_with_its_unit(value, fact, shown):
    assert show_value(value, SPECS[fact]) == shown


# --- missing


def test_only_facts_that_could_still_decide_are_missing():
    conditions = ("layoff_rate <= 20 AND (insured_employees <= 30 OR layoff_rate <= 5.5)", "NOT seriously_dishonest")
    assert result_of({}, *conditions).missing == ("layoff_rate", "insured_employees", "seriously_dishonest")
    assert result_of({"layoff_rate": 6}, *conditions).missing == ("insured_employees", "seriously_dishonest")
    assert result_of({"layoff_rate": 5}, *conditions).missing == ("seriously_dishonest",)
    assert result_of({"layoff_rate": 21}, *conditions).missing == ()
    assert result_of({"layoff_rate": 5, "seriously_dishonest": False}, *conditions).missing == ()


@pytest.mark.parametrize(
    ("profile", "missing"),
    [
        ({}, ("industry", "revenue", "employees", "total_assets")),
        ({"industry": "C38"}, ("employees", "revenue")),
        ({"industry": "C38", "employees": 500}, ("revenue",)),
        ({"industry": "C38", "revenue": 3e7}, ("employees",)),
        ({"industry": "A01", "employees": 500}, ("revenue",)),
        ({"industry": "P83", "employees": 500}, ("size_class",)),
        ({"industry": "F", "employees": 30}, ("industry", "revenue")),
    ],
)
def test_a_missing_derived_fact_is_opened_into_what_would_settle_it(profile, missing):
    assert set(result_of(profile, "size_class IN ('小型', '中型')").missing) == set(missing)


def test_a_missing_region_code_is_asked_for_as_the_region():
    assert result_of({}, "in_region('420881')").missing == ("region",)
    assert result_of({"region": "荆门市外"}, "in_region('42')").missing == ("region_code",)
    assert result_of({"region": "漳河新区"}, "in_region('420881')").missing == ("region_code",)


def test_a_coarse_code_is_missing_its_digits():
    assert result_of({"industry": "C"}, "in_industry('C38')").missing == ("industry",)
    assert result_of({"industry": "C"}, "in_industry('F', 'C')").missing == ()


@settings(max_examples=25)
@given(profiles())
def test_a_real_measure_that_needs_info_names_unknown_or_coarse_facts_and_no_other_does(rulebook, profile):
    completed = rulebook.facts.complete(profile).values
    for result in assess(profile, DAY, rulebook).measures:
        assert bool(result.missing) == (result.outcome == "needs_info"), result.measure.id
        for name in result.missing:
            assert name not in completed or SPECS[name].type == "code", (result.measure.id, name)


# --- amounts


def test_an_estimate_is_computed_whatever_the_status():
    benefit = money("least(revenue * 0.01, 30000)")
    for changes in ({}, {"in_force": in_force("2020-01-01", "2020-12-31")}):
        result = result_of({"revenue": 2e6, "employees": 301}, "employees <= 300", benefit=benefit, **changes)
        assert result.estimate == 20000.0
    assert result_of({"revenue": 4e6}, "employees <= 300", benefit=benefit).estimate == 30000.0


def test_an_estimate_with_an_unknown_fact_is_unknown_and_says_which():
    benefit = money("revenue * 0.01 + employees * 100", basis="收入的1%加每人100元")
    result = result_of({"revenue": 2e6}, "above_scale", benefit=benefit)
    assert result.estimate is None
    assert result.estimate_basis.startswith("收入的1%加每人100元")
    assert "年营业收入 2,000,000元" in result.estimate_basis
    assert "还不知道从业人数" in result.estimate_basis


def test_an_estimate_says_the_values_it_rests_on_and_is_rounded_to_cents():
    result = result_of({"revenue": 100}, "above_scale", benefit=money("revenue * 0.07"))
    assert result.estimate == 7.0
    assert "年营业收入 100元" in result.estimate_basis
    assert "还不知道" not in result.estimate_basis
    assert result_of({}, "above_scale").estimate_basis is None


def test_an_estimate_too_large_for_a_double_is_unknown():
    result = result_of({"revenue": 1e300}, "above_scale", benefit=money("revenue * revenue"))
    assert result.estimate is None
    assert "还不知道" not in result.estimate_basis


# --- whole assessments


def commitments(*concerns: str) -> tuple[Commitment, ...]:
    """45 tiny commitments; the first ones concern whom `concerns` says, the others the government."""
    listed = [*concerns, *["government"] * (45 - len(concerns))]
    shared = {"action": "行动", "title": "题", "text": "文", "summary": "一句", "targets": [], "measures": [], "platforms": []}
    return tuple(
        Commitment.model_validate(shared | {"number": number, "concerns": concern, "why": f"因为{number}"})
        for number, concern in enumerate(listed, start=1)
    )


def test_commitments_concern_everyone_nobody_or_those_whom_a_predicate_names():
    rulebook = make_rulebook(commitments=commitments("everyone", "government", "entity_type = '企业'", "above_scale", "employees > 3"))
    found = assess({"entity_type": "企业", "above_scale": False}, DAY, rulebook).commitments
    assert [(one.commitment.number, one.why) for one in found] == [(1, "因为1"), (3, "因为3")]


def test_a_commitment_that_says_nothing_about_the_enterprise_is_refused():
    with pytest.raises(InputError, match="everyone"):
        make_rulebook(commitments=commitments("1 < 2"))


def test_no_application_lists_what_comes_by_itself_and_is_eligible():
    rulebook = make_rulebook(
        make_measure("auto", "entity_type = '企业'", delivery="免申即享"),
        make_measure("auto-other", "entity_type = '个体工商户'", delivery="免申即享"),
        make_measure("auto-ended", "entity_type = '企业'", delivery="免申即享", in_force=in_force("2020-01-01", "2020-12-31")),
        make_measure("manual", "entity_type = '企业'"),
    )
    assert assess(COMPANY, DAY, rulebook).no_application == ("auto",)


def test_the_bundle_holds_the_eligible_and_sets_rivals_aside():
    rulebook = make_rulebook(
        make_measure("big", "entity_type = '企业'", benefit=money("revenue * 0.02"), best_of="group"),
        make_measure("small", "entity_type = '企业'", benefit=money("revenue * 0.01"), best_of="group"),
        make_measure("open", "above_scale", benefit=money("revenue * 0.5")),
    )
    bundle = assess(COMPANY | {"revenue": 100}, DAY, rulebook).bundle
    assert (bundle.ids, bundle.total.low) == (("big",), 2.0)
    assert [one.id for one in bundle.set_aside] == ["small"]


def test_questions_come_only_from_measures_in_force():
    ended = {"in_force": in_force("2020-01-01", "2020-12-31")}
    rulebook = make_rulebook(make_measure("now", "above_scale"), make_measure("then", "employees > 3", **ended))
    assert [question.fact for question in assess({}, DAY, rulebook).questions] == ["above_scale"]


def test_an_unknown_fact_in_a_profile_is_refused():
    with pytest.raises(InputError, match="employees"):
        assess({"employes": 3}, DAY, make_rulebook())


@pytest.mark.parametrize("day", [date.min, date(1900, 2, 28), date(2024, 2, 29), date.max])
def test_any_day_of_the_calendar_can_be_asked_about(rulebook, day):
    profile = {"established_on": "2026-01-01", "entity_type": "企业", "region": "钟祥市"}
    assert len(assess(profile, day, rulebook).measures) == len(rulebook.measures)


# --- JSON

MEASURE_KEYS = {
    "id", "name", "level", "domain", "delivery", "status", "verification", "in_force", "apply_state", "conditions", "confirm",
    "to_confirm", "missing", "near_miss", "estimate", "estimate_kind", "per", "estimate_basis",
}  # fmt: skip
KEYS = {"as_of", "measures", "bundle", "no_application", "commitments", "questions", "contradictions"}


def assert_keys(data: dict[str, Any]) -> None:
    """Exactly the keys of contract §5, at every level."""
    assert set(data) == KEYS
    assert set(data["bundle"]) == {"ids", "total", "set_aside", "capped"}
    assert set(data["bundle"]["total"]) == {"low", "high", "if_confirmed"}
    shapes = [(data["measures"], MEASURE_KEYS), (data["bundle"]["set_aside"], {"id", "because"})]
    shapes += [(data["bundle"]["capped"], {"ids", "what", "cap", "cut"})]
    shapes += [(data["commitments"], {"number", "why"}), (data["questions"], {"fact", "question", "decides"})]
    shapes += [(data["contradictions"], {"fact", "given", "concluded", "because"})]
    for measure in data["measures"]:
        assert set(measure["in_force"]) == {"from", "to", "to_inferred", "sure_until"}
        shapes.append((measure["conditions"], {"text", "when", "outcome", "actual", "source"}))
        shapes.append((measure["near_miss"], {"fact", "have", "need", "distance", "by"}))
    for items, keys in shapes:
        assert all(set(item) == keys for item in items)


def test_the_json_says_everything_with_plain_values():
    rulebook = make_rulebook(
        make_measure(
            "m", "employees <= 300", "rd_expense * 100 >= revenue * 3", "established_on <= as_of - INTERVAL 1 YEAR",
            benefit=money("revenue * 0.01", "at_most", "年"), confirm=["有合同"], in_force=in_force("2020-01-01", "2027-12-31"),
        ),
        commitments=commitments("everyone"),
    )  # fmt: skip
    profile = {"employees": 45, "rd_expense": 3e5, "revenue": 1e7, "established_on": "2026-01-02", "entity_type": "个体工商户", "is_tech_sme": True}
    data = json.loads(json.dumps(assess(profile, DAY, rulebook).as_dict(), allow_nan=False))
    assert_keys(data)
    (measure,) = data["measures"]
    assert measure["conditions"][0] == {
        "text": "条件1", "when": "employees <= 300", "outcome": True, "actual": 45, "source": "文号1",
    }  # fmt: skip
    assert measure["conditions"][1]["actual"] == {"rd_expense": 300000, "revenue": 10000000}
    assert measure["conditions"][2]["actual"] == "2026-01-02"
    assert measure["in_force"] == {"from": "2020-01-01", "to": "2027-12-31", "to_inferred": False, "sure_until": None}
    assert measure["near_miss"] == [
        {"fact": "established_on", "have": "2026-01-02", "need": "2025-11-23", "distance": 40, "by": "2027-01-02"}
    ]
    assert (measure["estimate"], measure["estimate_kind"], measure["per"], measure["to_confirm"]) == (100000, "at_most", "年", 1)
    assert data["commitments"] == [{"number": 1, "why": "因为1"}]
    assert data["as_of"] == "2026-11-23"
    clash = data["contradictions"][0]
    assert (clash["fact"], clash["given"], clash["concluded"]) == ("is_tech_sme", True, False)


@settings(max_examples=25)
@given(profiles(), st.dates(date(2022, 1, 1), date(2028, 12, 31)))
def test_any_assessment_of_the_real_corpus_is_json_with_the_keys_of_the_contract(rulebook, profile, day):
    data = assess(profile, day, rulebook).as_dict()
    assert_keys(data)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert [measure["id"] for measure in data["measures"]] == sorted(rulebook.by_id)
    total = data["bundle"]["total"]
    assert 0 <= total["low"] <= total["high"] <= total["if_confirmed"]
    status = {measure["id"]: measure["status"] for measure in data["measures"]}
    together = {*data["bundle"]["ids"], *(item["id"] for item in data["bundle"]["set_aside"])}
    assert together == {name for name, found in status.items() if found == "eligible"}
    decided = {item["fact"] for item in data["questions"]}
    assert decided <= {name for measure in data["measures"] for name in measure["missing"] if measure["status"] == "needs_info"}


# --- monotonic


def some_value(spec: FactSpec) -> st.SearchStrategy:
    """Values of one fact, many of them at the thresholds of the real rules."""
    if spec.name in VALUES:
        return VALUES[spec.name]
    match spec.type:
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from(spec.values)
        case "count":
            return st.integers(0, 50).map(float)
        case "percent":
            return st.integers(0, 100).map(float)
        case "date":
            return VALUES["established_on"]
    return VALUES["revenue"]


def predicate_facts(book: FactBook) -> list[str]:
    return sorted(name for name, spec in book.specs.items() if spec.type != "text")


@settings(max_examples=300)
@given(st.data())
def test_one_more_fact_that_contradicts_nothing_never_takes_a_decision_back(rulebook: RuleBook, data):
    book = rulebook.facts
    examples = [example.facts for one in rulebook.measures for example in one.measure.examples]
    known = book.read_profile(data.draw(st.sampled_from(examples)))
    left_out = data.draw(st.sets(st.sampled_from(sorted(known) or [""]), max_size=2))
    profile = {name: value for name, value in known.items() if name not in left_out}
    new = data.draw(st.sampled_from(sorted(left_out & known.keys()) + [name for name in predicate_facts(book) if name not in known]))
    before = book.complete(profile)
    after = book.complete(profile | {new: data.draw(some_value(book.specs[new]))})
    assume(set(after.contradictions) <= set(before.contradictions))
    for compiled in rulebook.measures:
        was = outcome_of(compiled.outcomes(before.values, DAY))
        now = outcome_of(compiled.outcomes(after.values, DAY))
        assert was in ("needs_info", now), (compiled.measure.id, new)


def test_a_measure_is_read_only(rulebook):
    measure: Measure = rulebook.measures[0].measure
    with pytest.raises(ValueError, match="frozen"):
        measure.name = "别的"
