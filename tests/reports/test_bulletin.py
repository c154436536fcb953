"""The bulletin and the quarterly report as Word: what they say, that a draft says so, and that only the city's office gets them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from docx import Document

from navigator.auth import Actor, NotAllowed
from navigator.delivery.board import add_duty, enter_value
from navigator.delivery.board_tasks import make_task
from navigator.delivery.cadence import Given, actions, save_duty, set_start
from navigator.delivery.cadence_bulletin import confirm, explain, make_bulletin, read_bulletin, strike
from navigator.delivery.problems import add_problem
from navigator.errors import InputError
from navigator.reports import bulletin
from navigator.reports.bulletin import export_bulletin, export_report
from tests.delivery.test_cadence_bulletin import EARLY
from tests.delivery.test_problems import FIRST, JINGSHAN, TODAY, new, unit


@pytest.fixture
def two_months(store, monkeypatch) -> None:
    """September and October made; in both the customs' target is late, in October a unit is struck."""
    monkeypatch.setattr(bulletin, "today", lambda: TODAY)
    customs, trade = unit("荆门海关"), unit("市商务局")
    add_duty(FIRST, 27, customs, "lead", now=EARLY)
    enter_value(FIRST, "27-1", 5, date(2026, 9, 1), "海关统计", now=EARLY)
    make_task(FIRST, 27, "走访企业", "每家走一遍", trade, date(2026, 10, 20), now=EARLY)
    add_problem(FIRST, new(customs, title="=SUM(1) 退税慢", found_on=date(2026, 10, 9), due=date(2026, 10, 20)), TODAY)
    set_start(FIRST, date(2026, 9, 1), "上线")
    given = Given("拖欠账款", "各组报了进度", "请分管领导协调财政局", date(2026, 10, 12), True)
    save_duty(FIRST, ("weekly", actions()[0], "2026-W42"), given, TODAY)
    make_bulletin(FIRST, 202609, TODAY)
    confirm(FIRST, 202609)
    make_bulletin(FIRST, 202610, TODAY)


def texts(content: bytes) -> str:
    word = Document(BytesIO(content))
    cells = (cell.text for table in word.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in word.paragraphs), *cells])


def unit_row(name: str) -> int:
    made = read_bulletin(FIRST, 202610)
    assert made is not None
    return next(one.id for one in made.units if one.name == name)


def test_a_draft_says_that_it_is_one_and_the_final_one_names_only_who_was_confirmed(two_months):
    draft = export_bulletin(FIRST, {"month": "2026-10"})
    assert draft.name.startswith("草稿_")
    assert "草稿：单位名单还没有确认，不能印发" in texts(draft.content)
    strike(FIRST, unit_row("市商务局"), "任务已经移交")
    confirm(FIRST, 202610)
    explain(FIRST, unit_row("荆门海关"), date(2026, 11, 6), "正在补", TODAY)
    made = export_bulletin(FIRST, {"month": "2026-10"})
    text = texts(made.content)
    assert made.name == "优化营商环境工作通报_2026年10月.docx"
    assert "草稿" not in text
    assert "市商务局" not in text
    assert "移交" not in text
    for words in (
        "2026年10月　数据截至2026年10月31日", "荆门海关（上月也被通报）", "2026-11-06收到", "牵头的指标超期：第27项",
        "问题整改超期：=SUM(1) 退税慢（期限 2026-10-20）", "2 个月（到2026年10月）", "还没有约谈", "拖欠账款", "请分管领导协调财政局",
        "这一期发现 1 个，销号 0 个；到期末还有 1 个没有销号，其中超期 1 个。",
    ):  # fmt: skip
        assert words in text, words


def test_its_numbers_are_those_of_the_board_and_add_up_to_the_plans_69_targets(two_months):
    word = Document(BytesIO(export_bulletin(FIRST, {"month": "2026-10"}).content))
    rows = [[cell.text for cell in row.cells] for row in word.tables[0].rows]
    assert rows[0][:2] == ["行动", "指标"]
    assert [row[0] for row in rows[1:]] == [*actions(), "合计"]
    assert rows[-1][1] == "69"
    for row in rows[1:]:
        assert int(row[1]) == sum(map(int, row[2:]))
    late = rows[0].index("超期未达到")
    assert rows[-1][late] == "2"


def test_headings_are_real_and_numbered_in_order_and_the_header_row_stands_on_every_page(two_months):
    word = Document(BytesIO(export_bulletin(FIRST, {"month": "2026-10"}).content))
    headings = [one.text for one in word.paragraphs if one.style.name == "Heading 2"]
    assert [one[0] for one in headings] == list("一二三四五六七")
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in word.tables)
    assert word.core_properties.title == "优化营商环境工作通报（2026年10月）"


def test_the_quarter_says_that_it_is_not_over_and_which_lists_are_not_confirmed(two_months):
    made = export_report(FIRST, {"quarter": "2026-Q4"})
    text = texts(made.content)
    assert made.name == "未完_优化营商环境季度报告_2026年第4季度.docx"
    assert "这个季度还没有过完，数据只到2026年11月23日" in text
    assert text.count("名单还没有确认。") == 2
    assert "2026年12月" not in text
    past = texts(export_report(FIRST, {"quarter": "2026-Q3"}).content)
    assert "没有过完" not in past
    assert "荆门海关" in past
    with pytest.raises(InputError, match="还没有到"):
        export_report(FIRST, {"quarter": "2027-Q1"})
    for parameters in ({}, {"quarter": "2026-10"}, {"quarter": "坏的"}):
        with pytest.raises(InputError):
            export_report(FIRST, parameters)


def test_only_the_citys_office_gets_them(two_months):
    for actor in (JINGSHAN, Actor("小分队", "team"), None):
        with pytest.raises(NotAllowed):
            export_bulletin(actor, {"month": "2026-10"})
        with pytest.raises(NotAllowed):
            export_report(actor, {"quarter": "2026-Q4"})
    with pytest.raises(InputError, match="还没有列"):
        export_bulletin(FIRST, {"month": "2026-08"})
    with pytest.raises(InputError, match="月份"):
        export_bulletin(FIRST, {"month": "八月"})
