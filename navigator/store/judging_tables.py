"""The tables by which pushes are judged: audit samples and what judges said, applications at the window, backtests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from navigator.store.tables import Base


class SampleRow(Base):
    """A seeded random sample of the pushes of a month, stratified by measure and region."""

    __tablename__ = "audit_samples"

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(index=True)
    scope: Mapped[str | None] = mapped_column(String(32))
    """The region whose pushes it is drawn from; None for the whole city."""
    example: Mapped[bool]
    seed: Mapped[int]
    least: Mapped[int]
    """How many a stratum needs (all of it where it has fewer)."""
    total: Mapped[int]
    """How many the sample was to have in all; those beyond the least go to the strata by their size."""
    drawn: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class StratumRow(Base):
    """The pushes of one measure to one region in a sample's month: how many there were, how many were drawn."""

    __tablename__ = "audit_strata"
    __table_args__ = (Index(None, "sample_id", "measure_id", "region", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("audit_samples.id", ondelete="CASCADE"))
    measure_id: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(32))
    """Empty where unknown."""
    pushes: Mapped[int]
    items: Mapped[int]


class ItemRow(Base):
    """A push that was drawn."""

    __tablename__ = "audit_items"
    __table_args__ = (Index(None, "stratum_id", "push_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stratum_id: Mapped[int] = mapped_column(ForeignKey("audit_strata.id", ondelete="CASCADE"))
    push_id: Mapped[int] = mapped_column(ForeignKey("pushes.id", ondelete="CASCADE"), index=True)


class JudgementRow(Base):
    """What one judge found about a drawn push. Nobody sees another's before giving their own."""

    __tablename__ = "judgements"
    __table_args__ = (Index(None, "item_id", "judge", "settles", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("audit_items.id", ondelete="CASCADE"))
    judge: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(8))
    """right, wrong, or unsure (could not be found out)."""
    settles: Mapped[bool]
    """Given with knowledge of two that differ, to settle them."""
    remark: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class TallyRow(Base):
    """How many pushes were sent, and how they were answered, by month, subject, region and batch.

    Triggers on pushes and push_answers keep it equal to the rows; nothing else writes it, and backups leave it out.
    """

    __tablename__ = "push_tallies"

    example: Mapped[bool] = mapped_column(primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    region: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Empty where unknown."""
    what: Mapped[str] = mapped_column(String(24), primary_key=True)
    """sent; or fits, or the reason why not, of those that were answered."""
    number: Mapped[int]


class CoverageRow(Base):
    """Eligible enterprises and how many of them were pushed, counted over all records as of a day."""

    __tablename__ = "coverage_snapshots"

    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date] = mapped_column(index=True)
    scope: Mapped[str | None] = mapped_column(String(32))
    """The region whose records were counted; None for the whole city."""
    example: Mapped[bool]
    corpus_version: Mapped[str] = mapped_column(String(32))
    records: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class CoverageLineRow(Base):
    """Coverage of one measure in one region."""

    __tablename__ = "coverage_lines"
    __table_args__ = (Index(None, "snapshot_id", "measure_id", "region", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("coverage_snapshots.id", ondelete="CASCADE"))
    measure_id: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(32))
    """Empty where unknown."""
    eligible: Mapped[int]
    pushed: Mapped[int]


class CaseRow(Base):
    """A case brought to a window: which measure, by whom, what came of it."""

    __tablename__ = "window_cases"
    __table_args__ = (
        Index(None, "system", "number", unique=True),
        Index(None, "enterprise_id", "measure_id"),
        Index(None, "brought", "measure_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system: Mapped[str] = mapped_column(String(64))
    """Whose number it is: 荆策通, or the window's own system."""
    number: Mapped[str] = mapped_column(String(64))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id", ondelete="CASCADE"))
    measure_id: Mapped[str] = mapped_column(String(80))
    example: Mapped[bool]
    region: Mapped[str | None] = mapped_column(String(32))
    """Of the window."""
    office: Mapped[str] = mapped_column(String(64))
    brought: Mapped[date]
    result: Mapped[str] = mapped_column(String(12))
    """accepted, supplement (一次性补正), refused."""
    reason: Mapped[str | None] = mapped_column(String(24))
    """Why refused, from a list; not_eligible counts against the push."""
    remark: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class BacktestRow(Base):
    """A published list of recipients held against the rules, with the state of rules and records it was done with."""

    __tablename__ = "backtests"

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[str] = mapped_column(String(80), index=True)
    measure: Mapped[str] = mapped_column(String(200))
    """Its name that day."""
    file: Mapped[str] = mapped_column(String(200))
    list_hash: Mapped[str] = mapped_column(String(64))
    """Of codes and names in the list: runs over the same list have the same."""
    source: Mapped[str] = mapped_column(String(300))
    """Where the list was published."""
    region: Mapped[str | None] = mapped_column(String(32))
    """Whose enterprises the list is of: false alarms are looked for there; None for all in scope."""
    as_of: Mapped[date]
    """The day whose rules were used."""
    corpus_version: Mapped[str] = mapped_column(String(32))
    scope: Mapped[str | None] = mapped_column(String(32))
    example: Mapped[bool]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How many of each kind, money, and what each condition excluded, with its text as it was."""
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))


class BacktestLineRow(Base):
    """One enterprise of a backtest: listed or not, what the rules say, and which condition decided."""

    __tablename__ = "backtest_lines"
    __table_args__ = (Index(None, "backtest_id", "found"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    backtest_id: Mapped[int] = mapped_column(ForeignKey("backtests.id", ondelete="CASCADE"))
    line: Mapped[int | None]
    """In the list; None for a false alarm."""
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id", ondelete="SET NULL"), index=True)
    written: Mapped[str] = mapped_column(String(200))
    """Name as the list has it (the code where it has none); of a false alarm the name that day."""
    code: Mapped[str | None] = mapped_column(String(32))
    """Code as the list has it."""
    amount: Mapped[float | None] = mapped_column(Float)
    """Yuan, as the list has it."""
    found: Mapped[str] = mapped_column(String(12))
    """hit, miss, undecided, false_alarm, no_record, several, repeated, unread."""
    because: Mapped[str] = mapped_column(Text)
