"""Contacts: read strictly, shown masked, used for what they were given for, erased in time and everywhere."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery.contact_tables import take_contacts
from navigator.delivery.contacts import (
    EXAMPLE_NUMBER,
    add_contact,
    count_contacts,
    erase_contact,
    erase_contacts_of,
    erase_past,
    list_contacts,
    masked,
    open_contact,
    read_value,
    usable_contacts,
    with_contact,
)
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store import audit
from navigator.store.engine import reading
from navigator.store.importing_files import keep_file
from navigator.store.push_tables import MessageRow
from tests.delivery.pushed import CITY, DAY, LI, push_out
from tests.store.test_importing_columns import code

STRANGER = Actor("钟祥小赵", "staff", "钟祥市")
PHONE, MAIL = "13800138000", "boss@jixie.cn"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def firm(store):
    return push_out(address=PHONE)


def add(firm, kind="phone", value=PHONE, actor=LI, **more):
    more = {"source": "走访", "day": DAY, "now": DAY} | more
    return add_contact(actor, firm.uscc, kind, value, **more)


def usable(firm, channel="sms", day=DAY, **more):
    with reading() as session:
        found = usable_contacts(session, [firm.enterprise], channel, day, **more)
        assert set(session.scalars(with_contact(channel, day))) == set(found) or more
    return found[firm.enterprise].value if found else None


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        ("phone", "138 0013 8000", PHONE),
        ("phone", "+86-138-0013-8000", PHONE),
        ("phone", "8613800138000", PHONE),
        ("phone", "１３８００１３８０００", PHONE),
        ("phone", "13800138000.0", PHONE),
        ("phone", "0724-2330000", "07242330000"),
        ("phone", "400-800-1234", "4008001234"),
        ("email", " Boss.Li@JiXie.CN ", "Boss.Li@jixie.cn"),
    ],
)
def test_numbers_and_mailboxes_are_kept_in_one_form(kind, raw, kept):
    assert read_value(kind, raw) == kept


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("phone", "1380013800"),
        ("phone", "12800138000"),
        ("phone", "没有"),
        ("email", "boss@"),
        ("email", "a@b.cn\r\nBcc: c@d.cn"),
        ("email", "a@b.cn, c@d.cn"),
        ("email", "a..b@c.cn@d.cn"),
        ("fax", "1"),
    ],
)
def test_what_is_no_number_or_mailbox_is_refused(kind, raw):
    with pytest.raises(InputError):
        read_value(kind, raw)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_number_gives_away_seven_of_eleven_digits(number):
    assert masked("phone", number) == f"{number[:3]}****{number[7:]}"


def test_a_list_is_masked_and_opening_one_stands_in_the_log(firm):
    add(firm, person="李  厂长")
    add(firm, "email", MAIL)
    shown = list_contacts(LI, firm.uscc)
    assert [one.value for one in shown] == ["b***@jixie.cn", "138****8000"]
    assert shown[1].person == "李 厂长"
    assert open_contact(LI, shown[1].id).value == PHONE
    lines = audit.read_audit(COMMAND_LINE, audit.Filter(action="看完整联系方式"))
    assert [(line.actor, line.subject) for line in lines] == [("京山小李", f"enterprise:{firm.uscc}")]
    assert not any("8000" in str(line.details) for line in audit.read_audit(COMMAND_LINE, limit=1000))


def test_the_same_contact_again_takes_the_later_day(firm):
    add(firm, day=DAY - timedelta(days=100))
    add(firm, person="王")
    kept = list_contacts(LI, firm.uscc)
    assert [(one.day, one.person, one.until) for one in kept] == [(DAY, "王", date(2028, 11, 23))]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"until": date(2030, 1, 1)}, "最多保存 2 年"),
        ({"until": date(2026, 1, 1)}, "最多保存 2 年"),
        ({"day": date(2026, 11, 24)}, "还没到"),
        ({"source": " "}, "来源"),
        ({"purpose": "广告"}, "用途"),
        ({"person": "字" * 65}, "最多 64 个字"),
    ],
)
def test_a_contact_without_right_days_source_or_purpose_is_refused(firm, more, told):
    with pytest.raises(InputError, match=told):
        add(firm, **more)
    assert list_contacts(LI, firm.uscc) == []


def test_a_leap_day_is_kept_until_the_twenty_eighth(firm):
    assert add(firm, day=date(2024, 2, 29)).until == date(2026, 2, 28)


def test_for_pushes_only_what_was_given_for_pushes_and_may_still_be_kept(firm):
    add(firm, value="13900139000", purpose="走访")
    assert usable(firm) is None
    add(firm, value="0724-2330000")
    assert usable(firm) is None
    add(firm)
    assert usable(firm) == usable(firm, "wechat") == PHONE
    assert usable(firm, "email") is None
    assert usable(firm, day=date(2028, 11, 23)) == PHONE
    assert usable(firm, day=date(2028, 11, 24)) is None


def test_the_contact_known_last_is_used(firm):
    add(firm, value="13900139000")
    add(firm, day=DAY - timedelta(days=1))
    assert usable(firm) == "13900139000"


def test_an_invented_enterprise_has_no_real_contact(store, monkeypatch):
    firm = push_out(example=True)
    with pytest.raises(InputError, match="示例企业"):
        add(firm)
    assert usable(firm, example=True) == EXAMPLE_NUMBER
    assert usable(firm, "email", example=True) is None
    monkeypatch.setenv("NAVIGATOR_MAIL_TEST_ADDRESS", "test@office.cn")
    settings.cache_clear()
    assert usable(firm, "email", example=True) == "test@office.cn"


def address(firm):
    with reading() as session:
        row = session.get_one(MessageRow, firm.message)
        return row.address, row.person


def test_an_erased_contact_is_gone_from_messages_too(firm):
    other = push_out(2, address=PHONE)
    kept = add(firm)
    erase_contact(LI, kept.id)
    assert list_contacts(LI, firm.uscc) == []
    assert address(firm) == ("", "")
    assert address(other) == (PHONE, "王经理")


def test_all_contacts_of_an_enterprise_are_erased_at_once(firm):
    add(firm)
    add(firm, "email", MAIL)
    assert erase_contacts_of(LI, firm.uscc) == 2
    assert list_contacts(LI, firm.uscc) == []
    assert address(firm) == ("", "")


def test_contacts_past_their_last_day_are_erased(firm):
    add(firm, until=DAY)
    add(firm, "email", MAIL)
    assert erase_past(COMMAND_LINE, now=DAY) == 0
    assert erase_past(COMMAND_LINE, now=DAY + timedelta(days=1)) == 1
    assert [one.kind for one in list_contacts(LI, firm.uscc)] == ["email"]
    assert address(firm) == ("", "")
    assert len(audit.read_audit(COMMAND_LINE, audit.Filter(action="清理到期联系方式"))) == 1


def test_offices_see_and_change_contacts_of_their_own_region_only(firm):
    kept = add(firm)
    for refused in (
        lambda: list_contacts(STRANGER, firm.uscc),
        lambda: open_contact(STRANGER, kept.id),
        lambda: erase_contact(STRANGER, kept.id),
        lambda: erase_contacts_of(STRANGER, firm.uscc),
        lambda: add(firm, actor=STRANGER),
    ):
        with pytest.raises(InputError, match="没有找到"):
            refused()
    with pytest.raises(NotAllowed):
        list_contacts(Actor("访客", "public"), firm.uscc)
    with pytest.raises(NotAllowed):
        erase_past(LI)
    assert count_contacts(LI, now=DAY)["sms"] == 1
    assert count_contacts(STRANGER, now=DAY)["sms"] == 0


def take(content: bytes, name: str, actor=CITY):
    return take_contacts(actor, keep_file(actor, io.BytesIO(content), name), source="税务局名单", day=DAY, now=DAY)


def test_a_table_is_taken_in_and_what_is_wrong_is_told_by_row(store):
    first, second = push_out(1), push_out(2)
    push_out(3, example=True)
    book = Workbook()
    for row in (
        ["十一月名单"],
        ["统一社会信用代码", "企业名称", "联系人", "联系人手机", "邮箱"],
        [first.uscc, "甲", "李", 13800138000, MAIL],
        [second.uscc.lower(), "乙", "", 13900139000.0, "不是邮箱"],
        ["91420800", "丙", "", "13700137000", ""],
        [code(99), "丁", "", "13700137000", ""],
        [code(3), "示例", "", "13700137000", ""],
        [code(1), "空", "", "", ""],
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    taken = take(file.getvalue(), "名单.xlsx")
    assert (taken.rows, taken.kept, taken.same, taken.refused) == (6, 3, 0, 4)
    assert [(one.line, one.column) for one in taken.refusals] == [(4, "邮箱"), (5, ""), (6, ""), (7, "")]
    assert (usable_value(first), usable_value(second)) == (PHONE, "13900139000")
    again = take(file.getvalue(), "名单.xlsx")
    assert (again.kept, again.same, again.refused) == (0, 3, 4)
    assert not list((settings().data / "imports").iterdir())


def usable_value(firm):
    with reading() as session:
        return usable_contacts(session, [firm.enterprise], "sms", DAY)[firm.enterprise].value


def test_an_office_takes_in_its_own_region_only(firm):
    table = f"统一社会信用代码,手机\n{firm.uscc},{PHONE}\n".encode()
    taken = take(table, "表.csv", STRANGER)
    assert (taken.kept, [one.reason for one in taken.refusals]) == (
        0,
        ["没有这家企业的档案，先导入企业；也可能归别的区域管"],
    )
    assert take(table, "表.csv", LI).kept == 1


def test_a_table_without_the_needed_columns_is_refused(store):
    with pytest.raises(InputError, match="没有找到"):
        take("名称,手机\n甲,13800138000\n".encode(), "表.csv")
