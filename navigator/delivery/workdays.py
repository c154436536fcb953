"""Working days in China: weekends, public holidays, and the Saturdays and Sundays that are worked in exchange.

The calendar is that of the package chinesecalendar, which holds what the State Council has announced. For years it does not know, Monday
to Friday is assumed; whoever shows such a day says so with `doubt`.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

LONGEST = 1_000
"""Working days that may be asked for at once."""


def is_known(year: int) -> bool:
    """Whether the holidays of a year are known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_workday(day: date) -> bool:
    """Whether a day is worked; Monday to Friday where the year's holidays are not known."""
    return chinese_calendar.is_workday(day) if is_known(day.year) else day.weekday() < 5


def add_workdays(start: date, number: int) -> date:
    """The last of so many working days after a day, which itself does not count. 0 gives the day itself."""
    if not 0 <= number <= LONGEST:
        raise ValueError(number)
    day = start
    while number:
        day += timedelta(days=1)
        number -= is_workday(day)
    return day


def workdays_between(start: date, end: date) -> int:
    """How many working days come after `start` up to and with `end`; negative where `end` lies before."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=ahead)) for ahead in range(1, (end - start).days + 1))


def doubt(start: date, end: date) -> str:
    """What to say beside days counted between these two: empty where all holidays are known."""
    unknown = [year for year in range(min(start, end).year, max(start, end).year + 1) if not is_known(year)]
    if not unknown:
        return ""
    return f"{'、'.join(map(str, unknown))}年的放假安排还没有，按周一到周五算，公布以后可能变"
