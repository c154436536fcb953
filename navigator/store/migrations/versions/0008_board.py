"""The board of commitments: units and their duties, values of targets, tasks with their events, supervision notes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _units()
    _values()
    _tasks()


def _units() -> None:
    op.create_table(
        "board_units",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("ended", sa.DateTime),
        sa.Column("ended_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_board_units"),
        sa.UniqueConstraint("key", name="uq_board_units_key"),
    )
    op.create_index("ix_board_units_region", "board_units", ["region"])
    op.create_table(
        "board_duties",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("ended", sa.DateTime),
        sa.Column("ended_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_board_duties"),
        sa.ForeignKeyConstraint(["unit_id"], ["board_units.id"], name="fk_board_duties_unit_id", ondelete="CASCADE"),
    )
    op.create_index("ix_board_duties_number_unit_id", "board_duties", ["number", "unit_id"])
    op.create_index("ix_board_duties_unit_id", "board_duties", ["unit_id"])


def _values() -> None:
    op.create_table(
        "board_values",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("target", sa.String(12), nullable=False),
        sa.Column("indicator", sa.String(200), nullable=False),
        sa.Column("unit_id", sa.Integer),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("corrects", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("public_at", sa.DateTime),
        sa.Column("public_by", sa.String(64)),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_values"),
        sa.UniqueConstraint("corrects", name="uq_board_values_corrects"),
        sa.ForeignKeyConstraint(["corrects"], ["board_values.id"], name="fk_board_values_corrects", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["board_units.id"], name="fk_board_values_unit_id", ondelete="CASCADE"),
    )
    op.create_index("ix_board_values_public", "board_values", ["public"])
    op.create_index("ix_board_values_target_unit_id_day", "board_values", ["target", "unit_id", "day"])
    op.create_index("ix_board_values_unit_id", "board_values", ["unit_id"])


def _tasks() -> None:
    op.create_table(
        "board_tasks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_tasks"),
        sa.ForeignKeyConstraint(["unit_id"], ["board_units.id"], name="fk_board_tasks_unit_id", ondelete="CASCADE"),
    )
    op.create_index("ix_board_tasks_due", "board_tasks", ["due"])
    op.create_index("ix_board_tasks_number", "board_tasks", ["number"])
    op.create_index("ix_board_tasks_unit_id", "board_tasks", ["unit_id"])
    op.create_table(
        "board_notes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("task_id", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("reply", sa.Text),
        sa.Column("replied", sa.DateTime),
        sa.Column("replied_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_board_notes"),
        sa.ForeignKeyConstraint(["task_id"], ["board_tasks.id"], name="fk_board_notes_task_id", ondelete="CASCADE"),
    )
    op.create_index("ix_board_notes_task_id", "board_notes", ["task_id"])
    op.create_table(
        "board_task_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("task_id", sa.Integer, nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_task_events"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["board_tasks.id"], name="fk_board_task_events_task_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_board_task_events_task_id", "board_task_events", ["task_id"])
