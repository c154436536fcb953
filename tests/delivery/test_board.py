"""Units, values and standings of the board: what is typed, counted and put right, who may, and what everybody sees of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery import board, board_automatic
from navigator.delivery.board import (
    add_duty,
    add_unit,
    correct_value,
    duties,
    end_duty,
    end_unit,
    enter_value,
    keep_automatic,
    public_progress,
    read_values,
    set_public,
    standing,
    unit_standing,
    units,
)
from navigator.delivery.board_automatic import Automatic
from navigator.delivery.board_plan import OF_THE_CITY
from navigator.errors import InputError
from navigator.store.audit import Filter, read_audit, shown_subject

CITY, OTHER = Actor("市优化办老张", "staff"), Actor("市优化办老王", "staff")
LI, WANG = Actor("京山小李", "staff", "京山市"), Actor("钟祥老王", "staff", "钟祥市")
TEAM = Actor("小分队小陈", "team")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = date(2026, 11, 23)


def put(target: str, value: float, day: date = DAY, actor: Actor = CITY, **options) -> int:
    return enter_value(actor, target, value, day, "季度报表", now=NOW, **options)


def of(target: str, as_of: date = DAY, actor: Actor = CITY):
    return next(one for one in standing(actor, as_of) if one.target == target)


def test_the_list_of_units_begins_empty_and_is_kept_by_staff(store):
    assert units(CITY) == duties(CITY) == ()
    bureau = add_unit(CITY, "市经信局", "city", now=NOW)
    add_unit(LI, "京山市政府", "county", "京山市", now=NOW)
    assert [(one.name, one.kind, one.region) for one in units(CITY)] == [
        ("市经信局", "city", None),
        ("京山市政府", "county", "京山市"),
    ]
    assert [one.name for one in units(LI)] == ["京山市政府"]
    assert units(WANG) == ()
    with pytest.raises(InputError, match="已经有了"):
        add_unit(CITY, "市经信局　", "city", now=NOW)
    add_duty(CITY, 42, bureau, "support", now=NOW)
    add_duty(CITY, 42, bureau, "lead", now=NOW)
    assert [(one.number, one.unit, one.part) for one in duties(CITY)] == [(42, "市经信局", "lead")]
    end_duty(CITY, duties(CITY)[0].id, now=NOW)
    assert duties(CITY) == ()
    add_duty(CITY, 42, bureau, "lead", now=NOW)
    end_unit(CITY, bureau, "机构改革", now=NOW)
    assert [one.name for one in units(CITY)] == ["京山市政府"]
    assert duties(CITY) == ()
    assert add_unit(CITY, "市经信局", "city", now=NOW) == bureau


@pytest.mark.parametrize(
    ("name", "kind", "region", "told"),
    [
        ("", "city", None, "没有写"),
        ("甲局", "village", None, "没有选"),
        ("甲局", "city", "京山市", "市直单位不选"),
        ("甲县", "county", None, "选一个区域"),
        ("甲县", "county", "荆门市外", "选一个区域"),
    ],
)
def test_a_unit_that_cannot_be_is_told_in_one_sentence(store, name, kind, region, told):
    with pytest.raises(InputError, match=told):
        add_unit(CITY, name, kind, region, now=NOW)


def test_who_answers_for_a_region_keeps_to_it(store):
    bureau = add_unit(CITY, "市经信局", "city", now=NOW)
    county = add_unit(CITY, "钟祥市政府", "county", "钟祥市", now=NOW)
    for do in (
        lambda: add_unit(LI, "市财政局", "city", now=NOW),
        lambda: add_unit(LI, "钟祥市财政局", "county", "钟祥市", now=NOW),
        lambda: add_duty(LI, 1, bureau, "lead", now=NOW),
        lambda: add_duty(LI, 1, county, "lead", now=NOW),
        lambda: end_unit(LI, county, "不对", now=NOW),
        lambda: put("37-1", 12, actor=LI),
        lambda: put("37-1", 12, actor=LI, unit_id=county),
        lambda: keep_automatic(LI, "5-1", DAY, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            do()
    mine = put("37-1", 12, actor=WANG, unit_id=county)
    assert read_values(LI, "37-1") == ()
    assert unit_standing(LI, DAY) == ()
    assert [one.unit for one in unit_standing(WANG, DAY)] == ["钟祥市政府"]
    with pytest.raises(NotAllowed):
        correct_value(LI, mine, 11, DAY, "报表", "", "写错", now=NOW)
    for actor in (None, TEAM):
        with pytest.raises(NotAllowed):
            standing(actor, DAY)


def test_values_give_the_five_states(store):
    assert {one.state for one in standing(CITY, DAY)} == {"no_data"}
    put("37-1", 12.5)
    put("27-2", 4)
    put("38-6", 20, DAY - timedelta(days=30))
    put("38-6", 15)
    put("44-1", 100)
    assert [of(target).state for target in ("37-1", "27-2", "38-6", "44-1", "44-2")] == [
        "met", "late", "at_risk", "under_way", "no_data",
    ]  # fmt: skip
    assert of("38-6", DAY - timedelta(days=1)).value == 20
    assert of("44-1", DAY - timedelta(days=1)).state == "no_data"
    assert (of("27-2").shown, of("27-2").goal_words, of("27-2").deadline) == ("4家", "不低于10家", date(2024, 12, 31))
    assert of("37-1", actor=LI).value == 12.5


def test_a_correction_is_a_new_row_and_the_old_one_stays_to_be_seen(store):
    first = put("37-1", 21, public=True)
    second = correct_value(OTHER, first, 11, DAY, "季度报表更正", "https://example.com/b", "小数点写错", now=NOW)
    rows = {one.id: one for one in read_values(CITY, "37-1")}
    assert (rows[first].stands, rows[first].value, rows[first].by) == (False, 21, CITY.name)
    assert (rows[second].stands, rows[second].corrects, rows[second].reason) == (True, first, "小数点写错")
    assert rows[second].public
    assert of("37-1").value == 11
    with pytest.raises(InputError, match="已经更正过"):
        correct_value(OTHER, first, 10, DAY, "报表", "", "又错", now=NOW)
    third = correct_value(OTHER, second, None, DAY, "", "", "不该填", now=NOW)
    assert not {one.id: one for one in read_values(CITY, "37-1")}[third].stands
    assert of("37-1").state == "no_data"
    assert len(read_values(CITY, "37-1")) == 3
    with pytest.raises(InputError, match="没有这个值"):
        correct_value(OTHER, third, 10, DAY, "报表", "", "又错", now=NOW)


@pytest.mark.parametrize(
    ("target", "value", "day", "evidence", "link", "told"),
    [
        ("99-1", 1, DAY, "报表", "", "没有编号"),
        ("37-1", float("nan"), DAY, "报表", "", "应是一个数"),
        ("37-1", 1e13, DAY, "报表", "", "应是一个数"),
        ("27-2", -1, DAY, "报表", "", "不能小于0"),
        ("37-1", 1, DAY + timedelta(days=1), "报表", "", "还没到"),
        ("37-1", 1, DAY, "  ", "", "没有写"),
        ("37-1", 1, DAY, "报表", "javascript:alert(1)", "https://"),
    ],
)
def test_a_value_that_cannot_be_is_told_in_one_sentence(store, target, value, day, evidence, link, told):
    with pytest.raises(InputError, match=told):
        enter_value(CITY, target, value, day, evidence, link, now=NOW)
    assert put("37-1", -3.5)


def test_the_same_value_is_not_taken_twice(store):
    put("37-1", 12)
    with pytest.raises(InputError, match="已经有了"):
        put("37-1", 12)
    put("37-1", 13)
    assert of("37-1").value == 13


def test_what_is_counted_here_flows_in_and_cannot_be_typed(store, monkeypatch):
    counted = Automatic(93.6, date(2026, 11, 23), "2026年11月的窗口受理率；351 / 375", "precision")
    monkeypatch.setattr(board, "automatic_values", lambda session, as_of, targets: {"5-2": counted})
    found = of("5-2")
    assert (found.value, found.state, found.is_automatic, found.note) == (93.6, "under_way", True, counted.note)
    with pytest.raises(InputError, match="自动统计"):
        put("5-2", 99)
    kept = keep_automatic(CITY, "5-2", DAY, now=NOW)
    with pytest.raises(InputError, match="已经留存"):
        keep_automatic(CITY, "5-2", DAY, now=NOW)
    with pytest.raises(InputError, match="不能手填"):
        correct_value(CITY, kept, 99, DAY, "报表", "", "想好看", now=NOW)
    set_public(CITY, kept, True, now=NOW)
    counted = Automatic(94.0, date(2026, 11, 23), "重算", "precision")
    again = keep_automatic(CITY, "5-2", DAY, now=NOW)
    assert [(one.id, one.stands, one.public) for one in read_values(CITY, "5-2")] == [
        (again, True, True),
        (kept, False, True),
    ]
    seen = next(one for one in public_progress(DAY) if one.target == "5-2")
    assert (seen.value, seen.is_automatic, seen.note) == (94.0, True, "")
    with pytest.raises(InputError, match="请填值"):
        keep_automatic(CITY, "37-1", DAY, now=NOW)


def test_in_an_empty_store_nothing_is_counted_yet_and_that_is_no_data(store):
    assert {"5-1", "5-2", "5-3"} <= board_automatic.automatic_targets()
    for target in ("5-1", "5-2", "5-3"):
        found = of(target)
        assert (found.state, found.is_automatic) == ("no_data", True)
        assert found.note
    with pytest.raises(InputError, match="有数以后再留存"):
        keep_automatic(CITY, "5-3", DAY, now=NOW)


def test_a_part_that_counts_joins_by_naming_its_function(store, monkeypatch):
    monkeypatch.setitem(board_automatic.SOURCES, "44-2", f"{__name__}:_fairs")
    found = of("44-2")
    assert (found.value, found.state, found.is_automatic) == (501.0, "met", True)


def _fairs(session, as_of):
    return Automatic(501.0, as_of, "招聘会登记")


def test_a_count_of_the_whole_city_is_not_held_against_one_unit(store):
    county = add_unit(CITY, "钟祥市政府", "county", "钟祥市", now=NOW)
    put("27-2", 1, unit_id=county)
    put("26-9", 1, unit_id=county)
    found = {one.target: one for one in unit_standing(CITY, DAY)}
    assert (found["27-2"].state, found["27-2"].note) == ("under_way", OF_THE_CITY)
    assert (found["26-9"].state, found["26-9"].note) == ("late", "")
    assert of("27-2").state == "no_data"


def test_everybody_sees_only_what_staff_made_public_of_the_city(store):
    county = add_unit(CITY, "钟祥市政府", "county", "钟祥市", now=NOW)
    put("37-1", 10, DAY - timedelta(days=10), public=True, link="https://example.com/a")
    inner = put("37-1", 12.5)
    put("38-6", 33, unit_id=county)
    with pytest.raises(InputError, match="只公开全市的值"):
        put("38-5", 33, unit_id=county, public=True)
    seen = {one.target: one for one in public_progress(DAY)}
    assert (seen["37-1"].value, seen["37-1"].state, seen["37-1"].link) == (10, "under_way", "https://example.com/a")
    assert {one.state for one in seen.values() if one.target != "37-1"} == {"no_data"}
    set_public(CITY, inner, True, now=NOW)
    assert {one.target: one for one in public_progress(DAY)}["37-1"].state == "met"
    assert public_progress(DAY - timedelta(days=11))[0].state == "no_data"
    set_public(CITY, inner, False, now=NOW)
    assert {one.target: one for one in public_progress(DAY)}["37-1"].value == 10
    told = repr(public_progress(DAY))
    assert not [word for word in (CITY.name, "季度报表", "钟祥") if word in told]


def test_every_change_stands_in_the_log_in_chinese(store):
    unit = add_unit(CITY, "市经信局", "city", now=NOW)
    add_duty(CITY, 37, unit, "lead", now=NOW)
    first = put("37-1", 10)
    set_public(CITY, first, True, now=NOW)
    correct_value(CITY, first, None, DAY, "", "", "不该填", now=NOW)
    told = [(one.action, shown_subject(one.subject)) for one in read_audit(COMMAND_LINE, Filter(actor=CITY.name))]
    assert told == [
        ("撤回承诺的值", "承诺看板 第37项"),
        ("公开承诺的值", "承诺看板 第37项"),
        ("填承诺的值", "承诺看板 第37项"),
        ("定责任单位", "承诺看板 第37项"),
        ("登记责任单位", "责任单位 市经信局"),
    ]
