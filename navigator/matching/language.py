"""The predicate language: nodes, types and Kleene evaluation (contract §4).

A predicate is a small tree of the nodes below, made only by `navigator.matching.parse`. `compile_node` turns it into a function of one
enterprise's facts and a day. Nothing here reads text or renders SQL.
"""

from __future__ import annotations

import math
import operator as sign
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from dateutil.relativedelta import relativedelta

Value = str | float | bool | date | None
Facts = Mapping[str, Value]
Evaluate = Callable[[Facts, date], Value]
Type = Literal["bool", "number", "date", "text", "code"]


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of one fact, or unknown."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Const:
    """A literal number, text or date."""

    value: str | float | date


@dataclass(frozen=True, slots=True)
class Day:
    """`as_of` or a date, moved by a calendar interval; month ends are clamped as SQL engines do, the calendar's own ends too."""

    base: date | None
    years: int = 0
    months: int = 0
    days: int = 0

    def on(self, as_of: date) -> date:
        """The calendar day meant when asked as of `as_of`."""
        try:
            return (self.base or as_of) + relativedelta(years=self.years, months=self.months, days=self.days)
        except (ValueError, OverflowError):
            return date.max if self.years + self.months + self.days > 0 else date.min


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Sum, difference or product of two numbers; unknown if a side is, or if the result is not finite."""

    operator: Literal["+", "-", "*"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one type compared; unknown if a side is."""

    operator: Literal["=", "<>", "<", "<=", ">", ">="]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Member:
    """A text or number among constants."""

    item: Node
    values: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class HasPrefix:
    """An enterprise's code begins with one of the prefixes; unknown where the code is only a prefix of one."""

    fact: Fact
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    item: Node


@dataclass(frozen=True, slots=True)
class And:
    """Kleene conjunction."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene disjunction."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Extreme:
    """least or greatest of numbers; unknown if any of them is."""

    operator: Literal["least", "greatest"]
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The first branch whose test is true; unknown if any test, result or fact in the whole is."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node


Node = Fact | Const | Day | Arithmetic | Compare | Member | HasPrefix | Not | And | Or | Extreme | Case


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node."""
    match node:
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Member(item, _) | Not(item):
            return (item,)
        case HasPrefix(fact, _):
            return (fact,)
        case And(items) | Or(items) | Extreme(_, items):
            return items
        case Case(branches, default):
            return (*(part for branch in branches for part in branch), default)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def facts_in(node: Node) -> tuple[str, ...]:
    """Names of the facts in a tree, in order of first appearance."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Fact)))


def known(facts: Facts, name: str) -> Value:
    """The value of a fact; None where it is absent, NaN or infinite."""
    value = facts.get(name)
    return None if type(value) is float and not math.isfinite(value) else value


def compile_node(node: Node) -> Evaluate:
    """A function (facts, as_of) -> True, False, a number, a text, a date, or None for unknown."""
    match node:
        case Fact(name, "number"):
            return lambda facts, as_of: known(facts, name)
        case Fact(name, _):
            return lambda facts, as_of: facts.get(name)
        case Const(value):
            return lambda facts, as_of: value
        case Day():
            return _day(node)
        case Arithmetic(operator, left, right):
            return _arithmetic(operator, compile_node(left), compile_node(right))
        case Compare(operator, left, right):
            return _compare(operator, left, right)
        case Member(item, values):
            return _member(compile_node(item), frozenset(values))
        case HasPrefix(fact, prefixes):
            return _has_prefix(fact.name, prefixes)
        case Not(item):
            return _negation(compile_node(item))
        case And(items) | Or(items):
            return _chain(tuple(map(compile_node, items)), decided_by=isinstance(node, Or))
        case Extreme(operator, items):
            return _extreme(min if operator == "least" else max, tuple(map(compile_node, items)))
        case Case():
            return _case(node)
    raise TypeError(f"no such node: {node!r}")


def _day(node: Day) -> Evaluate:
    on = lru_cache(maxsize=512)(node.on)
    return lambda facts, as_of: on(as_of)


@lru_cache(maxsize=16_384)
def compile_once(node: Node) -> Evaluate:
    """`compile_node`, the same function for equal nodes: what it finds can be kept for all measures that ask alike."""
    return compile_node(node)


def _arithmetic(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    def value(facts: Facts, as_of: date) -> Value:
        a, b = left(facts, as_of), right(facts, as_of)
        if a is None or b is None:
            return None
        result = a + b if operator == "+" else a - b if operator == "-" else a * b  # type: ignore[operator]
        return result if math.isfinite(result) else None

    return value


_TESTS: dict[str, Callable[[Value, Value], bool]] = {
    "=": sign.eq,
    "<>": sign.ne,
    "<": sign.lt,
    "<=": sign.le,
    ">": sign.gt,
    ">=": sign.ge,
}


def _compare(operator: str, left: Node, right: Node) -> Evaluate:
    test = _TESTS[operator]
    if isinstance(left, Fact) and isinstance(right, Const):
        name, constant = left.name, right.value

        def fact_against_constant(facts: Facts, as_of: date) -> Value:
            a = facts.get(name)
            return None if a is None or (type(a) is float and not math.isfinite(a)) else test(a, constant)

        return fact_against_constant
    first, second = compile_node(left), compile_node(right)

    def value(facts: Facts, as_of: date) -> Value:
        a, b = first(facts, as_of), second(facts, as_of)
        return None if a is None or b is None else test(a, b)

    return value


def _member(item: Evaluate, values: frozenset) -> Evaluate:
    def value(facts: Facts, as_of: date) -> Value:
        found = item(facts, as_of)
        return None if found is None else found in values

    return value


def _has_prefix(name: str, prefixes: tuple[str, ...]) -> Evaluate:
    whole, coarse = set(prefixes), {prefix[:length] for prefix in prefixes for length in range(len(prefix))}
    lengths = sorted({len(prefix) for prefix in prefixes})

    def value(facts: Facts, as_of: date) -> Value:
        code = facts.get(name)
        if code is None:
            return None
        for length in lengths:
            if code[:length] in whole:  # type: ignore[index]
                return True
        return None if code in coarse else False

    return value


def _negation(item: Evaluate) -> Evaluate:
    def value(facts: Facts, as_of: date) -> Value:
        found = item(facts, as_of)
        return None if found is None else not found

    return value


def _chain(items: tuple[Evaluate, ...], decided_by: bool) -> Evaluate:
    def value(facts: Facts, as_of: date) -> Value:
        unknown = False
        for item in items:
            found = item(facts, as_of)
            if found is decided_by:
                return decided_by
            unknown = unknown or found is None
        return None if unknown else not decided_by

    return value


def _extreme(choose: Callable, items: tuple[Evaluate, ...]) -> Evaluate:
    def value(facts: Facts, as_of: date) -> Value:
        found = [item(facts, as_of) for item in items]
        return None if None in found else choose(found)

    return value


def _case(node: Case) -> Evaluate:
    names = facts_in(node)
    branches = tuple((compile_node(test), compile_node(result)) for test, result in node.branches)
    default = compile_node(node.default)

    def value(facts: Facts, as_of: date) -> Value:
        if any(known(facts, name) is None for name in names):
            return None
        tried = [(test(facts, as_of), result(facts, as_of)) for test, result in branches]
        otherwise = default(facts, as_of)
        if otherwise is None or any(None in pair for pair in tried):
            return None
        return next((result for passed, result in tried if passed), otherwise)

    return value
