"""Cases at a window: taken, later decided, put right, imported; both readings of the acceptance rate against a count by hand."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery import window
from navigator.delivery.counting import Scope, count
from navigator.delivery.metrics import Wanted, read_figures, read_rows
from navigator.delivery.window import (
    Decided,
    add_in_seconds,
    add_result,
    cases,
    correct,
    events,
    export_cases,
    offer_of,
    offers,
    open_measures,
    set_handled,
    take_case,
)
from navigator.delivery.window_import import open_cases, reason_of, result_of, take_cases
from navigator.delivery.window_rates import regular_measures
from navigator.errors import InputError
from navigator.matching import dates
from navigator.store.audit import Filter, read_audit
from navigator.store.engine import reading
from navigator.store.enterprises import add_enterprise, read_enterprise
from tests.delivery.pushed import CIT, push_out
from tests.store.test_importing_columns import code

DAY = date(2026, 11, 23)
CITY = Actor("市窗口", "staff")
CLERK = Actor("京山窗口", "staff", "京山市")
ACCEPTED = Decided("accepted")
OFFICE = "京山政务大厅"


@pytest.fixture(autouse=True)
def the_day_is_fixed(monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: DAY)


def firm(number: int, name: str, region: str = "京山市", *, example: bool = False, **facts: object) -> str:
    profile = {"uscc": code(number), "name": name, "region": region, "entity_type": "企业", **facts}
    return add_enterprise(COMMAND_LINE, profile, source="名单", on=DAY, example=example).uscc


def taken(uscc: str, decided: Decided = ACCEPTED, day: date = DAY, measure: str = CIT, actor: Actor = CLERK):
    return take_case(actor, uscc, measure, decided, OFFICE, day=day)


def figure(name: str, actor: Actor = COMMAND_LINE, month: int = 202611):
    return next(one for one in read_figures(actor, month) if one.metric.id == name)


def test_what_an_enterprise_can_bring_today_comes_with_papers_and_what_is_to_be_confirmed(store):
    uscc = firm(1, "京山机械厂", employees=45, total_assets=1e6, taxable_income=1e5, restricted_industry=False)
    found = offers(read_enterprise(CLERK, uscc), DAY)
    fits = [one.fits for one in found]
    assert fits == sorted(fits, key=lambda fit: fit is None)
    by_id = {one.measure.id: one for one in found}
    assert by_id[CIT].fits
    assert by_id[CIT].papers == tuple(by_id[CIT].measure.apply.materials)
    assert by_id[CIT].confirm == tuple(by_id[CIT].measure.confirm)
    assert all(one.measure.delivery in ("申请审核", "自行申报享受") for one in found)
    assert all(dates.apply_state(one.measure, DAY) not in ("closed", "opens") for one in found)
    assert offer_of(CIT, DAY).conditions
    assert CIT in open_measures(DAY)


def test_a_firm_without_a_record_is_added_and_its_case_taken(store):
    made = add_in_seconds(CLERK, code(5), "新开的面馆", "京山市", DAY)
    case = taken(made.uscc)
    assert (case.number, case.result, case.enterprise) == ("2026112300001", "accepted", "新开的面馆")
    assert taken(made.uscc).number == "2026112300002"
    with pytest.raises(NotAllowed):
        add_in_seconds(CLERK, code(6), "钟祥的店", "钟祥市", DAY)


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        (Decided("refused"), "没有选"),
        (Decided("refused", "not_eligible"), "哪一条条件不符"),
        (Decided("refused", "papers"), "缺哪些材料"),
        (Decided("refused", "other", " "), "是什么原因"),
        (Decided("supplement"), "要补正哪些材料"),
        (Decided("以后再说"), "没有选"),
    ],
)
def test_a_case_is_only_refused_or_sent_back_with_what_is_wrong(store, decided, told):
    uscc = firm(1, "京山机械厂")
    with pytest.raises(InputError, match=told):
        taken(uscc, decided)
    assert cases(CLERK, DAY, DAY)[1] == 0


def test_later_results_and_corrections_are_kept_as_events(store):
    case = taken(firm(1, "京山机械厂"), Decided("supplement", None, "营业执照复印件"))
    with pytest.raises(InputError, match="早于收件"):
        add_result(CLERK, case.id, ACCEPTED, day=date(2026, 11, 1))
    assert add_result(CLERK, case.id, ACCEPTED, day=DAY).result == "accepted"
    with pytest.raises(InputError, match="已经受理"):
        add_result(CLERK, case.id, Decided("refused", "not_open"), day=DAY)
    with pytest.raises(InputError, match="没有写"):
        correct(CLERK, case.id, Decided("refused", "not_open"), "", day=DAY)
    correct(CLERK, case.id, Decided("refused", "not_open"), "点错了", day=DAY)
    assert [(one.result, one.corrects) for one in events(CLERK, case.id)] == [
        ("supplement", False), ("accepted", False), ("refused", True),
    ]  # fmt: skip
    logged = read_audit(COMMAND_LINE, Filter(actor="京山窗口", action="更正办件"))
    assert logged[0].details["原因"] == "点错了"


def test_a_window_sees_only_its_regions_cases(store):
    mine = taken(firm(1, "京山机械厂"))
    other = Actor("钟祥窗口", "staff", "钟祥市")
    taken(firm(2, "钟祥面粉厂", "钟祥市"), actor=other)
    assert [one.enterprise for one in cases(CLERK, DAY, DAY)[0]] == ["京山机械厂"]
    assert cases(CITY, DAY, DAY)[1] == 2
    with pytest.raises(InputError, match="没有这一件"):
        correct(other, mine.id, ACCEPTED, "不该管的", day=DAY)
    with pytest.raises(InputError, match="没有找到"):
        taken(code(2))
    with pytest.raises(NotAllowed):
        cases(Actor("小分队", "team"), DAY, DAY)
    text = export_cases(CLERK, {"from": "2026-11-01", "to": "2026-11-30"}).content.decode("utf-8-sig")
    assert "京山机械厂" in text
    assert "钟祥" not in text


def test_what_a_window_decides_counts_for_the_push(store):
    pushed = push_out()
    taken(pushed.uscc, Decided("refused", "not_eligible", "从业人数超过300人"), date(2026, 11, 24), actor=CITY)
    with reading() as session:
        assert [what for (_, what) in count(session, Scope(202611, 202611)).said] == ["not_eligible"]


TABLE = """办件编号,申请单位名称,统一社会信用代码,事项名称,收件时间,办理结果,原因
A1,京山机械厂,{one},小型微利企业所得税优惠,2026-11-20 09:30,准予受理,
A2,京山机械厂,,小型微利企业所得税优惠,2026/11/21,不予受理,条件不符：从业人数超了
A3,京山机械厂,,没有的政策,2026-11-21,受理,
A4,没有档案的厂,,小型微利企业所得税优惠,2026-11-21,受理,
A5,京山机械厂,,小型微利企业所得税优惠,很久以前,受理,
A6,京山机械厂,,小型微利企业所得税优惠,2026-11-21,在走流程,
,京山机械厂,,小型微利企业所得税优惠,2026-11-21,受理,
A1,京山机械厂,{one},小型微利企业所得税优惠,2026-11-20,退回补正,少公章
""".format(one=code(1))


def test_cases_of_the_windows_own_system_come_in_once_and_refused_rows_are_told(store):
    firm(1, "京山机械厂")
    opened = open_cases(CLERK, TABLE.encode(), "办件.csv")
    assert set(opened.columns) == {"number", "code", "name", "measure", "day", "result", "reason"}
    done = take_cases(CLERK, opened, "政务服务网", OFFICE, DAY)
    assert (done.added, done.changed, done.same) == (2, 1, 0)
    assert {one.line: one.reason for one in done.refused} == {
        4: "事项：“没有的政策”在政策库里没有这个名字",
        5: "企业：没有档案，或者归别的区域管",
        6: "收件日期：读不出",
        7: "结果：“在走流程”看不出是受理、补正还是不予受理",
        8: "办件编号：没有写",
    }
    found = {one.number: one for one in cases(CLERK, date(2026, 11, 1), DAY)[0]}
    assert (found["A1"].result, found["A2"].reason) == ("supplement", "not_eligible")
    assert [one.result for one in events(CLERK, found["A1"].id)] == ["accepted", "supplement"]
    once_more = "\n".join([TABLE.splitlines()[0], TABLE.splitlines()[2], ""])
    again = take_cases(CLERK, open_cases(CLERK, once_more.encode(), "办件.csv"), "政务服务网", OFFICE, DAY)
    assert (again.added, again.changed, again.same) == (0, 0, 1)
    assert cases(CLERK, date(2026, 11, 1), DAY)[1] == 2


def test_a_table_without_a_result_is_told_in_one_sentence(store):
    with pytest.raises(InputError, match="没有找到结果的列"):
        table = "办件编号,企业名称,事项,日期\n1,甲厂,乙,2026-11-01\n".encode()
        take_cases(CLERK, open_cases(CLERK, table, "办件.csv"), "政务服务网", OFFICE, DAY)
    opened = open_cases(CLERK, TABLE.encode(), "办件.csv")
    with pytest.raises(InputError, match="不能叫"):
        take_cases(CLERK, opened, window.SYSTEM, OFFICE, DAY)


def test_words_of_other_systems_are_read_with_the_refusal_first():
    assert [result_of(word) for word in ("予以受理", "不予受理", "退回补正", "通知补正", "办结", "未受理", "在办")] == [
        "accepted", "refused", "supplement", "supplement", "accepted", None, None,
    ]  # fmt: skip
    assert [reason_of(word) for word in ("不符合条件", "材料不全", "已过申报期限", "不属本窗口", "")] == [
        "not_eligible", "papers", "not_open", "elsewhere", "other",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_the_acceptance_rate_is_what_counting_by_hand_gives(store, seed):
    chance = random.Random(seed)
    firms = {"京山市": firm(1, "京山机械厂"), "钟祥市": firm(2, "钟祥面粉厂", "钟祥市")}
    example = firm(3, "示例厂", example=True)
    by_hand: Counter[tuple[int, str, str]] = Counter()
    for _ in range(25):
        region = chance.choice(list(firms))
        decided = chance.choice((ACCEPTED, Decided("supplement", None, "章"), Decided("refused", "elsewhere")))
        day = chance.choice((date(2026, 11, 3), date(2026, 10, 31), date(2026, 11, 23)))
        taken(firms[region], decided, day, actor=Actor("窗口", "staff", region))
        by_hand[day.month, region, decided.result] += 1
    taken(example, Decided("refused", "elsewhere"))
    for month in (10, 11):
        of_month = {key: number for key, number in by_hand.items() if key[0] == month}
        accepted = sum(number for key, number in of_month.items() if key[2] == "accepted")
        found = figure("window-acceptance", month=202600 + month)
        assert (found.whole.numerator, found.whole.denominator) == (accepted, sum(of_month.values()))
        waiting = sum(number for key, number in of_month.items() if key[2] == "supplement")
        assert dict(found.whole.parts)["补正还没回来"] == waiting
        assert {one.key: one.denominator for one in found.by["region"]} == {
            region: total
            for region in firms
            if (total := sum(number for key, number in of_month.items() if key[1] == region))
        }
    refused = read_rows(COMMAND_LINE, "window-acceptance", Wanted("refused", 202611), limit=100)
    assert refused.total == sum(by_hand[11, region, "refused"] for region in firms) == len(refused.lines)


def test_measures_nobody_has_said_anything_about_are_not_counted_as_handled(store):
    measures = regular_measures(DAY)
    assert measures
    whole = figure("window-handled").whole
    assert (whole.value, whole.denominator) == (0.0, len(measures))
    assert f"{len(measures)} 项还没有登记" in whole.note
    first, second, third = (one.id for one in measures[:3])
    set_handled(CITY, [first, second], True, "市政务大厅")
    set_handled(CLERK, [second, third], True, OFFICE)
    set_handled(CLERK, [first], False)
    found = figure("window-handled")
    assert (found.whole.numerator, dict(found.whole.parts)["没有登记"]) == (3, len(measures) - 3)
    assert {one.label: one.numerator for one in found.by["region"]} == {"市本级": 2, "京山市": 2}
    set_handled(CITY, [first], None)
    assert figure("window-handled").whole.numerator == 2
