"""企业诉求 and 提诉求: what staff, the team and visitors see and do there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from navigator.auth import COMMAND_LINE
from navigator.delivery.appeals import accept, ask, assign, raise_appeal, read_appeal, reply, set_term
from navigator.delivery.appeals_public import look_up, raise_by_enterprise
from navigator.delivery.board import add_unit
from navigator.store.enterprises import add_enterprise
from tests.delivery.test_appeals import FIRST, VISITOR, new
from tests.delivery.test_appeals_public import ASKED
from tests.store.test_importing_columns import code
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, notices
from tests.ui.test_fulfilment import click


def one(number: int = 1):
    return read_appeal(COMMAND_LINE, number)[0]


@pytest.fixture
def found(store) -> int:
    return raise_appeal(FIRST, new("贷款利率太高", field="funds", text="银行要8%"), TODAY)


def fill(page, name: str, **other: str) -> None:
    told = {"name": name, "title": "路灯坏了", "text": "请修一修", "contact": "13800138000", "person": "老李"} | other
    for key, text in told.items():
        box = page.text_area if key == "text" else page.text_input
        box(key=f"ask:{key}:0").set_value(text)


def test_a_visitor_raises_one_looks_at_it_and_says_what_the_answer_is_worth(open_page, rerun, store):
    page = open_page("ask")
    fill(page, "")
    page.selectbox(key="ask:field:0").set_value("power")
    click(page, "交上去", rerun)
    assert any("企业名称" in text for text in notices(page))
    assert page.text_area(key="ask:text:0").value == "请修一修"
    page.text_input(key="ask:name:0").set_value("京山机械厂")
    click(page, "交上去", rerun)
    text = everything(page)
    assert "收到了。" in text
    assert "2026\\-00001" in text
    secret = next(line for line in text.splitlines() if line.startswith("查询码：")).strip("查询码：*")
    assert (one().source, one().region, one().field) == ("enterprise", None, "power")
    assert "再提一件" in text

    accept(FIRST, 1, TODAY, TODAY, due=TODAY)
    assign(FIRST, 1, add_unit(FIRST, "市城管局", "city"), "", TODAY, TODAY)
    reply(FIRST, 1, "换了灯 [点](https://bad.example)", TODAY, TODAY)
    page = open_page("ask")
    page.text_input(key="look:number").set_value("2026-00001")
    page.text_input(key="look:code").set_value("AAAAAAAA")
    click(page, "查进度", rerun)
    assert any("对不上" in text for text in notices(page))
    page.text_input(key="look:code").set_value(secret)
    click(page, "查进度", rerun)
    assert "换了灯" in everything(page)
    assert "](https" not in everything(page)
    page.radio(key="say:said:0").set_value("yes")
    click(page, "告诉政府", rerun)
    assert one().satisfied == "yes"
    click(page, "删掉我留的联系方式", rerun)
    assert "删掉我留的联系方式" not in everything(page)


def test_a_measure_that_may_answer_it_is_offered_before_it_is_raised(open_page, rerun, store):
    page = open_page("ask")
    page.text_input(key="ask:title:0").set_value("失业保险稳岗返还没到账")
    rerun(page)
    assert "先看看" in everything(page)
    assert any("稳岗返还" in label for label in labels(page))


def test_each_step_is_taken_on_its_page_and_who_replied_may_only_send_back(open_page, signed_in, rerun, found):
    add_unit(FIRST, "市金融办", "city")
    set_term(FIRST, "funds", 5, "市优化办2026年的规定")
    signed_in("staff", None, "老张")
    page = open_page("appeal", id=str(found))
    assert "下一步：受理" in headings(page)
    click(page, "受理", rerun)
    assert "2026\\-11\\-30 前答复。" in everything(page)
    page.selectbox(key=f"unit:{found}:accepted:0").set_value(1)
    click(page, "交办", rerun)
    page.text_area(key=f"text:{found}:assigned:0").set_value("可以走政策性担保")
    click(page, "记下答复", rerun)
    page.radio(key=f"said:{found}:replied:0").set_value("no")
    page.text_area(key=f"text:{found}:replied:0").set_value("还是贵")
    click(page, "记下回访", rerun)
    assert any("要请另一个人来销号" in text for text in notices(page))
    assert "销号" not in [button.label for button in page.button]
    page.text_area(key=f"back:{found}:asked:0").set_value("再找一家银行")
    click(page, "退回去", rerun)
    assert (one().state, one().turn) == ("assigned", 1)
    assert "第2次办理" in everything(page)


def test_another_person_closes_and_opens_again(open_page, signed_in, rerun, found):
    accept(FIRST, found, TODAY, TODAY, due=TODAY)
    assign(FIRST, found, add_unit(FIRST, "市金融办", "city"), "", TODAY, TODAY)
    reply(FIRST, found, "办了", TODAY, TODAY)
    ask(FIRST, found, "yes", "", TODAY, TODAY)
    signed_in("staff", None, "老王")
    page = open_page("appeal", id=str(found))
    page.text_area(key=f"text:{found}:asked:0").set_value("回访过了")
    click(page, "销号", rerun)
    assert one().state == "closed"
    page.text_area(key=f"text:{found}:closed:0").set_value("又来了")
    click(page, "重新打开", rerun)
    assert any("还没有定几个工作日" in text for text in notices(page))
    page.date_input(key=f"due:{found}:closed:0").set_value(TODAY + timedelta(days=2))
    click(page, "重新打开", rerun)
    assert one().state == "assigned"


def test_what_is_late_or_waits_stands_on_top_by_word_and_a_region_sees_its_own(open_page, signed_in, found):
    late = raise_appeal(FIRST, new("早就该办的", raised_on=TODAY - timedelta(days=20)), TODAY)
    accept(FIRST, late, TODAY - timedelta(days=20), TODAY, due=TODAY - timedelta(days=7))
    own = raise_appeal(VISITOR, new("京山的事"), TODAY)
    signed_in("staff")
    page = open_page("appeals")
    text = everything(page)
    assert "超期 5 个工作日" in text
    assert labels(page).index("**早就该办的**") < labels(page).index("**贷款利率太高**")
    signed_in("team", "京山市")
    page = open_page("appeals")
    assert "**京山的事**" in labels(page)
    assert "**贷款利率太高**" not in labels(page)
    assert "各类诉求几个工作日答复" not in everything(page)
    assert [title.value for title in open_page("appeal", id=str(found)).title] == ["没有这件诉求"]
    page = open_page("appeal", id=str(own))
    assert "这一步由工作人员来办。" in everything(page)


def test_one_is_written_down_for_a_record_and_one_without_is_put_to_it(open_page, signed_in, rerun, store):
    uscc = add_enterprise(
        COMMAND_LINE, {"uscc": code(1), "name": "京山机械厂", "region": "京山市"}, source="名单", on=TODAY
    ).uscc
    receipt = raise_by_enterprise(ASKED, TODAY, "192.0.2.7")
    signed_in("staff")
    page = open_page("appeals")
    page.selectbox(key="new:source").set_value("hotline")
    page.text_input(key="new:uscc").set_value(uscc)
    page.selectbox(key="new:field").set_value("tax")
    page.text_input(key="new:title").set_value("退税慢")
    page.text_area(key="new:text").set_value("三个月没到")
    click(page, "登记", rerun)
    assert (one(2).name, one(2).region, one(2).source) == ("京山机械厂", "京山市", "hotline")
    page = open_page("appeal", id="1")
    assert "13800138000" not in everything(page)
    click(page, "看完整的", rerun)
    assert "13800138000" in everything(page)
    page.text_input(key="whose:1:0").set_value(uscc)
    click(page, "就是这一家", rerun)
    assert one().enterprise_id == one(2).enterprise_id
    record = open_page("record", id=str(one().enterprise_id), view="诉求")
    assert {"**路灯坏了**", "**退税慢**"} <= set(labels(record))
    click(page, "删掉联系方式", rerun)
    assert not look_up(receipt.number, receipt.code, "192.0.2.7").keeps_contact
