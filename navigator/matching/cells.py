"""One loose cell of a table read as the value of a fact (contract §1): 是, 120万, 3%, 2019年5月10日, an Excel day number.

A profile is strict (`facts`); a table is what offices have. What cannot be read raises InputError with what was found.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from navigator.corpus.model import FactSpec
from navigator.errors import InputError, shown
from navigator.matching.amounts import parse_amount
from navigator.matching.facts import FactBook
from navigator.matching.language import Value

UNKNOWN_WORDS = frozenset(
    (
        "",
        "未知",
        "-",
        "—",
        "不详",
        "nan",
        "nat",
        "none",
        "null",
        "na",
        "n/a",
        "inf",
        "+inf",
        "-inf",
        "infinity",
        "-infinity",
    )
)
PLAIN_NUMBER = r"^[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?$"

_TRUE = frozenset(("是", "有", "1", "true", "t", "y", "yes", "对", "√"))
_FALSE = frozenset(("否", "无", "没有", "0", "false", "f", "n", "no", "错", "×"))
_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)
_DATE = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?(?:[T ].*)?")
_COMPACT_DATE = re.compile(r"(19|20)[0-9]{6}")
_EXCEL_START = date(1899, 12, 30)
_EXCEL_DAYS = (10_000, 80_000)
"""Day numbers taken for Excel dates: 1927 to 2119."""


def read_cell(book: FactBook, spec: FactSpec, raw: Any, place: str = "表格") -> Value:
    """The checked value of a cell, None where it says nothing; raises InputError for a cell that is wrong."""
    value = _plain(raw)
    if value is None:
        return None
    return book.read_value(spec.name, _READERS[spec.type](spec, value, place), place)


def _plain(raw: Any) -> Any:
    """A Python value without wrapping and surrounding space; None where the cell says it is unknown."""
    if raw is None or raw != raw:
        return None
    if isinstance(raw, str):
        text = raw.strip().strip("\ufeff\u200b")
        return None if unicodedata.normalize("NFKC", text).strip().casefold() in UNKNOWN_WORDS or text == "—" else text
    if isinstance(raw, Decimal):
        raw = float(raw)
    if hasattr(raw, "item") and not isinstance(raw, date):
        raw = raw.item()
    return None if isinstance(raw, float) and not math.isfinite(raw) else raw


def _number(spec: FactSpec, raw: Any, place: str) -> Any:
    if not isinstance(raw, str):
        return raw
    text = unicodedata.normalize("NFKC", raw).replace(" ", "")
    if _PLAIN_NUMBER.fullmatch(text):
        return float(text)
    if "%" in text and spec.type != "percent":
        raise InputError(
            place, f"写的是 {shown(raw)}", f"应是数字{f'（单位：{spec.unit}）' if spec.unit else ''}，不是百分数"
        )
    return parse_amount(text, place)


def _bool(spec: FactSpec, raw: Any, place: str) -> Any:
    word = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
    word = unicodedata.normalize("NFKC", word).strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise InputError(place, f"写的是 {shown(raw)}", "应是 是 或 否")


def _date(spec: FactSpec, raw: Any, place: str) -> Any:
    if isinstance(raw, date):
        return raw.date() if isinstance(raw, datetime) else raw
    found = _day_of(raw)
    if found is None:
        raise InputError(place, f"写的是 {shown(raw)}", "应是日期，如 2019-05-10")
    return found


def _day_of(raw: Any) -> date | None:
    text = re.sub(r"\s*([-/.年月])\s*", r"\1", unicodedata.normalize("NFKC", str(raw)))
    if isinstance(raw, float) and raw.is_integer() and not isinstance(raw, bool):
        text = str(int(raw))
    try:
        if match := _DATE.fullmatch(text):
            return date(*map(int, match.groups()))
        if _COMPACT_DATE.fullmatch(text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text) and _EXCEL_DAYS[0] <= float(text) <= _EXCEL_DAYS[1]:
            return _EXCEL_START + timedelta(int(float(text)))
    except ValueError:
        return None
    return None


def _choice(spec: FactSpec, raw: Any, place: str) -> Any:
    if isinstance(raw, str) and raw not in spec.values:
        return unicodedata.normalize("NFKC", raw).strip()
    return raw


def _code(spec: FactSpec, raw: Any, place: str) -> Any:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return unicodedata.normalize("NFKC", raw).strip() if isinstance(raw, str) else raw


def _text(spec: FactSpec, raw: Any, place: str) -> Any:
    return raw


_READERS = {
    "text": _text,
    "choice": _choice,
    "code": _code,
    "bool": _bool,
    "count": _number,
    "number": _number,
    "money": _number,
    "percent": _number,
    "date": _date,
}
