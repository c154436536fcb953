"""联系 of a record and the page 联系方式: masked, opened, added, erased; opt-outs written down and undone; a table taken in."""

from __future__ import annotations

import pytest

from navigator.delivery.contacts import add_contact, list_contacts
from navigator.delivery.opt_outs import list_opt_outs, opt_out
from navigator.settings import settings
from navigator.store.enterprises import add_enterprise
from tests.delivery.pushed import CITY, DAY
from tests.store.test_importing_columns import code
from tests.ui.seen import everything, notices

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def record(store):
    return add_enterprise(CITY, {"uscc": code(1), "name": "京山*机械*厂", "region": "京山市"}, source="名单", on=DAY)


def add(record, value=PHONE, kind="phone", **more):
    return add_contact(CITY, record.uscc, kind, value, source="走访", day=DAY, now=DAY, **more)


def opened(open_page, record):
    return open_page("record", id=str(record.id), view="联系")


def press(page, label, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


def box(page, label):
    return next(one for one in (*page.text_input, *page.selectbox) if one.label.startswith(label))


def test_a_contact_is_masked_until_it_is_opened(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    add(record, person="李*厂*长")
    page = opened(open_page, record)
    assert r"138\*\*\*\*8000" in everything(page)
    assert PHONE not in everything(page)
    press(page, "看完整的", rerun)
    assert PHONE in everything(page)
    assert "看完整的" not in [button.label for button in page.button]
    signed_in("staff", "京山市", "另一个人")
    assert PHONE not in everything(rerun(page))


def test_a_contact_is_added_and_what_was_typed_stays_where_it_is_wrong(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    page = opened(open_page, record)
    assert "推送不到这家企业" in everything(page)
    box(page, "号码或邮箱").set_value("1380013800")
    box(page, "从哪里知道的").set_value("走访")
    press(page, "存下来", rerun)
    assert any("手机号是11位" in text for text in notices(page))
    assert box(page, "从哪里知道的").value == "走访"
    box(page, "号码或邮箱").set_value(PHONE)
    press(page, "存下来", rerun)
    assert r"138\*\*\*\*8000" in everything(page)
    assert box(page, "号码或邮箱").value == ""


def test_one_contact_and_all_are_erased(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    for value in (PHONE, "13900139000", "13700137000"):
        add(record, value)
    page = opened(open_page, record)
    press(page, "确定删掉", rerun)
    assert len(list_contacts(CITY, record.uscc)) == 2
    press(page, "确定全部删掉", rerun)
    assert "推送不到这家企业" in everything(page)


def test_an_opt_out_is_written_down_and_undone(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    opt_out(CITY, record.uscc, "tax-small-low-profit-cit", "*嫌烦*")
    page = opened(open_page, record)
    assert "小型微利企业" in everything(page)
    press(page, "恢复接收", rerun)
    assert "没有说过不再接收" in everything(page)
    box(page, "怎么说的").set_value("电话里说的")
    press(page, "记下，以后不再推送", rerun)
    assert [(one.measure_id, one.by) for one in list_opt_outs(CITY, record.uscc)] == [(None, "staff.京山市")]
    assert "记下，以后不再推送" not in [button.label for button in page.button]


def test_an_invented_enterprise_takes_no_contact(open_page, signed_in, store):
    signed_in("staff")
    made = add_enterprise(CITY, {"uscc": code(1), "name": "示例厂"}, source="示例", on=DAY, example=True)
    page = opened(open_page, made)
    assert any("示例企业不填联系方式" in text for text in notices(page))
    assert "存下来" not in [button.label for button in page.button]


def test_a_table_is_taken_in_and_what_was_refused_is_told(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    page = open_page("contacts")
    assert "**0** 家，能发邮件的" in everything(page)
    table = f"统一社会信用代码,联系人,手机\n{code(1)},李,{PHONE}\n{code(2)},王,13900139000\n"
    page.file_uploader[0].set_value(("名单.csv", table.encode(), "text/csv"))
    box(page, "从哪里来的").set_value("税务局名单")
    rerun(page)
    press(page, "收进来", rerun)
    text = everything(page)
    assert "看了 2 行：收下 1 个，已经有的 0 个，没有收的 1 处。" in text
    assert "没有这家企业的档案" in text
    assert "**1** 家，能发邮件的" in everything(rerun(page))


def test_a_table_without_a_source_is_refused(open_page, signed_in, rerun, record):
    signed_in("staff")
    page = open_page("contacts")
    page.file_uploader[0].set_value(("名单.csv", f"信用代码,手机\n{code(1)},{PHONE}\n".encode(), "text/csv"))
    rerun(page)
    press(page, "收进来", rerun)
    assert any("来源" in text for text in notices(page))
    assert list_contacts(CITY, record.uscc) == []


@pytest.mark.parametrize("role", ["team", None])
def test_the_page_is_for_staff(open_page, signed_in, store, role):
    if role:
        signed_in(role, "京山市")
    page = open_page("contacts")
    assert not page.get("file_uploader")
    assert notices(page)
