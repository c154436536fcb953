"""Amounts as people write them, read into numbers and written back: 120万, 1.2亿, 1,200,000, 3%."""

from __future__ import annotations

import re
import unicodedata

from navigator.errors import InputError

_TIMES = {"": 1, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_AMOUNT = re.compile(
    r"([-+]?)((?:\d+|\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+)(?:\.\d+)?|\.\d+)"
    r"(千万|百万|十万|万|千|亿)?(?:元|块|块钱|人|人民币|度|%)?",
    re.ASCII,
)


def parse_amount(text: str, place: str = "金额") -> float:
    """A number from text: 3600, 1,200,000, 120万, 1.2亿元, 3%. Raises InputError naming what was found."""
    plain = unicodedata.normalize("NFKC", text[:100]).replace("−", "-").replace(" ", "").replace("¥", "")
    match = _AMOUNT.fullmatch(plain)
    if not match or len(text) > 100:
        raise InputError(place, f"“{text[:40]}”看不懂", "请写数字，如 3600、120万、1.2亿")
    sign, digits, unit = match.groups()
    value = float(digits.replace(",", "")) * _TIMES[unit or ""]
    return round(-value if sign == "-" else value, 6)


def show_yuan(value: float) -> str:
    """Yuan for a reader: 800元, 3.6万元, 1.2亿元; rounded to what one would say aloud."""
    for size, unit in ((1e8, "亿元"), (1e4, "万元")):
        if round(abs(value) / (size / 1e4), 2) >= 1e4:
            return f"{_short(value / size)}{unit}"
    return f"{_short(value)}元"


def _short(value: float) -> str:
    return f"{round(value, 2) + 0.0:,.2f}".rstrip("0").rstrip(".")
