"""How a table is to be read: which column is what, where its facts come from, of which day; checked, tried out, remembered.

It takes nothing into the records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from navigator.auth import Actor, NotAllowed, need
from navigator.corpus.regions import load_regions
from navigator.errors import InputError
from navigator.matching.dates import today
from navigator.matching.rulebook import default_rulebook
from navigator.store.engine import reading
from navigator.store.enterprises import LONGEST_SOURCE
from navigator.store.importing_cells import ReadRow, Refusal, RowReader
from navigator.store.importing_columns import FACT_DATE, UNITS, Proposal, Use, propose, repeated
from navigator.store.importing_files import Sheet
from navigator.store.importing_tables import ColumnUsesRow


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is read: a use for each column; where the facts come from and of which day they are; the region of all rows, if one."""

    uses: tuple[Use, ...]
    source: str
    on: date
    region: str | None = None


def proposals(sheet: Sheet) -> list[Proposal]:
    """What the columns were taken for the last time, or else what name and content suggest."""
    remembered = remembered_uses(sheet.headings)
    if remembered is None or len(remembered) != len(sheet.headings):
        return propose(sheet.headings, sheet.samples, sheet.note)
    specs = default_rulebook().facts.specs
    known = {FACT_DATE, *specs}
    return [Proposal(use, "上次这样选的", True) if use.fact in known else Proposal(Use()) for use in remembered]


def check_plan(actor: Actor | None, sheet: Sheet, plan: Plan) -> None:
    """InputError for the first thing in a plan that cannot be. For staff."""
    actor = need(actor, "staff")
    specs = default_rulebook().facts.specs
    if len(plan.uses) != len(sheet.headings):
        raise InputError("各列", f"有 {len(sheet.headings)} 列，说明了 {len(plan.uses)} 列", "每一列说明一次")
    for heading, use in zip(sheet.headings, plan.uses, strict=True):
        if use.fact and use.fact != FACT_DATE and use.fact not in specs:
            raise InputError(f"“{heading}”这一列", f"没有叫 {use.fact} 的事实", "事实名见 facts.yaml")
        units = UNITS.get(specs[use.fact].type, {}) if use.fact in specs else {}
        if use.unit and use.unit not in units:
            raise InputError(f"“{heading}”这一列", f"单位是“{use.unit}”", f"应是 {'、'.join(units) or '不写单位'}")
    twice = repeated(plan.uses)
    if twice:
        label = "数据日期" if twice[0] == FACT_DATE else specs[twice[0]].label
        listed = "、".join(
            f"“{one}”" for one, use in zip(sheet.headings, plan.uses, strict=True) if use.fact == twice[0]
        )
        raise InputError("各列", f"{listed}都对到了{label}", "每项事实只选一列")
    if "uscc" not in {use.fact for use in plan.uses}:
        raise InputError("各列", "没有哪一列是统一社会信用代码", "先选出这一列，没有代码认不出是哪家企业")
    if not plan.source.strip() or len(plan.source) > LONGEST_SOURCE:
        raise InputError("来源", "没有写，或者太长", f"写明资料从哪里来，最多{LONGEST_SOURCE}个字")
    if plan.on > today():
        raise InputError("资料的日期", f"{plan.on} 还没到", "写资料是哪一天的，最晚今天")
    if plan.region is not None and plan.region not in load_regions().names:
        raise InputError("地区", f"没有“{plan.region}”", f"应是{'、'.join(load_regions().names)}之一")
    if plan.region is not None and not actor.covers(plan.region):
        raise NotAllowed("权限", f"您负责的是{actor.region}", f"{plan.region}的企业由当地工作人员导入")


def remembered_uses(headings: Sequence[str]) -> tuple[Use, ...] | None:
    """What columns with these headings were taken for the last time; None where they are new."""
    with reading() as session:
        row = session.get(ColumnUsesRow, _key(headings))
    return tuple(Use(*use) for use in row.uses) if row else None


def remember_uses(session: Session, headings: Sequence[str], uses: Sequence[Use], by: str, now: datetime) -> None:
    """Keep what the columns were taken for, for the next table with the same headings."""
    plain = [[use.fact, use.unit] for use in uses]
    session.merge(ColumnUsesRow(key=_key(headings), uses=plain, changed=now, changed_by=by))


def reader_of(headings: Sequence[str], plan: Plan) -> RowReader:
    """Reads the rows of a table as planned."""
    return RowReader(default_rulebook().facts, headings, plan.uses, plan.on, plan.region, today())


def preview(sheet: Sheet, plan: Plan) -> tuple[list[ReadRow], list[Refusal]]:
    """The sampled rows as they would be taken, and what would be refused."""
    reader = reader_of(sheet.headings, plan)
    rows = zip(*sheet.samples, strict=True)
    read = reader.read(list(enumerate(rows, start=sheet.line + 1)))
    return read, sorted(reader.refusals, key=lambda one: one.line)


def read_uses(data: Any, sheet: Sheet, place: str) -> tuple[Use, ...]:
    """A mapping as a file holds it, `heading: fact` or `heading: [fact, unit]`, as a use for each column; others are left aside."""
    if not isinstance(data, dict):
        raise InputError(place, "不是“列名: 事实”的形式", "每行写一列，如 从业人数: employees")
    unknown = next((heading for heading in data if str(heading) not in sheet.headings), None)
    if unknown is not None:
        raise InputError(place, f"表里没有“{unknown}”这一列", f"列名有 {'、'.join(sheet.headings[:20])}")
    return tuple(_use(data.get(heading), place, heading) for heading in sheet.headings)


def _use(entry: Any, place: str, heading: str) -> Use:
    parts = [entry] if isinstance(entry, str) else [] if entry is None else entry
    if not isinstance(parts, list) or len(parts) > 2 or not all(isinstance(part, str) for part in parts):
        raise InputError(place, f"“{heading}”写的看不懂", "写事实名，或 [事实名, 单位]，如 [revenue, 万元]")
    return Use(*parts)


def uses_file(sheet: Sheet, uses: Sequence[Use]) -> Iterator[str]:
    """The lines of a mapping file that `read_uses` reads back."""
    for heading, use in zip(sheet.headings, uses, strict=True):
        if use.fact:
            value = f"[{use.fact}, {use.unit!r}]" if use.unit else use.fact
            yield f'"{heading}": {value}'


def _key(headings: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(headings).encode()).hexdigest()
