"""差一步: how far a failed condition is from being met, where the enterprise or time can still change it.

A number counts as near within a fifth (of what is held or needed, the larger), or five persons or three rights; a date within a year. A
failed condition that nothing can change, or whose gap is wide, gives nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from navigator.corpus.model import FactSpec
from navigator.matching.language import (
    And,
    Arithmetic,
    Compare,
    Const,
    Day,
    Fact,
    Facts,
    Member,
    Node,
    Not,
    Or,
    Value,
    compile_once,
    facts_in,
    walk,
)

_NEAR_SHARE = 0.2
_NEAR_COUNT = {"人": 5.0, "件": 3.0}
_NEAR_DAYS = 366
_NUMBERS = ("count", "number", "money", "percent")
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One change that would meet a condition. `distance`: in the fact's unit, days for a date, null for a yes/no or a grade."""

    fact: str
    have: Value
    need: Value | tuple[Value, ...]
    distance: float | None
    by: date | None


Specs = Mapping[str, FactSpec]
Ways = Callable[[Facts, date], tuple[NearMiss, ...] | None]
"""The changes that together bring a predicate to the wanted value; () if it has it already, None if there is no near way."""


def near_misses(node: Node, facts: Facts, as_of: date, specs: Specs) -> tuple[NearMiss, ...]:
    """The changes that together turn a false condition true; empty if there is no near way."""
    return compile_ways(node, specs)(facts, as_of) or ()


def changeable(node: Node, specs: Specs) -> bool:
    """Whether a false condition could ever have a near way: it mentions a day, or a fact that the enterprise can change."""
    return any(specs[name].actionable or specs[name].type == "date" for name in facts_in(node))


def compile_ways(node: Node, specs: Specs, wanted: bool = True) -> Ways:
    """How a predicate comes to be `wanted`, ready to be asked for any enterprise and day."""
    test, change = compile_once(node), compile_change(node, specs, wanted)
    return lambda facts, as_of: () if test(facts, as_of) is wanted else change(facts, as_of)


def _no_way(facts: Facts, as_of: date) -> None:
    return None


def compile_change(node: Node, specs: Specs, wanted: bool = True) -> Ways:
    """How a predicate that is not `wanted` comes to be so."""
    match node:
        case Not(item):
            return compile_ways(item, specs, not wanted)
        case And(items) | Or(items):
            ways = tuple(compile_ways(item, specs, wanted) for item in items)
            return _all(ways) if isinstance(node, And) == wanted else _fewest(ways)
        case Fact(name, "bool") if specs[name].actionable:
            miss = (NearMiss(name, not wanted, wanted, None, None),)
            return lambda facts, as_of: miss if name in facts else None
        case Member(Fact(name, "text"), values):
            return _grade(name, specs, lambda value: (value in values) is wanted)
        case Compare(operator, left, right):
            return _compare(operator if wanted else _NEGATED[operator], left, right, specs)
    return _no_way


def _all(ways: tuple[Ways, ...]) -> Ways:
    def changes(facts: Facts, as_of: date) -> tuple[NearMiss, ...] | None:
        found: list[NearMiss] = []
        for way in ways:
            misses = way(facts, as_of)
            if misses is None:
                return None
            found += misses
        return tuple(found)

    return changes


def _fewest(ways: tuple[Ways, ...]) -> Ways:
    def changes(facts: Facts, as_of: date) -> tuple[NearMiss, ...] | None:
        return min((misses for way in ways if (misses := way(facts, as_of))), key=len, default=None)

    return changes


def _grade(name: str, specs: Specs, fits: Callable[[str], bool]) -> Ways:
    needed = tuple(value for value in specs[name].values if fits(value))
    if not needed or not specs[name].actionable:
        return _no_way
    need = needed[0] if len(needed) == 1 else needed

    def change(facts: Facts, as_of: date) -> tuple[NearMiss, ...] | None:
        have = facts.get(name)
        return None if have is None else (NearMiss(name, have, need, None, None),)

    return change


def _compare(operator: str, left: Node, right: Node, specs: Specs) -> Ways:
    if isinstance(left, Fact) and left.type == "date":
        return _by_time(operator, left.name, right)
    if isinstance(left, Fact) and left.type == "text" and isinstance(right, Const):
        return _grade(left.name, specs, lambda value: (value == right.value) is (operator == "="))
    difference = Arithmetic("-", left, right)
    names = facts_in(difference)
    moves = [
        _by_amount(operator, difference, names, specs[name])
        for name in names
        if specs[name].actionable and specs[name].type in _NUMBERS and _linear(difference, name)
    ]
    return lambda facts, as_of: next((miss for move in moves if (miss := move(facts, as_of))), None)


def _by_time(operator: str, name: str, right: Node) -> Ways:
    if not isinstance(right, Day) or right.base is not None or operator not in ("<", "<="):
        return _no_way
    test = compile_once(Compare(operator, Fact(name, "date"), right))  # type: ignore[arg-type]

    def wait(facts: Facts, as_of: date) -> tuple[NearMiss, ...] | None:
        have = facts.get(name)
        low, high = 0, min(_NEAR_DAYS, (date.max - as_of).days)
        if not isinstance(have, date) or not test(facts, as_of + timedelta(days=high)):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if test(facts, as_of + timedelta(days=middle)) else (middle, high)
        return (NearMiss(name, have, right.on(as_of), float(high), as_of + timedelta(days=high)),)

    return wait


def _linear(node: Node, name: str) -> bool:
    """Whether the fact stands in no product with itself or another fact."""
    return (
        not any(
            isinstance(part, Arithmetic) and part.operator == "*" and name in facts_in(part) and len(facts_in(part)) > 1
            for part in walk(node)
        )
        and sum(isinstance(part, Fact) and part.name == name for part in walk(node)) == 1
    )


def _by_amount(operator: str, difference: Node, names: tuple[str, ...], spec: FactSpec) -> Ways:
    value, moved, alone = compile_once(difference), spec.name, names == (spec.name,)
    tolerance = _NEAR_COUNT.get(spec.unit or "", 0.0)

    def needed(facts: dict[str, Value]) -> float | None:
        """The value that meets the comparison, whose sides differ by `value`; the other facts in it stay."""
        at_zero, at_one = value({**facts, moved: 0.0}, date.min), value({**facts, moved: 1.0}, date.min)
        if at_zero is None or at_one is None or at_one == at_zero:
            return None
        slope = at_one - at_zero  # type: ignore[operator]
        need = _smallest_step(operator, -at_zero / slope, slope, spec)  # type: ignore[operator]
        too_far = need is None or need < (spec.min or 0.0) or (spec.type == "percent" and need > 100)
        return None if too_far else need

    always = needed({}) if alone else None

    def move(facts: Facts, as_of: date) -> tuple[NearMiss, ...] | None:
        have = facts.get(moved)
        if not isinstance(have, float):
            return None
        need = always if alone else needed({name: facts.get(name) for name in names})
        if need is None:
            return None
        distance = round(abs(need - have), 6)
        near = max(_NEAR_SHARE * max(abs(need), abs(have)), tolerance)
        return (NearMiss(moved, have, need, distance, None),) if 0 < distance <= near else None

    return move


def _smallest_step(operator: str, exact: float, slope: float, spec: FactSpec) -> float | None:
    """The value nearest to the edge that satisfies the comparison, in whole steps of the fact."""
    if operator == "<>":
        return None
    step = 1.0 if spec.type in ("count", "money") else 0.01
    upward = operator in (">", ">=") if slope > 0 else operator in ("<", "<=")
    edge = round(exact / step, 6)
    if operator == "=":
        return edge * step if edge == round(edge) else None
    whole = math.ceil(edge) if upward else math.floor(edge)
    if operator in ("<", ">") and whole == edge:
        whole += 1 if upward else -1
    return round(whole * step, 6)
