"""Whose an appeal is: the enterprise record it belongs to, and how whoever raised it can be reached.

A number given with an appeal is for this appeal alone, is never used for pushes or visits, and is gone after its last day, or some time
after the appeal was closed or refused. The record is
named by a person: nobody who only says he is an enterprise gets something written into its record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.appeals import STATES, add_step, appeal_row, subject
from navigator.delivery.contacts import KIND_NAMES, check_days, check_person, enterprise_row, masked, read_value
from navigator.errors import InputError
from navigator.matching.dates import today as this_day
from navigator.store.appeal_tables import AppealContactRow, AppealRow, AppealStepRow
from navigator.store.audit import audit
from navigator.store.engine import transaction

PURPOSE = "只用来办这件诉求"
KEPT_DAYS = 90
"""After the last step of an appeal that is closed or refused: so long it may be opened again."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How whoever raised an appeal can be reached, and until when that may be kept. Masked unless opened."""

    kind: str
    value: str
    person: str
    until: date


def put_contact(session: Session, appeal: int, value: str, person: str, today: date) -> None:
    """Keep a number or mailbox with an appeal for the time of the settings; the caller has checked who acts. InputError for what is none."""
    kind = "email" if "@" in value else "phone"
    row = AppealContactRow(
        appeal_id=appeal,
        kind=kind,
        value=read_value(kind, value),
        person=check_person(person),
        until=check_days(today, None, today),
    )
    session.merge(row)


def contact_of(actor: Actor | None, number: int, today: date, *, opened: bool = False) -> Reach | None:
    """How to reach whoever raised an appeal, masked or opened, which stands in the log. None without one. For the team, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row = appeal_row(session, actor, number)
        kept = session.get(AppealContactRow, number)
        if kept is None or kept.until < today:
            return None
        if opened:
            about = {"编号": row.number, "种类": KIND_NAMES[kept.kind]}
            audit(actor, "看诉求的完整联系方式", subject(number), about, within=session)
        return Reach(kept.kind, kept.value if opened else masked(kept.kind, kept.value), kept.person, kept.until)


def erase_contact(actor: Actor | None, number: int) -> None:
    """Erase how whoever raised an appeal can be reached. For the team, in their region."""
    actor = need(actor, "team")
    with transaction() as session:
        row = appeal_row(session, actor, number)
        session.execute(delete(AppealContactRow).where(AppealContactRow.appeal_id == number))
        audit(actor, "删诉求的联系方式", subject(number), {"编号": row.number}, within=session)


def erase_past_contacts(actor: Actor | None, *, now: date | None = None) -> int:
    """Erase all that may not be kept any longer; says how many. For administrators; the server does it daily."""
    actor, day = need(actor, "admin"), now or this_day()
    over = (
        select(AppealStepRow.appeal_id)
        .join(AppealRow, AppealRow.id == AppealStepRow.appeal_id)
        .where(AppealRow.state.in_(("closed", "refused")))
        .group_by(AppealStepRow.appeal_id)
        .having(func.max(AppealStepRow.day) < day - timedelta(days=KEPT_DAYS))
    )
    with transaction() as session:
        past = (AppealContactRow.until < day) | AppealContactRow.appeal_id.in_(over)
        which = delete(AppealContactRow).where(past).execution_options(synchronize_session=False)
        count = session.execute(which).rowcount
        if count:
            audit(actor, "清理到期的诉求联系方式", "appeal:", {"几个": count}, within=session)
    return count


def name_enterprise(actor: Actor | None, number: int, uscc: str, today: date, *, now: datetime | None = None) -> None:
    """Say which record an appeal belongs to; it takes the record's name and region. For staff, in their region."""
    actor, now = need(actor, "staff"), now or datetime.now(UTC)
    with transaction() as session:
        row = appeal_row(session, actor, number, *STATES, changing=True)
        record = enterprise_row(session, actor, uscc)
        if record.example != row.example:
            raise InputError("企业档案", "一个是示例，一个不是", "真的诉求只能对上真的企业")
        if row.enterprise_id == record.id:
            return
        was = row.name
        row.enterprise_id, row.name, row.region = record.id, record.name, record.region
        add_step(session, row, "whose", today, f"{was} → {record.name}（{record.uscc}）", actor, now)
        about = {"编号": row.number, "代码": record.uscc}
        audit(actor, "诉求对上企业档案", subject(number), about, within=session, now=now)
