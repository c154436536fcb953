from pathlib import Path

import pytest
import yaml

from navigator.corpus.regions import Regions, load_regions
from navigator.errors import InputError
from navigator.settings import settings


@pytest.fixture(scope="module")
def regions() -> Regions:
    return load_regions()


def test_the_nine_values_of_the_contract_stand_in_the_file(regions):
    assert set(regions.names) == {
        "东宝区", "掇刀区", "钟祥市", "京山市", "沙洋县", "屈家岭管理区", "漳河新区", "荆门高新区", "荆门市外",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("东宝区", "420802"),
        ("掇刀区", "420804"),
        ("沙洋县", "420822"),
        ("钟祥市", "420881"),
        ("京山市", "420882"),
        ("屈家岭管理区", "4208"),
        ("漳河新区", "4208"),
        ("荆门高新区", "4208"),
        ("荆门市外", None),
    ],
)
def test_each_region_implies_its_code(regions, region, code):
    assert regions.code_of(region) == code


def test_a_code_of_the_table_has_a_name_and_the_six_digit_ones_are_the_regions(regions):
    assert [regions.name_of(code) for code in ("42", "4208", "420881")] == ["湖北省", "荆门市", "钟祥市"]
    assert regions.name_of("110000") is None
    counties = [name for name in regions.names if len(regions.code_of(name) or "") == 6]
    assert [regions.name_of(regions.code_of(name)) for name in counties] == counties


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("我在钟祥开面馆,4个人", "钟祥市"),
        ("石牌的豆腐坊", "钟祥市"),
        ("后港镇养小龙虾", "沙洋县"),
        ("京山县宋河镇的茶厂", "京山市"),
        ("子陵铺的石膏矿", "东宝区"),
        ("麻城镇种西瓜", "掇刀区"),
        ("漳河新区的民宿", "漳河新区"),
        ("高新区的锂电池厂", "荆门高新区"),
        ("屈家岭的桃园", "屈家岭管理区"),
        ("公司注册地不在荆门", "荆门市外"),
        (" 沙洋 ", "沙洋县"),
    ],
)
def test_a_region_is_found_by_how_people_say_it(regions, text, region):
    assert regions.find(text) == region


@pytest.mark.parametrize("text", ["", "我开了一家面馆", "荆门的公司", "钟祥和京山各有一家店", "从沙洋搬到了掇刀"])
def test_no_place_or_two_places_is_none(regions, text):
    assert regions.find(text) is None


@pytest.mark.parametrize(
    "text", ["广东宝安的货", "北京山西老板合伙", "麻城市在黄冈", "最后港口停了", "大理石牌坊", "仙居县", "长寿面"]
)
def test_a_place_name_inside_other_words_is_not_taken_for_the_place(regions, text):
    assert regions.find(text) is None


def test_every_alias_leads_back_to_its_own_region(regions):
    file = yaml.safe_load((settings().corpus / "vocabulary" / "regions.yaml").read_text(encoding="utf-8"))
    for entry in file["regions"]:
        for word in (entry["name"], *entry["aliases"]):
            assert regions.find(f"我的店在{word}。") == entry["name"]


def test_an_unknown_region_is_refused_in_one_sentence_that_lists_the_nine(regions):
    with pytest.raises(InputError, match="没有“武汉市”.*东宝区.*荆门市外"):
        regions.code_of("武汉市")


def test_one_word_for_two_regions_is_a_fault_with_file_and_line(tmp_path: Path):
    path = tmp_path / "regions.yaml"
    path.write_text(
        "regions:\n  - {name: 甲, code: '4208', aliases: [河口]}\n  - {name: 乙, code: null, aliases: [河口]}\n"
        "not_places: []\nplaces: {}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"regions\.yaml:3.*河口.*已经属于甲"):
        load_regions(path)


def test_a_code_of_odd_length_is_a_fault(tmp_path: Path):
    path = tmp_path / "regions.yaml"
    path.write_text("regions: [{name: 甲, code: '42088', aliases: []}]\nnot_places: []\nplaces: {}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"regions\.yaml:1 regions\.0\.code"):
        load_regions(path)


def test_the_words_for_a_region_begin_with_its_name_and_lead_back_to_it():
    regions = load_regions()
    for name in regions.names:
        words = regions.words_of(name)
        assert words[0] == name
        assert {regions.find(word) for word in words} == {name}
