"""回测: a list is held against the rules on the page, read again later, compared; what each office may see of it."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.auth import Actor
from navigator.delivery.backtest import list_backtests, read_backtest, run_backtest
from navigator.delivery.recipients import Recipient
from navigator.store import enterprises
from navigator.store.enterprise_intake import take_enterprises
from tests.delivery.test_backtest import LIST, MEASURE, add
from tests.store.test_importing_columns import code
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, link_parameters, notices

CITY = Actor("市局老张", "staff")


@pytest.fixture
def office(store):
    add(1, "甲食品有限公司")
    add(2, "乙机械有限责任公司", employees=320)
    add(3, "丙（荆门）科技有限公司", total_assets=None)
    add(4, "丁*商贸*有限公司")
    add(7, "戊建材有限公司", "钟祥市")


def click(page, label: str, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


def addresses(page) -> str:
    return str(link_parameters(page)) + "".join(element.proto.body for element in page.get("html"))


def run_one(actor=CITY, **more) -> int:
    rows = (
        Recipient(2, "甲食品有限公司", "", 5e4),
        Recipient(3, "", code(2)),
        Recipient(4, "丙(荆门)科技有限公司", ""),
    )
    more = {"file": "名单.csv", "source": "https://www.jingmen.gov.cn/a", "as_of": TODAY, **more}
    return run_backtest(actor, MEASURE, rows, **more)


def test_a_list_is_tested_on_the_page_and_its_run_has_an_address(open_page, signed_in, rerun, office):
    signed_in("staff", None)
    page = open_page("backtest")
    page.file_uploader[0].upload("2025年名单.csv", LIST, "text/csv")
    rerun(page)
    assert "名称是“企业名称”" in everything(page)
    assert page.date_input(key="backtest:day:2025").value == date(2025, 12, 31)
    click(page, "开始回测", rerun)
    assert any("还没有选" in text for text in notices(page))
    page.selectbox(key="backtest:measure").set_value(MEASURE)
    click(page, "开始回测", rerun)
    assert any("名单的来源" in text for text in notices(page))
    assert list_backtests(CITY) == []
    page.text_input(key="backtest:source").set_value("https://www.jingmen.gov.cn/公示")
    click(page, "开始回测", rerun)
    (run,) = list_backtests(CITY)
    assert str(run.id) in page.query_params["id"]
    text = everything(page)
    assert "名单上 2 家能下结论的，1 家按规则符合" in text
    assert "9.5%～90.5%" in text
    assert "挡住 1 家，其中只因为它的 1 家" in text
    assert "资产总额（1 家）" in text


def test_a_run_shows_each_kind_down_to_its_rows_and_leads_to_the_records(open_page, signed_in, rerun, office):
    number = run_one()
    signed_in("staff", None)
    page = open_page("backtest", id=str(number))
    assert "从业人数 320人" in everything(page)
    record = enterprises.read_enterprise(CITY, code(2)).id
    assert {"id": [str(record)]} in link_parameters(page)
    page.selectbox(key=f"found:{number}").set_value("false_alarm")
    rerun(page)
    assert r"丁\*商贸\*有限公司" in everything(page)
    assert "也可能没有申请" in everything(page)
    page.text_input(key=f"words:{number}").set_value("戊建材")
    rerun(page)
    assert "戊建材有限公司" in everything(page)
    assert "丁" not in "".join(text for text in everything(page).split("一行一行看")[1])
    assert "/exports/backtest?id=" in addresses(page)
    assert "建材" not in addresses(page)
    assert code(2) not in addresses(page)


def test_the_same_list_is_tested_again_and_the_two_stand_side_by_side(open_page, signed_in, rerun, office):
    first = run_one()
    enterprises.save_facts(CITY, code(2), {"employees": 20}, source="电话", on=TODAY, based_on=1)
    signed_in("staff", None)
    page = open_page("backtest", id=str(first))
    click(page, "再测一次", rerun)
    second = list_backtests(CITY)[0].id
    assert second != first
    page.selectbox(key=f"other:{second}").set_value(first)
    text = everything(rerun(page))
    assert "有 **1** 行结果不一样" in text
    assert "漏掉 → **命中**" in text
    assert read_backtest(CITY, first).found["miss"] == 1


def test_a_bad_file_is_told_in_one_sentence_and_nothing_is_kept(open_page, signed_in, rerun, office):
    signed_in("staff", None)
    page = open_page("backtest")
    page.file_uploader[0].upload("坏.csv", "项目,数量\n路灯,3\n".encode(), "text/csv")
    assert any("没有找到企业名称或统一社会信用代码的列" in text for text in notices(rerun(page)))
    assert not [button for button in page.button if button.label == "开始回测"]


def test_an_office_neither_sees_nor_opens_runs_of_others(open_page, signed_in, office):
    whole, mine = run_one(), run_one(Actor("京山小李", "staff", "京山市"))
    signed_in("staff", "京山市")
    assert {"id": [str(mine)]} in link_parameters(open_page("backtest"))
    assert {"id": [str(whole)]} not in link_parameters(open_page("backtest"))
    assert any(f"没有第 {whole} 次回测" in text for text in notices(open_page("backtest", id=str(whole))))
    assert "戊建材" not in everything(open_page("backtest", id=str(mine)))
    for wrong in ("x", "99999999999"):
        assert any("没有第 0 次回测" in text for text in notices(open_page("backtest", id=wrong)))


@pytest.mark.parametrize("role", ["team", None])
def test_others_are_sent_away(open_page, signed_in, office, role):
    number = run_one()
    if role:
        signed_in(role, "京山市")
    page = open_page("backtest", id=str(number))
    assert "甲食品" not in everything(page)
    assert not page.get("file_uploader")


def test_invented_enterprises_are_tested_apart_and_marked(open_page, signed_in, rerun, office):
    take_enterprises(
        CITY, [{"uscc": code(20), "name": "示例甲厂", "region": "京山市"}], source="示例", on=TODAY, example=True
    )
    number = run_one(example=True)
    signed_in("staff", None)
    page = open_page("backtest")
    page.file_uploader[0].upload("a.csv", LIST, "text/csv")
    rerun(page)
    assert page.get("segmented_control") or page.get("button_group")
    text = everything(open_page("backtest", id=str(number)))
    assert ":material/science: 示例" in text
    assert "一家能按规则说出是或不是" in text


def test_a_day_on_which_the_measure_was_not_in_force_is_said(open_page, signed_in, office):
    number = run_one(as_of=date(2022, 12, 31))
    signed_in("staff", None)
    assert any("还没开始" in text for text in notices(open_page("backtest", id=str(number))))
