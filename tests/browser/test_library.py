"""政策库 in a real browser: filters by hand and by link, files to take along, and saying which line is wrong on a phone."""

from __future__ import annotations

import csv
import json
import re

import pytest
from playwright.sync_api import expect

from navigator import feedback
from navigator.catalogue import chosen, entries
from navigator.matching.dates import read_day
from navigator.matching.rulebook import default_rulebook
from tests.browser.driving import DAY, DESK, PHONE, running_server

CORPUS = default_rulebook().corpus


def pill(page, name: str):
    """A choice of a filter, whatever its count."""
    return page.get_by_role("button", name=re.compile(rf"^{name} \d+$"))


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_filters_chosen_by_hand_stand_in_the_url_and_a_reload_keeps_them(server, visitor, width):
    someone = visitor(server, width)
    someone.open("library", as_of=DAY)
    page = someone.page
    pill(page, "在有效期内").click()
    page.get_by_text(re.compile("^再筛")).click()
    pill(page, "外贸跨境").click()
    expected = chosen(entries(CORPUS.measures, read_day(DAY)), {"status": ["in_force"], "domain": ["外贸跨境"]})
    expect(page.get_by_text(f"{len(expected)} 项", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"(?=.*status=in_force)(?=.*domain=%E5%A4%96%E8%B4%B8%E8%B7%A8%E5%A2%83)"))
    assert not someone.overflows()
    page.reload()
    someone.drawn()
    expect(page.get_by_text(f"{len(expected)} 项", exact=True)).to_be_visible()
    expect(pill(page, "在有效期内")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="筛选全部去掉").click()
    expect(page.get_by_text(f"{len(CORPUS.measures)} 项", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{server}/library?as_of={DAY}")


def test_choices_stay_when_the_order_is_changed(server, visitor):
    someone = visitor(server, DESK)
    someone.open("library", commitment="44", level="湖北省", as_of=DAY)
    page = someone.page
    page.get_by_text("新发的在前", exact=True).click()
    expect(page).to_have_url(re.compile(r"(?=.*commitment=44(&|$))(?=.*order=)"))
    expected = chosen(
        entries(CORPUS.measures, read_day(DAY)), {"commitment": ["44"], "level": ["湖北省"]}, order="newest"
    )
    expect(page.get_by_text(f"{len(expected)} 项", exact=True)).to_be_visible()
    first = page.locator("[data-testid=stMain] a[href*='measure?']").first
    expect(first).to_have_attribute("href", re.compile(rf"id={expected[0].measure.id}(&|$)"))


def test_a_table_is_downloaded_for_the_day_asked_for(server, visitor, tmp_path):
    someone = visitor(server, DESK)
    someone.open("library", as_of=DAY)
    page = someone.page
    page.get_by_role("link", name=re.compile("数据字典")).click()
    expect(page.locator("h1")).to_have_text("开放数据")
    for label in ("CSV", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=re.compile(label)).first.click()
        assert download.value.suggested_filename == f"荆策通_政策事项_{DAY}.{label.lower()}"
        download.value.save_as(tmp_path / label)
    rows = list(csv.DictReader((tmp_path / "CSV").read_text(encoding="utf-8-sig").splitlines()))
    found = json.loads((tmp_path / "JSON").read_text(encoding="utf-8"))
    assert {row["corpus_as_of"] for row in rows} == {found["as_of"]} == {DAY}
    assert {row["id"] for row in found["rows"]} == {measure.id for measure in CORPUS.measures}


def test_which_line_is_wrong_can_be_said_on_a_phone(visitor, tmp_path, monkeypatch):
    with running_server(str(tmp_path)) as address:
        someone = visitor(address, PHONE)
        someone.open("measure", id="soc-startup-onetime-5000", as_of=DAY)
        page = someone.page
        page.get_by_role("button", name=re.compile("哪里写错了")).click()
        line = CORPUS.measure_by_id["soc-startup-onetime-5000"].confirm[2]
        page.get_by_text(f"当面确认：{line}").click()
        page.get_by_role("textbox", name=re.compile("想说什么")).fill("人数不是这样算")
        page.get_by_role("button", name="交给工作人员").click()
        expect(page.get_by_text("记下了，工作人员会看。谢谢！")).to_be_visible()
        assert not someone.overflows()
    monkeypatch.setattr(feedback, "feedback_file", lambda: tmp_path / "feedback.jsonl")
    (kept,) = feedback.read_feedback()
    assert (kept.subject, kept.remark) == ("measure:soc-startup-onetime-5000#confirm/2", "人数不是这样算")


def test_from_a_measure_to_its_platform_and_on_to_the_commitment(server, visitor):
    platform = next(one for one in CORPUS.platforms if one.measures and one.commitments)
    someone = visitor(server, PHONE)
    someone.open("measure", id=platform.measures[0], as_of=DAY)
    page = someone.page
    page.locator(f"[data-testid=stMain] a[href*='platforms?id={platform.id}']").click()
    expect(page.locator("h1")).to_have_text("平台和机制")
    expect(page.get_by_text(platform.name).first).to_be_visible()
    page.locator(f"[data-testid=stMain] a[href*='commitments?n={platform.commitments[0]}']").first.click()
    expect(page.locator("h1")).to_have_text("45项承诺")
