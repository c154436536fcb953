"""How an enterprise stands: which measures are settled (answered, accepted, paid), which pushes wait for an answer, when it was visited
last, and what was promised to it.

Only read here, for enterprises whose ids lie in a range, so that a whole city can be gone through piece by piece; the caller asks for the role.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from navigator.corpus.model import Measure
from navigator.delivery.answers import REASONS
from navigator.delivery.visits import last_visits
from navigator.delivery.visits_promises import Promised, open_promises
from navigator.store.audit import SHANGHAI
from navigator.store.fulfilment_tables import ItemRow, RoundRow
from navigator.store.judging_tables import CaseRow
from navigator.store.push_tables import AnswerRow, PushRow, SubjectRow

WAIT_DAYS, FORGOTTEN_DAYS = 7, 90
"""A push counts as unanswered from the eighth day on, for so many days."""
_YEAR = 366


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of a measure that an enterprise has, has asked for, or has answered: since when, and in words."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class Visited:
    """The day of the last visit (None: never), and the open promises, the first due first."""

    last: date | None = None
    promises: tuple[Promised, ...] = ()


def settled_in(session: Session, low: int, high: int) -> dict[int, dict[str, Settled]]:
    """For enterprises with ids from `low` to `high`: their settled measures, each with what happened last."""
    found: dict[int, dict[str, Settled]] = defaultdict(dict)

    def add(enterprise: int, measure: str, day: date, words: str) -> None:
        known = found[enterprise].get(measure)
        if known is None or known.day <= day:
            found[enterprise][measure] = Settled(day, words)

    answers = (
        select(PushRow.enterprise_id, SubjectRow.measure_id, AnswerRow.at, AnswerRow.fits, AnswerRow.reason)
        .join(PushRow, PushRow.id == AnswerRow.push_id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .where(PushRow.enterprise_id.between(low, high), PushRow.kind == "fits")
    )
    for enterprise, measure, at, fits, reason in session.execute(answers):
        said = "适用" if fits else f"不适用（{REASONS.get(reason or '', '其他')}）"
        add(enterprise, measure, at.astimezone(SHANGHAI).date(), f"推送后回复了{said}")
    cases = select(CaseRow.enterprise_id, CaseRow.measure_id, CaseRow.brought).where(
        CaseRow.enterprise_id.between(low, high), CaseRow.result == "accepted"
    )
    for enterprise, measure, day in session.execute(cases):
        add(enterprise, measure, day, "窗口已经受理")
    paid = (
        select(ItemRow.enterprise_id, RoundRow.measure_id, func.coalesce(ItemRow.done_on, RoundRow.as_of))
        .join(RoundRow, RoundRow.id == ItemRow.round_id)
        .where(ItemRow.enterprise_id.between(low, high), ItemRow.state.in_(("paid", "granted")))
    )
    for enterprise, measure, day in session.execute(paid):
        add(enterprise, measure, day, "已经兑现")
    return found


def holds(settled: Mapping[str, Settled], measure: Measure, as_of: date) -> Settled | None:
    """What settles a measure on a day: for one that comes again every year only what happened within a year."""
    known = settled.get(measure.id)
    if known is None or measure.benefit.per == "一次性":
        return known
    return known if known.day > as_of - timedelta(days=_YEAR) else None


def unanswered_in(session: Session, low: int, high: int, as_of: date) -> Counter[int]:
    """For enterprises with ids from `low` to `high`: how many pushes went out more than a week ago and were not answered."""
    last = datetime.combine(as_of - timedelta(days=WAIT_DAYS), time.min, SHANGHAI)
    query = (
        select(PushRow.enterprise_id, func.count())
        .outerjoin(AnswerRow, AnswerRow.push_id == PushRow.id)
        .where(
            PushRow.enterprise_id.between(low, high), PushRow.state == "sent", AnswerRow.push_id.is_(None),
            PushRow.sent < last, PushRow.sent >= last - timedelta(days=FORGOTTEN_DAYS),
        )
        .group_by(PushRow.enterprise_id)
    )  # fmt: skip
    return Counter(dict(session.execute(query).all()))


def visited_of(
    session: Session, enterprises: Sequence[int] | None = None, region: str | None = None
) -> dict[int, Visited]:
    """For those of these enterprises (None: of all, or of all of a region) that were visited: when last, and what is promised."""
    days, promises = last_visits(session, enterprises, region), open_promises(session, enterprises, region)
    return {one: Visited(day, tuple(promises.get(one, ()))) for one, day in days.items()}
