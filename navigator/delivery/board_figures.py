"""The board's own figures beside the others (targets met, targets with a value, tasks overdue), and its lists as files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import COMMAND_LINE, Actor, need
from navigator.delivery.board import KINDS, PARTS, Standing, city_standing, duties, read_values, standing, units
from navigator.delivery.board_automatic import automatic_values, city_look
from navigator.delivery.board_plan import KINDS as GOAL_KINDS
from navigator.delivery.board_plan import RULE, STATES, commitments, goals
from navigator.delivery.board_tasks import RULE as TASK_RULE
from navigator.delivery.board_tasks import STATES as TASK_STATES
from navigator.delivery.board_tasks import list_tasks, overdue_of
from navigator.delivery.metrics import TREND, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_text, months_before
from navigator.downloads import Download, csv_download
from navigator.matching import dates
from navigator.store.audit import audit
from navigator.store.board_tables import UnitRow

_CITY = "市直"
_NO_EXAMPLE = Figure(None, note="承诺看板没有示例")


def end_of(month: int, today: date) -> date:
    """The last day of a month; of the present one, today."""
    after = months_before(month, -1)
    return min(today, date.fromordinal(date(after // 100, after % 100, 1).toordinal() - 1))


def _months(look: Look) -> list[int]:
    return [months_before(look.scope.last, before) for before in range(TREND - 1, -1, -1)]


def _states(look: Look) -> dict[int, Counter[str]]:
    """How many of the targets the city has to reach are in which state at the end of each month of the trend."""
    today = dates.today()
    whole = look if look.scope.region is None else city_look(look.session, end_of(look.scope.last, today))
    found = {}
    for month in _months(look):
        day = end_of(month, today)
        listed = city_standing(look.session, day, automatic_values(look.session, day, look=whole))
        found[month] = Counter(one.state for one in listed if one.kind == "target")
    return found


def _counted(look: Look, *, met: bool) -> list[Figure]:
    if look.scope.example:
        return [_NO_EXAMPLE]
    states = look.once(_states)

    def figure(month: int) -> Figure:
        counts = states[month]
        whole = counts.total()
        number = counts["met"] if met else whole - counts["no_data"]
        parts = tuple((word, counts[state]) for state, word in STATES.items())
        note = "按全市的值，不分区域" if look.scope.region else ""
        return Figure(float(number), number, whole, note=note, parts=parts)

    trend = [figure(month).of("month", month_text(month), month_name(month)) for month in _months(look)]
    return [figure(look.scope.last), *trend]


def _met(look: Look) -> list[Figure]:
    return _counted(look, met=True)


def _with_data(look: Look) -> list[Figure]:
    return _counted(look, met=False)


def _overdue(look: Look) -> list[Figure]:
    if look.scope.example:
        return [_NO_EXAMPLE]
    today = dates.today()
    actor = Actor(COMMAND_LINE.name, COMMAND_LINE.role, look.scope.region)
    regions = dict(look.session.execute(select(UnitRow.id, UnitRow.region)).all())
    listed = {month: overdue_of(look.session, end_of(month, today), actor) for month in _months(look)}
    found = [Figure(float(len(listed[look.scope.last])), len(listed[look.scope.last]))]
    for month, rows in listed.items():
        found.append(Figure(float(len(rows)), len(rows)).of("month", month_text(month), month_name(month)))
    places: dict[str, int] = defaultdict(int)
    for one in listed[look.scope.last]:
        places[regions[one.unit_id] or ""] += 1
    for place, number in sorted(places.items(), key=lambda one: (-one[1], one[0])):
        found.append(Figure(float(number), number).of("region", place, place or _CITY))
    return found


def _overdue_rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    """The overdue tasks of a month's end, what is overdue longest first."""
    regions = dict(session.execute(select(UnitRow.id, UnitRow.region)).all())
    listed = (
        []
        if wanted.example or wanted.measure or wanted.office
        else overdue_of(session, end_of(wanted.month, dates.today()), actor)
    )
    chosen = [one for one in listed if wanted.region in (None, regions[one.unit_id] or "")]
    lines = tuple(
        Line(
            0, one.title, "", regions[one.unit_id] or _CITY, (str(one.number), one.unit, str(one.due), f"{one.days}天")
        )
        for one in sorted(chosen, key=lambda one: (-one.days, one.task))[offset : offset + limit]
    )
    return Lines(("承诺", "责任单位", "期限", "超期"), lines, len(chosen), "任务在“承诺看板”的任务清单里。")


METRICS = (
    Metric(
        "targets-met", "已达到的承诺指标", "个",
        f"45项承诺里写明要全市达到的指标，月底（本月按今天）已经达到的有几个。{RULE}值由工作人员填写并附依据，或者由本系统自动统计；"
        "企业能得的好处和办事时限不在内。",
        "已达到的指标", "方案要达到的全部指标", "逐个指标计数", True, _met,
    ),
    Metric(
        "targets-with-data", "有数据的承诺指标", "个",
        "45项承诺里写明要全市达到的指标，月底（本月按今天）已经有值的有几个。没有值的不知道达没达到，不当作没达到。",
        "有值的指标", "方案要达到的全部指标", "逐个指标计数", True, _with_data,
    ),
    Metric(
        "tasks-overdue", "超期的承诺任务", "条",
        f"45项承诺任务清单里，月底（本月按今天）超期的有几条。{TASK_RULE}区域按责任单位的。",
        "超期的任务", "", "全部任务逐条计数", True, _overdue, {"overdue": "超期的任务"}, _overdue_rows,
    ),
)  # fmt: skip


# ---- files


def export_standing(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """How every figure of the plan stands, as CSV. Parameters: as_of. For staff."""
    actor = need(actor, "staff")
    as_of = _day(parameters)
    found = standing(actor, as_of)
    led: dict[int, list[str]] = defaultdict(list)
    for duty in duties(actor):
        led[duty.number].append(f"{duty.unit}（{PARTS[duty.part]}）")
    known = commitments()
    header = (
        "编号",
        "行动",
        "承诺",
        "指标",
        "性质",
        "计划",
        "期限",
        "最近一个值",
        "日期",
        "自动",
        "状态",
        "责任单位",
        "说明",
    )
    rows = ((one.target, one.action, known[one.number].title, one.indicator, GOAL_KINDS[one.kind], one.goal_words,
             one.deadline or "没有写", one.shown, one.day or "", "是" if one.is_automatic else "", STATES[one.state],
             "、".join(led[one.number]), "；".join(filter(None, (one.note, one.reading)))) for one in found)  # fmt: skip
    return _file(actor, f"承诺看板_{as_of}.csv", header, rows, "下载承诺看板")


def export_values(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """All values ever written down, those put right or taken back too, as CSV. Parameters: target (only this one). For staff."""
    actor = need(actor, "staff")
    header = (
        "编号",
        "指标",
        "谁的值",
        "日期",
        "值",
        "单位",
        "自动",
        "依据",
        "网址",
        "还算数",
        "更正的原因",
        "公开",
        "填写",
        "填写的人",
    )
    rows: list[tuple[Any, ...]] = []
    for target, goal in goals().items():
        if parameters.get("target", "") in ("", target):
            rows += [
                (target, goal.target.indicator, one.unit, one.day, "撤回" if one.value is None else one.value, goal.target.unit,
                 _yes(one.automatic), one.evidence, one.link, _yes(one.stands), one.reason, _yes(one.public),
                 one.at.strftime("%Y-%m-%d"), one.by)
                for one in read_values(actor, target)
            ]  # fmt: skip
    return _file(actor, f"承诺的值_{actor.area}.csv", header, rows, "下载承诺的值")


def export_tasks(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The list of tasks with what is overdue, as CSV. Parameters: as_of, commitment. For staff, of their region's units."""
    actor = need(actor, "staff")
    as_of = _day(parameters)
    only = parameters.get("commitment", "")
    found = list_tasks(
        actor, as_of, commitment=int(only) if only.isascii() and only.isdigit() and len(only) < 5 else None
    )
    header = ("承诺", "任务", "说明", "责任单位", "区域", "期限", "状态", "超期天数", "没回复的督办", "其中超期")
    rows = ((f"第{one.number}项", one.title, one.words, one.unit, one.region or "全市", one.due, TASK_STATES[one.state],
             one.days or "", one.notes or "", one.notes_late or "") for one in found)  # fmt: skip
    return _file(actor, f"承诺任务清单_{actor.area}_{as_of}.csv", header, rows, "下载任务清单")


def export_units(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The units and what they answer for, as CSV. For staff, of their region's units."""
    actor = need(actor, "staff")
    held: dict[int, list[str]] = defaultdict(list)
    for duty in duties(actor):
        held[duty.unit_id].append(f"第{duty.number}项（{PARTS[duty.part]}）")
    rows = [(one.name, KINDS[one.kind], one.region or "全市", "、".join(held[one.id])) for one in units(actor)]
    return _file(actor, f"责任单位_{actor.area}.csv", ("单位", "类别", "区域", "责任"), rows, "下载责任单位")


def summary(found: tuple[Standing, ...]) -> Counter[str]:
    """How many of the targets the city has to reach are in which state."""
    return Counter(one.state for one in found if one.kind == "target")


def _file(actor: Actor, name: str, header: tuple[str, ...], rows: Any, action: str) -> Download:
    listed = list(rows)
    audit(actor, action, "board:", {"行数": len(listed)})
    return csv_download(name, header, listed)


def _day(parameters: Mapping[str, str]) -> date:
    return dates.read_day(parameters["as_of"], "日期") if parameters.get("as_of") else dates.today()


def _yes(true: bool) -> str:
    return "是" if true else ""
