"""Imports of enterprise records from office tables: begun, carried on after a break, told of, and what was refused as a file.

A thousand rows, what was refused of them and how far the import has come are kept in one transaction: whenever it breaks off, it goes
on with the next row and takes none twice. Of two who carry on the same import the later goes on, the other stops.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, true
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.store import background
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_intake import AT_ONCE, take_part
from navigator.store.importing_cells import ReadRow, Refusal
from navigator.store.importing_columns import Use
from navigator.store.importing_files import KeptFile, Sheet, forget_file, last_line_of
from navigator.store.importing_parts import parts_of
from navigator.store.importing_plan import Plan, check_plan, reader_of, remember_uses
from navigator.store.importing_tables import ImportRow, RefusalRow

MINUTES = 60
"""How long one go may take before it stops by itself."""
MOST_REFUSALS = 200_000
"""Rows and cells of one import that are written down one by one; beyond, they are only counted."""
_SILENT = timedelta(seconds=45)

Progress = Callable[["ImportState"], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """What has become of the rows so far. Rows of one code in one part are one record."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    bad_cells: int = 0


@dataclass(frozen=True, slots=True)
class ImportState:
    """An import as it stands. `state`: running, broken (whoever worked on it fell silent), stopped (see `remark`) or done."""

    id: int
    file: KeptFile
    source: str
    on: date
    began: datetime
    by: str
    state: str
    remark: str
    line: int
    last_line: int
    counts: Counts

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        if self.state == "done":
            return 1.0
        return min(self.line / self.last_line, 0.99) if self.last_line else 0.0


def begin_import(actor: Actor | None, file: KeptFile, sheet: Sheet, plan: Plan) -> int:
    """Write down a new import of a kept file and remember what its columns are; gives its number. For staff."""
    actor = need(actor, "staff")
    check_plan(actor, sheet, plan)
    last = last_line_of(file)
    now = datetime.now(UTC)
    uses = [[use.fact, use.unit] for use in plan.uses]
    with transaction() as session:
        row = ImportRow(
            sha256=file.sha256, name=file.name, sheet=file.sheet,
            source=plan.source.strip(), day=plan.on, region=plan.region, headings=list(sheet.headings), uses=uses,
            began=now, by=actor.name, scope=actor.region, state="stopped", remark="还没开始", worker="", seen=now,
            line=sheet.line, last_line=last, counts={},
        )  # fmt: skip
        session.add(row)
        remember_uses(session, sheet.headings, plan.uses, actor.name, now)
        session.flush()
        audit(actor, "开始导入", f"import:{row.id}", {"文件": file.name, "来源": row.source}, within=session, now=now)
        return row.id


def carry_on(actor: Actor | None, number: int, progress: Progress | None = None) -> ImportState:
    """Do what is left of an import, from the row after the last one dealt with. For staff who may see it.

    Raises InputError (and keeps its sentence) where it has to stop; it can be carried on again.
    """
    actor = need(actor, "staff")
    worker = background.new_worker()
    state = _claim(actor, number, worker)
    if state.state == "done":
        return state
    try:
        return _work(actor, number, worker, progress)
    except InputError as fault:
        _stop(number, worker, str(fault))
        raise
    except BaseException:
        _stop(number, worker, "中途断了，可以接着导")
        raise


def carry_on_apart(actor: Actor | None, number: int) -> threading.Thread:
    """The same beside the page, which may be left; how it goes is in `read_import`."""
    actor = need(actor, "staff")
    read_import(actor, number)
    return background.beside(f"import-{number}", lambda: carry_on(actor, number))


def read_import(actor: Actor | None, number: int) -> ImportState:
    """One import. For staff: an office sees its own, the whole city's office all."""
    actor = need(actor, "staff")
    with reading() as session:
        return _state(_row(session, actor, number))


def list_imports(actor: Actor | None, *, limit: int = 20) -> list[ImportState]:
    """The latest imports one may see. For staff."""
    actor = need(actor, "staff")
    with reading() as session:
        query = select(ImportRow).where(_seen_by(actor)).order_by(ImportRow.id.desc()).limit(limit)
        return [_state(row) for row in session.scalars(query)]


def unfinished(actor: Actor | None, file: KeptFile) -> ImportState | None:
    """The latest import of the same file and sheet that is not done."""
    same = (one for one in list_imports(actor, limit=200) if one.file.sha256 == file.sha256)
    return next((one for one in same if one.file.sheet == file.sheet and one.state != "done"), None)


def refusals(actor: Actor | None, number: int, *, limit: int | None = None) -> list[Refusal]:
    """What an import refused, by line. For staff who may see it."""
    actor = need(actor, "staff")
    with reading() as session:
        _row(session, actor, number)
        query = select(RefusalRow).where(RefusalRow.import_id == number).order_by(RefusalRow.line, RefusalRow.id)
        return [Refusal(row.line, row.column, row.found, row.reason) for row in session.scalars(query.limit(limit))]


def export_refusals(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """What an import refused and why, as CSV. Parameter: id."""
    actor = need(actor, "staff")
    state = read_import(actor, _number(parameters.get("id", "")))
    audit(actor, "下载没收的清单", f"import:{state.id}")
    header = ("第几行", "哪一列", "写的是", "为什么没收")
    rows = ((one.line, one.column or "整行没收", one.found, one.reason) for one in refusals(actor, state.id))
    return csv_download(f"{state.file.name}_没收的.csv", header, rows)


def _work(actor: Actor, number: int, worker: str, progress: Progress | None) -> ImportState:
    with reading() as session:
        row = _row(session, actor, number)
    file = KeptFile(row.sha256, row.name, row.sheet)
    plan = Plan(tuple(Use(*use) for use in row.uses), row.source, row.day, row.region)
    reader = reader_of(row.headings, plan)
    until = time.monotonic() + MINUTES * 60
    with parts_of(file, len(row.headings), row.line, AT_ONCE) as parts:
        for part in parts:
            actor = need(actor, "staff")
            reader.refusals.clear()
            with _no_garbage():
                read = reader.read_columns(part.numbers, part.columns)
                state = _keep_part(actor, number, worker, part.numbers, read, reader.refusals)
            if progress and part.numbers:
                progress(state)
            if time.monotonic() > until:
                raise InputError("导入", f"用了 {MINUTES} 分钟还没导完，先停在第 {state.line} 行", "可以接着导")
    return _finish(actor, number, worker)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """A part is a hundred thousand small lists without circles: looking for circles again and again takes a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _keep_part(
    actor: Actor, number: int, worker: str, numbers: Sequence[int], read: list[ReadRow], remarks: list[Refusal]
) -> ImportState:
    """Take some rows, write down what was refused and how far the import is, all in one. Without rows: only that it goes on."""
    with transaction() as session:
        row = _mine(session, number, worker)
        row.seen = datetime.now(UTC)
        if not numbers:
            return _state(row)
        taken = take_part(session, actor, [(one.facts, one.on) for one in read], source=row.source)
        why = dict.fromkeys(taken.refused, _ELSEWHERE) | dict.fromkeys(taken.mixed, _MIXED)
        rejected = [Refusal(one.line, "", code, why[code]) for one in read if (code := str(one.facts["uscc"])) in why]
        whole = sum(not one.column for one in remarks) + len(rejected)
        cells = sum(bool(one.column) for one in remarks)
        before = Counts(**row.counts)
        counts = Counts(
            before.rows + len(numbers),
            before.added + taken.added,
            before.changed + taken.changed,
            before.same + taken.same,
            before.refused + whole,
            before.bad_cells + cells,
        )
        room = MOST_REFUSALS - before.refused - before.bad_cells
        _write_refusals(session, number, sorted([*remarks, *rejected], key=lambda one: one.line)[: max(room, 0)])
        row.line, row.counts = numbers[-1], _plain(counts)
        row.last_line = max(row.last_line, row.line) if row.last_line else 0
        return _state(row)


_ELSEWHERE = "不归您的区域管：所在地区不是您负责的，或者没有写，或者档案在别的区域"
_MIXED = "库里这个代码是示例企业，真的和示例的不能混；先清掉示例数据"


def _write_refusals(session: Session, number: int, remarks: Sequence[Refusal]) -> None:
    if remarks:
        session.execute(
            insert(RefusalRow),
            [
                {
                    "import_id": number,
                    "line": one.line,
                    "column": one.column[:200],
                    "found": one.found[:200].replace("\0", ""),
                    "reason": one.reason,
                }
                for one in remarks
            ],
        )


def _finish(actor: Actor, number: int, worker: str) -> ImportState:
    with transaction() as session:
        row = _mine(session, number, worker)
        row.state, row.remark, row.seen = "done", "", datetime.now(UTC)
        counts = Counts(**row.counts)
        details = {
            "文件": row.name, "来源": row.source, "行数": counts.rows, "新增": counts.added, "补充": counts.changed,
            "没有变化": counts.same, "没有收的行": counts.refused, "看不懂的格子": counts.bad_cells,
        }  # fmt: skip
        audit(actor, "导入企业", f"import:{number}", details, within=session)
        state = _state(row)
        waiting = session.scalar(select(ImportRow.id).where(ImportRow.sha256 == row.sha256, ImportRow.state != "done"))
    if waiting is None:
        forget_file(state.file)
    return state


def _claim(actor: Actor, number: int, worker: str) -> ImportState:
    """Take an import over; whoever worked on it before stops at his next part."""
    with transaction() as session:
        row = _row(session, actor, number)
        if row.state != "done":
            row.state, row.remark, row.worker, row.seen = "running", "", worker, datetime.now(UTC)
        return _state(row)


def _mine(session: Session, number: int, worker: str) -> ImportRow:
    row = background.held_by(session, ImportRow, number, worker, "running")
    if row is None:
        raise InputError("导入", "已经由另一处接着做了", "到“导入”页看进度")
    return row


def _stop(number: int, worker: str, remark: str) -> None:
    """Say that an import stopped and why, unless somebody else goes on with it."""
    background.let_go(ImportRow, number, worker, ImportRow.state == "running", state="stopped", remark=remark)


def _row(session: Session, actor: Actor, number: int) -> ImportRow:
    row = session.scalar(select(ImportRow).where(ImportRow.id == number, _seen_by(actor)))
    if row is None:
        raise InputError("导入", f"没有第 {number} 次导入", "到“导入”页看有哪些")
    return row


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.region is None else or_(ImportRow.scope == actor.region, ImportRow.by == actor.name)


def _state(row: ImportRow) -> ImportState:
    silent = row.state == "running" and datetime.now(UTC) - row.seen > _SILENT
    return ImportState(
        row.id, KeptFile(row.sha256, row.name, row.sheet), row.source, row.day, row.began, row.by,
        "broken" if silent else row.state, row.remark, row.line, row.last_line, Counts(**row.counts),
    )  # fmt: skip


def _plain(counts: Counts) -> dict[str, Any]:
    return {name: getattr(counts, name) for name in Counts.__slots__}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
