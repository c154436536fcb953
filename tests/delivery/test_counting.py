"""What the figures are counted from: SQL and triggers against a plain count of the same world; months, regions, 示例."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from navigator.delivery import counting
from navigator.delivery.counting import Cell, Scope, count
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.push_tables import AnswerRow, PushRow
from tests.delivery.figure_worlds import NOVEMBER, Push, World, a_case, any_world, make_world

MONTHS = Scope(202609, 202611)


def cell(push: Push) -> Cell:
    return Cell(push.month, push.measure, push.region or "", push.office)


def counts(scope: Scope = MONTHS):
    with reading() as session:
        return count(session, scope)


def is_as_counted(world: World, gone: frozenset[int] = frozenset()) -> bool:
    found = counts()
    pushes = [push for push in world.counted if push.id not in gone]
    assert found.sent == Counter(map(cell, pushes))
    assert +found.said == Counter((cell(push), push.said) for push in pushes if push.said)
    return True


@pytest.mark.parametrize("seed", range(4))
def test_the_database_counts_as_a_person_would(store, seed):
    world = any_world(seed)
    assert len(world.counted) > 40
    assert is_as_counted(world)


def test_the_tally_follows_every_change_of_a_push_and_its_answer(store):
    world = any_world(7)
    sent = [push for push in world.counted if push.answer]
    with transaction() as session:
        waiting = [push for push in world.pushes if push.state in ("queued", "unsure") and push.kind == "fits"]
        for push in waiting:
            push.state, push.sent = "sent", NOVEMBER
            session.execute(
                update(PushRow).where(PushRow.id == push.id).values(state="sent", sent=NOVEMBER, month=202611)
            )
        sent[0].region, sent[1].answer, sent[2].answer = "东宝区", "not_fit", None
        session.execute(update(PushRow).where(PushRow.id == sent[0].id).values(region="东宝区"))
        session.merge(AnswerRow(push_id=sent[1].id, at=NOVEMBER, fits=False, reason="not_fit", words="", facts={}))
        session.execute(delete(AnswerRow).where(AnswerRow.push_id == sent[2].id))
        sent[3].state = "failed"
        session.execute(update(PushRow).where(PushRow.id == sent[3].id).values(state="failed"))
        session.execute(delete(EnterpriseRow).where(EnterpriseRow.id == sent[4].enterprise))
    gone = frozenset(push.id for push in world.pushes if push.enterprise == sent[4].enterprise)
    assert is_as_counted(world, gone)


def test_an_answer_to_a_push_that_later_turns_out_to_be_sent_counts_with_it(store):
    push = Push(1, "tax-hnte-15", "京山市", "市税务局", None, "unsure", answer="fits")
    make_world([push])
    assert not counts().said
    with transaction() as session:
        session.execute(update(PushRow).values(state="sent", sent=NOVEMBER, month=202611))
    push.sent, push.state = NOVEMBER, "sent"
    assert counts().said == {(cell(push), "fits"): 1}


def test_a_month_ends_at_midnight_in_shanghai(store):
    before, after = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    make_world([Push(1, "tax-hnte-15", "京山市", "甲", before), Push(2, "tax-hnte-15", "京山市", "甲", after)])
    assert {found.month: number for found, number in counts().sent.items()} == {202610: 1, 202611: 1}


def test_a_case_on_the_day_of_the_push_counts_and_one_the_day_before_does_not(store):
    late = datetime(2026, 11, 9, 17, tzinfo=UTC)  # 10 November, one in the morning
    same, before = (Push(n, "tax-hnte-15", "京山市", "甲", late, case=("accepted", None)) for n in (1, 2))
    make_world([same])
    with transaction() as session:
        session.add(EnterpriseRow(
            id=2, uscc="x", name="x", region="京山市", example=False, version=1, facts={}, changed=NOVEMBER, changed_by="x"
        ))  # fmt: skip
        session.flush()
        session.add(PushRow(
            id=2, batch_id=1, subject_id=2, enterprise_id=2, kind="fits", example=False, region="京山市",
            ground=b"0123456789abcdef", state="sent", sent=late, month=202611,
        ))  # fmt: skip
        session.add(a_case(before, days=-1, number="早一天"))
    assert counts().said == {(cell(same), "accepted"): 1}


def test_the_last_case_decides_and_belongs_to_the_push_nearest_before_it(store):
    push = Push(1, "tax-hnte-15", "京山市", "甲", case=("refused", "not_eligible"))
    make_world([push])
    assert counts().said == {(cell(push), "not_eligible"): 1}
    push.case = ("accepted", None)
    with transaction() as session:
        session.add(a_case(push, days=3, number="第二次"))
    assert counts().said == {(cell(push), "accepted"): 1}


def test_invented_pushes_are_only_counted_by_themselves(store):
    world = any_world(3)
    real, invented = counts(), counts(Scope(202609, 202611, True))
    assert sum(real.sent.values()) == len(world.counted)
    assert sum(invented.sent.values()) == sum(
        push.example and push.state == "sent" and push.kind == "fits" for push in world.pushes
    )
    assert "example IS 0" in str(counting.counted(False).compile(dialect=_sqlite()))


def _sqlite():
    from sqlalchemy.dialects import sqlite

    return sqlite.dialect()


def test_of_one_region_only_its_own_pushes_are_counted(store):
    world = any_world(5)
    found = counts(Scope(202609, 202611, region="京山市"))
    assert found.sent == Counter(cell(push) for push in world.counted if push.region == "京山市")
    assert {one.region for one, _ in found.said} <= {"京山市"}


def test_pushes_nobody_knows_of_are_told_apart(store):
    world = any_world(11)
    with reading() as session:
        assert counting.unclear(session, MONTHS) == sum(
            push.state == "unsure" and push.kind == "fits" and not push.example for push in world.pushes
        )
