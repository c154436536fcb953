"""清单式管理、跟踪式督办、销号式结账: the tasks of the 45 commitments, supervision notes on them, and their close-out by a second person.

What happened to a task is only ever added; how it stood on a past day is read from that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.board import allow, link_of, unit_of, units_of
from navigator.delivery.board_plan import commitments
from navigator.delivery.fulfilment import day_of, text_of
from navigator.errors import InputError
from navigator.store.audit import audit
from navigator.store.board_tables import NoteRow, TaskEventRow, TaskRow, UnitRow
from navigator.store.engine import reading, transaction

STATES: dict[str, str] = {"open": "办理中", "asked": "等第二个人销号", "closed": "已销号", "dropped": "已删去"}
EVENTS: dict[str, str] = {
    "made": "列入清单",
    "moved": "改了期限",
    "asked": "申请销号",
    "refused": "退回销号申请",
    "closed": "销号",
    "reopened": "重新打开",
    "dropped": "删去",
}
RULE = "到了期限还没有销号的算超期。期限内申请销号、还在等第二个人看的不算超期；超过期限才申请的，销号以前都算超期；退回的、重新打开的按期限重新算。"


class Happened(NamedTuple):
    """What an event says as far as days are concerned."""

    what: str
    day: date
    due: date | None


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands on a day. `days` is how long it is overdue (0: it is not); `notes` and `notes_late` are unanswered."""

    id: int
    number: int
    title: str
    words: str
    unit_id: int
    unit: str
    region: str | None
    due: date
    state: str
    days: int
    notes: int
    notes_late: int
    asked_by: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a task."""

    what: str
    day: date
    words: str
    link: str
    due: date | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Note:
    """A supervision note: what is asked, by when to answer, the answer."""

    id: int
    task: int
    words: str
    due: date
    at: datetime
    by: str
    reply: str | None
    replied: datetime | None
    replied_by: str | None

    def is_late(self, as_of: date) -> bool:
        """Not answered, and its day has passed."""
        return self.reply is None and self.due < as_of


@dataclass(frozen=True, slots=True)
class Overdue:
    """A task that was overdue at the end of a day."""

    task: int
    number: int
    title: str
    unit_id: int
    unit: str
    due: date
    days: int


def overdue_since(events: Iterable[Happened], as_of: date) -> date | None:
    """The due day a task had missed at the end of a day, from its events in their order; None where it was not overdue."""
    due: date | None = None
    state, asked = "none", None
    for one in events:
        if one.day > as_of:
            break
        due = one.due or due
        if one.what in ("made", "refused", "reopened"):
            state, asked = "open", None
        elif one.what == "asked":
            state, asked = "asked", one.day
        elif one.what in ("closed", "dropped"):
            state = "done"
    if due is None or state in ("none", "done") or due >= as_of:
        return None
    return None if asked is not None and asked <= due else due


# ---- what is done with a task


def make_task(
    actor: Actor | None,
    commitment: int,
    title: str,
    words: str,
    unit_id: int,
    due: date,
    *,
    now: datetime | None = None,
) -> int:
    """Put a task on the list of a commitment."""
    actor = need(actor, "staff")
    now, title = now or datetime.now(UTC), text_of(title, "任务", 200)
    words = words.replace("\0", "").strip()
    if len(words) > 2_000:
        raise InputError("说明", f"有 {len(words)} 个字", "最多 2000 个字")
    if commitment not in commitments():
        raise InputError("承诺", f"没有第 {commitment} 项", f"应在1到{len(commitments())}之间")
    _check_due(due, now)
    with transaction() as session:
        unit = unit_of(session, actor, unit_id)
        row = TaskRow(
            number=commitment, title=title, words=words, unit_id=unit_id, due=due, state="open", at=now, by=actor.name
        )
        session.add(row)
        session.flush()
        _add(session, actor, row, "made", now, due=due)
        about = {"承诺": f"第{commitment}项", "任务": title, "单位": unit.name, "期限": due.isoformat()}
        audit(actor, "列入任务清单", subject(row.id), about, within=session, now=now)
        return row.id


def move_task(actor: Actor | None, task: int, due: date, reason: str, *, now: datetime | None = None) -> None:
    """Give an open task another due day, with the reason; the old one stays in its history."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "改期限的原因"), now or datetime.now(UTC)
    _check_due(due, now)
    with transaction() as session:
        row = _row(session, actor, task, "open")
        before, row.due = row.due, due
        _add(session, actor, row, "moved", now, reason, due=due)
        about = {"期限": [before.isoformat(), due.isoformat()], "原因": reason}
        audit(actor, "改任务期限", subject(task), about, within=session, now=now)


def ask_close(actor: Actor | None, task: int, words: str, link: str = "", *, now: datetime | None = None) -> None:
    """Ask for a task's close-out, with evidence."""
    actor = need(actor, "staff")
    words, link, now = text_of(words, "完成情况和依据", 2_000), link_of(link), now or datetime.now(UTC)
    with transaction() as session:
        row = _row(session, actor, task, "open")
        row.state = "asked"
        _add(session, actor, row, "asked", now, words, link)
        audit(actor, "申请销号", subject(task), {"任务": row.title, "依据": words}, within=session, now=now)


def close(actor: Actor | None, task: int, words: str = "", *, now: datetime | None = None) -> None:
    """Close a task as the second person: somebody who did not ask for it."""
    actor = need(actor, "staff")
    words, now = words.replace("\0", "").strip()[:500], now or datetime.now(UTC)
    with transaction() as session:
        row = _row(session, actor, task, "asked")
        if _asked_by(session, task) == actor.name:
            raise InputError("销号", "是您申请的", "要请另一个人核对依据以后销号")
        row.state = "closed"
        _add(session, actor, row, "closed", now, words)
        audit(actor, "销号", subject(task), {"任务": row.title}, within=session, now=now)


def refuse_close(actor: Actor | None, task: int, reason: str, *, now: datetime | None = None) -> None:
    """Give a request for close-out back; whoever asked may take it back the same way."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "退回的原因"), now or datetime.now(UTC)
    with transaction() as session:
        row = _row(session, actor, task, "asked")
        row.state = "open"
        _add(session, actor, row, "refused", now, reason)
        audit(actor, "退回销号申请", subject(task), {"任务": row.title, "原因": reason}, within=session, now=now)


def reopen(actor: Actor | None, task: int, reason: str, due: date, *, now: datetime | None = None) -> None:
    """Open a closed task again, with the reason and a due day."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "重新打开的原因"), now or datetime.now(UTC)
    _check_due(due, now)
    with transaction() as session:
        row = _row(session, actor, task, "closed")
        row.state, row.due = "open", due
        _add(session, actor, row, "reopened", now, reason, due=due)
        about = {"任务": row.title, "原因": reason, "期限": due.isoformat()}
        audit(actor, "重新打开任务", subject(task), about, within=session, now=now)


def drop(actor: Actor | None, task: int, reason: str, *, now: datetime | None = None) -> None:
    """Take a task off the list that was put there by mistake: only while nothing has been done with it."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "删去的原因"), now or datetime.now(UTC)
    with transaction() as session:
        row = _row(session, actor, task, "open")
        events = session.scalar(select(func.count(TaskEventRow.id)).where(TaskEventRow.task_id == task)) or 0
        notes = session.scalar(select(func.count(NoteRow.id)).where(NoteRow.task_id == task)) or 0
        if events > 1 or notes:
            raise InputError("任务", "已经督办过、改过期限或申请过销号", "不能删去；办结了就申请销号")
        row.state = "dropped"
        _add(session, actor, row, "dropped", now, reason)
        audit(actor, "删去任务", subject(task), {"任务": row.title, "原因": reason}, within=session, now=now)


def add_note(actor: Actor | None, task: int, words: str, due: date, *, now: datetime | None = None) -> int:
    """Write a supervision note on a task not closed, and by when it is to be answered."""
    actor = need(actor, "staff")
    words, now = text_of(words, "督办意见", 2_000), now or datetime.now(UTC)
    _check_due(due, now)
    with transaction() as session:
        row = _row(session, actor, task, "open", "asked")
        made = NoteRow(
            task_id=task, words=words, due=due, at=now, by=actor.name, reply=None, replied=None, replied_by=None
        )
        session.add(made)
        session.flush()
        about = {"任务": row.title, "督办意见": words, "回复期限": due.isoformat()}
        audit(actor, "督办", subject(task), about, within=session, now=now)
        return made.id


def reply(actor: Actor | None, note: int, words: str, *, now: datetime | None = None) -> None:
    """Write down the unit's answer to a supervision note, once."""
    actor = need(actor, "staff")
    words, now = text_of(words, "回复", 2_000), now or datetime.now(UTC)
    with transaction() as session:
        made = session.get(NoteRow, note, with_for_update=True)
        if made is None:
            raise InputError("督办", "没有这一条", "请刷新页面")
        row = _row(session, actor, made.task_id, *STATES)
        if made.reply is not None:
            raise InputError("督办", "已经回复过", "有新的情况就另写一条督办")
        made.reply, made.replied, made.replied_by = words, now, actor.name
        audit(actor, "回复督办", subject(row.id), {"任务": row.title, "回复": words}, within=session, now=now)


# ---- looking


def list_tasks(
    actor: Actor | None,
    as_of: date,
    *,
    commitment: int | None = None,
    unit_id: int | None = None,
    dropped: bool = False,
) -> tuple[Task, ...]:
    """Tasks of the units an actor answers for, those overdue first, then by due day, closed ones last. For staff."""
    actor = need(actor, "staff")
    query = select(TaskRow, UnitRow).join(UnitRow, UnitRow.id == TaskRow.unit_id).where(units_of(actor))
    if commitment is not None:
        query = query.where(TaskRow.number == commitment)
    if unit_id is not None:
        query = query.where(TaskRow.unit_id == unit_id)
    if not dropped:
        query = query.where(TaskRow.state != "dropped")
    with reading() as session:
        rows = session.execute(query).all()
        ids = [row.id for row, _ in rows]
        happened, notes, asked = _events(session, ids), _notes(session, ids), _askers(session, ids)
    found = [_task(row, unit, happened[row.id], notes[row.id], asked.get(row.id), as_of) for row, unit in rows]
    return tuple(sorted(found, key=lambda one: (one.state in ("closed", "dropped"), -one.days, one.due, one.id)))


def read_task(actor: Actor | None, task: int, as_of: date) -> tuple[Task, tuple[Event, ...], tuple[Note, ...]]:
    """A task, what happened to it, and its supervision notes, newest first. For staff who answer for its unit."""
    actor = need(actor, "staff")
    with reading() as session:
        row = _row(session, actor, task)
        unit = session.get(UnitRow, row.unit_id)
        assert unit is not None
        events = session.scalars(
            select(TaskEventRow).where(TaskEventRow.task_id == task).order_by(TaskEventRow.id)
        ).all()
        notes = _notes(session, [task])[task]
        asked = _asked_by(session, task)
    happened = [Happened(one.what, one.day, one.due) for one in events]
    told = tuple(Event(one.what, one.day, one.words, one.link, one.due, one.at, one.by) for one in reversed(events))
    return _task(row, unit, happened, notes, asked, as_of), told, tuple(reversed(notes))


def overdue_tasks(actor: Actor | None, as_of: date) -> tuple[Overdue, ...]:
    """Tasks that were overdue at the end of a day, also of a day long past, of the units an actor answers for. For staff."""
    actor = need(actor, "staff")
    with reading() as session:
        return tuple(overdue_of(session, as_of, actor))


def overdue_of(session: Session, as_of: date, actor: Actor) -> list[Overdue]:
    """The same for a session already open."""
    query = select(TaskRow, UnitRow).join(UnitRow, UnitRow.id == TaskRow.unit_id).where(units_of(actor))
    rows = session.execute(query).all()
    happened = _events(session, [row.id for row, _ in rows])
    found = []
    for row, unit in rows:
        due = overdue_since(happened[row.id], as_of)
        if due is not None:
            found.append(Overdue(row.id, row.number, row.title, unit.id, unit.name, due, (as_of - due).days))
    return sorted(found, key=lambda one: (one.unit, one.due, one.task))


def subject(task: int) -> str:
    """What the log calls a task."""
    return f"board-task:{task}"


# ---- shared


def _task(
    row: TaskRow, unit: UnitRow, happened: Sequence[Happened], notes: Sequence[Note], asked: str | None, as_of: date
) -> Task:
    waiting = [one for one in notes if one.reply is None]
    late = sum(one.is_late(as_of) for one in waiting)
    missed = overdue_since(happened, as_of)
    return Task(
        row.id, row.number, row.title, row.words, unit.id, unit.name, unit.region, row.due, row.state,
        (as_of - missed).days if missed else 0, len(waiting), late, asked if row.state == "asked" else None, row.by,
    )  # fmt: skip


def _row(session: Session, actor: Actor, task: int, *states: str) -> TaskRow:
    """A task of a unit the actor answers for, in one of these states. Changes wait for one another."""
    query = select(TaskRow).where(TaskRow.id == task)
    row = session.scalar(query.with_for_update() if states else query)
    if row is None:
        raise InputError("任务", "没有这一条", "从任务清单里选")
    unit = session.get(UnitRow, row.unit_id)
    assert unit is not None
    allow(actor, unit.region)
    if states and row.state not in states:
        raise InputError("任务", f"现在是“{STATES[row.state]}”", "请刷新页面，看现在该做哪一步")
    return row


def _add(
    session: Session, actor: Actor, row: TaskRow, what: str, now: datetime, words: str = "", link: str = "",
    due: date | None = None,
) -> None:  # fmt: skip
    session.add(
        TaskEventRow(task_id=row.id, what=what, day=day_of(now), words=words, link=link, due=due, at=now, by=actor.name)
    )


def _check_due(due: date, now: datetime) -> None:
    if due < day_of(now):
        raise InputError("期限", f"写的是 {due}", "不能早于今天")


def _asked_by(session: Session, task: int) -> str | None:
    return _askers(session, [task]).get(task)


def _askers(session: Session, tasks: Sequence[int]) -> dict[int, str]:
    """Who asked last for each task's close-out."""
    query = (
        select(TaskEventRow.task_id, TaskEventRow.by)
        .where(TaskEventRow.what == "asked", TaskEventRow.task_id.in_(tasks))
        .order_by(TaskEventRow.id)
    )
    return dict(session.execute(query).all())


def _events(session: Session, tasks: Sequence[int]) -> dict[int, list[Happened]]:
    found: dict[int, list[Happened]] = defaultdict(list)
    query = select(TaskEventRow.task_id, TaskEventRow.what, TaskEventRow.day, TaskEventRow.due)
    for task, what, day, due in session.execute(query.where(TaskEventRow.task_id.in_(tasks)).order_by(TaskEventRow.id)):
        found[task].append(Happened(what, day, due))
    return found


def _notes(session: Session, tasks: Sequence[int]) -> dict[int, list[Note]]:
    found: dict[int, list[Note]] = defaultdict(list)
    for row in session.scalars(select(NoteRow).where(NoteRow.task_id.in_(tasks)).order_by(NoteRow.id)):
        found[row.task_id].append(
            Note(row.id, row.task_id, row.words, row.due, row.at, row.by, row.reply, row.replied, row.replied_by)
        )
    return found
