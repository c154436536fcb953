"""Judging drawn pushes: which comes next, what the judge is shown, and the verdict: 对, 错 or 查不清.

Nobody sees an earlier answer before giving their own: two may judge a push, each blind; where they differ, a third person, or the two
together, settles it with both before them. Verdicts are only ever added. Nobody picks what to judge: the order is by chance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.model import FactSpec
from navigator.delivery import counting
from navigator.delivery.counting import counted
from navigator.delivery.grounds import Plain, read_ground, substance
from navigator.delivery.metrics import LOOKED, looked_at
from navigator.errors import InputError
from navigator.matching.assess import show_value
from navigator.matching.dates import today
from navigator.matching.language import Value
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.store.audit import audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import Enterprise, in_region_of, read_enterprise
from navigator.store.judging_tables import ItemRow, JudgementRow, SampleRow, StratumRow
from navigator.store.push_tables import BatchRow, PushRow, SubjectRow
from navigator.store.tables import AuditRow

Task = Literal["first", "second", "settle"]
TASKS: dict[Task, str] = {"first": "评判", "second": "复评", "settle": "定案"}
Verdict = Literal["right", "wrong", "unsure"]
VERDICTS: dict[str, str] = {"right": "对", "wrong": "错", "unsure": "查不清"}
LONGEST_REMARK = 1_000
_JUDGING = 420812


@dataclass(frozen=True, slots=True)
class Seen:
    """A condition as the judge sees it: what it was when pushed and what it is now. Outcomes are None where undecided."""

    text: str
    source: str
    then: bool | None
    then_facts: tuple[tuple[str, str], ...]
    now: bool | None
    now_facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What somebody else found: shown only to whoever settles, or has judged already."""

    judge: str
    verdict: str
    remark: str
    settles: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A drawn push before a judge. `task` is what they may do with it; None: nothing, and `why` says why."""

    id: int
    month: int
    measure: str
    name: str
    enterprise: int
    enterprise_name: str
    uscc: str
    region: str | None
    example: bool
    office: str
    sent: datetime
    pushed_as_of: date
    conditions: tuple[Seen, ...]
    is_changed: bool
    """The measure's conditions are not those of the push any more."""
    confirm: tuple[str, ...]
    earlier: tuple[Earlier, ...]
    task: Task | None
    why: str


def next_item(actor: Actor | None, month: int, task: Task = "first", *, example: bool = False) -> int | None:
    """The next drawn push of a month for this judge; None where nothing is left. For staff, of their region.

    The order is by chance, another for each judge: two who begin together rarely meet.
    """
    actor = need(actor, "staff")
    with reading() as session:
        waiting = session.scalars(_waiting(actor, month, task, example)).all()
    return min(waiting, key=lambda item: hashlib.sha256(f"{actor.name}:{item}".encode()).digest(), default=None)


def waiting_for(actor: Actor | None, month: int, *, example: bool = False) -> dict[Task, int]:
    """How many drawn pushes wait for this judge, by what is to be done. For staff, of their region."""
    actor = need(actor, "staff")
    with reading() as session:
        return {
            task: session.scalar(select(func.count()).select_from(_waiting(actor, month, task, example).subquery()))
            or 0
            for task in TASKS
        }


def _waiting(actor: Actor, month: int, task: Task, example: bool) -> Any:
    given = counting.verdicts()
    mine = select(JudgementRow.item_id).where(JudgementRow.judge == actor.name)
    judges = func.coalesce(given.c.judges, 0)
    place = true() if actor.region is None else PushRow.region == actor.region
    query = (
        select(ItemRow.id)
        .join(StratumRow, StratumRow.id == ItemRow.stratum_id)
        .join(SampleRow, SampleRow.id == StratumRow.sample_id)
        .join(PushRow, PushRow.id == ItemRow.push_id)
        .join(EnterpriseRow, EnterpriseRow.id == PushRow.enterprise_id)
        .outerjoin(given, given.c.item_id == ItemRow.id)
        .where(SampleRow.month == month, SampleRow.example.is_(example), counted(example), place)
        .where(in_region_of(actor))
    )
    match task:
        case "first":
            return query.where(judges == 0)
        case "second":
            return query.where(judges == 1, ItemRow.id.not_in(mine), ~_has_looked(actor, month))
    return query.where(judges > 1, given.c.verdict.is_(None))


def _has_looked(actor: Actor, month: int) -> ColumnElement[bool]:
    """This actor has looked at verdicts since the item was judged."""
    return exists().where(
        AuditRow.actor == actor.name,
        AuditRow.action == LOOKED,
        AuditRow.subject == looked_at(month),
        JudgementRow.item_id == ItemRow.id,
        JudgementRow.at <= AuditRow.at,
    )


def open_item(actor: Actor | None, item: int, as_of: date | None = None) -> Item:
    """A drawn push with all a judge needs: record then and now, conditions with sources. The look stands in the log. For staff,
    of their region."""
    actor = need(actor, "staff")
    as_of = as_of or today()
    with reading() as session:
        row = _row(session, actor, item)
        ground = read_ground(session, row.push_id)
        judged = session.scalars(
            select(JudgementRow).where(JudgementRow.item_id == item).order_by(JudgementRow.id)
        ).all()
        task, why = _task(session, actor, row.month, judged, item)
    if ground is None:
        raise InputError("推送", "找不到当时的依据", "请管理员看看库是不是完整")
    record = read_enterprise(actor, row.uscc)
    conditions, is_changed = _conditions(ground.conditions, ground.facts, row, record, as_of)
    compiled = rulebook_for(row.as_of).by_id.get(row.measure_id)
    may_see = task == "settle" or any(one.judge == actor.name for one in judged)
    audit(actor, "看抽查的推送", f"enterprise:{row.uscc}", {"推送": row.push_id, "事项": row.measure_id})
    return Item(
        item, row.month, row.measure_id, row.name, record.id, record.name, record.uscc, record.region, record.example,
        row.office, row.sent, row.as_of, conditions, is_changed,
        tuple(compiled.measure.confirm) if compiled else (),
        tuple(Earlier(one.judge, one.verdict, one.remark, one.settles) for one in judged) if may_see else (),
        task, why,
    )  # fmt: skip


def judge(
    actor: Actor | None,
    item: int,
    verdict: str,
    remark: str = "",
    *,
    settles: bool = False,
    now: datetime | None = None,
) -> None:
    """Keep a verdict. Blind where it is the first or the second; `settles` where two differ, with a remark that says why. For staff,
    of their region."""
    actor = need(actor, "staff")
    remark = remark.replace("\0", "").strip()
    _check(verdict, remark, settles)
    now = now or datetime.now(UTC)
    with transaction() as session:
        one_at_a_time(session, _JUDGING)
        row = _row(session, actor, item)
        judged = session.scalars(select(JudgementRow).where(JudgementRow.item_id == item)).all()
        task, why = _task(session, actor, row.month, judged, item)
        if task is None or (task == "settle") is not settles:
            raise InputError(
                "评判", why or "两个人已经评过，判得不一样", "请看下一条" if why else "要定案请看着两个人的说法定"
            )
        session.add(
            JudgementRow(item_id=item, judge=actor.name, verdict=verdict, settles=settles, remark=remark, at=now)
        )
        about = {"推送": row.push_id, "事项": row.measure_id, "评判": VERDICTS[verdict]}
        audit(actor, "定案" if settles else "评判推送", f"enterprise:{row.uscc}", about, within=session, now=now)


def _check(verdict: str, remark: str, settles: bool) -> None:
    if verdict not in VERDICTS:
        raise InputError("评判", "没有选", f"在 {'、'.join(VERDICTS.values())} 里选一个")
    if len(remark) > LONGEST_REMARK:
        raise InputError("说明", f"有 {len(remark)} 个字", f"最多 {LONGEST_REMARK} 个字")
    if (settles or verdict == "wrong") and not remark:
        raise InputError("说明", "没有写", "判错的写明哪里错；定案的写明为什么、和谁商定")


def _task(
    session: Session, actor: Actor, month: int, judged: Sequence[JudgementRow], item: int
) -> tuple[Task | None, str]:
    """What this actor may do with an item, or why nothing."""
    blind = [one for one in judged if not one.settles]
    if any(one.settles for one in judged):
        return None, "这一条已经定案"
    if len(blind) > 1:
        differ = len({one.verdict for one in blind}) > 1
        return ("settle", "") if differ else (None, "两个人已经评过，判得一样")
    if any(one.judge == actor.name for one in blind):
        return None, "这一条您已经评过"
    if not blind:
        return "first", ""
    looked = session.scalar(select(ItemRow.id).where(ItemRow.id == item, _has_looked(actor, month)))
    return (None, "您看过这个月的抽查结论，不能再复评") if looked else ("second", "")


def _row(session: Session, actor: Actor, item: int) -> Any:
    place = true() if actor.region is None else PushRow.region == actor.region
    query = (
        select(
            ItemRow.push_id,
            SampleRow.month,
            SubjectRow.measure_id,
            SubjectRow.name,
            SubjectRow.substance,
            EnterpriseRow.uscc,
            BatchRow.office,
            BatchRow.as_of,
            PushRow.sent,
        )
        .select_from(ItemRow)
        .join(StratumRow, StratumRow.id == ItemRow.stratum_id)
        .join(SampleRow, SampleRow.id == StratumRow.sample_id)
        .join(PushRow, PushRow.id == ItemRow.push_id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .join(EnterpriseRow, EnterpriseRow.id == PushRow.enterprise_id)
        .join(BatchRow, BatchRow.id == PushRow.batch_id)
        .where(ItemRow.id == item, place, in_region_of(actor))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise InputError("抽查", "没有找到这一条", "请从“评判”里看下一条；也可能归别的区域管")
    return row


def _conditions(
    kept: Sequence[tuple[str, str, bool | None]],
    facts: Mapping[str, Plain],
    row: Any,
    record: Enterprise,
    as_of: date,
) -> tuple[tuple[Seen, ...], bool]:
    """Each condition then and now, and whether the measure has changed since."""
    book = rulebook_for(row.as_of)
    specs = book.facts.specs
    compiled = book.by_id.get(row.measure_id)
    now = book.facts.complete(record.profile).values
    if compiled is None or substance(compiled.measure) != row.substance or len(compiled.rules) != len(kept):
        whole = _values(facts, facts, specs)
        told = tuple(Seen(text, source, outcome, (), None, ()) for text, source, outcome in kept)
        return (*told, Seen("当时用到的资料", "", None, whole, None, _values(facts, now, specs))), True
    found = tuple(
        Seen(
            text,
            source,
            outcome,
            _values(rule.facts, facts, specs),
            rule.test(now, as_of),  # type: ignore[arg-type]
            _values(rule.facts, now, specs),
        )
        for (text, source, outcome), rule in zip(kept, compiled.rules, strict=True)
    )
    return found, _has_changed(rulebook_for(as_of), row)


def _has_changed(book: RuleBook, row: Any) -> bool:
    compiled = book.by_id.get(row.measure_id)
    return compiled is None or substance(compiled.measure) != row.substance


def _values(
    names: Mapping[str, Plain] | Sequence[str], values: Mapping[str, Plain | Value], specs: Mapping[str, FactSpec]
) -> tuple[tuple[str, str], ...]:
    """Label and value of each fact, for a reader."""
    return tuple((specs[name].label, _shown(values.get(name), specs[name])) for name in names if name in specs)


def _shown(value: Plain | Value, spec: FactSpec) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return show_value(value, spec)
