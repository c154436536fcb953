"""少带材料: which of the plan's ways touch a measure, that they never promise, and that the check finds what is wrong in papers.yaml."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from navigator.matching.check import check
from navigator.matching.dates import period
from navigator.papers import fewer_papers, spared_by, touches
from navigator.settings import settings


def ways(rulebook, measure_id: str, day: date) -> dict[str, tuple[str, ...]]:
    corpus = rulebook.corpus
    return {one.rule.way: one.papers for one in fewer_papers(corpus, corpus.measure_by_id[measure_id], day)}


def test_a_licence_asked_for_at_a_government_window_may_be_left_out(rulebook, as_of):
    assert ways(rulebook, "soc-startup-onetime-5000", as_of)["免证办"] == ("身份证", "营业执照", "毕业证或外出返乡证明")


def test_hiring_graduates_is_in_the_package(rulebook, as_of):
    assert "打包办" in ways(rulebook, "soc-ss-subsidy-grad-small", as_of)


def test_a_bank_asks_for_what_it_likes(rulebook, as_of):
    corpus = rulebook.corpus
    banks = [measure for measure in corpus.measures if measure.delivery == "金融机构办理"]
    assert banks
    assert not any(fewer_papers(corpus, measure, as_of) for measure in banks)


def test_what_has_ended_spares_nothing(rulebook):
    corpus = rulebook.corpus
    touched = [m for m in corpus.measures if any(touches(rule, m) for rule in corpus.papers.rules) and m.in_force.to]
    assert touched
    for measure in touched:
        after = date(measure.in_force.to.year + 1, 12, 31)
        assert period(measure, after) == "expired"
        assert fewer_papers(corpus, measure, after) == ()


def test_only_papers_that_the_measure_asks_for_are_named(rulebook, as_of):
    corpus = rulebook.corpus
    for measure in corpus.measures:
        for one in fewer_papers(corpus, measure, as_of):
            assert set(one.papers) <= set(measure.apply.materials)
            assert one.papers == spared_by(one.rule, measure)
            assert one.rule.way in one.line
            assert f"第{one.rule.commitment}项承诺" in one.line


def test_nothing_is_promised(rulebook):
    papers = rulebook.corpus.papers
    assert "征求意见稿" in papers.caveat
    assert "12345" in papers.caveat
    for rule in papers.rules:
        assert rule.way == "免申办" or "可能" in rule.short, rule.id
        assert rule.advice.startswith("方案"), rule.id


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("“免证办”“减证办”全覆盖", "“免证办”全覆盖", "不在第32项原文里"),
        ("see: hb-ecert-free", "see: nothere", "没有政策事项 nothere"),
        ("platform: sys-099", "platform: sys-999", "没有平台 sys-999"),
        ("commitment: 32", "commitment: 99", "没有第 99 项承诺"),
        ("id: checked-by-the-office", "id: electronic-certificate", "出现了两次"),
        ("measures: [jm-bid-online]", "papers: [龙鳞]\n    domains: [人才]", "碰不到任何政策事项"),
        ("measures: [jm-bid-online]", "domains: [人才]", "至少写一样"),
    ],
)
def test_the_check_names_what_is_wrong_in_the_file(tmp_path, as_of, old, new, told):
    folder = tmp_path / "corpus"
    shutil.copytree(settings().corpus, folder)
    path = folder / "papers.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = [str(fault) for fault in check(folder, as_of).faults]
    assert [fault for fault in faults if "papers.yaml" in fault and told in fault], faults


def test_a_platform_that_names_a_measure_that_there_is_not_is_a_fault(tmp_path, as_of):
    folder = tmp_path / "corpus"
    shutil.copytree(settings().corpus, folder)
    path = folder / "platforms.yaml"
    text = path.read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith("  measures: ["))
    path.write_text(text.replace(first, "  measures: [nothere]", 1), encoding="utf-8")
    faults = [str(fault) for fault in check(folder, as_of).faults]
    assert [fault for fault in faults if "platforms.yaml" in fault and "nothere 不存在" in fault], faults


def test_a_city_without_the_file_has_no_such_remarks(tmp_path, as_of):
    folder = tmp_path / "corpus"
    shutil.copytree(settings().corpus, folder)
    (folder / "papers.yaml").unlink()
    assert not [fault for fault in check(folder, as_of).faults if "papers" in str(fault)]
