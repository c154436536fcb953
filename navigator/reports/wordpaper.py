"""Parts of Word papers: styles with East Asian fonts, headings with bookmarks, fields, links, chips, labelled rows, the foot of the page.

Paragraphs are written as WordprocessingML with exact line heights, so that a page holds the same in every program.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from navigator.reports.palette import palette
from navigator.reports.sheet import Line, Row
from navigator.reports.wording import Chip

FONT, FALLBACK_FONT = "Microsoft YaHei", "Noto Sans CJK SC"
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 19.0, 14.0, 17.0
"""Millimetres of an A4 page."""
TEXT_WIDTH, TEXT_HEIGHT = (210 - 2 * MARGIN_X) * 72 / 25.4, (297 - MARGIN_TOP - MARGIN_BOTTOM) * 72 / 25.4
"""Points."""
LABEL_WIDTH = 50.0
BODY_SIZE, BODY_LINE = 9.5, 13.2
SMALL_SIZE, SMALL_LINE = 8.0, 11.4

Style = Literal[
    "Normal",
    "Small",
    "Lead",
    "Line",
    "Chips",
    "Title",
    "Subtitle",
    "Heading 1",
    "Heading 2",
    "Heading 3",
    "TOC 1",
    "TOC 2",
    "TOC 3",
    "Index",
]
_STYLES: dict[Style, tuple[float, float, float, float, bool, str]] = {
    "Normal": (BODY_SIZE, BODY_LINE, 0, 0, False, "text"),
    "Small": (SMALL_SIZE, SMALL_LINE, 0, 0, False, "quiet"),
    "Lead": (BODY_SIZE, 14, 2, 3, True, "text"),
    "Line": (10, 16, 3, 3, False, "text"),
    "Chips": (SMALL_SIZE, 17, 0, 0, False, "quiet"),
    "Title": (36, 48, 190, 8, True, "text"),
    "Subtitle": (15, 22, 0, 20, False, "primary"),
    "Heading 1": (17, 26, 0, 12, True, "primary"),
    "Heading 2": (13, 20, 10, 4, True, "primary"),
    "Heading 3": (12, 19, 7, 2, True, "text"),
    "TOC 1": (10, 15, 6, 0, True, "primary"),
    "TOC 2": (BODY_SIZE, 14, 2, 0, True, "text"),
    "TOC 3": (BODY_SIZE, 13.5, 0, 0, False, "text"),
    "Index": (9, 13, 0, 0, False, "text"),
}
"""Size, exact line height, space before, space after (points), bold, colour."""


_AFTER_BORDER = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr")


def style_height(style: Style, lines: int = 1) -> float:
    """Points that a paragraph of so many lines takes, with the space around it."""
    _, line, before, after, _, _ = _STYLES[style]
    return before + lines * line + after


def style_size(style: Style) -> float:
    """Type size of a style in points."""
    return _STYLES[style][0]


class WordPaper:
    """An A4 Word document that is written from top to bottom.

    `cover`: the first page has no foot. `warning` stands at the head of every page.
    """

    def __init__(
        self, title: str, author: str, footer: str, written: datetime, *, cover: bool = True, warning: str = ""
    ) -> None:
        self._document = Document()
        self._body = self._document.element.body
        self._bookmarks = 0
        self._links: dict[str, str] = {}
        properties = self._document.core_properties
        properties.title, properties.author, properties.comments, properties.language = title, author, "", "zh-CN"
        properties.created = properties.modified = written.replace(tzinfo=None)
        properties.last_modified_by = author
        self._set_page(footer, cover)
        if warning:
            self._set_head(warning)
        self._set_styles()
        self._set_document_fonts()

    def paragraph(
        self, style: Style, runs: str, *, page_break: bool = False, keep_next: bool = False, extra: str = ""
    ) -> None:
        """Append a paragraph; `runs` is the XML of `text_run`, `field` and the like, `extra` that of further properties."""
        self._append(_paragraph(style, runs, page_break=page_break, keep_next=keep_next, extra=extra))

    def text(self, style: Style, text: str, *, page_break: bool = False) -> None:
        """Append a paragraph of plain text."""
        self.paragraph(style, text_run(text), page_break=page_break)

    def heading(self, level: int, text: str, key: str = "", *, page_break: bool = False) -> None:
        """Append a heading that links and page fields may point to by `key`."""
        runs = text_run(text)
        if key:
            self._bookmarks += 1
            mark = f'w:id="{self._bookmarks}"'
            runs = f"<w:bookmarkStart {mark} w:name={quoteattr(key)}/>{runs}<w:bookmarkEnd {mark}/>"
        self.paragraph(f"Heading {level}", runs, page_break=page_break, keep_next=True)  # type: ignore[arg-type]

    def chips(self, chips: Sequence[Chip]) -> None:
        """Append a line of chips: words in boxes."""
        self.paragraph("Chips", text_run(" ").join(map(_chip, chips)), keep_next=True)

    def rows(self, rows: Sequence[Row]) -> None:
        """Append labelled rows as a table without lines."""
        widths = f'<w:tblGrid><w:gridCol w:w="{_twips(LABEL_WIDTH)}"/><w:gridCol w:w="{_twips(TEXT_WIDTH - LABEL_WIDTH)}"/></w:tblGrid>'
        body = "".join(self._row(row) for row in rows)
        edges = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
        properties = (
            f'<w:tblPr><w:tblW w:w="{_twips(TEXT_WIDTH)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f"<w:tblCellMar>{edges}</w:tblCellMar></w:tblPr>"
        )
        self._append(f"<w:tbl>{properties}{widths}{body}</w:tbl>")

    def grid(self, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Append a table with lines; its header stands again on every page. `widths` are shares of the line; cells may have several lines."""
        points = [TEXT_WIDTH * width / sum(widths) for width in widths]
        columns = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in points)
        edges = ("top", "left", "bottom", "right", "insideH", "insideV")
        lines = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="{_hex("line")}"/>' for edge in edges)
        margins = "".join(f'<w:{side} w:w="80" w:type="dxa"/>' for side in ("left", "right"))
        properties = (
            f'<w:tblPr><w:tblW w:w="{_twips(TEXT_WIDTH)}" w:type="dxa"/><w:tblInd w:w="80" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        )
        body = _grid_row(header, points, head=True) + "".join(_grid_row(row, points) for row in rows)
        self._append(f"<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>")

    def picture(self, png: bytes, millimetres: float, words: str) -> None:
        """Append a square picture; `words` say what it shows to whom cannot see it."""
        shape = self._document.add_picture(BytesIO(png), width=Mm(millimetres))
        shape._inline.docPr.set("descr", words)
        self._document.paragraphs[-1].paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE

    def address(self, text: str, target: str) -> str:
        """XML of a link to the web."""
        if target not in self._links:
            self._links[target] = self._document.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return f'<w:hyperlink r:id="{self._links[target]}">{text_run(text, colour="link")}</w:hyperlink>'

    def save(self) -> bytes:
        """The .docx file."""
        buffer = BytesIO()
        self._document.save(buffer)
        return buffer.getvalue()

    def _append(self, xml: str) -> None:
        self._body.insert(len(self._body) - 1, parse_xml(xml.replace(">", f" {nsdecls('w', 'r')}>", 1)))

    def _row(self, row: Row) -> str:
        small = row.form in ("small", "links")
        label = _paragraph("Small" if small else "Normal", text_run(row.label, bold=True, colour="primary"))
        return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(LABEL_WIDTH, label)}{_cell(TEXT_WIDTH - LABEL_WIDTH, self._lines(row))}</w:tr>"

    def _lines(self, row: Row) -> str:
        if row.form == "links":
            return _paragraph("Small", text_run("　").join(self.address(one.text, one.link) for one in row.lines))
        style: Style = "Small" if row.form == "small" else "Normal"
        hanging = '<w:ind w:left="220" w:hanging="220"/>' if row.form in ("list", "steps") else ""
        return "".join(
            _paragraph(style, text_run(line_words(row, place)) + _aside(one), extra=hanging)
            for place, one in enumerate(row.lines)
        )

    def _set_head(self, warning: str) -> None:
        section = self._document.sections[0]
        section.header_distance = Mm(MARGIN_TOP / 2)
        head = section.header.paragraphs[0]._p
        run = text_run(warning, BODY_SIZE, bold=True, colour="warn")
        head.getparent().replace(head, parse_xml(f"<w:p {nsdecls('w')}>{run}</w:p>"))

    def _set_page(self, footer: str, cover: bool) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(MARGIN_X)
        section.top_margin, section.bottom_margin, section.footer_distance = Mm(MARGIN_TOP), Mm(MARGIN_BOTTOM), Mm(9)
        section.different_first_page_header_footer = cover
        foot = section.footer.paragraphs[0]._p
        runs = (
            text_run(f"{footer}\t第", 8, colour="quiet") + field("PAGE", "2", 8) + text_run("页 共", 8, colour="quiet")
        )
        runs += field("NUMPAGES", "2", 8) + text_run("页", 8, colour="quiet")
        tabs = f'<w:tabs><w:tab w:val="clear" w:pos="4320"/><w:tab w:val="clear" w:pos="8640"/>{_right_tab("none")}</w:tabs>'
        border = f'<w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="{_hex("line")}"/></w:pBdr>'
        foot.getparent().replace(foot, parse_xml(f"<w:p {nsdecls('w', 'r')}><w:pPr>{border}{tabs}</w:pPr>{runs}</w:p>"))

    def _set_styles(self) -> None:
        styles = self._document.styles
        names = {style.name for style in styles}
        for name, (size, line, before, after, bold, colour) in _STYLES.items():
            style = styles[name] if name in names else styles.add_style(name, 1)
            if name != "Normal" and not name.startswith(("Heading", "Title", "Subtitle")):
                style.base_style = styles["Normal"]
            style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
            style.font.color.rgb = RGBColor.from_string(_hex(colour))
            _set_fonts(style.element.get_or_add_rPr())
            shape = style.paragraph_format
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
            shape.space_before, shape.space_after, shape.widow_control = Pt(before), Pt(after), True
            if name.startswith("TOC"):
                style.element.name_val = name.lower()
            _drop(style.element.get_or_add_pPr(), "w:pBdr")
            _drop(style.element.get_or_add_rPr(), "w:spacing")
        edge = f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="4" w:space="3" w:color="{_hex("line")}"/></w:pBdr>'
        styles["Heading 3"].element.get_or_add_pPr().insert_element_before(parse_xml(edge), *_AFTER_BORDER)
        for level, indent in (("TOC 2", 10), ("TOC 3", 20)):
            styles[level.lower()].paragraph_format.left_indent = Pt(indent)

    def _set_document_fonts(self) -> None:
        defaults = self._document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        _set_fonts(defaults)
        for language in defaults.findall(qn("w:lang")):
            language.set(qn("w:val"), "en-US")  # with zh-CN here numbers are broken at the end of a line
            language.set(qn("w:eastAsia"), "zh-CN")
        table = next(
            part for part in self._document.part.package.iter_parts() if part.partname.endswith("fontTable.xml")
        )
        name = f'<w:font w:name="{FONT}"><w:altName w:val="{FALLBACK_FONT}"/><w:charset w:val="86"/><w:family w:val="swiss"/></w:font>'
        table._blob = table.blob.replace(b"</w:fonts>", name.encode() + b"</w:fonts>")


def text_run(text: str, size: float | None = None, *, bold: bool = False, colour: str = "") -> str:
    """XML of a run; tabs in `text` are tabs."""
    parts = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(_printable(part))}</w:t>' for part in text.split("\t"))
    return f"<w:r>{_look(size, colour, bold)}{parts}</w:r>"


def field(instruction: str, shown: str, size: float | None = None) -> str:
    """XML of a field and what it shows until it is computed anew."""
    begin, separate, end = (_field_mark(kind, size) for kind in ("begin", "separate", "end"))
    code = f'<w:r>{_look(size, "quiet")}<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
    return begin + code + separate + text_run(shown, size, colour="quiet") + end


def page_line(words: str, key: str, page: int) -> str:
    """XML of a line of contents or index: words, dots, the page; all of it leads to `key`."""
    anchor = f'<w:hyperlink w:anchor={quoteattr(key)} w:history="1">'
    return anchor + text_run(f"{words}\t") + field(f"PAGEREF {key} \\h", str(page)) + "</w:hyperlink>"


def dotted_tab(indent: str = "") -> str:
    """Paragraph properties for `page_line`."""
    return f"<w:tabs>{_right_tab('dot')}</w:tabs>{indent}"


def field_begin(instruction: str) -> str:
    """XML that opens a field running over paragraphs; close it with FIELD_END."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def line_words(row: Row, place: int) -> str:
    """A line with its bullet or number."""
    mark = {"list": "•\t", "steps": f"{place + 1}.\t"}.get(row.form, "")
    return mark + row.lines[place].text


def _look(size: float | None, colour: str, bold: bool = False) -> str:
    properties = "<w:b/>" if bold else ""
    properties += f'<w:color w:val="{_hex(colour)}"/>' if colour else ""
    properties += f'<w:sz w:val="{round(size * 2)}"/>' if size else ""
    return f"<w:rPr>{properties}</w:rPr>" if properties else ""


def _field_mark(kind: str, size: float | None) -> str:
    return f'<w:r>{_look(size, "quiet")}<w:fldChar w:fldCharType="{kind}"/></w:r>'


def _paragraph(style: Style, runs: str, *, page_break: bool = False, keep_next: bool = False, extra: str = "") -> str:
    flags = ("<w:keepNext/>" if keep_next else "") + ("<w:pageBreakBefore/>" if page_break else "")
    return f'<w:p><w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/>{flags}{extra}</w:pPr>{runs}</w:p>'


def _grid_row(cells: Sequence[str], points: Sequence[float], *, head: bool = False) -> str:
    kept = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
    colour = "primary" if head else ""
    written = (
        "".join(_paragraph("Normal", text_run(line, bold=head, colour=colour)) for line in text.split("\n"))
        for text in cells
    )
    return f"<w:tr>{kept}{''.join(map(_cell, points, written))}</w:tr>"


def _cell(width: float, paragraphs: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/></w:tcPr>{paragraphs}</w:tc>'


def _chip(one: Chip) -> str:
    colour = _hex({"good": "primary", "warn": "warn", "plain": "quiet"}[one.tone])
    words = escape(_printable(f" {one.mark} {one.word} " if one.mark else f" {one.word} "))
    border = f'<w:bdr w:val="single" w:sz="4" w:space="0" w:color="{colour}"/>'
    properties = f'<w:color w:val="{colour}"/><w:sz w:val="{round(SMALL_SIZE * 2)}"/>{border}'
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def _aside(line: Line) -> str:
    return text_run(f"〔{line.aside}〕", 8, colour="quiet") if line.aside else ""


def _set_fonts(properties: Any) -> None:
    _drop(properties, "w:rFonts")
    fonts = f'w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"'
    properties.insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} {fonts}/>"))


def _drop(properties: Any, name: str) -> None:
    for old in properties.findall(qn(name)):
        properties.remove(old)


def _right_tab(leader: str) -> str:
    return f'<w:tab w:val="right" w:leader="{leader}" w:pos="{_twips(TEXT_WIDTH)}"/>'


def _twips(points: float) -> int:
    return round(points * 20)


def _hex(colour: str) -> str:
    return palette()[colour].removeprefix("#")


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign == "　")
