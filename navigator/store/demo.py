"""Invented enterprises for trying things out: a city of them put among the records, every one marked 示例, and taken out again.

They are never mixed with real ones: a store that holds a real record takes none in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any
from zlib import crc32

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.errors import InputError
from navigator.matching.rulebook import default_rulebook
from navigator.matching.synthetic import synthetic_enterprises
from navigator.store.audit import audit
from navigator.store.engine import transaction
from navigator.store.enterprise_intake import AT_ONCE, take_part
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.push_tables import BatchRow, GroundRow, HandOverRow, PushRow, SubjectRow
from navigator.store.schema import METADATA

MOST = 100_000
_SEED = 2026
_MISSED = 0.06
"""The share of single facts that a source does not have of an enterprise it knows."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where invented facts claim to come from: which facts and groups of facts, how old in days, and the share of a form's enterprises it has."""

    name: str
    facts: frozenset[str]
    groups: frozenset[str]
    days: tuple[int, int]
    shares: Mapping[str, float]
    missed: float = _MISSED

    def knows(self, uscc: str, form: str) -> bool:
        """Whether an enterprise is known there: the same at every call."""
        return _chance(uscc, self.name) < self.shares.get(form, self.shares["企业"])

    def profile(self, row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """What it says of an enterprise."""
        uscc = row["uscc"]
        kept = [name for name in names if _chance(uscc, name) >= (self.missed if name != "name" else 0)]
        return {"uscc": uscc} | {name: row[name] for name in kept if row[name] is not None}

    def day(self, uscc: str, today: date) -> date:
        """Of which day that is."""
        first, last = self.days
        return today - timedelta(days=first + int(_chance(self.name, uscc) * (last - first + 1)))


_SOURCES = (
    _Source("示例：市场监管局登记", frozenset(("entity_type", "ownership", "region_code", "abnormal_listed")),
            frozenset(("身份",)), (1, 20), {"企业": 1.0}, 0.004),
    _Source("示例：市场监管局年报", frozenset(("employees", "total_assets", "total_liabilities")),
            frozenset(), (150, 320), {"企业": 0.85, "个体工商户": 0.7}),
    _Source("示例：税务局名单", frozenset(("taxpayer_type", "revenue", "monthly_sales", "taxable_income", "above_scale")),
            frozenset(("税务与信用",)), (5, 60), {"企业": 0.9, "个体工商户": 0.75, "社会组织": 0.4}),
    _Source("示例：人社局参保名单", frozenset(("insured_employees",)), frozenset(("用工",)), (5, 90),
            {"企业": 0.75, "个体工商户": 0.08, "农民专业合作社": 0.3}),
    _Source("示例：科技局、经信局名单", frozenset(("is_high_tech_enterprise", "is_tech_sme", "is_single_champion", "specialised_status",
            "first_set_product", "in_tech_library", "national_science_award")), frozenset(), (10, 200), {"企业": 0.95, "个体工商户": 0.0}),
    _Source("示例：企业自报", frozenset(), frozenset(), (0, 500), {"企业": 0.45, "个体工商户": 0.25}, 0.15),
)  # fmt: skip
"""Like a real office's: who is where is nearly always known, what firms earn mostly, what they plan only of those that were asked."""


def add_demo(actor: Actor | None, count: int, today: date) -> int:
    """Put invented enterprises among the records; gives how many are new. For administrators.

    Asked again it changes nothing. Raises InputError where there are real records.
    """
    actor = need(actor, "admin")
    if not 1 <= count <= MOST:
        raise InputError("--count", f"写的是 {count}", f"应在1到{MOST:,}之间")
    frame = synthetic_enterprises(count, _SEED, unknown=0.0)
    facts = _facts_by_source(frame.columns)
    rows = frame.iter_rows(named=True)
    added = 0
    while part := list(islice(rows, AT_ONCE)):
        with transaction() as session:
            if session.scalar(select(EnterpriseRow.id).where(EnterpriseRow.example.is_(False)).limit(1)) is not None:
                raise InputError("示例数据", "库里已经有真的企业", "示例只放进空的库；可以另设一个数据文件夹来试")
            for source, names in facts:
                known = [row for row in part if source.knows(row["uscc"], row["entity_type"])]
                profiles = [(source.profile(row, names), source.day(row["uscc"], today)) for row in known]
                added += take_part(session, actor, profiles, source=source.name, example=True).added
    audit(actor, "放入示例企业", "enterprise:", {"新增": added})
    return added


def remove_demo(actor: Actor | None) -> int:
    """Take all invented enterprises out again, with what hangs on them; gives how many. For administrators."""
    actor = need(actor, "admin")
    with transaction() as session:
        examples = EnterpriseRow.example.is_(True)
        count = session.scalar(select(func.count(EnterpriseRow.id)).where(examples)) or 0
        session.execute(delete(EnterpriseRow).where(examples))
        _remove_what_they_left(session)
        audit(actor, "清掉示例企业", "enterprise:", {"家数": count}, within=session)
    return count


def _remove_what_they_left(session: Session) -> None:
    """Batches, samples, snapshots and backtests of invented enterprises; with the last push also what all pushes share."""
    invented = select(BatchRow.id).where(BatchRow.example.is_(True))
    session.execute(delete(HandOverRow).where(HandOverRow.batch_id.in_(invented)))
    for table in reversed(METADATA.sorted_tables):
        if "example" in table.columns:
            session.execute(delete(table).where(table.c.example.is_(True)))
    if session.scalar(select(PushRow.id).limit(1)) is None:
        session.execute(delete(GroundRow))
        session.execute(delete(SubjectRow))


def _facts_by_source(names: Sequence[str]) -> list[tuple[_Source, list[str]]]:
    """For each source the facts it gives: those it names, then those of its groups; whatever nobody lists, an enterprise says itself."""
    specs = default_rulebook().facts.specs
    given: dict[str, list[str]] = {source.name: [] for source in _SOURCES}
    for name in names:
        if name != "uscc":
            group = specs[name].group
            lists = [one for one in _SOURCES if name in one.facts] or [one for one in _SOURCES if group in one.groups]
            given[(lists or _SOURCES[-1:])[0].name].append(name)
    return [(source, given[source.name]) for source in _SOURCES]


def _chance(*words: str) -> float:
    """A number from 0 to 1 that is always the same for the same words."""
    return crc32("\n".join(words).encode()) / 2**32
