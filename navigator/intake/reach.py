"""Whom a draft would reach: the enterprises at hand counted by size, region and trade, ten of them, and what changes against the version in force.

The enterprises are the city's records where there are any, else invented ones marked 示例, whose shares are no statistic. Those of whom too
little is known are counted apart, never as reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl
from sqlalchemy import func, select

from navigator.auth import Actor, need
from navigator.corpus.industries import load_industries
from navigator.intake.examples import DraftRules, rules_of
from navigator.matching.facts import FactBook
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook, outcome_of, rulebook_for
from navigator.matching.synthetic import synthetic_enterprises
from navigator.store.audit import audit
from navigator.store.engine import reading
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import count_enterprises, in_region_of

INVENTED = 3000
"""How many enterprises are invented where there are no records."""
MOST = 5000
"""Of more records than this, every second, third … is taken."""
EXAMPLES = 10
_UNKNOWN = "不知道"


@dataclass(frozen=True, slots=True)
class Enterprises:
    """The enterprises a draft is held against: names, their completed facts, and whether they are invented."""

    names: tuple[str, ...]
    facts: tuple[Mapping[str, Value], ...]
    invented: bool
    out_of: int = 0
    """How many records they were taken from, evenly; 0 where they are all there are."""


@dataclass(frozen=True, slots=True)
class Share:
    """One size, region or trade: how many there are, how many are reached, of how many too little is known."""

    name: str
    total: int
    reached: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a draft would reach among some enterprises."""

    total: int
    reached: int
    unknown: int
    by_size: tuple[Share, ...]
    by_region: tuple[Share, ...]
    by_trade: tuple[Share, ...]
    examples: tuple[tuple[str, Mapping[str, Value]], ...]
    money: float | None
    """Yuan over those reached whose estimate can be computed; None without an estimate."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Against the version in force: how many come in, how many fall out, some names of each."""

    gained: int
    lost: int
    gained_names: tuple[str, ...]
    lost_names: tuple[str, ...]


def of_rows(rows: Iterable[Mapping[str, Any]], book: FactBook, *, invented: bool) -> Enterprises:
    """Enterprises from rows of fact -> value (None unknown), completed once."""
    names: list[str] = []
    facts: list[Mapping[str, Value]] = []
    for row in rows:
        known = {name: _plain(value) for name, value in row.items() if value is not None and name in book.specs}
        names.append(str(known.get("name", "")))
        facts.append(book.complete(known).values)
    return Enterprises(tuple(names), tuple(facts), invented)


def _plain(value: Any) -> Value:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@lru_cache(maxsize=1)
def invented_city(count: int = INVENTED, seed: int = 2026) -> Enterprises:
    """The invented enterprises, the same ones each time."""
    table: pl.DataFrame = synthetic_enterprises(count, seed, unknown=0.1)
    return of_rows(table.iter_rows(named=True), default_rulebook().facts, invented=True)


def at_hand(actor: Actor | None) -> Enterprises:
    """The real records this person may see; the invented enterprises where there are none. For staff."""
    actor = need(actor, "staff")
    total = count_enterprises(actor, example=False)
    if not total:
        return invented_city()
    with reading() as session:
        newest = session.scalar(select(func.max(EnterpriseRow.changed)).where(in_region_of(actor)))
    return _records(actor, total, newest)


@lru_cache(maxsize=4)
def _records(actor: Actor, total: int, newest: datetime | None) -> Enterprises:
    """The records as they stand after the `newest` change."""
    step = -(-total // MOST)
    query = select(EnterpriseRow).where(
        EnterpriseRow.example.is_(False), in_region_of(actor), EnterpriseRow.id % step == 0
    )
    book = default_rulebook().facts
    with reading() as session:
        rows = session.scalars(query).all()
    profiles = [
        book.read_profile({name: kept[0] for name, kept in row.facts.items() if name in book.specs}) for row in rows
    ]
    audit(actor, "按企业档案算会惠及谁", "enterprise:", {"家数": len(rows)})
    found = of_rows(profiles, book, invented=False)
    return Enterprises(found.names, found.facts, False, total if step > 1 else 0)


def reach(draft: DraftRules, enterprises: Enterprises, as_of: date) -> Reach:
    """Count whom a draft reaches; a draft without conditions reaches nobody."""
    outcomes = [outcome_of(draft.outcomes(facts, as_of)) for facts in enterprises.facts]
    eligible = [position for position, outcome in enumerate(outcomes) if outcome == "eligible"]
    money = None
    if draft.estimate is not None:
        amounts = [draft.estimate(enterprises.facts[position], as_of) for position in eligible]
        money = float(sum(amount for amount in amounts if isinstance(amount, float | int)))
    return Reach(
        total=len(outcomes),
        reached=len(eligible),
        unknown=outcomes.count("needs_info"),
        by_size=_shares(enterprises, outcomes, lambda facts: facts.get("size_class"), ("大型", "中型", "小型", "微型")),
        by_region=_shares(
            enterprises, outcomes, lambda facts: facts.get("region"), default_rulebook().facts.specs["region"].values
        ),
        by_trade=_shares(enterprises, outcomes, _section, ()),
        examples=tuple((enterprises.names[position], enterprises.facts[position]) for position in _spread(eligible)),
        money=money,
    )


def shift(before: DraftRules, after: DraftRules, enterprises: Enterprises, as_of: date) -> Shift:
    """Who is reached after and not before, and the other way round."""
    gained, lost = [], []
    for name, facts in zip(enterprises.names, enterprises.facts, strict=True):
        was = outcome_of(before.outcomes(facts, as_of)) == "eligible"
        is_now = outcome_of(after.outcomes(facts, as_of)) == "eligible"
        if is_now and not was:
            gained.append(name)
        elif was and not is_now:
            lost.append(name)
    return Shift(len(gained), len(lost), tuple(gained[:5]), tuple(lost[:5]))


def rules_in_force(measure_id: str, book: FactBook, as_of: date) -> DraftRules | None:
    """The conditions of the version of a measure that answers for a day; None for a new one."""
    measure = rulebook_for(as_of).corpus.measure_by_id.get(measure_id)
    return rules_of(measure.model_dump(by_alias=True), book) if measure else None


def _section(facts: Mapping[str, Value]) -> str | None:
    code = facts.get("industry")
    return load_industries().name(str(code)[0]) if code else None


def _shares(
    enterprises: Enterprises,
    outcomes: Sequence[str],
    group: Callable[[Mapping[str, Value]], Value],
    order: Sequence[str],
) -> tuple[Share, ...]:
    total: Counter[str] = Counter()
    reached: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for facts, outcome in zip(enterprises.facts, outcomes, strict=True):
        name = str(group(facts) or _UNKNOWN)
        total[name] += 1
        reached[name] += outcome == "eligible"
        unknown[name] += outcome == "needs_info"
    names = (
        [name for name in order if name in total]
        if order
        else sorted(total, key=lambda name: (-reached[name], -total[name], name))
    )
    names = [name for name in names if name != _UNKNOWN] + ([_UNKNOWN] if _UNKNOWN in total else [])
    return tuple(Share(name, total[name], reached[name], unknown[name]) for name in names)


def _spread(positions: list[int]) -> list[int]:
    """At most ten of them, spread over all."""
    if len(positions) <= EXAMPLES:
        return positions
    return [positions[index * len(positions) // EXAMPLES] for index in range(EXAMPLES)]
