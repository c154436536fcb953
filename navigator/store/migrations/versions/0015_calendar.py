"""Subscriptions to 政策日历."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "calendar_links",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("measures", sa.JSON, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("enterprise_id", sa.Integer),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_links"),
        sa.UniqueConstraint("code", name="uq_calendar_links_code"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_calendar_links_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_calendar_links_enterprise_id", "calendar_links", ["enterprise_id"])
    op.create_index("ix_calendar_links_until", "calendar_links", ["until"])
