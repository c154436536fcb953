"""What an enterprise says by its link: kept once, corrected until the link ends, a told fact in its record, nothing more pushed where it wants so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from navigator.auth import COMMAND_LINE, NotAllowed
from navigator.delivery.answers import SOURCE, UNCLEAR, read_letter, say_fits, say_not, stop, tell_fact
from navigator.delivery.opt_outs import list_opt_outs, opt_in, opt_out, stopped, stops_of
from navigator.errors import InputError
from navigator.store import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprises import read_enterprise, read_history, save_facts
from navigator.store.push_tables import AnswerRow, BatchRow, PushRow
from tests.delivery.pushed import ASKED, CIT, CITY, DAY, LI, SENT, push_out

SOON = SENT + timedelta(hours=1)
ENDED = SENT + timedelta(days=30)


@pytest.fixture
def first_condition(rulebook) -> str:
    return rulebook.by_id[CIT].rules[0].condition.text


def answer(pushed) -> AnswerRow | None:
    with reading() as session:
        return session.get(AnswerRow, pushed.push)


def log(action: str) -> list[audit.Entry]:
    return audit.read_audit(COMMAND_LINE, audit.Filter(action=action))


def change(row: type, number: int, **columns) -> None:
    with transaction() as session:
        held = session.get_one(row, number)
        for name, value in columns.items():
            setattr(held, name, value)


def test_a_link_shows_why_it_was_pushed_and_only_what_the_push_used(store):
    pushed = push_out()
    letter = read_letter(pushed.token, now=SOON)
    assert letter.enterprise == "京山机械厂"
    assert letter.ground.measure_id == CIT
    assert all(outcome for _, _, outcome in letter.ground.conditions)
    assert "taxable_income" in letter.ground.facts
    assert not {"uscc", "name", "region"} & set(letter.ground.facts)
    assert letter.money == "预计每年约3.2万元"
    assert (letter.sent, letter.last_day, letter.withdrawn, letter.answer) == (DAY, date(2026, 12, 23), None, None)


def test_looking_changes_nothing(store):
    pushed = push_out()
    before = len(audit.read_audit(COMMAND_LINE, limit=1000))
    for _ in range(3):
        read_letter(pushed.token, now=SOON)
    assert answer(pushed) is None
    assert len(audit.read_audit(COMMAND_LINE, limit=1000)) == before


def test_wrong_links_ended_links_and_links_of_what_was_not_sent_are_all_nothing(store):
    pushed = push_out()
    waiting = push_out(2, state="queued")
    assert read_letter(pushed.token[:-1], now=SOON) is None
    assert read_letter(waiting.token, now=SOON) is None
    assert read_letter(pushed.token, now=ENDED - timedelta(seconds=1)) is not None
    assert read_letter(pushed.token, now=ENDED) is None
    assert not say_fits(pushed.token, now=ENDED)
    assert not say_fits(waiting.token, now=SOON)
    assert not stop(pushed.token, everything=True, now=ENDED)
    assert answer(pushed) is None


@pytest.mark.parametrize("state", ["handing", "unsure"])
def test_a_message_that_may_have_arrived_has_a_link_that_answers(store, state):
    pushed = push_out(state=state)
    assert say_fits(pushed.token, now=SOON)
    assert read_letter(pushed.token, now=ENDED) is None


def test_a_withdrawn_push_says_why_and_takes_no_answer(store):
    pushed = push_out()
    change(BatchRow, pushed.batch, state="withdrawn", reason="金额写错了")
    assert read_letter(pushed.token, now=SOON).withdrawn == "金额写错了"
    assert not say_fits(pushed.token, now=SOON)
    assert answer(pushed) is None


def test_an_answer_is_kept_corrected_and_stands_in_the_log_without_the_words(store, first_condition):
    pushed = push_out()
    assert say_not(pushed.token, "not_fit", first_condition, "我们是 '合作社'", now=SOON)
    kept = answer(pushed)
    assert (kept.fits, kept.reason, kept.about, kept.words) == (False, "not_fit", first_condition, "我们是 '合作社'")
    assert say_fits(pushed.token, now=SOON + timedelta(days=1))
    kept = answer(pushed)
    assert (kept.fits, kept.reason, kept.about, kept.words) == (True, None, None, "")
    lines = log("回复推送")
    assert [line.details for line in lines] == [
        {"回复": "适用", "更正": "是"},
        {"回复": "不适用（条件不符合）"},
    ]
    assert {line.actor for line in lines} == {"企业自己"}


def test_the_same_answer_twice_is_one(store):
    pushed = push_out()
    assert say_fits(pushed.token, now=SOON)
    assert say_fits(pushed.token, now=SOON + timedelta(hours=1))
    assert answer(pushed).at == SOON
    assert len(log("回复推送")) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("",), "请选一个原因"),
        (("hack",), "请选一个原因"),
        (("not_fit",), "没有选哪一条条件不符合"),
        (("wrong_info",), "没有选哪一项信息有误"),
        (("not_fit", "自己编的"), "没有看懂"),
        (("other",), "请写几个字"),
        (("no_need", "", "字" * 301), "最多 300 个字"),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_is_refused_in_one_sentence(store, given, told):
    pushed = push_out()
    with pytest.raises(InputError, match=told):
        say_not(pushed.token, *given, now=SOON)
    assert answer(pushed) is None


def test_who_cannot_say_which_one_need_not(store):
    pushed = push_out()
    assert say_not(pushed.token, "wrong_info", UNCLEAR, now=SOON)
    assert answer(pushed).about is None


def test_a_told_fact_enters_the_record_with_its_history_and_says_what_it_means(store):
    pushed = push_out(kind="asks", fact=ASKED)
    assert read_letter(pushed.token, now=SOON).found is None
    assert tell_fact(pushed.token, "16万", now=SOON)
    record = read_enterprise(CITY, pushed.uscc)
    fact = record.facts[ASKED]
    assert (fact.value, fact.source, fact.on) == (160_000.0, SOURCE, DAY)
    change = read_history(CITY, pushed.uscc)[0]
    assert (change.by, list(change.facts), change.facts[ASKED][0]) == ("企业自己", [ASKED], None)
    kept = answer(pushed)
    assert (kept.fits, kept.reason, kept.facts) == (True, None, {ASKED: 160_000.0})
    assert read_letter(pushed.token, now=SOON).found.status == "eligible"
    assert not any("16" in str(line.details) for line in log("回复推送"))


def test_a_told_fact_is_corrected_in_the_record_too(store):
    pushed = push_out(kind="asks", fact=ASKED)
    tell_fact(pushed.token, "16万", now=SOON)
    tell_fact(pushed.token, "400万", now=SOON)
    record = read_enterprise(CITY, pushed.uscc)
    assert (record.version, record.facts[ASKED].value) == (3, 4_000_000.0)
    assert answer(pushed).fits is False
    assert read_letter(pushed.token, now=SOON).found.status == "not_eligible"


def test_what_an_office_found_out_meanwhile_is_not_overwritten(store):
    pushed = push_out(kind="asks", fact=ASKED)
    save_facts(CITY, pushed.uscc, {ASKED: 500_000}, source="税务局", on=DAY, based_on=1)
    assert tell_fact(pushed.token, "16万", now=SOON)
    record = read_enterprise(CITY, pushed.uscc)
    assert (record.version, record.facts[ASKED].source) == (2, "税务局")
    assert answer(pushed).facts == {ASKED: 160_000.0}


@pytest.mark.parametrize("raw", ["", "未知", "很多", "50%", "1e999"])
def test_a_fact_that_cannot_be_read_is_refused_by_its_chinese_name(store, raw):
    pushed = push_out(kind="asks", fact=ASKED)
    with pytest.raises(InputError) as told:
        tell_fact(pushed.token, raw, now=SOON)
    assert told.value.place == "年应纳税所得额"
    assert ASKED not in str(told.value)
    assert ASKED not in read_enterprise(CITY, pushed.uscc).facts


def test_a_push_that_asks_nothing_takes_no_fact(store):
    pushed = push_out()
    assert not tell_fact(pushed.token, "16万", now=SOON)
    assert read_enterprise(CITY, pushed.uscc).version == 1


def test_an_enterprise_stops_one_measure_or_all_and_staff_undo_it(store):
    pushed = push_out()
    assert stop(pushed.token, everything=False, now=SOON)
    assert stop(pushed.token, everything=False, now=SOON)
    assert stop(pushed.token, everything=True, now=SOON)
    with reading() as session:
        assert stops_of(session, [pushed.enterprise, 999]) == {pushed.enterprise: {CIT, None}}
        assert session.scalars(stopped("another")).all() == [pushed.enterprise]
    assert read_letter(pushed.token, now=SOON).stopped == {CIT, None}
    assert [line.details["哪些"] for line in log("不再接收推送")] == ["所有推送", CIT]
    kept = list_opt_outs(LI, pushed.uscc)
    assert [(one.measure_id, one.by) for one in kept] == [(CIT, "企业自己"), (None, "企业自己")]
    opt_in(LI, pushed.uscc, kept[1].id)
    with reading() as session:
        assert session.scalars(stopped("another")).all() == []
        assert session.scalars(stopped(CIT)).all() == [pushed.enterprise]
    assert log("恢复接收推送")[0].actor == "京山小李"


def test_an_office_writes_down_what_was_said_by_telephone_in_its_own_region_only(store):
    from navigator.auth import Actor

    pushed = push_out()
    opt_out(LI, pushed.uscc, None, "电话里说的")
    assert [one.remark for one in list_opt_outs(CITY, pushed.uscc)] == ["电话里说的"]
    stranger = Actor("钟祥小赵", "staff", "钟祥市")
    for refused in (
        lambda: opt_out(stranger, pushed.uscc),
        lambda: list_opt_outs(stranger, pushed.uscc),
        lambda: opt_in(stranger, pushed.uscc, 1),
    ):
        with pytest.raises(InputError, match="没有找到"):
            refused()
    with pytest.raises(NotAllowed):
        opt_in(Actor("队员", "team", "京山市"), pushed.uscc, 1)


def test_other_pushes_of_the_same_message_are_named_with_their_own_links(store, rulebook):
    other = next(one.measure.id for one in rulebook.measures if one.measure.id != CIT)
    pushed = push_out(measures=(CIT, other))
    say_fits(pushed.tokens[1], now=SOON)
    letter = read_letter(pushed.token, now=SOON)
    assert [(one.token, one.is_answered) for one in letter.others] == [(pushed.tokens[1], True)]


def test_pushes_of_other_batches_and_enterprises_are_not_named(store):
    first, second = push_out(1), push_out(2)
    push_out(3, batch=first.batch)
    assert read_letter(first.token, now=SOON).others == ()
    assert read_letter(second.token, now=SOON).others == ()


def test_an_answer_belongs_to_its_push_alone(store):
    first = push_out(1)
    second = push_out(2, batch=first.batch)
    say_fits(first.token, now=SOON)
    with reading() as session:
        assert session.scalars(select(AnswerRow.push_id)).all() == [first.push]
        assert session.scalar(select(PushRow.id).where(PushRow.id == second.push)) == second.push
