"""How enterprises can be reached: mobile numbers and mailboxes with what for, from where and until when; masked until opened, erased in time.

A number given for visits is not used for pushes. Tables of contacts come in by navigator.delivery.contact_tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.errors import InputError, shown
from navigator.matching.dates import today
from navigator.settings import settings
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow, SourceRow
from navigator.store.enterprises import in_region_of, source_ids
from navigator.store.push_tables import ContactRow, MessageRow
from navigator.store.schema import METADATA
from navigator.store.visit_tables import VisitPersonRow, VisitRow, VisitVersionRow

Channel = Literal["sms", "wechat", "email"]
KIND_NAMES: dict[str, str] = {"phone": "电话", "email": "邮箱"}
PUSH = "政策推送"
PURPOSES = (PUSH, "走访", "办件联系")
EXAMPLE_NUMBER = "示例号码"
"""Stands for the number of an invented enterprise: no real one is ever kept for it."""

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_FIXED = re.compile(r"0[0-9]{9,11}|[48]00[0-9]{7}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_CONTACTS, _MESSAGES = METADATA.tables["contacts"], METADATA.tables["push_messages"]
_PEOPLE = METADATA.tables["visit_people"]
_LONGEST_PERSON = 64
_LONGEST_EMAIL = 200
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an enterprise. In lists `value` is masked."""

    id: int
    enterprise_id: int
    kind: str
    value: str
    person: str
    purpose: str
    source: str
    day: date
    until: date


def read_value(kind: str, raw: object) -> str:
    """A number or mailbox as it is kept; InputError where it is none. A number may have spaces, strokes and +86."""
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    if kind == "phone":
        digits = re.sub(r"[\s\-()]", "", text.removesuffix(".0"))
        digits = re.sub(r"^(\+86|0086|86(?=1[0-9]{10}$))", "", digits)
        if _MOBILE.fullmatch(digits) or _FIXED.fullmatch(digits):
            return digits
        raise InputError("电话", f"写的是{shown(text)}", "手机号是11位；座机带区号，如 0724-2330000")
    if kind == "email":
        if len(text) <= _LONGEST_EMAIL and ".." not in text and _EMAIL.fullmatch(text):
            name, domain = text.rsplit("@", 1)
            return f"{name}@{domain.lower()}"
        raise InputError("邮箱", f"写的是{shown(text)}", "应像 name@example.com")
    raise InputError("联系方式", f"种类是{shown(kind)}", "只有电话和邮箱")


def masked(kind: str, value: str) -> str:
    """A number or mailbox of which one can tell which it is, not what it is: 138****5678, z***@qq.com."""
    if kind == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    return f"{value[:3]}****{value[-4:]}"


def list_contacts(actor: Actor | None, uscc: str) -> list[Contact]:
    """The contacts of an enterprise, masked. For team members, in their region; the look stands in the log."""
    actor = need(actor, "team")
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        audit(actor, "看联系方式", f"enterprise:{row.uscc}", within=session)
        query = _with_source().where(ContactRow.enterprise_id == row.id).order_by(ContactRow.kind, ContactRow.id)
        return [_contact(found, source, hidden=True) for found, source in session.execute(query)]


def open_contact(actor: Actor | None, number: int) -> Contact:
    """One contact in full, which stands in the log. For team members, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row, uscc = _held(session, actor, number)
        audit(actor, "看完整联系方式", f"enterprise:{uscc}", {"种类": KIND_NAMES[row.kind]}, within=session)
        return _contact(row, session.get_one(SourceRow, row.source_id).text)


def add_contact(
    actor: Actor | None,
    uscc: str,
    kind: str,
    value: str,
    *,
    source: str,
    day: date,
    person: str = "",
    purpose: str = PUSH,
    until: date | None = None,
    now: date | None = None,
) -> Contact:
    """Keep a contact; the same one again takes the later day. For team members, in their region. Raises InputError."""
    actor = need(actor, "team")
    value, person = read_value(kind, value), check_person(person)
    until = check_days(day, until, now or today())
    if purpose not in PURPOSES:
        raise InputError("用途", f"写的是{shown(purpose)}", f"只有{'、'.join(PURPOSES)}")
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        if row.example:
            raise InputError("联系方式", "这是示例企业", "示例企业不填联系方式，真号码不能用在它上面")
        source_id = source_ids(session, [source])[source.strip()]
        kept, _ = put(session, ContactRow(
            enterprise_id=row.id, kind=kind, value=value, person=person, purpose=purpose, source_id=source_id,
            day=day, until=until,
        ))  # fmt: skip
        session.flush()
        audit(
            actor, "记联系方式", f"enterprise:{row.uscc}", {"种类": KIND_NAMES[kind], "用途": purpose}, within=session
        )
        return _contact(kept, source.strip())


def put(session: Session, new: ContactRow) -> tuple[ContactRow, bool]:
    """Add a contact, or bring the same one up to date; whether anything changed. The caller checks and logs."""
    query = select(ContactRow).where(
        ContactRow.enterprise_id == new.enterprise_id,
        ContactRow.kind == new.kind,
        ContactRow.value == new.value,
        ContactRow.purpose == new.purpose,
    )
    known = session.scalar(query)
    if known is None:
        session.add(new)
        return new, True
    return known, renew(known, new)


def renew(known: ContactRow, new: ContactRow) -> bool:
    """Bring a contact up to date by the same one known later; whether anything changed."""
    if (new.day, new.until) <= (known.day, known.until) and new.person in ("", known.person):
        return False
    known.day, known.until, known.source_id = max(new.day, known.day), max(new.until, known.until), new.source_id
    known.person = new.person or known.person
    return True


def erase_contact(actor: Actor | None, number: int) -> None:
    """Erase one contact, also from messages already sent. For team members, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row, uscc = _held(session, actor, number)
        erase_rows(session, ContactRow.id == row.id)
        audit(actor, "删联系方式", f"enterprise:{uscc}", {"种类": KIND_NAMES[row.kind]}, within=session)


def erase_contacts_of(actor: Actor | None, uscc: str) -> int:
    """Erase all contacts of an enterprise; says how many. For staff, in their region."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        count = erase_rows(session, ContactRow.enterprise_id == row.id)
        visits = select(VisitVersionRow.id).join(VisitRow).where(VisitRow.enterprise_id == row.id)
        session.execute(update(VisitPersonRow).where(VisitPersonRow.version_id.in_(visits)).values(name=""))
        session.execute(update(MessageRow).where(MessageRow.enterprise_id == row.id).values(address="", person=""))
        audit(actor, "删全部联系方式", f"enterprise:{row.uscc}", {"几个": count}, within=session)
        return count


def erase_past(actor: Actor | None, *, now: date | None = None) -> int:
    """Erase every contact and name of somebody met on a visit whose time is over; says how many. For administrators; the server does it
    daily."""
    actor = need(actor, "admin")
    day = now or today()
    with transaction() as session:
        count = erase_rows(session, ContactRow.until < day)
        met = update(VisitPersonRow).where(VisitPersonRow.until < day, VisitPersonRow.name != "").values(name="")
        count += session.execute(met).rowcount
        if count:
            audit(actor, "清理到期联系方式", "contact:", {"几个": count}, within=session)
    return count


def count_contacts(actor: Actor | None, *, now: date | None = None) -> dict[Channel, int]:
    """How many real enterprises can be reached for pushes by each channel. For staff, in their region."""
    actor = need(actor, "staff")
    day = now or today()
    with reading() as session:
        return {
            channel: session.scalar(
                select(func.count(EnterpriseRow.id)).where(
                    EnterpriseRow.id.in_(with_contact(channel, day)), in_region_of(actor)
                )
            )
            or 0
            for channel in get_args(Channel)
        }


def with_contact(channel: Channel, day: date) -> Select[int]:
    """The ids of enterprises that a channel reaches on a day."""
    return select(ContactRow.enterprise_id).where(*_usable(channel, day))


def usable_contacts(
    session: Session, enterprise_ids: Sequence[int], channel: Channel, day: date, *, example: bool = False
) -> dict[int, Contact]:
    """How to reach some enterprises by a channel on a day: the contact known last. Invented enterprises share one invented address."""
    if example:
        return _invented(enterprise_ids, channel, day)
    found: dict[int, Contact] = {}
    for start in range(0, len(enterprise_ids), _AT_ONCE):
        part = enterprise_ids[start : start + _AT_ONCE]
        query = _with_source().where(ContactRow.enterprise_id.in_(part), *_usable(channel, day))
        for row, source in session.execute(query.order_by(ContactRow.day, ContactRow.id)):
            found[row.enterprise_id] = _contact(row, source)
    return found


def _invented(enterprise_ids: Sequence[int], channel: Channel, day: date) -> dict[int, Contact]:
    kind = "email" if channel == "email" else "phone"
    value = settings().mail_test_address if kind == "email" else EXAMPLE_NUMBER
    if not value:
        return {}
    return {number: Contact(0, number, kind, value, "", PUSH, "示例", day, day) for number in enterprise_ids}


def _usable(channel: Channel, day: date) -> tuple[ColumnElement[bool], ...]:
    """Of the right kind, given for pushes, and still to be kept. A short message needs a mobile number."""
    right = (ContactRow.purpose == PUSH, ContactRow.until >= day, ContactRow.day <= day)
    if channel == "email":
        return (*right, ContactRow.kind == "email")
    return (*right, ContactRow.kind == "phone", ContactRow.value.startswith("1"))


def check_person(person: str) -> str:
    """The name of a person as it is kept; InputError for one far too long."""
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in person).split())
    if len(name) > _LONGEST_PERSON:
        raise InputError("联系人", f"有 {len(name)} 个字", f"最多 {_LONGEST_PERSON} 个字")
    return name


def check_days(day: date, until: date | None, now: date) -> date:
    """The last day a contact may be kept: as given, or the years of the settings after the day it was known."""
    if day > now:
        raise InputError("日期", f"{day} 还没到", "写知道这个联系方式的那一天")
    latest = _years_later(day, settings().contact_years)
    if until is not None and not day <= until <= latest:
        raise InputError(
            "保存到", f"写的是 {until}", f"应在 {day} 到 {latest} 之间：联系方式最多保存 {settings().contact_years} 年"
        )
    return until or latest


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def erase_rows(session: Session, which: ColumnElement[bool]) -> int:
    """Erase contacts, the address and person in the messages that used them, and whose they were in visit records. The caller checks
    and logs."""
    gone = session.execute(select(ContactRow.id, ContactRow.enterprise_id, ContactRow.value).where(which)).all()
    if not gone:
        return 0
    used = (_MESSAGES.c.enterprise_id == bindparam("firm"), _MESSAGES.c.address == bindparam("used"))
    session.connection().execute(
        update(_MESSAGES).where(*used).values(address="", person=""),
        [{"firm": row.enterprise_id, "used": row.value} for row in gone],
    )
    session.connection().execute(
        update(_PEOPLE).where(_PEOPLE.c.contact_id == bindparam("number")).values(name=""),
        [{"number": row.id} for row in gone],
    )
    session.connection().execute(
        delete(_CONTACTS).where(_CONTACTS.c.id == bindparam("number")), [{"number": row.id} for row in gone]
    )
    return len(gone)


def _with_source() -> Select[ContactRow, str]:
    return select(ContactRow, SourceRow.text).join(SourceRow, SourceRow.id == ContactRow.source_id)


def _contact(row: ContactRow, source: str, *, hidden: bool = False) -> Contact:
    value = masked(row.kind, row.value) if hidden else row.value
    return Contact(row.id, row.enterprise_id, row.kind, value, row.person, row.purpose, source, row.day, row.until)


def _held(session: Session, actor: Actor, number: int) -> tuple[ContactRow, str]:
    query = (
        select(ContactRow, EnterpriseRow.uscc)
        .join(EnterpriseRow, EnterpriseRow.id == ContactRow.enterprise_id)
        .where(ContactRow.id == number, in_region_of(actor))
    )
    found = session.execute(query).first()
    if found is None:
        raise InputError("联系方式", "没有找到", "可能已经删了，或者归别的区域管")
    return found[0], found[1]


def enterprise_row(session: Session, actor: Actor, uscc: str) -> EnterpriseRow:
    """The record with a code, if it is this actor's business; InputError otherwise."""
    query = select(EnterpriseRow).where(EnterpriseRow.uscc == uscc.strip().upper(), in_region_of(actor))
    row = session.scalar(query)
    if row is None:
        raise InputError("企业", f"没有找到 {shown(uscc)}", "看看代码对不对；也可能归别的区域管")
    return row
