"""A rule book made ready for assessing: its distinct tests and estimates compiled together, and where each measure finds its own.

Made once a rule book; it knows of no enterprise and of no day but what `standings` keeps of the last days asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from navigator.corpus.model import FactSpec, Measure
from navigator.matching.dates import ApplyState, Period, apply_state, period
from navigator.matching.language import And, Arithmetic, Node, walk
from navigator.matching.near_miss import Ways, compile_change
from navigator.matching.questions import Questioner
from navigator.matching.rulebook import CompiledMeasure, Rule, RuleBook
from navigator.matching.together import compile_together

Standing = tuple[Period, ApplyState]


@dataclass(frozen=True, slots=True)
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


class ReadyRuleBook:
    """All measures of a rule book. `truths` gives for an enterprise and a day the value at each place: the distinct tests come first."""

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
        self.truths = compile_together(self._nodes)
        self.alone = tuple(map(self._alone, self.tests))
        """Of each test, the one fact to ask for where it is undecided; None where that depends on what else is known."""
        self.shown = tuple({rule.facts: None for rule in rules})
        """The distinct lists of facts whose values conditions show."""
        place_shown = {names: place for place, names in enumerate(self.shown)}
        self.conditions = tuple(rule.condition for rule in rules)
        self.sources = tuple(rule.source for rule in rules)
        self.test_of_condition = tuple(self._place[rule.test] for rule in rules)
        self.shown_of_condition = tuple(place_shown[rule.facts] for rule in rules)
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
        )

    def _all_of(self, rules: Sequence[Rule]) -> int | None:
        return self._also(And(tuple(rule.node for rule in rules))) if rules else None

    def _also(self, node: Node) -> int:
        self._nodes.append(node)
        return len(self._nodes) - 1

    def _alone(self, rule: Rule) -> dict[str, None] | None:
        computed = any(isinstance(part, Arithmetic) for part in walk(rule.node))
        opened = any(map(self.rulebook.askable.is_opened, rule.facts))
        return None if computed or opened or len(rule.facts) > 1 else {rule.facts[0]: None}

    def ways_of(self, place: int) -> Ways:
        """How the test at this place, where it fails, comes to be met."""
        if place not in self._ways:
            self._ways[place] = compile_change(self.tests[place].node, self.rulebook.facts.specs)
        return self._ways[place]


@lru_cache(maxsize=16)
def ready(rulebook: RuleBook) -> ReadyRuleBook:
    """A rule book made ready, once."""
    return ReadyRuleBook(rulebook)


@lru_cache(maxsize=64)
def standings(rulebook: RuleBook, as_of: date) -> tuple[Standing, ...]:
    """What the day decides about each measure, in their order."""
    return tuple((period(one.measure, as_of), apply_state(one.measure, as_of)) for one in rulebook.measures)
