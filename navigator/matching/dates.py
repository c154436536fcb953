"""What a day decides about a measure: in force or not, still sure or not, and whether applications are taken."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from navigator.corpus.model import Measure
from navigator.errors import InputError

Period = Literal["in_force", "not_yet", "expired", "unverified"]
ApplyState = Literal["open", "closed", "opens", "always", "unknown"]

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def today() -> date:
    """The calendar day in Asia/Shanghai: the default for every question asked without a day."""
    return datetime.now(_SHANGHAI).date()


def read_day(text: str, place: str = "--as-of") -> date:
    """An ISO date; raises InputError."""
    try:
        if _ISO_DATE.fullmatch(text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise InputError(place, f"写的是“{text}”", "应是日期，如 2026-11-23")


def period(measure: Measure, as_of: date) -> Period:
    """The first that applies of not_yet, expired, unverified; otherwise in_force. Both end days belong to the period."""
    begins = measure.in_force.from_ or measure.source.issued
    if begins and as_of < begins:
        return "not_yet"
    if measure.in_force.to and as_of > measure.in_force.to:
        return "expired"
    sure_until = measure.in_force.sure_until
    if measure.verification == "unverified" or (sure_until and as_of > sure_until):
        return "unverified"
    return "in_force"


def apply_state(measure: Measure, as_of: date) -> ApplyState:
    """Whether applications are taken on a day: no windows listed is always, null is unknown."""
    windows = measure.apply.windows
    if windows is None:
        return "unknown"
    if not windows:
        return "always"
    if any((w.from_ is None or w.from_ <= as_of) and (w.to is None or as_of <= w.to) for w in windows):
        return "open"
    return "opens" if any(w.from_ and w.from_ > as_of for w in windows) else "closed"
