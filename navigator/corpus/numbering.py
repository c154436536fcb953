"""The numbering of official texts: lines that open with 一、 (一) 1. (1) ① 第十二条 1.2, and the value of that number.

A line alone often cannot tell (`3.5万人以上` may be a figure or item 3), so a marker may be `doubtful`, and `settled`
decides with the numbers before and after it. Nothing is known here of depth, of text that follows, or of web pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Ordinal = tuple[int, ...]

_CN = "一二三四五六七八九十百千零〇两"
_LAW_UNITS = ("部分", "编", "篇", "分编", "章", "节", "条")
STYLES = (*_LAW_UNITS, "一、", "(一)", "1", "1.", "1.1", "1.1.1", "1.1.1.1", "(1)", "1)", "①")
"""Every style, from the one that usually stands outermost to the innermost."""

RANK = {style: rank for rank, style in enumerate(STYLES)}

_LAW = re.compile(
    rf"第\s*(?P<count>[{_CN}]+(?:\s+[{_CN}]+)*|\d{{1,4}})\s*(?P<unit>部分|分编|[编篇章节条])(?P<sub>之[{_CN}]+)?"
)
_MARKS = (
    ("一、", re.compile(rf"(?P<number>[{_CN}]{{1,5}})\s*[、.．]")),
    ("(一)", re.compile(rf"[(（]\s*(?P<number>[{_CN}]{{1,5}})\s*[)）][、.．]?")),
    ("(1)", re.compile(r"[(（]\s*(?P<number>\d{1,3})\s*[)）][、.．]?")),
    ("1.1", re.compile(r"(?P<number>\d{1,2}(?:[.．]\d{1,2}){1,3})(?![\d.．%％‰])")),
    ("1.", re.compile(r"(?P<number>\d{1,3})\s?[、.．]")),
    ("1)", re.compile(r"(?P<number>\d{1,3})[)）]")),
    ("①", re.compile(r"(?P<number>[①-⑳㉑-㉟㊱-㊿❶-❿])[、.．]?")),
    ("1", re.compile(r"(?P<number>\d{1,2})(?=[ \u3000\t]+[^\d\s.、|])")),
)
_COMPOSED = re.compile(r"[⑴-⒛㈠-㈩０-９]")
"""One-character numbers such as ⑴ ⒈ ㈠, and full-width digits: read as the characters they stand for."""

_YEAR = re.compile(r"(?:19|20)\d{2}\s*年")
_ENUMERATION = re.compile(rf"[{_CN}]+(?:[、类级等线批期季档]|产业)")
_REFERENCE = {
    "law": re.compile(r"第|、第|和第|或者?第|至第|规定|所称|所列|的"),
    "(一)": re.compile(r"项(?!目)|款(?!项)|、|至[(（第]|[(（]\s*[一二三四五六七八九十]+\s*[)）]"),
}
_LONG_FIGURE = re.compile(r"\d{3}")
"""Three digits after `3.` are no decimals of a figure in such texts: `3.100%覆盖` is item 3 when 2 came before."""
_MAX_UNSUPPORTED = 20
"""An arabic number above this with neither neighbour anywhere in the text is a figure, not an item."""

_CN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CN_UNITS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class Marker:
    """The number a line opens with: its style (one of STYLES), its value, how it is printed, and the words after it."""

    style: str
    ordinal: Ordinal
    number: str
    rest: str
    doubtful: bool = False


def chinese_number(text: str) -> int | None:
    """二十三 as 23, up to 九千九百九十九; None for what is no number (二三, 百十)."""
    total, digit, last_unit = 0, None, 10_000
    for character in text:
        if character in _CN_UNITS:
            unit = _CN_UNITS[character]
            if unit >= last_unit or (digit is None and unit != 10) or digit == 0:
                return None
            total += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        elif character in _CN_DIGITS:
            if digit not in (None, 0):
                return None
            digit = _CN_DIGITS[character]
        else:
            return None
    return (total + (digit or 0)) or None


def marker_of(line: str) -> Marker | None:
    """The marker a stripped line opens with, if its form allows one; `doubtful` where the form alone cannot tell."""
    if _COMPOSED.match(line) or (line[:1] in "(（第" and _COMPOSED.search(line[:8])):
        return _composed_marker(line)
    return _law_marker(line) or _mark_marker(line)


def _composed_marker(line: str) -> Marker | None:
    end = 8 if line[0] in "(（第０１２３４５６７８９" else 1
    head = "".join(unicodedata.normalize("NFKC", c) if _COMPOSED.match(c) else c for c in line[:end])
    return _law_marker(head + line[end:]) or _mark_marker(head + line[end:])


def _law_marker(line: str) -> Marker | None:
    match = _LAW.match(line)
    if not match:
        return None
    count = re.sub(r"\s", "", match["count"])
    value = int(count) if count.isdecimal() else chinese_number(count)
    sub = chinese_number(match["sub"][1:]) if match["sub"] else 0
    if not value or sub is None:
        return None
    rest = line[match.end() :]
    doubtful = bool(rest) and not rest[0].isspace() and bool(_REFERENCE["law"].match(rest))
    number = re.sub(r"\s", "", match.group())
    return Marker(match["unit"], (value, sub) if sub else (value,), number, rest.lstrip(" \u3000\t:：、.．"), doubtful)


def _mark_marker(line: str) -> Marker | None:
    for style, pattern in _MARKS:
        match = pattern.match(line)
        if not match:
            continue
        number, rest = match["number"], line[match.end() :]
        ordinal = _ordinal(style, number)
        if ordinal is None:
            return None
        if style == "1.1":
            return Marker(".".join("1" * len(ordinal)), ordinal, number, rest.strip(), doubtful=True)
        return Marker(style, ordinal, number, rest.strip(), _is_doubtful(style, rest))
    return None


def _ordinal(style: str, number: str) -> Ordinal | None:
    if style in ("一、", "(一)"):
        value = chinese_number(number)
        return (value,) if value else None
    if style == "①":
        return (int(unicodedata.numeric(number)),)
    values = tuple(int(part) for part in re.split(r"[.．]", number))
    return values if all(values) else None


def _is_doubtful(style: str, rest: str) -> bool:
    """Whether the words right after the mark speak against a number: 3.5万, 5、6月, (一)项, 一、二类."""
    if style == "1":
        return True
    if style == "1.":
        return rest[:1].isdecimal() and not _YEAR.match(rest)
    if style == "一、":
        return bool(_ENUMERATION.match(rest))
    if style in ("(一)", "(1)"):
        return bool(_REFERENCE["(一)"].match(rest))
    return False


def settled(markers: Sequence[Marker | None]) -> list[Marker | None]:
    """The same list with every marker that its neighbours do not bear out set to None."""
    markers = list(markers) if _is_decimal(markers) else [_without_decimals(marker) for marker in markers]
    clear = {(marker.style, marker.ordinal) for marker in markers if marker and not marker.doubtful}
    following = _next_of_style(markers)
    previous: dict[str, Ordinal] = {}
    result: list[Marker | None] = []
    for marker, after in zip(markers, following, strict=True):
        kept = marker if marker and _is_borne_out(marker, previous.get(marker.style), after, clear) else None
        if kept:
            previous[kept.style] = kept.ordinal
        result.append(kept)
    return result


def _is_decimal(markers: Sequence[Marker | None]) -> bool:
    """Whether the text numbers its sections 1.1, 1.2 …: two of them stand in a row somewhere."""
    ordinals = [marker.ordinal for marker in markers if marker and marker.style == "1.1"]
    return any(first[-1] == 1 and follows(first, second) for first, second in pairwise(ordinals))


def _without_decimals(marker: Marker | None) -> Marker | None:
    """The marker read anew where no section is numbered 1.1: `3.10个工作日` may be item 3, and `1 总则` is none."""
    if marker is None or marker.style == "1":
        return None
    if not marker.style.startswith("1.1"):
        return marker
    first, point, _ = re.split(r"([.．])", marker.number, maxsplit=1)
    rest = marker.number[len(first + point) :] + marker.rest
    return Marker("1.", marker.ordinal[:1], first, rest, doubtful=True)


def _next_of_style(markers: Sequence[Marker | None]) -> list[Ordinal | None]:
    """For each position, the value of the next marker of the same style that can be relied on."""
    upcoming: dict[str, Ordinal] = {}
    result: list[Ordinal | None] = [None] * len(markers)
    for position in range(len(markers) - 1, -1, -1):
        marker = markers[position]
        if marker:
            result[position] = upcoming.get(marker.style)
            if not marker.doubtful or marker.style == "1" or marker.style.startswith("1.1"):
                upcoming[marker.style] = marker.ordinal
    return result


def _is_borne_out(
    marker: Marker, before: Ordinal | None, after: Ordinal | None, clear: set[tuple[str, Ordinal]]
) -> bool:
    ordinal, value = marker.ordinal, marker.ordinal[0]
    if not marker.doubtful:
        near = {(marker.style, (value - 1,)), (marker.style, (value + 1,))} & clear
        return value <= _MAX_UNSUPPORTED or marker.style in _LAW_UNITS or bool(near)
    in_order = before is not None and follows(before, ordinal)
    starts = ordinal[-1] == 1
    goes_on = after is not None and follows(ordinal, after)
    if marker.style == "1" or marker.style.startswith("1.1"):
        return in_order or starts
    return (in_order and (goes_on or bool(_LONG_FIGURE.match(marker.rest)))) or (starts and goes_on)


def follows(before: Ordinal, after: Ordinal) -> bool:
    """Whether `after` is the next number: 3 after 2, 十二条之一 after 十二条, 十三条 after 十二条之一."""
    if len(after) > len(before):
        return after == (*before, 1)
    return after[:-1] == before[: len(after) - 1] and after[-1] == before[len(after) - 1] + 1
