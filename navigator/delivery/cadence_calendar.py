"""The plan's cadence as a calendar: which duty there is in which week, month, quarter and half-year, and by which day. Keeps nothing.

The plan says how often; the days are ours: a dispatch by the last working day of its period, what looks back on a period some working
days after it. Weeks without a working day have no duty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from navigator.delivery.months import months_before
from navigator.delivery.workdays import add_workdays, is_workday
from navigator.errors import InputError

Every = Literal["week", "month", "quarter", "half"]


@dataclass(frozen=True, slots=True)
class Duty:
    """What has to be done in every period. `after`: it looks back on the period, and is due so many working days after its end."""

    id: str
    name: str
    every: Every
    who: str
    each_action: bool = False
    after: int = 0


DUTIES: dict[str, Duty] = {
    one.id: one
    for one in (
        Duty("weekly", "专项工作组周调度", "week", "各专项工作组", each_action=True),
        Duty("pointed", "市优化办点题调度", "week", "市优化办"),
        Duty("monthly", "分管市领导月调度", "month", "分管市领导"),
        Duty("bulletin", "每月通报", "month", "市优化办", after=5),
        Duty("quarterly", "主要领导季度综合调度", "quarter", "市委、市政府主要领导"),
        Duty("report", "季度报告", "quarter", "市优化办", after=5),
        Duty("account", "半年述职", "half", "各地各部门主要负责人", after=10),
    )
}


@dataclass(frozen=True, slots=True)
class Period:
    """A week, month, quarter or half-year: how it is kept, its first and last day."""

    key: str
    first: date
    last: date

    @property
    def name(self) -> str:
        """As people read it: 2026年第47周（11月16日至22日）, 2026年11月, 2026年第4季度, 2026年下半年."""
        year, rest = self.key.split("-")
        if rest.startswith("W"):
            end = self.last.day if self.first.month == self.last.month else f"{self.last.month}月{self.last.day}"
            return f"{year}年第{int(rest[1:])}周（{self.first.month}月{self.first.day}日至{end}日）"
        if rest.startswith("Q"):
            return f"{year}年第{rest[1]}季度"
        if rest.startswith("H"):
            return f"{year}年{'上' if rest[1] == '1' else '下'}半年"
        return f"{year}年{int(rest)}月"


def period_of(every: Every, day: date) -> Period:
    """The period a day belongs to. Weeks begin on Monday and are numbered as ISO 8601 does."""
    if every == "week":
        first = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        return Period(f"{year}-W{week:02}", first, first + timedelta(days=6))
    months = {"month": 1, "quarter": 3, "half": 6}[every]
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    after = date(day.year + (number + 1) * months // 12, (number + 1) * months % 12 + 1, 1)
    key = {"month": f"{day.month:02}", "quarter": f"Q{number + 1}", "half": f"H{number + 1}"}[every]
    return Period(f"{day.year}-{key}", first, after - timedelta(days=1))


def read_period(every: Every, text: str) -> Period:
    """A period by its key; raises InputError."""
    found = re.fullmatch(r"(2[0-9]{3})-(?:W([0-9]{2})|Q([1-4])|H([12])|([0-9]{2}))", text)
    try:
        if not found:
            raise ValueError
        year, week, quarter, half, month = (int(one or 0) for one in found.groups())
        first_month = month + (quarter * 3 - 2 if quarter else 0) + (half * 6 - 5 if half else 0)
        period = period_of(every, date.fromisocalendar(year, week, 1) if week else date(year, first_month, 1))
        if period.key != text:
            raise ValueError
    except ValueError:
        raise InputError("哪一期", f"写的是{text}", "从调度清单里选") from None
    return period


def due_day(duty: Duty, period: Period) -> date | None:
    """The last day for a duty of a period; None where the period has no working day."""
    if duty.after:
        return add_workdays(period.last, duty.after)
    days = ((period.last - timedelta(days=back)) for back in range((period.last - period.first).days + 1))
    return next(filter(is_workday, days), None)


def begins(duty: Duty, period: Period) -> date:
    """The first day on which a duty of a period can be done."""
    return period.last + timedelta(days=1) if duty.after else period.first


def periods(duty: Duty, start: date, as_of: date) -> Iterator[tuple[Period, date]]:
    """The periods of a duty with their last days: those that end on or after `start` and have begun for the duty by `as_of`."""
    period = period_of(duty.every, start)
    while start <= as_of and begins(duty, period) <= as_of:
        due = due_day(duty, period)
        if due is not None and due >= start:
            yield period, due
        period = period_of(duty.every, period.last + timedelta(days=1))


def month_end(month: int) -> date:
    """The last day of a month kept as one number: 202611."""
    after = months_before(month, -1)
    return date(after // 100, after % 100, 1) - timedelta(days=1)
