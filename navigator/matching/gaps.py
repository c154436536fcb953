"""Which unknown facts keep measures undecided, for many enterprises at a time: what `missing` finds for one, as bits over columns.

It counts nothing and ranks nothing; derived facts are opened up into those one can ask for, as `AskableFacts` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np

from navigator.matching.columns import Array, Columns, Truth, pack
from navigator.matching.dates import period
from navigator.matching.language import And, HasPrefix, Node, Not, Or, facts_in
from navigator.matching.plan import Plan
from navigator.matching.rulebook import RuleBook

Gaps = dict[str, Array]
"""For each fact, the bits of the enterprises in which it is what is missing."""


class GapFinder:
    """The measures in force and not unverified on a day (of `ids`, if named), ready for any number of pieces."""

    def __init__(self, rulebook: RuleBook, as_of: date, ids: Iterable[str] | None = None) -> None:
        wanted = None if ids is None else set(ids)
        self._plan = Plan(as_of)
        self._steps: dict[Node, int] = {}
        self._derived: dict[str, list[Node]] = {}
        for conclusion in rulebook.facts.opening:
            self._derived.setdefault(conclusion.fact, []).append(conclusion.node)
            self._prepare([conclusion.node])
        self._measures: dict[str, tuple[int, tuple[Node, ...]]] = {}
        for one in rulebook.measures:
            if period(one.measure, as_of) == "in_force" and (wanted is None or one.measure.id in wanted):
                nodes = tuple(rule.node for rule in rulebook.by_id[one.measure.id].rules)
                self._measures[one.measure.id] = (self._plan.add_all(nodes), nodes)
                self._prepare(nodes)

    def __len__(self) -> int:
        return len(self._measures)

    def find(self, facts: Columns) -> Iterator[tuple[str, Array, Gaps]]:
        """For each measure the bits of the undecided enterprises and their gaps; `facts` are completed."""
        piece = _Piece(self._plan.run(facts), facts, self._steps, self._derived)
        for name, (step, nodes) in self._measures.items():
            undecided = piece.unknown(piece.found[step])
            gaps: Gaps = {}
            for node in nodes:
                piece.collect(node, undecided & piece.unknown_of(node), gaps)
            yield name, undecided, piece.opened(gaps)

    def _prepare(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if node not in self._steps:
                self._steps[node] = self._plan.add_condition(node)
            match node:
                case Not(item):
                    self._prepare([item])
                case And(items) | Or(items):
                    self._prepare(items)


class _Piece:
    """One run of the plan."""

    def __init__(
        self, found: list[Any], facts: Columns, steps: dict[Node, int], derived: dict[str, list[Node]]
    ) -> None:
        self.found, self._facts, self._steps, self._derived = found, facts, steps, derived
        self._everywhere = pack(np.ones(facts.count, bool))
        self._unknown: dict[str, Array] = {}

    def unknown(self, truth: Truth) -> Array:
        return self._everywhere & ~truth.known

    def unknown_of(self, node: Node) -> Array:
        return self.unknown(self.found[self._steps[node]])

    def collect(self, node: Node, where: Array, gaps: Gaps) -> None:
        """Add what is missing for a node that is unknown in the given enterprises."""
        if not where.any():
            return
        match node:
            case Not(item):
                self.collect(item, where, gaps)
            case And(items) | Or(items):
                for item in items:
                    self.collect(item, where & self.unknown_of(item), gaps)
            case HasPrefix(fact, _):
                _add(gaps, fact.name, where)
            case _:
                for name in facts_in(node):
                    _add(gaps, name, where & self._not_known(name))

    def opened(self, gaps: Gaps) -> Gaps:
        """The gaps with derived facts replaced by what they would follow from, where anything is left to ask."""
        found: Gaps = {}
        for name, where in gaps.items():
            sources: Gaps = {}
            for node in self._derived.get(name, ()):
                self.collect(node, where & self.unknown_of(node), sources)
            for source, bits in self.opened(sources).items():
                _add(found, source, bits)
            covered = np.bitwise_or.reduce(list(sources.values())) if sources else np.zeros_like(where)
            _add(found, name, where & ~covered)
        return found

    def _not_known(self, name: str) -> Array:
        if name not in self._unknown:
            facts = self._facts
            if name in facts.truths:
                known = facts.truths[name].known
            elif name in facts.texts:
                known = pack(facts.texts[name].positions != 0)
            elif name in facts.numbers:
                known = pack(~np.isnan(facts.numbers[name]))
            else:
                known = np.zeros_like(self._everywhere)
            self._unknown[name] = self._everywhere & ~known
        return self._unknown[name]


def _add(gaps: Gaps, name: str, where: Array) -> None:
    if where.any():
        gaps[name] = gaps[name] | where if name in gaps else where
