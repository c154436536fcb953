"""The tables of pushes: what was pushed to whom and why, how far each has come, how to reach a firm, and what it answered.

A push is one measure to one enterprise. Millions must fit: what a batch, a measure or the facts of a push share is kept once.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base

OPEN_STATES = "state NOT IN ('withdrawn', 'dropped', 'failed')"
"""Pushes that stand in the way of the same thing being pushed again."""
_SENT, _IN_MESSAGE = "month IS NOT NULL", "message_id IS NOT NULL"
"""What is not sent yet stands in no index of what was: a run that selects for a whole city writes half as much."""


class KeyRow(Base):
    """A secret of this installation, made at first use; links are signed with it."""

    __tablename__ = "keys"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary(32))
    made: Mapped[datetime]


class ContactRow(Base):
    """How an enterprise can be reached, what for, from where it is known and until when it may be kept."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    """phone or email."""
    value: Mapped[str] = mapped_column(String(200))
    person: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(32))
    """政策推送, 走访 …"""
    source_id: Mapped[int] = mapped_column(ForeignKey("fact_sources.id"))
    day: Mapped[date]
    until: Mapped[date] = mapped_column(index=True)
    """The last day it may be kept."""


class OptOutRow(Base):
    """An enterprise that wants nothing pushed any more: nothing at all, or nothing of one measure."""

    __tablename__ = "opt_outs"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    measure_id: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    """Who wrote it down; 企业自己 where it came by a link."""
    remark: Mapped[str] = mapped_column(Text)


class BatchRow(Base):
    """One push: which measures to which enterprises, by which channel, and how far it has come."""

    __tablename__ = "push_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(String(64))
    """The office that sends, as it signs."""
    scope: Mapped[str | None] = mapped_column(String(32))
    """The region of whoever made it; None for the whole city."""
    example: Mapped[bool]
    """To invented enterprises (示例): never sent outside, never in a real rate."""
    channel: Mapped[str] = mapped_column(String(8))
    """sms, wechat (both as files for those systems) or email."""
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was asked for: measures, regions and more, as the page shows it again."""
    text: Mapped[str] = mapped_column(Text)
    """The message with its blanks."""
    as_of: Mapped[date]
    corpus_version: Mapped[str] = mapped_column(String(32))
    link_days: Mapped[int]
    """How many days a link answers after it was sent."""
    daily: Mapped[int]
    """How many messages of it go out on one day at most."""
    state: Mapped[str] = mapped_column(String(12), index=True)
    """draft, selecting, selected, proposed, approved, done, withdrawn."""
    cursor: Mapped[int]
    """The last enterprise that was looked at while selecting."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    made: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    proposed: Mapped[datetime | None]
    proposed_by: Mapped[str | None] = mapped_column(String(64))
    approved: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    tested: Mapped[datetime | None]
    """When a test message last went to a colleague."""
    withdrawn: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    """Why it was withdrawn or given back."""
    worker: Mapped[str] = mapped_column(String(32))
    """Who works on it: whoever takes over writes another name, and the one before stops."""
    seen: Mapped[datetime]


class SubjectRow(Base):
    """What can be pushed: a measure in one of its versions. A change of its substance makes another subject."""

    __tablename__ = "push_subjects"
    __table_args__ = (Index(None, "measure_id", "substance", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[str] = mapped_column(String(80))
    substance: Mapped[str] = mapped_column(String(32))
    """Hash of conditions, benefit, validity and windows."""
    name: Mapped[str] = mapped_column(String(200))
    conditions: Mapped[list[list[str]]] = mapped_column(JSON)
    """[text, source] of each, in order: the outcomes of a ground stand in the same order."""
    estimate_kind: Mapped[str | None] = mapped_column(String(8))
    """Of the measure's benefit: exact, at_most, typical."""
    per: Mapped[str | None] = mapped_column(String(8))
    """Of the measure's benefit: 年, 一次性, 月."""


class GroundRow(Base):
    """Why a measure fits or what it lacks: outcome of each condition and the facts it used. The same ground is kept once."""

    __tablename__ = "push_grounds"

    hash: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """facts: {name: value}, outcomes: [true, false or null] in the order of the subject's conditions, missing: [fact]; no name
    or code of an enterprise."""


class PushRow(Base):
    """One measure to one enterprise."""

    __tablename__ = "pushes"
    __table_args__ = (
        Index(
            "uq_pushes_same_thing",
            "enterprise_id",
            "subject_id",
            "kind",
            unique=True,
            sqlite_where=text(OPEN_STATES),
            postgresql_where=text(OPEN_STATES),
        ),
        Index(None, "batch_id", "state", "enterprise_id"),
        Index(None, "enterprise_id", "batch_id"),
        Index(None, "month", "subject_id", "region", sqlite_where=text(_SENT), postgresql_where=text(_SENT)),
        Index(None, "message_id", sqlite_where=text(_IN_MESSAGE), postgresql_where=text(_IN_MESSAGE)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("push_batches.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("push_subjects.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(4))
    """fits: it can have it; asks: one fact is missing and asked for."""
    fact: Mapped[str | None] = mapped_column(String(48))
    """The fact asked for."""
    example: Mapped[bool]
    region: Mapped[str | None] = mapped_column(String(32))
    """Of the enterprise, on the day it was selected."""
    estimate: Mapped[float | None] = mapped_column(Float)
    """Yuan, as estimated that day."""
    ground: Mapped[bytes] = mapped_column(LargeBinary(16))
    state: Mapped[str] = mapped_column(String(9))
    """waiting (the batch is not approved), queued, handing (being handed over), sent, unsure (broke off while it was handed
    over), failed, dropped (no longer fits, or wants nothing), withdrawn (before it was sent)."""
    remark: Mapped[str | None] = mapped_column(String(200))
    """Why it failed or was dropped."""
    sent: Mapped[datetime | None]
    month: Mapped[int | None]
    """Of sending, in Shanghai: 202611."""
    message_id: Mapped[int | None] = mapped_column(ForeignKey("push_messages.id", ondelete="SET NULL"))


class HandOverRow(Base):
    """Messages given to another system as one file, which can be made again exactly."""

    __tablename__ = "push_hand_overs"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("push_batches.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    messages: Mapped[int]


class MessageRow(Base):
    """What goes to one enterprise of one batch at one time: all its pushes of that batch in one text."""

    __tablename__ = "push_messages"
    __table_args__ = (Index(None, "enterprise_id", "day"), Index(None, "batch_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("push_batches.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"))
    hand_over_id: Mapped[int | None] = mapped_column(ForeignKey("push_hand_overs.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    """Of the enterprise, as it was addressed."""
    address: Mapped[str] = mapped_column(String(200))
    """Number or mailbox; empty once the contact was erased."""
    person: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8))
    """handing (being handed over), sent, unsure, failed, later (refused for now: goes out again as the same message)."""
    remark: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    day: Mapped[date] = mapped_column(index=True)
    """The day in Shanghai it counts for."""


class AnswerRow(Base):
    """What an enterprise said to a push by its link; a later answer replaces the earlier until the link ends."""

    __tablename__ = "push_answers"

    push_id: Mapped[int] = mapped_column(ForeignKey("pushes.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    fits: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(24))
    """Why not, from a list: already, not_fit, no_need, wrong_info, other."""
    about: Mapped[str | None] = mapped_column(String(200))
    """Which condition does not fit, or which fact is wrong."""
    words: Mapped[str] = mapped_column(String(300))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What it told where a question was asked."""
