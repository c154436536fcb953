"""A rule book made ready for assessing: its distinct tests and estimates compiled together, and where each measure finds its own.

Made once a rule book; it knows of no enterprise and of no day but what `standings` keeps of the last days asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

from navigator.corpus.model import FactSpec, Measure
from navigator.matching.dates import ApplyState, Period, apply_state, period
from navigator.matching.language import And, Arithmetic, Node, walk
from navigator.matching.near_miss import Ways, compile_change
from navigator.matching.questions import Questioner
from navigator.matching.rulebook import CompiledMeasure, Rule, RuleBook
from navigator.matching.together import explain_together

Standing = tuple[Period, ApplyState]


@dataclass(frozen=True, slots=True, repr=False)
class ReadyMeasure:
    """One measure. Its conditions are those from `first` up to `last` of all conditions; a test or an estimate is named by its place."""

    compiled: CompiledMeasure
    measure: Measure
    first: int
    last: int
    tests: tuple[int, ...]
    whole: int | None
    """All its conditions as one test; None where it has none."""
    fixed: int | None
    """Those that neither time nor the enterprise can change, as one test."""
    estimate: int | None
    basis: str
    """What the estimate rests on, before the values are told."""
    basis_specs: tuple[tuple[str, FactSpec], ...]
    shown: tuple[tuple[str, ...], ...]
    """For each condition the facts whose values it shows."""
    json: dict[str, Any]
    """Its JSON (contract §5), with None where the enterprise or the day decides."""


class ReadyRuleBook:
    """All measures of a rule book. `truths` gives for an enterprise and a day the value at each place, the distinct tests first, and collects
    for the undecided tests which unknown facts keep them so; of those in `alone` that is known beforehand."""

    def __init__(self, rulebook: RuleBook) -> None:
        self.rulebook = rulebook
        self.questioner = Questioner(rulebook)
        rules = [rule for compiled in rulebook.measures for rule in compiled.rules]
        self.tests = tuple({rule.test: rule for rule in rules}.values())
        """One rule for each distinct test."""
        self._conditions = 0
        self._place = {rule.test: place for place, rule in enumerate(self.tests)}
        self._nodes = [rule.node for rule in self.tests]
        self.measures = tuple(map(self._ready, rulebook.measures))
        self.commitments = tuple(
            (one, None if one.node is None else self._also(one.node)) for one in rulebook.commitments
        )
        """Each commitment, and where it stands whether it concerns; None where that is always the same."""
        self.opened = frozenset(
            place for place, rule in enumerate(self.tests) if any(map(rulebook.askable.is_opened, rule.facts))
        )
        """The tests that ask for facts in whose place others may be asked for."""
        self.alone = tuple(map(self._alone, range(len(self.tests))))
        """Of each test, the one fact to ask for where it is undecided; None where that depends on what else is known."""
        self.truths = explain_together(self._nodes, [place for place, one in enumerate(self.alone) if one is None])
        self.rules = tuple(rules)
        """One rule for each condition of each measure."""
        self.outcomes = _items([self._place[rule.test] for rule in rules])
        """The outcomes of all conditions, from the truths."""
        self._ways: dict[int, Ways] = {}

    def _ready(self, compiled: CompiledMeasure) -> ReadyMeasure:
        first = self._conditions
        self._conditions += len(compiled.rules)
        benefit, specs = compiled.measure.benefit, self.rulebook.facts.specs
        return ReadyMeasure(
            compiled=compiled,
            measure=compiled.measure,
            first=first,
            last=self._conditions,
            tests=tuple(self._place[rule.test] for rule in compiled.rules),
            whole=self._all_of(compiled.rules),
            fixed=self._all_of([rule for rule in compiled.rules if not rule.changeable]),
            estimate=None if compiled.estimate_node is None else self._also(compiled.estimate_node),
            basis=benefit.basis or benefit.text,
            basis_specs=tuple((name, specs[name]) for name in compiled.estimate_facts),
            shown=tuple(rule.facts for rule in compiled.rules),
            json=_json(compiled),
        )

    def _all_of(self, rules: Sequence[Rule]) -> int | None:
        return self._also(And(tuple(rule.node for rule in rules))) if rules else None

    def _also(self, node: Node) -> int:
        self._nodes.append(node)
        return len(self._nodes) - 1

    def _alone(self, place: int) -> dict[str, None] | None:
        rule = self.tests[place]
        computed = any(isinstance(part, Arithmetic) for part in walk(rule.node))
        return None if computed or place in self.opened or len(rule.facts) > 1 else {rule.facts[0]: None}

    def ways_of(self, place: int) -> Ways:
        """How the test at this place, where it fails, comes to be met."""
        if place not in self._ways:
            self._ways[place] = compile_change(self.tests[place].node, self.rulebook.facts.specs)
        return self._ways[place]


def _items(places: list[int]) -> Callable[[tuple], tuple]:
    """What stands at each of these places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


def _json(compiled: CompiledMeasure) -> dict[str, Any]:
    measure = compiled.measure
    return {
        "id": measure.id,
        "name": measure.name,
        "level": measure.level,
        "domain": measure.domain,
        "delivery": measure.delivery,
        "status": None,
        "verification": measure.verification,
        "in_force": in_force_dict(measure),
        "apply_state": None,
        "conditions": [_condition_json(rule) for rule in compiled.rules],
        "confirm": list(measure.confirm),
        "to_confirm": len(measure.confirm),
        "missing": None,
        "near_miss": None,
        "estimate": None,
        "estimate_kind": measure.benefit.estimate_kind,
        "per": measure.benefit.per,
        "estimate_basis": None,
    }


def _condition_json(rule: Rule) -> dict[str, Any]:
    text, when = rule.condition.text, rule.condition.when
    return {"text": text, "when": when, "outcome": None, "actual": None, "source": rule.source}


def in_force_dict(measure: Measure) -> dict[str, Any]:
    """Validity as JSON, with the file's own keys."""
    period = measure.in_force
    return {
        "from": _iso(period.from_),
        "to": _iso(period.to),
        "to_inferred": period.to_inferred,
        "sure_until": _iso(period.sure_until),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@lru_cache(maxsize=16)
def ready(rulebook: RuleBook) -> ReadyRuleBook:
    """A rule book made ready, once."""
    return ReadyRuleBook(rulebook)


@lru_cache(maxsize=64)
def standings(rulebook: RuleBook, as_of: date) -> tuple[Standing, ...]:
    """What the day decides about each measure, in their order."""
    return tuple((period(one.measure, as_of), apply_state(one.measure, as_of)) for one in rulebook.measures)
