"""The rows behind the figures of pushes, enterprise by enterprise.

What judges found is left out for whoever could still judge the same push without knowing: they may look all the same, but then judge
it no more. The log remembers who looked (see `judging`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, null, or_, select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.delivery import counting
from navigator.delivery.counting import RIGHT, WRONG, Scope
from navigator.delivery.metrics import Line, Lines, Wanted
from navigator.store.audit import shown_moment
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.judging_tables import ItemRow, JudgementRow
from navigator.store.push_tables import AnswerRow, BatchRow, PushRow, SubjectRow

LISTS: dict[str, dict[str, str]] = {
    "push-precision": {
        "wrong": "判错的",
        "right": "判对的",
        "unsure": "查不清的",
        "open": "抽到了还没评的",
        "differing": "两人判得不一样、还没定的",
    },
    "push-precision-replies": {"said-wrong": "说明推错了的", "said-right": "说明推对了的", "said-else": "不算对错的"},
    "push-unjudged": {"unjudged": "未评判的"},
    "push-sent": {"sent": "全部推送"},
}
VERDICTS = {"right": "对", "wrong": "错", "unsure": "查不清"}
HEADINGS = ("政策", "发送部门", "发出时间", "抽查结论", "企业或窗口说的")
_AT_ONCE = 5_000
HIDDEN = "您还可以复评，先不显示"

_SAID = {
    "fits": "适用", "already": "已经享受了", "no_need": "不需要", "not_fit": "条件不符", "wrong_info": "信息有误",
    "other": "其他原因", "accepted": "窗口受理了", "not_eligible": "窗口因不符合条件退件",
}  # fmt: skip


def read_push_rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    """The pushes of one list, by measure and region."""
    scope = Scope(wanted.month, wanted.month, wanted.example)
    given = counting.verdicts()
    said, told = _said_by(wanted.list, scope)
    hidden = _hidden(given, actor)
    query = (
        select(PushRow.id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .join(BatchRow, BatchRow.id == PushRow.batch_id)
        .where(_within(wanted, scope), _chosen(wanted.list, given, said))
    )
    if wanted.list != "sent":
        is_outer = wanted.list not in LISTS["push-precision"]
        query = query.join(ItemRow, ItemRow.push_id == PushRow.id, isouter=is_outer)
        query = query.outerjoin(given, given.c.item_id == ItemRow.id)
    if told is not None:
        query = query.outerjoin(AnswerRow, AnswerRow.push_id == PushRow.id)
        query = query.outerjoin(told, told.c.push_id == PushRow.id)
    left = 0
    if wanted.list in VERDICTS and not wanted.reveal:
        left = session.scalar(select(func.count()).select_from(query.where(hidden).subquery())) or 0
        query = query.where(~hidden)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.order_by(PushRow.subject_id, PushRow.region, PushRow.id).limit(limit).offset(offset)
    lines = _lines(session, actor, session.scalars(query).all(), wanted)
    note = f"另有 {left:,} 条您还可以复评，结论先不显示" if left else ""
    return Lines(HEADINGS, lines, total, note)


def _said_by(name: str, scope: Scope) -> tuple[ColumnElement[Any], Any]:
    """What was said of a push, and the table of decisions it is read from, for the lists that ask for it."""
    if name not in (*LISTS["push-precision-replies"], "unjudged"):
        return null(), None
    decided = counting.decisions(scope)
    return func.coalesce(decided.c.decision, counting.answer()), decided


def _within(wanted: Wanted, scope: Scope) -> ColumnElement[bool]:
    parts = [counting.in_scope(scope)]
    if wanted.measure is not None:
        parts.append(SubjectRow.measure_id == wanted.measure)
    if wanted.office is not None:
        parts.append(BatchRow.office == wanted.office)
    if wanted.region is not None:
        parts.append(PushRow.region == wanted.region if wanted.region else PushRow.region.is_(None))
    return and_(*parts)


def _chosen(name: str, given: Any, said: ColumnElement[Any]) -> ColumnElement[bool]:
    judged = func.coalesce(given.c.verdict, "")
    match name:
        case "right" | "wrong" | "unsure":
            return judged == name
        case "open":
            return func.coalesce(given.c.judges, 0) == 0
        case "differing":
            return and_(given.c.verdict.is_(None), given.c.judges > 1)
        case "said-right":
            return said.in_(sorted(RIGHT))
        case "said-wrong":
            return said.in_(sorted(WRONG))
        case "said-else":
            return and_(said.is_not(None), said.not_in(sorted(RIGHT | WRONG)))
        case "unjudged":
            return and_(judged.not_in(("right", "wrong")), or_(said.is_(None), said.not_in(sorted(RIGHT | WRONG))))
    return PushRow.id.is_not(None)


def _hidden(given: Any, actor: Actor) -> ColumnElement[bool]:
    """Judged by one other person alone: this actor could still be the second."""
    mine = select(JudgementRow.item_id).where(JudgementRow.judge == actor.name)
    return and_(func.coalesce(given.c.judges, 0) == 1, ItemRow.id.not_in(mine))


def _lines(session: Session, actor: Actor, pushes: Sequence[int], wanted: Wanted) -> tuple[Line, ...]:
    """What is shown of some pushes, in their order."""
    found: dict[int, Line] = {}
    for start in range(0, len(pushes), _AT_ONCE):
        some = pushes[start : start + _AT_ONCE]
        enterprises = select(PushRow.enterprise_id).where(PushRow.id.in_(some))
        decided = counting.decisions(Scope(wanted.month, wanted.month, wanted.example), enterprises)
        for row in session.execute(_particulars(actor, some, decided)):
            found[row.id] = _line(row, wanted.reveal)
    return tuple(found[push] for push in pushes)


def _particulars(actor: Actor, pushes: Sequence[int], decided: CTE) -> Select[Any]:
    given = counting.verdicts()
    return (
        select(
            PushRow.id,
            PushRow.enterprise_id,
            PushRow.sent,
            EnterpriseRow.uscc,
            EnterpriseRow.facts,
            EnterpriseRow.region,
            SubjectRow.name.label("measure"),
            BatchRow.office,
            given.c.verdict,
            given.c.judges,
            _hidden(given, actor).label("hidden"),
            func.coalesce(decided.c.decision, counting.answer()).label("said"),
        )
        .join(EnterpriseRow, EnterpriseRow.id == PushRow.enterprise_id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .join(BatchRow, BatchRow.id == PushRow.batch_id)
        .outerjoin(ItemRow, ItemRow.push_id == PushRow.id)
        .outerjoin(given, given.c.item_id == ItemRow.id)
        .outerjoin(AnswerRow, AnswerRow.push_id == PushRow.id)
        .outerjoin(decided, decided.c.push_id == PushRow.id)
        .where(PushRow.id.in_(pushes))
    )


def _line(row: Any, reveal: bool) -> Line:
    name = str(row.facts["name"][0]) if "name" in row.facts else row.uscc
    if row.hidden and not reveal:
        verdict = HIDDEN
    elif row.verdict is None and row.judges:
        verdict = "两人判得不一样"
    else:
        verdict = VERDICTS.get(row.verdict, "")
    said = _SAID.get(row.said, "其他原因") if row.said else ""
    cells = (row.measure, row.office, shown_moment(row.sent)[:16], verdict, said)
    return Line(row.enterprise_id, name, row.uscc, row.region, cells)
