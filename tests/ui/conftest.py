"""Pages drawn in the test's own process by Streamlit's AppTest, on a day that stays the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from navigator import search
from navigator.auth import Actor
from navigator.matching import dates
from navigator.ui import links

MAIN = Path(__file__).resolve().parent.parent.parent / "navigator" / "ui" / "main.py"
TODAY = date(2026, 11, 23)

PASSWORD = "a pass phrase of the tests 7"

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def no_search_for_components() -> Iterator[None]:
    """Each AppTest looks through all installed packages for Streamlit components; the app has none and the look takes a quarter second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **options: None)
        yield


@pytest.fixture(autouse=True)
def the_day_is_fixed(monkeypatch):
    for module in (dates, links):
        monkeypatch.setattr(module, "today", lambda: TODAY)


@pytest.fixture
def open_page() -> OpenPage:
    """Opens a page by its path in the URL, as a visitor who follows a link in a new window: parameters first, one run."""

    def opened(path: str = "", profile: dict[str, Any] | None = None, **parameters: Any) -> AppTest:
        page = AppTest.from_file(MAIN, default_timeout=30)
        page._page_hash = calc_hash(path) if path else ""
        page.query_params = dict(parameters)
        if profile is not None:
            page.session_state["profile"] = dict(profile)
        return run(page)

    return opened


@pytest.fixture
def rerun() -> Callable[[AppTest], AppTest]:
    """Runs a page again after something was clicked or typed; a failure of the page fails the test."""
    return run


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception, page.exception[0].value
    return page


@pytest.fixture
def signed_in(store: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Actor]:
    """Signs somebody in at the window that `open_page` opens next; called again, somebody else sits down there."""
    from navigator.auth import COMMAND_LINE
    from navigator.store import accounts, sign_ins
    from navigator.ui import account

    known: set[str] = set()

    def sits_down(role: str, region: str | None = None, name: str = "") -> Actor:
        name = name or f"{role}.{region or '全市'}"
        if name not in known:
            accounts.add_account(COMMAND_LINE, name, role, region, PASSWORD)
            known.add(name)
        begun = sign_ins.sign_in(name, PASSWORD, "test")
        monkeypatch.setattr(account, "cookie_of_window", lambda: begun.cookie)
        return begun.actor

    return sits_down


@pytest.fixture(scope="session")
def index() -> Any:
    """The search index of the real corpus."""
    return search.library()
