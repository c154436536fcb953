"""Tests of pushes run as those of the store do: on SQLite, and on PostgreSQL where it is installed."""

from tests.store.conftest import cluster, migrated_file, store

__all__ = ["cluster", "migrated_file", "store"]
