"""policy_corpus/vocabulary/size_thresholds.yaml against the published table of 国统字〔2017〕213号."""

from __future__ import annotations

import pytest
import yaml

from navigator.corpus.industries import Industries, load_industries
from navigator.settings import settings

CLASSES = ["大型", "中型", "小型", "微型"]
WAN = 10_000

# The published table, row by row: indicator, then the lower bounds of 大型, 中型, 小型 (revenue and assets in 万元).
PUBLISHED = {
    "农、林、牧、渔业": {"revenue": (20000, 500, 50)},
    "工业": {"employees": (1000, 300, 20), "revenue": (40000, 2000, 300)},
    "建筑业": {"revenue": (80000, 6000, 300), "total_assets": (80000, 5000, 300)},
    "批发业": {"employees": (200, 20, 5), "revenue": (40000, 5000, 1000)},
    "零售业": {"employees": (300, 50, 10), "revenue": (20000, 500, 100)},
    "交通运输业": {"employees": (1000, 300, 20), "revenue": (30000, 3000, 200)},
    "仓储业": {"employees": (200, 100, 20), "revenue": (30000, 1000, 100)},
    "邮政业": {"employees": (1000, 300, 20), "revenue": (30000, 2000, 100)},
    "住宿业、餐饮业": {"employees": (300, 100, 10), "revenue": (10000, 2000, 100)},
    "信息传输业": {"employees": (2000, 100, 10), "revenue": (100000, 1000, 100)},
    "软件和信息技术服务业": {"employees": (300, 100, 10), "revenue": (10000, 1000, 50)},
    "房地产开发经营": {"revenue": (200000, 1000, 100), "total_assets": (10000, 5000, 2000)},
    "物业管理": {"employees": (1000, 300, 100), "revenue": (5000, 1000, 500)},
    "租赁和商务服务业": {"employees": (300, 100, 10), "total_assets": (120000, 8000, 100)},
    "其他未列明行业": {"employees": (300, 100, 10)},
}


@pytest.fixture(scope="module")
def table() -> dict:
    return yaml.safe_load((settings().corpus / "vocabulary" / "size_thresholds.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def industries() -> Industries:
    return load_industries()


def group_of(table: dict, code: str) -> dict | None:
    """The one group a fine code belongs to; None where the method does not apply."""
    groups = [group for group in table["groups"] if code.startswith(tuple(group["codes"]))]
    left_out = [entry for entry in table["not_covered"] if code.startswith(entry["code"])]
    assert len(groups) + len(left_out) == 1, code
    return groups[0] if groups else None


def size_of(group: dict, **facts: int) -> str:
    """The published rule: all lower bounds of a class or one class down."""
    for size in CLASSES[:3]:
        if all(facts[fact] >= bounds[size] for fact, bounds in group["bounds"].items()):
            return size
    return "微型"


def test_the_bounds_are_the_published_ones_in_yuan(table):
    held = {
        group["name"]: {
            fact: tuple(bounds[size] // (1 if fact == "employees" else WAN) for size in CLASSES[:3])
            for fact, bounds in group["bounds"].items()
        }
        for group in table["groups"]
    }
    assert held == PUBLISHED


def test_every_group_has_an_id_a_scope_codes_and_falling_bounds(table):
    assert table["classes"] == CLASSES
    assert len({group["id"] for group in table["groups"]}) == len(table["groups"])
    for group in table["groups"]:
        assert set(group) == {"id", "name", "scope", "codes", "bounds"}
        assert set(group["bounds"]) <= {"employees", "revenue", "total_assets"}
        for bounds in group["bounds"].values():
            assert list(bounds) == CLASSES[:3]
            assert bounds["大型"] > bounds["中型"] > bounds["小型"] > 0


def test_every_class_of_the_standard_is_in_one_group_or_left_out(table, industries):
    left_out = 0
    for section in industries.children():
        for division in industries.children(section):
            for group in industries.children(division):
                for code in industries.children(group):
                    left_out += group_of(table, code) is None
    railway, finance, own_property, education, health, government, international = 8, 48, 1, 17, 20, 34, 1
    assert left_out == railway + finance + own_property + education + health + government + international


def test_every_code_of_the_table_stands_in_the_standard_with_its_name(table, industries):
    for group in table["groups"]:
        assert all(industries.exists(code) for code in group["codes"])
    for entry in table["not_covered"]:
        assert industries.name(entry["code"]) == entry["name"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("G5310", None),
        ("G5431", "交通运输业"),
        ("G5910", "交通运输业"),
        ("G5930", "仓储业"),
        ("I6450", "信息传输业"),
        ("I6513", "软件和信息技术服务业"),
        ("K7020", "物业管理"),
        ("K7030", "其他未列明行业"),
        ("K7040", None),
        ("O8040", "其他未列明行业"),
        ("P8310", None),
        ("Q8425", None),
        ("Q8514", "其他未列明行业"),
        ("J6633", None),
    ],
)
def test_an_industry_falls_into_the_group_its_scope_names(table, code, name):
    group = group_of(table, code)
    assert (group and group["name"]) == name


@pytest.mark.parametrize(
    ("code", "facts", "size"),
    [
        ("C3841", {"employees": 1000, "revenue": 40000 * WAN}, "大型"),
        ("C3841", {"employees": 1000, "revenue": 40000 * WAN - 1}, "中型"),
        ("C3841", {"employees": 299, "revenue": 40000 * WAN}, "小型"),
        ("C3841", {"employees": 19, "revenue": 40000 * WAN}, "微型"),
        ("H6210", {"employees": 12, "revenue": 99 * WAN}, "微型"),
        ("A0313", {"revenue": 500 * WAN}, "中型"),
        ("E4710", {"revenue": 80000 * WAN, "total_assets": 299 * WAN}, "微型"),
        ("O8040", {"employees": 10}, "小型"),
    ],
)
def test_all_bounds_of_a_class_must_be_met_or_it_is_one_class_down(table, code, facts, size):
    group = group_of(table, code)
    assert group is not None
    assert size_of(group, **facts) == size
