"""Rows of office tables read as facts: units, everyday words, and what is said of rows and cells that cannot be."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.matching.rulebook import default_rulebook
from navigator.store.importing_cells import RowReader
from navigator.store.importing_columns import FACT_DATE, Use
from tests.store.test_importing_columns import code

DAY, LAST = date(2025, 10, 1), date(2025, 11, 1)


def reader(*uses: Use, region: str | None = None) -> RowReader:
    book = default_rulebook().facts
    return RowReader(book, ["代码", *(use.fact for use in uses)], [Use("uscc"), *uses], DAY, region, LAST)


def read_one(read: RowReader, line: int, cells: list):
    return next(iter(read.read([(line, cells)])), None)


def one(use: Use, cell):
    """What a cell becomes, and what is said of it."""
    read = reader(use)
    row = read_one(read, 2, [code(1), cell])
    return row.facts.get(use.fact), [refusal.reason for refusal in read.refusals]


@pytest.mark.parametrize(
    ("use", "cell", "value"),
    [
        (Use("revenue", "万元"), "120", 1_200_000),
        (Use("revenue", "万元"), 1.1, 11_000),
        (Use("revenue", "万元"), "1,200.5", 12_005_000),
        (Use("revenue", "万元"), "120万", 1_200_000),
        (Use("revenue", "亿元"), "0.3", 30_000_000),
        (Use("revenue", "元"), "120万元", 1_200_000),
        (Use("revenue", "万元"), "-", None),
        (Use("rd_staff_ratio", "%"), "5.5%", 5.5),
        (Use("rd_staff_ratio", "小数（0.05 是 5%）"), 0.055, 5.5),
        (Use("rd_staff_ratio", "小数（0.05 是 5%）"), "5.5%", 5.5),
        (Use("employees"), "45人", 45),
        (Use("employees"), 45.0, 45),
        (Use("above_scale"), "是", True),
        (Use("established_on"), "2019年5月10日", date(2019, 5, 10)),
        (Use("established_on"), datetime(2019, 5, 10, 8, 0), date(2019, 5, 10)),
        (Use("region"), "京山", "京山市"),
        (Use("region"), "湖北省荆门市京山市", "京山市"),
        (Use("industry"), "3841", "C3841"),
        (Use("industry"), "C3841 电池制造", "C3841"),
        (Use("industry"), "餐饮业", "H62"),
        (Use("name"), "  =HYPERLINK(1)\u200b\x00厂 ", "=HYPERLINK(1)厂"),
    ],
)
def test_a_cell_as_offices_write_it_is_read(use, cell, value):
    assert one(use, cell) == (value, [])


@pytest.mark.parametrize(
    ("use", "cell"),
    [
        (Use("employees"), "很多"),
        (Use("employees"), "-3"),
        (Use("revenue", "万元"), "3%"),
        (Use("above_scale"), "也许"),
        (Use("established_on"), "2019-13-45"),
        (Use("region"), "火星"),
        (Use("region"), "京山市和钟祥市"),
        (Use("industry"), 111),
        (Use("name"), "长" * 201),
    ],
)
def test_a_cell_that_cannot_be_read_is_unknown_and_said_why_and_the_row_stays(use, cell):
    value, reasons = one(use, cell)
    assert value is None
    assert len(reasons) == 1
    assert reasons[0]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (None, "没有统一社会信用代码"),
        ("", "没有统一社会信用代码"),
        ("420881000012345", "15位的是旧注册号"),
        (code(1)[:-1] + "I", "校验码"),
        (9.14e17, "校验码"),
    ],
)
def test_a_row_without_a_right_code_is_refused_with_the_reason(written, told):
    read = reader(Use("employees"))
    assert read_one(read, 7, [written, "3"]) is None
    (refusal,) = read.refusals
    assert (refusal.line, refusal.column) == (7, "")
    assert told in refusal.reason


def test_a_code_in_small_or_wide_letters_with_spaces_is_still_the_code():
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code(1))
    for written in (code(1).lower(), f" {code(1)[:8]} {code(1)[8:]} ", wide):
        assert read_one(reader(Use("employees")), 2, [written, 1]).facts["uscc"] == code(1)


def test_a_row_may_have_a_day_of_its_own_but_none_to_come():
    read = reader(Use(FACT_DATE))
    assert read_one(read, 2, [code(1), "2025-05-01"]).on == date(2025, 5, 1)
    assert read_one(read, 3, [code(1), ""]).on == DAY
    assert read_one(read, 4, [code(1), "2025-11-02"]).on == DAY
    assert [refusal.line for refusal in read.refusals] == [4]


def test_the_region_of_the_whole_table_fills_in_for_rows_without_one():
    read = reader(Use("region"), region="京山市")
    assert [read_one(read, 2, [code(1), cell]).facts["region"] for cell in ("", "钟祥")] == ["京山市", "钟祥市"]


def test_a_short_row_ends_in_unknown_cells():
    assert read_one(reader(Use("employees"), Use("revenue")), 2, [code(1)]).facts == {"uscc": code(1)}


@given(st.lists(st.text(max_size=12) | st.none() | st.integers() | st.floats() | st.booleans(), max_size=60))
def test_no_cell_whatever_breaks_the_reading(cells):
    facts = [spec.name for spec in default_rulebook().facts.specs.values() if spec.name != "uscc"]
    uses = [Use(name) for name in facts][: len(cells)]
    row = read_one(reader(*uses), 2, [code(1), *cells])
    assert default_rulebook().facts.read_profile(row.facts) == row.facts


CELLS = st.sampled_from(
    [
        "",
        None,
        "是",
        "否",
        1,
        1.0,
        True,
        0,
        False,
        "12",
        12,
        12.0,
        "很多",
        "3%",
        date(2019, 5, 10),
        "C38",
        3841,
        3841.0,
        "-",
    ]
)
USES = [Use(name) for name in ("employees", "is_high_tech_enterprise", "industry", "established_on", "revenue")]


@given(st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=8), st.integers(0, 3))
def test_many_rows_at_once_are_read_as_one_after_the_other(rows, refused):
    lines = [(place + 2, [code(place + 1) if place != refused else "x", *cells]) for place, cells in enumerate(rows)]
    together, alone = reader(*USES), reader(*USES)
    read = together.read(lines)
    one_by_one = [row for line in lines if (row := read_one(reader(*USES), *line))]
    assert read == one_by_one
    assert [(row.line, {name: type(value) for name, value in row.facts.items()}) for row in read] == [
        (row.line, {name: type(value) for name, value in row.facts.items()}) for row in one_by_one
    ]
    for line in lines:
        read_one(alone, *line)
    assert sorted(together.refusals, key=lambda one: one.line) == alone.refusals
