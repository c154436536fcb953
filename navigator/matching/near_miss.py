"""差一步: how far a failed condition is from being met, where the enterprise or time can still change it.

A number counts as near within a fifth (of what is held or needed, the larger), or five persons or three rights; a date within a year. A
failed condition that nothing can change, or whose gap is wide, gives nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from navigator.corpus.model import FactSpec
from navigator.matching.language import (
    And,
    Arithmetic,
    Compare,
    Const,
    Day,
    Fact,
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
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One change that would meet a condition. `distance`: in the fact's unit, days for a date, null for a yes/no or a grade."""

    fact: str
    have: Value
    need: Value | tuple[Value, ...]
    distance: float | None
    by: date | None


def near_misses(
    node: Node, facts: Mapping[str, Value], as_of: date, specs: Mapping[str, FactSpec]
) -> tuple[NearMiss, ...]:
    """The changes that together turn a false condition true; empty if there is no near way."""
    return tuple(_ways(node, True, facts, as_of, specs) or ())


def changeable(node: Node, specs: Mapping[str, FactSpec]) -> bool:
    """Whether a false condition could ever have a near way: it mentions a day, or a fact that the enterprise can change."""
    return any(specs[name].actionable or specs[name].type == "date" for name in facts_in(node))


def _ways(
    node: Node, wanted: bool, facts: Mapping[str, Value], as_of: date, specs: Mapping[str, FactSpec]
) -> list[NearMiss] | None:
    """Changes that bring `node` to `wanted`; [] if it is already so; None if there is no near way."""
    if compile_once(node)(facts, as_of) is wanted:
        return []
    match node:
        case Not(item):
            return _ways(item, not wanted, facts, as_of, specs)
        case And(items) | Or(items):
            found = [_ways(item, wanted, facts, as_of, specs) for item in items]
            if isinstance(node, And) == wanted:
                return None if None in found else [miss for ways in found for miss in ways or ()]
            possible = [ways for ways in found if ways]
            return min(possible, key=len) if possible else None
        case Fact(name, "bool"):
            return (
                [NearMiss(name, not wanted, wanted, None, None)] if specs[name].actionable and name in facts else None
            )
        case Member(Fact(name, "text"), values):
            rest = tuple(value for value in specs[name].values if (value in values) is wanted)
            return _grade(name, rest, facts, specs)
        case Compare(operator, left, right):
            return _compare(operator if wanted else _NEGATED[operator], left, right, facts, as_of, specs)
    return None


def _grade(
    name: str, needed: tuple[Value, ...], facts: Mapping[str, Value], specs: Mapping[str, FactSpec]
) -> list[NearMiss] | None:
    if not needed or not specs[name].actionable or facts.get(name) is None:
        return None
    return [NearMiss(name, facts[name], needed[0] if len(needed) == 1 else needed, None, None)]


def _compare(
    operator: str, left: Node, right: Node, facts: Mapping[str, Value], as_of: date, specs: Mapping[str, FactSpec]
) -> list[NearMiss] | None:
    if isinstance(left, Fact) and left.type == "date":
        return _by_time(operator, left.name, right, facts, as_of)
    if isinstance(left, Fact) and left.type == "text" and isinstance(right, Const):
        values = tuple(value for value in specs[left.name].values if (value == right.value) is (operator == "="))
        return _grade(left.name, values, facts, specs)
    difference = Arithmetic("-", left, right)
    for name in facts_in(difference):
        if specs[name].actionable and _linear(difference, name):
            miss = _by_amount(operator, difference, specs[name], facts, as_of)
            if miss:
                return [miss]
    return None


def _by_time(operator: str, name: str, right: Node, facts: Mapping[str, Value], as_of: date) -> list[NearMiss] | None:
    have = facts.get(name)
    if (
        not isinstance(right, Day)
        or right.base is not None
        or not isinstance(have, date)
        or operator not in ("<", "<=")
    ):
        return None
    test = compile_once(Compare(operator, Fact(name, "date"), right))  # type: ignore[arg-type]
    low, high = 0, min(_NEAR_DAYS, (date.max - as_of).days)
    if not test(facts, as_of + timedelta(days=high)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if test(facts, as_of + timedelta(days=middle)) else (middle, high)
    return [NearMiss(name, have, right.on(as_of), float(high), as_of + timedelta(days=high))]


@lru_cache(maxsize=4096)
def _linear(node: Node, name: str) -> bool:
    """Whether the fact stands in no product with itself or another fact."""
    return (
        not any(
            isinstance(part, Arithmetic) and part.operator == "*" and name in facts_in(part) and len(facts_in(part)) > 1
            for part in walk(node)
        )
        and sum(isinstance(part, Fact) and part.name == name for part in walk(node)) == 1
    )


def _by_amount(
    operator: str, difference: Node, spec: FactSpec, facts: Mapping[str, Value], as_of: date
) -> NearMiss | None:
    have = facts.get(spec.name)
    if not isinstance(have, float):
        return None
    value = compile_once(difference)
    at_zero, at_one = (value({**facts, spec.name: x}, as_of) for x in (0.0, 1.0))
    if at_zero is None or at_one is None or at_one == at_zero:
        return None
    slope = at_one - at_zero  # type: ignore[operator]
    exact = -at_zero / slope  # type: ignore[operator]
    need = _smallest_step(operator, exact, slope, spec)
    if need is None or need < (spec.min or 0.0) or (spec.type == "percent" and need > 100):
        return None
    distance = round(abs(need - have), 6)
    near = max(_NEAR_SHARE * max(abs(need), abs(have)), _NEAR_COUNT.get(spec.unit or "", 0.0))
    return NearMiss(spec.name, have, need, distance, None) if 0 < distance <= near else None


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
