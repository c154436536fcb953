"""Assesses one enterprise on a day: every measure with its conditions, what is missing, what is near, how much, and the best bundle.

Facts are taken as given; the day chooses rules only. Statuses follow contract §2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from typing import Any, Literal

from navigator.corpus.model import Commitment, Condition, FactSpec, Measure
from navigator.matching.bundle import Bundle, Offer, make_bundle
from navigator.matching.dates import ApplyState, Period, apply_state, period, today
from navigator.matching.facts import Completed, Contradiction, FactBook
from navigator.matching.language import Value
from navigator.matching.near_miss import NearMiss, near_misses
from navigator.matching.questions import Question, Questioner
from navigator.matching.rulebook import CompiledMeasure, Outcome, RuleBook, outcome_of, rulebook_for
from navigator.matching.rulebook import source_of as source_of
from navigator.matching.tested import Tested

Status = Literal["not_yet", "expired", "unverified", "eligible", "not_eligible", "needs_info"]


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition for this enterprise: met (True), failed (False) or unknown (None), with the facts that decided."""

    condition: Condition
    outcome: bool | None
    actual: dict[str, Value]
    source: str


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One measure for this enterprise on this day. `outcome` is the Kleene result alone, `status` heeds dates and verification."""

    measure: Measure
    status: Status
    outcome: Outcome
    apply_state: ApplyState
    conditions: tuple[ConditionResult, ...]
    missing: tuple[str, ...]
    near_miss: tuple[NearMiss, ...]
    estimate: float | None
    estimate_basis: str | None
    near_estimate: float | None = None
    """The estimate once the changes of `near_miss` are made."""


@dataclass(frozen=True, slots=True)
class ConcerningCommitment:
    """A commitment that concerns this enterprise, and why."""

    commitment: Commitment
    why: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that can be said of one enterprise on one day."""

    as_of: date
    profile: Completed
    measures: tuple[MeasureResult, ...]
    bundle: Bundle
    no_application: tuple[str, ...]
    commitments: tuple[ConcerningCommitment, ...]
    questions: tuple[Question, ...]

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Given values that other facts contradict."""
        return self.profile.contradictions

    def as_dict(self) -> dict[str, Any]:
        """The JSON of `assess` (contract §5)."""
        return {
            "as_of": self.as_of.isoformat(),
            "measures": [_measure_dict(result) for result in self.measures],
            "bundle": {
                "ids": list(self.bundle.ids),
                "total": {
                    "low": self.bundle.total.low,
                    "high": self.bundle.total.high,
                    "if_confirmed": self.bundle.total.if_confirmed,
                },
                "set_aside": [{"id": item.id, "because": item.because} for item in self.bundle.set_aside],
            },
            "no_application": list(self.no_application),
            "commitments": [{"number": item.commitment.number, "why": item.why} for item in self.commitments],
            "questions": [
                {"fact": item.fact, "question": item.question, "decides": item.decides} for item in self.questions
            ],
            "contradictions": [
                {
                    "fact": item.fact,
                    "given": _plain(item.given),
                    "concluded": _plain(item.concluded),
                    "because": item.because,
                }
                for item in self.contradictions
            ],
        }


def assess(profile: Mapping[str, Any], as_of: date | None = None, rulebook: RuleBook | None = None) -> Assessment:
    """Assess a flat profile (fact -> value; absent is unknown) as of a day, today in Asia/Shanghai by default.

    Raises InputError for an unknown fact or a value outside its list.
    """
    day = as_of or today()
    rulebook = rulebook or rulebook_for(day)
    given = rulebook.facts.read_profile(profile)
    completed = rulebook.facts.complete(given)
    tested = Tested(completed.values, day)
    results = tuple(
        _assess_measure(compiled, standing, completed, tested, rulebook)
        for compiled, standing in zip(rulebook.measures, _standings(rulebook, day), strict=True)
    )
    eligible = [result for result in results if result.status == "eligible"]
    return Assessment(
        as_of=day,
        profile=completed,
        measures=results,
        bundle=make_bundle([_offer(one, completed, day, rulebook) for one in eligible]),
        no_application=tuple(one.measure.id for one in eligible if one.measure.delivery == "免申即享"),
        commitments=tuple(
            ConcerningCommitment(item.commitment, item.commitment.why)
            for item in rulebook.commitments
            if item.test(completed.values, day) is True
        ),
        questions=_questioner(rulebook).questions(
            completed.values,
            given,
            {one.measure.id: one.missing for one in results if one.status == "needs_info"},
            {one.measure.id: one.estimate for one in results},
            day,
        ),
    )


def _offer(result: MeasureResult, completed: Completed, as_of: date, rulebook: RuleBook) -> Offer:
    cap = rulebook.by_id[result.measure.id].cap
    limit = cap(completed.values, as_of) if cap else None
    return Offer(result.measure, result.estimate, result.apply_state, limit)  # type: ignore[arg-type]


@lru_cache(maxsize=16)
def _questioner(rulebook: RuleBook) -> Questioner:
    return Questioner(rulebook)


Standing = tuple[Period, ApplyState]


@lru_cache(maxsize=64)
def _standings(rulebook: RuleBook, as_of: date) -> tuple[Standing, ...]:
    """What the day decides about each measure, in their order."""
    return tuple((period(one.measure, as_of), apply_state(one.measure, as_of)) for one in rulebook.measures)


def _assess_measure(
    compiled: CompiledMeasure, standing: Standing, completed: Completed, tested: Tested, rulebook: RuleBook
) -> MeasureResult:
    values, as_of = completed.values, tested.as_of
    outcomes = tested.outcomes(compiled.rules)
    outcome = outcome_of(outcomes)
    in_period, applications = standing
    missing = _missing(compiled, outcomes, tested) if outcome == "needs_info" else {}
    estimate = compiled.estimate(values, as_of) if compiled.estimate else None
    estimate = None if estimate is None else round(estimate, 2)  # type: ignore[call-overload]
    near, brings = (
        _near_misses(compiled, outcomes, completed, tested, rulebook.facts) if False in outcomes else ((), None)
    )
    return MeasureResult(
        measure=compiled.measure,
        status=outcome if in_period == "in_force" else in_period,
        outcome=outcome,
        apply_state=applications,
        conditions=tuple(
            [
                ConditionResult(rule.condition, found, tested.actual(rule.facts), rule.source)
                for rule, found in zip(compiled.rules, outcomes, strict=True)
            ]
        ),
        missing=rulebook.askable.of(missing, values, as_of, tested.once("opened", dict)) if missing else (),
        near_miss=near,
        estimate=estimate,  # type: ignore[arg-type]
        estimate_basis=_basis(compiled, estimate, values, rulebook.facts.specs),
        near_estimate=brings,
    )


def _missing(compiled: CompiledMeasure, outcomes: tuple[bool | None, ...], tested: Tested) -> dict[str, None]:
    """The unknown facts that keep a condition undecided, in order; derived ones not yet opened up."""
    missing: dict[str, None] = {}
    for rule, outcome in zip(compiled.rules, outcomes, strict=True):
        if outcome is None:
            found: dict[str, None] = tested.once(("missing", rule.test), dict)
            if not found:
                rule.missing(tested.values, tested.as_of, found)
            missing.update(found)
    return missing


def _near_misses(
    compiled: CompiledMeasure,
    outcomes: tuple[bool | None, ...],
    completed: Completed,
    tested: Tested,
    book: FactBook,
) -> tuple[tuple[NearMiss, ...], float | None]:
    """Changes that together leave no condition failed while the measure is in force (empty where there are none), and the
    estimate that follows from them. Of a measure that has ended: changes that would have."""
    found: dict[str, NearMiss] = {}
    for rule, outcome in zip(compiled.rules, outcomes, strict=True):
        if outcome is False and not rule.changeable:
            return (), None
        if outcome is False:
            ways = tested.once(
                ("near", rule.test), partial(near_misses, rule.node, completed.values, tested.as_of, book.specs)
            )
            if not ways:
                return (), None
            for way in ways:
                other = found.get(way.fact)
                if other is None or (way.distance or 0) > (other.distance or 0):
                    found[way.fact] = way
    changes = tuple(found.values())
    day = max((change.by for change in changes if change.by), default=tested.as_of)
    after = _after(changes, compiled, completed, tested, day, book)
    if after is None:
        return (), None
    brings = compiled.estimate(after.values, day) if compiled.estimate else None
    return changes, None if brings is None else round(brings, 2)  # type: ignore[call-overload]


def _after(
    changes: tuple[NearMiss, ...],
    compiled: CompiledMeasure,
    completed: Completed,
    tested: Tested,
    day: date,
    book: FactBook,
) -> Completed | None:
    """The facts after the changes; None where they fail a condition or contradict what follows from the other facts."""
    last = compiled.measure.in_force.to
    if last and tested.as_of <= last < day:
        return None
    new = {
        change.fact: change.need[0] if isinstance(change.need, tuple) else change.need
        for change in changes
        if change.by is None
    }
    after = tested.once(("after", *new.items()), partial(_changed, completed, new, book))
    worse = len(after.contradictions) > len(completed.contradictions)
    return None if worse or False in compiled.outcomes(after.values, day) else after


def _changed(completed: Completed, new: dict[str, Value], book: FactBook) -> Completed:
    """The enterprise with other values of some facts."""
    if not any(map(book.touches_a_conclusion, new)):
        return replace(completed, values={**completed.values, **new}, given=completed.given | set(new))
    return book.complete({**{name: completed.values[name] for name in completed.given}, **new})


def _basis(
    compiled: CompiledMeasure, estimate: Value, values: Mapping[str, Value], specs: Mapping[str, FactSpec]
) -> str | None:
    if compiled.estimate is None:
        return None
    basis = compiled.measure.benefit.basis or compiled.measure.benefit.text
    known = [
        f"{specs[name].label} {show_value(values[name], specs[name])}"
        for name in compiled.estimate_facts
        if name in values
    ]
    unknown = [specs[name].label for name in compiled.estimate_facts if name not in values]
    parts = [basis]
    if known:
        parts.append("按" + "、".join(known) + "计算")
    if estimate is None and unknown:
        parts.append("还不知道" + "、".join(unknown) + "，算不出金额")
    return "；".join(parts)


def show_value(value: Value | tuple[Value, ...], spec: FactSpec) -> str:
    """A value for a reader: 300人, 1,000,000元, 是/否, 2026-01-31, 未知."""
    if value is None:
        return "未知"
    if isinstance(value, tuple):
        return "或".join(show_value(item, spec) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        digits = f"{value:,.2f}".rstrip("0").rstrip(".")
        return f"{digits}{spec.unit or ''}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(value: Any) -> Any:
    """A JSON value: dates as ISO text, whole numbers without a point."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _measure_dict(result: MeasureResult) -> dict[str, Any]:
    measure = result.measure
    return {
        "id": measure.id,
        "name": measure.name,
        "level": measure.level,
        "domain": measure.domain,
        "delivery": measure.delivery,
        "status": result.status,
        "verification": measure.verification,
        "in_force": in_force_dict(measure),
        "apply_state": result.apply_state,
        "conditions": [
            {
                "text": item.condition.text,
                "when": item.condition.when,
                "outcome": item.outcome,
                "actual": _actual(item.actual),
                "source": item.source,
            }
            for item in result.conditions
        ],
        "confirm": list(measure.confirm),
        "to_confirm": len(measure.confirm),
        "missing": list(result.missing),
        "near_miss": [
            {
                "fact": miss.fact,
                "have": _plain(miss.have),
                "need": _plain(miss.need),
                "distance": _plain(miss.distance),
                "by": _plain(miss.by),
            }
            for miss in result.near_miss
        ],
        "estimate": _plain(result.estimate),
        "estimate_kind": measure.benefit.estimate_kind,
        "per": measure.benefit.per,
        "estimate_basis": result.estimate_basis,
    }


def _actual(actual: dict[str, Value]) -> Any:
    """The value itself for a condition on one fact, otherwise fact -> value."""
    plain = {name: _plain(value) for name, value in actual.items()}
    return next(iter(plain.values())) if len(plain) == 1 else plain


def in_force_dict(measure: Measure) -> dict[str, Any]:
    """Validity as JSON, with the file's own keys."""
    return measure.in_force.model_dump(mode="json", by_alias=True)
