"""45项承诺: all of them with every printed figure; those that concern the visitor first; the banner about the draft."""

from __future__ import annotations

from navigator.matching.assess import assess
from navigator.matching.rulebook import default_rulebook
from navigator.ui.words import plain
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, link_parameters, notices

CORPUS = default_rulebook().corpus
EXPORTER = {
    "entity_type": "企业",
    "region": "京山市",
    "plans_export": True,
    "has_import_export": True,
    "plans_loan": True,
}


def test_all_commitments_stand_once_under_the_banner(open_page):
    page = open_page("commitments")
    assert notices(page) == [CORPUS.city.plan_banner]
    assert [expander.label.split("　")[0] for expander in page.expander] == [f"**{number}" for number in range(1, 46)]
    assert headings(page) == list(dict.fromkeys(item.action for item in CORPUS.commitments))


def test_every_printed_figure_is_on_the_page(open_page):
    shown = everything(open_page("commitments"))
    for item in CORPUS.commitments:
        for target in item.targets:
            assert plain(target.indicator) in shown
            assert plain(f"{target.value:g}{target.unit}") in shown


def test_those_that_concern_the_visitor_come_first_and_are_not_repeated(open_page):
    page = open_page("commitments", EXPORTER)
    own = [item.commitment for item in assess(EXPORTER, TODAY).commitments if item.commitment.concerns != "everyone"]
    assert own
    assert headings(page)[0] == f"跟您有关的（{len(own)}项）"
    assert [expander.label for expander in page.expander[: len(own)]] == [
        f"**{item.number}　{plain(item.title)}**" for item in own
    ]
    assert len(page.expander) == 45
    assert "跟您有关：" in everything(page)


def test_a_number_that_does_not_exist_is_told_and_all_are_shown(open_page):
    page = open_page("commitments", n="99")
    assert "链接里的编号不对：只有1到45项，都在下面。" in notices(page)
    assert len(page.expander) == 45


def test_a_commitment_links_to_its_measures(open_page):
    item = next(one for one in CORPUS.commitments if one.measures)
    page = open_page("commitments", n=str(item.number))
    linked = [parameters["id"][0] for parameters in link_parameters(page) if "id" in parameters]
    assert linked == [*item.measures, *item.platforms]
