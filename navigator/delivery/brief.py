"""走访提纲: everything a team needs at the door of one enterprise, on one screen: who it is, what it can have, what to ask, what is open.

It is put together from the record and the rules of the day; what is answered at the door is a fact at once, and the worklist knows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.model import NOT_MONEY
from navigator.delivery.answers import REASONS
from navigator.delivery.appeals import FIELDS, STATES, Appeal, Wanted, list_appeals
from navigator.delivery.messages import money_words
from navigator.delivery.routes import Route, townships_of
from navigator.delivery.standing import Settled, Visited, holds, settled_in, visited_of
from navigator.delivery.visits_promises import Promised
from navigator.delivery.worklist import is_money, profile_of, renew, unclaimed, yuan_of
from navigator.errors import InputError
from navigator.matching.amounts import show_yuan
from navigator.matching.assess import Assessment, MeasureResult, assess, show_value, source_of
from navigator.matching.language import Value
from navigator.matching.near_miss import NearMiss
from navigator.matching.one_step import Step, one_steps
from navigator.matching.questions import TYPICAL_YUAN, Question
from navigator.matching.rulebook import default_rulebook
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import Enterprise, in_region_of, read_enterprise, save_facts, uscc_of
from navigator.store.provisional import is_provisional
from navigator.store.push_tables import AnswerRow, PushRow, SubjectRow

SOURCE = "走访"
"""Where facts come from that were told at the door."""
MOST_QUESTIONS, MOST_CAN, MOST_NEAR, MOST_POINTS, MOST_PUSHES = 3, 5, 3, 3, 5
_WHO = (
    "entity_type", "industry", "size_class", "employees", "revenue", "monthly_sales", "established_on", "taxpayer_type",
)  # fmt: skip
"""What one wants to know of a firm before knocking; the rest stands in its record."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as it is told: label, value, where it comes from and of which day."""

    label: str
    value: str
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class Can:
    """A measure it can have today. `money` in words, `settled` what is known of it already (empty: nothing)."""

    measure_id: str
    name: str
    delivery: str
    money: str
    confirm: tuple[str, ...]
    where: str
    phone: str
    deadline: str
    materials: tuple[str, ...]
    source: str
    is_repost: bool
    settled: str


@dataclass(frozen=True, slots=True)
class Near:
    """A measure one step away: what would have to change, and what it would bring."""

    measure_id: str
    name: str
    changes: tuple[str, ...]
    money: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact to ask at the door, and how many measures an answer decides."""

    fact: str
    label: str
    question: str
    help: str
    decides: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push that reached it, and what it answered (empty: nothing yet)."""

    name: str
    sent: date | None
    answer: str


@dataclass(frozen=True, slots=True)
class Open:
    """An open appeal of it."""

    id: int
    number: str
    title: str
    field: str
    state: str
    due: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Concerning:
    """A commitment of the plan that concerns it, and why."""

    number: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Point:
    """Something to say, with its source and a page that shows it."""

    text: str
    source: str
    link: str


@dataclass(frozen=True, slots=True)
class Brief:
    """All that stands on the one screen, and the facts with their version for whoever assesses it again elsewhere."""

    enterprise_id: int
    uscc: str
    name: str
    region: str | None
    township: str
    example: bool
    is_provisional: bool
    version: int
    as_of: date
    facts: Mapping[str, Value]
    who: tuple[Known, ...]
    low: float
    high: float
    if_confirmed: float
    unclaimed: float
    """Yuan in the first twelve months of what it can have and has not."""
    can: tuple[Can, ...]
    """Money not yet claimed, most of it first; `can_more` are left out."""
    can_more: int
    others: tuple[str, ...]
    """Names of services, loans and guarantees it can have."""
    had: tuple[Can, ...]
    """What it has, asked for or answered already."""
    near: tuple[Near, ...]
    ask: tuple[Ask, ...]
    pushes: tuple[Pushed, ...]
    appeals: tuple[Open, ...]
    promises: tuple[Promised, ...]
    last_visit: date | None
    commitments: tuple[Concerning, ...]
    points: tuple[Point, ...]

    @property
    def money(self) -> str:
        """What it can have in the first twelve months, in words; empty where no amount can be computed."""
        if self.high:
            sure = show_yuan(self.high) if self.low == self.high else f"{show_yuan(self.low)} 到 {show_yuan(self.high)}"
            more = f"，当面确认后最多 {show_yuan(self.if_confirmed)}" if self.if_confirmed > self.high else ""
            return sure + more
        return f"当面确认后最多 {show_yuan(self.if_confirmed)}" if self.if_confirmed else ""


def brief_of(actor: Actor | None, enterprise: int, as_of: date) -> Brief:
    """The brief of one enterprise under the rules of a day; the reading stands in the log. For the team, in their region."""
    actor = need(actor, "team")
    record = read_enterprise(actor, uscc_of(actor, enterprise))
    appeals, _ = list_appeals(actor, Wanted("open", enterprise=enterprise, example=record.example), as_of, limit=10)
    with reading() as session:
        settled = settled_in(session, enterprise, enterprise).get(enterprise, {})
        visited = visited_of(session, [enterprise]).get(enterprise, Visited())
        township = townships_of(session, [enterprise]).get(enterprise, "")
        pushes = _pushes(session, enterprise)
    found = assess(record.profile, as_of)
    open_results = sorted(unclaimed(found, settled, as_of), key=_order)
    left = [one for one in open_results if is_money(one.measure)]
    had = [one for one in found.measures if one.status == "eligible" and holds(settled, one.measure, as_of)]
    near = [one for one in one_steps(found) if not one.doubtful]
    total = found.bundle.total
    return Brief(
        enterprise_id=record.id, uscc=record.uscc, name=record.name, region=record.region, township=township,
        example=record.example, is_provisional=is_provisional(record.uscc), version=record.version, as_of=as_of,
        facts=record.profile, who=_who(record, found),
        low=total.low, high=total.high, if_confirmed=total.if_confirmed, unclaimed=yuan_of(left, found),
        can=tuple(_can(one, settled, as_of) for one in left[:MOST_CAN]), can_more=max(len(left) - MOST_CAN, 0),
        others=tuple(one.measure.name for one in open_results if not is_money(one.measure)),
        had=tuple(_can(one, settled, as_of) for one in had),
        near=tuple(map(_near, near[:MOST_NEAR])), ask=tuple(map(_ask, found.questions[:MOST_QUESTIONS])),
        pushes=pushes, appeals=tuple(_open(one, as_of) for one in appeals), promises=visited.promises,
        last_visit=visited.last, commitments=_concerning(found), points=_points([*left, *open_results]),
    )  # fmt: skip


def _open(one: Appeal, as_of: date) -> Open:
    return Open(one.id, one.number, one.title, FIELDS[one.field], STATES[one.state], one.due, one.is_late(as_of))


def _concerning(found: Assessment) -> tuple[Concerning, ...]:
    """The commitments with a reason of its own; those for everyone are the same at every door."""
    own = [one for one in found.commitments if one.commitment.concerns != "everyone"]
    return tuple(Concerning(one.commitment.number, one.commitment.title, one.why) for one in own)


def _order(one: MeasureResult) -> tuple[float, float, str]:
    """Most money first, then what such a benefit is usually worth."""
    return -_yuan(one), -TYPICAL_YUAN.get(one.measure.benefit.kind, 0.0), one.measure.id


def _yuan(one: MeasureResult) -> float:
    return 0.0 if one.measure.benefit.kind in NOT_MONEY else one.estimate or 0.0


def _who(record: Enterprise, found: Assessment) -> tuple[Known, ...]:
    specs = default_rulebook().facts.specs
    known = []
    for name in _WHO:
        if name in record.facts:
            fact = record.facts[name]
            known.append(Known(specs[name].label, _value(name, fact.value), fact.source, fact.on))
        elif name in found.profile.values:
            told = found.profile.origin.get(name, "")
            known.append(Known(specs[name].label, _value(name, found.profile.values[name]), told, found.as_of))
    return tuple(known)


def _value(name: str, value: Value) -> str:
    if name == "industry":
        from navigator.corpus.industries import load_industries

        try:
            return f"{load_industries().name(str(value))} {value}"
        except (InputError, KeyError):
            return str(value)
    return show_value(value, default_rulebook().facts.specs[name])


def _can(one: MeasureResult, settled: Mapping[str, Settled], as_of: date) -> Can:
    measure, apply = one.measure, one.measure.apply
    had = holds(settled, measure, as_of)
    benefit = measure.benefit
    words = money_words(one.estimate, benefit.estimate_kind, benefit.per) if benefit.kind not in NOT_MONEY else ""
    return Can(
        measure.id, measure.name, measure.delivery, words or benefit.text, tuple(measure.confirm), apply.where or "没有查到",
        apply.phone or "没有查到", apply.deadline or "没有查到", tuple(apply.materials), source_of(measure),
        measure.verification == "partly", f"{had.words}（{had.day}）" if had else "",
    )  # fmt: skip


def _near(step: Step) -> Near:
    benefit = step.result.measure.benefit
    money = f"做到以后头12个月约 {show_yuan(step.money)}" if step.money else benefit.text
    return Near(step.result.measure.id, step.result.measure.name, tuple(map(_change, step.changes)), money)


def _change(miss: NearMiss) -> str:
    spec = default_rulebook().facts.specs[miss.fact]
    if miss.by is not None:
        return f"再过 {int(miss.distance or 0)} 天（{miss.by}）就满足"
    have = show_value(miss.have, spec)
    needed = miss.need if isinstance(miss.need, tuple) else (miss.need,)
    need = "或".join(show_value(one, spec) for one in needed)
    return (
        f"{spec.label}要到{need}，现在{have}" if miss.distance is not None else f"{spec.label}要是{need}，现在是{have}"
    )


def _ask(one: Question) -> Ask:
    spec = default_rulebook().facts.specs[one.fact]
    return Ask(one.fact, spec.label, one.question, spec.help or "", one.decides)


def _points(unclaimed: Sequence[MeasureResult]) -> tuple[Point, ...]:
    """What to say first: the summaries of what brings most and was not claimed, then of what else there is, each with its source."""
    points = (
        Point(one.measure.summary, source_of(one.measure), next(iter(one.measure.source.links), ""))
        for one in unclaimed
    )
    return tuple(dict.fromkeys(points))[:MOST_POINTS]


def _pushes(session: Session, enterprise: int) -> tuple[Pushed, ...]:
    query = (
        select(SubjectRow.name, PushRow.sent, AnswerRow)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .outerjoin(AnswerRow, AnswerRow.push_id == PushRow.id)
        .where(PushRow.enterprise_id == enterprise, PushRow.state == "sent")
        .order_by(PushRow.id.desc())
        .limit(MOST_PUSHES)
    )
    return tuple(
        Pushed(name, sent.astimezone(SHANGHAI).date() if sent else None, _said(answer))
        for name, sent, answer in session.execute(query)
    )


def _said(answer: AnswerRow | None) -> str:
    if answer is None:
        return ""
    if answer.facts:
        return "回复了要问的信息"
    return "回复：适用" if answer.fits else f"回复：不适用（{REASONS.get(answer.reason or '', '其他')}）"


# ---- at the door


def answer(
    actor: Actor | None,
    enterprise: int,
    facts: Mapping[str, Value],
    on: date,
    today: date,
    *,
    based_on: int,
    now: datetime | None = None,
) -> Brief:
    """Keep what was told at the door as facts of that day; the worklist knows it at once. Gives the new brief. For the team, in their region.

    Raises ChangedMeanwhile where somebody else changed the record since version `based_on`.
    """
    actor = need(actor, "team")
    if not facts:
        raise InputError("回答", "一项也没有填", "填上问到的，再存")
    if on > today:
        raise InputError("哪天问的", f"{on} 还没有到", "填今天或以前")
    uscc = uscc_of(actor, enterprise)
    save_facts(actor, uscc, facts, source=SOURCE, on=on, based_on=based_on, remark="走访时问到的")
    refresh(actor, enterprise, today, now=now)
    return brief_of(actor, enterprise, today)


def refresh(actor: Actor | None, enterprise: int, today: date, *, now: datetime | None = None) -> None:
    """Work the line of one enterprise in the worklist out again. For the team, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row = session.scalar(select(EnterpriseRow).where(EnterpriseRow.id == enterprise, in_region_of(actor)))
        if row is None:
            raise InputError("企业", "没有这一家的档案", "从走访清单或档案里选；也可能归别的区域管")
        renew(session, row, today)
        audit(actor, "更新走访清单的一家", f"enterprise:{row.uscc}", within=session, now=now)


def first_questions(actor: Actor | None, route: Route, as_of: date) -> dict[int, Ask]:
    """For each enterprise of a route the single fact that decides most; none where nothing is left to ask. For the team."""
    actor = need(actor, "team")
    numbers = [stop.enterprise_id for stop in route.stops]
    with reading() as session:
        query = select(EnterpriseRow).where(EnterpriseRow.id.in_(numbers), in_region_of(actor))
        profiles = {row.id: profile_of(row) for row in session.scalars(query)}
    asked = {number: assess(profile, as_of).questions for number, profile in profiles.items()}
    audit(actor, "看路线上要问什么", f"route:{route.id or ''}", {"家数": len(profiles)})
    return {number: _ask(questions[0]) for number, questions in asked.items() if questions}
