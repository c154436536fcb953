"""What bulletin and report take from the board of commitments: how the plan's targets stood on a day, and which units answer for late ones.

Counts only what the plan calls a target of the city; figures that an enterprise gets, and limits inside a procedure, are left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from navigator.auth import Actor
from navigator.delivery.board import STATES, Standing, duties, standing, unit_standing
from navigator.delivery.board_tasks import overdue_tasks


@dataclass(frozen=True, slots=True)
class ActionLine:
    """How the targets of one action stood: how many in each state."""

    action: str
    states: dict[str, int]


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target that was late or at risk."""

    number: int
    indicator: str
    wanted: str
    state: str
    value: str
    day: date | None
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """Why a unit fell short: what kind of thing, which one, when it was due."""

    what: str
    text: str
    due: date | None


def targets_on(actor: Actor, as_of: date) -> list[Standing]:
    """How the plan's targets stood for the city on a day."""
    return [one for one in standing(actor, as_of) if one.kind == "target"]


def progress(targets: list[Standing]) -> tuple[tuple[ActionLine, ...], tuple[TargetLine, ...]]:
    """The targets counted by action and state, and those late or at risk, late ones first."""
    counts = {one.action: Counter[str]() for one in targets}
    for one in targets:
        counts[one.action][one.state] += 1
    lines = tuple(ActionLine(action, {state: states[state] for state in STATES}) for action, states in counts.items())
    told = sorted(
        (one for one in targets if one.state in ("late", "at_risk")), key=lambda one: (one.state != "late", one.number)
    )
    return lines, tuple(_line(one) for one in told)


def _line(one: Standing) -> TargetLine:
    return TargetLine(one.number, one.indicator, one.goal_words, one.state, one.shown, one.day, one.deadline)


def short_units(actor: Actor, targets: list[Standing], as_of: date) -> list[tuple[int, Row]]:
    """Units with what they had not reached on a day: late targets of the city they lead, own late values, overdue tasks."""
    leading: dict[int, list[int]] = {}
    for duty in duties(actor):
        if duty.part == "lead":
            leading.setdefault(duty.number, []).append(duty.unit_id)
    found = []
    for one in targets:
        if one.state == "late":
            row = Row("target", f"第{one.number}项 {one.indicator}，要{one.goal_words}，现在{one.shown}", one.deadline)
            found += [(unit, row) for unit in leading.get(one.number, [])]
    for one in unit_standing(actor, as_of):
        if one.state == "late" and one.kind == "target" and one.unit_id is not None:
            row = Row("own", f"第{one.number}项 {one.indicator}，要{one.goal_words}，现在{one.shown}", one.deadline)
            found.append((one.unit_id, row))
    for task in overdue_tasks(actor, as_of):
        found.append((task.unit_id, Row("task", f"第{task.number}项 {task.title}", task.due)))
    return found
