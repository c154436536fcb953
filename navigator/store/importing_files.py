"""Files of an import: kept in the data folder under their hash until the import is done, and looked into without reading them whole.

The name of a file is shown, never trusted and never used as a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePath
from typing import IO, Any

from navigator.auth import Actor, need
from navigator.errors import InputError, shorten
from navigator.matching.sheets import sheet_part
from navigator.matching.tables import sheets_of, table_lines
from navigator.settings import settings
from navigator.store.importing_columns import named

LARGEST = 200_000_000
"""Bytes of one file."""
MOST_ROWS = 500_000
_UNPACKED = 2_000_000_000
_SHARED_TEXTS = 400_000_000
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+[0-9]+:[A-Z]+([0-9]+)"')
_HEADINGS_WITHIN = 10
_SAMPLE = 200
_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file under its hash, the name it is shown by, and which sheet of it is read (empty: the first, or there are none)."""

    sha256: str
    name: str
    sheet: str = ""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return imports_folder() / self.sha256


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a table looks like: its headings (each different), on which line they stand, what stands above, some cells a column."""

    headings: tuple[str, ...]
    line: int
    note: str
    samples: tuple[tuple[Any, ...], ...]


def imports_folder() -> Path:
    """Where files lie that are being imported."""
    return settings().data / "imports"


def keep_file(actor: Actor | None, file: IO[bytes], name: str) -> KeptFile:
    """Keep a copy of a table under its hash. For staff; InputError where it is empty, too large, or no table."""
    need(actor, "staff")
    shown = shorten(PurePath(name.replace("\\", "/")).name or "表格", 150)
    folder = imports_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".writing-", suffix=".part", dir=folder)
    written = Path(part)
    try:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as copy:
            while block := file.read(1 << 20):
                digest.update(block)
                copy.write(block)
                if copy.tell() > LARGEST:
                    raise InputError(shown, "太大", f"最多 {LARGEST // 1_000_000} MB，请分成几个文件")
            if not copy.tell():
                raise InputError(shown, "是空的", "请选有内容的表格")
        _refuse_bomb(written, shown)
        kept = KeptFile(digest.hexdigest(), shown)
        written.replace(kept.path)
    finally:
        written.unlink(missing_ok=True)
    return kept


def forget_file(file: KeptFile) -> None:
    """Remove the copy."""
    file.path.unlink(missing_ok=True)


def lines_of(file: KeptFile) -> Iterator[tuple[int, list[Any]]]:
    """The lines of a kept file that are not blank, with their numbers; faults name the file as its owner does."""
    if not file.path.is_file():
        raise InputError(file.name, "原来的文件不在了", "请重新选这个文件导入，已经收进来的不会重复")
    try:
        for number, cells in table_lines(file.path, file.sheet):
            if number > MOST_ROWS + _HEADINGS_WITHIN:
                raise InputError(file.name, f"超过 {MOST_ROWS:,} 行", "请分成几个文件")
            yield number, cells
    except InputError as fault:
        raise InputError(file.name, fault.found, fault.expected) from None


def sheets_to_choose(file: KeptFile) -> list[KeptFile]:
    """The same file once for each sheet with rows, the one that looks most like a list of enterprises first; one where it has no sheets."""
    try:
        starts = sheets_of(file.path, _HEADINGS_WITHIN)
    except InputError as fault:
        raise InputError(file.name, fault.found, fault.expected) from None
    best = sorted(starts, key=lambda sheet: -max(_facts_named(cells) for _, cells in starts[sheet]))
    return [replace(file, sheet=sheet) for sheet in best] or [file]


def choose_sheet(file: KeptFile, wanted: str | None) -> KeptFile:
    """The file with the sheet that is wanted, or without a wish the likeliest."""
    offered = sheets_to_choose(file)
    if wanted is None:
        return offered[0]
    for one in offered:
        if one.sheet == wanted.strip():
            return one
    listed = "、".join(one.sheet for one in offered if one.sheet)
    raise InputError(
        file.name, f"里面没有叫“{shorten(wanted)}”的、有内容的表", f"有 {listed}" if listed else "它没有分成几张表"
    )


def _facts_named(cells: Sequence[Any]) -> int:
    return len({named(_text(cell)) for cell in cells} - {""})


def look_into(file: KeptFile) -> Sheet:
    """Headings and some cells of a kept file. The headings are the line among the first that names most facts."""
    start = list(islice(lines_of(file), _HEADINGS_WITHIN + _SAMPLE))
    if not start:
        raise InputError(file.name, "里面没有内容", "第一行写列名，下面一行一家企业")
    place = max(
        range(min(len(start), _HEADINGS_WITHIN)),
        key=lambda place: (_facts_named(start[place][1]), -place),
    )
    line, cells = start[place]
    width = max(len(cells) for _, cells in start[place:])
    if width > _COLUMNS:
        raise InputError(file.name, f"有 {width} 列", f"最多 {_COLUMNS} 列")
    body = [cells for _, cells in start[place + 1 : place + 1 + _SAMPLE]]
    samples = tuple(tuple(row[column] if column < len(row) else None for row in body) for column in range(width))
    note = " ".join(_text(cell) for _, above in start[:place] for cell in above)
    return Sheet(_different(cells, width), line, note, samples)


def _different(cells: Sequence[Any], width: int) -> tuple[str, ...]:
    """The headings, a nameless one by its letter, a repeated one with a number."""
    found: list[str] = []
    for column in range(width):
        text = shorten(_text(cells[column]), 80) if column < len(cells) else ""
        text = text or f"第{column + 1}列"
        times = sum(one == text or one.startswith(f"{text}〔") for one in found)
        found.append(f"{text}〔{times + 1}〕" if times else text)
    return tuple(found)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip().strip("\ufeff")


def last_line_of(file: KeptFile) -> int:
    """The number of the last line; 0 where a sheet does not say."""
    if not zipfile.is_zipfile(file.path):
        lines = _plain_lines(file.path)
        if lines is not None and lines <= MOST_ROWS + _HEADINGS_WITHIN:
            return lines
        return max((number for number, _ in lines_of(file)), default=0)
    with zipfile.ZipFile(file.path) as archive, archive.open(sheet_part(archive, file.sheet)) as sheet:
        said = _DIMENSION.search(sheet.read(4_000))
    return int(said[1]) if said else 0


def _plain_lines(path: Path) -> int | None:
    """How many lines a text has, blank ones at its end left out; None where a quotation mark or UTF-16 makes a line no row."""
    lines, end = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            block += file.read(1) if block.endswith(b"\r") else b""
            if b'"' in block or b"\0" in block or block.count(b"\r") != block.count(b"\r\n"):
                return None
            lines, end = lines + block.count(b"\n"), (end + block)[-1_000:]
    rest = end.rstrip(b"\r\n")
    return lines - end[len(rest) :].count(b"\n") + bool(rest)


def _refuse_bomb(path: Path, name: str) -> None:
    """An .xlsx is a zip: one that unpacks to far more than any table is refused before it is read."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    shared = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if sum(part.file_size for part in parts) > _UNPACKED or shared > _SHARED_TEXTS:
        raise InputError(name, "解开以后太大", "请另存为 .csv，或者分成几个文件")


def copy_to_keep(actor: Actor | None, path: Path) -> KeptFile:
    """Keep a copy of a file of this machine. For staff."""
    need(actor, "staff")
    with path.open("rb") as file:
        return keep_file(actor, file, path.name)
