"""Puts paragraphs together again that were broken into lines of fixed width, as in a PDF or an old text file.

A line goes on in the next one when it is full and the next is not indented. What the lines mean is not looked at,
except that a numbered line after the end of a sentence begins anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from navigator.corpus.numbering import marker_of

_SENTENCE_END = re.compile(r"[。;；:：!?！？][”’」』）)》]*$")
_SLACK = 2.5
"""A line is full when less than this many characters (em) would still fit: a word or a figure is not broken."""
_UNBROKEN = re.compile(
    r"(?:[\u4e00-\u9fff]?[“‘\"'(（《【〔\[]+)?[A-Za-z0-9.,%+*/:_@-]*[”’\"')）》】〕\]]*[A-Za-z0-9.,%+*/:_@-]*[\u4e00-\u9fff、。，；：,;]?"
)
"""What a line may open with that could not be broken: it went down whole, so the line above has more room left."""
_INDENT = 1.0
_SET_RIGHT = 6.0
"""A line with more room than this on its left is centred or set right (a signature), not the first of a paragraph."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `indent` and `slack` are the room left and right of it, in characters (em)."""

    text: str
    indent: float
    slack: float


def joined(lines: Sequence[Line]) -> list[str]:
    """The paragraphs that the lines make up."""
    paragraphs: list[str] = []
    last: Line | None = None
    for line in lines:
        if last and _goes_on(last, line):
            paragraphs[-1] = _glued(paragraphs[-1], line.text)
        else:
            paragraphs.append(line.text)
        last = line
    return paragraphs


def _goes_on(last: Line, line: Line) -> bool:
    unbroken = _UNBROKEN.match(line.text)
    room = max(_SLACK, _width(unbroken[0]) + 0.5) if unbroken and not _SENTENCE_END.search(last.text) else _SLACK
    if last.slack >= room or last.indent >= _SET_RIGHT or line.indent >= _INDENT:
        return False
    marker = marker_of(line.text)
    return not (marker and not marker.doubtful and _SENTENCE_END.search(last.text))


def _glued(first: str, second: str) -> str:
    is_word = first[-1:].isascii() and second[:1].isascii() and first[-1:].isalpha() and second[:1].isalpha()
    return f"{first} {second}" if is_word else first + second


def unwrapped(text: str) -> list[str]:
    """The paragraphs of a plain text; its lines are only joined where most of them are broken at one width."""
    rows = [row.rstrip() for row in text.splitlines()]
    widths = sorted(_width(row) for row in rows if row)
    edge = widths[-1 - len(widths) // 20] if widths else 0.0
    groups = [[_line(row, edge) for row in group] for filled, group in groupby(rows, key=bool) if filled]
    if _is_wrapped(groups, edge):
        return [paragraph for group in groups for paragraph in joined(group)]
    return [line.text for group in groups for line in group]


def _line(row: str, edge: float) -> Line:
    return Line(row.strip(), _width(row[: len(row) - len(row.lstrip())]), edge - _width(row))


def _is_wrapped(groups: Sequence[Sequence[Line]], edge: float) -> bool:
    """Whether many lines end at one edge, of a page's usual width, in the middle of a sentence."""
    inner = [line for group in groups for line in group[:-1]]
    full = [line for line in inner if line.slack < _SLACK]
    open_ends = [line for line in full if not _SENTENCE_END.search(line.text)]
    return 15 <= edge <= 60 and len(inner) >= 5 and len(full) >= len(inner) * 0.4 and len(open_ends) >= len(full) * 0.7


def _width(row: str) -> float:
    """Printed width in em: a Chinese character is 1, a Latin one a half."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in row)
