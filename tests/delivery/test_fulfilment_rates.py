"""按时兑现率 equals a count by hand over any rounds; what is due soon, today or late is told by working days."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from navigator.auth import COMMAND_LINE, Actor
from navigator.delivery.fulfilment_rates import export_due, reminders
from navigator.delivery.metrics import Wanted, read_figures, read_rows
from navigator.matching import dates
from navigator.store.engine import transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.fulfilment_tables import ItemRow, RoundRow
from tests.store.test_importing_columns import code

AT = datetime(2026, 11, 1, tzinfo=UTC)
AS_OF = date(2026, 11, 23)
METRIC = "fulfilment-on-time"


@pytest.fixture(autouse=True)
def the_day_is_fixed(monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: AS_OF)


def a_round(
    number: int, due: date | None, *, office: str = "市人社局", region: str | None = None, example: bool = False
):
    return RoundRow(
        id=number, measure_id=f"m{number % 2}", measure=f"政策{number % 2}", period=f"第{number}期", office=office,
        region=region, example=example, as_of=date(2026, 10, 1), corpus_version="1", conditions=[], records=1,
        undecided=0, promised=5, promised_source="x", starts="confirmed", state="paying", made=AT, made_by="x",
        proposed=AT, proposed_by="x", confirmed=AT, confirmed_by="y", notice_from=None, notice_to=None, notice_place="",
        due=due,
    )  # fmt: skip


def an_item(number: int, of: int, enterprise: int, state: str, done_on: date | None, region: str | None = "京山市"):
    return ItemRow(
        id=number, round_id=of, enterprise_id=enterprise, uscc=code(enterprise), name=f"甲{enterprise}厂", region=region,
        by_rules=True, ground={}, amount=1.0, computed=True, state=state, reason="", done_on=done_on, paid=None, at=AT,
        by="x",
    )  # fmt: skip


def add(session, rounds: list[RoundRow], items: list[ItemRow]) -> None:
    for number in sorted({one.enterprise_id for one in items}):
        session.add(
            EnterpriseRow(
                id=number, uscc=code(number), name=f"甲{number}厂", region="京山市", example=False, version=1, facts={},
                changed=AT, changed_by="x",
            )
        )  # fmt: skip
    session.add_all(rounds)
    session.flush()
    session.add_all(items)


def figure(actor: Actor = COMMAND_LINE, month: int = 202611):
    return next(one for one in read_figures(actor, month) if one.metric.id == METRIC)


@pytest.mark.parametrize("seed", range(4))
def test_the_rate_is_what_counting_by_hand_gives(store, seed):
    chance = random.Random(seed)
    rounds, items = [], []
    wanted: dict[tuple[int, str | None], list[bool]] = {}
    for number in range(1, 13):
        due = chance.choice(
            (None, AS_OF, AS_OF + timedelta(3), date(2026, 11, 5), date(2026, 10, 20), date(2026, 11, 20))
        )
        example = chance.random() < 0.2
        rounds.append(a_round(number, due, example=example))
        for enterprise in range(1, 8):
            state = chance.choice(("checked", "paid", "granted", "struck", "set_aside"))
            done = None if state in ("checked", "struck") else (due or AS_OF) + timedelta(chance.randint(-4, 4))
            region = chance.choice(("京山市", "钟祥市", None))
            items.append(an_item(len(items) + 1, number, enterprise, state, done, region))
            if due is None or example or state == "struck":
                continue
            finished = state in ("paid", "granted")
            if state == "set_aside" and done <= due:
                continue
            if state != "set_aside" and due > AS_OF:
                continue
            if state != "set_aside" and due == AS_OF and not finished:
                continue
            wanted.setdefault((due.month, region), []).append(finished and done <= due)
    with transaction() as session:
        add(session, rounds, items)
    for month in (10, 11):
        whole = [one for (of, _), listed in wanted.items() if of == month for one in listed]
        found = figure(month=202600 + month)
        assert (found.whole.numerator, found.whole.denominator) == (sum(whole), len(whole))
        by_region = {one.key: (one.numerator, one.denominator) for one in found.by["region"] if one.denominator}
        assert by_region == {
            region or "": (sum(listed), len(listed)) for (of, region), listed in wanted.items() if of == month
        }
        mine = wanted.get((month, "京山市"), [])
        own = figure(Actor("京山小李", "staff", "京山市"), 202600 + month).whole
        assert (own.numerator, own.denominator) == (sum(mine), len(mine))
    late = read_rows(COMMAND_LINE, METRIC, Wanted("late", 202611), limit=500)
    whole = [one for (of, _), listed in wanted.items() if of == 11 for one in listed]
    assert late.total == len(whole) - sum(whole) == len(late.lines)


def test_an_unpaid_item_past_its_day_counts_against_while_open_and_after(store):
    with transaction() as session:
        add(
            session,
            [a_round(1, date(2026, 11, 20))],
            [
                an_item(1, 1, 1, "paid", date(2026, 11, 20)),
                an_item(2, 1, 2, "checked", None),
                an_item(3, 1, 3, "paid", date(2026, 11, 23)),
                an_item(4, 1, 4, "set_aside", date(2026, 11, 19)),
            ],
        )
    whole = figure().whole
    assert (whole.numerator, whole.denominator, dict(whole.parts)) == (
        1,
        3,
        {"按时": 1, "晚了才办": 1, "超期还没办": 1},
    )
    rows = read_rows(COMMAND_LINE, METRIC, Wanted("late", 202611))
    assert [line.cells[-1] for line in rows.lines] == [
        "已核对，待兑现，晚 1 个工作日",
        "已发放（2026-11-23），晚 1 个工作日",
    ]
    assert not figure().metric.is_met(whole)


def test_reminders_are_late_today_or_within_three_working_days_by_unit(store):
    days = [date(2026, 11, 13), AS_OF, date(2026, 11, 26), date(2026, 11, 27), None]
    with transaction() as session:
        rounds = [a_round(number, due, office=f"局{number}") for number, due in enumerate(days, start=1)]
        rounds.append(a_round(9, date(2026, 11, 13), office="京山局", region="京山市"))
        items = [an_item(number, number, 1, "checked", None) for number in range(1, 6)]
        items += [an_item(20, 9, 1, "checked", None), an_item(21, 1, 2, "paid", AS_OF)]
        add(session, rounds, items)
    found = reminders(COMMAND_LINE, AS_OF)
    assert [(one.office, one.kind, one.words, one.items) for one in found] == [
        ("京山局", "late", "超期 6 个工作日", 1),
        ("局1", "late", "超期 6 个工作日", 1),
        ("局2", "today", "今天到期", 1),
        ("局3", "soon", "还有 3 个工作日", 1),
    ]
    assert [one.office for one in reminders(Actor("京山小李", "staff", "京山市"), AS_OF)] == ["京山局"]
    text = export_due(COMMAND_LINE, {"as_of": "2026-11-23"}).content.decode("utf-8-sig")
    assert "超期 6 个工作日" in text


def test_three_working_days_reach_over_a_holiday(store):
    with transaction() as session:
        add(session, [a_round(1, date(2026, 10, 9))], [an_item(1, 1, 1, "checked", None)])
    (only,) = reminders(COMMAND_LINE, date(2026, 9, 29))
    assert (only.kind, only.workdays) == ("soon", 3)
    assert reminders(COMMAND_LINE, date(2026, 9, 28)) == []
