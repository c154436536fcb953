"""The tables of what came back from visits without a signal: which records were taken in, and answers still to be decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class SyncItemRow(Base):
    """One record of a phone that was taken in; the same sent again finds its row and changes nothing. Rows are only added."""

    __tablename__ = "sync_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    """A random number the phone gave it."""
    kind: Mapped[str] = mapped_column(String(12))
    """facts, visit, appeal, photo."""
    content: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what was sent: another content under the same key is refused."""
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    made_id: Mapped[int | None]
    """The visit, appeal or photo it became; None for facts."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class SyncConflictRow(Base):
    """An answer of a visit that met another value, saved in the meantime. Open until a person decides which one stands."""

    __tablename__ = "sync_conflicts"
    __table_args__ = (Index(None, "item_id", "fact", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("sync_items.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    fact: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    """{"value": what was answered at the visit}: SQLite would make a number of a bare one."""
    day: Mapped[date]
    """The day of the visit."""
    decided: Mapped[str | None] = mapped_column(String(8))
    """visit or record; None while open."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
