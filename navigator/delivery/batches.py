"""Push batches from draft to done: what is to go to whom, who proposed it, who approved it, and why it was given back or withdrawn.

The order is fixed: draft, selecting, selected, proposed, approved (its pushes go out), done; withdrawn from any of them. Two people stand
behind every batch. Selecting itself is in `filling`, sending in `queue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args

from pydantic import ValidationError
from sqlalchemy import ColumnElement, delete, exists, select, true, update
from sqlalchemy.orm import Session

from navigator.auth import Actor, NotAllowed, need
from navigator.corpus.load import default_corpus
from navigator.delivery.messages import check_text
from navigator.delivery.selecting import Choice, chosen_measures
from navigator.errors import InputError, shown
from navigator.settings import settings
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.push_tables import BatchRow, MessageRow, PushRow

Channel = Literal["sms", "wechat", "email"]
CHANNELS: dict[Channel, str] = {"sms": "短信（导出文件）", "wechat": "微信（导出文件）", "email": "电子邮件"}
State = Literal["draft", "selecting", "broken", "selected", "proposed", "approved", "done", "withdrawn"]
STATES: dict[State, str] = {
    "draft": "起草",
    "selecting": "正在挑选企业",
    "broken": "挑选断了，可以接着做",
    "selected": "挑好了，等检查",
    "proposed": "等另一个人批准",
    "approved": "已批准，正在发",
    "done": "发完了",
    "withdrawn": "已撤回",
}
LONGEST_TITLE, LONGEST_OFFICE, LONGEST_REASON = 120, 64, 500
MOST_LINK_DAYS, MOST_DAILY = 365, 100_000
SILENT = timedelta(seconds=90)
"""After that long without a sign, whoever worked on a batch is taken to be gone."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody writes to begin a batch."""

    title: str
    office: str
    channel: Channel
    choice: Choice
    text: str
    example: bool = False
    link_days: int = 60
    daily: int = 2000


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stands. `counts` are those of selecting: see `filling.Counts`."""

    id: int
    draft: Draft
    scope: str | None
    as_of: date
    corpus_version: str
    state: State
    counts: Mapping[str, int]
    made: datetime
    by: str
    proposed_by: str | None
    approved: datetime | None
    approved_by: str | None
    tested: datetime | None
    withdrawn: datetime | None
    withdrawn_by: str | None
    reason: str
    working: bool
    """Whether somebody gave a sign of working on it a moment ago."""

    @property
    def share(self) -> float:
        """How much of selecting is done, from 0 to 1."""
        whole = self.counts.get("records", 0)
        return min(self.counts.get("looked", 0) / whole, 1.0) if whole else 0.0


def read_choice(data: Mapping[str, Any]) -> Choice:
    """A checked choice; InputError in one sentence for what is wrong with it."""
    try:
        return Choice.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "value_error":
            raise InputError("范围", *str(first["ctx"]["error"]).split("；", 1)) from None
        raise InputError("范围", f"{'.'.join(map(str, first['loc']))} 写得不对", "从页面上选") from None


def begin_batch(actor: Actor | None, draft: Draft, as_of: date, *, now: datetime | None = None) -> int:
    """Write down a new batch, with the rules of a day; gives its number. For staff; an office pushes to its own region."""
    actor = need(actor, "staff")
    draft = _checked(actor, actor.region, draft, as_of)
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = BatchRow(
            scope=actor.region, state="draft", cursor=0, counts={}, made=now, by=actor.name, reason="", worker="", seen=now,
            **_columns(draft, as_of),
        )  # fmt: skip
        session.add(row)
        session.flush()
        audit(actor, "起草推送", _subject(row), {"标题": row.title, "示例": row.example}, within=session, now=now)
        return row.id


def change_batch(actor: Actor | None, number: int, draft: Draft, as_of: date) -> Batch:
    """Change a batch that nobody has proposed yet; what had been selected is selected anew. For staff."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = held(session, actor, number)
        if row.state not in ("draft", "selecting", "selected"):
            raise _not_now(row, "只有还没提请批准的能改")
        draft = _checked(actor, row.scope, draft, as_of)
        same_choice = row.choice == draft.choice.model_dump(mode="json") and row.as_of == as_of
        selected = same_choice and row.channel == draft.channel and row.example == draft.example
        for name, value in _columns(draft, as_of).items():
            setattr(row, name, value)
        if not selected:
            clear_pushes(session, row)
        audit(actor, "改推送", _subject(row), within=session)
        session.flush()
        return _batch(row)


def clear_pushes(session: Session, row: BatchRow) -> None:
    """Back to the beginning of selecting, whoever may be at it."""
    session.execute(delete(PushRow).where(PushRow.batch_id == row.id))
    row.state, row.cursor, row.counts, row.worker = "draft", 0, {}, ""


def read_batch(actor: Actor | None, number: int) -> Batch:
    """One batch. For staff: an office sees its own region's."""
    actor = need(actor, "staff")
    with reading() as session:
        return _batch(_row(session, actor, number))


def list_batches(actor: Actor | None, *, state: State | None = None, limit: int = 50, offset: int = 0) -> list[Batch]:
    """The latest batches one may see. For staff."""
    actor = need(actor, "staff")
    query = select(BatchRow).where(seen_by(actor)).order_by(BatchRow.id.desc()).limit(limit).offset(offset)
    with reading() as session:
        return [_batch(row) for row in session.scalars(query.where(BatchRow.state == state) if state else query)]


def propose(actor: Actor | None, number: int, *, now: datetime | None = None) -> Batch:
    """Ask for approval of a selected batch. For staff."""
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = held(session, actor, number)
        if row.state != "selected":
            raise _not_now(row, "挑好企业以后才能提请批准")
        waiting = exists().where(PushRow.batch_id == number, PushRow.state == "waiting")
        if not session.scalar(select(waiting)):
            raise InputError("推送批次", "没有一家可以推送", "换事项或者范围")
        row.state, row.proposed, row.proposed_by, row.reason = "proposed", now, actor.name, ""
        audit(actor, "提请批准推送", _subject(row), within=session, now=now)
        return _batch(row)


def approve(actor: Actor | None, number: int, *, now: datetime | None = None) -> Batch:
    """Let a proposed batch go out. For staff, another person than whoever proposed or wrote it. Sending begins with `queue`."""
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = held(session, actor, number)
        if row.state != "proposed":
            raise _not_now(row, "提请批准以后才能批准")
        if actor.name in (row.proposed_by, row.by):
            raise NotAllowed("批准", "这一批是您自己起草或者提请的", "请另一位工作人员看过再批准")
        if row.channel == "email":
            _check_mail(row.example)
        row.state, row.approved, row.approved_by = "approved", now, actor.name
        session.execute(_waiting(row.id).values(state="queued"))
        audit(actor, "批准推送", _subject(row), {"提请": row.proposed_by}, within=session, now=now)
        return _batch(row)


def _check_mail(example: bool) -> None:
    from navigator.delivery.mailing import Mailer

    if example and not settings().mail_test_address:
        raise InputError(
            "示例批次", "还没有设测试邮箱", "示例的邮件只寄到测试邮箱，请管理员设 NAVIGATOR_MAIL_TEST_ADDRESS"
        )
    Mailer()  # raises where mail is not set up, before anybody waits for it


def give_back(actor: Actor | None, number: int, reason: str) -> Batch:
    """Say no to a proposed batch, and why; it can be changed again. For staff."""
    actor = need(actor, "staff")
    reason = _reason(reason)
    with transaction() as session:
        row = held(session, actor, number)
        if row.state != "proposed":
            raise _not_now(row, "只有等批准的能退回")
        row.state, row.reason, row.proposed, row.proposed_by = "selected", reason, None, None
        audit(actor, "退回推送", _subject(row), {"原因": reason}, within=session)
        return _batch(row)


def withdraw(actor: Actor | None, number: int, reason: str, *, now: datetime | None = None) -> Batch:
    """Stop a batch: what has not gone out never will; links of what has say that it was withdrawn, and why. For staff."""
    actor = need(actor, "staff")
    reason = _reason(reason)
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = held(session, actor, number)
        if row.state == "withdrawn":
            raise _not_now(row, "不用再撤回")
        row.state, row.withdrawn, row.withdrawn_by, row.reason, row.worker = "withdrawn", now, actor.name, reason, ""
        unsent = PushRow.state.in_(("waiting", "queued"))
        session.execute(
            update(PushRow).where(PushRow.batch_id == number, unsent).values(state="withdrawn", message_id=None)
        )
        later = (MessageRow.batch_id == number, MessageRow.state == "later")
        session.execute(update(MessageRow).where(*later).values(state="failed", remark="批次撤回了"))
        audit(actor, "撤回推送", _subject(row), {"原因": reason}, within=session, now=now)
        return _batch(row)


def _waiting(number: int) -> Any:
    return update(PushRow).where(PushRow.batch_id == number, PushRow.state == "waiting")


def note_test(actor: Actor | None, number: int, address: str, *, now: datetime) -> None:
    """Keep that a test message went to a colleague. For staff."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = held(session, actor, number)
        row.tested = now
        audit(actor, "试发推送", _subject(row), {"发到": address}, within=session, now=now)


# ---- shared with filling, previewing and queue


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The part of a query that keeps to the batches an actor may see."""
    return true() if actor.region is None else BatchRow.scope == actor.region


def held(session: Session, actor: Actor, number: int) -> BatchRow:
    """A batch somebody may change, locked until the transaction ends."""
    return _row(session, actor, number, lock=True)


def _row(session: Session, actor: Actor, number: int, *, lock: bool = False) -> BatchRow:
    query = select(BatchRow).where(BatchRow.id == number, seen_by(actor))
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise InputError("推送批次", f"没有第 {number} 批", "到“推送”页看有哪些")
    return row


def row_of(session: Session, actor: Actor, number: int) -> BatchRow:
    """A batch to read from."""
    return _row(session, actor, number)


def draft_of(row: BatchRow) -> Draft:
    """What a batch was written as."""
    return Draft(
        row.title, row.office, row.channel, Choice.model_validate(row.choice), row.text, row.example, row.link_days,  # type: ignore[arg-type]
        row.daily,
    )  # fmt: skip


def _batch(row: BatchRow) -> Batch:
    working = bool(row.worker) and datetime.now(UTC) - row.seen < SILENT
    state: State = "broken" if row.state == "selecting" and not working else row.state  # type: ignore[assignment]
    return Batch(
        row.id, draft_of(row), row.scope, row.as_of, row.corpus_version, state, dict(row.counts), row.made, row.by,
        row.proposed_by, row.approved, row.approved_by, row.tested, row.withdrawn, row.withdrawn_by, row.reason, working,
    )  # fmt: skip


def _columns(draft: Draft, as_of: date) -> dict[str, Any]:
    return {
        "title": draft.title, "office": draft.office, "example": draft.example, "channel": draft.channel,
        "choice": draft.choice.model_dump(mode="json"), "text": draft.text, "as_of": as_of,
        "corpus_version": default_corpus().fingerprint, "link_days": draft.link_days, "daily": draft.daily,
    }  # fmt: skip


def _checked(actor: Actor, scope: str | None, draft: Draft, as_of: date) -> Draft:
    title, office = draft.title.strip(), draft.office.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise InputError("标题", f"写的是{shown(title)}", f"写1到{LONGEST_TITLE}个字，让同事一看就懂")
    if not office or len(office) > LONGEST_OFFICE:
        raise InputError("发送单位", f"写的是{shown(office)}", f"写1到{LONGEST_OFFICE}个字")
    if draft.channel not in get_args(Channel):
        raise InputError("渠道", f"写的是{shown(draft.channel)}", f"应是 {'、'.join(CHANNELS)} 之一")
    if not 1 <= draft.link_days <= MOST_LINK_DAYS:
        raise InputError("链接有效天数", f"写的是 {draft.link_days}", f"应在1到{MOST_LINK_DAYS}之间")
    if not 1 <= draft.daily <= MOST_DAILY:
        raise InputError("每天最多发", f"写的是 {draft.daily}", f"应在1到{MOST_DAILY:,}之间")
    choice = draft.choice
    if scope is not None:
        if set(choice.regions) - {scope}:
            raise NotAllowed("权限", f"您负责的是{scope}", f"只能推给{scope}的企业")
        choice = choice.model_copy(update={"regions": (scope,)})
    chosen_measures(choice, as_of)
    return Draft(
        title, office, draft.channel, choice, check_text(draft.text), draft.example, draft.link_days, draft.daily
    )


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_REASON:
        raise InputError(
            "原因", "没有写" if not text else f"有 {len(text)} 个字", f"写明原因，最多{LONGEST_REASON}个字"
        )
    return text


def _not_now(row: BatchRow, expected: str) -> InputError:
    return InputError(f"第 {row.id} 批", f"现在是“{STATES[row.state]}”", expected)  # type: ignore[index]


def _subject(row: BatchRow) -> str:
    return f"push-batch:{row.id}"
