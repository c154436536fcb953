"""The worklist: who comes first and why, what takes somebody off it, one region's list, and what a visit changes at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.delivery import worklist
from navigator.delivery.answers import say_fits
from navigator.delivery.appeals import New, raise_appeal, refuse
from navigator.delivery.brief import answer, brief_of, first_questions
from navigator.delivery.routes import add_stops, set_township
from navigator.delivery.standing import unanswered_in
from navigator.delivery.teams import claim, save_team
from navigator.delivery.visits import Promise, VisitNote, keep
from navigator.delivery.visits_promises import keep_promise, reopen_promise
from navigator.delivery.watch import make_todays_worklist
from navigator.delivery.window import Decided, take_case
from navigator.delivery.worklist import Wanted, latest, make_worklist, read_lines, townships
from navigator.errors import InputError
from navigator.matching import dates
from navigator.store.audit import count_audit
from navigator.store.engine import reading
from navigator.store.enterprises import ChangedMeanwhile, add_enterprise, read_enterprise
from tests.delivery.pushed import CIT, FACTS, push_out
from tests.store.test_importing_columns import code

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
CITY, LI = Actor("市局老张", "staff"), Actor("京山小李", "staff", "京山市")
CHEN, WU = Actor("小陈", "team", "京山市"), Actor("小吴", "team", "钟祥市")
EARLY = NOW - timedelta(days=20)


def firm(number: int, **facts: object) -> int:
    told = {"uscc": code(number), "name": f"第{number}厂", **FACTS, **facts}
    return add_enterprise(CITY, told, source="名单", on=date(2025, 10, 1)).id


def visited(enterprise: int, day: date, promised: date | None = None) -> None:
    promises = (Promise("送一份申报表", promised, "小陈"),) if promised else ()
    keep(CHEN, VisitNote(enterprise, day, topics=("policy",), words="谈了政策", promises=promises), day, now=NOW)


def appeal(enterprise: int) -> None:
    raise_appeal(CHEN, New("visit", "", "other", "路灯坏了", "请修", TODAY, enterprise), TODAY, now=NOW)


def lines(actor: Actor = CITY, **wanted: object) -> list[worklist.Line]:
    return read_lines(actor, Wanted(**wanted), TODAY)[0]  # type: ignore[arg-type]


def kinds(line: worklist.Line) -> list[str]:
    return [part.kind for part in line.parts]


def test_who_is_waited_for_comes_first_and_every_point_has_its_words(store):
    plain, waits = firm(1), firm(2)
    visited(waits, TODAY - timedelta(days=100), TODAY - timedelta(days=1))
    appeal(waits)
    pushed = push_out(3, sent=EARLY)
    fresh = push_out(4, sent=NOW)
    elsewhere = firm(5, region="钟祥市")
    seen: list[tuple[int, int]] = []
    make_worklist(CITY, TODAY, now=NOW, progress=lambda *told: seen.append(told))
    assert seen[-1] == (5, 5)
    found = lines()
    assert [one.enterprise_id for one in found[:2]] == [waits, pushed.enterprise]
    assert kinds(found[0]) == ["promise", "appeal", "money", "unvisited"]
    assert found[0].parts[0].words == "1 件答应的事已经过期，最早 2026-11-22"
    assert all(one.score == sum(part.points for part in one.parts) for one in found)
    assert {kind for one in found for kind in kinds(one)} <= worklist.KINDS.keys()
    assert "push" in kinds(found[1])
    by_id = {one.enterprise_id: one for one in found}
    assert "push" not in kinds(by_id[fresh.enterprise])
    assert by_id[plain].score == by_id[elsewhere].score
    assert by_id[plain].money > 0
    assert by_id[plain].ask
    assert [one.enterprise_id for one in lines(kind="appeal")] == [waits]
    assert [one.enterprise_id for one in lines(words="第5")] == [elsewhere]
    assert [one.enterprise_id for one in lines(region="钟祥市")] == [elsewhere]
    with reading() as session:
        assert unanswered_in(session, 1, 99, TODAY) == {pushed.enterprise: 1}
        assert unanswered_in(session, 1, 99, TODAY + timedelta(days=90)) == {fresh.enterprise: 1}


def test_a_list_made_again_takes_the_place_of_the_one_before(store):
    firm(1)
    days = [TODAY + timedelta(days=number) for number in range(3)]
    make_worklist(CITY, days[0], now=NOW)
    make_worklist(CITY, days[1], now=NOW)
    assert len(lines()) == 1
    make_worklist(LI, days[2], now=NOW)
    assert [latest(one).as_of for one in (CITY, CHEN, WU)] == [days[1], days[2], days[1]]  # type: ignore[union-attr]


@pytest.fixture
def sqlite_store(migrated_file, tmp_path, monkeypatch):
    import shutil

    from tests.stores import own_store

    path = shutil.copy(migrated_file, tmp_path / "store.db")
    with own_store(f"sqlite:///{path}", monkeypatch) as address:
        yield address


def test_what_was_answered_or_accepted_is_not_money_left_lying(sqlite_store):
    one, two, three = push_out(1, sent=EARLY), push_out(2, sent=EARLY), push_out(3, sent=EARLY)
    make_worklist(CITY, TODAY, now=NOW)
    before = {line.enterprise_id: line.money for line in lines()}
    say_fits(two.token, now=NOW)
    take_case(LI, three.uscc, CIT, Decided("accepted"), "京山窗口", day=TODAY)
    make_worklist(CITY, TODAY, now=NOW)
    after = {line.enterprise_id: line.money for line in lines()}
    assert before[one.enterprise] == before[two.enterprise] == after[one.enterprise]
    assert after[two.enterprise] == after[three.enterprise] < before[two.enterprise]
    assert "回复了适用" in brief_of(CHEN, two.enterprise, TODAY).had[0].settled
    assert "窗口已经受理" in brief_of(CHEN, three.enterprise, TODAY).had[0].settled
    assert brief_of(CHEN, three.enterprise, TODAY + timedelta(days=400)).had == ()


def test_who_was_just_visited_waits_and_the_best_of_each_region_are_kept(sqlite_store):
    firms = [firm(number) for number in (1, 2, 3)]
    far = firm(4, region="钟祥市", employees=3)
    visited(firms[0], TODAY - timedelta(days=3))
    make_worklist(CITY, TODAY, now=NOW, kept=2)
    assert {one.enterprise_id for one in lines()} == {firms[1], firms[2], far}
    make_worklist(CITY, TODAY, now=NOW)
    assert next(one for one in lines() if one.enterprise_id == firms[0]).parts[-1].kind == "recent"


def test_a_making_that_breaks_off_leaves_the_list_before(sqlite_store):
    firm(1)
    make_worklist(CITY, TODAY, now=NOW)
    firm(2)

    def breaks(seen: int, worked_out: int) -> None:
        if worked_out:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_worklist(CITY, TODAY + timedelta(days=1), now=NOW, progress=breaks)
    assert latest(CITY).as_of == TODAY  # type: ignore[union-attr]
    assert len(lines()) == 1


def test_examples_have_a_list_of_their_own(sqlite_store):
    real, invented = firm(1), push_out(2, example=True, sent=EARLY).enterprise
    make_worklist(CITY, TODAY, now=NOW)
    make_worklist(CITY, TODAY, example=True, now=NOW)
    assert [one.enterprise_id for one in lines()] == [real]
    assert [one.enterprise_id for one in read_lines(CITY, Wanted(), TODAY, example=True)[0]] == [invented]


def test_claims_and_townships_choose_lines_and_each_region_sees_its_own(sqlite_store):
    one, two = firm(1), firm(2)
    firm(3, region="钟祥市")
    make_worklist(CITY, TODAY, now=NOW)
    team = save_team(LI, "宋河小分队", ["小陈"], now=NOW)
    claim(CHEN, one, team, TODAY, now=NOW)
    set_township(CHEN, two, "宋河镇", now=NOW)
    assert [line.enterprise_id for line in lines(CHEN, claimed="free")] == [two]
    assert [line.enterprise_id for line in lines(CHEN, claimed="mine", team=team)] == [one]
    assert [line.enterprise_id for line in lines(CHEN, township="宋河镇")] == [two]
    assert (townships(CHEN), townships(WU)) == (["宋河镇"], [])
    assert len(lines(WU)) == 1
    before = count_audit(Actor("管理员", "admin"))
    lines(CHEN)
    assert count_audit(Actor("管理员", "admin")) == before + 1
    with pytest.raises(NotAllowed):
        make_worklist(None, TODAY)


def test_what_is_told_at_the_door_is_a_fact_at_once_and_the_list_knows_it(store):
    number = firm(1, taxable_income=None)
    appeal(number)
    visited(number, TODAY - timedelta(days=200), TODAY + timedelta(days=3))
    make_worklist(CITY, TODAY, now=NOW)
    (before,) = lines()
    found = brief_of(CHEN, number, TODAY)
    assert 1 <= len(found.ask) <= 3
    assert (found.name, found.last_visit, found.promises[0].words) == (
        "第1厂",
        TODAY - timedelta(days=200),
        "送一份申报表",
    )
    assert [one.title for one in found.appeals] == ["路灯坏了"]
    assert all(point.source and point.text for point in found.points)
    told = answer(CHEN, number, {"taxable_income": 900_000}, TODAY, TODAY, based_on=found.version, now=NOW)
    assert told.version == 2
    fact = read_enterprise(CHEN, code(1)).facts["taxable_income"]
    assert (fact.value, fact.source, fact.on) == (900_000, "走访", TODAY)
    (after,) = lines()
    assert after.money > before.money
    with pytest.raises(ChangedMeanwhile):
        answer(CHEN, number, {"employees": 9}, TODAY, TODAY, based_on=1, now=NOW)
    with pytest.raises(InputError, match="一项也没有填"):
        answer(CHEN, number, {}, TODAY, TODAY, based_on=2, now=NOW)
    with pytest.raises(InputError, match="还没有到"):
        answer(CHEN, number, {"employees": 9}, TODAY + timedelta(days=1), TODAY, based_on=2, now=NOW)
    with pytest.raises(InputError, match="没有找到这份档案"):
        brief_of(WU, number, TODAY)


def test_a_route_knows_the_one_fact_to_ask_at_each_door(sqlite_store):
    known, unknown = firm(1), add_enterprise(CITY, {"uscc": code(2), "region": "京山市"}, source="名单", on=TODAY).id
    team = save_team(LI, "宋河小分队", ["小陈"], now=NOW)
    route = add_stops(CHEN, team, TODAY, [known, unknown], TODAY, now=NOW)
    asked = first_questions(CHEN, route, TODAY)
    assert asked.keys() == {known, unknown}
    assert asked[unknown] == brief_of(CHEN, unknown, TODAY).ask[0]
    assert first_questions(WU, route, TODAY) == {}


def test_a_promise_kept_and_an_appeal_settled_leave_the_list_at_once(sqlite_store):
    one = firm(1)
    visited(one, TODAY - timedelta(days=100), TODAY - timedelta(days=1))
    make_worklist(CITY, TODAY, now=NOW)
    assert "promise" in kinds(lines()[0])
    keep_promise(CHEN, 1, "送到了", TODAY, TODAY, now=NOW)
    assert "promise" not in kinds(lines()[0])
    reopen_promise(CHEN, 1, "送错了", TODAY, now=NOW)
    appeal(one)
    assert {"promise", "appeal"} <= set(kinds(lines()[0]))
    refuse(CITY, 1, "不归这里管", TODAY, TODAY, now=NOW)
    assert "appeal" not in kinds(lines()[0])


def test_the_list_of_a_day_is_made_by_itself_once_there_are_teams(sqlite_store, monkeypatch):
    day = TODAY
    monkeypatch.setattr(dates, "today", lambda: day)
    firm(1)
    make_todays_worklist()
    assert latest(CITY) is None
    save_team(CITY, "一队", ["小陈"], region="京山市", now=NOW)
    make_todays_worklist()
    first = latest(CITY)
    assert first and first.as_of == TODAY
    make_todays_worklist()
    assert latest(CITY) == first
    day = TODAY + timedelta(days=1)
    make_todays_worklist()
    assert latest(CITY).as_of == day
