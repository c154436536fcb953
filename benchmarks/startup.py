"""How soon the app is usable, in seconds, seen in Chromium.

    python -m benchmarks.startup           first-ever start, then starts with a built index

It uses a data folder of its own, prints its figures and never fails. A machine that does other work gives larger ones.
"""

import argparse
import statistics
import tempfile
import time

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.driving import DESK, Visitor, launch, running_server

QUESTION = "摆摊的能少交税吗"
FOUND = "最相关的在前"
LONGEST = 300_000


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3, help="starts with a built index")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = launch(playwright)
        _print("first-ever start: first search answer", [_first_answer(browser, data)])
        _print("built index: first search answer", [_first_answer(browser, data) for _ in range(options.times)])
        _print("built index: first page", [_first_page(browser, data) for _ in range(options.times)])
        browser.close()


def _first_page(browser: Browser, data: str) -> float:
    """Seconds from starting the server until the first page stands in the window."""
    started = time.monotonic()
    with running_server(data) as address:
        visitor = Visitor(_window(browser), address)
        visitor.open("")
        return time.monotonic() - started


def _first_answer(browser: Browser, data: str) -> float:
    """Seconds from starting the server until a question that was opened as the first link is answered."""
    started = time.monotonic()
    with running_server(data) as address:
        visitor = Visitor(_window(browser), address)
        visitor.page.goto(f"{address}/search?q={QUESTION}", timeout=LONGEST)
        expect(visitor.page.get_by_text(FOUND)).to_be_visible(timeout=LONGEST)
        return time.monotonic() - started


def _window(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": DESK, "height": 900}, locale="zh-CN").new_page()


def _print(what: str, seconds: list[float]) -> None:
    print(f"{what}: {statistics.median(seconds):.1f} s ({', '.join(f'{one:.1f}' for one in seconds)})")


if __name__ == "__main__":
    main()
