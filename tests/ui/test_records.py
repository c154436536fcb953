"""企业档案, 一家企业, 导入, 数据质量: what each office sees there, changes there, and what never stands in an address."""

from __future__ import annotations

import csv
import io
import threading
from datetime import date

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.exports import EXPORTS
from navigator.matching.assess import assess
from navigator.matching.groups import group_results
from navigator.settings import settings
from navigator.store import enterprises, importing
from navigator.store.audit import Filter, read_audit
from navigator.store.enterprise_intake import take_enterprises
from navigator.store.quality import export_quality
from tests.store.test_importing_columns import code
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, link_parameters, notices

CITY = Actor("市局老张", "staff")
LI = Actor("京山小李", "staff", "京山市")
DAY = date(2025, 10, 1)
NAME = "=HYPERLINK(1)京山*机械*厂"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def add(number: int, name: str, region: str = "京山市", **facts):
    made = enterprises.add_enterprise(
        CITY, {"uscc": code(number), "name": name, "region": region, **facts}, source="名单", on=DAY
    )
    return made.id


@pytest.fixture
def record(store) -> int:
    """The number of a record of 京山."""
    return add(1, NAME, entity_type="企业", industry="C3841", employees=45)


def click(page, label: str, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


def addresses(page) -> str:
    return str(link_parameters(page)) + "".join(element.proto.body for element in page.get("html"))


def test_an_enterprise_is_found_by_name_and_code_and_the_address_has_only_a_number(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    page = open_page("records")
    for words in ("京山", code(1)[:12].lower()):
        page.text_input(key="words").set_value(words)
        rerun(page)
        assert "找到 1 家" in everything(page)
        assert {"id": [str(record)]} in link_parameters(page)
    assert code(1) not in addresses(page)
    assert "HYPERLINK" not in addresses(page)
    assert page.query_params == {}
    page.text_input(key="words").set_value("没有这家")
    assert any("没有找到" in text for text in notices(rerun(page)))


def test_a_long_list_is_paged(open_page, signed_in, rerun, store):
    take_enterprises(
        CITY, [{"uscc": code(n), "name": f"甲{n:03}厂", "region": "京山市"} for n in range(45)], source="表", on=DAY
    )
    signed_in("staff", None)
    page = open_page("records")
    page.text_input(key="words").set_value("甲")
    rerun(page)
    assert "找到 45 家" in everything(page)
    assert "甲000厂" in everything(page)
    page.number_input(key="page:甲").set_value(3)
    assert "甲044厂" in everything(rerun(page))
    assert "甲000厂" not in everything(page)


def test_another_region_sees_neither_list_nor_record(open_page, signed_in, record):
    signed_in("staff", "钟祥市")
    assert "京山" not in everything(open_page("records"))
    for number in (str(record), "99999", "x", ""):
        page = open_page("record", id=number)
        assert [title.value for title in page.title] == ["没有找到这份档案"]


def test_a_record_shows_facts_with_source_and_day_and_the_look_is_logged(open_page, signed_in, record):
    signed_in("staff", "京山市", "京山小李")
    text = everything(open_page("record", id=str(record)))
    assert "名单，2025" in text
    assert "从业人数：**45人**" in text
    assert "所属行业：**锂离子电池制造 C3841**" in text
    assert r"京山\*机械\*厂" in text
    assert "还不知道的" in text
    (entry,) = read_audit(COMMAND_LINE, Filter(actor="京山小李", action="看企业档案"))
    assert entry.subject == f"enterprise:{code(1)}"


def test_what_it_can_have_is_what_the_checkup_says(open_page, signed_in, record):
    signed_in("staff", None)
    page = open_page("record", id=str(record), view="能享受什么")
    found = assess(enterprises.read_enterprise(CITY, code(1)).profile, TODAY)
    wanted = [f"{group.name}（{len(group.results)}项）" for group in group_results(found, set()) if group.results]
    assert len(wanted) >= 3
    assert set(wanted) <= set(headings(page))
    assert "/exports/record?id=" in addresses(page)
    assert "/exports/pack?id=" in addresses(page)
    assert code(1) not in addresses(page)


SOURCE = "这些是从哪里知道的"


def box(page, label: str):
    return next(one for one in page.text_input if one.label.startswith(label))


def fill(page, label: str, value: str, rerun):
    box(page, label).set_value(value)
    return rerun(page)


def turn_to(page, record: int, group: str, rerun):
    page.selectbox(key=f"group:{record}").set_value(group)
    return rerun(page)


def edit(page, record: int, label: str, value: str, rerun, source: str = "电话"):
    turn_to(page, record, "规模", rerun)
    fill(page, label, value, rerun)
    fill(page, SOURCE, source, rerun)
    return click(page, "保存", rerun)


def test_a_fact_is_changed_with_its_source_and_stands_in_the_history(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市", "京山小李")
    page = open_page("record", id=str(record))
    edit(page, record, "年营业收入", "120万", rerun)
    assert [text.value for text in page.success] == ["存好了，改了 1 项。"]
    assert box(page, SOURCE).value == ""
    assert "没保存" not in everything(page)
    fact = enterprises.read_enterprise(CITY, code(1)).facts["revenue"]
    assert (fact.value, fact.source) == (1_200_000, "电话")
    history = everything(open_page("record", id=str(record), view="改过什么"))
    assert "第2版" in history
    assert "年营业收入" in history


def test_what_is_typed_in_several_groups_stays_while_looking_elsewhere_and_is_saved_together(
    open_page, signed_in, rerun, record
):
    signed_in("staff", "京山市")
    page = open_page("record", id=str(record))
    turn_to(page, record, "规模", rerun)
    fill(page, "从业人数", "60", rerun)
    turn_to(page, record, "科技创新", rerun)
    fill(page, "年研发费用", "30万", rerun)
    assert "还有 **2** 处没保存：从业人数、" in everything(page)
    page.segmented_control(key="view").set_value("history")
    rerun(page)
    page.segmented_control(key="view").set_value("facts")
    rerun(page)
    assert "还有 **2** 处没保存" in everything(page)
    assert box(page, "年研发费用").value == "30万"
    turn_to(page, record, "规模", rerun)
    assert box(page, "从业人数").value == "60"
    fill(page, SOURCE, "电话", rerun)
    click(page, "保存", rerun)
    now = enterprises.read_enterprise(CITY, code(1))
    assert (now.version, now.profile["employees"], now.profile["rd_expense"]) == (2, 60, 300_000)


def test_what_is_dropped_is_gone_from_the_boxes(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    page = open_page("record", id=str(record))
    turn_to(page, record, "规模", rerun)
    fill(page, "从业人数", "60", rerun)
    click(page, "不要这些改动了", rerun)
    assert box(page, "从业人数").value == "45"
    assert "没保存" not in everything(page)
    assert enterprises.read_enterprise(CITY, code(1)).version == 1


def test_the_boxes_show_what_others_saved_as_long_as_nothing_is_typed(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市")
    page = open_page("record", id=str(record))
    turn_to(page, record, "规模", rerun)
    fill(page, SOURCE, "电话", rerun)
    enterprises.save_facts(CITY, code(1), {"employees": 50}, source="年报", on=DAY, based_on=1)
    rerun(page)
    assert box(page, "从业人数").value == "50"
    assert box(page, SOURCE).value == "电话"


@pytest.mark.parametrize(
    ("value", "source", "told"), [("很多", "电话", "看不懂"), ("-3", "电话", "负数"), ("50", "", "来源")]
)
def test_a_value_that_cannot_be_is_told_and_stays_in_its_box(open_page, signed_in, rerun, record, value, source, told):
    signed_in("staff", None)
    page = edit(open_page("record", id=str(record)), record, "从业人数", value, rerun, source)
    assert any(told in text and "employees" not in text for text in notices(page))
    assert box(page, "从业人数").value == value
    assert enterprises.read_enterprise(CITY, code(1)).version == 1


def decision(page, label: str):
    return next(one for one in page.radio if one.label == f"{label}用哪个")


def test_the_second_of_two_savers_sees_what_changed_decides_and_loses_nothing(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市", "京山小李")
    page = open_page("record", id=str(record))
    turn_to(page, record, "规模", rerun)
    fill(page, "从业人数", "60", rerun)
    enterprises.save_facts(CITY, code(1), {"employees": 50, "above_scale": True}, source="年报", on=DAY, based_on=1)
    fill(page, "年营业收入", "300万", rerun)
    assert "市局老张改过这份档案" in everything(page)
    fill(page, SOURCE, "走访", rerun)
    click(page, "保存", rerun)
    assert any("别人先存了" in text for text in notices(page))
    assert "45人 → 50人" in everything(page)
    assert "年营业收入：没有冲突" in everything(page)
    assert box(page, "从业人数").value == "60"
    click(page, "按上面选的存", rerun)
    assert "每一项都选一个，再存。" in notices(page)
    decision(page, "从业人数").set_value("用我填的")
    rerun(page)
    fill(page, "资产总额", "900万", rerun)
    assert "资产总额：没有冲突" in everything(page)
    click(page, "按上面选的存", rerun)
    now = enterprises.read_enterprise(CITY, code(1))
    saved = [now.profile[name] for name in ("employees", "revenue", "total_assets", "above_scale")]
    assert (now.version, saved) == (3, [60, 3e6, 9e6, True])


def test_a_third_save_while_the_second_decides_is_shown_as_well(open_page, signed_in, rerun, record):
    signed_in("staff", "京山市", "京山小李")
    page = open_page("record", id=str(record))
    turn_to(page, record, "规模", rerun)
    fill(page, "从业人数", "60", rerun)
    fill(page, SOURCE, "走访", rerun)
    enterprises.save_facts(CITY, code(1), {"employees": 50}, source="年报", on=DAY, based_on=1)
    click(page, "保存", rerun)
    decision(page, "从业人数").set_value("用现在的")
    fill(page, "年营业收入", "300万", rerun)
    enterprises.save_facts(CITY, code(1), {"revenue": 5e6}, source="年报", on=DAY, based_on=2)
    click(page, "按上面选的存", rerun)
    shown = everything(page)
    assert "45人 → 50人" in shown
    assert "5,000,000元" in shown
    for label in ("从业人数", "年营业收入"):
        assert decision(page, label).value is None
        decision(page, label).set_value("用现在的")
    rerun(page)
    click(page, "按上面选的存", rerun)
    now = enterprises.read_enterprise(CITY, code(1))
    assert (now.version, now.profile["employees"], now.profile["revenue"]) == (3, 50, 5e6)
    assert box(page, "从业人数").value == "50"


def test_who_signed_out_elsewhere_sees_no_boxes_after_the_next_one_is_left(open_page, signed_in, rerun, record):
    from navigator.store.sign_ins import sign_out

    actor = signed_in("staff", "京山市")
    page = open_page("record", id=str(record))
    sign_out(actor.sign_in)
    fill(page, SOURCE, "走访", rerun)
    assert [title.value for title in page.title] == ["请先登录"]
    assert not page.text_input


def test_a_new_record_is_begun_on_the_page(open_page, signed_in, rerun, store):
    signed_in("staff", "京山市")
    page = open_page("records")
    page.text_input(key="new-uscc").set_value(code(7).lower())
    page.text_input(key="new-name").set_value("新厂")
    page.text_input(key="new-source").set_value("走访")
    click(page, "新建", rerun)
    assert enterprises.read_enterprise(LI, code(7)).profile == {"uscc": code(7), "name": "新厂", "region": "京山市"}


def table(*rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([["信用代码", "单位名称", "所属地区", "职工人数", "营业收入（万元）", "联系人"], *rows])
    return text.getvalue().encode()


def finish_imports() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join()


def test_a_table_is_imported_on_the_page_and_its_refusals_told(open_page, signed_in, rerun, store):
    signed_in("staff", "京山市", "京山小李")
    page = open_page("imports")
    data = table(
        (code(1), NAME, "京山", "45人", "120", "某"),
        (code(2), "外地厂", "钟祥", "1", "1", ""),
        ("坏", "", "京山", "很多", "", ""),
    )
    page.file_uploader[0].upload("名单.csv", data, "text/csv")
    rerun(page)
    shown = everything(page)
    assert "6 列里认出了 5 列" in shown
    assert "没有用到的 1 列" in shown
    assert any("整行（没有正确的信用代码）" in text for text in notices(page))
    click(page, "开始导入", rerun)
    finish_imports()
    text = everything(rerun(page))
    assert "新增 1 家" in text
    assert "没有收 2 行" in text
    assert enterprises.read_enterprise(LI, code(1)).profile["revenue"] == 1_200_000
    assert "/exports/import-refusals?id=" in addresses(page)
    signed_in("staff", "钟祥市")
    assert "以前导入的" not in everything(open_page("imports"))


def test_of_several_sheets_the_likeliest_is_shown_and_another_can_be_chosen(open_page, signed_in, rerun, store):
    from tests.store.test_importing import workbook

    signed_in("staff", None)
    page = open_page("imports")
    page.file_uploader[0].upload("名单.xlsx", workbook(), "application/octet-stream")
    rerun(page)
    choice = next(one for one in page.selectbox if one.label.startswith("这个文件里有几张表"))
    assert (choice.value, choice.options) == ("规上企业", ["规上企业", "小微企业", "填表说明"])
    assert "4 列里认出了 3 列" in everything(page)
    assert "年营业收入 1,200,000元" in everything(page)
    choice.set_value("小微企业")
    rerun(page)
    assert "2 列里认出了 2 列" in everything(page)
    click(page, "开始导入", rerun)
    finish_imports()
    assert "“小微企业”" in everything(rerun(page))
    assert enterprises.read_enterprise(CITY, code(2)).name == "乙店"


def test_a_table_without_a_code_column_cannot_be_started_until_one_is_chosen(open_page, signed_in, rerun, store):
    signed_in("staff", None)
    page = open_page("imports")
    page.file_uploader[0].upload("a.csv", "神秘,职工人数\n1,2\n".encode(), "text/csv")
    rerun(page)
    assert any("没有哪一列是统一社会信用代码" in text for text in notices(page))
    assert "开始导入" not in [button.label for button in page.button]
    next(box for box in page.selectbox if "神秘" in box.label).set_value("uscc")
    rerun(page)
    assert "开始导入" in [button.label for button in page.button]


def test_an_import_that_broke_off_is_carried_on_from_the_page(open_page, signed_in, rerun, store):
    from navigator.store.importing_files import keep_file, look_into
    from navigator.store.importing_plan import Plan, proposals

    file = keep_file(CITY, io.BytesIO(table((code(1), "厂", "京山", "1", "1", ""))), "断了.csv")
    sheet = look_into(file)
    number = importing.begin_import(CITY, file, sheet, Plan(tuple(one.use for one in proposals(sheet)), "表", DAY))
    signed_in("staff", None)
    page = open_page("imports")
    assert "停下了，可以接着导" in everything(page)
    click(page, "接着导", rerun)
    finish_imports()
    assert importing.read_import(CITY, number).state == "done"


def test_the_quality_page_goes_from_a_missing_fact_to_its_enterprises(open_page, signed_in, rerun, store):
    add(1, "甲厂", entity_type="企业", industry="C3841")
    add(2, "乙店", "钟祥市", entity_type="个体工商户", is_high_tech_enterprise=True)
    signed_in("staff", "京山市")
    page = open_page("quality")
    assert "京山市企业 **1** 家" in everything(page)
    page.selectbox(key="fact:missing").set_value("employees")
    rerun(page)
    assert "甲厂" in everything(page)
    assert "kind=missing" in addresses(page)
    assert "乙店" not in everything(page)


def test_contradictions_and_old_facts_are_listed_with_the_reason(open_page, signed_in, rerun, store):
    add(2, "乙店", "钟祥市", entity_type="个体工商户", is_high_tech_enterprise=True)
    signed_in("staff", "钟祥市")
    page = open_page("quality", kind="对不上的")
    page.selectbox(key="fact:contradicted").set_value("is_high_tech_enterprise")
    assert "按别的信息应是“否”" in everything(rerun(page))
    page = open_page("quality", kind="太旧的", days="90")
    page.selectbox(key="fact:outdated").set_value("entity_type")
    assert "还是 2025" in everything(rerun(page))


def test_invented_and_real_enterprises_are_looked_at_apart(open_page, signed_in, rerun, store):
    take_enterprises(
        CITY, [{"uscc": code(5), "name": "示例厂", "region": "京山市"}], source="示例", on=DAY, example=True
    )
    signed_in("staff", None)
    assert "示例企业 **1** 家" in everything(open_page("quality"))
    add(1, "甲厂")
    page = open_page("quality")
    assert "全市企业 **1** 家" in everything(page)
    record = enterprises.find_enterprises(CITY, "示例")[0]
    assert "示例" in everything(open_page("record", id=str(record.id)))


@pytest.mark.parametrize("name", ["import-refusals", "quality", "record"])
def test_exports_are_for_offices_and_their_region(name, store, record):
    from importlib import import_module

    module, function = EXPORTS[name].split(":")
    export = getattr(import_module(module), function)
    for actor in (None, Actor("某人", "public"), Actor("小分队小陈", "team", "京山市")):
        with pytest.raises(NotAllowed):
            export(actor, {"id": str(record)})


def test_the_exports_hold_what_the_pages_show_and_are_safe_and_logged(store, record):
    from navigator.reports.records import export_pack, export_record

    made = export_quality(LI, {"kind": "missing", "fact": "revenue", "as_of": "2026-11-23"})
    text = made.content.decode("utf-8-sig")
    assert code(1) in text
    assert "'=HYPERLINK" in text
    assert export_record(LI, {"id": str(record), "as_of": "2026-11-23"}).content[:2] == b"PK"
    assert export_pack(LI, {"id": str(record), "as_of": "2026-11-23"}).content[:4] == b"%PDF"
    with pytest.raises(ValueError, match="format"):
        export_pack(LI, {"id": str(record), "format": "exe"})
    for export in (export_record, export_pack):
        with pytest.raises(ValueError, match="没有找到"):
            export(Actor("钟祥小王", "staff", "钟祥市"), {"id": str(record)})
    logged = {entry.action for entry in read_audit(COMMAND_LINE)}
    assert {"下载数据质量清单", "下载企业结果", "下载一企一策"} <= logged


def whose(page):
    return next(one for one in page.segmented_control if one.key == "whose")


def test_what_if_counts_the_records_of_the_office_and_reads_them_once(open_page, signed_in, rerun, store):
    signed_in("staff", "京山市", "京山小李")
    assert "企业档案" not in whose(open_page("whatif", id="tax-small-low-profit-cit")).options
    add(1, "甲厂", entity_type="企业", employees=301, total_assets=1e6, taxable_income=1e6, restricted_industry=False)
    add(2, "外地厂", "钟祥市", entity_type="企业", employees=301)
    take_enterprises(
        CITY, [{"uscc": code(5), "name": "丙（示例）", "region": "京山市"}], source="示例", on=DAY, example=True
    )
    page = open_page("whatif", id="tax-small-low-profit-cit")
    assert whose(page).value == "企业档案"
    assert "京山市企业档案里的 1 家企业，不含示例。" in everything(page)
    page.radio[0].set_value(2)
    rerun(page)
    page.number_input[0].set_value(400)
    assert "由 **0** 家变成 **1** 家" in everything(rerun(page))
    assert len(read_audit(COMMAND_LINE, Filter(actor="京山小李", action="用企业档案计算"))) == 1
    add(6, "丁厂")
    assert "企业档案里的 2 家企业" in everything(rerun(page))
