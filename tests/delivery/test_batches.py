"""A batch from draft to withdrawn: two people, one region, nothing twice, nothing lost when selecting breaks off."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from navigator.auth import COMMAND_LINE, NotAllowed
from navigator.delivery import batches, filling, handing, previewing
from navigator.delivery.messages import default_text
from navigator.delivery.opt_outs import opt_out
from navigator.delivery.reading import FactReader
from navigator.delivery.selecting import Choice
from navigator.errors import InputError
from navigator.store.audit import read_audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import save_facts
from navigator.store.push_tables import BatchRow, GroundRow, OptOutRow, PushRow
from tests.delivery.batch_makers import (
    DAY,
    LI,
    MEASURE,
    NOON,
    TEAM,
    WANG,
    ZHANG,
    ZHAO,
    approved,
    draft,
    firm,
    put,
    selected,
)
from tests.store.test_importing_columns import code


def rows(number: int) -> dict[str, tuple[str, str, str]]:
    return {one.name: (one.kind, one.state, one.remark) for one in previewing.read_rows(ZHANG, number, limit=1000)}


def test_those_who_fit_get_it_those_who_lack_one_fact_are_asked_and_the_rest_is_left_alone(store):
    put([firm(1), firm(2, employees=None), firm(3, employees=None, total_assets=None), firm(4, employees=400.0)])
    number = selected()
    assert rows(number) == {"第1厂": ("fits", "waiting", ""), "第2厂": ("asks", "waiting", "")}
    found = batches.read_batch(ZHANG, number)
    assert found.state == "selected"
    assert found.counts == {"records": 4, "looked": 4, "fits": 1, "asks": 1, "left_out": 0, "undecided": 1}
    (asked,) = previewing.read_rows(ZHANG, number, previewing.Chosen(kind="asks"))
    assert (asked.fact, asked.estimate) == ("从业人数", None)
    without = selected(choice=Choice(measures=(MEASURE,), asks=False), title="不问")
    assert batches.read_batch(ZHANG, without).counts["asks"] == 0


def test_who_was_pushed_already_waits_elsewhere_wants_nothing_or_cannot_be_reached_is_listed_with_the_reason(store):
    put([firm(1), firm(2), firm(3)])
    put([firm(4)], contacts=False)
    opt(2, None)
    opt(3, "some-other-measure")
    first = approved()
    assert Counter(remark for *_, remark in rows(first).values()) == {"": 2, "不愿再收": 1, "没有联系方式": 1}
    second = selected()
    assert Counter(remark for *_, remark in rows(second).values()) == {
        "在别的批次里等着发": 2, "不愿再收": 1, "没有联系方式": 1,
    }  # fmt: skip
    handing.hand_over(ZHANG, first, now=NOON)
    third = selected()
    assert rows(third)["第1厂"] == ("fits", "dropped", "已推送过")
    assert previewing.left_out(previewing.parts(ZHANG, third)) == {
        "已推送过": 2, "在别的批次里等着发": 0, "不愿再收": 1, "没有联系方式": 1,
    }  # fmt: skip
    with pytest.raises(InputError, match="没有一家可以推送"):
        batches.propose(ZHANG, third)


def opt(number: int, measure_id: str | None) -> None:
    with transaction() as session:
        enterprise = session.scalar(select(EnterpriseRow.id).where(EnterpriseRow.uscc == code(number)))
        session.add(OptOutRow(enterprise_id=enterprise, measure_id=measure_id, at=NOON, by="企业自己", remark=""))


def test_what_was_withdrawn_before_it_went_out_may_be_pushed_again(store):
    put([firm(1)])
    first = approved()
    batches.withdraw(ZHAO, first, "写错了", now=NOON)
    assert rows(first) == {"第1厂": ("fits", "withdrawn", "")}
    assert rows(selected()) == {"第1厂": ("fits", "waiting", "")}


def test_a_change_of_substance_makes_it_pushable_again(store, monkeypatch):
    put([firm(1)])
    handing.hand_over(ZHANG, approved(), now=NOON)
    monkeypatch.setattr("navigator.delivery.grounds.substance", lambda measure: f"new {measure.id}"[:32])
    assert rows(selected()) == {"第1厂": ("fits", "waiting", "")}


def test_the_same_ground_is_kept_once(store):
    put([firm(number) for number in range(1, 6)])
    number = selected()
    with reading() as session:
        assert session.scalar(select(func.count(PushRow.id)).where(PushRow.batch_id == number)) == 5
        assert session.scalar(select(func.count()).select_from(GroundRow)) == 1
    (first, *_) = previewing.sample(ZHANG, number, 5, 1)
    (ground,) = first.grounds
    assert ground.facts["taxable_income"] == 1_000_000
    assert all(outcome is True and text and source for text, source, outcome in ground.conditions)


def test_nobody_approves_their_own_batch(store):
    put([firm(1)])
    number = selected()
    batches.propose(ZHANG, number)
    with pytest.raises(NotAllowed, match="另一位"):
        batches.approve(ZHANG, number)
    assert batches.approve(ZHAO, number).state == "approved"


def test_what_one_wrote_and_another_proposed_needs_a_third(store):
    put([firm(1)])
    number = selected(ZHANG)
    batches.propose(ZHAO, number)
    for actor in (ZHANG, ZHAO):
        with pytest.raises(NotAllowed, match="另一位"):
            batches.approve(actor, number)
    assert batches.approve(COMMAND_LINE, number).approved_by == "命令行"


def test_given_back_it_says_why_and_can_be_changed_and_proposed_again(store):
    put([firm(1), firm(2, "钟祥市")])
    number = selected()
    batches.propose(ZHANG, number)
    with pytest.raises(InputError, match="没有写"):
        batches.give_back(ZHAO, number, " ")
    given = batches.give_back(ZHAO, number, "只推京山")
    assert (given.state, given.reason) == ("selected", "只推京山")
    changed = batches.change_batch(ZHANG, number, draft(choice=Choice(measures=(MEASURE,), regions=("京山市",))), DAY)
    assert (changed.state, changed.counts) == ("draft", {})
    filling.fill(ZHANG, number)
    assert set(rows(number)) == {"第1厂"}
    reworded = batches.change_batch(ZHANG, number, replace(changed.draft, title="另一个标题"), DAY)
    assert (reworded.state, reworded.draft.title) == ("selected", "另一个标题")
    assert batches.propose(ZHANG, number).reason == ""
    with pytest.raises(InputError, match="只有还没提请批准的能改"):
        batches.change_batch(ZHANG, number, changed.draft, DAY)


def test_an_office_pushes_to_its_own_region_and_sees_no_other_batch(store):
    put([firm(1), firm(2, "钟祥市"), firm(3, None)])  # type: ignore[arg-type]
    mine = selected(LI)
    assert set(rows(mine)) == {"第1厂"}
    whole = selected(ZHANG)
    with pytest.raises(NotAllowed, match="只能推给京山市的企业"):
        batches.begin_batch(LI, draft(choice=Choice(measures=(MEASURE,), regions=("钟祥市",))), DAY)
    assert [one.id for one in batches.list_batches(LI)] == [mine]
    assert [one.id for one in batches.list_batches(ZHANG)] == [whole, mine]
    for call in (
        lambda: batches.read_batch(LI, whole), lambda: previewing.parts(LI, whole), lambda: filling.fill(LI, whole),
        lambda: previewing.sample(LI, whole, 1, 1), lambda: previewing.read_rows(LI, whole),
        lambda: batches.withdraw(LI, whole, "x"), lambda: previewing.export_rows(LI, {"id": str(whole)}),
        lambda: handing.hand_over(LI, whole),
    ):  # fmt: skip
        with pytest.raises(InputError, match="没有第"):
            call()
    batches.propose(LI, mine)
    assert batches.approve(WANG, mine).approved_by == WANG.name


@pytest.mark.parametrize("actor", [None, TEAM])
def test_pushes_are_for_staff(store, actor):
    for call in (
        lambda: batches.begin_batch(actor, draft(), DAY), lambda: batches.list_batches(actor),
        lambda: batches.read_batch(actor, 1), lambda: batches.propose(actor, 1), lambda: batches.approve(actor, 1),
        lambda: batches.give_back(actor, 1, "x"), lambda: batches.withdraw(actor, 1, "x"), lambda: filling.fill(actor, 1),
        lambda: previewing.parts(actor, 1), lambda: previewing.sample(actor, 1, 1, 1), lambda: previewing.read_rows(actor, 1),
        lambda: previewing.try_out(actor, 1, "13800000000", 1), lambda: handing.hand_over(actor, 1),
        lambda: batches.change_batch(actor, 1, draft(), DAY), lambda: previewing.export_rows(actor, {"id": "1"}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            call()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": " "}, "标题"),
        ({"office": ""}, "发送单位"),
        ({"channel": "fax"}, "渠道"),
        ({"text": "没有链接"}, "没有 {链接}"),
        ({"text": default_text() + "{老板}"}, "不认识的空格"),
        ({"link_days": 0}, "链接有效天数"),
        ({"daily": 0}, "每天最多发"),
        ({"choice": Choice(measures=("no-such",))}, "没有叫 no-such"),
    ],
)
def test_a_draft_that_cannot_be_is_told_in_one_sentence(store, changes, told):
    with pytest.raises(InputError, match=told):
        batches.begin_batch(ZHANG, replace(draft(), **changes), DAY)


def test_selecting_that_broke_off_goes_on_where_it_was_and_takes_nothing_twice(store, monkeypatch):
    put([firm(number) for number in range(1, 8)])
    monkeypatch.setattr(FactReader.pieces, "__kwdefaults__", {"after": 0, "at_once": 2})
    number = batches.begin_batch(ZHANG, draft(), DAY)
    steps = []

    def break_off(now: batches.Batch) -> None:
        steps.append(now.share)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filling.fill(ZHANG, number, break_off)
    broken = batches.read_batch(ZHANG, number)
    assert (broken.state, broken.counts["looked"]) == ("broken", 4)
    with pytest.raises(InputError, match="挑好企业以后"):
        batches.propose(ZHANG, number)
    assert filling.fill(ZHANG, number).counts["fits"] == 7
    assert len(rows(number)) == 7
    with pytest.raises(InputError, match="已经挑好了"):
        filling.fill(ZHANG, number)


def test_of_two_who_select_the_same_batch_the_later_goes_on(store, monkeypatch):
    put([firm(number) for number in range(1, 6)])
    monkeypatch.setattr(FactReader.pieces, "__kwdefaults__", {"after": 0, "at_once": 2})
    number = batches.begin_batch(ZHANG, draft(), DAY)
    done = []

    def another(now: batches.Batch) -> None:
        if not done:
            done.append(filling.fill(ZHAO, number))

    with pytest.raises(InputError, match="由另一处接着做"):
        filling.fill(ZHANG, number, another)
    assert done[0].counts["fits"] == 5
    assert batches.read_batch(ZHANG, number).state == "selected"
    assert len(rows(number)) == 5


def test_a_sample_is_drawn_again_by_its_seed_and_reads_as_it_will(store):
    put([firm(number) for number in range(1, 30)])
    number = selected()
    drawn = previewing.sample(ZHANG, number, 5, 7)
    assert [one.name for one in drawn] == [one.name for one in previewing.sample(ZHAO, number, 5, 7)]
    assert [one.name for one in drawn] != [one.name for one in previewing.sample(ZHANG, number, 5, 8)]
    assert drawn[0].name in drawn[0].message.text
    assert drawn[0].message.links[0].endswith("/p/test")
    with pytest.raises(InputError, match="抽看几家"):
        previewing.sample(ZHANG, number, 0, 1)


def test_the_preview_counts_by_measure_and_region_and_adds_up_money(store):
    put([firm(1), firm(2, taxable_income=2_000_000.0), firm(3, "钟祥市")])
    number = selected()
    assert [(one.region, one.kind, one.pushes, one.known, one.yuan) for one in previewing.parts(ZHANG, number)] == [
        ("京山市", "fits", 2, 2, 600_000.0), ("钟祥市", "fits", 1, 1, 200_000.0),
    ]  # fmt: skip


def test_an_invented_batch_goes_to_invented_enterprises_alone_and_a_real_one_to_real_ones(store):
    put([firm(1)], example=True, contacts=False)
    put([firm(2)])
    assert set(rows(selected(example=True))) == {"第1厂"}
    assert set(rows(selected())) == {"第2厂"}
    number = batches.list_batches(ZHANG)[1].id
    export = previewing.export_rows(ZHANG, {"id": str(number)})
    assert export.name.startswith("示例_")


def test_rows_can_be_chosen_and_exported_and_looks_stand_in_the_log(store):
    put([firm(1, name="=HYPERLINK(1)厂"), firm(2, "钟祥市")])
    number = selected()
    assert previewing.count_rows(ZHANG, number, previewing.Chosen(region="钟祥市")) == 1
    content = previewing.export_rows(ZHANG, {"id": str(number), "region": "京山市"}).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in content
    assert "第2厂" not in content
    with pytest.raises(InputError, match="没有第 0 批"):
        previewing.export_rows(ZHANG, {"id": "abc"})
    previewing.sample(ZHANG, number, 1, 1)
    assert {"起草推送", "挑选企业", "挑好企业", "下载推送清单", "抽看推送"} <= {
        one.action for one in read_audit(COMMAND_LINE)
    }


def test_a_number_of_a_colleague_gets_a_trial_without_a_live_link(store):
    put([firm(1)])
    number = selected()
    message = previewing.try_out(ZHANG, number, "138 0013 8000", 1, now=NOON)
    assert (message.to, message.trial) == ("13800138000", True)
    assert batches.read_batch(ZHANG, number).tested == NOON
    with pytest.raises(InputError):
        previewing.try_out(ZHANG, number, "不是号码", 1)


def test_withdrawn_and_approved_batches_go_no_other_way(store):
    put([firm(1)])
    number = approved()
    for call in (
        lambda: batches.propose(ZHANG, number),
        lambda: batches.approve(ZHAO, number),
        lambda: batches.give_back(ZHAO, number, "x"),
    ):
        with pytest.raises(InputError, match="现在是“已批准"):
            call()
    batches.withdraw(ZHAO, number, "不推了")
    with pytest.raises(InputError, match="不用再撤回"):
        batches.withdraw(ZHAO, number, "再撤")


def test_records_that_changed_while_a_batch_waited_are_selected_anew_on_request(store):
    put([firm(1)])
    number = selected()
    save_facts(ZHANG, code(1), {"employees": 900.0}, source="表", on=DAY, based_on=1)
    filling.start_over(ZHANG, number)
    assert filling.fill(ZHANG, number).counts["fits"] == 0
    with transaction() as session:
        session.execute(update(BatchRow).values(state="proposed"))
    with pytest.raises(InputError, match="先退回"):
        filling.start_over(ZHANG, number)


def test_opting_out_by_the_office_counts_too(store):
    put([firm(1)])
    opt_out(ZHANG, code(1))
    assert rows(selected())["第1厂"][2] == "不愿再收"
