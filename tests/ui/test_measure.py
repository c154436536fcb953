"""政策详情: what a measure gives, for whom line by line, how to get it, and where that is written."""

from __future__ import annotations

from datetime import date

import pytest

from navigator import feedback
from navigator.matching.assess import assess
from navigator.matching.rulebook import default_rulebook
from navigator.papers import fewer_papers
from navigator.ui.remarks import places_of
from navigator.ui.words import plain
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, link_parameters

SMALL_FIRM = {
    "entity_type": "企业",
    "employees": 45.0,
    "total_assets": 9_000_000.0,
    "taxable_income": 1_000_000.0,
    "restricted_industry": False,
}


def test_a_link_to_a_measure_that_does_not_exist_ends_in_one_sentence_and_a_way_on(open_page):
    page = open_page("measure", id="nothere")
    assert [title.value for title in page.title] == ["没有找到这项政策"]
    assert "去找政策" in labels(page)


def test_without_answers_the_conditions_are_a_list(open_page):
    measure = default_rulebook().by_id["tax-small-low-profit-cit"].measure
    shown = everything(open_page("measure", id=measure.id))
    assert all(f"- {plain(condition.text)}" in shown for condition in measure.conditions)
    assert "答几个问题，看自己符不符合" in shown


def test_with_answers_each_condition_shows_its_outcome_and_the_amount(open_page):
    page = open_page("measure", SMALL_FIRM, id="tax-small-low-profit-cit", as_of="2026-11-23")
    result = next(
        one for one in assess(SMALL_FIRM, date(2026, 11, 23)).measures if one.measure.id == "tax-small-low-profit-cit"
    )
    assert result.status == "eligible"
    shown = everything(page)
    assert shown.count("check_circle: 满足") == len(result.conditions)
    assert "20万元" in shown
    assert "45人" in shown


def test_a_condition_that_fails_and_one_that_is_unknown_say_so(open_page):
    page = open_page(
        "measure", {"entity_type": "企业", "employees": 301}, id="tax-small-low-profit-cit", as_of="2026-11-23"
    )
    shown = everything(page)
    assert "cancel: 不满足" in shown
    assert "help: 未知" in shown
    assert "301人" in shown


def test_every_source_is_linked_and_every_point_to_confirm_is_listed(open_page):
    for compiled in default_rulebook().measures[:8]:
        measure = compiled.measure
        shown = everything(open_page("measure", id=measure.id))
        assert all(f"]({address})" in shown for address in measure.source.links)
        assert all(f"- {plain(line)}" in shown for line in measure.confirm)


def test_an_ended_measure_says_since_when(open_page):
    ended = next(one.measure for one in default_rulebook().measures if one.measure.in_force.to == date(2025, 12, 31))
    page = open_page("measure", id=ended.id, as_of="2026-11-23")
    assert any("有效期到 2025-12-31" in box.value for box in page.info)
    assert not any("有效期到" in box.value for box in open_page("measure", id=ended.id, as_of="2025-12-31").info)


def test_old_and_new_versions_link_to_each_other(open_page):
    rulebook = default_rulebook()
    new = next(one.measure for one in rulebook.measures if one.measure.replaces)
    old = new.replaces[0]
    assert {"id": [old]} in link_parameters(open_page("measure", id=new.id))
    page = open_page("measure", id=old)
    assert {"id": [new.id]} in link_parameters(page)
    assert any(label.startswith("已被取代") for label in labels(page))


@pytest.mark.parametrize(
    "linked", [one.measure for one in default_rulebook().measures if one.measure.commitments][:3], ids=lambda m: m.id
)
def test_a_measure_links_to_the_commitments_it_fulfils(open_page, linked):
    page = open_page("measure", id=linked.id)
    found = {parameters["n"][0] for parameters in link_parameters(page) if "n" in parameters}
    spared = {one.rule.commitment for one in fewer_papers(default_rulebook().corpus, linked, TODAY)}
    assert found == {str(number) for number in {*linked.commitments, *spared}}
    assert "依据" in headings(page)


def test_what_is_wrong_is_kept_with_its_place_and_nothing_of_the_visitor(open_page, rerun, monkeypatch, tmp_path):
    monkeypatch.setattr(feedback, "feedback_file", lambda: tmp_path / "feedback.jsonl")
    page = open_page("measure", {**SMALL_FIRM, "employees": 4711.0}, id="tax-small-low-profit-cit")
    page.radio(key="wrong:tax-small-low-profit-cit:place").set_value("conditions/2")
    page.text_area[0].set_value("人数写错了")
    next(button for button in page.button if button.label == "交给工作人员").click()
    rerun(page)
    (kept,) = feedback.read_feedback()
    assert (kept.kind, kept.subject, kept.remark) == (
        "wrong",
        "measure:tax-small-low-profit-cit#conditions/2",
        "人数写错了",
    )
    assert "4711" not in (tmp_path / "feedback.jsonl").read_text(encoding="utf-8")
    assert "记下了，工作人员会看。谢谢！" in everything(page)


def test_every_line_of_every_measure_can_be_named_as_wrong(rulebook):
    for compiled in rulebook.measures:
        measure = compiled.measure
        places = places_of(measure)
        lines = [f"conditions/{at}" for at in range(len(measure.conditions))] + [
            f"confirm/{at}" for at in range(len(measure.confirm))
        ]
        assert {"", *lines, "benefit", "apply/materials", "apply", "in_force", "source"} == set(places)
        assert len(set(places.values())) == len(places)


def test_papers_that_may_be_left_out_are_shown_with_the_plans_words_and_that_one_must_ask(open_page):
    page = open_page("measure", id="soc-startup-onetime-5000")
    (box,) = [one for one in page.expander if "少带材料" in one.label]
    assert "免证办" in box.label
    shown = everything(page)
    assert "身份证、营业执照" in shown
    assert "征求意见稿" in shown
    assert "实现高频政务服务事项" in shown
    assert not [one for one in open_page("measure", id="fin-hb-301").expander if "少带材料" in one.label]


def test_a_measure_links_to_its_platforms(open_page, rulebook):
    platform = next(one for one in rulebook.corpus.platforms if one.measures)
    page = open_page("measure", id=platform.measures[0])
    assert {"id": [platform.id]} in link_parameters(page)


def test_a_picture_to_share_is_offered(open_page):
    page = open_page("measure", id="tax-hnte-15")
    assert "分享图片" in [button.label for button in page.get("download_button")]
