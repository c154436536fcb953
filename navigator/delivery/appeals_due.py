"""What must not be forgotten of the appeals: late ones, those due today or soon, answered ones that nobody closed, and those nobody accepted yet.

A look at the appeals as they stand on a day. It sends nothing and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from navigator.auth import Actor, need
from navigator.delivery.appeals import WORKED_ON, appeals_of
from navigator.delivery.workdays import add_workdays, workdays_between
from navigator.store.appeal_tables import AppealRow
from navigator.store.audit import audit
from navigator.store.board_tables import UnitRow
from navigator.store.engine import reading

SOON = 3
"""Working days before its last day from which on an appeal is told to be due soon."""
DUE: dict[str, str] = {
    "late": "超期没有答复",
    "today": "今天到期",
    "soon": f"{SOON}个工作日内到期",
    "unclosed": "过了期限没有销号",
    "waiting": "等着受理",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """An appeal that somebody has to see to; `workdays` to go, gone by, or waited (all positive)."""

    kind: str
    id: int
    number: str
    title: str
    unit: str
    region: str | None
    day: date
    """Its last day; of one nobody accepted, the day it was raised."""
    workdays: int
    turn: int

    @property
    def words(self) -> str:
        """超期 5 个工作日, 今天到期, 还有 2 个工作日."""
        match self.kind:
            case "late":
                return f"超期 {self.workdays} 个工作日" if self.workdays else "已经超期"
            case "today":
                return "今天到期"
            case "soon":
                return f"还有 {self.workdays} 个工作日"
            case "unclosed":
                return f"答复过了，期限过去 {self.workdays} 个工作日，还没有销号"
        return f"提出 {self.workdays} 个工作日了，还没有受理" if self.workdays else "刚提出，还没有受理"


def reminders(actor: Actor | None, as_of: date, *, example: bool = False) -> list[Reminder]:
    """All of a day, the late ones first and the longest late before; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    last = add_workdays(as_of, SOON)
    near = or_(
        AppealRow.state == "raised",
        AppealRow.state.in_(WORKED_ON) & (AppealRow.due <= last),
        AppealRow.state.in_(("replied", "asked")) & (AppealRow.due < as_of),
    )
    query = (
        select(AppealRow, UnitRow.name)
        .outerjoin(UnitRow, UnitRow.id == AppealRow.unit_id)
        .where(appeals_of(actor), AppealRow.example.is_(example), near)
    )
    with reading() as session:
        found = [_reminder(row, unit or "", as_of) for row, unit in session.execute(query)]
    if found:
        audit(actor, "看诉求提醒", "appeal:", {"行数": len(found)})
    return sorted(found, key=lambda one: (list(DUE).index(one.kind), one.day, one.id))


def _reminder(row: AppealRow, unit: str, as_of: date) -> Reminder:
    day = row.due or row.raised_on
    if row.state == "raised":
        kind, day = "waiting", row.raised_on
    elif row.state not in WORKED_ON:
        kind = "unclosed"
    else:
        kind = "late" if day < as_of else "today" if day == as_of else "soon"
    days = abs(workdays_between(as_of, day))
    return Reminder(kind, row.id, row.number, row.title, unit, row.region, day, days, row.turn)
