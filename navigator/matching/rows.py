"""Pieces of a table turned into columns of facts: typed columns at once, loose texts once for each distinct text.

A bad cell becomes unknown and is remarked on; a row without a usable uscc is set aside. It opens no files (`tables`) and concludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from navigator.corpus.model import FactSpec
from navigator.errors import InputError, shorten
from navigator.matching.cells import PLAIN_NUMBER, read_cell
from navigator.matching.codes import CODES_IN_MEMORY, SeenCodes, byte_lengths, read_codes
from navigator.matching.columns import (
    EPOCH,
    NUMBER_TYPES,
    Array,
    Columns,
    Texts,
    Truth,
    arrow_mask,
    pack,
    position_type,
)
from navigator.matching.facts import FactBook

Cells = pa.Array | list
"""A column of a piece: typed, or the plain values of a spreadsheet."""


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that could not be read: its row as a spreadsheet counts (the heading is row 1), its column, what stood there, what is right."""

    row: int
    column: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row set aside, why, and its other cells as they stood."""

    row: int
    uscc: str
    reason: str
    cells: dict[str, Any]


@dataclass(slots=True)
class Remarks:
    """What is to be said of a piece: how many rows it keeps, which were set aside, which cells could not be read."""

    kept: int
    rejected: list[Rejected]
    bad_cells: list[BadCell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a table that could be read: their codes, their facts as columns, and remarks."""

    usccs: pa.Array
    columns: Columns
    remarks: Remarks


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Rows whose codes were looked at: which are kept and which set aside. Their cells are still to be read."""

    cells: dict[str, Cells]
    rows: Array
    usccs: pa.Array
    keep: Array
    rejected: list[Rejected]


class RowReader:
    """Reads the pieces of one table; remembers which codes were seen, in a file in `folder` if they are many. Close it."""

    def __init__(self, book: FactBook, folder: Path | None = None, codes_in_memory: int = CODES_IN_MEMORY) -> None:
        self._book = book
        self._seen = SeenCodes(codes_in_memory, folder)

    def close(self) -> None:
        """Forget the codes."""
        self._seen.close()

    def check_codes(self, cells: dict[str, Cells], rows: Array) -> CheckedRows:
        """Look at the codes of a piece, one piece after the other in the order of rows.

        `cells` has `uscc` and facts only, `rows` are the numbers a spreadsheet gives its lines.
        """
        texts = _texts(cells["uscc"])
        valid, codes = read_codes(texts)
        fresh = np.zeros(len(valid), bool)
        fresh[valid] = self._seen.first_times(codes)
        listed = []
        for place in np.flatnonzero(~fresh).tolist():
            others = {name: _value(column, place) for name, column in cells.items() if name != "uscc"}
            code = texts[place].as_py()
            listed.append(Rejected(int(rows[place]), code, _reason(code, bool(valid[place])), others))
        return CheckedRows(cells, rows, texts, fresh, listed)

    def read(self, checked: CheckedRows) -> Piece:
        """The facts of a piece; any number of pieces may be read at a time."""
        usccs, keep, rejected = checked.usccs, checked.keep, checked.rejected
        kept = usccs.filter(arrow_mask(keep)) if rejected else usccs
        piece = Piece(kept, Columns(len(kept)), Remarks(len(kept), rejected))
        rows = checked.rows[keep]
        for name, column in checked.cells.items():
            spec = self._book.specs[name]
            if spec.type != "text":
                _ColumnReader(self._book, spec, piece, rows).read(_filtered(column, keep) if rejected else column)
        piece.remarks.bad_cells.sort(key=lambda cell: cell.row)
        return piece


def _value(column: Cells, place: int) -> Any:
    value = column[place]
    return value.as_py() if isinstance(value, pa.Scalar) else value


def _reason(text: str, valid: bool) -> str:
    if valid:
        return "统一社会信用代码重复，以第一行为准"
    return "统一社会信用代码不对：应是18位，最后一位是校验码" if text else "没有统一社会信用代码"


def _texts(column: Cells) -> pa.Array:
    if isinstance(column, list):
        column = pa.array([None if value is None or value != value else str(value) for value in column], pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    texts = column.cast(pa.string())
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    return texts if (byte_lengths(texts) == 18).all() else pc.utf8_trim_whitespace(texts)


def _filtered(column: Cells, keep: Array) -> Cells:
    if isinstance(column, list):
        return [value for value, kept in zip(column, keep, strict=True) if kept]
    return column.filter(arrow_mask(keep))


class _ColumnReader:
    """Reads one column of one piece into its columns."""

    def __init__(self, book: FactBook, spec: FactSpec, piece: Piece, rows: Array) -> None:
        self._book, self._spec, self._piece, self._rows = book, spec, piece, rows

    def read(self, column: Cells) -> None:
        kind, spec = None if isinstance(column, list) else column.type, self._spec
        if kind is not None and pa.types.is_null(kind):
            return
        if kind is not None and pa.types.is_boolean(kind) and spec.type == "bool":
            self._piece.columns.truths[spec.name] = _truth_of(column)
        elif kind is not None and spec.type in NUMBER_TYPES and _is_number(kind):
            self._keep_numbers(_floats(column), column)
        elif kind is not None and spec.type == "date" and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
            self._keep_days(column)
        else:
            self._read_distinct(*_distinct(column))

    def _keep_numbers(self, numbers: Array, column: pa.Array) -> None:
        """Typed numbers: those outside the range of the fact are bad cells."""
        bad = _out_of_range(self._spec, numbers)
        if bad.any():
            for row in np.flatnonzero(bad):
                self._remark(int(row), column[int(row)].as_py())
            numbers = np.where(bad, np.nan, numbers)
        self._piece.columns.numbers[self._spec.name] = numbers

    def _keep_days(self, column: pa.Array) -> None:
        if pa.types.is_timestamp(column.type) and column.type.tz:
            column = pc.local_timestamp(column)
        days = pc.cast(column, pa.date32(), safe=False)
        ordinals = _values(days, np.int32).astype(float) + EPOCH
        inside = (ordinals >= 1) & (ordinals <= _LAST_DAY) & _known(days)
        self._piece.columns.numbers[self._spec.name] = np.where(inside, ordinals, np.nan)

    def _read_distinct(self, distinct: Sequence[Any], positions: Array) -> None:
        """Loose cells: each distinct text is read once. The last distinct value stands for a missing cell."""
        values, wrong = self._read_all(distinct)
        for place in wrong:
            for row in np.flatnonzero(positions == place):
                self._remark(int(row), distinct[place])
        name, columns, spec = self._spec.name, self._piece.columns, self._spec
        if spec.type == "bool":
            true, false = (np.array([value is wanted for value in values]) for wanted in (True, False))
            columns.truths[name] = Truth(pack(true[positions]), pack(false[positions]))
        elif spec.type in ("choice", "code"):
            listed = (
                tuple(spec.values) if spec.type == "choice" else tuple(sorted({value for value in values if value}))
            )
            place = {value: number for number, value in enumerate(listed, start=1)}
            numbers = np.array([place.get(value, 0) for value in values], position_type(listed))
            columns.texts[name] = Texts(listed, numbers[positions], spec.type == "code")
        else:
            columns.numbers[name] = _as_floats(values)[positions]

    def _read_all(self, distinct: Sequence[Any]) -> tuple[Sequence[Any], list[int]]:
        values: list[Any] = [None] * len(distinct)
        wrong: list[int] = []
        easy = _plain_numbers(self._spec, distinct)
        for place, raw in enumerate(distinct):
            if easy is not None and not np.isnan(easy[place]):
                values[place] = easy[place]
                continue
            try:
                values[place] = read_cell(self._book, self._spec, raw)
            except InputError:
                wrong.append(place)
        return values, wrong

    def _remark(self, row: int, raw: Any) -> None:
        try:
            read_cell(self._book, self._spec, raw)
            expected = ""
        except InputError as error:
            expected = error.expected
        self._piece.remarks.bad_cells.append(
            BadCell(int(self._rows[row]), self._spec.name, shorten(str(raw)), expected)
        )


_LAST_DAY = 3_652_059


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _floats(column: pa.Array) -> Array:
    """Float values, NaN where missing or not finite."""
    if not pa.types.is_floating(column.type):
        column = pc.cast(column, pa.float64(), safe=False)
    if column.type != pa.float64():
        column = column.cast(pa.float64())
    numbers = _values(column, np.float64)
    if column.null_count:
        numbers = np.where(_known(column), numbers, np.nan)
    infinite = np.isinf(numbers)
    return np.where(infinite, np.nan, numbers) if infinite.any() else numbers


def _values(column: pa.Array, kind: type) -> Array:
    """The values of a column of fixed width where they lie; anything where one is missing."""
    data = column.buffers()[1]
    return (
        np.frombuffer(data, kind)[column.offset : column.offset + len(column)] if data else np.zeros(len(column), kind)
    )


def _known(column: pa.Array) -> Array:
    """Whether each value is there."""
    valid = column.buffers()[0]
    if valid is None:
        return np.full(len(column), column.null_count == 0)
    bits = np.frombuffer(valid, np.uint8)
    return np.unpackbits(bits, count=column.offset + len(column), bitorder="little")[column.offset :].view(bool)


def _out_of_range(spec: FactSpec, numbers: Array) -> Array:
    bad = numbers < (spec.min if spec.min is not None else 0.0)
    if spec.type == "percent":
        bad |= numbers > 100
    if spec.type == "count":
        bad |= (np.floor(numbers) != numbers) & ~np.isnan(numbers)
    return bad


def _as_floats(values: Sequence[Any]) -> Array:
    return np.array([np.nan if v is None else v.toordinal() if hasattr(v, "toordinal") else v for v in values], float)


def _truth_of(column: pa.Array) -> Truth:
    """The bits of a boolean column; those of Arrow itself where they begin at a byte."""
    if column.offset % 8:
        column = pa.concat_arrays([column, pa.nulls(0, pa.bool_())])
    valid, values = column.buffers()
    first, end = column.offset // 8, (column.offset + len(column) + 7) // 8
    everywhere = pack(np.ones(len(column), bool))
    known = everywhere if valid is None else np.frombuffer(valid, np.uint8)[first:end] & everywhere
    true = np.frombuffer(values, np.uint8)[first:end] & known if len(column) else known
    return Truth(true, known & ~true)


def _plain_numbers(spec: FactSpec, distinct: Sequence[Any]) -> Array | None:
    """Texts that are digits, read at once; NaN where the text needs a closer look or is out of range."""
    if spec.type not in NUMBER_TYPES or len(distinct) < 64:
        return None
    texts = pa.array([value if isinstance(value, str) else None for value in distinct], pa.string())
    plain = pc.fill_null(pc.match_substring_regex(texts, PLAIN_NUMBER), False)
    numbers = np.array(pc.cast(pc.if_else(plain, texts, None), pa.float64()).fill_null(np.nan), float)
    return np.where(np.isfinite(numbers) & ~_out_of_range(spec, numbers), numbers, np.nan)


def _distinct(column: Cells) -> tuple[Sequence[Any], Array]:
    """Distinct values with a final None for missing cells, and the place of each row's value."""
    if isinstance(column, list):
        return _distinct_of_list(column)
    coded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    distinct = coded.dictionary.to_pylist()
    places = coded.indices
    positions = _values(places, places.type.to_pandas_dtype())
    return [*distinct, None], np.where(_known(places), positions, len(distinct)) if places.null_count else positions


def _distinct_of_list(column: Iterable[Any]) -> tuple[Sequence[Any], Array]:
    places: dict[tuple[type, Any], int] = {}
    rows = [places.setdefault((type(value), value), len(places)) for value in column]
    return [*(value for _, value in places), None], np.array(rows, np.int64)
