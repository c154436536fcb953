"""The lines of an .xlsx sheet one after the other, many times as fast as openpyxl's own reader and in little memory.

Only what a table needs is read: values, dates by their format, 3% as text. openpyxl decides which formats are dates and what day a
number is; it also writes all sheets elsewhere. Formulas give the value that was last computed. Rows written as Excel, WPS and the usual
libraries write them are taken apart by an expression that has to account for every character; any other row is parsed as XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZipFile

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601

COLUMNS = 1_000
"""Cells further right are not looked at."""

_ROW = re.compile(r"\s*(?:<row[^<>]*/>\s*)*<row([^<>]*)>")
_ROW_NUMBER = re.compile(r' r="([0-9]{1,8})"')
_CELL_START = '<c r="'
_CELL_REST = re.compile(
    r'"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?'
    r'(?:/>|>(?:<v>([^<&]*)</v>|<is><t(?: xml:space="preserve")?>([^<&]*)</t></is>)?</c>)\s*'
)
_SHEET_START = re.compile(rb"<worksheet[\s>]")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)
_LONGEST_START, _LONGEST_ROW = 1 << 20, 8 << 20
_READ = 1 << 20
_REMEMBERED = 50_000
_PLAIN_INTEGER = re.compile(r"-?[0-9]{1,15}")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


Lines = Iterator[tuple[int, list[Any]]]
"""Lines that are not blank, with the numbers a spreadsheet gives them."""


def sheet_lines(path: Path, name: str = "") -> Lines:
    """Lines of a sheet, the first visible one unless named. Raises ValueError or KeyError where it is no such file or sheet."""
    with ZipFile(path) as archive:
        book = _parsed(archive, "xl/workbook.xml")
        parts = _parts(archive, book)
        yield from _lines(archive, parts[name or next(iter(parts))], _cells(archive, book))


def sheet_starts(path: Path, count: int) -> dict[str, list[tuple[int, list[Any]]]]:
    """The first lines of each visible sheet that has any. Raises as `sheet_lines` does."""
    with ZipFile(path) as archive:
        book = _parsed(archive, "xl/workbook.xml")
        cells = _cells(archive, book)
        found = {
            name: list(islice(_lines(archive, part, cells), count)) for name, part in _parts(archive, book).items()
        }
    return {name: lines for name, lines in found.items() if lines}


def sheet_part(archive: ZipFile, name: str = "") -> str:
    """The part of the file a sheet lies in, the first visible one unless named."""
    parts = _parts(archive, _parsed(archive, "xl/workbook.xml"))
    return parts[name or next(iter(parts))]


def _cells(archive: ZipFile, book: Any) -> _Cells:
    properties = next(book.iter("{*}workbookPr"), None)
    mac = properties is not None and properties.get("date1904") in ("1", "true")
    return _Cells(_shared_texts(archive), _formats(archive), CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900)


def _lines(archive: ZipFile, part: str, cells: _Cells) -> Lines:
    for number, line in _rows(lambda: archive.open(part), cells):
        if any(value is not None and value != "" for value in line):
            yield number, line


class _Unusual(Exception):
    """A sheet that is not written the usual way from here on."""


def _rows(opened: Callable[[], IO[bytes]], cells: _Cells) -> Iterator[tuple[int, list[Any]]]:
    last = 0
    try:
        with opened() as file:
            for last, line in _usual_rows(file, cells):
                yield last, line
        return
    except _Unusual:
        pass
    with opened() as file:
        number = 0
        for row in _elements(file, "row"):
            said = row.get("r")
            number = int(said) if said else number + 1
            if number > last:
                yield number, _line(row, cells)


def _usual_rows(file: IO[bytes], cells: _Cells) -> Iterator[tuple[int, list[Any]]]:
    """Rows by expression. Raises _Unusual at the first thing that is none and cannot be parsed by itself either."""
    for text in _whole_rows(file):
        for piece in text.split("</row>")[:-1]:
            row = _ROW.match(piece)
            said = row and _ROW_NUMBER.search(row[1])
            if row is None or said is None:
                raise _Unusual
            line = _usual_line(piece[row.end() :], said[1], cells)
            yield int(said[1]), _line(_row_element(piece), cells) if line is None else line


def _whole_rows(file: IO[bytes]) -> Iterator[str]:
    """The text of the rows, cut behind a row; at the end of the last nothing but empty rows is left."""
    rest = b""
    while b"<sheetData>" not in rest:
        block = file.read(_READ)
        if not block or len(rest) > _LONGEST_START:
            raise _Unusual
        rest += block
    start, rest = rest.split(b"<sheetData>", 1)
    if b"<!" in start or _ENCODING.search(start) or not _SHEET_START.search(start):
        raise _Unusual
    while True:
        body, ended, _ = rest.partition(b"</sheetData>")
        cut = body.rfind(b"</row>") + len(b"</row>") if b"</row>" in body else 0
        if b"<!" in body[:cut]:
            raise _Unusual
        yield body[:cut].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        if ended:
            return
        block = file.read(_READ)
        rest = body[cut:] + block
        if not block or len(rest) > _LONGEST_ROW:
            raise _Unusual


def _row_element(piece: str) -> Any:
    """A row by itself as an element."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(f"<r {_NAMESPACES}>{piece}</row></r>", parser)[-1]
    except etree.XMLSyntaxError:
        raise _Unusual from None


_NAMESPACES = 'xmlns:x14ac="x14ac" xmlns:xr="xr" xmlns:r="r" xmlns:mc="mc"'


def _usual_line(text: str, number: str, cells: _Cells) -> list[Any] | None:
    """The cells of a row; None where something is written in another way. What follows the reference is read once where it recurs."""
    start, *found = text.split(_CELL_START)
    if start and not start.isspace():
        return None
    line: list[Any] = []
    digits, places, known = len(number), _columns, cells.known
    for cell in found:
        end = cell.find('"')
        place = places.get(cell[: end - digits])
        if place is None:
            place = _column(cell[: end - digits], -1)
        if place < 0 or cell[end - digits : end] != number:
            return None
        if place >= COLUMNS:
            continue
        rest = cell[end:]
        try:
            value = known[rest]
        except KeyError:
            value = cells.rest(rest)
            if value is _UNREAD:
                return None
        if place == len(line):
            line.append(value)
        else:
            _put(line, place, value)
    return line


def _line(row: Any, cells: _Cells) -> list[Any]:
    """The cells of a row that was parsed."""
    line: list[Any] = []
    for cell in row:
        place = _column((cell.get("r") or "").rstrip("0123456789"), len(line))
        if place < COLUMNS:
            kind = cell.get("t")
            written = next((child.text for child in reversed(cell) if child.tag.rpartition("}")[2] == "v"), None)
            text = _text_of(cell) if kind == "inlineStr" else None
            _put(line, place, cells.value(written, kind, cell.get("s"), text))
    return line


def _put(line: list[Any], place: int, value: Any) -> None:
    if place >= len(line):
        line.extend([None] * (place + 1 - len(line)))
    line[place] = value


def _elements(file: IO[bytes], name: str) -> Iterator[Any]:
    """Elements as they end, each forgotten afterwards."""
    try:
        for _, element in etree.iterparse(file, tag=f"{{*}}{name}", resolve_entities=False, no_network=True):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None


_columns: dict[str, int] = {}
_UNREAD = object()


def _column(letters: str, otherwise: int) -> int:
    """The place of a column by its letters, and for next time."""
    if not re.fullmatch("[A-Z]{1,3}", letters):
        return otherwise
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    _columns[letters] = number - 1
    return number - 1


class _Cells:
    """Reads the cells of one workbook."""

    def __init__(self, texts: list[str], formats: list[str], calendar: datetime) -> None:
        self._texts, self._calendar = texts, calendar
        self._dates = {str(place) for place, form in enumerate(formats) if is_date_format(form)}
        self._shares = {str(place) for place, form in enumerate(formats) if "%" in form} - self._dates
        self._formed = self._dates | self._shares
        self.known: dict[str, Any] = {}

    def rest(self, rest: str) -> Any:
        """The value of a cell by what stands behind its reference; _UNREAD where that is written in another way."""
        found = _CELL_REST.fullmatch(rest)
        if found is None:
            return _UNREAD
        style, kind, written, text = found.groups()
        value = self.value(written, kind, style, text)
        if len(self.known) < _REMEMBERED:
            self.known[rest] = value
        return value

    def value(self, written: str | None, kind: str | None, style: str | None, text: str | None) -> Any:
        """The value of a cell: `written` stands as its value, `text` in the cell itself."""
        if kind == "inlineStr":
            return text or None
        if not written:
            return None
        if kind == "s":
            try:
                return self._texts[int(written)]
            except IndexError:
                raise ValueError(f"no shared text {written}") from None
        if kind is None or kind == "n":
            value = int(written) if _PLAIN_INTEGER.fullmatch(written) else float(written)
            return self._formed_number(value, style) if style in self._formed else value
        if kind == "b":
            return written.strip() in ("1", "true")
        return from_ISO8601(written) if kind == "d" else written

    def _formed_number(self, value: float, style: str | None) -> Any:
        """A number that is shown as a day or as per cent."""
        if style in self._shares:
            return f"{value * 100:.12g}%"
        try:
            return from_excel(value, self._calendar)
        except (OverflowError, ValueError):
            return value


def _text_of(element: Any) -> str:
    """The text in an element without how it is pronounced."""
    while len(element) == 1:
        element = element[0]
    if not len(element):
        return element.text or ""
    return "".join(part.text or "" for part in element.iter("{*}t") if not part.getparent().tag.endswith("}rPh"))


def _parts(archive: ZipFile, book: Any) -> dict[str, str]:
    """The visible sheets, or all where none is, by name in their order, each with the part that holds it."""
    relations = {one.get("Id"): one.get("Target", "") for one in _parsed(archive, "xl/_rels/workbook.xml.rels")}
    sheets = [
        (sheet.get("name", ""), relations[sheet.get(_RELATION)], sheet.get("state", "visible") == "visible")
        for sheet in book.iter("{*}sheet")
        if "worksheet" in relations.get(sheet.get(_RELATION), "")
    ]
    if not sheets:
        raise ValueError("no sheet")
    some_visible = any(visible for _, _, visible in sheets)
    return {
        name: target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        for name, target, visible in sheets
        if visible or not some_visible
    }


def _shared_texts(archive: ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    with archive.open("xl/sharedStrings.xml") as file:
        return [_text_of(element) for element in _elements(file, "si")]


def _formats(archive: ZipFile) -> list[str]:
    """The number format of each cell style."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    styles = _parsed(archive, "xl/styles.xml")
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter("{*}numFmt")}
    cells = next(styles.iter("{*}cellXfs"), ())
    return [
        own.get(one.get("numFmtId", "0")) or BUILTIN_FORMATS.get(int(one.get("numFmtId", "0")), "General")
        for one in cells
    ]


def _parsed(archive: ZipFile, name: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(archive.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from None
