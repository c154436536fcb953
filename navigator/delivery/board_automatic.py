"""Values of the plan's figures that this program counts itself: from the metrics, or from a function another part names.

Staff cannot type them; on the board they are marked 自动.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module

from sqlalchemy.orm import Session

from navigator.auth import COMMAND_LINE
from navigator.delivery.counting import Scope
from navigator.delivery.metrics import TREND, Look, metrics
from navigator.delivery.months import month_name, month_of_day, months_before, read_month

METRIC_OF: dict[str, str] = {
    "4-1": "appeals-closed",
    "5-1": "push-precision",
    "5-2": "window-acceptance",
    "5-3": "fulfilment-on-time",
}
"""Figure of the plan and the metric that is its value; one that is not counted yet is typed until it is."""

SOURCES: dict[str, str] = {"7-1": "navigator.delivery.problems:open_problems_value"}
"""Figure of the plan and the function (module:name) that gives its value for the city."""


@dataclass(frozen=True, slots=True)
class Automatic:
    """A value counted here: of which day, what one must know beside it, and on which page it can be looked into."""

    value: float | None
    day: date | None
    note: str = ""
    page: str = ""


Source = Callable[[Session, date], Automatic]


def automatic_targets() -> set[str]:
    """The figures whose values are counted here."""
    known = metrics()
    return {target for target, metric in METRIC_OF.items() if metric in known} | set(SOURCES)


def automatic_values(
    session: Session, as_of: date, targets: Collection[str] | None = None, look: Look | None = None
) -> Mapping[str, Automatic]:
    """They as of a day, for the whole city; only of some figures where those are named. `look` may be one already made."""
    wanted = automatic_targets() if targets is None else automatic_targets() & set(targets)
    look = look or city_look(session, as_of)
    found = {
        target: _of_metric(look, METRIC_OF[target], as_of) for target in wanted & METRIC_OF.keys() - SOURCES.keys()
    }
    for target in wanted & SOURCES.keys():
        module, function = SOURCES[target].split(":")
        source: Source = getattr(import_module(module), function)
        found[target] = source(session, as_of)
    return found


def city_look(session: Session, as_of: date) -> Look:
    """A look at the figures of the whole city in the months up to a day."""
    month = month_of_day(as_of)
    return Look(session, COMMAND_LINE, Scope(months_before(month, TREND - 1), month))


def _of_metric(look: Look, name: str, as_of: date) -> Automatic:
    """The metric's value of the last month that has one."""
    metric = metrics()[name]
    page = "precision"
    figures = look.once(metric.compute)
    by_month = {read_month(one.key): one for one in figures if one.by == "month"}
    months = [month for month, one in by_month.items() if one.value is not None and month <= month_of_day(as_of)]
    if not months:
        whole = next(one for one in figures if not one.by)
        return Automatic(None, None, whole.note or f"{TREND}个月里都没有“{metric.name}”的数", page)
    month = max(months)
    found = by_month[month]
    words = [f"{month_name(month)}的{metric.name}", found.note]
    if found.denominator:
        words.insert(1, f"{found.numerator or 0:,} / {found.denominator:,}")
    return Automatic(found.value, min(as_of, _last_day(month)), "；".join(filter(None, words)), page)


def _last_day(month: int) -> date:
    after = months_before(month, -1)
    return date(after // 100, after % 100, 1) - timedelta(days=1)
