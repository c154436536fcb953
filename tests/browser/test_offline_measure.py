"""One measure on a phone without a network: each condition in words, what to bring and whom to ring, and no markup of anybody runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from navigator.matching import assess
from navigator.matching.language import Value
from navigator.matching.portable import program
from navigator.matching.rulebook import RuleBook
from navigator.visitpack import rules
from tests.browser.scripts import page_without_network
from tests.matching.worlds import DAY, make_measure, make_rulebook, money

_LOAD = """async () => {
    const { evaluate } = await import('/evaluate.js');
    const { showMeasure } = await import('/conditions.js');
    window.draw = ({ program, details, facts, enterprise, day, id }) => {
        const result = evaluate(program, enterprise, day).measures.find((one) => one.id === id);
        document.querySelector('main').replaceChildren(showMeasure(details[id], result, facts));
    };
}"""
EVIL = "</script><img src=x onerror='window.hurt = 1'><b>粗</b>"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with page_without_network(browser, _LOAD) as opened:
        yield opened


def draw(page: Page, rulebook: RuleBook, measure: str, enterprise: dict[str, Value]) -> str:
    """The page of one measure for one enterprise; gives what is written on it."""
    pack: dict[str, Any] = rules(rulebook, DAY) | {"program": program(rulebook), "id": measure}
    text = json.dumps(pack | {"enterprise": enterprise, "day": DAY.isoformat()}, default=str)
    page.evaluate("(pack) => window.draw(JSON.parse(pack))", text)
    return page.locator("main").inner_text()


def test_each_condition_is_told_in_words_with_what_is_known_and_its_source(page):
    rulebook = make_rulebook(
        make_measure(
            "m",
            "ip_count >= 10",
            "entity_type = '企业'",
            "revenue > 5",
            benefit=money("ip_count * 1000", "at_most", "年"),
        )
    )
    written = draw(page, rulebook, "m", {"ip_count": 9, "entity_type": "企业"})
    lines = written.split("\n")
    assert lines[0] == "✕ 条件不符合　随时可办"
    assert "✕ 不满足　条件1" in lines and "✓ 满足　条件2" in lines and "？ 未知　条件3" in lines
    assert "知识产权总数：9件；依据：文号1" in lines
    assert "最多 9,000元／年" in lines
    (result,) = assess({"ip_count": 9, "entity_type": "企业"}, DAY, rulebook).measures
    assert result.near_miss[0].need == 10
    assert "知识产权总数要到 10件，现在 9件，差 1件" in lines


def test_what_to_bring_where_and_whom_to_ring_are_on_the_phone(page):
    apply = {
        "where": "市人社局窗口",
        "materials": ["营业执照"],
        "deadline": "每年9月底前",
        "windows": [],
        "phone": "0724-1234567",
    }
    rulebook = make_rulebook(make_measure("m", "employees > 0", apply=apply, confirm=["没有欠费"]))
    written = draw(page, rulebook, "m", {})
    for said in ("市人社局窗口", "营业执照", "每年9月底前", "没有欠费", "还差的信息"):
        assert said in written
    assert page.get_by_role("link", name="0724-1234567").get_attribute("href") == "tel:07241234567"
    assert page.evaluate("() => document.documentElement.scrollWidth <= 375")


def test_markup_in_a_pack_is_shown_as_text_and_a_strange_address_leads_nowhere(page):
    source = {"document": EVIL, "title": EVIL, "issuer": EVIL, "issued": None, "links": ["javascript:window.hurt=1//"]}
    rulebook = make_rulebook(
        make_measure("m", "employees > 0", name=EVIL, summary=EVIL, note=EVIL, source=source, confirm=[EVIL])
    )
    written = draw(page, rulebook, "m", {"employees": 3})
    assert written.count(EVIL) >= 4
    assert page.locator("main img, main b, main script").count() == 0
    assert page.locator("main a[href^=javascript]").count() == 0
    assert page.evaluate("() => window.hurt") is None


def test_every_measure_can_be_drawn_for_an_enterprise_of_which_nothing_is_known(page, rulebook):
    pack = rules(rulebook, DAY) | {"enterprise": {}, "day": DAY.isoformat()}
    written = page.evaluate(
        """(text) => {
            const pack = JSON.parse(text);
            return Object.keys(pack.details).map((id) => {
                window.draw({ ...pack, id });
                return document.querySelector('main').innerText;
            });
        }""",
        json.dumps(pack, default=str),
    )
    assert len(written) == len(rulebook.measures)
    assert not [one for one in written if "undefined" in one or "null" in one or "[object" in one or "NaN" in one]
