"""The corpus with its predicates parsed and compiled: what matching works on. Built once a corpus state, then only read.

`rulebook_for(day)` holds the versions that answer for a day, `default_rulebook` the newest ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import Commitment, Condition, Measure, Outcome
from navigator.errors import InputError
from navigator.matching.facts import FactBook
from navigator.matching.language import Evaluate, Node, Value, compile_node, compile_once, facts_in
from navigator.matching.missing import AskableFacts, Collect, compile_missing
from navigator.matching.near_miss import changeable
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
    source: str = ""
    """Where the condition stands, as shown beside it."""
    changeable: bool = True
    """Whether time or the enterprise could change its outcome."""


@dataclass(frozen=True, slots=True)
class CompiledMeasure:
    """A measure ready to be evaluated."""

    measure: Measure
    rules: tuple[Rule, ...]
    estimate: Evaluate | None
    estimate_facts: tuple[str, ...]
    facts: frozenset[str]
    estimate_node: Node | None = None
    cap: Evaluate | None = None
    """Yuan that all measures under its shared cap bring together at most."""

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
    node: Node | None = None
    """The predicate; None where it concerns always or never."""


def source_of(measure: Measure, condition: Condition | None = None) -> str:
    """The article where it was read, otherwise the document's number or title."""
    document = measure.source.document or f"《{measure.source.title}》"
    if condition is None or not condition.cite:
        return document
    return condition.cite if condition.cite.startswith("《") else f"{document} {condition.cite}"


def outcome_of(outcomes: tuple[bool | None, ...]) -> Outcome:
    """All true: eligible; one false: not_eligible; otherwise needs_info. No conditions: never eligible."""
    if False in outcomes:
        return "not_eligible"
    return "eligible" if outcomes and None not in outcomes else "needs_info"


class RuleBook:
    """Fact book, measures and commitments of one corpus, compiled. Raises InputError for the first predicate that does not parse.

    What is the very same in `like`, a rulebook over the same facts, is taken from there.
    """

    def __init__(self, corpus: Corpus, like: RuleBook | None = None) -> None:
        self.corpus = corpus
        self.facts = like.facts if like else FactBook(corpus.facts, corpus.files["facts"])
        self.askable = like.askable if like else AskableFacts(self.facts)
        self.faults: list[InputError] = []
        """Released measures that could not be compiled: the version in `like` answers in their place."""
        self.measures = self._compiled(like)
        self.commitments = tuple(compile_commitment(item, self.facts, corpus) for item in corpus.commitments)
        self.by_id = {compiled.measure.id: compiled for compiled in self.measures}

    def _compiled(self, like: RuleBook | None) -> tuple[CompiledMeasure, ...]:
        if like is None:
            return tuple(compile_measure(measure, self.facts, self.corpus) for measure in self.corpus.measures)
        found = []
        for measure in self.corpus.measures:
            known = like.by_id.get(measure.id)
            try:
                is_same = known is not None and known.measure is measure
                found.append(known if is_same else compile_measure(measure, self.facts, self.corpus))
            except InputError as fault:
                self.faults.append(fault)
                found += [known] if known else []
        return tuple(found)


def default_rulebook() -> RuleBook:
    """The newest state of the configured corpus, compiled once."""
    return compiled(default_corpus())


def rulebook_for(day: date) -> RuleBook:
    """The versions that answer for a day, compiled once for all days that have the same ones."""
    return compiled(default_corpus().on(day))


@lru_cache(maxsize=16)
def compiled(corpus: Corpus) -> RuleBook:
    """A corpus state compiled; only what was released over the shipped files is compiled anew."""
    return RuleBook(corpus, compiled(corpus.shipped) if corpus.shipped else None)


def compile_measure(measure: Measure, book: FactBook, corpus: Corpus) -> CompiledMeasure:
    """Parse and compile one measure; a fault names its file and line."""
    rules = []
    for position, condition in enumerate(measure.conditions):
        place = corpus.place(measure.id, "conditions", position, "when")
        node = parse_condition(condition.when, book.specs, place)
        if not mentions_a_fact(node):
            raise InputError(place, f"“{condition.when}”没有用到企业的任何事实", "条件要说清给谁")
        rules.append(
            Rule(
                condition,
                node,
                compile_once(node),
                compile_missing(node),
                facts_in(node),
                source_of(measure, condition),
                changeable(node, book.specs),
            )
        )
    tree, estimate, estimate_facts = None, None, ()
    if measure.benefit.estimate is not None:
        tree = parse_estimate(measure.benefit.estimate, book.specs, corpus.place(measure.id, "benefit", "estimate"))
        estimate, estimate_facts = compile_node(tree), facts_in(tree)
    cap = None
    if measure.shared_cap:
        cap_place = corpus.place(measure.id, "shared_cap", "amount")
        cap = compile_node(parse_estimate(measure.shared_cap.amount, book.specs, cap_place))
    names = frozenset(name for rule in rules for name in rule.facts)
    return CompiledMeasure(measure, tuple(rules), estimate, estimate_facts, names, tree, cap)


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
    return CompiledCommitment(commitment, compile_node(node), node)
