"""Files for SMS and WeChat: a day's share, looked at anew, the same whenever made again; nobody gets too much."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from navigator.auth import COMMAND_LINE
from navigator.delivery import batches, handing, previewing
from navigator.delivery.exporting import export_hand_over
from navigator.delivery.grounds import read_ground
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store.audit import read_audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import save_facts
from navigator.store.push_tables import ContactRow, MessageRow, OptOutRow, PushRow
from tests.delivery.batch_makers import DAY, LI, MEASURE, NOON, ZHANG, ZHAO, approved, firm, put
from tests.store.test_importing_columns import code

FUND = "fee-disabled-fund-exempt-30"


def states(number: int) -> dict[str, tuple[str, str]]:
    return {one.name: (one.state, one.remark) for one in previewing.read_rows(ZHANG, number, limit=1000)}


def content(hand_over: handing.HandOver, form: str = "csv") -> bytes:
    return export_hand_over(ZHANG, {"id": str(hand_over.id), "format": form}).content


def change(number: int, **facts: object) -> None:
    save_facts(ZHANG, code(number), facts, source="表", on=DAY, based_on=1)


def test_what_is_handed_over_is_sent_counted_in_its_month_and_the_file_stays_the_same(store):
    put([firm(1), firm(2)])
    number = approved()
    handed = handing.hand_over(ZHANG, number, now=NOON)
    assert handed.messages == 2
    first, table = content(handed), content(handed, "xlsx")
    change(1, name="改名厂", employees=30)
    assert (content(handed), content(handed, "xlsx")) == (first, table)
    assert first.decode("utf-8-sig").count("/p/") == 4
    with reading() as session:
        assert session.scalars(select(PushRow.month)).all() == [202611, 202611]
    assert batches.read_batch(ZHANG, number).state == "done"
    assert handing.list_hand_overs(ZHANG, number) == [handed]
    assert "交接推送" in {one.action for one in read_audit(COMMAND_LINE)}


def test_the_month_is_that_of_the_clock_in_shanghai(store):
    put([firm(1)])
    handing.hand_over(ZHANG, approved(), now=NOON.replace(day=30, hour=16))
    with reading() as session:
        assert session.scalar(select(PushRow.month)) == 202612


def test_a_day_has_room_for_so_many_and_the_rest_follows(store):
    put([firm(number) for number in range(1, 6)])
    number = approved(daily=2)
    assert [handing.hand_over(ZHANG, number, now=NOON + timedelta(days=day)).messages for day in range(3)] == [2, 2, 1]
    assert {state for state, _ in states(number).values()} == {"sent"}


def test_a_second_file_on_a_full_day_is_told_to_wait(store, monkeypatch):
    put([firm(number) for number in range(1, 4)])
    number = approved(daily=2)
    handing.hand_over(ZHANG, number, now=NOON)
    with pytest.raises(InputError, match="今天的数量已经发满"):
        handing.hand_over(ZHANG, number, now=NOON + timedelta(hours=1))
    monkeypatch.setattr(settings(), "push_daily", 2)
    assert handing.hand_over(ZHANG, number, now=NOON + timedelta(days=1)).messages == 1


def test_one_enterprise_gets_one_message_a_day_and_three_a_week(store):
    put([firm(1)])
    number = approved()
    with transaction() as session:
        for days in (1, 3, 6):
            session.add(message(number, of(1), days))
    with pytest.raises(InputError, match="过几天再来"):
        handing.hand_over(ZHANG, number, now=NOON)
    assert handing.hand_over(ZHANG, number, now=NOON + timedelta(days=1)).messages == 1


def message(batch: int, enterprise: int | None, days: int) -> MessageRow:
    day = DAY - timedelta(days=days)
    return MessageRow(
        batch_id=batch, enterprise_id=enterprise, name="厂", address="", person="", state="sent", at=NOON, day=day
    )


def test_several_pushes_to_one_enterprise_are_one_message(store):
    put([firm(1)])
    number = approved(measures=(MEASURE, FUND))
    (line,) = content(handing.hand_over(ZHANG, number, now=NOON)).decode("utf-8-sig").splitlines()[1:]
    assert "、" in line
    with reading() as session:
        assert session.scalar(select(func.count(PushRow.id)).where(PushRow.state == "sent")) == 2
        assert session.scalar(select(func.count(MessageRow.id))) == 1


def test_right_before_it_goes_out_everything_is_looked_at_anew(store):
    put([firm(number) for number in range(1, 8)] + [firm(8, employees=None), firm(9, employees=None)])
    number = approved()
    change(1, employees=900.0)
    change(2, employees=25.0, taxable_income=2_000_000.0)
    change(3, employees=None)
    change(8, employees=10.0)
    with transaction() as session:
        session.add(OptOutRow(enterprise_id=of(4), measure_id=MEASURE, at=NOON, by="企业自己", remark=""))
        session.query(ContactRow).filter_by(enterprise_id=of(5)).delete()
    assert handing.hand_over(ZHANG, number, now=NOON).messages == 4
    assert states(number) == {
        "第1厂": ("dropped", "资料变了，现在不符合条件"), "第2厂": ("sent", ""),
        "第3厂": ("dropped", "资料变了，现在不符合条件"), "第4厂": ("dropped", "不愿再收"),
        "第5厂": ("dropped", "没有联系方式"), "第6厂": ("sent", ""), "第7厂": ("sent", ""),
        "第8厂": ("dropped", "要问的已经知道了，或者还差别的"), "第9厂": ("sent", ""),
    }  # fmt: skip
    (second,) = [one for one in previewing.read_rows(ZHANG, number) if one.name == "第2厂"]
    assert second.estimate == 400_000
    with reading() as session:
        assert read_ground(session, second.id).facts["employees"] == 25


def of(number: int) -> int:
    with reading() as session:
        return session.scalar(select(EnterpriseRow.id).where(EnterpriseRow.uscc == code(number)))


def test_a_measure_that_ended_or_changed_meanwhile_does_not_go_out(store, monkeypatch):
    put([firm(1)])
    number = approved()
    with pytest.raises(InputError, match="不再符合条件"):
        handing.hand_over(ZHANG, number, now=NOON.replace(year=2030))
    assert states(number) == {"第1厂": ("dropped", "政策到期、停办或没有核实了")}
    again = approved()
    monkeypatch.setattr("navigator.delivery.checking.substance", lambda measure: "another")
    with pytest.raises(InputError, match="不再符合条件"):
        handing.hand_over(ZHANG, again, now=NOON)
    assert states(again) == {"第1厂": ("dropped", "政策内容变了，没有按旧的发")}
    assert batches.read_batch(ZHANG, again).state == "done"


def test_withdrawn_after_a_part_went_out_the_rest_stays_and_what_went_out_counts(store):
    put([firm(1), firm(2)])
    number = approved(daily=1)
    handing.hand_over(ZHANG, number, now=NOON)
    batches.withdraw(ZHAO, number, "金额写错了", now=NOON)
    assert sorted(state for state, _ in states(number).values()) == ["sent", "withdrawn"]
    with pytest.raises(InputError, match="没有等着发的"):
        handing.hand_over(ZHANG, number, now=NOON + timedelta(days=1))


def test_invented_ones_are_marked_in_name_and_text_and_hold_no_number(store):
    put([firm(1)], example=True, contacts=False)
    handed = handing.hand_over(ZHANG, approved(example=True), now=NOON)
    made = export_hand_over(ZHANG, {"id": str(handed.id), "format": "csv"})
    assert made.name.startswith("示例_")
    (line,) = made.content.decode("utf-8-sig").splitlines()[1:]
    assert "【示例】" in line
    assert "示例号码" in line


def test_another_region_gets_no_file(store):
    put([firm(1)])
    handed = handing.hand_over(ZHANG, approved(), now=NOON)
    with pytest.raises(InputError, match="没有找到"):
        export_hand_over(LI, {"id": str(handed.id)})
