"""Cases from a window's own system (.csv .xlsx): columns guessed by their headings, the same number again updates, never doubles.

A row that cannot be taken is told with its reason and changes nothing.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.fulfilment import text_of
from navigator.delivery.payments import cell_text, read_day_cell
from navigator.delivery.recipients import ListTable, name_key, open_list
from navigator.delivery.window import SYSTEM, add_event, record_ids, words_of
from navigator.errors import InputError
from navigator.matching.facts import is_uscc
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.store.audit import audit
from navigator.store.engine import one_at_a_time, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import searchable
from navigator.store.judging_tables import CaseRow

COLUMNS: dict[str, str] = {
    "number": "办件编号",
    "code": "统一社会信用代码",
    "name": "企业名称",
    "measure": "事项",
    "day": "收件日期",
    "result": "结果",
    "reason": "原因",
}
_WORDS: dict[str, tuple[str, ...]] = {
    "number": ("办件编号", "受理编号", "业务编号", "申请编号", "流水号", "办件号", "编号"),
    "code": ("信用代码", "纳税人识别号", "税号"),
    "measure": ("政策名称", "事项名称", "业务名称", "办理事项", "申请事项", "政策", "事项", "业务"),
    "name": ("企业名称", "单位名称", "公司名称", "主体名称", "申请人", "申请单位", "申请企业", "企业", "单位", "名称"),
    "day": ("收件日期", "受理日期", "申请日期", "收件时间", "受理时间", "申请时间", "日期", "时间"),
    "reason": ("不予受理原因", "退件原因", "原因", "说明", "备注"),
    "result": ("办理结果", "受理结果", "结果", "办件状态", "状态"),
}
_RESULTS = (
    ("refused", re.compile(r"不予|驳回|不受理|不通过")),
    ("supplement", re.compile(r"补正|补齐|补充")),
    ("refused", re.compile(r"退件|退回")),
    ("accepted", re.compile(r"受理|准予|办结|通过|同意|许可")),
)
_REASONS = (
    ("not_eligible", re.compile(r"条件|资格|不符合")),
    ("papers", re.compile(r"材料|资料|证明|附件")),
    ("not_open", re.compile(r"受理期|申报期|期限|截止|时间")),
    ("elsewhere", re.compile(r"不归|不属|管辖|职责|别的窗口")),
)
_KEY = 420822


@dataclass(frozen=True, slots=True)
class CaseTable:
    """A table as it was opened, with the place of each column as proposed."""

    table: ListTable
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken."""

    line: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did."""

    added: int
    changed: int
    same: int
    refused: tuple[Refused, ...]


def open_cases(actor: Actor | None, data: bytes, name: str) -> CaseTable:
    """Read a table of cases. For staff; InputError where it is none."""
    actor = need(actor, "staff")
    table = open_list(actor, io.BytesIO(data), name)
    columns: dict[str, int] = {}
    for role, words in _WORDS.items():
        place = next(
            (
                at
                for word in words
                for at, heading in enumerate(table.headings)
                if word in heading and at not in columns.values()
            ),
            None,
        )
        if place is not None:
            columns[role] = place
    return CaseTable(table, columns)


def take_cases(
    actor: Actor | None,
    opened: CaseTable,
    system: str,
    office: str,
    today: date,
    *,
    columns: Mapping[str, int] | None = None,
    now: datetime | None = None,
) -> Taken:
    """Take the cases of a table under the numbers of `system`. For staff, of enterprises of their region."""
    actor = need(actor, "staff")
    system, office = text_of(system, "系统的名字", 64), text_of(office, "窗口", 64)
    if system == SYSTEM:
        raise InputError("系统的名字", f"不能叫“{SYSTEM}”", "写窗口自己的系统叫什么")
    chosen = dict(columns or opened.columns)
    lacking = [COLUMNS[role] for role in ("number", "measure", "day", "result") if role not in chosen]
    if lacking or not {"code", "name"} & chosen.keys():
        lacking += [] if {"code", "name"} & chosen.keys() else ["企业名称或统一社会信用代码"]
        raise InputError(opened.table.file, f"没有找到{'、'.join(lacking)}的列", "改一下列名，或者自己选列")
    with transaction() as session:
        one_at_a_time(session, _KEY)
        taking = _Taking(session, actor, system, office, today, now or datetime.now(UTC))
        for line, cells in opened.table.lines:
            taking.take(line, {role: cell_text(cells, place) for role, place in chosen.items()}, read_day_cell(cells, chosen["day"]))  # fmt: skip
        about = {"文件": opened.table.file, "新增": taking.added, "更新": taking.changed, "没收": len(taking.refused)}
        audit(actor, "导入窗口办件", "window:", about | {"系统": system}, within=session, now=now)
        return Taken(taking.added, taking.changed, taking.same, tuple(taking.refused))


class _Taking:
    """One import under way."""

    def __init__(self, session: Session, actor: Actor, system: str, office: str, today: date, now: datetime) -> None:
        self._session, self._actor, self._system, self._office = session, actor, system, office
        self._today, self._now = today, now
        self._measures = _measures(rulebook_for(today))
        known = session.scalars(select(CaseRow).where(CaseRow.system == system)).all()
        self._known = {row.number: row for row in known}
        self._records: dict[str, Sequence[Any]] = {}
        self.added = self.changed = self.same = 0
        self.refused: list[Refused] = []

    def take(self, line: int, cells: Mapping[str, str], day: date | None) -> None:
        """Take one row, or keep why it was not."""
        number = cells["number"][:64]
        if not any(cells.values()):
            return
        try:
            self._take(number, cells, day)
        except InputError as fault:
            self.refused.append(Refused(line, number, "：".join((fault.place, fault.found))))

    def _take(self, number: str, cells: Mapping[str, str], day: date | None) -> None:
        if not number:
            raise InputError("办件编号", "没有写")
        if day is None or day > self._today:
            raise InputError("收件日期", "读不出" if day is None else f"{day} 还没有到")
        result = result_of(cells["result"])
        if result is None:
            raise InputError("结果", f"“{cells['result'][:30]}”看不出是受理、补正还是不予受理")
        measure = self._measures.get(name_key(cells["measure"]))
        if measure is None:
            raise InputError("事项", f"“{cells['measure'][:40]}”在政策库里没有这个名字")
        record = self._record(cells)
        reason = reason_of(cells.get("reason", "")) if result == "refused" else None
        remark = cells.get("reason", "")[:500]
        row = self._known.get(number)
        if row is None:
            self._add(number, record, measure, day, (result, reason, remark))
            return
        if row.enterprise_id != record.id or row.measure_id != measure or row.region != self._actor.region:
            raise InputError("办件编号", f"{number} 已经是另一件")
        if (row.result, row.reason, row.remark, row.brought) == (result, reason, remark, day):
            self.same += 1
            return
        row.result, row.reason, row.remark, row.brought = result, reason, remark, day
        row.at, row.by = self._now, self._actor.name
        add_event(self._session, row, self._today, corrects=False)
        self.changed += 1
        self._log(record, number, result, reason)

    def _add(self, number: str, record: Any, measure: str, day: date, decided: tuple[str, str | None, str]) -> None:
        row = CaseRow(
            system=self._system, number=number, enterprise_id=record.id, measure_id=measure, example=record.example,
            region=self._actor.region, office=self._office, brought=day, result=decided[0], reason=decided[1],
            remark=decided[2], at=self._now, by=self._actor.name,
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        add_event(self._session, row, day, corrects=False)
        self._known[number] = row
        self.added += 1
        self._log(record, number, decided[0], decided[1])

    def _log(self, record: Any, number: str, result: str, reason: str | None) -> None:
        about = {"编号": number, "系统": self._system, "结果": words_of(result, reason)}
        audit(self._actor, "窗口收件", f"enterprise:{record.uscc}", about, within=self._session, now=self._now)

    def _record(self, cells: Mapping[str, str]) -> Any:
        code, name = cells.get("code", "").replace(" ", "").upper(), cells.get("name", "")
        if code and not is_uscc(code):
            raise InputError("统一社会信用代码", f"“{code[:20]}”不对")
        if not code and not name:
            raise InputError("企业", "没有名称，也没有代码")
        key = code or searchable(name)
        if key not in self._records:
            where = EnterpriseRow.uscc == code if code else EnterpriseRow.name == searchable(name)
            self._records[key] = record_ids(self._session, self._actor, where)
        found = self._records[key]
        if len(found) != 1:
            raise InputError(
                "企业", "没有档案，或者归别的区域管" if not found else f"叫“{name[:40]}”的有 {len(found)} 家，写上代码"
            )
        return found[0]


def result_of(text: str) -> str | None:
    """The result a cell speaks of; None where it cannot be told."""
    if "未" in text:
        return None
    return next((result for result, sign in _RESULTS if sign.search(text)), None)


def reason_of(text: str) -> str:
    """The reason for a refusal that words speak of; other where they speak of none in the list."""
    return next((reason for reason, sign in _REASONS if sign.search(text)), "other")


def _measures(book: RuleBook) -> dict[str, str]:
    """Measure by its id and its name; a name that two share stands for none."""
    named: dict[str, list[str]] = defaultdict(list)
    for one in book.measures:
        named[name_key(one.measure.name)].append(one.measure.id)
        named[name_key(one.measure.id)].append(one.measure.id)
    return {name: ids[0] for name, ids in named.items() if len(set(ids)) == 1}
