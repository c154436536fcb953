"""On a phone and at a desk: a published list is held against the rules, and the condition that excluded somebody is read."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, ROOT, running_office
from tests.store.test_importing_columns import code

RECORDS = [
    [
        "统一社会信用代码",
        "企业名称",
        "所属地区",
        "主体类型",
        "从业人数",
        "资产总额",
        "应纳税所得额",
        "restricted_industry",
    ],
    [code(1), "京山甲食品有限公司", "京山市", "企业", 20, 1_000_000, 100_000, "否"],
    [code(2), "京山乙机械有限责任公司", "京山市", "企业", 320, 1_000_000, 100_000, "否"],
    [code(3), "京山丙建材有限公司", "京山市", "企业", 30, 1_000_000, 100_000, "否"],
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of 京山's office with three records."""
    data = tmp_path_factory.mktemp("data")
    table = data.parent / "records.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(RECORDS)
    with running_office(str(data), {"小李": ("--role", "staff", "--region", "京山市")}) as address:
        command = [sys.executable, "-m", "navigator", "import", str(table), "--on", "2026-06-30"]
        environment = os.environ | {"NAVIGATOR_DATA": str(data), "PYTHONUTF8": "1"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        yield address


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_from_a_published_list_to_the_condition_that_excluded_somebody(office, visitor, tmp_path, width):
    listed = tmp_path / "2025年公示名单.csv"
    listed.write_text(
        "企业名称,补贴金额（万元）\n京山甲食品有限公司,1.5\n京山乙机械有限公司,2\n合计,3.5\n", encoding="utf-8"
    )
    someone = visitor(office, width)
    page = someone.page
    someone.sign_in("小李", "backtest")
    page.locator("input[type=file]").set_input_files(listed)
    expect(page.get_by_text("3 行。名称是“企业名称”，金额是“补贴金额（万元）”。")).to_be_visible()
    page.get_by_role("combobox", name="测哪一项政策").fill("小型微利企业所得税")
    page.get_by_role("option", name="小型微利企业所得税优惠").first.click()
    someone.type_into("textbox", "名单是从哪里来的（网址）", "https://www.jingmen.gov.cn/")
    someone.drawn()
    assert not someone.overflows()
    someone.click("开始回测")
    expect(page.get_by_text("名单上 2 家能下结论的，1 家按规则符合")).to_be_visible()
    someone.drawn()
    expect(page.get_by_text(re.compile("挡住 1 家，其中只因为它的 1 家"))).to_be_visible()
    expect(page.get_by_text("从业人数 320人", exact=False).first).to_be_visible()
    assert re.fullmatch(rf"{office}/backtest\?id=\d+", page.url)
    assert not someone.overflows()
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载全部").click()
    text = Path(saved.value.path()).read_text("utf-8-sig")
    assert "京山丙建材有限公司" in text
    page.get_by_role("link", name="京山乙机械有限公司").click()
    expect(page.locator("h1")).to_have_text("京山乙机械有限责任公司")
