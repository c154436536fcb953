"""Problems closed on time and those still open, against counting by hand; an automatic value of the plan's target; the cadence kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.auth import COMMAND_LINE
from navigator.delivery.cadence import Given, save_duty, set_start
from navigator.delivery.metrics import Wanted, read_figures, read_rows
from navigator.delivery.problems import add_problem, open_problems_value, rectify, reopen
from navigator.delivery.problems_rates import Course, rate
from navigator.matching import dates
from navigator.store.engine import reading
from tests.delivery.test_problems import FIRST, JINGSHAN, TODAY, new, to_the_end, unit

MONTH = 202611
DAYS = st.dates(date(2026, 10, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def the_day_is_fixed(monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: TODAY)


def figures(actor=FIRST, month: int = MONTH, **other):
    return {one.metric.id: one for one in read_figures(actor, month, **other)}


def lines(metric: str, listed: str, actor=FIRST, **other):
    return read_rows(actor, metric, Wanted(listed, MONTH, **other))


@given(
    courses=st.lists(
        st.tuples(DAYS, st.integers(0, 40), st.lists(st.integers(0, 50), max_size=4).map(sorted)), max_size=8
    ),
    as_of=DAYS,
)
def test_the_rate_is_what_one_counts_day_by_day(courses, as_of):
    made, on_time, counted = [], 0, 0
    for found_on, allowed, gaps in courses:
        turns = tuple((found_on + timedelta(days=gap), place % 2 == 0) for place, gap in enumerate(gaps))
        due = found_on + timedelta(days=allowed)
        made.append(Course(None, "单位", found_on, due, turns))

        def closed_at(day: date, turns=turns) -> bool:
            state = False
            for when, closed in turns:
                if when <= day:
                    state = closed
            return state

        if due < as_of or (due == as_of and closed_at(as_of)):
            counted += 1
            on_time += closed_at(due) and closed_at(as_of)
    found = rate(made, as_of)
    assert (found.numerator, found.denominator) == (on_time, counted)
    assert sum(number for _, number in found.parts) == (counted if counted else 0)
    assert found.value == (100 * on_time / counted if counted else None)


def test_of_three_due_one_closed_in_time_is_a_third(store):
    number = unit()
    assert figures()["problems-open"].whole.value is None
    in_time = add_problem(FIRST, new(number), TODAY)
    to_the_end(in_time, date(2026, 11, 20))
    late = add_problem(FIRST, new(number), TODAY)
    to_the_end(late, date(2026, 11, 21))
    add_problem(FIRST, new(number), TODAY)
    add_problem(FIRST, new(number, due=TODAY), TODAY)
    found = figures()
    rate_, left = found["problems-on-time"].whole, found["problems-open"]
    assert (rate_.numerator, rate_.denominator) == (1, 3)
    assert dict(rate_.parts) == {"按期销号": 1, "晚了才销号": 1, "还没有销号": 1}
    assert left.whole.value == 2
    assert left.metric.is_met(left.whole) is False
    assert lines("problems-on-time", "due").total == 3
    told = [one.cells[-1] for one in lines("problems-on-time", "not-on-time").lines]
    assert sorted(told) == ["晚了才销号", "没有销号，超期"]
    assert {one.cells[0] for one in lines("problems-open", "still-open").lines} == {"3", "4"}
    assert next(one for one in left.by["month"] if one.key == "2026-10").value is None


def test_a_region_counts_its_own_and_invented_worlds_have_none(store):
    add_problem(FIRST, new(unit()), TODAY)
    own = add_problem(JINGSHAN, new(unit("京山市招商局", "京山市")), TODAY)
    to_the_end(own)
    found = figures(JINGSHAN)
    assert (found["problems-open"].whole.value, found["problems-on-time"].whole.denominator) == (0, 1)
    assert {one.label: one.value for one in figures()["problems-open"].by["region"]} == {"市本级": 1, "京山市": 0}
    assert figures(example=True)["problems-open"].whole.value is None
    assert [one.region for one in lines("problems-on-time", "due", JINGSHAN).lines] == ["京山市"]
    assert lines("problems-open", "still-open", JINGSHAN).total == 0
    assert lines("problems-open", "still-open", region="").total == 1
    assert lines("problems-open", "still-open", example=True).total == 0


def test_the_plans_target_is_counted_by_itself_and_only_for_its_four_kinds(store):
    def value(day: date = TODAY):
        with reading() as session:
            return open_problems_value(session, day)

    number = unit()
    assert value().value is None
    add_problem(FIRST, new(number, kind="other"), TODAY)
    assert value().value is None
    mine = add_problem(FIRST, new(number), TODAY)
    assert value().value == 1
    to_the_end(mine)
    assert (value().value, value().day) == (0, TODAY)
    assert value(date(2026, 11, 10)).value == 1
    reopen(FIRST, mine, "又犯了", TODAY, TODAY)
    assert value().value == 1
    rectify(FIRST, mine, "谁", "做了", TODAY, TODAY)
    assert value().value == 1


def test_the_cadence_kept_counts_what_is_due_and_regions_are_told_who_counts_it(store, monkeypatch):
    set_start(FIRST, date(2026, 11, 16), "上线")
    assert figures()["cadence-kept"].whole.denominator == 9
    given = Given("主题", "情况", "", date(2026, 11, 20), True)
    save_duty(FIRST, ("pointed", "", "2026-W47"), given, TODAY)
    found = figures(COMMAND_LINE)["cadence-kept"].whole
    assert (found.numerator, found.denominator) == (1, 9)
    monkeypatch.setattr(dates, "today", lambda: date(2026, 12, 1))
    late = Given("主题", "情况", "", date(2026, 12, 1), True)
    save_duty(FIRST, ("monthly", "", "2026-11"), late, date(2026, 12, 1))
    found = figures()["cadence-kept"].whole
    assert dict(found.parts) == {"按时做了": 1, "晚了才做": 1, "还没有做": 17}
    assert lines("cadence-kept", "due").total == 19
    assert lines("cadence-kept", "not-on-time").total == 18
    assert lines("cadence-kept", "due", JINGSHAN).total == 0
    assert figures(JINGSHAN)["cadence-kept"].whole.value is None
