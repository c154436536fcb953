"""Appeals of enterprises with their steps, how who raised one can be reached, and in how many working days each field is to be answered."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64)),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("enterprise_id", sa.Integer),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("field", sa.String(12), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("unit_id", sa.Integer),
        sa.Column("due", sa.Date),
        sa.Column("first_due", sa.Date),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("satisfied", sa.String(12)),
        sa.Column("measure_id", sa.String(80)),
        sa.Column("platform_id", sa.String(80)),
        sa.Column("receipt", sa.String(64)),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("number", name="uq_appeals_number"),
        sa.UniqueConstraint("key", name="uq_appeals_key"),
        sa.ForeignKeyConstraint(["unit_id"], ["board_units.id"], name="fk_appeals_unit_id"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_appeals_enterprise_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_appeals_enterprise_id", "appeals", ["enterprise_id"])
    op.create_index("ix_appeals_raised_on", "appeals", ["raised_on"])
    op.create_index("ix_appeals_region", "appeals", ["region"])
    op.create_index("ix_appeals_state_due", "appeals", ["state", "due"])
    op.create_index("ix_appeals_unit_id", "appeals", ["unit_id"])
    op.create_table(
        "appeal_contacts",
        sa.Column("appeal_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("appeal_id", name="pk_appeal_contacts"),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name="fk_appeal_contacts_appeal_id", ondelete="CASCADE"),
    )
    op.create_index("ix_appeal_contacts_until", "appeal_contacts", ["until"])
    op.create_table(
        "appeal_steps",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("appeal_id", sa.Integer, nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("said", sa.String(12)),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appeal_steps"),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name="fk_appeal_steps_appeal_id", ondelete="CASCADE"),
    )
    op.create_index("ix_appeal_steps_appeal_id", "appeal_steps", ["appeal_id"])
    op.create_table(
        "appeal_terms",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("field", sa.String(12), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appeal_terms"),
        sa.UniqueConstraint("field", "at", name="uq_appeal_terms_field_at"),
    )
