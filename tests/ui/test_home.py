"""首页: a question goes to the search with its words in the URL; the counts are those of the corpus."""

from __future__ import annotations

from navigator.matching.dates import period
from navigator.matching.rulebook import default_rulebook
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, link_parameters


def test_a_question_leads_to_the_search_and_keeps_the_day(open_page, rerun, index):
    page = open_page("", as_of="2026-10-01")
    page.text_input[0].set_value("  摆摊的能少交税吗 ")
    next(button for button in page.button if button.label == "找政策").click()
    rerun(page)
    assert [title.value for title in page.title] == ["找政策"]
    assert page.query_params == {"q": "摆摊的能少交税吗", "as_of": "2026-10-01"}
    assert page.text_input(key="q").value == "摆摊的能少交税吗"


def test_an_empty_question_stays_on_the_home_page(open_page, rerun):
    page = open_page("")
    page.text_input[0].set_value("   ")
    next(button for button in page.button if button.label == "找政策").click()
    rerun(page)
    assert page.title[0].value.startswith("荆策通")


def test_the_counts_are_those_of_the_corpus(open_page):
    corpus = default_rulebook().corpus
    shown = everything(open_page(""))
    in_force = sum(period(measure, TODAY) == "in_force" for measure in corpus.measures)
    assert f"在有效期内的政策 {in_force} 项" in shown
    assert f"{sum(len(item.targets) for item in corpus.commitments)} 个写明的数字" in shown


def test_example_questions_are_links_with_the_question(open_page):
    asked = [parameters["q"][0] for parameters in link_parameters(open_page("")) if "q" in parameters]
    assert len(asked) == 4
    assert "贷款利息太高" in asked
