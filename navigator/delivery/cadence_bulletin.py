"""The monthly bulletin: figures of a month's end, the units that fell short, their written explanations, and who is to be talked to.

The list of units is made by the rule below and looked through by a person, who may strike a unit with a reason, and confirms it; before
that nothing counts as named. Units named two months in a row stand on the list for a talk.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.board import Standing
from navigator.delivery.cadence import all_due, city, raised_in
from navigator.delivery.cadence_board import ActionLine, Row, TargetLine, progress, short_units, targets_on
from navigator.delivery.cadence_calendar import month_end
from navigator.delivery.fulfilment import text_of
from navigator.delivery.months import month_name, months_before
from navigator.delivery.problems import open_on
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.store.audit import audit
from navigator.store.board_tables import UnitRow
from navigator.store.cadence_tables import BulletinRow, BulletinUnitRow, ProblemRow, ProblemStepRow, TalkRow
from navigator.store.engine import one_at_a_time, reading, transaction

RULE = (
    "到月底，牵头的指标或本单位的指标过了方案的期限还没有达到、本单位的任务超期没有办完、登记的问题超期没有销号的，列入名单；没有数据的不算超期。"
    "名单由人核过、确认以后才算数，可以剔除，要写原因。"
)
WHAT: dict[str, str] = {
    "target": "牵头的指标超期",
    "own": "本单位的指标超期",
    "task": "任务超期",
    "problem": "问题整改超期",
}
_LOCK = 90_002


@dataclass(frozen=True, slots=True)
class DispatchLine:
    """A duty that was due, and what came of it."""

    name: str
    period: str
    due: date
    stands: str
    held_on: date | None
    topic: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What a bulletin or report says besides the units, as it was on its day."""

    as_of: date
    actions: tuple[ActionLine, ...]
    targets: tuple[TargetLine, ...]
    dispatches: tuple[DispatchLine, ...]
    raised: tuple[tuple[str, str], ...]
    problems_found: int
    problems_closed: int
    problems_open: int
    problems_late: int


@dataclass(frozen=True, slots=True)
class Fallen:
    """A unit on the list of a month. `again`: it was named the month before as well."""

    id: int
    unit_id: int
    name: str
    kind: str
    region: str | None
    rows: tuple[Row, ...]
    struck: str
    struck_by: str | None
    explained_on: date | None
    explanation: str
    again: bool


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The bulletin of a month."""

    id: int
    month: int
    figures: Figures
    made: datetime
    made_by: str
    confirmed: datetime | None
    confirmed_by: str | None
    units: tuple[Fallen, ...]

    @property
    def named(self) -> tuple[Fallen, ...]:
        """The units that stay on the list."""
        return tuple(one for one in self.units if not one.struck)


@dataclass(frozen=True, slots=True)
class Talk:
    """A unit named several months in a row: how many, the last of them, the talk after it if it was held, and the days of earlier ones."""

    unit_id: int
    name: str
    region: str | None
    months: int
    last: int
    held_on: date | None
    text: str
    earlier: tuple[date, ...] = ()


def subject(month: int) -> str:
    """What the log calls a bulletin."""
    return f"bulletin:{month_name(month)}"


# ---- the figures


def figures(session: Session, targets: list[Standing], first: date, as_of: date) -> Figures:
    """Targets as they stood, dispatches and problems of the days from `first` to `as_of`."""
    lines, told = progress(targets)
    dispatches = tuple(
        DispatchLine(
            one.name, one.period.name, one.due, one.stands, one.entry.held_on if one.entry else None,
            one.entry.topic if one.entry else "",
        )
        for one in all_due(session, as_of)
        if first <= one.due <= as_of
    )  # fmt: skip
    stood = open_on(session, as_of)
    due = dict(session.execute(select(ProblemRow.id, ProblemRow.due)).all())
    found = select(ProblemRow.id).where(ProblemRow.found_on.between(first, as_of))
    closed = select(ProblemStepRow.problem_id).where(
        ProblemStepRow.step == "close", ProblemStepRow.day.between(first, as_of)
    )
    return Figures(
        as_of,
        lines,
        told,
        dispatches,
        tuple(raised_in(session, first, as_of)),
        len(session.scalars(found).all()),
        len({one for one in session.scalars(closed) if not stood.get(one, True)}),
        sum(stood.values()),
        sum(is_open and due[number] < as_of for number, is_open in stood.items()),
    )


def fallen(actor: Actor, session: Session, targets: list[Standing], as_of: date) -> dict[int, list[Row]]:
    """By unit, why it fell short on a day; the rule of this page (RULE)."""
    found: dict[int, list[Row]] = {}
    for unit, row in short_units(actor, targets, as_of):
        found.setdefault(unit, []).append(row)
    stood = open_on(session, as_of)
    for one in session.scalars(
        select(ProblemRow).where(ProblemRow.due < as_of).order_by(ProblemRow.due, ProblemRow.id)
    ):
        if stood.get(one.id, False):
            found.setdefault(one.unit_id, []).append(Row("problem", one.title, one.due))
    return found


# ---- make, look through, confirm


def make_bulletin(actor: Actor | None, month: int, today: date, *, now: datetime | None = None) -> int:
    """Make the draft of a month that has ended, or make it anew while it is not confirmed: what was struck stays struck.

    For the city's staff; gives its number.
    """
    actor = city(actor)
    now, as_of = now or datetime.now(UTC), month_end(month)
    if as_of >= today:
        raise InputError("通报", f"{month_name(month)}还没有过完", "月底以后再列")
    targets = targets_on(actor, as_of)
    with reading() as session:
        content = figures(session, targets, as_of.replace(day=1), as_of)
        short = fallen(actor, session, targets, as_of)
    with transaction() as session:
        one_at_a_time(session, _LOCK)
        row = session.scalar(select(BulletinRow).where(BulletinRow.month == month))
        if row is not None and row.confirmed is not None:
            raise InputError("通报", f"{month_name(month)}的已经确认", "确认以后不再重列")
        if row is None:
            row = BulletinRow(month=month, confirmed=None, confirmed_by=None)
            session.add(row)
        row.as_of, row.content, row.made, row.made_by = as_of, msgspec.to_builtins(content), now, actor.name
        session.flush()
        _list_units(session, row.id, short)
        audit(actor, "列通报", subject(month), {"单位": len(short)}, within=session, now=now)
        return row.id


def _list_units(session: Session, number: int, short: Mapping[int, list[Row]]) -> None:
    there = {
        one.unit_id: one
        for one in session.scalars(select(BulletinUnitRow).where(BulletinUnitRow.bulletin_id == number))
    }
    for unit, one in there.items():
        if unit not in short:
            session.delete(one)
    units = {one.id: one for one in session.scalars(select(UnitRow).where(UnitRow.id.in_(list(short))))}
    for unit, rows in short.items():
        written = msgspec.to_builtins(rows)
        if unit in there:
            there[unit].rows = written
            continue
        named = units[unit]
        session.add(
            BulletinUnitRow(
                bulletin_id=number, unit_id=unit, name=named.name, kind=named.kind, region=named.region, rows=written,
                struck="", struck_by=None, explained_on=None, explanation="", explained_by=None,
            )
        )  # fmt: skip


def strike(actor: Actor | None, unit: int, reason: str) -> None:
    """Take a unit off the list of a month that is not confirmed. For the city's staff."""
    actor, reason = city(actor), text_of(reason, "剔除的原因")
    with transaction() as session:
        row, bulletin = _unit_row(session, unit, confirmed=False)
        row.struck, row.struck_by = reason, actor.name
        audit(actor, "通报剔除单位", subject(bulletin.month), {"单位": row.name, "原因": reason}, within=session)


def put_back(actor: Actor | None, unit: int) -> None:
    """Put a struck unit on the list again. For the city's staff."""
    actor = city(actor)
    with transaction() as session:
        row, bulletin = _unit_row(session, unit, confirmed=False)
        about = {"单位": row.name, "原来剔除的原因": row.struck}
        row.struck, row.struck_by = "", None
        audit(actor, "通报放回单位", subject(bulletin.month), about, within=session)


def confirm(actor: Actor | None, month: int, *, now: datetime | None = None) -> None:
    """Confirm the list of a month: from now on its units are named. For the city's staff."""
    actor, now = city(actor), now or datetime.now(UTC)
    with transaction() as session:
        row = session.scalar(select(BulletinRow).where(BulletinRow.month == month).with_for_update())
        if row is None:
            raise InputError("通报", f"{month_name(month)}的还没有列", "先列出来")
        if row.confirmed is not None:
            raise InputError("通报", f"{month_name(month)}的已经确认", "不用再确认")
        row.confirmed, row.confirmed_by = now, actor.name
        query = select(BulletinUnitRow.struck).where(BulletinUnitRow.bulletin_id == row.id)
        struck = session.scalars(query).all()
        about = {"被通报": sum(not one for one in struck), "剔除": sum(bool(one) for one in struck)}
        audit(actor, "确认通报名单", subject(month), about, within=session, now=now)


def explain(actor: Actor | None, unit: int, day: date, text: str, today: date) -> None:
    """Write down that a unit's written explanation came, and what it says. For the city's staff."""
    actor, text = city(actor), text_of(text, "书面说明", 2000)
    with transaction() as session:
        row, bulletin = _unit_row(session, unit, confirmed=True)
        assert bulletin.confirmed is not None
        if row.struck:
            raise InputError("书面说明", f"{row.name}没有被通报", "选被通报的单位")
        if not month_end(bulletin.month) < day <= today:
            raise InputError("哪天收到的", f"写的是 {day}", "应在这个月以后、今天以前")
        about = {
            "单位": row.name,
            "收到": [str(row.explained_on) if row.explained_on else None, str(day)],
            "原来的": row.explanation,
        }
        row.explained_on, row.explanation, row.explained_by = day, text, actor.name
        audit(actor, "记书面说明", subject(bulletin.month), about, within=session)


def _unit_row(session: Session, unit: int, *, confirmed: bool) -> tuple[BulletinUnitRow, BulletinRow]:
    row = session.scalar(select(BulletinUnitRow).where(BulletinUnitRow.id == unit).with_for_update())
    if row is None:
        raise InputError("通报", "没有这个单位", "从名单里选")
    bulletin = session.get_one(BulletinRow, row.bulletin_id)
    if (bulletin.confirmed is not None) != confirmed:
        told = "名单已经确认，不能再改" if bulletin.confirmed else "名单还没有确认"
        raise InputError("通报", told, "请刷新页面，看现在该做哪一步")
    return row, bulletin


# ---- read


def read_bulletin(actor: Actor | None, month: int) -> Bulletin | None:
    """The bulletin of a month; None where there is none yet. The look stands in the log. For the city's staff."""
    actor = city(actor)
    with reading() as session:
        row = session.scalar(select(BulletinRow).where(BulletinRow.month == month))
        found = None if row is None else _bulletin(session, row)
    if found is not None:
        audit(actor, "看通报", subject(month), {"单位": len(found.units)})
    return found


def months_made(actor: Actor | None) -> dict[int, bool]:
    """The months with a bulletin, newest first, and whether each is confirmed. For the city's staff."""
    city(actor)
    query = select(BulletinRow.month, BulletinRow.confirmed).order_by(BulletinRow.month.desc())
    with reading() as session:
        return {month: confirmed is not None for month, confirmed in session.execute(query)}


def own_units(actor: Actor | None) -> list[tuple[int, Fallen]]:
    """Units of the actor's region in confirmed bulletins, newest first: month and unit. For staff of a region (or all)."""
    actor = need(actor, "staff")
    query = (
        select(BulletinRow.month, BulletinUnitRow)
        .join(BulletinUnitRow, BulletinUnitRow.bulletin_id == BulletinRow.id)
        .where(BulletinRow.confirmed.is_not(None), BulletinUnitRow.struck == "")
        .order_by(BulletinRow.month.desc(), BulletinUnitRow.name)
    )
    if actor.region is not None:
        query = query.where(BulletinUnitRow.region == actor.region)
    with reading() as session:
        named = _named(session)
        found = [
            (month, _fallen(row, (row.unit_id, months_before(month, 1)) in named))
            for month, row in session.execute(query)
        ]
    audit(actor, "看被通报的单位", "bulletin:", {"行数": len(found)})
    return found


def _named(session: Session) -> set[tuple[int, int]]:
    """Unit and month of everything named in confirmed bulletins."""
    query = (
        select(BulletinUnitRow.unit_id, BulletinRow.month)
        .join(BulletinRow, BulletinRow.id == BulletinUnitRow.bulletin_id)
        .where(BulletinRow.confirmed.is_not(None), BulletinUnitRow.struck == "")
    )
    return {(unit, month) for unit, month in session.execute(query)}


def _bulletin(session: Session, row: BulletinRow) -> Bulletin:
    query = select(BulletinUnitRow).where(BulletinUnitRow.bulletin_id == row.id)
    before = {unit for unit, month in _named(session) if month == months_before(row.month, 1)}
    units = [_fallen(one, one.unit_id in before) for one in session.scalars(query)]
    units.sort(key=lambda one: (bool(one.struck), -len(one.rows), one.name))
    content = msgspec.convert(row.content, Figures)
    return Bulletin(row.id, row.month, content, row.made, row.made_by, row.confirmed, row.confirmed_by, tuple(units))


def _fallen(row: BulletinUnitRow, again: bool) -> Fallen:
    return Fallen(
        row.id, row.unit_id, row.name, row.kind, row.region, msgspec.convert(row.rows, tuple[Row, ...]), row.struck,
        row.struck_by, row.explained_on, row.explanation, again,
    )  # fmt: skip


# ---- talks


def talks(actor: Actor | None) -> list[Talk]:
    """Units named at least two months in a row, by the last such month: who is to be talked to, and who was. For the city's staff."""
    city(actor)
    with reading() as session:
        return talks_in(session)


def talks_in(session: Session) -> list[Talk]:
    """The same, within a look at the store."""
    named = _named(session)
    units = {one.id: one for one in session.scalars(select(UnitRow))}
    held = {(one.unit_id, one.month): one for one in session.scalars(select(TalkRow).order_by(TalkRow.id))}
    found = []
    for unit, last in sorted(named):
        run = _run(named, unit, last)
        if run >= 2 and (unit, months_before(last, -1)) not in named:
            talk, one = held.get((unit, last)), units[unit]
            earlier = tuple(
                held[key].held_on
                for back in range(run - 1, 0, -1)
                if (key := (unit, months_before(last, back))) in held
            )
            day, text = (talk.held_on, talk.text) if talk else (None, "")
            found.append(Talk(unit, one.name, one.region, run, last, day, text, earlier))
    return sorted(found, key=lambda one: (one.held_on is not None, -one.last, -one.months, one.name))


def _run(named: Set[tuple[int, int]], unit: int, last: int) -> int:
    """How many months in a row, up to the last, a unit was named."""
    run = 0
    while (unit, months_before(last, run)) in named:
        run += 1
    return run


def record_talk(
    actor: Actor | None, unit: int, month: int, day: date, text: str, today: date, *, now: datetime | None = None
) -> None:
    """Write down the talk with the head of a unit that was named two months in a row or more. For the city's staff."""
    actor, text, now = city(actor), text_of(text, "约谈的情况", 2000), now or datetime.now(UTC)
    if not month_end(month) < day <= today:
        raise InputError("哪天约谈的", f"写的是 {day}", "应在被通报的那个月以后、今天以前")
    with transaction() as session:
        listed = next((one for one in talks_in(session) if (one.unit_id, one.last) == (unit, month)), None)
        if listed is None:
            raise InputError("约谈", "这个单位不在约谈名单里", "从名单里选")
        session.add(TalkRow(unit_id=unit, month=month, held_on=day, text=text, at=now, by=actor.name))
        audit(actor, "记约谈", subject(month), {"单位": listed.name, "哪天": str(day)}, within=session, now=now)


def export_units(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """All units of confirmed bulletins with what fell short, as CSV; of one region for its staff."""
    actor = need(actor, "staff")
    found = own_units(actor)
    audit(actor, "下载被通报的单位", "bulletin:", {"行数": len(found)})
    header = ("月份", "单位", "类别", "区域", "连续被通报", "差在哪", "哪一项", "期限", "书面说明", "说明内容")
    rows: list[tuple[Any, ...]] = [
        (
            month_name(month), one.name, one.kind, one.region or "市本级", "是" if one.again else "", WHAT[row.what], row.text,
            row.due or "", one.explained_on or "没有收到", one.explanation,
        )
        for month, one in found
        for row in one.rows
    ]  # fmt: skip
    return csv_download("被通报的单位.csv", header, rows)
