"""覆盖率: of the enterprises that can have a measure, how many were pushed it. Counted over all records as of a day, kept with that
day, and read from there: evaluating every record takes seconds to a minute.

Who is eligible is what the batch engine says of the records as they are now, under the rules of the day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, insert, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.counting import counted, shanghai_day
from navigator.delivery.metrics import NOWHERE, TREND, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_of_day, month_text, months_before
from navigator.delivery.reading import FactReader
from navigator.errors import InputError
from navigator.matching.columns import Array, unpack
from navigator.matching.dates import apply_state, period, today
from navigator.matching.plan import Plan
from navigator.matching.rulebook import CompiledMeasure, RuleBook, rulebook_for
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of
from navigator.store.judging_tables import CoverageLineRow, CoverageRow
from navigator.store.push_tables import PushRow, SubjectRow

Progress = Callable[[int], None]
"""Told how many records were looked at so far."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A count of coverage: by measure and region (empty where unknown), how many are eligible and how many of these were pushed."""

    id: int
    as_of: date
    records: int
    corpus_version: str
    at: datetime
    by: str
    lines: dict[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some records, which of them are eligible for a measure (places), and which of these were pushed it."""

    measure: str
    rows: Sequence[Any]
    places: Array
    pushed: Array


def count_coverage(
    actor: Actor | None,
    as_of: date,
    *,
    example: bool = False,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> int:
    """Count the coverage of all measures that can be pushed on a day, and keep it. For staff, of their region."""
    actor = need(actor, "staff")
    book = rulebook_for(as_of)
    eligible: Counter[tuple[str, str]] = Counter()
    pushed: Counter[tuple[str, str]] = Counter()
    seen = 0

    def told(records: int) -> None:
        nonlocal seen
        seen = records
        if progress:
            progress(records)

    codes: dict[str, int] = {}
    regions, of = np.empty(0, np.int64), None
    for piece in _pieces(actor, _pushable(book, as_of), as_of, example, told):
        if piece.rows is not of:
            of = piece.rows
            regions = np.array([codes.setdefault(row.region or "", len(codes)) for row in of])
        names = list(codes)
        for counter, places in ((eligible, piece.places), (pushed, piece.places[piece.pushed])):
            for code, number in enumerate(np.bincount(regions[places], minlength=1).tolist()):
                if number:
                    counter[piece.measure, names[code]] += number
    with transaction() as session:
        row = CoverageRow(
            as_of=as_of, scope=actor.region, example=example, corpus_version=book.corpus.fingerprint[:32], records=seen,
            at=now or datetime.now(UTC), by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        lines = [
            {"snapshot_id": row.id, "measure_id": measure, "region": region, "eligible": number, "pushed": pushed[measure, region]}
            for (measure, region), number in sorted(eligible.items())
        ]  # fmt: skip
        if lines:
            session.execute(insert(CoverageLineRow), lines)
        audit(
            actor,
            "算覆盖率",
            "metric:push-coverage",
            {"截至": as_of.isoformat(), "家数": seen},
            within=session,
            now=now,
        )
        return row.id


def _pushable(book: RuleBook, as_of: date) -> list[CompiledMeasure]:
    """What can be pushed on a day: in force, not unverified, applications not closed."""
    return [
        one
        for one in book.measures
        if period(one.measure, as_of) == "in_force" and apply_state(one.measure, as_of) != "closed"
    ]


def _pieces(
    actor: Actor,
    measures: list[CompiledMeasure],
    as_of: date,
    example: bool,
    progress: Progress | None,
    *where: ColumnElement[bool],
) -> Iterator[_Piece]:
    """The eligible enterprises of each measure, some thousand records at a time."""
    if not measures:
        return
    plan = Plan(as_of)
    steps = {one.measure.id: plan.add_all(rule.node for rule in one.rules) for one in measures}
    reader = FactReader(rulebook_for(as_of), {name for one in measures for name in one.facts})
    seen = 0
    with reading() as session:
        for rows, facts in reader.pieces(session, EnterpriseRow.example.is_(example), in_region_of(actor), *where):
            found = plan.run(facts)
            ids = np.array([row.id for row in rows])
            reached = _reached(session, set(steps), ids.tolist(), as_of, example)
            for measure, step in steps.items():
                places = np.flatnonzero(unpack(found[step].true, facts.count))
                if len(places):
                    yield _Piece(measure, rows, places, np.isin(ids[places], reached[measure]))
            seen += len(rows)
            if progress:
                progress(seen)


def _reached(
    session: Session, measures: set[str], enterprises: Sequence[int], as_of: date, example: bool
) -> dict[str, list[int]]:
    """Who of some enterprises was pushed which measure up to a day."""
    query = (
        select(PushRow.enterprise_id, SubjectRow.measure_id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .where(
            counted(example),
            PushRow.enterprise_id.in_(enterprises),
            shanghai_day(PushRow.sent) <= as_of,
            SubjectRow.measure_id.in_(measures) if len(measures) == 1 else true(),
        )
    )
    found: dict[str, list[int]] = defaultdict(list)
    for enterprise, measure in session.execute(query):
        found[measure].append(enterprise)
    return found


def latest(session: Session, actor: Actor, month: int, example: bool) -> Snapshot | None:
    """The last count of a month or before, of the actor's region: the whole city's serves as well."""
    end = _end_of(month)
    mine = true() if actor.region is None else (CoverageRow.scope.is_(None)) | (CoverageRow.scope == actor.region)
    whole = CoverageRow.scope.is_(None) if actor.region is None else mine
    query = select(CoverageRow).where(CoverageRow.example.is_(example), CoverageRow.as_of < end, whole)
    row = session.scalar(query.order_by(CoverageRow.as_of.desc(), CoverageRow.id.desc()).limit(1))
    if row is None:
        return None
    place = true() if actor.region is None else CoverageLineRow.region == actor.region
    lines = session.execute(
        select(
            CoverageLineRow.measure_id, CoverageLineRow.region, CoverageLineRow.eligible, CoverageLineRow.pushed
        ).where(CoverageLineRow.snapshot_id == row.id, place)
    )
    counted_lines = {(measure, region): (eligible, pushed) for measure, region, eligible, pushed in lines}
    return Snapshot(row.id, row.as_of, row.records, row.corpus_version, row.at, row.by, counted_lines)


def _end_of(month: int) -> date:
    after = months_before(month, -1)
    return date(after // 100, after % 100, 1)


def last_count(actor: Actor | None, month: int, *, example: bool = False) -> Snapshot | None:
    """The count the figure of a month is read from. For staff, of their region."""
    actor = need(actor, "staff")
    with reading() as session:
        return latest(session, actor, month, example)


def _figures(look: Look) -> list[Figure]:
    month, example = look.scope.last, look.scope.example
    snapshot = latest(look.session, look.actor, month, example)
    if snapshot is None:
        return [Figure(None, 0, 0, note="还没有算过")]
    found = [_figure(snapshot, lambda key: True, f"截至 {snapshot.as_of}，{snapshot.records:,} 家企业")]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        earlier = latest(look.session, look.actor, then, example)
        if earlier and month_of_day(earlier.as_of) == then:
            figure = _figure(earlier, lambda key: True, f"截至 {earlier.as_of}")
            found.append(figure.of("month", month_text(then), month_name(then)))
    names = {one.measure.id: one.measure.name for one in rulebook_for(snapshot.as_of).measures}
    for place, by in ((1, "region"), (0, "measure")):
        sizes: Counter[str] = Counter()
        for key, (eligible, _) in snapshot.lines.items():
            sizes[key[place]] += eligible
        for part, _ in sizes.most_common():
            figure = _figure(snapshot, partial(_is_of, place, part), "")
            label = names.get(part, part) if by == "measure" else part or NOWHERE
            found.append(figure.of(by, part, label))  # type: ignore[arg-type]
    return found


def _is_of(place: int, part: str, key: tuple[str, str]) -> bool:
    return key[place] == part


def _figure(snapshot: Snapshot, wanted: Callable[[tuple[str, str]], bool], note: str) -> Figure:
    numbers = [number for key, number in snapshot.lines.items() if wanted(key)]
    eligible, pushed = sum(one for one, _ in numbers), sum(one for _, one in numbers)
    return Figure(100 * pushed / eligible if eligible else None, pushed, eligible, note=note)


def _rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    """Eligible enterprises that were, or were not, pushed one measure, evaluated now for the day of the count."""
    snapshot = latest(session, actor, wanted.month, wanted.example)
    if snapshot is None:
        raise InputError("覆盖率", "还没有算过", "先算一次")
    by_id = rulebook_for(snapshot.as_of).by_id
    if wanted.measure is None or wanted.measure not in by_id:
        raise InputError("政策", "没有选", "先选一项政策，再看是哪些企业")
    places = [] if wanted.region is None else [_in_region(wanted.region)]
    found: list[int] = []
    for piece in _pieces(actor, [by_id[wanted.measure]], snapshot.as_of, wanted.example, None, *places):
        listed = piece.places[piece.pushed if wanted.list == "covered" else ~piece.pushed]
        found += [piece.rows[place].id for place in listed.tolist()]
    shown = found[offset : offset + limit]
    name = by_id[wanted.measure].measure.name
    query = select(EnterpriseRow.id, EnterpriseRow.uscc, EnterpriseRow.facts, EnterpriseRow.region)
    rows = [
        row
        for start in range(0, len(shown), 10_000)
        for row in session.execute(
            query.where(EnterpriseRow.id.in_(shown[start : start + 10_000])).order_by(EnterpriseRow.id)
        )
    ]
    lines = tuple(
        Line(row.id, str(row.facts["name"][0]) if "name" in row.facts else row.uscc, row.uscc, row.region, (name,))
        for row in rows
    )
    note = "" if snapshot.as_of == today() else f"按 {snapshot.as_of} 的政策和现在的档案重新对的"
    return Lines(("政策",), lines, len(found), note)


def _in_region(region: str) -> ColumnElement[bool]:
    return EnterpriseRow.region == region if region else EnterpriseRow.region.is_(None)


METRICS = (
    Metric(
        "push-coverage", "覆盖率", "%",
        "条件符合、可以推送的企业里，已经推送过的占多少。一家企业一项政策算一次；符合不符合按档案和当天有效的政策算，停止受理的政策不算；"
        "那天和以前发出去的推送都算推送过，示例不算。",
        "推送过的（企业×政策）", "条件符合的（企业×政策）", "全部档案逐家计算", True,
        _figures, {"uncovered": "符合但还没推送的", "covered": "符合并推送过的"}, _rows,
    ),
)  # fmt: skip
