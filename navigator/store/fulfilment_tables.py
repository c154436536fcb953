"""The tables of 免申即享 fulfilment and of the window: rounds, their items, objections, payment results; events of cases, what windows handle.

The cases themselves stand in `judging_tables`, because they also judge pushes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class RoundRow(Base):
    """One 免申即享 measure of one period at one office, from the list to the last payment."""

    __tablename__ = "fulfilment_rounds"
    __table_args__ = (Index(None, "measure_id", "period", "office", "example", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[str] = mapped_column(String(80))
    measure: Mapped[str] = mapped_column(String(200))
    """Its name that day."""
    period: Mapped[str] = mapped_column(String(40))
    """2026年, 2026年第三季度 …"""
    office: Mapped[str] = mapped_column(String(64))
    region: Mapped[str | None] = mapped_column(String(32), index=True)
    """Whose enterprises the list is of; None for the whole city."""
    example: Mapped[bool]
    as_of: Mapped[date]
    """The day whose rules made the list."""
    corpus_version: Mapped[str] = mapped_column(String(32))
    conditions: Mapped[list[list[str]]] = mapped_column(JSON)
    """Text and source of each, as they were."""
    records: Mapped[int]
    """How many records the rules were asked of."""
    undecided: Mapped[int]
    """How many of them lack facts, so that the rules cannot tell."""
    promised: Mapped[int | None]
    """Working days within which it is to be paid; None while nobody knows."""
    promised_source: Mapped[str] = mapped_column(String(300))
    starts: Mapped[str] = mapped_column(String(12))
    """What the promised days count from: confirmed, notice (the end of the public notice)."""
    state: Mapped[str] = mapped_column(String(12))
    """checking, proposed, confirmed, notice, paying, done."""
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    proposed: Mapped[datetime | None]
    proposed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    notice_from: Mapped[date | None]
    notice_to: Mapped[date | None]
    notice_place: Mapped[str] = mapped_column(String(300))
    due: Mapped[date | None] = mapped_column(index=True)
    """The last day of the promise; None before the clock has started."""


class ItemRow(Base):
    """One enterprise on a round's list."""

    __tablename__ = "fulfilment_items"
    __table_args__ = (Index(None, "round_id", "enterprise_id", unique=True), Index(None, "round_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_rounds.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    """As it stood in the record that day."""
    region: Mapped[str | None] = mapped_column(String(32))
    by_rules: Mapped[bool]
    """On the list because the rules say so; False: added by a person, with a reason."""
    ground: Mapped[dict[str, Any]] = mapped_column(JSON)
    """facts, outcomes (in the order of the round's conditions), missing."""
    amount: Mapped[float | None] = mapped_column(Float)
    """Yuan that are due; None while to be filled in, or where nothing is paid."""
    computed: Mapped[bool]
    """The amount was computed from the record and nobody changed it."""
    state: Mapped[str] = mapped_column(String(12))
    """listed, checked, struck, set_aside, paid, granted."""
    reason: Mapped[str] = mapped_column(Text)
    """Why struck, added or set aside."""
    done_on: Mapped[date | None]
    paid: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class ObjectionRow(Base):
    """What somebody objected to during the public notice, and what was decided."""

    __tablename__ = "fulfilment_objections"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_items.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    who: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(String(12))
    """kept, set_aside; None while open."""
    because: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    decided: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))


class PaymentFileRow(Base):
    """One import of payment results."""

    __tablename__ = "payment_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_rounds.id", ondelete="CASCADE"), index=True)
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class PaymentLineRow(Base):
    """One line of payment results that was not written as it stands, and why."""

    __tablename__ = "payment_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("payment_files.id", ondelete="CASCADE"), index=True)
    line: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    amount: Mapped[str] = mapped_column(String(40))
    day: Mapped[str] = mapped_column(String(40))
    found: Mapped[str] = mapped_column(String(16))
    """wrong_amount, not_listed, twice, no_record, several, unreadable, not_due."""
    because: Mapped[str] = mapped_column(Text)


class CaseEventRow(Base):
    """What happened to a case at a window, one after the other; the case itself holds the last."""

    __tablename__ = "window_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("window_cases.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    result: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(24))
    remark: Mapped[str] = mapped_column(Text)
    corrects: Mapped[bool]
    """Puts an event before it right: that one was a mistake."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class HandledRow(Base):
    """Whether a window handles a measure. A measure without a row is unknown, and not counted as handled."""

    __tablename__ = "window_measures"
    __table_args__ = (Index(None, "measure_id", "region", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(32))
    """Of the window; empty for the city's own."""
    handled: Mapped[bool]
    office: Mapped[str] = mapped_column(String(64))
    remark: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
