"""诉求销号率, 按期答复率, and for the hotline 办结率 and 满意率: counted from appeals and their steps.

An appeal counts once: on the day it was closed, or after the last day it was given when it was accepted, whichever comes first. A later
last day, given when it went back or put right once the first had passed, changes nothing. What was never accepted or was refused is in none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.delivery.appeals import SAID, STATES
from navigator.delivery.metrics import NOWHERE, TREND, By, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_of_day, month_text, months_before
from navigator.matching import dates
from navigator.store.appeal_tables import AppealRow, AppealStepRow
from navigator.store.board_tables import UnitRow
from navigator.store.enterprise_tables import EnterpriseRow


@dataclass(frozen=True, slots=True)
class Course:
    """An appeal that was accepted, as far as the rates are concerned."""

    id: int
    number: str
    enterprise: int
    name: str
    uscc: str
    region: str | None
    source: str
    unit: str
    due: date
    """The last day it was given when it was accepted."""
    state: str
    satisfied: str | None
    answered_on: date | None
    """The first answer."""
    closed_on: date | None
    """The last close-out of one that is closed now."""

    @property
    def month(self) -> int:
        """The month in which it counts."""
        return month_of_day(min(self.due, self.closed_on or self.due))

    def counts(self, as_of: date) -> bool:
        """Whether it is in the rates on a day."""
        return self.due < as_of or self.closed_on is not None

    @property
    def in_time(self) -> bool:
        """Answered by its last day."""
        return self.answered_on is not None and self.answered_on <= self.due


def courses(session: Session, example: bool, region: str | None) -> list[Course]:
    """All appeals that were accepted, of one region or all."""
    answered, closed_on = _first_days(session, "reply"), _last_days(session, "close")
    query = (
        select(AppealRow, UnitRow.name, EnterpriseRow.uscc)
        .outerjoin(UnitRow, UnitRow.id == AppealRow.unit_id)
        .outerjoin(EnterpriseRow, EnterpriseRow.id == AppealRow.enterprise_id)
        .where(
            AppealRow.example.is_(example),
            AppealRow.first_due.is_not(None),
            AppealRow.state.not_in(("raised", "refused")),
        )
        .order_by(AppealRow.id)
    )
    if region is not None:
        query = query.where(AppealRow.region == region)
    return [
        Course(
            row.id, row.number, row.enterprise_id or 0, row.name, uscc or "", row.region, row.source, unit or "", row.first_due,
            row.state, row.satisfied, answered.get(row.id), closed_on.get(row.id) if row.state == "closed" else None,
        )
        for row, unit, uscc in session.execute(query)
    ]  # fmt: skip


def _first_days(session: Session, step: str) -> dict[int, date]:
    return dict(reversed(_days(session, step)))


def _last_days(session: Session, step: str) -> dict[int, date]:
    return dict(_days(session, step))


def _days(session: Session, step: str) -> list[tuple[int, date]]:
    """Appeal and day of each such step, in their order."""
    query = select(AppealStepRow.appeal_id, AppealStepRow.day).where(AppealStepRow.step == step)
    return [(row.appeal_id, row.day) for row in session.execute(query.order_by(AppealStepRow.id))]


def _courses(look: Look) -> list[Course]:
    return courses(look.session, look.scope.example, look.scope.region)


def closed(counted: Iterable[Course]) -> Figure:
    """Closed / due."""
    listed = list(counted)
    done = sum(one.state == "closed" for one in listed)
    return _share(done, len(listed), (("已销号", done), ("没有销号", len(listed) - done)))


def answered(counted: Iterable[Course]) -> Figure:
    """Answered by the last day / due."""
    listed = list(counted)
    on_time = sum(one.in_time for one in listed)
    never = sum(one.answered_on is None for one in listed)
    return _share(
        on_time,
        len(listed),
        (("按期答复", on_time), ("晚了才答复", len(listed) - on_time - never), ("还没有答复", never)),
    )


def satisfied(counted: Iterable[Course]) -> Figure:
    """Satisfied / said something of the answer; who was not reached says nothing."""
    told = [one.satisfied for one in counted if one.satisfied in ("yes", "no")]
    yes = told.count("yes")
    return _share(yes, len(told), ((SAID["yes"], yes), (SAID["no"], len(told) - yes)), "还没有企业说过满意不满意")


def _share(part: int, whole: int, parts: tuple[tuple[str, int], ...], note: str = "没有到期的诉求") -> Figure:
    return Figure(100 * part / whole, part, whole, parts=parts) if whole else Figure(None, 0, 0, note=note)


_KEY: dict[By, Callable[[Course], str]] = {"region": lambda one: one.region or "", "office": lambda one: one.unit}


def _figures(rate: Callable[[Iterable[Course]], Figure], source: str = "") -> Callable[[Look], list[Figure]]:
    def figures(look: Look) -> list[Figure]:
        month, as_of = look.scope.last, dates.today()
        of_month: dict[int, list[Course]] = defaultdict(list)
        for one in look.once(_courses):
            if one.counts(as_of) and source in ("", one.source):
                of_month[one.month].append(one)
        found = [rate(of_month[month])]
        for before in range(TREND - 1, -1, -1):
            then = months_before(month, before)
            found.append(rate(of_month[then]).of("month", month_text(then), month_name(then)))
        for by, key_of in _KEY.items():
            parts: dict[str, list[Course]] = defaultdict(list)
            for one in of_month[month]:
                parts[key_of(one)].append(one)
            for key, listed in sorted(parts.items(), key=lambda part: (-len(part[1]), part[0])):
                found.append(rate(listed).of(by, key, key or NOWHERE))
        return found

    return figures


_LISTS = {"open": "到期没有销号的", "late": "没有按期答复的", "unsatisfied": "不满意的", "closed": "已销号的"}
_TESTS: dict[str, Callable[[Course], bool]] = {
    "open": lambda one: one.state != "closed",
    "late": lambda one: not one.in_time,
    "unsatisfied": lambda one: one.satisfied == "no",
    "closed": lambda one: one.state == "closed",
}


def _rows(source: str) -> Callable[[Session, Actor, Wanted, int, int], Lines]:
    def rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
        as_of, test = dates.today(), _TESTS[wanted.list]
        chosen = [
            one
            for one in courses(session, wanted.example, wanted.region or None)
            if one.month == wanted.month
            and one.counts(as_of)
            and test(one)
            and source in ("", one.source)
            and wanted.office in (None, one.unit)
            and (wanted.region is None or (one.region or "") == wanted.region)
        ]
        lines = tuple(
            Line(
                one.enterprise, one.name, one.uscc, one.region, (one.number, one.unit, str(one.due), STATES[one.state])
            )
            for one in chosen[offset : offset + limit]
        )
        return Lines(("编号", "责任单位", "答复期限", "现在"), lines, len(chosen))

    return rows


_COUNTED = "这个月答复期限过了的，加上期限以前就销了号的（按销号那天算这个月的）；没有受理、不受理的不算"
_ALL, _HOTLINE = "全部诉求逐件计数", "12345热线转来的诉求逐件计数"

METRICS = (
    Metric(
        "appeals-closed", "诉求销号率", "%",
        f"{_COUNTED}。其中已经销号、现在仍然销号的占多少；销号要没有经手答复的另一个人来办。期限是受理时定的那个，写错了只能在到期以前更正；到期以后更正的，退回、重新打开以后新定的，都不改变它。示例不算。",
        "已销号的诉求", "这个月到期或提前销号的诉求", _ALL, True, _figures(closed), _LISTS, _rows(""), 98.0,
    ),
    Metric(
        "appeals-answered", "诉求按期答复率", "%",
        f"{_COUNTED}。其中第一次答复不晚于期限的占多少。",
        "按期答复的诉求", "这个月到期或提前销号的诉求", _ALL, True, _figures(answered), _LISTS, _rows(""),
    ),
    Metric(
        "hotline-closed", "12345诉求办结率", "%",
        f"{_COUNTED}。只看12345热线转来的，其中已经销号的占多少。",
        "已销号的热线诉求", "这个月到期或提前销号的热线诉求", _HOTLINE, True, _figures(closed, "hotline"), _LISTS, _rows("hotline"),
    ),
    Metric(
        "hotline-satisfied", "12345诉求满意率", "%",
        f"{_COUNTED}。只看12345热线转来、回访时说了满意或不满意的，其中满意的占多少；没联系上的不算在内。",
        "回访说满意的", "回访说了满意或不满意的", _HOTLINE, True, _figures(satisfied, "hotline"), _LISTS, _rows("hotline"),
    ),
)  # fmt: skip
