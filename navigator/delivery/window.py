"""窗口办理: a case as it is brought to a window, what came of it, what came later, and which measures windows handle.

A case keeps its last result; every result before it stays as an event. Cases of other systems come in by `window_import`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.model import Measure
from navigator.delivery.fulfilment import text_of
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching import dates
from navigator.matching.assess import assess
from navigator.matching.assessment import MeasureResult
from navigator.matching.rulebook import rulebook_for
from navigator.papers import fewer_papers
from navigator.store.audit import audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import Enterprise, add_enterprise, in_region_of, read_enterprise
from navigator.store.fulfilment_tables import CaseEventRow, HandledRow
from navigator.store.judging_tables import CaseRow

SYSTEM = "荆策通"
RESULTS: dict[str, str] = {"accepted": "受理", "supplement": "一次性补正", "refused": "不予受理"}
REASONS: dict[str, str] = {
    "not_eligible": "条件不符",
    "papers": "材料不齐",
    "not_open": "不在受理期",
    "elsewhere": "不归本窗口",
    "other": "其他",
}
_NUMBERS = 420821
_TO_SAY = {"not_eligible": "哪一条条件不符", "papers": "缺哪些材料", "other": "是什么原因"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A measure that an enterprise could bring to a window today. `fits` is None where facts are missing."""

    measure: Measure
    fits: bool | None
    missing: tuple[str, ...]
    papers: tuple[str, ...]
    spared: tuple[str, ...]
    confirm: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its last result."""

    id: int
    system: str
    number: str
    enterprise_id: int
    enterprise: str
    uscc: str
    measure_id: str
    measure: str
    example: bool
    region: str | None
    office: str
    brought: date
    result: str
    reason: str | None
    remark: str
    by: str


@dataclass(frozen=True, slots=True)
class Event:
    """One result of a case."""

    day: date
    result: str
    reason: str | None
    remark: str
    corrects: bool
    by: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a window says of a case: the result, for a refusal the reason, and in words which papers or condition."""

    result: str
    reason: str | None = None
    remark: str = ""

    def checked(self) -> Decided:
        """The same with its words in order; InputError where something is left open."""
        if self.result not in RESULTS:
            raise InputError("结果", "没有选", f"在{'、'.join(RESULTS.values())}里选一个")
        remark = self.remark.replace("\0", "").strip()
        if self.result == "supplement":
            return Decided("supplement", None, text_of(remark, "要补正哪些材料"))
        if self.result == "accepted":
            return Decided("accepted", None, remark[:500])
        if self.reason not in REASONS:
            raise InputError("不予受理的原因", "没有选", f"在{'、'.join(REASONS.values())}里选一个")
        if self.reason in _TO_SAY:
            remark = text_of(remark, _TO_SAY[self.reason])
        return Decided("refused", self.reason, remark[:500])


def offers(record: Enterprise, as_of: date) -> list[Offer]:
    """The measures open today that an enterprise fits, then those where facts are missing. A window's own look; nothing is kept."""
    found = assess(record.profile, as_of)
    wanted = [
        one
        for one in found.measures
        if one.status in ("eligible", "needs_info")
        and one.measure.delivery in ("申请审核", "自行申报享受")
        and one.apply_state in ("open", "always", "unknown")
    ]
    return sorted((_offer(one, as_of) for one in wanted), key=lambda one: (one.fits is None, one.measure.name))


def _offer(one: MeasureResult, as_of: date) -> Offer:
    return _offer_of(one.measure, True if one.status == "eligible" else None, tuple(one.missing), as_of)


def offer_of(measure_id: str, as_of: date) -> Offer:
    """One measure whatever the record says, for an enterprise of which little is known."""
    compiled = rulebook_for(as_of).by_id.get(measure_id)
    if compiled is None:
        raise InputError("政策", "没有这一项", "从列表里选")
    return _offer_of(compiled.measure, None, (), as_of)


def _offer_of(measure: Measure, fits: bool | None, missing: tuple[str, ...], as_of: date) -> Offer:
    corpus = rulebook_for(as_of).corpus
    spared = tuple(one.line for one in fewer_papers(corpus, measure, as_of))
    conditions = tuple(one.text for one in measure.conditions)
    return Offer(measure, fits, missing, tuple(measure.apply.materials), spared, tuple(measure.confirm), conditions)


def open_measures(as_of: date) -> dict[str, str]:
    """What can be brought to a window on a day: id and name."""
    found = [one.measure for one in rulebook_for(as_of).measures if is_regular(one.measure, as_of)]
    taken = [one for one in found if dates.apply_state(one, as_of) in ("open", "always", "unknown")]
    return {one.id: one.name for one in sorted(taken, key=lambda one: one.name)}


def is_regular(measure: Measure, as_of: date) -> bool:
    """In force, and to be applied or filed for: neither 免申即享 nor a bank's matter."""
    return measure.delivery in ("申请审核", "自行申报享受") and dates.period(measure, as_of) == "in_force"


def add_in_seconds(actor: Actor | None, uscc: str, name: str, region: str, day: date) -> Enterprise:
    """A record with the little a window knows, so that the case can be taken."""
    actor = need(actor, "staff")
    facts = {"uscc": uscc.strip().upper(), "name": text_of(name, "企业名称", 100), "region": region}
    return add_enterprise(actor, facts, source="窗口登记", on=day)


def take_case(
    actor: Actor | None,
    uscc: str,
    measure_id: str,
    decided: Decided,
    office: str,
    *,
    day: date,
    now: datetime | None = None,
) -> Case:
    """Keep a case brought on a day, with a number of its own. For staff, of enterprises of their region."""
    actor = need(actor, "staff")
    decided, office, now = decided.checked(), text_of(office, "窗口", 64), now or datetime.now(UTC)
    if measure_id not in rulebook_for(day).by_id:
        raise InputError("政策", "没有这一项", "从列表里选")
    record = read_enterprise(actor, uscc)
    with transaction() as session:
        one_at_a_time(session, _NUMBERS)
        row = CaseRow(
            system=SYSTEM, number=_number(session, day), enterprise_id=record.id, measure_id=measure_id,
            example=record.example, region=actor.region, office=office, brought=day, result=decided.result,
            reason=decided.reason, remark=decided.remark, at=now, by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        add_event(session, row, day, corrects=False)
        about = {"编号": row.number, "政策": measure_id, "结果": words_of(row.result, row.reason)}
        audit(actor, "窗口收件", f"enterprise:{record.uscc}", about, within=session, now=now)
        return _case(row, record.name, record.uscc)


def _number(session: Session, day: date) -> str:
    start = f"{day:%Y%m%d}"
    last = session.scalar(
        select(func.max(CaseRow.number)).where(CaseRow.system == SYSTEM, CaseRow.number.startswith(start))
    )
    return f"{start}{int(last[8:]) + 1 if last else 1:05d}"


def add_event(session: Session, row: CaseRow, day: date, *, corrects: bool) -> None:
    """Write the result a case has now as its latest event."""
    session.add(
        CaseEventRow(
            case_id=row.id, day=day, result=row.result, reason=row.reason, remark=row.remark, corrects=corrects,
            at=row.at, by=row.by,
        )
    )  # fmt: skip


def add_result(actor: Actor | None, case: int, decided: Decided, *, day: date, now: datetime | None = None) -> Case:
    """What came of a case later (补正 → 受理). An accepted case is only put right by `correct`."""
    actor = need(actor, "staff")
    return _decide(actor, case, decided.checked(), day, "", now)


def correct(
    actor: Actor | None, case: int, decided: Decided, why: str, *, day: date, now: datetime | None = None
) -> Case:
    """The last result was a mistake: put it right, with a reason."""
    actor = need(actor, "staff")
    return _decide(actor, case, decided.checked(), day, text_of(why, "更正的原因"), now)


def _decide(actor: Actor, case: int, decided: Decided, day: date, why: str, now: datetime | None) -> Case:
    with transaction() as session:
        row = session.scalar(select(CaseRow).where(CaseRow.id == case, cases_of(actor)).with_for_update())
        if row is None:
            raise InputError("办件", "没有这一件", "从今天的办件里选；也可能归别的区域管")
        if row.result == "accepted" and not why:
            raise InputError("办件", "已经受理", "记错了的用“更正”，写明原因")
        if day < row.brought:
            raise InputError("日期", f"{day} 早于收件的 {row.brought}", "填收件以后的日期")
        before = words_of(row.result, row.reason)
        row.result, row.reason, row.remark = decided.result, decided.reason, decided.remark
        row.at, row.by = now or datetime.now(UTC), actor.name
        add_event(session, row, day, corrects=bool(why))
        record = session.get_one(EnterpriseRow, row.enterprise_id)
        about = {"编号": row.number, "结果": [before, words_of(row.result, row.reason)]} | (
            {"原因": why} if why else {}
        )
        audit(actor, "更正办件" if why else "办件有结果", f"enterprise:{record.uscc}", about, within=session, now=now)
        return _case(row, _name(record), record.uscc)


def cases(
    actor: Actor | None,
    first: date,
    last: date,
    *,
    example: bool = False,
    result: str = "",
    limit: int = 100,
    offset: int = 0,
) -> tuple[list[Case], int]:
    """Cases brought between two days, the newest first, and how many. The look stands in the log. For staff, of their windows."""
    actor = need(actor, "staff")
    where: list[ColumnElement[bool]] = [
        CaseRow.brought.between(first, last),
        CaseRow.example.is_(example),
        cases_of(actor),
    ]
    if result:
        where.append(CaseRow.result == result)
    with reading() as session:
        total = session.scalar(select(func.count(CaseRow.id)).where(*where)) or 0
        query = select(CaseRow, EnterpriseRow).join(EnterpriseRow, EnterpriseRow.id == CaseRow.enterprise_id)
        rows = session.execute(query.where(*where).order_by(CaseRow.id.desc()).limit(limit).offset(offset)).all()
    audit(actor, "看窗口办件", "window:", {"行数": len(rows)})
    return [_case(row, _name(record), record.uscc) for row, record in rows], total


def events(actor: Actor | None, case: int) -> list[Event]:
    """All results of a case in order. For staff, of their windows."""
    actor = need(actor, "staff")
    with reading() as session:
        query = (
            select(CaseEventRow)
            .join(CaseRow, CaseRow.id == CaseEventRow.case_id)
            .where(CaseRow.id == case, cases_of(actor))
            .order_by(CaseEventRow.id)
        )
        return [
            Event(row.day, row.result, row.reason, row.remark, row.corrects, row.by) for row in session.scalars(query)
        ]


def export_cases(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """Cases as CSV. Parameters: from, to, example (1). For staff, of their windows."""
    actor = need(actor, "staff")
    first, last = (dates.read_day(parameters.get(name, ""), "日期") for name in ("from", "to"))
    example = parameters.get("example") == "1"
    found, _ = cases(actor, first, last, example=example, limit=100_000)
    header = (
        "系统",
        "编号",
        "名称",
        "统一社会信用代码",
        "政策",
        "窗口",
        "区域",
        "收件日",
        "结果",
        "原因",
        "说明",
        "经手人",
    )
    rows = (
        (
            one.system, one.number, one.enterprise, one.uscc, one.measure, one.office, one.region or "市本级", one.brought,
            RESULTS[one.result], REASONS.get(one.reason or "", ""), one.remark, one.by,
        )
        for one in found
    )  # fmt: skip
    return csv_download(f"{'示例_' if example else ''}窗口办件_{first}_{last}.csv", header, rows)


def cases_of(actor: Actor) -> ColumnElement[bool]:
    """The part of a query that keeps to the cases an actor may see: those of the windows of their region."""
    return true() if actor.region is None else CaseRow.region == actor.region


def words_of(result: str, reason: str | None) -> str:
    """不予受理（条件不符）."""
    return RESULTS[result] + (f"（{REASONS.get(reason, reason)}）" if reason else "")


def _case(row: CaseRow, name: str, uscc: str) -> Case:
    compiled = rulebook_for(row.brought).by_id.get(row.measure_id)
    return Case(
        row.id, row.system, row.number, row.enterprise_id, name, uscc, row.measure_id,
        compiled.measure.name if compiled else row.measure_id, row.example, row.region, row.office, row.brought,
        row.result, row.reason, row.remark, row.by,
    )  # fmt: skip


def _name(row: EnterpriseRow) -> str:
    return str(row.facts["name"][0]) if "name" in row.facts else row.uscc


def record_ids(session: Session, actor: Actor, where: ColumnElement[bool]) -> Sequence[Any]:
    """Id, example and code of records an actor may see."""
    query = select(EnterpriseRow.id, EnterpriseRow.example, EnterpriseRow.uscc, EnterpriseRow.name)
    return session.execute(query.where(where, in_region_of(actor))).all()


# ---- which measures windows handle


def set_handled(
    actor: Actor | None,
    measure_ids: Sequence[str],
    handled: bool | None,
    office: str = "",
    *,
    now: datetime | None = None,
) -> None:
    """Say of measures whether a window of the actor's region (the city's own without one) handles them; None: unknown again."""
    actor = need(actor, "staff")
    place = actor.region or ""
    office = text_of(office, "窗口", 64) if handled else office.strip()[:64]
    with transaction() as session:
        one_at_a_time(session, _NUMBERS)
        for measure_id in measure_ids:
            query = select(HandledRow).where(HandledRow.measure_id == measure_id, HandledRow.region == place)
            row = session.scalar(query)
            if row is not None:
                session.delete(row)
                session.flush()
            if handled is not None:
                session.add(
                    HandledRow(
                        measure_id=measure_id, region=place, handled=handled, office=office, remark="",
                        at=now or datetime.now(UTC), by=actor.name,
                    )
                )  # fmt: skip
        told = "不清楚" if handled is None else "受理" if handled else "不受理"
        about = {"事项": "、".join(measure_ids)[:500], "窗口": office, "是不是受理": told}
        audit(actor, "登记窗口受理的事项", "window:", about, within=session, now=now)


def handled_by(session: Session, region: str | None) -> dict[str, dict[str, tuple[bool, str]]]:
    """For each measure by region (empty: the city's own window) whether it is handled and where; of one region or all."""
    found: dict[str, dict[str, tuple[bool, str]]] = {}
    query = select(HandledRow)
    if region is not None:
        query = query.where(HandledRow.region.in_((region, "")))
    for row in session.scalars(query):
        found.setdefault(row.measure_id, {})[row.region] = (row.handled, row.office)
    return found


def read_handled(actor: Actor | None) -> dict[str, tuple[bool, str]]:
    """What the actor's own region (the city without one) has said of its measures. For staff."""
    actor = need(actor, "staff")
    place = actor.region or ""
    with reading() as session:
        rows = session.scalars(select(HandledRow).where(HandledRow.region == place)).all()
    return {row.measure_id: (row.handled, row.office) for row in rows}
