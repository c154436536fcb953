"""Beside the running server: sends what was approved, also after a restart, makes the day's worklist for the teams, and erases contacts
and photos whose time is over.

It only begins once there is a store, and never brings the server down: what goes wrong is logged and tried again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from navigator.errors import InputError
from navigator.settings import settings
from navigator.store.engine import database_file

_log = logging.getLogger("navigator")

SECONDS = 20.0
"""How often a look is taken at whether something may go out."""
ERASE_EVERY = 24 * 3600.0

_wanted = threading.Event()


def wake() -> None:
    """Take the next look now: something was approved."""
    _wanted.set()


def watch(ended: threading.Event) -> None:
    """Until the server ends."""
    erased = float("-inf")
    while not ended.is_set():
        if settings().database_url or database_file().exists():
            _attempt(_send)
            if time.monotonic() - erased > ERASE_EVERY:
                erased = time.monotonic()
                _attempt(_erase)
            _attempt(make_todays_worklist)
        _wait(ended)


def _wait(ended: threading.Event) -> None:
    """Until the next look is due, somebody asks for one, or the server ends."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and not ended.is_set() and not _wanted.wait(0.5):
        pass
    _wanted.clear()


def _attempt(task: Callable[[], None]) -> None:
    try:
        task()
    except InputError as fault:
        _log.warning("%s", fault)
    except Exception:
        _log.exception("delivery")


def _send() -> None:
    from navigator.delivery.queue import QUEUE, waiting_batches, work_all

    if waiting_batches(QUEUE):
        work_all()


def make_todays_worklist() -> None:
    """Once a day, where there are teams: the whole city's list is ready before they set out."""
    from navigator.delivery.queue import QUEUE
    from navigator.delivery.teams import list_teams
    from navigator.delivery.worklist import latest, make_worklist
    from navigator.matching import dates

    if not list_teams(QUEUE):
        return
    made, today = latest(QUEUE), dates.today()
    if made is None or made.as_of < today:
        make_worklist(QUEUE, today)


def _erase() -> None:
    from navigator.delivery.appeals_whose import erase_past_contacts
    from navigator.delivery.contacts import erase_past
    from navigator.delivery.photos import sweep
    from navigator.delivery.queue import QUEUE

    erase_past(QUEUE)
    erase_past_contacts(QUEUE)
    sweep(QUEUE)
