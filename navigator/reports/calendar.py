"""政策日历: the days that the policy library names (windows opening and closing, deadlines, ends of validity), and the same as an .ics file.

Only days that stand in the library, each with why it may be otherwise where it was inferred or only retold; what is put off to a notice is
listed without a day. Measures that nobody verified are left out. An event says nothing of an enterprise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar
from icalendar import Event as Entry

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Measure
from navigator.matching.dates import apply_state, period
from navigator.matching.rulebook import rulebook_for
from navigator.reports.wording import VERIFICATION, day_words
from navigator.settings import settings

Kind = Literal["opens", "closes", "deadline", "ends", "unsure"]
KINDS: dict[Kind, str] = {
    "opens": "开始受理",
    "closes": "受理截止",
    "deadline": "办理期限",
    "ends": "政策到期",
    "unsure": "过后要重新核实",
}
"""What the kinds of days are called, in the order in which they stand within a day."""

CAVEAT = "赶上周末、节假日会不会顺延，以主管部门的通知为准。"

_YEARLY = re.compile(r"(?:次年|第二年)([0-9]{1,2})月([0-9]{1,2})日")
_QUARTERLY = re.compile(r"季度终了([0-9]{1,2})日内")
_DOUBTED = re.compile(r"推定|没有查到|没有在官网核对")
_NINE = timedelta(hours=9)
_ALARMS: dict[Kind, tuple[timedelta, ...]] = {
    "opens": (_NINE,),
    "closes": (_NINE - timedelta(days=14), _NINE - timedelta(days=3)),
    "deadline": (_NINE - timedelta(days=14), _NINE - timedelta(days=3)),
    "ends": (_NINE - timedelta(days=30), _NINE - timedelta(days=7)),
    "unsure": (_NINE - timedelta(days=30),),
}
"""At nine in the morning so many days before; of an opening, on the day itself."""
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_PLACE = "jingcetong"


@dataclass(frozen=True, slots=True)
class Event:
    """One day of a measure. `key` stays the same when the day is corrected; `doubt` says why the day may be otherwise, or is empty."""

    key: str
    measure: Measure
    kind: Kind
    day: date
    text: str
    doubt: str = ""

    @property
    def word(self) -> str:
        """What happens, and that the day is approximate where it is."""
        return f"{KINDS[self.kind]}{'（日子是大概的）' if self.doubt else ''}"


@dataclass(frozen=True, slots=True)
class Undated:
    """A measure in force whose next time for applying the library tells in words alone."""

    measure: Measure
    text: str


def events(as_of: date, until: date, only: Collection[str] | None = None) -> list[Event]:
    """What falls from a day to another, both included, by the library of the first; `only` of these measures."""
    return events_between(as_of, until, as_of, only)


def events_between(first: date, last: date, as_of: date, only: Collection[str] | None = None) -> list[Event]:
    """What falls from `first` to `last` by the library of a third day: a subscription also shows what has just passed."""
    order = list(KINDS)
    found = (event for one in _told_of(as_of, only) for event in events_of(one, first, last))
    return sorted(
        (event for event in found if first <= event.day <= last),
        key=lambda event: (event.day, order.index(event.kind), event.measure.name, event.key),
    )


def undated(as_of: date, only: Collection[str] | None = None) -> list[Undated]:
    """Measures in force on a day that take applications when a notice says so, as far as is known."""
    return [
        Undated(measure, measure.apply.deadline)
        for measure in _told_of(as_of, only)
        if measure.apply.deadline
        and apply_state(measure, as_of) in ("unknown", "closed")
        and not _YEARLY.search(measure.apply.deadline)
        and period(measure, as_of) == "in_force"
    ]


def later(day: date, years: int = 1) -> date:
    """The same day so many years later; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _told_of(as_of: date, only: Collection[str] | None) -> Iterator[Measure]:
    for compiled in rulebook_for(as_of).measures:
        measure = compiled.measure
        if measure.verification != "unverified" and (only is None or measure.id in only):
            yield measure


def events_of(measure: Measure, first: date, last: date) -> Iterator[Event]:
    """All days a measure names; those that come back every year or quarter for the years of `first` to `last`."""
    rule = measure.in_force
    if rule.to:
        inferred = "有效期的最后一天是推定的，文件没有明写" if rule.to_inferred else ""
        doubt = inferred or _past_sure(measure, rule.to)
        yield Event(f"{measure.id}.ends", measure, "ends", rule.to, f"{day_words(rule.to)}是有效期的最后一天。", doubt)
    if rule.sure_until:
        told = f"{day_words(rule.sure_until)}以后还有没有，要重新核实。"
        yield Event(f"{measure.id}.unsure", measure, "unsure", rule.sure_until, told)
    yield from _window_events(measure)
    yield from _deadlines(measure, first, last)


def _window_events(measure: Measure) -> Iterator[Event]:
    seen: Counter[str] = Counter()
    for window in measure.apply.windows or ():
        for kind, day in (("opens", window.from_), ("closes", window.to)):
            if day is None:
                continue
            key = f"{measure.id}.{kind}.{day.year}"
            seen[key] += 1
            if seen[key] > 1:
                key = f"{key}.{seen[key]}"
            told = "从这天起受理。" if kind == "opens" else "这天是受理的最后一天。"
            note = window.note or ""
            if _DOUBTED.search(note):
                yield Event(key, measure, kind, day, told, note)
            else:
                text = f"{told}{note}。" if note else told
                yield Event(key, measure, kind, day, text, _past_sure(measure, day))


def _deadlines(measure: Measure, first: date, last: date) -> Iterator[Event]:
    """The days of each year that `apply.deadline` names: those for a year or quarter in which the measure holds."""
    words = measure.apply.deadline or ""
    yearly, quarterly = _YEARLY.search(words), _QUARTERLY.search(words)
    for year in range(first.year, last.year + 1):
        day = _day(year, yearly[1], yearly[2]) if yearly else None
        if day and _holds(measure, date(year - 1, 1, 1), date(year - 1, 12, 31)):
            yield _deadline(measure, day, f"{year}", f"{year - 1}年度的")
        if quarterly:
            for month in (1, 4, 7, 10):
                ended = date(year, month, 1) - timedelta(days=1)
                day = _day(year, month, quarterly[1])
                if day and _holds(measure, date(ended.year, ended.month - 2, 1), ended):
                    told = f"{ended.year}年第{ended.month // 3}季度的"
                    yield _deadline(measure, day, f"{year}-{month:02}", told)


def _deadline(measure: Measure, day: date, number: str, whose: str) -> Event:
    text = f"{whose}最晚到这天。{measure.apply.deadline}。"
    return Event(f"{measure.id}.deadline.{number}", measure, "deadline", day, text, _past_sure(measure, day))


def _day(year: int, month: int | str, day: str) -> date | None:
    """A day as the words name it; None where the year has no such day."""
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _holds(measure: Measure, first: date, last: date) -> bool:
    begins = measure.in_force.from_ or measure.source.issued or date.min
    return begins <= last and first <= (measure.in_force.to or date.max)


def _past_sure(measure: Measure, day: date) -> str:
    sure = measure.in_force.sure_until
    return f"{day_words(sure)}以后还有没有，没有核实到" if sure and day > sure else ""


# ---- the same for the calendar of a telephone


def calendar_bytes(
    listed: Iterable[Event], name: str, stamp: datetime, refresh: timedelta | None = None, about: str = ""
) -> bytes:
    """An iCalendar file (RFC 5545): days without hours, each under an identity of its own, with alarms.

    `stamp` (with a time zone) is when it was made, `refresh` how often who subscribed should look again.
    """
    made = Calendar()
    made.add("prodid", f"-//{default_corpus().city.product}//政策日历//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):
        made.add(key, name)
    made.add("x-wr-timezone", "Asia/Shanghai")
    if about:
        for key in ("description", "x-wr-caldesc"):
            made.add(key, about)
    if refresh:
        made.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", f"PT{int(refresh.total_seconds() // 3600)}H")
    for event in listed:
        made.add_component(_entry(event, stamp.astimezone(UTC)))
    return made.to_ical()


def file_of(listed: Iterable[Event], as_of: date) -> bytes:
    """The file somebody takes along from the page; the same for the same day and choice."""
    name = f"{default_corpus().city.product}政策日历"
    return calendar_bytes(listed, name, datetime.combine(as_of, time.min, _SHANGHAI))


def _entry(event: Event, stamp: datetime) -> Entry:
    entry = Entry()
    title = f"{event.word}：{event.measure.name}"
    entry.add("uid", f"{event.key}@{_PLACE}")
    entry.add("dtstamp", stamp)
    entry.add("summary", title)
    entry.add("dtstart", event.day)
    entry.add("dtend", event.day + timedelta(days=1))
    entry.add("description", "\n".join(lines_of(event)))
    entry.add("url", _address_of(event.measure))
    entry.add("categories", [event.measure.domain])
    entry.add("status", "TENTATIVE" if event.doubt else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    for before in _ALARMS[event.kind]:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", before)
        alarm.add("description", f"{event.day.month}月{event.day.day}日{title}")
        entry.add_component(alarm)
    return entry


def lines_of(event: Event) -> list[str]:
    """What stands below the title of an event, line by line."""
    measure = event.measure
    apply = measure.apply
    parts: tuple[tuple[str, str | None], ...] = (
        ("", event.text),
        ("日子是大概的：", event.doubt),
        ("", measure.summary),
        ("在哪办：", apply.where),
        ("电话：", apply.phone),
        ("依据：", measure.source.document or measure.source.title),
        ("", VERIFICATION[measure.verification].word),
        ("", CAVEAT if event.kind in ("closes", "deadline") else ""),
    )
    return [f"{label}{text}" for label, text in parts if text]


def _address_of(measure: Measure) -> str:
    return f"{settings().public_address.rstrip('/')}/measure?{urlencode({'id': measure.id})}"
