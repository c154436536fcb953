"""Brings the database to the schema this program knows, step by step, in one transaction: all of it or nothing.

Processes that start together wait for one another. A step is a file in migrations/versions, named by its number.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

from navigator.errors import InputError

_FOLDER = Path(__file__).resolve().parent / "migrations"
_MIGRATION_LOCK = 420800


def migrate(engine: Engine) -> None:
    """Bring the database up to date. Raises InputError where a newer program has already changed it."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        bring_to(connection, "head")


def bring_to(connection: Connection, target: str) -> None:
    """Take the steps up to one of them (`head`: all), within the connection's transaction."""
    known = ScriptDirectory(str(_FOLDER))
    current = revision(connection)
    if target == "head" and current == known.get_current_head():
        return
    steps = {step.revision for step in known.walk_revisions()}
    for named in (current, target):
        if named and named != "head" and named not in steps:
            raise InputError("数据库", f"是更新的程序建的（第 {named} 版）", "请用新版程序打开")
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def drop_everything(connection: Connection) -> None:
    """Empty the database, the schema included, within the connection's transaction."""
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)


def revision(connection: Connection) -> str | None:
    """The step the database stands at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()
