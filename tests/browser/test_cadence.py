"""On a phone a problem is rectified, at a desk another person reviews it; the list of a bulletin is confirmed and taken along as Word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from navigator.delivery.cadence import set_start
from navigator.delivery.cadence_bulletin import confirm, make_bulletin
from navigator.delivery.problems import add_problem
from tests.browser.driving import DESK, PHONE, running_office
from tests.delivery.test_cadence_bulletin import EARLY
from tests.delivery.test_problems import FIRST, TODAY, new, unit
from tests.stores import own_store


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a problem that is late and two bulletins, and two persons of the city's office."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{data / 'navigator.db'}", patch):
        problem = new(unit("市招商局"), found_on=date(2026, 9, 1), due=date(2026, 9, 20))
        add_problem(FIRST, problem, TODAY, now=EARLY)
        set_start(FIRST, date(2026, 11, 1), "上线", now=EARLY)
        for month in (202609, 202610):
            make_bulletin(FIRST, month, TODAY)
        confirm(FIRST, 202609)
    people = {"老张": ("--role", "staff"), "老王": ("--role", "staff")}
    with running_office(str(data), people) as address:
        yield address


def test_a_problem_between_two_persons_and_a_bulletin_as_word(office, visitor, tmp_path):
    someone = visitor(office, PHONE)
    page = someone.page
    someone.sign_in("老张", "problems")
    expect(page.get_by_text("已经超期").first).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "problems-phone.png", full_page=True)
    page.get_by_role("link", name="招商时答应的厂房没有给").click()
    expect(page.get_by_text("下一步：整改")).to_be_visible()
    someone.type_into("textbox", "谁整改的（单位、科室）", "市招商局")
    someone.type_into("textbox", "怎么整改的", "厂房已经交付")
    someone.drawn()
    someone.click("记下整改")
    expect(page.get_by_text("要请另一个人来办")).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "problem-phone.png", full_page=True)

    desk = visitor(office, DESK)
    desk.sign_in("老王", "problem?id=1")
    desk.type_into("textbox", "复核的情况，或者退回的原因", "到现场看过")
    desk.drawn()
    desk.click("复核通过")
    expect(desk.page.get_by_text("下一步：反馈")).to_be_visible()
    assert not desk.overflows()

    desk.open("cadence")
    expect(desk.page.get_by_text("已经超期").first).to_be_visible()
    assert not desk.overflows()
    desk.page.screenshot(path=tmp_path / "due-desk.png", full_page=True)
    desk.open("cadence", view="通报")
    desk.page.get_by_role("combobox", name="哪个月").click()
    desk.page.keyboard.type("2026年10月")
    desk.page.get_by_role("option", name="2026年10月").click()
    expect(desk.page.get_by_text("上月也被通报")).to_be_visible()
    desk.drawn()
    desk.click("确认名单")
    expect(desk.page.get_by_text("名单已确认")).to_be_visible()
    with desk.page.expect_download() as taken:
        desk.page.get_by_role("link", name="下载通报（Word）").click()
    assert taken.value.suggested_filename == "优化营商环境工作通报_2026年10月.docx"
    word = Document(BytesIO(Path(taken.value.path()).read_bytes()))
    assert any(
        "市招商局（上月也被通报）" in cell.text for table in word.tables for row in table.rows for cell in row.cells
    )

    someone.open("cadence", view="约谈")
    expect(page.get_by_text("还没有约谈")).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "talks-phone.png", full_page=True)
    assert someone.complaints == desk.complaints == []
