"""差一步, in the order in which it pays: what to change or wait for, by when, what it would bring, money over effort.

Which measures are near, and how near, `near_miss` decides; here they are only weighed. Effort is a rough weight, not a price. Each change counts:

- waiting for a day: 0.25 to 1, growing with the days (a year is 1): nothing to do, but nothing comes before;
- a number (people, money, shares, kilowatt-hours): 1 plus 5 times the relative distance, |need - have| / max(|need|, |have|): 1 to 6;
- a yes/no, a grade or a recognition: 3, for somebody else decides on it, and how far it is cannot be measured.

The changes of one measure add up. Money is what the measure brings in the first twelve months once the changes are made (never a loan, nothing
where applications are closed). What has no amount comes after what has, by what its kind is usually worth. A measure whose last day was only
inferred and has passed is `doubtful`: it comes last, and one asks first whether it still holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from navigator.matching.assess import Assessment, MeasureResult
from navigator.matching.bundle import Offer
from navigator.matching.near_miss import NearMiss
from navigator.matching.questions import TYPICAL_YUAN

_YEAR = 366
_SOMEBODY_DECIDES = 3.0
_USUAL = 500.0


@dataclass(frozen=True, slots=True)
class Step:
    """A measure one step away. `money`: yuan in the first twelve months after the step, None where it cannot be computed."""

    result: MeasureResult
    effort: float
    money: float | None
    doubtful: bool

    @property
    def changes(self) -> tuple[NearMiss, ...]:
        """What has to change, or to be waited for."""
        return self.result.near_miss

    @property
    def by(self) -> date | None:
        """The day before which it cannot be had; None where nothing has to be waited for."""
        days = [change.by for change in self.changes if change.by]
        return max(days) if days else None

    @property
    def only_time(self) -> bool:
        """Whether waiting alone is enough."""
        return all(change.by for change in self.changes)

    @property
    def unknown(self) -> int:
        """Conditions that nobody can tell yet, for want of answers."""
        return sum(item.outcome is None for item in self.result.conditions)


def one_steps(found: Assessment) -> tuple[Step, ...]:
    """The measures one step away, those first that bring most for the effort; doubtful ones last."""
    steps = [_step(result) for result in found.measures if result.near_miss and _counts(result)]
    return tuple(sorted(steps, key=_order))


def effort_of(change: NearMiss) -> float:
    """The weight of one change, as the module says."""
    if change.by is not None:
        return 0.25 + 0.75 * min((change.distance or 0.0) / _YEAR, 1.0)
    if change.distance is None or not isinstance(change.have, float) or not isinstance(change.need, float):
        return _SOMEBODY_DECIDES
    return 1.0 + 5.0 * min(change.distance / max(abs(change.need), abs(change.have)), 1.0)


def _counts(result: MeasureResult) -> bool:
    return result.status == "not_eligible" or _is_doubtful(result)


def _is_doubtful(result: MeasureResult) -> bool:
    return result.status == "expired" and result.measure.in_force.to_inferred


def _step(result: MeasureResult) -> Step:
    offer = Offer(result.measure, result.near_estimate, result.apply_state)
    known = result.near_estimate is not None and not _is_doubtful(result)
    effort = sum(effort_of(change) for change in result.near_miss)
    return Step(result, effort, offer.money if known else None, _is_doubtful(result))


def _order(step: Step) -> tuple[bool, float, float, str]:
    usual = TYPICAL_YUAN.get(step.result.measure.benefit.kind, _USUAL)
    return step.doubtful, -(step.money or 0.0) / step.effort, -usual / step.effort, step.result.measure.name
