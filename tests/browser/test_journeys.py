"""What people come for, done in a real browser on a phone and at a desk: ask, answer, look, take along."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from navigator.matching.rulebook import default_rulebook
from tests.browser.driving import DAY, DESK, PHONE, Visitor

QUESTION = "摆摊的能少交税吗"
STALL_MEASURES = {"tax-selfemployed-iit-half", "tax-vat-threshold-small"}
CHOSEN = "[data-testid=stMain] [aria-checked=true], [data-testid=stMain] [aria-pressed=true]"


def card_ids(page: Page) -> list[str]:
    """The measures of the cards, in order."""
    addresses = page.eval_on_selector_all(
        "[data-testid=stMain] a", "links => links.map(link => link.getAttribute('href'))"
    )
    return [found.group(1) for address in addresses if (found := re.search(r"measure\?id=([\w-]+)", address or ""))]


def answer_six(someone: Visitor) -> None:
    """The six answers of a small factory, given as a person gives them."""
    page = someone.page
    someone.pill("钟祥市")
    someone.pill("企业")
    box = page.get_by_role("combobox", name=re.compile("主要做哪一行"))
    box.fill("机械")
    page.get_by_role("option").filter(has_text="C34").first.click()
    someone.type_into("spinbutton", re.compile("一共有多少人干活"), "45")
    someone.type_into("textbox", re.compile("一年营业收入大约多少"), "800万")
    expect(page.get_by_text("＝ 800万元")).to_be_visible()
    someone.pill("一般纳税人")
    expect(page.get_by_text("您大约能得到")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_asking_in_everyday_words_with_the_keyboard_alone(server, visitor, width):
    someone = visitor(server, width)
    someone.open("", as_of="2026-10-01")
    page = someone.page
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName === 'INPUT'"):
            break
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("找政策")
    expect(page.get_by_text("也按", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="个体工商户")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/search\?.*q=.*as_of=2026-10-01"))
    assert STALL_MEASURES & set(card_ids(page)[:5])


def test_a_term_that_was_added_to_the_question_can_be_dropped_and_brought_back(server, visitor):
    someone = visitor(server)
    someone.open("search", q=QUESTION, as_of=DAY)
    page = someone.page
    term = page.get_by_role("button", name="个体工商户", exact=True).or_(
        page.get_by_role("button", name="close 个体工商户")
    )
    term.first.click()
    back = page.get_by_role("button", name=re.compile("恢复：个体工商户"))
    expect(back).to_be_visible()
    expect(term).to_have_count(0)
    back.click()
    expect(term.first).to_be_visible()


def test_filters_go_into_the_url_and_a_reload_keeps_them(server, visitor):
    someone = visitor(server, DESK)
    someone.open("search", q="贷款", as_of=DAY)
    page = someone.page
    someone.pill("承诺")
    expect(page).to_have_url(re.compile(r"kind=%E6%89%BF%E8%AF%BA"))
    page.reload()
    someone.drawn()
    expect(page.locator(CHOSEN)).to_have_text(["承诺"])
    assert card_ids(page) == []


def assert_results_without_a_trace(someone: Visitor, server: str) -> None:
    """Groups are drawn within the window, and no answer is in the URL, in a link or in anything that was asked for."""
    page = someone.page
    for heading in (r"^还差信息（\d+项）", r"^不符合（\d+项）", r"^45项承诺里跟您有关的（\d+项）"):
        expect(page.get_by_role("heading", name=re.compile(heading))).to_be_visible()
    assert page.url == f"{server}/checkup?as_of={DAY}"
    assert not someone.overflows()
    specs = default_rulebook().facts.specs
    links = page.eval_on_selector_all("[data-testid=stMain] a", "links => links.map(link => link.href)")
    assert not [link for link in links if re.search(rf"[?&]({'|'.join(specs)})=", link)]
    queries = [unquote(urlsplit(url).query) for url in someone.requested]
    assert not [query for query in queries if re.search("钟祥|企业|C34|45|800", query)]


def test_six_answers_on_a_phone_give_groups_and_clearing_forgets_them_for_good(server, visitor):
    someone = visitor(server, PHONE)
    someone.open("checkup", as_of=DAY)
    answer_six(someone)
    someone.pill("贷款融资")
    assert_results_without_a_trace(someone, server)

    page = someone.page
    page.get_by_role("button", name=re.compile("全部清空")).click()
    expect(page.get_by_text("答一个问题就开始出结果。")).to_be_visible()
    expect(page.locator(CHOSEN)).to_have_count(0)
    someone.pill("个体工商户")
    expect(page.get_by_text("您大约能得到")).to_be_visible()
    expect(page.locator(CHOSEN)).to_have_text(["个体工商户"])
    assert page.get_by_role("textbox", name=re.compile("一年营业收入大约多少")).input_value() == ""
    assert page.get_by_role("spinbutton", name=re.compile("一共有多少人干活")).input_value() == ""


def test_six_answers_at_a_desk_give_groups_that_can_be_taken_along_and_printed(server, visitor, tmp_path):
    someone = visitor(server, DESK)
    someone.open("checkup", as_of=DAY)
    answer_six(someone)
    assert_results_without_a_trace(someone, server)

    page = someone.page
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("下载 Excel")).click()
    assert download.value.suggested_filename == f"政策体检_{DAY}.xlsx"
    download.value.save_as(tmp_path / "results.xlsx")
    book = load_workbook(tmp_path / "results.xlsx")
    names = {row[0] for row in book["政策"].iter_rows(min_row=2, values_only=True)}
    assert names == {compiled.measure.name for compiled in default_rulebook().measures}
    answers = dict(row[:2] for row in book["我的回答"].iter_rows(min_row=2, values_only=True))
    assert answers["从业人数"] == "45人"

    page.get_by_role("link", name=re.compile("打印版")).click()
    expect(page.locator("h1")).to_have_text(f"政策体检结果（{DAY}）")
    expect(page.get_by_text("从业人数：45人")).to_be_visible()
    assert_prints_without_controls(page)
    page.get_by_role("link", name=re.compile("回到政策体检")).click()
    expect(page.locator("h1")).to_have_text("政策体检")
    expect(page.get_by_role("spinbutton", name=re.compile("一共有多少人干活"))).to_have_value("45")


def assert_prints_without_controls(page: Page) -> None:
    controls = page.locator(".st-key-print-controls")
    expect(controls).to_be_visible()
    page.emulate_media(media="print")
    for hidden in (
        page.locator("[data-testid=stHeader]"),
        controls,
        page.locator(".st-key-day"),
        page.locator(".st-key-foot"),
    ):
        expect(hidden).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    assert len(page.pdf()) > 10_000
    page.emulate_media(media="screen")


def test_another_day_is_chosen_in_the_picker_and_stands_in_the_url(server, visitor):
    someone = visitor(server, DESK)
    someone.open("no-application", as_of=DAY)
    page = someone.page
    page.get_by_role("button", name=re.compile("的政策")).first.click()
    page.locator("[data-testid=stDateInputField] [role=spinbutton]").first.click()
    page.keyboard.type("20250630")
    page.get_by_role("button", name="30").last.click()
    expect(page).to_have_url(f"{server}/no-application?as_of=2025-06-30")


def test_the_http_interface_answers_from_the_same_server(server, visitor):
    someone = visitor(server, DESK)
    answer = someone.page.request.get(f"{server}/api/v1/measures/nothere")
    assert (answer.status, set(answer.json())) == (404, {"error"})
    found = someone.page.request.post(f"{server}/api/v1/assess?as_of={DAY}", data={"employees": 12}).json()
    assert found["as_of"] == DAY
    someone.page.goto(f"{server}/api/docs")
    expect(someone.page.get_by_text("荆策通接口")).to_be_visible()
    expect(
        someone.page.locator("#operations-default-assess_profile_v1_assess_post, .opblock-post").first
    ).to_be_visible()
