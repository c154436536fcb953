"""The store of the speed tests hangs together: it is the app's own schema, and its pushes are such as the app would have made."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from benchmarks.delivery_store import DAY, make_store
from navigator.auth import COMMAND_LINE
from navigator.matching.assess import assess
from navigator.store.engine import reading
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import read_enterprise
from navigator.store.judging_tables import ItemRow, StratumRow
from navigator.store.push_tables import AnswerRow, PushRow, SubjectRow
from tests.rows import counts
from tests.stores import own_store


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A small one, in use."""
    found = make_store(tmp_path, 200, 1_500)
    with own_store(f"sqlite:///{tmp_path / 'navigator.db'}", monkeypatch):
        yield found


def test_every_row_points_to_one_that_is_there_and_the_numbers_are_those_told(made):
    with reading() as session:
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        found = counts(session)
    assert (found["enterprises"], found["pushes"], found["push_answers"]) == (200, made.pushes, made.answers)
    assert (found["audit_items"], found["judgements"], found["window_cases"]) == (
        made.items,
        made.judgements,
        made.cases,
    )
    assert 1_300 < made.pushes < 1_700


def test_pushes_went_to_enterprises_that_the_rules_say_are_eligible(made):
    with reading() as session:
        query = select(EnterpriseRow.uscc, SubjectRow.measure_id, PushRow.region, PushRow.estimate).join_from(
            PushRow, EnterpriseRow
        )
        rows = session.execute(query.join(SubjectRow, SubjectRow.id == PushRow.subject_id).limit(60)).all()
    for uscc, measure, region, estimate in rows:
        record = read_enterprise(COMMAND_LINE, uscc)
        found = next(one for one in assess(record.profile, DAY).measures if one.measure.id == measure)
        assert (found.status, record.region) == ("eligible", region)
        assert estimate == pytest.approx(found.estimate, abs=0.01)


def test_tallies_and_strata_are_what_the_rows_say(made):
    counted = (PushRow.kind == "fits", PushRow.state == "sent")
    with reading() as session:
        sent = session.scalar(select(func.count(PushRow.id)).where(*counted))
        answered = session.scalar(select(func.count()).select_from(AnswerRow).join(PushRow).where(*counted))
        assert session.scalar(text("SELECT sum(number) FROM push_tallies WHERE what = 'sent'")) == sent
        assert session.scalar(text("SELECT sum(number) FROM push_tallies WHERE what <> 'sent'")) == answered
        assert session.scalar(select(func.sum(StratumRow.pushes))) == sent
        assert session.scalar(select(func.sum(StratumRow.items))) == session.scalar(select(func.count(ItemRow.id)))


def test_a_store_that_is_there_is_not_written_over(made, tmp_path):
    with pytest.raises(SystemExit):
        make_store(tmp_path, 10, 10)
