"""Taking the invented enterprises out takes everything that hangs on them, and nothing of real ones."""

from __future__ import annotations

from navigator.auth import COMMAND_LINE
from navigator.store.demo import remove_demo
from navigator.store.engine import reading, transaction
from tests.rows import counts, fill_every_table

OF_NOBODY = {
    "accounts", "attempts", "audit_log", "fact_sources", "import_column_uses", "import_refusals", "imports", "keys", "sign_ins",
    "window_measures",
    "board_units", "board_duties", "board_values", "board_tasks", "board_task_events", "board_notes",
    "problems", "problem_steps", "cadence_starts", "cadence_entries", "bulletins", "bulletin_units", "cadence_talks",
    "visit_teams", "visit_routes",
    "appeal_terms",
}  # fmt: skip


def test_pushes_answers_samples_cases_and_backtests_of_invented_enterprises_go_with_them(store):
    with transaction() as session:
        filled = fill_every_table(session, example=True)
    assert {"pushes", "push_answers", "judgements", "window_cases", "backtests", "contacts", "opt_outs"} <= set(filled)
    assert remove_demo(COMMAND_LINE) == 1
    with reading() as session:
        left = {name for name, count in counts(session).items() if count}
    assert left <= OF_NOBODY


def test_nothing_of_real_enterprises_is_removed(store):
    with transaction() as session:
        fill_every_table(session, example=False)
        before = counts(session)
    assert remove_demo(COMMAND_LINE) == 0
    with reading() as session:
        after = counts(session)
    assert after.pop("audit_log") == before.pop("audit_log") + 1
    assert after == before
