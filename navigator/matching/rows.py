"""Pieces of a table turned into columns of facts: typed columns at once, loose texts once for each distinct text.

A bad cell becomes unknown and is remarked on; a row without a usable uscc is set aside. It opens no files (`tables`) and concludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from navigator.corpus.model import FactSpec
from navigator.errors import InputError, shorten
from navigator.matching.cells import PLAIN_NUMBER, read_cell
from navigator.matching.columns import EPOCH, NUMBER_TYPES, Array, Columns, Texts, Truth, pack, position_type
from navigator.matching.facts import USCC_CHARACTERS, FactBook

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
class Piece:
    """Some rows of a table that could be read: their codes, and their facts as columns."""

    usccs: pa.Array
    columns: Columns
    bad_cells: list[BadCell] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


class RowReader:
    """Reads the pieces of one table in order; remembers which codes were seen."""

    def __init__(self, book: FactBook) -> None:
        self._book = book
        self._seen = _Seen()

    def read(self, cells: dict[str, Cells], rows: Array) -> Piece:
        """One piece; `cells` has `uscc` and facts only, `rows` are the numbers a spreadsheet gives its lines."""
        usccs, keep, rejected = self._usccs(cells, rows)
        piece = Piece(usccs.filter(pa.array(keep)) if rejected else usccs, Columns(int(keep.sum())), rejected=rejected)
        for name, column in cells.items():
            spec = self._book.specs[name]
            if spec.type != "text":
                kept = column if not rejected else _filtered(column, keep)
                _ColumnReader(self._book, spec, piece, rows[keep]).read(kept)
        piece.bad_cells.sort(key=lambda cell: cell.row)
        return piece

    def _usccs(self, cells: dict[str, Cells], rows: Array) -> tuple[pa.Array, Array, list[Rejected]]:
        texts = _texts(cells["uscc"])
        table = _signs(texts)
        valid = table.any(axis=1) & _check_digit_is_right(table)
        fresh = np.zeros(len(valid), bool)
        fresh[valid] = self._seen.first_times(table[valid])
        listed = []
        for place in np.flatnonzero(~fresh).tolist():
            others = {name: _value(column, place) for name, column in cells.items() if name != "uscc"}
            code = texts[place].as_py()
            listed.append(Rejected(int(rows[place]), code, _reason(code, bool(valid[place])), others))
        return texts, fresh, listed


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
    lengths = pc.binary_length(texts)
    return texts if pc.all(pc.equal(lengths, 18)).as_py() else pc.utf8_trim_whitespace(texts)


_SIGN_VALUE = np.full(256, 255, np.uint8)
_SIGN_VALUE[np.frombuffer(USCC_CHARACTERS.encode(), np.uint8)] = np.arange(31)
_WEIGHTS = np.array([pow(3, power, 31) for power in range(17)], np.int32)


def _signs(texts: pa.Array) -> Array:
    """The 18 sign values of each code, all 0 where it is not 18 signs of the alphabet."""
    long = pc.equal(pc.binary_length(texts), 18).to_numpy(zero_copy_only=False)
    chosen = texts.filter(pa.array(long))
    offsets = np.frombuffer(chosen.buffers()[1], np.int32)[chosen.offset : chosen.offset + len(chosen) + 1]
    data = chosen.buffers()[2]
    signs = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data else np.empty(0, np.uint8)
    values = _SIGN_VALUE[signs].reshape(-1, 18)
    values[(values == 255).any(axis=1)] = 0
    table = np.zeros((len(texts), 18), np.uint8)
    table[long] = values
    return table


def _check_digit_is_right(table: Array) -> Array:
    total = table[:, :17].astype(np.int32) @ _WEIGHTS
    return (31 - total % 31) % 31 == table[:, 17]


class _Seen:
    """The codes seen so far, exactly, in 12 bytes each: sorted runs, merged as they grow.

    The 18th sign follows from the others. The last 12 of the 17 make a number below 2^63, the first five another.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Array, Array]] = []

    def first_times(self, table: Array) -> Array:
        """Whether each code is seen for the first time, counting the ones before it; all are remembered."""
        low = table[:, 5:17].astype(np.int64) @ (31 ** np.arange(11, -1, -1, dtype=np.int64))
        high = table[:, :5].astype(np.int32) @ (31 ** np.arange(4, -1, -1, dtype=np.int32))
        order = np.argsort(low)
        if (low[order][1:] == low[order][:-1]).any():
            order = np.lexsort((high, low))
        low, high = low[order], high[order]
        fresh = np.ones(len(low), bool)
        fresh[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        for run in self._runs:
            fresh &= ~_in_run(run, low, high)
        self._remember(low[fresh], high[fresh])
        found = np.empty(len(low), bool)
        found[order] = fresh
        return found

    def _remember(self, low: Array, high: Array) -> None:
        while self._runs and len(self._runs[-1][0]) <= len(low):
            older = self._runs.pop()
            low, high = np.concatenate((older[0], low)), np.concatenate((older[1], high))
            order = np.argsort(low, kind="stable")
            low, high = low[order], high[order]
        self._runs.append((low, high))


def _in_run(run: tuple[Array, Array], low: Array, high: Array) -> Array:
    lows, highs = run
    found = np.zeros(len(low), bool)
    place = np.searchsorted(lows, low)
    while True:
        same = place < len(lows)
        same[same] = lows[place[same]] == low[same]
        if not same.any():
            return found
        found[same] |= highs[place[same]] == high[same]
        place += 1


def _filtered(column: Cells, keep: Array) -> Cells:
    if isinstance(column, list):
        return [value for value, kept in zip(column, keep, strict=True) if kept]
    return column.filter(pa.array(keep))


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
        days = pc.cast(column, pa.date32(), safe=False).cast(pa.int32())
        missing = days.is_null().to_numpy(zero_copy_only=False)
        ordinals = days.fill_null(0).to_numpy().astype(float) + EPOCH
        inside = (ordinals >= 1) & (ordinals <= _LAST_DAY)
        self._piece.columns.numbers[self._spec.name] = np.where(missing | ~inside, np.nan, ordinals)

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
        self._piece.bad_cells.append(BadCell(int(self._rows[row]), self._spec.name, shorten(str(raw)), expected))


_LAST_DAY = 3_652_059


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _floats(column: pa.Array) -> Array:
    """Float values, NaN where missing or not finite."""
    if not pa.types.is_floating(column.type):
        column = pc.cast(column, pa.float64(), safe=False)
    if column.type != pa.float64():
        column = column.cast(pa.float64())
    valid, data = column.buffers()
    numbers = np.frombuffer(data, np.float64)[column.offset : column.offset + len(column)] if data else np.empty(0)
    if column.null_count:
        known = np.unpackbits(np.frombuffer(valid, np.uint8), count=column.offset + len(column), bitorder="little")
        numbers = np.where(known[column.offset :], numbers, np.nan)
    infinite = np.isinf(numbers)
    return np.where(infinite, np.nan, numbers) if infinite.any() else numbers


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
        column = pa.concat_arrays([column, pa.array([], pa.bool_())])
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
    positions = coded.indices.fill_null(len(distinct)).cast(pa.int64()) if coded.null_count else coded.indices
    return [*distinct, None], np.asarray(positions)


def _distinct_of_list(column: Iterable[Any]) -> tuple[Sequence[Any], Array]:
    places: dict[tuple[type, Any], int] = {}
    rows = [places.setdefault((type(value), value), len(places)) for value in column]
    return [*(value for _, value in places), None], np.array(rows, np.int64)
