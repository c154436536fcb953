"""What the figures of pushes are counted from: pushes sent, what enterprises answered, what windows decided, what judges found.

Each is asked of the database in one statement, for some months at once. Counted are pushes of kind `fits` that were sent, in the month
of sending; invented ones (示例) only where they are asked for, and then nothing else. What the numbers mean is in `precision`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Date, Select, Subquery, and_, case, func, or_, select, text, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import FunctionElement

from navigator.store.judging_tables import CaseRow, ItemRow, JudgementRow, SampleRow, StratumRow, TallyRow
from navigator.store.push_tables import OPEN_STATES, AnswerRow, BatchRow, PushRow, SubjectRow

SENT = "sent"
RIGHT = frozenset(("fits", "already", "accepted"))
WRONG = frozenset(("not_fit", "wrong_info", "not_eligible"))
"""What is said of a push by its enterprise or by a window, as far as it says whether the push was right."""


class Cell(NamedTuple):
    """Pushes of one month, measure, region (empty where unknown) and office."""

    month: int
    measure: str
    region: str
    office: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The pushes asked about: months from first to last, real or invented, of one region or all."""

    first: int
    last: int
    example: bool = False
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A push of an audit sample: what judges found (`verdict` is None while none has, or while two differ), what was said otherwise."""

    item: int
    push: int
    cell: Cell
    verdict: str | None
    judges: int
    said: str | None

    @property
    def differs(self) -> bool:
        """Whether two judges differ and nobody has settled it."""
        return self.verdict is None and self.judges > 1


@dataclass(slots=True)
class Drawing:
    """What was asked of a stratum so far: how many are to be judged, and how many pushes it had when it was drawn last."""

    least: int
    pushes: int


@dataclass(slots=True)
class Counts:
    """Everything counted of a scope. `said` counts pushes by what was last said of them; strata are (month, measure, region)."""

    sent: Counter[Cell] = field(default_factory=Counter)
    said: Counter[tuple[Cell, str]] = field(default_factory=Counter)
    drawn: list[Drawn] = field(default_factory=list)
    drawings: dict[tuple[int, str, str], Drawing] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Of measures, as they were called when pushed last."""


class shanghai_day(FunctionElement[date]):
    """The calendar day in Shanghai of a moment kept as UTC."""

    type = Date()
    inherit_cache = True


@compiles(shanghai_day, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(shanghai_day, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} + INTERVAL '8 hours' AS date)"


def counted(example: bool) -> ColumnElement[bool]:
    """The pushes that count: `example IS FALSE` for real rates, by the query itself."""
    return and_(
        PushRow.kind == "fits", PushRow.state == "sent", PushRow.month.is_not(None), PushRow.example.is_(example)
    )


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The counted pushes of a scope."""
    place = true() if scope.region is None else PushRow.region == scope.region
    return and_(counted(scope.example), PushRow.month.between(scope.first, scope.last), place)


def count(session: Session, scope: Scope, *, said: bool = True) -> Counts:
    """Everything the figures of these months are made from; without `said`, no answers and decisions."""
    found = Counts()
    _count_tallies(session, scope, found)
    if said:
        _count_cases(session, scope, found)
    found.drawn = drawn(session, scope, said=said)
    for month, measure, region, least, pushes in session.execute(_drawings(scope)):
        known = found.drawings.setdefault((month, measure, region), Drawing(least, pushes))
        known.least, known.pushes = max(known.least, least), pushes
    return found


def _count_tallies(session: Session, scope: Scope, found: Counts) -> None:
    key = (TallyRow.month, SubjectRow.measure_id, TallyRow.region, BatchRow.office)
    query = (
        select(*key, TallyRow.what, func.sum(TallyRow.number))
        .join(SubjectRow, SubjectRow.id == TallyRow.subject_id)
        .join(BatchRow, BatchRow.id == TallyRow.batch_id)
        .where(TallyRow.example.is_(scope.example), TallyRow.month.between(scope.first, scope.last))
        .group_by(*key, TallyRow.what)
        .having(func.sum(TallyRow.number) > 0)
    )
    if scope.region is not None:
        query = query.where(TallyRow.region == scope.region)
    for month, measure, region, office, what, number in session.execute(query):
        cell = Cell(month, measure, region, office)
        if what == SENT:
            found.sent[cell] += int(number)
        else:
            found.said[cell, what] += int(number)
    measures = {cell.measure for cell in found.sent}
    named = select(SubjectRow.measure_id, SubjectRow.name).order_by(SubjectRow.id)
    found.names = {measure: name for measure, name in session.execute(named) if measure in measures}


def _count_cases(session: Session, scope: Scope, found: Counts) -> None:
    """What a window decided stands above what the enterprise said."""
    decided = decisions(scope)
    key = (decided.c.month, decided.c.subject_id, decided.c.region, decided.c.batch_id, decided.c.decision)
    query = (
        select(*key, answer().label("answer"), func.count())
        .select_from(decided)
        .outerjoin(AnswerRow, AnswerRow.push_id == decided.c.push_id)
        .where(decided.c.month.between(scope.first, scope.last))
        .group_by(*key, "answer")
    )
    if scope.region is not None:
        query = query.where(decided.c.region == scope.region)
    measures = dict(session.execute(select(SubjectRow.id, SubjectRow.measure_id)).all())
    offices = dict(session.execute(select(BatchRow.id, BatchRow.office)).all())
    for month, subject, region, batch, decision, replied, number in session.execute(query):
        cell = Cell(month, measures[subject], region, offices[batch])
        found.said[cell, decision] += number
        if replied is not None:
            found.said[cell, replied] -= number


def decisions(scope: Scope, enterprises: Select[Any] | None = None) -> CTE:
    """`push_id`, `decision` (and month, subject, region and batch of the push): of each push the last case of its measure that was
    accepted, or refused because the enterprise is not eligible, brought on the day of the push or later. A case belongs to the last
    push of its measure before it.

    Cases lead to pushes, a few of each enterprise, by the index over open states, which has to be named as it was made; so that SQLite
    does not begin with all pushes instead, their months are left to the caller, and each `+ 0` keeps it from joining
    the other way round. `enterprises` narrows it down.
    """
    deciding = or_(CaseRow.result == "accepted", and_(CaseRow.result == "refused", CaseRow.reason == "not_eligible"))
    nearest = (
        select(
            CaseRow.id.label("case_id"),
            CaseRow.brought,
            CaseRow.result,
            PushRow.id.label("push_id"),
            PushRow.month,
            PushRow.subject_id,
            func.coalesce(PushRow.region, "").label("region"),
            PushRow.batch_id,
            func.row_number()
            .over(partition_by=CaseRow.id, order_by=(PushRow.sent.desc(), PushRow.id.desc()))
            .label("place"),
        )
        .select_from(CaseRow)
        .join(SubjectRow, SubjectRow.measure_id == CaseRow.measure_id)
        .join(
            PushRow, and_(PushRow.enterprise_id == CaseRow.enterprise_id + 0, PushRow.subject_id == SubjectRow.id + 0)
        )
        .where(
            deciding,
            CaseRow.example.is_(scope.example),
            CaseRow.brought >= date(scope.first // 100, scope.first % 100, 1),
            PushRow.kind == "fits",
            PushRow.state == "sent",
            PushRow.example.is_(scope.example),
            text(OPEN_STATES),
            shanghai_day(PushRow.sent) <= CaseRow.brought,
            true() if enterprises is None else CaseRow.enterprise_id.in_(enterprises),
        )
        .cte("nearest")
    )
    newest = func.row_number().over(
        partition_by=nearest.c.push_id, order_by=(nearest.c.brought.desc(), nearest.c.case_id.desc())
    )
    last = (
        select(
            nearest.c.push_id,
            nearest.c.month,
            nearest.c.subject_id,
            nearest.c.region,
            nearest.c.batch_id,
            case((nearest.c.result == "accepted", "accepted"), else_="not_eligible").label("decision"),
            newest.label("place"),
        )
        .where(nearest.c.place == 1)
        .cte("last_cases")
    )
    columns = [column for column in last.c if column.name != "place"]
    return select(*columns).where(last.c.place == 1).cte("decisions")


def verdicts() -> Subquery:
    """`item_id`, `verdict`, `judges` of judged items: what settled it, or what all said; None while two differ."""
    blind = JudgementRow.settles.is_(False)
    settled = func.max(case((JudgementRow.settles.is_(True), JudgementRow.verdict)))
    low, high = (
        func.min(case((blind, JudgementRow.verdict))),
        func.max(case((blind, JudgementRow.verdict))),
    )
    return (
        select(
            JudgementRow.item_id,
            func.coalesce(settled, case((low == high, low))).label("verdict"),
            func.sum(case((blind, 1), else_=0)).label("judges"),
        )
        .group_by(JudgementRow.item_id)
        .subquery("verdicts")
    )


def drawn(session: Session, scope: Scope, *, said: bool = True) -> list[Drawn]:
    """The pushes of all audit samples of these months, in the order they were drawn; without `said`, not what windows decided."""
    given = verdicts()
    decided = {}
    if said:
        judged = select(PushRow.enterprise_id).join(ItemRow, ItemRow.push_id == PushRow.id)
        found = decisions(scope, judged)
        decided = dict(session.execute(select(found.c.push_id, found.c.decision)).all())
    query = (
        select(ItemRow.id, ItemRow.push_id, *_cell(), given.c.verdict, given.c.judges, answer())
        .select_from(SampleRow)
        .join(StratumRow, StratumRow.sample_id == SampleRow.id)
        .join(ItemRow, ItemRow.stratum_id == StratumRow.id)
        .join(PushRow, PushRow.id == ItemRow.push_id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .join(BatchRow, BatchRow.id == PushRow.batch_id)
        .outerjoin(given, given.c.item_id == ItemRow.id)
        .outerjoin(AnswerRow, AnswerRow.push_id == PushRow.id)
        .where(
            SampleRow.example.is_(scope.example),
            SampleRow.month.between(scope.first, scope.last),
            PushRow.kind == "fits",
            PushRow.state == "sent",
            PushRow.example.is_(scope.example),
            true() if scope.region is None else StratumRow.region == scope.region,
        )
        .order_by(ItemRow.id)
    )
    return [
        Drawn(item, push, Cell(month, measure, region, office), verdict, int(judges or 0), decided.get(push, said))
        for item, push, month, measure, region, office, verdict, judges, said in session.execute(query)
    ]


def _drawings(scope: Scope) -> Select[int, str, str, int, int]:
    place = true() if scope.region is None else StratumRow.region == scope.region
    return (
        select(SampleRow.month, StratumRow.measure_id, StratumRow.region, SampleRow.least, StratumRow.pushes)
        .join(StratumRow, StratumRow.sample_id == SampleRow.id)
        .where(SampleRow.example.is_(scope.example), SampleRow.month.between(scope.first, scope.last), place)
        .order_by(SampleRow.id)
    )


def _cell() -> tuple[Any, ...]:
    return (PushRow.month, SubjectRow.measure_id, func.coalesce(PushRow.region, ""), BatchRow.office)


def answer() -> ColumnElement[Any]:
    """What the enterprise said: fits, or the reason why not; None where it has not."""
    return case(
        (AnswerRow.push_id.is_(None), None),
        (AnswerRow.fits.is_(True), "fits"),
        else_=func.coalesce(AnswerRow.reason, "other"),
    )


def pairs(session: Session, items: Iterable[int]) -> list[tuple[str, str]]:
    """First and second verdicts of the items that two judged, each blind."""
    wanted = set(items)
    listed: dict[int, list[str]] = {}
    query = select(JudgementRow.item_id, JudgementRow.verdict).where(JudgementRow.settles.is_(False))
    for item, verdict in session.execute(query.order_by(JudgementRow.id)):
        if item in wanted:
            listed.setdefault(item, []).append(verdict)
    return [(found[0], found[1]) for found in listed.values() if len(found) > 1]


def unclear(session: Session, scope: Scope) -> int:
    """Pushes of which nobody knows whether they went out (the state `unsure`), of all months: told apart, never counted."""
    batches = select(BatchRow.id).where(BatchRow.example.is_(scope.example))
    query = select(func.count(PushRow.id)).where(
        PushRow.batch_id.in_(batches), PushRow.state == "unsure", PushRow.kind == "fits"
    )
    if scope.region is not None:
        query = query.where(PushRow.region == scope.region)
    return session.scalar(query) or 0
