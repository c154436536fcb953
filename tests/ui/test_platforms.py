"""平台和机制: a list with filters, one link for each, and links both ways with measures and commitments."""

from __future__ import annotations

from navigator.matching.rulebook import default_rulebook
from navigator.platforms import chosen
from navigator.ui.words import plain
from tests.ui.seen import everything, link_parameters, notices

CORPUS = default_rulebook().corpus


def names(page) -> list[str]:
    """The platforms of the list, in order."""
    return [one.label.split("**")[1] for one in page.expander if one.label.startswith("**")]


def test_all_are_listed_page_by_page(open_page):
    page = open_page("platforms")
    assert f"**{len(CORPUS.platforms)} 个**" in everything(page)
    assert names(page) == [plain(platform.name) for platform in CORPUS.platforms[:25]]
    assert names(open_page("platforms", p="2")) == [plain(platform.name) for platform in CORPUS.platforms[25:50]]


def test_a_link_with_filters_shows_what_fits_them(open_page):
    expected = chosen(CORPUS.platforms, {"serve": ["route"], "commitment": ["39"]}, "融资")
    page = open_page("platforms", serve="route", commitment="39", text="融资")
    assert expected
    assert names(page) == [plain(platform.name) for platform in expected]


def test_one_platform_has_a_link_of_its_own_with_all_that_is_known(open_page):
    platform = next(one for one in CORPUS.platforms if one.measures and one.commitments)
    page = open_page("platforms", id=platform.id)
    (box,) = page.expander
    assert box.proto.expanded
    shown = everything(page)
    for text in (platform.for_whom, platform.how, platform.where):
        assert not text or plain(text) in shown
    found = link_parameters(page)
    assert all({"id": [one]} in found for one in platform.measures)
    assert all({"n": [str(number)]} in found for number in platform.commitments)


def test_a_commitment_links_to_its_platforms(open_page):
    item = next(one for one in CORPUS.commitments if one.platforms)
    found = link_parameters(open_page("commitments", n=str(item.number)))
    assert all({"id": [one]} in found for one in item.platforms)


def test_a_platform_that_there_is_not_is_told_and_all_are_shown(open_page):
    page = open_page("platforms", id="sys-999")
    assert notices(page) == ["链接里的编号不对，全部都在下面。"]
    assert len(names(page)) == 25
