"""On a phone: the link of a push is opened, 不适用 is said with a reason and corrected; a question is answered; a record's contacts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PHONE, Visitor, running_office
from tests.delivery.pushed import ASKED, CIT, Pushed, push_out
from tests.stores import own_store


@pytest.fixture(scope="module")
def sent(tmp_path_factory) -> Iterator[tuple[str, Pushed, Pushed]]:
    """A server with somebody of 京山's office, a push that fits and one that asks, both sent an hour ago."""
    folder = tmp_path_factory.mktemp("data")
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{folder / 'navigator.db'}", patch):
        others = ("tax-six-taxes-two-fees-half", "tax-vat-small-scale-exempt-100k")
        known = tuple(one for one in others if _is_known(one))
        fits = push_out(1, "京山某某精密机械制造有限责任公司", (CIT, *known), sent=hour_ago)
        asks = push_out(2, "京山某面馆", kind="asks", fact=ASKED, sent=hour_ago)
    with running_office(str(folder), {"小李": ("--role", "staff", "--region", "京山市")}) as address:
        yield address, fits, asks


def _is_known(measure: str) -> bool:
    from navigator.corpus.load import default_corpus

    return measure in default_corpus().measure_by_id


def picture(page, name: str) -> None:
    """A picture of the page, where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_link_is_opened_answered_and_the_answer_corrected(sent, visitor):
    address, fits, _ = sent
    page = visitor(address, PHONE).page
    page.goto(f"{address}/p/{fits.token}")
    expect(page.get_by_text("按现有资料，您符合这项政策的条件")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    picture(page, "link")

    page.get_by_text("不适用", exact=True).click()
    which = page.get_by_label("条件不符合的是哪一条")
    expect(which).to_be_hidden()
    page.get_by_label("条件不符合", exact=True).check()
    expect(which).to_be_visible()
    which.select_option(index=2)
    page.get_by_label("想说的话").fill("我们是合作社")
    picture(page, "not")
    page.get_by_role("button", name="提交：不适用").click()
    expect(page.locator("#answer")).to_contain_text("不适用，条件不符合（")
    expect(page.locator("#answer")).to_contain_text("我们是合作社")
    assert page.url == f"{address}/p/{fits.token}"

    page.get_by_role("button", name="适用，我去办").click()
    expect(page.locator("#answer")).to_contain_text("您的回复收到了：适用")
    picture(page, "corrected")
    page.get_by_role("link", name="看这项政策最新、最全的内容").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url == f"{address}/measure?id={CIT}"
    assert page.evaluate("document.referrer") == ""


def test_the_page_is_used_by_keyboard_alone(sent, visitor):
    address, fits, _ = sent
    page = visitor(address, PHONE).page
    page.goto(f"{address}/p/{fits.token}")
    fits_button = page.get_by_role("button", name="适用，我去办")
    for _ in range(40):
        page.keyboard.press("Tab")
        if fits_button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("适用")


def test_a_question_is_answered_on_a_phone(sent, visitor):
    address, _, asks = sent
    page = visitor(address, PHONE).page
    page.goto(f"{address}/p/{asks.token}")
    picture(page, "asks")
    page.get_by_role("textbox").first.fill("16万")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#answer")).to_contain_text("条件都符合")
    page.get_by_text("不再接收", exact=True).first.click()
    page.get_by_label("所有政策推送").check()
    page.get_by_role("button", name="不再接收").click()
    expect(page.locator("#stop")).to_contain_text("以后不再给您推送政策")
    picture(page, "stopped")


def test_the_office_sees_the_answer_and_keeps_a_contact(sent, visitor):
    address, _, asks = sent
    someone: Visitor = visitor(address, PHONE)
    page = someone.page
    someone.sign_in("小李", f"record?id={asks.enterprise}&view=联系")
    expect(page.get_by_text("所有政策推送")).to_be_visible()
    page.get_by_text("加一个联系方式").click()
    page.get_by_label("号码或邮箱").fill("13800138000")
    page.get_by_label("从哪里知道的").fill("走访")
    someone.click("存下来")
    expect(page.get_by_text("138****8000")).to_be_visible()
    someone.click("看完整的")
    expect(page.get_by_text("13800138000")).to_be_visible()
    expect(page.get_by_role("button", name="恢复接收")).to_have_count(1)
    assert not someone.overflows()
    picture(page, "contacts")
