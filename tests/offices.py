"""A data folder of a test's own, with the shipped corpus in use as long as the test lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from navigator import search
from navigator.corpus import load
from navigator.settings import settings


@contextmanager
def own_data(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """While it lasts, everything is read from and written to `folder`; nothing is released there yet."""
    corpus, index = load.default_corpus(), search._current
    with patch.context() as inner:
        inner.setenv("NAVIGATOR_DATA", str(folder))
        settings.cache_clear()
        load.use_corpus(corpus.shipped or corpus)
        try:
            yield folder
        finally:
            load.use_corpus(corpus)
            search._current = index
    settings.cache_clear()
