"""Pushes that are not sent yet stand in no index of months and messages: selecting for a whole city writes half as much."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_INDEXES = (
    ("ix_pushes_month_subject_id_region", ["month", "subject_id", "region"], "month IS NOT NULL"),
    ("ix_pushes_message_id", ["message_id"], "message_id IS NOT NULL"),
)


def upgrade() -> None:
    for name, columns, only in _INDEXES:
        op.drop_index(name, "pushes")
        op.create_index(name, "pushes", columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))
