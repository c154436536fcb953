"""Shared by all tests: repeatable random cases, the day everything is asked as of, and the real corpus, compiled once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from navigator.matching.facts import FactBook
from navigator.matching.rulebook import RuleBook, default_rulebook

settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty store of the test's own; gives its address."""
    from tests.stores import own_store  # SQLAlchemy, which most tests do without

    with own_store(f"sqlite:///{tmp_path / 'store.db'}", monkeypatch) as address:
        yield address


@pytest.fixture(scope="session")
def as_of() -> date:
    """The day on which the tests ask; none depends on today."""
    return date(2026, 11, 23)


@pytest.fixture(scope="session")
def rulebook() -> RuleBook:
    """The real corpus."""
    return default_rulebook()


@pytest.fixture(scope="session")
def book(rulebook: RuleBook) -> FactBook:
    """The real facts."""
    return rulebook.facts
