"""A measure is written on a phone, the window is lost in the middle, and nothing typed is; a second person releases it and visitors find it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, Visitor, running_office

WHOLE = """id: jm-ginkgo-2026
name: 荆门市银杏加工补贴
level: 荆门市
domain: 产业发展
source: {document: null, title: 示例文件, issuer: null, issued: 2026-01-01, links: []}
in_force: {from: 2026-01-01, to: null, to_inferred: false, sure_until: null}
verification: partly
verification_note: 示例，没有核实。
delivery: 申请审核
summary: 加工银杏的企业可以申请补贴。
conditions:
  - {text: 不超过300人, when: employees <= 300, cite: null}
confirm: []
benefit: {kind: 补贴, text: 补贴1万元}
apply: {where: null, how: [], materials: [], deadline: null, windows: null, promised_days: null, phone: null}
replaces: []
conflicts_with: []
best_of: null
commitments: []
reviewed: []
examples:
  - {name: 刚好300人, facts: {employees: 300}, expect: eligible}
  - {name: 多一人, facts: {employees: 301}, expect: not_eligible}
  - {name: 不知道, facts: {}, expect: needs_info}
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose office has two people."""
    people = dict.fromkeys(("小甲", "小乙"), ("--role", "staff"))
    with running_office(str(tmp_path_factory.mktemp("data")), people) as address:
        yield address


def choose(visitor: Visitor, label: str, words: str) -> None:
    """Type into a select box and take what it offers, by keyboard alone."""
    box = visitor.page.get_by_role("combobox", name=label).first
    box.click()
    box.fill(words)
    visitor.page.keyboard.press("Enter")


def test_what_is_typed_on_a_phone_outlives_the_window_and_reaches_visitors(office, visitor):
    author = visitor(office, PHONE)
    author.sign_in("小甲", "draft")
    author.pill("从空白写起")
    author.type_into("textbox", "政策事项的名称", "银杏加工补贴")
    author.click("开始写")
    expect(author.page.get_by_role("heading", name="银杏加工补贴")).to_be_visible()
    author.click("加一条条件")
    choose(author, "看什么", "从业人数")
    author.type_into("textbox", "多少（人）", "三百来人")
    expect(author.page.get_by_text("还没有填完")).to_be_visible()
    author.type_into("textbox", "多少（人）", "300")
    expect(author.page.get_by_text("意思是：从业人数不超过300人")).to_be_visible()
    assert not author.overflows()
    address = author.page.url
    author.page.goto("about:blank")

    author.page.goto(address)
    author.drawn()
    expect(author.page.get_by_role("textbox", name="多少（人）")).to_have_value("300")
    expect(author.page.get_by_text("意思是：从业人数不超过300人")).to_be_visible()

    author.pill("整份和历史")
    author.type_into("textbox", "整份事项", WHOLE)
    expect(author.page.get_by_text("检查通过")).to_be_visible()
    author.pill("会惠及谁")
    expect(author.page.get_by_text("条件都符合")).to_be_visible()
    assert not author.overflows()
    author.pill("核对和发布")
    author.click("请第二个人核对发布")
    expect(author.page.get_by_text("自己写的不能自己发布")).to_be_visible()

    second = visitor(office, DESK)
    second.sign_in("小乙", address.removeprefix(f"{office}/"))
    second.pill("核对和发布")
    second.click("核对无误，发布")
    expect(second.page.get_by_text("已发布：")).to_be_visible()

    anyone = visitor(office, PHONE)
    for _ in range(20):
        anyone.open("measure", id="jm-ginkgo-2026")
        if anyone.page.get_by_text("加工银杏的企业可以申请补贴").count():
            break
        anyone.page.wait_for_timeout(1000)
    expect(anyone.page.get_by_role("heading", name="荆门市银杏加工补贴")).to_be_visible()
