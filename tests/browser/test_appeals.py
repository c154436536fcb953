"""On a phone an enterprise raises an appeal and rates the answer; one of the office answers, another closes, and the board counts it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from navigator.delivery.appeals import set_term
from navigator.delivery.board import add_unit
from tests.browser.driving import DESK, PHONE, running_office
from tests.delivery.test_appeals import FIRST
from tests.stores import own_store


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose store has one unit and one term, and two persons of the city's office."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{data / 'navigator.db'}", patch):
        add_unit(FIRST, "市城管局", "city")
        set_term(FIRST, "power", 5, "市优化办的规定")
    with running_office(str(data), {"老张": ("--role", "staff"), "老王": ("--role", "staff")}) as address:
        yield address


def choose(someone, label: str, option: str) -> None:
    someone.page.get_by_role("combobox", name=label).click()
    someone.page.get_by_role("option", name=option, exact=True).click()
    someone.drawn()


def test_an_appeal_from_a_phone_to_the_board(office, visitor, tmp_path):
    firm = visitor(office, PHONE)
    firm.open("ask")
    choose(firm, "哪一类", "水电气网")
    for name, text in {
        "企业或店的名称": "京山机械厂", "什么事（一句话）": "厂门口路灯坏了", "具体情况：什么时候、找过谁、卡在哪里": "坏了一个月",
        "电话或邮箱（可以不填）": "13800138000",
    }.items():  # fmt: skip
        firm.type_into("textbox", name, text)
        firm.drawn()
    assert not firm.overflows()
    firm.page.screenshot(path=tmp_path / "ask-phone.png", full_page=True)
    firm.click("交上去")
    expect(firm.page.get_by_text("回执，请抄下来或截图")).to_be_visible()
    firm.drawn()
    firm.page.screenshot(path=tmp_path / "receipt-phone.png", full_page=True)
    number, code = re.findall(r"(?:编号|查询码)：(\S+ ?\S*)", firm.text())

    desk = visitor(office, DESK)
    desk.open("ask")
    assert not desk.overflows()
    desk.page.screenshot(path=tmp_path / "ask-desk.png", full_page=True)
    desk.sign_in("老张", "appeals")
    expect(desk.page.get_by_text("刚提出，还没有受理")).to_be_visible()
    desk.drawn()
    expect(desk.page.get_by_role("link", name="厂门口路灯坏了")).to_have_count(2)
    assert not desk.overflows()
    desk.page.screenshot(path=tmp_path / "list-desk.png", full_page=True)
    desk.page.get_by_role("link", name="厂门口路灯坏了").first.click()
    expect(desk.page.get_by_text("下一步：受理")).to_be_visible()
    desk.drawn()
    desk.click("受理")
    expect(desk.page.get_by_text("前答复。")).to_be_visible()
    desk.drawn()
    choose(desk, "交给哪个单位", "市城管局")
    desk.page.get_by_role("button", name="交办").last.click()
    expect(desk.page.get_by_text("下一步：答复")).to_be_visible()
    desk.drawn()
    desk.type_into("textbox", "怎么答复企业的", "换了灯")
    desk.click("记下答复")
    expect(desk.page.get_by_text("下一步：回访")).to_be_visible()
    desk.drawn()
    desk.page.screenshot(path=tmp_path / "appeal-desk.png", full_page=True)

    firm.page.get_by_role("tab", name="凭回执查进度").click()
    firm.type_into("textbox", "编号", number)
    firm.type_into("textbox", "查询码", code)
    firm.click("查进度")
    expect(firm.page.get_by_text("换了灯")).to_be_visible()
    firm.drawn()
    firm.page.get_by_text("满意", exact=True).click()
    firm.drawn()
    firm.page.screenshot(path=tmp_path / "progress-phone.png", full_page=True)
    firm.click("告诉政府")
    expect(firm.page.get_by_text("回访：满意")).to_be_visible()
    assert not firm.overflows()

    second = visitor(office, PHONE)
    second.sign_in("老王", "appeal?id=1")
    second.type_into("textbox", "销号的依据", "企业自己说满意")
    second.drawn()
    second.page.screenshot(path=tmp_path / "appeal-phone.png", full_page=True)
    second.page.get_by_role("button", name="销号", exact=True).click()
    expect(second.page.get_by_text("销号了。")).to_be_visible()
    assert not second.overflows()
    second.open("appeals")
    expect(second.page.get_by_role("combobox", name="看哪些")).to_be_visible()
    assert not second.overflows()
    second.page.screenshot(path=tmp_path / "list-phone.png", full_page=True)
    second.open("board-item", n="4")
    expect(second.page.get_by_text("1 / 1")).to_be_visible()
    expect(second.page.get_by_text("自动").first).to_be_visible()
    second.page.screenshot(path=tmp_path / "board-phone.png", full_page=True)
