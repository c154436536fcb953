"""What the plan's cadence asks for today: weekly topics, monthly dispatch and bulletin, quarterly dispatch and report, half-yearly 述职.

What is due follows from the calendar and the day from which the cadence is kept; what was done is written down, and every saving is
kept. This is the work of the city's office: those who are responsible for one region do not see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, NotAllowed, need
from navigator.corpus.load import default_corpus
from navigator.delivery.cadence_calendar import DUTIES, Duty, Period, due_day, periods, read_period
from navigator.delivery.fulfilment import text_of
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.dates import today as this_day
from navigator.store.audit import audit
from navigator.store.cadence_tables import BulletinRow, CadenceEntryRow, CadenceStartRow
from navigator.store.engine import one_at_a_time, reading, transaction

STANDS: dict[str, str] = {"late": "已经超期", "now": "该做了", "done": "做完了", "done_late": "做完了，晚了"}
_LOCK = 90_001
Key = tuple[str, str, str]
"""Duty, action (empty where the duty has none), period."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written down for a duty in a period."""

    id: int
    topic: str
    minutes: str
    raised: str
    held_on: date | None
    done: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody writes down."""

    topic: str = ""
    minutes: str = ""
    raised: str = ""
    held_on: date | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A duty in one period, and how it stands on a day."""

    duty: Duty
    action: str
    period: Period
    due: date
    entry: Entry | None
    stands: str

    @property
    def name(self) -> str:
        """What it is called: 专项工作组周调度：政策体系强基行动."""
        return f"{self.duty.name}：{self.action}" if self.action else self.duty.name

    @property
    def key(self) -> Key:
        """Duty, action, period."""
        return self.duty.id, self.action, self.period.key


def city(actor: Actor | None) -> Actor:
    """The actor, if of the city's own staff. Raises NotAllowed."""
    actor = need(actor, "staff")
    if actor.region is not None:
        raise NotAllowed("权限", f"您负责的是{actor.region}", "调度和通报由市里的工作人员办")
    return actor


def actions() -> tuple[str, ...]:
    """The eight actions of the plan, each with its working group."""
    return tuple(dict.fromkeys(one.action for one in default_corpus().commitments))


def subject(key: Key) -> str:
    """What the log calls a duty in a period."""
    return f"cadence:{DUTIES[key[0]].name}{f'（{key[1]}）' if key[1] else ''} {key[2]}"


def start_of(actor: Actor | None) -> date | None:
    """From which day the cadence is kept; None while nobody has said. For the city's staff."""
    city(actor)
    with reading() as session:
        return start_in(session)


def start_in(session: Session) -> date | None:
    """The same, within a look at the store."""
    return session.scalar(select(CadenceStartRow.day).order_by(CadenceStartRow.id.desc()).limit(1))


def set_start(actor: Actor | None, day: date, reason: str, *, now: datetime | None = None) -> None:
    """Say from which day the cadence is kept; an earlier word stays in the table. For the city's staff."""
    actor = city(actor)
    reason, now = text_of(reason, "为什么从这天开始", 300), now or datetime.now(UTC)
    if not date(2024, 1, 1) <= day <= date(2035, 12, 31):
        raise InputError("从哪天开始", f"写的是 {day}", "应在2024年到2035年之间")
    with transaction() as session:
        old = start_in(session)
        session.add(CadenceStartRow(day=day, reason=reason, at=now, by=actor.name))
        about = {"从哪天开始": [str(old) if old else None, str(day)], "原因": reason}
        audit(actor, "定调度开始日", "cadence:", about, within=session, now=now)


def what_is_due(actor: Actor | None, as_of: date) -> tuple[Due, ...]:
    """What is late, what is due now and not done, and what of the present periods is done; nothing before the start. For the city's staff."""
    city(actor)
    with reading() as session:
        found = all_due(session, as_of)
    order = list(STANDS)
    kept = [one for one in found if not one.stands.startswith("done") or one.due >= as_of]
    return tuple(sorted(kept, key=lambda one: (order.index(one.stands), one.due, list(DUTIES).index(one.duty.id))))


def all_due(session: Session, as_of: date) -> list[Due]:
    """Every duty since the start that has begun by a day, as it stood with what is written down now."""
    start = start_in(session)
    if start is None:
        return []
    entries = _entries(session)
    return [
        _due(duty, action, period, due, entries.get((duty.id, action, period.key)), as_of)
        for duty in DUTIES.values()
        for period, due in periods(duty, start, as_of)
        for action in (actions() if duty.each_action else ("",))
    ]


def _due(duty: Duty, action: str, period: Period, due: date, entry: Entry | None, as_of: date) -> Due:
    done = entry is not None and entry.done and entry.held_on is not None and entry.held_on <= as_of
    if done:
        assert entry is not None and entry.held_on is not None
        return Due(duty, action, period, due, entry, "done" if entry.held_on <= due else "done_late")
    return Due(duty, action, period, due, entry, "late" if due < as_of else "now")


def _entries(session: Session) -> dict[Key, Entry]:
    query = select(CadenceEntryRow).order_by(CadenceEntryRow.id)
    return {(row.duty, row.action, row.period): _entry(row) for row in session.scalars(query)}


def _entry(row: CadenceEntryRow) -> Entry:
    return Entry(row.id, row.topic, row.minutes, row.raised, row.held_on, row.done, row.at, row.by)


def read_duty(actor: Actor | None, key: Key) -> tuple[Entry, ...]:
    """Everything that was written down for a duty in a period, the newest first; stands in the log. For the city's staff."""
    actor = city(actor)
    _checked(key)
    with reading() as session:
        found = tuple(map(_entry, session.scalars(_rows(key))))
    audit(actor, "看调度记录", subject(key), {"条数": len(found)})
    return found


def _rows(key: Key) -> Select[CadenceEntryRow]:
    return (
        select(CadenceEntryRow)
        .where(CadenceEntryRow.duty == key[0], CadenceEntryRow.action == key[1], CadenceEntryRow.period == key[2])
        .order_by(CadenceEntryRow.id.desc())
    )


def save_duty(
    actor: Actor | None,
    key: Key,
    given: Given,
    today: date,
    *,
    based_on: int | None = None,
    now: datetime | None = None,
) -> int:
    """Write down what was done for a duty in a period; `based_on` is the entry that was looked at. For the city's staff.

    Raises InputError where somebody else saved meanwhile, or where what a done duty must have is lacking.
    """
    actor = city(actor)
    duty, period = _checked(key)
    now = now or datetime.now(UTC)
    topic, minutes, raised = (text.replace("\0", "").strip() for text in (given.topic, given.minutes, given.raised))
    for place, text, longest in (
        ("主题", topic, 300),
        ("调度情况", minutes, 10_000),
        ("需要上一级协调的", raised, 2000),
    ):
        if len(text) > longest:
            raise InputError(place, f"有 {len(text):,} 个字", f"最多 {longest:,} 个字")
    if given.held_on is not None and not period.first <= given.held_on <= today:
        raise InputError("哪天", f"写的是 {given.held_on}", f"应在 {period.first} 到今天之间")
    if given.done:
        _check_done(duty, topic, minutes, given.held_on)
    with transaction() as session:
        one_at_a_time(session, _LOCK)
        last = session.scalar(_rows(key).limit(1))
        if (last.id if last else None) != based_on:
            raise InputError("调度记录", "您打开以后别人存过", "请刷新页面，看了再改；您写的还在框里")
        if given.done and duty.id == "bulletin":
            _check_bulletin(session, period)
        row = CadenceEntryRow(
            duty=key[0], action=key[1], period=key[2], topic=topic, minutes=minutes, raised=raised, held_on=given.held_on,
            done=given.done, at=now, by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        about = {"主题": [last.topic if last else None, topic], "做完": [bool(last and last.done), given.done]}
        audit(actor, "记调度", subject(key), about, within=session, now=now)
        return row.id


def _check_done(duty: Duty, topic: str, minutes: str, held_on: date | None) -> None:
    if held_on is None:
        raise InputError("哪天", "没有填", "做完了要写是哪天")
    if duty.every == "week" and not topic:
        raise InputError("主题", "没有写", "每周选一个主题，写下来")
    if not duty.after and not minutes:
        raise InputError("调度情况", "没有写", "写下说了什么、定了什么")


def _check_bulletin(session: Session, period: Period) -> None:
    month = period.first.year * 100 + period.first.month
    query = select(BulletinRow.id).where(BulletinRow.month == month, BulletinRow.confirmed.is_not(None))
    if session.scalar(query) is None:
        raise InputError("每月通报", "单位名单还没有确认", "先在“通报”里确认名单")


def _checked(key: Key) -> tuple[Duty, Period]:
    duty = DUTIES.get(key[0])
    if duty is None or (key[1] not in actions() if duty.each_action else key[1] != ""):
        raise InputError("调度", "没有这一项", "从调度清单里选")
    period = read_period(duty.every, key[2])
    if due_day(duty, period) is None:
        raise InputError("哪一期", f"{period.name}没有工作日", "这一周不用调度")
    return duty, period


def raised_in(session: Session, first: date, last: date) -> list[tuple[str, str]]:
    """What weekly dispatches of some days want settled one level higher: whose, and what."""
    found = [
        (action or DUTIES[duty].who, entry.raised)
        for (duty, action, _), entry in _entries(session).items()
        if DUTIES[duty].every == "week" and entry.raised and entry.held_on and first <= entry.held_on <= last
    ]
    return sorted(found)


def raised_for(actor: Actor | None, period: Period) -> list[tuple[str, str]]:
    """What weekly dispatches of a period want settled one level higher. For the city's staff."""
    city(actor)
    with reading() as session:
        return raised_in(session, period.first, period.last)


def export_cadence(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """Every duty since the start and how it stands today, as CSV. For the city's staff."""
    actor, today = city(actor), this_day()
    with reading() as session:
        found = sorted(all_due(session, today), key=lambda one: (one.due, one.name))
    audit(actor, "下载调度清单", "cadence:", {"行数": len(found)})
    header = ("期", "哪一项", "谁", "最晚哪天", "现在", "哪天做的", "主题", "调度情况", "需要上一级协调的", "谁记的")
    rows = []
    for one in found:
        entry = one.entry
        said = (entry.held_on or "", entry.topic, entry.minutes, entry.raised, entry.by) if entry else ("",) * 5
        rows.append((one.period.name, one.name, one.duty.who, one.due, STANDS[one.stands], *said))
    return csv_download("调度清单.csv", header, rows)
