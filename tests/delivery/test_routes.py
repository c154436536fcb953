"""Teams, claims and routes: one door, one team; an order by hand or by township; each region for itself."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.delivery.routes import add_stops, move_stop, of_day, order_stops, remove_stop, set_township
from navigator.delivery.teams import claim, claims_of, end_team, list_teams, my_team, release, save_team
from navigator.errors import InputError
from navigator.store.engine import reading
from navigator.store.enterprises import add_enterprise
from tests.store.test_importing_columns import code

TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 2, tzinfo=UTC)
CITY, LI = Actor("市局老张", "staff"), Actor("京山小李", "staff", "京山市")
CHEN, ZHOU = Actor("小陈", "team", "京山市"), Actor("小周", "team", "京山市")
OTHER = Actor("小吴", "team", "钟祥市")


def firm(number: int, region: str = "京山市") -> int:
    facts = {"uscc": code(number), "name": f"{region}{number}厂", "region": region, "entity_type": "企业"}
    return add_enterprise(CITY, facts, source="名单", on=TODAY).id


def two_teams() -> tuple[int, int]:
    one = save_team(LI, "宋河小分队", ["小陈"], now=NOW)
    return one, save_team(LI, "新市小分队", ["小周", "小陈"], now=NOW)


def test_of_two_teams_that_claim_at_once_one_gets_it_and_the_other_is_told(store):
    teams, number = two_teams(), firm(1)
    begin, told = threading.Barrier(2), []

    def try_it(actor: Actor, team: int) -> None:
        begin.wait()
        try:
            claim(actor, number, team, TODAY, now=NOW)
            told.append("得了")
        except InputError as fault:
            told.append(str(fault))

    tries = [threading.Thread(target=try_it, args=one) for one in zip((CHEN, ZHOU), teams, strict=True)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert sorted(word == "得了" for word in told) == [False, True]
    assert any("已经由" in word and "2026-12-07" in word for word in told)
    with reading() as session:
        assert claims_of(session, [number])[number].team_id in teams


def test_a_claim_holds_until_its_last_day_or_until_it_is_given_up(store):
    (one, other), number = two_teams(), firm(1)
    last = claim(CHEN, number, one, TODAY, now=NOW)
    with pytest.raises(InputError, match="已经由宋河小分队认领"):
        claim(ZHOU, number, other, last, now=NOW)
    claim(ZHOU, number, other, last + timedelta(days=1), now=NOW)
    release(ZHOU, number, now=NOW)
    claim(CHEN, number, one, TODAY, now=NOW)
    with pytest.raises(InputError, match="您不在宋河小分队"):
        release(ZHOU, number, now=NOW)
    end_team(LI, one, now=NOW)
    claim(ZHOU, number, other, TODAY, now=NOW)
    assert [team.name for team in list_teams(CHEN)] == ["新市小分队"]
    assert my_team(CHEN).id == other  # type: ignore[union-attr]


def test_a_route_is_all_or_nothing_and_claims_what_it_has(store):
    (one, other), firms = two_teams(), [firm(number) for number in (1, 2, 3)]
    add_stops(ZHOU, other, TODAY, [firms[2]], TODAY, now=NOW)
    with pytest.raises(InputError, match="京山市3厂”已经由新市小分队认领"):
        add_stops(CHEN, one, TODAY, firms, TODAY, now=NOW)
    assert of_day(CHEN, one, TODAY).stops == ()
    add_stops(CHEN, one, TODAY, firms[:2], TODAY, now=NOW)
    again = add_stops(CHEN, one, TODAY, firms[:2], TODAY, now=NOW)
    assert [stop.enterprise_id for stop in again.stops] == firms[:2]
    tomorrow = add_stops(CHEN, one, TODAY + timedelta(days=1), firms[:1], TODAY, now=NOW)
    remove_stop(CHEN, tomorrow.id, firms[0], now=NOW)
    with pytest.raises(InputError, match="已经由宋河小分队认领"):
        claim(ZHOU, firms[0], other, TODAY, now=NOW)
    remove_stop(CHEN, again.id, firms[0], now=NOW)
    add_stops(ZHOU, other, TODAY, [firms[0]], TODAY, now=NOW)
    assert [stop.place for stop in of_day(CHEN, one, TODAY).stops] == [1]
    with pytest.raises(InputError, match="已经过了"):
        add_stops(CHEN, one, TODAY - timedelta(days=1), firms[:1], TODAY, now=NOW)


def test_stops_are_ordered_by_hand_and_by_township(store):
    team, firms = two_teams()[0], [firm(number) for number in (1, 2, 3, 4)]
    route = add_stops(CHEN, team, TODAY, firms, TODAY, now=NOW)
    for number, township in zip(firms, ("宋河镇", "", "永兴街道", "宋河镇"), strict=True):
        set_township(CHEN, number, township, now=NOW)
    move_stop(CHEN, route.id, firms[2], -1, now=NOW)
    assert [stop.enterprise_id for stop in of_day(CHEN, team, TODAY).stops] == [firms[0], firms[2], firms[1], firms[3]]
    move_stop(CHEN, route.id, firms[0], -1, now=NOW)
    order_stops(CHEN, route.id, now=NOW)
    found = of_day(CHEN, team, TODAY).stops
    assert [stop.township for stop in found] == ["宋河镇", "宋河镇", "永兴街道", ""]
    assert [stop.enterprise_id for stop in found] == [firms[0], firms[3], firms[2], firms[1]]


def test_each_region_has_its_own_teams_and_enterprises(store):
    team, elsewhere = two_teams()[0], firm(9, "钟祥市")
    with pytest.raises(InputError, match="没有这个队"):
        of_day(OTHER, team, TODAY)
    with pytest.raises(InputError, match="没有这一家的档案"):
        claim(CHEN, elsewhere, team, TODAY, now=NOW)
    with pytest.raises(InputError, match="不在京山市"):
        claim(CITY, elsewhere, team, TODAY, now=NOW)
    with pytest.raises(NotAllowed):
        save_team(LI, "钟祥小分队", ["小吴"], region="钟祥市", now=NOW)
    with pytest.raises(NotAllowed):
        save_team(CHEN, "我的队", ["小陈"], now=NOW)
    with pytest.raises(InputError, match="已经有了"):
        save_team(LI, "宋河小分队", ["小陈"], now=NOW)
    with pytest.raises(InputError, match="没有这一家的档案"):
        set_township(OTHER, firm(1), "宋河镇", now=NOW)
