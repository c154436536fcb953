"""The scripts of the web app for visits alone in a page of Chromium, without a server and, once they are there, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from navigator.visitpack import APP

_PLACE = "https://visit.test"


@contextmanager
def page_without_network(browser: Browser, load: str, width: int = 375) -> Iterator[Page]:
    """An empty page after `load`, a function that imports what it needs from `/…`; then the network is cut. Nothing may fail in it."""
    context = browser.new_context(viewport={"width": width, "height": 812})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route(f"{_PLACE}/**", _give)
    page.goto(_PLACE)
    page.evaluate(load)
    page.unroute_all()
    context.set_offline(True)
    yield page
    assert page.evaluate("() => navigator.onLine") is False
    assert complaints == []
    context.close()


def _give(route: Route) -> None:
    name = urlsplit(route.request.url).path.lstrip("/")
    if name:
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        route.fulfill(body=(APP / name).read_text(encoding="utf-8"), content_type=f"{kind}; charset=utf-8")
    else:
        route.fulfill(body="<!doctype html><title>空页</title><main></main>", content_type="text/html; charset=utf-8")
