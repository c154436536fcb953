"""The tables of visit records: what was talked about in each version, who was met, what was promised with every step, and the photos.

The photos themselves lie in the data folder (navigator.delivery.photos), the numbers of the people met among the contacts.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class VisitRow(Base):
    """A visit to an enterprise; what it says stands in its versions."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of what came from a phone: the same record sent twice is taken once. None for those written here."""
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    visited_on: Mapped[date] = mapped_column(index=True)
    """As the version that counts says."""
    version: Mapped[int]
    """The one that counts: the last."""
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))


class VisitVersionRow(Base):
    """What a visit record said from a moment on. Rows are only added."""

    __tablename__ = "visit_versions"
    __table_args__ = (UniqueConstraint("visit_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    version: Mapped[int]
    visited_on: Mapped[date]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("visit_teams.id"), index=True)
    members: Mapped[list[str]] = mapped_column(JSON)
    """Who went, by name."""
    topics: Mapped[list[str]] = mapped_column(JSON)
    other: Mapped[str] = mapped_column(String(200))
    """What else was talked about."""
    measures: Mapped[list[str]] = mapped_column(JSON)
    """Measures that were talked about."""
    words: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    """Why it was corrected; empty in the first."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class VisitPersonRow(Base):
    """Somebody who was met, as a version says. The name goes when it may not be kept any longer."""

    __tablename__ = "visit_people"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("visit_versions.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(64))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    until: Mapped[date] = mapped_column(index=True)
    """The last day the name may be kept."""


class VisitPromiseRow(Base):
    """Something promised to the enterprise, as it stands; how it came to that are its steps."""

    __tablename__ = "visit_promises"
    __table_args__ = (Index(None, "state", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(index=True)
    keeper: Mapped[str] = mapped_column(String(64))
    """Who is to see to it."""
    state: Mapped[str] = mapped_column(String(12))
    """open, kept, withdrawn."""
    settled_on: Mapped[date | None]
    """When it was kept or withdrawn."""
    made_by: Mapped[str] = mapped_column(String(64))


class VisitPromiseStepRow(Base):
    """One step of a promise. Rows are only added."""

    __tablename__ = "visit_promise_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    promise_id: Mapped[int] = mapped_column(ForeignKey("visit_promises.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    """make, keep, withdraw, reopen."""
    day: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class VisitPhotoRow(Base):
    """A photo of a visit, made anew without anything but its picture."""

    __tablename__ = "visit_photos"
    __table_args__ = (UniqueConstraint("visit_id", "origin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file as it came: the same one sent twice is taken once."""
    file: Mapped[str] = mapped_column(String(40), unique=True)
    """Its name in the data folder."""
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    made: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
