"""The migrated database is the one the models describe; starting twice, together, or with an older program does no harm."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from navigator.errors import InputError
from navigator.store import engine
from navigator.store.migrate import migrate
from navigator.store.schema import METADATA


def test_the_migrated_database_is_the_one_the_models_describe(store):
    with engine.engine().begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_again_changes_nothing_and_keeps_rows(store):
    with engine.engine().begin() as connection:
        connection.execute(text("INSERT INTO attempts (key, address, at) VALUES ('a', 'b', '2026-11-23 00:00:00')"))
    migrate(engine.engine())
    with engine.engine().connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM attempts")) == 1


def test_processes_that_start_together_wait_for_one_another(store):
    failures: list[Exception] = []

    def start() -> None:
        try:
            made = engine._opened(engine.database_url())
            made.dispose()
        except Exception as error:
            failures.append(error)

    starts = [threading.Thread(target=start) for _ in range(4)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    assert failures == []


def test_a_database_of_a_newer_program_is_left_alone(store):
    with engine.engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.close()
    with pytest.raises(InputError, match="是更新的程序建的（第 9999 版）"):
        engine.engine()


def test_a_change_that_fails_halfway_leaves_nothing(store):
    with pytest.raises(RuntimeError), engine.transaction() as session:
        session.execute(text("INSERT INTO attempts (key, address, at) VALUES ('a', 'b', '2026-11-23 00:00:00')"))
        raise RuntimeError
    with engine.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM attempts")) == 0


def test_a_look_sees_one_moment_while_others_change(store):
    with engine.reading() as looking:
        assert looking.scalar(text("SELECT count(*) FROM attempts")) == 0
        with engine.transaction() as session:
            session.execute(text("INSERT INTO attempts (key, address, at) VALUES ('a', 'b', '2026-11-23 00:00:00')"))
        assert looking.scalar(text("SELECT count(*) FROM attempts")) == 0


@pytest.mark.parametrize("address", ["mysql://u:secret@h/db", "这不是地址", "sqlite://"])
def test_an_address_that_is_no_database_is_told_without_repeating_it(address, monkeypatch):
    from tests.stores import own_store

    with own_store(address, monkeypatch), pytest.raises(InputError) as told:
        engine.engine()
    assert "DATABASE_URL" in str(told.value)
    assert "secret" not in str(told.value)


def test_a_database_that_does_not_answer_is_told_in_one_sentence_without_the_password(monkeypatch, tmp_path):
    from tests.stores import own_store

    address = f"postgresql://u:secret@/db?host={tmp_path}"
    with own_store(address, monkeypatch), pytest.raises(InputError, match="连不上") as told:
        engine.engine()
    assert "secret" not in str(told.value)
