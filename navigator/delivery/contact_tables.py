"""Contacts of many enterprises from one table: code, number, mailbox, person. What was not taken is told row by row.

Reading the file's lines is the import's way (navigator.store.importing_files); the file is not kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.contacts import PURPOSES, PUSH, check_days, check_person, read_value, renew
from navigator.errors import InputError, shorten, shown
from navigator.matching.dates import today
from navigator.matching.facts import is_uscc
from navigator.store.audit import audit
from navigator.store.engine import transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of, source_ids
from navigator.store.importing_cells import Refusal
from navigator.store.importing_files import KeptFile, forget_file, lines_of
from navigator.store.push_tables import ContactRow

MOST_ROWS = 300_000
_AT_ONCE = 1_000
_HEADINGS_WITHIN = 10
_MOST_REFUSALS = 1_000
_COLUMNS = {
    "uscc": re.compile(r"信用代码|uscc"),
    "email": re.compile(r"邮箱|邮件|e-?mail"),
    "phone": re.compile(r"手机|电话|联系方式|phone|mobile"),
    "person": re.compile(r"联系人|姓名|person"),
}
"""What a heading names, the first that fits (联系人电话 is a number)."""


@dataclass(frozen=True, slots=True)
class TakenContacts:
    """What became of a table: rows read, contacts added or brought up to date, those known already, and what was refused."""

    rows: int
    kept: int
    same: int
    refused: int
    refusals: tuple[Refusal, ...]
    """The first thousand."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    uscc: str
    person: str
    values: tuple[tuple[str, str], ...]


def take_contacts(
    actor: Actor | None,
    file: KeptFile,
    *,
    source: str,
    day: date,
    until: date | None = None,
    purpose: str = PUSH,
    now: date | None = None,
) -> TakenContacts:
    """Take in a table of contacts and forget the file. The same table again changes nothing. For staff, in their region."""
    actor = need(actor, "staff")
    last = check_days(day, until, now or today())
    if purpose not in PURPOSES:
        raise InputError("用途", f"写的是{shown(purpose)}", f"只有{'、'.join(PURPOSES)}")
    refusals: list[Refusal] = []
    rows = kept = same = refused = 0
    lines = iter(lines_of(file))
    columns = _headings(file, lines)
    while part := list(islice(lines, _AT_ONCE)):
        rows += len(part)
        if rows > MOST_ROWS:
            raise InputError(file.name, f"超过 {MOST_ROWS:,} 行", "前面的已经收下，其余的请分成几个文件")
        faults: list[Refusal] = []
        read = [row for line, cells in part if (row := _read(line, cells, columns, faults)) is not None]
        with transaction() as session:
            source_id = source_ids(session, [source])[source.strip()]
            more, known = _keep(session, actor, read, (purpose, source_id, day, last), faults)
        kept, same, refused = kept + more, same + known, refused + len(faults)
        refusals += faults[: _MOST_REFUSALS - len(refusals)]
    details = {
        "文件": file.name,
        "来源": source.strip(),
        "行数": rows,
        "收下": kept,
        "没有变化": same,
        "没有收": refused,
    }
    audit(actor, "导入联系方式", "contact:", details)
    forget_file(file)
    return TakenContacts(rows, kept, same, refused, tuple(sorted(refusals, key=lambda one: one.line)))


def _headings(file: KeptFile, lines: Iterator[tuple[int, list[Any]]]) -> list[str]:
    """What each column is, "" for one not needed."""
    for _, cells in islice(lines, _HEADINGS_WITHIN):
        found = [_named(cell) for cell in cells]
        if "uscc" in found and {"phone", "email"} & set(found):
            return found
    raise InputError(file.name, "没有找到“统一社会信用代码”和“手机”或“邮箱”这几列", "第一行写列名，一行一家企业")


def _named(cell: Any) -> str:
    text = unicodedata.normalize("NFKC", str(cell or "")).strip().lower()
    return next((name for name, pattern in _COLUMNS.items() if pattern.search(text)), "")


def _read(line: int, cells: Sequence[Any], columns: Sequence[str], faults: list[Refusal]) -> _Row | None:
    """One row; None where nothing of it can be taken."""
    uscc, person, values = "", "", []
    for name, cell in zip(columns, cells, strict=False):
        text = "" if cell is None else str(cell).strip()
        if not name or not text:
            continue
        try:
            if name == "uscc":
                uscc = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
            elif name == "person":
                person = check_person(text)
            else:
                values.append((name, read_value(name, text)))
        except InputError as fault:
            faults.append(Refusal(line, fault.place, shorten(text), fault.expected))
    if not is_uscc(uscc):
        faults.append(Refusal(line, "", shorten(uscc) or "空的", "统一社会信用代码不对：应是18位，最后一位是校验码"))
        return None
    return _Row(line, uscc, person, tuple(dict.fromkeys(values))) if values else None


def _keep(
    session: Session, actor: Actor, rows: Sequence[_Row], origin: tuple[str, int, date, date], faults: list[Refusal]
) -> tuple[int, int]:
    """Keep what belongs to records of this actor; gives how many contacts are new or brought up to date, and how many were known."""
    purpose, source_id, day, until = origin
    records = _records(session, actor, {row.uscc for row in rows})
    known = _contacts(session, [number for number, _ in records.values()], purpose)
    changed = same = 0
    for row in rows:
        number, example = records.get(row.uscc, (0, False))
        if not number or example:
            why = "示例企业不填联系方式" if example else "没有这家企业的档案，先导入企业；也可能归别的区域管"
            faults.append(Refusal(row.line, "", row.uscc, why))
            continue
        for kind, value in row.values:
            new = ContactRow(
                enterprise_id=number, kind=kind, value=value, person=row.person, purpose=purpose,
                source_id=source_id, day=day, until=until,
            )  # fmt: skip
            held = known.setdefault((number, kind, value), new)
            if held is new:
                session.add(new)
            done = held is new or renew(held, new)
            changed, same = changed + done, same + (not done)
    return changed, same


def _records(session: Session, actor: Actor, codes: set[str]) -> Mapping[str, tuple[int, bool]]:
    query = select(EnterpriseRow.uscc, EnterpriseRow.id, EnterpriseRow.example).where(
        EnterpriseRow.uscc.in_(codes), in_region_of(actor)
    )
    return {row.uscc: (row.id, row.example) for row in session.execute(query)}


def _contacts(session: Session, numbers: Sequence[int], purpose: str) -> dict[tuple[int, str, str], ContactRow]:
    query = select(ContactRow).where(ContactRow.enterprise_id.in_(numbers), ContactRow.purpose == purpose)
    return {(row.enterprise_id, row.kind, row.value): row for row in session.scalars(query)}
