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


class RowReader:
    """Reads the rows of one table; what was wrong with them gathers in `refusals`."""

    def __init__(
        self, book: FactBook, headings: Sequence[str], uses: Sequence[Use], on: date, region: str | None, last_day: date
    ) -> None:
        columns = [
            (place, heading, _Column(book, use))
            for place, (heading, use) in enumerate(zip(headings, uses, strict=True))
            if use.fact
        ]
        self._columns = [(place, heading, column.fact, column.known, column) for place, heading, column in columns]
        self._width = len(headings)
        self._on, self._region, self._last_day = on, region, last_day
        self.refusals: list[Refusal] = []

    def read(self, line: int, cells: Sequence[Any]) -> ReadRow | None:
        """One row; None where it is refused."""
        facts: dict[str, Value] = {}
        remarks: list[Refusal] = []
        written = ""
        if len(cells) < self._width:
            cells = [*cells, *[None] * (self._width - len(cells))]
        for place, heading, fact, known, column in self._columns:
            raw = cells[place]
            if not raw and (raw is None or raw == ""):
                continue
            if fact == "uscc":
                written = _code(raw)
                continue
            value, fault = known[type(raw)].get(raw) or column.read(raw)
            if fault:
                remarks.append(Refusal(line, heading, shorten(str(raw)), fault))
            elif value is not None:
                facts[fact] = value
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
        return ReadRow(line, {"uscc": written, **facts}, day if isinstance(day, date) else self._on)


class _Column:
    """Reads the cells of one column, what occurs often once. `known`: type and cell, since 1, 1.0 and true are one key."""

    def __init__(self, book: FactBook, use: Use) -> None:
        self.fact = use.fact
        self.spec = book.specs[_ANY_DATE if use.fact == FACT_DATE else use.fact]
        self.known: defaultdict[type, dict[Any, tuple[Value, str]]] = defaultdict(dict)
        self._book, self._factor = book, use.factor(self.spec)

    def read(self, raw: Any) -> tuple[Value, str]:
        """The value, or what is wrong with the cell."""
        found = self._read(raw)
        known = self.known[type(raw)]
        if len(known) < _REMEMBERED:
            known[raw] = found
        return found

    def _read(self, raw: Any) -> tuple[Value, str]:
        try:
            return self._value(raw), ""
        except InputError as fault:
            return None, fault.expected or fault.found

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
