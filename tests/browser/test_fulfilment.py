"""On a phone: a late round is found, its results imported, and it is done; a case is taken at the window and found again at a desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from navigator.delivery.fulfilment import approve, begin_paying, propose, set_promise
from navigator.delivery.fulfilment_list import Made, check, make_round
from tests.browser.driving import DESK, PHONE, running_office
from tests.delivery.test_fulfilment import CONFIRMED, FIRST, LIST_DAY, REFUND, SECOND, TODAY, enterprise
from tests.store.test_importing_columns import code
from tests.stores import own_store

RESULTS = f"单位名称,统一社会信用代码,金额（元）,到账日期\n京山机械厂,{code(1)},36000,2025-10-20\n没听说过的厂,,1,2025-10-20\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose store has one round that is late, and one person of the city's office."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{data / 'navigator.db'}", patch):
        enterprise(1, "京山机械厂")
        number = make_round(FIRST, Made(REFUND, "2025年", "市人社局", LIST_DAY))
        set_promise(FIRST, number, 5, "服务指南", "confirmed")
        check(FIRST, number)
        propose(FIRST, number)
        approve(SECOND, number, now=CONFIRMED)
        begin_paying(FIRST, number, TODAY)
    with running_office(str(data), {"老张": ("--role", "staff")}) as address:
        yield address


def test_from_a_late_round_to_its_end_and_a_case_at_the_window(office, visitor, tmp_path):
    someone = visitor(office, PHONE)
    page = someone.page
    someone.sign_in("老张", "fulfilment")
    expect(page.get_by_text("已经超期").first).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "rounds-phone.png", full_page=True)
    page.get_by_role("link", name="失业保险稳岗返还（湖北2025年度） 2025年").first.click()
    expect(page.get_by_text("导入发放结果")).to_be_visible()
    expect(page.locator("strong", has_text="2025-10-23")).to_be_visible()
    someone.drawn()
    page.get_by_text("导入发放结果").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "发放.csv", "mimeType": "text/csv", "buffer": RESULTS.encode()}
    )
    someone.click("对名单、记下来")
    expect(page.get_by_text("记下 1 家")).to_be_visible()
    expect(page.get_by_text("没对上的 1 行")).to_be_visible()
    expect(page.get_by_text("全部办结").first).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "round-phone.png", full_page=True)

    someone.open("window")
    page.get_by_label("企业名称或统一社会信用代码").fill("机械")
    page.keyboard.press("Enter")
    expect(page.get_by_text("按档案，今天能办的")).to_be_visible()
    someone.drawn()
    page.get_by_role("combobox", name="办哪一项").click()
    page.get_by_role("option").first.click()
    expect(page.get_by_text("要带的材料")).to_be_visible()
    someone.drawn()
    page.get_by_label("窗口", exact=True).fill("政务大厅")
    page.keyboard.press("Enter")
    someone.drawn()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "window-phone.png", full_page=True)
    someone.click("记下，出编号")
    expect(page.get_by_text("：受理。")).to_be_visible()

    desk = visitor(office, DESK)
    desk.sign_in("老张", "window?view=办件")
    expect(desk.page.get_by_text("京山机械厂").first).to_be_visible()
    assert not desk.overflows()
    desk.page.screenshot(path=tmp_path / "window-desk.png", full_page=True)
    desk.open("fulfilment")
    desk.page.screenshot(path=tmp_path / "rounds-desk.png", full_page=True)
    assert not desk.overflows()
