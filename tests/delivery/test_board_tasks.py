"""Tasks from the list to their close-out by a second person, what is overdue on any day, and supervision notes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.auth import Actor, NotAllowed
from navigator.delivery.board import add_unit
from navigator.delivery.board_tasks import (
    Happened,
    add_note,
    ask_close,
    close,
    drop,
    list_tasks,
    make_task,
    move_task,
    overdue_since,
    overdue_tasks,
    read_task,
    refuse_close,
    reopen,
    reply,
)
from navigator.errors import InputError

CITY, OTHER = Actor("市优化办老张", "staff"), Actor("市优化办老王", "staff")
LI, WANG = Actor("京山小李", "staff", "京山市"), Actor("钟祥老王", "staff", "钟祥市")
DAY = date(2026, 11, 2)


def at(days: int) -> datetime:
    return datetime(2026, 11, 2, 2, tzinfo=UTC) + timedelta(days=days)


def day(days: int) -> date:
    return DAY + timedelta(days=days)


@pytest.fixture
def task(store) -> int:
    unit = add_unit(CITY, "京山市政府", "county", "京山市", now=at(0))
    return make_task(CITY, 37, "落实普惠信贷计划", "每月报进度", unit, day(10), now=at(0))


def late(on: date, actor: Actor = CITY) -> list[int]:
    return [one.days for one in overdue_tasks(actor, on)]


def test_a_task_is_closed_by_a_second_person_with_evidence(task):
    with pytest.raises(InputError, match="没有写"):
        ask_close(CITY, task, " ", now=at(3))
    with pytest.raises(InputError, match="办理中"):
        close(OTHER, task, now=at(3))
    ask_close(CITY, task, "已投放52亿元", "https://example.com/t", now=at(3))
    with pytest.raises(InputError, match="是您申请的"):
        close(CITY, task, now=at(3))
    refuse_close(OTHER, task, "没有附报表", now=at(4))
    ask_close(OTHER, task, "报表补上了", now=at(5))
    with pytest.raises(InputError, match="是您申请的"):
        close(OTHER, task, now=at(5))
    close(CITY, task, "核对了报表", now=at(6))
    with pytest.raises(InputError, match="已销号"):
        ask_close(CITY, task, "再来一次", now=at(6))
    found, events, _ = read_task(CITY, task, day(30))
    assert (found.state, found.days) == ("closed", 0)
    assert [one.what for one in events] == ["closed", "asked", "refused", "asked", "made"]
    reopen(OTHER, task, "抽查发现没有落实", day(20), now=at(12))
    found, events, _ = read_task(CITY, task, day(22))
    assert (found.state, found.days, found.due, events[0].words) == ("open", 2, day(20), "抽查发现没有落实")


def test_what_is_overdue_is_known_for_any_day_also_afterwards(task):
    assert late(day(10)) == []
    assert late(day(12)) == [2]
    move_task(CITY, task, day(15), "等省里文件", now=at(13))
    assert late(day(12)) == [2]
    assert late(day(14)) == []
    ask_close(CITY, task, "办完了", now=at(17))
    assert late(day(17)) == [2]
    close(OTHER, task, now=at(18))
    assert (late(day(17)), late(day(18)), late(day(-1))) == ([2], [], [])
    assert [one.due for one in overdue_tasks(CITY, day(12))] == [day(10)]


def test_who_asked_in_time_does_not_wait_at_their_own_cost(task):
    ask_close(CITY, task, "办完了", now=at(10))
    assert late(day(14)) == []
    refuse_close(OTHER, task, "没办完", now=at(15))
    assert (late(day(14)), late(day(15))) == ([], [5])


def test_supervision_notes_are_answered_once_and_overdue_ones_show(task):
    first = add_note(CITY, task, "请说明进度", day(5), now=at(2))
    assert [(one.notes, one.notes_late) for one in list_tasks(CITY, day(6))] == [(1, 1)]
    reply(LI, first, "已完成一半", now=at(6))
    with pytest.raises(InputError, match="已经回复过"):
        reply(LI, first, "再说一遍", now=at(6))
    with pytest.raises(InputError, match="不能早于今天"):
        add_note(CITY, task, "请说明进度", day(5), now=at(6))
    _, _, notes = read_task(CITY, task, day(6))
    assert [(one.reply, one.replied_by, one.is_late(day(6))) for one in notes] == [("已完成一半", LI.name, False)]
    assert list_tasks(CITY, day(6))[0].notes == 0


def test_only_a_task_nothing_was_done_with_is_taken_off_the_list(task):
    other = make_task(LI, 37, "写错了", "", list_tasks(LI, DAY)[0].unit_id, day(1), now=at(0))
    drop(LI, other, "写错了单位", now=at(0))
    assert [one.id for one in list_tasks(CITY, DAY)] == [task]
    assert {one.id for one in list_tasks(CITY, DAY, dropped=True)} == {task, other}
    assert late(day(5)) == []
    add_note(CITY, task, "请说明进度", day(5), now=at(2))
    with pytest.raises(InputError, match="不能删去"):
        drop(CITY, task, "不想办了", now=at(3))


def test_another_region_neither_sees_nor_changes_a_task(task):
    note = add_note(CITY, task, "请说明进度", day(5), now=at(2))
    assert list_tasks(WANG, day(30)) == overdue_tasks(WANG, day(30)) == ()
    assert [one.id for one in list_tasks(LI, day(30))] == [task]
    for do in (
        lambda: read_task(WANG, task, DAY),
        lambda: ask_close(WANG, task, "办完了", now=at(3)),
        lambda: move_task(WANG, task, day(30), "再等等", now=at(3)),
        lambda: reply(WANG, note, "好", now=at(3)),
        lambda: drop(WANG, task, "不要了", now=at(3)),
        lambda: make_task(WANG, 1, "任务", "", list_tasks(CITY, DAY)[0].unit_id, day(3), now=at(0)),
    ):
        with pytest.raises(NotAllowed):
            do()
    for actor in (None, Actor("小分队小陈", "team")):
        with pytest.raises(NotAllowed):
            list_tasks(actor, DAY)


def test_what_cannot_be_is_told_in_one_sentence(task):
    unit = list_tasks(CITY, DAY)[0].unit_id
    with pytest.raises(InputError, match="没有第 46 项"):
        make_task(CITY, 46, "任务", "", unit, day(3), now=at(0))
    with pytest.raises(InputError, match="没有这个单位"):
        make_task(CITY, 1, "任务", "", 99, day(3), now=at(0))
    with pytest.raises(InputError, match="不能早于今天"):
        make_task(CITY, 1, "任务", "", unit, day(-1), now=at(0))
    with pytest.raises(InputError, match="没有这一条"):
        read_task(CITY, 999, DAY)


@given(
    st.integers(0, 8),
    st.lists(
        st.tuples(st.sampled_from(["asked", "refused", "closed", "reopened", "moved"]), st.integers(0, 12)), max_size=6
    ),
    st.integers(0, 14),
)
def test_an_overdue_task_is_past_its_last_due_day_and_not_done(due, steps, look):
    events = [Happened("made", day(0), day(due))]
    for what, when in sorted(steps, key=lambda one: one[1]):
        events.append(Happened(what, day(when), day(when + 2) if what in ("moved", "reopened") else None))
    known = [one for one in events if one.day <= day(look)]
    last_due = [one.due for one in known if one.due][-1]
    turns = [one.what for one in known if one.what != "moved"]
    missed = overdue_since(events, day(look))
    assert missed in (None, last_due)
    if missed:
        assert last_due < day(look)
        assert turns[-1] != "closed"
    elif last_due < day(look):
        assert turns[-1] in ("closed", "asked")
