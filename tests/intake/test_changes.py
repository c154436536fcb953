"""Differences as a person reads them: nothing of a measure or a text can change unseen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.marked import placed
from navigator.corpus.model import Condition, Measure, Window
from navigator.intake.changes import Change, changes_in_words, document_changes, inline, measure_changes


@pytest.fixture
def measure(rulebook) -> Measure:
    return rulebook.by_id["tax-small-low-profit-cit"].measure


def changed(model: Any, **values: Any) -> Any:
    return model.model_copy(update=values)


def sentences(old, new) -> list[str]:
    return [change.sentence() for change in measure_changes(old, new)]


def test_a_measure_compared_with_itself_shows_nothing(rulebook):
    assert all(measure_changes(one.measure, one.measure) == () for one in rulebook.measures)


def test_a_changed_threshold_is_one_change_in_words_and_predicate(measure):
    position = next(place for place, one in enumerate(measure.conditions) if "employees" in one.when)
    conditions = list(measure.conditions)
    conditions[position] = Condition(text="从业人数不超过500人", when="employees <= 500", cite=None)
    (change,) = measure_changes(measure, changed(measure, conditions=conditions))
    assert (change.kind, change.part) == ("改", "条件")
    assert "employees <= 300" in change.before and "employees <= 500" in change.after
    assert ("old", "300") in change.pieces() and ("new", "500") in change.pieces()


def test_a_new_and_a_dropped_condition_are_told_apart(measure):
    extra = Condition(text="没有被列入经营异常名录", when="NOT abnormal_listed", cite=None)
    longer = changed(measure, conditions=[*measure.conditions, extra])
    assert sentences(measure, longer) == ["条件：加上“没有被列入经营异常名录　[NOT abnormal_listed]”"]
    assert sentences(longer, measure) == ["条件：去掉“没有被列入经营异常名录　[NOT abnormal_listed]”"]


def test_dates_amounts_and_papers_are_named_in_chinese(measure):
    new = changed(
        measure,
        in_force=changed(measure.in_force, to=date(2028, 12, 31)),
        benefit=changed(measure.benefit, text="按2%交"),
        apply=changed(measure.apply, materials=[*measure.apply.materials, "营业执照"]),
    )
    parts = {change.part: change for change in measure_changes(measure, new)}
    assert set(parts) == {"有效期到", "得到多少", "材料"}
    assert parts["有效期到"].after == "2028-12-31"
    assert (parts["材料"].kind, parts["材料"].after) == ("加", "营业执照")


def test_another_order_is_a_change_too(measure):
    swapped = changed(measure, conditions=[*measure.conditions[1:], measure.conditions[0]])
    assert [change.part for change in measure_changes(measure, swapped)] == ["条件的顺序"]


def leaves(model: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name in type(model).model_fields:
        value = getattr(model, name)
        found += leaves(value, (*path, name)) if hasattr(type(value), "model_fields") else [(*path, name)]
    return found


OTHER: dict[str, Any] = {
    "id": "other-id", "level": "湖北省", "domain": "人才", "verification": "unverified", "delivery": "申请审核", "kind": "补贴",
    "estimate_kind": "typical", "per": "月", "issued": date(1999, 1, 1), "from_": date(1999, 1, 1), "to": date(2099, 1, 1),
    "sure_until": date(2030, 1, 1), "review_by": date(2031, 1, 1), "to_inferred": True, "promised_days": 77,
    "windows": [Window.model_validate({"from": date(2026, 1, 1), "to": None})], "commitments": [44], "reviewed": [], "examples": [],
}  # fmt: skip


def replaced(model: Any, path: tuple[str, ...]) -> Any:
    name, *rest = path
    value = getattr(model, name)
    if rest:
        return changed(model, **{name: replaced(value, tuple(rest))})
    other = OTHER.get(name, ["另一个"] if isinstance(value, list) else "另一个")
    if name == "conditions":
        other = [*value, Condition(text="另一个", when="employees > 1", cite=None)]
    return changed(model, **{name: other})


def test_no_field_of_a_measure_can_change_unseen(measure):
    unseen = [path for path in leaves(measure) if not measure_changes(measure, replaced(measure, path))]
    assert unseen == []


def test_what_everybody_reads_holds_no_predicate_formula_or_example(measure):
    conditions = [changed(one, when=f"({one.when})") for one in measure.conditions]
    conditions[0] = changed(conditions[0], text="是企业，不含个体工商户")
    new = changed(
        measure, conditions=conditions, examples=measure.examples[:3], benefit=changed(measure.benefit, estimate="1")
    )
    found = changes_in_words(measure, new)
    assert {change.part for change in found} == {"条件", "怎么判断"}
    assert not any("employees" in change.sentence() or "[" in change.sentence() for change in found)


def test_examples_are_told_with_the_names_of_facts_for_people(measure):
    new = changed(measure, examples=measure.examples[:-1])
    (change,) = measure_changes(measure, new, {"employees": "从业人数", "entity_type": "主体类型"})
    assert change.kind == "删" and "employees" not in change.before


ROWS = [
    (1, "一、", "资金", ""),
    (2, "（一）", "补贴", "每人1500元。"),
    (2, "（二）", "贴息", "最高50万元。"),
    (1, "二、", "服务", ""),
]


def parts(old, new) -> list[tuple[str, str]]:
    return [(change.kind, change.part) for change in document_changes(placed(old, "题"), placed(new, "题"))]


def test_texts_are_compared_clause_by_clause():
    raised = [*ROWS[:1], (2, "（一）", "补贴", "每人2000元。"), *ROWS[2:]]
    assert parts(ROWS, ROWS) == []
    assert parts(ROWS, raised) == [("改", "第2级 （一）")]
    assert parts(ROWS, ROWS[:3]) == [("删", "第1级 二、")]
    assert parts(ROWS, [*ROWS, (1, "三、", "附则", "")]) == [("加", "第1级 三、")]


def test_a_clause_that_only_moved_a_level_shows_as_changed():
    moved = [ROWS[0], ROWS[1], (3, *ROWS[2][1:]), ROWS[3]]
    assert parts(ROWS, moved) == [("改", "第2级 （二） → 第3级 （二）")]


texts = st.text(st.sampled_from("企业补贴1500元。50万"), max_size=30)


@given(texts, texts)
def test_the_two_texts_can_be_read_out_of_the_one(before, after):
    pieces = inline(before, after)
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "old") == after


def test_sentences_say_what_was_and_what_is():
    assert Change("改", "金额", "一", "二").sentence() == "金额：由“一”改为“二”"
