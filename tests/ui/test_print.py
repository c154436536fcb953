"""打印版: the results unfolded, with the day, the answers and the sources; a word and a way on where there are none."""

from __future__ import annotations

from navigator.matching.assess import assess
from navigator.matching.groups import NOT_ELIGIBLE, group_results
from navigator.ui.words import plain
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, notices
from tests.ui.test_checkup import FACTORY


def test_without_answers_there_is_nothing_to_print_and_a_way_to_the_checkup(open_page):
    page = open_page("print")
    assert notices(page) == ["还没有结果可以打印，先做政策体检。"]
    assert "去做政策体检" in labels(page)


def test_the_print_holds_the_answers_the_groups_and_each_measure(open_page):
    page = open_page("print", FACTORY)
    shown = everything(page)
    assert page.title[0].value == "政策体检结果（2026-11-23）"
    assert plain("从业人数：45人") in shown
    assert plain("年营业收入：8,000,000元") in shown
    for group in group_results(assess(FACTORY, TODAY)):
        if group.results and group.name != NOT_ELIGIBLE:
            assert f"{group.name}（{len(group.results)}项）" in headings(page)
            assert all(plain(result.measure.name) in shown for result in group.results)
    assert not page.expander
