"""The board of the 45 commitments: which units answer for them, values of the plan's figures with their day and evidence, and how
each figure stands.

Values are only ever added; a correction is a new row that names the old one, which stays to be seen. Tasks are in `board_tasks`, what a
value makes of a figure in `board_plan`, values counted here in `board_automatic`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, NotAllowed, need
from navigator.corpus.regions import load_regions
from navigator.delivery.board_automatic import Automatic, automatic_targets, automatic_values
from navigator.delivery.board_plan import OF_THE_CITY, Goal, commitments, goals, state_of
from navigator.delivery.board_plan import STATES as STATES
from navigator.delivery.fulfilment import day_of, text_of
from navigator.errors import InputError
from navigator.store.accounts import key_of
from navigator.store.audit import audit
from navigator.store.board_tables import DutyRow, UnitRow, ValueRow
from navigator.store.engine import one_at_a_time, reading, transaction

KINDS: dict[str, str] = {"city": "市直", "county": "县市区"}
PARTS: dict[str, str] = {"lead": "牵头", "support": "配合"}
LARGEST = 1e12
_KEPT = 0x424F4152
"""Others that keep values at the same moment wait."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that answers for commitments; `region` is None for one of the city."""

    id: int
    name: str
    kind: str
    region: str | None
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit leads or supports a commitment."""

    id: int
    number: int
    unit_id: int
    unit: str
    part: str


@dataclass(frozen=True, slots=True)
class Value:
    """A row of values as it stands. `stands` is False where it was taken back or another row stands in for it."""

    id: int
    target: str
    unit_id: int | None
    unit: str
    day: date
    value: float | None
    automatic: bool
    evidence: str
    link: str
    corrects: int | None
    reason: str
    public: bool
    stands: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How one of the plan's figures stands on a day: of the city (`unit_id` None) or of one unit."""

    target: str
    number: int
    action: str
    indicator: str
    kind: str
    goal_words: str
    unit_words: str
    deadline: date | None
    state: str
    value: float | None
    day: date | None
    is_automatic: bool
    unit_id: int | None
    unit: str
    shown: str
    note: str
    reading: str = ""
    link: str = ""
    page: str = ""
    """Where a value counted here can be looked into."""


# ---- units and duties


def units_of(actor: Actor) -> ColumnElement[bool]:
    """The part of a query that keeps to the units an actor answers for."""
    return true() if actor.region is None else UnitRow.region == actor.region


def unit_of(session: Session, actor: Actor, unit_id: int) -> UnitRow:
    """A unit still kept that the actor answers for; InputError or NotAllowed otherwise."""
    row = session.get(UnitRow, unit_id)
    if row is None or row.ended is not None:
        raise InputError("责任单位", "没有这个单位，或者已经停用", "从“责任单位”里选")
    allow(actor, row.region)
    return row


def allow(actor: Actor, region: str | None) -> None:
    """Stop an actor who does not answer for a region; what is the city's is only for the whole city's staff."""
    if not actor.covers(region):
        raise NotAllowed("权限", f"您负责的是{actor.region}", f"{region or '全市'}的由{region or '市里的'}工作人员处理")


def units(actor: Actor | None, *, ended: bool = False) -> tuple[Unit, ...]:
    """The units an actor answers for, by kind and name; those ended only when asked for. For staff."""
    actor = need(actor, "staff")
    query = select(UnitRow).where(units_of(actor)).order_by(UnitRow.kind, UnitRow.name)
    if not ended:
        query = query.where(UnitRow.ended.is_(None))
    with reading() as session:
        return tuple(Unit(row.id, row.name, row.kind, row.region, row.ended) for row in session.scalars(query))


def add_unit(
    actor: Actor | None, name: str, kind: str, region: str | None = None, *, now: datetime | None = None
) -> int:
    """Put a unit on the list, or one that had ended back on it."""
    actor = need(actor, "staff")
    name, now = text_of(name, "单位名称", 60), now or datetime.now(UTC)
    if kind not in KINDS:
        raise InputError("单位类别", "没有选", f"选{'或'.join(KINDS.values())}")
    places = [one for one in load_regions().names if load_regions().code_of(one) is not None]
    if (kind == "county") != (region is not None) or (region is not None and region not in places):
        raise InputError(
            "区域", f"写的是“{region or '无'}”", f"县市区单位选一个区域（{'、'.join(places)}），市直单位不选"
        )
    allow(actor, region)
    with transaction() as session:
        one_at_a_time(session, _KEPT)
        row = session.scalar(select(UnitRow).where(UnitRow.key == key_of(name)))
        if row is not None and row.ended is None:
            raise InputError("单位名称", f"“{row.name}”已经有了", "换一个名称，或者用已有的那个")
        if row is not None:
            allow(actor, row.region)
            row.name, row.kind, row.region, row.ended, row.ended_by = name, kind, region, None, None
        else:
            row = UnitRow(
                name=name, key=key_of(name), kind=kind, region=region, at=now, by=actor.name, ended=None, ended_by=None
            )
            session.add(row)
        session.flush()
        audit(
            actor, "登记责任单位", f"board-unit:{name}", {"类别": KINDS[kind], "区域": region or "全市"}, within=session
        )
        return row.id


def end_unit(actor: Actor | None, unit_id: int, reason: str, *, now: datetime | None = None) -> None:
    """Take a unit off the list with its duties; what was written of it stays."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "停用的原因"), now or datetime.now(UTC)
    with transaction() as session:
        row = unit_of(session, actor, unit_id)
        row.ended, row.ended_by = now, actor.name
        for duty in session.scalars(select(DutyRow).where(DutyRow.unit_id == unit_id, DutyRow.ended.is_(None))):
            duty.ended, duty.ended_by = now, actor.name
        audit(actor, "停用责任单位", f"board-unit:{row.name}", {"原因": reason}, within=session)


def duties(actor: Actor | None) -> tuple[Duty, ...]:
    """Which units lead and support which commitments now, of those an actor answers for. For staff."""
    actor = need(actor, "staff")
    query = (
        select(DutyRow, UnitRow.name)
        .join(UnitRow, UnitRow.id == DutyRow.unit_id)
        .where(DutyRow.ended.is_(None), units_of(actor))
        .order_by(DutyRow.number, DutyRow.part, UnitRow.name)
    )
    with reading() as session:
        return tuple(Duty(row.id, row.number, row.unit_id, name, row.part) for row, name in session.execute(query))


def add_duty(actor: Actor | None, commitment: int, unit_id: int, part: str, *, now: datetime | None = None) -> int:
    """Say that a unit leads or supports a commitment; said otherwise before, that ends."""
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    if commitment not in commitments():
        raise InputError("承诺", f"没有第 {commitment} 项", f"应在1到{len(commitments())}之间")
    if part not in PARTS:
        raise InputError("牵头还是配合", "没有选", "选一个")
    with transaction() as session:
        one_at_a_time(session, _KEPT)
        unit = unit_of(session, actor, unit_id)
        query = select(DutyRow).where(DutyRow.number == commitment, DutyRow.unit_id == unit_id, DutyRow.ended.is_(None))
        before = session.scalar(query)
        if before is not None and before.part == part:
            raise InputError("责任单位", f"{unit.name}已经是第{commitment}项的{PARTS[part]}单位", "不用再加")
        if before is not None:
            before.ended, before.ended_by = now, actor.name
        row = DutyRow(number=commitment, unit_id=unit_id, part=part, at=now, by=actor.name, ended=None, ended_by=None)
        session.add(row)
        session.flush()
        audit(actor, "定责任单位", subject(commitment), {"单位": unit.name, "责任": PARTS[part]}, within=session)
        return row.id


def end_duty(actor: Actor | None, duty_id: int, *, now: datetime | None = None) -> None:
    """A unit no longer leads or supports a commitment."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = session.get(DutyRow, duty_id)
        if row is None or row.ended is not None:
            raise InputError("责任单位", "没有这一条", "请刷新页面")
        unit = session.get(UnitRow, row.unit_id)
        assert unit is not None
        allow(actor, unit.region)
        row.ended, row.ended_by = now or datetime.now(UTC), actor.name
        audit(actor, "取消责任单位", subject(row.number), {"单位": unit.name, "责任": PARTS[row.part]}, within=session)


# ---- values


def enter_value(
    actor: Actor | None, target: str, value: float, day: date, evidence: str, link: str = "", *,
    unit_id: int | None = None, public: bool = False, now: datetime | None = None,
) -> int:  # fmt: skip
    """Write down a value with its day and evidence: of the city, or of one unit. One counted here cannot be typed."""
    actor = need(actor, "staff")
    goal, now = goal_of(target), now or datetime.now(UTC)
    evidence, link = text_of(evidence, "依据", 500), link_of(link)
    _check_typed(goal, value, day, day_of(now))
    with transaction() as session:
        one_at_a_time(session, _KEPT)
        unit = None if unit_id is None else unit_of(session, actor, unit_id)
        if unit is None:
            allow(actor, None)
        if public and unit is not None:
            raise InputError("公开", "这是一个单位的值", "只公开全市的值")
        same = session.scalar(
            _standing_rows(target, unit_id).where(ValueRow.day == day, ValueRow.value == value).limit(1)
        )
        if same is not None:
            raise InputError("数值", f"{day} 的这个值已经有了", "不用再填；要改就用“更正”")
        row = _row(goal, unit_id, day, value, actor, now, evidence=evidence, link=link, public=public)
        session.add(row)
        session.flush()
        about = {
            "指标": goal.target.indicator,
            "单位": unit.name if unit else "全市",
            "日期": day.isoformat(),
            "值": goal.shown(value),
        }
        audit(actor, "填承诺的值", subject(goal.number), about | _told_public(public), within=session, now=now)
        return row.id


def correct_value(
    actor: Actor | None, value_id: int, value: float | None, day: date, evidence: str, link: str, reason: str, *,
    now: datetime | None = None,
) -> int:  # fmt: skip
    """Put a value right by a new row that stands in for it, or take it back (`value` None). What was public stays so."""
    actor = need(actor, "staff")
    reason, link, now = text_of(reason, "更正的原因"), link_of(link), now or datetime.now(UTC)
    with transaction() as session:
        one_at_a_time(session, _KEPT)
        old, unit = _old(session, actor, value_id)
        goal = goal_of(old.target)
        if old.automatic:
            if value is not None:
                raise InputError("数值", "这个值是自动统计的", "不能手填；可以撤回，或者重新留存")
        elif value is not None:
            _check_typed(goal, value, day, day_of(now))
        evidence = text_of(evidence, "依据", 500) if value is not None else evidence.replace("\0", "").strip()[:500]
        row = _row(
            goal, old.unit_id, day if value is not None else old.day, value, actor, now, evidence=evidence, link=link,
            public=old.public, corrects=old.id, reason=reason, automatic=old.automatic,
        )  # fmt: skip
        session.add(row)
        session.flush()
        about = {
            "指标": goal.target.indicator,
            "单位": unit,
            "值": [goal.shown(old.value), goal.shown(value)],
            "原因": reason,
        }
        audit(
            actor,
            "更正承诺的值" if value is not None else "撤回承诺的值",
            subject(goal.number),
            about,
            within=session,
            now=now,
        )
        return row.id


def keep_automatic(actor: Actor | None, target: str, as_of: date, *, now: datetime | None = None) -> int:
    """Keep the value counted here as it is on a day, so that it can be made public; counted again for its day, the new row stands in."""
    actor = need(actor, "staff")
    allow(actor, None)
    goal, now = goal_of(target), now or datetime.now(UTC)
    if target not in automatic_targets():
        raise InputError("指标", "不是自动统计的", "请填值")
    if as_of > day_of(now):
        raise InputError("日期", f"{as_of} 还没到", "选今天或以前的一天")
    with reading() as session:
        found = automatic_values(session, as_of, [target])[target]
    if found.value is None or found.day is None:
        raise InputError("自动统计", found.note or "还没有数", "有数以后再留存")
    with transaction() as session:
        one_at_a_time(session, _KEPT)
        query = _standing_rows(target, None).where(ValueRow.day == found.day, ValueRow.automatic.is_(True))
        before = session.scalar(query.limit(1))
        if before is not None and before.value == found.value:
            raise InputError("自动统计", f"{found.day} 的这个值已经留存了", "数变了再留存")
        row = _row(
            goal, None, found.day, found.value, actor, now, evidence=f"本系统自动统计：{found.note}", automatic=True,
            public=before.public if before else False, corrects=before.id if before else None,
            reason="重新统计" if before else "",
        )  # fmt: skip
        session.add(row)
        session.flush()
        about = {"指标": goal.target.indicator, "日期": found.day.isoformat(), "值": goal.shown(found.value)}
        audit(actor, "留存自动统计的值", subject(goal.number), about, within=session, now=now)
        return row.id


def set_public(actor: Actor | None, value_id: int, public: bool, *, now: datetime | None = None) -> None:
    """Show a value of the city on the public page, or no longer."""
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with transaction() as session:
        row, _ = _old(session, actor, value_id)
        if row.unit_id is not None:
            raise InputError("公开", "这是一个单位的值", "只公开全市的值")
        row.public, row.public_at, row.public_by = public, now, actor.name
        about = {"指标": row.indicator, "日期": row.day.isoformat(), "值": goal_of(row.target).shown(row.value)}
        audit(
            actor,
            "公开承诺的值" if public else "不再公开承诺的值",
            subject(goal_of(row.target).number),
            about,
            within=session,
        )


def read_values(actor: Actor | None, target: str) -> tuple[Value, ...]:
    """All rows of a figure, newest day first: the city's, and those of units the actor answers for. For staff."""
    actor = need(actor, "staff")
    goal_of(target)
    with reading() as session:
        rows = _visible(session, actor, target)
    return tuple(sorted(rows, key=lambda one: (one.day, one.id), reverse=True))


# ---- how the figures stand


def standing(actor: Actor | None, as_of: date, commitment: int | None = None) -> tuple[Standing, ...]:
    """How each of the plan's figures, or of one commitment's, stands for the city on a day. For staff."""
    need(actor, "staff")
    with reading() as session:
        return city_standing(session, as_of, commitment=commitment)


def city_standing(
    session: Session,
    as_of: date,
    automatic: Mapping[str, Automatic] | None = None,
    commitment: int | None = None,
) -> tuple[Standing, ...]:
    """The same for a session already open; `automatic` where its values are known already."""
    wanted = [goal for goal in goals().values() if commitment in (None, goal.number)]
    counted = automatic_values(session, as_of, [goal.id for goal in wanted]) if automatic is None else automatic
    kept = _by_target(session, as_of, public=False)
    found = []
    for goal in wanted:
        rows = [(row.day, row.value) for row in kept[goal.id] if row.value is not None]
        note, link, page = "", kept[goal.id][-1].link if kept[goal.id] else "", ""
        if goal.id in counted:
            live = counted[goal.id]
            rows = [one for one in rows if live.day is None or one[0] < live.day]
            rows += [(live.day, live.value)] if live.value is not None and live.day is not None else []
            note, link, page = live.note, "", live.page
        found.append(_standing(goal, rows, as_of, automatic=goal.id in counted, note=note, link=link, page=page))
    return tuple(found)


def unit_standing(actor: Actor | None, as_of: date) -> tuple[Standing, ...]:
    """How figures stand for single units, where there is a value: of the units an actor answers for. For staff.

    Counts and sums the plan wants of the whole city are not held against one unit: those are under way, and say so.
    """
    actor = need(actor, "staff")
    query = (
        select(ValueRow, UnitRow)
        .join(UnitRow, UnitRow.id == ValueRow.unit_id)
        .where(ValueRow.day <= as_of, _stands(), units_of(actor))
        .order_by(ValueRow.day, ValueRow.id)
    )
    found: dict[tuple[str, int], list[tuple[date, float]]] = defaultdict(list)
    names: dict[int, str] = {}
    with reading() as session:
        for row, unit in session.execute(query):
            names[unit.id] = unit.name
            assert row.value is not None
            found[row.target, unit.id].append((row.day, row.value))
    known = goals()
    listed = [_standing(known[target], rows, as_of, unit=(unit, names[unit]))
              for (target, unit), rows in found.items() if target in known]  # fmt: skip
    order = list(known)
    return tuple(sorted(listed, key=lambda one: (order.index(one.target), one.unit)))


def public_progress(as_of: date) -> tuple[Standing, ...]:
    """What everybody may see: the figures by the values of the city that staff made public. No units, persons or words of evidence."""
    with reading() as session:
        kept = _by_target(session, as_of, public=True)
    found = []
    for goal in goals().values():
        rows = kept[goal.id]
        told = [(row.day, row.value) for row in rows if row.value is not None]
        last = rows[-1] if rows else None
        found.append(
            _standing(goal, told, as_of, automatic=last is not None and last.automatic, link=last.link if last else "")
        )
    return tuple(found)


def _standing(
    goal: Goal, rows: list[tuple[date, float]], as_of: date, *, automatic: bool = False, note: str = "", link: str = "",
    page: str = "", unit: tuple[int | None, str] = (None, ""),
) -> Standing:  # fmt: skip
    day, value = rows[-1] if rows else (None, None)
    told, state = goal.target, state_of(goal, rows, as_of)
    if unit[0] is not None and not goal.holds_for_units:
        state, note = "under_way", OF_THE_CITY
    return Standing(
        goal.id, goal.number, goal.action, told.indicator, told.kind, goal.words, told.unit, told.deadline,
        state, value, day, automatic, unit[0], unit[1], goal.shown(value), note, goal.reading, link,
        page,
    )  # fmt: skip


# ---- shared


def subject(number: int) -> str:
    """What the log calls a commitment on the board."""
    return f"board:第{number}项"


def goal_of(target: str) -> Goal:
    """A figure by id; InputError where there is none."""
    known = goals()
    if target not in known:
        raise InputError("指标", f"没有编号 {target}", "从看板里选")
    return known[target]


def link_of(link: str) -> str:
    """An address somebody may open, or none."""
    link = link.strip()
    if link and (
        not link.startswith(("https://", "http://")) or len(link) > 500 or not link.isprintable() or " " in link
    ):
        raise InputError("网址", f"写的是“{link[:60]}”", "应以 https:// 或 http:// 开头，不超过500个字；没有就空着")
    return link


def _check_typed(goal: Goal, value: float, day: date, today: date) -> None:
    if goal.id in automatic_targets():
        raise InputError("数值", "这个指标由本系统自动统计", "不能手填；它的数在“指标”页可以看到明细")
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise InputError("数值", f"写的是 {value}", "应是一个数")
    if value < 0 and goal.target.unit != "%":
        raise InputError("数值", f"写的是 {value:g}", "不能小于0")
    if day > today:
        raise InputError("日期", f"{day} 还没到", "写数值是哪一天的，不晚于今天")


def _row(
    goal: Goal, unit_id: int | None, day: date, value: float | None, actor: Actor, now: datetime, *, evidence: str,
    link: str = "", public: bool = False, corrects: int | None = None, reason: str = "", automatic: bool = False,
) -> ValueRow:  # fmt: skip
    return ValueRow(
        target=goal.id, indicator=goal.target.indicator[:200], unit_id=unit_id, day=day, value=value, automatic=automatic,
        evidence=evidence, link=link, corrects=corrects, reason=reason, public=public, public_at=now if public else None,
        public_by=actor.name if public else None, at=now, by=actor.name,
    )  # fmt: skip


def _stands() -> ColumnElement[bool]:
    """The part of a query that leaves out what was taken back and what another row stands in for."""
    replaced = select(ValueRow.corrects).where(ValueRow.corrects.is_not(None))
    return ValueRow.value.is_not(None) & ValueRow.id.not_in(replaced)


def _standing_rows(target: str, unit_id: int | None) -> Select[ValueRow]:
    return select(ValueRow).where(ValueRow.target == target, ValueRow.unit_id.is_not_distinct_from(unit_id), _stands())


def _by_target(session: Session, as_of: date, *, public: bool) -> dict[str, list[ValueRow]]:
    """The rows of the city that stand, by figure, oldest first."""
    query = select(ValueRow).where(ValueRow.unit_id.is_(None), ValueRow.day <= as_of, _stands())
    if public:
        query = query.where(ValueRow.public.is_(True))
    found: dict[str, list[ValueRow]] = defaultdict(list)
    for row in session.scalars(query.order_by(ValueRow.day, ValueRow.id)):
        found[row.target].append(row)
    return found


def _old(session: Session, actor: Actor, value_id: int) -> tuple[ValueRow, str]:
    """A row that stands and that the actor answers for, and whose it is."""
    row = session.scalar(select(ValueRow).where(ValueRow.id == value_id, _stands()))
    if row is None:
        raise InputError("数值", "没有这个值，或者已经更正过", "请刷新页面")
    unit = session.get(UnitRow, row.unit_id) if row.unit_id is not None else None
    allow(actor, unit.region if unit else None)
    return row, unit.name if unit else "全市"


def _visible(session: Session, actor: Actor, target: str) -> list[Value]:
    query = (
        select(ValueRow, UnitRow.name)
        .outerjoin(UnitRow, UnitRow.id == ValueRow.unit_id)
        .where(ValueRow.target == target, or_(ValueRow.unit_id.is_(None), units_of(actor)))
    )
    found = session.execute(query).all()
    replaced = {row.corrects for row, _ in found}
    return [
        Value(
            row.id, row.target, row.unit_id, unit or "全市", row.day, row.value, row.automatic, row.evidence, row.link,
            row.corrects, row.reason, row.public, row.value is not None and row.id not in replaced, row.at, row.by,
        )
        for row, unit in found
    ]  # fmt: skip


def _told_public(public: bool) -> dict[str, str]:
    return {"公开": "是"} if public else {}
