"""The package of one enterprise: what it says is what the assessment decided, and all three files say all of it, whatever the firm is called."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from navigator.cli import main
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.matching.rulebook import RuleBook
from navigator.papers import fewer_papers
from navigator.reports.pack import (
    EXAMPLE_NOTE,
    MOST_QUESTIONS,
    Pack,
    format_of,
    lay_out,
    pack_bytes,
    pack_of,
)
from navigator.reports.pack_pdf import breakable

FIRM: dict[str, Any] = {
    "name": "荆门市华中精密机械制造有限公司",
    "region": "掇刀区",
    "entity_type": "企业",
    "industry": "C34",
    "employees": 120,
    "total_assets": 30_000_000,
    "taxable_income": 2_000_000,
    "restricted_industry": False,
    "taxpayer_type": "一般纳税人",
    "is_high_tech_enterprise": False,
    "established_on": date(2019, 5, 10),
}
LONG_NAME = "</script><script>alert(1)</script>荆门市华中精密机械制造与农产品深加工一体化发展有限公司"
NAMES = (LONG_NAME, '=HYPERLINK("x")&甲\x07乙', "W" * 60, "荆门市\ue000𪚥店（示例）")


def squeezed(text: str) -> str:
    """Without what layout adds."""
    return re.sub(r"[\s\u200b\ufffe\x02-]+", "", text)


def pdf_words(made: bytes) -> str:
    return squeezed("".join(page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(made)))


def word_words(made: bytes) -> str:
    document = Document(BytesIO(made))
    parts = [document.element.body, document.sections[0].header._element, document.sections[0].footer._element]
    return squeezed("".join(part.xpath("string()") for part in parts))


def excel_words(made: bytes) -> str:
    cells = (cell for sheet in load_workbook(BytesIO(made)) for row in sheet.values for cell in row)
    return squeezed("\n".join(str(cell) for cell in cells if cell is not None))


@pytest.fixture(scope="module")
def pack(rulebook: RuleBook, as_of: date) -> Pack:
    return pack_of(assess(FIRM, as_of), rulebook)


@pytest.fixture(scope="module")
def made(pack: Pack) -> dict[str, bytes]:
    return {format: lay_out(pack, format) for format in ("pdf", "docx", "xlsx")}


def test_it_holds_every_measure_the_assessment_finds_eligible_and_the_most_money_comes_first(pack, as_of):
    found = assess(FIRM, as_of)
    eligible = {one.measure.id: one for one in found.measures if one.status == "eligible"}
    assert {item.id for item in pack.can} == set(eligible)
    assert [item.number for item in pack.can] == list(range(1, len(eligible) + 1))
    given = [item.yuan or 0 for item in pack.can if "要还" not in item.money and "截止" not in item.counted]
    assert max(given) == given[0] > 0
    assert [amount.yuan for amount in pack.amounts] == [
        found.bundle.total.low,
        found.bundle.total.high,
        found.bundle.total.if_confirmed,
    ]


def test_each_condition_stands_with_its_outcome_the_actual_value_and_its_source(pack, as_of):
    results = {one.measure.id: one for one in assess(FIRM, as_of).measures}
    for item in pack.can:
        conditions = results[item.id].conditions
        assert [one.text for one in item.conditions] == [one.condition.text for one in conditions]
        assert [one.source for one in item.conditions] == [one.source for one in conditions]
    small = next(item for item in pack.can if item.id == "tax-small-low-profit-cit")
    assert "从业人数：120人" in [one.actual for one in small.conditions]
    assert {one.outcome.word for one in small.conditions} == {"符合"}


def test_papers_that_may_be_spared_are_marked_one_by_one(rulebook, as_of):
    marked = 0
    for compiled in rulebook.measures:
        measure = compiled.measure
        spared = {paper for one in fewer_papers(rulebook.corpus, measure, as_of) for paper in one.papers}
        example = next((one for one in measure.examples if one.expect == "eligible" and not one.as_of), None)
        if not spared or example is None:
            continue
        pack = pack_of(assess(example.facts, as_of), rulebook)
        for item in pack.can:
            if item.id == measure.id:
                lines = next(row for row in item.rows if row.label == "要带什么").lines
                assert [line.text for line in lines] == list(measure.apply.materials)
                assert {line.text for line in lines if line.aside} == spared
                marked += 1
    assert marked >= 3


def test_what_is_open_is_counted_and_nothing_is_left_out_silently(pack, as_of):
    found = assess(FIRM, as_of)
    assert len(pack.open) == sum(one.status == "needs_info" for one in found.measures)
    assert len(pack.questions) == MOST_QUESTIONS
    assert pack.more_questions == len(found.questions) - MOST_QUESTIONS > 0
    assert len(pack.near) >= 1
    assert all(near.steps and near.brings for near in pack.near)


@pytest.mark.parametrize(("format", "words"), [("pdf", pdf_words), ("docx", word_words), ("xlsx", excel_words)])
def test_every_file_says_all_of_it(pack, made, format, words):
    told = words(made[format])
    expected = [pack.enterprise, pack.total, pack.version, *pack.total_notes, *pack.remarks, pack.for_everyone]
    for item in pack.can:
        expected += [item.name, item.money, item.counted, *item.confirm, item.address]
        expected += [part for one in item.conditions for part in (one.text, one.actual, one.source)]
        expected += [line.text for row in item.rows if row.label in ("能得什么", "怎么算的", "要带什么", "在哪办", "什么时候")
                     for line in row.lines]  # fmt: skip
    for near in pack.near:
        expected += [near.name, *near.steps, near.brings, *near.notes]
    expected += [part for one in pack.questions for part in (one.question, one.help)]
    expected += [part for one in (*pack.open, *pack.unverified, *pack.commitments) for part in (one.name, one.line)]
    expected += [part for one in pack.known for part in (one.label, one.value, one.origin)]
    assert [text for text in expected if squeezed(text) not in told] == []


def test_the_pdf_is_a4_its_words_stay_within_the_margins_and_its_fonts_are_inside(made):
    document = pdfium.PdfDocument(made["pdf"])
    assert b"/FontFile" in made["pdf"]
    for page in document:
        assert [round(side) for side in page.get_size()] == [595, 842]
        for area in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_TEXT]):
            left, bottom, right, top = area.get_bounds()
            assert left >= 50
            assert right <= 595 - 50
            assert bottom >= 15
            assert top <= 842 - 15


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_firm_is_called_all_files_are_made_and_name_it(rulebook, as_of, name):
    pack = pack_of(assess({**FIRM, "name": name}, as_of), rulebook)
    shown = squeezed(pack.enterprise)
    assert shown in word_words(lay_out(pack, "docx"))
    assert shown in excel_words(lay_out(pack, "xlsx"))
    printed = pdf_words(lay_out(pack, "pdf"))
    assert re.sub("[\ue000𪚥]", "〓", shown) in printed
    assert ("用〓代替" in printed) == ("\ue000" in name)


def test_an_invented_enterprise_is_marked_in_every_file_and_a_real_one_in_none(rulebook, as_of, made):
    pack = pack_of(assess({**FIRM, "name": "荆门好味道面馆（示例）"}, as_of), rulebook)
    assert pack.example
    readers = {"pdf": pdf_words, "docx": word_words, "xlsx": excel_words}
    for format, words in readers.items():
        assert squeezed(EXAMPLE_NOTE) in words(lay_out(pack, format))
        assert squeezed(EXAMPLE_NOTE) not in words(made[format])
    assert pack_of(assess(FIRM, as_of), rulebook, example=True).example


def test_no_fact_of_the_enterprise_stands_in_an_address(pack):
    for address in (pack.address, *(one.address for one in (*pack.can, *pack.near))):
        assert re.fullmatch(r"https?://[^?]+/(checkup|measure\?id=[a-z0-9-]+)", address)


def test_a_firm_of_which_nothing_fits_yet_gets_a_package_that_says_what_to_answer(rulebook, as_of):
    pack = pack_of(assess({}, as_of), rulebook)
    assert pack.enterprise == "没有写名称的经营主体"
    assert pack.questions
    assert "还要问的" in pdf_words(lay_out(pack, "pdf"))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x4E20), max_size=80))
def test_a_name_made_breakable_is_the_same_name(name):
    assert breakable(name.replace("\u200b", "")).replace("\u200b", "") == name.replace("\u200b", "")


@settings(max_examples=3)
@given(st.sampled_from(["个体工商户", "农民专业合作社", "社会组织"]))
def test_the_same_profile_and_day_give_the_same_pdf(kind):
    profile, day = {"entity_type": kind}, date(2026, 11, 23)
    assert pack_bytes(profile, "pdf", day) == pack_bytes(profile, "pdf", day)


# ---- the command


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx"])
def test_the_command_writes_the_file_its_name_asks_for(tmp_path: Path, capsys, ending):
    profile, out = tmp_path / "firm.yaml", tmp_path / f"一企一策.{ending}"
    profile.write_text("name: 甲公司\nentity_type: 企业\nregion: 掇刀区\n", encoding="utf-8")
    assert main(["pack", str(profile), "--out", str(out), "--as-of", "2026-11-23"]) == 0
    assert out.name in capsys.readouterr().out
    assert out.read_bytes()[:4] == (b"%PDF" if ending == "pdf" else b"PK\x03\x04")


@pytest.mark.parametrize(("text", "name", "part"), [
    ("region: 火星", "a.pdf", "火星"), ("region: 掇刀区", "a.txt", ".docx"), ("region: 掇刀区", "no/a.pdf", "no"),
])  # fmt: skip
def test_a_faulty_profile_or_file_name_gets_one_sentence_and_writes_nothing(tmp_path, capsys, text, name, part):
    profile = tmp_path / "firm.yaml"
    profile.write_text(text, encoding="utf-8")
    assert main(["pack", str(profile), "--out", str(tmp_path / name)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert part in printed.err
    assert not (tmp_path / name).exists()


def test_a_file_name_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InputError, match="docx"):
        format_of(tmp_path / "a.doc")
