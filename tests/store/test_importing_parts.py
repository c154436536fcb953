"""Parts of a kept file: the same from a process of its own as read here; its faults told in one sentence; it never outlives its reader."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import threading
from datetime import datetime

import pytest
from openpyxl import Workbook

from navigator.errors import InputError
from navigator.settings import settings
from navigator.store import enterprises, importing, importing_parts
from navigator.store.importing_files import keep_file
from tests.store.test_importing import CITY, HEADINGS, begin, rows, table
from tests.store.test_importing_columns import code


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(importing_parts, "APART", 0)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def begun(monkeypatch) -> list[subprocess.Popen[bytes]]:
    """The reading processes that were begun."""
    found: list[subprocess.Popen[bytes]] = []
    begin_one = importing_parts._begin

    def noted(*arguments):
        found.append(begin_one(*arguments))
        return found[-1]

    monkeypatch.setattr(importing_parts, "_begin", noted)
    return found


def sheet(*lines, headings=HEADINGS) -> bytes:
    book = Workbook()
    for line in (headings, *lines):
        book.active.append(line)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def broken(data: bytes) -> bytes:
    """A sheet whose rows end in the middle of one."""
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content[: len(content) * 2 // 3] if "worksheets" in part else content)
    return made.getvalue()


def read(data: bytes, after=1, width=5, size=10, name="名单.xlsx"):
    file = keep_file(CITY, io.BytesIO(data), name)
    with importing_parts.parts_of(file, width, after, size) as parts:
        return [(list(part.numbers), [list(column) for column in part.columns]) for part in parts]


def test_a_process_of_its_own_gives_the_parts_that_are_read_here(begun, monkeypatch):
    odd = [
        (code(1), "甲厂", None, 1.5, True),
        (None, None, None, None, None),
        (code(2), "=1", datetime(2019, 5, 10), 10**14, False, "多出来的"),
        (code(3), "\u200b乙厂"),
    ]
    data = sheet(*rows(23), *odd)
    apart = read(data, after=5)
    assert len(begun) == 1
    monkeypatch.setattr(importing_parts, "APART", 1 << 40)
    assert read(data, after=5) == apart
    assert len(begun) == 1
    assert [len(numbers) for numbers, _ in apart] == [10, 10, 2]
    assert apart[0][0][0] == 6
    assert {len(columns) for _, columns in apart} == {5}


def test_a_csv_or_a_small_sheet_needs_no_process(begun, monkeypatch):
    assert len(read(table(*rows(3)), name="名单.csv")) == 1
    monkeypatch.setattr(importing_parts, "APART", 1_000_000)
    assert len(read(sheet(*rows(3)))) == 1
    assert begun == []


def test_lines_dealt_with_before_are_not_handed_over_but_tell_that_the_reading_goes_on(monkeypatch):
    monkeypatch.setattr(importing_parts, "APART", 1 << 40)
    monkeypatch.setattr(importing_parts, "_SKIPPED", 10)
    assert [len(numbers) for numbers, _ in read(sheet(*rows(30)), after=26)] == [0, 0, 5]


def test_a_fault_in_the_sheet_is_the_same_sentence_as_if_read_here(begun, monkeypatch):
    data = broken(sheet(*rows(200)))
    told = []
    for apart in (0, 1 << 40):
        monkeypatch.setattr(importing_parts, "APART", apart)
        with pytest.raises(InputError) as fault:
            read(data)
        told.append(str(fault.value))
    assert told[0] == told[1]
    assert told[0].startswith("名单.xlsx:")
    assert len(begun) == 1
    assert begun[0].returncode is not None


def test_an_import_of_a_sheet_that_ends_in_a_fault_keeps_what_came_before_and_says_why(store, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    number = begin(broken(sheet(*rows(600))), name="名单.xlsx")
    with pytest.raises(InputError, match=r"^名单\.xlsx:读不懂"):
        importing.carry_on(CITY, number)
    state = importing.read_import(CITY, number)
    assert state.state == "stopped"
    assert state.remark.startswith("名单.xlsx:读不懂")
    assert state.counts.added == enterprises.count_enterprises(CITY) > 0


def test_when_the_reading_process_is_killed_it_is_told_and_the_import_is_carried_on_without_doubles(
    store, begun, monkeypatch
):
    monkeypatch.setattr(importing, "AT_ONCE", 1_000)
    number = begin(sheet(*rows(9_000)), name="名单.xlsx")

    def out_of_memory(state):
        begun[0].send_signal(signal.SIGKILL)
        begun[0].wait()

    with pytest.raises(InputError, match="读表的程序停了"):
        importing.carry_on(CITY, number, out_of_memory)
    state = importing.read_import(CITY, number)
    assert state.state == "stopped"
    assert "可以接着导" in state.remark
    assert 0 < state.counts.added < 9_000
    done = importing.carry_on(CITY, number)
    assert (done.state, done.counts.added, done.counts.same) == ("done", 9_000, 0)
    assert enterprises.read_enterprise(CITY, code(5)).version == 1


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_whoever_breaks_off_ends_the_reading_process(store, begun, monkeypatch, interruption):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    number = begin(sheet(*rows(500)), name="名单.xlsx")

    def stop(state):
        raise interruption

    with pytest.raises(interruption):
        importing.carry_on(CITY, number, stop)
    assert begun[0].returncode is not None
    state = importing.read_import(CITY, number)
    assert (state.state, state.counts.added) == ("stopped", 10)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_import_taken_over_by_another_ends_the_reading_process_of_the_first(store, begun, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    number = begin(sheet(*rows(50)), name="名单.xlsx")

    def takes_over(state):
        if len(begun) == 1:
            importing.carry_on_apart(CITY, number).join()

    with pytest.raises(InputError, match="由另一处接着做了"):
        importing.carry_on(CITY, number, takes_over)
    assert [process.returncode is not None for process in begun] == [True, True]
    assert importing.read_import(CITY, number).counts.added == enterprises.count_enterprises(CITY) == 50


def test_the_reading_process_ends_when_nobody_takes_its_rows_any_more():
    file = keep_file(CITY, io.BytesIO(sheet(*rows(3_000))), "名单.xlsx")
    process = importing_parts._begin(file, 5, 1, 10)
    process.stdout.close()
    assert process.wait(timeout=30) != 0


def test_the_reading_process_gets_no_secret_and_needs_no_page(monkeypatch):
    for name in (
        "DATABASE_URL",
        "NAVIGATOR_SMTP_URL",
        "NAVIGATOR_OIDC_CLIENT_SECRET",
        "STREAMLIT_SERVER_COOKIE_SECRET",
    ):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in importing_parts._environment().values()
    assert importing_parts._environment()["PATH"] == os.environ["PATH"]
    look = "import sys, navigator.store.importing_parts; print([name for name in sys.modules if name.startswith('streamlit')])"
    done = subprocess.run(
        [importing_parts.sys.executable, "-c", look], cwd=importing_parts.ROOT, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"[]"]


def test_what_is_no_cell_is_never_built_from_the_reading_process(monkeypatch):
    import pickle

    with pytest.raises(TypeError, match="is no cell"):
        importing_parts._PlainCells(io.BytesIO(pickle.dumps(("part", threading.Event)))).load()
