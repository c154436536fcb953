"""Every test of the store runs twice: on SQLite, and on PostgreSQL where it is installed."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from navigator.store import engine
from tests.stores import own_database, own_store, postgresql_cluster

_numbers = itertools.count()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """An empty SQLite store to copy."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{path}", patch):
        engine.engine()
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """One PostgreSQL server for the run, with an empty store to copy."""
    with postgresql_cluster() as folder, own_database(folder, "empty") as address:
        with pytest.MonkeyPatch.context() as patch, own_store(address, patch):
            engine.engine()
        yield folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request, tmp_path, monkeypatch) -> Iterator[str]:
    """An empty store of the test's own; gives its address."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store.db")
        with own_store(f"sqlite:///{path}", monkeypatch) as address:
            yield address
        return
    with (
        own_database(request.getfixturevalue("cluster"), f"test{next(_numbers)}", "empty") as url,
        own_store(url, monkeypatch) as address,
    ):
        yield address
