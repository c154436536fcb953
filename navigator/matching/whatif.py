"""What if a condition were different: who would gain or lose one measure, and how much money, counted over a table in memory.

A changed condition lives only in the answer: nothing is ever written to the corpus. The amount is still computed as the measure says, whatever
the day makes of it. How `sum_up` counts stands in `effects`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from navigator.errors import InputError
from navigator.matching.columns import Array
from navigator.matching.dates import Period, period
from navigator.matching.effects import City, CityEffect, Shift, sum_up, yuan_of
from navigator.matching.language import And, Compare, Const, Fact, Node, Not, Or, facts_in
from navigator.matching.parse import Specs, mentions_a_fact, parse_condition
from navigator.matching.rulebook import CompiledMeasure, RuleBook, rulebook_for

_NUMBERED = re.compile(r"\s*([0-9]{1,2})\s*[:：](.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Edit:
    """One condition with a part of it replaced. `position` counts from 0; `before` and `after` are the whole condition."""

    position: int
    text: str
    before: Node
    after: Node
    written: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A measure under changed conditions on a day: how many it reached and would reach, and the difference."""

    compiled: CompiledMeasure
    as_of: date
    period: Period
    edits: tuple[Edit, ...]
    before: int
    after: int
    effect: CityEffect
    shift: Shift
    enterprises: int
    is_example: bool


def read_edits(
    compiled: CompiledMeasure, settings: Sequence[str], specs: Specs, place: str = "--set"
) -> tuple[Edit, ...]:
    """Changes as `--set` takes them: `employees <= 500` replaces what asks for the same facts, `2: …` the whole second condition.

    Raises InputError in one sentence: for a fault in the predicate, and where no or several conditions ask for its facts.
    """
    if not settings:
        raise InputError(place, "没有写要改哪个条件", '写成 --set "employees <= 500"')
    edits: dict[int, Edit] = {}
    for written in settings:
        edit = _read_edit(compiled, written, specs, edits, place)
        edits[edit.position] = edit
    return tuple(edits[position] for position in sorted(edits))


def _read_edit(compiled: CompiledMeasure, written: str, specs: Specs, edits: Mapping[int, Edit], place: str) -> Edit:
    numbered = _NUMBERED.fullmatch(written)
    node = parse_condition(numbered[2] if numbered else written, specs, place)
    if not mentions_a_fact(node):
        raise InputError(place, f"“{written}”没有用到企业的任何事实", "条件要说清给谁")
    now = [edits[n].after if n in edits else rule.node for n, rule in enumerate(compiled.rules)]
    if numbered:
        position = int(numbered[1]) - 1
        if not 0 <= position < len(now):
            raise InputError(place, f"没有第 {numbered[1]} 条条件", f"这项政策有 {len(now)} 条：{_listed(compiled)}")
        changed = node
    else:
        position, old = _the_one_place(compiled, now, node, place)
        changed = _replaced(now[position], old, node)
    rule = compiled.rules[position]
    return Edit(position, rule.condition.text, rule.node, changed, written)


def _the_one_place(compiled: CompiledMeasure, now: Sequence[Node], node: Node, place: str) -> tuple[int, Node]:
    wanted = set(facts_in(node))
    whole = [(position, one) for position, one in enumerate(now) if set(facts_in(one)) == wanted]
    found = whole or [(position, part) for position, one in enumerate(now) for part in _about(one, wanted)]
    if len(found) == 1:
        return found[0]
    names = "、".join(sorted(wanted))
    if not found:
        raise InputError(place, f"没有条件只看 {names}", f"先写第几条再写条件；这项政策的条件：{_listed(compiled)}")
    positions = sorted({position for position, _ in found})
    candidates = "；".join(_numbered(compiled, position) for position in positions)
    raise InputError(
        place, f"看 {names} 的不止一处", f'用“第几条: 条件”指明，如 "{positions[0] + 1}: …"；有 {candidates}'
    )


def _about(node: Node, facts: set[str]) -> Iterator[Node]:
    """The largest parts of a condition that ask for exactly these facts."""
    if set(facts_in(node)) == facts:
        yield node
    elif isinstance(node, And | Or):
        for item in node.items:
            yield from _about(item, facts)
    elif isinstance(node, Not):
        yield from _about(node.item, facts)


def _replaced(whole: Node, old: Node, new: Node) -> Node:
    """The tree with one part (the very object) replaced."""
    if whole is old:
        return new
    match whole:
        case And(items) | Or(items):
            return replace(whole, items=tuple(_replaced(item, old, new) for item in items))
        case Not(item):
            return Not(_replaced(item, old, new))
    return whole


def _listed(compiled: CompiledMeasure) -> str:
    return "；".join(_numbered(compiled, place) for place in range(len(compiled.rules)))


def _numbered(compiled: CompiledMeasure, place: int) -> str:
    return f"{place + 1}: {compiled.rules[place].condition.when}"


def what_if(
    measure_id: str, settings: Sequence[str], city: City, as_of: date, rulebook: RuleBook | None = None
) -> WhatIf:
    """The measure as of a day under changed conditions (see `read_edits`), counted over a city. Raises InputError."""
    book = rulebook or rulebook_for(as_of)
    compiled = find_measure(measure_id, book)
    edits = read_edits(compiled, settings, book.facts.specs)
    before, after = _outcomes(compiled, edits, city, as_of)
    shift = _shift(compiled, before, after, city, as_of)
    return WhatIf(
        compiled,
        as_of,
        period(compiled.measure, as_of),
        edits,
        before=int((before == 1).sum()),
        after=int((after == 1).sum()),
        effect=sum_up([shift], city),
        shift=shift,
        enterprises=len(city),
        is_example=city.is_example,
    )


def find_measure(measure_id: str, book: RuleBook) -> CompiledMeasure:
    """A measure by its id; InputError where there is none."""
    if measure_id not in book.by_id:
        raise InputError("政策编号", f"没有 {measure_id} 这项政策", "编号是 policy_corpus/measures/ 里的文件名")
    return book.by_id[measure_id]


def _outcomes(compiled: CompiledMeasure, edits: Sequence[Edit], city: City, as_of: date) -> tuple[Array, Array]:
    """For each enterprise 0 no, 1 yes, 2 unknown, as it is and as it would be; conditions that stay are evaluated once."""
    touched = {edit.position for edit in edits}
    rest = [rule.node for place, rule in enumerate(compiled.rules) if place not in touched]
    old, new = (city.table.where([getattr(edit, side) for edit in edits], as_of) for side in ("before", "after"))
    if rest:
        kept = city.table.where(rest, as_of)
        old, new = kept & old, kept & new
    before, after = (one.cast(pl.UInt8).fill_null(2).to_numpy() for one in (old, new))
    return before, after


def _shift(compiled: CompiledMeasure, before: Array, after: Array, city: City, as_of: date) -> Shift:
    measure = compiled.measure
    expression = measure.benefit.estimate
    estimate = city.table.estimate(expression, as_of).to_numpy() if expression else None
    yuan = yuan_of(measure, estimate, len(city))
    yes, would = before == 1, after == 1
    return Shift(
        measure,
        gained=would & ~yes,
        lost=yes & ~would,
        come=yuan,
        gone=yuan,
        may_gain=int(np.count_nonzero((after == 2) & (before == 0))),
        may_lose=int(np.count_nonzero((before == 2) & (after == 0))),
    )


# ---- for a page that asks for a number


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a condition compares one fact with."""

    fact: str
    operator: str
    value: float


def threshold(node: Node) -> Threshold | None:
    """The one comparison that a condition is; None for any other."""
    match node:
        case Compare(operator, Fact(name, "number"), Const(float() | int() as value)):
            return Threshold(name, operator, float(value))
    return None
