"""The corpus with its predicates parsed and compiled: what matching works on. Built once a corpus version, then only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import Commitment, Condition, Measure, Outcome
from navigator.errors import InputError
from navigator.matching.facts import FactBook
from navigator.matching.language import Evaluate, Node, Value, compile_node, facts_in
from navigator.matching.missing import AskableFacts, Collect, compile_missing
from navigator.matching.parse import mentions_a_fact, parse_condition, parse_estimate

Facts = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition, its tree, its compiled form and the facts in it."""

    condition: Condition
    node: Node
    test: Evaluate
    missing: Collect
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledMeasure:
    """A measure ready to be evaluated."""

    measure: Measure
    rules: tuple[Rule, ...]
    estimate: Evaluate | None
    estimate_facts: tuple[str, ...]
    facts: frozenset[str]

    def outcomes(self, facts: Facts, as_of: date) -> tuple[bool | None, ...]:
        """The Kleene value of each condition, in order. `facts` are completed."""
        return tuple(rule.test(facts, as_of) for rule in self.rules)  # type: ignore[misc]

    def missing(self, facts: Facts, as_of: date) -> dict[str, None]:
        """The unknown facts that keep a condition undecided, in order; derived ones not yet opened up."""
        found: dict[str, None] = {}
        for rule in self.rules:
            rule.missing(facts, as_of, found)
        return found


@dataclass(frozen=True, slots=True)
class CompiledCommitment:
    """A commitment and the test of whom it concerns: a predicate, or always (everyone) or never (government)."""

    commitment: Commitment
    test: Evaluate


def outcome_of(outcomes: tuple[bool | None, ...]) -> Outcome:
    """All true: eligible; one false: not_eligible; otherwise needs_info. No conditions: never eligible."""
    if False in outcomes:
        return "not_eligible"
    return "eligible" if outcomes and None not in outcomes else "needs_info"


class RuleBook:
    """Fact book, measures and commitments of one corpus, compiled. Raises InputError for the first predicate that does not parse."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.facts = FactBook(corpus.facts, corpus.files["facts"])
        self.askable = AskableFacts(self.facts)
        self.measures = tuple(compile_measure(measure, self.facts, corpus) for measure in corpus.measures)
        self.commitments = tuple(compile_commitment(item, self.facts, corpus) for item in corpus.commitments)
        self.by_id = {compiled.measure.id: compiled for compiled in self.measures}


@cache
def default_rulebook() -> RuleBook:
    """The configured corpus, compiled once a process."""
    return RuleBook(default_corpus())


def compile_measure(measure: Measure, book: FactBook, corpus: Corpus) -> CompiledMeasure:
    """Parse and compile one measure; a fault names its file and line."""
    rules = []
    for position, condition in enumerate(measure.conditions):
        place = corpus.place(measure.id, "conditions", position, "when")
        node = parse_condition(condition.when, book.specs, place)
        if not mentions_a_fact(node):
            raise InputError(place, f"“{condition.when}”没有用到企业的任何事实", "条件要说清给谁")
        rules.append(Rule(condition, node, compile_node(node), compile_missing(node), facts_in(node)))
    estimate, estimate_facts = None, ()
    if measure.benefit.estimate is not None:
        tree = parse_estimate(measure.benefit.estimate, book.specs, corpus.place(measure.id, "benefit", "estimate"))
        estimate, estimate_facts = compile_node(tree), facts_in(tree)
    names = frozenset(name for rule in rules for name in rule.facts)
    return CompiledMeasure(measure, tuple(rules), estimate, estimate_facts, names)


def compile_commitment(commitment: Commitment, book: FactBook, corpus: Corpus) -> CompiledCommitment:
    """Parse and compile whom a commitment concerns; a fault names its file and line."""
    if commitment.concerns in ("everyone", "government"):
        always = commitment.concerns == "everyone"
        return CompiledCommitment(commitment, lambda facts, as_of: always)
    items = corpus.files["commitments"].data
    position = next((place for place, item in enumerate(items) if item.get("number") == commitment.number), 0)
    place = corpus.place("commitments", position, "concerns")
    node = parse_condition(commitment.concerns, book.specs, place)
    if not mentions_a_fact(node):
        raise InputError(place, f"“{commitment.concerns}”没有用到企业的任何事实", "写 everyone、government 或一个条件")
    return CompiledCommitment(commitment, compile_node(node))
