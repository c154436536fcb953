"""问题按期销号率 and 未销号的问题: counted from the problems, their last days and their steps.

A problem counts once its last day has passed, or on that day once it is closed. Problems of all kinds count; the plan's own target
(清零) counts the four kinds it names (navigator.delivery.problems.left_open).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.delivery.cadence_calendar import month_end
from navigator.delivery.metrics import TREND, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_of_day, month_text, months_before
from navigator.matching import dates
from navigator.store.board_tables import UnitRow
from navigator.store.cadence_tables import ProblemRow, ProblemStepRow

CITY = "市本级"
_NO_EXAMPLES = "问题没有示例"


@dataclass(frozen=True, slots=True)
class Course:
    """A problem as far as its closing is concerned: `turns` are days on which it was closed (True) or opened again (False)."""

    region: str | None
    unit: str
    found_on: date
    due: date
    turns: tuple[tuple[date, bool], ...]
    id: int = 0
    title: str = ""

    def is_open(self, as_of: date) -> bool:
        """Found and not closed at the end of a day."""
        stood = [closed for day, closed in self.turns if day <= as_of]
        return self.found_on <= as_of and not (stood and stood[-1])

    def counts(self, as_of: date) -> bool:
        """Whether it is in the rate on a day."""
        return self.due < as_of or (self.due == as_of and not self.is_open(as_of))

    def on_time(self, as_of: date) -> bool:
        """Closed by its last day, and still closed."""
        return not self.is_open(self.due) and not self.is_open(as_of)


def _courses(look: Look) -> list[Course]:
    return _read(look.session, look.scope.region)


def _read(session: Session, within: str | None) -> list[Course]:
    turns: dict[int, list[tuple[date, bool]]] = defaultdict(list)
    steps = select(ProblemStepRow.problem_id, ProblemStepRow.day, ProblemStepRow.step)
    steps = steps.where(ProblemStepRow.step.in_(("close", "reopen"))).order_by(ProblemStepRow.day, ProblemStepRow.id)
    for number, day, step in session.execute(steps):
        turns[number].append((day, step == "close"))
    query = select(ProblemRow, UnitRow.name).join(UnitRow, UnitRow.id == ProblemRow.unit_id).order_by(ProblemRow.id)
    if within is not None:
        query = query.where(ProblemRow.region == within)
    return [
        Course(row.region, unit, row.found_on, row.due, tuple(turns[row.id]), row.id, row.title)
        for row, unit in session.execute(query)
    ]


def rate(courses: list[Course], as_of: date) -> Figure:
    """Closed on time of those that count on a day."""
    counted = [one for one in courses if one.counts(as_of)]
    on_time = sum(one.on_time(as_of) for one in counted)
    still = sum(one.is_open(as_of) for one in counted)
    parts = (("按期销号", on_time), ("晚了才销号", len(counted) - on_time - still), ("还没有销号", still))
    if not counted:
        return Figure(None, 0, 0, note="没有到期的问题")
    return Figure(100 * on_time / len(counted), on_time, len(counted), parts=parts)


def _on_time(look: Look) -> list[Figure]:
    if look.scope.example:
        return [Figure(None, 0, 0, note=_NO_EXAMPLES)]
    courses, month, as_of = look.once(_courses), look.scope.last, dates.today()
    of_month: dict[int, list[Course]] = defaultdict(list)
    for one in courses:
        of_month[month_of_day(one.due)].append(one)
    found = [rate(of_month[month], as_of)]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        found.append(rate(of_month[then], as_of).of("month", month_text(then), month_name(then)))
    for region in sorted({one.region or "" for one in of_month[month]}):
        part = [one for one in of_month[month] if (one.region or "") == region]
        found.append(rate(part, as_of).of("region", region, region or CITY))
    return found


def _open(look: Look) -> list[Figure]:
    if look.scope.example:
        return [Figure(None, note=_NO_EXAMPLES)]
    courses, month, today = look.once(_courses), look.scope.last, dates.today()

    def of(then: int, region: str | None = None) -> Figure:
        day = min(month_end(then), today)
        known = [one for one in courses if one.found_on <= day and region in (None, one.region or "")]
        if not known:
            return Figure(None, note="还没有登记过问题；没有登记不等于清零")
        return Figure(float(sum(one.is_open(day) for one in known)))

    found = [of(month)]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        found.append(of(then).of("month", month_text(then), month_name(then)))
    for region in sorted({one.region or "" for one in courses}):
        found.append(of(month, region).of("region", region, region or CITY))
    return found


def _rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    """The problems behind either figure, by last day."""
    today = dates.today()
    day = min(month_end(wanted.month), today)
    tests: dict[str, Callable[[Course], bool]] = {
        "due": lambda one: month_of_day(one.due) == wanted.month and one.counts(today),
        "not-on-time": lambda one: (
            month_of_day(one.due) == wanted.month and one.counts(today) and not one.on_time(today)
        ),
        "still-open": lambda one: one.is_open(day),
    }
    listed = [] if wanted.example or wanted.measure or wanted.office else _read(session, wanted.region or actor.region)
    chosen = sorted(
        (one for one in listed if tests[wanted.list](one) and wanted.region in (None, one.region or "")),
        key=lambda one: (one.due, one.id),
    )
    lines = tuple(
        Line(0, one.title, "", one.region or CITY, (str(one.id), one.unit, str(one.due), _how(one, today)))
        for one in chosen[offset : offset + limit]
    )
    return Lines(("问题编号", "责任单位", "整改期限", "现在"), lines, len(chosen), "一个一个看，在“问题整改”页。")


def _how(one: Course, today: date) -> str:
    if one.is_open(today):
        return "没有销号" + ("，超期" if one.due < today else "")
    return "按期销号" if one.on_time(today) else "晚了才销号"


METRICS = (
    Metric(
        "problems-on-time", "问题按期销号率", "%",
        "到期的问题里，在整改期限以内销号、现在仍然销号的占多少。按期限那天归月；过了期限没有销号的、晚了才销号的、销号以后又重新打开的都算没按期；"
        "还没有到期限的不算。一个一个看，在“问题整改”页。",
        "按期销号的问题", "已到期的问题", "登记的问题逐个计数", True, _on_time,
        {"due": "到期的问题", "not-on-time": "没有按期销号的问题"}, _rows,
    ),
    Metric(
        "problems-open", "没有销号的问题", "个",
        "到月底（本月到今天）登记过、还没有销号的问题。重新打开的算没有销号。从来没有登记过的写“还没有”，不当作清零。方案第7项的“清零”只数它点名的四种。",
        "没有销号的问题", "", "登记的问题逐个计数", True, _open,
        {"still-open": "没有销号的问题"}, _rows, target=0.0, comparator="<=",
    ),
)  # fmt: skip
