"""The real records as a table in memory: those of one's region, as they were saved, never an example; the read is logged."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.store.audit import Filter, read_audit
from navigator.store.engine import transaction
from navigator.store.enterprise_intake import take_enterprises
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.record_city import city_of_records, log_rows_taken
from tests.store.test_importing_columns import code

CITY, LI = Actor("市局老张", "staff"), Actor("京山小李", "staff", "京山市")
DAY = date(2026, 10, 1)
FACTS = ("region", "entity_type", "industry", "established_on", "employees", "revenue", "above_scale")
FACTORY = {
    "uscc": code(1), "name": "甲厂", "region": "京山市", "entity_type": "企业", "industry": "C3841",
    "established_on": date(2019, 5, 10), "employees": 45.0, "revenue": 24e6, "above_scale": True,
}  # fmt: skip
SHOP = {"uscc": code(2), "name": "乙店", "region": "钟祥市", "entity_type": "个体工商户"}


@pytest.fixture
def records(store) -> None:
    take_enterprises(CITY, [FACTORY, SHOP], source="名单", on=DAY)
    invented = {"uscc": code(3), "name": "丙（示例）", "region": "京山市"}
    take_enterprises(CITY, [invented], source="示例", on=DAY, example=True)


@pytest.mark.usefixtures("records")
def test_the_table_has_the_facts_as_they_were_saved_and_no_example():
    city = city_of_records(CITY)
    assert city.table.usccs().to_list() == [code(1), code(2)]
    first, second = city.table.facts(FACTS).to_dicts()
    assert first == {name: FACTORY[name] for name in FACTS}
    assert (second["region"], second["employees"]) == ("钟祥市", None)
    assert not city.is_example


@pytest.mark.usefixtures("records")
def test_an_office_counts_its_own_region_only():
    assert city_of_records(LI).table.usccs().to_list() == [code(1)]
    assert len(city_of_records(Actor("沙洋小周", "staff", "沙洋县"))) == 0


@pytest.mark.usefixtures("records")
def test_a_value_that_facts_yaml_has_or_allows_no_more_is_unknown():
    with transaction() as session:
        row = session.query(EnterpriseRow).filter_by(uscc=code(1)).one()
        origin = row.facts["region"][1:]
        row.facts = row.facts | {"gone": ["x", *origin], "region": ["火星", *origin], "employees": ["多", *origin]}
    first = city_of_records(CITY).table.facts(FACTS).to_dicts()[0]
    assert (first["region"], first["employees"], first["revenue"]) == (None, None, 24e6)


@pytest.mark.usefixtures("records")
def test_the_read_is_one_entry_of_the_log_and_taking_the_rows_away_another():
    city_of_records(LI)
    log_rows_taken(LI, "政策变化")
    (read,) = read_audit(COMMAND_LINE, Filter(actor="京山小李", action="用企业档案计算"))
    assert read.details == {"家数": 1}
    assert len(read_audit(COMMAND_LINE, Filter(actor="京山小李", action="下载企业明细"))) == 1


@pytest.mark.parametrize("actor", [None, Actor("某人", "public"), Actor("小分队小陈", "team", "京山市")])
def test_visitors_and_team_members_get_no_table(store, actor):
    with pytest.raises(NotAllowed):
        city_of_records(actor)
    with pytest.raises(NotAllowed):
        log_rows_taken(actor, "x")
