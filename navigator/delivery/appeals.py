"""Appeals (企业诉求): 提出、受理、交办、答复、回访、销号, each step by whom, when and in what words; steps are only ever added.

Who replied does not close: a second person does, after the enterprise was asked. An appeal that was answered but not to the enterprise's
satisfaction goes back to be answered again, or is closed with a reason and counts as not satisfied. What goes back gets a new last day;
the rates (`appeals_rates`) keep to the first. Enterprises without an account: `appeals_public`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.load import default_corpus
from navigator.corpus.regions import load_regions
from navigator.delivery.board import allow, unit_of
from navigator.delivery.fulfilment import text_of
from navigator.delivery.workdays import LONGEST, add_workdays
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.dates import today as this_day
from navigator.store.appeal_tables import AppealRow, AppealStepRow, AppealTermRow
from navigator.store.audit import audit
from navigator.store.board_tables import UnitRow
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of

SOURCES: dict[str, str] = {"visit": "走访", "enterprise": "企业提出", "office": "部门登记", "hotline": "12345热线"}
FIELDS: dict[str, str] = {
    "policy": "政策兑现",
    "funds": "资金融资",
    "workers": "用工社保",
    "land": "用地规划",
    "power": "水电气网",
    "tax": "税费",
    "permits": "审批办证",
    "market": "市场拓展",
    "law": "执法司法",
    "arrears": "拖欠账款",
    "other": "其他",
}
STATES: dict[str, str] = {
    "raised": "待受理",
    "refused": "不受理",
    "accepted": "待交办",
    "assigned": "待答复",
    "replied": "待回访",
    "asked": "待销号",
    "closed": "已销号",
}
OPEN = ("raised", "accepted", "assigned", "replied", "asked")
WORKED_ON = ("accepted", "assigned")
"""Accepted and not answered yet."""
STEPS: dict[str, str] = {
    "raise": "提出",
    "accept": "受理",
    "refuse": "不受理",
    "assign": "交办",
    "reply": "答复",
    "ask": "回访",
    "close": "销号",
    "send_back": "退回重新答复",
    "reopen": "重新打开",
    "amend": "更正",
    "name": "对上政策或平台",
    "whose": "对上企业档案",
}
SAID: dict[str, str] = {"yes": "满意", "no": "不满意", "unreached": "没联系上"}
CITY = "市本级"
"""Stands for the region of what is the city's own."""
LONGEST_LIST = 100_000
_NUMBERS = 0x41505041
"""Others that number an appeal at the same moment wait."""


@dataclass(frozen=True, slots=True)
class New:
    """An appeal as it is raised. `enterprise` is the id of its record, where it has one; `key` of what was written on a phone."""

    source: str
    name: str
    field: str
    title: str
    text: str
    raised_on: date
    enterprise: int | None = None
    region: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal as it stands."""

    id: int
    number: str
    source: str
    enterprise_id: int | None
    name: str
    example: bool
    region: str | None
    field: str
    title: str
    text: str
    raised_on: date
    unit: str
    due: date | None
    turn: int
    state: str
    satisfied: str | None
    measure_id: str | None
    platform_id: str | None
    made_by: str

    def is_late(self, as_of: date) -> bool:
        """Not answered when its last day had passed."""
        return self.state in WORKED_ON and self.due is not None and self.due < as_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an appeal."""

    step: str
    day: date
    text: str
    said: str | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which appeals: a state, "open", "late" or "again" ("" all), a field, a source, of an enterprise, with words in title, text, name or number."""

    stage: str = ""
    field: str = ""
    source: str = ""
    enterprise: int | None = None
    words: str = ""
    example: bool = False


def appeals_of(actor: Actor) -> ColumnElement[bool]:
    """The part of a query that keeps to the appeals an actor may see."""
    return true() if actor.region is None else AppealRow.region == actor.region


def subject(number: int) -> str:
    """What the log calls an appeal."""
    return f"appeal:{number}"


# ---- read


def list_appeals(
    actor: Actor | None, wanted: Wanted, as_of: date, *, limit: int = 20, offset: int = 0
) -> tuple[list[Appeal], int]:
    """Appeals, open ones first and by last day, and how many there are in all; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        total = session.scalar(_chosen(select(func.count(AppealRow.id)), actor, wanted, as_of)) or 0
        is_open = AppealRow.state.in_(OPEN)
        order = (is_open.desc(), AppealRow.due.is_(None), AppealRow.due, AppealRow.id)
        query = _chosen(_query(), actor, wanted, as_of).order_by(*order).limit(limit).offset(offset)
        found = [_appeal(row, unit) for row, unit in session.execute(query)]
    audit(actor, "看诉求清单", "appeal:", {"行数": len(found)})
    return found, total


def read_appeal(actor: Actor | None, number: int) -> tuple[Appeal, list[Step]]:
    """An appeal and its steps from the first to the last; stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        row = appeal_row(session, actor, number)
        unit = session.get(UnitRow, row.unit_id) if row.unit_id is not None else None
        query = select(AppealStepRow).where(AppealStepRow.appeal_id == number).order_by(AppealStepRow.id)
        steps = [Step(one.step, one.day, one.text, one.said, one.at, one.by) for one in session.scalars(query)]
        found = _appeal(row, unit.name if unit else None)
    audit(actor, "看一件诉求", subject(number), {"编号": found.number})
    return found, steps


def open_appeals(session: Session, enterprises: list[int]) -> dict[int, int]:
    """How many open appeals each of these enterprises has; the caller has checked who asks."""
    query = (
        select(AppealRow.enterprise_id, func.count())
        .where(AppealRow.enterprise_id.in_(enterprises), AppealRow.state.in_(OPEN))
        .group_by(AppealRow.enterprise_id)
    )
    return {enterprise: count for enterprise, count in session.execute(query) if enterprise is not None}


def _query() -> Select[*tuple[Any, ...]]:
    return select(AppealRow, UnitRow.name).outerjoin(UnitRow, UnitRow.id == AppealRow.unit_id)


def _chosen(query: Select[*tuple[Any, ...]], actor: Actor, wanted: Wanted, as_of: date) -> Select[*tuple[Any, ...]]:
    query = query.where(appeals_of(actor), AppealRow.example.is_(wanted.example))
    if wanted.stage == "open":
        query = query.where(AppealRow.state.in_(OPEN))
    elif wanted.stage == "late":
        query = query.where(AppealRow.state.in_(WORKED_ON), AppealRow.due < as_of)
    elif wanted.stage == "again":
        query = query.where(AppealRow.turn > 0, AppealRow.state.in_(OPEN))
    elif wanted.stage:
        query = query.where(AppealRow.state == wanted.stage)
    for column, value in ((AppealRow.field, wanted.field), (AppealRow.source, wanted.source)):
        if value:
            query = query.where(column == value)
    if wanted.enterprise is not None:
        query = query.where(AppealRow.enterprise_id == wanted.enterprise)
    if words := wanted.words.strip():
        places = (AppealRow.title, AppealRow.text, AppealRow.name, AppealRow.number)
        query = query.where(or_(*(place.contains(words, autoescape=True) for place in places)))
    return query


# ---- how long a field may take


def terms(actor: Actor | None) -> dict[str, tuple[int, str]]:
    """For each field that has one: in how many working days it is to be answered, and who laid that down. For the team."""
    need(actor, "team")
    with reading() as session:
        return _terms(session)


def set_term(actor: Actor | None, field: str, days: int, source: str, *, now: datetime | None = None) -> None:
    """Lay down in how many working days appeals of a field are to be answered; those accepted before keep their day. For the city's staff."""
    actor = need(actor, "staff")
    allow(actor, None)
    source, now = text_of(source, "谁定的", 200), now or datetime.now(UTC)
    if field not in FIELDS:
        raise InputError("诉求类别", "没有选", f"在{'、'.join(FIELDS.values())}里选一个")
    if not 1 <= days <= LONGEST:
        raise InputError("几个工作日", f"写的是 {days}", f"应在1到{LONGEST}之间")
    with transaction() as session:
        session.add(AppealTermRow(field=field, days=days, source=source, at=now, by=actor.name))
        audit(actor, "定诉求答复期限", "appeal:", {"类别": FIELDS[field], "工作日": days}, within=session, now=now)


def _terms(session: Session) -> dict[str, tuple[int, str]]:
    query = select(AppealTermRow).order_by(AppealTermRow.id)
    return {row.field: (row.days, row.source) for row in session.scalars(query)}


# ---- step by step


def raise_appeal(actor: Actor | None, new: New, today: date, *, now: datetime | None = None) -> int:
    """Write down an appeal; gives its id. One with a `key` that is there already is not written again. For the team, in their region."""
    actor, new, now = need(actor, "team"), checked(new, today), now or datetime.now(UTC)
    with transaction() as session:
        one_at_a_time(session, _NUMBERS)
        known = session.scalar(select(AppealRow).where(AppealRow.key == new.key)) if new.key else None
        if known is not None:
            need(actor, "team", region=known.region)
            return known.id
        name, region, example = _whose(session, actor, new)
        return add(session, actor, replace(new, name=name, region=region), today, now, example=example).id


def checked(new: New, today: date) -> New:
    """An appeal as it can be kept; InputError for what is lacking in it."""
    if new.source not in SOURCES:
        raise InputError("从哪里来的", "没有选", f"在{'、'.join(SOURCES.values())}里选一个")
    if new.field not in FIELDS:
        raise InputError("诉求类别", "没有选", f"在{'、'.join(FIELDS.values())}里选一个")
    if new.raised_on > today:
        raise InputError("提出的日子", f"{new.raised_on} 还没有到", "填今天或以前")
    return replace(new, title=text_of(new.title, "诉求", 200), text=text_of(new.text, "具体情况", 2000))


def add(
    session: Session, actor: Actor, new: New, today: date, now: datetime, *, example: bool = False, receipt: str | None = None
) -> AppealRow:  # fmt: skip
    """Put a checked appeal into the store, with the next number of the year; the caller has checked who acts."""
    one_at_a_time(session, _NUMBERS)
    row = AppealRow(
        number=_next_number(session, today.year), key=new.key, source=new.source, enterprise_id=new.enterprise, name=new.name,
        example=example, region=new.region, field=new.field, title=new.title, text=new.text, raised_on=new.raised_on,
        unit_id=None, due=None, first_due=None, turn=0, state="raised", satisfied=None, measure_id=None, platform_id=None,
        receipt=receipt, made=now, made_by=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    add_step(session, row, "raise", new.raised_on, new.text, actor, now)
    about = {"编号": row.number, "类别": FIELDS[row.field]}
    audit(actor, "登记诉求", subject(row.id), about, within=session, now=now)
    _renew_worklist(session, row, today)
    return row


def _whose(session: Session, actor: Actor, new: New) -> tuple[str, str | None, bool]:
    """Name, region and whether it is an example: of the record where there is one, else as told."""
    if new.enterprise is not None:
        record = session.scalar(select(EnterpriseRow).where(EnterpriseRow.id == new.enterprise, in_region_of(actor)))
        if record is None:
            raise InputError("企业", "没有这一家的档案", "从企业档案里选；也可能归别的区域管")
        return record.name, record.region, record.example
    region = new.region or actor.region
    if region is not None:
        _region_of_city(region)
    need(actor, "team", region=region)
    return text_of(new.name, "企业名称", 200), region, False


def _next_number(session: Session, year: int) -> str:
    last = session.scalar(select(func.max(AppealRow.number)).where(AppealRow.number.like(f"{year}-%")))
    return f"{year}-{int(last.split('-')[1]) + 1 if last else 1:05}"


def accept(
    actor: Actor | None, number: int, day: date, today: date, *, due: date | None = None, now: datetime | None = None
) -> date:
    """受理; gives the day by which it is to be answered: `due`, or by the term of its field."""
    actor = need(actor, "staff")
    due, words = _last_day(actor, number, "raised", day, due)
    _step(actor, number, ("raised",), "accepted", "accept", day, today, words, now=now, due=due)
    return due


def _last_day(actor: Actor, number: int, state: str, day: date, due: date | None) -> tuple[date, str]:
    """By when an appeal is to be answered, counted from a day: as given, or by the term of its field; and how one says it."""
    with reading() as session:
        row = appeal_row(session, actor, number, *state.split())
        term = _terms(session).get(row.field)
    by_term = add_workdays(day, term[0]) if term else None
    if due is None:
        if by_term is None:
            raise InputError("答复期限", f"“{FIELDS[row.field]}”还没有定几个工作日", "填一个日子，或者先定期限")
        due = by_term
    if due < day:
        raise InputError("答复期限", f"是 {due}", f"不能早于{day}")
    return due, f"{due} 前答复" + (f"（{term[0]}个工作日，{term[1]}）" if term and due == by_term else "")


def refuse(
    actor: Actor | None, number: int, reason: str, day: date, today: date, *, now: datetime | None = None
) -> None:
    """不受理, with the reason the enterprise is told."""
    actor = need(actor, "staff")
    _step(actor, number, ("raised",), "refused", "refuse", day, today, text_of(reason, "不受理的原因"), now=now)


def assign(
    actor: Actor | None, number: int, unit: int, text: str, day: date, today: date, *, now: datetime | None = None
) -> None:
    """交办 to a unit, or to another one than before."""
    actor = need(actor, "staff")
    words = text.replace("\0", "").strip()[:2000]
    _step(actor, number, ("accepted", "assigned"), "assigned", "assign", day, today, words, now=now, unit=unit)


def reply(actor: Actor | None, number: int, text: str, day: date, today: date, *, now: datetime | None = None) -> None:
    """答复: what the enterprise was told."""
    actor = need(actor, "staff")
    _step(actor, number, ("assigned",), "replied", "reply", day, today, text_of(text, "答复", 2000), now=now)


def ask(
    actor: Actor | None, number: int, said: str, text: str, day: date, today: date, *, now: datetime | None = None
) -> None:
    """回访: what the enterprise said of the reply. For the team: whoever visits may ask."""
    actor = need(actor, "team")
    if said not in SAID:
        raise InputError("企业怎么说", "没有选", f"在{'、'.join(SAID.values())}里选一个")
    words = text_of(text, "企业的意见", 2000) if said == "no" else text.replace("\0", "").strip()[:2000]
    _step(actor, number, ("replied", "asked"), "asked", "ask", day, today, words, now=now, said=said)


def send_back(
    actor: Actor | None, number: int, reason: str, day: date, today: date, *, due: date | None = None, now: datetime | None = None
) -> date:  # fmt: skip
    """Back to be answered again; gives the new last day: `due`, or by the term of its field from this day on."""
    actor = need(actor, "staff")
    words = text_of(reason, "退回的原因", 2000)
    due, told = _last_day(actor, number, "replied asked", day, due)
    words = f"{words}（{told}）"
    _step(actor, number, ("replied", "asked"), "assigned", "send_back", day, today, words, now=now, due=due)
    return due


def close(actor: Actor | None, number: int, text: str, day: date, today: date, *, now: datetime | None = None) -> None:
    """销号 by a person who did not reply. Where the enterprise is not satisfied, or was not reached, the reason is to be told."""
    actor = need(actor, "staff")
    _step(actor, number, ("asked",), "closed", "close", day, today, text_of(text, "销号的依据", 2000), now=now)


def reopen(
    actor: Actor | None, number: int, reason: str, day: date, today: date, *, due: date | None = None, now: datetime | None = None
) -> date | None:  # fmt: skip
    """Open one again: a closed one to be answered again, with a new last day (as in `send_back`), which it gives; a refused one to be accepted."""
    actor = need(actor, "staff")
    words = text_of(reason, "重新打开的原因", 2000)
    with reading() as session:
        was = appeal_row(session, actor, number, "closed", "refused").state
    if was == "refused":
        _step(actor, number, (was,), "raised", "reopen", day, today, words, now=now)
        return None
    due, told = _last_day(actor, number, was, day, due)
    _step(actor, number, (was,), "assigned", "reopen", day, today, f"{words}（{told}）", now=now, due=due)
    return due


def name_answer(
    actor: Actor | None,
    number: int,
    measure: str | None,
    platform: str | None,
    today: date,
    *,
    now: datetime | None = None,
) -> None:
    """Say which measure or platform of the corpus answers it; None takes one away."""
    actor, now = need(actor, "staff"), now or datetime.now(UTC)
    corpus = default_corpus()
    if measure is not None and measure not in corpus.measure_by_id:
        raise InputError("政策", f"没有 {measure}", "从找到的里面选")
    if platform is not None and platform not in {one.id for one in corpus.platforms}:
        raise InputError("平台", f"没有 {platform}", "从找到的里面选")
    with transaction() as session:
        row = appeal_row(session, actor, number, *STATES, changing=True)
        if (row.measure_id, row.platform_id) == (measure, platform):
            return
        row.measure_id, row.platform_id = measure, platform
        named = [corpus.measure_by_id[measure].name] if measure else []
        named += [one.name for one in corpus.platforms if one.id == platform]
        words = "、".join(named) or "去掉了"
        add_step(session, row, "name", today, words, actor, now)
        audit(
            actor, "诉求对上政策或平台", subject(number), {"编号": row.number, "现在": words}, within=session, now=now
        )


def amend(
    actor: Actor | None, number: int, reason: str, today: date, *, field: str = "", due: date | None = None, region: str = "",
    now: datetime | None = None,
) -> None:  # fmt: skip
    """Put field, last day or region (or CITY) of an open appeal right; what stood there before stays in its steps. The region: the city's staff."""
    actor, reason, now = need(actor, "staff"), text_of(reason, "更正的原因"), now or datetime.now(UTC)
    with transaction() as session:
        row = appeal_row(session, actor, number, *OPEN, changing=True)
        changed: dict[str, list[str]] = {}
        if field and field != row.field:
            if field not in FIELDS:
                raise InputError("诉求类别", f"写的是{field}", f"在{'、'.join(FIELDS.values())}里选一个")
            changed["类别"] = [FIELDS[row.field], FIELDS[field]]
            row.field = field
        if due is not None and due != row.due:
            if row.due is None or due < row.raised_on:
                raise InputError("答复期限", f"是 {due}", f"受理以后才有，不早于提出那天（{row.raised_on}）")
            changed["期限"] = [str(row.due), str(due)]
            if row.first_due == row.due and today <= row.due:  # once it has passed, the rates keep to it
                row.first_due = due
            row.due = due
        if region and region != (row.region or CITY):
            allow(actor, None)
            changed["区域"] = [row.region or CITY, region]
            row.region = None if region == CITY else _region_of_city(region)
        if not changed:
            raise InputError("更正", "没有改什么", "改了再存")
        words = "；".join(f"{name}：{old} → {new}" for name, (old, new) in changed.items())
        add_step(session, row, "amend", today, f"{words}（{reason}）", actor, now)
        about = {"编号": row.number, **changed, "原因": reason}
        audit(actor, "更正诉求", subject(number), about, within=session, now=now)


def _region_of_city(region: str) -> str:
    if not load_regions().code_of(region):
        raise InputError("区域", f"写的是{region}", "应是本市的区域；市本级的不选")
    return region


def _step(
    actor: Actor, number: int, before: tuple[str, ...], after: str, name: str, day: date, today: date, text: str, *,
    now: datetime | None = None, due: date | None = None, unit: int | None = None, said: str | None = None,
) -> None:  # fmt: skip
    with transaction() as session:
        row = appeal_row(session, actor, number, *before, changing=True)
        if name == "close" and actor.name in _repliers(session, number):
            raise InputError(STEPS[name], "答复是您经手的", "要请没有经手答复的另一个人来销号")
        row.turn += name == "send_back" or (name == "reopen" and row.state == "closed")
        row.due = due or row.due
        row.first_due = due if name == "accept" else row.first_due
        row.unit_id = unit_of(session, actor, unit).id if unit is not None else row.unit_id
        move(session, actor, row, after, name, day, today, text, now or datetime.now(UTC), said=said)


def move(
    session: Session, actor: Actor, row: AppealRow, after: str, name: str, day: date, today: date, text: str, now: datetime, *,
    said: str | None = None,
) -> None:  # fmt: skip
    """Take an appeal by one step into another state; who may do that was asked before."""
    last = session.scalar(select(func.max(AppealStepRow.day)).where(AppealStepRow.appeal_id == row.id))
    if day > today or (last is not None and day < last):
        raise InputError("哪天", f"写的是 {day}", f"应在 {last} 到 {today} 之间")
    row.state = after
    if after in ("assigned", "replied"):
        row.satisfied = None
    elif said is not None and not (said == "unreached" and row.satisfied):  # not being reached unsays nothing
        row.satisfied = said
    add_step(session, row, name, day, text, actor, now, said=said)
    about = {"编号": row.number, "现在": STATES[after]}
    audit(actor, f"诉求{STEPS[name]}", subject(row.id), about, within=session, now=now)
    _renew_worklist(session, row, today)


def _renew_worklist(session: Session, row: AppealRow, today: date) -> None:
    from navigator.delivery.worklist import renew_of  # which itself asks here for open appeals

    session.flush()
    renew_of(session, row.enterprise_id, today)


def _repliers(session: Session, number: int) -> set[str]:
    query = select(AppealStepRow.by).where(AppealStepRow.appeal_id == number, AppealStepRow.step == "reply")
    return set(session.scalars(query))


# ---- export


def export_appeals(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """Appeals as CSV. Parameters: stage, field, source, words, example. For staff, of their region."""
    actor, today = need(actor, "staff"), this_day()
    wanted = Wanted(
        parameters.get("stage", ""), parameters.get("field", ""), parameters.get("source", ""), None,
        parameters.get("words", ""), parameters.get("example") == "1",
    )  # fmt: skip
    with reading() as session:
        query = _chosen(_query(), actor, wanted, today).order_by(AppealRow.id).limit(LONGEST_LIST)
        found = [_appeal(row, unit) for row, unit in session.execute(query)]
    audit(actor, "下载诉求清单", "appeal:", {"行数": len(found)})
    header = (
        "编号", "从哪里来的", "企业", "区域", "类别", "诉求", "具体情况", "提出日", "责任单位", "答复期限", "现在", "是否超期", "企业怎么说",
    )  # fmt: skip
    rows = (
        (
            one.number, SOURCES[one.source], one.name, one.region or CITY, FIELDS[one.field], one.title, one.text, one.raised_on,
            one.unit, one.due or "", STATES[one.state], "超期" if one.is_late(today) else "", SAID.get(one.satisfied or "", ""),
        )
        for one in found
    )  # fmt: skip
    return csv_download("企业诉求清单.csv", header, rows)


# ---- shared


def appeal_row(session: Session, actor: Actor, number: int, *states: str, changing: bool = False) -> AppealRow:
    """An appeal the actor may see, in one of these states; InputError otherwise. Changes wait for one another."""
    query = select(AppealRow).where(AppealRow.id == number, appeals_of(actor))
    row = session.scalar(query.with_for_update() if changing else query)
    if row is None:
        raise InputError("诉求", "没有这一件", "从“企业诉求”里选；也可能归别的区域管")
    if states and row.state not in states:
        raise InputError("诉求", f"现在是“{STATES[row.state]}”", "请刷新页面，看现在该做哪一步")
    return row


def add_step(
    session: Session, row: AppealRow, name: str, day: date, text: str, actor: Actor, now: datetime, said: str | None = None
) -> None:  # fmt: skip
    """One more step; nothing takes one away."""
    session.add(AppealStepRow(appeal_id=row.id, step=name, day=day, text=text, said=said, at=now, by=actor.name))


def _appeal(row: AppealRow, unit: str | None) -> Appeal:
    return Appeal(
        row.id, row.number, row.source, row.enterprise_id, row.name, row.example, row.region, row.field, row.title, row.text,
        row.raised_on, unit or "", row.due, row.turn, row.state, row.satisfied, row.measure_id, row.platform_id, row.made_by,
    )  # fmt: skip
