"""Gets the slow things ready while the first page is already on its way: the corpus first, then the search index."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from navigator.errors import InputError

_log = logging.getLogger("navigator")

FIRST_PAGE_SECONDS = 4.0
"""How long the search waits for its turn, so that it does not take the processor from the first page."""


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start warming up with the server; the server does not wait for it."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield


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
