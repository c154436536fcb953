"""Working days with Chinese holidays and make-up days; years nobody has announced yet are said to be so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.delivery.workdays import add_workdays, doubt, is_known, is_workday, workdays_between


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_national_day_and_the_saturday_worked_for_it_count_as_announced(start, number, end):
    assert add_workdays(start, number) == end


def test_a_sunday_worked_in_exchange_is_a_working_day_and_a_holiday_on_a_thursday_is_none():
    assert is_workday(date(2025, 9, 28))
    assert is_workday(date(2026, 10, 10))
    assert not is_workday(date(2026, 10, 1))


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(0, 60))
def test_counting_back_gives_the_number_added(start, number):
    end = add_workdays(start, number)
    assert workdays_between(start, end) == number
    assert workdays_between(end, start) == -number


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(0, 90))
def test_the_days_between_are_those_counted_one_by_one(start, length):
    end = start + timedelta(days=length)
    assert workdays_between(start, end) == sum(is_workday(start + timedelta(days=n)) for n in range(1, length + 1))


def test_a_year_without_announced_holidays_is_monday_to_friday_and_says_so():
    assert is_known(2026)
    assert not is_known(2031)
    assert add_workdays(date(2031, 9, 30), 1) == date(2031, 10, 1)
    assert "2031年的放假安排还没有" in doubt(date(2026, 12, 1), date(2031, 1, 1))
    assert doubt(date(2026, 1, 1), date(2026, 12, 31)) == ""
