"""政策变化, 如果改条件, 去年能今年为什么不能, 差一步 and what was cut at a shared cap, as somebody meets them on the pages."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.comparison import open_city
from navigator.matching.diff import policy_diff
from navigator.matching.effects import City
from navigator.ui import city as city_of_page
from navigator.ui.words import plain
from tests.ui.seen import everything, headings, labels, link_parameters, notices

CIT = "tax-small-low-profit-cit"
FACTORY = {"entity_type": "企业", "region": "掇刀区", "industry": "C26", "two_part_tariff": True, "kwh_per_kva": 230.0}
PIG_FARM = {
    "entity_type": "企业", "industry": "A0313", "employees": 20.0, "total_assets": 3e6, "taxable_income": 4e5,
    "restricted_industry": False, "rd_expense": 4e5, "is_high_tech_enterprise": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def small_city() -> City:
    return City.example(3000)


@pytest.fixture
def few_enterprises(monkeypatch, small_city):
    monkeypatch.setattr(city_of_page, "_example_city", lambda: small_city)


# --- between two days


def test_everybody_sees_what_began_and_ended_with_links(open_page):
    page = open_page("news", **{"from": "2025-11-23", "to": "2026-11-23"})
    found = policy_diff(date(2025, 11, 23), date(2026, 11, 23))
    assert f"新开始的（{len(found.begun)}项）" in headings(page)
    assert f"到期或者停下的（{len(found.ended)}项）" in headings(page)
    linked = {parameters["id"][0] for parameters in link_parameters(page) if "id" in parameters}
    assert {one.measure.id for one in (*found.begun, *found.ended, *found.windows)} <= linked
    assert "接替" in everything(page)


def test_two_days_the_wrong_way_round_are_one_sentence(open_page):
    page = open_page("news", **{"from": "2026-11-23", "to": "2026-01-01"})
    assert notices(page) == [plain("日期:从 2026-11-23 到 2026-01-01;后一天要晚于前一天")]


def test_days_without_any_change_say_so(open_page):
    page = open_page("news", **{"from": "2026-11-22", "to": "2026-11-23"})
    assert any("没有变化" in notice for notice in notices(page))


@pytest.mark.usefixtures("few_enterprises")
def test_staff_see_which_enterprises_gain_and_lose_marked_as_invented(open_page, signed_in):
    signed_in("staff")
    page = open_page("changes", **{"from": "2025-11-23", "to": "2026-11-23"})
    shown = everything(page)
    assert "示例：3,000 家虚构的企业" in shown.replace("\\", "")
    assert "得到" in shown and "失去" in shown
    (table,) = page.table
    assert table.value.index.name == "地区"
    assert {"得到", "失去"} == set(table.value.columns)


@pytest.mark.usefixtures("few_enterprises")
def test_the_groups_can_be_changed(open_page, signed_in, rerun):
    signed_in("staff")
    page = open_page("changes", **{"from": "2025-11-23", "to": "2026-11-23"})
    next(one for one in page.segmented_control if one.key == "dimension").set_value("size")
    rerun(page)
    assert page.table[0].value.index.name == "规模"


# --- what if


@pytest.mark.usefixtures("few_enterprises")
def test_a_new_threshold_shows_how_many_more_it_reaches(open_page, signed_in, rerun):
    signed_in("staff")
    page = open_page("whatif", id=CIT)
    assert "还没有改。" in everything(page)
    page.radio[0].set_value(1)
    rerun(page)
    page.number_input[0].set_value(1_000)
    rerun(page)
    shown = everything(page)
    assert "改了以后" in headings(page)
    assert "失去" in shown and page.table


@pytest.mark.usefixtures("few_enterprises")
def test_a_fault_in_a_condition_is_one_sentence_and_what_was_typed_stays(open_page, signed_in, rerun):
    signed_in("staff")
    page = open_page("whatif", id=CIT)
    page.radio[0].set_value(2)
    rerun(page)
    page.toggle[0].set_value(True)
    rerun(page)
    page.text_input[0].set_value("employees <= viele")
    rerun(page)
    (sentence,) = notices(page)
    assert "viele" in sentence and "新的条件" in sentence
    assert page.text_input[0].value == "employees <= viele"
    page.text_input[0].set_value("employees <= 3")
    rerun(page)
    assert not notices(page)
    assert "改了以后" in headings(page)


# --- one enterprise


def test_a_measure_that_ended_says_why_it_cannot_be_had_this_year(open_page):
    page = open_page("measure", {"two_part_tariff": True, "kwh_per_kva": 300.0}, id="nat-demand-charge-90")
    shown = everything(page).replace("\\", "")
    assert "去年能、今年为什么不能？换一天比一比" in shown
    assert "有效期到 2026-05-31（这个日子是推定的），2026-11-23 已经过了。" in shown


def test_another_day_to_compare_with_can_be_chosen(open_page, rerun):
    page = open_page("measure", {"two_part_tariff": True, "kwh_per_kva": 300.0}, id="nat-demand-charge-90")
    next(one for one in page.date_input if one.key.startswith("then:")).set_value(date(2026, 8, 1))
    rerun(page)
    assert "2026-08-01 已经过了" in everything(page).replace("\\", "")


def test_without_answers_there_is_nothing_to_compare(open_page):
    assert "换一天比一比" not in everything(open_page("measure", id=CIT))


def test_a_factory_near_260_kilowatt_hours_is_told_the_way_and_to_ask_first(open_page):
    shown = everything(open_page("checkup", FACTORY)).replace("\\", "")
    assert "每千伏安月用电量要到 260千瓦时，现在 230千瓦时，差 30千瓦时" in shown
    assert "有效期推定到 2026-05-31" in shown and "95598" in shown


def test_a_step_says_what_it_brings(open_page):
    page = open_page(
        "checkup", {"entity_type": "企业", "is_high_tech_enterprise": False, "taxable_income": 9_000_000.0}
    )
    assert "做到以后能得 **90万元**（头12个月）" in everything(page).replace("\\", "")


def test_tax_that_cannot_be_saved_twice_is_told(open_page):
    shown = everything(open_page("checkup", PIG_FARM)).replace("\\", "")
    assert "合起来最多算 10万元（当年应交的企业所得税（应纳税所得额的25%））：" in shown


def test_the_way_to_the_changes_stands_below_the_results(open_page):
    assert "最近政策有什么变化" in labels(open_page("checkup", PIG_FARM))


def test_the_invented_city_is_what_is_meant_by_its_name(monkeypatch, small_city):
    monkeypatch.setattr(City, "example", classmethod(lambda cls: small_city))
    assert open_city(None) is open_city("示例") is small_city
