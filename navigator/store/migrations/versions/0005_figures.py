"""Tallies of pushes and answers, kept equal to their rows by triggers; snapshots of coverage."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_KEY = "example, month, subject_id, batch_id, region, what"


def upgrade() -> None:
    op.create_table(
        "push_tallies",
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(*_KEY.split(", "), name="pk_push_tallies"),
    )
    op.create_table(
        "coverage_snapshots",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("scope", sa.String(32)),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("corpus_version", sa.String(32), nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coverage_snapshots"),
    )
    op.create_index("ix_coverage_snapshots_as_of", "coverage_snapshots", ["as_of"])
    op.create_table(
        "coverage_lines",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("snapshot_id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("eligible", sa.Integer, nullable=False),
        sa.Column("pushed", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coverage_lines"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["coverage_snapshots.id"], name="fk_coverage_lines_snapshot_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_coverage_lines_snapshot_id_measure_id_region",
        "coverage_lines",
        ["snapshot_id", "measure_id", "region"],
        unique=True,
    )
    for statement in (_add_all(), *_triggers(op.get_bind().dialect.name)):
        op.get_bind().exec_driver_sql(statement)


def _counted(push: str) -> str:
    return f"{push}.kind = 'fits' AND {push}.state = 'sent' AND {push}.month IS NOT NULL"


def _answer(row: str) -> str:
    return f"CASE WHEN {row}.fits THEN 'fits' ELSE coalesce({row}.reason, 'other') END"


def _keys(push: str) -> str:
    return f"{push}.example, {push}.month, {push}.subject_id, {push}.batch_id, coalesce({push}.region, '')"


def _add_all() -> str:
    """What there is already."""
    return (
        f"INSERT INTO push_tallies ({_KEY}, number) "
        f"SELECT {_keys('p')}, 'sent', count(*) FROM pushes p WHERE {_counted('p')} GROUP BY 1, 2, 3, 4, 5 "
        f"UNION ALL SELECT {_keys('p')}, {_answer('a')}, count(*) "
        f"FROM push_answers a JOIN pushes p ON p.id = a.push_id WHERE {_counted('p')} GROUP BY 1, 2, 3, 4, 5, 6"
    )


def _add(source: str, number: int) -> str:
    return (
        f"INSERT INTO push_tallies ({_KEY}, number) SELECT {source} "
        f"ON CONFLICT ({_KEY}) DO UPDATE SET number = push_tallies.number + ({number});"
    )


def _add_push(push: str, number: int) -> str:
    """Count a push and its answer, or count them no more."""
    sent = _add(f"{_keys(push)}, 'sent', {number} WHERE {_counted(push)}", number)
    answered = _add(
        f"{_keys(push)}, {_answer('a')}, {number} FROM push_answers a WHERE a.push_id = {push}.id AND {_counted(push)}",
        number,
    )
    return f"{sent} {answered}"


def _add_answer(answer: str, number: int) -> str:
    return _add(
        f"{_keys('p')}, {_answer(answer)}, {number} FROM pushes p WHERE p.id = {answer}.push_id AND {_counted('p')}",
        number,
    )


_CHANGING = "state, month, kind, example, region, subject_id, batch_id"
_WORK = (
    ("pushes", "INSERT", "AFTER INSERT", _counted("NEW"), _add_push("NEW", 1)),
    (
        "pushes",
        "UPDATE",
        f"AFTER UPDATE OF {_CHANGING}",
        f"({_counted('OLD')}) OR ({_counted('NEW')})",
        f"{_add_push('OLD', -1)} {_add_push('NEW', 1)}",
    ),
    ("pushes", "DELETE", "BEFORE DELETE", _counted("OLD"), _add_push("OLD", -1)),
    ("push_answers", "INSERT", "AFTER INSERT", None, _add_answer("NEW", 1)),
    (
        "push_answers",
        "UPDATE",
        "AFTER UPDATE OF fits, reason",
        None,
        f"{_add_answer('OLD', -1)} {_add_answer('NEW', 1)}",
    ),
    ("push_answers", "DELETE", "AFTER DELETE", None, _add_answer("OLD", -1)),
)


def _triggers(dialect: str) -> list[str]:
    """A push that is deleted takes its answer out of the tally as well: the answer's own trigger no longer finds it."""
    made = []
    for table, change, moment, when, work in _WORK:
        name, only = f"{table}_tally_{change.lower()}", f" WHEN ({when})" if when else ""
        if dialect == "sqlite":
            made.append(f"CREATE TRIGGER {name} {moment} ON {table}{only} BEGIN {work} END")
            continue
        back = "OLD" if change == "DELETE" else "NEW"
        made.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {work} RETURN {back}; END $$"
        )
        made.append(f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW{only} EXECUTE FUNCTION {name}()")
    return made
