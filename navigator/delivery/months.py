"""Months of sending, by the clock of the city, kept as one number: 202611. Nothing here reads the store."""

from __future__ import annotations

import re
from datetime import date, datetime

from navigator.errors import InputError
from navigator.store.audit import SHANGHAI


def month_of(moment: datetime) -> int:
    """The month of a moment in Shanghai: 202611."""
    there = moment.astimezone(SHANGHAI)
    return there.year * 100 + there.month


def month_of_day(day: date) -> int:
    """The month of a calendar day."""
    return day.year * 100 + day.month


def read_month(text: str, place: str = "--month") -> int:
    """A month as people write it, 2026-11; raises InputError."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text.strip())
    if not found:
        raise InputError(place, f"写的是“{text}”", "应是月份，如 2026-11")
    return int(found[1]) * 100 + int(found[2])


def month_text(month: int) -> str:
    """As it is written in addresses and commands: 2026-11."""
    return f"{month // 100}-{month % 100:02}"


def month_name(month: int) -> str:
    """As people read it: 2026年11月."""
    return f"{month // 100}年{month % 100}月"


def months_before(month: int, count: int) -> int:
    """The month that lies `count` months earlier."""
    number = month // 100 * 12 + month % 100 - 1 - count
    return number // 12 * 100 + number % 12 + 1
