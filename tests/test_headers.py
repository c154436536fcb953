"""Which pages other sites may show in a frame, and which sites: public pages asked for as such, on the sites that were named."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from navigator.headers import EMBEDDABLE, SafeHeaders, embedders
from navigator.settings import settings
from navigator.ui.links import _PAGES

PORTAL = "https://www.jingmen.example"


@pytest.fixture
def ask(monkeypatch):
    """Asks for an address of a server whose setting names these sites."""
    client = TestClient(
        Starlette(
            routes=[Route("/{path:path}", lambda request: PlainTextResponse("x"))], middleware=[Middleware(SafeHeaders)]
        )
    )

    def asked(address: str, sites: str = PORTAL):
        monkeypatch.setenv("NAVIGATOR_EMBEDDED_BY", sites)
        settings.cache_clear()
        return client.get(address).headers

    yield asked
    monkeypatch.undo()
    settings.cache_clear()


def framed_by(headers) -> str:
    return headers["content-security-policy"].rsplit("frame-ancestors ", 1)[1]


@pytest.mark.parametrize("page", EMBEDDABLE)
def test_a_public_page_asked_for_as_such_may_be_framed_by_the_named_sites_alone(ask, page):
    headers = ask(f"/{page}?q=x&embed=true", f"{PORTAL}  https://zwfw.example:8443")
    assert framed_by(headers) == f"{PORTAL} https://zwfw.example:8443"
    assert "x-frame-options" not in headers
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("page", sorted(_PAGES.keys() - set(EMBEDDABLE)))
def test_no_other_page_may_be_framed(ask, page):
    headers = ask(f"/{page}?embed=true")
    assert (framed_by(headers), headers["x-frame-options"]) == ("'none'", "DENY")


@pytest.mark.parametrize(
    "address",
    [
        "/search",
        "/search?embed=false",
        "/search?embed=true&embed=false",
        "/search?Embed=true",
        "/?embed=true",
        "/auth/login?embed=true",
        "/exports/audit?embed=true",
        "/_stcore/health?embed=true",
        "/search/../accounts?embed=true",
        "/accounts/search?embed=true",
    ],
)
def test_nothing_that_was_not_asked_for_as_a_frame_may_be_one(ask, address):
    assert framed_by(ask(address)) == "'none'"


def test_without_the_setting_nothing_may_be_framed(ask):
    assert framed_by(ask("/search?embed=true", "")) == "'none'"


@pytest.mark.parametrize(
    "wrong", ["*", "http://www.example.cn", "https://a.cn/path", "https://*.cn", "https://a.cn;", "'self'", "a.cn"]
)
def test_a_site_written_wrongly_is_left_out_and_logged(ask, caplog, wrong):
    embedders.cache_clear()
    assert framed_by(ask("/search?embed=true", f"{wrong} {PORTAL}")) == PORTAL
    assert "NAVIGATOR_EMBEDDED_BY" in caplog.text


def test_only_public_pages_are_for_other_sites():
    assert {_PAGES[name].role for name in EMBEDDABLE} == {"public"}
    assert not any(_PAGES[name].file.startswith(("staff", "account", "team")) for name in EMBEDDABLE)
