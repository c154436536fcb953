"""A real server and a real Chromium that visits it, as a person on a phone or at a desk would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.driving import PHONE, Visitor, launch, running_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def server() -> Iterator[str]:
    """The address of the server that most tests share."""
    with running_server() as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Lets a new visitor in, with a window of the given width; nobody may have complained or asked another host by the end."""
    windows: list[Visitor] = []

    def arrives(address: str, width: int = PHONE) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 812 if width < 500 else 900}, locale="zh-CN", accept_downloads=True
        )
        windows.append(Visitor(context.new_page(), address))
        return windows[-1]

    yield arrives
    for window in windows:
        window.page.context.close()
    for window in windows:
        assert window.hosts() <= {urlsplit(window.address).netloc}
        assert window.complaints == []
