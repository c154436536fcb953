"""Rows of an office's table read as facts, column by column, by the rules for cells (contract §1) and the unit of the column.

Beyond those rules: everyday names of regions, industry codes without their letter and official names of industries are understood.
A cell that cannot be read is unknown and reported; a row without a right code is refused. It opens no file and keeps nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import repeat
from typing import Any

from navigator.corpus.industries import load_industries
from navigator.corpus.regions import load_regions
from navigator.errors import InputError, shorten
from navigator.matching.cells import PLAIN_NUMBER, read_cell
from navigator.matching.facts import FactBook, is_uscc
from navigator.matching.language import Value
from navigator.store.importing_columns import FACT_DATE, Use

_PLAIN = re.compile(PLAIN_NUMBER)
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_REMEMBERED = 5_000
"""Different cells of a column that are remembered: columns of yes and no, of regions and head counts have fewer."""
_LONGEST_NAME = 200
_ANY_DATE = "established_on"
"""The fact whose rules for dates also hold for the day of a row."""
_NUMBERS = ("money", "percent", "count", "number")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that could not be read, or (without a column) a row that was not taken, and why."""

    line: int
    column: str
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that can be taken: its facts, of which day they are."""

    line: int
    facts: dict[str, Value]
    on: date


def columns_of(lines: Sequence[Sequence[Any]], width: int) -> list[tuple[Any, ...]]:
    """Rows as columns: a short row ends in unknown cells, what is beyond `width` falls away."""
    blank = [None] * width
    whole = [cells if len(cells) >= width else [*cells, *blank[len(cells) :]] for cells in lines]
    return list(zip(*whole, strict=False))[:width]


class RowReader:
    """Reads the rows of one table; what was wrong with them gathers in `refusals`."""

    def __init__(
        self, book: FactBook, headings: Sequence[str], uses: Sequence[Use], on: date, region: str | None, last_day: date
    ) -> None:
        used = [(place, use) for place, use in enumerate(uses) if use.fact]
        self._code_at = next((place for place, use in used if use.fact == "uscc"), None)
        self._columns = [(place, _Column(book, use)) for place, use in used if use.fact != "uscc"]
        self._facts = ["uscc", *(column.fact for _, column in self._columns)]
        self._headings, self._width = headings, len(headings)
        self._on, self._region, self._last_day = on, region, last_day
        self.refusals: list[Refusal] = []

    def read(self, lines: Sequence[tuple[int, Sequence[Any]]]) -> list[ReadRow]:
        """The rows that can be taken, of lines with their numbers. Column by column, which is several times as fast."""
        return self.read_columns(
            [number for number, _ in lines], columns_of([cells for _, cells in lines], self._width)
        )

    def read_columns(self, numbers: Sequence[int], columns: Sequence[Sequence[Any]]) -> list[ReadRow]:
        """The same of rows that come as columns, one for each heading."""
        if not numbers:
            return []
        remarks: defaultdict[int, list[Refusal]] = defaultdict(list)
        values = [self._read_column(place, column, columns, numbers, remarks) for place, column in self._columns]
        codes = columns[self._code_at] if self._code_at is not None else repeat(None, len(numbers))
        written = ["" if code is None else _code(code) for code in codes]
        read = (
            self._row(number, row, remarks.get(place, []))
            for place, (number, row) in enumerate(zip(numbers, zip(written, *values, strict=True), strict=True))
        )
        return [row for row in read if row is not None]

    def _read_column(
        self,
        place: int,
        column: _Column,
        columns: Sequence[Sequence[Any]],
        numbers: Sequence[int],
        remarks: defaultdict[int, list[Refusal]],
    ) -> list[Value]:
        """The values of a column; what could not be read is remarked upon, by row."""
        values = column.read(columns[place])
        if column.has_faults:
            for row, value in enumerate(values):
                if type(value) is _Fault:
                    found = shorten(str(columns[place][row]))
                    remarks[row].append(Refusal(numbers[row], self._headings[place], found, value.reason))
                    values[row] = None
        return values

    def _row(self, line: int, row: Sequence[Any], remarks: list[Refusal]) -> ReadRow | None:
        """One row; None where it is refused."""
        facts = {name: value for name, value in zip(self._facts, row, strict=True) if value is not None}
        written = row[0]
        if not is_uscc(written):
            self.refusals.append(Refusal(line, "", shorten(written or _first_name(facts)), _why(written)))
            return None
        day = facts.pop(FACT_DATE, None)
        if isinstance(day, date) and day > self._last_day:
            remarks.append(Refusal(line, "数据日期", day.isoformat(), "这一天还没到，按整张表的日期算"))
            day = None
        if self._region and "region" not in facts:
            facts["region"] = self._region
        self.refusals += remarks
        return ReadRow(line, facts, day if isinstance(day, date) else self._on)


@dataclass(frozen=True, slots=True)
class _Fault:
    """In place of the value of a cell that could not be read."""

    reason: str


_UNREAD = object()


class _Column:
    """Reads the cells of one column, what occurs often once. `has_faults`: some could not be read."""

    def __init__(self, book: FactBook, use: Use) -> None:
        self.fact = use.fact
        self.spec = book.specs[_ANY_DATE if use.fact == FACT_DATE else use.fact]
        self.has_faults = False
        self._book, self._factor = book, use.factor(self.spec)
        self._known: defaultdict[type, dict[Any, Any]] = defaultdict(lambda: {None: None, "": None})

    def read(self, cells: Sequence[Any]) -> list[Any]:
        """A value, None or a _Fault for each cell."""
        kinds = set(map(type, cells)) - {type(None)}
        if self.spec.type in _NUMBERS and kinds == {int, float}:  # a value of either is the same
            kinds = {float}
        if len(kinds) > 1:  # 1, 1.0 and true are one key
            return [self._recalled(self._known[type(cell)], cell) for cell in cells]
        known = self._known[kinds.pop() if kinds else str]
        found = list(map(known.get, cells, repeat(_UNREAD)))
        if _UNREAD in found:
            for place, value in enumerate(found):
                if value is _UNREAD:
                    found[place] = self._recalled(known, cells[place])
        return found

    def _recalled(self, known: dict[Any, Any], raw: Any) -> Any:
        value = known.get(raw, _UNREAD)
        if value is not _UNREAD:
            return value
        try:
            value = self._value(raw)
        except InputError as fault:
            value, self.has_faults = _Fault(fault.expected or fault.found), True
        if len(known) < _REMEMBERED:
            known[raw] = value
        return value

    def _value(self, raw: Any) -> Value:
        spec = self.spec
        if spec.type in _NUMBERS:
            raw = _number(raw, self._factor)
            if type(raw) is float:
                return self._book.read_value(spec.name, raw, "表格")
        elif spec.name == "region" and isinstance(raw, str):
            raw = load_regions().find(unicodedata.normalize("NFKC", raw)) or raw
        elif spec.name == "industry":
            raw = _industry(raw)
        elif spec.type == "text":
            raw = _text(raw)
        return read_cell(self._book, spec, raw)


def _number(raw: Any, factor: int) -> Any:
    """A plain number in the column's unit; a text with a unit of its own (120万) stays as it is."""
    kind = type(raw)
    if kind is float and factor == 1:
        return raw
    text = raw if kind is str else str(raw)
    if not _PLAIN.fullmatch(text):
        if kind is not str:
            return raw
        text = unicodedata.normalize("NFKC", text).replace(" ", "")
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if not _PLAIN.fullmatch(text):
            return raw
    return float(text) if factor == 1 else float(Decimal(text) * factor)


def _text(raw: Any) -> Any:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw).strip()
    if not text.isprintable():
        text = "".join(sign for sign in text if sign.isprintable())
    if len(text) > _LONGEST_NAME:
        raise InputError("名称", f"有 {len(text)} 个字", f"最多 {_LONGEST_NAME} 个字")
    return text


def _industry(raw: Any) -> Any:
    """A code without its section letter, or the official name of an industry, as a code."""
    if not isinstance(raw, str | int) or isinstance(raw, bool):
        return raw
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    code = re.match(r"[A-Ta-t]?[0-9]{2,4}(?![0-9])", text) if isinstance(raw, str) or raw >= 1000 else None
    if code:
        return load_industries().section_of(code[0])
    return _industry_names().get(text, raw)


@cache
def _industry_names() -> dict[str, str]:
    table = load_industries()
    found: dict[str, str] = {}
    for code in sorted(table.codes(), key=len):
        found.setdefault(table.name(code), code)
    return found


def _code(raw: Any) -> str:
    if isinstance(raw, str) and len(raw) == 18 and raw.isascii() and raw.isalnum():
        return raw.upper()
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(raw))).upper()


def _why(written: str) -> str:
    if not written:
        return "没有统一社会信用代码"
    if len(written) == 15:
        return "15位的是旧注册号，要写18位统一社会信用代码"
    return "统一社会信用代码不对：应是18位，最后一位是校验码"


def _first_name(facts: dict[str, Value]) -> str:
    return str(facts.get("name", ""))
