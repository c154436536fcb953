"""Whom a change of rules reaches: enterprises that gain or lose, and their money, in all and by region, industry and size.

A `City` is a table of enterprises held in memory with its groups. Amounts are yuan in the first twelve months, each measure by itself: what one
enterprise cannot have together is not taken off here (`bundle` does that for one enterprise). Loans and guarantees are no money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from navigator.corpus.industries import load_industries
from navigator.corpus.model import NOT_MONEY, Measure
from navigator.matching.batch import Progress
from navigator.matching.bundle import TIMES
from navigator.matching.columns import Array
from navigator.matching.dates import apply_state, period
from navigator.matching.language import Day, Node, walk
from navigator.matching.loaded import LoadedTable
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.matching.synthetic import synthetic_enterprises
from navigator.matching.tables import Source

Dimension = Literal["region", "industry", "size"]
DIMENSIONS: dict[Dimension, str] = {"region": "地区", "industry": "行业", "size": "规模"}
UNKNOWN = "未知"
EXAMPLE_COUNT, EXAMPLE_SEED = 50_000, 20_261_123


@dataclass(frozen=True, slots=True)
class Grouping:
    """Each enterprise's place in a list of names; the last name is for those of whom it is unknown."""

    names: tuple[str, ...]
    places: Array


class City:
    """Enterprises in memory, ready to be counted by group. `is_example`: all of them are invented."""

    def __init__(self, table: LoadedTable, is_example: bool = False) -> None:
        self.table, self.is_example = table, is_example
        facts = table.facts(["region", "industry", "size_class"])
        specs = table.rulebook.facts.specs
        industries = load_industries()
        sections = facts["industry"].str.slice(0, 1)
        self.groups: dict[Dimension, Grouping] = {
            "region": _grouping(facts["region"], specs["region"].values),
            "industry": _grouping(sections, industries.children(), industries.name),
            "size": _grouping(facts["size_class"], specs["size_class"].values),
        }

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def load(cls, source: Source, progress: Progress | None = None) -> City:
        """A table of real enterprises (path or DataFrame); raises InputError as `match` does."""
        return cls(LoadedTable.load(source, progress=progress))

    @classmethod
    def example(cls, count: int = EXAMPLE_COUNT) -> City:
        """An invented city, always the same."""
        return cls(LoadedTable.load(synthetic_enterprises(count, EXAMPLE_SEED)), is_example=True)


def _grouping(values: pl.Series, names: Iterable[str], shown: Callable[[str], str] = str) -> Grouping:
    listed = list(names)
    places = values.replace_strict(listed, list(range(len(listed))), default=len(listed), return_dtype=pl.UInt8)
    return Grouping((*(shown(name) for name in listed), UNKNOWN), places.fill_null(len(listed)).to_numpy())


@dataclass(frozen=True, slots=True)
class Amount:
    """Some enterprises and their yuan: `exact` from exact estimates, `about` from at-most and typical ones. `unpriced`: those without any amount."""

    enterprises: int
    exact: float
    about: float
    unpriced: int

    def as_dict(self) -> dict[str, int | float]:
        """As JSON, yuan to the cent."""
        exact, about = round(self.exact, 2), round(self.about, 2)
        return {"enterprises": self.enterprises, "exact": exact, "at_most": about, "unpriced": self.unpriced}


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """One group of a breakdown: who gains and who loses in it."""

    name: str
    gained: Amount
    lost: Amount


@dataclass(frozen=True, slots=True)
class Shift:
    """One measure: for each enterprise whether it gains or loses it, with what would come and what would go (NaN: no amount).

    `may_gain` and `may_lose` count those of whom it cannot be told for want of facts.
    """

    measure: Measure
    gained: Array
    lost: Array
    come: Array
    gone: Array
    may_gain: int
    may_lose: int

    @property
    def is_exact(self) -> bool:
        return self.measure.benefit.estimate_kind == "exact"


@dataclass(frozen=True, slots=True)
class MeasureEffect:
    """What one measure's change means for the whole city."""

    measure: Measure
    gained: Amount
    lost: Amount
    may_gain: int
    may_lose: int


@dataclass(frozen=True, slots=True)
class CityEffect:
    """All enterprises that gain or lose something: by measure, together, and by group. An enterprise counts once in each sum."""

    measures: tuple[MeasureEffect, ...]
    gained: Amount
    lost: Amount
    groups: Mapping[Dimension, tuple[GroupEffect, ...]]


class _Side:
    """Enterprises on one side (gain or loss), summed over measures."""

    def __init__(self, count: int) -> None:
        self._any, self._priced = np.zeros(count, bool), np.zeros(count, bool)
        self._exact, self._about = np.zeros(count), np.zeros(count)

    def add(self, who: Array, yuan: Array, is_exact: bool) -> None:
        priced = who & ~np.isnan(yuan)
        self._any |= who
        self._priced |= priced
        sums = self._exact if is_exact else self._about
        sums[priced] += yuan[priced]

    def whole(self) -> Amount:
        unpriced = self._any & ~self._priced
        return Amount(int(self._any.sum()), float(self._exact.sum()), float(self._about.sum()), int(unpriced.sum()))

    def by(self, grouping: Grouping) -> list[Amount]:
        rows = np.flatnonzero(self._any)
        places, size = grouping.places[rows], len(grouping.names)
        count = np.bincount(places, minlength=size)
        exact, about = (np.bincount(places, sums[rows], minlength=size) for sums in (self._exact, self._about))
        unpriced = np.bincount(places[~self._priced[rows]], minlength=size)
        rows_of = zip(count.tolist(), exact.tolist(), about.tolist(), unpriced.tolist(), strict=True)
        return [Amount(*row) for row in rows_of]


def sum_up(shifts: Iterable[Shift], city: City) -> CityEffect:
    """Add up what measures' changes mean for a city; groups that nothing happens to are left out."""
    gains, losses = _Side(len(city)), _Side(len(city))
    measures = []
    for shift in shifts:
        gains.add(shift.gained, shift.come, shift.is_exact)
        losses.add(shift.lost, shift.gone, shift.is_exact)
        gained = _amount(shift.gained, shift.come, shift.is_exact)
        lost = _amount(shift.lost, shift.gone, shift.is_exact)
        measures.append(MeasureEffect(shift.measure, gained, lost, shift.may_gain, shift.may_lose))
    groups = {name: _groups(grouping, gains, losses) for name, grouping in city.groups.items()}
    return CityEffect(tuple(measures), gains.whole(), losses.whole(), groups)


def _amount(who: Array, yuan: Array, is_exact: bool) -> Amount:
    amounts = yuan[who]
    known = ~np.isnan(amounts)
    total = float(amounts[known].sum())
    return Amount(len(amounts), total if is_exact else 0.0, 0.0 if is_exact else total, len(amounts) - int(known.sum()))


def _groups(grouping: Grouping, gains: _Side, losses: _Side) -> tuple[GroupEffect, ...]:
    rows = zip(grouping.names, gains.by(grouping), losses.by(grouping), strict=True)
    return tuple(GroupEffect(*row) for row in rows if row[1].enterprises or row[2].enterprises)


def yuan_of(measure: Measure, estimate: Array | None, count: int) -> Array:
    """Estimates as yuan in the first twelve months; NaN where unknown, and for all of a loan, a guarantee or a measure without estimate."""
    if estimate is None or measure.benefit.kind in NOT_MONEY:
        return np.full(count, np.nan)
    return np.round(np.maximum(estimate, 0.0), 2) * TIMES[measure.benefit.per or "一次性"]


def yuan_on(measure: Measure, estimate: Array | None, count: int, day: date) -> Array:
    """The same, and nothing where applications are closed on the day."""
    return yuan_of(measure, None if apply_state(measure, day) == "closed" else estimate, count)


# ---- between two days


def shifts_between(start: date, end: date, city: City, measures: Iterable[str] | None = None) -> Iterator[Shift]:
    """Each measure that some enterprise gains or loses, surely or possibly, from one day to another: facts as they are, rules of each day."""
    books = rulebook_for(start), rulebook_for(end)
    days = start, end
    wanted = set(measures) if measures is not None else _that_can_differ(books, days)
    sides = [_Counted(city, book, day, wanted) for book, day in zip(books, days, strict=True)]
    for name in sorted(wanted):
        newest = next((side.measures[name] for side in reversed(sides) if name in side.measures), None)
        if newest is None:
            continue
        (before, had), (after, has) = (side.of(name) for side in sides)
        eligible_before, eligible_after = (outcome == 1 for outcome in (before, after))
        shift = Shift(
            newest,
            gained=eligible_after & ~eligible_before,
            lost=eligible_before & ~eligible_after,
            come=has,
            gone=had,
            may_gain=int(((after == _UNKNOWN) & (before == _NO)).sum()),
            may_lose=int(((before == _UNKNOWN) & (after == _NO)).sum()),
        )
        if shift.gained.any() or shift.lost.any() or shift.may_gain or shift.may_lose:
            yield shift


_NO, _YES, _UNKNOWN = 0, 1, 2


class _Counted:
    """Outcomes and yuan of the measures that count on a day; of the others nobody is eligible."""

    def __init__(self, city: City, book: RuleBook, day: date, wanted: set[str]) -> None:
        self._city, self._day = city, day
        self.measures = {
            one.measure.id: one.measure
            for one in book.measures
            if one.measure.id in wanted and period(one.measure, day) == "in_force"
        }
        table = city.table.with_rulebook(book)
        self._outcomes = table.outcomes(day, self.measures).drop("uscc")
        self._estimates = table.estimates(day, self.measures)

    def of(self, name: str) -> tuple[Array, Array]:
        count = len(self._city)
        if name not in self.measures:
            return np.full(count, _NO, np.uint8), np.full(count, np.nan)
        outcome = self._outcomes[name].cast(pl.UInt8).fill_null(_UNKNOWN).to_numpy()
        estimate = self._estimates[name].to_numpy() if name in self._estimates.columns else None
        return outcome, yuan_on(self.measures[name], estimate, count, self._day)


def _that_can_differ(books: tuple[RuleBook, RuleBook], days: tuple[date, date]) -> set[str]:
    """Measures that begin, end, have another version, or whose conditions name the day."""
    found = set()
    for name in {*books[0].by_id, *books[1].by_id}:
        compiled = [book.by_id.get(name) for book in books]
        counts = [bool(one) and period(one.measure, day) == "in_force" for one, day in zip(compiled, days, strict=True)]  # type: ignore[union-attr]
        same = compiled[0] is compiled[1] and counts[0] == counts[1]
        if any(counts) and (not same or any(_names_the_day(rule.node) for rule in compiled[1].rules)):  # type: ignore[union-attr]
            found.add(name)
    return found


def _names_the_day(node: Node) -> bool:
    return any(isinstance(part, Day) and part.base is None for part in walk(node))


# ---- rows to take along

HEADINGS = ("统一社会信用代码", "政策编号", "政策事项", "变化", "头12个月多少元", "金额是", "示例")
_KIND = {"exact": "准数", "at_most": "最多", "typical": "大约", None: ""}


def rows_of(shifts: Iterable[Shift], city: City) -> Iterator[pl.DataFrame]:
    """One row for each enterprise and measure gained or lost, a frame a measure, columns as in HEADINGS."""
    usccs = city.table.usccs()
    for shift in shifts:
        for who, yuan, word in ((shift.gained, shift.come, "得到"), (shift.lost, shift.gone, "失去")):
            rows = np.flatnonzero(who)
            amounts = pl.Series(np.round(yuan[rows], 2)).fill_nan(None)
            kind = _KIND[shift.measure.benefit.estimate_kind]
            priced = amounts.is_not_null().to_numpy()
            yield pl.DataFrame(
                [
                    usccs.gather(rows),
                    pl.repeat(shift.measure.id, len(rows), dtype=pl.String, eager=True),
                    pl.repeat(shift.measure.name, len(rows), dtype=pl.String, eager=True),
                    pl.repeat(word, len(rows), dtype=pl.String, eager=True),
                    amounts.cast(pl.Float64),
                    pl.Series(np.where(priced, kind, ""), dtype=pl.String),
                    pl.repeat("示例" if city.is_example else "", len(rows), dtype=pl.String, eager=True),
                ],
                schema=list(HEADINGS),
            )
