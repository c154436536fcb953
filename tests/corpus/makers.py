"""Small files made for tests: PDFs laid out by hand, and Word files whose numbers Word prints by itself."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

PAGE_WIDTH, PAGE_HEIGHT, SIZE = 595, 842, 16
PlacedText = tuple[float, float, str]
"""Left edge and baseline in points, and what is printed there."""


def pdf_of(pages: Sequence[Sequence[PlacedText]], size: int = SIZE) -> bytes:
    """A PDF with Chinese text at given places; a page without text is empty, as a scan is."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        b"/Supplement 4>>/FontDescriptor 5 0 R/DW 1000>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 880/StemV 93>>",
    ]
    kids = []
    for page in pages:
        lines = (f"1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj" for x, y, text in page)
        stream = f"BT /F1 {size} Tf {' '.join(lines)} ET".encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        box = f"[0 0 {PAGE_WIDTH} {PAGE_HEIGHT}]"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Contents {len(objects)} 0 R/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>".encode()
    return _numbered_objects(objects)


def _numbered_objects(objects: Sequence[bytes]) -> bytes:
    out, places = BytesIO(), []
    out.write(b"%PDF-1.5\n")
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return out.getvalue()


def set_in_lines(paragraphs: Sequence[str], width: int = 28, ascii_width: float = 1) -> list[str]:
    """Paragraphs broken into lines of `width` characters, the first of each indented by two full-width spaces."""
    lines = []
    for paragraph in paragraphs:
        line, used = "", 0.0
        for character in "\u3000\u3000" + paragraph:
            size = ascii_width if character.isascii() else 1
            if used + size > width:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + character, used + size
        lines.append(line)
    return lines


def docx_of(paragraphs: Sequence[str]) -> bytes:
    """A plain Word file."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: object) -> bytes:
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def add_list(document: object, levels: Sequence[tuple[str, str]], extra: dict[int, str] | None = None) -> int:
    """Define an automatic list (format and printed text of each level, e.g. chineseCounting and `%1、`); its number."""
    numbering = document.part.numbering_part.element  # type: ignore[attr-defined]
    number = 900 + len(numbering.findall(qn("w:num")))
    inner = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{(extra or {}).get(place, "")}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for place, (form, text) in enumerate(levels)
    )
    abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{inner}</w:abstractNum>'
    numbering.insert(0, parse_xml(abstract))
    used = f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
    numbering.append(parse_xml(used))
    return number


def add_item(document: object, text: str, number: int, level: int = 0) -> None:
    """A paragraph that Word numbers."""
    paragraph = document.add_paragraph(text)  # type: ignore[attr-defined]
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def written(folder: Path, name: str, content: bytes | str) -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
