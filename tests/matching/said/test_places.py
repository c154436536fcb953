"""Places named in speech: ours, the city at large, or elsewhere."""

import re
import shutil

import pytest

from navigator.errors import InputError
from navigator.matching.said.places import places
from navigator.settings import settings


@pytest.mark.parametrize(
    ("place", "stated"),
    [
        ("钟祥", ("region", "钟祥市")),
        ("钟祥市胡集镇", ("region", "钟祥市")),
        ("湖北荆门京山", ("region", "京山市")),
        ("高新区", ("region", "荆门高新区")),
        ("武汉", ("region", "荆门市外")),
        ("广东省", ("region", "荆门市外")),
        ("荆门市", ("region_code", "4208")),
    ],
)
def test_a_place_states_the_region_or_the_city(place, stated):
    assert re.fullmatch(places().any_pattern, place)
    assert places().read(place, "") == stated


def test_the_own_city_and_province_are_not_elsewhere():
    assert places().read("湖北", "") is None
    assert not re.fullmatch(places().own_pattern, "荆门")


def test_a_street_named_after_a_place_is_no_place():
    assert not re.match(places().any_pattern, "武汉路")
    assert not re.match(places().any_pattern, "中山大道")


def test_a_word_that_only_begins_like_a_place_states_nothing():
    assert places().read("石牌", "坊边") is None


def test_a_fault_in_the_list_of_places_is_told_by_file_and_line(tmp_path):
    for name in ("regions.yaml", "elsewhere.yaml"):
        shutil.copy(settings().corpus / "vocabulary" / name, tmp_path)
    (tmp_path / "elsewhere.yaml").write_text("place: [武汉]\n", encoding="utf-8")
    with pytest.raises(InputError, match="elsewhere.yaml:1"):
        places(tmp_path)
