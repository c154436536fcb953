"""A text comes in at a desk, a second person releases it on a phone, and a visitor finds it without a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, running_office
from tests.corpus.makers import docx_of

LINES = [
    "某市支持银杏产业若干措施",
    "一、资金。对种银杏的企业每亩补贴300元。",
    "二、服务。一次办好。",
    "某市人民政府办公室",
    "2026年3月1日",
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose office has two people."""
    people = dict.fromkeys(("小甲", "小乙"), ("--role", "staff"))
    with running_office(str(tmp_path_factory.mktemp("data")), people) as address:
        yield address


def test_from_an_upload_at_a_desk_to_an_answer_for_everybody(office, visitor, tmp_path: Path):
    path = tmp_path / "措施.pdf"  # its name is wrong, its content counts
    path.write_bytes(docx_of(LINES))
    author = visitor(office, DESK)
    author.sign_in("小甲", "intake")
    assert not author.overflows()
    author.page.locator("input[type=file]").set_input_files(path)
    author.click("读这份文件")
    expect(author.page.get_by_role("heading", level=1)).to_have_text("某市支持银杏产业若干措施")
    author.page.get_by_role("tab", name="条款").click()
    author.page.get_by_label("标题或第一句").fill("资金支持")
    author.click("在后面加一条")  # the click comes before the box says that it was left: nothing typed is lost
    expect(author.page.get_by_label("编号，照原文写").first).to_have_value("？")
    author.click("删去这一条")
    expect(author.page.get_by_label("标题或第一句").first).to_have_value("资金支持")
    author.page.get_by_role("tab", name="核对和发布").click()
    author.click("请第二个人核对发布")
    expect(author.page.get_by_text("要等另一位工作人员核对")).to_be_visible()

    second = visitor(office, PHONE)
    second.sign_in("小乙", "intake")
    assert not second.overflows()
    second.page.get_by_role("link", name=re.compile("文件：某市支持银杏产业")).click()
    second.page.get_by_role("tab", name="核对和发布").click()
    assert not second.overflows()
    second.click("核对无误，发布")
    expect(second.page.get_by_text("核对后发布").or_(second.page.get_by_text("已发布：")).first).to_be_visible()

    guest = visitor(office, PHONE)
    for _ in range(20):
        guest.open("search", q="种银杏每亩补贴多少")
        if "资金支持" in guest.text():
            break
        guest.page.wait_for_timeout(1000)
    assert "资金支持" in guest.text() and "300元" in guest.text()


def test_the_lists_of_upkeep_fit_a_phone_and_come_as_a_table(office, visitor):
    staff = visitor(office, PHONE)
    staff.sign_in("小甲", "upkeep")
    for name in ("将到期", "待核", "待复审", "链接", "留言"):
        staff.open("upkeep", list=name)
        assert not staff.overflows(), name
        with staff.page.expect_download() as download:
            staff.page.get_by_role("link", name=re.compile("下载“")).click()
        assert download.value.suggested_filename.startswith(f"{name}清单_")


def test_a_visitor_gets_no_file_of_the_office(office, visitor):
    guest = visitor(office, PHONE)
    answer = guest.page.request.get(f"{office}/exports/upkeep?list=verify")
    assert answer.status == 401
