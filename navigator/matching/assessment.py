"""What an assessment says of one enterprise on one day, how a value is shown to a reader, and the JSON of the contract.

Nothing is decided here: `navigator.matching.assess` does. A result keeps what was decided; its conditions and its words are put together
when they are read. What there are hundreds of in each assessment is a named tuple, which is made four times as fast as a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from navigator.corpus.model import Commitment, Condition, FactSpec, Measure, Outcome
from navigator.matching.bundle import Bundle
from navigator.matching.dates import ApplyState
from navigator.matching.facts import Completed, Contradiction
from navigator.matching.language import Value
from navigator.matching.near_miss import NearMiss
from navigator.matching.questions import Question
from navigator.matching.ready import ReadyMeasure, ReadyRuleBook
from navigator.matching.ready import in_force_dict as in_force_dict

Status = Literal["not_yet", "expired", "unverified", "eligible", "not_eligible", "needs_info"]


class ConditionResult(NamedTuple):
    """One condition for this enterprise: met (True), failed (False) or unknown (None), with the facts that decided."""

    condition: Condition
    outcome: bool | None
    actual: dict[str, Value]
    source: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What all results of one assessment rest on: the completed facts, and the outcome of every condition of the rule book."""

    rules: ReadyRuleBook = field(repr=False)
    values: Mapping[str, Value]
    outcomes: tuple[bool | None, ...] = field(repr=False)


class MeasureResult(NamedTuple):
    """One measure for this enterprise on this day. `outcome` is the Kleene result alone, `status` heeds dates and verification."""

    measure: Measure
    status: Status
    outcome: Outcome
    apply_state: ApplyState
    missing: tuple[str, ...]
    near_miss: tuple[NearMiss, ...]
    estimate: float | None
    near_estimate: float | None
    """The estimate once the changes of `near_miss` are made."""
    ready: ReadyMeasure
    grounds: Grounds

    @property
    def conditions(self) -> tuple[ConditionResult, ...]:
        """Its conditions, in order."""
        rules, outcomes, values = self.grounds.rules.rules, self.grounds.outcomes, self.grounds.values
        return tuple(
            ConditionResult(
                rules[place].condition,
                outcomes[place],
                {name: values.get(name) for name in rules[place].facts},
                rules[place].source,
            )
            for place in range(self.ready.first, self.ready.last)
        )

    @property
    def estimate_basis(self) -> str | None:
        """What the estimate rests on, or why there is none; None where the measure has no formula."""
        if self.ready.estimate is None:
            return None
        values, specs = self.grounds.values, self.ready.basis_specs
        parts = [self.ready.basis]
        if known := [f"{spec.label} {show_value(values[name], spec)}" for name, spec in specs if name in values]:
            parts.append("按" + "、".join(known) + "计算")
        if self.estimate is None and len(known) < len(specs):
            unknown = "、".join(spec.label for name, spec in specs if name not in values)
            parts.append(f"还不知道{unknown}，算不出金额")
        return "；".join(parts)


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
        plain = {name: _plain(value) for name, value in self.profile.values.items()}
        return {
            "as_of": self.as_of.isoformat(),
            "measures": [_measure_dict(result, plain) for result in self.measures],
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


def _measure_dict(result: MeasureResult, plain: Mapping[str, Any]) -> dict[str, Any]:
    """`plain`: the facts as JSON values."""
    found = result.ready.json.copy()
    found["status"] = result.status
    found["in_force"] = found["in_force"].copy()
    found["apply_state"] = result.apply_state
    found["conditions"] = _condition_dicts(result, plain)
    found["confirm"] = found["confirm"].copy()
    found["missing"] = list(result.missing)
    found["near_miss"] = [_near_miss_dict(miss) for miss in result.near_miss] if result.near_miss else []
    if result.ready.estimate is not None:
        found["estimate"] = _plain(result.estimate)
        found["estimate_basis"] = result.estimate_basis
    return found


def _condition_dicts(result: MeasureResult, plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`actual` is the value itself for a condition on one fact, otherwise fact -> value."""
    one, listed = result.ready, []
    outcomes = result.grounds.outcomes[one.first : one.last]
    for prepared, names, outcome in zip(one.json["conditions"], one.shown, outcomes, strict=True):
        found = prepared.copy()
        found["outcome"] = outcome
        found["actual"] = plain.get(names[0]) if len(names) == 1 else {name: plain.get(name) for name in names}
        listed.append(found)
    return listed


def _near_miss_dict(miss: NearMiss) -> dict[str, Any]:
    return {
        "fact": miss.fact,
        "have": _plain(miss.have),
        "need": _plain(miss.need),
        "distance": _plain(miss.distance),
        "by": _plain(miss.by),
    }
