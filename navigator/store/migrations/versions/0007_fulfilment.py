"""Rounds of 免申即享 fulfilment with items, objections and payment results; events of window cases, and what windows handle."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _rounds()
    _payments()
    _window()


def _rounds() -> None:
    op.create_table(
        "fulfilment_rounds",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80), nullable=False),
        sa.Column("measure", sa.String(200), nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("corpus_version", sa.String(32), nullable=False),
        sa.Column("conditions", sa.JSON, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("undecided", sa.Integer, nullable=False),
        sa.Column("promised", sa.Integer),
        sa.Column("promised_source", sa.String(300), nullable=False),
        sa.Column("starts", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("proposed", sa.DateTime),
        sa.Column("proposed_by", sa.String(64)),
        sa.Column("confirmed", sa.DateTime),
        sa.Column("confirmed_by", sa.String(64)),
        sa.Column("notice_from", sa.Date),
        sa.Column("notice_to", sa.Date),
        sa.Column("notice_place", sa.String(300), nullable=False),
        sa.Column("due", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_fulfilment_rounds"),
    )
    op.create_index("ix_fulfilment_rounds_due", "fulfilment_rounds", ["due"])
    op.create_index(
        "ix_fulfilment_rounds_measure_id_period_office_example",
        "fulfilment_rounds",
        ["measure_id", "period", "office", "example"],
        unique=True,
    )
    op.create_index("ix_fulfilment_rounds_region", "fulfilment_rounds", ["region"])
    op.create_table(
        "fulfilment_items",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("round_id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("by_rules", sa.Boolean, nullable=False),
        sa.Column("ground", sa.JSON, nullable=False),
        sa.Column("amount", sa.Float),
        sa.Column("computed", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("done_on", sa.Date),
        sa.Column("paid", sa.Float),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fulfilment_items"),
        sa.ForeignKeyConstraint(
            ["round_id"], ["fulfilment_rounds.id"], name="fk_fulfilment_items_round_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_fulfilment_items_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_fulfilment_items_enterprise_id", "fulfilment_items", ["enterprise_id"])
    op.create_index(
        "ix_fulfilment_items_round_id_enterprise_id", "fulfilment_items", ["round_id", "enterprise_id"], unique=True
    )
    op.create_index("ix_fulfilment_items_round_id_state", "fulfilment_items", ["round_id", "state"])
    op.create_table(
        "fulfilment_objections",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("decision", sa.String(12)),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("decided", sa.DateTime),
        sa.Column("decided_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_fulfilment_objections"),
        sa.ForeignKeyConstraint(
            ["item_id"], ["fulfilment_items.id"], name="fk_fulfilment_objections_item_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_fulfilment_objections_item_id", "fulfilment_objections", ["item_id"])


def _payments() -> None:
    op.create_table(
        "payment_files",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("round_id", sa.Integer, nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_files"),
        sa.ForeignKeyConstraint(
            ["round_id"], ["fulfilment_rounds.id"], name="fk_payment_files_round_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_payment_files_round_id", "payment_files", ["round_id"])
    op.create_table(
        "payment_lines",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("file_id", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("day", sa.String(40), nullable=False),
        sa.Column("found", sa.String(16), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_lines"),
        sa.ForeignKeyConstraint(["file_id"], ["payment_files.id"], name="fk_payment_lines_file_id", ondelete="CASCADE"),
    )
    op.create_index("ix_payment_lines_file_id", "payment_lines", ["file_id"])


def _window() -> None:
    op.create_table(
        "window_measures",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("handled", sa.Boolean, nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_window_measures"),
    )
    op.create_index("ix_window_measures_measure_id_region", "window_measures", ["measure_id", "region"], unique=True)
    op.create_table(
        "window_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("result", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(24)),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("corrects", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_window_events"),
        sa.ForeignKeyConstraint(["case_id"], ["window_cases.id"], name="fk_window_events_case_id", ondelete="CASCADE"),
    )
    op.create_index("ix_window_events_case_id", "window_events", ["case_id"])
