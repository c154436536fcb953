"""The table of subscriptions to 政策日历: which measures a link shows and until when, never why they fit."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class CalendarLinkRow(Base):
    """One link. It is deleted when somebody stops it and after its last day."""

    __tablename__ = "calendar_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the random part of the address, which itself is not kept."""
    measures: Mapped[list[str]] = mapped_column(JSON)
    """The ids of the measures it shows."""
    as_of: Mapped[date]
    """The day for which they were found to fit."""
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    """Whose it is, where staff made it for a record; None for visitors."""
    until: Mapped[date] = mapped_column(index=True)
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
