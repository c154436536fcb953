"""Appeals without an account: raised with what is typed, looked at with the receipt, rated and forgotten again; too many are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from navigator.auth import COMMAND_LINE, NotAllowed
from navigator.delivery.appeals import accept, assign, close, name_answer, read_appeal, refuse, reply
from navigator.delivery.appeals_public import (
    RAISED_AT_ONCE,
    WRONG_AT_ONCE,
    Asked,
    forget_contact,
    look_up,
    raise_by_enterprise,
    say,
)
from navigator.delivery.appeals_whose import KEPT_DAYS, contact_of, erase_contact, erase_past_contacts
from navigator.delivery.board import add_unit
from navigator.errors import InputError
from navigator.store.audit import read_audit
from navigator.store.engine import reading
from navigator.store.schema import METADATA
from tests.delivery.pushed import CIT
from tests.delivery.test_appeals import FIRST, JINGSHAN, NOW, SECOND, TODAY, VISITOR

ADDRESS = "192.0.2.7"
ASKED = Asked("京山机械厂", "京山市", "other", "路灯坏了", "请修一修", "138 0013 8000", "老李")


def raised(**other: str) -> tuple[str, str]:
    given = raise_by_enterprise(replace(ASKED, **other), TODAY, ADDRESS, now=NOW)
    return given.number, given.code


def test_who_raised_one_sees_what_was_answered_and_says_what_it_is_worth(store):
    receipt = raised()
    accept(JINGSHAN, 1, TODAY, TODAY, due=TODAY, now=NOW)
    assign(JINGSHAN, 1, add_unit(JINGSHAN, "京山城管局", "county", "京山市"), "内部的话", TODAY, TODAY, now=NOW)
    with pytest.raises(InputError, match="答复以后、销号以前"):
        say(*receipt, "yes", "", TODAY, ADDRESS, now=NOW)
    reply(JINGSHAN, 1, "换了灯", TODAY, TODAY, now=NOW)
    name_answer(JINGSHAN, 1, CIT, None, TODAY, now=NOW)
    with pytest.raises(InputError, match="哪里不满意"):
        say(*receipt, "no", " ", TODAY, ADDRESS, now=NOW)
    say(*receipt, "yes", "", TODAY, ADDRESS, now=NOW)
    seen = look_up(receipt[0], f" {receipt[1].lower()[:4]}-{receipt[1][4:]}", ADDRESS, now=NOW)
    assert [(step.word, step.text) for step in seen.steps] == [
        ("提出", ""), ("受理", ""), ("交办", ""), ("答复", "换了灯"), ("回访：满意", ""),
    ]  # fmt: skip
    assert (seen.state, seen.unit, seen.due, seen.satisfied) == ("asked", "京山城管局", TODAY, "yes")
    assert not {"京山小李", "内部的话", "13800138000"} & set(str(seen).replace("'", " ").split())
    close(SECOND, 1, "企业满意", TODAY, TODAY, now=NOW)
    assert look_up(*receipt, ADDRESS, now=NOW).state == "closed"


def test_a_refused_one_says_why_and_a_wrong_code_says_nothing(store):
    number, code = raised()
    refuse(JINGSHAN, 1, "不归本市管", TODAY, TODAY, now=NOW)
    assert look_up(number, code, ADDRESS, now=NOW).steps[-1].text == "不归本市管"
    told = set()
    for wrong in ((number, "WRONG"), ("2026-99999", code), (number, ""), ("", "")):
        with pytest.raises(InputError) as fault:
            look_up(*wrong, ADDRESS, now=NOW)
        told.add(str(fault.value))
    assert len(told) == 1
    with reading() as session:
        assert code not in str(session.execute(METADATA.tables["appeals"].select()).all())


def test_one_without_a_receipt_opens_with_none(store):
    from navigator.delivery.appeals import raise_appeal
    from tests.delivery.test_appeals import new

    raise_appeal(FIRST, new(), TODAY, now=NOW)
    with pytest.raises(InputError, match="对不上"):
        look_up("2026-00001", "-", ADDRESS, now=NOW)


def test_raising_and_wrong_codes_are_counted_by_address_and_the_right_ones_are_not(store):
    for _ in range(RAISED_AT_ONCE):
        number, code = raised(contact="")
    with pytest.raises(InputError, match="提得太密了"):
        raised()
    raise_by_enterprise(ASKED, TODAY, "192.0.2.8", now=NOW)
    for _ in range(WRONG_AT_ONCE):
        with pytest.raises(InputError, match="对不上"):
            look_up(number, "WRONG", ADDRESS, now=NOW)
    with pytest.raises(InputError, match="错的次数太多了"):
        look_up(number, "WRONG", ADDRESS, now=NOW)
    assert look_up(number, code, ADDRESS, now=NOW).state == "raised"
    raise_by_enterprise(ASKED, TODAY, ADDRESS, now=NOW + timedelta(minutes=16))


def test_a_number_is_masked_opened_with_a_trace_and_gone_in_time_or_when_asked(store):
    receipt = raised()
    raised(contact="a@example.com")
    shown = contact_of(VISITOR, 1, TODAY)
    assert (shown.value, shown.person, shown.until) == ("138****8000", "老李", TODAY.replace(year=2028))
    assert contact_of(VISITOR, 1, TODAY, opened=True).value == "13800138000"
    assert read_audit(COMMAND_LINE)[0].action == "看诉求的完整联系方式"
    assert look_up(*receipt, ADDRESS, now=NOW).keeps_contact
    forget_contact(*receipt, ADDRESS, now=NOW)
    assert contact_of(VISITOR, 1, TODAY) is None
    assert contact_of(VISITOR, 2, TODAY.replace(year=2029)) is None
    assert erase_past_contacts(COMMAND_LINE, now=TODAY) == 0
    assert erase_past_contacts(COMMAND_LINE, now=TODAY.replace(year=2029)) == 1
    raised()
    erase_contact(VISITOR, 3)
    assert contact_of(VISITOR, 3, TODAY) is None
    with pytest.raises(NotAllowed):
        contact_of(None, 1, TODAY)


def test_what_is_lacking_is_said_and_nothing_is_kept(store):
    for other, told in (
        ({"name": " "}, "企业名称"), ({"title": ""}, "诉求"), ({"text": ""}, "具体情况"), ({"field": ""}, "诉求类别"),
        ({"region": "荆门市外"}, "在哪里"), ({"contact": "12"}, "电话"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=told):
            raised(**other)
    with pytest.raises(InputError, match="没有这一件"):
        read_appeal(FIRST, 1)


def test_a_form_handed_in_twice_is_one_appeal_and_its_last_receipt_counts(store):
    first, second = raised(key="a" * 36), raised(key="a" * 36)
    assert first[0] == second[0]
    assert look_up(*second, ADDRESS, now=NOW).title == "路灯坏了"
    with pytest.raises(InputError, match="对不上"):
        look_up(*first, ADDRESS, now=NOW)
    assert raised(key="b" * 36)[0] != first[0]


def test_how_to_reach_somebody_goes_some_time_after_the_close_out(store):
    raised()
    refuse(JINGSHAN, 1, "不归本市管", TODAY, TODAY, now=NOW)
    kept = TODAY + timedelta(days=KEPT_DAYS)
    assert erase_past_contacts(COMMAND_LINE, now=kept) == 0
    assert erase_past_contacts(COMMAND_LINE, now=kept + timedelta(days=1)) == 1
    assert contact_of(JINGSHAN, 1, kept) is None
