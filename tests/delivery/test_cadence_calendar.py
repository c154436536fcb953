"""Weeks, months, quarters and half-years of the plan's cadence, and the day by which each duty has to be done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.delivery.cadence_calendar import DUTIES, begins, due_day, period_of, periods, read_period
from navigator.delivery.workdays import is_workday, workdays_between
from navigator.errors import InputError

EVERY = ("week", "month", "quarter", "half")
DAYS = st.dates(date(2024, 1, 1), date(2035, 11, 30))


@given(every=st.sampled_from(EVERY), day=DAYS)
def test_every_day_belongs_to_one_period_and_the_next_day_to_it_or_the_one_after(every, day):
    period = period_of(every, day)
    assert period.first <= day <= period.last
    assert read_period(every, period.key) == period
    after = period_of(every, period.last + timedelta(days=1))
    assert after.first == period.last + timedelta(days=1)
    assert after.key > period.key or every == "week"


@given(duty=st.sampled_from(list(DUTIES.values())), day=DAYS)
def test_a_duty_is_due_on_a_working_day_after_it_can_be_done(duty, day):
    period = period_of(duty.every, day)
    due = due_day(duty, period)
    if due is None:
        assert duty.every == "week"
        assert not any(is_workday(period.first + timedelta(days=ahead)) for ahead in range(7))
        return
    assert is_workday(due)
    assert due >= begins(duty, period)
    if duty.after:
        assert workdays_between(period.last, due) == duty.after
    else:
        assert period.first <= due <= period.last
        assert workdays_between(due, period.last) == 0


@given(duty=st.sampled_from(list(DUTIES.values())), start=DAYS, days=st.integers(0, 400))
def test_the_periods_since_a_start_follow_one_another_and_none_was_due_before_it(duty, start, days):
    found = list(periods(duty, start, start + timedelta(days=days)))
    assert all(due >= start and begins(duty, one) <= start + timedelta(days=days) for one, due in found)
    keys = [one.first for one, _ in found]
    assert keys == sorted(set(keys))


def test_people_read_periods_as_they_speak():
    day = date(2026, 11, 23)
    assert [period_of(every, day).key for every in EVERY] == ["2026-W48", "2026-11", "2026-Q4", "2026-H2"]
    names = [period_of(every, day).name for every in EVERY]
    assert names == ["2026年第48周（11月23日至29日）", "2026年11月", "2026年第4季度", "2026年下半年"]
    assert period_of("week", date(2026, 11, 30)).name == "2026年第49周（11月30日至12月6日）"


def test_national_day_moves_the_last_working_day():
    week = period_of("week", date(2025, 10, 1))
    assert due_day(DUTIES["weekly"], week) == date(2025, 9, 30)
    assert due_day(DUTIES["weekly"], period_of("week", date(2025, 10, 8))) == date(2025, 10, 11)
    assert due_day(DUTIES["bulletin"], period_of("month", date(2025, 9, 30))) == date(2025, 10, 14)


@pytest.mark.parametrize("text", ["", "2026-W54", "2026-13", "2026-Q4", "2026-00", "2026-W00", "w"])
def test_a_period_that_is_none_is_told(text):
    with pytest.raises(InputError, match="哪一期"):
        read_period("week", text)
