"""On a phone a visit is written down with a photo, its promise is kept, and a visitor without a sign-in gets no photo."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, running_office
from tests.delivery.test_photos import taken_by_a_phone
from tests.delivery.test_visits import firm
from tests.stores import own_store


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with one enterprise, and a person of the team."""
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{data / 'navigator.db'}", patch):
        firm(1, "京山机械厂</script>")
    with running_office(str(data), {"小陈": ("--role", "team", "--region", "京山市")}) as address:
        yield address


def test_a_visit_is_written_down_on_a_phone_with_a_photo(office, visitor, tmp_path):
    someone = visitor(office, PHONE)
    page = someone.page
    someone.sign_in("小陈", "brief?id=1")
    page.get_by_role("link", name="记这次走访").click()
    expect(page.get_by_role("heading", name="记一次走访")).to_be_visible()
    expect(page.get_by_text("京山机械厂</script>")).to_be_visible()
    someone.drawn()
    someone.type_into("textbox", "第1位的姓名", "王厂长")
    someone.type_into("textbox", "电话", "13800138000")
    someone.pill("资金融资")
    someone.type_into("textbox", "企业怎么说的", "想贷款买设备")
    someone.drawn()
    someone.click("记一件答应企业的事")
    someone.type_into("textbox", "答应了什么", "帮问贴息怎么办")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": taken_by_a_phone()}
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_text("a.jpg")).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "visit-new-phone.png", full_page=True)
    someone.click("存下来")
    expect(page.get_by_text("存下来了。")).to_be_visible()
    expect(page.get_by_text("138****8000")).to_be_visible()
    picture = page.get_by_role("img", name="走访照片1")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    page.wait_for_function(
        "Array.from(document.querySelectorAll('[alt^=走访照片]')).every(it => it.naturalHeight === 80)"
    )
    with pytest.raises(OSError, match="401"):
        urlopen(f"{office}/visit-photos/1")
    page.get_by_text("一步一步看，记下办没办到").click()
    someone.type_into("textbox", "怎么办到的，或者为什么撤回、重新打开", "问过银行了")
    someone.drawn()
    someone.click("办到了")
    expect(page.get_by_text("记下了，办到了。")).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "visit-phone.png", full_page=True)
    someone.open("visits")
    expect(page.get_by_role("link", name="京山机械厂</script>")).to_be_visible()
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "visits-phone.png", full_page=True)
    page.set_viewport_size({"width": DESK, "height": 900})
    someone.open("visit-record", id="1")
    assert not someone.overflows()
    page.screenshot(path=tmp_path / "visit-desk.png", full_page=True)
