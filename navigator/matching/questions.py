"""The next best questions: which unknown fact, once answered, decides most, weighted by money.

A fact counts for a measure only where some possible answer to it alone turns "还要补充信息" into yes or no. The answers tried are every listed
value, every edge of a threshold with what lies on both sides of it, and for codes one of each kind the conditions tell apart; where a fact
enters a comparison not as a multiple of itself, the edges are those of the constants.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from navigator.corpus.model import NOT_MONEY, BenefitKind, FactSpec
from navigator.matching.bundle import Offer
from navigator.matching.facts import Conclusion, FactBook
from navigator.matching.language import (
    Arithmetic,
    Compare,
    Const,
    Day,
    Evaluate,
    Fact,
    HasPrefix,
    Member,
    Node,
    Value,
    compile_node,
    facts_in,
    walk,
)
from navigator.matching.rulebook import CompiledMeasure, Rule, RuleBook

FindEdges = Callable[[Mapping[str, Value], date], Iterable[Value]]


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the truth of one test may change when one fact moves, and whether that depends on the other facts or the day."""

    find: FindEdges
    moves: bool


EdgesByFact = dict[str, dict[Node, Edges]]

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
ANYWHERE = {"industry": tuple("TSQPROABCDEFGHIJKLMN"), "region_code": ("11", "31", "65", "82")}
"""Codes to try as an answer that lies outside all that the conditions name: the first that none of them touches."""


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask, how to ask it, the number of measures some answer decides, and their weight in yuan."""

    fact: str
    question: str
    decides: int
    weight: float


class Open(NamedTuple):
    """A measure in force that needs information: its place in the rule book, the places of its conditions among all, what is missing."""

    number: int
    first: int
    last: int
    missing: tuple[str, ...]
    estimate: float | None


class Questioner:
    """Answers worth trying for each fact, from all predicates of a rule book; each is prepared when it is first needed."""

    def __init__(self, rulebook: RuleBook) -> None:
        self._book, self._measures = rulebook.facts, rulebook.measures
        self._usual = tuple(TYPICAL_YUAN.get(one.measure.benefit.kind, 500.0) for one in rulebook.measures)
        self._upon: dict[str, list[Conclusion]] = {}
        for conclusion in (*self._book.derived, *self._book.implied):
            self._upon.setdefault(conclusion.fact, []).append(conclusion)
        self._edges: dict[Evaluate, EdgesByFact] = {}
        self._asked: dict[tuple[int, str], tuple[_Asked, frozenset[int]]] = {}
        self._alike: dict[tuple[str, tuple[Evaluate, ...], frozenset[Node]], _Asked] = {}

    def questions(
        self,
        values: Mapping[str, Value],
        given: Mapping[str, Value],
        open_measures: Iterable[Open],
        outcomes: Sequence[Value],
        as_of: date,
    ) -> tuple[Question, ...]:
        """Questions by weight. `values` are the completed values of `given`, `outcomes` those of all conditions of the rule book."""
        completed = _Completions(self._book, values, given, as_of)
        decided: dict[str, list[Open]] = {}
        for one in open_measures:
            undecided = {place for place in range(one.first, one.last) if outcomes[place] is None}
            for fact in one.missing:
                asked, changed = self._what_is_asked(one, fact)
                is_refused = asked.can_be_refused and fact not in values
                if is_refused or completed.some_answer_decides(asked, undecided <= changed):
                    decided.setdefault(fact, []).append(one)
        found = [
            Question(fact, self._book.specs[fact].question, len(ones), sum(map(self._weight, ones)))
            for fact, ones in decided.items()
        ]
        return tuple(sorted(found, key=lambda question: (-question.weight, -question.decides)))

    def _what_is_asked(self, one: Open, fact: str) -> tuple[_Asked, frozenset[int]]:
        """What a fact is asked for, the same for measures that ask alike, and the places of the conditions an answer may change."""
        key = (one.number, fact)
        if key not in self._asked:
            compiled = self._measures[one.number]
            changed = self._book.concluded_from(fact) | {fact}
            rules = {
                one.first + place: rule
                for place, rule in enumerate(compiled.rules)
                if not changed.isdisjoint(rule.facts)
            }
            edges = self._edges_for(compiled, fact)
            alike = (fact, tuple(rule.test for rule in rules.values()), frozenset(edges))
            if alike not in self._alike:
                spec = self._book.specs[fact]
                self._alike[alike] = _Asked(spec, list(edges.values()), tuple(rules.values()), self._book)
            self._asked[key] = self._alike[alike], frozenset(rules)
        return self._asked[key]

    def _weight(self, one: Open) -> float:
        measure = self._measures[one.number].measure
        if one.estimate is None or measure.benefit.kind in NOT_MONEY:
            return self._usual[one.number]
        return max(Offer(measure, one.estimate, "always").money, 500)

    def _edges_for(self, compiled: CompiledMeasure, fact: str) -> dict[Node, Edges]:
        """From the conditions, and every implication and derivation their facts may follow from."""
        found: dict[Node, Edges] = {}
        for rule in compiled.rules:
            found.update(self._edges_in(rule).get(fact, {}))
        wanted, pending = set(compiled.facts), list(compiled.facts)
        while pending:
            for conclusion in self._upon.get(pending.pop(), ()):
                edges = self._edges_in(conclusion)
                found.update(edges.get(fact, {}))
                pending += edges.keys() - wanted
                wanted |= edges.keys()
        return found

    def _edges_in(self, predicate: Rule | Conclusion) -> EdgesByFact:
        if predicate.test not in self._edges:
            self._edges[predicate.test] = _edges_by_fact(predicate.node, self._book.specs)
        return self._edges[predicate.test]


class _Completions:
    """The enterprise as it is known, and with one more answer; what follows from an answer is worked out once."""

    def __init__(self, book: FactBook, values: Mapping[str, Value], given: Mapping[str, Value], as_of: date) -> None:
        self._book, self._given = book, given
        self.values, self.as_of = values, as_of
        self._made: dict[tuple[str, Value], dict[str, Value]] = {}
        self._trials: dict[_Asked, _Trial] = {}

    def some_answer_decides(self, asked: _Asked, settling_decides: bool) -> bool:
        """Whether some answer fails a condition, or leaves none of those it may change open where that is enough."""
        trial = self._trials.get(asked)
        if trial is None:
            trial = self._trials[asked] = _Trial(asked, self)
        return trial.decides(settling_decides)

    def having(self, fact: str, answer: Value) -> dict[str, Value]:
        """What is known with this answer and all that follows from it."""
        key = (fact, answer)
        if key not in self._made:
            self._made[key] = self._book.with_answer(self.values, self._given, fact, answer)
        return self._made[key]


class _Trial:
    """The answers to one question about one enterprise, tried one after the other as far as somebody must know."""

    __slots__ = ("_refuses", "_rest", "_settles")

    def __init__(self, asked: _Asked, completed: _Completions) -> None:
        self._refuses = self._settles = False
        self._rest = asked.outcomes(completed)

    def decides(self, settling_decides: bool) -> bool:
        """Whether some answer fails a condition, or, where that is enough, settles all it may change."""
        while not (self._refuses or (settling_decides and self._settles)):
            outcomes = next(self._rest, None)
            if outcomes is None:
                return False
            self._refuses = False in outcomes
            self._settles = self._settles or None not in outcomes
        return True


class _Asked:
    """One fact asked for: the conditions of a measure that an answer may change, and the answers worth trying."""

    def __init__(self, spec: FactSpec, edges: list[Edges], rules: tuple[Rule, ...], book: FactBook) -> None:
        self.fact, self.rules = spec.name, rules
        self.facts = tuple({name: None for rule in rules for name in rule.facts})
        self._spec, self._edges, self._tests = spec, edges, [rule.test for rule in rules]
        self._fixed = None if any(edges_of.moves for edges_of in edges) else self._found({}, date.min, None)
        stays_as_answered = spec.type != "code" or not book.is_concluded(spec.name)
        self.concludes_nothing = stays_as_answered and book.concluded_from(spec.name).isdisjoint(self.facts)
        """Whether the answer alone, with nothing that follows from it, enters the conditions."""
        self.can_be_refused = stays_as_answered and self._some_answer_alone_refuses(self._fixed or ())
        """Whether an answer, while the fact is unknown, fails a condition whatever the other facts and the day are."""

    def _some_answer_alone_refuses(self, answers: Iterable[Value]) -> bool:
        alone = [rule for rule in self.rules if rule.facts == (self.fact,) and not _asks_for_the_day(rule.node)]
        return any(rule.test({self.fact: answer}, date.min) is False for rule in alone for answer in answers)

    def outcomes(self, completed: _Completions) -> Iterator[list[Value]]:
        """What the conditions come to, for one answer after the other that makes a difference to them."""
        as_of, tests = completed.as_of, self._tests
        if self.concludes_nothing:
            facts = {name: completed.values.get(name) for name in self.facts}
            for answer in self._answers(completed):
                facts[self.fact] = answer
                yield [test(facts, as_of) for test in tests]
            return
        tried: set[tuple[Value, ...]] = set()
        for answer in self._answers(completed):
            following = completed.having(self.fact, answer)
            asked = tuple(map(following.get, self.facts))
            if asked not in tried:
                tried.add(asked)
                yield [test(following, as_of) for test in tests]

    def _answers(self, completed: _Completions) -> Iterable[Value]:
        have = completed.values.get(self.fact)
        if self._fixed is not None and have is None:
            return self._fixed
        return self._found(completed.values, completed.as_of, have)

    def _found(self, facts: Mapping[str, Value], as_of: date, have: Value) -> list[Value]:
        edges: dict[Value, None] = {}
        for edges_of in self._edges:
            edges.update(dict.fromkeys(edges_of.find(facts, as_of)))
        return list(_answers(self._spec, edges, have))


def _asks_for_the_day(node: Node) -> bool:
    return any(isinstance(part, Day) and part.base is None for part in walk(node))


def _edges_by_fact(node: Node, specs: Mapping[str, FactSpec]) -> EdgesByFact:
    """For each fact of a predicate, where the truth of each test that mentions it may change."""
    found: EdgesByFact = {name: {} for name in facts_in(node)}
    for part in walk(node):
        if isinstance(part, Compare | Member | HasPrefix) or (isinstance(part, Fact) and part.type == "bool"):
            names = facts_in(part)
            for name in names:
                found[name][part] = Edges(_edges(part, specs[name]), specs[name].type == "date" or names != (name,))
    return found


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
    """Possible answers: the edges, what lies beyond (first, for it mostly decides) and between them. A known code is only made finer."""
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
        return [low, high, *(float(step) for step in around if low <= step <= high)]
    between = ((one + two) / 2 for one, two in pairwise((low, *inside, high)))
    return [low, high, *inside, *between]


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
        outside = [code for code in ANYWHERE[name] if not any(prefix[: len(code)] == code for prefix in prefixes)]
        found.update(dict.fromkeys(outside[:1]))
    return list(found)
