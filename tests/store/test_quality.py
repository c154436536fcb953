"""数据质量 and 示例企业 in the store: counts that agree with assessing each one, within one's region, real and invented apart."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.store import enterprises, quality
from navigator.store.audit import read_audit
from navigator.store.demo import add_demo, remove_demo
from navigator.store.enterprise_intake import take_enterprises
from tests.store.test_importing_columns import code

LI = Actor("京山小李", "staff", "京山市")
CITY = Actor("市局老张", "staff")
ADMIN = Actor("管理员", "admin")
DAY, OLD = date(2026, 11, 23), date(2025, 1, 1)


def test_the_counts_are_those_of_assessing_each_one(store):
    add_demo(ADMIN, 25, DAY)
    matches: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    where: dict[str, set[str]] = {}
    undecided = 0
    for one in enterprises.find_enterprises(CITY, "示例", limit=100):
        for result in assess(enterprises.read_enterprise(CITY, one.uscc).profile, DAY).measures:
            if result.status == "needs_info":
                undecided += 1
                matches.update(result.missing)
                alone.update(result.missing if len(result.missing) == 1 else ())
                for fact in result.missing:
                    where.setdefault(fact, set()).add(one.uscc)
    found = quality.survey(CITY, DAY, example=True)
    assert (found.records, found.undecided) == (25, undecided)
    assert {one.fact: (one.matches, one.alone, one.enterprises) for one in found.missing} == {
        fact: (count, alone[fact], len(where[fact])) for fact, count in matches.items()
    }
    most = found.missing[0].fact
    rows = quality.lines(CITY, "missing", most, DAY, example=True)
    assert {row.uscc for row in rows} == where[most]
    assert sum(row.weight for row in rows) == matches[most]
    assert [row.weight for row in rows] == sorted((row.weight for row in rows), reverse=True)


def test_contradictions_and_what_is_out_of_date_are_found(store):
    shop = {
        "uscc": code(1),
        "name": "甲店",
        "region": "京山市",
        "entity_type": "个体工商户",
        "is_high_tech_enterprise": True,
    }
    take_enterprises(CITY, [shop, {"uscc": code(2), "name": "乙店", "entity_type": "个体工商户"}], source="表", on=OLD)
    found = quality.survey(CITY, DAY)
    assert found.contradicted == (("is_high_tech_enterprise", 1),)
    assert {one.fact: (one.enterprises, one.oldest) for one in found.outdated} == {
        "region": (1, OLD), "entity_type": (2, OLD), "is_high_tech_enterprise": (1, OLD)
    }  # fmt: skip
    (line,) = quality.lines(CITY, "contradicted", "is_high_tech_enterprise", DAY)
    assert (line.uscc, line.name) == (code(1), "甲店")
    assert "档案写“是”，按别的信息应是“否”" in line.note
    assert len(quality.lines(CITY, "outdated", "entity_type", DAY)) == 2
    assert quality.survey(CITY, DAY, days=10_000).outdated == ()


def test_an_office_counts_its_own_region_only_and_the_look_is_logged(store):
    take_enterprises(
        CITY, [{"uscc": code(n), "region": region} for n, region in ((1, "京山市"), (2, "钟祥市"))], source="表", on=DAY
    )
    assert (quality.survey(LI, DAY).records, quality.survey(CITY, DAY).records) == (1, 2)
    assert [row.uscc for row in quality.lines(LI, "missing", "entity_type", DAY)] == [code(1)]
    assert {"看数据质量", "看数据质量清单"} <= {entry.action for entry in read_audit(COMMAND_LINE)}
    for actor in (None, Actor("小陈", "team", "京山市")):
        with pytest.raises(NotAllowed):
            quality.survey(actor, DAY)
        with pytest.raises(NotAllowed):
            quality.lines(actor, "missing", "employees", DAY)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"kind": "x"}, "没有这一张"),
        ({"kind": "missing", "fact": "x"}, "没有叫 x"),
        ({"kind": "missing", "as_of": "x"}, "应是日期"),
    ],
)
def test_an_export_that_cannot_be_is_told(store, parameters, told):
    with pytest.raises(InputError, match=told):
        quality.export_quality(CITY, parameters)


def test_a_fact_no_longer_known_or_allowed_is_left_aside(store, monkeypatch):
    book = enterprises.default_rulebook().facts
    facts = {"gone": ["x", 1, "2026-01-01"], "region": ["火星", 1, "2026-01-01"], "employees": [3.0, 1, "2026-01-01"]}
    assert quality._profile(facts, book) == {"employees": 3.0}


def test_demo_enterprises_are_all_marked_come_once_and_go_again(store):
    assert add_demo(ADMIN, 60, DAY) == 60
    assert add_demo(ADMIN, 60, DAY) == 0
    assert enterprises.count_enterprises(CITY, example=True) == enterprises.count_enterprises(CITY) == 60
    found = enterprises.find_enterprises(CITY, "示例", limit=100)
    assert len(found) == 60
    assert all(one.example and one.name.endswith("（示例）") for one in found)
    record = enterprises.read_enterprise(CITY, found[0].uscc)
    assert {fact.source[:3] for fact in record.facts.values()} == {"示例："}
    assert all(fact.on <= DAY for fact in record.facts.values())
    assert remove_demo(ADMIN) == 60
    assert enterprises.count_enterprises(CITY) == 0


def test_of_demo_enterprises_the_register_is_nearly_always_known_and_the_rest_in_part(store):
    add_demo(ADMIN, 300, DAY)
    records = [
        enterprises.read_enterprise(ADMIN, one.uscc) for one in enterprises.find_enterprises(ADMIN, "示例", limit=300)
    ]

    def known(fact: str) -> float:
        return sum(fact in one.facts for one in records) / len(records)

    for fact in ("region", "entity_type", "industry", "established_on"):
        assert known(fact) > 0.98
    for fact in ("employees", "revenue", "plans_loan"):
        assert 0.1 < known(fact) < 0.9
    sources = {fact: {one.facts[fact].source for one in records if fact in one.facts} for fact in ("region", "revenue")}
    assert sources == {"region": {"示例：市场监管局登记"}, "revenue": {"示例：税务局名单"}}
    assert len({one.facts["region"].on for one in records if one.region}) > 5


def test_demo_is_refused_beside_real_records_and_removing_it_leaves_them(store):
    add_demo(ADMIN, 5, DAY)
    take_enterprises(CITY, [{"uscc": code(1), "name": "真厂"}], source="表", on=DAY)
    with pytest.raises(InputError, match="已经有真的企业"):
        add_demo(ADMIN, 5, DAY)
    assert remove_demo(ADMIN) == 5
    assert enterprises.read_enterprise(CITY, code(1)).name == "真厂"


def test_demo_is_for_administrators_and_of_a_sensible_size(store):
    for call in (lambda: add_demo(CITY, 5, DAY), lambda: remove_demo(CITY)):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(InputError, match="--count"):
        add_demo(ADMIN, 10**6, DAY)
