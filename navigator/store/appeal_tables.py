"""The tables of appeals (企业诉求): what an enterprise asked for, every step until its close-out, how whoever raised it can be reached, and
how long each field may take."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class AppealRow(Base):
    """An appeal as it stands; how it came to that are its steps."""

    __tablename__ = "appeals"
    __table_args__ = (Index(None, "state", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    """Year and running number of the year, such as 2026-00012; never given twice."""
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of what came from a phone: the same appeal sent twice is taken once. None for those written here."""
    source: Mapped[str] = mapped_column(String(12))
    """visit, enterprise, office, hotline."""
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id", ondelete="SET NULL"), index=True)
    """None where there is no record of it."""
    name: Mapped[str] = mapped_column(String(200))
    """Of the enterprise, as it was told."""
    example: Mapped[bool]
    region: Mapped[str | None] = mapped_column(String(32), index=True)
    """Whose appeal it is to see to; None for the city's own."""
    field: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    raised_on: Mapped[date] = mapped_column(index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("board_units.id"), index=True)
    """Who has to answer; None until it is assigned."""
    due: Mapped[date | None]
    """By when it is to be answered; None until it is accepted. Counted anew when it goes back."""
    first_due: Mapped[date | None]
    """The last day when it was accepted, by which the rates count: going back does not move it."""
    turn: Mapped[int]
    """0, and one more each time it was sent back or opened again."""
    state: Mapped[str] = mapped_column(String(12))
    """raised, refused, accepted, assigned, replied, asked, closed."""
    satisfied: Mapped[str | None] = mapped_column(String(12))
    """What the enterprise said of the last reply: yes, no, unreached; None until it was asked."""
    measure_id: Mapped[str | None] = mapped_column(String(80))
    platform_id: Mapped[str | None] = mapped_column(String(80))
    """The measure and the platform that answer it, where somebody named them."""
    receipt: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the code on the receipt of who raised it without an account; None for others."""
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


class AppealContactRow(Base):
    """How whoever raised an appeal can be reached, for this appeal alone; gone after its last day."""

    __tablename__ = "appeal_contacts"

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """phone, email."""
    value: Mapped[str] = mapped_column(String(200))
    person: Mapped[str] = mapped_column(String(64))
    until: Mapped[date] = mapped_column(index=True)


class AppealStepRow(Base):
    """One step of an appeal. Rows are only added."""

    __tablename__ = "appeal_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    """raise, accept, refuse, assign, reply, ask, close, send_back, reopen, amend, name, whose."""
    day: Mapped[date]
    """When it happened."""
    text: Mapped[str] = mapped_column(Text)
    said: Mapped[str | None] = mapped_column(String(12))
    """With ask: yes, no, unreached."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class AppealTermRow(Base):
    """In how many working days appeals of a field are to be answered, from when on; the last row of a field counts."""

    __tablename__ = "appeal_terms"
    __table_args__ = (UniqueConstraint("field", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(String(12))
    days: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    """Who laid it down, and where."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
