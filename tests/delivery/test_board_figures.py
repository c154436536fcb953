"""The board's figures beside the others, and its lists as files."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery.board import add_duty, add_unit, correct_value
from navigator.delivery.board_figures import export_standing, export_tasks, export_units, export_values
from navigator.delivery.board_tasks import make_task
from navigator.delivery.metrics import Wanted, read_figures, read_rows
from navigator.matching import dates
from navigator.store.audit import Filter, read_audit
from tests.delivery.test_board import CITY, DAY, LI, NOW, TEAM, WANG, put


@pytest.fixture(autouse=True)
def the_day_is_fixed(monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: DAY + timedelta(days=5))


def rows(download) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(download.content.decode("utf-8-sig"))))


def figures(actor: Actor = CITY, **options):
    return {one.metric.id: one for one in read_figures(actor, 202611, **options)}


def test_the_board_counts_among_the_figures_by_month_and_region(store):
    county = add_unit(CITY, "钟祥市政府", "county", "钟祥市", now=NOW)
    make_task(WANG, 37, "落实普惠信贷计划", "", county, DAY, now=NOW)
    put("37-1", 12.5, date(2026, 9, 30))
    put("27-2", 4)
    put("13-1", 9)
    found = figures()
    met = found["targets-met"]
    assert (met.whole.value, met.whole.denominator) == (1, 69)
    assert dict(met.whole.parts) == {"已达到": 1, "有风险": 0, "超期未达到": 1, "推进中": 0, "没有数据": 67}
    assert [one.value for one in met.by["month"]][-4:] == [0, 1, 1, 1]
    assert [one.value for one in found["targets-with-data"].by["month"]][-4:] == [0, 1, 1, 2]
    assert [(one.label, one.value) for one in found["tasks-overdue"].by["region"]] == [("钟祥市", 1)]
    overdue = read_rows(CITY, "tasks-overdue", Wanted("overdue", 202611))
    assert [(one.name, one.region, one.cells[1]) for one in overdue.lines] == [
        ("落实普惠信贷计划", "钟祥市", "钟祥市政府")
    ]
    assert read_rows(LI, "tasks-overdue", Wanted("overdue", 202611)).total == 0
    assert figures(LI)["tasks-overdue"].whole.value == 0
    assert figures(WANG)["tasks-overdue"].whole.value == 1
    assert figures(LI)["targets-met"].whole.value == 1
    assert figures(example=True)["targets-met"].whole.value is None


def test_every_list_of_the_board_is_a_file_for_staff_of_the_region(store):
    county = add_unit(CITY, "钟祥市政府", "county", "钟祥市", now=NOW)
    add_duty(CITY, 37, county, "lead", now=NOW)
    make_task(WANG, 37, "=1+1", "", county, DAY, now=NOW)
    first = put("37-1", 21)
    correct_value(CITY, first, 12.5, DAY, "更正", "", "写错", now=NOW)
    put("38-6", 33, unit_id=county)
    whole = rows(export_standing(CITY, {}))
    assert len(whole) == 92
    one = next(row for row in whole if row["编号"] == "37-1")
    assert (one["最近一个值"], one["状态"], one["责任单位"]) == ("12.5%", "已达到", "钟祥市政府（牵头）")
    assert [(row["值"], row["还算数"]) for row in rows(export_values(CITY, {"target": "37-1"}))] == [
        ("12.5", "是"),
        ("21.0", ""),
    ]
    assert [row["谁的值"] for row in rows(export_values(LI, {}))] == ["全市", "全市"]
    assert [row["任务"] for row in rows(export_tasks(WANG, {"commitment": "37"}))] == ["'=1+1"]
    assert rows(export_tasks(LI, {})) == rows(export_units(LI, {})) == []
    assert [row["责任"] for row in rows(export_units(CITY, {}))] == ["第37项（牵头）"]
    told = {one.action for one in read_audit(COMMAND_LINE, Filter(actor=CITY.name))}
    assert {"下载承诺看板", "下载承诺的值", "下载责任单位"} <= told
    for export in (export_standing, export_values, export_tasks, export_units):
        for actor in (None, TEAM):
            with pytest.raises(NotAllowed):
                export(actor, {})
