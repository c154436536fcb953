"""走访清单: whom to visit next and why. Made for a day over all records by one call, kept, and put right for one enterprise at once
when something becomes known of it.

The score is the sum of its parts, each with its points and its words; what earns how many points stands in `_parts` and in docs/visits.md.
All records are gone through with the batch engine; the best of each region are then worked out one by one as `assess` does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import nlargest
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, Text, cast, delete, func, insert, or_, select, true, update
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.model import Measure
from navigator.delivery.appeals import open_appeals
from navigator.delivery.reading import FactReader
from navigator.delivery.standing import Settled, Visited, holds, settled_in, unanswered_in, visited_of
from navigator.delivery.teams import Claim, claims_of, name_of
from navigator.errors import InputError
from navigator.matching.amounts import show_yuan
from navigator.matching.assess import Assessment, MeasureResult, assess
from navigator.matching.batch import Matcher
from navigator.matching.bundle import Offer
from navigator.matching.columns import Array, unpack
from navigator.matching.dates import apply_state
from navigator.matching.language import Value
from navigator.matching.questions import TYPICAL_YUAN
from navigator.matching.rulebook import CompiledMeasure, default_rulebook, rulebook_for
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of, searchable
from navigator.store.visit_plan_tables import ClaimRow, TownshipRow, WorklistLineRow, WorklistRow

KINDS: dict[str, str] = {
    "promise": "答应的事到期",
    "appeal": "诉求没办结",
    "money": "能拿没拿",
    "push": "推送没回音",
    "near": "差一步",
    "unvisited": "好久没去",
    "recent": "刚去过",
}
KEPT = 400
"""How many enterprises of each region a list has at most."""
_AT_ONCE = 300
_SOON, _RECENT, _LONG, _VERY_LONG = 7, 30, 90, 180
_MONEY = ((100_000, 40), (10_000, 32), (1_000, 24), (0.01, 16))
"""From how many yuan on how many points; what has no amount earns 8."""
_NO_AMOUNT = 8

Progress = Callable[[int, int], None]
"""Told how many records were looked at, and how many of the best were worked out."""


@dataclass(frozen=True, slots=True)
class Part:
    """One reason: its kind, its points and its words."""

    kind: str
    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """An enterprise of the list."""

    enterprise_id: int
    uscc: str
    name: str
    region: str | None
    township: str
    example: bool
    score: int
    money: float
    parts: tuple[Part, ...]
    ask: str
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """A list as it was made: for which day, over how many records, when and by whom."""

    id: int
    as_of: date
    records: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: of a region, a township, of a kind, claimed ("free", "mine" with `team`, "" all), with words in the name."""

    region: str = ""
    township: str = ""
    kind: str = ""
    claimed: str = ""
    team: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows of an enterprise besides its facts."""

    settled: Mapping[str, Settled]
    unanswered: int
    appeals: int
    visited: Visited


# ---- the score


def _parts(found: Assessment, known: _Known, as_of: date) -> tuple[list[Part], float]:
    """All reasons for a visit, and the yuan that are not yet claimed."""
    open_results = [one for one in unclaimed(found, known.settled, as_of) if is_money(one.measure)]
    yuan = yuan_of(open_results, found)
    parts = _waiting(known, as_of)
    if open_results:
        amount = f"，约 {show_yuan(yuan)}" if yuan else "，金额要问清再算"
        parts.append(Part("money", _money_points(yuan), f"{len(open_results)} 项能得能省的还没办{amount}"))
    near = [one for one in found.measures if one.status == "not_eligible" and one.near_miss]
    if near:
        parts.append(Part("near", min(4 * len(near), 12), f"{len(near)} 项只差一步"))
    return [*parts, *_unvisited(known.visited, as_of)], yuan


def is_money(measure: Measure) -> bool:
    """Whether a measure brings money; services, loans and guarantees do not."""
    return measure.benefit.kind in TYPICAL_YUAN


def unclaimed(found: Assessment, settled: Mapping[str, Settled], as_of: date) -> list[MeasureResult]:
    """What it can have while applications are not over, and nothing shows that it was claimed or answered."""
    return [
        one
        for one in found.measures
        if one.status == "eligible" and one.apply_state != "closed" and holds(settled, one.measure, as_of) is None
    ]


def yuan_of(results: Sequence[MeasureResult], found: Assessment) -> float:
    """What these bring in the first twelve months, without those that give way to better ones."""
    chosen = set(found.bundle.ids)
    return sum(Offer(one.measure, one.estimate, one.apply_state).money for one in results if one.measure.id in chosen)


def _money_points(yuan: float) -> int:
    return next((points for least, points in _MONEY if yuan >= least), _NO_AMOUNT)


def _waiting(known: _Known, as_of: date) -> list[Part]:
    """What somebody waits for: promises, appeals, pushes."""
    parts = []
    due = [one for one in known.visited.promises if one.due_on <= as_of + timedelta(days=_SOON)]
    if due:
        late = sum(one.due_on < as_of for one in due)
        words = f"{len(due)} 件答应的事{'已经过期' if late == len(due) else '七天内到期'}，最早 {due[0].due_on}"
        parts.append(Part("promise", 40 if late else 25, words))
    if known.appeals:
        parts.append(Part("appeal", min(15 * known.appeals, 30), f"{known.appeals} 件诉求没有办结"))
    if known.unanswered:
        parts.append(Part("push", min(6 * known.unanswered, 12), f"{known.unanswered} 条推送一周没有回音"))
    return parts


def _unvisited(visited: Visited, as_of: date) -> list[Part]:
    if visited.last is None:
        return [Part("unvisited", 10, "还没有走访过")]
    days = (as_of - visited.last).days
    if days <= _RECENT:
        return [Part("recent", -30, f"{visited.last} 刚走访过")]
    points = 10 if days > _VERY_LONG else 5 if days > _LONG else 0
    return [Part("unvisited", points, f"{visited.last} 以后没有再去")] if points else []


def score_of(parts: Sequence[Part]) -> int:
    """The sum of the points, not below 0."""
    return max(sum(one.points for one in parts), 0)


# ---- making the list


def make_worklist(
    actor: Actor | None,
    as_of: date,
    *,
    example: bool = False,
    now: datetime | None = None,
    progress: Progress | None = None,
    kept: int = KEPT,
) -> int:
    """Go through all records and keep the list of a day in the place of the one before; gives its id. For the team, of their region.

    It is kept whole or not at all: broken off, the list before stays as it was.
    """
    actor = need(actor, "team")
    with reading() as session:
        visited = visited_of(session, None, actor.region)
        best, records = _best(session, actor, as_of, visited, example, kept, progress)
        lines = _worked_out(session, best, as_of, visited, records, progress)
    now = now or datetime.now(UTC)
    with transaction() as session:
        scope = WorklistRow.scope.is_(None) if actor.region is None else WorklistRow.scope == actor.region
        session.execute(delete(WorklistRow).where(scope, WorklistRow.example.is_(example)))
        row = WorklistRow(
            as_of=as_of, scope=actor.region, example=example, corpus_version=default_rulebook().corpus.fingerprint[:32],
            records=records, at=now, by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        there = set(session.scalars(select(EnterpriseRow.id).where(EnterpriseRow.example.is_(example))))
        kept_lines = [line | {"list_id": row.id} for line in lines if line["enterprise_id"] in there]
        if kept_lines:
            session.execute(insert(WorklistLineRow), kept_lines)
        about = {"哪天": as_of.isoformat(), "看了": records, "列出": len(kept_lines)}
        audit(actor, "做走访清单", "worklist:", about, within=session, now=now)
        return row.id


def _best(
    session: Session,
    actor: Actor,
    as_of: date,
    visited: Mapping[int, Visited],
    example: bool,
    kept: int,
    progress: Progress | None,
) -> tuple[list[int], int]:
    """The enterprises of each region with the highest first score, and how many records were looked at."""
    book = rulebook_for(as_of)
    matcher = Matcher(book, as_of, estimates=True)
    measures = {one.id: one for one in matcher.measures if is_money(one) and apply_state(one, as_of) != "closed"}
    reader = FactReader(book, {name for one in measures for name in _facts_of(book.by_id[one])})
    scores: dict[str, list[tuple[float, int]]] = defaultdict(list)
    seen = 0
    for rows, facts in reader.pieces(session, EnterpriseRow.example.is_(example), in_region_of(actor)):
        numbers = [row.id for row in rows]
        over = _over(settled_in(session, numbers[0], numbers[-1]), measures, numbers, as_of)
        matched = matcher.match(None, facts)  # type: ignore[arg-type]
        yuan, count = np.zeros(facts.count), np.zeros(facts.count, int)
        for name, measure in measures.items():
            is_open = unpack(matched.outcomes[name].true, facts.count).copy()
            is_open[over[name]] = False
            count += is_open
            if name in matched.estimates:
                times = Offer(measure, 1.0, apply_state(measure, as_of)).money
                yuan += np.where(is_open, np.nan_to_num(np.maximum(matched.estimates[name], 0)), 0) * times
        points = _first_points(_known(session, numbers, as_of, visited, {}), yuan, count, as_of)
        for row, value, amount in zip(rows, points, yuan.tolist(), strict=True):
            scores[row.region or ""].append((value + min(amount, 1e9) / 1e10, row.id))
        for region, listed in scores.items():
            scores[region] = nlargest(kept, listed)
        seen += len(rows)
        if progress:
            progress(seen, 0)
    return sorted(number for listed in scores.values() for _, number in listed), seen


def _over(
    settled: Mapping[int, Mapping[str, Settled]], measures: Mapping[str, Measure], numbers: Sequence[int], as_of: date
) -> dict[str, list[int]]:
    """For each measure the places of the enterprises in which it is settled."""
    place = {number: at for at, number in enumerate(numbers)}
    found: dict[str, list[int]] = {name: [] for name in measures}
    for number, had in settled.items():
        for name in had:
            if number in place and name in measures and holds(had, measures[name], as_of):
                found[name].append(place[number])
    return found


def _facts_of(compiled: CompiledMeasure) -> set[str]:
    return {*compiled.facts, *compiled.estimate_facts}


def _first_points(known: Sequence[_Known], yuan: Array, count: Array, as_of: date) -> list[int]:
    """The score of a piece without what is near, which is worked out only for the best."""
    points = []
    for one, amount, number in zip(known, yuan.tolist(), count.tolist(), strict=True):
        parts = [*_waiting(one, as_of), *_unvisited(one.visited, as_of)]
        points.append(score_of(parts) + (_money_points(amount) if number else 0))
    return points


def _known(
    session: Session,
    numbers: Sequence[int],
    as_of: date,
    visited: Mapping[int, Visited],
    settled: Mapping[int, Mapping[str, Settled]],
) -> list[_Known]:
    """What the store knows of enterprises, in the order of their ids."""
    unanswered = unanswered_in(session, numbers[0], numbers[-1], as_of)
    appeals = _appeals_in(session, numbers)
    return [
        _Known(settled.get(one, {}), unanswered[one], appeals.get(one, 0), visited.get(one, Visited()))
        for one in numbers
    ]


def _appeals_in(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    parts = iter(numbers)
    while part := list(islice(parts, 10_000)):
        found |= open_appeals(session, part)
    return found


def _worked_out(
    session: Session,
    numbers: Sequence[int],
    as_of: date,
    visited: Mapping[int, Visited],
    records: int,
    progress: Progress | None,
) -> list[dict[str, Any]]:
    """The lines of the best, each assessed by itself."""
    lines: list[dict[str, Any]] = []
    waiting = iter(numbers)
    while part := list(islice(waiting, _AT_ONCE)):
        rows = session.scalars(select(EnterpriseRow).where(EnterpriseRow.id.in_(part)).order_by(EnterpriseRow.id)).all()
        known = _known(session, part, as_of, visited, settled_in(session, part[0], part[-1]))
        for row, one in zip(rows, known, strict=True):
            if (line := _line(row, one, as_of)) is not None:
                lines.append(line)
        session.expunge_all()
        if progress:
            progress(records, len(lines))
    return lines


def _line(row: EnterpriseRow, known: _Known, as_of: date) -> dict[str, Any] | None:
    """A line of the list; None where there is no reason for a visit."""
    found = assess(profile_of(row), as_of)
    parts, yuan = _parts(found, known, as_of)
    if score_of(parts) == 0:
        return None
    specs = default_rulebook().facts.specs
    return {
        "enterprise_id": row.id, "score": score_of(parts), "money": yuan,
        "parts": [[one.kind, one.points, one.words] for one in parts],
        "ask": specs[found.questions[0].fact].label if found.questions else "",
    }  # fmt: skip


def profile_of(row: EnterpriseRow) -> dict[str, Value]:
    """The values of a record that facts.yaml still knows."""
    book = default_rulebook().facts
    values: dict[str, Value] = {}
    for name, kept in row.facts.items():
        try:
            values[name] = book.read_value(name, kept[0])
        except InputError:
            continue
    return values


def renew(session: Session, row: EnterpriseRow, today: date) -> None:
    """Work one enterprise out again in every list that has it, or add it to those it belongs to; within a transaction."""
    settled, visited = settled_in(session, row.id, row.id), visited_of(session, [row.id])
    line = _line(row, _known(session, [row.id], today, visited, settled)[0], today)
    mine = or_(WorklistRow.scope.is_(None), WorklistRow.scope == row.region)
    query = select(WorklistRow.id).where(mine, WorklistRow.example.is_(row.example))
    for number in session.scalars(query).all():
        place = (WorklistLineRow.list_id == number, WorklistLineRow.enterprise_id == row.id)
        if line is None:
            session.execute(delete(WorklistLineRow).where(*place))
        elif not session.execute(update(WorklistLineRow).where(*place).values(**line)).rowcount:  # type: ignore[attr-defined]
            session.add(WorklistLineRow(list_id=number, **line))
    session.flush()


def renew_of(session: Session, enterprise: int | None, today: date) -> None:
    """The same for whoever knows only the number; nothing where there is no such record."""
    row = session.get(EnterpriseRow, enterprise) if enterprise is not None else None
    if row is not None:
        renew(session, row, today)


# ---- reading it


def latest(actor: Actor | None, *, example: bool = False) -> Worklist | None:
    """The list somebody works with: the newest of the whole city or of their region. For the team."""
    actor = need(actor, "team")
    with reading() as session:
        row = _latest(session, actor, example)
        return Worklist(row.id, row.as_of, row.records, row.at, row.by) if row else None


def _latest(session: Session, actor: Actor, example: bool) -> WorklistRow | None:
    mine = WorklistRow.scope.is_(None)
    if actor.region is not None:
        mine = or_(mine, WorklistRow.scope == actor.region)
    query = select(WorklistRow).where(mine, WorklistRow.example.is_(example))
    return session.scalar(query.order_by(WorklistRow.as_of.desc(), WorklistRow.id.desc()).limit(1))


def read_lines(
    actor: Actor | None, wanted: Wanted, today: date, *, example: bool = False, limit: int = 20, offset: int = 0
) -> tuple[list[Line], int]:
    """Lines of the list, the most urgent first, and how many in all; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        made = _latest(session, actor, example)
        if made is None:
            return [], 0
        total = session.scalar(_chosen(select(func.count(WorklistLineRow.id)), actor, wanted, made.id, today)) or 0
        query = _chosen(select(WorklistLineRow, EnterpriseRow, TownshipRow.township), actor, wanted, made.id, today)
        order = (WorklistLineRow.score.desc(), WorklistLineRow.money.desc(), WorklistLineRow.enterprise_id)
        rows = session.execute(query.order_by(*order).limit(limit).offset(offset)).all()
        claims = claims_of(session, [row.id for _, row, _ in rows])
        found = [_read(line, row, township, claims.get(row.id), today) for line, row, township in rows]
    audit(actor, "看走访清单", "worklist:", {"行数": len(found)})
    return found, total


def townships(actor: Actor | None) -> list[str]:
    """The townships that were written down. For the team, of their region."""
    actor = need(actor, "team")
    query = select(TownshipRow.township).join(EnterpriseRow, EnterpriseRow.id == TownshipRow.enterprise_id)
    with reading() as session:
        return sorted(set(session.scalars(query.where(in_region_of(actor)).distinct())))


def _chosen(query: Select[Any], actor: Actor, wanted: Wanted, number: int, today: date) -> Select[Any]:
    query = (
        query.select_from(WorklistLineRow)
        .join(EnterpriseRow, EnterpriseRow.id == WorklistLineRow.enterprise_id)
        .outerjoin(TownshipRow, TownshipRow.enterprise_id == EnterpriseRow.id)
        .where(WorklistLineRow.list_id == number, in_region_of(actor))
    )
    if wanted.region:
        query = query.where(EnterpriseRow.region == wanted.region)
    if wanted.township:
        query = query.where(TownshipRow.township == wanted.township)
    if wanted.kind:
        query = query.where(_has(wanted.kind))
    if words := searchable(wanted.words):
        query = query.where(EnterpriseRow.name.contains(words, autoescape=True))
    return query.where(_claimed(wanted, today))


def _has(kind: str) -> ColumnElement[bool]:
    return cast(WorklistLineRow.parts, Text).contains(f'"{kind}"', autoescape=True)


def _claimed(wanted: Wanted, today: date) -> ColumnElement[bool]:
    held = (ClaimRow.enterprise_id == WorklistLineRow.enterprise_id, ClaimRow.until >= today)
    if wanted.claimed == "free":
        return ~select(ClaimRow.enterprise_id).where(*held).exists()
    if wanted.claimed == "mine":
        return select(ClaimRow.enterprise_id).where(*held, ClaimRow.team_id == wanted.team).exists()
    return true()


def _read(line: WorklistLineRow, row: EnterpriseRow, township: str | None, claim: Claim | None, today: date) -> Line:
    parts = tuple(Part(kind, points, words) for kind, points, words in line.parts)
    held = claim if claim and claim.until >= today else None
    return Line(
        row.id, row.uscc, name_of(row), row.region, township or "", row.example, line.score, line.money, parts, line.ask, held
    )  # fmt: skip
