"""On a phone: an office's table becomes records, a record is found and changed, and what the enterprise can have is read from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, Visitor, running_office
from tests.store.test_importing_columns import code


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with two people of 京山's office."""
    people = dict.fromkeys(("小李", "小王"), ("--role", "staff", "--region", "京山市"))
    with running_office(str(tmp_path_factory.mktemp("data")), people) as address:
        yield address


def workbook(path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.append(["京山市重点企业名单", None, None, "单位：万元"])
    sheet.append(["统一社会信用代码", "单位名称", "所属地区", "营业收入", "职工人数", "主体类型", "行业代码"])
    sheet.append([code(1), "京山某机械厂", "京山", 2400, 45, "企业", "3499"])
    sheet.append([code(2), "外地某厂", "钟祥", 10, 3, "企业", "3499"])
    book.save(path)
    return path


def test_from_a_table_to_what_an_enterprise_can_have(office, visitor, tmp_path):
    someone = visitor(office, PHONE)
    page = someone.page
    someone.sign_in("小李", "imports")
    page.locator("input[type=file]").set_input_files(workbook(tmp_path / "名单.xlsx"))
    expect(page.get_by_text("7 列里认出了 7 列。")).to_be_visible()
    assert not someone.overflows()
    someone.click("开始导入")
    expect(page.get_by_text(re.compile("新增 1 家.*没有收 1 行"))).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载没有收的和原因").click()
    assert "不归您的区域管" in Path(saved.value.path()).read_text("utf-8-sig")

    page.get_by_role("link", name="到企业档案里看").click()
    someone.drawn()
    page.get_by_role("link", name="京山某机械厂").click()
    expect(page.locator("h1")).to_have_text("京山某机械厂")
    someone.drawn()
    assert re.fullmatch(rf"{office}/record\?id=\d+", page.url)
    assert "2,400" not in page.url
    expect(page.get_by_text("24,000,000元")).to_be_visible()
    assert not someone.overflows()

    page.get_by_text("改资料").click()
    page.get_by_label("这些是从哪里知道的").fill("电话")
    page.get_by_label("名称", exact=True).fill("京山某机械有限公司")
    someone.click("保存")
    expect(page.get_by_text("存好了，改了 1 项。")).to_be_visible()
    expect(page.locator("h1")).to_have_text("京山某机械有限公司")

    someone.pill("能享受什么")
    expect(page.get_by_role("heading", name="您大约能得到")).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    someone.pill("改过什么")
    expect(page.get_by_text(re.compile(r"第2版\s.*小李\s+1项"))).to_be_visible()
    assert code(1) not in "".join(someone.requested)

    someone.open("quality")
    expect(page.get_by_text("只差它").first).to_be_visible()
    assert not someone.overflows()


def begin_record(someone: Visitor, name: str, uscc: str) -> None:
    page = someone.page
    page.get_by_text("新建一家").click()
    someone.type_into("textbox", "统一社会信用代码", uscc)
    someone.type_into("textbox", "名称", name)
    someone.type_into("textbox", "从哪里知道的", "走访")
    page.get_by_role("button", name="新建", exact=True).click()
    expect(page.locator("h1")).to_have_text(name)
    someone.drawn()


def turn_to(someone: Visitor, group: str) -> None:
    """Another group of boxes."""
    box = someone.page.get_by_role("combobox", name=re.compile("改哪一类"))
    box.click()
    box.fill(group)
    someone.page.keyboard.press("Enter")


def test_of_two_who_save_the_same_record_the_second_decides_and_nothing_is_lost(office, visitor):
    first, second = visitor(office, DESK), visitor(office, PHONE)
    second.sign_in("小李", "records")
    begin_record(second, "京山两人改的厂", code(3))
    first.sign_in("小王", second.page.url.removeprefix(f"{office}/"))
    for someone in (first, second):
        someone.page.get_by_text("改资料").click()
        turn_to(someone, "规模")

    second.type_into("textbox", "从业人数", "60")
    second.type_into("textbox", "年营业收入（元）", "300万")
    turn_to(second, "科技创新")
    second.type_into("textbox", re.compile("^年研发费用"), "20万")
    expect(second.page.get_by_text("还有 3 处没保存")).to_be_visible()
    second.pill("改过什么")
    expect(second.page.get_by_text("第1版").first).to_be_visible()
    second.pill("资料")
    expect(second.page.get_by_role("textbox", name=re.compile("^年研发费用"))).to_have_value("20万")

    first.type_into("textbox", "从业人数", "50")
    first.type_into("textbox", "资产总额", "800万")
    first.page.get_by_label("这些是从哪里知道的").fill("年报")
    first.click("保存")
    expect(first.page.get_by_text("存好了，改了 2 项。")).to_be_visible()

    turn_to(second, "规模")
    expect(second.page.get_by_role("textbox", name="从业人数")).to_have_value("60")
    second.page.get_by_label("这些是从哪里知道的").fill("电话")
    second.click("保存")
    expect(second.page.get_by_text("小王改的：")).to_be_visible()
    expect(second.page.get_by_text("年营业收入：没有冲突，照您填的存（3,000,000元）")).to_be_visible()
    assert not second.overflows()
    second.page.get_by_role("radio", name="用我填的").click(force=True)
    second.click("按上面选的存")
    expect(second.page.get_by_text("存好了，改了 3 项。")).to_be_visible()
    expect(second.page.get_by_text("从业人数：60人")).to_be_visible()
    expect(second.page.get_by_text("资产总额：8,000,000元")).to_be_visible()
    expect(second.page.get_by_text("没保存")).to_have_count(0)

    first.pill("改过什么")
    for who, version in (("小王", 2), ("小李", 3)):
        expect(first.page.get_by_text(re.compile(rf"第{version}版\s.*{who}\s"))).to_be_visible()
    expect(first.page.get_by_text("从业人数：50人 → 60人")).to_be_visible()
