"""Pushes with their contacts, answers and opt-outs; audit samples and judgements; cases at the window; backtests."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

OPEN = "state NOT IN ('withdrawn', 'dropped', 'failed')"


def upgrade() -> None:
    op.create_table(
        "audit_samples",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("scope", sa.String(32)),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("least", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("drawn", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_samples"),
    )
    op.create_index("ix_audit_samples_month", "audit_samples", ["month"])
    op.create_table(
        "backtests",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80), nullable=False),
        sa.Column("measure", sa.String(200), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("list_hash", sa.String(64), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("corpus_version", sa.String(32), nullable=False),
        sa.Column("scope", sa.String(32)),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_backtests"),
    )
    op.create_index("ix_backtests_measure_id", "backtests", ["measure_id"])
    op.create_table(
        "keys",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.LargeBinary(32), nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keys"),
    )
    op.create_table(
        "push_batches",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(32)),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("choice", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("corpus_version", sa.String(32), nullable=False),
        sa.Column("link_days", sa.Integer, nullable=False),
        sa.Column("daily", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("cursor", sa.Integer, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("proposed", sa.DateTime),
        sa.Column("proposed_by", sa.String(64)),
        sa.Column("approved", sa.DateTime),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("tested", sa.DateTime),
        sa.Column("withdrawn", sa.DateTime),
        sa.Column("withdrawn_by", sa.String(64)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("worker", sa.String(32), nullable=False),
        sa.Column("seen", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_push_batches"),
    )
    op.create_index("ix_push_batches_state", "push_batches", ["state"])
    op.create_table(
        "push_grounds",
        sa.Column("hash", sa.LargeBinary(16), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_push_grounds"),
    )
    op.create_table(
        "push_subjects",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80), nullable=False),
        sa.Column("substance", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("conditions", sa.JSON, nullable=False),
        sa.Column("estimate_kind", sa.String(8)),
        sa.Column("per", sa.String(8)),
        sa.PrimaryKeyConstraint("id", name="pk_push_subjects"),
    )
    op.create_index("ix_push_subjects_measure_id_substance", "push_subjects", ["measure_id", "substance"], unique=True)
    op.create_table(
        "audit_strata",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("sample_id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("pushes", sa.Integer, nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_strata"),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_samples.id"], name="fk_audit_strata_sample_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_audit_strata_sample_id_measure_id_region",
        "audit_strata",
        ["sample_id", "measure_id", "region"],
        unique=True,
    )
    op.create_table(
        "backtest_lines",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("backtest_id", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer),
        sa.Column("enterprise_id", sa.Integer),
        sa.Column("written", sa.String(200), nullable=False),
        sa.Column("code", sa.String(32)),
        sa.Column("amount", sa.Float),
        sa.Column("found", sa.String(12), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_backtest_lines"),
        sa.ForeignKeyConstraint(
            ["backtest_id"], ["backtests.id"], name="fk_backtest_lines_backtest_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_backtest_lines_enterprise_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_backtest_lines_enterprise_id", "backtest_lines", ["enterprise_id"])
    op.create_index("ix_backtest_lines_backtest_id_found", "backtest_lines", ["backtest_id", "found"])
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.ForeignKeyConstraint(["source_id"], ["fact_sources.id"], name="fk_contacts_source_id"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_contacts_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_contacts_enterprise_id", "contacts", ["enterprise_id"])
    op.create_index("ix_contacts_until", "contacts", ["until"])
    op.create_table(
        "opt_outs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80)),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opt_outs"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_opt_outs_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_opt_outs_enterprise_id", "opt_outs", ["enterprise_id"])
    op.create_table(
        "push_hand_overs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_push_hand_overs"),
        sa.ForeignKeyConstraint(["batch_id"], ["push_batches.id"], name="fk_push_hand_overs_batch_id"),
    )
    op.create_index("ix_push_hand_overs_batch_id", "push_hand_overs", ["batch_id"])
    op.create_table(
        "push_messages",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("hand_over_id", sa.Integer),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("remark", sa.String(200)),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_push_messages"),
        sa.ForeignKeyConstraint(["batch_id"], ["push_batches.id"], name="fk_push_messages_batch_id"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_push_messages_enterprise_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["hand_over_id"], ["push_hand_overs.id"], name="fk_push_messages_hand_over_id"),
    )
    op.create_index("ix_push_messages_batch_id_state", "push_messages", ["batch_id", "state"])
    op.create_index("ix_push_messages_day", "push_messages", ["day"])
    op.create_index("ix_push_messages_enterprise_id_day", "push_messages", ["enterprise_id", "day"])
    op.create_index("ix_push_messages_hand_over_id", "push_messages", ["hand_over_id"])
    op.create_table(
        "window_cases",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("system", sa.String(64), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("measure_id", sa.String(80), nullable=False),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("brought", sa.Date, nullable=False),
        sa.Column("result", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(24)),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_window_cases"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_window_cases_enterprise_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_window_cases_brought_measure_id", "window_cases", ["brought", "measure_id"])
    op.create_index("ix_window_cases_enterprise_id_measure_id", "window_cases", ["enterprise_id", "measure_id"])
    op.create_index("ix_window_cases_system_number", "window_cases", ["system", "number"], unique=True)
    op.create_table(
        "pushes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Integer, nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("enterprise_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("fact", sa.String(48)),
        sa.Column("example", sa.Boolean, nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("estimate", sa.Float),
        sa.Column("ground", sa.LargeBinary(16), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("remark", sa.String(200)),
        sa.Column("sent", sa.DateTime),
        sa.Column("month", sa.Integer),
        sa.Column("message_id", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_pushes"),
        sa.ForeignKeyConstraint(["message_id"], ["push_messages.id"], name="fk_pushes_message_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name="fk_pushes_enterprise_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["push_subjects.id"], name="fk_pushes_subject_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["push_batches.id"], name="fk_pushes_batch_id"),
    )
    op.create_index("ix_pushes_batch_id_state_enterprise_id", "pushes", ["batch_id", "state", "enterprise_id"])
    op.create_index("ix_pushes_enterprise_id_batch_id", "pushes", ["enterprise_id", "batch_id"])
    op.create_index("ix_pushes_message_id", "pushes", ["message_id"])
    op.create_index("ix_pushes_month_subject_id_region", "pushes", ["month", "subject_id", "region"])
    op.create_index(
        "uq_pushes_same_thing",
        "pushes",
        ["enterprise_id", "subject_id", "kind"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_table(
        "audit_items",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("stratum_id", sa.Integer, nullable=False),
        sa.Column("push_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_items"),
        sa.ForeignKeyConstraint(["push_id"], ["pushes.id"], name="fk_audit_items_push_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["stratum_id"], ["audit_strata.id"], name="fk_audit_items_stratum_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_audit_items_push_id", "audit_items", ["push_id"])
    op.create_index("ix_audit_items_stratum_id_push_id", "audit_items", ["stratum_id", "push_id"], unique=True)
    op.create_table(
        "push_answers",
        sa.Column("push_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("fits", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(24)),
        sa.Column("about", sa.String(200)),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("push_id", name="pk_push_answers"),
        sa.ForeignKeyConstraint(["push_id"], ["pushes.id"], name="fk_push_answers_push_id", ondelete="CASCADE"),
    )
    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Integer, nullable=False),
        sa.Column("judge", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("settles", sa.Boolean, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
        sa.ForeignKeyConstraint(["item_id"], ["audit_items.id"], name="fk_judgements_item_id", ondelete="CASCADE"),
    )
    op.create_index("ix_judgements_item_id_judge_settles", "judgements", ["item_id", "judge", "settles"], unique=True)
