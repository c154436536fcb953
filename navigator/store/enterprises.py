"""Enterprise records (一企一档): finding, reading and changing what is known of one enterprise, with source and day of each fact.

Offices see their own region's records; of others they learn nothing, not even that they exist. Two people at one record: the
second is told what the first changed, and nothing of either is lost. Tables of many enterprises come in by enterprise_intake.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from navigator.auth import Actor, NotAllowed, need
from navigator.errors import InputError, shown
from navigator.matching.facts import FactBook
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook
from navigator.store.audit import audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import ChangeRow, EnterpriseRow, SourceRow

Kept = list[Any]
"""A fact as the database keeps it: value, id of its source, day."""

_SOURCES = 420802
LONGEST_SOURCE, LONGEST_REMARK = 200, 2_000


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, where it comes from, and the day it was true."""

    value: Value
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A record as it stands, or stood at an earlier version."""

    id: int
    uscc: str
    version: int
    example: bool
    facts: Mapping[str, Fact]
    changed: datetime
    changed_by: str

    @property
    def name(self) -> str:
        """The name; the code where none is known."""
        return str(self.facts["name"].value) if "name" in self.facts else self.uscc

    @property
    def region(self) -> str | None:
        """The region; None where unknown."""
        return str(self.facts["region"].value) if "region" in self.facts else None

    @property
    def profile(self) -> dict[str, Value]:
        """The values alone, as `assess` takes them."""
        return {name: fact.value for name, fact in self.facts.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """A line of what was looked for. `id` may stand in an address; code and name may not."""

    id: int
    uscc: str
    name: str
    region: str | None
    example: bool
    changed: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What one save changed: each fact before and after, None for unknown."""

    version: int
    at: datetime
    by: str
    remark: str
    facts: Mapping[str, tuple[Fact | None, Fact | None]]


class ChangedMeanwhile(InputError):
    """Somebody else saved first. `changes` are theirs, oldest first; `record` is how it stands now."""

    def __init__(self, record: Enterprise, changes: list[Change]) -> None:
        self.record, self.changes = record, changes
        who = "、".join(dict.fromkeys(change.by for change in changes))
        super().__init__("企业档案", f"您填的时候，{who}刚改过", "看看改了什么，再决定存哪个；您填的都还在")


def find_enterprises(actor: Actor | None, words: str, *, limit: int = 50, offset: int = 0) -> list[Found]:
    """Records whose name holds the words or whose code begins with them, by name. For team members, in their region."""
    actor = need(actor, "team")
    if not searchable(words):
        return []
    query = (
        select(EnterpriseRow).where(_holds(words), in_region_of(actor)).order_by(EnterpriseRow.name, EnterpriseRow.id)
    )
    with reading() as session:
        rows = session.scalars(query.limit(limit).offset(offset)).all()
    audit(actor, "查找企业", "enterprise:", {"查的": words.strip()[:60], "找到": len(rows)})
    return [_found(row) for row in rows]


def count_found(actor: Actor | None, words: str) -> int:
    """How many records `find_enterprises` finds without a limit. For team members, in their region."""
    actor = need(actor, "team")
    if not searchable(words):
        return 0
    with reading() as session:
        query = select(func.count(EnterpriseRow.id)).where(_holds(words), in_region_of(actor))
        return session.scalar(query) or 0


def recent_enterprises(actor: Actor | None, *, limit: int = 10) -> list[Found]:
    """The records changed last. For team members, in their region."""
    actor = need(actor, "team")
    query = select(EnterpriseRow).where(in_region_of(actor)).order_by(EnterpriseRow.changed.desc(), EnterpriseRow.id)
    with reading() as session:
        rows = session.scalars(query.limit(limit)).all()
    audit(actor, "看最近改过的企业", "enterprise:", {"家数": len(rows)})
    return [_found(row) for row in rows]


def recent_stamp(actor: Actor | None) -> datetime | None:
    """When a record was changed last; None where there is none. For team members, in their region."""
    actor = need(actor, "team")
    with reading() as session:
        return session.scalar(select(func.max(EnterpriseRow.changed)).where(in_region_of(actor)))


def uscc_of(actor: Actor | None, number: int) -> str:
    """The code of the record an address names; whether another region has it, nobody learns. For team members."""
    actor = need(actor, "team")
    query = select(EnterpriseRow.uscc).where(EnterpriseRow.id == number, in_region_of(actor))
    with reading() as session:
        uscc = session.scalar(query)
    if uscc is None:
        raise InputError("企业", "没有找到这份档案", "从“企业档案”里查；也可能归别的区域管")
    return uscc


def _holds(words: str) -> ColumnElement[bool]:
    wanted = searchable(words)
    return or_(
        EnterpriseRow.name.contains(wanted, autoescape=True),
        EnterpriseRow.uscc.startswith(wanted.upper(), autoescape=True),
    )


def _found(row: EnterpriseRow) -> Found:
    return Found(row.id, row.uscc, _name_of(row), row.region, row.example, row.changed)


def read_enterprise(actor: Actor | None, uscc: str) -> Enterprise:
    """One record; the reading stands in the log. For team members, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row = _row(session, actor, uscc)
        audit(actor, "看企业档案", _subject(row), within=session)
        return _enterprise(session, row)


def read_history(actor: Actor | None, uscc: str) -> list[Change]:
    """All changes of a record, newest first. For team members, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row = _row(session, actor, uscc)
        audit(actor, "看企业档案的历史", _subject(row), within=session)
        return _changes(session, row, after=0)


def read_version(actor: Actor | None, uscc: str, version: int) -> Enterprise:
    """A record as it stood at a version. For team members, in their region."""
    now = read_enterprise(actor, uscc)
    if not 1 <= version <= now.version:
        raise InputError("版本", f"没有第 {version} 版", f"现有第1版到第{now.version}版")
    facts = dict(now.facts)
    at, by = now.changed, now.changed_by
    for change in read_history(actor, uscc):
        if change.version == version:
            at, by = change.at, change.by
        if change.version <= version:
            continue
        for name, (before, _) in change.facts.items():
            facts.pop(name, None)
            if before is not None:
                facts[name] = before
    return Enterprise(now.id, now.uscc, version, now.example, facts, at, by)


def add_enterprise(
    actor: Actor | None, facts: Mapping[str, Any], *, source: str, on: date, example: bool = False, remark: str = ""
) -> Enterprise:
    """Begin a record; the facts name its `uscc`. For team members, in their region."""
    actor = need(actor, "team")
    values = _book().read_profile(facts, "企业档案")
    uscc = values.get("uscc")
    if not isinstance(uscc, str):
        raise InputError("统一社会信用代码", "没有填", "应是18位，最后一位是校验码")
    _check_region(actor, values.get("region"))
    now = datetime.now(UTC)
    try:
        with transaction() as session:
            source_id = source_ids(session, [source])[source.strip()]
            kept = {name: [plain_value(value), source_id, on.isoformat()] for name, value in values.items()}
            row = EnterpriseRow(
                uscc=uscc,
                name=searchable(str(values.get("name", uscc))),
                region=values.get("region"),
                example=example,
                version=1,
                facts=kept,
                changed=now,
                changed_by=actor.name,
            )
            session.add(row)
            session.flush()
            session.add(_change(row, actor, {}, remark, now))
            audit(actor, "新建企业档案", _subject(row), {"来源": source.strip()}, within=session, now=now)
            return _enterprise(session, row)
    except IntegrityError:
        raise InputError("统一社会信用代码", f"{uscc} 已经有档案了", "请查到它再改；查不到就是归别的区域管") from None


def save_facts(
    actor: Actor | None,
    uscc: str,
    facts: Mapping[str, Any],
    *,
    source: str,
    on: date,
    based_on: int,
    remark: str = "",
) -> Enterprise:
    """Change facts of a record (None: unknown again), as seen at version `based_on`. For team members, in their region.

    Raises ChangedMeanwhile where somebody saved since; saving again with the new version keeps both.
    """
    actor = need(actor, "team")
    values = {name: _book().read_value(name, raw, "企业档案") for name, raw in facts.items()}
    with transaction() as session:
        source_id = source_ids(session, [source])[source.strip()]
        row = _row(session, actor, uscc)
        if row.version != based_on:
            raise ChangedMeanwhile(_enterprise(session, row), _changes(session, row, after=based_on)[::-1])
        if values.get("uscc", row.uscc) != row.uscc:
            raise InputError("统一社会信用代码", "不能改", "代码变了就新建一份档案")
        if "region" in values:
            _check_region(actor, values["region"])
        after = {
            name: None if value is None else [plain_value(value), source_id, on.isoformat()]
            for name, value in values.items()
            if name != "uscc"
        }
        before = {name: row.facts.get(name) for name, kept in after.items() if row.facts.get(name) != kept}
        if not before:
            return _enterprise(session, row)
        _write(session, row, actor, {name: after[name] for name in before}, remark)
        changed = "、".join(_book().specs[name].label for name in before)
        audit(actor, "改企业档案", _subject(row), {"版本": row.version, "改了": changed}, within=session)
        return _enterprise(session, row)


def _write(session: Session, row: EnterpriseRow, actor: Actor, after: Mapping[str, Kept | None], remark: str) -> None:
    """Put the facts in place if nobody was quicker, and keep what they were."""
    now = datetime.now(UTC)
    facts = {name: kept for name, kept in (dict(row.facts) | dict(after)).items() if kept is not None}
    name = str(facts["name"][0]) if "name" in facts else row.uscc
    region = facts["region"][0] if "region" in facts else None
    before = {name: row.facts.get(name) for name in after}
    seen = row.version
    written = session.execute(
        update(EnterpriseRow)
        .where(EnterpriseRow.id == row.id, EnterpriseRow.version == seen)
        .values(
            facts=facts,
            name=searchable(name),
            region=region,
            version=seen + 1,
            changed=now,
            changed_by=actor.name,
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    if not written.rowcount:
        raise ChangedMeanwhile(_enterprise(session, row), _changes(session, row, after=seen)[::-1])
    session.add(_change(row, actor, before, remark, now))
    session.flush()


def count_enterprises(actor: Actor | None, *, example: bool | None = None) -> int:
    """How many records there are (`example`: only invented, or only real ones). For team members, in their region."""
    actor = need(actor, "team")
    kind = true() if example is None else EnterpriseRow.example.is_(example)
    with reading() as session:
        return session.scalar(select(func.count(EnterpriseRow.id)).where(kind, in_region_of(actor))) or 0


def in_region_of(actor: Actor) -> ColumnElement[bool]:
    """The part of a query that keeps to the records an actor may see."""
    return true() if actor.region is None else EnterpriseRow.region == actor.region


def source_ids(session: Session, sources: list[str]) -> dict[str, int]:
    """The ids of sources, new ones kept; InputError for an empty or overlong one."""
    wanted = {source.strip() for source in sources}
    for source in wanted:
        if not source or len(source) > LONGEST_SOURCE:
            raise InputError("来源", f"写的是{shown(source)}", f"写明从哪里知道的，最多{LONGEST_SOURCE}个字")
    query = select(SourceRow.text, SourceRow.id).where(SourceRow.text.in_(wanted))
    known = dict(session.execute(query).all())
    if wanted - set(known):
        one_at_a_time(session, _SOURCES)
        known = dict(session.execute(query).all())
    for source in sorted(wanted - set(known)):
        row = SourceRow(text=source)
        session.add(row)
        session.flush()
        known[source] = row.id
    return known


def plain_value(value: Value) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def searchable(text: str) -> str:
    """A name or code as it is looked for."""
    return unicodedata.normalize("NFKC", text).replace("\0", "").strip().casefold()[:200]


def _row(session: Session, actor: Actor, uscc: str) -> EnterpriseRow:
    query = select(EnterpriseRow).where(EnterpriseRow.uscc == uscc.strip().upper(), in_region_of(actor))
    row = session.scalar(query)
    if row is None:
        raise InputError("企业", f"没有找到 {shown(uscc)}", "看看代码对不对；也可能归别的区域管")
    return row


def _check_region(actor: Actor, region: Value) -> None:
    if not actor.covers(region if isinstance(region, str) else None):
        raise NotAllowed(
            "权限", f"您负责的是{actor.region}", f"所在区域要填{actor.region}；别处的企业由当地工作人员建档"
        )


def _changes(session: Session, row: EnterpriseRow, *, after: int) -> list[Change]:
    """The changes that led beyond a version, newest first."""
    query = select(ChangeRow).where(ChangeRow.enterprise_id == row.id, ChangeRow.version > after)
    sources = _sources(session)
    later = dict(row.facts)
    found = []
    for change in session.scalars(query.order_by(ChangeRow.version.desc())):
        facts = {}
        known = [name for name, kept in later.items() if kept is not None]
        for name, before in (change.before if change.version > 1 else dict.fromkeys(known)).items():
            facts[name] = (_fact(name, before, sources), _fact(name, later.get(name), sources))
            later[name] = before
        found.append(Change(change.version, change.at, change.by, change.remark, facts))
    return found


def _change(
    row: EnterpriseRow, actor: Actor, before: Mapping[str, Kept | None], remark: str, now: datetime
) -> ChangeRow:
    if len(remark) > LONGEST_REMARK:
        raise InputError("说明", f"有 {len(remark)} 个字", f"最多 {LONGEST_REMARK} 个字")
    return ChangeRow(
        enterprise_id=row.id, version=row.version, at=now, by=actor.name, before=dict(before), remark=remark.strip()
    )


def _enterprise(session: Session, row: EnterpriseRow) -> Enterprise:
    sources = _sources(session)
    facts = {name: fact for name, kept in row.facts.items() if (fact := _fact(name, kept, sources)) is not None}
    return Enterprise(row.id, row.uscc, row.version, row.example, facts, row.changed, row.changed_by)


def _sources(session: Session) -> dict[int, str]:
    return dict(session.execute(select(SourceRow.id, SourceRow.text)).all())


def _fact(name: str, kept: Kept | None, sources: Mapping[int, str]) -> Fact | None:
    """A fact as kept; one that facts.yaml no longer knows, or whose value no longer fits, is left aside but stays kept."""
    if kept is None:
        return None
    raw, source, on = kept
    try:
        value = _book().read_value(name, raw)
    except InputError:
        return None
    return None if value is None else Fact(value, sources.get(source, ""), date.fromisoformat(on))


def _book() -> FactBook:
    return default_rulebook().facts


def _name_of(row: EnterpriseRow) -> str:
    return str(row.facts["name"][0]) if "name" in row.facts else row.uscc


def _subject(row: EnterpriseRow) -> str:
    return f"enterprise:{row.uscc}"
