"""免申即享兑现 and 窗口办理: what staff see and do there, by role and region."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.auth import COMMAND_LINE, Actor
from navigator.delivery.fulfilment import approve, begin_paying, propose, read_round, set_promise
from navigator.delivery.fulfilment_list import Made, check, make_round
from navigator.delivery.window import cases, read_handled
from navigator.matching.rulebook import default_rulebook
from navigator.store.enterprises import add_enterprise
from tests.delivery.pushed import CIT
from tests.delivery.test_fulfilment import CONFIRMED, FIRST, LIST_DAY, REFUND, SECOND, enterprise
from tests.store.test_importing_columns import code
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, notices


def click(page, label: str, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


@pytest.fixture
def begun(store) -> int:
    enterprise(1, "京山机械厂")
    return make_round(FIRST, Made(REFUND, "2025年", "京山市人社局", LIST_DAY, "京山市"))


def in_payment(number: int) -> None:
    set_promise(FIRST, number, 5, "服务指南", "confirmed")
    check(FIRST, number)
    propose(FIRST, number)
    approve(SECOND, number, now=CONFIRMED)
    begin_paying(FIRST, number, TODAY)


def test_a_list_is_made_from_the_page(open_page, signed_in, rerun, store):
    enterprise(1, "京山机械厂")
    signed_in("staff", None, "老张")
    page = open_page("fulfilment")
    assert any("还没有开始过" in text for text in notices(page))
    page.date_input(key="new:day").set_value(LIST_DAY)
    rerun(page)
    click(page, "按规则列名单", rerun)
    assert any("没有写" in text for text in notices(page))
    page.selectbox(key="new:measure").set_value(REFUND)
    page.text_input(key="new:office").set_value("市人社局")
    click(page, "按规则列名单", rerun)
    made = read_round(COMMAND_LINE, 1)
    assert (made.office, made.period, dict(made.items)) == ("市人社局", "2025年", {"listed": 1})


def test_a_round_is_gone_through_handed_in_and_confirmed_by_another(open_page, signed_in, rerun, begun):
    signed_in("staff", "京山市", "京山小李")
    page = open_page("fulfilment-round", id=str(begun))
    text = everything(page)
    assert "京山机械厂" in text
    assert "待核对" in text
    click(page, "剔除", rerun)
    assert any("没有写" in text for text in notices(page))
    click(page, "提交，请第二个人确认", rerun)
    assert any("没有核对" in text for text in notices(page))
    page.text_input(key="source").set_value("服务指南")
    click(page, "存期限", rerun)
    click(page, "剩下的全部核对无误", rerun)
    click(page, "提交，请第二个人确认", rerun)
    click(page, "确认名单", rerun)
    assert any("没有经手的另一个人" in text for text in notices(page))
    signed_in("staff", "京山市", "京山老吴")
    page = click(open_page("fulfilment-round", id=str(begun)), "确认名单", rerun)
    assert read_round(COMMAND_LINE, begun).state == "confirmed"
    assert "第一天" in everything(page) or any(one.label == "第一天" for one in page.date_input)


def test_a_late_round_is_told_and_its_last_payment_ends_it(open_page, signed_in, rerun, begun):
    in_payment(begun)
    signed_in("staff", "京山市")
    text = everything(open_page("fulfilment"))
    assert "已经超期" in text
    assert "个工作日" in text
    page = open_page("fulfilment-round", id=str(begun))
    click(page, "记下兑现", rerun)
    assert read_round(COMMAND_LINE, begun).state == "done"
    assert any("记下了一家" in one.value for one in page.success)
    assert "没有超期的" in everything(open_page("fulfilment"))


def test_another_region_has_no_such_round_and_a_team_member_is_turned_away(open_page, signed_in, begun):
    signed_in("staff", "钟祥市")
    assert [one.value for one in open_page("fulfilment-round", id=str(begun)).title] == ["没有这一轮"]
    assert "京山" not in everything(open_page("fulfilment"))
    assert [one.value for one in open_page("fulfilment-round", id="x").title] == ["没有这一轮"]
    signed_in("team", "京山市")
    for path in ("fulfilment", "fulfilment-round", "window"):
        assert [title.value for title in open_page(path).title] == ["这一页您看不了"]


def test_a_case_is_taken_at_the_window_in_a_few_steps(open_page, signed_in, rerun, store):
    facts = {"employees": 45, "total_assets": 1e6, "taxable_income": 1e5, "restricted_industry": False}
    profile = {"uscc": code(1), "name": "京山机械厂", "region": "京山市", "entity_type": "企业", **facts}
    add_enterprise(COMMAND_LINE, profile, source="名单", on=date(2026, 11, 1))
    clerk = signed_in("staff", "京山市", "京山窗口")
    page = open_page("window")
    page.text_input(key="words").set_value("机械")
    rerun(page)
    page.selectbox(key="measure").set_value(CIT)
    assert "要带的材料" in everything(rerun(page))
    page.text_input(key="office").set_value("京山政务大厅")
    page.segmented_control(key="case:result").set_value("refused")
    rerun(page)
    click(page, "记下，出编号", rerun)
    assert any("没有选" in text for text in notices(page))
    page.segmented_control(key="case:result").set_value("accepted")
    rerun(page)
    click(page, "记下，出编号", rerun)
    assert any("2026112300001" in one.value for one in page.success)
    (found,), _ = cases(clerk, TODAY, TODAY)
    assert (found.result, found.office) == ("accepted", "京山政务大厅")
    page.segmented_control(key="view").set_value("办件")
    assert "京山机械厂" in everything(rerun(page))


def test_a_firm_without_a_record_is_added_at_the_window(open_page, signed_in, rerun, store):
    signed_in("staff", "京山市")
    page = open_page("window")
    page.text_input(key="words").set_value(code(9))
    rerun(page)
    page.text_input(key="add:name").set_value("新开的面馆")
    click(page, "建档，接着办", rerun)
    assert "新开的面馆" in everything(page)
    assert any(one.label == "办哪一项" for one in page.selectbox)


def test_what_a_window_handles_is_kept_from_the_page(open_page, signed_in, rerun, store):
    clerk = signed_in("staff", "京山市")
    page = open_page("window")
    page.segmented_control(key="view").set_value("受理哪些事项")
    rerun(page)
    page.multiselect(key="handled").set_value([CIT])
    page.text_input(key="handled:office").set_value("京山政务大厅")
    rerun(page)
    click(page, "登记为受理", rerun)
    assert read_handled(Actor(clerk.name, "staff", "京山市")) == {CIT: (True, "京山政务大厅")}


def test_an_objection_made_during_the_notice_is_decided_on_the_page(open_page, signed_in, rerun, begun):
    set_promise(FIRST, begun, 5, "服务指南", "notice")
    check(FIRST, begun)
    propose(FIRST, begun)
    approve(SECOND, begun, now=CONFIRMED)
    signed_in("staff", "京山市")
    page = open_page("fulfilment-round", id=str(begun))
    page.text_input(key="notice:place").set_value("市人社局网站")
    click(page, "存公示", rerun)
    assert read_round(COMMAND_LINE, begun).state == "notice"
    page.selectbox(key="object:item").set_value(1)
    page.text_input(key="object:who").set_value("某同行")
    page.text_area(key="object:text").set_value("去年停产了")
    rerun(page)
    click(page, "记下异议", rerun)
    assert "去年停产了" in everything(page)
    click(page, "开始兑现", rerun)
    assert any("公示到" in text for text in notices(page))
    page.text_input(key="because:1").set_value("现场核实，没有停产")
    click(page, "保留这一家", rerun)
    assert read_round(COMMAND_LINE, begun).objections == 0


def choose_column(page, role: str, heading: str) -> None:
    box = next(one for one in page.selectbox if one.label == f"{role}在哪一列")
    place = next(at for at, option in enumerate(box.options) if option == heading)
    box.select_index(place)


def test_payment_results_are_imported_with_the_columns_somebody_chose(open_page, signed_in, rerun, begun):
    in_payment(begun)
    signed_in("staff", "京山市")
    page = open_page("fulfilment-round", id=str(begun))
    table = "收款方名称,划出,哪天\n京山机械厂,36000,2025-10-20\n"
    page.file_uploader[0].upload("发放.csv", table.encode(), "text/csv")
    rerun(page)
    assert "1 行。名称是“收款方名称”。" in everything(page)
    click(page, "对名单、记下来", rerun)
    assert "没有找到金额的列" in " ".join(one.value for one in page.error)
    choose_column(page, "金额", "划出")
    choose_column(page, "到账日期", "哪天")
    rerun(page)
    click(page, "对名单、记下来", rerun)
    assert any("记下 1 家" in one.value for one in page.success)
    assert read_round(COMMAND_LINE, begun).state == "done"


def test_cases_of_another_system_are_imported_with_the_columns_somebody_chose(open_page, signed_in, rerun, store):
    clerk = signed_in("staff", "京山市")
    enterprise(1, "京山机械厂")
    page = open_page("window")
    page.segmented_control(key="view").set_value("导入")
    rerun(page)
    name = default_rulebook().by_id[CIT].measure.name
    table = f"单号,企业名称,办什么,何日,怎样了\nA-1,京山机械厂,{name},2025-10-20,已受理\n"
    page.file_uploader[0].upload("办件.csv", table.encode(), "text/csv")
    page.text_input(key="system").set_value("窗口系统")
    page.text_input(key="import:office").set_value("京山政务大厅")
    rerun(page)
    click(page, "导入", rerun)
    assert "没有找到" in " ".join(one.value for one in page.error)
    for role, heading in (("办件编号", "单号"), ("事项", "办什么"), ("收件日期", "何日"), ("结果", "怎样了")):
        choose_column(page, role, heading)
    rerun(page)
    click(page, "导入", rerun)
    assert any("新增 1 件" in one.value for one in page.success)
    (found,), _ = cases(Actor(clerk.name, "staff", "京山市"), date(2025, 10, 20), TODAY)
    assert (found.enterprise, found.number, found.result) == ("京山机械厂", "A-1", "accepted")
