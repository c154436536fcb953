"""The workbook of results: all measures and conditions, the answers with their origin, and text that stays text."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from navigator.matching.assess import Assessment, assess
from navigator.reports.results import results_workbook

PROFILE = {
    "name": "=HYPERLINK(\"http://example.com\")",
    "region": "钟祥市",
    "entity_type": "企业",
    "industry": "C34",
    "employees": 45,
    "total_assets": 9_000_000,
    "taxable_income": 1_000_000,
    "restricted_industry": False,
    "established_on": date(2019, 5, 10),
}


@pytest.fixture(scope="module")
def found() -> Assessment:
    return assess(PROFILE, date(2026, 11, 23))


@pytest.fixture(scope="module")
def book(found) -> Workbook:
    return load_workbook(BytesIO(results_workbook(found)))


def rows(book: Workbook, title: str) -> list[dict[str, object]]:
    header, *body = book[title].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in body]


def test_the_total_comes_first(book, found):
    assert book.sheetnames == ["合计", "政策", "条件", "我的回答"]
    shown = {row["项目"]: row["内容"] for row in rows(book, "合计")}
    assert shown["按哪天的政策"] == "2026-11-23"
    assert shown["确定能得（元，头12个月）"] == found.bundle.total.low
    assert shown["当面确认后最多（元）"] == found.bundle.total.if_confirmed


def test_every_measure_has_a_row_and_what_one_can_have_stands_on_top(book, found):
    shown = rows(book, "政策")
    assert sorted(row["政策"] for row in shown) == sorted(result.measure.name for result in found.measures)
    eligible = sum(result.status == "eligible" for result in found.measures)
    assert eligible
    assert {row["状态"] for row in shown[:eligible]} == {"条件符合"}
    assert "条件符合" not in {row["状态"] for row in shown[eligible:]}


def test_an_amount_is_a_number_and_an_unknown_one_is_empty(book, found):
    shown = {row["政策"]: row["金额（元）"] for row in rows(book, "政策")}
    for result in found.measures:
        assert shown[result.measure.name] == result.estimate
    assert shown["小型微利企业所得税优惠"] == 200_000
    assert None in shown.values()


def test_every_condition_of_every_measure_has_a_row(book, found):
    shown = rows(book, "条件")
    assert len(shown) == sum(len(result.conditions) for result in found.measures)
    assert {row["结果"] for row in shown} == {"满足", "不满足", "未知"}
    assert all(row["依据"] for row in shown)


def test_answers_are_told_apart_from_what_follows_from_them(book):
    shown = {row["事项"]: (row["内容"], row["来历"]) for row in rows(book, "我的回答")}
    assert shown["从业人数"] == ("45人", "您填的")
    assert shown["成立日期"] == ("2019-05-10", "您填的")
    assert shown["经营地在荆门市"][0] == "是"
    assert shown["经营地在荆门市"][1] != "您填的"


def test_a_text_that_looks_like_a_formula_stays_text(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert [cell.value for cell in cells] == [PROFILE["name"]]
    assert {cell.data_type for cell in cells} == {"s"}


def test_an_empty_profile_still_makes_a_workbook():
    book = load_workbook(BytesIO(results_workbook(assess({}, date(2026, 11, 23)))))
    assert rows(book, "我的回答") == []
    assert {row["状态"] for row in rows(book, "政策")} & {"还差信息"}
