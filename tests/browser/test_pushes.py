"""From a choice of policies to a file for the SMS system: one person makes the batch on a phone, another approves it at a desk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driving import DESK, PHONE, ROOT, running_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with invented enterprises and two people of the city's office."""
    data = str(tmp_path_factory.mktemp("data"))
    subprocess.run(
        [sys.executable, "-m", "navigator", "demo", "--count", "200"],
        cwd=ROOT, env=os.environ | {"NAVIGATOR_DATA": data}, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with running_office(data, dict.fromkeys(("老张", "老赵"), ("--role", "staff"))) as address:
        yield address


def test_two_people_bring_a_batch_to_its_file(office, visitor, tmp_path):
    writer = visitor(office, PHONE)
    page = writer.page
    writer.sign_in("老张", "pushes")
    page.get_by_role("link", name="新建一批").click()
    expect(page.locator("h1")).to_have_text("新建推送")
    writer.drawn()
    writer.type_into("textbox", "标题（只有同事看得到）", "小微所得税")
    writer.type_into("textbox", "发送单位", "荆门市企业服务中心")
    page.get_by_role("combobox", name="政策事项").fill("小型微利")
    page.get_by_role("option", name="小型微利企业所得税优惠").click()
    page.keyboard.press("Escape")
    assert not writer.overflows()
    writer.click("存下，挑选企业")
    expect(page.locator("h1")).to_have_text("小微所得税")
    expect(page.get_by_text("检查（现在）")).to_be_visible()
    assert not writer.overflows()
    writer.pill("抽看和试发")
    expect(page.get_by_text("【示例】").first).to_be_visible()
    writer.drawn()
    assert not writer.overflows()
    writer.click("提请批准")
    expect(page.get_by_text("自己起草或提请的不能自己批准")).to_be_visible()
    number = re.search(r"id=(\d+)", page.url)[1]

    second = visitor(office, DESK)
    desk = second.page
    second.sign_in("老赵", f"push?id={number}")
    second.click("看过了，批准发出")
    expect(desk.get_by_text("已批准。")).to_be_visible()
    second.click("生成今天的文件")
    expect(desk.get_by_text("第1次交接")).to_be_visible()
    with desk.expect_download() as saved:
        desk.get_by_role("link", name="下载（CSV）").click()
    lines = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    assert saved.value.suggested_filename.startswith("示例_")
    assert len(lines) > 5
    assert all("【示例】" in line for line in lines[1:])
    second.pill("清单")
    expect(desk.get_by_text("已发出").first).to_be_visible()
    second.drawn()
    assert not second.overflows()
    with desk.expect_download() as rows:
        desk.get_by_role("link", name="下载这张清单").click()
    assert "小型微利企业所得税优惠" in Path(rows.value.path()).read_text("utf-8-sig")
    assert "已发出" in second.text()
