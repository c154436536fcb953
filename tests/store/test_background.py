"""Long work beside the page: what stops it is logged, and whoever was taken over no longer writes."""

from __future__ import annotations

import logging

import pytest

from navigator.errors import InputError
from navigator.store import background
from navigator.store.engine import reading, transaction
from navigator.store.importing_tables import ImportRow
from tests.store.test_importing import begin, own_folder, rows, table  # noqa: F401


@pytest.mark.parametrize(("fault", "level"), [(InputError("表", "坏了"), "INFO"), (RuntimeError("x"), "ERROR")])
def test_what_stops_the_work_is_logged_and_reaches_nobody_else(caplog, fault, level):
    def work():
        raise fault

    with caplog.at_level(logging.INFO, "navigator"):
        background.beside("import-7", work).join()
    (record,) = caplog.records
    assert (record.levelname, record.threadName) == (level, "import-7")


def test_of_two_workers_only_the_later_holds_the_row_and_lets_it_go(store):
    number = begin(table(*rows(1)))
    first, second = background.new_worker(), background.new_worker()
    for worker in (first, second):
        with transaction() as session:
            row = session.get(ImportRow, number)
            row.state, row.worker = "running", worker
    with transaction() as session:
        assert background.held_by(session, ImportRow, number, first, "running") is None
        assert background.held_by(session, ImportRow, number, second, "done") is None
        assert background.held_by(session, ImportRow, number, second, "running").id == number
    background.let_go(ImportRow, number, first, worker="", remark="first")
    with reading() as session:
        assert session.get(ImportRow, number).worker == second
    background.let_go(ImportRow, number, second, worker="", remark="second")
    with reading() as session:
        row = session.get(ImportRow, number)
        assert (row.worker, row.remark) == ("", "second")
