"""Approved pushes by e-mail: each message is claimed, sent, and marked, in transactions of its own, so that a kill loses and doubles nothing.

What a kill leaves half done is `unsure`: it may have gone out or not, a person says which (`settle`). One worker at a time has a batch; whoever
finds it silent takes it over. Files for other channels are made in `handing`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.batches import SILENT, held, row_of, seen_by
from navigator.delivery.checking import Checker, Due, due_enterprises, room_today
from navigator.delivery.grounds import keep_grounds
from navigator.delivery.handing import SENDING, drop, finish
from navigator.delivery.mailing import Mailer, Sending
from navigator.delivery.messages import Message, messages_of
from navigator.delivery.months import month_of
from navigator.errors import InputError
from navigator.store import background
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.push_tables import BatchRow, MessageRow, PushRow

LOOKED_AT = 100
"""Enterprises that are looked at together before their messages go out one by one."""
PATIENCE = 5
"""After so many messages in a row that the mail system does not take now, the rest waits for another time."""
BROKEN_OFF = "发的时候程序断了，不知道发出没有"
QUEUE = Actor("发送队列", "admin")
"""Who stands in the log for what goes out by itself, after a person approved it."""

Clock = Callable[[], datetime]


class Sender(Protocol):
    """What gives messages over; `mailing.Mailer` is the real one."""

    def send(self, message: Message, *, now: datetime | None = None) -> Sending:
        """Give one message over and tell what came of it; never raises for what the mail system says."""
        ...


@dataclass(frozen=True, slots=True)
class Tally:
    """What one go brought: messages by outcome, and pushes that did not go out after all."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    unsure: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A message of which nobody knows whether it went out."""

    id: int
    name: str
    at: datetime
    remark: str
    pushes: int


def _now() -> datetime:
    return datetime.now(UTC)


def work(number: int, sender: Sender, *, clock: Clock = _now, silent: timedelta = SILENT) -> Tally | None:
    """Send what may go out of one batch now; None where somebody else is at it, or nothing is to be sent."""
    worker = background.new_worker()
    if not _take_over(number, worker, clock(), silent):
        return None
    counts: dict[str, int] = {}
    try:
        _work(number, worker, sender, clock, counts)
    except _NotMine:
        return Tally(**counts)
    except BaseException:
        background.let_go(BatchRow, number, worker, worker="")
        raise
    with transaction() as session:
        row = _mine(session, number, worker)
        row.worker = ""
        finish(session, row)
        if counts:
            audit(
                QUEUE,
                "发送推送",
                f"push-batch:{number}",
                {_NAMES[name]: count for name, count in counts.items()},
                within=session,
            )
    return Tally(**counts)


_NAMES = {"sent": "发出", "failed": "没发成", "later": "以后再发", "unsure": "不确定", "dropped": "没有列入"}


def _work(number: int, worker: str, sender: Sender, clock: Clock, counts: dict[str, int]) -> None:
    """Until nothing more may go out now."""
    refusals = 0
    while True:
        found = _look(number, worker, clock())
        if not found:
            return
        for due in found:
            state = _send(number, worker, due, sender, clock)
            counts["dropped"] = counts.get("dropped", 0) + len(due.drops)
            if state is None:
                continue
            if state == "full":
                return
            counts[state] = counts.get(state, 0) + 1
            refusals = refusals + 1 if state == "later" else 0
            if refusals >= PATIENCE:
                return


def _look(number: int, worker: str, now: datetime) -> list[Due]:
    day = now.astimezone(SHANGHAI).date()
    with reading() as session:
        row = session.get_one(BatchRow, number)
        if row.worker != worker:
            raise _NotMine
        room = min(room_today(session, row, day), LOOKED_AT)
        wanted = due_enterprises(session, row, now, day, room)
        return Checker(row, day).look(session, wanted)


def _send(number: int, worker: str, due: Due, sender: Sender, clock: Clock) -> str | None:
    """One message from claim to mark; None where there was nothing to send, `full` where no more may go today."""
    claimed = _claim(number, worker, due, clock())
    if isinstance(claimed, str) or claimed is None:
        return claimed
    with reading() as session:
        batch, row = session.get_one(BatchRow, number), session.get_one(MessageRow, claimed)
        (message,) = messages_of(session, batch, [row])
    sending = sender.send(message, now=clock())
    _mark(claimed, sending, clock())
    return sending.state


def _claim(number: int, worker: str, due: Due, now: datetime) -> int | str | None:
    """Write down that a message is on its way, before it is; gives its number."""
    day = now.astimezone(SHANGHAI).date()
    with transaction() as session:
        one_at_a_time(session, SENDING)
        batch = _mine(session, number, worker)
        batch.seen = now
        if not _is_as_looked_at(session, due):
            return None
        drop(session, [due])
        if not due.goes or due.contact is None:
            return None
        if room_today(session, batch, day) < 1:
            return "full"
        keep_grounds(session, due.grounds)
        row = session.get(MessageRow, due.message_id) if due.message_id else None
        if row is None:
            row = MessageRow(batch_id=number, enterprise_id=due.enterprise_id)
            session.add(row)
        row.name, row.address, row.person = due.name[:200], due.contact.value, due.contact.person
        row.state, row.remark, row.at, row.day = "handing", None, now, day
        session.flush()
        session.execute(
            update(PushRow),
            [
                {"id": push, "state": "handing", "message_id": row.id, "ground": ground, "estimate": estimate}
                for push, (ground, estimate) in due.goes.items()
            ],
        )
        return row.id


def _is_as_looked_at(session: Session, due: Due) -> bool:
    version = session.scalar(select(EnterpriseRow.version).where(EnterpriseRow.id == due.enterprise_id))
    ids = [*due.goes, *due.drops]
    states = set(session.scalars(select(PushRow.state).where(PushRow.id.in_(ids))))
    return version == due.version and states == {"queued"}


def _mark(message_id: int, sending: Sending, now: datetime) -> None:
    """Keep what came of a message. Whoever sent it knows best, even if somebody took the batch over meanwhile."""
    with transaction() as session:
        row = session.get(MessageRow, message_id, with_for_update=True)
        if row is None or row.state not in ("handing", "unsure"):
            return
        stopped = session.get_one(BatchRow, row.batch_id).state == "withdrawn"
        remark = sending.remark[:200] or None
        row.state, row.remark = sending.state, remark
        if sending.state == "later" and stopped:
            row.state, row.remark = "failed", "批次撤回了"
        _move(session, row, "withdrawn" if stopped else "queued", now)


def _move(session: Session, row: MessageRow, back: str, at: datetime) -> None:
    """Bring the pushes of a message to where the message is; `back` is where they go if it did not go out."""
    values: dict[str, object] = {"state": row.state, "remark": row.remark}
    if row.state == "sent":
        values |= {"sent": at, "month": month_of(at)}
    elif row.state == "later" or (row.state == "failed" and back == "withdrawn"):
        values["state"] = back
    on_the_way = PushRow.state.in_(("handing", "unsure"))
    session.execute(update(PushRow).where(PushRow.message_id == row.id, on_the_way).values(**values))


def _take_over(number: int, worker: str, now: datetime, silent: timedelta) -> bool:
    """Become the one who works on a batch, unless another gave a sign lately; what that one left half done is unsure."""
    with transaction() as session:
        row = session.scalar(select(BatchRow).where(BatchRow.id == number).with_for_update())
        if row is None or row.state != "approved" or row.channel != "email":
            return False
        if row.worker and now - row.seen < silent:
            return False
        row.worker, row.seen = worker, now
        left = MessageRow.batch_id == number, MessageRow.state == "handing"
        for message in session.scalars(select(MessageRow).where(*left)).all():
            message.state, message.remark = "unsure", BROKEN_OFF
            _move(session, message, "queued", now)
    return True


class _NotMine(Exception):
    """Somebody else works on the batch now, or it was withdrawn."""


def _mine(session: Session, number: int, worker: str) -> BatchRow:
    row = background.held_by(session, BatchRow, number, worker, "approved")
    if row is None:
        raise _NotMine
    return row


def waiting_batches(actor: Actor | None) -> list[int]:
    """Approved batches by e-mail that are not done. For staff."""
    actor = need(actor, "staff")
    query = select(BatchRow.id).where(BatchRow.state == "approved", BatchRow.channel == "email", seen_by(actor))
    with reading() as session:
        return list(session.scalars(query.order_by(BatchRow.approved)))


_one_go = threading.Lock()


def work_all(*, only: int | None = None, clock: Clock = _now) -> dict[int, Tally]:
    """Send what may go out of all approved batches by e-mail now, or of one; one go at a time in a process.

    Raises InputError where mail is not set up.
    """
    done: dict[int, Tally] = {}
    with _one_go:
        for number in waiting_batches(QUEUE):
            if only not in (None, number):
                continue
            with Mailer() as mailer:
                tally = work(number, mailer, clock=clock)
            if tally is not None:
                done[number] = tally
    return done


def list_unsettled(actor: Actor | None, number: int) -> list[Unsettled]:
    """Messages of a batch of which nobody knows whether they went out. For staff who may see it; in the log."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = (
            select(MessageRow)
            .where(MessageRow.batch_id == number, MessageRow.state == "unsure")
            .order_by(MessageRow.id)
        )
        rows = session.scalars(query).all()
        ids = session.scalars(select(PushRow.message_id).where(PushRow.message_id.in_([row.id for row in rows]))).all()
    if rows:
        audit(actor, "看不确定的消息", f"push-batch:{number}", {"条数": len(rows)})
    return [Unsettled(row.id, row.name, row.at, row.remark or "", ids.count(row.id)) for row in rows]


def settle(actor: Actor | None, number: int, message_id: int, *, went_out: bool, now: datetime | None = None) -> None:
    """Say of an unsure message that it went out, or that it is to go out again (as the same message). For staff who may see the batch."""
    actor = need(actor, "staff")
    with transaction() as session:
        batch = held(session, actor, number)
        row = session.get(MessageRow, message_id, with_for_update=True)
        if row is None or row.batch_id != number or row.state != "unsure":
            raise InputError("消息", "不是等人确认的", "重新打开这一页看看")
        at = row.at
        row.state, row.remark = ("sent", None) if went_out else ("later", "人工确认没有发出，再发")
        if not went_out and batch.state == "withdrawn":
            row.state, row.remark = "failed", "批次撤回了"
        row.at = at if went_out else at - timedelta(days=1)
        _move(session, row, "withdrawn" if batch.state == "withdrawn" else "queued", at)
        finish(session, batch)
        details = {"消息": message_id, "说明": "已发出" if went_out else "再发"}
        audit(actor, "确认消息", f"push-batch:{number}", details, within=session, now=now)
