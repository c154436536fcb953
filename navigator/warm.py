"""Gets the slow things ready while the first page is already on its way: the corpus first, then the search index.

Then it watches for releases: what staff release is taken in while the server runs, the old answers going on meanwhile. Approved pushes
are sent beside all that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from navigator.corpus.load import last_release
from navigator.errors import InputError

_log = logging.getLogger("navigator")

FIRST_PAGE_SECONDS = 4.0
"""How long the search waits for its turn, so that it does not take the processor from the first page."""
WATCH_SECONDS = 3.0
"""How often a look is taken at whether something was released."""


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start warming up with the server; the server does not wait for it."""
    ended = threading.Event()
    threading.Thread(target=_warm_up_and_watch, args=(ended,), name="warm-up", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _warm_up_and_watch(ended: threading.Event) -> None:
    seen = last_release()
    warm_up()
    threading.Thread(target=_deliver, args=(ended,), name="delivery", daemon=True).start()
    while not ended.wait(WATCH_SECONDS):
        seen = take_in_releases(seen)


def _deliver(ended: threading.Event) -> None:
    """SQLAlchemy and scipy are imported here: not before the first page is out, and not when somebody waits for the figures."""
    from navigator.delivery.metrics import metrics
    from navigator.delivery.watch import watch

    metrics()
    watch(ended)


def take_in_releases(seen: str) -> str:
    """Refresh corpus and index where something was released since `seen`; gives what has been seen now. Never raises."""
    from navigator.search import refresh

    stamp = last_release()
    if stamp != seen:
        try:
            refresh(_log.info)
        except Exception as error:  # the old state goes on answering, and so must this thread
            _log.error("releases were not taken in: %s", error, exc_info=not isinstance(error, InputError))
    return stamp


def warm_up() -> None:
    """Read the corpus and make the index answer a first question. A fault is logged; pages tell it to whoever comes."""
    from navigator.corpus.load import default_corpus

    try:
        default_corpus()
        time.sleep(FIRST_PAGE_SECONDS)
        _warm_up_search()
    except InputError as error:
        _log.error("%s", error)


def _warm_up_search() -> None:
    from navigator.matching import facts_from_text
    from navigator.search import search

    search("政策", progress=_log.info)
    facts_from_text("")
