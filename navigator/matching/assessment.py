"""What an assessment says of one enterprise on one day, how a value is shown to a reader, and the JSON of the contract.

Nothing is decided here: `navigator.matching.assess` does. What there are hundreds of in each assessment is a named tuple, which is made four
times as fast as a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from navigator.corpus.model import Commitment, Condition, FactSpec, Measure, Outcome
from navigator.matching.bundle import Bundle
from navigator.matching.dates import ApplyState
from navigator.matching.facts import Completed, Contradiction
from navigator.matching.language import Value
from navigator.matching.near_miss import NearMiss
from navigator.matching.questions import Question

Status = Literal["not_yet", "expired", "unverified", "eligible", "not_eligible", "needs_info"]


class ConditionResult(NamedTuple):
    """One condition for this enterprise: met (True), failed (False) or unknown (None), with the facts that decided."""

    condition: Condition
    outcome: bool | None
    actual: dict[str, Value]
    source: str


class MeasureResult(NamedTuple):
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
                "capped": [
                    {"ids": list(item.ids), "what": item.what, "cap": _plain(item.limit), "cut": _plain(item.cut)}
                    for item in self.bundle.capped
                ],
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
    if value is None or value is True or value is False:
        return value
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
        "conditions": [_condition_dict(item) for item in result.conditions],
        "confirm": list(measure.confirm),
        "to_confirm": len(measure.confirm),
        "missing": list(result.missing),
        "near_miss": [_near_miss_dict(miss) for miss in result.near_miss],
        "estimate": _plain(result.estimate),
        "estimate_kind": measure.benefit.estimate_kind,
        "per": measure.benefit.per,
        "estimate_basis": result.estimate_basis,
    }


def _condition_dict(item: ConditionResult) -> dict[str, Any]:
    """`actual` is the value itself for a condition on one fact, otherwise fact -> value."""
    condition, outcome, actual, source = item
    if len(actual) == 1:
        (value,) = actual.values()
        shown = _plain(value)
    else:
        shown = {name: _plain(value) for name, value in actual.items()}
    return {"text": condition.text, "when": condition.when, "outcome": outcome, "actual": shown, "source": source}


def _near_miss_dict(miss: NearMiss) -> dict[str, Any]:
    return {
        "fact": miss.fact,
        "have": _plain(miss.have),
        "need": _plain(miss.need),
        "distance": _plain(miss.distance),
        "by": _plain(miss.by),
    }


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
