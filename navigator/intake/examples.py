"""Examples to try on a draft: small profiles at, just above and just below every threshold, and what the conditions say of each line by line.

Only conditions that parse take part. A trial becomes an example of the measure when its author says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from navigator.corpus.model import FactSpec
from navigator.errors import InputError
from navigator.matching.assess import show_value
from navigator.matching.facts import Contradiction, FactBook
from navigator.matching.language import (
    And,
    Arithmetic,
    Compare,
    Const,
    Day,
    Evaluate,
    Fact,
    HasPrefix,
    Member,
    Node,
    Not,
    Or,
    Value,
    compile_node,
    facts_in,
    walk,
)
from navigator.matching.missing import AskableFacts, Collect, compile_missing
from navigator.matching.parse import parse_condition, parse_estimate
from navigator.matching.rulebook import Outcome, outcome_of

_MOST_TRIALS = 40
_MOST_COMBINATIONS = 4000


@dataclass(frozen=True, slots=True)
class DraftRule:
    """One condition that parses: its words, its tree and its compiled form."""

    text: str
    node: Node
    test: Evaluate
    missing: Collect
    facts: tuple[str, ...]

    @classmethod
    def of(cls, text: str, node: Node) -> DraftRule:
        """The rule of a checked tree."""
        return cls(text, node, compile_node(node), compile_missing(node), facts_in(node))


@dataclass(frozen=True, slots=True)
class DraftRules:
    """The conditions of a draft that can be evaluated, and its estimate where there is one."""

    rules: tuple[DraftRule, ...]
    estimate: Evaluate | None
    broken: int
    """Conditions that do not parse yet and take no part."""

    def outcomes(self, facts: Mapping[str, Value], as_of: date) -> tuple[bool | None, ...]:
        """The Kleene value of each condition; `facts` are completed."""
        return tuple(rule.test(facts, as_of) for rule in self.rules)  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Trial:
    """A profile tried on a draft: each condition's outcome in order, the whole, the estimate, what is missing, what contradicts itself."""

    name: str
    facts: dict[str, Any]
    lines: tuple[tuple[str, bool | None], ...]
    outcome: Outcome
    estimate: float | None
    missing: tuple[str, ...]
    contradictions: tuple[str, ...]
    as_of: date | None
    """The day, where a condition reckons with it."""

    def as_example(self) -> dict[str, Any]:
        """The trial as an example of the measure."""
        found: dict[str, Any] = {"name": self.name, "facts": dict(self.facts), "expect": self.outcome}
        if self.as_of:
            found["as_of"] = self.as_of
        if self.estimate is not None and self.outcome == "eligible":
            found["estimate"] = int(self.estimate) if self.estimate == int(self.estimate) else round(self.estimate, 2)
        return found


def rules_of(fields: Mapping[str, Any], book: FactBook) -> DraftRules:
    """What of a draft's conditions and estimate parses, compiled."""
    rules, broken = [], 0
    conditions = fields.get("conditions")
    for item in conditions if isinstance(conditions, list) else ():
        when = str(item.get("when") or "") if isinstance(item, Mapping) else ""
        try:
            rules.append(DraftRule.of(str(item.get("text") or when), parse_condition(when, book.specs)))
        except (InputError, AttributeError):
            broken += 1
    benefit = fields.get("benefit")
    formula = benefit.get("estimate") if isinstance(benefit, Mapping) else None
    try:
        estimate = compile_node(parse_estimate(str(formula), book.specs)) if formula else None
    except InputError:
        estimate = None
    return DraftRules(tuple(rules), estimate, broken)


def attempt(draft: DraftRules, facts: Mapping[str, Any], as_of: date, book: FactBook, name: str = "") -> Trial:
    """Try a profile; InputError for an unknown fact or a value outside its list."""
    completed = book.complete(book.read_profile(facts))
    outcomes = draft.outcomes(completed.values, as_of)
    missing: dict[str, None] = {}
    if outcome_of(outcomes) == "needs_info":
        for rule in draft.rules:
            rule.missing(completed.values, as_of, missing)
    value = draft.estimate(completed.values, as_of) if draft.estimate else None
    clashes = tuple(_clash(one, book.specs[one.fact]) for one in completed.contradictions)
    return Trial(
        name,
        dict(facts),
        tuple((rule.text, found) for rule, found in zip(draft.rules, outcomes, strict=True)),
        outcome_of(outcomes),
        float(value) if isinstance(value, float | int) else None,
        AskableFacts(book).of(missing, completed.values, as_of) if missing else (),
        clashes,
        as_of
        if any(isinstance(part, Day) and part.base is None for rule in draft.rules for part in walk(rule.node))
        else None,
    )


def _clash(found: Contradiction, spec: FactSpec) -> str:
    given, concluded = show_value(found.given, spec), show_value(found.concluded, spec)
    return f"{spec.label}填的是{given}，按别的事实应是{concluded}"


def trials(draft: DraftRules, as_of: date, book: FactBook) -> list[Trial]:
    """One profile that meets everything, then that profile at, above and below each threshold, with each answer turned, and with each left out.

    Empty where no profile is found that meets all conditions.
    """
    base = satisfying(draft, as_of, book)
    if base is None:
        return []
    found = [attempt(draft, base, as_of, book, "都符合")]
    for name, facts in _variations(draft, base, as_of, book):
        trial = attempt(draft, facts, as_of, book, name)
        if trial.facts == base and "，" not in found[0].name:
            found[0] = replace(found[0], name=f"都符合，{name}")
        elif not trial.contradictions and all(trial.facts != other.facts for other in found):
            found.append(trial)
    return found[:_MOST_TRIALS]


def satisfying(draft: DraftRules, as_of: date, book: FactBook) -> dict[str, Any] | None:
    """A small profile that meets every condition without contradicting itself; None where none is found."""
    options = {name: _options(name, draft, as_of, book.specs) for name in _asked(draft)}
    if not draft.rules:
        return None
    return _search(list(draft.rules), {}, options, as_of, book)


def _search(
    rules: list[DraftRule], facts: dict[str, Any], options: Mapping[str, list[Any]], as_of: date, book: FactBook
) -> dict[str, Any] | None:
    """Depth first: the first condition not yet met is met with values of its own facts, the rest after it."""
    for position, rule in enumerate(rules):
        if rule.test(book.complete(book.read_profile(facts)).values, as_of) is True:
            continue
        free = [name for name in _profile_facts(rule.facts) if name not in facts]
        for values in itertools.islice(_combinations([options[name] for name in free]), _MOST_COMBINATIONS):
            tried = {**facts, **{name: value for name, value in zip(free, values, strict=True) if value is not None}}
            completed = book.complete(book.read_profile(tried))
            if completed.contradictions or rule.test(completed.values, as_of) is not True:
                continue
            whole = _search(rules[position + 1 :], tried, options, as_of, book)
            if whole is not None and _meets_all(rules, whole, as_of, book):
                return whole
        return None
    return facts


def _meets_all(rules: Sequence[DraftRule], facts: Mapping[str, Any], as_of: date, book: FactBook) -> bool:
    completed = book.complete(book.read_profile(facts))
    return not completed.contradictions and all(rule.test(completed.values, as_of) is True for rule in rules)


def _combinations(options: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """Every choice, those that leave most facts unsaid first."""
    indexed = sorted(
        itertools.islice(itertools.product(*options), _MOST_COMBINATIONS),
        key=lambda values: sum(value is not None for value in values),
    )
    yield from indexed


_ASKED_AS = {"in_jingmen": "region", "region_code": "region"}
"""Facts that follow from another, which people fill in."""


def _profile_facts(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(_ASKED_AS.get(name, name) for name in names))


def _asked(draft: DraftRules) -> list[str]:
    return _profile_facts([name for rule in draft.rules for name in rule.facts])


def _options(name: str, draft: DraftRules, as_of: date, specs: Mapping[str, FactSpec]) -> list[Any]:
    """Values worth trying for a fact: unsaid, then those that the conditions name and their neighbours."""
    spec = specs[name]
    if spec.type == "bool":
        return [None, True, False]
    if spec.type == "choice":
        first = ["东宝区", "荆门市外"] if name == "region" else []
        return [None, *dict.fromkeys((*first, *spec.values))]
    if name == "industry":
        named = _codes(draft, "industry")
        return [None, *dict.fromkeys((*named, "C38", "H62", "F52", "I65", "A01"))]
    edges = _edges(name, draft, as_of)
    if spec.type == "date":
        return [None, *edges]
    step = 1 if spec.type in ("count", "money") else 0.1
    low = spec.min if spec.min is not None else 0.0
    high = 100.0 if spec.type == "percent" else float("inf")
    near = sorted({value for edge in edges for value in (edge, edge + step, edge - step)} | _generic(spec))
    return [None, *(_tidy(value) for value in near if low <= value <= high)]


def _generic(spec: FactSpec) -> set[float]:
    return {"count": {0.0, 1.0, 5.0, 50.0}, "money": {0.0, 1e5, 1e6, 1e7, 1e8}, "percent": {0.0, 5.0, 50.0}}.get(
        spec.type, {0.0, 1.0, 10.0}
    )


def _tidy(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 6)


def _codes(draft: DraftRules, name: str) -> list[str]:
    parts = [part for rule in draft.rules for part in walk(rule.node)]
    return [code for part in parts if isinstance(part, HasPrefix) and part.fact.name == name for code in part.prefixes]


def _edges(name: str, draft: DraftRules, as_of: date) -> list[Any]:
    """The constants a fact is compared with, days worked out and moved by one."""
    found: list[Any] = []
    for part in (part for rule in draft.rules for part in walk(rule.node) if isinstance(part, Compare)):
        if isinstance(part.left, Fact) and part.left.name == name:
            if isinstance(part.right, Const) and isinstance(part.right.value, float):
                found.append(part.right.value)
            elif isinstance(part.right, Day):
                day = part.right.on(as_of)
                found += [day, day - timedelta(days=1), day + timedelta(days=1)]
    return list(dict.fromkeys(found))


# ---- around the thresholds ----


def _variations(
    draft: DraftRules, base: dict[str, Any], as_of: date, book: FactBook
) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule in draft.rules:
        for name in _profile_facts(rule.facts):
            yield from _turned(name, rule.node, base, as_of, book.specs)
    for name in base:
        yield f"不知道{book.specs[name].label}", {key: value for key, value in base.items() if key != name}


def _turned(
    name: str, node: Node, base: dict[str, Any], as_of: date, specs: Mapping[str, FactSpec]
) -> Iterator[tuple[str, dict[str, Any]]]:
    spec = specs[name]
    if spec.type in ("count", "money", "percent", "number"):
        yield from _around_numbers(name, node, base, spec)
        yield from _around_shares(name, node, base, spec)
    elif spec.type == "date":
        single = DraftRules((DraftRule.of("", node),), None, 0)
        for day in sorted(_edges(name, single, as_of)):
            yield f"{spec.label}{day}", {**base, name: day}
    elif spec.type == "bool" and name in base:
        yield f"{spec.label}：{'否' if base[name] else '是'}", {**base, name: not base[name]}
    elif spec.type == "choice":
        for value in _telling_values(name, node, spec):
            yield f"{spec.label}：{value}", {**base, name: value}
    elif name == "industry":
        for code in ("C38", "F52", "K70"):
            yield f"{spec.label}：{code}", {**base, name: code}


def _around_numbers(
    name: str, node: Node, base: dict[str, Any], spec: FactSpec
) -> Iterator[tuple[str, dict[str, Any]]]:
    step = 1 if spec.type in ("count", "money") else 0.1
    for part in walk(node):
        match part:
            case Compare(_, Fact(fact), Const(float() as edge)) if fact == name:
                for word, value in (("刚好", edge), ("多一点，", edge + step), ("少一点，", edge - step)):
                    if value >= (spec.min or 0.0) and not (spec.type == "percent" and value > 100):
                        yield f"{spec.label}{word}{show_value(float(value), spec)}", {**base, name: _tidy(value)}


def _around_shares(name: str, node: Node, base: dict[str, Any], spec: FactSpec) -> Iterator[tuple[str, dict[str, Any]]]:
    """Around a share of another fact, with that fact as it is in the base profile."""
    for part in walk(node):
        match part:
            case Compare(
                _,
                Arithmetic("*", Fact(fact), Const(float() as scale)),
                Arithmetic("*", Fact(whole), Const(float() as share)),
            ) if fact == name and base.get(whole) and scale:
                edge = float(base[whole]) * share / scale
                for word, value in (("刚好", edge), ("多一点，", edge + 1), ("少一点，", edge - 1)):
                    if value >= 0:
                        yield f"{spec.label}占比{word}（{show_value(value, spec)}）", {**base, name: _tidy(value)}


def _telling_values(name: str, node: Node, spec: FactSpec) -> list[str]:
    """The values a condition names, and one that it does not."""
    if name == "region":
        return ["东宝区", "荆门市外"] + [str(value) for value in _named(node, name)]
    named = _named(node, name)
    other = next((value for value in spec.values if value not in named), None)
    return [*named, *([other] if other else [])]


def _named(node: Node, name: str) -> list[str]:
    match node:
        case Compare(_, Fact(fact), Const(str() as value)) if fact == name:
            return [value]
        case Member(Fact(fact), values) if fact == name:
            return [str(value) for value in values]
        case Not(item):
            return _named(item, name)
        case And(items) | Or(items):
            return list(dict.fromkeys(value for item in items for value in _named(item, name)))
    return []
