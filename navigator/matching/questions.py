"""The next best questions: which unknown fact, once answered, decides most, weighted by money.

A fact counts for a measure only where some possible answer to it alone turns "还要补充信息" into yes or no. The answers tried are the edges of
every threshold, every listed value, and one value beyond each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from navigator.corpus.model import NOT_MONEY, BenefitKind
from navigator.matching.facts import FactBook
from navigator.matching.language import Arithmetic, Compare, Const, Day, Fact, HasPrefix, Member, Node, Value, facts_in, walk
from navigator.matching.rulebook import CompiledMeasure, RuleBook, outcome_of

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
_OUTSIDE = {"industry": "T96", "region_code": "110101"}


@dataclass(frozen=True, slots=True)
class Question:
    """A fact to ask, how to ask it, the number of measures some answer decides, and their weight in yuan."""

    fact: str
    question: str
    decides: int
    weight: float


class Questioner:
    """Answers worth trying for each fact, collected once from all predicates of a rule book."""

    def __init__(self, rulebook: RuleBook) -> None:
        self.rulebook = rulebook
        self._leaves = {
            compiled.measure.id: _leaves_by_fact(self._nodes_of(compiled)) for compiled in rulebook.measures
        }

    def _nodes_of(self, compiled: CompiledMeasure) -> Iterable[Node]:
        book = self.rulebook.facts
        yield from (rule.node for rule in compiled.rules)
        wanted = set(compiled.facts)
        for conclusion in (*book.derived, *book.implied):
            if conclusion.fact in wanted:
                yield conclusion.node

    def questions(
        self,
        values: Mapping[str, Value],
        given: Mapping[str, Value],
        open_measures: Mapping[str, tuple[str, ...]],
        estimates: Mapping[str, float | None],
        as_of: date,
    ) -> tuple[Question, ...]:
        """Questions by weight. `open_measures`: id -> missing facts of each measure in force that needs info; `values` are completed."""
        completed = _Completions(self.rulebook.facts, values, given)
        decided: dict[str, list[str]] = {}
        for measure_id, missing in open_measures.items():
            compiled = self.rulebook.by_id[measure_id]
            for fact in missing:
                if self._some_answer_decides(compiled, fact, completed, as_of):
                    decided.setdefault(fact, []).append(measure_id)
        specs = self.rulebook.facts.specs
        found = [
            Question(fact, specs[fact].question, len(ids), sum(self._weight(one, estimates) for one in ids))
            for fact, ids in decided.items()
        ]
        return tuple(sorted(found, key=lambda question: (-question.weight, -question.decides)))

    def _some_answer_decides(
        self, compiled: CompiledMeasure, fact: str, completed: _Completions, as_of: date
    ) -> bool:
        leaves = self._leaves[compiled.measure.id].get(fact, ())
        spec = self.rulebook.facts.specs[fact]
        tried: set[Value] = set()
        for leaf in leaves:
            for answer in _answers(leaf, spec.type, spec.values, as_of):
                if answer in tried:
                    continue
                tried.add(answer)
                if outcome_of(compiled.outcomes(completed.having(fact, answer), as_of)) != "needs_info":
                    return True
        return False

    def _weight(self, measure_id: str, estimates: Mapping[str, float | None]) -> float:
        benefit = self.rulebook.by_id[measure_id].measure.benefit
        estimate = None if benefit.kind in NOT_MONEY else estimates.get(measure_id)
        return TYPICAL_YUAN.get(benefit.kind, 500) if estimate is None else max(estimate, 500)


class _Completions:
    """The enterprise's facts with one more answer; what follows from the answer is worked out once."""

    def __init__(self, book: FactBook, values: Mapping[str, Value], given: Mapping[str, Value]) -> None:
        self._book, self._values, self._given = book, values, given
        self._made: dict[tuple[str, Value], Mapping[str, Value]] = {}

    def having(self, fact: str, answer: Value) -> Mapping[str, Value]:
        key = (fact, answer)
        if key not in self._made:
            if self._book.concluded_from(fact):
                self._made[key] = self._book.complete({**self._given, fact: answer}).values
            else:
                self._made[key] = {**self._values, fact: answer}
        return self._made[key]


def _leaves_by_fact(nodes: Iterable[Node]) -> dict[str, tuple[Node, ...]]:
    found: dict[str, dict[Node, None]] = {}
    for node in nodes:
        for part in walk(node):
            names = facts_in(part) if isinstance(part, Compare | Member | HasPrefix) else ()
            names = (part.name,) if isinstance(part, Fact) and part.type == "bool" else names
            for name in names:
                found.setdefault(name, {})[part] = None
    return {name: tuple(leaves) for name, leaves in found.items()}


def _answers(leaf: Node, kind: str, values: Iterable[str], as_of: date) -> tuple[Value, ...]:
    """Possible answers on both sides of every edge of one leaf."""
    match leaf:
        case Fact():
            return (True, False)
        case HasPrefix(Fact(name, _), prefixes):
            return (*prefixes, _OUTSIDE[name])
        case Compare(_, Fact(), Day() as day):
            edge = day.on(as_of)
            return (edge - timedelta(days=1), edge, edge + timedelta(days=1))
    if kind == "choice":
        return tuple(values)
    top = 100.0 if kind == "percent" else _FAR
    edges = [part.value for part in walk(leaf) if isinstance(part, Const) and isinstance(part.value, float)]
    if isinstance(leaf, Member):
        edges += [value for value in leaf.values if isinstance(value, float)]
    step = 1.0 if kind in ("count", "money") else 0.01
    around = (0.0, top) if any(isinstance(part, Arithmetic) for part in walk(leaf)) else ()
    tried = (*around, *(edge + move for edge in edges for move in (-step, 0.0, step)))
    return tuple(answer for answer in tried if 0 <= answer <= top)
