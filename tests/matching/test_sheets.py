"""The quick reader of sheets reads what openpyxl reads, from files of different writers."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from navigator.matching import sheets
from navigator.matching.sheets import sheet_lines

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e12, 1e12, allow_nan=False).filter(lambda number: number == 0 or abs(number) > 1e-6),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=8).filter(
        lambda text: not text.startswith(("=", "#")) and text.strip() == text
    ),
    st.dates(date(1950, 1, 1), date(2035, 1, 1)),
)


def as_openpyxl_reads(path: Path) -> list[tuple[int, list]]:
    sheet = load_workbook(path, data_only=True).worksheets[0]
    lines = [(number, list(line)) for number, line in enumerate(sheet.iter_rows(values_only=True), start=1)]
    return [(number, trimmed(line)) for number, line in lines if any(cell not in (None, "") for cell in line)]


def trimmed(line: list) -> list:
    while line and line[-1] is None:
        line.pop()
    return line


def read(path: Path) -> list[tuple[int, list]]:
    return [(number, trimmed(line)) for number, line in sheet_lines(path)]


@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_any_cells_are_read_as_openpyxl_reads_them(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheets") / "a.xlsx"
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    assert read(path) == as_openpyxl_reads(path)


@pytest.mark.parametrize("engine", ["openpyxl", "xlsxwriter"])
def test_sheets_of_other_writers_are_read(tmp_path, engine):
    path = tmp_path / "a.xlsx"
    frame = pd.DataFrame(
        {
            "甲": ["一", None, "三"],
            "乙": [1.5, 2, 3],
            "丙": pd.to_datetime(["2026-01-31"] * 3),
            "丁": [True, False, True],
        }
    )
    frame.to_excel(path, index=False, engine=engine)
    assert read(path) == as_openpyxl_reads(path)


def test_shares_blank_lines_gaps_times_formulas_and_rich_texts(tmp_path):
    path = tmp_path / "a.xlsx"
    book = Workbook()
    sheet = book.active
    sheet["C3"], sheet["C3"].number_format = 0.055, "0.0%"
    sheet["A5"] = datetime(2026, 1, 31, 12, 0)
    sheet["B5"] = time(8, 30)
    sheet["C5"] = CellRichText("红", TextBlock(InlineFont(b=True), "头"), "文件")
    sheet["D5"] = "=1+1"
    book.save(path)
    assert list(sheet_lines(path)) == [
        (3, [None, None, "5.5%"]),
        (5, [datetime(2026, 1, 31, 12, 0), time(8, 30), "红头文件", None]),
    ]


def test_the_first_visible_sheet_is_read(tmp_path):
    path = tmp_path / "a.xlsx"
    book = Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet().append(["seen"])
    book.save(path)
    assert list(sheet_lines(path)) == [(1, ["seen"])]


def test_cells_far_to_the_right_and_entities_do_no_harm(tmp_path):
    path = tmp_path / "a.xlsx"
    book = Workbook()
    book.active.append(["a", "b"])
    book.active["XFD1"] = "far"
    book.save(path)
    assert list(sheet_lines(path)) == [(1, ["a", "b"])]
    evil = tmp_path / "b.xlsx"
    with ZipFile(path) as old, ZipFile(evil, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + (
                    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                    b'<row r="1"><c r="A1" t="inlineStr"><is><t>x&e;</t></is></c></row></sheetData></worksheet>'
                )
            new.writestr(name, data)
    assert "root:" not in str(list(sheet_lines(evil)))


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"", b"no zip"])
def test_what_is_no_sheet_is_refused(tmp_path, content):
    from navigator.errors import InputError
    from navigator.matching.tables import table_lines

    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    if content.startswith(b"PK"):
        with pytest.raises(InputError, match="读不懂"):
            list(table_lines(path))
    else:
        list(table_lines(path))


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_rows(path: Path, rows: str, start: str = f'<worksheet xmlns="{MAIN}">') -> Path:
    """A workbook whose sheet is written as given, with a date format as style 1 and per cent as style 2."""
    book = Workbook()
    book.active["A1"], book.active["A1"].number_format = date(2026, 1, 31), "yyyy-mm-dd"
    book.active["B1"], book.active["B1"].number_format = 0.5, "0%"
    book.save(path)
    with ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>共享的</t></si></sst>'.encode()
    root = start.partition(">")[0].partition(" ")[0].rpartition("<")[2]
    parts["xl/worksheets/sheet1.xml"] = f"{start}<sheetData>{rows}</sheetData></{root}>".encode()
    with ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return path


USUAL = '<row r="1"><c r="A1" s="1"><v>46053</v></c><c r="B1" s="2"><v>0.5</v></c><c r="C1" t="s"><v>0</v></c></row>'
AS_READ = (1, [datetime(2026, 1, 31), "50%", "共享的"])


@pytest.mark.parametrize(
    ("second", "read_as"),
    [
        ('<row r="2"/><row r="3" spans="1:3"><c r="B3" t="b"><v>1</v></c></row>', (3, [None, True])),
        ('<row r="2"><c r="A2" t="str"><v>甲&amp;乙</v></c></row>', (2, ["甲&乙"])),
        ('<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2"/></row>', (2, [2])),
        ('<row r="2"><c t="str" r="B2"><v>甲</v></c></row>', (2, [None, "甲"])),
        ('<row r="2"><c r="A2" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c></row>', (2, ["甲乙"])),
        ('<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> 甲</t></is></c></row>', (2, [" 甲"])),
        ('<row r="2">\r\n  <c r="A2"><v>1e3</v></c>\r\n</row>', (2, [1000.0])),
        ('<row r="2"><c r="A2" t="str"><v>一\r\n二</v></c></row>', (2, ["一\n二"])),
        ('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>', (2, [2, 1])),
        ('<row r="2"><c><v>7</v></c><c><v>8</v></c></row>', (2, [7, 8])),
        ('<row><c r="A2"><v>7</v></c></row>', (2, [7])),
        ('<!-- <row r="9"><c r="A9"><v>9</v></c></row> --><row r="2"><c r="A2"><v>7</v></c></row>', (2, [7])),
        ('<row r="2"><c r="A2" t="str"><v><![CDATA[</row>]]></v></c></row>', (2, ["</row>"])),
    ],
)
@pytest.mark.parametrize("at_once", [7, 1 << 20])
def test_rows_written_in_any_way_are_read_the_same(tmp_path, monkeypatch, second, read_as, at_once):
    monkeypatch.setattr(sheets, "_READ", at_once)
    last = '<row r="12"><c r="A12"><v>12</v></c></row>'
    assert read(with_rows(tmp_path / "a.xlsx", USUAL + second + last)) == [AS_READ, read_as, (12, [12])]


def test_a_sheet_with_prefixed_names_is_read(tmp_path):
    rows = USUAL.replace("</", "</x:").replace("<row", "<x:row").replace("<c ", "<x:c ").replace("<v>", "<x:v>")
    path = with_rows(tmp_path / "a.xlsx", rows, f'<x:worksheet xmlns:x="{MAIN}">')
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<sheetData", b"<x:sheetData").replace(b"</sheetData", b"</x:sheetData")
    with ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert read(path) == [AS_READ]


@pytest.mark.parametrize(
    "rows", ['<row r="1"><c r="A1"><v>1</v></row>', '<row r="1"><c r="A1" t="s"><v>99</v></c></row>']
)
def test_a_broken_sheet_is_told_as_such(tmp_path, rows):
    with pytest.raises(ValueError):
        read(with_rows(tmp_path / "a.xlsx", rows))
