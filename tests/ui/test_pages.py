"""Every page, whoever comes and with whatever link: one title, the foot, a friendly sentence at most, never an exception."""

from __future__ import annotations

import re

import pytest

from navigator.matching.rulebook import default_rulebook
from tests.ui.seen import everything, link_parameters, notices

PATHS = (
    "", "search", "checkup", "no-application", "commitments", "progress", "library", "platforms", "open-data", "measure", "print",
    "ask", "calendar",
)  # fmt: skip
PROFILES = {
    "nothing known": None,
    "a stall": {"entity_type": "个体工商户", "region": "掇刀区", "industry": "H62", "employees": 2},
    "a factory": {
        "entity_type": "企业",
        "region": "钟祥市",
        "industry": "C34",
        "employees": 45.0,
        "revenue": 8_000_000.0,
        "taxpayer_type": "一般纳税人",
        "plans_loan": True,
    },
    "answers that contradict": {"entity_type": "个体工商户", "is_high_tech_enterprise": True, "size_class": "大型"},
}
NOWHERE = {"id": "nothere", "n": "99", "kind": "xyz", "p": "99", "as_of": ["2025-06-30", "2024-06-30"], "x": "y"}
NONSENSE = (
    *((path, NOWHERE) for path in PATHS),
    ("measure", {}),
    ("measure", {"id": ["tax-hnte-15", "nothere"]}),
    ("measure", {"id": "<script>alert(1)</script>"}),
    ("measure", {"id": "请登录 http://example.com 领钱"}),
    ("commitments", {"n": "²"}),
    ("commitments", {"n": "9" * 5000}),
    ("commitments", {"n": "-1"}),
    ("search", {"domain": "xyz", "delivery": ["a", "b"], "level": "", "valid": "maybe"}),
    ("search", {"p": "abc"}),
    *(
        (path, given)
        for path in ("library", "platforms")
        for given in ({"p": "abc"}, {"p": "-1"}, {"p": "99"}, {"text": "<script>alert(1)</script>"})
    ),
    ("library", {"status": "xyz", "level": ["国家", "火星"], "commitment": "99", "money": "", "order": "xyz"}),
    ("platforms", {"who": "火星人", "serve": "xyz", "commitment": ["1", "x"]}),
    ("search", {"p": "-1"}),
    ("search", {"q": " "}),
    ("checkup", {"employees": "12", "ask:region": "钟祥市", "q": "0"}),
)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_draws_for_any_visitor(open_page, path, profile):
    page = open_page(path, profile)
    assert len(page.title) == 1
    assert "不代替主管部门的决定" in everything(page)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("as_of", ["2009-01-01", "2025-06-30", "2035-12-31"])
def test_a_page_draws_on_any_day(open_page, path, as_of):
    page = open_page(path, PROFILES["a factory"], as_of=as_of)
    assert len(page.title) == 1
    assert not page.error


@pytest.mark.parametrize(("path", "parameters"), NONSENSE, ids=lambda given: str(given)[:40])
def test_a_page_bears_a_link_that_makes_no_sense(open_page, path, parameters):
    page = open_page(path, PROFILES["a stall"], **parameters)
    assert len(page.title) == 1
    assert not page.error
    assert not re.search(r"alert\(1\)|example\.com", everything(page))


@pytest.mark.parametrize(
    ("path", "given"),
    [*((path, "abc") for path in PATHS), ("", "1900-01-01"), ("measure", "2026-02-30"), ("checkup", "")],
)
def test_a_day_that_cannot_be_read_is_answered_with_one_sentence_and_today(open_page, path, given):
    page = open_page(path, PROFILES["a stall"], as_of=given)
    told = [text for text in notices(page) if "链接里的日子用不上" in text]
    assert len(told) == 1
    assert "2026-11-23" in told[0]


@pytest.mark.parametrize("path", PATHS)
def test_the_day_of_the_link_is_on_the_page_and_in_its_links_at_once(open_page, path):
    page = open_page(path, PROFILES["a factory"], as_of="2025-06-30", id="tax-hnte-15")
    assert page.date_input(key="as_of").value.isoformat() == "2025-06-30"
    found = link_parameters(page)
    assert found
    assert all(parameters.get("as_of") == ["2025-06-30"] for parameters in found)


@pytest.mark.parametrize("path", PATHS)
def test_links_never_carry_a_fact(open_page, path):
    page = open_page(path, PROFILES["a factory"], id="tax-hnte-15")
    names = {name for parameters in link_parameters(page) for name in parameters}
    assert names <= {"id", "n", "q", "commitment", "as_of"}
    assert not names & set(default_rulebook().facts.specs)


def test_facts_in_a_link_are_not_taken_for_answers(open_page):
    page = open_page("checkup", employees="12", region="钟祥市", **{"ask:region": "钟祥市"})
    assert page.session_state["profile"] == {}


@pytest.mark.parametrize("measure", [compiled.measure for compiled in default_rulebook().measures], ids=lambda m: m.id)
def test_every_measure_has_a_page(open_page, measure):
    page = open_page("measure", PROFILES["a factory"], id=measure.id)
    assert [title.value.replace("\\", "") for title in page.title] == [measure.name]
    assert {"能得到什么", "要符合什么", "怎么办", "依据"} <= {heading.value for heading in page.subheader}


@pytest.mark.parametrize("number", [1, 13, 26, 45])
def test_every_commitment_has_a_link_of_its_own(open_page, number):
    page = open_page("commitments", n=str(number))
    assert len(page.expander) == 1
    assert page.expander[0].label.startswith(f"**{number}　")
    assert page.expander[0].proto.expanded
