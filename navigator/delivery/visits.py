"""Visit records (走访记录): who went to whom on which day, who was met, what was talked about, said and promised.

Nothing is overwritten: a correction is a new version with a reason. Names and numbers of people have an age limit and can be erased
(navigator.delivery.contacts). Promises go on in `visits_promises`, photos in `photos`, figures in `visits_rates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.load import default_corpus
from navigator.delivery import contacts
from navigator.delivery.fulfilment import text_of
from navigator.delivery.teams import name_of
from navigator.delivery.visits_promises import (
    Promise,
    Promised,
    open_promises,
    promises_of,
    put_promises,
    visit_row,
)
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.store.audit import audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of, searchable, source_ids
from navigator.store.push_tables import ContactRow
from navigator.store.visit_plan_tables import TeamRow
from navigator.store.visit_tables import VisitPersonRow, VisitPhotoRow, VisitRow, VisitVersionRow

__all__ = ["Person", "Promise", "VisitNote", "keep", "last_visits", "open_promises"]

TOPICS: dict[str, str] = {
    "policy": "惠企政策",
    "no_application": "免申即享",
    "funds": "资金融资",
    "workers": "用工社保",
    "land": "用地规划",
    "power": "水电气网",
    "tax": "税费",
    "permits": "审批办证",
    "market": "市场拓展",
    "innovation": "科技创新",
    "law": "执法司法",
    "arrears": "拖欠账款",
    "other": "其他",
}
PURPOSE = "走访"
SOURCE = "走访时本人留的"
MOST_PEOPLE, MOST_PROMISES, MOST_MEASURES = 20, 20, 30
LONGEST_WORDS = 4_000
LONGEST_LIST = 100_000
_AT_ONCE = 500
_KEYS = 0x56495349
"""Others that bring a record from a phone at the same moment wait."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was met. A number is kept among the contacts, for visits only; in what is read here it is masked."""

    name: str
    role: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class VisitNote:
    """What somebody writes down of a visit. `topics` are keys of TOPICS; `client_id` is what a phone calls the record.

    Without `members` whoever writes was there alone; without `team` it is the team that person is in.
    """

    enterprise_id: int
    visited_on: date
    met: tuple[Person, ...] = ()
    topics: tuple[str, ...] = ()
    words: str = ""
    promises: tuple[Promise, ...] = ()
    client_id: str | None = None
    members: tuple[str, ...] = ()
    team: int | None = None
    other: str = ""
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody who was met, as a version says; `contact` is the number among the contacts, `phone` masked."""

    id: int
    name: str
    role: str
    contact: int | None
    phone: str
    until: date


@dataclass(frozen=True, slots=True)
class Version:
    """What a record said from a moment on."""

    version: int
    visited_on: date
    team: str
    team_id: int | None
    members: tuple[str, ...]
    topics: tuple[str, ...]
    other: str
    measures: tuple[str, ...]
    words: str
    met: tuple[Met, ...]
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as it stands, without the people met."""

    id: int
    enterprise_id: int
    uscc: str
    name: str
    region: str | None
    example: bool
    visited_on: date
    team: str
    members: tuple[str, ...]
    topics: tuple[str, ...]
    other: str
    measures: tuple[str, ...]
    words: str
    version: int
    made: datetime
    made_by: str
    promises: tuple[Promised, ...]
    photos: int

    @property
    def topic_words(self) -> str:
        """惠企政策、厂门口的路."""
        other = self.other or TOPICS["other"]
        return "、".join(other if one == "other" else TOPICS.get(one, one) for one in self.topics)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which visits: with words in the name or the record, in some days, of one enterprise (invented or not), of a team, of invented ones."""

    words: str = ""
    first: date | None = None
    last: date | None = None
    enterprise: int | None = None
    team: int | None = None
    example: bool = False


def subject(number: int) -> str:
    """What the log calls a visit."""
    return f"visit:{number}"


# ---- read


def list_visits(actor: Actor | None, wanted: Wanted, *, limit: int = 20, offset: int = 0) -> tuple[list[Visit], int]:
    """Visits, newest first, and how many there are in all; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        total = session.scalar(_chosen(_joined(select(func.count(VisitRow.id))), actor, wanted)) or 0
        query = _chosen(_query(), actor, wanted).order_by(VisitRow.visited_on.desc(), VisitRow.id.desc())
        found = _visits(session, query.limit(limit).offset(offset))
    audit(actor, "看走访记录", "visit:", {"行数": len(found)})
    return found, total


def read_visit(actor: Actor | None, number: int) -> tuple[Visit, list[Version]]:
    """A visit and all its versions, the one that counts last; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        visit_row(session, actor, number)
        found = _visits(session, _query().where(VisitRow.id == number))[0]
        versions = _versions(session, number)
    audit(actor, "看一次走访", subject(number), {"企业": found.uscc})
    return found, versions


def last_visits(
    session: Session, enterprises: Sequence[int] | None = None, region: str | None = None
) -> dict[int, date]:
    """The day of the last visit to each of these enterprises (None: to all, or all of a region); the caller has checked who asks."""
    query = select(VisitRow.enterprise_id, func.max(VisitRow.visited_on)).group_by(VisitRow.enterprise_id)
    if region is not None:
        query = query.join(EnterpriseRow).where(EnterpriseRow.region == region)
    if enterprises is None:
        return dict(session.execute(query).all())
    return {
        firm: day
        for start in range(0, len(enterprises), _AT_ONCE)
        for firm, day in session.execute(query.where(VisitRow.enterprise_id.in_(enterprises[start : start + _AT_ONCE])))
    }


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    now = and_(VisitVersionRow.visit_id == VisitRow.id, VisitVersionRow.version == VisitRow.version)
    return query.select_from(VisitRow).join(EnterpriseRow).join(VisitVersionRow, now)


def _query() -> Select[*tuple[Any, ...]]:
    query = _joined(select(VisitRow, EnterpriseRow, VisitVersionRow, TeamRow.name))
    return query.outerjoin(TeamRow, TeamRow.id == VisitVersionRow.team_id)


def _chosen(query: Select[*tuple[Any, ...]], actor: Actor, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = query.where(in_region_of(actor))
    if wanted.enterprise is None:
        query = query.where(EnterpriseRow.example.is_(wanted.example))
    for column, value in ((VisitRow.enterprise_id, wanted.enterprise), (VisitVersionRow.team_id, wanted.team)):
        if value is not None:
            query = query.where(column == value)
    if wanted.first is not None:
        query = query.where(VisitRow.visited_on >= wanted.first)
    if wanted.last is not None:
        query = query.where(VisitRow.visited_on <= wanted.last)
    if words := wanted.words.strip():
        name = EnterpriseRow.name.contains(searchable(words), autoescape=True)
        query = query.where(or_(name, VisitVersionRow.words.contains(words, autoescape=True)))
    return query


def _visits(session: Session, query: Select[*tuple[Any, ...]]) -> list[Visit]:
    rows = session.execute(query).all()
    photos: dict[int, int] = {}
    promised: dict[int, list[Promised]] = {}
    ids = [row.id for row, *_ in rows]
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        count = select(VisitPhotoRow.visit_id, func.count()).where(VisitPhotoRow.visit_id.in_(part))
        photos |= dict(session.execute(count.group_by(VisitPhotoRow.visit_id)).all())
        promised |= promises_of(session, part)
    return [
        Visit(
            row.id, firm.id, firm.uscc, name_of(firm), firm.region, firm.example, row.visited_on, team or "", tuple(said.members),
            tuple(said.topics), said.other, tuple(said.measures), said.words, row.version, row.made, row.made_by,
            tuple(promised.get(row.id, ())), photos.get(row.id, 0),
        )
        for row, firm, said, team in rows
    ]  # fmt: skip


def _versions(session: Session, number: int) -> list[Version]:
    query = select(VisitVersionRow, TeamRow.name).outerjoin(TeamRow, TeamRow.id == VisitVersionRow.team_id)
    query = query.where(VisitVersionRow.visit_id == number).order_by(VisitVersionRow.version)
    met: dict[int, list[Met]] = {}
    people = (
        select(VisitPersonRow, ContactRow)
        .join(VisitVersionRow, VisitVersionRow.id == VisitPersonRow.version_id)
        .outerjoin(ContactRow, ContactRow.id == VisitPersonRow.contact_id)
        .where(VisitVersionRow.visit_id == number)
    )
    for one, contact in session.execute(people.order_by(VisitPersonRow.id)):
        phone = contacts.masked(contact.kind, contact.value) if contact else ""
        found = Met(one.id, one.name, one.role, contact.id if contact else None, phone, one.until)
        met.setdefault(one.version_id, []).append(found)
    return [
        Version(
            row.version, row.visited_on, team or "", row.team_id, tuple(row.members), tuple(row.topics), row.other,
            tuple(row.measures), row.words, tuple(met.get(row.id, ())), row.reason, row.at, row.by,
        )
        for row, team in session.execute(query)
    ]  # fmt: skip


# ---- write


def keep(actor: Actor | None, note: VisitNote, today: date, *, now: datetime | None = None) -> int:
    """Keep the record of a visit; gives its number. One whose `client_id` is there already is not written again. For the team, in
    their region."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    with transaction() as session:
        if note.client_id is not None and (known := _known(session, actor, note.client_id)):
            return known
        firm = _enterprise(session, actor, note.enterprise_id)
        note = _checked(session, actor, note, today)
        row = VisitRow(
            key=note.client_id, enterprise_id=firm.id, visited_on=note.visited_on, version=1, made=now, made_by=actor.name
        )  # fmt: skip
        session.add(row)
        session.flush()
        _add_version(session, row, firm, note, "", actor, today, now)
        put_promises(session, row, note.promises, actor, now)
        about = {"企业": firm.uscc, "走访日期": note.visited_on.isoformat(), "答应的事": len(note.promises)}
        audit(actor, "记走访", subject(row.id), about, within=session, now=now)
        return row.id


def correct(
    actor: Actor | None, number: int, note: VisitNote, reason: str, based_on: int, today: date, *, now: datetime | None = None
) -> int:  # fmt: skip
    """Put a record right by a new version; gives which. A person without a number keeps the one known before; promises in the note
    come to those made before. For the team, of their region. InputError where somebody else was faster than `based_on`."""
    actor, now, reason = need(actor, "team"), now or datetime.now(UTC), text_of(reason, "更正的原因")
    with transaction() as session:
        row = visit_row(session, actor, number, changing=True)
        before = _versions(session, number)[-1]
        if row.version != based_on:
            raise InputError("走访记录", f"您填的时候，{before.by}刚更正过", "看看改了什么，再决定存哪个；您填的都还在")
        if note.enterprise_id != row.enterprise_id:
            raise InputError("走访记录", "企业不能改", "记错了企业，请工作人员删掉这一次，再给对的企业记一次")
        firm = session.get_one(EnterpriseRow, row.enterprise_id)
        note = _checked(session, actor, replace(note, team=note.team or before.team_id), today)
        if _content(note) == _content_before(before) and not note.promises:
            raise InputError("更正", "没有改什么", "改了再存")
        row.version, row.visited_on = row.version + 1, note.visited_on
        _add_version(session, row, firm, note, reason, actor, today, now, before)
        put_promises(session, row, note.promises, actor, now)
        audit(actor, "更正走访", subject(number), {"版本": row.version, "原因": reason}, within=session, now=now)
        return row.version


def remove_visit(actor: Actor | None, number: int, reason: str, *, now: datetime | None = None) -> None:
    """Take a record away with its promises and photos, such as one of the wrong enterprise; the log keeps why. For staff, of their
    region."""
    from navigator.delivery.photos import remove_files

    actor, now, reason = need(actor, "staff"), now or datetime.now(UTC), text_of(reason, "删掉的原因")
    with transaction() as session:
        row = visit_row(session, actor, number, changing=True)
        firm = session.get_one(EnterpriseRow, row.enterprise_id)
        files = list(session.scalars(select(VisitPhotoRow.file).where(VisitPhotoRow.visit_id == number)))
        contacts.erase_rows(session, ContactRow.id.in_(_only_known_here(session, number)))
        session.execute(delete(VisitRow).where(VisitRow.id == number))
        about = {"企业": firm.uscc, "走访日期": row.visited_on.isoformat(), "照片": len(files), "原因": reason}
        audit(actor, "删走访记录", subject(number), about, within=session, now=now)
    remove_files(files)


def _only_known_here(session: Session, number: int) -> set[int]:
    """The numbers among the contacts that were given on this visit and are named by no other."""
    known = select(ContactRow.id).join(VisitPersonRow, VisitPersonRow.contact_id == ContactRow.id)
    known = known.join(VisitVersionRow, VisitVersionRow.id == VisitPersonRow.version_id)
    given = known.where(VisitVersionRow.visit_id == number, ContactRow.purpose == PURPOSE)
    return set(session.scalars(given)) - set(session.scalars(known.where(VisitVersionRow.visit_id != number)))


def erase_person(actor: Actor | None, person: int, *, now: datetime | None = None) -> None:
    """Erase somebody who was met from every version of the record, and their number. For the team, of their region."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    query = (
        select(VisitPersonRow, VisitVersionRow.visit_id)
        .join(VisitVersionRow, VisitVersionRow.id == VisitPersonRow.version_id)
        .join(VisitRow, VisitRow.id == VisitVersionRow.visit_id)
        .join(EnterpriseRow, EnterpriseRow.id == VisitRow.enterprise_id)
        .where(VisitPersonRow.id == person, in_region_of(actor))
    )
    with transaction() as session:
        found = session.execute(query).first()
        if found is None:
            raise InputError("见到的人", "没有找到", "可能已经删了，或者归别的区域管")
        row, number = found
        versions = select(VisitVersionRow.id).where(VisitVersionRow.visit_id == number)
        same = (VisitPersonRow.version_id.in_(versions), VisitPersonRow.name == row.name)
        numbers = select(VisitPersonRow.contact_id).where(*same)
        used = set(session.scalars(numbers)) if row.name else {row.contact_id}
        contacts.erase_rows(session, ContactRow.id.in_(used - {None}))
        session.execute(update(VisitPersonRow).where(*same).values(name=""))
        audit(actor, "删走访时见到的人", subject(number), within=session, now=now)


def _known(session: Session, actor: Actor, key: str) -> int | None:
    """The record a phone sent before under this key."""
    if not key or len(key) > 64:
        raise InputError("走访记录", "手机上的编号用不上", "应是1到64个字符")
    one_at_a_time(session, _KEYS)
    query = select(VisitRow.id, EnterpriseRow.region).join(EnterpriseRow).where(VisitRow.key == key)
    found = session.execute(query).first()
    if found is None:
        return None
    need(actor, "team", region=found.region)
    return found.id


def _enterprise(session: Session, actor: Actor, number: int) -> EnterpriseRow:
    firm = session.scalar(select(EnterpriseRow).where(EnterpriseRow.id == number, in_region_of(actor)))
    if firm is None:
        raise InputError("企业", "没有这一家的档案", "从企业档案里选；也可能归别的区域管")
    return firm


def _checked(session: Session, actor: Actor, note: VisitNote, today: date) -> VisitNote:
    """The note as it is kept; InputError says what is wrong with it."""
    if note.visited_on > today:
        raise InputError("走访日期", f"{note.visited_on} 还没有到", "填今天或以前")
    if unknown := [one for one in note.topics if one not in TOPICS]:
        raise InputError("谈了什么", f"没有{unknown[0]}这一类", f"在{'、'.join(TOPICS.values())}里选")
    corpus = default_corpus()
    if unknown := [one for one in note.measures if one not in corpus.measure_by_id]:
        raise InputError("谈到的政策", f"没有 {unknown[0]}", "从政策库里选")
    for listed, most, place in (
        (note.met, MOST_PEOPLE, "见到的人"), (note.promises, MOST_PROMISES, "答应的事"),
        (note.measures, MOST_MEASURES, "谈到的政策"), (note.members, MOST_PEOPLE, "谁去的"),
    ):  # fmt: skip
        if len(listed) > most:
            raise InputError(place, f"有 {len(listed)} 个", f"一次最多 {most} 个")
    words, other = note.words.replace("\0", "").strip(), note.other.replace("\0", "").strip()
    for text, longest, place in ((words, LONGEST_WORDS, "谈话记录"), (other, 200, "其他话题")):
        if len(text) > longest:
            raise InputError(place, f"有 {len(text)} 个字", f"最多 {longest} 个字")
    if not (words or note.topics or other):
        raise InputError("走访记录", "没有写谈了什么", "选一个话题，或者写几句")
    topics = tuple(one for one in TOPICS if one in note.topics or (one == "other" and other))
    members = tuple(dict.fromkeys(filter(None, map(contacts.check_person, note.members)))) or (actor.name,)
    met = tuple(one for one in map(_person, note.met) if one.name or one.role or one.phone)
    return replace(
        note, words=words, other=other, topics=topics, members=members, met=met, team=_team(session, actor, note.team),
        measures=tuple(dict.fromkeys(note.measures)),
    )  # fmt: skip


def _person(one: Person) -> Person:
    phone = contacts.read_value("phone", one.phone) if one.phone and one.phone.strip() else None
    return Person(contacts.check_person(one.name), contacts.check_person(one.role), phone)


def _team(session: Session, actor: Actor, number: int | None) -> int | None:
    """The team a note names, or the one its writer is in; None where that is none or more than one."""
    query = select(TeamRow).where(or_(TeamRow.region.is_(None), TeamRow.region == actor.region))
    known = list(session.scalars(select(TeamRow) if actor.region is None else query))
    if number is not None:
        if number not in {one.id for one in known}:
            raise InputError("小分队", "没有这一支", "从小分队里选；也可能归别的区域管")
        return number
    mine = [one.id for one in known if one.ended is None and actor.name in one.members]
    return mine[0] if len(mine) == 1 else None


def _add_version(
    session: Session, row: VisitRow, firm: EnterpriseRow, note: VisitNote, reason: str, actor: Actor, today: date,
    now: datetime, before: Version | None = None,
) -> None:  # fmt: skip
    version = VisitVersionRow(
        visit_id=row.id, version=row.version, visited_on=note.visited_on, team_id=note.team, members=list(note.members),
        topics=list(note.topics), other=note.other, measures=list(note.measures), words=note.words, reason=reason, at=now,
        by=actor.name,
    )  # fmt: skip
    session.add(version)
    session.flush()
    until = contacts.check_days(note.visited_on, None, today)
    known = {(one.name, one.role): one.contact for one in before.met} if before else {}
    for one in note.met:
        contact = known.get((one.name, one.role))
        if one.phone is not None:
            contact = _put_phone(session, firm, one, note.visited_on, until, actor, now)
        session.add(
            VisitPersonRow(version_id=version.id, name=one.name, role=one.role, contact_id=contact, until=until)
        )


def _put_phone(
    session: Session, firm: EnterpriseRow, one: Person, day: date, until: date, actor: Actor, now: datetime
) -> int:
    if firm.example:
        raise InputError("联系方式", "这是示例企业", "示例企业不填电话，真号码不能用在它上面")
    kept, _ = contacts.put(session, ContactRow(
        enterprise_id=firm.id, kind="phone", value=one.phone or "", person=one.name, purpose=PURPOSE,
        source_id=source_ids(session, [SOURCE])[SOURCE], day=day, until=until,
    ))  # fmt: skip
    session.flush()
    audit(actor, "记联系方式", f"enterprise:{firm.uscc}", {"种类": "电话", "用途": PURPOSE}, within=session, now=now)
    return kept.id


def _content(note: VisitNote) -> tuple[Any, ...]:
    """What a version says; a new number is always something new."""
    met = tuple((one.name, one.role, one.phone or "") for one in note.met)
    return (note.visited_on, note.team, note.members, note.topics, note.other, note.measures, note.words, met)


def _content_before(one: Version) -> tuple[Any, ...]:
    met = tuple((person.name, person.role, "") for person in one.met)
    return (one.visited_on, one.team_id, one.members, one.topics, one.other, one.measures, one.words, met)


# ---- export


def export_visits(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """Visits as CSV, without the people met. Parameters: words, from, to (ISO days), team, example (1). For staff, of their region."""
    actor = need(actor, "staff")
    team = parameters.get("team", "")
    wanted = Wanted(
        parameters.get("words", ""), _day(parameters.get("from", "")), _day(parameters.get("to", "")), None,
        int(team) if team.isascii() and team.isdigit() and len(team) < 10 else None, parameters.get("example") == "1",
    )  # fmt: skip
    with reading() as session:
        query = _chosen(_query(), actor, wanted).order_by(VisitRow.visited_on, VisitRow.id)
        found = _visits(session, query.limit(LONGEST_LIST))
    audit(actor, "下载走访记录", "visit:", {"行数": len(found)})
    header = (
        "编号", "统一社会信用代码", "企业", "区域", "走访日期", "小分队", "谁去的", "谈了什么", "谈到的政策", "谈话记录", "答应的事",
        "还没办的", "照片", "第几版", "谁记的",
    )  # fmt: skip
    rows = (
        (
            one.id, one.uscc, one.name, one.region or "区域未知", one.visited_on, one.team, "、".join(one.members),
            one.topic_words, "、".join(measure_names(one.measures)), one.words, len(one.promises),
            sum(promise.state == "open" for promise in one.promises), one.photos, one.version, one.made_by,
        )
        for one in found
    )  # fmt: skip
    return csv_download(f"{'示例_' if wanted.example else ''}走访记录.csv", header, rows)


def measure_names(ids: Sequence[str]) -> list[str]:
    """The names of measures; one that is no longer there as its id."""
    known = default_corpus().measure_by_id
    return [known[one].name if one in known else one for one in ids]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
