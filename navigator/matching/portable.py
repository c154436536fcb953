"""The rule book as JSON: what a phone without a signal needs to assess an enterprise as `assess` does (navigator/visitapp/evaluate.js).

Only checked trees are written, never the text of a condition, and nothing of an enterprise. A program holds the versions of the measures that
the rule book holds: whoever asks about a day on which others answer makes another. What a person reads about a measure is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from navigator.corpus.model import NOT_MONEY, FactSpec, Measure
from navigator.matching.bundle import TIMES
from navigator.matching.facts import Conclusion, FactBook
from navigator.matching.language import (
    And,
    Arithmetic,
    Case,
    Compare,
    Const,
    Day,
    Extreme,
    Fact,
    HasPrefix,
    Member,
    Node,
    Not,
    Or,
)
from navigator.matching.parse import parse_estimate
from navigator.matching.questions import ANYWHERE, TYPICAL_YUAN
from navigator.matching.rulebook import CompiledCommitment, CompiledMeasure, RuleBook

FORMAT = 1
"""The number of this form of JSON; it changes when what stands in it changes its meaning."""


def program(rulebook: RuleBook) -> dict[str, Any]:
    """The rule book as JSON data. A fact and a node are named by their place in `facts` and `nodes`; parts of a node stand before it.

    `facts`: what can be asked. `conclusions`: [fact, value, node, why], in order of use. `concluded_from`: for each fact those that may follow
    from it. `opening`: [fact, nodes], the facts in whose place others are asked for. `measures`, `commitments`: their predicates and days.
    """
    book, nodes = rulebook.facts, _Nodes(rulebook.facts.specs)
    measures = [_measure(one, nodes, book) for one in rulebook.measures]
    commitments = [_commitment(one, nodes) for one in rulebook.commitments]
    conclusions = [_conclusion(one, nodes) for one in (*book.implied, *book.derived)]
    opening: dict[int, list[int]] = {}
    for one in book.opening:
        opening.setdefault(nodes.facts[one.fact], []).append(nodes.place(one.node))
    return {
        "format": FORMAT,
        "corpus_version": rulebook.corpus.fingerprint,
        "facts": [_fact(spec, book) for spec in book.specs.values()],
        "nodes": nodes.written,
        "in_order": book.in_order,
        "conclusions": conclusions,
        "concluded_from": [sorted(nodes.facts[other] for other in book.concluded_from(name)) for name in book.specs],
        "opening": [[fact, found] for fact, found in opening.items()],
        "measures": measures,
        "commitments": commitments,
    }


class _Nodes:
    """Writes each distinct node once, its parts first."""

    def __init__(self, specs: Mapping[str, FactSpec]) -> None:
        self.facts = {name: place for place, name in enumerate(specs)}
        self.written: list[list[Any]] = []
        self._places: dict[Node, int] = {}

    def place(self, node: Node) -> int:
        """Where a node stands."""
        if node not in self._places:
            form = self._form(node)
            self._places[node] = len(self.written)
            self.written.append(form)
        return self._places[node]

    def _form(self, node: Node) -> list[Any]:
        match node:
            case Fact(name, _):
                return ["fact", self.facts[name]]
            case Const(value):
                return ["const", _plain(value)]
            case Day(base, years, months, days):
                return ["day", _plain(base), years, months, days]
            case Arithmetic(operator, left, right) | Compare(operator, left, right):
                return [operator, self.place(left), self.place(right)]
            case Member(item, values):
                return ["in", self.place(item), list(values)]
            case HasPrefix(fact, prefixes):
                return ["prefix", self.place(fact), list(prefixes)]
            case Not(item):
                return ["not", self.place(item)]
            case And(items) | Or(items):
                return ["and" if isinstance(node, And) else "or", [self.place(item) for item in items]]
            case Extreme(operator, items):
                return [operator, [self.place(item) for item in items]]
            case Case(branches, default):
                written = [[self.place(test), self.place(result)] for test, result in branches]
                return ["case", written, self.place(default)]
        raise TypeError(f"no such node: {node!r}")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _fact(spec: FactSpec, book: FactBook) -> dict[str, Any]:
    found: dict[str, Any] = {"name": spec.name, "type": spec.type, "question": spec.question}
    optional = {
        "values": spec.values,
        "min": spec.min,
        "unit": spec.unit,
        "actionable": spec.actionable,
        "concluded": book.is_concluded(spec.name),
        "outside": ANYWHERE.get(spec.name),
    }
    return found | {key: value for key, value in optional.items() if value}


def _conclusion(one: Conclusion, nodes: _Nodes) -> list[Any]:
    return [nodes.facts[one.fact], _plain(one.value), nodes.place(one.node), one.because]


def _measure(compiled: CompiledMeasure, nodes: _Nodes, book: FactBook) -> dict[str, Any]:
    measure, estimate = compiled.measure, compiled.estimate_node
    return {
        "id": measure.id,
        "name": measure.name,
        **_standing(measure),
        "conditions": [nodes.place(rule.node) for rule in compiled.rules],
        "to_confirm": len(measure.confirm),
        "estimate": None if estimate is None else nodes.place(estimate),
        "estimate_kind": measure.benefit.estimate_kind,
        "per": measure.benefit.per,
        "yearly": 0 if measure.benefit.kind in NOT_MONEY else TIMES[measure.benefit.per or "一次性"],
        "usual": TYPICAL_YUAN.get(measure.benefit.kind, 500.0),
        "no_application": measure.delivery == "免申即享",
        "conflicts_with": measure.conflicts_with,
        "best_of": measure.best_of,
        "cap": _cap(measure, nodes, book),
    }


def _standing(measure: Measure) -> dict[str, Any]:
    """The days that decide whether it is in force and can be applied for."""
    period, windows = measure.in_force, measure.apply.windows
    return {
        "from": _plain(period.from_ or measure.source.issued),
        "to": _plain(period.to),
        "sure_until": _plain(period.sure_until),
        "unverified": measure.verification == "unverified",
        "windows": None if windows is None else [[_plain(one.from_), _plain(one.to)] for one in windows],
    }


def _cap(measure: Measure, nodes: _Nodes, book: FactBook) -> dict[str, Any] | None:
    cap = measure.shared_cap
    if cap is None:
        return None
    return {"name": cap.name, "what": cap.what, "amount": nodes.place(parse_estimate(cap.amount, book.specs))}


def _commitment(one: CompiledCommitment, nodes: _Nodes) -> dict[str, Any]:
    """`test`: a node, or true or false where it concerns always or never."""
    test = one.commitment.concerns == "everyone" if one.node is None else nodes.place(one.node)
    return {"number": one.commitment.number, "why": one.commitment.why, "test": test}
