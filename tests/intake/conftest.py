"""Two people of the office, a shelf with a clock that stands still, and a data folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from navigator.auth import Actor
from navigator.intake.shelf import Shelf
from tests.offices import own_data

FIRST, SECOND, THIRD = Actor("小甲", "staff"), Actor("小乙", "staff"), Actor("小丙", "staff")


class Clock:
    """A minute later each time it is asked."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


@pytest.fixture
def log() -> list[tuple[str, str, str]]:
    """What was written to the log: who, what, about what."""
    return []


@pytest.fixture
def shelf(tmp_path: Path, log: list[tuple[str, str, str]]) -> Shelf:
    return Shelf(tmp_path / "shelf", Clock(), lambda actor, action, subject, details: log.append((actor.name, action, subject)))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with own_data(tmp_path / "data", monkeypatch) as folder:
        yield folder
