"""The booklet: every measure once and in its place, page numbers that are true, nothing lost, cut or set against the rules of Chinese type."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise

import pypdfium2 as pdfium
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont
from pypdfium2 import raw

from navigator.cli import main
from navigator.matching.dates import period
from navigator.matching.rulebook import default_rulebook
from navigator.reports.fonts import choose_font, paper_font
from navigator.reports.handbook import Entry, Handbook, handbook_bytes, make_handbook, name_key, write_handbook
from navigator.reports.handbook_docx import handbook_docx
from navigator.reports.handbook_pdf import handbook_pdf
from navigator.reports.sheet import Line, Row

DAYS = (date(2023, 6, 1), date(2026, 11, 23), date(2028, 1, 1))
MAY_NOT_BEGIN, MAY_NOT_END = "，。；：、）】》”’！？…〕％", "（《“〔【"


def squeezed(text: str) -> str:
    """Without what layout adds, and without hyphens: at a line's end the reader takes one for its own."""
    return re.sub(r"[\s\u200b\ufffe\x02-]+", "", text)


@pytest.fixture(scope="module")
def booklet(rulebook, as_of) -> Handbook:
    return make_handbook(rulebook, as_of)


@pytest.fixture(scope="module")
def made(booklet) -> bytes:
    return handbook_pdf(booklet)


@pytest.fixture(scope="module")
def pdf(made) -> pdfium.PdfDocument:
    return pdfium.PdfDocument(made)


@pytest.fixture(scope="module")
def pages(pdf) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pdf]


@pytest.fixture(scope="module")
def word(booklet):
    return Document(BytesIO(handbook_docx(booklet)))


def pages_by_bookmark(pdf: pdfium.PdfDocument) -> dict[str, int]:
    return {squeezed(mark.get_title()): mark.get_dest().get_index() + 1 for mark in pdf.get_toc()}


def title_of(entry: Entry) -> str:
    return squeezed(f"{entry.number}{entry.sheet.name}")


@pytest.mark.parametrize("day", DAYS)
def test_every_measure_stands_in_the_booklet_exactly_once(rulebook, day):
    book = make_handbook(rulebook, day)
    named = [entry.sheet.name for entry in book.entries] + [
        item.name for group in book.set_aside for item in group.items
    ]
    assert Counter(named) == Counter(one.measure.name for one in rulebook.measures)


@pytest.mark.parametrize("day", DAYS)
def test_a_chapter_holds_only_measures_of_its_domain_that_are_in_force_that_day(rulebook, day):
    for chapter in make_handbook(rulebook, day).chapters:
        for section in chapter.sections:
            for entry in section.entries:
                measure = rulebook.by_id[entry.sheet.id].measure
                assert period(measure, day) == "in_force"
                assert chapter.title.endswith(f"、{measure.domain}")
                assert section.title == measure.delivery


def test_what_has_not_begun_stands_apart_and_says_when_it_begins(rulebook):
    book = make_handbook(rulebook, date(2023, 6, 1))
    assert book.upcoming
    for entry in book.upcoming:
        assert period(rulebook.by_id[entry.sheet.id].measure, book.as_of) == "not_yet"
        assert any(chip.word.endswith("开始") for chip in entry.sheet.chips)


def test_what_is_set_aside_has_a_reason(booklet):
    assert [group.title for group in booklet.set_aside] == ["一年以内到期的", "更早到期的", "没有核实的"]
    assert all(item.reason for group in booklet.set_aside for item in group.items)


def test_names_are_in_pinyin_order(booklet):
    names = {entry.number: entry.sheet.name for entry in booklet.entries}
    listed = [names[number] for group in booklet.names for number in group.numbers if group.title != "数字"]
    assert sorted(names) == sorted(number for group in booklet.names for number in group.numbers)
    assert all(name_key(first) <= name_key(second) for first, second in pairwise(listed))
    assert name_key("“一业一证”") < name_key("重点群体") < name_key("专精特新")


def test_all_platforms_stand_in_the_annex_once(booklet, rulebook):
    printed = [one.name for group in booklet.platforms for one in group.platforms]
    assert Counter(printed) == Counter(one.name for one in rulebook.corpus.platforms)


def test_every_text_of_a_measure_stands_on_the_page_that_the_contents_name(booklet, pdf, pages):
    found = pages_by_bookmark(pdf)
    for entry in booklet.entries:
        page = squeezed(pages[found[title_of(entry)] - 1])
        texts = [entry.sheet.summary, *(line.text for row in entry.sheet.rows for line in row.lines)]
        texts += [chip.word for chip in entry.sheet.chips]
        assert [text for text in texts if squeezed(text) not in page] == []


def test_page_numbers_in_contents_and_indexes_are_those_of_the_bookmarks(booklet, pdf, pages):
    found = pages_by_bookmark(pdf)
    begin, end = found["一、税费减免"], found["附录三按名称查"]
    contents = squeezed("".join(pages[2 : begin - 1])).replace(".", "")
    index = squeezed("".join(pages[end - 1 :]))
    for entry in booklet.entries:
        assert f"{title_of(entry)}{found[title_of(entry)]}" in contents
        assert f"{title_of(entry)}{found[title_of(entry)]}" in index


def test_every_page_after_the_cover_says_the_day_the_version_and_its_number(booklet, pages):
    for number, page in enumerate(pages[1:], start=2):
        assert squeezed(booklet.footer) in squeezed(page)
        assert f"第{number}页共{len(pages)}页" in squeezed(page)
    assert booklet.version in pages[0]


def test_no_line_begins_or_ends_against_the_rules_of_chinese_type(pages):
    lines = [line for page in pages for line in page.splitlines() if line]
    assert [line for line in lines if line[0] in MAY_NOT_BEGIN or line[-1] in MAY_NOT_END] == []
    assert len(lines) > 2000


def test_nothing_is_set_outside_the_margins(pdf):
    for page in pdf:
        text = page.get_textpage()
        boxes = [text.get_charbox(place) for place in range(text.count_chars())]
        inked = [(left, bottom, right, top) for left, bottom, right, top in boxes if right > left]
        assert min(box[0] for box in inked) > 40
        assert max(box[2] for box in inked) < page.get_width() - 40
        assert min(box[1] for box in inked) > 10


def test_every_character_of_the_booklet_has_a_glyph(pages):
    path, index = paper_font().regular
    font = ImageFont.truetype(path, 20, index=index)
    nothing = bytes(font.getmask("\U0010fffe"))
    signs = set("".join(pages)) - set("\r\n\ufffe\u200b\x02")
    assert {sign for sign in signs if not sign.isspace() and bytes(font.getmask(sign)) == nothing} == set()
    assert bytes(font.getmask("\ue123")) == nothing
    assert len(signs) > 1000


def test_fonts_are_embedded_and_the_file_is_small(made, pdf):
    assert len(made) < 5_000_000
    kinds = [item for item in pdf[10].get_objects() if item.type == raw.FPDF_PAGEOBJ_TEXT]
    assert kinds
    assert all(raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(item.raw)) == 1 for item in kinds[:50])


def test_the_same_day_gives_the_same_file(booklet, made):
    assert handbook_pdf(booklet) == made


def test_bookmarks_are_chapters_deliveries_and_measures(booklet, pdf):
    levels = Counter(mark.level for mark in pdf.get_toc())
    assert levels[2] == len(booklet.entries)
    assert levels[0] >= len(booklet.chapters) + 4


def test_word_page_numbers_agree_with_the_page_breaks(booklet, word):
    page, at, shown = 1, {}, {}
    for paragraph in word.element.body.iter(qn("w:p")):
        page += paragraph.find(f".//{qn('w:pageBreakBefore')}") is not None
        for mark in paragraph.iter(qn("w:bookmarkStart")):
            at[mark.get(qn("w:name"))] = page
        for link in paragraph.iter(qn("w:hyperlink")):
            if anchor := link.get(qn("w:anchor")):
                shown.setdefault(anchor, set()).add(last_number(link))
    assert {f"m{entry.number}" for entry in booklet.entries} <= set(shown)
    assert {key: numbers for key, numbers in shown.items() if numbers != {at[key]}} == {}


def last_number(link) -> int:
    """What the page field of a line shows."""
    return int(list(link.iter(qn("w:t")))[-1].text)


def test_word_headings_are_real_and_hold_every_measure(booklet, word):
    headings = [p.text for p in word.paragraphs if p.style.name == "Heading 3"]
    assert [squeezed(text) for text in headings] == [title_of(entry) for entry in booklet.entries]
    chapters = [p.text for p in word.paragraphs if p.style.name == "Heading 1"]
    assert [chapter.title for chapter in booklet.chapters] == [text for text in chapters if "、" in text]


def test_word_contents_are_a_filled_field(booklet, word):
    codes = [node.text.strip() for node in word.element.body.iter(qn("w:instrText"))]
    assert codes[0].startswith("TOC")
    listed = [p.text for p in word.paragraphs if p.style.name.lower() == "toc 3"]
    assert len(listed) == len(booklet.entries)
    kinds = Counter(node.get(qn("w:fldCharType")) for node in word.element.body.iter(qn("w:fldChar")))
    assert kinds["begin"] == kinds["separate"] == kinds["end"]


def test_word_holds_every_text_and_names_an_east_asian_font(booklet, word):
    whole = squeezed("".join(node.text or "" for node in word.element.body.iter(qn("w:t"))))
    for entry in booklet.entries:
        for row in entry.sheet.rows:
            assert [line.text for line in row.lines if squeezed(line.text) not in whole] == []
    fonts = word.styles["Normal"].element.find(f".//{qn('w:rFonts')}")
    assert fonts.get(qn("w:eastAsia"))
    assert "第" in word.sections[0].footer.paragraphs[0].text


def test_signs_that_mean_something_to_a_typesetter_are_printed_as_they_are(booklet):
    odd = "<b>*粗* #let $x$ [1] \\ & _下_ ~ @m1 `码` // “引”"
    entry = booklet.entries[0]
    sheet = replace(entry.sheet, name=odd, summary=odd, rows=(Row("给谁", (Line(odd, odd),), "list"),))
    chapter = booklet.chapters[0]
    section = replace(chapter.sections[0], entries=(replace(entry, sheet=sheet), *chapter.sections[0].entries[1:]))
    changed = replace(
        booklet, chapters=(replace(chapter, sections=(section, *chapter.sections[1:])), *booklet.chapters[1:])
    )
    pdf = pdfium.PdfDocument(handbook_pdf(changed))
    page = squeezed(pdf[pages_by_bookmark(pdf)["一、税费减免"] - 1].get_textpage().get_text_bounded())
    assert page.count(squeezed(odd)) == 4
    word = Document(BytesIO(handbook_docx(changed)))
    assert any(squeezed(odd) in squeezed(p.text) for p in word.paragraphs if p.style.name == "Heading 3")


@settings(max_examples=12)
@given(st.dates(date(2008, 1, 1), date(2035, 12, 31)))
def test_on_any_day_the_parts_of_the_booklet_together_are_the_library(day):
    rulebook = default_rulebook()
    book = make_handbook(rulebook, day)
    aside = sum(len(group.items) for group in book.set_aside)
    assert len(book.entries) + aside == len(rulebook.measures)
    assert [entry.number for entry in book.entries] == list(range(1, len(book.entries) + 1))


def test_the_command_writes_the_booklet_of_a_day(tmp_path, capsys):
    assert main(["handbook", "--out", str(tmp_path / "手册.pdf"), "--as-of", "2026-11-23"]) == 0
    assert "手册.pdf" in capsys.readouterr().out
    assert (tmp_path / "手册.pdf").read_bytes() == handbook_bytes("pdf", date(2026, 11, 23))
    assert write_handbook(tmp_path / "b.docx", date(2026, 11, 23)) == (tmp_path / "b.docx").stat().st_size


@pytest.mark.parametrize("name", ["手册.txt", "手册", "nowhere/手册.pdf"])
def test_a_wrong_file_name_is_one_sentence(tmp_path, capsys, name):
    assert main(["handbook", "--out", str(tmp_path / name)]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("--out") and "\n" not in said


def test_without_a_chinese_font_one_sentence_says_what_to_install():
    class NoFonts:
        def families(self) -> list[str]:
            return ["DejaVu Sans"]

    with pytest.raises(ValueError, match="fonts-noto-cjk"):
        choose_font(NoFonts())  # type: ignore[arg-type]
