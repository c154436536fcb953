"""Audit samples: which pushes of a month are to be judged, drawn at random, reproducibly, stratum by stratum.

Every push has a number made of the month's seed and its own id; a stratum's sample are the pushes with the smallest numbers. So the same
seed gives the same sample on any machine, drawing again only adds, and pushes sent after the first drawing have their fair chance in
the next (permanent random numbers, Ohlsson 1995; the chances of earlier and later ones differ by less than one part in the number of
pushes). Nobody chooses a seed: the first drawing of a month makes it up, and it is shown.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery import counting
from navigator.delivery.counting import Scope, in_scope
from navigator.delivery.months import month_name, month_text
from navigator.delivery.precision import StratumState, strata_of
from navigator.errors import InputError
from navigator.store.audit import audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.judging_tables import ItemRow, SampleRow, StratumRow
from navigator.store.push_tables import PushRow, SubjectRow

LEAST, TOTAL = 3, 300
"""What a stratum needs and how many are drawn in all, unless asked otherwise: 300 give about ± 2.5 points at 95 %."""
MOST = 20_000
_DRAWING = 420811

Key = tuple[str, str]
"""Measure and region (empty where unknown)."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What one drawing did."""

    id: int
    month: int
    seed: int
    strata: int
    items: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a drawing would do: pushes, strata, and how many pushes it would add."""

    pushes: int
    strata: int
    items: int


def progress(actor: Actor | None, month: int, *, example: bool = False) -> tuple[StratumState, ...]:
    """All strata of a month, those that lack most first. For staff, of their region."""
    actor = need(actor, "staff")
    with reading() as session:
        found = strata_of(counting.count(session, Scope(month, month, example, actor.region), said=False), month)
    return tuple(sorted(found.values(), key=lambda one: (-one.lacking, -one.pushes, one.measure, one.region)))


def seed_of(actor: Actor | None, month: int, *, example: bool = False) -> int | None:
    """The seed of a month; None before the first drawing. For staff."""
    need(actor, "staff")
    with reading() as session:
        return _seed(session, month, example)


def plan(actor: Actor | None, month: int, *, least: int = LEAST, total: int = TOTAL, example: bool = False) -> Plan:
    """What `draw` would do now. For staff, of their region."""
    actor = need(actor, "staff")
    _check(least, total)
    with reading() as session:
        pushes = _pushes(session, Scope(month, month, example, actor.region))
        seed = _seed(session, month, example) or 1
        adds = _additions(session, Scope(month, month, example, actor.region), pushes, least, total, seed)
    return Plan(sum(map(len, pushes.values())), len(pushes), sum(map(len, adds.values())))


def draw(
    actor: Actor | None,
    month: int,
    *,
    least: int = LEAST,
    total: int = TOTAL,
    example: bool = False,
    seed: int | None = None,
    now: datetime | None = None,
) -> Draw:
    """Draw the sample of a month, or add to it: `least` of each stratum (all where it has fewer), and so many more by size that
    there are `total`. Pushes nobody could find anything out about are made up for. `seed` is for repeating a drawing; a month that
    has one keeps it. For staff, of their region."""
    actor = need(actor, "staff")
    _check(least, total)
    scope, now = Scope(month, month, example, actor.region), now or datetime.now(UTC)
    with reading() as session:
        pushes = _pushes(session, scope)
    if not pushes:
        raise InputError("抽样", f"{month_name(month)}没有发出的推送", "换一个月份")
    with transaction() as session:
        one_at_a_time(session, _DRAWING)
        used = _seed(session, month, example) or seed or secrets.randbelow(2**31 - 1) + 1
        adds = _additions(session, scope, pushes, least, total, used)
        if not any(adds.values()) and not _asks_more(session, scope, pushes, least):
            raise InputError("抽样", "没有可以再抽的了", "先把抽到的评完，或者把每层至少几条调大")
        sample = SampleRow(
            month=month,
            scope=actor.region,
            example=example,
            seed=used,
            least=least,
            total=total,
            drawn=now,
            by=actor.name,
        )
        session.add(sample)
        session.flush()
        _keep(session, sample.id, pushes, adds)
        made = Draw(sample.id, month, used, len(pushes), sum(map(len, adds.values())))
        about = {"种子": used, "每层至少": least, "一共": total, "层": made.strata, "抽了": made.items}
        audit(actor, "抽样", f"sample:{month_text(month)}", about, within=session, now=now)
    return made


def number_of(seed: int, push: int) -> int:
    """The number by which a push is ordered in its stratum: the first eight bytes of sha256("seed:push")."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{push}".encode()).digest()[:8], "big")


def shares(sizes: Mapping[Key, int], least: int, total: int) -> dict[Key, int]:
    """How many of each stratum: `least`, or its share of `total` by size (rounded up) where that is more; never more than it has."""
    whole = sum(sizes.values())
    return {key: min(size, max(least, -(-total * size // whole))) for key, size in sizes.items()}


def _check(least: int, total: int) -> None:
    if not 2 <= least <= MOST:
        raise InputError("每层至少", f"写的是 {least}", f"应是2到{MOST}，一条看不出误差")
    if not 0 <= total <= MOST:
        raise InputError("一共抽", f"写的是 {total}", f"应是0到{MOST}")


def _seed(session: Session, month: int, example: bool) -> int | None:
    query = select(SampleRow.seed).where(SampleRow.month == month, SampleRow.example.is_(example))
    return session.scalar(query.order_by(SampleRow.id).limit(1))


def _pushes(session: Session, scope: Scope) -> dict[Key, list[int]]:
    """The pushes of a month by stratum."""
    query = (
        select(SubjectRow.measure_id, func.coalesce(PushRow.region, ""), PushRow.id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .where(in_scope(scope))
    )
    found: dict[Key, list[int]] = defaultdict(list)
    for measure, region, push in session.execute(query):
        found[measure, region].append(push)
    return dict(sorted(found.items()))


def _additions(
    session: Session, scope: Scope, pushes: Mapping[Key, list[int]], least: int, total: int, seed: int
) -> dict[Key, list[int]]:
    """What is to be added to each stratum: whatever comes before the last one drawn already, and as many more as are wanted."""
    wanted = shares({key: len(ids) for key, ids in pushes.items()}, least, total) if pushes else {}
    drawn: dict[Key, dict[int, bool]] = defaultdict(dict)
    for one in counting.drawn(session, scope, said=False):
        drawn[one.cell.measure, one.cell.region][one.push] = one.verdict != "unsure"
    found = {}
    for key, ids in pushes.items():
        known = drawn[key]
        new = sorted((number_of(seed, push), push) for push in ids if push not in known)
        last = max((number_of(seed, push) for push in known), default=-1)
        passed = sum(number < last for number, _ in new)
        more = max(0, wanted[key] - sum(known.values()) - passed)
        found[key] = [push for _, push in new[: passed + more]]
    return found


def _asks_more(session: Session, scope: Scope, pushes: Mapping[Key, Iterable[int]], least: int) -> bool:
    """Whether drawing without adding a push still changes what is asked: another minimum, or strata that have grown."""
    states = strata_of(counting.count(session, scope, said=False), scope.first)
    return any(
        state.drawing is None or state.grown or state.drawing.least < least
        for key, state in states.items()
        if key in pushes
    )


def _keep(session: Session, sample: int, pushes: Mapping[Key, list[int]], adds: Mapping[Key, list[int]]) -> None:
    rows = [
        StratumRow(sample_id=sample, measure_id=key[0], region=key[1], pushes=len(ids), items=len(adds[key]))
        for key, ids in pushes.items()
    ]
    session.add_all(rows)
    session.flush()
    items = [{"stratum_id": row.id, "push_id": push} for row in rows for push in adds[row.measure_id, row.region]]
    if items:
        session.execute(insert(ItemRow), items)
