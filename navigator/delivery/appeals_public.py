"""Appeals of enterprises without an account: raised with what somebody types and nothing else, and looked at again with a receipt.

A receipt is the appeal's number and a random code of 40 bits, of which only the hash is kept. Raising and wrong codes are counted by
network address. Whoever holds a receipt sees how far the appeal is and what was answered, may say whether that satisfies, and may have
the telephone number erased; no name of staff, nothing of the enterprise's record.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.corpus.regions import load_regions
from navigator.delivery.appeals import SAID, STATES, STEPS, New, add, checked, move
from navigator.delivery.appeals_whose import put_contact
from navigator.delivery.fulfilment import text_of
from navigator.errors import InputError
from navigator.store.appeal_tables import AppealContactRow, AppealRow, AppealStepRow
from navigator.store.audit import audit
from navigator.store.board_tables import UnitRow
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.sign_ins import TRIES_WITHIN
from navigator.store.tables import AttemptRow

ENTERPRISE = Actor("企业（没有登录）", "public")
RAISED_AT_ONCE, WRONG_AT_ONCE = 10, 40
"""From one network address within a quarter of an hour: appeals raised, wrong receipts. A whole office may share an address."""
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 8
_TRIES = 420813
_SHOWN = ("refuse", "reply", "ask")
"""Steps whose words the enterprise sees: what it was told and what it said."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an enterprise types. `contact` is a telephone number or mailbox, or empty; `key` a secret random name of the form."""

    name: str
    region: str | None
    field: str
    title: str
    text: str
    contact: str = ""
    person: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """With these two one asks how far the appeal is; the code is shown once."""

    number: str
    code: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the enterprise sees it."""

    word: str
    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an appeal is, for who raised it."""

    number: str
    title: str
    raised_on: date
    state: str
    unit: str
    due: date | None
    satisfied: str | None
    steps: tuple[Step, ...]
    keeps_contact: bool


def raise_by_enterprise(asked: Asked, today: date, address: str, *, now: datetime | None = None) -> Receipt:
    """Keep an appeal and how to reach who raised it; gives the receipt. A form handed in twice (by its `key`) is one appeal, whose last
    receipt counts. InputError for what is lacking, and after too many at once."""
    now = now or datetime.now(UTC)
    name = text_of(asked.name, "企业名称", 200)
    if asked.region is not None and not load_regions().code_of(asked.region):
        raise InputError("在哪里", f"写的是{asked.region}", "选本市的区域；说不准就选市本级")
    new = checked(
        New("enterprise", name, asked.field, asked.title, asked.text, today, None, asked.region, asked.key), today
    )
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    with transaction() as session:
        one_at_a_time(session, _TRIES)
        known = session.scalar(select(AppealRow).where(AppealRow.key == asked.key)) if asked.key else None
        if known is not None and known.receipt is not None:
            known.receipt = _hash(code)
            return Receipt(known.number, code)
        _count_or_refuse(session, f"n {address}", RAISED_AT_ONCE, now, "提得太密了")
        row = add(session, ENTERPRISE, new, today, now, receipt=_hash(code))
        if asked.contact.strip():
            put_contact(session, row.id, asked.contact, asked.person, today)
        return Receipt(row.number, code)


def look_up(number: str, code: str, address: str, *, now: datetime | None = None) -> Progress:
    """How far an appeal is. A wrong number and a wrong code read the same. Raises InputError; also after too many wrong ones."""
    row_id = _right(number, code, address, now or datetime.now(UTC))
    with reading() as session:
        row = session.get_one(AppealRow, row_id)
        unit = session.get(UnitRow, row.unit_id) if row.unit_id is not None else None
        query = select(AppealStepRow).where(AppealStepRow.appeal_id == row_id).order_by(AppealStepRow.id)
        steps = tuple(
            Step(_word(step), step.day, step.text if step.step in _SHOWN else "")
            for step in session.scalars(query)
            if step.step not in ("amend", "name", "whose")
        )
        has_contact = session.get(AppealContactRow, row_id) is not None
        return Progress(
            row.number, row.title, row.raised_on, row.state, unit.name if unit else "", row.due, row.satisfied, steps,
            has_contact,
        )  # fmt: skip


def say(
    number: str, code: str, said: str, text: str, today: date, address: str, *, now: datetime | None = None
) -> None:
    """What the enterprise itself says of the answer: yes or no, once it was answered and until it is closed."""
    now = now or datetime.now(UTC)
    if said not in ("yes", "no"):
        raise InputError("满意不满意", "没有选", f"选{SAID['yes']}或{SAID['no']}")
    words = text_of(text, "哪里不满意", 2000) if said == "no" else text.replace("\0", "").strip()[:2000]
    row_id = _right(number, code, address, now)
    with transaction() as session:
        row = session.get_one(AppealRow, row_id, with_for_update=True)
        if row.state not in ("replied", "asked"):
            raise InputError("诉求", f"现在是“{STATES[row.state]}”", "答复以后、销号以前才能说满意不满意")
        move(session, ENTERPRISE, row, "asked", "ask", today, today, words, now, said=said)


def forget_contact(number: str, code: str, address: str, *, now: datetime | None = None) -> None:
    """Erase the telephone number or mailbox that was given with an appeal."""
    row_id = _right(number, code, address, now or datetime.now(UTC))
    with transaction() as session:
        session.execute(delete(AppealContactRow).where(AppealContactRow.appeal_id == row_id))
        audit(ENTERPRISE, "删诉求的联系方式", f"appeal:{row_id}", {"编号": number}, within=session, now=now)


def _right(number: str, code: str, address: str, now: datetime) -> int:
    """The id of the appeal a receipt belongs to; wrong ones are counted and refused."""
    number, code = number.strip()[:16], code.replace(" ", "").replace("-", "").upper()[:64]
    with transaction() as session:
        found = session.execute(select(AppealRow.id, AppealRow.receipt).where(AppealRow.number == number)).first()
        kept = found.receipt if found else None
        if hmac.compare_digest(kept or "-", _hash(code)) and found is not None:
            return found.id
        _count_or_refuse(session, f"q {address}", WRONG_AT_ONCE, now, "错的次数太多了")
    raise InputError("回执", "编号和查询码对不上", "看看是不是抄全了；查询码找不到的，打12345问")


def _count_or_refuse(session: Session, who: str, most: int, now: datetime, found: str) -> None:
    """Count a try of a network address; InputError once there were too many within the time."""
    one_at_a_time(session, _TRIES)
    who = who[:64]
    recent = (AttemptRow.address == who) & (AttemptRow.at > now - TRIES_WITHIN)
    if (session.scalar(select(func.count(AttemptRow.id)).where(recent)) or 0) >= most:
        raise InputError("诉求", found, "请过一刻钟再来，着急的打12345")
    session.execute(delete(AttemptRow).where(AttemptRow.at <= now - TRIES_WITHIN))
    session.add(AttemptRow(key="", address=who, at=now))


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()


def _word(step: AppealStepRow) -> str:
    return f"{STEPS[step.step]}：{SAID[step.said]}" if step.said else STEPS[step.step]
