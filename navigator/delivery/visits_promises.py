"""What was promised to an enterprise on a visit: open until it is kept or withdrawn with a reason; steps are only ever added.

It never changes its words or its day: what was written wrong is withdrawn and promised anew. Visits themselves are in `visits`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.fulfilment import text_of
from navigator.delivery.teams import name_of
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.dates import today as this_day
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of
from navigator.store.visit_tables import VisitPromiseRow, VisitPromiseStepRow, VisitRow

STATES: dict[str, str] = {"open": "还没办", "kept": "办到了", "withdrawn": "撤回了"}
STEPS: dict[str, str] = {"make": "答应", "keep": "办到", "withdraw": "撤回", "reopen": "重新打开"}
LONGEST_WORDS = 500
LONGEST_LIST = 100_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised: in what words, by when, and who sees to it (empty: whoever writes it down)."""

    words: str
    due_on: date
    keeper: str = ""


@dataclass(frozen=True, slots=True)
class PromiseStep:
    """One step of a promise."""

    step: str
    day: date
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as it stands; `steps` are told with a visit only."""

    id: int
    visit_id: int
    enterprise_id: int
    uscc: str
    name: str
    region: str | None
    words: str
    made_on: date
    due_on: date
    keeper: str
    state: str
    settled_on: date | None
    made_by: str
    steps: tuple[PromiseStep, ...] = ()

    def is_late(self, as_of: date) -> bool:
        """Open after its last day."""
        return self.state == "open" and self.due_on < as_of


@dataclass(frozen=True, slots=True)
class WantedPromises:
    """Which promises: a state or "late" ("" all), of a visit, of invented enterprises."""

    stage: str = ""
    visit: int | None = None
    example: bool = False


def subject(number: int) -> str:
    """What the log calls a promise."""
    return f"promise:{number}"


# ---- read


def list_promises(
    actor: Actor | None, wanted: WantedPromises, as_of: date, *, limit: int = 20, offset: int = 0
) -> tuple[list[Promised], int]:
    """Promises, open ones first and by last day, and how many there are in all; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        count = select(func.count(VisitPromiseRow.id)).select_from(VisitPromiseRow).join(VisitRow).join(EnterpriseRow)
        total = session.scalar(_chosen(count, actor, wanted, as_of)) or 0
        order = (VisitPromiseRow.state != "open", VisitPromiseRow.due_on, VisitPromiseRow.id)
        query = _chosen(_query(), actor, wanted, as_of).order_by(*order).limit(limit).offset(offset)
        found = [_promised(*row) for row in session.execute(query)]
    audit(actor, "看答应的事", "promise:", {"行数": len(found)})
    return found, total


def count_open(actor: Actor | None, as_of: date, *, example: bool = False) -> tuple[int, int]:
    """How many promises are open, and how many of them late: the alarm. For the team, of their region."""
    actor = need(actor, "team")
    late = VisitPromiseRow.due_on < as_of
    query = select(late, func.count()).select_from(VisitPromiseRow).join(VisitRow).join(EnterpriseRow).group_by(late)
    with reading() as session:
        wanted = WantedPromises("open", example=example)
        found = {bool(is_late): number for is_late, number in session.execute(_chosen(query, actor, wanted, as_of))}
    return sum(found.values()), found.get(True, 0)


def open_promises(
    session: Session, enterprises: Sequence[int] | None = None, region: str | None = None
) -> dict[int, list[Promised]]:
    """The open promises of each of these enterprises (None: of all, or of all of a region), by last day; the caller has checked who asks."""
    query = _query().where(VisitPromiseRow.state == "open").order_by(VisitPromiseRow.due_on, VisitPromiseRow.id)
    if region is not None:
        query = query.where(EnterpriseRow.region == region)
    parts = [query] if enterprises is None else [
        query.where(EnterpriseRow.id.in_(enterprises[start : start + _AT_ONCE]))
        for start in range(0, len(enterprises), _AT_ONCE)
    ]  # fmt: skip
    found: dict[int, list[Promised]] = {}
    for part in parts:
        for row in session.execute(part):
            one = _promised(*row)
            found.setdefault(one.enterprise_id, []).append(one)
    return found


def promises_of(session: Session, visits: Sequence[int]) -> dict[int, list[Promised]]:
    """All promises of each of these visits with their steps, in the order they were made; the caller has checked who asks."""
    steps: dict[int, list[PromiseStep]] = {}
    query = select(VisitPromiseStepRow).join(VisitPromiseRow).where(VisitPromiseRow.visit_id.in_(visits))
    for step in session.scalars(query.order_by(VisitPromiseStepRow.id)):
        steps.setdefault(step.promise_id, []).append(PromiseStep(step.step, step.day, step.text, step.at, step.by))
    found: dict[int, list[Promised]] = {}
    for row in session.execute(_query().where(VisitRow.id.in_(visits)).order_by(VisitPromiseRow.id)):
        one = _promised(*row)
        found.setdefault(one.visit_id, []).append(replace(one, steps=tuple(steps.get(one.id, ()))))
    return found


def _query() -> Select[*tuple[Any, ...]]:
    return (
        select(VisitPromiseRow, VisitRow.visited_on, EnterpriseRow)
        .join(VisitRow, VisitRow.id == VisitPromiseRow.visit_id)
        .join(EnterpriseRow, EnterpriseRow.id == VisitRow.enterprise_id)
    )


def _chosen(
    query: Select[*tuple[Any, ...]], actor: Actor, wanted: WantedPromises, as_of: date
) -> Select[*tuple[Any, ...]]:
    one, whole = VisitPromiseRow.visit_id == wanted.visit, EnterpriseRow.example.is_(wanted.example)
    query = query.where(in_region_of(actor), whole if wanted.visit is None else one)
    if wanted.stage == "late":
        return query.where(VisitPromiseRow.state == "open", VisitPromiseRow.due_on < as_of)
    return query.where(VisitPromiseRow.state == wanted.stage) if wanted.stage else query


# ---- step by step


def put_promises(
    session: Session, visit: VisitRow, promises: Sequence[Promise], actor: Actor, now: datetime
) -> list[int]:
    """Write down what was promised on a visit; the caller has checked who acts and logs it."""
    made = []
    for one in promises:
        words, keeper = text_of(one.words, "答应的事", LONGEST_WORDS), one.keeper.replace("\0", "").strip()
        if len(keeper) > 64:
            raise InputError("谁来办", f"有 {len(keeper)} 个字", "最多 64 个字")
        if one.due_on < visit.visited_on:
            raise InputError("答应哪天办到", f"写的是 {one.due_on}", f"不能早于走访那天（{visit.visited_on}）")
        row = VisitPromiseRow(
            visit_id=visit.id, words=words, due_on=one.due_on, keeper=keeper or actor.name, state="open", settled_on=None,
            made_by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _add_step(session, row, "make", visit.visited_on, words, actor, now)
        made.append(row.id)
    return made


def add_promise(actor: Actor | None, number: int, promise: Promise, *, now: datetime | None = None) -> int:
    """Write down another thing that was promised on a visit; gives its number. The same one, still open, is not written again. For the
    team, of their region."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    with transaction() as session:
        visit = visit_row(session, actor, number, changing=True)
        same = (
            VisitPromiseRow.words == promise.words.replace("\0", "").strip(),
            VisitPromiseRow.due_on == promise.due_on,
        )
        mine = (VisitPromiseRow.visit_id == number, VisitPromiseRow.state == "open")
        known = session.scalar(select(VisitPromiseRow.id).where(*mine, *same).limit(1))
        if known is not None:
            return known
        made = put_promises(session, visit, (promise,), actor, now)[0]
        about = {"走访": number, "期限": promise.due_on.isoformat()}
        audit(actor, "记答应的事", subject(made), about, within=session, now=now)
        _renew_worklist(session, visit.id, now.astimezone(SHANGHAI).date())
        return made


def keep_promise(
    actor: Actor | None, number: int, text: str, day: date, today: date, *, now: datetime | None = None
) -> None:
    """办到: how, and on which day. For the team, of their region."""
    actor = need(actor, "team")
    _step(actor, number, "open", "kept", "keep", day, today, text_of(text, "怎么办到的", LONGEST_WORDS), now)


def withdraw_promise(
    actor: Actor | None, number: int, reason: str, today: date, *, now: datetime | None = None
) -> None:
    """撤回, with the reason the enterprise is told; after its last day it counts as not kept. For the team, of their region."""
    actor = need(actor, "team")
    reason = text_of(reason, "撤回的原因", LONGEST_WORDS)
    _step(actor, number, "open", "withdrawn", "withdraw", today, today, reason, now)


def reopen_promise(actor: Actor | None, number: int, reason: str, today: date, *, now: datetime | None = None) -> None:
    """Open one again that was not kept after all, or not to be withdrawn. For the team, of their region."""
    actor = need(actor, "team")
    reason = text_of(reason, "重新打开的原因", LONGEST_WORDS)
    _step(actor, number, "", "open", "reopen", today, today, reason, now)


def _step(
    actor: Actor, number: int, before: str, after: str, step: str, day: date, today: date, text: str, now: datetime | None
) -> None:  # fmt: skip
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = _row(session, actor, number, changing=True)
        if row.state == after or (before and row.state != before):
            raise InputError("答应的事", f"现在是“{STATES[row.state]}”", "请刷新页面，看现在该做哪一步")
        last = session.scalar(select(func.max(VisitPromiseStepRow.day)).where(VisitPromiseStepRow.promise_id == number))
        if day > today or (last is not None and day < last):
            raise InputError("哪天", f"写的是 {day}", f"应在 {last} 到 {today} 之间")
        row.state, row.settled_on = after, None if after == "open" else day
        _add_step(session, row, step, day, text, actor, now)
        audit(actor, f"答应的事{STEPS[step]}", subject(number), {"现在": STATES[after]}, within=session, now=now)
        _renew_worklist(session, row.visit_id, today)


def _renew_worklist(session: Session, visit: int, today: date) -> None:
    from navigator.delivery.worklist import renew_of  # which itself asks here for open promises

    session.flush()
    renew_of(session, session.get_one(VisitRow, visit).enterprise_id, today)


# ---- export


def export_promises(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """Promises as CSV. Parameters: stage, example (1). For staff, of their region."""
    actor, today = need(actor, "staff"), this_day()
    wanted = WantedPromises(parameters.get("stage", ""), example=parameters.get("example") == "1")
    with reading() as session:
        query = _chosen(_query(), actor, wanted, today).order_by(VisitPromiseRow.id).limit(LONGEST_LIST)
        found = [_promised(*row) for row in session.execute(query)]
    audit(actor, "下载答应的事", "promise:", {"行数": len(found)})
    header = (
        "统一社会信用代码", "企业", "区域", "走访日期", "答应了什么", "哪天以前", "谁来办", "现在", "办到或撤回的日子", "是否超期", "谁记的",
    )  # fmt: skip
    rows = (
        (
            one.uscc, one.name, one.region or "区域未知", one.made_on, one.words, one.due_on, one.keeper, STATES[one.state],
            one.settled_on or "", "超期" if one.is_late(today) else "", one.made_by,
        )
        for one in found
    )  # fmt: skip
    return csv_download(f"{'示例_' if wanted.example else ''}走访时答应的事.csv", header, rows)


# ---- shared


def visit_row(session: Session, actor: Actor, number: int, *, changing: bool = False) -> VisitRow:
    """A visit the actor may see; InputError otherwise. Changes wait for one another."""
    query = select(VisitRow).join(EnterpriseRow).where(VisitRow.id == number, in_region_of(actor))
    row = session.scalar(query.with_for_update(of=VisitRow) if changing else query)
    if row is None:
        raise InputError("走访记录", "没有这一次", "从“走访记录”里选；也可能归别的区域管")
    return row


def _row(session: Session, actor: Actor, number: int, *, changing: bool = False) -> VisitPromiseRow:
    query = select(VisitPromiseRow).join(VisitRow).join(EnterpriseRow)
    query = query.where(VisitPromiseRow.id == number, in_region_of(actor))
    row = session.scalar(query.with_for_update(of=VisitPromiseRow) if changing else query)
    if row is None:
        raise InputError("答应的事", "没有这一件", "从“走访记录”里选；也可能归别的区域管")
    return row


def _add_step(
    session: Session, row: VisitPromiseRow, step: str, day: date, text: str, actor: Actor, now: datetime
) -> None:
    session.add(VisitPromiseStepRow(promise_id=row.id, step=step, day=day, text=text, at=now, by=actor.name))


def _promised(row: VisitPromiseRow, made_on: date, firm: EnterpriseRow) -> Promised:
    return Promised(
        row.id, row.visit_id, firm.id, firm.uscc, name_of(firm), firm.region, row.words, made_on, row.due_on, row.keeper, row.state,
        row.settled_on, row.made_by,
    )  # fmt: skip
