"""A shop without a code at hand: written down in seconds under a key that says so, once, and given its code later."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.errors import InputError
from navigator.store.enterprises import add_enterprise, find_enterprises, read_enterprise, read_version, uscc_of
from navigator.store.provisional import add_unregistered, give_code, is_provisional
from tests.store.test_importing_columns import code

TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 2, tzinfo=UTC)
CITY, CHEN = Actor("市局老张", "staff"), Actor("小陈", "team", "京山市")
SHOP = {"name": "老王面馆", "region": "京山市", "entity_type": "个体工商户"}


def test_a_shop_is_written_down_without_a_code_and_taken_once(store):
    number = add_unregistered(CHEN, SHOP, source="走访", on=TODAY, client_id="a" * 32, now=NOW)
    assert add_unregistered(CHEN, SHOP, source="走访", on=TODAY, client_id="a" * 32, now=NOW) == number
    record = read_enterprise(CHEN, uscc_of(CHEN, number))
    assert is_provisional(record.uscc)
    assert record.name == "老王面馆"
    assert "uscc" not in record.profile
    assert [one.id for one in find_enterprises(CHEN, "面馆")] == [number]
    with pytest.raises(InputError, match="已经有“老王面馆”的档案"):
        add_unregistered(CHEN, SHOP, source="走访", on=TODAY, now=NOW)


def test_what_is_missing_or_of_another_region_is_refused(store):
    with pytest.raises(InputError, match="叫什么、在哪里"):
        add_unregistered(CHEN, {"region": "京山市"}, source="走访", on=TODAY, now=NOW)
    with pytest.raises(NotAllowed):
        add_unregistered(CHEN, SHOP | {"region": "钟祥市"}, source="走访", on=TODAY, now=NOW)
    with pytest.raises(InputError, match="应是1到64个字"):
        add_unregistered(CHEN, SHOP, source="走访", on=TODAY, client_id="", now=NOW)


def test_the_code_takes_the_place_of_the_key_and_nothing_else_changes(store):
    number = add_unregistered(CHEN, SHOP, source="走访", on=TODAY, now=NOW)
    with pytest.raises(InputError, match="校验码"):
        give_code(CHEN, number, "9142", now=NOW)
    add_enterprise(CITY, {"uscc": code(2), "name": "别家"}, source="名单", on=TODAY)
    with pytest.raises(InputError, match="已经有档案了"):
        give_code(CHEN, number, code(2), now=NOW)
    give_code(CHEN, number, code(1).lower(), now=NOW)
    record = read_enterprise(CHEN, code(1))
    assert (record.id, record.version, record.profile["uscc"]) == (number, 2, code(1))
    assert "uscc" not in read_version(CHEN, code(1), 1).profile
    with pytest.raises(InputError, match="不是待补代码的"):
        give_code(CHEN, number, code(3), now=NOW)
