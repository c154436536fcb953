"""找政策: question, filters and page stand in the URL; what was also looked for is shown and can be dropped."""

from __future__ import annotations

import pytest

from navigator import search
from navigator.matching.dates import period
from navigator.matching.rulebook import default_rulebook
from navigator.ui.words import plain
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, labels, link_parameters, notices

STALL = "摆摊的能少交税吗"
STALL_MEASURES = {"tax-selfemployed-iit-half", "tax-vat-threshold-small"}


def measure_ids(page) -> list[str]:
    """The measures of the cards, in order."""
    return [parameters["id"][0] for parameters in link_parameters(page) if "id" in parameters]


def dropping_buttons(page) -> list:
    return [button for button in page.button if (button.key or "").startswith("drop:")]


def test_everyday_words_find_the_measure_among_the_first_five(open_page, index):
    page = open_page("search", q=STALL)
    assert STALL_MEASURES & set(measure_ids(page)[:5])
    assert "个体工商户" in [button.label for button in dropping_buttons(page)]


def test_an_expansion_can_be_dropped_and_brought_back(open_page, rerun, index):
    page = open_page("search", q=STALL)
    before = measure_ids(page)
    for term in [button.label for button in dropping_buttons(page)]:
        page.get_by_key(f"drop:{term}").click()
        rerun(page)
        assert term not in [button.label for button in dropping_buttons(page)]
    assert measure_ids(page) != before
    next(button for button in page.button if button.label.startswith("恢复：")).click()
    rerun(page)
    assert measure_ids(page) == before


def test_what_was_dropped_for_one_question_counts_for_another(open_page, rerun, index):
    page = open_page("search", q=STALL)
    page.get_by_key("drop:个体工商户").click()
    rerun(page)
    page.text_input(key="q").set_value("摆地摊要不要交税")
    rerun(page)
    assert "个体工商户" in [button.label for button in dropping_buttons(page)]


def test_a_link_sets_question_and_filters(open_page, index):
    given = {"q": "贷款", "kind": "政策", "delivery": "金融机构办理", "valid": "true", "as_of": "2026-10-01"}
    page = open_page("search", **given)
    assert page.text_input(key="q").value == "贷款"
    assert page.get_by_key("kind").value == "measure"
    assert page.get_by_key("delivery").value == ["金融机构办理"]
    assert page.toggle(key="valid").value is True
    assert page.query_params == given


@pytest.mark.parametrize("kind", ["measure", "commitment", "platform", "clause"])
def test_one_kind_alone_can_be_looked_for(open_page, rerun, index, kind):
    page = open_page("search", q="贷款")
    page.get_by_key("kind").set_value(kind)
    rerun(page)
    chips = {"commitment": "承诺", "platform": "平台和机制", "clause": "条文"}
    shown = everything(page)
    for other, word in chips.items():
        assert (f" {word}]" in shown) == (other == kind)
    assert bool(measure_ids(page)) == (kind == "measure")


def test_filters_keep_only_what_fits(open_page, rerun, index):
    corpus = default_rulebook().corpus
    page = open_page("search", q="补贴")
    page.get_by_key("delivery").set_value(["申请审核"])
    page.toggle(key="valid").set_value(True)
    rerun(page)
    found = [corpus.measure_by_id[one] for one in measure_ids(page)]
    assert found
    assert all(measure.delivery == "申请审核" and period(measure, TODAY) == "in_force" for measure in found)


def test_without_a_question_all_measures_are_listed_page_by_page(open_page):
    corpus = default_rulebook().corpus
    page = open_page("search")
    first = measure_ids(page)
    assert len(first) == 10
    second = measure_ids(open_page("search", p="2"))
    assert second
    assert not set(first) & set(second)
    assert f"全部政策 {len(corpus.measures)} 项" in everything(page)


def test_a_filter_that_makes_no_sense_is_told_in_one_sentence(open_page):
    assert notices(open_page("search", kind="xyz")) == ["链接里有一个筛选看不懂，没有用上。"]
    assert notices(open_page("search", domain=["税费减免", "算命"])) == ["链接里有一个筛选看不懂，没有用上。"]


def test_markdown_in_a_question_is_text_where_nothing_is_found(open_page, monkeypatch, index):
    asked = "$x$ *a* [b](c) <script> &lt; :red[d] `e` #f ~g~ 1|2"
    monkeypatch.setattr(index, "search", lambda *given, **named: type("Nothing", (), {"hits": [], "expansions": []})())
    monkeypatch.setattr(search, "_current", index)
    page = open_page("search", q=asked)
    assert [box.value for box in page.info] == [f"没有找到跟“{plain(asked)}”有关的内容。"]
    assert "12345" in everything(page)


@pytest.mark.parametrize("asked", ["$x$ *a* [b](c) <script>", "'; DROP TABLE", "？？？", "\U0001f600", "a" * 3000, "摆摊" * 99])
def test_any_question_is_answered_without_an_error(open_page, index, asked):
    page = open_page("search", q=asked)
    assert not page.error
    assert page.title[0].value == "找政策"


def test_the_first_search_ever_says_what_it_is_doing(open_page, monkeypatch, index):
    monkeypatch.setattr(search, "_current", None)
    page = open_page("search", q=STALL)
    assert [status.label for status in page.status] == ["准备好了"]
    assert measure_ids(page)


def test_with_a_profile_a_card_says_what_is_missing(open_page, index):
    page = open_page("search", {"entity_type": "个体工商户"}, q=STALL)
    shown = everything(page)
    assert "还差：" in shown or "条件符合" in shown


def test_hits_link_to_measures_and_commitments(open_page, index):
    page = open_page("search", q="承诺 贷款 续贷")
    assert any("id" in parameters for parameters in link_parameters(page))
    assert any(label.startswith("**第") for label in labels(page))
