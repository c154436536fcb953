"""The tables of planning visits: teams and who is in them, whom one team has claimed, a day's route, townships, and the worklist of a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class TeamRow(Base):
    """A 政策小分队. Teams are ended, never deleted: routes and visits name them."""

    __tablename__ = "visit_teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    region: Mapped[str | None] = mapped_column(String(32), index=True)
    """Whose enterprises it visits; None for the whole city."""
    members: Mapped[list[str]] = mapped_column(JSON)
    """User names."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    ended: Mapped[datetime | None]


class ClaimRow(Base):
    """An enterprise that one team has taken on. The key makes sure that it is one only."""

    __tablename__ = "visit_claims"

    enterprise_id: Mapped[int] = mapped_column(
        ForeignKey("enterprises.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("visit_teams.id"), index=True)
    until: Mapped[date]
    """The last day it holds; after it another team may take the enterprise on."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class TownshipRow(Base):
    """In which township an enterprise is found, as somebody on the spot wrote it."""

    __tablename__ = "visit_townships"

    enterprise_id: Mapped[int] = mapped_column(
        ForeignKey("enterprises.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    township: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class RouteRow(Base):
    """What one team does on one day."""

    __tablename__ = "visit_routes"
    __table_args__ = (Index(None, "team_id", "day", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("visit_teams.id"))
    day: Mapped[date] = mapped_column(index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class StopRow(Base):
    """One enterprise on a route."""

    __tablename__ = "visit_stops"
    __table_args__ = (Index(None, "route_id", "enterprise_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("visit_routes.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]
    """Its turn, from 1."""


class WorklistRow(Base):
    """One making of the worklist: of which day, over whose records."""

    __tablename__ = "visit_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date] = mapped_column(index=True)
    scope: Mapped[str | None] = mapped_column(String(32))
    """The region whose records were looked at; None for the whole city."""
    example: Mapped[bool]
    corpus_version: Mapped[str] = mapped_column(String(32))
    records: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class WorklistLineRow(Base):
    """An enterprise that is worth a visit, and why."""

    __tablename__ = "visit_list_lines"
    __table_args__ = (Index(None, "list_id", "enterprise_id", unique=True), Index(None, "list_id", "score"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("visit_lists.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"), index=True)
    score: Mapped[int]
    money: Mapped[float] = mapped_column(Float)
    """Yuan in the first twelve months that it can have and has not."""
    parts: Mapped[list[list[Any]]] = mapped_column(JSON)
    """[kind, points, words] of everything the score consists of."""
    ask: Mapped[str] = mapped_column(Text)
    """The fact whose answer decides most; empty where nothing is left to ask."""
