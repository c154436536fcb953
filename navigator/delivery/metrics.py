"""The figures of the dashboard in one place: what each means, how it is drawn, its target, and its value by month, region, measure
and office, down to the rows it is counted from.

Page, command and files all ask here, so that they cannot differ. The figures themselves are computed in the modules of `PROVIDERS`;
a new one joins by standing in the METRICS of one of them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import import_module
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.counting import Scope
from navigator.delivery.months import month_of_day, month_text, months_before, read_month
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.dates import today
from navigator.store.audit import audit
from navigator.store.engine import reading
from navigator.store.judging_tables import TallyRow

By = Literal["month", "region", "measure", "office"]
BY: dict[By, str] = {"month": "月份", "region": "区域", "measure": "政策", "office": "发送部门"}
PROVIDERS = (
    "navigator.delivery.precision",
    "navigator.delivery.coverage",
    "navigator.delivery.fulfilment_rates",
    "navigator.delivery.window_rates",
    "navigator.delivery.board_figures",
    "navigator.delivery.appeals_rates",
    "navigator.delivery.visits_rates",
    "navigator.delivery.problems_rates",
    "navigator.delivery.cadence_rates",
)
"""Modules with a tuple METRICS, in the order of the page."""

TREND = 12
"""Months a trend goes back, the one asked about included."""

NOWHERE = "地区未知"
LOOKED = "看抽查结论"
LONGEST_EXPORT = 100_000
_COMPARE = {">=": operator.ge, "<=": operator.le}
_COMPARED = {">=": "不低于", "<=": "不高于"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One value. `by` and `key` say of what part ("" of the whole), `low` and `high` are the 95 % interval, `note` what one must know
    beside it (what is lacking where there is no value), `parts` what it is made of."""

    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    by: By | Literal[""] = ""
    key: str = ""
    label: str = ""

    def of(self, by: By, key: str, label: str) -> Figure:
        """The same as the value of a part."""
        return replace(self, by=by, key=key, label=label)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows asked for: one list of a figure, in a month, of a part (None: all)."""

    list: str
    month: int
    example: bool = False
    measure: str | None = None
    region: str | None = None
    office: str | None = None
    reveal: bool = False
    """Show also what others found of pushes that this person could still judge; whoever looks judges them no more."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row behind a figure: an enterprise and what is said of it under the headings of its list."""

    enterprise: int
    name: str
    uscc: str
    region: str | None
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Some rows of a list, how many there are in all, and what is left out and why."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    total: int
    note: str = ""


@dataclass(slots=True)
class Look:
    """One look at the store for all figures: what several of them need is computed once."""

    session: Session
    actor: Actor
    scope: Scope
    """The months of the trend; the last is the one asked about."""
    _found: dict[Any, Any] = field(default_factory=dict)

    def once(self, compute: Callable[[Look], Any]) -> Any:
        """The result of a function of this look, computed the first time."""
        if compute not in self._found:
            self._found[compute] = compute(self)
        return self._found[compute]


Compute = Callable[[Look], list[Figure]]
Rows = Callable[[Session, Actor, Wanted, int, int], Lines]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a figure is: words for people, a target where the plan sets one, and the functions that give values and rows."""

    id: str
    name: str
    unit: str
    definition: str
    numerator: str
    denominator: str
    how: str
    """How it is drawn: sample, self-selected, all rows."""
    automatic: bool
    """Whether it is counted without anybody's judgement."""
    compute: Compute = field(repr=False)
    lists: Mapping[str, str] = field(default_factory=dict)
    """The rows that can be looked at: name of the list and its title."""
    rows: Rows | None = field(default=None, repr=False)
    target: float | None = None
    comparator: str = ">="

    def is_met(self, figure: Figure) -> bool | None:
        """Whether a value reaches the target; None without a value or target."""
        if self.target is None or figure.value is None:
            return None
        return bool(_COMPARE[self.comparator](figure.value, self.target))

    @property
    def target_words(self) -> str:
        """目标：不低于95%; empty without a target."""
        return "" if self.target is None else f"{_COMPARED[self.comparator]}{self.target:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure with its whole value and its parts."""

    metric: Metric
    whole: Figure
    by: Mapping[By, tuple[Figure, ...]]


def metrics() -> dict[str, Metric]:
    """All figures by id, in the order of the page."""
    return {one.id: one for provider in PROVIDERS for one in import_module(provider).METRICS}


def read_figures(actor: Actor | None, month: int, *, example: bool = False) -> tuple[Reading, ...]:
    """All figures of a month, as page, command and files show them. For staff, of their region."""
    actor = need(actor, "staff")
    scope = Scope(months_before(month, TREND - 1), month, example, actor.region)
    found = []
    with reading() as session:
        look = Look(session, actor, scope)
        for metric in metrics().values():
            listed = metric.compute(look)
            whole = next(one for one in listed if not one.by)
            found.append(Reading(metric, whole, {by: tuple(one for one in listed if one.by == by) for by in BY}))
    return tuple(found)


def months_with_pushes(actor: Actor | None, *, example: bool = False) -> list[int]:
    """The months in which something was sent, newest first. For staff, of their region."""
    actor = need(actor, "staff")
    query = (
        select(TallyRow.month)
        .where(TallyRow.example.is_(example))
        .group_by(TallyRow.month)
        .having(func.sum(TallyRow.number) > 0)
        .order_by(TallyRow.month.desc())
    )
    if actor.region is not None:
        query = query.where(TallyRow.region == actor.region)
    with reading() as session:
        return list(session.scalars(query))


def read_rows(actor: Actor | None, metric: str, wanted: Wanted, *, limit: int = 50, offset: int = 0) -> Lines:
    """Rows behind a figure; the look stands in the log. For staff, of their region."""
    actor = need(actor, "staff")
    if wanted.region:
        need(actor, "staff", region=wanted.region)
    asked = _metric(metric)
    if asked.rows is None or wanted.list not in asked.lists:
        raise InputError("清单", "没有这一张", f"可选 {'、'.join(asked.lists) or '（这个指标没有清单）'}")
    if actor.region is not None:
        wanted = replace(wanted, region=actor.region)
    if wanted.reveal:
        audit(actor, LOOKED, looked_at(wanted.month))
    with reading() as session:
        found = asked.rows(session, actor, wanted, limit, offset)
    about = {"清单": asked.lists[wanted.list], "月份": month_text(wanted.month), "行数": len(found.lines)}
    audit(actor, "看指标的明细", f"metric:{metric}", about)
    return found


def looked_at(month: int) -> str:
    """The subject in the log of somebody's look at the verdicts of a month."""
    return f"verdicts:{month_text(month)}"


def _metric(name: str) -> Metric:
    known = metrics()
    if name not in known:
        raise InputError("指标", f"没有叫 {name} 的指标", f"可选 {'、'.join(known)}")
    return known[name]


def figures_json(readings: tuple[Reading, ...], month: int, as_of: date) -> dict[str, Any]:
    """What `metrics --json` prints. Shares are per cent."""
    return {
        "month": month_text(month),
        "as_of": as_of.isoformat(),
        "figures": [
            {
                "id": one.metric.id,
                "name": one.metric.name,
                "unit": one.metric.unit,
                **_figure_json(one.whole),
                "target": one.metric.target,
                "comparator": one.metric.comparator if one.metric.target is not None else None,
                "met": one.metric.is_met(one.whole),
                "definition": one.metric.definition,
                "numerator_is": one.metric.numerator,
                "denominator_is": one.metric.denominator,
                "how": one.metric.how,
                "automatic": one.metric.automatic,
                "by": {
                    by: [{"key": part.key, "label": part.label, **_figure_json(part)} for part in parts]
                    for by, parts in one.by.items()
                },
            }
            for one in readings
        ],
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "note": figure.note,
        "parts": dict(figure.parts),
    }


def shown(value: float | None, unit: str) -> str:
    """A value for a reader: 96.2%, 1,200条, 还没有."""
    if value is None:
        return "还没有"
    return f"{value:.1f}%" if unit == "%" else f"{value:,.0f}{unit}"


def shown_interval(figure: Figure) -> str:
    """94.1%–97.9%; empty without one."""
    if figure.low is None or figure.high is None:
        return ""
    return f"{figure.low:.1f}%–{figure.high:.1f}%"


def export_metrics(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """All figures of a month with their parts as CSV. Parameters: month, example (1), metric and by (only this table). For staff."""
    actor = need(actor, "staff")
    month = month_in(parameters)
    only, by = parameters.get("metric", ""), parameters.get("by", "")
    if only:
        _metric(only)
    rows = []
    for one in read_figures(actor, month, example=parameters.get("example") == "1"):
        if only in ("", one.metric.id):
            listed = [part for parts in one.by.values() for part in parts if by in ("", part.by)]
            rows += [_cells(one.metric, figure) for figure in ([] if by else [one.whole]) + listed]
    audit(actor, "下载指标", "metric:", {"月份": month_text(month), "行数": len(rows)})
    header = ("指标", "分组", "名称", "数值", "单位", "95%区间下限", "上限", "分子", "分母", "目标", "说明", "定义")
    mark = "示例_" if parameters.get("example") == "1" else ""
    return csv_download(f"{mark}指标_{actor.area}_{month_text(month)}.csv", header, rows)


def _cells(metric: Metric, figure: Figure) -> tuple[Any, ...]:
    numbers = (figure.value, metric.unit, figure.low, figure.high, figure.numerator, figure.denominator)
    shown_numbers = tuple("" if one is None else round(one, 4) if isinstance(one, float) else one for one in numbers)
    where = BY[figure.by] if figure.by else "全部"
    return (metric.name, where, figure.label, *shown_numbers, metric.target_words, figure.note, metric.definition)


def export_rows(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The rows behind a figure as CSV. Parameters: metric, list, month, measure, region, office, example (1). For staff."""
    actor = need(actor, "staff")
    metric = _metric(parameters.get("metric", ""))
    wanted = Wanted(
        parameters.get("list", ""),
        month_in(parameters),
        parameters.get("example") == "1",
        parameters.get("measure") or None,
        region_in(parameters),
        parameters.get("office") or None,
        parameters.get("reveal") == "1",
    )
    found = read_rows(actor, metric.id, wanted, limit=LONGEST_EXPORT)
    header = ("统一社会信用代码", "名称", "所在地区", *found.headings)
    rows = ((line.uscc, line.name, line.region or NOWHERE, *line.cells) for line in found.lines)
    mark = "示例_" if wanted.example else ""
    name = f"{mark}{metric.name}_{metric.lists[wanted.list]}_{month_text(wanted.month)}.csv"
    return csv_download(name, header, rows)


def month_in(parameters: Mapping[str, str]) -> int:
    """The month of a link; the present one where it names none."""
    return read_month(parameters["month"], "月份") if parameters.get("month") else month_of_day(today())


def region_in(parameters: Mapping[str, str]) -> str | None:
    """The region of a link: None for all, empty for enterprises whose region is unknown."""
    named = parameters.get("region")
    return "" if named == NOWHERE else named or None
