"""Long work beside the page: a thread of its own, and a row that says who works, so that of two the later goes on and the other stops.

What the work is, when it may be begun and how it is carried on is its own affair: imports, choosing a batch, sending one.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from navigator.errors import InputError
from navigator.store.engine import transaction

_log = logging.getLogger("navigator")


class Worked(Protocol):
    """A row of long work: `worker` is the name of who works on it, `state` how it stands."""

    id: Any
    worker: Any
    state: Any


_Row = TypeVar("_Row", bound=Worked)


def beside(name: str, work: Callable[[], object]) -> threading.Thread:
    """Begin work in a thread that may be left to itself; what stops it is logged."""

    def run() -> None:
        try:
            work()
        except InputError as fault:
            _log.info("%s: %s", name, fault)
        except Exception:
            _log.exception("%s", name)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def new_worker() -> str:
    """A name nobody else works under."""
    return secrets.token_hex(16)


def held_by(session: Session, table: type[_Row], number: int, worker: str, state: str) -> _Row | None:
    """The row while it stands so and nobody else has taken it over, held until the transaction ends; None otherwise."""
    row = session.scalar(select(table).where(table.id == number).with_for_update())
    return row if row is not None and row.worker == worker and row.state == state else None


def let_go(table: type[_Row], number: int, worker: str, /, *where: ColumnElement[bool], **values: Any) -> None:
    """Write into the row that its worker stopped, unless somebody else has taken it over. Never raises InputError."""
    mine: list[Any] = [table.id == number, table.worker == worker, *where]
    try:
        with transaction() as session:
            session.execute(update(table).where(*mine).values(**values))
    except InputError as fault:
        _log.error("%s", fault)
