"""On a phone: an office's table becomes records, a record is found and changed, and what the enterprise can have is read from it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.driving import PHONE, ROOT, running_server
from tests.browser.test_intake import PASSWORD, click, sign_in
from tests.store.test_importing_columns import code


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with one office of 京山."""
    data = str(tmp_path_factory.mktemp("data"))
    command = [sys.executable, "-m", "navigator", "user", "add", "小李", "--role", "staff", "--region", "京山市"]
    environment = {"NAVIGATOR_DATA": data, "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    subprocess.run(command, input=PASSWORD.encode(), cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    with running_server(data) as address:
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
    sign_in(someone, "小李", "imports")
    page.locator("input[type=file]").set_input_files(workbook(tmp_path / "名单.xlsx"))
    expect(page.get_by_text("7 列里认出了 7 列。")).to_be_visible()
    assert not someone.overflows()
    click(someone, "开始导入")
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
    click(someone, "保存")
    expect(page.get_by_text("存好了，改了 1 项。")).to_be_visible()
    expect(page.locator("h1")).to_have_text("京山某机械有限公司")

    someone.pill("能享受什么")
    expect(page.get_by_role("heading", name="您大约能得到")).to_be_visible()
    someone.drawn()
    assert not someone.overflows()
    someone.pill("改过什么")
    expect(page.get_by_text("第2版")).to_be_visible()
    assert code(1) not in "".join(someone.requested)

    someone.open("quality")
    expect(page.get_by_text("只差它").first).to_be_visible()
    assert not someone.overflows()
