"""Proposals from the clauses of a text: right before complete, each with the very words it rests on, nothing invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from navigator.corpus.documents import load_documents
from navigator.corpus.load import default_corpus
from navigator.corpus.segment import segment_text
from navigator.intake.proposals import PolicyText, ProposedMeasure, clause_words, estimate_of, propose
from navigator.matching.parse import parse_condition, parse_estimate
from navigator.matching.rulebook import default_rulebook

SPECS = default_rulebook().facts.specs
HERE = Path(__file__).parent


def texts(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


KNOWN = [*texts("policy_texts"), *texts("policy_texts_fresh")]
HARD = texts("policy_texts_hard")
ALL = [*KNOWN, *HARD]


def read(text: dict[str, Any]) -> PolicyText:
    return PolicyText.of_segmented(segment_text(text["text"]))


def drafts_of(text: str) -> list[ProposedMeasure]:
    return propose(PolicyText.of_segmented(segment_text(text)))


def trees(whens: Any) -> set[str]:
    """Predicates without regard to their spelling."""
    return {repr(parse_condition(when, SPECS)) for when in whens}


def formula(draft: ProposedMeasure) -> str | None:
    found = estimate_of(draft)
    return found.formula if found else None


def pairs(text: dict[str, Any]) -> list[tuple[dict[str, Any], ProposedMeasure]]:
    """Each expected draft with the one proposed in its place."""
    left = propose(read(text))
    found = []
    for expected in text["drafts"]:
        wanted = expected.get("estimate", expected.get("benefit", {}).get("estimate"))
        near = [one for one in left if "clause" not in expected or one.clause == str(expected["clause"])]
        assert near, f"{text['name']}: nothing proposed for {expected.get('clause')}"
        best = max(
            near,
            key=lambda one: (formula(one) == wanted, len(trees(c.when for c in one.surely) & trees(expected["when"]))),
        )
        left.remove(best)
        found.append((expected, best))
    assert not left, f"{text['name']}: {[one.benefit.value for one in left]} is no grant to enterprises"
    return found


@pytest.mark.parametrize("text", KNOWN, ids=lambda text: text["name"])
def test_the_conditions_are_those_a_careful_reader_would_write(text):
    for expected, draft in pairs(text):
        assert trees(one.when for one in draft.surely) == trees(expected["when"])
        for word in expected.get("not", []):
            assert not any(word in one.when for one in draft.surely)


@pytest.mark.parametrize("text", HARD, ids=lambda text: text["name"])
def test_no_wrong_condition_is_proposed_where_the_text_is_hard(text):
    for expected, draft in pairs(text):
        assert trees(one.when for one in draft.surely) <= trees(expected["when"])
        assert formula(draft) == expected["estimate"]


@pytest.mark.parametrize("text", KNOWN, ids=lambda text: text["name"])
def test_what_no_fact_can_tell_is_left_to_a_person(text):
    for expected, draft in pairs(text):
        lines = [line.value for line in draft.confirm]
        for word in expected.get("confirm", []):
            assert any(word in line for line in lines), (word, lines)


@pytest.mark.parametrize("text", KNOWN, ids=lambda text: text["name"])
def test_money_dates_and_source_are_those_of_the_text(text):
    for expected, draft in pairs(text):
        benefit, estimate = expected["benefit"], estimate_of(draft)
        assert draft.kind and draft.kind.value == benefit["kind"]
        assert formula(draft) == benefit.get("estimate")
        if estimate and "estimate_kind" in benefit:
            assert (estimate.kind, estimate.per) == (benefit["estimate_kind"], benefit.get("per", estimate.per))
        for field, wanted in (
            ("document", text["source"]["document"]),
            ("issued", text["source"].get("issued")),
            ("level", text["level"]),
            ("ends", expected.get("in_force_to", text["in_force"]["to"])),
            ("begins", text["in_force"]["from"]),
            *((name, expected[name]) for name in ("domain", "delivery", "phone") if name in expected),
        ):
            found = getattr(draft, field)
            assert (found.value if found else None) == wanted, field


@pytest.mark.parametrize(
    "text",
    [text for text in KNOWN if any("windows" in one or "materials" in one for one in text["drafts"])],
    ids=lambda text: text["name"],
)
def test_windows_papers_and_places_are_those_of_the_text(text):
    for expected, draft in pairs(text):
        if "windows" in expected:
            assert draft.windows is not None
            assert [
                window.model_dump(by_alias=True, include={"from_", "to"}) for window in draft.windows.value
            ] == expected["windows"]
        if "materials" in expected:
            assert draft.materials and len(draft.materials.value) == expected["materials"]
        if "where" in expected:
            assert draft.where and expected["where"] in draft.where.value


@pytest.mark.parametrize("text", ALL, ids=lambda text: text["name"])
def test_every_proposal_rests_on_words_that_stand_in_its_clause(text):
    policy = read(text)
    clauses = {clause.id: clause_words(clause) for clause in policy.clauses}
    for draft in propose(policy):
        for words in [*(one.words for one in draft.conditions), *(line.words for line in draft.confirm)]:
            if words.clause:
                assert clauses[words.clause][words.start : words.end] == words.text


@pytest.mark.parametrize("text", ALL, ids=lambda text: text["name"])
def test_every_predicate_and_formula_parses(text):
    for draft in propose(read(text)):
        for one in draft.conditions:
            parse_condition(one.when, SPECS)
        if formula(draft):
            parse_estimate(formula(draft) or "", SPECS)


def test_the_plan_itself_gives_no_draft_of_the_work_it_sets_the_offices():
    plan = next(one for one in load_documents(default_corpus().folder / "documents") if one.id == "jingtianban-5plus3")
    found = propose(PolicyText.of_document(plan))
    assert [draft.clause for draft in found] == ["二/八/42"]
    assert formula(found[0]) == "expo_booth_fee * 0.70"


def test_what_is_not_found_is_none_and_listed():
    [draft] = drafts_of("关于奖励的通知\n一、对规模以上工业企业，一次性奖励10万元。")
    assert draft.phone is None
    assert draft.windows is None
    assert {"文号", "咨询电话", "申报时间", "起始日", "终止日"} <= set(draft.not_found())


def test_a_mobile_number_of_a_person_is_not_taken_for_an_office_phone():
    [draft] = drafts_of(
        "关于奖励的通知\n一、对规模以上工业企业，一次性奖励10万元。\n二、联系人：张三，电话13800001111。"
    )
    assert draft.phone is None


def test_a_guess_is_offered_and_does_not_go_into_the_draft():
    [draft] = drafts_of("关于补贴的通知\n一、对吸纳退役军人就业的个体工商户，给予1000元奖励。")
    assert [one.when for one in draft.guesses] == ["veteran_hires >= 1"]
    assert all(one.sure != "guess" for one in draft.surely)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "无",
        "一、",
        "（一）对给予",
        "一、对企业给予奖励元",
        "1.按%给予补贴，最高万元",
        "一、自2026年13月40日起，对小微企业免征增值税。",
    ],
)
def test_odd_texts_give_few_drafts_and_never_an_error(words):
    for draft in drafts_of(words):
        for one in draft.conditions:
            parse_condition(one.when, SPECS)
