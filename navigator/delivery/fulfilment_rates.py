"""免申即享按时兑现率 and what is due soon, due today or late: counted from the items of rounds and their due days.

An item counts once its due day has passed, or on that day once it is done. What was set aside after its day counts as late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.fulfilment import DONE, ITEM_STATES, rounds_of
from navigator.delivery.metrics import BY, NOWHERE, TREND, By, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_of_day, month_text, months_before
from navigator.delivery.workdays import workdays_between
from navigator.downloads import Download, csv_download
from navigator.matching import dates
from navigator.store.audit import audit
from navigator.store.engine import reading
from navigator.store.fulfilment_tables import ItemRow, RoundRow

SOON = 3
"""Working days before the due day from which on a round is told to be due soon."""
DUE: dict[str, str] = {"late": "已经超期", "today": "今天到期", "soon": f"{SOON}个工作日内到期"}


@dataclass(frozen=True, slots=True)
class Due:
    """One item as far as its promise is concerned."""

    item: int
    round: int
    enterprise: int
    uscc: str
    name: str
    region: str | None
    measure: str
    measure_name: str
    period: str
    office: str
    due: date
    state: str
    done_on: date | None
    amount: float | None

    def counts(self, as_of: date) -> bool:
        """Whether it is in the rate on a day."""
        if self.state == "set_aside":
            return self.done_on is not None and self.done_on > self.due
        return self.due < as_of or (self.due == as_of and self.state in DONE)

    @property
    def on_time(self) -> bool:
        """Paid or granted, and not after the due day."""
        return self.state in DONE and self.done_on is not None and self.done_on <= self.due


def _query(example: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ItemRow.id, RoundRow.id, ItemRow.enterprise_id, ItemRow.uscc, ItemRow.name, ItemRow.region,
            RoundRow.measure_id, RoundRow.measure, RoundRow.period, RoundRow.office, RoundRow.due, ItemRow.state,
            ItemRow.done_on, ItemRow.amount,
        )
        .join(RoundRow, RoundRow.id == ItemRow.round_id)
        .where(
            RoundRow.example.is_(example), RoundRow.due.is_not(None),
            ItemRow.state.in_(("checked", "set_aside", *DONE)),
        )
    )  # fmt: skip


def due_items(session: Session, example: bool, region: str | None, first: int, last: int) -> list[Due]:
    """The items due in some months, of enterprises of one region or all."""
    after = months_before(last, -1)
    query = _query(example).where(
        RoundRow.due >= date(first // 100, first % 100, 1), RoundRow.due < date(after // 100, after % 100, 1)
    )
    if region is not None:
        query = query.where(ItemRow.region == region)
    return [Due(*row) for row in session.execute(query)]


def rate(items: Iterable[Due], as_of: date) -> Figure:
    """Paid or granted in time / due, of some items on a day."""
    counted = [one for one in items if one.counts(as_of)]
    on_time = sum(one.on_time for one in counted)
    still = sum(one.state == "checked" for one in counted)
    parts = (("按时", on_time), ("晚了才办", len(counted) - on_time - still), ("超期还没办", still))
    if not counted:
        return Figure(None, 0, 0, note="还没有到期的")
    return Figure(100 * on_time / len(counted), on_time, len(counted), parts=parts)


def _items(look: Look) -> list[Due]:
    scope = look.scope
    return due_items(look.session, scope.example, scope.region, scope.first, scope.last)


_KEY: dict[By, Callable[[Due], str]] = {
    "region": lambda one: one.region or "",
    "measure": lambda one: one.measure,
    "office": lambda one: one.office,
}


def _figures(look: Look) -> list[Figure]:
    items, month, as_of = look.once(_items), look.scope.last, dates.today()
    of_month: dict[int, list[Due]] = defaultdict(list)
    for one in items:
        of_month[month_of_day(one.due)].append(one)
    found = [rate(of_month[month], as_of)]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        found.append(rate(of_month[then], as_of).of("month", month_text(then), month_name(then)))
    names = {one.measure: one.measure_name for one in items}
    for by, key_of in _KEY.items():
        parts: dict[str, list[Due]] = defaultdict(list)
        for one in of_month[month]:
            parts[key_of(one)].append(one)
        for key, listed in sorted(parts.items(), key=lambda part: (-len(part[1]), part[0])):
            label = names[key] if by == "measure" else key or NOWHERE
            found.append(rate(listed, as_of).of(by, key, label))
    return found


_LISTS = {"late": "没有按时兑现的", "on-time": "按时兑现的", "coming": "这个月到期、还没到日子的"}


def _rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    as_of = dates.today()
    tests: dict[str, Callable[[Due], bool]] = {
        "late": lambda one: one.counts(as_of) and not one.on_time,
        "on-time": lambda one: one.counts(as_of) and one.on_time,
        "coming": lambda one: not one.counts(as_of) and one.state != "set_aside",
    }
    items = due_items(session, wanted.example, wanted.region or None, wanted.month, wanted.month)
    chosen = [
        one
        for one in items
        if tests[wanted.list](one)
        and wanted.measure in (None, one.measure)
        and wanted.office in (None, one.office)
        and (wanted.region is None or (one.region or "") == wanted.region)
    ]
    chosen.sort(key=lambda one: (one.due, one.name, one.item))
    lines = tuple(
        Line(one.enterprise, one.name, one.uscc, one.region, _cells(one, as_of))
        for one in chosen[offset : offset + limit]
    )
    return Lines(("政策", "期间", "部门", "到期日", "状态"), lines, len(chosen))


def _cells(one: Due, as_of: date) -> tuple[str, ...]:
    state = ITEM_STATES[one.state]
    if one.done_on:
        state += f"（{one.done_on}）"
    late = workdays_between(one.due, one.done_on or as_of)
    if late > 0:
        state += f"，晚 {late} 个工作日"
    elif (one.done_on or as_of) > one.due:
        state += "，晚了（没跨工作日）"
    return (one.measure_name, one.period, one.office, one.due.isoformat(), state)


# ---- what is due


@dataclass(frozen=True, slots=True)
class Reminder:
    """The open items of a round that is late, due today or due soon; `workdays` to go, or late (both positive)."""

    kind: str
    round: int
    measure: str
    period: str
    office: str
    region: str | None
    due: date
    workdays: int
    items: int

    @property
    def words(self) -> str:
        """超期 5 个工作日, 今天到期, 还有 2 个工作日."""
        match self.kind:
            case "late":
                return f"超期 {self.workdays} 个工作日" if self.workdays else "已经超期"
            case "today":
                return "今天到期"
        return f"还有 {self.workdays} 个工作日"


def reminders(actor: Actor | None, as_of: date, *, example: bool = False) -> list[Reminder]:
    """Rounds with open items that are late, due today, or due within three working days, by unit. For staff, of their region."""
    actor = need(actor, "staff")
    open_items: dict[int, int] = defaultdict(int)
    with reading() as session:
        query = _query(example).where(rounds_of(actor), ItemRow.state == "checked")
        of_round: dict[int, Due] = {}
        for row in session.execute(query):
            one = Due(*row)
            of_round[one.round] = one
            open_items[one.round] += 1
        regions = dict(session.execute(select(RoundRow.id, RoundRow.region)).all())
    found = []
    for number, one in of_round.items():
        ahead = workdays_between(as_of, one.due)
        kind = "late" if one.due < as_of else "today" if one.due == as_of else "soon" if ahead <= SOON else ""
        if kind:
            found.append(
                Reminder(
                    kind, number, one.measure_name, one.period, one.office, regions[number], one.due, abs(ahead),
                    open_items[number],
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (list(DUE).index(one.kind), one.office, one.due))


def export_due(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """到期提醒 as CSV. Parameters: example (1), as_of. For staff."""
    actor = need(actor, "staff")
    as_of = dates.read_day(parameters["as_of"], "日期") if parameters.get("as_of") else dates.today()
    example = parameters.get("example") == "1"
    found = reminders(actor, as_of, example=example)
    audit(actor, "下载到期提醒", "fulfilment:", {"行数": len(found)})
    header = ("部门", "区域", "政策", "期间", "到期日", "提醒", "还差几家")
    rows = ((one.office, one.region or "全市", one.measure, one.period, one.due, one.words, one.items) for one in found)
    return csv_download(f"{'示例_' if example else ''}到期提醒_{as_of}.csv", header, rows)


METRICS = (
    Metric(
        "fulfilment-on-time", "免申即享按时兑现率", "%",
        "到期的免申即享项目里，在承诺的工作日内发放或享受到的占多少。一家企业一项政策一期算一个；按到期日归月。到期日 = 名单确认或公示结束那天"
        "（每一轮选定）之后，数满承诺的工作日（按国家放假调休）。过了到期日没办的、晚办的、到期以后才搁置的都算没按时，还没办完的也算；"
        "到期前剔除或搁置的、还没到期的不算，示例不算。",
        "按时发放或享受的", "已到期的", "全部名单逐家计数", True,
        _figures, _LISTS, _rows, 100.0,
    ),
)  # fmt: skip

assert set(_KEY) == set(BY) - {"month"}
