"""Visit records with their versions, the people met, promises with their steps, and photos."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64)),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.UniqueConstraint("key", name="uq_visits_key"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_visits_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_visits_enterprise_id", "visits", ["enterprise_id"])
    op.create_index("ix_visits_visited_on", "visits", ["visited_on"])
    op.create_table(
        "visit_photos",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("file", sa.String(40), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_photos"),
        sa.UniqueConstraint("visit_id", "origin", name="uq_visit_photos_visit_id_origin"),
        sa.UniqueConstraint("file", name="uq_visit_photos_file"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_photos_visit_id", ondelete="CASCADE"),
    )
    op.create_table(
        "visit_promises",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("keeper", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("settled_on", sa.Date),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_promises"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_promises_visit_id", ondelete="CASCADE"),
    )
    op.create_index("ix_visit_promises_due_on", "visit_promises", ["due_on"])
    op.create_index("ix_visit_promises_state_due_on", "visit_promises", ["state", "due_on"])
    op.create_index("ix_visit_promises_visit_id", "visit_promises", ["visit_id"])
    op.create_table(
        "visit_versions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("team_id", sa.Integer),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("other", sa.String(200), nullable=False),
        sa.Column("measures", sa.JSON, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_versions"),
        sa.UniqueConstraint("visit_id", "version", name="uq_visit_versions_visit_id_version"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_versions_visit_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["visit_teams.id"], name="fk_visit_versions_team_id"),
    )
    op.create_index("ix_visit_versions_team_id", "visit_versions", ["team_id"])
    op.create_table(
        "visit_people",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("contact_id", sa.Integer),
        sa.Column("until", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_people"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["visit_versions.id"], name="fk_visit_people_version_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_visit_people_contact_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_visit_people_contact_id", "visit_people", ["contact_id"])
    op.create_index("ix_visit_people_until", "visit_people", ["until"])
    op.create_index("ix_visit_people_version_id", "visit_people", ["version_id"])
    op.create_table(
        "visit_promise_steps",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("promise_id", sa.Integer, nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_promise_steps"),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["visit_promises.id"], name="fk_visit_promise_steps_promise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_visit_promise_steps_promise_id", "visit_promise_steps", ["promise_id"])
