"""Numbers as they are spoken, in Chinese and in digits: 90万, 一百二十万, 两万五, 1.2亿, 90w, 1,200,000.

Only a number said exactly is read; 十来个, 一百多万, 几十万 and 三五个 give None. What is counted, and whether words around the number
make it vague (不到, 以上, 到), is the matter of whoever found it in a sentence.
"""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億wW", "一二三四五六七八九十百千万亿万万")
_PAIRS = {"俩": Decimal(2), "仨": Decimal(3)}
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千]")
_DECIMAL = re.compile(r"([零〇一二两三四五六七八九])点([零〇一二三四五六七八九]+)")
_TOO_LARGE = Decimal(10) ** 14

_INSIDE = r"[0-9零〇一二两三四五六七八九十百千万亿几多来余把半壹贰叁肆伍陆柒捌玖拾佰仟萬億wW]"
_NEXT_PHRASE = (
    "(?<=[万亿wW])[一二两三四五六七八九十0-9]{1,3}(?:年|个(?!亿)|人|名|家|天|位|号|口|台|件|项|月|次|共|般|直|起|些|样|定|边|下)"
    "|(?<=[千百十0-9])一(?:年|个月|天)"
)
"""What begins another phrase though it could go on a number: 卖8万,四个人 said without a pause, 三千一个月."""

NUMBER = (
    rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9零〇一二两三四五六七八九十百千几半壹贰叁肆伍陆柒捌玖]|俩|仨)"
    rf"(?:(?!{_NEXT_PHRASE}){_INSIDE}|(?<=[0-9])\.(?=[0-9])|点(?=[零〇一二三四五六七八九])|个(?=亿)){{0,24}}"
)
"""Pattern of anything that may be a number, vague ones included, so that none is read from the middle of another; bounded, for speed."""


def read_number(words: str) -> Decimal | None:
    """The number that words say exactly; None when it is vague, malformed, or a hundred trillion and more."""
    if words in _PAIRS:
        return _PAIRS[words]
    plain = words.translate(_FORMAL).replace("个亿", "亿").replace(",", "")
    value = _read(_DECIMAL.sub(_to_digits, plain), (("亿", 10**8), ("万", 10**4)))
    return value if value is not None and value < _TOO_LARGE else None


def _to_digits(match: re.Match[str]) -> str:
    whole, part = match.groups()
    return f"{_DIGITS[whole]}." + "".join(str(_DIGITS[character]) for character in part)


def _read(plain: str, units: tuple[tuple[str, int], ...]) -> Decimal | None:
    """Split at the largest unit: what stands before it is multiplied, what follows is added (一亿二 is 1.2亿)."""
    if not units:
        return _read_below_ten_thousand(plain)
    (unit, size), *smaller = units
    if unit not in plain:
        return _read(plain, tuple(smaller))
    before, _, after = plain.partition(unit)
    many, rest = _read(before, tuple(smaller)), _read_rest(after, size, tuple(smaller))
    return None if many is None or rest is None else many * size + rest


def _read_rest(after: str, size: int, smaller: tuple[tuple[str, int], ...]) -> Decimal | None:
    if not after:
        return Decimal(0)
    value = _read(after.lstrip("零〇"), smaller)
    if value is None or value >= size:
        return None
    return value * (size // 10) if len(after) == 1 else value


def _read_below_ten_thousand(plain: str) -> Decimal | None:
    """A number written with 千, 百, 十 and digits: 三千五 is 3500, 三千零五 is 3005, 5百 is 500."""
    tokens = _TOKEN.findall(plain)
    if not tokens or "".join(tokens) != plain:
        return None
    total, digit, last, zero = Decimal(0), None, 10**4, False
    for token in tokens:
        if token in _UNITS:
            if _UNITS[token] >= last or (digit is None and token != "十"):
                return None
            last, total = _UNITS[token], total + (1 if digit is None else digit) * _UNITS[token]
            digit, zero = None, False
        elif digit is not None:
            return None
        elif token in "零〇" and last < 10**4:
            zero = True
        else:
            digit = Decimal(token) if token[0].isascii() else Decimal(_DIGITS[token])
            if last < 10**4 and digit >= 10:
                return None
    if digit is None:
        return None if zero else total
    return total + digit * (last // 10 if 10 < last < 10**4 and not zero else 1)
