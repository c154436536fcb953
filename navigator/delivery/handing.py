"""Approved pushes by SMS and WeChat: handed over as one file that the systems of those channels send, a day's worth at a time.

A push counts as sent when it is handed over. The file itself is made from the rows whenever it is asked for (`exporting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.batches import held, row_of
from navigator.delivery.checking import Checker, Due, due_enterprises, room_today
from navigator.delivery.grounds import keep_grounds
from navigator.delivery.months import month_of
from navigator.errors import InputError
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.push_tables import BatchRow, HandOverRow, MessageRow, PushRow

MOST_IN_FILE = 10_000
SENDING = 420809
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class HandOver:
    """One file of messages."""

    id: int
    batch_id: int
    at: datetime
    by: str
    messages: int


def hand_over(actor: Actor | None, number: int, *, now: datetime | None = None) -> HandOver:
    """Put today's share of a batch into a file; what no longer fits is dropped with the reason. For staff who may see it.

    Raises InputError where nothing may go out today.
    """
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    day = now.astimezone(SHANGHAI).date()
    with reading() as session:
        row = row_of(session, actor, number)
        _check(row)
        room = min(room_today(session, row, day), MOST_IN_FILE)
        wanted = due_enterprises(session, row, now, day, room)
        found = Checker(row, day).look(session, wanted)
    with transaction() as session:
        one_at_a_time(session, SENDING)
        row = held(session, actor, number)
        _check(row)
        ready = _as_looked_at(session, row, found)
        drop(session, ready)
        going = [one for one in ready if one.goes][: room_today(session, row, day)]
        made = _keep(session, row, going, actor, now) if going else None
        finish(session, row)
        details = {"条数": len(going), "没有列入": sum(len(one.drops) for one in ready)}
        audit(actor, "交接推送", f"push-batch:{number}", details, within=session, now=now)
    if made is None:
        raise InputError("今天的文件", "没有可以发的", _why_nothing(room, bool(wanted)))
    return made


def _check(row: BatchRow) -> None:
    if row.channel == "email":
        raise InputError(f"第 {row.id} 批", "是电子邮件", "批准以后自动发，不用文件")
    if row.state != "approved":
        raise InputError(f"第 {row.id} 批", "没有等着发的", "批准以后、发完以前才有文件")


def _why_nothing(room: int, looked: bool) -> str:
    if room <= 0:
        return "今天的数量已经发满，明天再来"
    return "等着的都不再符合条件了，原因见清单" if looked else "等着的企业今天或这一周已经收过，过几天再来"


def list_hand_overs(actor: Actor | None, number: int) -> list[HandOver]:
    """The files of a batch, newest first. For staff who may see it."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = select(HandOverRow).where(HandOverRow.batch_id == number).order_by(HandOverRow.id.desc())
        return [_shown(row) for row in session.scalars(query)]


def _as_looked_at(session: Session, batch: BatchRow, found: Sequence[Due]) -> list[Due]:
    """Those whose record and pushes are still as they were when they were looked at."""
    kept: list[Due] = []
    for start in range(0, len(found), _AT_ONCE):
        part = found[start : start + _AT_ONCE]
        ids = [one.enterprise_id for one in part]
        rows = session.execute(select(EnterpriseRow.id, EnterpriseRow.version).where(EnterpriseRow.id.in_(ids)))
        versions = dict(rows.all())
        queued = set(
            session.scalars(
                select(PushRow.id).where(
                    PushRow.batch_id == batch.id, PushRow.enterprise_id.in_(ids), PushRow.state == "queued"
                )
            )
        )
        kept += [
            one for one in part if versions.get(one.enterprise_id) == one.version and {*one.goes, *one.drops} <= queued
        ]
    return kept


def drop(session: Session, found: Sequence[Due]) -> None:
    """Keep why pushes do not go out."""
    rows = [{"id": push, "state": "dropped", "remark": why} for one in found for push, why in one.drops.items()]
    if rows:
        session.execute(update(PushRow), rows)


def _keep(session: Session, batch: BatchRow, going: Sequence[Due], actor: Actor, now: datetime) -> HandOver:
    handed = HandOverRow(batch_id=batch.id, at=now, by=actor.name, messages=len(going))
    session.add(handed)
    session.flush()
    keep_grounds(session, {key: content for one in going for key, content in one.grounds.items()})
    day = now.astimezone(SHANGHAI).date()
    made = [
        MessageRow(
            batch_id=batch.id, enterprise_id=one.enterprise_id, hand_over_id=handed.id, name=one.name[:200],
            address=one.contact.value if one.contact else "", person=one.contact.person if one.contact else "",
            state="sent", at=now, day=day,
        )
        for one in going
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    session.execute(
        update(PushRow),
        [
            {
                "id": push, "state": "sent", "message_id": message.id, "sent": now, "month": month_of(now), "ground": ground,
                "estimate": estimate,
            }
            for one, message in zip(going, made, strict=True)
            for push, (ground, estimate) in one.goes.items()
        ],
    )  # fmt: skip
    return _shown(handed)


def finish(session: Session, batch: BatchRow) -> None:
    """A batch of which nothing is left to send is done."""
    session.flush()
    left = exists().where(PushRow.batch_id == batch.id, PushRow.state.in_(("queued", "handing", "unsure")))
    if batch.state == "approved" and not session.scalar(select(left)):
        batch.state, batch.worker = "done", ""


def _shown(row: HandOverRow) -> HandOver:
    return HandOver(row.id, row.batch_id, row.at, row.by, row.messages)
