"""A server of the app on a free port of this machine, and a visitor who opens its pages in Chromium."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect

from tests.programs import chromium

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = 375, 1280
DAY = "2026-11-23"
PASSWORD = "a pass phrase of the tests 7"

expect.set_options(timeout=20_000)


def launch(playwright: Playwright) -> Browser:
    """Chromium without a window, keeping to itself."""
    return playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))


@contextmanager
def running_server(
    data: str | None = None, configured: Callable[[str], Mapping[str, str]] = lambda address: {}
) -> Iterator[str]:
    """`streamlit run app.py` on a free port; gives its address once it answers, and ends it. `configured` gives it settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.port",
            str(port),
            "--server.address",
            "127.0.0.1",
        ],
        cwd=ROOT,
        env=os.environ | ({"NAVIGATOR_DATA": data} if data else {}) | dict(configured(address)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def running_office(data: str, people: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A server whose accounts are these: a name, and what `user add` is told of him after it."""
    for name, told in people.items():
        subprocess.run(
            [sys.executable, "-m", "navigator", "user", "add", name, *told],
            input=PASSWORD.encode(),
            cwd=ROOT,
            env=os.environ | {"NAVIGATOR_DATA": data, "PYTHONUTF8": "1"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    with running_server(data) as address:
        yield address


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended by itself"
        try:
            with urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within 60 seconds")


@dataclass
class Visitor:
    """A person at one window: opens pages, clicks, types; remembers where the window's requests went and what it complained of."""

    page: Page
    address: str
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        probed = "/_stcore/" in message.location.get("url", "") and "404" in message.text
        if message.type == "error" and not probed:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open(self, path: str = "", **parameters: str) -> None:
        """Follow a link to a page and wait until it is drawn."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        self.page.goto(f"{self.address}/{path}{query}")
        self.drawn()

    def drawn(self) -> None:
        """Wait for the title and the end of the script."""
        expect(self.page.locator("h1")).to_have_count(1, timeout=60_000)
        expect(self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_have_count(
            1, timeout=60_000
        )

    def sign_in(self, name: str, path: str) -> None:
        """Sign in with the password of the tests, on the way to a page (and its parameters)."""
        self.page.goto(f"{self.address}/auth/login?{urlencode({'next': f'/{path}'})}")
        self.page.get_by_label("用户名").fill(name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.drawn()

    def click(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name).first.click()

    def pill(self, name: str) -> None:
        """Choose one of the offered answers."""
        self.page.get_by_role("radio", name=name, exact=True).or_(
            self.page.get_by_role("button", name=name, exact=True)
        ).first.click()

    def type_into(self, role: str, name: str | re.Pattern[str], text: str) -> None:
        """Type into a labelled box and leave it."""
        self.page.get_by_role(role, name=name).fill(text)
        self.page.keyboard.press("Tab")

    def text(self) -> str:
        """What is written on the page."""
        return self.page.locator("[data-testid=stMain]").inner_text()

    def overflows(self) -> bool:
        """Whether the page can be pushed sideways in its window."""
        return self.page.evaluate(
            "[document.documentElement, document.querySelector('[data-testid=stMain]')].some(it => it.scrollWidth > it.clientWidth)"
        )

    def hosts(self) -> set[str]:
        """The hosts asked for anything."""
        return {urlsplit(url).netloc for url in self.requested if urlsplit(url).scheme not in ("data", "blob", "about")}
