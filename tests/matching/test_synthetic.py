"""Invented enterprises: valid, repeatable, of one piece with themselves, and plainly marked."""

from __future__ import annotations

import polars as pl
import pytest

from navigator.matching.facts import FactBook, is_uscc
from navigator.matching.synthetic import synthetic_enterprises


@pytest.fixture(scope="module")
def city() -> pl.DataFrame:
    return synthetic_enterprises(3000, seed=5, unknown=0.0)


def test_every_code_has_a_right_check_digit_and_stands_once(city):
    assert all(map(is_uscc, city["uscc"]))
    assert city["uscc"].n_unique() == len(city)


def test_every_name_says_that_it_is_an_example(city):
    assert city["name"].str.starts_with("示例").all()


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
