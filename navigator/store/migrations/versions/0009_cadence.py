"""Problems with their steps; the cadence: its start, what was done, bulletins with units that fell short, talks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _problems()
    _cadence()
    _bulletins()


def _problems() -> None:
    op.create_table(
        "problems",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("due_source", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_problems"),
        sa.ForeignKeyConstraint(["unit_id"], ["board_units.id"], name="fk_problems_unit_id"),
    )
    op.create_index("ix_problems_found_on", "problems", ["found_on"])
    op.create_index("ix_problems_region", "problems", ["region"])
    op.create_index("ix_problems_state_due", "problems", ["state", "due"])
    op.create_index("ix_problems_unit_id", "problems", ["unit_id"])
    op.create_table(
        "problem_steps",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("problem_id", sa.Integer, nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("whom", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_problem_steps"),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problems.id"], name="fk_problem_steps_problem_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_problem_steps_problem_id", "problem_steps", ["problem_id"])


def _cadence() -> None:
    op.create_table(
        "cadence_entries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("duty", sa.String(16), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("period", sa.String(12), nullable=False),
        sa.Column("topic", sa.String(300), nullable=False),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("raised", sa.Text, nullable=False),
        sa.Column("held_on", sa.Date),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cadence_entries"),
    )
    op.create_index("ix_cadence_entries_period_duty_action", "cadence_entries", ["period", "duty", "action"])
    op.create_table(
        "cadence_starts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cadence_starts"),
    )


def _bulletins() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("confirmed", sa.DateTime),
        sa.Column("confirmed_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_bulletins"),
    )
    op.create_index("ix_bulletins_month", "bulletins", ["month"], unique=True)
    op.create_table(
        "bulletin_units",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("bulletin_id", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("rows", sa.JSON, nullable=False),
        sa.Column("struck", sa.String(500), nullable=False),
        sa.Column("struck_by", sa.String(64)),
        sa.Column("explained_on", sa.Date),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("explained_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_bulletin_units"),
        sa.ForeignKeyConstraint(["unit_id"], ["board_units.id"], name="fk_bulletin_units_unit_id"),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletins.id"], name="fk_bulletin_units_bulletin_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_bulletin_units_bulletin_id_unit_id", "bulletin_units", ["bulletin_id", "unit_id"], unique=True)
    op.create_index("ix_bulletin_units_unit_id", "bulletin_units", ["unit_id"])
    op.create_table(
        "cadence_talks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Integer, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cadence_talks"),
        sa.ForeignKeyConstraint(["unit_id"], ["board_units.id"], name="fk_cadence_talks_unit_id"),
    )
    op.create_index("ix_cadence_talks_unit_id_month", "cadence_talks", ["unit_id", "month"])
