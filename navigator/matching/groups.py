"""The five groups in which a person reads an assessment: nothing to do, apply, answer more, one step short, not for you."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from navigator.matching.assess import Assessment, MeasureResult
from navigator.matching.bundle import Offer
from navigator.matching.one_step import one_steps
from navigator.matching.questions import TYPICAL_YUAN

NO_APPLICATION, APPLY, NEEDS_INFO, NEAR, NOT_ELIGIBLE = "免申即享", "可以申请", "还差信息", "差一步", "不符合"
GROUPS = (NO_APPLICATION, APPLY, NEEDS_INFO, NEAR, NOT_ELIGIBLE)


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its name and its measures, money first (差一步: money over effort)."""

    name: str
    results: tuple[MeasureResult, ...]


def group_results(assessment: Assessment, hidden_domains: Iterable[str] = ()) -> tuple[Group, ...]:
    """All measures in force by group, each once; what is expired, not begun or unverified is in none."""
    hidden = set(hidden_domains)
    found: dict[str, list[MeasureResult]] = {name: [] for name in GROUPS}
    for result in assessment.measures:
        name = _group_of(result)
        if name and result.measure.domain not in hidden:
            found[name].append(result)
    groups = {name: sorted(results, key=_order) for name, results in found.items()}
    place = {step.result.measure.id: number for number, step in enumerate(one_steps(assessment))}
    groups[NEAR].sort(key=lambda result: place[result.measure.id])
    return tuple(Group(name, tuple(results)) for name, results in groups.items())


def _group_of(result: MeasureResult) -> str | None:
    match result.status:
        case "eligible":
            return NO_APPLICATION if result.measure.delivery == "免申即享" else APPLY
        case "needs_info":
            return NEEDS_INFO
        case "not_eligible":
            return NEAR if result.near_miss else NOT_ELIGIBLE
    return None


def _order(result: MeasureResult) -> tuple[float, float, str]:
    """Most money first (known amounts, then what such a benefit is usually worth), then by name."""
    money = Offer(result.measure, result.estimate, result.apply_state).money
    return (-money, -TYPICAL_YUAN.get(result.measure.benefit.kind, 500), result.measure.name)
