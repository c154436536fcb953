"""Subscriptions to 政策日历: an address that nobody can guess, which a calendar program asks for the days of some measures.

Kept are the ids of the measures and the day for which they were chosen, never a fact of an enterprise; the address holds a random number
of 128 bits of which only the hash is kept. A link ends after a year or when somebody stops it. Making and wrong addresses are counted by
network address.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.load import default_corpus
from navigator.delivery.contacts import enterprise_row
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.matching.rulebook import rulebook_for
from navigator.reports.calendar import calendar_bytes, events_between, later
from navigator.settings import settings
from navigator.store.audit import SHANGHAI, audit
from navigator.store.calendar_tables import CalendarLinkRow
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprises import read_enterprise
from navigator.store.sign_ins import TRIES_OF_AN_ADDRESS, TRIES_WITHIN
from navigator.store.tables import AttemptRow

VISITOR = Actor("访客（没有登录）", "public")
MADE_AT_ONCE = 10
"""Links made from one network address within a quarter of an hour; a whole office may share an address."""
OPEN_AT_ONCE = 5
"""Links of one record that are open at the same time."""
BACK, AHEAD_YEARS = timedelta(days=31), 2
"""What a subscription shows: what has just passed, and what comes."""

_TRIES = 420814
_TOKEN = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_REFRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Made:
    """A link just made: the only time its address can be seen."""

    address: str
    until: date
    measures: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A link of a record that is open; its address is not known any more."""

    id: int
    made: datetime
    made_by: str
    as_of: date
    until: date
    measures: int


def make_for_visitor(
    measures: Collection[str], as_of: date, today: date, address: str, *, now: datetime | None = None
) -> Made:
    """A link to the days of measures that a visitor chose; `address` is the visitor's network address. InputError after too many."""
    now = now or datetime.now(UTC)
    chosen = _known(measures, as_of)
    with transaction() as session:
        if _counted(session, f"k {address}", MADE_AT_ONCE, now):
            raise InputError("订阅", "做得太密了", "请过一刻钟再来")
        return _add(session, chosen, as_of, today, None, VISITOR, now)


def make_for_record(actor: Actor | None, uscc: str, today: date, *, now: datetime | None = None) -> Made:
    """A link to the days of what an enterprise of the records can have or may have. For staff, in their region; it stands in the log."""
    actor = need(actor, "staff")
    record = read_enterprise(actor, uscc)
    found = assess(record.profile, today)
    chosen = _known([one.measure.id for one in found.measures if one.outcome != "not_eligible"], today)
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        one_at_a_time(session, _TRIES)
        open_ones = select(func.count(CalendarLinkRow.id)).where(
            CalendarLinkRow.enterprise_id == row.id, CalendarLinkRow.until >= today
        )
        if (session.scalar(open_ones) or 0) >= OPEN_AT_ONCE:
            raise InputError("订阅", f"这家企业已经有 {OPEN_AT_ONCE} 个在用", "先停用一个")
        made = _add(session, chosen, today, today, row.id, actor, now)
        details = {"政策": made.measures, "到": made.until.isoformat()}
        audit(actor, "做日历订阅链接", f"enterprise:{row.uscc}", details, within=session, now=now)
        return made


def list_for_record(actor: Actor | None, uscc: str, today: date) -> list[Kept]:
    """The open links of a record, the latest first. For staff, in their region."""
    actor = need(actor, "staff")
    with reading() as session:
        row = enterprise_row(session, actor, uscc)
        query = (
            select(CalendarLinkRow)
            .where(CalendarLinkRow.enterprise_id == row.id, CalendarLinkRow.until >= today)
            .order_by(CalendarLinkRow.id.desc())
        )
        return [
            Kept(one.id, one.made, one.made_by, one.as_of, one.until, len(one.measures))
            for one in session.scalars(query)
        ]


def stop_for_record(actor: Actor | None, uscc: str, number: int, *, now: datetime | None = None) -> None:
    """Stop a link of a record at once. For staff, in their region; it stands in the log."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        held = session.get(CalendarLinkRow, number)
        if held is None or held.enterprise_id != row.id:
            raise InputError("订阅", "没有找到这个链接", "可能已经停用了")
        session.delete(held)
        audit(actor, "停用日历订阅链接", f"enterprise:{row.uscc}", {"谁做的": held.made_by}, within=session, now=now)


def stop(link: str, address: str, *, now: datetime | None = None) -> None:
    """Stop the link whose address somebody holds. InputError where there is none, and after too many wrong ones."""
    now = now or datetime.now(UTC)
    with transaction() as session:
        held = _row_of(session, link)
        if held is not None:
            session.delete(held)
            return
        many = _counted(session, f"c {address}", TRIES_OF_AN_ADDRESS, now)
    found = "错的次数太多了" if many else "没有找到，可能已经停用了，或者没有抄全"
    raise InputError("订阅链接", found, "请过一刻钟再来" if many else "把整个链接粘贴进来")


def feed_of(token: str, *, now: datetime | None = None) -> bytes | None:
    """What a calendar program gets; None for a link that is wrong, stopped or past its last day, which all read the same."""
    now = now or datetime.now(UTC)
    today = now.astimezone(SHANGHAI).date()
    with reading() as session:
        held = _row_of(session, token)
        if held is None or held.until < today:
            return None
        measures, as_of, until = frozenset(held.measures), held.as_of, held.until
    listed = events_between(today - BACK, later(today, AHEAD_YEARS), today, measures)
    name = f"{default_corpus().city.product}政策日历"
    about = f"按 {as_of} 选出的 {len(measures)} 项政策的日子，{until} 以后不再更新。不含企业的资料。"
    return calendar_bytes(listed, name, datetime.combine(today, time.min, SHANGHAI), _REFRESH, about)


def too_many_wrong(address: str, *, now: datetime | None = None) -> bool:
    """Count a wrong link from a network address; True once there were too many. Right ones are never held up."""
    with transaction() as session:
        return _counted(session, f"c {address}", TRIES_OF_AN_ADDRESS, now or datetime.now(UTC))


def _add(
    session: Session,
    chosen: list[str],
    as_of: date,
    today: date,
    enterprise_id: int | None,
    actor: Actor,
    now: datetime,
) -> Made:
    session.execute(delete(CalendarLinkRow).where(CalendarLinkRow.until < today))
    token, until = secrets.token_hex(16), later(today)
    session.add(
        CalendarLinkRow(
            code=_hash(token), measures=chosen, as_of=as_of, enterprise_id=enterprise_id, until=until, made=now,
            made_by=actor.name,
        )
    )  # fmt: skip
    return Made(f"{settings().public_address.rstrip('/')}/cal/{token}.ics", until, len(chosen))


def _known(measures: Collection[str], day: date) -> list[str]:
    found = sorted(set(measures) & rulebook_for(day).by_id.keys())
    if not found:
        raise InputError("订阅", "一项政策也没有", "先选要看的政策")
    return found


def _row_of(session: Session, link: str) -> CalendarLinkRow | None:
    tokens = _TOKEN.findall(link[:400])
    return session.scalar(select(CalendarLinkRow).where(CalendarLinkRow.code == _hash(tokens[-1]))) if tokens else None


def _counted(session: Session, who: str, most: int, now: datetime) -> bool:
    """Count a try of a network address, unless there were too many within the time: then True."""
    one_at_a_time(session, _TRIES)
    who = who[:64]
    recent = (AttemptRow.address == who) & (AttemptRow.at > now - TRIES_WITHIN)
    if (session.scalar(select(func.count(AttemptRow.id)).where(recent)) or 0) >= most:
        return True
    session.execute(delete(AttemptRow).where(AttemptRow.at <= now - TRIES_WITHIN))
    session.add(AttemptRow(key="", address=who, at=now))
    return False


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
