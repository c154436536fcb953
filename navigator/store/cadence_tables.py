"""The tables of problems and of the plan's cadence: problems with their steps, what was done each period, bulletins, units that fell
short, talks.

The responsible units themselves stand in `board_tables`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class ProblemRow(Base):
    """A problem found, from finding to close-out (发现、整改、复核、反馈、销号)."""

    __tablename__ = "problems"
    __table_args__ = (Index(None, "state", "due"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """promises, policies, funds, arrears (the four of item 7), other."""
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200))
    """Where it was found: audit, inspection, complaint …"""
    found_on: Mapped[date] = mapped_column(index=True)
    region: Mapped[str | None] = mapped_column(String(32), index=True)
    """Where it is; None for the city's own."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("board_units.id"), index=True)
    """The unit that has to put it right."""
    due: Mapped[date]
    due_source: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    """found, rectified, reviewed, told, closed."""
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


class ProblemStepRow(Base):
    """One step of a problem. Rows are only added."""

    __tablename__ = "problem_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("problems.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    """find, rectify, review, send_back, tell, close, reopen, amend."""
    day: Mapped[date]
    """When it happened."""
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500))
    """Evidence on the web; empty without."""
    whom: Mapped[str] = mapped_column(String(200))
    """Who rectified, or who was told; empty for the other steps."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class CadenceStartRow(Base):
    """From which day the plan's cadence is kept here; the last row counts."""

    __tablename__ = "cadence_starts"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class CadenceEntryRow(Base):
    """What was done for one duty in one period. Every saving is a new row; the last one counts."""

    __tablename__ = "cadence_entries"
    __table_args__ = (Index(None, "period", "duty", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[str] = mapped_column(String(16))
    """weekly, pointed, monthly, bulletin, quarterly, report, account."""
    action: Mapped[str] = mapped_column(String(40))
    """Whose working group, by the name of the action; empty for the city's office."""
    period: Mapped[str] = mapped_column(String(12))
    """2026-W47, 2026-11, 2026-Q4, 2026-H2."""
    topic: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[str] = mapped_column(Text)
    raised: Mapped[str] = mapped_column(Text)
    """What has to be settled one level higher; empty without."""
    held_on: Mapped[date | None]
    done: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class BulletinRow(Base):
    """The bulletin of one month: its figures as of a day, and whether its list of units is confirmed."""

    __tablename__ = "bulletins"
    __table_args__ = (Index(None, "month", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int]
    """202611."""
    as_of: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The figures as they were: actions, problems, dispatches."""
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    confirmed: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(64))


class BulletinUnitRow(Base):
    """A unit that fell short in a month, with the rows that say so; struck ones stay, with the reason."""

    __tablename__ = "bulletin_units"
    __table_args__ = (Index(None, "bulletin_id", "unit_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletins.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("board_units.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(12))
    region: Mapped[str | None] = mapped_column(String(32))
    """Name, kind and region as they were that month."""
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """What fell short: what, text, due."""
    struck: Mapped[str] = mapped_column(String(500))
    """Why it is not in the bulletin; empty where it is."""
    struck_by: Mapped[str | None] = mapped_column(String(64))
    explained_on: Mapped[date | None]
    """When its written explanation came; None while it has not."""
    explanation: Mapped[str] = mapped_column(Text)
    explained_by: Mapped[str | None] = mapped_column(String(64))


class TalkRow(Base):
    """A talk with the head of a unit named two months in a row. Rows are only added."""

    __tablename__ = "cadence_talks"
    __table_args__ = (Index(None, "unit_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("board_units.id"))
    month: Mapped[int]
    """The last of the months that led to it."""
    held_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
