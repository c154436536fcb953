"""Links from outside: opened first on a server that has just started, on every page, at both widths, for every kind of visitor."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DAY, DESK, PHONE, running_server

PAGES = {
    "home": ("", {}),
    "search without a question": ("search", {}),
    "library": ("library", {}),
    "library with filters": ("library", {"status": "expired", "level": "国家", "commitment": "44", "as_of": DAY}),
    "platforms": ("platforms", {}),
    "one platform": ("platforms", {"id": "sys-099"}),
    "open data": ("open-data", {}),
    "search": ("search", {"q": "招了应届生有补贴吗", "as_of": DAY}),
    "measure": ("measure", {"id": "tax-small-low-profit-cit", "as_of": "2025-06-30"}),
    "measure not there": ("measure", {"id": "请登录 http://example.com 领钱"}),
    "checkup": ("checkup", {}),
    "no application": ("no-application", {"as_of": DAY}),
    "commitments": ("commitments", {}),
    "one commitment": ("commitments", {"n": "26"}),
    "print": ("print", {}),
    "calendar": ("calendar", {"as_of": DAY}),
}
RAW_MARKDOWN = re.compile(r"\*\*|:material/|-badge\[|\\[^\w\s]|</?\w+>")


def test_a_link_to_a_measure_opened_first_on_a_fresh_server_shows_it(visitor):
    with running_server() as address:
        someone = visitor(address)
        someone.open("measure", id="tax-hnte-15", as_of="2025-06-30")
        expect(someone.page.locator("h1")).to_have_text("高新技术企业所得税15%税率")
        expect(someone.page.get_by_role("button", name="按 2025-06-30 的政策")).to_be_visible()


def test_a_question_opened_first_on_a_server_without_an_index_is_answered(visitor, tmp_path):
    with running_server(str(tmp_path)) as address:
        someone = visitor(address)
        someone.open("search", q="摆摊的能少交税吗", as_of=DAY)
        expect(someone.page.get_by_text(re.compile("找到 \\d+ 条"))).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_phone_and_desk_and_shows_no_raw_markdown(server, visitor, path):
    someone = visitor(server, PHONE)
    address, parameters = PAGES[path]
    someone.open(address, **parameters)
    assert not someone.overflows()
    assert RAW_MARKDOWN.findall(someone.text()) == []
    expect(someone.page.locator("[data-testid=stAlertContentError], [data-testid=stException]")).to_have_count(0)
    hosts = someone.page.eval_on_selector_all(
        "[data-testid=stMain] a[href*=example]", "links => links.map(it => it.host)"
    )
    assert not [host for host in hosts if "example" in host]
    someone.page.set_viewport_size({"width": DESK, "height": 900})
    assert not someone.overflows()


def joined(text: str) -> str:
    """The text with the invisible signs that keep its addresses from becoming links."""
    return re.sub(r"https?:(?=//)|www(?=\.)|@", "\\g<0>\N{WORD JOINER}", text)


def test_words_with_signs_of_markdown_are_shown_as_they_were_typed(server, visitor):
    asked = "$x$ *a* [b](http://example.com) <script>alert(1)</script> :red[c] `d` www.example.com a@example.com &lt;"
    someone = visitor(server, DESK)
    someone.open("search", q=asked, as_of=DAY)
    expect(someone.page.get_by_text("没有找到正好说")).to_have_text(re.compile(f"“{re.escape(joined(asked))}”"))
    targets = someone.page.locator("[data-testid=stMain] a").evaluate_all(
        "links => links.map(link => link.host + link.protocol)"
    )
    assert targets and not [target for target in targets if "example.com" in target or "mailto:" in target]
    expect(someone.page.get_by_role("searchbox", name="想问什么")).to_have_value(asked)


def test_the_day_stays_in_the_url_from_page_to_page(server, visitor):
    someone = visitor(server, DESK)
    someone.open("no-application", as_of="2025-06-30")
    page = someone.page
    shown = page.get_by_role("button", name="按 2025-06-30 的政策")
    page.locator("[data-testid=stMain] a[href*='measure?']").first.click()
    expect(page).to_have_url(re.compile(r"/measure\?(?=.*\bid=)(?=.*\bas_of=2025-06-30)(?!.*as_of.*as_of)"))
    expect(shown).to_be_visible()
    page.locator("[data-testid=stMain] a", has_text="荆策通").first.click()
    expect(page).to_have_url(re.compile(r"/\?as_of=2025-06-30$"))
    page.get_by_role("link", name="45项承诺").first.click()
    expect(page).to_have_url(re.compile(r"/commitments\?as_of=2025-06-30$"))
    expect(shown).to_be_visible()
    page.go_back()
    expect(shown).to_be_visible()


def test_chinese_is_drawn_with_a_font_that_has_it(server, visitor):
    someone = visitor(server)
    someone.open("")
    different = someone.page.evaluate(
        """() => {
            const draw = sign => {
                const canvas = document.createElement('canvas');
                const pen = canvas.getContext('2d');
                pen.font = '40px ' + getComputedStyle(document.querySelector('h1')).fontFamily;
                pen.fillText(sign, 10, 60);
                return canvas.toDataURL();
            };
            return new Set(['荆', '策', '通', '\\uFFFF', ' '].map(draw)).size;
        }"""
    )
    assert different >= 4
