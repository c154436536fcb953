"""The tables of imports: how far each has come, what it refused, and what the columns of a kind of table were taken for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class ImportRow(Base):
    """One import. `line` and the counts are kept together with the records they tell of."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of the file, which lies under it in the data folder until the import is done."""
    name: Mapped[str] = mapped_column(String(200))
    sheet: Mapped[str] = mapped_column(String(100), server_default="")
    """Which sheet of the file; empty for the first or only one."""
    source: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    region: Mapped[str | None] = mapped_column(String(32))
    """Where all enterprises of the table are, if somebody said so."""
    headings: Mapped[list[str]] = mapped_column(JSON)
    uses: Mapped[list[list[str]]] = mapped_column(JSON)
    """For each column, the fact and the unit."""
    began: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str | None] = mapped_column(String(32))
    """The region of whoever began it."""
    state: Mapped[str] = mapped_column(String(16))
    """running, stopped or done."""
    remark: Mapped[str] = mapped_column(Text)
    """Why it stopped."""
    worker: Mapped[str] = mapped_column(String(32))
    """Who works on it: whoever takes over writes another name, and the one before stops."""
    seen: Mapped[datetime]
    line: Mapped[int]
    """The last line that is dealt with."""
    last_line: Mapped[int]
    """The last line of the table; 0 while it is not known."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)


class RefusalRow(Base):
    """A row or cell of an import that was not taken, and why."""

    __tablename__ = "import_refusals"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), index=True)
    line: Mapped[int]
    column: Mapped[str] = mapped_column(String(200))
    found: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)


class ColumnUsesRow(Base):
    """What the columns of tables with the same headings were taken for the last time."""

    __tablename__ = "import_column_uses"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the headings."""
    uses: Mapped[list[list[str]]] = mapped_column(JSON)
    changed: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(64))
