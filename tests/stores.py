"""Stores that tests use and throw away: SQLite in a file, PostgreSQL in a cluster of the run's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from argon2 import PasswordHasher

from navigator.settings import settings
from navigator.store import accounts, engine
from tests.programs import postgresql


@contextmanager
def own_store(address: str, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """While it lasts, everything that asks for the store gets the one at this address; hashing passwords is quick."""
    before = os.environ.get("DATABASE_URL")
    patch.setenv("DATABASE_URL", address)
    patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts.no_password.cache_clear()
    settings.cache_clear()
    try:
        yield address
    finally:
        engine.close()
        accounts.no_password.cache_clear()
        if before is None:
            patch.delenv("DATABASE_URL")
        else:
            patch.setenv("DATABASE_URL", before)
        settings.cache_clear()


@contextmanager
def postgresql_cluster() -> Iterator[str]:
    """A PostgreSQL server in a temporary folder, reached by a socket in it; gives the folder."""
    programs = postgresql()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, *arguments], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", str(folder / "data"))
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-w", "-D", str(folder / "data"), "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield str(folder)
    finally:
        run("pg_ctl", "-w", "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_database(cluster: str, name: str, template: str = "template0") -> Iterator[str]:
    """A database in the cluster, empty or like another, gone afterwards; gives its address."""
    with psycopg.connect(host=cluster, user="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield f"postgresql://postgres@/{name}?host={quote(cluster, safe='')}"
    finally:
        with psycopg.connect(host=cluster, user="postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
