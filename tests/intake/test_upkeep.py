"""Upkeep: what ends, what is due, what is not verified, links opened by hand, and visitors' remarks dealt with once."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.errors import InputError
from navigator.feedback import keep_feedback
from navigator.intake import upkeep
from navigator.store.audit import read_audit
from tests.intake.conftest import FIRST, SECOND

DAY = date(2026, 11, 23)
OUTSIDER = Actor("小队", "team")


@pytest.fixture(autouse=True)
def own_places(data, store):
    """A data folder and a store of the test's own."""


def test_eight_measures_end_with_the_year(rulebook):
    rows = [row for row in upkeep.ending(rulebook.corpus, DAY, 60) if "有效期结束" in row.what]
    assert len(rows) == len({row.measure for row in rows}) == 8
    assert {row.day for row in rows} == {date(2026, 12, 31)}
    assert {row.left for row in rows} == {38}


def test_the_last_day_is_still_listed_and_the_day_after_is_not(rulebook):
    end = date(2026, 12, 31)
    assert any(row.left == 0 for row in upkeep.ending(rulebook.corpus, end, 0))
    assert not any(row.day == end for row in upkeep.ending(rulebook.corpus, date(2027, 1, 1), 365))


def test_measures_due_for_review_come_the_most_overdue_first(rulebook):
    far = upkeep.due(rulebook.corpus, date(2029, 1, 1), 0)
    days = [row.review_by for row in far if row.review_by]
    assert days == sorted(days) and all(day <= date(2029, 1, 1) for day in days)
    assert len(far) == sum(
        one.measure.review_by is None or one.measure.review_by <= date(2029, 1, 1) for one in rulebook.measures
    )
    assert all(row.left is None or row.left <= 0 for row in far)


def test_every_measure_that_is_not_confirmed_is_listed_with_what_is_open(rulebook):
    rows = upkeep.unverified(rulebook.corpus)
    assert {row.measure for row in rows} == {
        one.measure.id for one in rulebook.measures if one.measure.verification != "confirmed"
    }
    assert all(row.open_point for row in rows)
    kinds = [row.verification for row in rows]
    assert kinds == sorted(kinds, key=lambda kind: kind != "没有核实")


def test_every_source_link_is_listed_with_all_that_rests_on_it(rulebook):
    rows = upkeep.source_links(rulebook.corpus)
    listed = {(row.link, place) for row in rows for place, _ in row.places}
    wanted = {(link, f"measure:{one.measure.id}") for one in rulebook.measures for link in one.measure.source.links}
    assert wanted <= listed
    assert len(rows) == len({row.link for row in rows})
    assert all(row.last is None for row in rows)


def test_a_broken_link_comes_to_the_front_and_an_opened_one_goes_to_the_end(rulebook):
    first, second, *_ = [row.link for row in upkeep.source_links(rulebook.corpus)]
    upkeep.note_link(FIRST, second, "打不开", at=datetime(2026, 11, 23, 9))
    upkeep.note_link(SECOND, first, "打得开", at=datetime(2026, 11, 23, 10))
    rows = upkeep.source_links(rulebook.corpus)
    assert rows[0].link == second and rows[0].last.by == "小甲"
    assert rows[-1].link == first
    upkeep.note_link(FIRST, second, "打得开", at=datetime(2026, 11, 24, 9))
    assert upkeep.source_links(rulebook.corpus)[0].link not in (first, second)
    assert [note.state for note in upkeep.link_history(second)] == ["打不开", "打得开"]


def test_where_a_link_moved_to_must_be_said():
    with pytest.raises(InputError, match="没有写换到了哪里"):
        upkeep.note_link(FIRST, "https://a", "换了")
    assert upkeep.link_history("https://a") == []


def test_a_remark_is_dealt_with_once_and_stays_in_the_list_of_all():
    keep_feedback("wrong", "", "measure:tax-small-low-profit-cit#conditions/2", "人数不对")
    keep_feedback("not_wanted", "电费")
    newest, oldest = upkeep.remarks(FIRST)
    assert (oldest.measure, oldest.place, oldest.feedback.remark) == (
        "tax-small-low-profit-cit",
        "conditions/2",
        "人数不对",
    )
    upkeep.settle_remark(FIRST, oldest.key, "改了")
    assert [one.key for one in upkeep.remarks(SECOND)] == [newest.key]
    done = upkeep.remarks(SECOND, with_done=True)[-1]
    assert (done.done_by, done.answer) == ("小甲", "改了")
    with pytest.raises(InputError, match="小甲 已经在"):
        upkeep.settle_remark(SECOND, oldest.key)


def test_a_line_cut_off_by_a_crash_does_not_hide_the_others():
    upkeep.note_link(FIRST, "https://a", "打得开")
    with upkeep._links_file().open("a", encoding="utf-8") as file:
        file.write('{"link": "https://b", "sta')
    assert len(upkeep.link_history("https://a")) == 1


def rows_of(name: str, **parameters: str) -> list[list[str]]:
    made = upkeep.export_upkeep(FIRST, {"list": name, "as_of": "2026-11-23", **parameters})
    assert made.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"))))


def test_each_list_is_a_table_to_take_along():
    keep_feedback("wrong", "", "measure:x", "=HYPERLINK(1)")
    assert [row[2] for row in rows_of("ending", days="60")[1:]].count("有效期结束") >= 1
    assert len(rows_of("verify")) > 2 and len(rows_of("links")) > 100
    assert rows_of("review", days="9999")[0][2] == "复审日"
    assert rows_of("remarks")[1][5] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    "parameters", [{}, {"list": "all"}, {"list": "ending", "days": "x"}, {"list": "ending", "as_of": "heute"}]
)
def test_an_address_that_asks_for_no_list_is_told_in_one_sentence(parameters):
    with pytest.raises(InputError):
        upkeep.export_upkeep(FIRST, parameters)


def test_what_was_noted_and_taken_along_stands_in_the_log():
    upkeep.note_link(FIRST, "https://a", "打得开")
    rows_of("verify")
    actions = [(one.actor, one.action) for one in read_audit(Actor("管理员", "admin"))]
    assert actions == [("小甲", "导出清单"), ("小甲", "核对链接")]


def test_only_staff_may_read_and_write_these_lists():
    for step in (
        lambda: upkeep.remarks(OUTSIDER),
        lambda: upkeep.settle_remark(OUTSIDER, "x"),
        lambda: upkeep.note_link(OUTSIDER, "https://a", "打得开"),
        lambda: upkeep.export_upkeep(OUTSIDER, {"list": "verify"}),
        lambda: upkeep.export_upkeep(None, {"list": "verify"}),
    ):
        with pytest.raises(NotAllowed):
            step()
