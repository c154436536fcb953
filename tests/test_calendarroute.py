"""The subscription over HTTP: a calendar file for the right link, one sentence for any other, held up after too many, nothing cached in between."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from navigator import calendarroute
from navigator.delivery.calendars import make_for_visitor
from navigator.headers import SafeHeaders
from navigator.store.sign_ins import TRIES_OF_AN_ADDRESS
from tests.stores import own_store

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setattr(calendarroute, "clock", lambda: NOW)
    app = Starlette(routes=calendarroute.calendar_routes(), middleware=[Middleware(SafeHeaders)])
    with own_store(f"sqlite:///{tmp_path / 'store.db'}", monkeypatch):
        yield TestClient(app)


def test_a_right_link_gives_a_calendar_and_the_same_again_is_not_sent_twice(client):
    link = make_for_visitor(["fin-sme-loan-subsidy-2026"], TODAY, TODAY, "192.0.2.1", now=NOW)
    path = link.address.removeprefix("http://localhost:8501")
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 2
    assert answer.headers["cache-control"].startswith("private")
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_wrong_links_read_the_same_and_are_held_up_after_too_many_but_right_ones_are_not(client, monkeypatch):
    link = make_for_visitor(["fin-sme-loan-subsidy-2026"], TODAY, TODAY, "192.0.2.1", now=NOW)
    path = link.address.removeprefix("http://localhost:8501")
    answers = [client.get(f"/cal/{number:032x}.ics") for number in range(TRIES_OF_AN_ADDRESS + 1)]
    assert [one.status_code for one in answers] == [404] * TRIES_OF_AN_ADDRESS + [429]
    assert len({one.text for one in answers}) == 1
    assert answers[-1].headers["retry-after"] == "900"
    assert client.get(path).status_code == 200
    monkeypatch.setattr(calendarroute, "clock", lambda: NOW + timedelta(days=366))
    assert client.get(path).status_code == 404
