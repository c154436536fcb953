"""On a phone: a sample is drawn, each push judged, and the figure with its interval appears; at a desk, chart, tables and file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, running_office
from tests.delivery.pushed import push_out
from tests.stores import own_store


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose store has three pushes of November, and one person of the city's office."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{data / 'navigator.db'}", patch):
        first = push_out(1, "京山机械厂")
        for number, name in ((2, "京山纺织厂"), (3, "京山面馆")):
            push_out(number, name, batch=first.batch)
    with running_office(str(data), {"老张": ("--role", "staff")}) as address:
        yield address


def test_from_drawing_to_the_figure(office, visitor, tmp_path):
    someone = visitor(office, PHONE)
    page = someone.page
    someone.sign_in("老张", "judge")
    expect(page.get_by_text("这样会再抽 3 条")).to_be_visible()
    someone.click("抽样")
    expect(page.get_by_text("新抽 3 条")).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    for left in (2, 1, 0):
        expect(page.get_by_text("依据：").first).to_be_visible()
        page.get_by_text("对", exact=True).click()
        someone.click("记下，看下一条")
        expect(page.get_by_text("记下了：对。")).to_be_visible()
        expect(page.get_by_text(f"评判（{left}）")).to_be_visible()
        someone.drawn()
    expect(page.get_by_text("没有等着的了")).to_be_visible()
    page.get_by_role("link", name="看精准率").click()
    expect(page.locator("h1")).to_have_text("精准率")
    someone.drawn()
    expect(page.get_by_text("100.0%–100.0%").first).to_be_visible()
    expect(page.get_by_text("达到目标")).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "phone.png", full_page=True)

    desk = visitor(office, DESK)
    desk.sign_in("老张", "precision?month=2026-11")
    expect(desk.page.locator("[data-testid=stVegaLiteChart]")).to_be_visible()
    expect(desk.page.get_by_role("table").first).to_contain_text("2026年11月")
    with desk.page.expect_download() as saved:
        desk.page.get_by_role("link", name="下载按区域的表格").click()
    assert "京山市" in Path(saved.value.path()).read_text("utf-8-sig")
    desk.page.get_by_role("combobox", name="看哪一张清单").click()
    desk.page.get_by_role("option", name="判对的").click()
    expect(desk.page.get_by_role("link", name="京山面馆")).to_be_visible()
    assert not desk.overflows()
    desk.page.screenshot(path=tmp_path / "desk.png", full_page=True)
