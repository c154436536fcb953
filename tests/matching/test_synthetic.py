"""Invented enterprises: valid, repeatable, of one piece with themselves, and plainly marked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from navigator.corpus.regions import load_regions
from navigator.matching.facts import FactBook, is_uscc
from navigator.matching.synthetic import synthetic_enterprises
from navigator.matching.synthetic_names import example_names


@pytest.fixture(scope="module")
def city() -> pl.DataFrame:
    return synthetic_enterprises(3000, seed=5, unknown=0.0)


def test_every_code_has_a_right_check_digit_and_stands_once(city):
    assert all(map(is_uscc, city["uscc"]))
    assert city["uscc"].n_unique() == len(city)


def test_every_name_says_that_it_is_an_example(city):
    assert city["name"].str.ends_with("（示例）").all()


def test_names_hardly_repeat_and_tell_the_region_and_the_form(city):
    assert city["name"].n_unique() > 0.995 * len(city)
    regions = load_regions()
    for name, region, form in city.select("name", "region", "entity_type").iter_rows():
        assert regions.find(name) == (None if region == "荆门市外" else region), name
        assert ("公司" in name) == (form == "企业"), name
        assert ("专业合作社" in name) == (form == "农民专业合作社"), name


def test_a_name_tells_the_trade_of_the_longest_known_part_of_its_code():
    random, regions = np.random.default_rng(1), pl.Series(["京山市"] * 40)
    for code, words in {"H6220": "面馆|早点店|快餐店", "H62": "餐馆|小吃店|烧烤店", "F5251": "药店"}.items():
        names = example_names(random, "个体工商户", regions, pl.Series([code] * 40))
        assert names.str.contains(f"({words})（示例）$").all()


def test_the_same_seed_gives_the_same_enterprises_and_another_seed_others():
    assert synthetic_enterprises(50, seed=1).equals(synthetic_enterprises(50, seed=1))
    assert not synthetic_enterprises(50, seed=1).equals(synthetic_enterprises(50, seed=2))


def test_pieces_of_one_table_share_no_enterprise():
    pieces = [synthetic_enterprises(400, seed=1, first=first) for first in (0, 400, 800)]
    assert pl.concat(pieces)["uscc"].n_unique() == 1200


def test_there_is_a_column_for_every_fact_that_is_not_derived(city, book: FactBook):
    assert set(city.columns) == {name for name, spec in book.specs.items() if not spec.derived}


def test_every_value_is_one_that_a_profile_may_have_and_none_contradicts_another(city, book: FactBook):
    for row in city.to_dicts():
        assert not book.complete(book.read_profile(row)).contradictions


def test_as_many_values_are_unknown_as_was_asked_for(city):
    loose = synthetic_enterprises(3000, seed=5, unknown=0.3).drop("uscc", "name")
    share = sum(loose.null_count().row(0)) / loose.height / loose.width
    assert 0.29 < share < 0.31
    assert sum(city.null_count().row(0)) == 0


def test_shops_are_small_and_factories_larger(city):
    median = city.group_by("entity_type").agg(pl.col("employees").median())
    found = dict(median.iter_rows())
    assert found["个体工商户"] < found["企业"] < 100
