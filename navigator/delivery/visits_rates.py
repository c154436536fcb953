"""走访次数, 走访企业数 and 答应的事按期办到率: counted from visit records and promises, by month, region and team.

A visit counts in the month of its day; a promise in the month of its last day, once that has passed or it was kept. One withdrawn in time
counts nowhere, one withdrawn later as not kept in time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.delivery.metrics import NOWHERE, TREND, By, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_of_day, month_text, months_before
from navigator.delivery.teams import name_of
from navigator.delivery.visits_promises import STATES
from navigator.matching import dates
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.visit_plan_tables import TeamRow
from navigator.store.visit_tables import VisitPromiseRow, VisitRow, VisitVersionRow

NO_TEAM = "没有写小分队"


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit as far as the figures are concerned."""

    id: int
    enterprise: int
    name: str
    uscc: str
    region: str | None
    team: str
    members: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Course:
    """A promise as far as its rate is concerned; `visit` is the visit it was made on."""

    visit: Visited
    words: str
    keeper: str
    due: date
    state: str
    settled_on: date | None

    def counts(self, as_of: date) -> bool:
        """Whether it is in the rate on a day."""
        if self.state == "withdrawn":
            return self.settled_on is not None and self.settled_on > self.due
        return self.state == "kept" or self.due < as_of

    @property
    def on_time(self) -> bool:
        """Kept by its last day."""
        return self.state == "kept" and self.settled_on is not None and self.settled_on <= self.due


def visits_in(session: Session, example: bool, region: str | None, first: int, last: int) -> list[Visited]:
    """The visits of some months, of one region or all, by day."""
    query = _query(example, region, VisitRow.visited_on, first, last).order_by(VisitRow.visited_on, VisitRow.id)
    return [_visited(*row) for row in session.execute(query)]


def courses(session: Session, example: bool, region: str | None, first: int, last: int) -> list[Course]:
    """The promises to be kept in some months, made to enterprises of one region or all, by last day."""
    query = _query(example, region, VisitPromiseRow.due_on, first, last)
    query = query.join(VisitPromiseRow, VisitPromiseRow.visit_id == VisitRow.id).add_columns(VisitPromiseRow)
    query = query.order_by(VisitPromiseRow.due_on, VisitPromiseRow.id)
    return [
        Course(_visited(*told), row.words, row.keeper, row.due_on, row.state, row.settled_on)
        for *told, row in session.execute(query)
    ]


def _query(example: bool, region: str | None, day: Any, first: int, last: int) -> Select[*tuple[Any, ...]]:
    now = and_(VisitVersionRow.visit_id == VisitRow.id, VisitVersionRow.version == VisitRow.version)
    after = months_before(last, -1)
    query = (
        select(VisitRow.id, VisitRow.visited_on, VisitVersionRow.members, TeamRow.name, EnterpriseRow)
        .select_from(VisitRow)
        .join(EnterpriseRow)
        .join(VisitVersionRow, now)
        .outerjoin(TeamRow, TeamRow.id == VisitVersionRow.team_id)
        .where(EnterpriseRow.example.is_(example), day >= _first_day(first), day < _first_day(after))
    )
    return query if region is None else query.where(EnterpriseRow.region == region)


def _first_day(month: int) -> date:
    return date(month // 100, month % 100, 1)


def _visited(number: int, day: date, members: list[str], team: str | None, firm: EnterpriseRow) -> Visited:
    return Visited(number, firm.id, name_of(firm), firm.uscc, firm.region, team or "", tuple(members), day)


def _visits(look: Look) -> list[Visited]:
    scope = look.scope
    return visits_in(look.session, scope.example, scope.region, scope.first, scope.last)


def _courses(look: Look) -> list[Course]:
    scope = look.scope
    return courses(look.session, scope.example, scope.region, scope.first, scope.last)


# ---- values


def number_of(visits: Sequence[Visited]) -> Figure:
    """How many visits."""
    return Figure(float(len(visits)))


def firms_of(visits: Sequence[Visited]) -> Figure:
    """How many different enterprises."""
    return Figure(float(len({one.enterprise for one in visits})))


def kept_on_time(promises: Sequence[Course]) -> Figure:
    """Kept by the last day / those that count."""
    on_time = sum(one.on_time for one in promises)
    late = sum(one.state == "kept" for one in promises) - on_time
    still = sum(one.state == "open" for one in promises)
    parts = (
        ("按期办到", on_time), ("晚了才办到", late), ("过期还没办", still),
        ("过期才撤回", len(promises) - on_time - late - still),
    )  # fmt: skip
    if not promises:
        return Figure(None, 0, 0, note="没有到期的答应的事")
    return Figure(100 * on_time / len(promises), on_time, len(promises), parts=parts)


_One = TypeVar("_One", Visited, Course)


def _spread(
    listed: Iterable[_One], month_of: Callable[[_One], int], visit_of: Callable[[_One], Visited],
    value: Callable[[Sequence[_One]], Figure], month: int,
) -> list[Figure]:  # fmt: skip
    """A value of a month, of the months of the trend before it, of each region and of each team."""
    of_month: dict[int, list[_One]] = defaultdict(list)
    for one in listed:
        of_month[month_of(one)].append(one)
    found = [value(of_month[month])]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        found.append(value(of_month[then]).of("month", month_text(then), month_name(then)))
    keys: dict[By, tuple[Callable[[Visited], str], str]] = {
        "region": (lambda one: one.region or "", NOWHERE),
        "office": (lambda one: one.team, NO_TEAM),
    }
    for by, (key_of, nothing) in keys.items():
        parts: dict[str, list[_One]] = defaultdict(list)
        for one in of_month[month]:
            parts[key_of(visit_of(one))].append(one)
        for key, part in sorted(parts.items(), key=lambda told: (-len(told[1]), told[0])):
            found.append(value(part).of(by, key, key or nothing))
    return found


def _of_visits(value: Callable[[Sequence[Visited]], Figure]) -> Callable[[Look], list[Figure]]:
    return lambda look: _spread(
        look.once(_visits), lambda one: month_of_day(one.day), lambda one: one, value, look.scope.last
    )


def _of_promises(look: Look) -> list[Figure]:
    as_of = dates.today()
    counted = [one for one in look.once(_courses) if one.counts(as_of)]
    return _spread(counted, lambda one: month_of_day(one.due), lambda one: one.visit, kept_on_time, look.scope.last)


# ---- rows


def _is_wanted(one: Visited, wanted: Wanted) -> bool:
    return wanted.office in (None, one.team) and (wanted.region is None or (one.region or "") == wanted.region)


def _wanted_visits(session: Session, wanted: Wanted) -> list[Visited]:
    found = visits_in(session, wanted.example, wanted.region or None, wanted.month, wanted.month)
    return [one for one in found if _is_wanted(one, wanted)]


def _visit_rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    found = _wanted_visits(session, wanted)
    lines = tuple(
        Line(
            one.enterprise, one.name, one.uscc, one.region, (str(one.day), one.team or NO_TEAM, "、".join(one.members))
        )
        for one in found[offset : offset + limit]
    )
    return Lines(("走访日期", "小分队", "谁去的"), lines, len(found))


def _firm_rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    by_firm: dict[int, list[Visited]] = defaultdict(list)
    for one in _wanted_visits(session, wanted):
        by_firm[one.enterprise].append(one)
    lines = tuple(
        Line(one[-1].enterprise, one[-1].name, one[-1].uscc, one[-1].region, (str(len(one)), str(one[-1].day)))
        for one in list(by_firm.values())[offset : offset + limit]
    )
    return Lines(("这个月走访几次", "最后一次"), lines, len(by_firm))


_LISTS = {"late": "没有按期办到的", "on-time": "按期办到的", "coming": "这个月到期、还没到日子的"}


def _promise_rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    as_of = dates.today()
    tests: dict[str, Callable[[Course], bool]] = {
        "late": lambda one: one.counts(as_of) and not one.on_time,
        "on-time": lambda one: one.on_time,
        "coming": lambda one: not one.counts(as_of) and one.state == "open",
    }
    found = [
        one
        for one in courses(session, wanted.example, wanted.region or None, wanted.month, wanted.month)
        if _is_wanted(one.visit, wanted) and tests[wanted.list](one)
    ]
    lines = tuple(
        Line(one.visit.enterprise, one.visit.name, one.visit.uscc, one.visit.region, _cells(one))
        for one in found[offset : offset + limit]
    )
    return Lines(("答应了什么", "谁来办", "哪天以前", "现在"), lines, len(found))


def _cells(one: Course) -> tuple[str, ...]:
    state = STATES[one.state] + (f"（{one.settled_on}）" if one.settled_on else "")
    return (one.words, one.keeper, str(one.due), state)


_COUNTED = "走访记录逐次计数"

METRICS = (
    Metric(
        "visits", "走访次数", "次",
        "走访日期在这个月的走访记录有几次；同一家去几次算几次，更正过的只算一次，删掉的和示例不算。按企业所在区域、去的小分队分开看。",
        "走访记录", "", _COUNTED, True, _of_visits(number_of), {"visits": "走访逐次"}, _visit_rows,
    ),
    Metric(
        "visits-firms", "走访企业数", "家",
        "走访日期在这个月的走访记录涉及多少家不同的企业；两支小分队都去过的，各算一家，合计只算一家。示例不算。",
        "走访过的企业", "", _COUNTED, True, _of_visits(firms_of), {"firms": "走访过的企业"}, _firm_rows,
    ),
    Metric(
        "visits-promises", "走访答应的事按期办到率", "%",
        "走访时答应企业、期限在这个月的事里，期限以内办到的占多少。期限没到、还没办的不算；期限以内撤回的不算，过了期限才撤回的算没按期。"
        "按期限那天归月，示例不算。",
        "按期办到的", "办到的和过了期限的", "走访时答应的事逐件计数", True, _of_promises, _LISTS, _promise_rows,
    ),
)  # fmt: skip
