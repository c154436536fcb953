"""The monthly bulletin: its list of units made by the rule, looked through and confirmed by a person; explanations; talks after two months."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.delivery.board import add_duty, correct_value, enter_value, read_values
from navigator.delivery.board_tasks import make_task
from navigator.delivery.cadence import Given, save_duty, set_start
from navigator.delivery.cadence_bulletin import (
    confirm,
    explain,
    export_units,
    make_bulletin,
    months_made,
    own_units,
    put_back,
    read_bulletin,
    record_talk,
    strike,
    talks,
)
from navigator.delivery.problems import add_problem
from navigator.errors import InputError
from tests.delivery.test_problems import FIRST, JINGSHAN, SECOND, TODAY, new, unit

EARLY = datetime(2026, 9, 1, 2, tzinfo=UTC)
OCTOBER, SEPTEMBER = 202610, 202609


@pytest.fixture
def three(store) -> dict[str, int]:
    """A leading unit whose target is late, a unit with an overdue task, one of 京山 with an overdue problem, one with nothing."""
    found = {
        "海关": unit("荆门海关"),
        "商务": unit("市商务局"),
        "京山": unit("京山市招商局", "京山市"),
        "闲": unit("市档案馆"),
    }
    add_duty(FIRST, 27, found["海关"], "lead", now=EARLY)
    add_duty(FIRST, 27, found["闲"], "support", now=EARLY)
    enter_value(FIRST, "27-1", 5, date(2026, 9, 15), "海关统计", now=datetime(2026, 9, 16, 2, tzinfo=UTC))
    make_task(FIRST, 27, "走访企业", "每家走一遍", found["商务"], date(2026, 9, 20), now=EARLY)
    problem = new(found["京山"], region="京山市", found_on=date(2026, 9, 1), due=date(2026, 10, 20))
    add_problem(FIRST, problem, TODAY, now=EARLY)
    return found


def listed(month: int = OCTOBER) -> dict[str, list[str]]:
    made = read_bulletin(FIRST, month)
    assert made is not None
    return {one.name: [row.what for row in one.rows] for one in made.named}


def number(name: str, month: int = OCTOBER) -> int:
    made = read_bulletin(FIRST, month)
    assert made is not None
    return next(one.id for one in made.units if one.name == name)


def test_the_list_is_made_by_the_rule_as_of_the_months_end(three):
    make_bulletin(FIRST, SEPTEMBER, TODAY)
    make_bulletin(FIRST, OCTOBER, TODAY)
    assert listed(SEPTEMBER) == {"荆门海关": ["target"], "市商务局": ["task"]}
    assert listed() == {"荆门海关": ["target"], "市商务局": ["task"], "京山市招商局": ["problem"]}
    made = read_bulletin(FIRST, OCTOBER)
    assert made is not None
    assert made.figures.as_of == date(2026, 10, 31)
    assert sum(sum(line.states.values()) for line in made.figures.actions) == 69
    assert sum(line.states["late"] for line in made.figures.actions) == 2
    assert [(one.number, one.state) for one in made.figures.targets] == [(7, "late"), (27, "late")]
    assert (made.figures.problems_open, made.figures.problems_late) == (1, 1)
    with pytest.raises(InputError, match="还没有过完"):
        make_bulletin(FIRST, 202611, TODAY)
    with pytest.raises(InputError, match="还没有过完"):
        make_bulletin(FIRST, OCTOBER, date(2026, 10, 31))


def test_what_was_struck_stays_struck_when_the_draft_is_made_anew(three):
    make_bulletin(FIRST, OCTOBER, TODAY)
    with pytest.raises(InputError, match="没有写"):
        strike(FIRST, number("荆门海关"), "")
    strike(FIRST, number("荆门海关"), "方案的期限早已过去，另行考核")
    strike(FIRST, number("市商务局"), "任务已经移交")
    put_back(FIRST, number("市商务局"))
    value = read_values(FIRST, "27-1")[0]
    correct_value(FIRST, value.id, 6, value.day, "海关统计", "", "少数了一家", now=datetime(2026, 11, 2, 2, tzinfo=UTC))
    make_bulletin(SECOND, OCTOBER, TODAY)
    assert set(listed()) == {"市商务局", "京山市招商局"}
    made = read_bulletin(FIRST, OCTOBER)
    assert made is not None
    struck = next(one for one in made.units if one.struck)
    assert (struck.name, struck.struck_by) == ("荆门海关", "老张")
    assert "6" in struck.rows[0].text


def test_only_a_confirmed_list_names_anybody_and_it_is_not_changed_any_more(three):
    make_bulletin(FIRST, OCTOBER, TODAY)
    assert own_units(FIRST) == []
    with pytest.raises(InputError, match="名单还没有确认"):
        explain(FIRST, number("市商务局"), date(2026, 11, 5), "人手不够", TODAY)
    with pytest.raises(InputError, match="还没有列"):
        confirm(FIRST, SEPTEMBER)
    strike(FIRST, number("荆门海关"), "另行考核")
    confirm(FIRST, OCTOBER)
    assert months_made(FIRST) == {OCTOBER: True}
    for call in (
        lambda: confirm(FIRST, OCTOBER),
        lambda: strike(FIRST, number("市商务局"), "再想想"),
        lambda: put_back(FIRST, number("荆门海关")),
        lambda: make_bulletin(FIRST, OCTOBER, TODAY),
    ):
        with pytest.raises(InputError, match="已经确认"):
            call()
    assert {one.name for _, one in own_units(FIRST)} == {"市商务局", "京山市招商局"}
    with pytest.raises(InputError, match="没有被通报"):
        explain(FIRST, number("荆门海关"), date(2026, 11, 5), "说明", TODAY)
    for day in (date(2026, 10, 31), date(2026, 11, 24)):
        with pytest.raises(InputError, match="应在"):
            explain(FIRST, number("市商务局"), day, "人手不够", TODAY)
    explain(FIRST, number("市商务局"), date(2026, 11, 5), "人手不够，月底补上", TODAY)
    assert "人手不够" in export_units(FIRST, {}).content.decode("utf-8-sig")


def test_the_bulletin_is_ticked_only_after_its_list_is_confirmed(three):
    set_start(FIRST, date(2026, 10, 1), "上线")
    key, given = ("bulletin", "", "2026-10"), Given("", "", "", date(2026, 11, 5), True)
    make_bulletin(FIRST, OCTOBER, TODAY)
    with pytest.raises(InputError, match="名单还没有确认"):
        save_duty(FIRST, key, given, TODAY)
    confirm(FIRST, OCTOBER)
    save_duty(FIRST, key, given, TODAY)


def test_named_two_months_in_a_row_leads_to_a_talk_and_a_third_to_another(three):
    for month in (202608, SEPTEMBER, OCTOBER):
        make_bulletin(FIRST, month, TODAY)
    assert talks(FIRST) == []
    confirm(FIRST, SEPTEMBER)
    strike(FIRST, number("市商务局"), "另行考核")
    confirm(FIRST, OCTOBER)
    assert [(one.name, one.months, one.last, one.held_on) for one in talks(FIRST)] == [("荆门海关", 2, OCTOBER, None)]
    made = read_bulletin(FIRST, OCTOBER)
    assert made is not None
    assert {one.name for one in made.named if one.again} == {"荆门海关"}
    with pytest.raises(InputError, match="不在约谈名单里"):
        record_talk(FIRST, three["商务"], OCTOBER, date(2026, 11, 10), "谈了", TODAY)
    with pytest.raises(InputError, match="应在"):
        record_talk(FIRST, three["海关"], OCTOBER, date(2026, 10, 31), "谈了", TODAY)
    record_talk(FIRST, three["海关"], OCTOBER, date(2026, 11, 10), "主要负责人表态", TODAY)
    assert [(one.held_on, one.text) for one in talks(FIRST)] == [(date(2026, 11, 10), "主要负责人表态")]
    later = date(2026, 12, 10)
    make_bulletin(FIRST, 202611, later)
    confirm(FIRST, 202611)
    found = {one.name: one for one in talks(FIRST)}
    assert (found["荆门海关"].months, found["荆门海关"].held_on) == (3, None)
    assert found["荆门海关"].earlier == (date(2026, 11, 10),)
    assert found["京山市招商局"].months == 2


def test_a_region_sees_only_its_own_units_and_only_confirmed_ones(three):
    make_bulletin(FIRST, OCTOBER, TODAY)
    assert own_units(JINGSHAN) == []
    confirm(FIRST, OCTOBER)
    assert [one.name for _, one in own_units(JINGSHAN)] == ["京山市招商局"]
    text = export_units(JINGSHAN, {}).content.decode("utf-8-sig")
    assert "京山市招商局" in text
    assert "市商务局" not in text
    for actor in (JINGSHAN, Actor("小分队", "team"), None):
        for call in (
            lambda who: read_bulletin(who, OCTOBER),
            lambda who: make_bulletin(who, SEPTEMBER, TODAY),
            lambda who: strike(who, 1, "不该管的"),
            lambda who: put_back(who, 1),
            lambda who: confirm(who, OCTOBER),
            lambda who: explain(who, 1, TODAY, "说明", TODAY),
            lambda who: talks(who),
            lambda who: record_talk(who, 1, OCTOBER, TODAY, "谈了", TODAY),
            lambda who: months_made(who),
        ):
            with pytest.raises(NotAllowed):
                call(actor)
    with pytest.raises(NotAllowed):
        own_units(Actor("小分队", "team"))
