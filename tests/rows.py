"""A row in every table of the store, so that tests of the whole store miss none that joins later."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, String, Table, func, insert, select
from sqlalchemy.orm import Session

from navigator.store.schema import METADATA
from navigator.store.tables import Moment

MADE_BY_TRIGGERS = ("push_tallies",)
BYTES = bytes(range(256))
_GIVEN = {"pushes": {"kind": "fits", "state": "sent", "month": 202611}}


def fill_every_table(session: Session, *, example: bool) -> list[str]:
    """Add a row to every table that has none, each pointing to the first of those it depends on; gives the tables."""
    filled = []
    for table in METADATA.sorted_tables:
        if table.name in MADE_BY_TRIGGERS or session.scalar(select(func.count()).select_from(table)):
            continue
        counted = table.autoincrement_column
        row = {one.name: _value(one, example) for one in table.columns if one is not counted} | _GIVEN.get(
            table.name, {}
        )
        session.execute(insert(table), [row])
        filled.append(table.name)
    return filled


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {table.name: _count(session, table) for table in METADATA.sorted_tables}


def _count(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _value(column: Column[Any], example: bool) -> Any:
    match column.type:
        case Boolean():
            return example
        case Integer():
            return 1
        case Float():
            return 0.1
        case LargeBinary():
            return BYTES[-(column.type.length or 256) :]
        case Date():
            return date(2026, 11, 23)
        case Moment():
            return datetime(2026, 11, 23, 8, 30, 15, 123456, tzinfo=UTC)
        case JSON():
            return {"甲": [1, None, 1.5, True, "乙"], "空": {}}
        case String():
            return f"{column.name}：'中文'"[: column.type.length or 40]
    raise TypeError(f"no value for {column}")
