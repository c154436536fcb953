"""Appeals: raised, accepted, answered, asked about, closed by another person; numbers, terms, regions, rates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.delivery import appeals, metrics
from navigator.delivery.appeals import (
    New,
    Wanted,
    accept,
    amend,
    ask,
    assign,
    close,
    export_appeals,
    list_appeals,
    name_answer,
    open_appeals,
    raise_appeal,
    read_appeal,
    refuse,
    reopen,
    reply,
    send_back,
    set_term,
    terms,
)
from navigator.delivery.appeals_due import reminders
from navigator.delivery.appeals_rates import answered, closed, courses, satisfied
from navigator.delivery.appeals_similar import find_answers, find_measures, find_similar
from navigator.delivery.appeals_whose import name_enterprise
from navigator.delivery.board import add_unit
from navigator.delivery.board_automatic import automatic_values
from navigator.errors import InputError
from navigator.matching import dates
from navigator.store.engine import reading
from navigator.store.enterprises import add_enterprise, read_enterprise
from tests.delivery.pushed import CIT
from tests.store.test_importing_columns import code

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
FIRST, SECOND = Actor("老张", "staff"), Actor("老王", "staff")
JINGSHAN, VISITOR = Actor("京山小李", "staff", "京山市"), Actor("小分队小陈", "team", "京山市")


def new(title: str = "厂门口的路灯坏了", **other: object) -> New:
    told = {
        "source": "office",
        "name": "京山机械厂",
        "field": "other",
        "title": title,
        "text": "请修一修",
        "raised_on": TODAY,
    }
    return New(**{**told, **other})  # type: ignore[arg-type]


def assigned(due: date = TODAY, **other: object) -> int:
    number = raise_appeal(FIRST, new(**other), TODAY, now=NOW)
    accept(FIRST, number, TODAY, TODAY, due=due, now=NOW)
    assign(FIRST, number, add_unit(FIRST, f"市城管局{number}", "city"), "", TODAY, TODAY, now=NOW)
    return number


def finished(said: str = "yes", **other: object) -> int:
    number = assigned(**other)
    reply(FIRST, number, "修好了", TODAY, TODAY, now=NOW)
    ask(FIRST, number, said, "还是不亮", TODAY, TODAY, now=NOW)
    close(SECOND, number, "回访过了", TODAY, TODAY, now=NOW)
    return number


def test_an_appeal_goes_from_raising_to_close_out_by_a_second_person(store):
    number = raise_appeal(FIRST, new(), TODAY, now=NOW)
    set_term(FIRST, "other", 5, "市优化办2026年的规定", now=NOW)
    assert accept(FIRST, number, TODAY, TODAY, now=NOW) == date(2026, 11, 30)
    assign(FIRST, number, add_unit(FIRST, "市城管局", "city"), "请核实", TODAY, TODAY, now=NOW)
    reply(FIRST, number, "修好了", TODAY, TODAY, now=NOW)
    ask(FIRST, number, "yes", "", TODAY, TODAY, now=NOW)
    with pytest.raises(InputError, match="答复是您经手的"):
        close(FIRST, number, "办完了", TODAY, TODAY, now=NOW)
    close(SECOND, number, "办完了", TODAY, TODAY, now=NOW)
    found, steps = read_appeal(FIRST, number)
    assert (found.state, found.satisfied, found.unit, found.number) == ("closed", "yes", "市城管局", "2026-00001")
    assert [one.step for one in steps] == ["raise", "accept", "assign", "reply", "ask", "close"]


def test_numbers_run_through_the_year_and_what_a_phone_sends_twice_is_taken_once(store):
    one = raise_appeal(VISITOR, new(source="visit", key="a" * 32), TODAY, now=NOW)
    assert raise_appeal(VISITOR, new(source="visit", key="a" * 32), TODAY, now=NOW) == one
    two = raise_appeal(FIRST, new("另一件"), TODAY, now=NOW)
    third = raise_appeal(FIRST, new("明年的"), TODAY + timedelta(days=60), now=NOW)
    assert [read_appeal(FIRST, number)[0].number for number in (one, two, third)] == [
        "2026-00001",
        "2026-00002",
        "2027-00001",
    ]


def test_a_step_out_of_turn_is_refused_in_one_sentence(store):
    number = raise_appeal(FIRST, new(), TODAY, now=NOW)
    with pytest.raises(InputError, match="现在是“待受理”"):
        reply(FIRST, number, "修好了", TODAY, TODAY, now=NOW)
    with pytest.raises(InputError, match="还没有定几个工作日"):
        accept(FIRST, number, TODAY, TODAY, now=NOW)
    with pytest.raises(InputError, match="不能早于2026-11-23"):
        accept(FIRST, number, TODAY, TODAY, due=TODAY - timedelta(days=1), now=NOW)
    with pytest.raises(InputError, match="应在 2026-11-23 到 2026-11-23 之间"):
        refuse(FIRST, number, "不归我们管", TODAY - timedelta(days=1), TODAY, now=NOW)
    refuse(FIRST, number, "不归我们管", TODAY, TODAY, now=NOW)
    reopen(FIRST, number, "还是归我们管", TODAY, TODAY, now=NOW)
    assert read_appeal(FIRST, number)[0].state == "raised"


def test_one_not_satisfied_is_answered_again_and_a_closed_one_can_be_opened_again(store):
    number = assigned()
    reply(FIRST, number, "修好了", TODAY, TODAY, now=NOW)
    with pytest.raises(InputError, match="企业的意见"):
        ask(FIRST, number, "no", " ", TODAY, TODAY, now=NOW)
    ask(VISITOR_OF_THE_CITY, number, "no", "还是不亮", TODAY, TODAY, now=NOW)
    with pytest.raises(InputError, match="还没有定几个工作日"):
        send_back(FIRST, number, "再去看看", TODAY, TODAY, now=NOW)
    set_term(FIRST, "other", 5, "市优化办2026年的规定", now=NOW)
    assert send_back(FIRST, number, "再去看看", TODAY, TODAY, now=NOW) == date(2026, 11, 30)
    assert read_appeal(FIRST, number)[0].satisfied is None
    reply(FIRST, number, "换了灯", TODAY, TODAY, now=NOW)
    ask(FIRST, number, "unreached", "", TODAY, TODAY, now=NOW)
    close(SECOND, number, "三次没打通", TODAY, TODAY, now=NOW)
    again = TODAY + timedelta(days=1)
    assert reopen(SECOND, number, "企业又来电话", TODAY, TODAY, due=again, now=NOW) == again
    found, steps = read_appeal(FIRST, number)
    assert (found.state, found.turn, found.due) == ("assigned", 2, again)
    assert steps[-1].text == "企业又来电话（2026-11-24 前答复）"
    assert [one.id for one in list_appeals(FIRST, Wanted("again"), TODAY)[0]] == [number]
    with reading() as session:
        assert [one.due for one in courses(session, False, None)] == [TODAY]


VISITOR_OF_THE_CITY = Actor("小分队老刘", "team")


def test_an_appeal_of_a_record_takes_name_region_and_example_from_it(store):
    uscc = add_enterprise(
        JINGSHAN, {"uscc": code(1), "name": "京山机械厂", "region": "京山市"}, source="名单", on=TODAY, example=True
    ).uscc
    record = read_enterprise(JINGSHAN, uscc)
    number = raise_appeal(VISITOR, new(source="visit", name="", enterprise=record.id), TODAY, now=NOW)
    found, _ = read_appeal(JINGSHAN, number)
    assert (found.name, found.region, found.example) == ("京山机械厂", "京山市", True)
    assert list_appeals(JINGSHAN, Wanted(), TODAY)[1] == 0
    assert list_appeals(JINGSHAN, Wanted(example=True, enterprise=record.id), TODAY)[1] == 1
    with reading() as session:
        assert open_appeals(session, [record.id, 999]) == {record.id: 1}


def test_each_sees_the_appeals_of_their_region_and_the_team_only_raises_and_asks(store):
    mine = raise_appeal(VISITOR, new(source="visit"), TODAY, now=NOW)
    others = raise_appeal(FIRST, new("钟祥的事", region="钟祥市"), TODAY, now=NOW)
    assert [one.id for one in list_appeals(JINGSHAN, Wanted(), TODAY)[0]] == [mine]
    with pytest.raises(InputError, match="没有这一件"):
        read_appeal(VISITOR, others)
    with pytest.raises(NotAllowed):
        raise_appeal(VISITOR, new(region="钟祥市"), TODAY, now=NOW)
    with pytest.raises(NotAllowed):
        accept(VISITOR, mine, TODAY, TODAY, due=TODAY, now=NOW)
    with pytest.raises(NotAllowed):
        set_term(JINGSHAN, "other", 3, "规定", now=NOW)
    with pytest.raises(NotAllowed):
        list_appeals(None, Wanted(), TODAY)


def test_who_has_to_see_to_what_is_told_before_and_after_the_last_day(store):
    late, now_due = assigned(TODAY), assigned(TODAY + timedelta(days=3))
    soon, far = assigned(TODAY + timedelta(days=8)), assigned(TODAY + timedelta(days=30))
    answered_in_time = assigned(TODAY)
    reply(FIRST, answered_in_time, "修好了", TODAY, TODAY, now=NOW)
    waiting = raise_appeal(VISITOR, new(), TODAY, now=NOW)
    finished()
    found = reminders(FIRST, TODAY + timedelta(days=3))
    assert [(one.id, one.kind) for one in found] == [
        (late, "late"), (now_due, "today"), (soon, "soon"), (answered_in_time, "unclosed"), (waiting, "waiting"),
    ]  # fmt: skip
    assert far not in {one.id for one in found}
    assert [one.words for one in found] == [
        "超期 3 个工作日", "今天到期", "还有 3 个工作日", "答复过了，期限过去 3 个工作日，还没有销号", "提出 3 个工作日了，还没有受理",
    ]  # fmt: skip
    assert [one.id for one in reminders(JINGSHAN, TODAY)] == [waiting]


def test_an_appeal_is_put_to_a_record_by_staff_and_takes_its_name(store):
    number = raise_appeal(VISITOR, new(name="机械厂"), TODAY, now=NOW)
    uscc = add_enterprise(
        JINGSHAN, {"uscc": code(1), "name": "京山机械厂", "region": "京山市"}, source="名单", on=TODAY, example=False
    ).uscc
    with pytest.raises(InputError, match="没有找到"):
        name_enterprise(JINGSHAN, number, code(2), TODAY, now=NOW)
    name_enterprise(JINGSHAN, number, uscc, TODAY, now=NOW)
    found, steps = read_appeal(VISITOR, number)
    assert (found.name, found.enterprise_id) == ("京山机械厂", read_enterprise(JINGSHAN, uscc).id)
    assert steps[-1].text == f"机械厂 → 京山机械厂（{uscc}）"


def test_what_answers_it_is_named_and_what_was_wrong_is_put_right_with_a_trace(store):
    number = assigned()
    name_answer(FIRST, number, CIT, None, TODAY, now=NOW)
    with pytest.raises(InputError, match="没有 no-such"):
        name_answer(FIRST, number, "no-such", None, TODAY, now=NOW)
    amend(FIRST, number, "登记错了", TODAY, field="power", due=TODAY + timedelta(days=3), now=NOW)
    found, steps = read_appeal(FIRST, number)
    assert (found.measure_id, found.field, found.due) == (CIT, "power", TODAY + timedelta(days=3))
    assert "其他 → 水电气网；期限：2026-11-23 → 2026-11-26（登记错了）" in steps[-1].text
    with pytest.raises(InputError, match="没有“火星”"):
        amend(FIRST, number, "再改", TODAY, region="火星", now=NOW)
    amend(FIRST, number, "归京山管", TODAY, region="京山市", now=NOW)
    assert "区域：市本级 → 京山市（归京山管）" in read_appeal(JINGSHAN, number)[1][-1].text
    with pytest.raises(NotAllowed):
        amend(JINGSHAN, number, "不归我们", TODAY, region="市本级", now=NOW)
    with pytest.raises(InputError, match="没有改什么"):
        amend(FIRST, number, "再改", TODAY, field="power", now=NOW)


def test_terms_are_the_last_laid_down(store):
    set_term(FIRST, "tax", 5, "旧规定", now=NOW)
    set_term(FIRST, "tax", 3, "新规定", now=NOW + timedelta(hours=1))
    assert terms(VISITOR) == {"tax": (3, "新规定")}
    with pytest.raises(InputError, match="应在1到"):
        set_term(FIRST, "tax", 0, "规定", now=NOW)


def test_late_ones_are_found_and_a_dangerous_name_stays_text_in_the_table(store, monkeypatch):
    number = assigned(name='=HYPERLINK("http://x")')
    later = TODAY + timedelta(days=1)
    assert [one.id for one in list_appeals(FIRST, Wanted("late"), later)[0]] == [number]
    assert not list_appeals(FIRST, Wanted("late"), TODAY)[0]
    monkeypatch.setattr(appeals, "this_day", lambda: later)
    text = export_appeals(FIRST, {"stage": "late"}).content.decode("utf-8-sig")
    assert "\"'=HYPERLINK" in text
    assert "超期" in text


def test_the_rates_count_what_is_due_and_nothing_else(store):
    finished(source="hotline")
    finished("no", source="hotline")
    assigned(due=TODAY - timedelta(days=0))
    assigned(due=TODAY + timedelta(days=9))
    raise_appeal(FIRST, new("还没受理"), TODAY, now=NOW)
    with reading() as session:
        found = courses(session, False, None)
        assert courses(session, True, None) == []
        assert courses(session, False, "京山市") == []
    counted = [one for one in found if one.counts(TODAY + timedelta(days=1))]
    assert len(found) == 4
    assert (closed(counted).numerator, closed(counted).denominator) == (2, 3)
    assert dict(answered(counted).parts) == {"按期答复": 2, "晚了才答复": 0, "还没有答复": 1}
    assert (satisfied(counted).numerator, satisfied(counted).denominator) == (1, 2)
    assert satisfied([]).value is None


def test_one_closed_early_counts_in_the_month_of_its_close_out_and_no_other(store):
    finished(due=TODAY + timedelta(days=30))
    late = assigned(due=TODAY)
    with reading() as session:
        early, open_one = courses(session, False, None)
    assert (early.month, early.counts(TODAY)) == (202611, True)
    assert (open_one.month, open_one.counts(TODAY), open_one.counts(TODAY + timedelta(days=1))) == (202611, False, True)
    reply(FIRST, late, "修好了", TODAY, TODAY, now=NOW)
    ask(FIRST, late, "yes", "", TODAY, TODAY, now=NOW)
    close(SECOND, late, "晚了", TODAY + timedelta(days=20), TODAY + timedelta(days=20), now=NOW)
    with reading() as session:
        assert [one.month for one in courses(session, False, None)] == [202611, 202611]


def test_the_figures_the_rows_and_the_board_say_the_same(store, monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: TODAY)
    finished(source="hotline")
    finished("no", source="hotline", region="京山市")
    assigned(due=TODAY - timedelta(days=0))
    readings = {one.metric.id: one for one in metrics.read_figures(FIRST, 202611)}
    names = ("appeals-closed", "appeals-answered", "hotline-closed", "hotline-satisfied")
    assert [readings[name].whole.value for name in names] == [100, 100, 100, 50]
    wanted = metrics.Wanted("unsatisfied", 202611)
    assert [line.cells[0] for line in metrics.read_rows(FIRST, "hotline-satisfied", wanted, limit=9).lines] == [
        "2026-00002"
    ]
    mine = {one.metric.id: one.whole for one in metrics.read_figures(JINGSHAN, 202611)}
    assert (mine["appeals-closed"].value, mine["appeals-closed"].denominator) == (100, 1)
    with reading() as session:
        assert automatic_values(session, TODAY, {"4-1"})["4-1"].value == 100


def test_earlier_ones_in_similar_words_are_found_only_in_ones_region(store):
    lamp = raise_appeal(FIRST, new("园区道路的路灯不亮", region="钟祥市"), TODAY, now=NOW)
    raise_appeal(FIRST, new("贷款利率太高", text="想换一家银行", region="钟祥市"), TODAY, now=NOW)
    assert [one.id for one in find_similar(FIRST, "厂门口路灯坏了，晚上不亮")] == [lamp]
    assert [one.title for one in find_similar(FIRST, "贷款太贵了，银行利息高")] == ["贷款利率太高"]
    assert find_similar(FIRST, "想招人招不到") == []
    assert find_similar(FIRST, "厂门口路灯坏了，晚上不亮", lamp) == []
    assert find_similar(JINGSHAN, "厂门口路灯坏了，晚上不亮") == []


def test_measures_and_platforms_that_answer_are_found():
    found = find_answers("企业贷款太贵，想要贴息")
    assert found
    assert {one.kind for one in found} <= {"measure", "platform"}
    assert any("稳岗返还" in one.title for one in find_measures("失业保险稳岗返还没到账"))
    assert find_measures("厂门口路灯坏了") == []


def test_not_being_reached_later_does_not_unsay_what_the_enterprise_said(store):
    number = assigned(source="hotline")
    reply(FIRST, number, "修好了", TODAY, TODAY, now=NOW)
    ask(FIRST, number, "no", "还是不亮", TODAY, TODAY, now=NOW)
    ask(FIRST, number, "unreached", "", TODAY, TODAY, now=NOW)
    close(SECOND, number, "没打通", TODAY, TODAY, now=NOW)
    with reading() as session:
        assert satisfied(courses(session, False, None)).value == 0


def test_a_last_day_put_right_after_it_has_passed_leaves_the_rates_alone(store):
    number = assigned()
    later = TODAY + timedelta(days=5)
    amend(FIRST, number, "宽限几天", TODAY + timedelta(days=1), due=later, now=NOW)
    assert read_appeal(FIRST, number)[0].due == later
    with reading() as session:
        assert [one.due for one in courses(session, False, None)] == [TODAY]
