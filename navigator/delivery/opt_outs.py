"""Enterprises that want nothing pushed any more, nothing at all or nothing of one measure: who said so and when. Staff can undo it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.load import default_corpus
from navigator.delivery.contacts import enterprise_row
from navigator.errors import InputError, shown
from navigator.store.audit import audit
from navigator.store.engine import transaction
from navigator.store.enterprises import LONGEST_REMARK
from navigator.store.push_tables import OptOutRow

SELF = Actor("企业自己", "public")
"""Who stands in the log for what came by a link."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OptOut:
    """What an enterprise wants no more of: one measure, or (None) everything."""

    id: int
    measure_id: str | None
    at: datetime
    by: str
    remark: str


def list_opt_outs(actor: Actor | None, uscc: str) -> list[OptOut]:
    """What an enterprise wants no more of. For team members, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        audit(actor, "看不再接收", f"enterprise:{row.uscc}", within=session)
        query = select(OptOutRow).where(OptOutRow.enterprise_id == row.id).order_by(OptOutRow.id)
        return [OptOut(one.id, one.measure_id, one.at, one.by, one.remark) for one in session.scalars(query)]


def opt_out(
    actor: Actor | None, uscc: str, measure_id: str | None = None, remark: str = "", *, now: datetime | None = None
) -> None:
    """Write down that an enterprise wants nothing any more (of one measure). For team members, in their region."""
    actor = need(actor, "team")
    if measure_id is not None and measure_id not in default_corpus().measure_by_id:
        raise InputError("政策", f"没有 {shown(measure_id)}", "从列出的里面选")
    if len(remark) > LONGEST_REMARK:
        raise InputError("说明", f"有 {len(remark)} 个字", f"最多 {LONGEST_REMARK} 个字")
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        if measure_id in stops_of(session, [row.id]).get(row.id, frozenset()):
            return
        at = now or datetime.now(UTC)
        session.add(OptOutRow(enterprise_id=row.id, measure_id=measure_id, at=at, by=actor.name, remark=remark.strip()))
        audit(actor, "记不再接收", f"enterprise:{row.uscc}", {"哪些": measure_id or "所有推送"}, within=session)


def opt_in(actor: Actor | None, uscc: str, number: int) -> None:
    """Undo one: the enterprise wants pushes again. For staff, in their region."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = enterprise_row(session, actor, uscc)
        held = session.get(OptOutRow, number)
        if held is None or held.enterprise_id != row.id:
            raise InputError("不再接收", "没有找到这一条", "可能已经恢复了")
        session.delete(held)
        details = {"哪些": held.measure_id or "所有推送", "原来谁记的": held.by}
        audit(actor, "恢复接收推送", f"enterprise:{row.uscc}", details, within=session)


def stops_of(session: Session, enterprise_ids: Sequence[int]) -> dict[int, frozenset[str | None]]:
    """What some enterprises want no more of, by enterprise: measures, and None for everything."""
    found: dict[int, set[str | None]] = {}
    for start in range(0, len(enterprise_ids), _AT_ONCE):
        part = enterprise_ids[start : start + _AT_ONCE]
        query = select(OptOutRow.enterprise_id, OptOutRow.measure_id).where(OptOutRow.enterprise_id.in_(part))
        for number, measure_id in session.execute(query):
            found.setdefault(number, set()).add(measure_id)
    return {number: frozenset(wanted) for number, wanted in found.items()}


def stopped(measure_id: str) -> Select[int]:
    """The ids of enterprises that want nothing of a measure, for queries."""
    return select(OptOutRow.enterprise_id).where(OptOutRow.measure_id.is_(None) | (OptOutRow.measure_id == measure_id))
