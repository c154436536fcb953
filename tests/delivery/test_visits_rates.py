"""走访次数, 走访企业数, 按期办到率: what counts in which month, for whom, and the rows behind each."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.delivery.metrics import Wanted, read_figures, read_rows
from navigator.delivery.visits import keep
from navigator.delivery.visits_promises import Promise, keep_promise, withdraw_promise
from navigator.delivery.visits_rates import NO_TEAM, Course, Visited
from navigator.matching import dates
from navigator.store.engine import transaction
from navigator.store.visit_plan_tables import TeamRow
from tests.delivery.test_visits import CHEN, ELSEWHERE, NOW, STAFF, TODAY, firm, note

DUE = date(2026, 11, 10)
OF_NOBODY = Visited(1, 1, "京山机械厂", "", "京山市", "", ("小陈",), TODAY)


@pytest.fixture(autouse=True)
def the_day_is_fixed(monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: TODAY)


def figures(actor=STAFF, month: int = 202611, **asked):
    return {one.metric.id: one for one in read_figures(actor, month, **asked) if one.metric.id.startswith("visits")}


@pytest.mark.parametrize(
    ("state", "settled_on", "as_of", "counts", "on_time"),
    [
        ("open", None, DUE, False, False),
        ("open", None, date(2026, 11, 11), True, False),
        ("kept", DUE, DUE, True, True),
        ("kept", date(2026, 11, 11), TODAY, True, False),
        ("withdrawn", DUE, TODAY, False, False),
        ("withdrawn", date(2026, 11, 11), TODAY, True, False),
    ],
)
def test_when_a_promise_counts_and_when_as_kept_in_time(state, settled_on, as_of, counts, on_time):
    one = Course(OF_NOBODY, "回电话", "小陈", DUE, state, settled_on)
    assert (one.counts(as_of), one.on_time) == (counts, on_time)


def test_without_records_the_numbers_are_none_and_the_share_is_unknown(store):
    found = figures()
    assert (found["visits"].whole.value, found["visits-firms"].whole.value) == (0, 0)
    assert found["visits-promises"].whole.value is None


def test_visits_firms_and_promises_are_counted_by_month_region_and_team_with_their_rows(store):
    with transaction() as session:
        session.add(TeamRow(id=1, name="京山一队", region="京山市", members=[], at=NOW, by="x"))
    first, second = firm(1, "京山一厂"), firm(2, "京山二厂")
    promised = tuple(Promise(words, DUE) for words in ("甲", "乙", "丙", "丁")) + (
        Promise("下月的", date(2026, 12, 1)),
    )
    number = keep(CHEN, note(first, visited_on=date(2026, 11, 2), team=1, promises=promised), TODAY, now=NOW)
    assert number == 1
    keep(CHEN, note(first), TODAY, now=NOW)
    keep(CHEN, note(second, visited_on=date(2026, 10, 31)), TODAY, now=NOW)
    keep(CHEN, note(firm(3, "示例厂", example=True), met=()), TODAY, now=NOW)
    keep_promise(CHEN, 1, "办了", DUE, TODAY, now=NOW)
    keep_promise(CHEN, 2, "办了", date(2026, 11, 12), TODAY, now=NOW)
    withdraw_promise(CHEN, 3, "不用了", TODAY, now=NOW)
    found = figures()
    assert (found["visits"].whole.value, found["visits-firms"].whole.value) == (2, 1)
    assert {one.label: one.value for one in found["visits"].by["office"]} == {"京山一队": 1, NO_TEAM: 1}
    assert [one.value for one in found["visits"].by["month"]][-2:] == [1, 2]
    assert [one.label for one in found["visits-firms"].by["region"]] == ["京山市"]
    share = found["visits-promises"].whole
    assert (share.numerator, share.denominator) == (1, 4)
    assert dict(share.parts) == {"按期办到": 1, "晚了才办到": 1, "过期还没办": 1, "过期才撤回": 1}
    assert figures(example=True)["visits"].whole.value == 1
    assert figures(ELSEWHERE)["visits"].whole.value == 0
    rows = {
        (metric, part): read_rows(STAFF, metric, Wanted(part, 202611))
        for metric, part in (
            ("visits", "visits"), ("visits-firms", "firms"), ("visits-promises", "late"), ("visits-promises", "on-time"),
        )
    }  # fmt: skip
    assert [one.cells for one in rows["visits", "visits"].lines] == [
        ("2026-11-02", "京山一队", CHEN.name), ("2026-11-23", NO_TEAM, CHEN.name),
    ]  # fmt: skip
    assert [(one.name, one.cells) for one in rows["visits-firms", "firms"].lines] == [("京山一厂", ("2", "2026-11-23"))]
    assert rows["visits-promises", "late"].total == 3
    assert rows["visits-promises", "on-time"].lines[0].cells == ("甲", CHEN.name, "2026-11-10", "办到了（2026-11-10）")
    coming = read_rows(STAFF, "visits-promises", Wanted("coming", 202612))
    assert [one.cells[0] for one in coming.lines] == ["下月的"]
    assert read_rows(STAFF, "visits", Wanted("visits", 202611, office="京山一队")).total == 1
    assert read_rows(ELSEWHERE, "visits", Wanted("visits", 202611)).total == 0
