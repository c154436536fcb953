"""找政策: question, filters and page stand in the URL; what was also looked for is shown and can be dropped."""

from __future__ import annotations

import pytest

from navigator import feedback, search
from navigator.matching.dates import period
from navigator.matching.rulebook import default_rulebook
from navigator.retrieval.library import SearchResult
from navigator.ui.words import typed
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
    chips = {"measure": "国家", "commitment": "承诺", "platform": "平台和机制", "clause": "条文"}
    shown = everything(page)
    assert [other for other, word in chips.items() if f": {word}]" in shown] == [kind]


def test_filters_keep_only_what_fits(open_page, rerun, index):
    corpus = default_rulebook().corpus
    page = open_page("search", q="补贴")
    page.get_by_key("delivery").set_value(["申请审核"])
    page.toggle(key="valid").set_value(True)
    rerun(page)
    found = [corpus.measure_by_id[one] for one in measure_ids(page)]
    assert found
    assert all(measure.delivery == "申请审核" and period(measure, TODAY) == "in_force" for measure in found)


def test_without_a_question_the_library_is_offered_instead_of_a_second_list(open_page):
    page = open_page("search")
    assert measure_ids(page) == []
    assert any(label.startswith("翻政策库（") for label in labels(page))
    assert any(label.startswith("翻平台和机制（") for label in labels(page))


def test_a_filter_that_makes_no_sense_is_told_in_one_sentence(open_page):
    assert "链接里有一个筛选看不懂，没有用上。" in notices(open_page("search", kind="xyz"))
    assert "链接里有一个筛选看不懂，没有用上。" in notices(open_page("search", domain=["税费减免", "算命"]))


def test_markdown_in_a_question_is_text_where_nothing_is_found(open_page, monkeypatch, index):
    asked = "$x$ *a* [b](c) <script> &lt; :red[d] `e` #f ~g~ 1|2"
    monkeypatch.setattr(index, "search", lambda *given, **named: SearchResult((), (), False))
    page = open_page("search", q=asked)
    assert [box.value for box in page.info] == [f"没有找到正好说“{typed(asked)}”的内容。"]
    assert "12345" in everything(page)


@pytest.mark.parametrize("word", ["贷款", "招人", "电费", "补贴", "出口"])
def test_a_single_plain_word_is_an_answerable_question(open_page, index, word):
    assert not open_page("search", q=word).info


def test_what_nobody_wrote_about_gets_the_nearest_topics_as_such(open_page, index):
    page = open_page("search", q="量子纠缠怎么办")
    assert [box.value for box in page.info] == ["没有找到正好说“量子纠缠怎么办”的内容。"]
    assert "**最接近的话题**（不一定是您要的）" in everything(page)
    assert "badge[" not in everything(page)


def test_pinyin_and_wrong_characters_are_read_as_meant_and_that_can_be_undone(open_page, rerun, index):
    page = open_page("search", q="daikuan")
    read = next(text.value for text in page.markdown if "当作" in text.value)
    assert read == ":material/spellcheck: 把“daikuan”当作“贷款”来找"
    next(button for button in page.button if button.label == "就按我写的找").click()
    rerun(page)
    assert "当作" not in everything(page)
    next(button for button in page.button if button.label == "帮我改错字和拼音").click()
    rerun(page)
    assert "当作" in everything(page)


def test_a_remark_goes_to_the_office_with_the_question_and_no_fact(open_page, rerun, index, monkeypatch, tmp_path):
    monkeypatch.setattr(feedback, "feedback_file", lambda: tmp_path / "feedback.jsonl")
    page = open_page("search", {"employees": 4711, "entity_type": "个体工商户"}, q=STALL)
    page.text_area[0].set_value("想问城管收不收摊")
    next(button for button in page.button if button.label == "交给工作人员").click()
    rerun(page)
    (kept,) = feedback.read_feedback()
    assert (kept.kind, kept.query, kept.remark) == ("not_wanted", STALL, "想问城管收不收摊")
    assert "4711" not in (tmp_path / "feedback.jsonl").read_text(encoding="utf-8")
    assert "记下了，工作人员会看。谢谢！" in everything(page)


@pytest.mark.parametrize(
    "asked", ["$x$ *a* [b](c) <script>", "'; DROP TABLE", "？？？", "\U0001f600", "a" * 3000, "摆摊" * 99]
)
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
