"""政策小分队: which teams there are, who is in them, and which enterprise each has claimed, so that no two knock at one door.

A claim holds until its last day; whoever comes second is told who was first. Routes are made in `routes`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.fulfilment import text_of
from navigator.errors import InputError
from navigator.store.accounts import regions_of_staff
from navigator.store.audit import audit
from navigator.store.bulk import insert_rows
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of
from navigator.store.schema import METADATA
from navigator.store.visit_plan_tables import ClaimRow, TeamRow

CLAIM_DAYS = 14
"""How long a claim holds after the day it is made for."""
MOST_MEMBERS = 30
_CLAIMS = METADATA.tables["visit_claims"]


@dataclass(frozen=True, slots=True)
class Team:
    """A team; `region` is None for the whole city, `members` are user names."""

    id: int
    name: str
    region: str | None
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Which team has taken an enterprise on, and until when that holds."""

    team_id: int
    team: str
    until: date


def list_teams(actor: Actor | None) -> list[Team]:
    """The teams that still work, by name. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        rows = session.scalars(select(TeamRow).where(_teams_of(actor), TeamRow.ended.is_(None)).order_by(TeamRow.name))
        return [_team(row) for row in rows]


def my_team(actor: Actor | None) -> Team | None:
    """The first of the teams that somebody is in. For the team."""
    actor = need(actor, "team")
    return next((one for one in list_teams(actor) if actor.name in one.members), None)


def save_team(
    actor: Actor | None,
    name: str,
    members: Sequence[str],
    *,
    region: str | None = None,
    team: int | None = None,
    now: datetime | None = None,
) -> int:
    """Begin a team, or change the members of one; gives its id. For staff; those of a region only in it."""
    actor = need(actor, "staff", region=region)
    region, name = region or actor.region, text_of(name, "队名", 64)
    if region is not None and region not in regions_of_staff():
        raise InputError("区域", f"写的是{region}", "应是本市的区域；管全市的不选")
    listed = list(dict.fromkeys(one.strip() for one in members if one.strip()))
    if not listed or len(listed) > MOST_MEMBERS or max(map(len, listed)) > 64:
        raise InputError("队员", f"写了 {len(listed)} 个", f"写1到{MOST_MEMBERS}个用户名，一个最多64个字")
    now = now or datetime.now(UTC)
    try:
        with transaction() as session:
            if team is None:
                row = TeamRow(name=name, region=region, members=listed, at=now, by=actor.name, ended=None)
                session.add(row)
            else:
                row = held_team(session, actor, team)
                row.name, row.members = name, listed
            session.flush()
            about = {"队名": name, "队员": listed}
            audit(actor, "建小分队" if team is None else "改小分队", _subject(row), about, within=session, now=now)
            return row.id
    except IntegrityError:
        raise InputError("队名", f"“{name}”已经有了", "换一个名字") from None


def end_team(actor: Actor | None, team: int, *, now: datetime | None = None) -> None:
    """End a team; its claims are free. For staff; those of a region only in it."""
    actor, now = need(actor, "staff"), now or datetime.now(UTC)
    with transaction() as session:
        row = held_team(session, actor, team)
        row.ended = now
        session.execute(delete(ClaimRow).where(ClaimRow.team_id == row.id))
        audit(actor, "撤小分队", _subject(row), {"队名": row.name}, within=session, now=now)


def claim(actor: Actor | None, enterprise: int, team: int, today: date, *, now: datetime | None = None) -> date:
    """Take an enterprise on for a team; gives the last day the claim holds. For its members and for staff.

    Raises InputError where another team was first and its claim still holds.
    """
    actor = need(actor, "team")
    with transaction() as session:
        row = working_team(session, actor, team)
        (record,) = records_of(session, actor, row, [enterprise])
        until = take(session, actor, row, [record], today, today, now=now)
        audit(actor, "认领企业", f"enterprise:{record.uscc}", {"小分队": row.name}, within=session, now=now)
        return until


def release(actor: Actor | None, enterprise: int, *, now: datetime | None = None) -> None:
    """Give an enterprise up again. For members of the team that has it, and for staff."""
    actor = need(actor, "team")
    with transaction() as session:
        kept = session.get(ClaimRow, enterprise)
        if kept is None:
            raise InputError("认领", "这家没有人认领", "不用退")
        row = working_team(session, actor, kept.team_id)
        record = session.get_one(EnterpriseRow, enterprise)
        session.delete(kept)
        audit(actor, "退回认领", f"enterprise:{record.uscc}", {"小分队": row.name}, within=session, now=now)


# ---- shared with routes and worklist


def take(
    session: Session,
    actor: Actor,
    team: TeamRow,
    records: Sequence[EnterpriseRow],
    day: date,
    today: date,
    *,
    now: datetime | None = None,
) -> date:
    """Claim enterprises for a team within a transaction: all of them, or InputError says which one another team has."""
    until, now = day + timedelta(days=CLAIM_DAYS), now or datetime.now(UTC)
    process = _CLAIMS.c.at.type.bind_processor(session.get_bind().dialect)
    at = process(now) if process else now
    names = ("enterprise_id", "team_id", "until", "at", "by")
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    last = until.isoformat() if is_sqlite else until
    rows = [(one.id, team.id, last, at, actor.name) for one in sorted(records, key=lambda one: one.id)]
    insert_rows(session, _CLAIMS, names, rows, unless_there=True)
    may_take = (ClaimRow.team_id == team.id) | (ClaimRow.until < today)
    for record in sorted(records, key=lambda one: one.id):
        mine = session.execute(
            update(ClaimRow)
            .where(ClaimRow.enterprise_id == record.id, may_take)
            .values(team_id=team.id, until=until, at=now, by=actor.name)
            .execution_options(synchronize_session=False)
        )
        if not mine.rowcount:
            first = claims_of(session, [record.id])[record.id]
            raise InputError(
                "认领", f"“{name_of(record)}”已经由{first.team}认领（到 {first.until}）", "换一家，或者跟他们商量"
            )
    return until


def claims_of(session: Session, enterprises: Collection[int]) -> dict[int, Claim]:
    """Who has claimed which of these enterprises; the caller has checked who asks."""
    query = (
        select(ClaimRow.enterprise_id, ClaimRow.team_id, TeamRow.name, ClaimRow.until)
        .join(TeamRow, TeamRow.id == ClaimRow.team_id)
        .where(ClaimRow.enterprise_id.in_(enterprises))
    )
    return {number: Claim(team, name, until) for number, team, name, until in session.execute(query)}


def held_team(session: Session, actor: Actor, team: int) -> TeamRow:
    """A team that still works and that an actor may see."""
    row = session.scalar(select(TeamRow).where(TeamRow.id == team, TeamRow.ended.is_(None), _teams_of(actor)))
    if row is None:
        raise InputError("小分队", "没有这个队", "从列出的里面选；没有就请工作人员先建队")
    return row


def working_team(session: Session, actor: Actor, team: int) -> TeamRow:
    """A team for which an actor may act: its members, and staff."""
    row = held_team(session, actor, team)
    if actor.name not in row.members and not actor.is_at_least("staff"):
        raise InputError("小分队", f"您不在{row.name}", "选自己的队；要入队请工作人员加上")
    return row


def records_of(session: Session, actor: Actor, team: TeamRow, enterprises: Sequence[int]) -> list[EnterpriseRow]:
    """Records an actor may see and a team may visit, in the order asked; InputError for any other."""
    query = select(EnterpriseRow).where(EnterpriseRow.id.in_(enterprises), in_region_of(actor))
    found = {row.id: row for row in session.scalars(query)}
    rows = [found[one] for one in dict.fromkeys(enterprises) if one in found]
    if len(rows) < len(set(enterprises)):
        raise InputError("企业", "没有这一家的档案", "从走访清单或档案里选；也可能归别的区域管")
    for row in rows:
        if team.region is not None and row.region != team.region:
            raise InputError("企业", f"“{name_of(row)}”不在{team.region}", f"{team.name}只走访{team.region}的企业")
    return rows


def name_of(row: EnterpriseRow) -> str:
    """The name as it stands among the facts; the code where none is known."""
    return str(row.facts["name"][0]) if "name" in row.facts else row.uscc


def _teams_of(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.region is None else TeamRow.region == actor.region


def _team(row: TeamRow) -> Team:
    return Team(row.id, row.name, row.region, tuple(row.members))


def _subject(row: TeamRow) -> str:
    return f"team:{row.id}"
