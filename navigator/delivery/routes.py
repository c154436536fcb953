"""今日路线: which enterprises a team goes to on a day, in which order, and in which township each is found.

Putting an enterprise on a route claims it for the team. What is asked at each door is worked out in `brief`, visits are kept in `visits`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.teams import claim as claim
from navigator.delivery.teams import held_team, name_of, records_of, take, working_team
from navigator.delivery.teams import release as release
from navigator.errors import InputError
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of
from navigator.store.visit_plan_tables import ClaimRow, RouteRow, StopRow, TeamRow, TownshipRow

MOST_STOPS = 40


@dataclass(frozen=True, slots=True)
class Stop:
    """One enterprise of a route."""

    enterprise_id: int
    uscc: str
    name: str
    region: str | None
    township: str
    example: bool
    place: int


@dataclass(frozen=True, slots=True)
class Route:
    """What a team does on a day, in order; `id` is None where nothing has been planned yet."""

    id: int | None
    team_id: int
    team: str
    day: date
    stops: tuple[Stop, ...]


def of_day(actor: Actor | None, team: int, day: date) -> Route:
    """The route of a team on a day; the look stands in the log. For the team, of their region."""
    actor = need(actor, "team")
    with reading() as session:
        row = held_team(session, actor, team)
        route = session.scalar(select(RouteRow).where(RouteRow.team_id == team, RouteRow.day == day))
        found = _route(session, row, day, route, in_region_of(actor))
    audit(actor, "看走访路线", f"route:{found.id or ''}", {"小分队": found.team, "哪天": day.isoformat()})
    return found


def add_stops(
    actor: Actor | None,
    team: int,
    day: date,
    enterprises: Sequence[int],
    today: date,
    *,
    now: datetime | None = None,
) -> Route:
    """Put enterprises at the end of a day's route and claim them: all, or none. For members of the team, and staff."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    if day < today:
        raise InputError("哪天", f"{day} 已经过了", "选今天或以后")
    if not enterprises:
        raise InputError("企业", "一家也没有选", "先选要走访的企业")
    with transaction() as session:
        row = working_team(session, actor, team)
        records = records_of(session, actor, row, enterprises)
        take(session, actor, row, records, day, today, now=now)
        route = _held_route(session, actor, row, day, now)
        known = {stop.enterprise_id: stop for stop in _stops(session, route.id)}
        new = [one for one in records if one.id not in known]
        if len(known) + len(new) > MOST_STOPS:
            raise InputError("路线", f"一天排了 {len(known) + len(new)} 家", f"一天最多{MOST_STOPS}家，换一天")
        last = max((stop.place for stop in known.values()), default=0)
        for place, one in enumerate(new, start=last + 1):
            session.add(StopRow(route_id=route.id, enterprise_id=one.id, place=place))
            audit(actor, "排进走访路线", f"enterprise:{one.uscc}", {"小分队": row.name, "哪天": day.isoformat()},
                  within=session, now=now)  # fmt: skip
        session.flush()
        return _route(session, row, day, route, in_region_of(actor))


def remove_stop(actor: Actor | None, route: int, enterprise: int, *, now: datetime | None = None) -> None:
    """Take an enterprise off a route; where no other route of the team from today on has it, it is free again. For the team and staff."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    today = now.astimezone(SHANGHAI).date()
    with transaction() as session:
        row, team = _route_row(session, actor, route)
        stop = _stop(session, row, enterprise)
        record = session.get_one(EnterpriseRow, enterprise)
        session.delete(stop)
        session.flush()
        _number(_stops(session, row.id))
        elsewhere = (
            select(StopRow.id)
            .join(RouteRow, RouteRow.id == StopRow.route_id)
            .where(RouteRow.team_id == team.id, StopRow.enterprise_id == enterprise, RouteRow.day >= today)
        )
        if session.scalar(elsewhere) is None:
            session.execute(delete(ClaimRow).where(ClaimRow.enterprise_id == enterprise, ClaimRow.team_id == team.id))
        audit(actor, "移出走访路线", f"enterprise:{record.uscc}", {"小分队": team.name}, within=session, now=now)


def move_stop(actor: Actor | None, route: int, enterprise: int, by: int, *, now: datetime | None = None) -> None:
    """Let an enterprise come earlier (`by` -1) or later (1) on a route; beyond the ends nothing moves. For the team and staff."""
    actor = need(actor, "team")
    with transaction() as session:
        row, _ = _route_row(session, actor, route)
        stop = _stop(session, row, enterprise)
        others = [one for one in _stops(session, row.id) if one is not stop]
        others.insert(max(0, stop.place - 1 + by), stop)
        _number(others)
        audit(actor, "排走访顺序", f"route:{row.id}", within=session, now=now)


def order_stops(actor: Actor | None, route: int, *, now: datetime | None = None) -> None:
    """Put the stops of one township next to each other, in the order in which townships first come; unknown ones last."""
    actor = need(actor, "team")
    with transaction() as session:
        row, _ = _route_row(session, actor, route)
        stops = _stops(session, row.id)
        places = townships_of(session, [stop.enterprise_id for stop in stops])
        first: dict[str, int] = {}
        for stop in stops:
            first.setdefault(places.get(stop.enterprise_id, ""), stop.place)
        _number(sorted(stops, key=_by_township(places, first)))
        audit(actor, "按乡镇排走访顺序", f"route:{row.id}", within=session, now=now)


def _by_township(places: dict[int, str], first: dict[str, int]) -> Callable[[StopRow], tuple[bool, int, int]]:
    def key(stop: StopRow) -> tuple[bool, int, int]:
        township = places.get(stop.enterprise_id, "")
        return not township, first[township], stop.place

    return key


def set_township(actor: Actor | None, enterprise: int, township: str, *, now: datetime | None = None) -> None:
    """Write down in which township an enterprise is found; empty: not known. For the team, in their region."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    township = township.replace("\0", "").strip()
    if len(township) > 40:
        raise InputError("乡镇或街道", f"有 {len(township)} 个字", "最多40个字，如 宋河镇")
    with transaction() as session:
        record = session.scalar(select(EnterpriseRow).where(EnterpriseRow.id == enterprise, in_region_of(actor)))
        if record is None:
            raise InputError("企业", "没有这一家的档案", "从走访清单或档案里选；也可能归别的区域管")
        put_township(session, actor, enterprise, township, now)
        audit(actor, "记在哪个乡镇", f"enterprise:{record.uscc}", {"乡镇": township}, within=session, now=now)


def put_township(session: Session, actor: Actor, enterprise: int, township: str, now: datetime) -> None:
    """Keep a township within a transaction; the caller has checked and logs."""
    session.execute(delete(TownshipRow).where(TownshipRow.enterprise_id == enterprise))
    if township:
        session.add(TownshipRow(enterprise_id=enterprise, township=township, at=now, by=actor.name))
        session.flush()


def townships_of(session: Session, enterprises: Collection[int]) -> dict[int, str]:
    """In which township each of these enterprises is found, where that is known; the caller has checked who asks."""
    query = select(TownshipRow.enterprise_id, TownshipRow.township).where(TownshipRow.enterprise_id.in_(enterprises))
    return dict(session.execute(query).all())


def _held_route(session: Session, actor: Actor, team: TeamRow, day: date, now: datetime) -> RouteRow:
    """The route of a day, begun where there is none; whoever plans the same day at the same moment waits."""
    session.scalar(select(TeamRow.id).where(TeamRow.id == team.id).with_for_update())
    row = session.scalar(select(RouteRow).where(RouteRow.team_id == team.id, RouteRow.day == day))
    if row is None:
        row = RouteRow(team_id=team.id, day=day, at=now, by=actor.name)
        session.add(row)
        session.flush()
    return row


def _route_row(session: Session, actor: Actor, route: int) -> tuple[RouteRow, TeamRow]:
    """A route somebody may change, held until the transaction ends."""
    row = session.scalar(select(RouteRow).where(RouteRow.id == route).with_for_update())
    if row is None:
        raise InputError("路线", "没有这条路线", "从今日路线里选")
    return row, working_team(session, actor, row.team_id)


def _stops(session: Session, route: int) -> list[StopRow]:
    return list(session.scalars(select(StopRow).where(StopRow.route_id == route).order_by(StopRow.place, StopRow.id)))


def _stop(session: Session, route: RouteRow, enterprise: int) -> StopRow:
    query = select(StopRow).where(StopRow.route_id == route.id, StopRow.enterprise_id == enterprise)
    found = session.scalar(query)
    if found is None:
        raise InputError("路线", "上面没有这一家", "可能已经移出去了，看看现在的路线")
    return found


def _number(stops: Sequence[StopRow]) -> None:
    for place, stop in enumerate(stops, start=1):
        stop.place = place


def _route(session: Session, team: TeamRow, day: date, route: RouteRow | None, seen: ColumnElement[bool]) -> Route:
    if route is None:
        return Route(None, team.id, team.name, day, ())
    query = (
        select(StopRow.place, EnterpriseRow, func.coalesce(TownshipRow.township, ""))
        .join(EnterpriseRow, EnterpriseRow.id == StopRow.enterprise_id)
        .outerjoin(TownshipRow, TownshipRow.enterprise_id == StopRow.enterprise_id)
        .where(StopRow.route_id == route.id, seen)
        .order_by(StopRow.place, StopRow.id)
    )
    stops = tuple(
        Stop(row.id, row.uscc, name_of(row), row.region, township, row.example, place)
        for place, row, township in session.execute(query)
    )
    return Route(route.id, team.id, team.name, day, stops)
