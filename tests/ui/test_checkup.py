"""政策体检: answers become results at once; what is not answered stays unknown; nothing leaves the session."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from navigator.matching.assess import assess
from navigator.matching.groups import group_results
from navigator.matching.rulebook import default_rulebook
from navigator.ui.ask import industry_label, industry_options
from navigator.ui.words import plain
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, link_parameters

FACTORY = {
    "region": "钟祥市",
    "entity_type": "企业",
    "industry": "C34",
    "employees": 45,
    "revenue": 8_000_000,
    "taxpayer_type": "一般纳税人",
}
FACTS = default_rulebook().corpus.facts


def box(page: AppTest, name: str) -> Any:
    """The widget that asks for a fact."""
    asked = (
        *page.pills,
        *page.segmented_control,
        *page.selectbox,
        *page.number_input,
        *page.text_input,
        *page.text_area,
        *page.date_input,
    )
    return next(widget for widget in asked if re.fullmatch(rf"ask:\d+:{name}", widget.key or ""))


def answer(page: AppTest, name: str, value: Any) -> None:
    """Give an answer the way its widget takes it."""
    box(page, name).set_value(value)


def answer_six(page: AppTest) -> None:
    for name in ("region", "entity_type", "industry", "employees", "taxpayer_type"):
        answer(page, name, FACTORY[name])
    answer(page, "revenue", "800万")


def answers(page: AppTest) -> dict[str, Any]:
    return page.session_state["profile"]


def click(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click()


def test_six_answers_and_the_plans_give_groups_and_a_total(open_page, rerun):
    page = open_page("checkup")
    answer_six(page)
    box(page, "intent").set_value(["plans_loan", "plans_hiring"])
    rerun(page)

    plans = {name: name in ("plans_loan", "plans_hiring") for name in FACTS.intent.facts}
    assert answers(page) == {**FACTORY, **plans}
    found = assess(answers(page), TODAY)
    shown = headings(page)
    assert "您大约能得到" in shown
    for group in group_results(found):
        if group.results:
            assert f"{group.name}（{len(group.results)}项）" in shown
        for result in group.results:
            assert f"**{result.measure.name}**" in [label.replace("\\", "") for label in labels(page)]
    assert f"45项承诺里跟您有关的（{len(found.commitments)}项）" in shown


def test_what_is_not_answered_stays_unknown(open_page, rerun):
    page = open_page("checkup")
    answer(page, "entity_type", "个体工商户")
    rerun(page)
    assert answers(page) == {"entity_type": "个体工商户"}
    assert any(heading.startswith("还差信息") for heading in headings(page))


def test_an_answer_can_be_taken_back(open_page, rerun):
    page = open_page("checkup")
    answer_six(page)
    rerun(page)
    for name in ("region", "industry", "employees"):
        answer(page, name, None)
    answer(page, "revenue", "  ")
    rerun(page)
    assert answers(page) == {"entity_type": "企业", "taxpayer_type": "一般纳税人"}


def test_no_plans_at_all_is_an_answer_too(open_page, rerun):
    page = open_page("checkup")
    box(page, "intent").set_value(["plans_loan", "none"])
    rerun(page)
    assert answers(page) == dict.fromkeys(FACTS.intent.facts, False)
    assert box(page, "intent").value == ["none"]
    box(page, "intent").set_value(["none", "plans_loan"])
    rerun(page)
    assert answers(page)["plans_loan"] is True
    box(page, "intent").set_value([])
    rerun(page)
    assert answers(page) == {}


def test_clearing_forgets_everything(open_page, rerun):
    page = open_page("checkup")
    answer_six(page)
    box(page, "intent").set_value(["plans_loan"])
    rerun(page)
    answer(page, "revenue", "一百二")
    rerun(page)
    click(page, "全部清空，重新来")
    rerun(page)
    assert answers(page) == {}
    assert not page.error
    assert [box.value for box in page.info] == ["答一个问题就开始出结果。"]
    assert [box(page, name).value for name in FACTORY] == [None, None, None, None, "", None]
    assert box(page, "intent").value == []


@pytest.mark.parametrize("written", ["一百二", "12万3", "很多", "1e5", "--5", "-5万", "NaN", "$x$ *a* <b>"])
def test_an_amount_that_cannot_be_read_gets_one_sentence_and_costs_nothing(open_page, rerun, written):
    page = open_page("checkup")
    answer_six(page)
    rerun(page)
    answer(page, "revenue", written)
    rerun(page)
    assert len(page.error) == 1
    assert page.error[0].value.startswith("年营业收入：")
    assert written == "-5万" or plain(f"“{written}”") in page.error[0].value
    assert answers(page) == FACTORY
    assert box(page, "revenue").value == written
    answer(page, "revenue", "120万")
    rerun(page)
    assert not page.error
    assert answers(page)["revenue"] == 1_200_000


def test_a_sentence_about_an_amount_is_gone_when_the_visitor_comes_back(open_page, rerun):
    page = open_page("checkup", FACTORY)
    answer(page, "revenue", "一百二")
    rerun(page)
    page.switch_page("../../pages/enterprise/commitments.py")
    rerun(page)
    page.switch_page("../../pages/enterprise/checkup.py")
    rerun(page)
    assert not page.error
    assert box(page, "revenue").value == "8,000,000"


def test_answers_stay_while_the_visitor_looks_at_other_pages(open_page, rerun):
    page = open_page("checkup")
    answer_six(page)
    box(page, "intent").set_value(["plans_loan"])
    rerun(page)
    before = dict(answers(page))
    for name in ("search", "no_application", "print", "checkup"):
        page.switch_page(f"../../pages/enterprise/{name}.py")
        rerun(page)
    assert answers(page) == before
    assert box(page, "region").value == "钟祥市"
    assert box(page, "employees").value == 45
    assert box(page, "intent").value == ["plans_loan"]


def test_further_questions_come_are_answered_and_stay_to_be_changed(open_page, rerun):
    page = open_page("checkup", FACTORY)
    asked = {*FACTS.checkup, *FACTS.intent.facts}
    expected = [question.fact for question in assess(FACTORY, TODAY).questions if question.fact not in asked][:3]
    assert len(expected) == 3
    specs = {spec.name: spec for spec in FACTS.facts}
    name = expected[0]
    first, second = _TWO_ANSWERS[specs[name].type](specs[name])
    answer(page, name, first)
    rerun(page)
    once = answers(page)[name]
    assert any(expander.label.startswith("已补充的 1 项") for expander in page.expander)
    answer(page, name, second)
    rerun(page)
    assert answers(page)[name] not in (None, once)


_TWO_ANSWERS = {
    "bool": lambda spec: ("否", "是"),
    "choice": lambda spec: (spec.values[0], spec.values[1]),
    "count": lambda spec: (1, 2),
    "money": lambda spec: ("3600", "120万"),
    "percent": lambda spec: ("3", "5"),
    "number": lambda spec: ("3", "5"),
}


def test_a_domain_that_is_none_of_ones_business_folds_away_and_comes_back(open_page, rerun):
    page = open_page("checkup", FACTORY)
    before = everything(page)
    button = next(one for one in page.button if (one.key or "").startswith("hide:"))
    domain = button.key.split(":")[2]
    gone = [
        result.measure.name
        for result in assess(FACTORY, TODAY).measures
        if result.measure.domain == domain and result.status in ("eligible", "needs_info", "not_eligible")
    ]
    button.click()
    rerun(page)
    after = [label.replace("\\", "") for label in labels(page)]
    assert f"已收起：{domain}" in everything(page)
    assert gone
    assert not {f"**{name}**" for name in gone} & set(after)
    click(page, "都放回来")
    rerun(page)
    assert everything(page) == before


def test_no_answer_ever_reaches_the_url_or_a_link(open_page, rerun):
    page = open_page("checkup", as_of="2026-10-01")
    answer_six(page)
    box(page, "intent").set_value(["plans_loan", "plans_export"])
    rerun(page)
    for _ in range(6):
        for widget in [*page.segmented_control, *page.pills]:
            if widget.key and widget.key.startswith("ask:") and not widget.value:
                widget.set_value(widget.options[0])
        for widget in page.text_input:
            if widget.key and widget.key.startswith("ask:") and not widget.value:
                widget.set_value("37")
        for widget in page.number_input:
            if widget.value is None:
                widget.set_value(3)
        rerun(page)
        assert page.query_params == {"as_of": "2026-10-01"}
        assert {name for parameters in link_parameters(page) for name in parameters} <= {"id", "n", "q", "as_of"}
    assert len(answers(page)) > len(FACTORY) + len(FACTS.intent.facts) + 6


def test_answers_that_contradict_each_other_are_pointed_out_and_still_count(open_page):
    page = open_page("checkup", {**FACTORY, "size_class": "大型"})
    assert any("企业规模" in box.value and "请核对" in box.value for box in page.warning)
    assert page.session_state["profile"]["size_class"] == "大型"


@pytest.mark.parametrize("word", ["面馆", "货运", "机械"])
def test_the_industry_box_finds_everyday_words(word):
    assert any(word in industry_label(code) for code in industry_options())


def test_results_can_be_taken_along(open_page):
    page = open_page("checkup", FACTORY)
    packages = ["一企一策 PDF", "一企一策 Word", "一企一策 Excel"]
    assert [button.label for button in page.download_button] == ["下载 Excel", *packages]
    assert any(label == "打印版" for label in labels(page))


def say(page: AppTest, text: str) -> None:
    box(page, "sentence").set_value(text)
    click(page, "看看听懂了什么")


def test_a_sentence_fills_only_what_was_said_and_only_after_a_yes(open_page, rerun):
    page = open_page("checkup")
    say(page, "我在钟祥开面馆，4个人，一年卖90万")
    rerun(page)
    heard = [checkbox.label for checkbox in page.checkbox]
    assert answers(page) == {}
    assert any("钟祥市" in label for label in heard)
    next(checkbox for checkbox in page.checkbox if "钟祥市" in checkbox.label).set_value(False)
    click(page, "就按这些填")
    rerun(page)
    assert answers(page)["employees"] == 4
    assert answers(page)["revenue"] == 900_000
    assert "region" not in answers(page)
    assert box(page, "employees").value == 4
    assert box(page, "revenue").value == "900,000"


def test_a_sentence_without_facts_gets_one_sentence(open_page, rerun):
    page = open_page("checkup")
    say(page, "今天天气真好 $x$ *a*")
    rerun(page)
    assert any("没有听出能填的内容" in info.value for info in page.info)
    assert answers(page) == {}


def test_clearing_forgets_the_sentence_too(open_page, rerun):
    page = open_page("checkup", {"entity_type": "企业"})
    say(page, "我在钟祥开面馆，4个人")
    rerun(page)
    click(page, "全部清空，重新来")
    rerun(page)
    assert not page.checkbox
    assert box(page, "sentence").value == ""
