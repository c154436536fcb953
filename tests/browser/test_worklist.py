"""On a phone: the list is made, two firms go on the route, an answer at the door changes the list, a shop is added, one page is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from navigator.auth import Actor
from navigator.delivery.teams import save_team
from navigator.matching.dates import today
from navigator.store.enterprises import add_enterprise
from tests.browser.driving import DESK, PHONE, running_office
from tests.delivery.pushed import FACTS
from tests.store.test_importing_columns import code
from tests.stores import own_store

LI = Actor("京山小李", "staff", "京山市")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with three firms and a team of one."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{data / 'navigator.db'}", patch):
        for number, name in enumerate(("京山机械厂", "新市粮油店", "宋河纺织厂"), start=1):
            add_enterprise(LI, {"uscc": code(number), "name": name, **FACTS}, source="名单", on=today())
        save_team(LI, "宋河小分队", ["小陈"])
    with running_office(str(data), {"小陈": ("--role", "team", "--region", "京山市")}) as address:
        yield address


def test_from_the_list_to_an_answer_at_the_door_on_a_phone(office, visitor, tmp_path):
    someone = visitor(office, PHONE)
    page = someone.page
    someone.sign_in("小陈", "worklist")
    someone.click("按今天的档案重新算")
    expect(page.get_by_text("清单做好了。")).to_be_visible()
    expect(page.get_by_text("能拿没拿").first).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "worklist-phone.png", full_page=True)
    for place, name in enumerate(("京山机械厂", "新市粮油店")):
        page.get_by_role("button", name=re.compile("排进")).nth(place).click()
        expect(page.get_by_text(f"{name}排进了宋河小分队")).to_be_visible()
        someone.drawn()
    someone.open("route")
    expect(page.get_by_role("link", name=re.compile(r"2\. "))).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "route-phone.png", full_page=True)
    page.get_by_role("link", name=re.compile(r"1\. ")).click()
    expect(page.get_by_text("当面问这几件")).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "brief-phone.png", full_page=True)
    for box in page.get_by_placeholder("没问到就空着").all():
        if box.get_attribute("role") != "combobox":
            box.fill("12")
            page.keyboard.press("Tab")
    someone.drawn()
    someone.click("存下回答")
    expect(page.get_by_text("走访清单也更新了")).to_be_visible()
    someone.drawn()
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4"))) == 1
    page.set_viewport_size({"width": DESK, "height": 900})
    page.screenshot(path=tmp_path / "brief-desk.png", full_page=True)
    (tmp_path / "brief.pdf").write_bytes(page.pdf(format="A4"))
    page.set_viewport_size({"width": PHONE, "height": 812})
    someone.open("worklist")
    page.get_by_text("路上碰到一家没有档案的").click()
    someone.type_into("textbox", "叫什么", "老王面馆")
    someone.click("登记，打开走访提纲")
    expect(page.get_by_role("heading", name="老王面馆")).to_be_visible()
    expect(page.get_by_text("代码待补")).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "shop-phone.png", full_page=True)
