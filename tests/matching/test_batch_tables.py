"""Tables as offices have them: every kind of file, loose cells, rows set aside with the reason, nothing lost in silence (contract §1)."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from navigator.cli import main
from navigator.errors import InputError
from navigator.matching import batch, tables
from navigator.matching.batch import match
from navigator.matching.cells import read_cell
from navigator.matching.facts import FactBook, uscc_check_digit
from navigator.matching.loaded import LoadedTable
from navigator.matching.rows import RowReader
from navigator.matching.synthetic import synthetic_enterprises
from tests.matching.worlds import DAY

CODES = synthetic_enterprises(60, seed=9)["uscc"].to_list()


def write_csv(path: Path, lines: list[list], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def write_sheet(path: Path, lines: list[list], percent: bool = False) -> Path:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    if percent:
        for row in book.active.iter_rows(min_row=2):
            row[1].number_format = "0.00%"
    book.save(path)
    return path


# --- one cell


@pytest.mark.parametrize(
    ("fact", "raw", "value"),
    [
        ("revenue", "1,200,000", 1_200_000),
        ("revenue", "120万", 1_200_000),
        ("revenue", " 1.2亿元 ", 120_000_000),
        ("revenue", "1.2E+06", 1_200_000),
        ("revenue", Decimal("3.5"), 3.5),
        ("revenue", np.int64(7), 7),
        ("layoff_rate", "3%", 3),
        ("layoff_rate", "３．５", 3.5),
        ("employees", 12.0, 12),
        ("employees", "１２人", 12),
        ("taxable_income", "-5万", -50_000),
        ("established_on", "2019/5/10", date(2019, 5, 10)),
        ("established_on", "2019年5月10日", date(2019, 5, 10)),
        ("established_on", "2019.05.10", date(2019, 5, 10)),
        ("established_on", "2019-05-10 08:30:00", date(2019, 5, 10)),
        ("established_on", datetime(2019, 5, 10, 23, 59), date(2019, 5, 10)),
        ("established_on", 43595, date(2019, 5, 10)),
        ("established_on", "43595.5", date(2019, 5, 10)),
        ("established_on", 20190510, date(2019, 5, 10)),
        ("entity_type", " 企业 ", "企业"),
        ("region_code", 420881, "420881"),
        ("region_code", 420881.0, "420881"),
        ("industry", "Ｃ38", "C38"),
    ],
)
def test_a_loose_cell_is_read(book: FactBook, fact, raw, value):
    assert read_cell(book, book.specs[fact], raw) == value


@pytest.mark.parametrize("raw", ["是", "有", "1", 1, 1.0, True, "true", "TRUE", "Y", "y"])
def test_yes_is_written_in_many_ways(book: FactBook, raw):
    assert read_cell(book, book.specs["above_scale"], raw) is True


@pytest.mark.parametrize("raw", ["否", "无", "0", 0, 0.0, False, "false", "N", "n"])
def test_no_is_written_in_many_ways(book: FactBook, raw):
    assert read_cell(book, book.specs["above_scale"], raw) is False


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "未知",
        "-",
        "－",
        "NaN",
        "inf",
        "-inf",
        None,
        float("nan"),
        float("inf"),
        pd.NaT,
        pd.NA,
        Decimal("NaN"),
    ],
)
@pytest.mark.parametrize("fact", ["revenue", "above_scale", "established_on", "entity_type", "industry"])
def test_these_say_nothing(book: FactBook, fact, raw):
    if raw is pd.NA:
        frame = pd.DataFrame({"uscc": CODES[:1], fact: pd.array([pd.NA], dtype=object)})
        assert LoadedTable.load(frame).facts([fact])[fact].to_list() == [None]
    else:
        assert read_cell(book, book.specs[fact], raw) is None


@pytest.mark.parametrize(
    ("fact", "raw"),
    [
        ("revenue", "很多"),
        ("revenue", "3%"),
        ("revenue", True),
        ("revenue", -1),
        ("employees", "1.5"),
        ("layoff_rate", "101%"),
        ("established_on", "2019-02-30"),
        ("established_on", "去年"),
        ("established_on", 7),
        ("established_on", True),
        ("above_scale", "也许"),
        ("above_scale", 2),
        ("entity_type", "公司"),
        ("entity_type", 3),
        ("industry", "3841"),
        ("region_code", "湖北"),
        ("region_code", 4.5),
    ],
)
def test_a_wrong_cell_is_told_with_what_was_found(book: FactBook, fact, raw):
    with pytest.raises(InputError):
        read_cell(book, book.specs[fact], raw)


# --- the same table in every form


def _forms(tmp_path: Path, city: pl.DataFrame) -> dict[str, object]:
    loose = [city.columns, *([None if v is None else v for v in row] for row in city.rows())]
    words = [city.columns, *([_as_written(value) for value in row] for row in city.rows())]
    city.write_parquet(tmp_path / "city.parquet")
    return {
        "parquet": tmp_path / "city.parquet",
        "csv": write_csv(tmp_path / "city.csv", words),
        "gbk": write_csv(tmp_path / "gbk.csv", words, "gb18030"),
        "utf16": write_csv(tmp_path / "utf16.csv", words, "utf-16"),
        "bom": write_csv(tmp_path / "bom.csv", words, "utf-8-sig"),
        "xlsx": write_sheet(tmp_path / "city.xlsx", loose),
        "pandas": city.to_pandas(),
        "objects": pd.DataFrame(city.rows(), columns=city.columns, dtype=object),
        "arrow": city.to_arrow(),
        "categories": city.with_columns(pl.col("region", "industry").cast(pl.Categorical)),
    }


def _as_written(value: object) -> object:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else value


def test_a_table_means_the_same_in_every_form(tmp_path):
    city = synthetic_enterprises(150, seed=6)
    expected = match(city, DAY)
    for form, source in _forms(tmp_path, city).items():
        found = match(source, DAY)
        assert pl.DataFrame(found).equals(expected), form


def test_a_percentage_of_excel_is_read_as_it_is_shown(tmp_path):
    path = write_sheet(tmp_path / "t.xlsx", [["uscc", "layoff_rate"], [CODES[0], 0.055]], percent=True)
    assert LoadedTable.load(path).facts(["layoff_rate"])["layoff_rate"].to_list() == [5.5]


def test_columns_may_carry_the_chinese_label(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["统一社会信用代码", "从业人数"], [CODES[0], "12"]])
    assert LoadedTable.load(path).facts(["employees"])["employees"].to_list() == [12.0]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([420881, None]),
        pa.array([420881.0, None]),
        pa.array(["420881", "未知"]),
        pa.array(["420881", None]).dictionary_encode(),
    ],
)
def test_a_code_is_read_from_any_type_of_column(tmp_path, column):
    pq.write_table(pa.table({"uscc": CODES[:2], "region_code": column}), tmp_path / "t.parquet")
    assert LoadedTable.load(tmp_path / "t.parquet").facts(["region_code"])["region_code"].to_list() == ["420881", None]


def test_typed_columns_are_read_whole(tmp_path):
    moment = datetime(2019, 5, 10, 23, 30)
    table = pa.table(
        {
            "uscc": pa.array(CODES[:3], pa.large_string()),
            "established_on": pa.array([moment, None, moment], pa.timestamp("us")),
            "revenue": pa.array([Decimal("1.25"), None, Decimal("-1")], pa.decimal128(20, 2)),
            "employees": pa.array([3.0, float("nan"), 2.5]),
            "above_scale": pa.array([1, None, 0], pa.int8()),
            "plans_loan": pa.array([None, None, None]),
        }
    )
    loaded = LoadedTable.load(table)
    assert loaded.facts(["established_on", "revenue", "employees", "above_scale", "plans_loan"]).rows() == [
        (date(2019, 5, 10), 1.25, 3.0, True, None),
        (None, None, None, None, None),
        (date(2019, 5, 10), None, None, False, None),
    ]
    assert [(cell.row, cell.column, cell.found) for cell in loaded.reports.bad_cells] == [
        (4, "revenue", "-1.00"),
        (4, "employees", "2.5"),
    ]


@pytest.mark.parametrize("start", range(9))
def test_truth_values_are_right_wherever_a_slice_begins(start):
    values = [
        True,
        None,
        False,
        True,
        True,
        None,
        False,
        False,
        True,
        None,
        True,
        False,
        None,
        True,
        False,
        True,
        None,
        False,
        True,
        True,
    ]
    table = pa.table({"uscc": CODES[:20], "above_scale": values}).slice(start)
    loaded = LoadedTable.load(table)
    assert loaded.where("above_scale", DAY).to_list() == values[start:]
    assert loaded.count("above_scale", DAY).unknown == values[start:].count(None)


# --- rows set aside, cells that cannot be read


def test_only_a_code_that_is_missing_wrong_or_repeated_sets_a_row_aside(tmp_path):
    wrong = CODES[2][:17] + ("0" if CODES[2][17] != "0" else "1")
    lines = [
        ["uscc", "revenue", "备注"],
        [CODES[0], "1", "甲"],
        ["", "2", "乙"],
        [wrong, "3", ""],
        [CODES[0], "4", ""],
        [f" {CODES[1]} ", "很多", ""],
        ["未知", "6", ""],
    ]
    report = match(write_csv(tmp_path / "t.csv", lines), DAY, out=tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet")["uscc"].to_list() == CODES[:2]
    aside = list(csv.DictReader((tmp_path / "out.rejected.csv").open(encoding="utf-8-sig")))
    assert [(row["row"], row["uscc"], row["revenue"]) for row in aside] == [
        ("3", "", "2"),
        ("4", wrong, "3"),
        ("5", CODES[0], "4"),
        ("7", "未知", "6"),
    ]
    assert [next(word for word in ("没有", "不对", "重复") if word in row["reason"]) for row in aside] == [
        "没有",
        "不对",
        "重复",
        "不对",
    ]
    cells = list(csv.DictReader((tmp_path / "out.cells.csv").open(encoding="utf-8-sig")))
    assert [(cell["row"], cell["column"], cell["found"]) for cell in cells] == [("6", "revenue", "很多")]
    assert report.matched == 2
    assert report.ignored == ("备注",)
    assert [any(word in sentence for sentence in report.sentences()) for word in ("备注", "4 行", "1 个格子")] == [
        True
    ] * 3


def test_reports_of_an_earlier_run_do_not_stay(tmp_path):
    for name in ("out.rejected.csv", "out.cells.csv"):
        (tmp_path / name).write_text("旧", encoding="utf-8")
    match(write_csv(tmp_path / "t.csv", [["uscc"], [CODES[0]]]), DAY, out=tmp_path / "out.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "t.csv"]


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 9))
def test_the_first_row_of_a_code_counts_however_the_table_is_cut(numbers, size):
    usccs = [CODES[number] for number in numbers]
    table = pa.table({"uscc": pa.array(usccs, pa.string()), "employees": pa.array(range(len(usccs)), pa.int64())})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "ROWS_AT_ONCE", size)
        loaded = LoadedTable.load(table)
    firsts = {}
    for place, code in enumerate(usccs):
        firsts.setdefault(code, float(place))
    assert (
        dict(zip(loaded.usccs(), loaded.facts(["employees"])["employees"], strict=True)) == firsts
        if usccs
        else len(loaded) == 0
    )


@given(st.lists(st.integers(0, 12), max_size=8), st.integers(1, 10), st.integers(1, 6))
def test_row_groups_of_any_length_are_read_in_order_and_in_pieces_of_a_like_length(
    tmp_path_factory, lengths, most, step
):
    path = tmp_path_factory.mktemp("groups") / "t.parquet"
    schema = pa.schema({"uscc": pa.string(), "employees": pa.int64(), "region": pa.string()})
    with pq.ParquetWriter(path, schema) as writer:
        for group, length in enumerate(lengths):
            first = sum(lengths[:group])
            regions = ["东宝区", "掇刀区", "钟祥市"][: 1 + group % 3] * length
            rows = [range(first, first + length), regions[:length]]
            writer.write_table(pa.table([["x"] * length, *map(list, rows)], schema=schema), row_group_size=step)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "ROWS_AT_ONCE", most)
        batches = list(tables.open_table(path, batch.rulebook_for(DAY).facts.specs).batches())
    assert [line for _, lines in batches for line in lines] == list(range(2, 2 + sum(lengths)))
    assert [value for cells, _ in batches for value in cells["employees"].to_pylist()] == list(range(sum(lengths)))
    assert [len(lines) for _, lines in batches if len(lines) > most] == []
    assert pl.read_parquet(path)["region"].to_list() == [
        value for cells, _ in batches for value in cells["region"].to_pylist()
    ]


def test_codes_that_differ_only_in_their_first_signs_are_not_taken_for_one(book: FactBook):
    bodies = [
        first + "420802MA1234567"[: 17 - len(first)].ljust(17 - len(first), "0") for first in ("91", "92", "93", "52")
    ]
    codes = [body[:17] + uscc_check_digit(body[:17]) for body in bodies]
    reader = RowReader(book)
    for code in codes:
        assert not reader.check_codes({"uscc": [code]}, np.array([2])).rejected
    assert [reader.check_codes({"uscc": [code]}, np.array([3])).rejected[0].uscc for code in codes] == codes


def test_a_line_that_is_too_short_or_too_long_keeps_its_row_and_its_place(tmp_path):
    lines = [
        ["uscc", "employees", "revenue"],
        [CODES[0], "1", "5"],
        [CODES[1], "2"],
        [CODES[2], "3", "7", "多"],
        [CODES[3], "4", "8"],
    ]
    loaded = LoadedTable.load(write_csv(tmp_path / "t.csv", lines))
    assert loaded.facts(["employees", "revenue"]).rows() == [(1, 5), (2, None), (3, 7), (4, 8)]


def test_a_long_text_with_a_broken_line_near_the_end_is_read_to_the_end_once(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_CSV_BLOCK", 4096)
    lines = [
        ["uscc", "employees"],
        *([code, str(number)] for number, code in enumerate(synthetic_enterprises(3000, 1)["uscc"])),
    ]
    lines[2800].append("多出来的")
    loaded = LoadedTable.load(write_csv(tmp_path / "t.csv", lines))
    assert loaded.facts(["employees"])["employees"].to_list() == list(range(3000))
    assert loaded.reports.rejected_count == 0


def test_blank_lines_of_a_sheet_are_no_rows_and_numbers_are_those_excel_shows(tmp_path):
    path = write_sheet(
        tmp_path / "t.xlsx", [["uscc", "revenue"], [CODES[0], 1], [None, None], [CODES[1], "很多"], [None, None]]
    )
    loaded = LoadedTable.load(path)
    assert len(loaded) == 2
    assert [cell.row for cell in loaded.reports.bad_cells] == [4]


def test_a_bad_cell_is_unknown_and_its_row_stays_also_when_rows_before_it_are_set_aside():
    frame = pd.DataFrame({"uscc": ["", CODES[0], CODES[1]], "revenue": [1, "很多", "120万"]})
    loaded = LoadedTable.load(frame)
    assert loaded.facts(["revenue"])["revenue"].to_list() == [None, 1_200_000]
    assert [(cell.row, cell.found) for cell in loaded.reports.bad_cells] == [(3, "很多")]


@given(
    st.lists(
        st.one_of(
            st.integers(-5, 10**7).map(str),
            st.floats(-10, 1e9).map(repr),
            st.sampled_from(["1e5", "12万", "-", "x", "3%", ""]),
        ),
        min_size=100,
    )
)
def test_many_distinct_texts_are_read_as_each_one_is(texts):
    book = batch.rulebook_for(DAY).facts
    spec = book.specs["revenue"]

    def one(text: str) -> float | None:
        try:
            return read_cell(book, spec, text)
        except InputError:
            return None

    cells = {"uscc": _many_codes(len(texts)), "revenue": pa.array(texts, pa.string())}
    reader = RowReader(book)
    piece = reader.read(reader.check_codes(cells, np.arange(len(texts))))
    found = piece.columns.numbers["revenue"]
    assert [None if value != value else value for value in found.tolist()] == [one(text) for text in texts]


def _many_codes(count: int) -> pa.Array:
    return pa.array(synthetic_enterprises(count, 1)["uscc"].to_list(), pa.string())


# --- tables that cannot be used


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "从业人数,revenue\n1,2\n", "没有 uscc"),
        ("a.csv", "uscc,revenue,年营业收入\n1,2,3\n", "有两列都是 revenue"),
        ("a.csv", "", "没有 uscc"),
        ("a.xlsx", b"PK\x03\x04broken", "读不懂"),
        ("a.parquet", b"PAR1broken", "读不懂"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "旧式"),
        ("a.csv", b"\x81\x20\xff\xff\x00\x80", "读不懂"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_sentence_with_its_name(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=words) as error:
        match(path, DAY)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_is_a_folder_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        match(tmp_path / "none.csv", DAY)
    with pytest.raises(InputError, match="打不开"):
        match(tmp_path, DAY)


def test_a_parquet_file_cut_in_the_middle_leaves_no_half_result(tmp_path):
    pq.write_table(synthetic_enterprises(5000, 1).to_arrow(), tmp_path / "t.parquet", row_group_size=1000)
    data = bytearray((tmp_path / "t.parquet").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = b"\xff" * 2000
    (tmp_path / "t.parquet").write_bytes(data)
    with pytest.raises(InputError, match="t.parquet"):
        match(tmp_path / "t.parquet", DAY, out=tmp_path / "out.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]


def test_the_result_is_never_written_over_the_table_or_into_a_missing_folder(tmp_path):
    path = write_csv(tmp_path / "t.csv", [["uscc"], [CODES[0]]])
    with pytest.raises(InputError, match="名单自己"):
        match(path, DAY, out=path)
    with pytest.raises(InputError, match="没有这个文件夹"):
        match(path, DAY, out=tmp_path / "none" / "out.parquet")
    assert path.read_text(encoding="utf-8").startswith("uscc")


def test_progress_is_told_in_rows():
    told: list[str] = []
    match(synthetic_enterprises(10, 1), DAY, progress=told.append)
    assert told == ["已读 10 / 10 行"]


def test_the_command_writes_the_result_and_tells_what_was_wrong(tmp_path, capsys):
    path = write_csv(tmp_path / "t.csv", [["uscc", "revenue", "备注"], [CODES[0], "很多", ""], ["", "1", ""]])
    assert main(["match", str(path), "--out", str(tmp_path / "out.parquet"), "--as-of", str(DAY)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("1 家企业")
    assert all(word in printed.err for word in ("备注", "放在一边", "看不懂", "第2行 revenue"))
    assert pl.read_parquet(tmp_path / "out.parquet").equals(pl.DataFrame(match(path, DAY)))
    assert main(["match", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out.parquet")]) == 2
    assert capsys.readouterr().err.strip().count("\n") == 0
