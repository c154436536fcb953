"""The commands `import` and `demo`: what they print, write and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from navigator.auth import COMMAND_LINE
from navigator.cli import main
from navigator.settings import settings
from navigator.store import enterprises
from tests.store.test_importing_columns import code


@pytest.fixture
def command(store, capsys, monkeypatch, tmp_path):
    """Runs a command in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        result = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return result, printed.out, printed.err

    yield run
    settings.cache_clear()


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "名单.csv"
    path.write_text(f"信用代码,职工人数,联系人,人头\n{code(1)},45,某,1\n{code(2)},很多,某,2\n坏,1,某,3\n", "utf-8")
    return path


def test_a_table_is_imported_with_the_columns_told_and_refusals_written(command, table, tmp_path):
    refused = tmp_path / "refused.csv"
    result, printed, told = command("import", table, "--source", "名单", "--on", "2025-10-01", "--refused", refused)
    assert result == 0
    assert "新增 2 家" in printed
    assert "没有收 1 行，看不懂的格子 1 个" in printed
    assert '"职工人数": employees' in told
    assert "没有用的列：联系人、人头" in told
    assert "很多" in refused.read_text("utf-8-sig")
    fact = enterprises.read_enterprise(COMMAND_LINE, code(1)).facts["employees"]
    assert (fact.value, fact.source, fact.on.isoformat()) == (45, "名单", "2025-10-01")


def test_a_mapping_file_decides_and_json_is_json_alone(command, table, tmp_path):
    mapping = tmp_path / "m.yaml"
    mapping.write_text("信用代码: uscc\n人头: employees\n", "utf-8")
    result, printed, _ = command("import", table, "--mapping", mapping, "--on", "2025-10-01", "--json")
    assert result == 0
    assert json.loads(printed) | {"import": 1} == {
        "import": 1, "rows": 3, "added": 2, "changed": 0, "same": 0, "refused": 1, "bad_cells": 0
    }  # fmt: skip
    assert enterprises.read_enterprise(COMMAND_LINE, code(2)).profile["employees"] == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--resume"], "没有导到一半的"),
        (["--on", "2999-01-01"], "还没到"),
        (["--on", "x"], "应是日期"),
        (["--region", "火星"], "没有“火星”"),
        (["--mapping", "none.yaml"], "none.yaml"),
    ],
)
def test_an_import_that_cannot_be_is_one_sentence(command, table, more, told):
    result, printed, complaint = command("import", table, *more)
    assert (result, printed) == (2, "")
    assert told in complaint.splitlines()[-1]
    assert "Traceback" not in complaint


def test_a_file_that_is_not_there_is_one_sentence(command, tmp_path):
    result, _, complaint = command("import", tmp_path / "none.csv")
    assert result == 2
    assert len(complaint.splitlines()) == 1


def test_demo_comes_is_refused_beside_real_ones_and_goes(command, table):
    assert command("demo", "--count", 30) == (0, "放进了 30 家示例企业，名称都带“示例”；清掉用 demo --remove\n", "")
    assert command("demo", "--remove")[1] == "清掉了 30 家示例企业\n"
    command("import", table, "--on", "2025-10-01")
    result, _, complaint = command("demo")
    assert result == 2
    assert "已经有真的企业" in complaint
