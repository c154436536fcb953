"""Tables of enterprises as they come, .csv .xlsx .parquet or a DataFrame, opened and given out piece by piece.

The kind of a file is told by its content. Cells are handed on as they are; `rows` reads them.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union
from zipfile import BadZipFile

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from navigator.corpus.model import FactSpec
from navigator.errors import InputError, shorten
from navigator.matching.columns import Array
from navigator.matching.rows import Cells

if TYPE_CHECKING:
    import pandas as pd

Source = Union[str, Path, "pd.DataFrame", pl.DataFrame, pa.Table]
Batch = tuple[dict[str, Cells], Array]
"""Columns by fact, and the number a spreadsheet gives each line (the heading is 1)."""

ROWS_AT_ONCE = 65_536
_SHEET_ROWS = 20_000
_CSV_BLOCK = 16 << 20


@dataclass(frozen=True, slots=True)
class Table:
    """An open table: what it is called, its rows where they are known beforehand, columns that no fact has, and its pieces."""

    name: str
    rows: int | None
    ignored: tuple[str, ...]
    batches: Callable[[], Iterator[Batch]]


def open_table(source: Source, specs: Mapping[str, FactSpec]) -> Table:
    """The table of a file or DataFrame. Raises InputError where it cannot be read, has no uscc column, or names a column twice."""
    if is_pandas(source):
        return _open_pandas(source, specs)
    if isinstance(source, pl.DataFrame):
        return _open_arrow(source.to_arrow(compat_level=pl.CompatLevel.oldest()), specs)
    if isinstance(source, pa.Table):
        return _open_arrow(source, specs)
    path = Path(source)
    with _told_plainly(path):
        with path.open("rb") as file:
            start = file.read(8)
        if start[:4] == b"PAR1":
            return _open_parquet(path, specs)
        if start[:4] == b"PK\x03\x04":
            return _open_sheet(path, specs)
        if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise InputError(path.name, "是旧式 .xls 或加了密码的表格", "用 Excel 打开，另存为没有密码的 .xlsx")
        return _open_csv(path, specs)


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    """Turns what goes wrong with a file into one sentence about it."""
    try:
        yield
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(str(path), "没有这个文件") from None
    except (OSError, pa.ArrowException, BadZipFile, KeyError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None)
        if reason:
            raise InputError(str(path), f"打不开（{reason}）", "检查路径和权限") from None
        raise InputError(path.name, "读不懂，文件可能坏了或者不是表格", "应是 .csv、.xlsx 或 .parquet") from None


def _chosen(
    headings: Sequence[Any], specs: Mapping[str, FactSpec], name: str
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Place of each column that matching uses, by the fact's name or Chinese label, and the headings that are no fact's."""
    texts = [str(heading).strip().strip("\ufeff") if heading is not None else "" for heading in headings]
    by_label = {spec.label: spec.name for spec in specs.values()}
    facts = [text if text in specs else by_label.get(text) for text in texts]
    repeated = next((fact for fact, times in Counter(fact for fact in facts if fact).items() if times > 1), None)
    if repeated:
        raise InputError(name, f"有两列都是 {repeated}（{specs[repeated].label}）", "每项事实只留一列")
    places = {
        fact: place for place, fact in enumerate(facts) if fact and (fact == "uscc" or specs[fact].type != "text")
    }
    if "uscc" not in places:
        found = f"没有 uscc（统一社会信用代码）这一列，只有 {shorten('、'.join(filter(None, texts)))}"
        raise InputError(name, found, "第一行写列名，其中一列是 uscc")
    return places, tuple(text for text, fact in zip(texts, facts, strict=True) if text and not fact)


def _lines(first: int, count: int) -> Array:
    return np.arange(first, first + count)


# ---- DataFrames and Parquet


def _open_arrow(table: pa.Table, specs: Mapping[str, FactSpec]) -> Table:
    places, ignored = _chosen(table.column_names, specs, "表格")

    def batches() -> Iterator[Batch]:
        picked = table.select(list(places.values())).rename_columns(list(places))
        yield from _numbered(
            batch
            for start in range(0, table.num_rows, ROWS_AT_ONCE)
            for batch in _whole(picked.slice(start, ROWS_AT_ONCE))
        )

    return Table("表格", table.num_rows, ignored, batches)


def _whole(table: pa.Table) -> list[pa.RecordBatch]:
    return table.combine_chunks().to_batches()


def _numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[Batch]:
    line = 2
    for batch in batches:
        yield dict(zip(batch.schema.names, batch.columns, strict=True)), _lines(line, batch.num_rows)
        line += batch.num_rows


def _open_parquet(path: Path, specs: Mapping[str, FactSpec]) -> Table:
    with pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    places, ignored = _chosen(schema.names, specs, path.name)
    names = {schema.names[place]: fact for fact, place in places.items()}
    few = [name for name, fact in names.items() if fact != "uscc" and _is_text(schema.field(name).type)]

    def batches() -> Iterator[Batch]:
        pa.set_memory_pool(pa.system_memory_pool())  # it keeps its pages between batches: half the time in the kernel
        with _told_plainly(path), pq.ParquetFile(path, read_dictionary=few) as file:
            read = _row_groups(file, list(names))
            yield from _numbered(batch.rename_columns([names[name] for name in batch.schema.names]) for batch in read)

    return Table(path.name, rows, ignored, batches)


def _row_groups(file: pq.ParquetFile, names: list[str]) -> Iterator[pa.RecordBatch]:
    """Batches of about equal size: a long row group in parts, short ones joined. (Left to itself, the reader cuts a short batch at each end.)"""
    lengths = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    first = 0
    while first < len(lengths):
        end = first + 1
        while end < len(lengths) and sum(lengths[first : end + 1]) <= ROWS_AT_ONCE:
            end += 1
        rows, groups = sum(lengths[first:end]), list(range(first, end))
        if len(groups) > 1:
            yield from _whole(file.read_row_groups(groups, columns=names, use_threads=False))
        elif rows:
            parts = -(-rows // ROWS_AT_ONCE)
            yield from file.iter_batches(-(-rows // parts), row_groups=groups, columns=names, use_threads=False)
        first = end


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _open_pandas(frame: pd.DataFrame, specs: Mapping[str, FactSpec]) -> Table:
    places, ignored = _chosen(list(frame.columns), specs, "表格")

    def batches() -> Iterator[Batch]:
        for start in range(0, len(frame), ROWS_AT_ONCE):
            part = frame.iloc[start : start + ROWS_AT_ONCE]
            yield {fact: _cells(part.iloc[:, place]) for fact, place in places.items()}, _lines(start + 2, len(part))

    return Table("表格", len(frame), ignored, batches)


def is_pandas(source: object) -> bool:
    """Whether a table is of pandas, without importing it for those who do not use it."""
    return type(source).__module__.split(".")[0] == "pandas"


def _cells(column: pd.Series) -> Cells:
    import pandas as pd

    if column.dtype == object:
        return [None if value is pd.NA or value is pd.NaT else value for value in column]
    array = pa.array(column, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


# ---- Excel


def _open_sheet(path: Path, specs: Mapping[str, FactSpec]) -> Table:
    from navigator.matching.sheets import sheet_lines

    headings = next(sheet_lines(path), (1, []))[1]
    places, ignored = _chosen(headings, specs, path.name)

    def batches() -> Iterator[Batch]:
        with _told_plainly(path):
            lines = islice(sheet_lines(path), 1, None)
            while block := list(islice(lines, _SHEET_ROWS)):
                cells = {
                    fact: [line[place] if place < len(line) else None for _, line in block]
                    for fact, place in places.items()
                }
                yield cells, np.array([number for number, _ in block])

    return Table(path.name, None, ignored, batches)


# ---- lines as they stand


def sheets_of(path: Path, count: int) -> dict[str, list[tuple[int, list[Any]]]]:
    """The first lines of each visible sheet of an .xlsx that has any; none of any other table."""
    with _told_plainly(path):
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                return {}
        from navigator.matching.sheets import sheet_starts

        return sheet_starts(path, count)


def table_lines(path: Path, sheet: str = "") -> Iterator[tuple[int, list[Any]]]:
    """Every line of a .csv or .xlsx that is not blank, with its number in a spreadsheet; of the first visible sheet unless one is named."""
    with _told_plainly(path):
        with path.open("rb") as file:
            start = file.read(8)
        if start[:4] == b"PK\x03\x04":
            from navigator.matching.sheets import sheet_lines

            yield from sheet_lines(path, sheet)
            return
        if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise InputError(path.name, "是旧式 .xls 或加了密码的表格", "用 Excel 打开，另存为没有密码的 .xlsx")
        with path.open(encoding=_encoding(path), newline="") as text:
            beginning = "".join(islice(text, 20))
            text.seek(0)
            delimiter = max(",\t;|", key=beginning.count)
            for number, line in enumerate(csv.reader(text, delimiter=delimiter), start=1):
                if any(cell.strip() for cell in line):
                    yield number, line


# ---- text


def _open_csv(path: Path, specs: Mapping[str, FactSpec]) -> Table:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        start = file.readline()
        delimiter = max(",\t;|", key=start.count)
        file.seek(0)
        headings = next(csv.reader(file, delimiter=delimiter), [])
    places, ignored = _chosen(headings, specs, path.name)

    def batches() -> Iterator[Batch]:
        done = 0
        with _told_plainly(path):
            try:
                for cells in _fast_csv(path, encoding, delimiter, len(headings), places):
                    count = len(cells["uscc"])
                    yield cells, _lines(done + 2, count)
                    done += count
                return
            except pa.ArrowInvalid:
                pass
            yield from _plain_csv(path, encoding, delimiter, places, done)

    return Table(path.name, None, ignored, batches)


def _encoding(path: Path) -> str:
    """utf-8 or gb18030, tried on the whole file; UTF-16 is told by its mark."""
    with path.open("rb") as file:
        mark = file.read(3)
    if mark[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(1 << 22):
                    pass
            return encoding
        except UnicodeDecodeError:
            continue
    raise InputError(path.name, "里面的文字读不懂", "另存为 UTF-8 编码的 .csv")


def _fast_csv(
    path: Path, encoding: str, delimiter: str, width: int, places: Mapping[str, int]
) -> Iterator[dict[str, Cells]]:
    """Every cell as text. Raises ArrowInvalid at the first line that has not `width` cells."""
    names = [str(place) for place in range(width)]
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    reader = pacsv.open_csv(
        path,
        pacsv.ReadOptions(block_size=_CSV_BLOCK, column_names=names, skip_rows_after_names=1, encoding=plain),
        pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[str(place) for place in places.values()],
            strings_can_be_null=False,
        ),
    )
    for batch in reader:
        if batch.num_rows:
            yield dict(zip(places, batch.columns, strict=True))


def _plain_csv(path: Path, encoding: str, delimiter: str, places: Mapping[str, int], done: int) -> Iterator[Batch]:
    """The same cells read line by line from the row after `done`: a short line ends in unknown cells, a long one is cut."""
    with path.open(encoding=encoding, newline="") as file:
        lines = (line for line in csv.reader(file, delimiter=delimiter) if line)
        rest = islice(lines, done + 1, None)
        while block := list(islice(rest, _SHEET_ROWS)):
            yield (
                {
                    fact: pa.array([line[place] if place < len(line) else None for line in block], pa.string())
                    for fact, place in places.items()
                },
                _lines(done + 2, len(block)),
            )
            done += len(block)
