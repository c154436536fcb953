"""`diff` and `whatif` as an outside program meets them: their JSON, their files, and one sentence for what cannot be done."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from navigator.cli import main
from navigator.comparison import amount_words, rows_csv
from navigator.matching.effects import HEADINGS, Amount
from navigator.matching.synthetic import synthetic_enterprises

CIT = "tax-small-low-profit-cit"
DAYS = ("--from", "2025-11-23", "--to", "2026-11-23")
AMOUNT = {"enterprises", "exact", "at_most", "unpriced"}

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys) -> Command:
    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "名单.parquet"
    synthetic_enterprises(300, 3).write_parquet(path)
    return path


def test_diff_without_a_table_tells_of_measures_only(command):
    code, out, _ = command("diff", *DAYS, "--json")
    found = json.loads(out)
    assert code == 0
    assert set(found) == {"from", "to", "begun", "ended", "passed", "replaced", "changed", "windows", "enterprises"}
    assert found["enterprises"] is None
    assert {"id": "nat-demand-charge-90", "name": "需量电价打9折", "day": "2026-05-31", "because": "expired"} in found[
        "ended"
    ]
    assert {"ind-zjtx-2022"} <= {one["id"] for one in found["replaced"]}


def test_diff_with_a_table_adds_enterprises_money_and_groups(command, table):
    code, out, _ = command("diff", *DAYS, "--profiles", table, "--json")
    found = json.loads(out)["enterprises"]
    assert code == 0
    assert (found["count"], found["example"]) == (300, False)
    assert set(found["gained"]) == set(found["lost"]) == AMOUNT
    assert found["gained"]["enterprises"] > 0 < found["lost"]["enterprises"]
    for name in ("by_region", "by_industry", "by_size"):
        assert sum(group["gained"]["enterprises"] for group in found[name]) == found["gained"]["enterprises"]


def test_the_rows_of_diff_go_into_a_file(command, table, tmp_path):
    for suffix in ("csv", "parquet"):
        path = tmp_path / f"明细.{suffix}"
        code, _, told = command("diff", *DAYS, "--profiles", table, "--out", path)
        assert code == 0 and str(path) in told
    from_csv = list(csv.reader(io.StringIO((tmp_path / "明细.csv").read_text(encoding="utf-8-sig"))))
    frame = pl.read_parquet(tmp_path / "明细.parquet")
    assert tuple(from_csv[0]) == HEADINGS == tuple(frame.columns)
    assert len(from_csv) - 1 == len(frame) > 0
    assert set(frame["示例"]) == {""}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["明细.csv", "明细.parquet"]


def test_diff_in_words_names_each_change_on_its_line(command):
    code, out, _ = command("diff", *DAYS)
    lines = out.splitlines()
    assert code == 0
    assert any(line.startswith("到期（推定）　2026-05-31　需量电价打9折") for line in lines)
    assert any(line.startswith("接替　“") for line in lines)


def test_whatif_counts_before_and_after(command, table):
    code, out, _ = command(
        "whatif", CIT, "--set", "employees <= 2", "--profiles", table, "--as-of", "2026-11-23", "--json"
    )
    found = json.loads(out)
    assert code == 0
    assert found["set"] == [
        {"condition": 3, "text": found["set"][0]["text"], "when": "employees <= 300", "written": "employees <= 2"}
    ]
    assert (found["enterprises"], found["example"], found["status"]) == (300, False, "in_force")
    assert found["before"] - found["after"] == found["lost"]["enterprises"] > 0 == found["gained"]["enterprises"]
    assert set(found["lost"]) == AMOUNT
    assert sum(group["lost"]["enterprises"] for group in found["by_size"]) == found["lost"]["enterprises"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("diff", "--from", "2026-11-23", "--to", "2025-11-23"), "后一天要晚于前一天"),
        (("diff", "--from", "2026年", "--to", "2025-11-23"), "--from"),
        (("diff", "--from", "2025-11-23"), "--to"),
        (("diff", *DAYS, "--out", "a.csv"), "--profiles"),
        (("diff", *DAYS, "--profiles", "没有.csv"), "没有这个文件"),
        (("whatif", CIT), "--set"),
        (("whatif", CIT, "--set", "employees <="), "--set"),
        (("whatif", CIT, "--set", "revenue <= 5"), "没有条件只看 revenue"),
        (("whatif", "nothere", "--set", "revenue <= 5"), "没有 nothere 这项政策"),
        (("whatif", CIT, "--set", "employees <= 5", "--profiles", "没有.csv"), "没有这个文件"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(command, arguments, word):
    code, out, told = command(*arguments)
    assert (code, out, told.count("\n")) == (2, "", 1)
    assert word in told


def test_a_file_of_another_kind_is_refused_before_it_is_written(command, table, tmp_path):
    code, _, told = command("whatif", CIT, "--set", "employees <= 2", "--profiles", table, "--out", tmp_path / "a.txt")
    assert code == 2 and ".csv" in told
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_a_spreadsheet_would_calculate_stays_text():
    row = dict.fromkeys(HEADINGS, "") | {"政策事项": "=1+1", "头12个月多少元": 2.5}
    assert "'=1+1" in rows_csv(pl.DataFrame([row])).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Amount(0, 0, 0, 0), "0 家"),
        (Amount(3, 12_000, 0, 0), "3 家，准数 1.2万元"),
        (Amount(1200, 12_000, 500, 7), "1,200 家，准数 1.2万元，最多或大约 500元，其中 7 家没有金额或算不出"),
        (Amount(4, 0, 0, 4), "4 家，4 家没有金额或算不出"),
    ],
)
def test_an_amount_in_words(amount, words):
    assert amount_words(amount) == words
