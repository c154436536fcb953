"""What came back from visits without a signal: records taken in, and answers still to be decided."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "sync_items",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("made_id", sa.Integer),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sync_items"),
        sa.UniqueConstraint("key", name="uq_sync_items_key"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_sync_items_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_sync_items_enterprise_id", "sync_items", ["enterprise_id"])
    op.create_table(
        "sync_conflicts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("fact", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("decided", sa.String(8)),
        sa.Column("decided_at", sa.DateTime),
        sa.Column("decided_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_sync_conflicts"),
        sa.ForeignKeyConstraint(["item_id"], ["sync_items.id"], name="fk_sync_conflicts_item_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_sync_conflicts_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_sync_conflicts_enterprise_id", "sync_conflicts", ["enterprise_id"])
    op.create_index("ix_sync_conflicts_item_id_fact", "sync_conflicts", ["item_id", "fact"], unique=True)
