"""Reads the text of a .docx file: paragraphs and tables in reading order, with the numbers that Word prints by itself.

A number set by automatic numbering is nowhere in the text: it is counted here from numbering.xml as Word does (ECMA-376
part 1, 17.9). Text boxes, headers, footers, footnotes and deleted text are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from navigator.errors import InputError

_CELL_GAP = "\u3000"
_UNPRINTED = frozenset(map(qn, ("w:del", "w:moveFrom", "w:txbxContent", "w:rt", "w:pPr", "w:instrText")))
_GROUPS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:customXml", "w:moveTo", "w:smartTag")))
_BREAKS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def read_docx(data: bytes, name: str) -> list[str]:
    """The lines of a Word file; InputError where it is broken or no Word file."""
    try:
        document = Document(BytesIO(data))
    except (BadZipFile, KeyError, ValueError, OSError, etree.XMLSyntaxError):
        raise InputError(name, "不是完好的 Word 文档", "请用 Word 或 WPS 打开后另存为 .docx 再试") from None
    reader = _Reader(_Numbering.of(document))
    return [line for line in reader.lines(document.element.body) if line.strip()]


class _Reader:
    """Walks the body of a document and gives its lines."""

    def __init__(self, numbering: _Numbering) -> None:
        self.numbering = numbering

    def lines(self, parent: Any) -> Iterator[str]:
        """The lines of all paragraphs and tables below `parent`."""
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                yield from self._paragraph(child).split("\n")
            elif child.tag == qn("w:tbl"):
                yield from self._table(child)
            elif child.tag in _GROUPS:
                yield from self.lines(child)

    def _paragraph(self, paragraph: Any) -> str:
        label = self.numbering.label(paragraph)
        text = "".join(_texts(paragraph))
        return f"{label} {text.lstrip()}" if label and text.strip() else text

    def _table(self, table: Any) -> Iterator[str]:
        for row in table.iter(qn("w:tr")):
            cells = [list(self.lines(cell)) for cell in row.iterchildren(qn("w:tc"))]
            if len(cells) == 1:
                yield from cells[0]
            else:
                yield _CELL_GAP.join(text for text in (" ".join(cell).strip() for cell in cells) if text)


def _texts(node: Any) -> Iterator[str]:
    for child in node.iterchildren():
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag not in _UNPRINTED:
            yield from _texts(child)


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: what it starts at, how it counts and what it prints around the number."""

    start: int
    form: str
    text: str
    style: str | None
    restart: int | None
    is_legal: bool

    @classmethod
    def of(cls, element: Any) -> _Level:
        restart = _value(element, "w:lvlRestart")
        return cls(
            start=int(_value(element, "w:start") or 1),
            form=_value(element, "w:numFmt") or "decimal",
            text=_value(element, "w:lvlText") or "",
            style=_value(element, "w:pStyle"),
            restart=None if restart is None else int(restart),
            is_legal=element.find(qn("w:isLgl")) is not None,
        )


@dataclass(slots=True)
class _List:
    """A list as a document uses it: its levels, and its counters, shared by all lists of one abstract numbering."""

    levels: dict[int, _Level]
    counters: dict[int, int]
    fresh_starts: dict[int, int] = field(default_factory=dict)


class _Numbering:
    """Counts the paragraphs of automatic lists and prints their numbers."""

    def __init__(self, lists: dict[str, _List], styles: dict[str, tuple[str | None, str | None, str | None]]) -> None:
        self.lists = lists
        self.styles = styles

    @classmethod
    def of(cls, document: Any) -> _Numbering:
        """The numbering of a python-docx document; an empty one where it has no lists."""
        styles = {}
        for style in document.styles.element.iterchildren(qn("w:style")):
            number, level = _number_properties(style)
            styles[style.get(qn("w:styleId"))] = (_value(style, "w:basedOn"), number, level)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return cls({}, styles)
        return cls(_lists(root, styles), styles)

    def label(self, paragraph: Any) -> str:
        """The printed number of a paragraph, counted on; "" where it has none."""
        number, level_number = self._placed(paragraph)
        numbered = self.lists.get(number or "")
        if numbered is None or level_number not in numbered.levels:
            return ""
        level = numbered.levels[level_number]
        _count(numbered, level_number)
        if level.form in ("bullet", "none"):
            return ""
        return re.sub(
            r"%([1-9])", lambda match: _printed(numbered, int(match[1]) - 1, level.is_legal), level.text
        ).strip()

    def _placed(self, paragraph: Any) -> tuple[str | None, int]:
        """The list and level of a paragraph, its own or its style's."""
        number, level = _number_properties(paragraph)
        properties = paragraph.find(qn("w:pPr"))
        style = _value(properties, "w:pStyle") if properties is not None else None
        steps = 0
        while number is None and style in self.styles and steps < 20:
            based_on, number, style_level = self.styles[style]
            level = level or style_level
            if number and not level:
                level = self._level_of_style(number, style)
            style, steps = based_on, steps + 1
        return number, int(level or 0)

    def _level_of_style(self, number: str, style: str) -> str | None:
        levels = self.lists[number].levels if number in self.lists else {}
        return next((str(position) for position, level in levels.items() if level.style == style), None)


def _number_properties(element: Any) -> tuple[str | None, str | None]:
    properties = element.find(qn("w:pPr"))
    numbered = properties.find(qn("w:numPr")) if properties is not None else None
    if numbered is None:
        return None, None
    return _value(numbered, "w:numId"), _value(numbered, "w:ilvl")


def _value(element: Any, tag: str) -> str | None:
    child = element.find(qn(tag))
    return None if child is None else child.get(qn("w:val"))


def _lists(root: Any, styles: dict[str, tuple[str | None, str | None, str | None]]) -> dict[str, _List]:
    abstracts = {element.get(qn("w:abstractNumId")): element for element in root.iterchildren(qn("w:abstractNum"))}
    nums = {element.get(qn("w:numId")): element for element in root.iterchildren(qn("w:num"))}
    counters: dict[str, dict[int, int]] = {key: {} for key in abstracts}
    lists = {}
    for number, element in nums.items():
        key = _value(element, "w:abstractNumId") or ""
        linked = _value(abstracts[key], "w:numStyleLink") if key in abstracts else None
        through = styles[linked][1] if linked in styles else None
        if through in nums:
            key = _value(nums[through], "w:abstractNumId") or ""
        if key not in abstracts:
            continue
        levels = {int(level.get(qn("w:ilvl"))): _Level.of(level) for level in abstracts[key].iterchildren(qn("w:lvl"))}
        lists[number] = _List(levels, counters[key])
        for override in element.iterchildren(qn("w:lvlOverride")):
            _override(lists[number], override)
    return lists


def _override(numbered: _List, override: Any) -> None:
    position = int(override.get(qn("w:ilvl")))
    level = override.find(qn("w:lvl"))
    if level is not None:
        numbered.levels[position] = _Level.of(level)
    start = _value(override, "w:startOverride")
    if start is not None:
        numbered.fresh_starts[position] = int(start)


def _count(numbered: _List, position: int) -> None:
    """Advance the counter of a level; deeper levels begin anew unless their lvlRestart says otherwise (17.9.10)."""
    counters = numbered.counters
    start = numbered.fresh_starts.pop(position, None)
    if start is not None:
        counters[position] = start
    else:
        counters[position] = counters.get(position, numbered.levels[position].start - 1) + 1
    for deeper in [level for level in counters if level > position]:
        restart = numbered.levels[deeper].restart if deeper in numbered.levels else None
        if restart is None or position < restart:
            del counters[deeper]


def _printed(numbered: _List, position: int, is_legal: bool) -> str:
    level = numbered.levels.get(position)
    if level is None:
        return ""
    value = numbered.counters.setdefault(position, level.start)
    return printed_number(value, "decimal" if is_legal else level.form)


_DIGITS = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_SERIES = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
_COUNTED = re.compile("(?:chinese|japanese|korean|taiwanese)Counting(?:Thousand)?|ideographDigital")
_FORMALLY = re.compile("chineseLegalSimplified|ideographLegalTraditional|japaneseLegal")


def printed_number(value: int, form: str) -> str:
    """A number as Word prints it in one of its formats (17.18.59); unknown formats print decimal."""
    if _COUNTED.fullmatch(form):
        return _counted(value, _DIGITS, "十百千")
    if _FORMALLY.fullmatch(form):
        return _counted(value, _FORMAL, "拾佰仟")
    if form in _SERIES and 1 <= value <= len(_SERIES[form]):
        return _SERIES[form][value - 1]
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(value)
        return roman.lower() if form == "lowerRoman" else roman
    if form == "decimalZero":
        return f"{value:02d}"
    return str(value)


def _counted(value: int, digits: str, units: str) -> str:
    """23 as 二十三, 105 as 一百零五, 10 as 十."""
    if not 0 < value < 10_000:
        return str(value)
    text, gap = "", False
    for position in (3, 2, 1, 0):
        digit = value // 10**position % 10
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + (units[position - 1] if position else "")
        gap = not digit and (gap or bool(text))
    return text[1:] if 10 <= value < 20 and digits is _DIGITS else text


def _roman(value: int) -> str:
    signs = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
    text = ""
    for worth, sign in (*signs, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (value // worth)
        value %= worth
    return text
