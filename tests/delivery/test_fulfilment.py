"""A 免申即享 round from the list made by the rules to the last payment, with two persons, a notice, objections and payment results."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from navigator.auth import Actor, NotAllowed
from navigator.delivery.fulfilment import (
    approve,
    begin_paying,
    decide,
    give_back,
    history,
    list_rounds,
    object_to,
    propose,
    publish,
    read_items,
    read_objections,
    read_round,
    set_promise,
)
from navigator.delivery.fulfilment_list import (
    Made,
    add_item,
    check,
    export_list,
    make_round,
    put_back,
    set_amount,
    strike,
)
from navigator.delivery.payments import (
    export_left,
    grant_all,
    left_lines,
    open_payments,
    pay,
    set_aside,
    take_back,
    take_payments,
)
from navigator.errors import InputError
from navigator.store.enterprises import add_enterprise
from tests.store.test_importing_columns import code

REFUND = "soc-unemp-stable-refund-hubei"
LIST_DAY = date(2025, 10, 15)
FIRST, SECOND = Actor("老张", "staff"), Actor("老王", "staff")
JINGSHAN = Actor("京山小李", "staff", "京山市")
CONFIRMED = datetime(2025, 10, 16, 2, tzinfo=UTC)
TODAY = date(2025, 11, 20)
FACTS = {
    "entity_type": "企业", "size_class": "中型", "insured_employees": 120, "layoff_rate": 1,
    "unemployment_premium_paid": 60000, "seriously_dishonest": False,
}  # fmt: skip


def enterprise(number: int, name: str, region: str = "京山市", *, example: bool = False, **facts: object) -> str:
    profile = {"uscc": code(number), "name": name, "region": region, **FACTS, **facts}
    profile = {key: value for key, value in profile.items() if value is not None}
    return add_enterprise(FIRST, profile, source="社保名单", on=LIST_DAY, example=example).uscc


@pytest.fixture
def four(store):
    """Two that fit, one that does not, one that nobody can tell."""
    enterprise(1, "京山机械厂")
    enterprise(2, "钟祥面粉厂", "钟祥市", unemployment_premium_paid=10000)
    enterprise(3, "裁员太多的厂", layoff_rate=30)
    enterprise(4, "不知道的厂", layoff_rate=None)


def begun(**other: object) -> int:
    wanted = {"measure_id": REFUND, "period": "2025年", "office": "市人社局", "as_of": LIST_DAY, **other}
    return make_round(FIRST, Made(**wanted))  # type: ignore[arg-type]


def item(number: int, name: str) -> int:
    return next(one.id for one in read_items(FIRST, number)[0] if one.name == name)


def paying(number: int, starts: str = "confirmed") -> None:
    set_promise(FIRST, number, 5, "市人社局服务指南", starts)
    check(FIRST, number)
    propose(FIRST, number)
    approve(SECOND, number, now=CONFIRMED)
    if starts == "notice":
        publish(FIRST, number, date(2025, 10, 17), date(2025, 10, 23), "市人社局网站")
    begin_paying(FIRST, number, TODAY)


def test_the_list_is_whom_the_rules_name_with_amount_and_ground(four):
    number = begun()
    made = read_round(FIRST, number)
    items, total = read_items(FIRST, number)
    assert (made.records, made.undecided, total) == (4, 1, 2)
    assert {one.name: one.amount for one in items} == {"京山机械厂": 36000.0, "钟祥面粉厂": 6000.0}
    assert all(one.by_rules and one.computed and one.state == "listed" for one in items)
    assert items[0].ground["facts"]["unemployment_premium_paid"] == 60000
    assert items[0].ground["outcomes"] == [True] * len(made.conditions)
    with pytest.raises(InputError, match="已经有一轮"):
        begun()


def test_a_measure_that_must_be_applied_for_or_has_ended_makes_no_round(four):
    with pytest.raises(InputError, match="免申即享"):
        begun(measure_id="tax-small-low-profit-cit")
    with pytest.raises(InputError, match="免申即享"):
        begun(as_of=date(2026, 11, 23))


def test_striking_and_adding_need_a_reason_and_a_list_is_only_handed_in_whole(four):
    number = begun()
    with pytest.raises(InputError, match="没有写"):
        strike(FIRST, item(number, "京山机械厂"), " ")
    strike(FIRST, item(number, "京山机械厂"), "对公账户没填")
    with pytest.raises(InputError, match="没有写"):
        add_item(FIRST, number, code(3), "")
    add_item(FIRST, number, code(3), "裁员率有误，已核实为3%", 900)
    with pytest.raises(InputError, match="已经在名单里"):
        add_item(FIRST, number, code(3), "再来一次")
    added = next(one for one in read_items(FIRST, number)[0] if one.name == "裁员太多的厂")
    assert not added.by_rules
    assert False in added.ground["outcomes"]
    with pytest.raises(InputError, match="还有 1 家没有核对"):
        propose(FIRST, number)
    assert check(FIRST, number) == 1
    with pytest.raises(InputError, match="还没有填"):
        propose(FIRST, number)
    put_back(FIRST, item(number, "京山机械厂"))
    set_amount(FIRST, item(number, "京山机械厂"), 35000)
    assert read_round(FIRST, number).items == {"listed": 1, "checked": 2}


def test_the_second_person_is_neither_who_handed_it_in_nor_who_went_through_it(four):
    number = begun()
    set_promise(FIRST, number, 5, "服务指南", "confirmed")
    check(SECOND, number)
    propose(FIRST, number)
    for actor in (FIRST, SECOND):
        with pytest.raises(InputError, match="没有经手的另一个人"):
            approve(actor, number)
    give_back(Actor("老吴", "staff"), number, "金额再看看")
    assert read_round(FIRST, number).state == "checking"
    propose(FIRST, number)
    approve(Actor("老吴", "staff"), number, now=CONFIRMED)
    assert read_round(FIRST, number).due == date(2025, 10, 23)
    assert [one[2] for one in history(FIRST, number)][:2] == ["确认兑现名单", "提交兑现名单"]


def test_after_the_notice_objections_are_decided_and_the_clock_starts_at_its_end(four):
    number = begun()
    set_promise(FIRST, number, 5, "服务指南", "notice")
    check(FIRST, number)
    propose(FIRST, number)
    approve(SECOND, number, now=CONFIRMED)
    with pytest.raises(InputError, match="还没有公示"):
        begin_paying(FIRST, number, TODAY)
    publish(FIRST, number, date(2025, 10, 17), date(2025, 10, 23), "市人社局网站")
    assert read_round(FIRST, number).due == date(2025, 10, 30)
    made = object_to(FIRST, item(number, "钟祥面粉厂"), date(2025, 10, 20), "某同行", "去年停产了")
    with pytest.raises(InputError, match="公示结束以后"):
        begin_paying(FIRST, number, date(2025, 10, 23))
    with pytest.raises(InputError, match="1 条异议没有结论"):
        begin_paying(FIRST, number, date(2025, 10, 24))
    decide(SECOND, made, False, "现场核实，确已停产")
    assert read_objections(FIRST, number)[0].decision == "set_aside"
    begin_paying(FIRST, number, date(2025, 10, 24))
    assert read_round(FIRST, number).items == {"checked": 1, "set_aside": 1}


def test_a_payment_of_another_amount_needs_a_reason_and_the_last_one_ends_the_round(four):
    number = begun()
    paying(number)
    mill, works = item(number, "钟祥面粉厂"), item(number, "京山机械厂")
    with pytest.raises(InputError, match="应发 6000.00 元"):
        pay(FIRST, mill, "paid", date(2025, 10, 20), TODAY, 5000)
    with pytest.raises(InputError, match="还没有到"):
        pay(FIRST, mill, "paid", date(2025, 12, 20), TODAY, 6000)
    pay(FIRST, mill, "paid", date(2025, 10, 20), TODAY, 5000, "扣回上年多发的1000元")
    with pytest.raises(InputError, match="已发放"):
        pay(FIRST, mill, "paid", date(2025, 10, 20), TODAY, 6000)
    set_aside(FIRST, works, "账户注销")
    assert read_round(FIRST, number).state == "done"
    take_back(FIRST, mill, "记错一家")
    assert read_round(FIRST, number).state == "paying"
    assert grant_all(FIRST, number, date(2025, 10, 22), TODAY) == 1
    assert read_round(FIRST, number).state == "done"


RESULTS = """发放结果表,,,,
单位名称,统一社会信用代码,金额（元）,到账日期,发放结果
京山机械厂,{one},36000,2025-10-20,成功
钟祥面粉厂,,"5,900",2025年10月20日,成功
裁员太多的厂,{three},100,2025-10-20,成功
没听说过的厂,,100,2025-10-20,成功
京山机械厂,{one},36000,2025-10-20,成功
钟祥面粉厂,{two},6000,2025-10-21,支付失败
钟祥面粉厂,{two},很多,2025-10-21,成功
合计,,42000,,
""".format(one=code(1), two=code(2), three=code(3))


def test_payment_results_are_matched_and_every_mismatch_is_told(four):
    number = begun()
    paying(number)
    table = open_payments(FIRST, RESULTS.encode(), "发放.csv")
    done = take_payments(FIRST, number, table, TODAY)
    assert done.written == 1
    assert done.left == {
        "wrong_amount": 1, "not_listed": 1, "twice": 1, "no_record": 1, "failed": 1, "unreadable": 2,
    }  # fmt: skip
    by_kind = {one.found: one.because for one in left_lines(FIRST, number)}
    assert by_kind["wrong_amount"] == "应发 6000.00 元，表里是 5900.00 元"
    assert by_kind["failed"] == "结果写的是“支付失败”"
    assert read_round(FIRST, number).items == {"paid": 1, "checked": 1}
    text = export_left(FIRST, {"id": str(number)}).content.decode("utf-8-sig")
    assert "没听说过的厂" in text


def test_importing_the_same_again_doubles_nothing_and_a_mended_file_adds_the_rest(four):
    number = begun()
    paying(number)
    take_payments(FIRST, number, open_payments(FIRST, RESULTS.encode(), "发放.csv"), TODAY)
    before = left_lines(FIRST, number)
    again = take_payments(FIRST, number, open_payments(FIRST, RESULTS.encode(), "发放.csv"), TODAY)
    assert (again.written, again.already) == (0, 1)
    assert [(one.line, one.found) for one in left_lines(FIRST, number)] == [(one.line, one.found) for one in before]
    book = openpyxl.Workbook()
    for row in (["名称", "金额（万元）"], ["钟祥面粉厂", 0.6]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    mended = open_payments(FIRST, file.getvalue(), "补发.xlsx")
    with pytest.raises(InputError, match="没有找到日期的列"):
        take_payments(FIRST, number, mended, TODAY)
    assert take_payments(FIRST, number, mended, TODAY, day=date(2025, 10, 22)).written == 1
    assert read_round(FIRST, number).state == "done"


def test_a_file_that_is_no_table_is_told_in_one_sentence(four):
    with pytest.raises(InputError):
        open_payments(FIRST, b"", "发放.csv")
    with pytest.raises(InputError, match="名称或统一社会信用代码"):
        open_payments(FIRST, "一,二\n三,四\n".encode(), "发放.csv")


def test_a_region_sees_and_makes_only_its_own_rounds_and_team_members_none(four):
    city = begun()
    own = make_round(JINGSHAN, Made(REFUND, "2025年", "京山市人社局", LIST_DAY))
    assert [one.id for one in list_rounds(JINGSHAN)] == [own]
    assert {one.region for one in read_items(JINGSHAN, own)[0]} == {"京山市"}
    with pytest.raises(InputError, match="没有这一轮"):
        read_round(JINGSHAN, city)
    with pytest.raises(InputError, match="没有"):
        strike(JINGSHAN, item(city, "钟祥面粉厂"), "不该管的")
    with pytest.raises(NotAllowed):
        list_rounds(Actor("小分队", "team"))


def test_invented_enterprises_have_rounds_of_their_own(four):
    enterprise(11, "示例厂", example=True)
    real, invented = begun(), begun(example=True)
    assert [one.name for one in read_items(FIRST, invented)[0]] == ["示例厂"]
    assert "示例厂" not in {one.name for one in read_items(FIRST, real)[0]}
    assert [one.id for one in list_rounds(FIRST)] == [real]
    with pytest.raises(InputError, match="不在这一轮的范围里"):
        add_item(FIRST, real, code(11), "试试")


def test_the_notice_shows_names_and_codes_of_those_to_be_paid_only_after_confirmation(four):
    number = begun()
    with pytest.raises(InputError, match="还没有确认"):
        export_list(FIRST, {"id": str(number), "notice": "1"})
    strike(FIRST, item(number, "钟祥面粉厂"), "账户没填")
    paying(number)
    text = export_list(FIRST, {"id": str(number), "notice": "1"}).content.decode("utf-8-sig")
    assert "京山机械厂" in text
    assert "钟祥面粉厂" not in text
    whole = export_list(FIRST, {"id": str(number)}).content.decode("utf-8-sig")
    assert "账户没填" in whole
