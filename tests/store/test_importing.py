"""Imports of office tables: merged by one rule, refused with reasons, broken off and carried on without doubles, within one's region."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.errors import InputError
from navigator.settings import ROOT, settings
from navigator.store import enterprises, importing, importing_files
from navigator.store.audit import read_audit
from navigator.store.importing_columns import FACT_DATE, Use
from navigator.store.importing_files import (
    KeptFile,
    choose_sheet,
    imports_folder,
    keep_file,
    look_into,
    sheets_to_choose,
)
from navigator.store.importing_plan import Plan, proposals, read_uses, remembered_uses, uses_file
from tests.store.test_importing_columns import code

LI = Actor("京山小李", "staff", "京山市")
WANG = Actor("钟祥小王", "staff", "钟祥市")
CITY = Actor("市局老张", "staff")
MEMBER = Actor("小分队小陈", "team", "京山市")
DAY, LATER = date(2025, 10, 1), date(2025, 11, 1)
HEADINGS = ["信用代码", "企业名称", "所在地区", "从业人数", "营业收入（万元）"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def table(*rows, headings=HEADINGS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def rows(count: int, first: int = 0, region: str = "京山市"):
    return [
        (code(number), f"测试{number}厂", region, number % 50, number / 10) for number in range(first, first + count)
    ]


def begin(data: bytes, actor=CITY, on=DAY, name="名单.csv", region=None, source="税务局名单") -> int:
    file = keep_file(actor, io.BytesIO(data), name)
    sheet = look_into(file)
    uses = tuple(one.use for one in proposals(sheet))
    return importing.begin_import(actor, file, sheet, Plan(uses, source, on, region))


def taken(data: bytes, actor=CITY, **more):
    return importing.carry_on(actor, begin(data, actor, **more)).counts


def profile(number: int, actor=CITY):
    return enterprises.read_enterprise(actor, code(number)).profile


def test_a_table_becomes_records_with_source_and_day_of_each_fact(store):
    counts = taken(table((code(1), "甲厂", "京山", "45人", "120"), (code(2), "乙厂", "钟祥市", "-", "1,200.5")))
    assert (counts.rows, counts.added, counts.refused, counts.bad_cells) == (2, 2, 0, 0)
    first = enterprises.read_enterprise(CITY, code(1))
    assert first.profile == {
        "uscc": code(1), "name": "甲厂", "region": "京山市", "employees": 45, "revenue": 1_200_000
    }  # fmt: skip
    assert {(fact.source, fact.on) for fact in first.facts.values()} == {("税务局名单", DAY)}
    assert not first.example
    assert profile(2)["revenue"] == 12_005_000
    assert list(imports_folder().iterdir()) == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_sheet_with_a_title_above_its_headings_is_read(store):
    book = Workbook()
    sheet = book.active
    sheet.append(["荆门市重点企业名单", None, "单位：万元"])
    sheet.append(["企业名称", "统一社会信用代码", "营业收入", "研发人员占比", "成立日期"])
    sheet.append(["甲厂", code(1), 120, 0.055, date(2019, 5, 10)])
    sheet["D3"].number_format = "0.0%"
    data = io.BytesIO()
    book.save(data)
    assert taken(data.getvalue(), name="名单.xlsx").added == 1
    assert profile(1) == {
        "uscc": code(1), "name": "甲厂", "revenue": 1_200_000, "rd_staff_ratio": 5.5, "established_on": date(2019, 5, 10)
    }  # fmt: skip


def workbook() -> bytes:
    """As an office sends it: how to fill it in, the list under a title and a line with the unit, another list, an empty and a hidden sheet."""
    book = Workbook()
    book.active.title = "填表说明"
    book.active.append(["一、请如实填写。"])
    first = book.create_sheet("规上企业")
    first.append(["京山市规模以上工业企业基本情况表"])
    first.merge_cells("A1:D1")
    first.append(["填报单位：市经信局", None, None, "单位：万元"])
    first.append(["序号", "统一社会信用代码", "单位名称", "营业收入"])
    first.append([1, code(1), "甲厂", 120])
    second = book.create_sheet("小微企业")
    second.append(["统一社会信用代码", "名称"])
    second.append([code(2), "乙店"])
    book.create_sheet("空的")
    hidden = book.create_sheet("不给人看的")
    hidden.append(["统一社会信用代码", "单位名称", "所在地区", "从业人数"])
    hidden.sheet_state = "hidden"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_of_several_sheets_one_is_chosen_the_likeliest_first(store):
    offered = sheets_to_choose(keep_file(CITY, io.BytesIO(workbook()), "名单.xlsx"))
    assert [one.sheet for one in offered] == ["规上企业", "小微企业", "填表说明"]
    assert choose_sheet(offered[2], None) == offered[0]
    assert choose_sheet(offered[0], "小微企业 ") == offered[1]
    with pytest.raises(InputError, match=r"没有叫“不给人看的”的、有内容的表;有 规上企业、小微企业、填表说明"):
        choose_sheet(offered[0], "不给人看的")


def test_a_table_without_sheets_is_the_only_choice(store):
    file = keep_file(CITY, io.BytesIO(table((code(1), "甲厂", "", "", ""))), "a.csv")
    assert sheets_to_choose(file) == [file]
    with pytest.raises(InputError, match="它没有分成几张表"):
        choose_sheet(file, "小微企业")


@pytest.mark.parametrize(
    ("sheet", "wanted", "last"),
    [
        ("规上企业", {"uscc": code(1), "name": "甲厂", "revenue": 1_200_000.0}, 4),
        ("小微企业", {"uscc": code(2), "name": "乙店"}, 2),
    ],
)
def test_the_chosen_sheet_is_read_also_after_a_break(store, sheet, wanted, last):
    file = choose_sheet(keep_file(CITY, io.BytesIO(workbook()), "名单.xlsx"), sheet)
    looked = look_into(file)
    plan = Plan(tuple(one.use for one in proposals(looked)), "名单", DAY)
    number = importing.begin_import(CITY, file, looked, plan)
    assert importing.unfinished(CITY, file).id == number
    assert importing.unfinished(CITY, replace(file, sheet="填表说明")) is None
    done = importing.carry_on(CITY, number)
    assert (done.counts.added, done.file.sheet, done.last_line) == (1, sheet, last)
    assert enterprises.read_enterprise(CITY, wanted["uscc"]).profile == wanted


def test_of_rows_with_one_code_the_later_day_wins_fact_by_fact_and_a_blank_never_overwrites(store):
    headings = ["信用代码", "从业人数", "营业收入", "数据日期"]
    data = table(
        (code(1), "50", "", "2025-05-01"), (code(1), "40", "100", "2025-03-01"), (code(1), "", "200", "2025-04-01"),
        headings=headings,
    )  # fmt: skip
    assert taken(data).added == 1
    record = enterprises.read_enterprise(CITY, code(1))
    assert (record.profile["employees"], record.facts["employees"].on) == (50, date(2025, 5, 1))
    assert (record.profile["revenue"], record.facts["revenue"].on) == (200, date(2025, 4, 1))
    taken(table((code(1), "45", "", "2025-04-15"), headings=headings))
    assert profile(1)["employees"] == 50
    taken(table((code(1), "50", "", "2025-06-01"), headings=headings), source="年报")
    fact = enterprises.read_enterprise(CITY, code(1)).facts["employees"]
    assert (fact.value, fact.source, fact.on) == (50, "年报", date(2025, 6, 1))


def test_what_is_refused_is_said_with_line_column_and_reason_as_a_safe_file(store):
    number = begin(
        table(
            (code(1), "甲厂", "京山市", "很多", "1"),
            ("12345", "=HYPERLINK(1)", "京山市", "1", "1"),
            ("", "", "", "", "7"),
            (code(2), "乙厂", "京山市", "3", "4"),
        )
    )
    counts = importing.carry_on(CITY, number).counts
    assert (counts.rows, counts.added, counts.refused, counts.bad_cells) == (4, 2, 2, 1)
    found = importing.refusals(CITY, number)
    assert [(one.line, one.column, one.found) for one in found] == [
        (2, "从业人数", "很多"),
        (3, "", "12345"),
        (4, "", ""),
    ]
    text = importing.export_refusals(CITY, {"id": str(number)}).content.decode("utf-8-sig")
    assert "整行没收" in text
    assert "=HYPERLINK" not in text


def test_the_same_table_again_changes_nothing(store):
    data = table(*rows(30))
    assert taken(data).added == 30
    assert (taken(data).added, taken(data).same) == (0, 30)
    assert enterprises.read_enterprise(CITY, code(7)).version == 1


def test_an_office_takes_in_its_own_region_and_is_told_why_others_are_refused(store):
    taken(table(*rows(1, 5, "钟祥市")))
    number = begin(table(*rows(2), *rows(1, 5), *rows(1, 9, "钟祥市"), (code(8), "无", "", "1", "1")), LI)
    counts = importing.carry_on(LI, number).counts
    assert (counts.added, counts.refused) == (2, 3)
    assert {one.found for one in importing.refusals(LI, number)} == {code(5), code(8), code(9)}
    assert all("不归您的区域管" in one.reason for one in importing.refusals(LI, number))
    assert profile(5)["region"] == "钟祥市"


def test_a_table_without_regions_can_be_said_to_be_of_one_but_not_of_anothers(store):
    data = table((code(1), "3"), headings=["信用代码", "从业人数"])
    assert taken(data, LI).refused == 1
    assert taken(data, LI, region="京山市").added == 1
    with pytest.raises(NotAllowed, match="您负责的是京山市"):
        begin(data, LI, region="钟祥市")


def test_invented_records_are_not_completed_by_real_ones(store):
    from navigator.store.enterprise_intake import take_enterprises

    take_enterprises(CITY, [{"uscc": code(1), "name": "示例厂"}], source="示例", on=DAY, example=True)
    number = begin(table(*rows(2)))
    assert importing.carry_on(CITY, number).counts.refused == 0 + 1
    assert "示例" in importing.refusals(CITY, number)[0].reason


def test_an_import_stopped_midway_is_carried_on_without_doubles(store, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    number = begin(table(*rows(35), ("坏", "", "", "", "")))

    def lights_out(state):
        if state.counts.rows == 20:
            raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        importing.carry_on(CITY, number, lights_out)
    state = importing.read_import(CITY, number)
    assert (state.state, state.line, state.counts.added) == ("stopped", 21, 20)
    assert 0.5 < state.share < 0.6
    done = importing.carry_on(CITY, number)
    assert (done.state, done.counts.added, done.counts.same, done.counts.rows) == ("done", 35, 0, 36)
    assert len(importing.refusals(CITY, number)) == 1
    assert importing.carry_on(CITY, number) == done
    assert enterprises.count_enterprises(CITY) == 35


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_import_whose_process_is_killed_is_resumed_by_the_command_without_doubles(store, tmp_path):
    file = tmp_path / "名单.csv"
    file.write_bytes(table(*rows(6000)))
    command = [sys.executable, "-m", "navigator", "import", str(file), "--on", "2025-10-01"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    for line in running.stderr:
        if "已到第 2,001 行" in line.decode():
            running.send_signal(signal.SIGKILL)
            break
    running.communicate(timeout=60)
    killed = importing.list_imports(COMMAND_LINE)[0]
    assert killed.state == "running"
    assert 2000 <= killed.counts.added < 6000
    assert enterprises.count_enterprises(COMMAND_LINE) == killed.counts.added
    done = subprocess.run([*command, "--resume", "--json"], cwd=ROOT, capture_output=True, timeout=120, check=True)
    assert b'"added": 6000' in done.stdout
    assert enterprises.count_enterprises(COMMAND_LINE) == 6000
    assert importing.read_import(COMMAND_LINE, killed.id).state == "done"
    assert enterprises.read_enterprise(COMMAND_LINE, code(5999)).version == 1


def test_of_two_who_carry_on_one_import_the_later_goes_on_and_the_other_stops(store, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    number = begin(table(*rows(50)))
    other: list[importing.ImportState] = []

    def takes_over(state):
        if not other:
            thread = threading.Thread(target=lambda: other.append(importing.carry_on(CITY, number)))
            thread.start()
            thread.join()

    with pytest.raises(InputError, match="由另一处接着做了"):
        importing.carry_on(CITY, number, takes_over)
    assert importing.read_import(CITY, number).state == "done"
    assert other[0].counts.added == enterprises.count_enterprises(CITY) == 50


def test_an_import_nobody_works_on_any_more_is_seen_to_be_broken_off(store, monkeypatch):
    number = begin(table(*rows(3)))
    importing._claim(CITY, number, "somebody")
    assert importing.read_import(CITY, number).state == "running"
    monkeypatch.setattr(importing, "_SILENT", importing.timedelta(seconds=-1))
    assert importing.read_import(CITY, number).state == "broken"
    assert importing.carry_on(CITY, number).state == "done"


def test_beside_the_page_the_import_goes_on_by_itself(store):
    number = begin(table(*rows(5)))
    importing.carry_on_apart(CITY, number).join()
    assert importing.read_import(CITY, number).counts.added == 5


def test_one_who_lost_the_role_midway_stops_and_what_is_kept_stays(store, monkeypatch):
    from navigator.store import accounts, sign_ins

    monkeypatch.setattr(importing, "AT_ONCE", 10)
    accounts.add_account(COMMAND_LINE, "管理", "admin", None, "a pass phrase of the tests 7")
    accounts.add_account(COMMAND_LINE, "小赵", "staff", None, "a pass phrase of the tests 7")
    actor = sign_ins.sign_in("小赵", "a pass phrase of the tests 7", "test").actor
    number = begin(table(*rows(30)), actor)
    with pytest.raises(NotAllowed):
        importing.carry_on(actor, number, lambda state: accounts.set_scope(COMMAND_LINE, "小赵", "team", None))
    state = importing.read_import(CITY, number)
    assert (state.state, state.counts.added) == ("stopped", 10)
    assert "小分队成员" in state.remark


def test_the_columns_are_remembered_for_the_next_table_with_the_same_headings(store):
    file = keep_file(CITY, io.BytesIO(table((code(1), "3"), headings=["信用代码", "神秘的一列"])), "a.csv")
    sheet = look_into(file)
    assert [one.use.fact for one in proposals(sheet)] == ["uscc", ""]
    importing.begin_import(CITY, file, sheet, Plan((Use("uscc"), Use("employees")), "表", DAY))
    assert [one.use.fact for one in proposals(sheet)] == ["uscc", "employees"]
    assert remembered_uses(["信用代码"]) is None


@pytest.mark.parametrize(
    ("uses", "more", "told"),
    [
        ([Use(), Use("employees")], {}, "没有哪一列是统一社会信用代码"),
        ([Use("uscc"), Use("nonsense")], {}, "没有叫 nonsense 的事实"),
        ([Use("uscc"), Use("uscc")], {}, "都对到了统一社会信用代码"),
        ([Use("uscc"), Use("revenue", "美元")], {}, "单位是“美元”"),
        ([Use("uscc")], {}, "有 2 列"),
        ([Use("uscc"), Use(FACT_DATE)], {"source": " "}, "来源"),
        ([Use("uscc"), Use(FACT_DATE)], {"on": date(2999, 1, 1)}, "还没到"),
        ([Use("uscc"), Use(FACT_DATE)], {"region": "火星"}, "没有“火星”"),
    ],
)
def test_a_plan_that_cannot_be_is_told_in_one_sentence(store, uses, more, told):
    file = keep_file(CITY, io.BytesIO(table((code(1), "3"), headings=["a", "b"])), "a.csv")
    plan = Plan(**({"uses": tuple(uses), "source": "表", "on": DAY} | more))
    with pytest.raises(InputError, match=told):
        importing.begin_import(CITY, file, look_into(file), plan)
    assert importing.list_imports(CITY) == []


def test_a_mapping_file_says_what_columns_are_and_faults_in_it_are_told(store):
    sheet = look_into(keep_file(CITY, io.BytesIO(table((code(1), "3", ""), headings=["a", "b", "c"])), "a.csv"))
    uses = read_uses({"a": "uscc", "b": ["revenue", "万元"], "c": None}, sheet, "m.yaml")
    assert uses == (Use("uscc"), Use("revenue", "万元"), Use())
    assert list(uses_file(sheet, uses)) == ['"a": uscc', "\"b\": [revenue, '万元']"]
    for data, told in (([], "形式"), ({"x": "uscc"}, "没有“x”这一列"), ({"a": {"k": 1}}, "看不懂")):
        with pytest.raises(InputError, match=told):
            read_uses(data, sheet, "m.yaml")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "旧式 .xls"),
        (b"PK\x03\x04rest", "读不懂"),
        (b"\n\n", "没有内容"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_its_own_name(store, data, told):
    with pytest.raises(InputError, match=f"坏表.*{told}"):
        look_into(keep_file(CITY, io.BytesIO(data), "C:\\机密\\坏表.xlsx"))


def test_a_file_that_is_too_large_leaves_nothing_behind(store, monkeypatch):
    monkeypatch.setattr(importing_files, "LARGEST", 10)
    with pytest.raises(InputError, match="太大"):
        keep_file(CITY, io.BytesIO(b"x" * 11), "a.csv")
    assert list(imports_folder().iterdir()) == []


def test_more_rows_than_allowed_are_refused(store, monkeypatch):
    monkeypatch.setattr(importing_files, "MOST_ROWS", 20)
    with pytest.raises(InputError, match="超过 20 行"):
        begin(table(*rows(40)))


def test_a_name_of_a_path_is_no_path(store):
    kept = keep_file(CITY, io.BytesIO(b"a,b\n"), "../../etc/passwd")
    assert (kept.name, kept.path.parent) == ("passwd", imports_folder())


def test_only_offices_import_and_each_sees_its_own_imports(store):
    number = begin(table(*rows(1)), LI)
    for actor in (None, Actor("某人", "public"), MEMBER):
        for call in (
            lambda actor: keep_file(actor, io.BytesIO(b"x"), "x"),
            lambda actor: importing.carry_on(actor, number),
            lambda actor: importing.list_imports(actor),
            lambda actor: importing.export_refusals(actor, {"id": str(number)}),
        ):
            with pytest.raises(NotAllowed):
                call(actor)
    assert importing.list_imports(WANG) == []
    for call in (importing.read_import, importing.carry_on, importing.refusals):
        with pytest.raises(InputError, match="没有第"):
            call(WANG, number)
    assert [one.id for one in importing.list_imports(CITY)] == [number]


def test_beginning_and_end_of_an_import_stand_in_the_log(store):
    number = begin(table(*rows(2)), LI)
    importing.carry_on(LI, number)
    done, begun = read_audit(COMMAND_LINE)[:2]
    assert (done.action, begun.action, done.subject, done.actor) == (
        "导入企业",
        "开始导入",
        f"import:{number}",
        "京山小李",
    )
    assert done.details["新增"] == 2


def test_a_file_that_is_gone_is_told(store):
    number = begin(table(*rows(2)))
    state = importing.read_import(CITY, number)
    Path(state.file.path).unlink()
    with pytest.raises(InputError, match="原来的文件不在了"):
        importing.carry_on(CITY, number)
    assert KeptFile(state.file.sha256, "名单.csv") == state.file
