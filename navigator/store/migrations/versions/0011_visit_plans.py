"""Planning visits: teams, claims, townships, routes with their stops, and the worklist of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "visit_lists",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("scope", sa.String(32)),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("corpus_version", sa.String(32), nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_lists"),
    )
    op.create_index("ix_visit_lists_as_of", "visit_lists", ["as_of"])
    op.create_table(
        "visit_teams",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("ended", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_visit_teams"),
        sa.UniqueConstraint("name", name="uq_visit_teams_name"),
    )
    op.create_index("ix_visit_teams_region", "visit_teams", ["region"])
    op.create_table(
        "visit_claims",
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("team_id", sa.Integer, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", name="pk_visit_claims"),
        sa.ForeignKeyConstraint(["team_id"], ["visit_teams.id"], name="fk_visit_claims_team_id"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_visit_claims_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_visit_claims_team_id", "visit_claims", ["team_id"])
    op.create_table(
        "visit_list_lines",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("list_id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("money", sa.Float, nullable=False),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("ask", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_list_lines"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["visit_lists.id"], name="fk_visit_list_lines_list_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_visit_list_lines_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_visit_list_lines_enterprise_id", "visit_list_lines", ["enterprise_id"])
    op.create_index(
        "ix_visit_list_lines_list_id_enterprise_id", "visit_list_lines", ["list_id", "enterprise_id"], unique=True
    )
    op.create_index("ix_visit_list_lines_list_id_score", "visit_list_lines", ["list_id", "score"])
    op.create_table(
        "visit_routes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("team_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_routes"),
        sa.ForeignKeyConstraint(["team_id"], ["visit_teams.id"], name="fk_visit_routes_team_id"),
    )
    op.create_index("ix_visit_routes_day", "visit_routes", ["day"])
    op.create_index("ix_visit_routes_team_id_day", "visit_routes", ["team_id", "day"], unique=True)
    op.create_table(
        "visit_townships",
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("township", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", name="pk_visit_townships"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_visit_townships_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "visit_stops",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("route_id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_stops"),
        sa.ForeignKeyConstraint(["route_id"], ["visit_routes.id"], name="fk_visit_stops_route_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_visit_stops_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_visit_stops_enterprise_id", "visit_stops", ["enterprise_id"])
    op.create_index("ix_visit_stops_route_id_enterprise_id", "visit_stops", ["route_id", "enterprise_id"], unique=True)
