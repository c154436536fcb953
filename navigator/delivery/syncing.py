"""What comes back from visits without a signal: answers, visit records, appeals and photos, each taken in once however often it is sent.

An answer that meets a value saved in the meantime overwrites nothing: it waits as a conflict until a person decides. What cannot be taken
in is refused with a sentence and stays where it was written. Nothing here knows how the phone keeps things.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery import appeals, visits
from navigator.delivery.brief import refresh
from navigator.errors import InputError
from navigator.matching.assess import assess, show_value
from navigator.matching.rulebook import default_rulebook, rulebook_for
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import (
    ChangedMeanwhile,
    Enterprise,
    in_region_of,
    plain_value,
    read_enterprise,
    save_facts,
    uscc_of,
)
from navigator.store.sync_tables import SyncConflictRow, SyncItemRow

SOURCE = "走访"
MOST_ITEMS, MOST_FACTS, MOST_FIRMS = 200, 120, 60
LARGEST_PHOTO = 2_000_000
"""Bytes of a photo as the phone sends it."""
_TRIES = 5
_ITEMS = 0x53594E43
"""Others that take in at the same moment wait."""

_PRINTED = AfterValidator(lambda text: text.replace("\0", ""))  # PostgreSQL keeps none
Line = Annotated[str, Field(max_length=200), _PRINTED]
Words = Annotated[str, Field(max_length=5_000), _PRINTED]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Item(_Sent):
    id: UUID
    enterprise: int = Field(ge=1, lt=2**31)


class FactsItem(_Item):
    """Answers of an enterprise, given on a day, on top of version `based_on` of its record."""

    kind: Literal["facts"]
    day: date
    based_on: int = Field(ge=1, lt=2**31)
    facts: dict[Annotated[str, Field(max_length=64)], bool | int | float | Line] = Field(
        min_length=1, max_length=MOST_FACTS
    )


class MetPerson(_Sent):
    """Somebody who was met."""

    name: Line
    role: Line = ""
    phone: Annotated[str, Field(max_length=40)] | None = None


class GivenPromise(_Sent):
    """Something promised, and by when."""

    words: Words
    due_on: date


class VisitItem(_Item):
    """The record of a visit."""

    kind: Literal["visit"]
    visited_on: date
    met: list[MetPerson] = Field(default=[], max_length=20)
    topics: list[Line] = Field(default=[], max_length=40)
    other: Line = ""
    words: Words = ""
    promises: list[GivenPromise] = Field(default=[], max_length=20)


class AppealItem(_Item):
    """An appeal that was told at a visit."""

    kind: Literal["appeal"]
    field: Line
    title: Words
    text: Words
    raised_on: date


class PhotoItem(_Item):
    """A photo of a visit; `visit` is the id of the item that holds its record."""

    kind: Literal["photo"]
    visit: UUID
    data: Annotated[str, Field(max_length=LARGEST_PHOTO * 4 // 3 + 8)]


Item = Annotated[FactsItem | VisitItem | AppealItem | PhotoItem, Field(discriminator="kind")]


class Sent(_Sent):
    """What a phone sends at a time."""

    items: list[Item] = Field(max_length=MOST_ITEMS)


class Parcel(_Sent):
    """What a phone sends, before anybody looked into it."""

    items: list[dict[str, Any]] = Field(max_length=MOST_ITEMS)


class Firm(_Sent):
    """An enterprise as the phone left it: for which measures the conditions were met there and applications not closed."""

    enterprise: int = Field(ge=1, lt=2**31)
    eligible: list[Annotated[str, Field(max_length=80)]] = Field(max_length=2_000)


class Left(_Sent):
    """What a phone showed when it came back, worked out with the corpus it took along."""

    corpus_version: Line
    firms: list[Firm] = Field(max_length=MOST_FIRMS)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An answer of a visit beside the value the record has now (None: unknown), and the version of the record it was looked up in."""

    id: int
    enterprise_id: int
    name: str
    fact: str
    label: str
    visited: str
    visited_on: date
    recorded: str
    source: str
    recorded_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one item: taken, known (it was there already) or refused, with the reason in a sentence."""

    id: str
    outcome: Literal["taken", "known", "refused"]
    told: str = ""
    made_id: int | None = None
    conflicts: int = 0
    """How many of its answers wait for a decision."""
    version: int | None = None
    """Of the record, once answers were saved."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Measures it can have now and could not on the phone, and the other way round."""

    enterprise_id: int
    name: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


# ---- taking in

_ANY: TypeAdapter[Item] = TypeAdapter(Item)
_PLACES = {
    "visited_on": "哪天走访的", "met": "见到的人", "topics": "谈了什么", "other": "其他话题", "words": "谈话记录",
    "promises": "答应的事", "field": "哪一类", "title": "一句话说清", "text": "具体情况", "raised_on": "哪天提出的",
    "facts": "回答", "day": "哪天问的", "data": "照片",
}  # fmt: skip


def look_into(parcel: Parcel) -> tuple[Sent, list[Taken]]:
    """The items one can read, and a refusal for each other one, so that one that is wrong never holds up the rest."""
    read, refused = [], []
    for raw in parcel.items:
        try:
            read.append(_ANY.validate_python(raw))
        except ValidationError as fault:
            names = (_PLACES[part] for part in fault.errors()[0]["loc"] if part in _PLACES)
            told = f"{next(names, '这一条')}：填得不对，看不懂；改好再带回"
            refused.append(Taken(str(raw.get("id", ""))[:64], "refused", told))
    return Sent(items=read), refused


def take_in(actor: Actor | None, sent: Sent, today: date, *, now: datetime | None = None) -> list[Taken]:
    """Take in what a phone sends, in its order but photos last; the worklist knows of it at once. For the team, in their region."""
    actor = need(actor, "team")
    now = now or datetime.now(UTC)
    found = {}
    for item in sorted(sent.items, key=lambda one: one.kind == "photo"):
        try:
            found[item.id] = _take(actor, item, today, now)
        except InputError as fault:
            told = "；".join(part for part in (f"{fault.place}：{fault.found}", fault.expected) if part)
            found[item.id] = Taken(str(item.id), "refused", told)
    for enterprise in dict.fromkeys(item.enterprise for item in sent.items if found[item.id].outcome == "taken"):
        refresh(actor, enterprise, today, now=now)
    counts = {word: sum(one.outcome == kind for one in found.values()) for kind, word in _OUTCOMES.items()}
    audit(actor, "带回走访记录", "sync:", counts, now=now)
    return [found[item.id] for item in sent.items]


_OUTCOMES = {"taken": "收下", "known": "以前收过", "refused": "没有收"}


def _take(actor: Actor, item: Any, today: date, now: datetime) -> Taken:
    uscc = uscc_of(actor, item.enterprise)
    content = hashlib.sha256(item.model_dump_json().encode()).hexdigest()
    with reading() as session:
        known = _known(session, item, content)
    if known:
        return known
    if isinstance(item, FactsItem):
        conflicts, version = _save_answers(actor, item, uscc, today)
        return _written_down(actor, item, content, None, conflicts, version, now)
    return _written_down(actor, item, content, _made_of(actor, item, today, now), {}, None, now)


def _known(session: Session, item: Any, content: str) -> Taken | None:
    row = _row(session, item.id)
    if row is None:
        return None
    if (row.content, row.enterprise_id) != (content, item.enterprise):
        raise InputError("带回的记录", "同一个编号以前收过，内容不一样", "请在手机上另存成一条新的再带回")
    waiting = select(SyncConflictRow.id).where(SyncConflictRow.item_id == row.id, SyncConflictRow.decided.is_(None))
    return Taken(row.key, "known", made_id=row.made_id, conflicts=len(session.scalars(waiting).all()))


def _row(session: Session, key: UUID) -> SyncItemRow | None:
    return session.scalar(select(SyncItemRow).where(SyncItemRow.key == str(key)))


def _made_of(actor: Actor, item: Any, today: date, now: datetime) -> int:
    """Hand an item to the service it is for, which takes the same id once; gives the number of what it became."""
    match item:
        case VisitItem():
            return _keep_visit(actor, item, today, now)
        case AppealItem():
            told = appeals.New(
                "visit", "", item.field, item.title, item.text, item.raised_on, item.enterprise, key=str(item.id)
            )
            return appeals.raise_appeal(actor, told, today, now=now)
    return _keep_photo(actor, item, now)


def _save_answers(actor: Actor, item: FactsItem, uscc: str, today: date) -> tuple[dict[str, Any], int]:
    """Save what nobody changed in the meantime; gives the answers that met another value, and the record's version then."""
    if item.day > today:
        raise InputError("走访的日子", f"{item.day} 还没有到", "看看手机的日期对不对")
    book = default_rulebook().facts
    read = {name: book.read_value(name, raw, "走访时的回答") for name, raw in item.facts.items()}
    mine = {name: value for name, value in read.items() if value is not None}
    conflicts: dict[str, Any] = {}
    based_on = item.based_on
    for _ in range(_TRIES):
        try:
            if mine:
                based_on = save_facts(actor, uscc, mine, source=SOURCE, on=item.day, based_on=based_on).version
            return conflicts, based_on
        except ChangedMeanwhile as met:
            based_on = met.record.version
            changed = {name for change in met.changes for name in change.facts}
            for name in changed & mine.keys():
                now_there = met.record.facts.get(name)
                if now_there is None or now_there.value != mine[name]:
                    conflicts[name] = plain_value(mine.pop(name))
                elif now_there.on >= item.day:
                    del mine[name]
    raise InputError("企业档案", "一直有人在改", "过一会儿再带回")


def _keep_visit(actor: Actor, item: VisitItem, today: date, now: datetime) -> int:
    note = visits.VisitNote(
        enterprise_id=item.enterprise,
        visited_on=item.visited_on,
        met=tuple(visits.Person(one.name, one.role, one.phone or None) for one in item.met),
        topics=tuple(item.topics),
        other=item.other,
        words=item.words,
        promises=tuple(visits.Promise(one.words, one.due_on) for one in item.promises),
        client_id=str(item.id),
    )
    return visits.keep(actor, note, today, now=now)


def _keep_photo(actor: Actor, item: PhotoItem, now: datetime) -> int:
    from navigator.delivery import photos  # Pillow: only where photos come

    with reading() as session:
        row = _row(session, item.visit)
    if row is None or row.kind != "visit" or row.enterprise_id != item.enterprise or row.made_id is None:
        raise InputError("照片", "它的走访记录还没有收到", "先带回走访记录，再带回照片")
    try:
        content = base64.b64decode(item.data, validate=True)
    except ValueError:
        raise InputError("照片", "没有传完整", "请再带回一次") from None
    return photos.add_photo(actor, row.made_id, content, now=now)


def _written_down(
    actor: Actor, item: Any, content: str, made: int | None, conflicts: Mapping[str, Any], version: int | None, now: datetime
) -> Taken:  # fmt: skip
    with transaction() as session:
        one_at_a_time(session, _ITEMS)
        known = _known(session, item, content)  # sent twice at the same moment
        if known:
            return known
        row = SyncItemRow(
            key=str(item.id),
            kind=item.kind,
            content=content,
            enterprise_id=item.enterprise,
            made_id=made,
            at=now,
            by=actor.name,
        )
        session.add(row)
        session.flush()
        for name, value in conflicts.items():
            session.add(
                SyncConflictRow(
                    item_id=row.id, enterprise_id=item.enterprise, fact=name, answer={"value": value}, day=item.day,
                    decided=None, decided_at=None, decided_by=None,
                )
            )  # fmt: skip
    return Taken(str(item.id), "taken", made_id=made, conflicts=len(conflicts), version=version)


# ---- conflicts


def open_conflicts(actor: Actor | None) -> list[Conflict]:
    """Answers that wait for a decision, the oldest first; reading their records stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    query = (
        select(SyncConflictRow, EnterpriseRow.uscc)
        .join(EnterpriseRow, EnterpriseRow.id == SyncConflictRow.enterprise_id)
        .where(SyncConflictRow.decided.is_(None), in_region_of(actor))
        .order_by(SyncConflictRow.id)
        .limit(MOST_ITEMS)
    )
    with reading() as session:
        waiting = session.execute(query).all()
    records = {uscc: read_enterprise(actor, uscc) for uscc in dict.fromkeys(uscc for _, uscc in waiting)}
    return [_conflict(row, records[uscc]) for row, uscc in waiting]


def _conflict(row: SyncConflictRow, record: Enterprise) -> Conflict:
    specs, there = default_rulebook().facts.specs, record.facts.get(row.fact)
    spec = specs.get(row.fact)
    return Conflict(
        id=row.id,
        enterprise_id=record.id,
        name=record.name,
        fact=row.fact,
        label=spec.label if spec else row.fact,
        visited=_shown(row.fact, row.answer["value"]),
        visited_on=row.day,
        recorded=_shown(row.fact, there.value) if there else "不知道",
        source=there.source if there else "",
        recorded_on=there.on if there else None,
        version=record.version,
    )


def _shown(name: str, value: Any) -> str:
    book = default_rulebook().facts
    if name not in book.specs:
        return str(value)
    return show_value(book.read_value(name, value), book.specs[name])


def decide(actor: Actor | None, number: int, stands: str, based_on: int, *, now: datetime | None = None) -> None:
    """Let the answer of the visit stand, or the record ("visit", "record"), as seen at version `based_on`. For the team, in their region.

    Raises ChangedMeanwhile where the record was saved since: it is to be looked at again.
    """
    actor = need(actor, "team")
    now = now or datetime.now(UTC)
    with reading() as session:
        row, uscc = _waiting(session, actor, number)
    if stands not in ("visit", "record"):
        raise InputError("以哪个为准", "没有选", "选走访的回答，或者档案里的")
    if stands == "visit":
        _put_answer(actor, uscc, row, based_on)
    with transaction() as session:
        row, _ = _waiting(session, actor, number)
        row.decided, row.decided_at, row.decided_by = stands, now, actor.name
        told = {"事实": _label(row.fact), "以谁为准": "走访" if stands == "visit" else "档案"}
        audit(actor, "定走访和档案哪个对", f"enterprise:{uscc}", told, within=session, now=now)
    refresh(actor, row.enterprise_id, now.astimezone(SHANGHAI).date(), now=now)


def _put_answer(actor: Actor, uscc: str, row: SyncConflictRow, based_on: int) -> None:
    """Save the answer of the visit; whatever else of the record was saved since does not matter."""
    for _ in range(_TRIES):
        try:
            save_facts(actor, uscc, {row.fact: row.answer["value"]}, source=SOURCE, on=row.day, based_on=based_on)
            return
        except ChangedMeanwhile as met:
            if any(row.fact in change.facts for change in met.changes):
                raise
            based_on = met.record.version
    raise InputError("企业档案", "一直有人在改", "过一会儿再定")


def _waiting(session: Session, actor: Actor, number: int) -> tuple[SyncConflictRow, str]:
    query = (
        select(SyncConflictRow, EnterpriseRow.uscc)
        .join(EnterpriseRow, EnterpriseRow.id == SyncConflictRow.enterprise_id)
        .where(SyncConflictRow.id == number, SyncConflictRow.decided.is_(None), in_region_of(actor))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise InputError("不一致的回答", "没有这一条", "可能已经定过了，请刷新再看")
    return found[0], found[1]


def _label(fact: str) -> str:
    spec = default_rulebook().facts.specs.get(fact)
    return spec.label if spec else fact


# ---- what is different now


def differences(actor: Actor | None, left: Left, as_of: date) -> list[Difference]:
    """Assess the enterprises anew as their records and the corpus stand now; gives those that come out otherwise than on the phone.

    For the team, in their region; reading the records stands in the log.
    """
    actor = need(actor, "team")
    rulebook = rulebook_for(as_of)
    found = []
    for firm in left.firms:
        record = read_enterprise(actor, uscc_of(actor, firm.enterprise))
        results = assess(record.profile, as_of, rulebook).measures
        names = {one.measure.id: one.measure.name for one in results}
        now = {one.measure.id for one in results if one.status == "eligible" and one.apply_state != "closed"}
        gained, lost = now - set(firm.eligible), set(firm.eligible) - now
        if gained or lost:
            found.append(Difference(record.id, record.name, _named(gained, names), _named(lost, names)))
    return found


def _named(ids: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(names.get(one, "已经撤下的政策") for one in ids))
