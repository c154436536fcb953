"""The one way into the database: SQLite in the data folder, or PostgreSQL where DATABASE_URL names it.

The schema is brought up to date the first time a process asks. Texts of the driver never reach a person: they may hold the
address or the password of the database.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from navigator.errors import InputError
from navigator.settings import settings

_log = logging.getLogger("navigator")
_lock = threading.Lock()
_engines: dict[str, Engine] = {}

BUSY_SECONDS = 15
"""How long a change waits for another to finish before it is told that the database is busy."""


def database_url() -> str:
    """DATABASE_URL, or the file in the data folder."""
    given = settings().database_url
    if not given:
        return f"sqlite:///{database_file()}"
    try:
        url = make_url(given)
    except ArgumentError:
        raise InputError("DATABASE_URL", "看不懂", "应像 postgresql://用户:密码@主机/库名") from None
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if url.get_backend_name() == "sqlite":
        return given
    raise InputError("DATABASE_URL", "不是 PostgreSQL 也不是 SQLite", "应像 postgresql://用户:密码@主机/库名")


def database_file() -> Path:
    """Where SQLite keeps everything when no DATABASE_URL is given."""
    return settings().data.resolve() / "navigator.db"


def engine() -> Engine:
    """The database of the current settings, migrated. Safe to call from many threads and processes."""
    url = database_url()
    with _lock:
        if url not in _engines:
            _engines[url] = _opened(url)
        return _engines[url]


def close() -> None:
    """Let go of all connections, so that files can be moved; the next use opens them again."""
    with _lock:
        while _engines:
            _engines.popitem()[1].dispose()


@contextmanager
def transaction() -> Iterator[Session]:
    """A unit of change: kept whole at the end, or not at all when it fails."""
    with _told_plainly(), Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A look at one moment's state that waits for nobody and changes nothing."""
    with _told_plainly(), Session(engine().execution_options(reads_only=True), expire_on_commit=False) as session:
        yield session


def one_at_a_time(session: Session, key: int) -> None:
    """Until this transaction ends, others that ask with the same key wait. In SQLite changes stand in line anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if _is_busy(error):
            raise InputError("数据库", "正忙，这次没有存上", "请过一会儿再试") from error
        if error.connection_invalidated or _cannot_connect(error):
            _log.error("database: %s", type(error.orig).__name__, exc_info=error)
            raise InputError("数据库", "连不上", "请管理员检查数据库和 DATABASE_URL") from None
        raise


def _is_busy(error: DBAPIError) -> bool:
    told = str(error.orig)
    return any(sign in told for sign in ("database is locked", "could not serialize", "deadlock detected"))


def _cannot_connect(error: DBAPIError) -> bool:
    told = str(error.orig)
    return any(sign in told for sign in ("connection failed", "unable to open database", "connection is bad"))


def _opened(url: str) -> Engine:
    from navigator.store.migrate import migrate

    if make_url(url).get_backend_name() == "sqlite":
        made = _open_sqlite(url)
    else:
        made = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            json_serializer=json_text,
            json_deserializer=orjson.loads,
        )
        event.listen(made, "begin", _begin_postgresql)
    try:
        with _told_plainly():
            migrate(made)
    except BaseException:
        made.dispose()
        raise
    return made


def _open_sqlite(url: str) -> Engine:
    name = make_url(url).database
    if not name or name == ":memory:":
        raise InputError("DATABASE_URL", "没有写数据库文件", "应像 sqlite:////路径/navigator.db")
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.touch(mode=0o600)
    made = create_engine(
        url,
        json_serializer=json_text,
        json_deserializer=orjson.loads,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


_any_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def json_text(value: Any) -> str:
    """A value as the database keeps it in a JSON column."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # keys that are no texts, numbers beyond 64 bits
        return _any_json(value)


def _prepare_sqlite(connection: Any, record: Any) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Changes queue up from their first statement: SQLite cannot turn a look that began earlier into a change."""
    reads = connection.get_execution_options().get("reads_only")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("reads_only"):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
