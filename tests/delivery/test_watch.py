"""Beside the server: what was approved goes out by itself, also when something went wrong before; without a store nothing is made."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from navigator.delivery import batches, queue, watch
from navigator.settings import settings
from tests.delivery.batch_makers import NOON, ZHANG, approved, firm, put
from tests.delivery.mailserver import mail_server


def watching(while_true, seconds: float = 30) -> None:
    """Watch until something is no longer so."""
    ended = threading.Event()
    thread = threading.Thread(target=watch.watch, args=(ended,), daemon=True)
    thread.start()
    until = time.monotonic() + seconds
    while while_true() and time.monotonic() < until:
        time.sleep(0.05)
    ended.set()
    thread.join(10)
    assert not thread.is_alive()


def test_what_was_approved_goes_out_by_itself_also_after_a_break(store, monkeypatch):
    put([firm(1), firm(2)])
    monkeypatch.setattr(watch, "SECONDS", 0.1)
    with mail_server() as (box, port):
        monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{port}?tls=none")
        monkeypatch.setattr(settings(), "mail_sender", "policy@example.com")
        number = approved("email")
        begin = queue.work_all
        times: list[int] = []

        def stumble() -> dict[int, queue.Tally]:
            times.append(1)
            if len(times) == 1:
                raise RuntimeError("the first time something is wrong")
            return begin(clock=lambda: NOON + timedelta(hours=1))

        monkeypatch.setattr(queue, "work_all", stumble)
        watching(lambda: batches.read_batch(ZHANG, number).state != "done")
        assert len(box.taken) == 2
    assert batches.read_batch(ZHANG, number).state == "done"


def test_without_a_store_none_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(watch, "SECONDS", 0.1)
    settings.cache_clear()
    started = time.monotonic()
    watching(lambda: time.monotonic() < started + 0.5)
    assert list(tmp_path.iterdir()) == []
    settings.cache_clear()
