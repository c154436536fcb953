"""On a phone: a value is typed and made public, a task's close-out asked for; at a desk another person closes it, and a visitor sees the value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from navigator.auth import Actor
from navigator.delivery.board import add_unit
from navigator.delivery.board_tasks import make_task
from navigator.matching.dates import today
from tests.browser.driving import DESK, PHONE, running_office
from tests.stores import own_store

CITY = Actor("市优化办老张", "staff")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose store has one unit with one task, and two persons of the city's office."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{data / 'navigator.db'}", patch):
        unit = add_unit(CITY, "京山市政府", "county", "京山市")
        make_task(CITY, 37, "落实普惠信贷计划", "", unit, today() + timedelta(days=10))
    people = {"老张": ("--role", "staff"), "老王": ("--role", "staff")}
    with running_office(str(data), people) as address:
        yield address


def test_from_a_typed_value_to_the_public_page_and_from_a_task_to_its_close_out(office, visitor, tmp_path):
    someone = visitor(office, PHONE)
    page = someone.page
    someone.sign_in("老张", "board")
    expect(page.get_by_text("要全市达到的指标 69 个")).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "board-phone.png", full_page=True)
    someone.open("board-item", n="37", task="1")
    page.get_by_text("填一个值").first.click()
    page.get_by_label("数值（%）").first.fill("12.5")
    page.keyboard.press("Tab")
    someone.drawn()
    someone.type_into("textbox", "依据（哪份报表、谁提供的）", "人民银行报表")
    someone.drawn()
    page.get_by_text("可公开：放到“承诺进展”").first.click()
    someone.drawn()
    someone.click("存这个值")
    expect(page.get_by_text("存了。")).to_be_visible()
    expect(page.get_by_text("已达到").first).to_be_visible()
    someone.drawn()
    page.get_by_text("办完了，申请销号").click()
    page.get_by_label("完成情况和依据").fill("已投放52亿元，见报表")
    page.keyboard.press("Tab")
    someone.drawn()
    page.get_by_role("button", name="申请销号").last.click()
    expect(page.get_by_text("要请另一个人核对依据以后销号")).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "item-phone.png", full_page=True)

    desk = visitor(office, DESK)
    desk.sign_in("老王", "board?view=任务清单")
    expect(desk.page.get_by_text("等第二个人销号").first).to_be_visible()
    desk.page.get_by_role("link", name="到第37项办理").click()
    expect(desk.page.get_by_text("老张申请销号：已投放52亿元，见报表")).to_be_visible()
    desk.drawn()
    desk.click("核对无误，销号")
    expect(desk.page.get_by_text("已销号").first).to_be_visible()
    assert not desk.overflows()
    desk.page.screenshot(path=tmp_path / "item-desk.png", full_page=True)

    anyone = visitor(office, PHONE)
    anyone.open("progress")
    expect(anyone.page.get_by_text("12.5%")).to_be_visible()
    assert not [word for word in ("京山", "普惠信贷计划", "老张", "人民银行报表") if word in anyone.text()]
    assert not anyone.overflows()
    anyone.page.screenshot(path=tmp_path / "progress-phone.png", full_page=True)
