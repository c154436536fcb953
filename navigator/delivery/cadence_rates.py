"""调度按时完成率: of the duties of the plan's cadence whose last day lies in a month, how many were done by it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.delivery.cadence import STANDS, Due, all_due
from navigator.delivery.metrics import TREND, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_of_day, month_text, months_before
from navigator.matching import dates


def rate(found: list[Due]) -> Figure:
    """Done on time of those that are due: an open one counts once its last day has passed."""
    counted = [one for one in found if one.stands != "now"]
    on_time = sum(one.stands == "done" for one in counted)
    late = sum(one.stands == "done_late" for one in counted)
    parts = (("按时做了", on_time), ("晚了才做", late), ("还没有做", len(counted) - on_time - late))
    if not counted:
        return Figure(None, 0, 0, note="没有到期的调度")
    return Figure(100 * on_time / len(counted), on_time, len(counted), parts=parts)


def _kept(look: Look) -> list[Figure]:
    if look.scope.example or look.scope.region is not None:
        return [Figure(None, 0, 0, note="调度没有示例" if look.scope.example else "调度由市里统计")]
    of_month: dict[int, list[Due]] = defaultdict(list)
    for one in all_due(look.session, dates.today()):
        of_month[month_of_day(one.due)].append(one)
    month = look.scope.last
    found = [rate(of_month[month])]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        found.append(rate(of_month[then]).of("month", month_text(then), month_name(then)))
    return found


def _rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    """The duties behind the figure, by last day; the whole city's, so nothing for the staff of one region."""
    whole = actor.region is None and not (wanted.example or wanted.region or wanted.measure or wanted.office)
    due = [one for one in all_due(session, dates.today()) if month_of_day(one.due) == wanted.month] if whole else []
    chosen = [one for one in due if one.stands != "now" and (wanted.list == "due" or one.stands != "done")]
    lines = tuple(
        Line(0, f"{one.period.name}　{one.name}", "", "全市", (str(one.due), STANDS[one.stands]))
        for one in chosen[offset : offset + limit]
    )
    return Lines(("最晚", "现在"), lines, len(chosen), "一项一项看，在“调度和通报”页。")


METRICS = (
    Metric(
        "cadence-kept", "调度按时完成率", "%",
        "方案定的周调度（八个专项工作组和市优化办）、月调度、每月通报、季度综合调度、季度报告、半年述职，最晚日子在这个月的，按时做完的占多少。"
        "最晚哪天是我们定的：调度在这一期最后一个工作日以前，通报和报告在期满后5个工作日以内，述职10个工作日以内。从定的开始日起算。一项一项看，在“调度和通报”页。",
        "按时做完的", "到期的", "逐项计数", True, _kept, {"due": "到期的调度", "not-on-time": "没有按时做的调度"}, _rows,
    ),
)  # fmt: skip
