"""承诺看板, 一项承诺 and 承诺进展: what staff see and do there, by role and region, and what everybody sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from navigator.auth import COMMAND_LINE, Actor
from navigator.delivery import board, board_tasks
from navigator.delivery.board import add_duty, add_unit, duties, enter_value, read_values, standing, units
from navigator.delivery.board_tasks import add_note, ask_close, list_tasks, make_task
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, labels, notices

CITY = Actor("市优化办老张", "staff")
NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)
DAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def the_clock_is_that_of_the_pages(monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 11, 23, 2, tzinfo=UTC)

    for module in (board, board_tasks):
        monkeypatch.setattr(module, "datetime", Clock)


def click(page, label: str, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


@pytest.fixture
def filled(store) -> int:
    """Two units, three values, an overdue task; gives the task."""
    bureau = add_unit(CITY, "市金融办", "city", now=NOW)
    county = add_unit(CITY, "京山市政府", "county", "京山市", now=NOW)
    add_duty(CITY, 37, bureau, "lead", now=NOW)
    enter_value(CITY, "37-1", 12.5, DAY, "人民银行报表", "https://example.com/a", public=True, now=NOW)
    enter_value(CITY, "27-2", 4, DAY, "海关报表", now=NOW)
    enter_value(CITY, "37-5", 30, DAY, "京山报来的", unit_id=county, now=NOW)
    return make_task(CITY, 37, "落实普惠信贷计划", "每月报进度", county, DAY + timedelta(days=8), now=NOW)


@pytest.mark.parametrize("path", ["board", "board-item"])
def test_the_board_is_for_staff(open_page, signed_in, store, path):
    assert "请先登录" in everything(open_page(path, n="37"))
    signed_in("team", "京山市")
    assert "这一页您看不了" in everything(open_page(path, n="37"))


def test_an_empty_board_says_what_is_not_known(open_page, signed_in, rerun, store):
    signed_in("staff")
    page = open_page("board")
    text = everything(page)
    assert "要全市达到的指标 69 个" in text
    assert "没有数据] **69**" in text
    assert "不当作超期" in text
    page = open_page("board", view="责任单位")
    assert any("没有写责任单位的名单" in told for told in notices(page))
    page.text_input(key="unit:name:0").set_value("市财政局")
    click(page, "加上", rerun)
    assert [(one.name, one.region) for one in units(COMMAND_LINE)] == [("市财政局", None)]
    assert "市财政局" in everything(page)
    page = open_page("board", view="任务清单")
    assert any("没有这样的任务" in told for told in notices(page))


def test_figures_show_by_state_and_action(open_page, signed_in, rerun, filled):
    signed_in("staff")
    page = open_page("board")
    text = everything(page)
    assert "超期未达到] **1**" in text
    assert "现在 **12.5%**（2026-11-02）" in text
    page.pills(key="states").set_value(["late"])
    rerun(page)
    assert "关区AEO企业数量" in everything(page)
    assert "全市贷款投放同比增长" not in everything(page)
    page.selectbox(key="action").set_value("政务服务提升行动")
    rerun(page)
    assert any("一个指标也没有" in told for told in notices(page))


def test_a_value_is_typed_put_right_made_public_and_taken_back(open_page, signed_in, rerun, filled):
    signed_in("staff", None, "老王")
    page = open_page("board-item", n="37")
    page.number_input(key="value:37-2:0").set_value(21.5)
    rerun(page)
    press(page, "save:37-2", rerun)
    assert any("依据" in told for told in notices(page))
    page.text_input(key="evidence:37-2:0").set_value("人民银行报表")
    press(page, "save:37-2", rerun)
    (row,) = read_values(COMMAND_LINE, "37-2")
    assert (row.value, row.by, row.public, row.day) == (21.5, "老王", False, TODAY)
    assert page.number_input(key="value:37-2:1").value is None
    press(page, f"public:{row.id}", rerun)
    assert read_values(COMMAND_LINE, "37-2")[0].public
    page.toggle(key=f"fix:{row.id}:2").set_value(True)
    rerun(page)
    page.number_input(key=f"fix:value:{row.id}:2").set_value(12.0)
    page.text_input(key=f"fix:reason:{row.id}:2").set_value("小数点写错")
    press(page, f"fix:go:{row.id}", rerun)
    assert [(one.value, one.stands) for one in read_values(COMMAND_LINE, "37-2")] == [(12.0, True), (21.5, False)]
    text = everything(page)
    assert "不算数" in text
    assert "小数点写错" in text


def press(page, key: str, rerun):
    page.button(key=key).click()
    return rerun(page)


def test_a_figure_counted_here_offers_no_box_to_type(open_page, signed_in, store):
    signed_in("staff")
    page = open_page("board-item", n="5")
    assert [box.key for box in page.number_input] == []
    assert "自动]" in everything(page)
    assert "keep:5-1" in [button.key for button in page.button]
    signed_in("staff", "京山市")
    page = open_page("board-item", n="5")
    assert "keep:5-1" not in [button.key for button in page.button]


def test_a_task_goes_from_the_list_to_its_close_out_by_another(open_page, signed_in, rerun, filled):
    signed_in("staff", "京山市", "京山小李")
    page = open_page("board", view="任务清单")
    assert "超期 13 天" in everything(page)
    page = open_page("board-item", n="37", task=str(filled))
    page.text_area(key=f"ask:{filled}:0").set_value("已投放52亿元，见报表")
    press(page, f"ask:go:{filled}", rerun)
    assert "要请另一个人核对" in everything(page)
    assert f"close:go:{filled}" not in [button.key for button in page.button]
    signed_in("staff", None, "老王")
    page = open_page("board-item", n="37", task=str(filled))
    assert "京山小李申请销号：已投放52亿元" in everything(page)
    press(page, f"close:go:{filled}", rerun)
    assert list_tasks(COMMAND_LINE, TODAY)[0].state == "closed"
    page.text_input(key=f"reopen:{filled}:1").set_value("抽查没有落实")
    press(page, f"reopen:go:{filled}", rerun)
    found = list_tasks(COMMAND_LINE, TODAY)[0]
    assert (found.state, found.due) == ("open", TODAY + timedelta(days=30))


def test_supervision_is_written_and_answered(open_page, signed_in, rerun, filled):
    add_note(CITY, filled, "请说明进度", DAY + timedelta(days=3), now=NOW)
    signed_in("staff", "京山市", "京山小李")
    page = open_page("board-item", n="37", task=str(filled))
    assert "到期没有回复" in everything(page)
    page.text_area(key="reply:1:0").set_value("已完成一半")
    press(page, "reply:go:1", rerun)
    assert "回复：已完成一半（京山小李记）" in everything(page)
    page.text_area(key=f"note:{filled}:1").set_value("再报一次")
    press(page, f"note:go:{filled}", rerun)
    assert list_tasks(COMMAND_LINE, TODAY)[0].notes == 1


def test_a_task_and_a_unit_are_added_on_the_page_of_the_commitment(open_page, signed_in, rerun, filled):
    signed_in("staff")
    bureau = next(one.id for one in units(COMMAND_LINE) if one.name == "市金融办")
    page = open_page("board-item", n="38")
    page.selectbox(key="duty:unit:0").set_value(bureau)
    rerun(page)
    click(page, "定下", rerun)
    assert (38, "市金融办", "lead") in [(one.number, one.unit, one.part) for one in duties(COMMAND_LINE)]
    page.text_input(key="task:title:1").set_value("办银企对接会")
    page.selectbox(key="task:unit:1").set_value(bureau)
    rerun(page)
    click(page, "列入清单", rerun)
    assert ("办银企对接会", 38) in [(one.title, one.number) for one in list_tasks(COMMAND_LINE, TODAY)]


def test_another_region_sees_neither_tasks_nor_values_of_units(open_page, signed_in, filled):
    signed_in("staff", "钟祥市")
    text = everything(open_page("board-item", n="37"))
    assert "12.5%" in text
    assert not [word for word in ("京山", "落实普惠信贷计划", "市金融办") if word in text]
    assert "京山" not in everything(open_page("board", view="任务清单"))
    assert "京山" not in everything(open_page("board", view="责任单位"))


@pytest.mark.parametrize("given", [{}, {"n": "46"}, {"n": "²"}, {"n": "abc"}, {"n": "0"}])
def test_a_link_to_no_commitment_is_told(open_page, signed_in, store, given):
    signed_in("staff")
    page = open_page("board-item", **given)
    assert "没有这一项" in everything(page)
    assert not page.error


def test_everybody_sees_what_was_made_public_and_nothing_else(open_page, rerun, filled):
    ask_close(CITY, filled, "办完了", now=NOW)
    page = open_page("progress")
    text = everything(page)
    assert "有 **1** 个公开了数据" in text
    assert "已达到]　全市贷款投放同比增长　方案要求不低于12%　现在 **12.5%**（2026-11-02）" in text
    assert "https://example.com/a" in text
    page.toggle(key="only").set_value(False)
    rerun(page)
    text = everything(page)
    assert "关区AEO企业数量" in text
    inner = ("4家", "京山市政府", "市金融办", "市优化办", "人民银行报表", "落实普惠信贷计划", "30亿元")
    assert not [word for word in inner if word in text]


def test_the_public_page_says_when_nothing_is_public(open_page, store):
    page = open_page("progress", n="26")
    assert any("还没有公开过数据" in told for told in notices(page))
    assert "没有数据]" in everything(page)
    assert any("承诺进展" in label for label in labels(open_page("commitments")))


def test_the_day_asked_for_decides_what_is_seen(open_page, filled):
    assert any("还没有公开过数据" in told for told in notices(open_page("progress", as_of="2026-11-01")))
    assert standing(COMMAND_LINE, DAY - timedelta(days=1))[0].state == "no_data"
