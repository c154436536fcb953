"""去年能今年为什么不能: one enterprise and one measure on two days, and in plain sentences what makes the difference.

The facts are the same on both days; only the rules of the day differ: in force or not, replaced, another version, a condition that names the day,
a period for applications.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from navigator.corpus.model import Measure
from navigator.matching.assess import Assessment, ConditionResult, MeasureResult, assess, show_value
from navigator.matching.dates import period
from navigator.matching.diff import first_day, successors
from navigator.matching.rulebook import RuleBook, default_rulebook, rulebook_for

_STATUS = {
    "eligible": "条件符合",
    "not_eligible": "条件不符合",
    "needs_info": "还差信息，定不下来",
    "not_yet": "还没开始",
    "expired": "已经到期",
    "unverified": "没有核实，不算数",
}
_MET = {True: "满足", False: "不满足", None: "还不知道"}


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """A measure for one enterprise on two days. `reasons`: what makes the difference; `instead`: what took its place, as of the later day."""

    then_day: date
    now_day: date
    then: MeasureResult
    now: MeasureResult
    reasons: tuple[str, ...]
    instead: tuple[MeasureResult, ...]

    @property
    def verdict(self) -> str:
        """Both days in one sentence."""
        one, two = _STATUS[self.then.status], _STATUS[self.now.status]
        if one == two:
            return f"{self.then_day} 和 {self.now_day} 都是：{two}。"
        return f"{self.then_day}：{one}；{self.now_day}：{two}。"

    @property
    def is_new_version(self) -> bool:
        """Whether the measure itself was changed between the days."""
        return self.then.measure != self.now.measure


def then_and_now(
    profile: Mapping[str, Any],
    measure_id: str,
    then_day: date,
    now_day: date,
    books: tuple[RuleBook, RuleBook] | None = None,
) -> ThenAndNow:
    """Compare one measure on two days; `books` are those of the days unless given."""
    rules = books or (rulebook_for(then_day), rulebook_for(now_day))
    earlier, later = (assess(profile, day, book) for day, book in zip((then_day, now_day), rules, strict=True))
    then, now = (_result(found, measure_id) for found in (earlier, later))
    instead = _instead(measure_id, later)
    reasons = [
        *_periods(then, then_day, now, now_day),
        *(f"已经由“{one.measure.name}”接替，这一项您现在{_STATUS[one.status]}。" for one in instead),
        *_failed_anyway(then, then_day, now, now_day),
        *_conditions(then, then_day, now, now_day),
        *_applications(then, then_day, now, now_day),
    ]
    return ThenAndNow(then_day, now_day, then, now, tuple(reasons or _the_same(now)), instead)


def _result(found: Assessment, measure_id: str) -> MeasureResult:
    return next(one for one in found.measures if one.measure.id == measure_id)


def _instead(measure_id: str, found: Assessment) -> tuple[MeasureResult, ...]:
    results = {one.measure.id: one for one in found.measures}
    measures = {name: one.measure for name, one in results.items()}
    counted = {name for name, measure in measures.items() if period(measure, found.as_of) == "in_force"}
    return tuple(results[chain[-1]] for chain in successors(measure_id, measures, counted))


def _periods(then: MeasureResult, then_day: date, now: MeasureResult, now_day: date) -> Iterator[str]:
    for result, day in ((then, then_day), (now, now_day)):
        if reason := _why_not_in_force(result.measure, result.status, day):
            yield reason


def _why_not_in_force(measure: Measure, status: str, day: date) -> str | None:
    match status:
        case "not_yet":
            return f"{first_day(measure)} 才开始，{day} 还没有这项政策。"
        case "expired":
            inferred = "（这个日子是推定的）" if measure.in_force.to_inferred else ""
            return f"有效期到 {measure.in_force.to}{inferred}，{day} 已经过了。"
        case "unverified" if measure.in_force.sure_until and measure.verification != "unverified":
            return f"{measure.in_force.sure_until} 以后还办不办没有核实到，{day} 先不算数。"
        case "unverified":
            return f"依据还没有核实，{day} 不算数。"
    return None


def _failed_anyway(then: MeasureResult, then_day: date, now: MeasureResult, now_day: date) -> Iterator[str]:
    """Where only one of the days has the measure in force: that it would not have fitted on that day, either."""
    for one, day, other in ((then, then_day, now), (now, now_day, then)):
        if one.status == "not_eligible" and other.status in ("not_yet", "expired", "unverified"):
            yield f"按 {day} 的规定您也不符合：{_failed(one)}不满足。"


def _failed(result: MeasureResult) -> str:
    return "、".join(f"“{item.condition.text}”" for item in result.conditions if item.outcome is False)


def _conditions(then: MeasureResult, then_day: date, now: MeasureResult, now_day: date) -> Iterator[str]:
    old, new = ({item.condition.when: item for item in one.conditions} for one in (then, now))
    for when, item in new.items():
        if when in old and old[when].outcome is not item.outcome:
            before, after = _MET[old[when].outcome], _MET[item.outcome]
            yield f"“{item.condition.text}”这一条要看日子：{then_day} {before}，{now_day} {after}（{_known(item)}）。"
    for when, item in old.items():
        if when not in new:
            yield f"以前的条件“{item.condition.text}”（您{_MET[item.outcome]}）现在改了或者没有了。"
    for when, item in new.items():
        if when not in old:
            yield f"现在的条件“{item.condition.text}”是后来定的，您{_MET[item.outcome]}。"


def _known(item: ConditionResult) -> str:
    specs = default_rulebook().facts.specs
    return "、".join(f"{specs[name].label} {show_value(value, specs[name])}" for name, value in item.actual.items())


def _applications(then: MeasureResult, then_day: date, now: MeasureResult, now_day: date) -> Iterator[str]:
    words = {"open": "正在受理", "closed": "申报已经截止", "opens": "还没到申报期", "always": "随时可办"}
    one, two = words.get(then.apply_state), words.get(now.apply_state)
    if one and two and one != two and now.status in ("eligible", "not_eligible", "needs_info"):
        yield f"{then_day} {one}，{now_day} {two}。"


def _the_same(now: MeasureResult) -> list[str]:
    same = "两天的规定一样，按您填的信息，结论也一样"
    return [f"{same}；不满足的是{_failed(now)}。" if now.status == "not_eligible" else f"{same}。"]
