"""Messages: blanks are filled once, several pushes make one text, 示例 says so, and a trial leads to nobody."""

from __future__ import annotations

import pytest

from navigator.delivery.links import TRIAL, address_of
from navigator.delivery.messages import (
    Receiver,
    check_text,
    default_text,
    messages_of,
    money_words,
    preview,
    sms_parts,
)
from navigator.errors import InputError
from navigator.store.engine import reading
from navigator.store.push_tables import BatchRow, MessageRow
from tests.delivery.pushed import ASKED, CIT, push_out


def read(pushed):
    with reading() as session:
        batch = session.get_one(BatchRow, pushed.batch)
        return messages_of(session, batch, [session.get_one(MessageRow, pushed.message)])[0]


def test_a_message_names_enterprise_measure_reason_amount_and_its_own_link(store):
    pushed = push_out()
    message = read(pushed)
    assert message.text.startswith("【荆策通】京山机械厂：小型微利企业")
    assert "按现有资料符合" in message.text
    assert "预计每年约3.2万元" in message.text
    assert message.text.endswith(address_of(pushed.token))
    assert (message.to, message.person, message.push_ids) == ("13800138000", "王经理", tuple(pushed.pushes))


def test_several_pushes_make_one_message_whose_link_leads_to_all(store, rulebook):
    ids = [one.measure.id for one in rulebook.measures if one.measure.id != CIT][:2]
    pushed = push_out(measures=(CIT, *ids))
    message = read(pushed)
    assert "等3项政策" in message.text
    assert message.text.count("/p/") == 1
    assert message.links == tuple(address_of(token) for token in pushed.tokens)


def test_a_push_that_asks_names_the_fact(store):
    message = read(push_out(kind="asks", fact=ASKED))
    assert "只差一项信息（年应纳税所得额）就能判断" in message.text
    assert message.subject.startswith("想请您补一项信息")


def test_the_name_of_an_enterprise_is_no_blank_and_no_second_line(store):
    message = read(push_out(name="{链接}厂\r\nBcc: x@y.cn"))
    assert "{链接}厂 Bcc: x@y.cn：" in message.text
    assert "\n" not in message.text + message.subject


def test_an_invented_enterprise_is_told_so_first(store):
    message = read(push_out(example=True, name="示例厂"))
    assert message.text.startswith("【示例】")
    assert message.subject.startswith("【示例】")


def test_a_preview_has_no_live_link(store):
    pushed = push_out()
    with reading() as session:
        batch = session.get_one(BatchRow, pushed.batch)
        message = preview(session, batch, Receiver(pushed.enterprise, "京山机械厂", "", ""), pushed.pushes)
    assert message.trial
    assert message.links == (address_of(TRIAL),)
    assert pushed.token not in message.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{企业}好 {链接} {电话}", "有不认识的空格"),
        ("{企业}好", "没有 {链接}"),
        ("{企业}好 {链接} {", "花括号没有成对"),
        ("{链接}点开看", "后面紧跟着字"),
        ("字" * 500 + "{链接}", "最多 500 个字"),
    ],
)
def test_a_text_that_would_go_wrong_is_refused_in_one_sentence(text, told):
    with pytest.raises(InputError, match=told):
        check_text(text)


def test_the_text_to_begin_with_is_a_right_one():
    assert check_text(default_text("荆门市经济和信息化局")) == default_text("荆门市经济和信息化局")


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_long_texts_are_billed_as_several(length, parts):
    assert sms_parts("字" * length) == parts


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((36_000, "exact", "年"), "预计每年约3.6万元"),
        ((5_000, "at_most", "一次性"), "一次性最多5,000元"),
        ((800, "typical", "月"), "预计每月约800元"),
        ((0, "exact", "年"), ""),
        ((None, None, None), ""),
    ],
)
def test_amounts_are_said_with_what_they_are(given, words):
    assert money_words(*given) == words
