"""The tables of enterprise records (一企一档): what is known now, with source and day of each fact, and every change before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class SourceRow(Base):
    """Where facts come from (走访、税务局2026年10月名单 …), written once and pointed to."""

    __tablename__ = "fact_sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(200), unique=True)


class EnterpriseRow(Base):
    """What is known of an enterprise. `version` grows by one with every change."""

    __tablename__ = "enterprises"
    __table_args__ = (Index(None, "region", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    """As it is looked for: the fact itself stands among the facts."""
    region: Mapped[str | None] = mapped_column(String(32))
    example: Mapped[bool]
    """Invented (示例): never counted among real ones."""
    version: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """fact: [value, id of its source, day]."""
    changed: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(64))


class ChangeRow(Base):
    """One change of a record: what each fact was before (null where it was unknown). Undone one by one they give any version.

    The first, which begins a record, names no facts: all were unknown before.
    """

    __tablename__ = "enterprise_changes"
    __table_args__ = (Index(None, "enterprise_id", "version", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"))
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    remark: Mapped[str] = mapped_column(Text)
