"""问题整改: what staff see and do there, by role and region."""

from __future__ import annotations

import pytest

from navigator.auth import COMMAND_LINE
from navigator.delivery.problems import add_problem, read_problem, rectify, review, tell
from tests.delivery.test_problems import FIRST, SECOND, new, to_the_end, unit
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, notices
from tests.ui.test_fulfilment import click


def state(number: int) -> str:
    return read_problem(COMMAND_LINE, number)[0].state


@pytest.fixture
def found(store) -> int:
    return add_problem(FIRST, new(unit()), TODAY)


def test_without_units_one_is_told_where_to_put_them_and_nothing_is_not_all_clear(open_page, signed_in, store):
    signed_in("staff")
    page = open_page("problems")
    assert any("没有登记不等于清零" in text for text in notices(page))
    assert any("责任单位表还是空的" in text for text in notices(page))


def test_a_problem_is_written_down_and_its_page_opens(open_page, signed_in, rerun, store):
    unit("市招商局")
    signed_in("staff")
    page = open_page("problems")
    page.selectbox(key="new:kind").set_value("arrears")
    page.text_input(key="new:title").set_value("工程款没有付")
    page.text_area(key="new:text").set_value("2025年完工，欠120万元")
    page.text_input(key="new:source").set_value("企业投诉")
    page.selectbox(key="new:unit").set_value(1)
    click(page, "登记", rerun)
    assert any("在发现以前" in text for text in notices(page))
    assert page.text_input(key="new:title").value == "工程款没有付"
    page.date_input(key="new:due").set_value(TODAY)
    page.text_input(key="new:due-source").set_value("市优化办")
    click(page, "登记", rerun)
    made = read_problem(COMMAND_LINE, 1)[0]
    assert (made.title, made.kind, made.unit, made.due) == ("工程款没有付", "arrears", "市招商局", TODAY)


def test_the_list_says_what_is_late_by_word_and_leads_to_each(open_page, signed_in, rerun, found):
    done = add_problem(FIRST, new(unit("市财政局"), title="已经办好的"), TODAY)
    to_the_end(done)
    signed_in("staff")
    page = open_page("problems")
    text = everything(page)
    assert "还有 **1** 个没有销号，其中超期 **1** 个" in text
    assert "已经超期" in text
    assert "**招商时答应的厂房没有给**" in labels(page)
    assert "**已经办好的**" not in labels(page)
    page.selectbox(key="stage").set_value("closed")
    rerun(page)
    assert "**已经办好的**" in labels(page)


def test_each_step_is_taken_on_its_page_and_who_rectified_is_stopped(open_page, signed_in, rerun, found):
    signed_in("staff", None, "老张")
    page = open_page("problem", id=str(found))
    assert "下一步：整改" in headings(page)
    click(page, "记下整改", rerun)
    assert any("没有写" in text for text in notices(page))
    page.text_input(key=f"whom:{found}:found").set_value("市招商局")
    page.text_area(key=f"text:{found}:found").set_value("厂房已经交付")
    click(page, "记下整改", rerun)
    assert state(found) == "rectified"
    assert any("要请另一个人" in text for text in notices(page))
    assert "复核通过" not in [one.label for one in page.button]
    assert f"text:{found}:rectified" not in [box.key for box in page.text_area]
    signed_in("staff", None, "老王")
    page = open_page("problem", id=str(found))
    page.text_area(key=f"text:{found}:rectified").set_value("看过了")
    click(page, "复核通过", rerun)
    page.text_input(key=f"whom:{found}:reviewed").set_value("企业")
    page.text_area(key=f"text:{found}:reviewed").set_value("满意")
    click(page, "记下反馈", rerun)
    page.text_area(key=f"text:{found}:told").set_value("都齐了")
    click(page, "销号", rerun)
    assert state(found) == "closed"
    page.text_area(key=f"text:{found}:closed").set_value("又犯了")
    click(page, "重新打开", rerun)
    assert state(found) == "found"
    assert "复核通过" in everything(page)


def test_a_review_can_send_back_and_what_was_written_wrong_is_put_right(open_page, signed_in, rerun, found):
    rectify(FIRST, found, "市招商局", "一半", TODAY, TODAY)
    signed_in("staff", None, "老王")
    page = open_page("problem", id=str(found))
    page.text_area(key=f"text:{found}:rectified").set_value("只交付了一半")
    click(page, "退回，重新整改", rerun)
    assert state(found) == "found"
    page.selectbox(key=f"to-kind:{found}").set_value("other")
    page.text_input(key=f"to-why:{found}").set_value("不是招商承诺")
    click(page, "存更正", rerun)
    assert read_problem(COMMAND_LINE, found)[0].kind == "other"


def test_a_region_sees_only_its_own_and_others_are_refused(open_page, signed_in, found):
    own = add_problem(FIRST, new(unit("京山市招商局", "京山市"), region="京山市", title="京山的"), TODAY)
    signed_in("staff", "京山市")
    page = open_page("problems")
    assert "**京山的**" in labels(page)
    assert "**招商时答应的厂房没有给**" not in labels(page)
    assert [one.value for one in open_page("problem", id=str(found)).title] == ["没有这个问题"]
    assert [one.value for one in open_page("problem", id="x").title] == ["没有这个问题"]
    assert "京山的" in everything(open_page("problem", id=str(own)))
    signed_in("team")
    assert [one.value for one in open_page("problems").title] == ["这一页您看不了"]


def test_what_was_typed_is_shown_as_text(open_page, signed_in, store):
    number = add_problem(FIRST, new(unit(), title="[点这里](https://bad.example)", text="<b>粗</b> **x**"), TODAY)
    rectify(FIRST, number, "市招商局", "http://bad.example 已整改", TODAY, TODAY)
    review(SECOND, number, True, "看过", TODAY, TODAY)
    tell(FIRST, number, "企业", "满意", TODAY, TODAY)
    signed_in("staff")
    text = everything(open_page("problem", id=str(number)))
    assert "](https" not in text
    assert "http://bad" not in text
