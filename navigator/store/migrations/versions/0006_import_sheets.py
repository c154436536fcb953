"""Which sheet of a file an import reads."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("imports", sa.Column("sheet", sa.String(100), nullable=False, server_default=""))
