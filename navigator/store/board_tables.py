"""The tables of the board of commitments: units and what they answer for, values of targets, tasks with what happened to them,
and supervision notes. Values and events are only ever added: a correction is a new row that names the one it puts right.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class UnitRow(Base):
    """A unit that answers for commitments. Units are ended, never deleted: values and tasks name them."""

    __tablename__ = "board_units"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """The name as it is compared."""
    kind: Mapped[str] = mapped_column(String(8))
    """city (市直), county (县市区)."""
    region: Mapped[str | None] = mapped_column(String(32), index=True)
    """None for units of the city."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    ended: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))


class DutyRow(Base):
    """That a unit leads or supports a commitment, from when to when."""

    __tablename__ = "board_duties"
    __table_args__ = (Index(None, "number", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    """Of the commitment."""
    unit_id: Mapped[int] = mapped_column(ForeignKey("board_units.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(8))
    """lead (牵头), support (配合)."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    ended: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))


class ValueRow(Base):
    """A value of one of the plan's figures on a day, for the city or one unit. Never changed but for whether it is public."""

    __tablename__ = "board_values"
    __table_args__ = (Index(None, "target", "unit_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(String(12))
    """Number of the commitment and place of the figure in it: 26-3."""
    indicator: Mapped[str] = mapped_column(String(200))
    """As it was called that day."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("board_units.id", ondelete="CASCADE"), index=True)
    """Whose value; None for the whole city."""
    day: Mapped[date]
    """Of which day the value is."""
    value: Mapped[float | None] = mapped_column(Float)
    """In the plan's unit; None where a value is taken back."""
    automatic: Mapped[bool]
    """Counted by this program and kept as it was that day."""
    evidence: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500))
    corrects: Mapped[int | None] = mapped_column(ForeignKey("board_values.id", ondelete="CASCADE"), unique=True)
    """The row this one stands in for."""
    reason: Mapped[str] = mapped_column(Text)
    """Why it was corrected or taken back."""
    public: Mapped[bool] = mapped_column(index=True)
    public_at: Mapped[datetime | None]
    public_by: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class TaskRow(Base):
    """A task of a commitment for one unit, as it stands; what happened to it are its events."""

    __tablename__ = "board_tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(index=True)
    """Of the commitment."""
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(ForeignKey("board_units.id", ondelete="CASCADE"), index=True)
    due: Mapped[date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(8))
    """open, asked (close-out asked for), closed, dropped."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class TaskEventRow(Base):
    """What happened to a task: made, moved, noted, asked, refused, closed, reopened, dropped."""

    __tablename__ = "board_task_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("board_tasks.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    words: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(500))
    due: Mapped[date | None]
    """The due day from this event on, where it set one."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class NoteRow(Base):
    """A supervision note on a task, by when it is to be answered, and the answer."""

    __tablename__ = "board_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("board_tasks.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    reply: Mapped[str | None] = mapped_column(Text)
    replied: Mapped[datetime | None]
    replied_by: Mapped[str | None] = mapped_column(String(64))
