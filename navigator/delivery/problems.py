"""Problems found (item 7 of the plan): 发现、整改、复核、反馈、销号, each step by whom, when and in what words.

Who rectified neither reviews nor closes. A closed problem can be reopened with a reason; steps are only ever added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.load import default_corpus
from navigator.corpus.regions import load_regions
from navigator.delivery.board import link_of, unit_of
from navigator.delivery.board_automatic import Automatic
from navigator.delivery.fulfilment import text_of
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.dates import today as this_day
from navigator.store.audit import audit
from navigator.store.board_tables import UnitRow
from navigator.store.cadence_tables import ProblemRow, ProblemStepRow
from navigator.store.engine import reading, transaction

COMMITMENT = 7
KINDS: dict[str, str] = {
    "promises": "招商引资承诺不兑现",
    "policies": "惠企政策落实不到位",
    "funds": "涉企资金拨付不规范",
    "arrears": "拖欠企业账款",
    "other": "其他",
}
OF_THE_PLAN = ("promises", "policies", "funds", "arrears")
"""The kinds the plan wants down to none."""
STATES: dict[str, str] = {
    "found": "待整改",
    "rectified": "待复核",
    "reviewed": "待反馈",
    "told": "待销号",
    "closed": "已销号",
}
STEPS: dict[str, str] = {
    "find": "发现",
    "rectify": "整改",
    "review": "复核通过",
    "send_back": "复核退回",
    "tell": "反馈",
    "close": "销号",
    "reopen": "重新打开",
    "amend": "更正",
}
LONGEST_LIST = 100_000


@dataclass(frozen=True, slots=True)
class New:
    """A problem as it is written down first. Without `due` the plan's own last day counts, for what was found before it."""

    kind: str
    title: str
    text: str
    source: str
    found_on: date
    unit: int
    region: str | None = None
    due: date | None = None
    due_source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as it stands."""

    id: int
    kind: str
    title: str
    text: str
    source: str
    found_on: date
    region: str | None
    unit_id: int
    unit: str
    due: date
    due_source: str
    state: str
    made_by: str

    def is_late(self, as_of: date) -> bool:
        """Open after its last day."""
        return self.state != "closed" and self.due < as_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a problem."""

    step: str
    day: date
    text: str
    link: str
    whom: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which problems: a state, "open" or "late" ("" all), of a kind, of a unit, with words in the title or text."""

    stage: str = ""
    kind: str = ""
    unit: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many problems are in which state, how many of them are late, and open and late ones by unit."""

    states: Mapping[str, int]
    late: int
    units: Mapping[str, tuple[int, int]]

    @property
    def open(self) -> int:
        """Those not closed."""
        return sum(number for state, number in self.states.items() if state != "closed")

    @property
    def total(self) -> int:
        """All that were found."""
        return sum(self.states.values())


def problems_of(actor: Actor) -> ColumnElement[bool]:
    """The part of a query that keeps to the problems an actor may see."""
    return true() if actor.region is None else ProblemRow.region == actor.region


def subject(number: int) -> str:
    """What the log calls a problem."""
    return f"problem:{number}"


def plan_deadline() -> date | None:
    """The day by which the plan wants the problems of item 7 settled."""
    targets = next(one for one in default_corpus().commitments if one.number == COMMITMENT).targets
    return next((one.deadline for one in targets if one.value == 0), None)


# ---- read


def list_problems(
    actor: Actor | None, wanted: Wanted, as_of: date, *, limit: int = 20, offset: int = 0
) -> tuple[list[Problem], int]:
    """Problems, open ones first and by last day, and how many there are in all; stands in the log. For staff, of their region."""
    actor = need(actor, "staff")
    with reading() as session:
        total = session.scalar(_chosen(select(func.count(ProblemRow.id)), actor, wanted, as_of)) or 0
        query = _chosen(_query(), actor, wanted, as_of)
        order = (ProblemRow.state == "closed", ProblemRow.due, ProblemRow.id)
        rows = session.execute(query.order_by(*order).limit(limit).offset(offset)).all()
    audit(actor, "看问题清单", "problem:", {"行数": len(rows)})
    return [_problem(row, name) for row, name in rows], total


def _query() -> Select[*tuple[Any, ...]]:
    return select(ProblemRow, UnitRow.name).join(UnitRow, UnitRow.id == ProblemRow.unit_id)


def _chosen(query: Select[*tuple[Any, ...]], actor: Actor, wanted: Wanted, as_of: date) -> Select[*tuple[Any, ...]]:
    query = query.where(problems_of(actor))
    if wanted.stage in ("open", "late"):
        query = query.where(ProblemRow.state != "closed")
        if wanted.stage == "late":
            query = query.where(ProblemRow.due < as_of)
    elif wanted.stage:
        query = query.where(ProblemRow.state == wanted.stage)
    if wanted.kind:
        query = query.where(ProblemRow.kind == wanted.kind)
    if wanted.unit is not None:
        query = query.where(ProblemRow.unit_id == wanted.unit)
    if words := wanted.words.strip():
        places = (ProblemRow.title, ProblemRow.text)
        query = query.where(or_(*(place.contains(words, autoescape=True) for place in places)))
    return query


def read_problem(actor: Actor | None, number: int) -> tuple[Problem, list[Step]]:
    """A problem and its steps from the first to the last; stands in the log. For staff, of its region."""
    actor = need(actor, "staff")
    with reading() as session:
        row = row_of(session, actor, number)
        name = session.scalar(select(UnitRow.name).where(UnitRow.id == row.unit_id)) or ""
        query = select(ProblemStepRow).where(ProblemStepRow.problem_id == number).order_by(ProblemStepRow.id)
        steps = [
            Step(one.step, one.day, one.text, one.link, one.whom, one.at, one.by) for one in session.scalars(query)
        ]
    audit(actor, "看一个问题", subject(number))
    return _problem(row, name), steps


def count_problems(actor: Actor | None, as_of: date) -> Counts:
    """How many problems stand where today, and what is open and late by unit. For staff, of their region."""
    actor = need(actor, "staff")
    late = (ProblemRow.state != "closed") & (ProblemRow.due < as_of)
    query = (
        select(ProblemRow.state, UnitRow.name, late, func.count())
        .join(UnitRow, UnitRow.id == ProblemRow.unit_id)
        .where(problems_of(actor))
        .group_by(ProblemRow.state, UnitRow.name, late)
    )
    states, all_late, units = Counter[str](), 0, dict[str, tuple[int, int]]()
    with reading() as session:
        for state, unit, is_late, number in session.execute(query):
            states[state] += number
            if state != "closed":
                all_late += number if is_late else 0
                open_, late_ = units.get(unit, (0, 0))
                units[unit] = open_ + number, late_ + (number if is_late else 0)
    order = sorted(units, key=lambda unit: (-units[unit][1], -units[unit][0], unit))
    return Counts({state: states[state] for state in STATES}, all_late, {unit: units[unit] for unit in order})


def open_on(session: Session, as_of: date, region: str | None = None) -> dict[int, bool]:
    """Of the problems found up to a day, by number: whether they were open at its end."""
    query = (
        select(ProblemStepRow.problem_id, ProblemStepRow.step)
        .join(ProblemRow, ProblemRow.id == ProblemStepRow.problem_id)
        .where(ProblemStepRow.step.in_(("find", "close", "reopen")), ProblemStepRow.day <= as_of)
        .order_by(ProblemStepRow.day, ProblemStepRow.id)
    )
    if region is not None:
        query = query.where(ProblemRow.region == region)
    return {number: step != "close" for number, step in session.execute(query)}


def left_open(session: Session, as_of: date, region: str | None = None) -> int | None:
    """How many problems of the plan's four kinds were open on a day; None where none was ever written down: that is no 清零."""
    query = select(ProblemRow.id).where(ProblemRow.kind.in_(OF_THE_PLAN))
    of_the_plan = set(session.scalars(query))
    stood = {number: is_open for number, is_open in open_on(session, as_of, region).items() if number in of_the_plan}
    return sum(stood.values()) if stood else None


def open_problems_value(session: Session, as_of: date) -> Automatic:
    """清零 for the board: open problems of the plan's four kinds in the whole city on a day."""
    left = left_open(session, as_of)
    if left is None:
        return Automatic(None, None, "还没有登记过问题；没有登记不等于清零", "problems")
    return Automatic(float(left), as_of, f"{as_of} 方案点名的四种问题里没有销号的", "problems")


# ---- step by step


def add_problem(actor: Actor | None, new: New, today: date, *, now: datetime | None = None) -> int:
    """Write down a problem that was found; gives its number. For staff; those of a region only in it."""
    actor = need(actor, "staff")
    if new.region:
        need(actor, "staff", region=new.region)
    region = new.region or actor.region
    title, text = text_of(new.title, "问题", 200), text_of(new.text, "具体情况", 2000)
    source, now = text_of(new.source, "从哪里发现的", 200), now or datetime.now(UTC)
    if new.kind not in KINDS:
        raise InputError("问题的种类", "没有选", f"在{'、'.join(KINDS.values())}里选一个")
    if region is not None and not load_regions().code_of(region):
        raise InputError("区域", f"写的是{region}", "应是本市的区域；市本级的不选")
    if new.found_on > today:
        raise InputError("发现的日子", f"{new.found_on} 还没有到", "填今天或以前")
    due, due_source = _due(new)
    with transaction() as session:
        unit = unit_of(session, actor, new.unit)
        row = ProblemRow(
            kind=new.kind, title=title, text=text, source=source, found_on=new.found_on, region=region, unit_id=unit.id,
            due=due, due_source=due_source, state="found", made=now, made_by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _add_step(session, row, "find", new.found_on, text, actor, now)
        about = {"问题": title, "责任单位": unit.name, "期限": due.isoformat()}
        audit(actor, "登记问题", subject(row.id), about, within=session, now=now)
        return row.id


def _due(new: New) -> tuple[date, str]:
    if new.due is not None:
        if new.due < new.found_on:
            raise InputError("整改期限", f"是 {new.due}", f"不能早于发现那天（{new.found_on}）")
        return new.due, text_of(new.due_source, "期限是谁定的", 200)
    planned = plan_deadline()
    if planned is None or new.found_on > planned or new.kind not in OF_THE_PLAN:
        told = f"方案写的 {planned} 在发现以前" if planned and new.found_on > planned else "方案没有写这一种的期限"
        raise InputError("整改期限", told, "请填期限，写明是谁定的")
    return planned, "“5+3行动”方案第7项"


def rectify(
    actor: Actor | None,
    number: int,
    whom: str,
    text: str,
    day: date,
    today: date,
    *,
    link: str = "",
    now: datetime | None = None,
) -> None:
    """整改: what was done, by whom, on which day."""
    actor = need(actor, "staff")
    whom, text = text_of(whom, "谁整改的", 200), text_of(text, "怎么整改的", 2000)
    _step(actor, number, "found", "rectified", "rectify", day, today, text, whom=whom, link=link, now=now)


def review(
    actor: Actor | None, number: int, passed: bool, text: str, day: date, today: date, *, now: datetime | None = None
) -> None:
    """复核 by a person who did not rectify: passed, or sent back to be rectified again."""
    actor = need(actor, "staff")
    text = text_of(text, "复核的情况" if passed else "退回的原因", 2000)
    state, step = ("reviewed", "review") if passed else ("found", "send_back")
    _step(actor, number, "rectified", state, step, day, today, text, now=now)


def tell(
    actor: Actor | None, number: int, whom: str, text: str, day: date, today: date, *, now: datetime | None = None
) -> None:
    """反馈: who was told of the result, and what they said."""
    actor = need(actor, "staff")
    whom, text = text_of(whom, "反馈给谁", 200), text_of(text, "反馈的情况", 2000)
    _step(actor, number, "reviewed", "told", "tell", day, today, text, whom=whom, now=now)


def close(actor: Actor | None, number: int, text: str, day: date, today: date, *, now: datetime | None = None) -> None:
    """销号 by a person who did not rectify."""
    actor = need(actor, "staff")
    _step(actor, number, "told", "closed", "close", day, today, text_of(text, "销号的依据", 2000), now=now)


def reopen(actor: Actor | None, number: int, text: str, day: date, today: date, *, now: datetime | None = None) -> None:
    """Open a closed problem again."""
    actor = need(actor, "staff")
    _step(actor, number, "closed", "found", "reopen", day, today, text_of(text, "重新打开的原因", 2000), now=now)


def _step(
    actor: Actor, number: int, before: str, after: str, step: str, day: date, today: date, text: str, *,
    whom: str = "", link: str = "", now: datetime | None = None,
) -> None:  # fmt: skip
    now, link = now or datetime.now(UTC), link_of(link)
    with transaction() as session:
        row = row_of(session, actor, number, before)
        if step in ("review", "send_back", "close") and actor.name in _rectifiers(session, number):
            raise InputError(STEPS[step], "整改是您经手的", "要请没有经手整改的另一个人来办")
        last = session.scalar(select(func.max(ProblemStepRow.day)).where(ProblemStepRow.problem_id == number))
        if day > today or (last is not None and day < last):
            raise InputError("哪天", f"写的是 {day}", f"应在 {last} 到 {today} 之间")
        row.state = after
        _add_step(session, row, step, day, text, actor, now, whom=whom, link=link)
        about = {"问题": row.title, "现在": STATES[after]}
        audit(actor, f"问题{STEPS[step]}", subject(number), about, within=session, now=now)


def _rectifiers(session: Session, number: int) -> set[str]:
    query = select(ProblemStepRow.by).where(ProblemStepRow.problem_id == number, ProblemStepRow.step == "rectify")
    return set(session.scalars(query))


def amend(
    actor: Actor | None, number: int, reason: str, today: date, *, unit: int | None = None, due: date | None = None,
    kind: str = "", now: datetime | None = None,
) -> None:  # fmt: skip
    """Put unit, last day or kind of an open problem right; what stood there before stays in its steps."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "更正的原因", 500), now or datetime.now(UTC)
    with transaction() as session:
        row = row_of(session, actor, number, *(state for state in STATES if state != "closed"))
        changed: list[tuple[str, str, str]] = []
        if unit is not None and unit != row.unit_id:
            old, new = session.get_one(UnitRow, row.unit_id), unit_of(session, actor, unit)
            changed.append(("责任单位", old.name, new.name))
            row.unit_id = unit
        if due is not None and due != row.due:
            if due < row.found_on:
                raise InputError("整改期限", f"是 {due}", f"不能早于发现那天（{row.found_on}）")
            changed.append(("期限", str(row.due), str(due)))
            row.due, row.due_source = due, reason[:200]
        if kind and kind != row.kind:
            if kind not in KINDS:
                raise InputError("问题的种类", f"写的是{kind}", f"在{'、'.join(KINDS.values())}里选一个")
            changed.append(("种类", KINDS[row.kind], KINDS[kind]))
            row.kind = kind
        if not changed:
            raise InputError("更正", "没有改什么", "改了再存")
        words = "；".join(f"{name}：{old} → {new}" for name, old, new in changed)
        last = session.scalar(select(func.max(ProblemStepRow.day)).where(ProblemStepRow.problem_id == number))
        _add_step(session, row, "amend", max(today, last or today), f"{words}（{reason}）", actor, now)
        about = {name: [old, new] for name, old, new in changed} | {"原因": reason}
        audit(actor, "更正问题", subject(number), about, within=session, now=now)


def export_problems(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """Problems with their last step as CSV. Parameters: stage, kind, unit, words. For staff, of their region."""
    actor = need(actor, "staff")
    unit, today = parameters.get("unit", ""), this_day()
    wanted = Wanted(
        parameters.get("stage", ""),
        parameters.get("kind", ""),
        int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None,
        parameters.get("words", ""),
    )
    with reading() as session:
        query = _chosen(_query(), actor, wanted, today).order_by(ProblemRow.id).limit(LONGEST_LIST)
        found = [_problem(row, name) for row, name in session.execute(query)]
        steps = select(ProblemStepRow).join(ProblemRow).where(problems_of(actor)).order_by(ProblemStepRow.id)
        last = {one.problem_id: one for one in session.scalars(steps)}
    audit(actor, "下载问题清单", "problem:", {"行数": len(found)})
    header = (
        "编号", "种类", "问题", "具体情况", "从哪里发现的", "发现日", "区域", "责任单位", "期限", "期限依据", "现在", "是否超期",
        "最后一步", "最后一步的日子", "最后一步怎么说", "谁记的",
    )  # fmt: skip
    rows = (
        (
            one.id, KINDS[one.kind], one.title, one.text, one.source, one.found_on, one.region or "市本级", one.unit, one.due,
            one.due_source, STATES[one.state], "超期" if one.is_late(today) else "", STEPS[last[one.id].step],
            last[one.id].day, last[one.id].text, last[one.id].by,
        )
        for one in found
    )  # fmt: skip
    return csv_download("问题整改清单.csv", header, rows)


# ---- shared


def row_of(session: Session, actor: Actor, number: int, *states: str) -> ProblemRow:
    """A problem the actor may see, in one of these states; InputError otherwise. Changes wait for one another."""
    query = select(ProblemRow).where(ProblemRow.id == number, problems_of(actor))
    row = session.scalar(query.with_for_update() if states else query)
    if row is None:
        raise InputError("问题", "没有这一个", "从“问题整改”里选；也可能归别的区域管")
    if states and row.state not in states:
        raise InputError("问题", f"现在是“{STATES[row.state]}”", "请刷新页面，看现在该做哪一步")
    return row


def _add_step(
    session: Session, row: ProblemRow, step: str, day: date, text: str, actor: Actor, now: datetime, *, whom: str = "", link: str = ""
) -> None:  # fmt: skip
    made = ProblemStepRow(problem_id=row.id, step=step, day=day, text=text, link=link, whom=whom, at=now, by=actor.name)
    session.add(made)


def _problem(row: ProblemRow, unit: str) -> Problem:
    return Problem(
        row.id, row.kind, row.title, row.text, row.source, row.found_on, row.region, row.unit_id, unit, row.due,
        row.due_source, row.state, row.made_by,
    )  # fmt: skip
