"""政策日历: only days that stand in the library, doubted ones marked, and a file that calendars read back as it was meant."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Window
from navigator.matching.rulebook import rulebook_for
from navigator.reports.calendar import (
    KINDS,
    calendar_bytes,
    events,
    events_between,
    events_of,
    file_of,
    later,
    undated,
)

TODAY = date(2026, 11, 23)
ALL = events_between(date(2008, 1, 1), date(2035, 12, 31), TODAY)
STAMP = datetime(2026, 11, 23, 4, tzinfo=UTC)


def measure(name: str):
    return rulebook_for(TODAY).by_id[name].measure


def of(name: str, kind: str) -> list[tuple[date, bool]]:
    return [(one.day, bool(one.doubt)) for one in ALL if one.measure.id == name and one.kind == kind]


def test_every_day_stands_in_the_library():
    for one in ALL:
        rule, apply = one.measure.in_force, one.measure.apply
        said = {
            "opens": {window.from_ for window in apply.windows or ()},
            "closes": {window.to for window in apply.windows or ()},
            "ends": {rule.to},
            "unsure": {rule.sure_until},
        }
        if one.kind == "deadline":
            words = apply.deadline or ""
            assert f"年{one.day.month}月{one.day.day}日" in words or f"季度终了{one.day.day}日内" in words
        else:
            assert one.day in said[one.kind]


def test_every_end_and_window_of_a_measure_with_a_source_is_there():
    for one in default_corpus().on(TODAY).measures:
        days = {(event.kind, event.day) for event in ALL if event.measure.id == one.id}
        wanted = {("ends", one.in_force.to), ("unsure", one.in_force.sure_until)}
        for window in one.apply.windows or ():
            wanted |= {("opens", window.from_), ("closes", window.to)}
        wanted = {(kind, day) for kind, day in wanted if day} if one.verification != "unverified" else set()
        assert wanted <= days
        assert one.verification != "unverified" or not days


def test_a_day_that_was_inferred_retold_or_not_found_is_said_to_be_approximate():
    assert of("ind-tradein-2026", "ends") == [(date(2026, 12, 31), True)]
    assert of("sci-hb-voucher", "closes") == [(date(2026, 11, 5), True)]
    assert of("ind-hb-techreform-2025", "closes") == [(date(2025, 12, 31), True)]
    assert of("sci-hb-jiebang-2025", "closes") == [(date(2025, 10, 30), True)]
    assert of("fin-sme-loan-subsidy-2026", "closes") == [(date(2026, 12, 31), False)]
    assert of("tax-veteran-employ-deduction", "ends") == [(date(2027, 12, 31), False)]
    assert of("tax-veteran-employ-deduction-vat", "ends") == [(date(2027, 12, 31), True)]
    assert of("tax-veteran-employ-deduction-vat", "unsure") == [(date(2025, 12, 31), False)]


def test_a_deadline_of_each_year_or_quarter_falls_only_where_the_measure_held_before_it():
    years = [day.year for day, _ in of("tax-vc-70pct", "deadline")]
    assert years == [2024, 2025, 2026, 2027, 2028]
    quarters = [day for day, _ in of("tax-small-low-profit-cit", "deadline") if day.month != 5]
    assert (quarters[0], quarters[-1]) == (date(2023, 4, 15), date(2028, 1, 15))
    told = [one.text for one in ALL if one.key == "tax-small-low-profit-cit.deadline.2027-01"]
    assert told[0].startswith("2026年第4季度的最晚到这天。")


def test_a_day_that_a_year_does_not_have_is_left_out():
    one = measure("tax-vc-70pct")
    odd = one.model_copy(update={"apply": one.apply.model_copy(update={"deadline": "次年2月29日前"})})
    days = [event.day for event in events_of(odd, date(2024, 1, 1), date(2028, 12, 31)) if event.kind == "deadline"]
    assert days == [date(2024, 2, 29), date(2028, 2, 29)]


def test_what_waits_for_a_notice_has_no_day_and_its_own_words():
    waiting = {one.measure.id: one.text for one in undated(TODAY)}
    assert waiting["ind-green-factory"] == "按每年的通知"
    assert "sci-tech-sme-evaluation" in waiting
    assert not waiting.keys() & {"fin-sme-loan-subsidy-2026", "tax-vc-70pct"}
    assert "ind-zjtx-2022" not in waiting


def test_both_end_days_belong_to_what_is_asked_and_only_chosen_measures_do():
    name = "fin-sme-loan-subsidy-2026"
    last = date(2026, 12, 31)
    assert {one.kind for one in events(last, last, {name})} == {"closes", "ends"}
    assert events(last + timedelta(days=1), later(last), {name}) == []
    assert events(TODAY, last - timedelta(days=1), {name}) == []
    assert later(date(2028, 2, 29)) == date(2029, 2, 28)


def test_the_file_reads_back_as_days_without_hours_with_alarms_and_the_words():
    listed = events(TODAY, later(TODAY, 3))
    read = Calendar.from_ical(file_of(listed, TODAY))
    entries = read.walk("VEVENT")
    assert [str(entry["uid"]) for entry in entries] == [f"{one.key}@jingcetong" for one in listed]
    for entry, one in zip(entries, listed, strict=True):
        assert entry.decoded("dtstart") == one.day
        assert not isinstance(entry.decoded("dtstart"), datetime)
        assert entry.decoded("dtend") == one.day + timedelta(days=1)
        assert str(entry["summary"]).startswith(KINDS[one.kind])
        assert str(entry["summary"]).endswith(one.measure.name)
        assert one.measure.summary in str(entry["description"])
        assert (str(entry["status"]) == "TENTATIVE") == ("日子是大概的" in str(entry["summary"])) == bool(one.doubt)
        assert str(entry["url"]).endswith(f"/measure?id={one.measure.id}")
        triggers = [alarm.decoded("trigger") for alarm in entry.walk("VALARM")]
        assert triggers
        assert all(step.seconds == 9 * 3600 for step in triggers)


def test_the_file_is_folded_as_rfc_5545_asks_and_no_sign_is_torn():
    made = file_of(ALL, TODAY)
    assert made.endswith(b"\r\n")
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all("\ufffd" not in line.decode("utf-8", "strict") for line in lines)
    assert b"\n" not in made.replace(b"\r\n", b"")
    unfolded = re.sub(r"\r\n[ \t]", "", made.decode())
    assert all(re.match(r"[A-Z-]+[;:]", line) for line in unfolded.strip().split("\r\n"))


def test_a_corrected_day_keeps_its_identity_and_no_two_days_share_one():
    keys = [one.key for one in ALL]
    assert len(set(keys)) == len(keys)
    before = measure("sci-hb-voucher")
    window = Window.model_validate({"from": date(2026, 3, 5), "to": date(2026, 11, 20)})
    twice = Window.model_validate({"from": date(2026, 11, 25), "to": date(2026, 12, 20)})
    after = before.model_copy(update={"apply": before.apply.model_copy(update={"windows": [window, twice]})})
    first, second = (
        {one.key: one.day for one in events_of(each, TODAY, later(TODAY)) if one.kind == "closes"}
        for each in (before, after)
    )
    assert first == {"sci-hb-voucher.closes.2026": date(2026, 11, 5)}
    assert second == {
        "sci-hb-voucher.closes.2026": date(2026, 11, 20),
        "sci-hb-voucher.closes.2026.2": date(2026, 12, 20),
    }


def test_the_same_choice_on_the_same_day_is_the_same_file_and_signs_with_a_meaning_stay_text():
    assert file_of(ALL[:5], TODAY) == file_of(ALL[:5], TODAY)
    odd = measure("tax-vc-70pct").model_copy(update={"name": "甲;乙,丙\\丁\nBEGIN:VEVENT"})
    made = calendar_bytes(list(events_of(odd, TODAY, TODAY)), "测试", STAMP, timedelta(hours=12), "说明")
    read = Calendar.from_ical(made)
    assert {str(entry["summary"]).split("：", 1)[1] for entry in read.walk("VEVENT")} == {odd.name}
    assert read.decoded("refresh-interval") == timedelta(hours=12)


@pytest.mark.parametrize("day", [date(2009, 1, 1), date(2035, 12, 31)])
def test_a_day_for_which_nothing_is_known_has_no_events_of_measures_long_over(day):
    assert all(one.day >= day for one in events(day, later(day)))
    assert Calendar.from_ical(file_of(events(day, later(day)), day)).walk("VCALENDAR")
