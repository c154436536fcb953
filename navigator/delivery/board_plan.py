"""The plan's printed figures and what a value makes of them: met, at risk, late, under way, or no data. Nothing here reads the store.

A figure is late only by a deadline the plan itself prints, and only where there is a value: without one nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Commitment, Target

STATES: dict[str, str] = {
    "met": "已达到",
    "at_risk": "有风险",
    "late": "超期未达到",
    "under_way": "推进中",
    "no_data": "没有数据",
}
RISK_DAYS = 60
"""So many days before its deadline a figure not yet met is at risk."""
RULE = (
    f"已达到：最近一个值达到了方案的数。超期未达到：方案写的期限已过，最近一个值还没有达到。有风险：离期限不到{RISK_DAYS}天还没有达到，"
    "或者最近一个值比前一个离目标更远。推进中：其余有值的。没有数据：一个值也没有，不当作超期；方案没有写期限的，不会超期。"
)
KINDS: dict[str, str] = {"target": "要达到", "benefit": "企业能得", "procedure": "办事时限"}
_SIGN = {">=": "不低于", "<=": "不超过", "=": "", ">": "超过", "<": "低于"}
_TIMES = ("小时", "天", "日", "个工作日", "个月", "分钟", "秒")
_NEAR = 1e-9
OF_THE_CITY = "方案的数是全市合计的，单个单位不拿来比"


@dataclass(frozen=True, slots=True)
class Goal:
    """One printed figure. `id` is the commitment's number and the figure's place in it: 26-3."""

    id: str
    number: int
    title: str
    action: str
    target: Target

    @property
    def words(self) -> str:
        """不低于95%."""
        return f"{_SIGN[self.target.comparator]}{shown_number(self.target.value)}{self.target.unit}"

    @property
    def reads(self) -> str:
        """The comparator a value is held against. A bare number is one to reach: times from above, counts and rates from below;
        none at all, and what enterprises get, exactly."""
        told = self.target
        if told.comparator != "=" or told.value == 0:
            return told.comparator
        if told.unit in _TIMES:
            return "<="
        return ">=" if told.kind == "target" else "="

    @property
    def holds_for_units(self) -> bool:
        """Whether one unit's value can be held against the figure: rates, times and none at all, not counts and sums of the city."""
        return self.target.unit in ("%", *_TIMES) or self.target.value == 0

    @property
    def reading(self) -> str:
        """What to say where the plan prints a bare number and it is read as one to reach; else empty."""
        if self.reads == self.target.comparator:
            return ""
        way = "不超过" if self.reads == "<=" else "达到"
        return f"原文只写“{self.words}”，按{way}{self.words}算"

    def gap(self, value: float) -> float:
        """How far a value is from the figure; 0 where it reaches it."""
        beyond = value - self.target.value
        near = _NEAR * max(1.0, abs(self.target.value))
        match self.reads:
            case ">=":
                return 0.0 if beyond >= -near else -beyond
            case "<=":
                return 0.0 if beyond <= near else beyond
            case ">":
                return 0.0 if beyond > near else near - beyond
            case "<":
                return 0.0 if beyond < -near else beyond + near
        return 0.0 if abs(beyond) <= near else abs(beyond)

    def shown(self, value: float | None) -> str:
        """A value in the plan's unit; 没有数据 without one."""
        return STATES["no_data"] if value is None else f"{shown_number(value)}{self.target.unit}"


def shown_number(value: float) -> str:
    """A number without zeros nobody typed: 98, 0.3, 3,600."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def goals() -> dict[str, Goal]:
    """All figures of the plan by id, in its order."""
    found = [Goal(f"{item.number}-{place}", item.number, item.title, item.action, target)
             for item in default_corpus().commitments for place, target in enumerate(item.targets, 1)]  # fmt: skip
    return {one.id: one for one in found}


def commitments() -> dict[int, Commitment]:
    """The commitments by number."""
    return {item.number: item for item in default_corpus().commitments}


def state_of(goal: Goal, values: Sequence[tuple[date, float]], as_of: date) -> str:
    """The state on a day, from the values known of days up to it, oldest first."""
    if not values:
        return "no_data"
    gap = goal.gap(values[-1][1])
    if gap == 0:
        return "met"
    deadline = goal.target.deadline
    if deadline is not None and deadline < as_of:
        return "late"
    if deadline is not None and (deadline - as_of).days <= RISK_DAYS:
        return "at_risk"
    if len(values) > 1 and gap > goal.gap(values[-2][1]) + _NEAR:
        return "at_risk"
    return "under_way"
