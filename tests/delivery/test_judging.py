"""Judging: blind until one's own answer is given, two at most, settled where they differ; who may see what."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery import judging, metrics, samples
from navigator.delivery.counting import Scope, count
from navigator.delivery.metrics import Wanted
from navigator.errors import InputError
from navigator.store.audit import Filter, read_audit
from navigator.store.engine import reading
from navigator.store.enterprises import save_facts
from tests.delivery.pushed import CIT, push_out

ZHANG, ZHAO, WU = (Actor(name, "staff") for name in ("老张", "老赵", "老吴"))
LI, QIAN = Actor("京山小李", "staff", "京山市"), Actor("钟祥小钱", "staff", "钟祥市")
DAY = date(2026, 11, 23)


@pytest.fixture
def item(store) -> int:
    """The one drawn push of the month: a firm of 京山."""
    push_out()
    samples.draw(ZHANG, 202611, least=2, total=0)
    found = judging.next_item(ZHANG, 202611)
    assert found is not None
    return found


def state(item: int):
    with reading() as session:
        return next(one for one in count(session, Scope(202611, 202611)).drawn if one.item == item)


def test_the_judge_sees_conditions_with_sources_the_record_then_and_now(item):
    record = judging.open_item(LI, item, DAY)
    assert (record.enterprise_name, record.measure, record.task) == ("京山机械厂", CIT, "first")
    employees = next(one for one in record.conditions if "从业人数" in one.text)
    assert employees.source
    assert (employees.then, employees.then_facts) == (True, (("从业人数", "45人"),))
    assert (employees.now, employees.now_facts) == (True, (("从业人数", "45人"),))
    save_facts(LI, record.uscc, {"employees": 450}, source="走访", on=DAY, based_on=1)
    employees = next(one for one in judging.open_item(LI, item, DAY).conditions if "从业人数" in one.text)
    assert (employees.then_facts, employees.now, employees.now_facts) == (
        (("从业人数", "45人"),), False, (("从业人数", "450人"),)
    )  # fmt: skip
    looks = read_audit(COMMAND_LINE, Filter(action="看抽查的推送"))
    assert {one.subject for one in looks} == {f"enterprise:{record.uscc}"}


def test_nobody_sees_an_earlier_answer_before_giving_their_own(item):
    judging.judge(ZHANG, item, "wrong", "从业人数不对")
    assert judging.next_item(ZHAO, 202611) is None
    assert judging.next_item(ZHAO, 202611, "second") == item
    blind = judging.open_item(ZHAO, item, DAY)
    assert (blind.task, blind.earlier) == ("second", ())
    assert "从业人数不对" not in repr(blind)
    judging.judge(ZHAO, item, "wrong", "我也看到了")
    assert [one.judge for one in judging.open_item(ZHAO, item, DAY).earlier] == ["老张", "老赵"]
    assert state(item).verdict == "wrong"


def test_what_two_find_alike_stands_and_no_third_is_asked(item):
    for actor in (ZHANG, ZHAO):
        judging.judge(actor, item, "right")
    assert state(item).verdict == "right"
    assert judging.open_item(WU, item, DAY).task is None
    with pytest.raises(InputError, match="两个人已经评过，判得一样"):
        judging.judge(WU, item, "wrong", "不对")


def test_where_two_differ_nothing_counts_until_it_is_settled_with_both_in_view(item):
    judging.judge(ZHANG, item, "right")
    judging.judge(ZHAO, item, "wrong", "停产了")
    assert (state(item).verdict, state(item).differs) == (None, True)
    assert judging.next_item(WU, 202611, "settle") == item
    seen = judging.open_item(WU, item, DAY)
    assert (seen.task, [one.verdict for one in seen.earlier]) == ("settle", ["right", "wrong"])
    with pytest.raises(InputError, match="两个人已经评过，判得不一样"):
        judging.judge(WU, item, "right")
    with pytest.raises(InputError, match="没有写"):
        judging.judge(WU, item, "right", settles=True)
    judging.judge(WU, item, "right", "去看过，还在生产", settles=True)
    assert (state(item).verdict, state(item).judges) == ("right", 2)
    assert judging.waiting_for(WU, 202611) == {"first": 0, "second": 0, "settle": 0}
    with pytest.raises(InputError, match="已经定案"):
        judging.judge(ZHANG, item, "wrong", "还是不对", settles=True)


def test_the_two_may_settle_it_together_and_both_their_answers_stay(item):
    judging.judge(ZHANG, item, "right")
    judging.judge(ZHAO, item, "unsure")
    judging.judge(ZHAO, item, "right", "和老张一起打了电话", settles=True)
    kept = judging.open_item(WU, item, DAY)
    assert kept.task is None
    assert [(one.judge, one.verdict, one.settles) for one in judging.open_item(ZHAO, item, DAY).earlier] == [
        ("老张", "right", False), ("老赵", "unsure", False), ("老赵", "right", True)
    ]  # fmt: skip


def test_nobody_judges_twice(item):
    judging.judge(ZHANG, item, "right")
    assert judging.next_item(ZHANG, 202611, "second") is None
    with pytest.raises(InputError, match="您已经评过"):
        judging.judge(ZHANG, item, "wrong", "改主意了")


def test_rows_keep_a_verdict_from_who_could_still_be_the_second_and_who_looks_all_the_same_is_none(item):
    judging.judge(ZHANG, item, "wrong", "停产了")
    blind = metrics.read_rows(ZHAO, "push-precision", Wanted("wrong", 202611))
    assert (blind.total, blind.lines) == (0, ())
    assert "另有 1 条您还可以复评" in blind.note
    assert metrics.read_rows(ZHANG, "push-precision", Wanted("wrong", 202611)).total == 1
    (sent,) = metrics.read_rows(ZHAO, "push-sent", Wanted("sent", 202611)).lines
    assert "您还可以复评，先不显示" in sent.cells
    assert judging.next_item(ZHAO, 202611, "second") == item
    (line,) = metrics.read_rows(ZHAO, "push-precision", Wanted("wrong", 202611, reveal=True)).lines
    assert (line.name, line.cells[3]) == ("京山机械厂", "错")
    assert judging.next_item(ZHAO, 202611, "second") is None
    with pytest.raises(InputError, match="看过这个月的抽查结论"):
        judging.judge(ZHAO, item, "right")
    assert judging.next_item(WU, 202611, "second") == item


def test_another_region_finds_nothing_to_judge(item):
    assert judging.next_item(QIAN, 202611) is None
    for call in (lambda: judging.open_item(QIAN, item, DAY), lambda: judging.judge(QIAN, item, "right")):
        with pytest.raises(InputError, match="没有找到这一条"):
            call()
    assert judging.next_item(LI, 202611) == item


@pytest.mark.parametrize(
    ("verdict", "remark", "told"),
    [
        ("", "", "没有选"),
        ("maybe", "", "没有选"),
        ("wrong", " ", "写明哪里错"),
        ("right", "长" * 1001, "最多 1000 个字"),
    ],
)
def test_a_verdict_that_cannot_be_is_told(item, verdict, remark, told):
    with pytest.raises(InputError, match=told):
        judging.judge(ZHANG, item, verdict, remark)
    assert state(item).judges == 0


def test_judging_is_for_staff(item):
    for actor in (None, Actor("小陈", "team", "京山市")):
        for call in (
            lambda actor=actor: judging.next_item(actor, 202611),
            lambda actor=actor: judging.open_item(actor, item),
            lambda actor=actor: judging.judge(actor, item, "right"),
            lambda actor=actor: judging.waiting_for(actor, 202611),
        ):
            with pytest.raises(NotAllowed):
                call()
