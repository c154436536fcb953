"""Reads the text of a PDF: lines are found by position, running heads and page numbers go, paragraphs are rejoined.

pypdfium2 does the reading: it was ten times as fast as pypdf and pdfplumber on a plan of nine pages, and the only one
to give 行 where a browser's PDF holds the radical ⾏. Scanned pages hold no text: nothing is recognised from pictures.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from navigator.corpus.paragraphs import Line, joined
from navigator.errors import InputError

_PAGE_NUMBER = re.compile(
    r"[-—－–―·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／,，共]+\s*\d{1,4}\s*页?)?[-—－–―·\s]*|第\s*\d+\s*页.{0,12}"
)
_PRINTED_BY_BROWSER = re.compile(
    r"(?:https?|file)://\S+.*|\d{1,4}/\d{1,2}/\d{1,4}[,，\s]+(?:[上下]午\s*)?\d{1,2}:\d{2}.*"
)
_RADICALS = re.compile(r"[\u2e80-\u2fdf]")
_UNREADABLE = re.compile(r"[\ufffd\ufffe\ue000-\uf8ff\x00-\x08]")
_ADDED = "\0"
"""A space that is not in the file: pdfium sees one where characters stand apart, also all along a line set wide."""
_COLUMN_GAP = 2.0
"""Empty room (em) inside a line that marks the columns of a table: such a line is never joined to the next."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    character: str
    left: float
    right: float
    bottom: float
    top: float
    space: str
    """White space before it, or _ADDED."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One printed line of a page, in points."""

    text: str
    left: float
    right: float
    size: float
    has_columns: bool


def read_pdf(data: bytes, name: str) -> list[str]:
    """The paragraphs of a PDF; InputError for an encrypted, broken, scanned or unreadable one."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(name, "这个 PDF 加了密码，打不开", "请先去掉密码再试") from None
        raise InputError(name, "这个 PDF 已损坏，打不开", "请重新下载或另存一份") from None
    with document:
        pages = [_rows(page) for page in document]
    pages = _without_running_lines(pages)
    text = "".join(row.text for page in pages for row in page)
    if len(re.sub(r"\s", "", text)) < 5 * max(1, len(pages)) and len(text) < 200:
        raise InputError(name, "这个 PDF 里没有文字，像是扫描件", "请用文字版 PDF 或 Word 文件，或先做文字识别")
    if len(_UNREADABLE.findall(text)) > len(text) * 0.2:
        raise InputError(name, "这个 PDF 的文字编码读不出来", "请用 Word 文件，或把内容复制到 .txt 里")
    return joined(_placed(pages))


def _rows(page: pdfium.PdfPage) -> list[_Row]:
    """The lines of a page from top to bottom."""
    groups: list[list[_Glyph]] = []
    for glyph in _glyphs(page):
        if groups and _same_row(groups[-1], glyph):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    return [_row(group) for group in _merge_level(groups)]


def _glyphs(page: pdfium.PdfPage) -> list[_Glyph]:
    """What is printed on a page, in the order of the file, without white space of its own."""
    text_page = page.get_textpage()
    glyphs, space = [], ""
    for index in range(text_page.count_chars()):
        character = chr(pdfium_c.FPDFText_GetUnicode(text_page, index))
        if character.isspace() or character in "\0\ufffe":
            if pdfium_c.FPDFText_IsGenerated(text_page, index) == 1 and character == " ":
                space = space or _ADDED
            elif character not in "\r\n\0\ufffe":
                space = space.replace(_ADDED, "") + character
            continue
        left, bottom, right, top = text_page.get_charbox(index, loose=True)
        glyphs.append(_Glyph(_plain(character), left, right, bottom, top, space))
        space = ""
    return glyphs


def _plain(character: str) -> str:
    return unicodedata.normalize("NFKC", character) if _RADICALS.match(character) else character


def _same_row(row: list[_Glyph], glyph: _Glyph) -> bool:
    last = row[-1]
    overlap = min(last.top, glyph.top) - max(last.bottom, glyph.bottom)
    height = max(1.0, min(last.top - last.bottom, glyph.top - glyph.bottom))
    return overlap > height / 2 and glyph.left > last.left - height


def _merge_level(groups: list[list[_Glyph]]) -> list[list[_Glyph]]:
    """Pieces at one height (cells of a table, a number and its words) as one line, lines from top to bottom."""
    ordered = sorted(groups, key=lambda group: -median((glyph.top + glyph.bottom) / 2 for glyph in group))
    merged: list[list[_Glyph]] = []
    for group in ordered:
        if merged and _is_level(merged[-1], group):
            merged[-1] = sorted(merged[-1] + group, key=lambda glyph: glyph.left)
        else:
            merged.append(group)
    return merged


def _is_level(first: list[_Glyph], second: list[_Glyph]) -> bool:
    heights = [glyph.top - glyph.bottom for glyph in (*first, *second)]
    centres = [median((glyph.top + glyph.bottom) / 2 for glyph in group) for group in (first, second)]
    return abs(centres[0] - centres[1]) < max(1.0, median(heights)) * 0.4


def _row(glyphs: list[_Glyph]) -> _Row:
    size = _em(glyphs)
    is_spread = sum(glyph.space == _ADDED for glyph in glyphs[1:]) > len(glyphs) * 0.5
    text, has_columns = glyphs[0].character, False
    for last, glyph in pairwise(glyphs):
        if glyph.left - last.right > _COLUMN_GAP * size:
            text, has_columns = text + "\u3000", True
        elif glyph.space != _ADDED:
            text += glyph.space
        elif not is_spread:
            text += " "
        text += glyph.character
    return _Row(text, glyphs[0].left, max(glyph.right for glyph in glyphs), size, has_columns)


def _em(glyphs: list[_Glyph]) -> float:
    """The width of a full character: that of a Chinese one where the line has any."""
    full = [glyph.right - glyph.left for glyph in glyphs if "\u4e00" <= glyph.character <= "\u9fff"]
    return max(1.0, median(full or [glyph.top - glyph.bottom for glyph in glyphs]))


def _without_running_lines(pages: list[list[_Row]]) -> list[list[_Row]]:
    """Pages without page numbers and without the lines that stand at the edge of most pages."""
    pages = [_without_numbers(page) for page in pages]
    edges = Counter(_shape(page[end].text) for page in pages if page for end in {0, len(page) - 1})
    running = {shape for shape, count in edges.items() if count >= max(3, len(pages) * 0.5)}
    for _ in range(2):
        pages = [_trimmed(page, lambda text: _shape(text) in running) for page in pages]
    return [_without_numbers(page) for page in pages]


def _without_numbers(page: list[_Row]) -> list[_Row]:
    return _trimmed(page, lambda text: bool(_PAGE_NUMBER.fullmatch(text) or _PRINTED_BY_BROWSER.fullmatch(text)))


def _trimmed(page: list[_Row], is_idle: Callable[[str], bool]) -> list[_Row]:
    """The page without its first and last line where these are idle."""
    return [row for place, row in enumerate(page) if place not in (0, len(page) - 1) or not is_idle(row.text)]


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s", "", text))


def _placed(pages: list[list[_Row]]) -> list[Line]:
    """Rows with their room left and right, measured against the text area of their page."""
    rows = [row for page in pages for row in page]
    right = max((row.right for row in rows), default=0)
    left = _usual_left(rows)
    lines = []
    for page in pages:
        is_full_page = len(page) >= 5
        page_left = _usual_left(page) if is_full_page else left
        page_right = max(row.right for row in page) if is_full_page else right
        if page_right < right - 3 * median(row.size for row in rows):
            page_right = right
        for row in page:
            slack = 99.0 if row.has_columns else (page_right - row.right) / row.size
            lines.append(Line(row.text, (row.left - page_left) / row.size, slack))
    return lines


def _usual_left(rows: list[_Row]) -> float:
    """The leftmost edge that several rows share."""
    counts: defaultdict[int, list[float]] = defaultdict(list)
    for row in rows:
        counts[round(row.left / 4)].append(row.left)
    shared = [min(lefts) for lefts in counts.values() if len(lefts) >= 2]
    return min(shared, default=min((row.left for row in rows), default=0.0))
