"""The next best questions: which unknown fact, once answered, decides most, weighted by money.

A fact counts for a measure only where some possible answer to it alone turns "还要补充信息" into yes or no. The answers tried are every listed
value, every edge of a threshold with what lies on both sides of it, and for codes one of each kind the conditions tell apart; where a fact
enters a comparison not as a multiple of itself, the edges are those of the constants.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from navigator.corpus.model import NOT_MONEY, BenefitKind, FactSpec
from navigator.matching.bundle import Offer
from navigator.matching.facts import FactBook
from navigator.matching.language import (
    Arithmetic,
    Compare,
    Const,
    Fact,
    HasPrefix,
    Member,
    Node,
    Value,
    compile_node,
    facts_in,
    walk,
)
from navigator.matching.rulebook import CompiledMeasure, RuleBook
from navigator.matching.tested import Tested

FindEdges = Callable[[Mapping[str, Value], date], Iterable[Value]]


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the truth of one test may change when one fact moves, and whether that depends on the other facts or the day."""

    find: FindEdges
    moves: bool


TYPICAL_YUAN: dict[BenefitKind, float] = {
    "减税": 5000,
    "免税": 5000,
    "降费": 2000,
    "返还": 5000,
    "补贴": 5000,
    "奖励": 20000,
    "贴息": 10000,
    "电价优惠": 5000,
    "担保费优惠": 2000,
}
"""What a measure weighs in the order of questions while its amount cannot be computed; other kinds weigh 500."""

_FAR = 1e15
_ANYWHERE = {"industry": tuple("TSQPROABCDEFGHIJKLMN"), "region_code": ("11", "31", "65", "82")}


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask, how to ask it, the number of measures some answer decides, and their weight in yuan."""

    fact: str
    question: str
    decides: int
    weight: float


class Questioner:
    """Answers worth trying for each fact, prepared once from all predicates of a rule book."""

    def __init__(self, rulebook: RuleBook) -> None:
        self.rulebook = rulebook
        self._edges = {
            compiled.measure.id: _edges_by_fact(self._nodes_of(compiled), rulebook.facts.specs)
            for compiled in rulebook.measures
        }
        self._asked: dict[tuple[str, str], _Asked] = {}

    def _nodes_of(self, compiled: CompiledMeasure) -> list[Node]:
        """The conditions, and every implication and derivation their facts may follow from."""
        nodes = [rule.node for rule in compiled.rules]
        conclusions = (*self.rulebook.facts.derived, *self.rulebook.facts.implied)
        wanted, pending = set(compiled.facts), list(compiled.facts)
        while pending:
            name = pending.pop()
            found = [conclusion.node for conclusion in conclusions if conclusion.fact == name]
            nodes += found
            new = {source for node in found for source in facts_in(node)} - wanted
            wanted |= new
            pending += new
        return nodes

    def questions(
        self,
        values: Mapping[str, Value],
        given: Mapping[str, Value],
        open_measures: Mapping[str, tuple[str, ...]],
        estimates: Mapping[str, float | None],
        as_of: date,
    ) -> tuple[Question, ...]:
        """Questions by weight. `open_measures`: id -> missing facts of each measure in force that needs info; `values` are completed."""
        completed = _Completions(self.rulebook.facts, values, given, as_of)
        decided: dict[str, list[str]] = {}
        for measure_id, missing in open_measures.items():
            compiled = self.rulebook.by_id[measure_id]
            for fact in missing:
                if self._some_answer_decides(compiled, fact, completed):
                    decided.setdefault(fact, []).append(measure_id)
        specs = self.rulebook.facts.specs
        found = [
            Question(fact, specs[fact].question, len(ids), sum(self._weight(one, estimates) for one in ids))
            for fact, ids in decided.items()
        ]
        return tuple(sorted(found, key=lambda question: (-question.weight, -question.decides)))

    def _some_answer_decides(self, compiled: CompiledMeasure, fact: str, completed: _Completions) -> bool:
        asked = self._what_is_asked(compiled, fact)
        others_open = None in completed.now.outcomes(asked.others)
        for answer in asked.answers(completed.now):
            outcomes = completed.having(fact, answer).outcomes(asked.rules)
            if False in outcomes or not (others_open or None in outcomes):
                return True
        return False

    def _what_is_asked(self, compiled: CompiledMeasure, fact: str) -> _Asked:
        key = (compiled.measure.id, fact)
        if key not in self._asked:
            book = self.rulebook.facts
            edges = self._edges[compiled.measure.id].get(fact, [])
            self._asked[key] = _Asked(book.specs[fact], edges, compiled, book.concluded_from(fact) | {fact})
        return self._asked[key]

    def _weight(self, measure_id: str, estimates: Mapping[str, float | None]) -> float:
        measure = self.rulebook.by_id[measure_id].measure
        estimate = estimates.get(measure_id)
        if estimate is None or measure.benefit.kind in NOT_MONEY:
            return TYPICAL_YUAN.get(measure.benefit.kind, 500)
        return max(Offer(measure, estimate, "always").money, 500)


class _Completions:
    """The enterprise as it is known, and with one more answer; what follows from an answer is worked out once."""

    def __init__(self, book: FactBook, values: Mapping[str, Value], given: Mapping[str, Value], as_of: date) -> None:
        self._book, self._given = book, given
        self.now = Tested(values, as_of)
        self._made: dict[tuple[str, Value], Tested] = {}

    def having(self, fact: str, answer: Value) -> Tested:
        key = (fact, answer)
        if key not in self._made:
            values = self._book.with_answer(self.now.values, self._given, fact, answer)
            self._made[key] = Tested(values, self.now.as_of)
        return self._made[key]


class _Asked:
    """One fact asked for one measure: the conditions an answer may change, the others, and the answers worth trying."""

    def __init__(self, spec: FactSpec, edges: list[Edges], compiled: CompiledMeasure, changed: frozenset[str]) -> None:
        self._spec, self._edges = spec, edges
        self.rules = tuple(rule for rule in compiled.rules if not changed.isdisjoint(rule.facts))
        self.others = tuple(rule for rule in compiled.rules if changed.isdisjoint(rule.facts))
        self._fixed = None if any(edges_of.moves for edges_of in edges) else self._found({}, date.min, None)

    def answers(self, now: Tested) -> Iterable[Value]:
        have = now.values.get(self._spec.name)
        if self._fixed is not None and have is None:
            return self._fixed
        return self._found(now.values, now.as_of, have)

    def _found(self, facts: Mapping[str, Value], as_of: date, have: Value) -> list[Value]:
        edges: dict[Value, None] = {}
        for edges_of in self._edges:
            edges.update(dict.fromkeys(edges_of.find(facts, as_of)))
        return list(_answers(self._spec, edges, have))


def _edges_by_fact(nodes: Iterable[Node], specs: Mapping[str, FactSpec]) -> dict[str, list[Edges]]:
    """For each fact, where the truth of each test that mentions it may change."""
    found: dict[str, dict[Node, Edges]] = {}
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Compare | Member | HasPrefix) or (isinstance(part, Fact) and part.type == "bool"):
                for name in facts_in(part):
                    moves = specs[name].type == "date" or facts_in(part) != (name,)
                    found.setdefault(name, {})[part] = Edges(_edges(part, specs[name]), moves)
    return {name: list(edges.values()) for name, edges in found.items()}


def _edges(leaf: Node, spec: FactSpec) -> FindEdges:
    match leaf:
        case Fact():
            return lambda facts, as_of: (True, False)
        case HasPrefix(_, prefixes):
            return lambda facts, as_of: prefixes
        case Compare(_, left, right) if spec.type == "date":
            day = compile_node(right if left == Fact(spec.name, "date") else left)
            return lambda facts, as_of: (day(facts, as_of),)
    if spec.type == "choice":
        return lambda facts, as_of: spec.values
    constants = [part.value for part in walk(leaf) if isinstance(part, Const) and isinstance(part.value, float)]
    if isinstance(leaf, Member):
        constants += [value for value in leaf.values if isinstance(value, float)]
        return lambda facts, as_of: constants
    return _crossing(leaf, spec.name, constants)  # type: ignore[arg-type]


def _crossing(leaf: Compare, name: str, constants: list[float]) -> FindEdges:
    """Where the two sides of a comparison of numbers meet when one fact moves and the others stay."""
    difference = compile_node(Arithmetic("-", leaf.left, leaf.right))

    def edges(facts: Mapping[str, Value], as_of: date) -> Iterator[float]:
        yield from constants
        start, after_one = (difference({**facts, name: x}, as_of) for x in (0.0, 1.0))
        if start is not None and after_one is not None and start != after_one:
            exact = start / (start - after_one)  # type: ignore[operator]
            yield from (exact, round(exact, 6))

    return edges


def _answers(spec: FactSpec, edges: Collection[Value], have: Value) -> Iterable[Value]:
    """Possible answers: the edges, what lies between and beyond them. A coarse code that is known is only made finer."""
    kept = [edge for edge in edges if edge is not None]
    if spec.type in ("bool", "choice"):
        return kept
    if spec.type == "code":
        return _codes(spec.name, kept, have if isinstance(have, str) else "")  # type: ignore[arg-type]
    if spec.type == "date":
        days = (edge.toordinal() + step for edge in kept for step in (-1, 0, 1))  # type: ignore[union-attr]
        return [date.fromordinal(day) for day in days if 1 <= day <= date.max.toordinal()]
    low = spec.min if spec.min is not None else 0.0
    high = 100.0 if spec.type == "percent" else _FAR
    inside = sorted(edge for edge in kept if low <= edge <= high)  # type: ignore[operator]
    if spec.type == "count":
        around = (
            step
            for edge in inside
            for step in (math.ceil(edge) - 1, math.floor(edge), math.ceil(edge), math.floor(edge) + 1)
        )
        return [low, *(float(step) for step in around if low <= step <= high), high]
    between = ((one + two) / 2 for one, two in pairwise((low, *inside, high)))
    return [low, *inside, *between, high]


def _codes(name: str, prefixes: list[str], have: str) -> list[str]:
    """The prefixes, one code outside all, and inside each prefix that others refine one code outside those."""
    known = [prefix for prefix in prefixes if prefix.startswith(have)] + ([have] if have else [])
    found = dict.fromkeys(known)
    for prefix in known:
        finer = [other for other in prefixes if other.startswith(prefix) and other != prefix]
        taken = {other[len(prefix)] for other in finer}
        free = (prefix + digit for digit in "0123456789" if digit not in taken)
        if finer and (beside := next(free, None)):
            found[beside] = None
    if not have:
        outside = [code for code in _ANYWHERE[name] if not any(prefix[: len(code)] == code for prefix in prefixes)]
        found.update(dict.fromkeys(outside[:1]))
    return list(found)
