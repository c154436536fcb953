"""Enterprise records: facts with source and day, history, two people at one record, regions, and tables taken in."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.errors import InputError
from navigator.matching.facts import uscc_check_digit
from navigator.matching.rulebook import default_rulebook
from navigator.store import enterprise_intake, enterprises
from navigator.store.audit import Filter, read_audit
from navigator.store.enterprise_intake import take_enterprises
from navigator.store.enterprises import ChangedMeanwhile

LI = Actor("京山小李", "staff", "京山市")
WANG = Actor("钟祥小王", "staff", "钟祥市")
CITY = Actor("市局老张", "staff")
MEMBER = Actor("小分队小陈", "team", "京山市")
DAY, LATER = date(2026, 10, 1), date(2026, 11, 1)


def code(number: int) -> str:
    first = f"91420800MA4{number:06d}"
    return first + uscc_check_digit(first)


USCC = code(1)
FACTS = {"uscc": USCC, "name": "示例京山机械厂", "region": "京山市", "employees": 45, "established_on": "2019-05-10"}


@pytest.fixture
def record(store):
    """A record of 京山."""
    return enterprises.add_enterprise(LI, FACTS, source="走访", on=DAY)


def save(actor=LI, based_on=1, on=LATER, **facts):
    return enterprises.save_facts(actor, USCC, facts, source="企业自己说的", on=on, based_on=based_on)


def actions(**wanted):
    return [entry.action for entry in read_audit(COMMAND_LINE, Filter(**wanted))]


def test_every_fact_has_a_source_and_a_day(record):
    again = enterprises.read_enterprise(LI, USCC)
    assert again == record
    assert again.profile == FACTS | {"employees": 45.0, "established_on": date(2019, 5, 10)}
    assert {(fact.source, fact.on) for fact in again.facts.values()} == {("走访", DAY)}
    changed = save(employees=50)
    assert (changed.facts["employees"].source, changed.facts["employees"].on) == ("企业自己说的", LATER)
    assert changed.facts["name"].source == "走访"


def test_the_history_says_who_changed_what_from_what_to_what(record):
    save(employees=50, taxpayer_type="一般纳税人")
    save(MEMBER, based_on=2, employees=None)
    third, second, first = enterprises.read_history(LI, USCC)
    assert [change.by for change in (third, second, first)] == ["小分队小陈", "京山小李", "京山小李"]
    assert third.facts["employees"][0].value == 50
    assert third.facts["employees"][1] is None
    assert second.facts["employees"][0].value == 45
    assert second.facts["taxpayer_type"][0] is None
    assert set(first.facts) == set(FACTS)


def test_every_earlier_version_can_be_read_again(record):
    versions = [record, save(employees=50), save(based_on=2, employees=None, region="京山市")]
    for version in versions:
        again = enterprises.read_version(LI, USCC, version.version)
        assert (again.facts, again.version, again.changed_by) == (version.facts, version.version, version.changed_by)
    with pytest.raises(InputError, match="没有第 9 版"):
        enterprises.read_version(LI, USCC, 9)


def test_a_save_without_a_change_is_none(record):
    assert enterprises.save_facts(LI, USCC, {"employees": 45}, source="走访", on=DAY, based_on=1).version == 1
    assert len(enterprises.read_history(LI, USCC)) == 1


def test_the_second_of_two_savers_sees_what_changed_and_nothing_is_lost(record):
    save(MEMBER, employees=50)
    with pytest.raises(ChangedMeanwhile, match="小分队小陈刚改过") as told:
        save(LI, employees=60, taxpayer_type="一般纳税人")
    assert told.value.record.version == 2
    assert [(change.by, change.facts["employees"][1].value) for change in told.value.changes] == [("小分队小陈", 50)]
    kept = save(LI, based_on=2, taxpayer_type="一般纳税人")
    assert (kept.profile["employees"], kept.profile["taxpayer_type"]) == (50, "一般纳税人")


def test_of_many_who_save_at_once_one_wins_and_all_others_are_told(record):
    told: list[str] = []

    def change(number: int) -> None:
        try:
            save(employees=100 + number)
            told.append("saved")
        except ChangedMeanwhile:
            told.append("told")

    savers = [threading.Thread(target=change, args=(number,)) for number in range(6)]
    for one in savers:
        one.start()
    for one in savers:
        one.join()
    assert sorted(told) == ["saved"] + ["told"] * 5
    assert enterprises.read_enterprise(LI, USCC).version == 2


def test_another_region_learns_nothing_of_a_record(record):
    nothing = "没有找到"
    for call in (
        lambda: enterprises.read_enterprise(WANG, USCC),
        lambda: enterprises.read_history(WANG, USCC),
        lambda: enterprises.read_version(WANG, USCC, 1),
        lambda: save(WANG, employees=1),
    ):
        with pytest.raises(InputError, match=nothing):
            call()
    with pytest.raises(InputError, match=nothing):
        enterprises.read_enterprise(WANG, code(99))
    assert enterprises.find_enterprises(WANG, "机械") == []
    assert enterprises.count_enterprises(WANG) == 0
    assert [found.name for found in enterprises.find_enterprises(CITY, "机械")] == ["示例京山机械厂"]
    assert enterprises.read_enterprise(CITY, USCC) == enterprises.read_enterprise(MEMBER, USCC)


def test_two_offices_see_their_own_records(store):
    for number, actor in ((1, LI), (2, WANG)):
        enterprises.add_enterprise(
            actor,
            {"uscc": code(number), "name": f"示例{actor.region}厂", "region": actor.region},
            source="走访",
            on=DAY,
        )
    enterprises.add_enterprise(CITY, {"uscc": code(3), "name": "示例不知在哪厂"}, source="走访", on=DAY)
    names = {
        actor.name: [found.name for found in enterprises.find_enterprises(actor, "示例")] for actor in (LI, WANG, CITY)
    }
    assert names[LI.name] == ["示例京山市厂"]
    assert names[WANG.name] == ["示例钟祥市厂"]
    assert len(names[CITY.name]) == 3
    assert [enterprises.count_enterprises(actor) for actor in (LI, WANG, CITY)] == [1, 1, 3]


@pytest.mark.parametrize("region", ["钟祥市", None])
def test_an_office_neither_begins_nor_moves_a_record_out_of_its_region(record, region):
    with pytest.raises(NotAllowed, match="您负责的是京山市"):
        enterprises.add_enterprise(LI, {"uscc": code(2), "region": region}, source="走访", on=DAY)
    with pytest.raises(NotAllowed, match="您负责的是京山市"):
        save(region=region)
    assert save(CITY, region="钟祥市").region == "钟祥市"
    with pytest.raises(InputError, match="没有找到"):
        enterprises.read_enterprise(LI, USCC)


@pytest.mark.parametrize(
    "call",
    [
        lambda actor: enterprises.find_enterprises(actor, "厂"),
        lambda actor: enterprises.read_enterprise(actor, USCC),
        lambda actor: enterprises.read_history(actor, USCC),
        lambda actor: enterprises.read_version(actor, USCC, 1),
        lambda actor: enterprises.add_enterprise(actor, FACTS, source="走访", on=DAY),
        lambda actor: enterprises.save_facts(actor, USCC, {"employees": 1}, source="走访", on=DAY, based_on=1),
        lambda actor: enterprises.count_enterprises(actor),
        lambda actor: take_enterprises(actor, [FACTS], source="表", on=DAY),
    ],
)
def test_visitors_see_and_change_no_record(call):
    for actor in (None, Actor("某人", "public")):
        with pytest.raises(NotAllowed):
            call(actor)


def test_team_members_do_not_take_in_tables():
    with pytest.raises(NotAllowed):
        take_enterprises(MEMBER, [FACTS], source="表", on=DAY)


def test_every_reading_and_change_stands_in_the_log(record):
    enterprises.find_enterprises(LI, "机械")
    enterprises.read_enterprise(LI, USCC)
    save(employees=50)
    enterprises.read_history(LI, USCC)
    assert actions(subject=f"enterprise:{USCC}") == ["看企业档案的历史", "改企业档案", "看企业档案", "新建企业档案"]
    assert actions(action="查找企业") == ["查找企业"]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"name": "没有代码"}, "没有填"),
        ({"uscc": USCC[:-1] + "X"}, "校验码"),
        ({"uscc": code(2), "employees": "很多"}, "应是数字"),
        ({"uscc": code(2), "employes": 3}, "employees"),
        ({"uscc": USCC, "region": "京山市"}, "已经有档案了"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused_in_one_sentence(record, facts, told):
    with pytest.raises(InputError, match=told):
        enterprises.add_enterprise(CITY, facts, source="走访", on=DAY)
    assert enterprises.count_enterprises(CITY) == 1


def test_a_fact_without_a_source_is_refused(record):
    for source in ("", "  ", "长" * 201):
        with pytest.raises(InputError, match="来源"):
            enterprises.save_facts(LI, USCC, {"employees": 1}, source=source, on=DAY, based_on=1)
    assert enterprises.read_enterprise(LI, USCC).version == 1


def test_the_code_of_a_record_does_not_change(record):
    with pytest.raises(InputError, match="不能改"):
        save(uscc=code(2))


@pytest.mark.parametrize(
    "words", ["京山机械", "ＪＩＸＩＥ", "91420800MA4000001", "91420800ma4", "%", "_", "' OR 1=1 --", "\0", ""]
)
def test_looking_for_anything_finds_what_holds_it_and_nothing_else(store, words):
    enterprises.add_enterprise(LI, FACTS | {"name": "示例京山机械厂 JIXIE"}, source="走访", on=DAY)
    found = [one.uscc for one in enterprises.find_enterprises(LI, words)]
    assert found == ([USCC] if words[:1] in ("京", "Ｊ", "9") else [])


def taken(*profiles, actor=CITY, on=DAY, source="税务局名单", **more):
    return take_enterprises(actor, profiles, source=source, on=on, **more)


def test_a_table_adds_new_records_and_completes_known_ones(record):
    found = taken({"uscc": USCC, "employees": 60.0, "revenue": 100.0}, {"uscc": code(2), "region": "钟祥市"}, on=LATER)
    assert (found.added, found.changed, found.same, found.refused) == (1, 1, 0, ())
    now = enterprises.read_enterprise(CITY, USCC)
    assert (now.version, now.profile["employees"], now.profile["revenue"]) == (2, 60, 100)
    assert now.facts["employees"].source == "税务局名单"
    assert now.facts["name"].source == "走访"
    assert enterprises.read_history(CITY, USCC)[0].facts["employees"][0].value == 45


def test_an_older_table_fills_gaps_but_replaces_nothing_and_unknown_never_replaces(record):
    taken({"uscc": USCC, "employees": 60.0, "revenue": 100.0, "name": None}, on=date(2026, 9, 1))
    profile = enterprises.read_enterprise(CITY, USCC).profile
    assert (profile["employees"], profile["revenue"], profile["name"]) == (45, 100, "示例京山机械厂")


def test_the_same_table_again_changes_nothing(store):
    rows = [{"uscc": code(number), "employees": float(number), "established_on": DAY} for number in range(30)]
    assert taken(*rows).added == 30
    assert taken(*rows) == enterprise_intake.Taken(0, 0, 30, ())
    assert taken(*rows, source="另一份名单").same == 30
    assert enterprises.read_enterprise(CITY, code(7)).facts["established_on"].value == DAY


def test_an_import_that_broke_off_is_begun_again_without_doubles(store, monkeypatch):
    monkeypatch.setattr(enterprise_intake, "AT_ONCE", 10)
    rows = [{"uscc": code(number)} for number in range(35)]

    def breaks_off():
        yield from rows[:25]
        raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        take_enterprises(CITY, breaks_off(), source="表", on=DAY)
    assert enterprises.count_enterprises(CITY) == 20
    again = taken(*rows, source="表")
    assert (again.added, again.same) == (15, 20)


def test_one_code_twice_in_a_table_is_one_record_with_the_facts_of_both(store):
    found = taken({"uscc": USCC, "employees": 1.0}, {"uscc": USCC, "employees": 2.0, "revenue": 3.0})
    assert found.added == 1
    assert enterprises.read_enterprise(CITY, USCC).profile == {"uscc": USCC, "employees": 2, "revenue": 3}


def test_an_office_takes_in_its_own_region_only(record):
    found = taken(
        {"uscc": code(2), "region": "钟祥市"},
        {"uscc": USCC, "region": "钟祥市"},
        {"uscc": code(3), "region": "京山市"},
        actor=LI,
        on=LATER,
    )
    assert (found.added, found.refused) == (1, (code(2), USCC))
    assert taken({"uscc": USCC, "employees": 1.0}, actor=WANG, on=LATER).refused == (USCC,)
    assert enterprises.read_enterprise(LI, USCC).version == 1


def test_invented_records_never_mix_with_real_ones(record):
    assert taken({"uscc": USCC, "employees": 1.0}, example=True, on=LATER).refused == (USCC,)
    taken({"uscc": code(2), "name": "示例厂"}, example=True)
    assert enterprises.count_enterprises(CITY, example=True) == 1
    assert enterprises.count_enterprises(CITY, example=False) == 1
    assert taken({"uscc": code(2), "employees": 1.0}, on=LATER).refused == (code(2),)


def test_what_somebody_saved_later_is_not_overwritten_by_an_older_table(record):
    save(employees=70)
    found = taken({"uscc": USCC, "employees": 60.0}, on=DAY)
    assert (found.changed, found.same) == (0, 1)
    assert enterprises.read_enterprise(CITY, USCC).profile["employees"] == 70


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "employees": st.integers(0, 9) | st.none(),
        "revenue": st.sampled_from([0.5, 1e9]) | st.none(),
        "established_on": st.dates(date(2000, 1, 1), date(2026, 1, 1)) | st.none(),
        "above_scale": st.booleans() | st.none(),
        "name": st.text("厂店", min_size=1, max_size=3) | st.none(),
    },
)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_any_run_of_saves_can_be_read_back_version_by_version(store):
    book = default_rulebook().facts
    number = iter(range(10_000))

    @given(st.lists(VALUES, max_size=4))
    def saves_are_kept(saves):
        uscc = code(next(number))
        expected = [{"uscc": uscc}]
        based_on = enterprises.add_enterprise(CITY, {"uscc": uscc}, source="走访", on=DAY).version
        for facts in saves:
            saved = enterprises.save_facts(CITY, uscc, facts, source="走访", on=DAY, based_on=based_on)
            merged = expected[-1] | book.read_profile(facts)
            merged = {name: value for name, value in merged.items() if name not in facts or facts[name] is not None}
            if saved.version > based_on:
                expected.append(merged)
            assert saved.profile == merged
            based_on = saved.version
        for version, profile in enumerate(expected, 1):
            assert enterprises.read_version(CITY, uscc, version).profile == profile

    saves_are_kept()
