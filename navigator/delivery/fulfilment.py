"""Rounds of 免申即享 fulfilment: one measure, one period, one office, from the list to the last payment.

Here a round goes from state to state and is read; its list is made and gone through in `fulfilment_list`, money comes in `payments`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.workdays import LONGEST, add_workdays, doubt
from navigator.errors import InputError
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprises import searchable
from navigator.store.fulfilment_tables import ItemRow, ObjectionRow, RoundRow
from navigator.store.tables import AuditRow

STATES: dict[str, str] = {
    "checking": "名单核对中",
    "proposed": "等第二个人确认",
    "confirmed": "名单已确认",
    "notice": "公示中",
    "paying": "兑现中",
    "done": "全部办结",
}
ITEM_STATES: dict[str, str] = {
    "listed": "待核对",
    "checked": "已核对，待兑现",
    "struck": "已剔除",
    "set_aside": "已搁置",
    "paid": "已发放",
    "granted": "已享受",
}
STARTS: dict[str, str] = {"confirmed": "名单确认那天", "notice": "公示结束那天"}
DONE = ("paid", "granted")
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Round:
    """A round as it stands. `items` counts its list by state, `objections` those not yet decided."""

    id: int
    measure_id: str
    measure: str
    period: str
    office: str
    region: str | None
    example: bool
    as_of: date
    records: int
    undecided: int
    promised: int | None
    promised_source: str
    starts: str
    state: str
    made_by: str
    proposed_by: str | None
    confirmed: datetime | None
    confirmed_by: str | None
    notice_from: date | None
    notice_to: date | None
    notice_place: str
    due: date | None
    items: Mapping[str, int]
    objections: int
    conditions: tuple[tuple[str, str], ...]

    @property
    def doubt(self) -> str:
        """What is not certain about the due day; empty where nothing is."""
        began = self.notice_to if self.starts == "notice" else self.confirmed and day_of(self.confirmed)
        return doubt(began, self.due) if began and self.due else ""

    @property
    def open(self) -> int:
        """How many items still have to be paid or granted."""
        return self.items.get("listed", 0) + self.items.get("checked", 0)

    @property
    def done(self) -> int:
        """How many are paid or granted."""
        return sum(self.items.get(state, 0) for state in DONE)


@dataclass(frozen=True, slots=True)
class Item:
    """One enterprise on a list."""

    id: int
    enterprise_id: int
    uscc: str
    name: str
    region: str | None
    by_rules: bool
    amount: float | None
    computed: bool
    state: str
    reason: str
    done_on: date | None
    paid: float | None
    by: str
    ground: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody objected to, and what came of it."""

    id: int
    item_id: int
    name: str
    day: date
    who: str
    text: str
    decision: str | None
    because: str
    by: str
    decided_by: str | None


def day_of(moment: datetime) -> date:
    """The calendar day in the city."""
    return moment.astimezone(SHANGHAI).date()


def rounds_of(actor: Actor) -> ColumnElement[bool]:
    """The part of a query that keeps to the rounds an actor may see."""
    return true() if actor.region is None else RoundRow.region == actor.region


def subject(row: RoundRow | int) -> str:
    """What the log calls a round."""
    return f"fulfilment:{row if isinstance(row, int) else row.id}"


def list_rounds(actor: Actor | None, *, example: bool = False) -> list[Round]:
    """The rounds, those not done first, by due day. For staff, of their region."""
    actor = need(actor, "staff")
    with reading() as session:
        rows = session.scalars(select(RoundRow).where(RoundRow.example.is_(example), rounds_of(actor))).all()
        numbers = _numbers(session, [row.id for row in rows])
        found = [_round(row, *numbers.get(row.id, ({}, 0))) for row in rows]
    return sorted(found, key=lambda one: (one.state == "done", one.due or date.max, -one.id))


def worlds(actor: Actor | None) -> set[bool]:
    """Whether there are invented rounds (True), real ones (False), or both. For staff, of their region."""
    actor = need(actor, "staff")
    with reading() as session:
        return set(session.scalars(select(RoundRow.example).where(rounds_of(actor)).distinct()))


def read_round(actor: Actor | None, number: int) -> Round:
    """One round. For staff, of its region."""
    actor = need(actor, "staff")
    with reading() as session:
        row = row_of(session, actor, number)
        return _round(row, *_numbers(session, [number]).get(number, ({}, 0)))


def read_items(
    actor: Actor | None, number: int, state: str = "", words: str = "", *, limit: int = 50, offset: int = 0
) -> tuple[list[Item], int]:
    """Items of a round by name, and how many there are in all. The look stands in the log. For staff, of its region."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = _wanted(select(ItemRow), number, state, words)
        total = session.scalar(_wanted(select(func.count(ItemRow.id)), number, state, words)) or 0
        rows = session.scalars(query.order_by(ItemRow.name, ItemRow.id).limit(limit).offset(offset)).all()
    audit(actor, "看兑现名单", subject(number), {"行数": len(rows)})
    return [_item(row) for row in rows], total


def _wanted(query: Select[Any], number: int, state: str, words: str) -> Select[Any]:
    query = query.where(ItemRow.round_id == number)
    if state:
        query = query.where(ItemRow.state == state)
    if words.strip():
        text = words.strip()
        query = query.where(
            or_(
                ItemRow.name.contains(text, autoescape=True),
                ItemRow.uscc.startswith(searchable(text).upper(), autoescape=True),
            )
        )
    return query


def read_objections(actor: Actor | None, number: int) -> list[Objection]:
    """Objections of a round, those not decided first. For staff, of its region."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = (
            select(ObjectionRow, ItemRow.name)
            .join(ItemRow, ItemRow.id == ObjectionRow.item_id)
            .where(ItemRow.round_id == number)
            .order_by(ObjectionRow.decision.is_not(None), ObjectionRow.id)
        )
        found = [
            Objection(
                row.id, row.item_id, name, row.day, row.who, row.text, row.decision, row.because, row.by,
                row.decided_by,
            )
            for row, name in session.execute(query)
        ]  # fmt: skip
    if found:
        audit(actor, "看异议", subject(number), {"条数": len(found)})
    return found


def history(actor: Actor | None, number: int) -> list[tuple[datetime, str, str, Mapping[str, Any]]]:
    """What was done to a round: when, by whom, what, and details; looks left out. For staff, of its region."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = select(AuditRow).where(AuditRow.subject == subject(number), AuditRow.action.not_like("看%"))
        rows = session.scalars(query.order_by(AuditRow.id.desc()).limit(200)).all()
        return [(row.at, row.actor, row.action, row.details) for row in rows]


# ---- from state to state


def set_promise(actor: Actor | None, number: int, promised: int, source: str, starts: str) -> None:
    """Say within how many working days is to be paid, where that stands, and from when it counts. Before the list is confirmed."""
    actor = need(actor, "staff")
    source = text_of(source, "承诺的依据", 300)
    if not 1 <= promised <= min(LONGEST, 250):
        raise InputError("承诺的工作日", f"写的是 {promised}", "应在1到250之间")
    if starts not in STARTS:
        raise InputError("从哪天起算", "没有选", f"在{'、'.join(STARTS.values())}里选一个")
    with transaction() as session:
        row = row_of(session, actor, number, "checking")
        about = {"工作日": [row.promised, promised], "依据": source, "从哪天起算": STARTS[starts]}
        row.promised, row.promised_source, row.starts = promised, source, starts
        audit(actor, "定兑现期限", subject(row), about, within=session)


def propose(actor: Actor | None, number: int, *, now: datetime | None = None) -> None:
    """Hand the list to a second person. Everything on it must have been gone through, and the promise be known."""
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = row_of(session, actor, number, "checking")
        items = _numbers(session, [number]).get(number, ({}, 0))[0]
        if items.get("listed"):
            raise InputError("名单", f"还有 {items['listed']:,} 家没有核对", "逐家或一次全部核对以后再提交")
        if not items.get("checked"):
            raise InputError("名单", "上面一家也没有", "没有可以兑现的，这一轮不用提交")
        if row.promised is None:
            raise InputError("承诺的工作日", "还没有填", "填写几个工作日内兑现，写明依据")
        row.state, row.proposed, row.proposed_by = "proposed", now, actor.name
        audit(actor, "提交兑现名单", subject(row), {"家数": items["checked"]}, within=session, now=now)


def approve(actor: Actor | None, number: int, *, now: datetime | None = None) -> None:
    """Confirm the list as the second person: somebody who neither handed it in nor changed an item of it."""
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = row_of(session, actor, number, "proposed")
        touched = session.scalar(
            select(ItemRow.id).where(ItemRow.round_id == number, ItemRow.by == actor.name, ItemRow.state != "listed").limit(1)
        )  # fmt: skip
        if actor.name == row.proposed_by or touched is not None:
            raise InputError("确认", "名单是您核对或提交的", "要请没有经手的另一个人确认")
        row.state, row.confirmed, row.confirmed_by = "confirmed", now, actor.name
        if row.starts == "confirmed":
            assert row.promised is not None
            row.due = add_workdays(day_of(now), row.promised)
        audit(actor, "确认兑现名单", subject(row), {"到期日": _iso(row.due)}, within=session, now=now)


def give_back(actor: Actor | None, number: int, reason: str) -> None:
    """Return the list to whoever handed it in."""
    actor = need(actor, "staff")
    reason = text_of(reason, "退回的原因")
    with transaction() as session:
        row = row_of(session, actor, number, "proposed")
        row.state, row.proposed, row.proposed_by = "checking", None, None
        audit(actor, "退回兑现名单", subject(row), {"原因": reason}, within=session)


def publish(actor: Actor | None, number: int, first: date, last: date, place: str) -> None:
    """Write down the public notice: from which day to which, and where."""
    actor = need(actor, "staff")
    place = text_of(place, "公示的地方", 300)
    if last < first:
        raise InputError("公示的日子", f"从 {first} 到 {last}", "最后一天不能早于第一天")
    with transaction() as session:
        row = row_of(session, actor, number, "confirmed", "notice")
        assert row.confirmed is not None
        if first < day_of(row.confirmed):
            raise InputError("公示的日子", f"从 {first} 开始", f"名单 {day_of(row.confirmed)} 才确认，不能早于这天")
        about = {"从": _iso(first), "到": _iso(last), "地方": place}
        row.state, row.notice_from, row.notice_to, row.notice_place = "notice", first, last, place
        if row.starts == "notice":
            assert row.promised is not None
            row.due = add_workdays(last, row.promised)
        audit(actor, "公示兑现名单", subject(row), about | {"到期日": _iso(row.due)}, within=session)


def object_to(actor: Actor | None, item: int, day: date, who: str, text: str, *, now: datetime | None = None) -> int:
    """Write down an objection made during the notice."""
    actor = need(actor, "staff")
    who, text = text_of(who, "谁提的", 100), text_of(text, "异议的内容")
    with transaction() as session:
        found, row = item_of(session, actor, item, "notice")
        if found.state != "checked":
            raise InputError("异议", f"{found.name}不在要兑现的名单里", "选名单里的企业")
        made = ObjectionRow(
            item_id=item, day=day, who=who, text=text, decision=None, because="", at=now or datetime.now(UTC), by=actor.name,
            decided=None, decided_by=None,
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit(actor, "记下异议", subject(row), {"企业": found.uscc, "异议": made.id}, within=session)
        return made.id


def decide(actor: Actor | None, objection: int, keep: bool, because: str, *, now: datetime | None = None) -> None:
    """Decide an objection: the item is kept, or set aside."""
    actor = need(actor, "staff")
    because, now = text_of(because, "怎么核实的"), now or datetime.now(UTC)
    with transaction() as session:
        made = session.get(ObjectionRow, objection)
        if made is None:
            raise InputError("异议", "没有找到这一条", "从这一轮的公示里选")
        found, row = item_of(session, actor, made.item_id, "notice")
        if made.decision is not None:
            raise InputError("异议", "已经有结论", "有新的情况就另记一条")
        made.decision, made.because = ("kept" if keep else "set_aside"), because
        made.decided, made.decided_by = now, actor.name
        if not keep:
            put_aside(found, actor.name, because, now)
        about = {"企业": found.uscc, "异议": made.id, "结论": "保留" if keep else "搁置", "原因": because}
        audit(actor, "处理异议", subject(row), about, within=session, now=now)


def begin_paying(actor: Actor | None, number: int, today: date) -> None:
    """Start paying: after the notice has ended and all objections are decided; without a notice where the days count from confirmation."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = row_of(session, actor, number, "confirmed", "notice")
        if row.state == "confirmed" and row.starts == "notice":
            raise InputError("兑现", "还没有公示", "期限从公示结束起算，请先公示")
        if row.notice_to is not None and today <= row.notice_to:
            raise InputError("兑现", f"公示到 {row.notice_to} 才结束", "公示结束以后再开始")
        objections = _numbers(session, [number]).get(number, ({}, 0))[1]
        if objections:
            raise InputError("兑现", f"还有 {objections} 条异议没有结论", "先处理完异议")
        row.state = "paying"
        settle(session, row)
        audit(actor, "开始兑现", subject(row), {"到期日": _iso(row.due)}, within=session)


def put_aside(item: ItemRow, by: str, reason: str, now: datetime) -> None:
    """The item is not paid in this round."""
    item.state, item.reason, item.done_on, item.at, item.by = "set_aside", reason, day_of(now), now, by


def settle(session: Session, row: RoundRow) -> None:
    """A round with nothing open is done; one with something open is not."""
    session.flush()
    left = session.scalar(select(func.count(ItemRow.id)).where(ItemRow.round_id == row.id, ItemRow.state == "checked"))
    if row.state in ("paying", "done"):
        row.state = "paying" if left else "done"


# ---- shared


def row_of(session: Session, actor: Actor, number: int, *states: str) -> RoundRow:
    """A round the actor may see, in one of these states; InputError otherwise. Changes wait for one another."""
    query = select(RoundRow).where(RoundRow.id == number, rounds_of(actor))
    row = session.scalar(query.with_for_update() if states else query)
    if row is None:
        raise InputError("兑现", "没有这一轮", "从“免申即享兑现”里选；也可能归别的区域管")
    if states and row.state not in states:
        raise InputError("兑现", f"这一轮现在是“{STATES[row.state]}”", "请刷新页面，看现在该做哪一步")
    return row


def item_of(session: Session, actor: Actor, item: int, *states: str) -> tuple[ItemRow, RoundRow]:
    """An item and its round, which must be in one of these states."""
    found = session.get(ItemRow, item)
    if found is None:
        raise InputError("名单", "没有这一家", "从这一轮的名单里选")
    return found, row_of(session, actor, found.round_id, *states)


def text_of(text: str, place: str, longest: int = LONGEST_REASON) -> str:
    """Words somebody had to write."""
    text = text.replace("\0", "").strip()
    if not text:
        raise InputError(place, "没有写", "请写明白，以后要查")
    if len(text) > longest:
        raise InputError(place, f"有 {len(text)} 个字", f"最多 {longest} 个字")
    return text


def _numbers(session: Session, ids: list[int]) -> dict[int, tuple[dict[str, int], int]]:
    """For each round how many items are in which state, and how many objections are open."""
    items: dict[int, dict[str, int]] = {}
    query = select(ItemRow.round_id, ItemRow.state, func.count()).where(ItemRow.round_id.in_(ids))
    for number, state, count in session.execute(query.group_by(ItemRow.round_id, ItemRow.state)):
        items.setdefault(number, {})[state] = count
    waiting = (
        select(ItemRow.round_id, func.count())
        .join(ObjectionRow, ObjectionRow.item_id == ItemRow.id)
        .where(ItemRow.round_id.in_(ids), ObjectionRow.decision.is_(None))
        .group_by(ItemRow.round_id)
    )
    objections = dict(session.execute(waiting).all())
    return {number: (items.get(number, {}), objections.get(number, 0)) for number in ids}


def _round(row: RoundRow, items: Mapping[str, int], objections: int) -> Round:
    return Round(
        row.id, row.measure_id, row.measure, row.period, row.office, row.region, row.example, row.as_of, row.records,
        row.undecided, row.promised, row.promised_source, row.starts, row.state, row.made_by, row.proposed_by,
        row.confirmed, row.confirmed_by, row.notice_from, row.notice_to, row.notice_place, row.due, items, objections,
        tuple((text, source) for text, source in row.conditions),
    )  # fmt: skip


def _item(row: ItemRow) -> Item:
    return Item(
        row.id, row.enterprise_id, row.uscc, row.name, row.region, row.by_rules, row.amount, row.computed, row.state,
        row.reason, row.done_on, row.paid, row.by, row.ground,
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
