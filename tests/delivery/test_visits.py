"""Visit records: kept once, corrected by versions, people erased in time, promises open until kept; each region its own."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery import visits_promises
from navigator.delivery.contacts import erase_contact, erase_contacts_of, erase_past, list_contacts
from navigator.delivery.visits import (
    Person,
    Visit,
    VisitNote,
    Wanted,
    correct,
    erase_person,
    export_visits,
    keep,
    last_visits,
    list_visits,
    read_visit,
    remove_visit,
)
from navigator.delivery.visits_promises import (
    Promise,
    WantedPromises,
    add_promise,
    count_open,
    export_promises,
    keep_promise,
    list_promises,
    open_promises,
    reopen_promise,
    withdraw_promise,
)
from navigator.errors import InputError
from navigator.store.audit import Filter, read_audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprises import add_enterprise, read_enterprise
from navigator.store.visit_plan_tables import TeamRow
from navigator.store.visit_tables import VisitPromiseRow, VisitRow, VisitVersionRow
from tests.delivery.pushed import CIT
from tests.store.test_importing_columns import code
from tests.stores import own_store

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DUE = date(2026, 11, 30)
STAFF, CHEN = Actor("京山小李", "staff", "京山市"), Actor("小分队小陈", "team", "京山市")
ELSEWHERE = Actor("钟祥小王", "staff", "钟祥市")
BOSS = Person("王厂长", "法人代表", "138 0013 8000")


def firm(number: int = 1, name: str = "京山机械厂", *, example: bool = False) -> int:
    facts = {"uscc": code(number), "name": name, "region": "京山市"}
    uscc = add_enterprise(STAFF, facts, source="名单", on=TODAY, example=example).uscc
    return read_enterprise(STAFF, uscc).id


def note(enterprise: int, **other: object) -> VisitNote:
    told = {"visited_on": TODAY, "topics": ("policy",), "words": "想贷款买设备", "met": (BOSS,)}
    return VisitNote(enterprise, **{**told, **other})  # type: ignore[arg-type]


def visit(**other: object) -> int:
    promises = (Promise("帮问贴息怎么办", DUE),)
    return keep(CHEN, note(firm(), **{"promises": promises, **other}), TODAY, now=NOW)


def only(number: int) -> Visit:
    return read_visit(STAFF, number)[0]


@pytest.fixture
def sqlite(migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty store of the test's own, where the SQL is the same everywhere."""
    path = shutil.copy(migrated_file, tmp_path / "store.db")
    with own_store(f"sqlite:///{path}", monkeypatch) as address:
        yield address


# ---- a record


def test_a_record_says_who_met_whom_about_what_and_is_found_again(store):
    number = visit(topics=("tax", "policy"), other="厂门口的路", measures=(CIT, CIT), members=("小分队小陈", "老刘"))
    found, versions = read_visit(CHEN, number)
    assert (found.name, found.visited_on, found.members) == ("京山机械厂", TODAY, ("小分队小陈", "老刘"))
    assert found.topic_words == "惠企政策、税费、厂门口的路"
    assert found.measures == (CIT,)
    assert [(one.words, one.due_on, one.keeper) for one in found.promises] == [("帮问贴息怎么办", DUE, "小分队小陈")]
    (met,) = versions[0].met
    assert (met.name, met.role, met.phone, met.until) == ("王厂长", "法人代表", "138****8000", date(2028, 11, 23))
    (contact,) = list_contacts(CHEN, found.uscc)
    assert (contact.id, contact.purpose, contact.until) == (met.contact, "走访", met.until)
    assert list_visits(CHEN, Wanted("机械"))[1] == list_visits(CHEN, Wanted("贷款", TODAY, TODAY))[1] == 1
    assert list_visits(CHEN, Wanted("没有的字"))[1] == list_visits(CHEN, Wanted(last=TODAY - timedelta(days=1)))[1] == 0
    with reading() as session:
        assert last_visits(session) == last_visits(session, [found.enterprise_id]) == {found.enterprise_id: TODAY}
        assert last_visits(session, region="钟祥市") == last_visits(session, [999]) == {}


def test_what_a_phone_sends_twice_is_kept_once(store):
    told = note(firm(), client_id="a" * 32, promises=(Promise("回电话", DUE),))
    number = keep(CHEN, told, TODAY, now=NOW)
    assert keep(CHEN, told, TODAY, now=NOW) == number
    with reading() as session:
        for table in (VisitRow, VisitVersionRow, VisitPromiseRow):
            assert session.scalar(select(func.count()).select_from(table)) == 1
    with pytest.raises(NotAllowed):
        keep(ELSEWHERE, told, TODAY, now=NOW)


def test_a_phone_that_sends_several_times_at_once_makes_one_record(store):
    told, made = note(firm(), client_id="b" * 36), list[int]()
    threads = [threading.Thread(target=lambda: made.append(keep(CHEN, told, TODAY, now=NOW))) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == [made[0]] * 4
    assert list_visits(CHEN, Wanted())[1] == 1


def test_a_correction_is_a_new_version_and_keeps_the_number_known_before(store):
    number = visit()
    before = read_visit(CHEN, number)[1][0]
    changed = note(only(number).enterprise_id, words="想贷款扩建厂房", met=(Person("王厂长", "法人代表"),))
    with pytest.raises(InputError, match="更正的原因"):
        correct(CHEN, number, changed, " ", 1, TODAY, now=NOW)
    assert correct(CHEN, number, changed, "听错了", 1, TODAY, now=NOW) == 2
    found, versions = read_visit(CHEN, number)
    assert (found.words, found.version) == ("想贷款扩建厂房", 2)
    assert [one.words for one in versions] == ["想贷款买设备", "想贷款扩建厂房"]
    assert versions[1].reason == "听错了"
    assert versions[1].met[0].contact == before.met[0].contact
    with pytest.raises(InputError, match="小分队小陈刚更正过"):
        correct(CHEN, number, note(found.enterprise_id, words="别的"), "再改", 1, TODAY, now=NOW)
    with pytest.raises(InputError, match="没有改什么"):
        correct(CHEN, number, changed, "再改", 2, TODAY, now=NOW)
    with pytest.raises(InputError, match="企业不能改"):
        correct(CHEN, number, note(999), "记错了", 2, TODAY, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"visited_on": TODAY + timedelta(days=1)}, "还没有到"),
        ({"topics": ("x",)}, "没有x这一类"),
        ({"topics": (), "words": " "}, "没有写谈了什么"),
        ({"measures": ("no-such",)}, "没有 no-such"),
        ({"met": (Person("王", "", "12345"),)}, "手机号是11位"),
        ({"met": (BOSS,) * 21}, "一次最多 20 个"),
        ({"words": "长" * 4001}, "最多 4000 个字"),
        ({"promises": (Promise("早了", TODAY - timedelta(days=1)),)}, "不能早于走访那天"),
        ({"promises": (Promise(" ", DUE),)}, "答应的事:没有写"),
        ({"team": 99}, "没有这一支"),
        ({"enterprise_id": 999}, "没有这一家的档案"),
        ({"client_id": ""}, "手机上的编号用不上"),
    ],
)
def test_what_cannot_be_kept_is_told_in_one_sentence(one_firm, wrong, told):
    with pytest.raises(InputError, match=told):
        keep(CHEN, replace(note(one_firm), **wrong), TODAY, now=NOW)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(VisitRow)) == 0


@pytest.fixture(scope="module")
def one_firm(tmp_path_factory):
    """A store with one enterprise, for records that are all refused."""
    path = tmp_path_factory.mktemp("visits") / "store.db"
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{path}", patch):
        yield firm()


def test_the_team_of_whoever_writes_is_filled_in(sqlite):
    with transaction() as session:
        session.add(TeamRow(id=1, name="京山一队", region="京山市", members=[CHEN.name], at=NOW, by="x"))
        session.add(TeamRow(id=2, name="钟祥一队", region="钟祥市", members=[CHEN.name], at=NOW, by="x"))
    assert only(visit()).team == "京山一队"
    assert list_visits(CHEN, Wanted(team=1))[1] == 1
    assert list_visits(CHEN, Wanted(team=2))[1] == 0


def test_each_sees_the_records_of_their_region_and_invented_ones_stay_apart(store):
    number = visit()
    keep(CHEN, note(firm(2, "示例厂", example=True), met=(Person("小赵", "会计"),)), TODAY, now=NOW)
    assert [one.id for one in list_visits(CHEN, Wanted())[0]] == [number]
    assert [one.name for one in list_visits(CHEN, Wanted(example=True))[0]] == ["示例厂"]
    assert [one.id for one in list_visits(CHEN, Wanted(enterprise=only(number).enterprise_id))[0]] == [number]
    assert list_visits(ELSEWHERE, Wanted())[1] == list_promises(ELSEWHERE, WantedPromises(), TODAY)[1] == 0
    with pytest.raises(InputError, match="没有这一次"):
        read_visit(ELSEWHERE, number)
    with pytest.raises(InputError, match="没有这一件"):
        keep_promise(ELSEWHERE, 1, "办了", TODAY, TODAY)
    with pytest.raises(InputError, match="没有找到"):
        erase_person(ELSEWHERE, 1)
    with pytest.raises(NotAllowed):
        remove_visit(CHEN, number, "记错了")
    with pytest.raises(InputError, match="真号码不能用在它上面"):
        keep(CHEN, note(firm(3, "示例二厂", example=True)), TODAY, now=NOW)


# ---- people


def names(number: int) -> list[str]:
    return [person.name for version in read_visit(STAFF, number)[1] for person in version.met]


def two_versions() -> int:
    number = visit(met=(BOSS, Person("赵会计", "会计")))
    told = note(only(number).enterprise_id, words="改过", met=(Person("王厂长", "法人代表"), Person("赵会计", "会计")))
    correct(CHEN, number, told, "补充", 1, TODAY, now=NOW)
    return number


def test_somebody_met_can_be_erased_from_every_version_with_their_number(sqlite):
    number = two_versions()
    person = read_visit(STAFF, number)[1][1].met[0]
    erase_person(CHEN, person.id, now=NOW)
    assert names(number) == ["", "赵会计", "", "赵会计"]
    assert read_visit(STAFF, number)[1][0].met[0].phone == ""
    assert list_contacts(CHEN, only(number).uscc) == []


def test_who_is_erased_among_the_contacts_is_erased_in_the_records(sqlite):
    number = two_versions()
    (contact,) = list_contacts(CHEN, only(number).uscc)
    erase_contact(CHEN, contact.id)
    assert names(number) == ["", "赵会计", "", "赵会计"]
    erase_contacts_of(STAFF, only(number).uscc)
    assert set(names(number)) == {""}


def test_names_and_numbers_go_when_their_time_is_over(store):
    number = two_versions()
    until = date(2028, 11, 23)
    assert erase_past(COMMAND_LINE, now=until) == 0
    assert erase_past(COMMAND_LINE, now=until + timedelta(days=1)) > 0
    assert set(names(number)) == {""}
    assert list_contacts(CHEN, only(number).uscc) == []
    assert [one.role for one in read_visit(STAFF, number)[1][0].met] == ["法人代表", "会计"]


# ---- promises


def test_a_promise_is_open_until_kept_or_withdrawn_with_a_reason(store):
    number = visit()
    first = only(number).promises[0].id
    second = add_promise(CHEN, number, Promise("送申请表", TODAY, "市经信局"), now=NOW)
    firm_id = only(number).enterprise_id
    with reading() as session:
        assert [one.id for one in open_promises(session)[firm_id]] == [second, first]
        assert open_promises(session, [firm_id], "京山市").keys() == {firm_id}
        assert open_promises(session, region="钟祥市") == open_promises(session, []) == {}
    assert count_open(CHEN, TODAY) == (2, 0)
    assert count_open(CHEN, TODAY + timedelta(days=1)) == (2, 1)
    assert list_promises(CHEN, WantedPromises("late"), TODAY + timedelta(days=1))[0][0].is_late(DUE)
    with pytest.raises(InputError, match="怎么办到的"):
        keep_promise(CHEN, second, " ", TODAY, TODAY, now=NOW)
    with pytest.raises(InputError, match="应在 2026-11-23 到 2026-11-23 之间"):
        keep_promise(CHEN, second, "送到了", TODAY - timedelta(days=1), TODAY, now=NOW)
    keep_promise(CHEN, second, "送到了", TODAY, TODAY, now=NOW)
    withdraw_promise(CHEN, first, "企业不贷了", TODAY, now=NOW)
    with pytest.raises(InputError, match="现在是“撤回了”"):
        keep_promise(CHEN, first, "办了", TODAY, TODAY, now=NOW)
    reopen_promise(CHEN, first, "企业又要贷", TODAY, now=NOW)
    assert [(one.state, one.settled_on) for one in only(number).promises] == [("open", None), ("kept", TODAY)]
    assert [one.step for one in only(number).promises[0].steps] == ["make", "withdraw", "reopen"]
    with pytest.raises(InputError, match="现在是“还没办”"):
        reopen_promise(CHEN, first, "再开", TODAY, now=NOW)


# ---- taking away, taking along


def test_a_record_of_the_wrong_enterprise_is_taken_away_and_the_log_keeps_why(sqlite):
    number = visit()
    remove_visit(STAFF, number, "记错了企业", now=NOW)
    with pytest.raises(InputError, match="没有这一次"):
        read_visit(STAFF, number)
    with reading() as session:
        assert open_promises(session) == {}
    entry = read_audit(COMMAND_LINE, Filter(action="删走访记录"))[0]
    assert entry.details["原因"] == "记错了企业"


def test_the_tables_hold_no_person_met_and_a_dangerous_name_stays_text(sqlite, monkeypatch):
    keep(CHEN, note(firm(1, '=HYPERLINK("http://x")'), promises=(Promise("=1+1", TODAY),)), TODAY, now=NOW)
    text = export_visits(STAFF, {"words": "贷款", "from": "2026-11-01", "to": "x", "team": "x"}).content.decode(
        "utf-8-sig"
    )
    assert "\"'=HYPERLINK" in text
    assert "王厂长" not in text
    assert "138" not in text
    monkeypatch.setattr(visits_promises, "this_day", lambda: DUE)
    promised = export_promises(STAFF, {"stage": "late"}).content.decode("utf-8-sig")
    assert "'=1+1" in promised
    assert "超期" in promised
    assert (
        "HYPERLINK"
        not in export_visits(ELSEWHERE, {}).content.decode() + export_promises(ELSEWHERE, {}).content.decode()
    )


def test_every_number_of_somebody_met_goes_with_the_person_and_all_go_with_the_record(sqlite):
    number = visit(met=(BOSS, Person("赵会计", "会计", "13900139000")))
    told = note(only(number).enterprise_id, words="换了号", met=(Person("王厂长", "法人代表", "13700137000"),))
    correct(CHEN, number, told, "换了号", 1, TODAY, now=NOW)
    uscc = only(number).uscc
    assert len(list_contacts(CHEN, uscc)) == 3
    erase_person(CHEN, read_visit(STAFF, number)[1][1].met[0].id, now=NOW)
    assert [one.person for one in list_contacts(CHEN, uscc)] == ["赵会计"]
    remove_visit(STAFF, number, "记错了企业", now=NOW)
    assert list_contacts(CHEN, uscc) == []


def test_a_promise_written_down_twice_at_once_is_one(sqlite):
    number, told = visit(), Promise("送申请表", DUE)
    first = add_promise(CHEN, number, told, now=NOW)
    assert add_promise(CHEN, number, told, now=NOW) == first
    assert add_promise(CHEN, number, replace(told, due_on=DUE + timedelta(days=1)), now=NOW) != first
