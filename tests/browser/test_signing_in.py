"""The office signs in and out in a real browser, on a phone and at a desk, with the keyboard; what ends does so at the next click."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, ROOT, Visitor, running_server
from tests.identity_provider import PASSWORD as OFFICE_PASSWORD
from tests.identity_provider import running_provider

PASSWORD = "an old pass phrase 7"


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[tuple[str, str]]:
    """A server with an administrator and an office account; gives its address and its data folder."""
    data = str(tmp_path_factory.mktemp("office"))
    user(data, "add", "王管理", "--role", "admin")
    user(data, "add", "京山小李", "--role", "staff", "--region", "京山市")
    with running_server(data) as address:
        yield address, data


def user(data: str, *arguments: str) -> None:
    """`user …` as an administrator types it on the server."""
    subprocess.run(
        [sys.executable, "-m", "navigator", "user", *arguments],
        cwd=ROOT,
        env=os.environ | {"NAVIGATOR_DATA": data},
        input=PASSWORD + "\n",
        encoding="utf-8",
        check=True,
        capture_output=True,
    )


def sign_in(someone: Visitor, name: str, password: str = PASSWORD) -> None:
    """Fill in the form that is open, with the keyboard alone."""
    page = someone.page
    page.get_by_label("用户名").fill("")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_page_for_the_office_leads_to_the_form_and_back_with_its_parameters(office, visitor, width):
    someone = visitor(office[0], width)
    page = someone.page
    someone.open("accounts", as_of="2026-10-01")
    expect(page.locator("h1")).to_have_text("请先登录")
    page.get_by_role("link", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="工作人员登录")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    sign_in(someone, "王管理")
    expect(page).to_have_url(f"{office[0]}/accounts?as_of=2026-10-01")
    someone.drawn()
    expect(page.locator("h1")).to_have_text("用户与日志")
    assert not someone.overflows()
    assert page.evaluate("document.cookie.includes('jingcetong')") is False


def test_a_wrong_password_is_told_and_the_name_stays(office, visitor):
    someone = visitor(office[0])
    page = someone.page
    page.goto(f"{office[0]}/auth/login")
    sign_in(someone, "京山小李", "wrong")
    expect(page.get_by_role("alert")).to_have_text("用户名或密码不对；请再试一次；忘了密码请找管理员")
    expect(page.get_by_label("用户名")).to_have_value("京山小李")
    expect(page.get_by_label("密码")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("我的账号")
    assert [text for text in someone.complaints if "401" not in text] == []
    someone.complaints.clear()


def test_signing_out_in_one_window_ends_the_other_at_its_next_click(office, visitor):
    someone = visitor(office[0], DESK)
    page = someone.page
    page.goto(f"{office[0]}/auth/login")
    sign_in(someone, "京山小李")
    expect(page.get_by_role("button", name="账号")).to_be_visible()
    other = Visitor(page.context.new_page(), office[0])
    other.open("account")
    expect(other.page.get_by_text("已登录：京山小李")).to_be_visible()
    page.get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{office[0]}/")
    expect(page.get_by_role("link", name="工作人员登录")).to_be_visible()
    other.page.get_by_role("button", name="改密码").click()
    expect(other.page.locator("h1")).to_have_text("请先登录")
    assert other.complaints == []


def test_a_change_of_role_acts_at_the_next_click(office, visitor):
    data = office[1]
    user(data, "add", "第二人", "--role", "admin")
    someone = visitor(office[0], DESK)
    page = someone.page
    page.goto(f"{office[0]}/auth/login?next=/accounts")
    sign_in(someone, "第二人")
    expect(page.locator("h1")).to_have_text("用户与日志")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载这些日志").click()
    assert download.value.suggested_filename == "操作日志.csv"
    user(data, "disable", "第二人")
    page.get_by_label("多久以来").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("请先登录")


def test_two_offices_signed_in_at_once_see_themselves(office, visitor):
    first, second = visitor(office[0]), visitor(office[0])
    for someone, name in ((first, "京山小李"), (second, "王管理")):
        someone.page.goto(f"{office[0]}/auth/login")
        sign_in(someone, name)
        expect(someone.page.locator("h1")).to_have_text("我的账号")
    first.page.reload()
    first.drawn()
    assert "京山小李" in first.text()
    assert "王管理" not in first.text()
    second.open("commitments")
    expect(second.page.get_by_text("已登录：王管理")).to_be_visible()


def test_an_account_of_the_organisation_leads_through_its_provider_and_back(browser, tmp_path):
    data = str(tmp_path)
    user(data, "add", "jingshan.li", "--role", "staff", "--region", "京山市", "--no-password")
    with running_provider(tmp_path) as provider:

        def configured(address: str) -> dict[str, str]:
            client, secret = provider.register(address)
            return {
                "NAVIGATOR_PUBLIC_ADDRESS": address,
                "NAVIGATOR_OIDC_ISSUER": provider.issuer,
                "NAVIGATOR_OIDC_CLIENT_ID": client,
                "NAVIGATOR_OIDC_CLIENT_SECRET": secret,
            }

        with running_server(data, configured) as address:
            context = browser.new_context(viewport={"width": PHONE, "height": 812}, locale="zh-CN")
            someone = Visitor(context.new_page(), address)
            page = someone.page
            someone.open("records")
            page.get_by_role("link", name="登录", exact=True).click()
            page.get_by_role("link", name="用单位账号登录").click()
            page.locator("[name=login]").fill("jingshan.li")
            page.keyboard.press("Enter")
            page.locator("[name=password]").fill(OFFICE_PASSWORD)
            page.keyboard.press("Enter")
            expect(page).to_have_url(re.compile(f"{address}/records"))
            someone.drawn()
            expect(page.locator("h1")).to_have_text("企业档案")
            expect(page.get_by_text("已登录：jingshan.li（工作人员，京山市）")).to_be_visible()
            context.close()
