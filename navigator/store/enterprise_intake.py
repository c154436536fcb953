"""Many records at once, from tables: new ones added, known ones completed, by one rule. Reading files and cells is done elsewhere.

The rule: a value replaces one that is not newer (by the day of the facts); unknown never replaces a value; a value found again on a
later day takes that day and source. The same rows again change nothing, so an import that broke off is simply begun again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice, repeat
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.errors import InputError
from navigator.matching.language import Value
from navigator.store.audit import audit
from navigator.store.bulk import give_room, insert_rows
from navigator.store.engine import json_text, one_at_a_time, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import searchable, source_ids
from navigator.store.schema import METADATA

AT_ONCE = 1_000
_INTAKE = 420803
_REMARK = "导入"
_RECORDS, _CHANGES = METADATA.tables["enterprises"], METADATA.tables["enterprise_changes"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows. `refused` are codes of rows outside the actor's region, or that mix 示例 with real ones."""

    added: int
    changed: int
    same: int
    refused: tuple[str, ...]
    mixed: tuple[str, ...] = ()
    """Those of the refused that would have mixed 示例 with real ones."""

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.added + other.added,
            self.changed + other.changed,
            self.same + other.same,
            self.refused + other.refused,
            self.mixed + other.mixed,
        )


def take_enterprises(
    actor: Actor | None,
    profiles: Iterable[Mapping[str, Value]],
    *,
    source: str,
    on: date,
    example: bool = False,
) -> Taken:
    """Add and complete records from checked profiles (FactBook.read_profile), each with its `uscc`. For staff.

    Kept a thousand at a time: what is kept stays when the rest fails. An office takes in its own region only.
    """
    actor = need(actor, "staff")
    total = Taken(0, 0, 0, ())
    waiting = iter(profiles)
    while part := list(islice(waiting, AT_ONCE)):
        with transaction() as session:
            total += take_part(session, actor, [(profile, on) for profile in part], source=source, example=example)
    details = {
        "来源": source.strip(),
        "新增": total.added,
        "补充": total.changed,
        "没有变化": total.same,
        "没有收": len(total.refused),
    }
    audit(actor, "导入企业", "enterprise:", details)
    return total


def take_part(
    session: Session,
    actor: Actor,
    part: Sequence[tuple[Mapping[str, Value], date]],
    *,
    source: str,
    example: bool = False,
) -> Taken:
    """Add and complete records within a transaction, from profiles each with the day of its facts.

    The caller asks for the role, keeps the part small and writes the log.
    """
    one_at_a_time(session, _INTAKE)
    give_room(session)
    source_id = source_ids(session, [source])[source.strip()]
    merged: dict[str, list[tuple[Mapping[str, Value], tuple[int, str]]]] = {}
    for profile, on in part:
        merged.setdefault(_code(profile), []).append((profile, (source_id, on.isoformat())))
    now = datetime.now(UTC)
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    refused: list[str] = []
    mixed: list[str] = []
    known = _held(session, merged)
    for uscc, profiles in merged.items():
        row = known.get(uscc)
        facts = dict(row.facts) if row else _kept(*profiles.pop(0))
        for profile, origin in profiles:
            _complete(facts, profile, origin)
        if not actor.covers(_region(facts)) or (row is not None and not actor.covers(row.region)):
            refused.append(uscc)
        elif row is None:
            new.append(_columns(uscc, facts, 1, actor, now) | {"example": example})
        elif row.example is not example:
            mixed.append(uscc)
        elif facts != row.facts:
            before = {name: row.facts.get(name) for name in facts if facts[name] != row.facts.get(name)}
            columns = _columns(uscc, facts, row.version + 1, actor, now)
            changed.append(columns | {"id": row.id, "before": before})
    _add(session, new, actor, now)
    _update(session, changed, actor, now)
    same = len(merged) - len(new) - len(changed) - len(refused) - len(mixed)
    return Taken(len(new), len(changed), same, (*refused, *mixed), tuple(mixed))


def _held(session: Session, codes: Iterable[str]) -> dict[str, Any]:
    """The records with these codes as they stand; nobody changes them until the transaction ends."""
    query = select(
        EnterpriseRow.id,
        EnterpriseRow.uscc,
        EnterpriseRow.region,
        EnterpriseRow.example,
        EnterpriseRow.version,
        EnterpriseRow.facts,
    ).where(EnterpriseRow.uscc.in_(codes))
    return {row.uscc: row for row in session.execute(query.with_for_update())}


def _region(facts: Mapping[str, Any]) -> str | None:
    return facts["region"][0] if "region" in facts else None


def _code(profile: Mapping[str, Value]) -> str:
    uscc = profile.get("uscc")
    if not isinstance(uscc, str):
        raise InputError("统一社会信用代码", "有一行没有填", "没有代码的行先放到一边")
    return uscc


def _kept(profile: Mapping[str, Value], origin: tuple[int, str]) -> dict[str, Any]:
    """The facts of a new record as JSON will hold them (days become texts there, tuples lists)."""
    source_id, on = origin
    if None in profile.values():
        profile = {name: value for name, value in profile.items() if value is not None}
    triples = zip(profile.values(), repeat(source_id), repeat(on), strict=False)
    return dict(zip(profile, triples, strict=True))


def _complete(facts: dict[str, Any], profile: Mapping[str, Value], origin: tuple[int, str]) -> None:
    """Add the facts of the profile that are at least as new; a value found again later is as new as that."""
    source_id, on = origin
    for name, value in profile.items():
        if value is None:
            continue
        kept = facts.get(name)
        plain = value.isoformat() if type(value) is date else value
        if kept is None or kept[2] < on or (kept[2] == on and kept[0] != plain):
            facts[name] = [plain, source_id, on]


def _columns(uscc: str, facts: dict[str, Any], version: int, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "uscc": uscc,
        "name": searchable(str(facts["name"][0]) if "name" in facts else uscc),
        "region": _region(facts),
        "version": version,
        "facts": facts,
        "changed": now,
        "changed_by": actor.name,
    }


def _add(session: Session, new: list[dict[str, Any]], actor: Actor, now: datetime) -> None:
    if not new:
        return
    at = _kept_moment(session, now)
    for row in new:
        row["facts"], row["changed"] = json_text(row["facts"]), at
    insert_rows(session, _RECORDS, tuple(new[0]), [tuple(row.values()) for row in new])
    codes = [row["uscc"] for row in new]
    ids = session.scalars(select(EnterpriseRow.id).where(EnterpriseRow.uscc.in_(codes)).order_by(EnterpriseRow.id))
    _add_changes(session, [(number, 1, at, actor.name, "{}", _REMARK) for number in ids])


def _update(session: Session, changed: list[dict[str, Any]], actor: Actor, now: datetime) -> None:
    """Put the new state in place; the rows have been held since they were read."""
    if not changed:
        return
    at = _kept_moment(session, now)
    before = [(row["id"], row["version"], at, actor.name, json_text(row["before"]), _REMARK) for row in changed]
    _add_changes(session, before)
    where = _RECORDS.c.id == bindparam("number")
    rows = [
        {name: it for name, it in row.items() if name not in ("before", "id")} | {"number": row["id"]}
        for row in changed
    ]
    session.connection().execute(update(_RECORDS).where(where), rows)


def _add_changes(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    insert_rows(session, _CHANGES, ("enterprise_id", "version", "at", "by", "before", "remark"), rows)


def _kept_moment(session: Session, moment: datetime) -> Any:
    """A moment as the driver is given it."""
    process = _RECORDS.c.changed.type.bind_processor(session.get_bind().dialect)
    return process(moment) if process else moment
