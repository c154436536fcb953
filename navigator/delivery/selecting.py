"""Who gets which measure: the choice as somebody makes it, and its evaluation over the records, many thousand at a time.

Eligible enterprises get a push that fits; where exactly one fact is missing, the question goes out instead. Only the facts that the chosen
measures use are read from the records. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any, Literal

import numpy as np
import polars as pl
from pydantic import model_validator

from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import FactSpec, Measure, Model
from navigator.delivery.grounds import Plain, sealed
from navigator.delivery.reading import FactReader
from navigator.errors import InputError
from navigator.matching.columns import Array, Columns, Truth, pack, unpack
from navigator.matching.dates import apply_state, period
from navigator.matching.diff import policy_diff
from navigator.matching.gaps import GapFinder
from navigator.matching.language import facts_in
from navigator.matching.parse import parse_condition, parse_estimate
from navigator.matching.plan import Plan, filled
from navigator.matching.rulebook import CompiledMeasure, RuleBook, rulebook_for

Which = Literal["named", "new", "changed", "all"]
WHICH: dict[Which, str] = {
    "named": "自己挑选",
    "new": "某天以后新开始的",
    "changed": "某天以后有变化的",
    "all": "现行的全部",
}
Kind = Literal["fits", "asks"]
KINDS: dict[Kind, str] = {"fits": "条件符合", "asks": "只差一项，先问"}
_EXACT = 2.0**53
NOT_ASKED = frozenset({"uscc", "name"})
"""Facts nobody is asked for by a message."""


class Choice(Model):
    """What somebody wants pushed to whom; empty lists of regions, industries and sizes mean all."""

    which: Which = "named"
    measures: tuple[str, ...] = ()
    """With `named`."""
    since: date | None = None
    """With `new` and `changed`: the day before the first that counts."""
    regions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    """Beginnings of GB/T 4754 codes."""
    sizes: tuple[str, ...] = ()
    asks: bool = True
    """Whether a question goes out where one fact is missing."""

    @model_validator(mode="after")
    def _is_whole(self) -> Choice:
        if self.which == "named" and not self.measures:
            raise ValueError("没有挑选事项；至少选一项")
        if self.which in ("new", "changed") and self.since is None:
            raise ValueError("没有写从哪天起；填一个日期")
        return self


def chosen_measures(choice: Choice, as_of: date, corpus: Corpus | None = None) -> tuple[Measure, ...]:
    """The measures of a choice that can be pushed on a day: in force, not unverified, applications not closed.

    Raises InputError for a named one that cannot, and where nothing is left.
    """
    whole = corpus or default_corpus()
    measures = whole.on(as_of).measure_by_id
    if choice.which == "named":
        for name in choice.measures:
            _refuse_unfit(name, measures.get(name), as_of)
    wanted = _wanted(choice, as_of, whole, measures)
    found = tuple(
        measures[name] for name in sorted(wanted) if name in measures and _can_be_pushed(measures[name], as_of)
    )
    if not found:
        raise InputError("事项", "这样挑不出可以推送的事项", "换一个日期，或者自己挑选")
    return found


def _wanted(choice: Choice, as_of: date, corpus: Corpus, measures: Mapping[str, Measure]) -> Collection[str]:
    if choice.which == "named":
        return set(choice.measures)
    if choice.which == "all":
        return measures.keys()
    assert choice.since is not None
    changes = policy_diff(choice.since, as_of, corpus)
    if choice.which == "new":
        return {one.measure.id for one in changes.begun}
    return {one.new.id for one in (*changes.versions, *changes.replaced)}


def _can_be_pushed(measure: Measure, as_of: date) -> bool:
    return period(measure, as_of) == "in_force" and apply_state(measure, as_of) != "closed"


def _refuse_unfit(name: str, measure: Measure | None, as_of: date) -> None:
    if measure is None:
        raise InputError("事项", f"没有叫 {name} 的事项", "从政策库里选")
    if period(measure, as_of) != "in_force":
        raise InputError("事项", f"“{measure.name}”在 {as_of} 不在有效期内，或者没有核实", "换一项")
    if apply_state(measure, as_of) == "closed":
        raise InputError("事项", f"“{measure.name}”在 {as_of} 已经停止受理", "换一项")


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows of a piece that get one measure as one kind of push: estimates in yuan (NaN unknown), and the key of each ground."""

    measure_id: str
    kind: Kind
    fact: str | None
    rows: Array
    estimates: Array
    grounds: Sequence[bytes]


@dataclass(slots=True)
class Selection:
    """What was selected of a piece, the grounds by key, and how many measures stay undecided by more than one fact."""

    selected: list[Selected]
    grounds: dict[bytes, bytes]
    undecided: int = 0


class Selector:
    """Some measures under the rules of a day, ready for any number of pieces."""

    def __init__(self, ids: Iterable[str], as_of: date, choice: Choice, rulebook: RuleBook | None = None) -> None:
        self.rulebook = rulebook or rulebook_for(as_of)
        self.specs = self.rulebook.facts.specs
        self.measures = tuple(self.rulebook.by_id[name] for name in sorted(ids))
        self._plan = Plan(as_of)
        filters = [parse_condition(text, self.specs, "范围") for text in _filters(choice)]
        self._within = self._plan.add_all(filters) if filters else None
        self._steps = [_Steps.of(self._plan, one, self.specs) for one in self.measures]
        names = [one.measure.id for one in self.measures]
        self._gaps = GapFinder(self.rulebook, as_of, names) if choice.asks else None
        used = {name for steps in self._steps for name in steps.facts}
        self.reader = FactReader(self.rulebook, used.union(*(facts_in(node) for node in filters)))

    def select(self, facts: Columns) -> Selection:
        """Who gets what. A measure whose estimate no fact is known for has NaN."""
        found = self._plan.run(facts)
        within = found[self._within].true if self._within is not None else pack(np.ones(facts.count, bool))
        made = Selection([], {})
        lists = _Lists(facts, self.specs)
        for steps in self._steps:
            rows = np.flatnonzero(unpack(found[steps.whole].true & within, facts.count))
            if len(rows):
                made.selected.append(steps.push("fits", None, rows, found, lists, made.grounds))
        if self._gaps:
            self._select_asks(facts, found, within, lists, made)
        return made

    def _select_asks(self, facts: Columns, found: list[Any], within: Array, lists: _Lists, made: Selection) -> None:
        assert self._gaps is not None
        steps_of = {steps.measure_id: steps for steps in self._steps}
        for name, undecided, gaps in self._gaps.find(facts):
            once, twice = np.zeros_like(undecided), np.zeros_like(undecided)
            for bits in gaps.values():
                twice |= once & bits
                once |= bits
            asked = np.zeros_like(undecided)
            for fact in sorted(gaps):
                alone = gaps[fact] & ~twice & within
                rows = np.flatnonzero(unpack(alone, facts.count))
                if len(rows) and fact not in NOT_ASKED:
                    asked |= alone
                    made.selected.append(steps_of[name].push("asks", fact, rows, found, lists, made.grounds))
            made.undecided += int(np.bitwise_count(undecided & within & ~asked).sum())


def _filters(choice: Choice) -> Iterator[str]:
    if choice.industries:
        yield f"in_industry({', '.join(map(_quoted, choice.industries))})"
    if choice.sizes:
        yield f"size_class IN ({', '.join(map(_quoted, choice.sizes))})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class _Steps:
    """Where a measure's answers stand in a plan."""

    measure_id: str
    whole: int
    rules: tuple[int, ...]
    amount: int | None
    facts: tuple[str, ...]

    @classmethod
    def of(cls, plan: Plan, compiled: CompiledMeasure, specs: Mapping[str, FactSpec]) -> _Steps:
        nodes = [rule.node for rule in compiled.rules]
        estimate = compiled.measure.benefit.estimate
        amount = plan.add_number(parse_estimate(estimate, specs)) if estimate is not None else None
        facts = tuple(sorted({*compiled.facts, *compiled.estimate_facts}))
        rules = tuple(plan.add_condition(node) for node in nodes)
        return cls(compiled.measure.id, plan.add_all(nodes), rules, amount, facts)

    def push(
        self, kind: Kind, fact: str | None, rows: Array, found: list[Any], lists: _Lists, grounds: dict[bytes, bytes]
    ) -> Selected:
        """The push of these rows, its grounds added to `grounds`."""
        count = lists.facts.count
        amounts = filled(found[self.amount], count)[rows] if self.amount is not None else np.full(len(rows), np.nan)
        columns = zip(*(lists.of(name, rows) for name in self.facts), strict=True)
        outcomes: Iterable[list[bool | None]] = repeat([True] * len(self.rules), len(rows))
        if kind == "asks":
            outcomes = map(list, zip(*(_listed(found[rule], count, rows) for rule in self.rules), strict=True))
        missing = [fact] if fact else []
        keys = []
        for values, outcome in zip(columns, outcomes, strict=True):
            known = {name: value for name, value in zip(self.facts, values, strict=True) if value is not None}
            key, content = sealed(known, outcome, missing)
            grounds[key] = content
            keys.append(key)
        return Selected(self.measure_id, kind, fact, rows, amounts if kind == "fits" else amounts * np.nan, keys)


def _listed(truth: Truth, count: int, rows: Array) -> list[bool | None]:
    true, known = unpack(truth.true, count)[rows].tolist(), unpack(truth.known, count)[rows].tolist()
    return [value if is_known else None for value, is_known in zip(true, known, strict=True)]


class _Lists:
    """Completed facts of a piece as plain values; each column is made once."""

    def __init__(self, facts: Columns, specs: Mapping[str, FactSpec]) -> None:
        self.facts, self._specs = facts, specs
        self._made: dict[str, pl.Series] = {}

    def of(self, name: str, rows: Array) -> list[Plain]:
        """The values of a fact in these rows, None where unknown."""
        if name not in self._made:
            series = self.facts.series(self._specs[name])
            self._made[name] = series.cast(pl.String) if series.dtype == pl.Date else series
        chosen = self._made[name].gather(rows)
        if chosen.dtype != pl.Float64:
            return chosen.to_list()
        if ((chosen == chosen.floor()) & (chosen.abs() < _EXACT)).all():
            return chosen.cast(pl.Int64).to_list()
        return [int(value) if value is not None and value.is_integer() else value for value in chosen.to_list()]
