"""A last look before a push goes out: whether it still fits by the rules and the record of that day, may go, and can be reached.

It only finds out; keeping what came of it is the caller's transaction, together with sending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from navigator.corpus.load import default_corpus
from navigator.delivery.contacts import Contact, usable_contacts
from navigator.delivery.filling import UNREACHABLE, UNWANTED
from navigator.delivery.grounds import substance
from navigator.delivery.opt_outs import stops_of
from navigator.delivery.previewing import display_name
from navigator.delivery.reading import AT_ONCE
from navigator.delivery.selecting import Choice, Selection, Selector
from navigator.matching.dates import apply_state, period
from navigator.settings import settings
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.push_tables import BatchRow, MessageRow, PushRow, SubjectRow

OVER, CHANGED, NO_LONGER, KNOWN = (
    "政策到期、停办或没有核实了",
    "政策内容变了，没有按旧的发",
    "资料变了，现在不符合条件",
    "要问的已经知道了，或者还差别的",
)
AGAIN_AFTER = timedelta(minutes=10)
"""How long a message that was refused for now waits before it is tried again."""
_WEEK = 7
_IDS_AT_ONCE = 500

Reached = tuple[str, bytes, float | None]
"""What still holds of a push: its measure, its ground and its estimate as of now."""


@dataclass(frozen=True, slots=True)
class Due:
    """An enterprise whose turn it is: what of its pushes goes out, what does not and why, and the version of the record this is true of."""

    enterprise_id: int
    version: int
    name: str
    contact: Contact | None
    goes: Mapping[int, tuple[bytes, float | None]]
    """Push: ground and estimate as of now."""
    drops: Mapping[int, str]
    """Push: why not."""
    grounds: Mapping[bytes, bytes]
    message_id: int | None
    """The message that was refused before and goes out again."""


def due_enterprises(session: Session, batch: BatchRow, now: datetime, day: date, limit: int) -> list[int]:
    """Enterprises with queued pushes of a batch that may get a message today, by id."""
    enterprise = PushRow.enterprise_id
    counted = MessageRow.state.in_(("handing", "sent", "unsure"))
    mine = and_(MessageRow.enterprise_id == enterprise, counted)
    today = select(MessageRow.id).where(mine, MessageRow.day == day).exists()
    lately = (
        select(func.count(MessageRow.id))
        .where(mine, MessageRow.day > day - timedelta(days=_WEEK), MessageRow.day <= day)
        .scalar_subquery()
    )
    query = (
        select(enterprise)
        .where(
            PushRow.batch_id == batch.id, PushRow.state == "queued", ~today, lately < settings().push_weekly, _ripe(now)
        )
        .group_by(enterprise)
        .order_by(enterprise)
        .limit(limit)
    )
    return list(session.scalars(query))


def _ripe(now: datetime) -> ColumnElement[bool]:
    """A push without a message, or whose message waited long enough."""
    earlier = aliased(MessageRow)
    waiting = select(earlier.id).where(
        earlier.id == PushRow.message_id, earlier.at > now - AGAIN_AFTER, earlier.state == "later"
    )
    return or_(PushRow.message_id.is_(None), ~waiting.exists())


def room_today(session: Session, batch: BatchRow, day: date) -> int:
    """How many more messages may go out today: of this batch, and of all."""
    counted = (MessageRow.day == day, MessageRow.state.in_(("handing", "sent", "unsure")))
    of_all = session.scalar(select(func.count(MessageRow.id)).where(*counted)) or 0
    of_batch = session.scalar(select(func.count(MessageRow.id)).where(*counted, MessageRow.batch_id == batch.id)) or 0
    return max(0, min(batch.daily - of_batch, settings().push_daily - of_all))


class Checker:
    """Looks at queued pushes of one batch with the rules of a day."""

    def __init__(self, batch: BatchRow, day: date) -> None:
        self._batch, self._day = batch, day
        self._measures = default_corpus().on(day).measure_by_id
        self._selectors: dict[frozenset[str], Selector] = {}

    def look(self, session: Session, enterprises: Sequence[int]) -> list[Due]:
        """What goes to these enterprises, and what does not."""
        found: list[Due] = []
        ids = iter(enterprises)
        while part := list(islice(ids, _IDS_AT_ONCE)):
            found += self._look(session, part)
        return found

    def _look(self, session: Session, enterprises: list[int]) -> Iterator[Due]:
        query = (
            select(PushRow, SubjectRow.measure_id, SubjectRow.substance)
            .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
            .where(
                PushRow.batch_id == self._batch.id, PushRow.enterprise_id.in_(enterprises), PushRow.state == "queued"
            )
            .order_by(PushRow.enterprise_id, PushRow.id)
        )
        pushes = session.execute(query).all()
        over = {
            push.id: told for push, measure_id, kept in pushes if (told := self._over(measure_id, kept)) is not None
        }
        wanted = {measure_id for push, measure_id, _ in pushes if push.id not in over}
        fits, grounds = self._evaluate(session, enterprises, frozenset(wanted))
        rows = {row.id: row for row in session.scalars(select(EnterpriseRow).where(EnterpriseRow.id.in_(enterprises)))}
        contacts = usable_contacts(
            session,
            enterprises,
            self._batch.channel,
            self._day,
            example=self._batch.example,  # type: ignore[arg-type]
        )
        unwanted = stops_of(session, enterprises)
        for enterprise, mine in groupby(pushes, key=lambda one: one[0].enterprise_id):
            goes, drops, message_id = {}, {}, None
            refused = unwanted.get(enterprise, frozenset())
            for push, measure_id, _ in mine:
                message_id = message_id or push.message_id
                told = over.get(push.id) or _hindrance(refused, measure_id, enterprise in contacts)
                now = fits.get((enterprise, measure_id, push.kind, push.fact))
                if told is None and now is not None:
                    goes[push.id] = now
                else:
                    drops[push.id] = told or (NO_LONGER if push.kind == "fits" else KNOWN)
            row = rows[enterprise]
            kept = {key: grounds[key] for key, _ in goes.values()}
            yield Due(
                enterprise, row.version, display_name(row), contacts.get(enterprise), goes, drops, kept, message_id
            )

    def _over(self, measure_id: str, kept: str) -> str | None:
        measure = self._measures.get(measure_id)
        if measure is None or period(measure, self._day) != "in_force" or apply_state(measure, self._day) == "closed":
            return OVER
        return CHANGED if substance(measure) != kept else None

    def _evaluate(
        self, session: Session, enterprises: list[int], measures: frozenset[str]
    ) -> tuple[dict[tuple[int, str, str, str | None], tuple[bytes, float | None]], dict[bytes, bytes]]:
        if not measures:
            return {}, {}
        if measures not in self._selectors:
            choice = Choice(measures=tuple(sorted(measures)))
            self._selectors[measures] = Selector(measures, self._day, choice)
        selector = self._selectors[measures]
        fits: dict[tuple[int, str, str, str | None], tuple[bytes, float | None]] = {}
        grounds: dict[bytes, bytes] = {}
        is_one = EnterpriseRow.id.in_(enterprises)
        for records, facts in selector.reader.pieces(session, is_one, at_once=AT_ONCE):
            selection = selector.select(facts)
            grounds |= selection.grounds
            fits |= dict(_by_enterprise(records, selection))
        return fits, grounds


def _by_enterprise(
    records: Sequence[Any], selection: Selection
) -> Iterator[tuple[tuple[int, str, str, str | None], tuple[bytes, float | None]]]:
    for one in selection.selected:
        for place, amount, ground in zip(one.rows.tolist(), one.estimates.tolist(), one.grounds, strict=True):
            estimate = None if amount != amount else round(amount, 2)
            yield (records[place].id, one.measure_id, one.kind, one.fact), (ground, estimate)


def _hindrance(refused: frozenset[str | None], measure_id: str, reachable: bool) -> str | None:
    if None in refused or measure_id in refused:
        return UNWANTED
    return None if reachable else UNREACHABLE
