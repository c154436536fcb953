"""Subscriptions to 政策日历: a link nobody guesses, that tells days and nothing of the enterprise, ends, can be stopped, and is not made in heaps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery.calendars import (
    MADE_AT_ONCE,
    OPEN_AT_ONCE,
    feed_of,
    list_for_record,
    make_for_record,
    make_for_visitor,
    stop,
    stop_for_record,
    too_many_wrong,
)
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.store.audit import read_audit
from navigator.store.calendar_tables import CalendarLinkRow
from navigator.store.engine import reading
from navigator.store.enterprises import add_enterprise
from navigator.store.sign_ins import TRIES_OF_AN_ADDRESS
from tests.delivery.pushed import FACTS, LI
from tests.store.test_importing_columns import code

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
ADDRESS = "192.0.2.7"
CHOSEN = ("fin-sme-loan-subsidy-2026", "tax-vc-70pct")
WANG = Actor("钟祥小王", "staff", "钟祥市")


def made(address: str = ADDRESS, now: datetime = NOW):
    return make_for_visitor(CHOSEN, TODAY, now.date(), address, now=now)


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1].removesuffix(".ics")


def rows() -> list[CalendarLinkRow]:
    with reading() as session:
        return list(session.query(CalendarLinkRow))


def record(number: int = 1) -> str:
    uscc = code(number)
    add_enterprise(COMMAND_LINE, FACTS | {"uscc": uscc, "name": "京山秘密机械厂"}, source="走访", on=TODAY)
    return uscc


def test_a_link_shows_the_days_of_its_measures_and_is_known_by_its_hash_alone(store):
    link = made()
    token = token_of(link.address)
    assert (len(token), len(bytes.fromhex(token))) == (32, 16)
    assert token_of(made().address) != token
    read = Calendar.from_ical(feed_of(token, now=NOW))
    told = {str(entry["uid"]) for entry in read.walk("VEVENT")}
    assert "fin-sme-loan-subsidy-2026.closes.2026@jingcetong" in told
    assert {uid.split(".")[0] for uid in told} == set(CHOSEN)
    assert read.decoded("refresh-interval") == timedelta(days=1)
    kept = rows()[0]
    assert (kept.measures, kept.as_of, kept.until, kept.enterprise_id) == (
        sorted(CHOSEN), TODAY, date(2027, 11, 23), None,
    )  # fmt: skip
    assert token not in "".join(str(value) for value in vars(kept).values())
    assert (link.measures, link.until) == (2, date(2027, 11, 23))


def test_what_just_passed_stays_and_the_library_of_the_day_is_asked(store):
    token = token_of(made().address)
    for day, there in ((date(2027, 1, 15), True), (date(2027, 3, 1), False)):
        feed = feed_of(token, now=datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
        assert (b"fin-sme-loan-subsidy-2026.closes" in feed) == there


def test_a_stopped_an_ended_and_a_made_up_link_read_the_same(store):
    link = made()
    token = token_of(link.address)
    last = datetime(2027, 11, 23, 15, 59, tzinfo=UTC)
    assert feed_of(token, now=last)
    assert feed_of(token, now=last + timedelta(minutes=1)) is None
    for wrong in ("", "0" * 32, token[:-1], token.upper(), f"{token}0", "../" * 20, "' OR 1=1 --"):
        assert feed_of(wrong, now=NOW) is None
    stop(f" 订阅：webcal://example.com/cal/{token}.ics 。", ADDRESS, now=NOW)
    assert feed_of(token, now=NOW) is None
    assert rows() == []
    with pytest.raises(InputError, match="没有找到"):
        stop(link.address, ADDRESS, now=NOW)


def test_links_past_their_last_day_are_gone_when_the_next_is_made(store):
    made()
    made(now=NOW + timedelta(days=400))
    assert [row.until.year for row in rows()] == [2028]


def test_making_and_guessing_are_held_up_and_a_right_link_never_is(store):
    token = token_of(made().address)
    for _ in range(MADE_AT_ONCE - 1):
        made()
    with pytest.raises(InputError, match="做得太密了"):
        made()
    made("192.0.2.8")
    made(now=NOW + timedelta(minutes=16))
    assert [too_many_wrong(ADDRESS, now=NOW) for _ in range(TRIES_OF_AN_ADDRESS)] == [False] * TRIES_OF_AN_ADDRESS
    assert too_many_wrong(ADDRESS, now=NOW)
    assert not too_many_wrong("192.0.2.8", now=NOW)
    with pytest.raises(InputError, match="错的次数太多了"):
        stop("0" * 32, ADDRESS, now=NOW)
    assert feed_of(token, now=NOW)
    stop(token, ADDRESS, now=NOW)
    assert feed_of(token, now=NOW) is None


def test_without_a_measure_of_the_library_there_is_no_link(store):
    for measures in ((), ("nothere",)):
        with pytest.raises(InputError, match="一项政策也没有"):
            make_for_visitor(measures, TODAY, TODAY, ADDRESS, now=NOW)
    assert rows() == []


def test_staff_make_one_for_a_record_that_tells_nothing_of_it_and_stop_it_again(store):
    uscc = record()
    link = make_for_record(LI, uscc, TODAY, now=NOW)
    possible = {one.measure.id for one in assess(FACTS, TODAY).measures if one.outcome != "not_eligible"}
    assert set(rows()[0].measures) == possible
    assert link.measures == len(possible)
    feed = feed_of(token_of(link.address), now=NOW)
    same = make_for_visitor(possible, TODAY, TODAY, ADDRESS, now=NOW)
    assert feed == feed_of(token_of(same.address), now=NOW)
    assert not any(word in feed.decode().replace("\r\n ", "") for word in ("京山秘密机械厂", uscc, "C3841"))
    held = list_for_record(LI, uscc, TODAY)
    assert [(one.made_by, one.as_of, one.until) for one in held] == [(LI.name, TODAY, date(2027, 11, 23))]
    assert read_audit(COMMAND_LINE)[0].action == "做日历订阅链接"
    assert token_of(link.address) not in str([entry.details for entry in read_audit(COMMAND_LINE)])
    stop_for_record(LI, uscc, held[0].id, now=NOW)
    assert feed_of(token_of(link.address), now=NOW) is None
    assert read_audit(COMMAND_LINE)[0].action == "停用日历订阅链接"


def test_links_of_another_region_or_record_are_out_of_reach_and_a_record_has_few(store):
    uscc, other = record(), record(2)
    for _ in range(OPEN_AT_ONCE):
        make_for_record(LI, uscc, TODAY, now=NOW)
    with pytest.raises(InputError, match="先停用一个"):
        make_for_record(LI, uscc, TODAY, now=NOW)
    number = list_for_record(LI, uscc, TODAY)[0].id
    for tried in (
        lambda: make_for_record(WANG, uscc, TODAY, now=NOW),
        lambda: list_for_record(WANG, uscc, TODAY),
        lambda: stop_for_record(WANG, uscc, number, now=NOW),
        lambda: stop_for_record(LI, other, number, now=NOW),
    ):
        with pytest.raises(InputError, match="没有找到"):
            tried()
    for actor in (None, Actor("小分队", "team", "京山市")):
        with pytest.raises(NotAllowed):
            make_for_record(actor, uscc, TODAY, now=NOW)
    assert len(rows()) == OPEN_AT_ONCE
    made()
    with pytest.raises(InputError, match="没有找到"):
        stop_for_record(LI, uscc, rows()[-1].id, now=NOW)
