"""What the plan's cadence asks for shows up by itself, is written down and ticked; nothing typed is lost, and regions do not see it."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.delivery.cadence import (
    Given,
    actions,
    export_cadence,
    raised_for,
    read_duty,
    save_duty,
    set_start,
    start_of,
    what_is_due,
)
from navigator.delivery.cadence_calendar import period_of
from navigator.errors import InputError
from tests.delivery.test_problems import FIRST, JINGSHAN, SECOND

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)
POINTED = ("pointed", "", "2026-W48")


def held(**other: object) -> Given:
    given = {"topic": "拖欠账款", "minutes": "各组报了进度", "held_on": MONDAY, "done": True}
    return Given(**(given | other))  # type: ignore[arg-type]


@pytest.fixture
def begun(store):
    set_start(FIRST, MONDAY, "系统上线")


def names(actor: Actor, day: date, stands: str) -> list[str]:
    return [f"{one.name} {one.period.key}" for one in what_is_due(actor, day) if one.stands == stands]


def test_nothing_is_due_until_somebody_says_from_when(store):
    assert start_of(FIRST) is None
    assert what_is_due(FIRST, MONDAY) == ()
    with pytest.raises(InputError, match="没有写"):
        set_start(FIRST, MONDAY, "")
    set_start(FIRST, MONDAY, "系统上线")
    set_start(SECOND, date(2026, 12, 1), "领导定的")
    assert start_of(FIRST) == date(2026, 12, 1)
    assert what_is_due(FIRST, FRIDAY) == ()


def test_what_is_due_shows_up_by_itself_and_late_ones_stay(begun):
    week = [f"专项工作组周调度：{action} 2026-W48" for action in actions()]
    assert len(week) == 8
    rest = ["市优化办点题调度 2026-W48", "分管市领导月调度 2026-11", "主要领导季度综合调度 2026-Q4"]
    assert names(FIRST, MONDAY, "now") == week + rest
    assert names(FIRST, MONDAY, "late") == []
    after = date(2026, 12, 1)
    assert names(FIRST, after, "late") == week + rest[:2]
    assert "每月通报 2026-11" in names(FIRST, after, "now")
    assert "每月通报 2026-12" not in names(FIRST, after, "now")
    assert names(FIRST, date(2027, 1, 20), "now")[-1] == "主要领导季度综合调度 2027-Q1"
    assert {"季度报告 2026-Q4", "半年述职 2026-H2"} <= set(names(FIRST, date(2027, 1, 4), "now"))


def test_what_is_written_down_and_ticked_is_done_until_its_last_day_has_passed(begun):
    save_duty(FIRST, POINTED, held(), FRIDAY)
    assert names(FIRST, FRIDAY, "done") == ["市优化办点题调度 2026-W48"]
    assert "市优化办点题调度 2026-W48" not in names(FIRST, FRIDAY, "now")
    assert names(FIRST, date(2026, 11, 30), "done") == []
    monthly = ("monthly", "", "2026-11")
    save_duty(FIRST, monthly, held(held_on=date(2026, 12, 2)), date(2026, 12, 2))
    text = export_cadence(FIRST, {}).content.decode("utf-8-sig")
    assert "拖欠账款" in text


def test_what_is_lacking_is_told_before_it_counts_as_done(begun):
    action = actions()[0]
    for given, told in (
        (held(topic=""), "主题"),
        (held(held_on=None), "哪天"),
        (held(minutes=" "), "调度情况"),
        (held(held_on=date(2026, 11, 22)), "应在 2026-11-23"),
        (held(held_on=date(2026, 11, 28)), "应在 2026-11-23"),
        (held(minutes="字" * 10_001), "最多 10,000 个字"),
    ):
        with pytest.raises(InputError, match=told):
            save_duty(FIRST, ("weekly", action, "2026-W48"), given, FRIDAY)
    for key in (
        ("weekly", "", "2026-W48"),
        ("pointed", action, "2026-W48"),
        ("daily", "", "2026-W48"),
        ("pointed", "", "2026-48"),
    ):
        with pytest.raises(InputError):
            save_duty(FIRST, key, held(), FRIDAY)
    with pytest.raises(InputError, match="名单还没有确认"):
        save_duty(FIRST, ("bulletin", "", "2026-11"), held(held_on=date(2026, 12, 2)), date(2026, 12, 2))
    assert read_duty(FIRST, POINTED) == ()


def test_a_draft_is_kept_and_two_who_write_at_once_do_not_lose_each_others_words(begun):
    first = save_duty(FIRST, POINTED, Given(topic="先定主题"), MONDAY)
    assert "市优化办点题调度 2026-W48" in names(FIRST, MONDAY, "now")
    second = save_duty(SECOND, POINTED, held(), MONDAY, based_on=first)
    with pytest.raises(InputError, match="别人存过"):
        save_duty(FIRST, POINTED, held(topic="另一个主题"), MONDAY, based_on=first)
    assert [(one.id, one.topic, one.by) for one in read_duty(FIRST, POINTED)] == [
        (second, "拖欠账款", "老王"), (first, "先定主题", "老张"),
    ]  # fmt: skip


def test_what_weekly_dispatches_want_settled_higher_reaches_the_month(begun):
    action = actions()[1]
    save_duty(FIRST, ("weekly", action, "2026-W48"), held(raised="请分管领导协调财政局"), FRIDAY)
    assert raised_for(FIRST, period_of("month", FRIDAY)) == [(action, "请分管领导协调财政局")]
    assert raised_for(FIRST, period_of("month", date(2026, 12, 1))) == []


def test_those_responsible_for_a_region_and_team_members_do_not_see_it(begun):
    for actor in (JINGSHAN, Actor("小分队", "team"), None):
        for call in (
            lambda who: what_is_due(who, MONDAY),
            lambda who: read_duty(who, POINTED),
            lambda who: save_duty(who, POINTED, held(), FRIDAY),
            lambda who: set_start(who, MONDAY, "试试"),
            lambda who: start_of(who),
            lambda who: export_cadence(who, {}),
            lambda who: raised_for(who, period_of("month", FRIDAY)),
        ):
            with pytest.raises(NotAllowed):
                call(actor)
