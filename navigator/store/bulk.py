"""Many rows into one table in one statement, by the driver's own way: the ORM takes a hundred times as long for a million.

Values go in as the database keeps them (JSON as text); what stands in the way of a row is the caller's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import JSON, Connection, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

_VALUES = 1_000
"""Values of one statement in SQLite: half the time of a row a statement, and more of them gain nothing."""


def insert_rows(
    session: Session, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]], *, unless_there: bool = False
) -> None:
    """Add rows given as tuples in the order of `names`; with `unless_there` those whose key exists are left out."""
    if not rows:
        return
    listed = ", ".join(names)
    after = " ON CONFLICT DO NOTHING" if unless_there else ""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        _insert_sqlite(connection, f"INSERT INTO {table.name} ({listed}) VALUES ", after, rows)
        return
    kinds = ["text" if isinstance(table.c[name].type, JSON) else _kind(table, name) for name in names]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    cells = ", ".join(f"{name}::json" if isinstance(table.c[name].type, JSON) else name for name in names)
    query = f"INSERT INTO {table.name} ({listed}) SELECT {cells} FROM unnest({arrays}) AS given({listed}){after}"
    connection.exec_driver_sql(query, tuple(list(column) for column in zip(*rows, strict=True)))


def _insert_sqlite(connection: Connection, head: str, tail: str, rows: Sequence[tuple[Any, ...]]) -> None:
    signs = f"({', '.join('?' * len(rows[0]))})"
    at_once = max(1, _VALUES // len(rows[0]))
    whole = len(rows) - len(rows) % at_once
    if whole:
        statement = head + ", ".join([signs] * at_once) + tail
        for start in range(0, whole, at_once):
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(rows[start : start + at_once])))
    if whole < len(rows):
        connection.exec_driver_sql(head + signs + tail, list(rows[whole:]))


def give_room(session: Session) -> None:
    """SQLite keeps 2 MB in memory and tidies its log after 4 MB unless told otherwise: too little for many rows in large indexes."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -65536")
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint = 8000")


def _kind(table: Table, name: str) -> str:
    return table.c[name].type.compile(dialect=postgresql.dialect())
