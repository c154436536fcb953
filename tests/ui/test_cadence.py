"""调度和通报: what the city's office sees and does there, and what is left for those of a region."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.auth import COMMAND_LINE
from navigator.delivery.board import add_duty, enter_value
from navigator.delivery.board_tasks import make_task
from navigator.delivery.cadence import Given, actions, read_duty, save_duty, set_start, start_of
from navigator.delivery.cadence_bulletin import confirm, make_bulletin, read_bulletin, talks
from navigator.delivery.problems import add_problem
from tests.delivery.test_cadence import MONDAY, POINTED
from tests.delivery.test_cadence_bulletin import EARLY
from tests.delivery.test_problems import FIRST, SECOND, new, unit
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, link_parameters, notices
from tests.ui.test_fulfilment import click


@pytest.fixture
def short(store) -> None:
    """A customs office whose target is late, a unit of 京山 with an overdue problem, a unit with an overdue task."""
    customs, county, trade = unit("荆门海关"), unit("京山市招商局", "京山市"), unit("市商务局")
    add_duty(FIRST, 27, customs, "lead", now=EARLY)
    enter_value(FIRST, "27-1", 5, date(2026, 9, 1), "海关统计", now=EARLY)
    make_task(FIRST, 27, "走访企业", "每家走一遍", trade, date(2026, 9, 20), now=EARLY)
    problem = new(county, region="京山市", found_on=date(2026, 9, 1), due=date(2026, 9, 20))
    add_problem(FIRST, problem, TODAY, now=EARLY)


def test_nothing_is_due_before_a_start_is_named_on_the_page(open_page, signed_in, rerun, store):
    signed_in("staff")
    page = open_page("cadence")
    assert any("还没有定从哪天开始" in text for text in notices(page))
    click(page, "定下来", rerun)
    assert any("没有写" in text for text in notices(page))
    page.date_input(key="start").set_value(MONDAY)
    page.text_input(key="start:reason").set_value("系统上线")
    click(page, "定下来", rerun)
    assert start_of(COMMAND_LINE) == MONDAY
    assert any("该做了（11）" in text for text in headings(page))


def test_what_is_late_and_due_shows_up_by_itself_and_every_line_can_be_opened(open_page, signed_in, store):
    set_start(FIRST, date(2026, 10, 1), "上线")
    save_duty(FIRST, POINTED, Given("拖欠账款", "各组报了进度", "", MONDAY, True), TODAY)
    signed_in("staff")
    page = open_page("cadence")
    late, now, done = headings(page)[:3]
    assert "已经超期" in late
    assert "该做了（10）" in now
    assert "做完了（1）" in done
    opened = [one for one in link_parameters(page) if "duty" in one]
    total = int(late.split("（")[1].rstrip("）")) + 11
    assert len(opened) == total
    assert "**2026年第41周（10月5日至11日）**" in labels(page)


def test_a_duty_is_filled_in_and_ticked_and_what_is_lacking_is_told(open_page, signed_in, rerun, store):
    set_start(FIRST, MONDAY, "上线")
    signed_in("staff", None, "老张")
    key = ("weekly", actions()[0], "2026-W48")
    page = open_page("cadence-duty", duty=key[0], action=key[1], period=key[2])
    name = "|".join(key)
    page.text_input(key=f"topic:{name}").set_value("清欠")
    page.toggle(key=f"done:{name}").set_value(True)
    click(page, "存", rerun)
    assert any("没有填" in text for text in notices(page))
    assert page.text_input(key=f"topic:{name}").value == "清欠"
    page.date_input(key=f"held:{name}").set_value(TODAY)
    page.text_area(key=f"minutes:{name}").set_value("各单位报了进度")
    page.text_area(key=f"raised:{name}").set_value("请协调财政局")
    click(page, "存", rerun)
    entry = read_duty(COMMAND_LINE, key)[0]
    assert (entry.topic, entry.done, entry.by) == ("清欠", True, "老张")
    page.text_input(key=f"topic:{name}").set_value("清欠和兑现")
    click(page, "存", rerun)
    assert len(read_duty(COMMAND_LINE, key)) == 2
    month = open_page("cadence-duty", duty="monthly", action="", period="2026-11")
    assert "请协调财政局" in everything(month)


def test_what_somebody_else_saved_meanwhile_is_shown_and_nothing_typed_is_lost(open_page, signed_in, rerun, store):
    set_start(FIRST, MONDAY, "上线")
    signed_in("staff", None, "老张")
    page = open_page("cadence-duty", duty="pointed", period="2026-W48")
    box = "topic:pointed||2026-W48"
    page.text_input(key=box).set_value("我的主题")
    rerun(page)
    save_duty(SECOND, POINTED, Given("老王的主题", "老王写的"), TODAY)
    click(page, "存", rerun)
    assert any("别人存过" in text for text in notices(page))
    assert page.text_input(key=box).value == "我的主题"
    assert any("老王的主题" in text for text in notices(page))
    click(page, "看过了，接着存我写的", rerun)
    click(page, "存", rerun)
    assert [one.topic for one in read_duty(COMMAND_LINE, POINTED)] == ["我的主题", "老王的主题"]
    assert "老王的主题" in everything(page)


def test_a_bulletin_is_listed_looked_through_confirmed_and_explained(open_page, signed_in, rerun, short):
    signed_in("staff", None, "老张")
    page = open_page("cadence", view="通报")
    click(page, "按规则列名单", rerun)
    text = everything(page)
    assert "没有按要求完成任务的单位（3）" in text
    assert "牵头的指标超期：第27项" in text
    made = read_bulletin(COMMAND_LINE, 202610)
    assert made is not None
    customs = next(one for one in made.units if one.name == "荆门海关").id
    page.text_input(key=f"why:{customs}").set_value("期限早已过去，另行考核")
    page.button(key=f"strike:{customs}").click()
    rerun(page)
    assert "没有按要求完成任务的单位（2）" in everything(page)
    assert "已剔除（老张）：期限早已过去，另行考核" in everything(page)
    click(page, "确认名单", rerun)
    assert "名单已确认" in everything(page)
    trade = next(one for one in made.units if one.name == "市商务局").id
    assert "还没有收到书面说明" in everything(page)
    page.text_area(key=f"explanation:{trade}").set_value("人手不够，月底补上")
    page.button(key=f"explain:{trade}").click()
    rerun(page)
    assert "收到书面说明：人手不够，月底补上" in everything(page)


def test_those_named_two_months_in_a_row_are_listed_for_a_talk(open_page, signed_in, rerun, short):
    for month in (202609, 202610):
        make_bulletin(FIRST, month, TODAY)
        confirm(FIRST, month)
    signed_in("staff")
    page = open_page("cadence", view="约谈")
    assert everything(page).count("还没有约谈") == 3
    one = next(one for one in talks(COMMAND_LINE) if one.name == "荆门海关")
    page.text_area(key=f"talk:{one.unit_id}:{one.last}").set_value("主要负责人表态")
    page.button(key=f"talk-save:{one.unit_id}:{one.last}").click()
    rerun(page)
    assert everything(page).count("还没有约谈") == 2
    assert "主要负责人表态" in everything(page)


def test_the_quarter_can_be_chosen(open_page, signed_in, store):
    signed_in("staff")
    page = open_page("cadence", view="季度报告")
    assert "2026年第4季度" in page.selectbox(key="quarter").options
    assert "这个季度还没有过完" in everything(page)


def test_a_region_sees_only_its_own_named_units_and_others_are_refused(open_page, signed_in, short):
    make_bulletin(FIRST, 202610, TODAY)
    confirm(FIRST, 202610)
    set_start(FIRST, MONDAY, "上线")
    signed_in("staff", "京山市")
    for page in (
        open_page("cadence"),
        open_page("cadence-duty", duty="pointed", period="2026-W48"),
        open_page("cadence", view="通报"),
    ):
        text = everything(page)
        assert "京山市招商局" in text
        assert "市商务局" not in text
        assert "该做了" not in text
    signed_in("team")
    assert [one.value for one in open_page("cadence").title] == ["这一页您看不了"]


def test_an_address_that_names_nothing_is_told(open_page, signed_in, store):
    signed_in("staff")
    for parameters in (
        {},
        {"duty": "x"},
        {"duty": "weekly", "period": "2026-W48"},
        {"duty": "pointed", "period": "坏的"},
    ):
        assert [one.value for one in open_page("cadence-duty", **parameters).title] == ["没有这一项"]
