"""Many enterprises at a time come out exactly as one at a time: every predicate, estimate, conclusion and measure (contract §4).

With NAVIGATOR_TESTS=all the real measures are tried on eight times as many enterprises.
"""

from __future__ import annotations

import math
import random
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.errors import InputError
from navigator.matching import match
from navigator.matching.assess import assess
from navigator.matching.columns import columns_of, unpack
from navigator.matching.facts import FactBook
from navigator.matching.language import Node, compile_node
from navigator.matching.loaded import LoadedTable
from navigator.matching.parse import parse_condition, parse_estimate
from navigator.matching.plan import Completion, Plan, filled
from navigator.matching.rulebook import RuleBook, outcome_of
from navigator.matching.synthetic import synthetic_enterprises
from tests.matching.worlds import (
    DAY,
    INDUSTRIES,
    NUMBERS,
    REGIONS,
    SPECS,
    VALUES,
    make_measure,
    make_rulebook,
    predicates,
)
from tests.programs import all_required

REAL_ROWS = 4000 if all_required() else 500
_SHARED = list(VALUES["entity_type"].elements), list(VALUES["tax_credit_rating"].elements)  # type: ignore[attr-defined]
_EDGES = (
    0.0,
    1.0,
    5.5,
    19.99,
    20.0,
    30.0,
    300.0,
    400.0,
    3e6,
    5e7,
    0.01,
    1e-3,
    1e15,
    1e200,
    math.nan,
    math.inf,
    -math.inf,
)


def _profile(draw: random.Random) -> dict:
    """Facts of which 30% are unknown, numbers at and beside the constants of generated predicates, NaN and coarse codes among them."""
    made: dict = {"entity_type": draw.choice(_SHARED[0]), "tax_credit_rating": draw.choice(_SHARED[1])}
    made |= {"restricted_industry": draw.random() < 0.5, "above_scale": draw.random() < 0.5}
    made |= {"industry": draw.choice(INDUSTRIES), "region_code": draw.choice(REGIONS)}
    for name in NUMBERS:
        made[name] = draw.choice(_EDGES) if draw.random() < 0.5 else float(draw.randint(0, 400))
        if draw.random() < 0.1:
            made[name] = math.nextafter(made[name], math.inf)
    made["established_on"] = DAY - timedelta(days=draw.choice((0, 1, 30, 31, 365, 366, 3650, -10)))
    return {name: value for name, value in made.items() if draw.random() < 0.7}


_random = random.Random(20261123)
PROFILES = [_profile(_random) for _ in range(400)]
COLUMNS = columns_of(PROFILES, SPECS)


def outcomes_of(node: Node) -> list[bool | None]:
    plan = Plan(DAY)
    step = plan.add_condition(node)
    truth = plan.run(COLUMNS)[step]
    pairs = zip(unpack(truth.true, len(PROFILES)), unpack(truth.false, len(PROFILES)), strict=True)
    return [True if true else False if false else None for true, false in pairs]


def amounts_of(node: Node) -> list[float | None]:
    plan = Plan(DAY)
    step = plan.add_number(node)
    return [None if math.isnan(value) else value for value in filled(plan.run(COLUMNS)[step], len(PROFILES)).tolist()]


def estimates() -> st.SearchStrategy[str]:
    """Texts of estimates, choices inside choices and numbers too large to be finite among them."""
    leaves = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(["0", "0.015", "300", "1000000", "1e300"]))
    return st.recursive(leaves, _combined, max_leaves=6)


def _combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from("+-*"), parts),
        st.builds("{}({}, {})".format, st.sampled_from(["least", "greatest"]), parts, parts),
        st.builds(
            "CASE WHEN {} THEN {} WHEN {} THEN {} ELSE {} END".format, predicates(1), parts, predicates(1), parts, parts
        ),
    )


# --- one predicate, one estimate


@settings(max_examples=300)
@given(predicates())
def test_a_predicate_has_the_same_outcome_for_many_as_for_one(text):
    node = parse_condition(text, SPECS)
    test = compile_node(node)
    assert outcomes_of(node) == [test(profile, DAY) for profile in PROFILES]


@settings(max_examples=150)
@given(estimates())
def test_an_estimate_is_the_same_to_the_last_bit(text):
    node = parse_estimate(text, SPECS)
    value = compile_node(node)
    assert amounts_of(node) == [value(profile, DAY) for profile in PROFILES]


@pytest.mark.parametrize(
    "text",
    [
        "1 = 1 AND employees > 3",
        "1 > 2 OR employees > 3",
        "as_of >= DATE '2026-01-01' AND above_scale",
        "1e300 * 1e300 > employees",
        "region = entity_type",
        "entity_type <> ownership",
    ],
)
def test_parts_without_facts_and_texts_against_texts_are_evaluated_too(text):
    node = parse_condition(text, SPECS)
    assert outcomes_of(node) == [compile_node(node)(profile, DAY) for profile in PROFILES]


# --- what follows from the facts


def _completed_alike(book: FactBook, profiles: list[dict]) -> None:
    columns = Completion(book).complete(columns_of(profiles, book.specs))
    for place, profile in enumerate(profiles):
        expected = {
            name: value for name, value in book.complete(profile).values.items() if book.specs[name].type != "text"
        }
        assert columns.row(place, book.specs) == expected


def test_what_follows_from_the_facts_follows_for_every_row(book):
    rows = synthetic_enterprises(300, seed=3, unknown=0.5).to_dicts()
    _completed_alike(book, [book.read_profile(row) for row in rows])


def shuffled(shuffle: random.Random) -> FactBook:
    """The real facts with conclusions that rest on one another, in an order that may need several passes."""
    file = make_rulebook().facts.file
    more = [
        {"when": "employees = 0", "then": {"ip_count": 0}, "because": "没有人"},
        {
            "when": "ip_class1_count = 0 AND insured_employees = 0",
            "then": {"above_scale": False},
            "because": "什么都没有",
        },
        {"when": "NOT above_scale", "then": {"industry": "C3841", "established_on": "2020-01-01"}, "because": "试验"},
        {"when": "in_industry('C38')", "then": {"tax_credit_rating": "B"}, "because": "试验"},
    ]
    kind = type(file.implications[0])
    implications = [*file.implications, *(kind.model_validate(one) for one in more)]
    shuffle.shuffle(implications)
    return FactBook(file.model_copy(update={"implications": tuple(implications)}))


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_conclusions_in_any_order_come_to_the_same_end(shuffle):
    book = shuffled(shuffle)
    rows = synthetic_enterprises(60, seed=shuffle.randint(0, 99), unknown=0.6).to_dicts()
    _completed_alike(book, [book.read_profile(row) for row in rows])


@given(st.sampled_from(sorted(VALUES)), st.data())
def test_one_more_answer_completes_to_what_the_whole_profile_completes_to(book, fact, data):
    profile = data.draw(st.sampled_from(PROFILES))
    given_facts = {
        name: value for name, value in profile.items() if not (isinstance(value, float) and not math.isfinite(value))
    }
    answer = data.draw(VALUES[fact])
    completed = book.complete(given_facts).values
    expected = book.complete({**given_facts, fact: answer}).values
    assert book.with_answer(completed, given_facts, fact, answer) == expected


# --- the real measures


def test_every_real_measure_has_the_outcome_and_the_estimate_it_has_for_one(rulebook, as_of):
    rows = synthetic_enterprises(REAL_ROWS, seed=11).to_dicts()
    completed = [rulebook.facts.complete(rulebook.facts.read_profile(row)).values for row in rows]
    columns = columns_of(
        [{name: v for name, v in one.items() if SPECS[name].type != "text"} for one in completed], SPECS
    )
    for measure in rulebook.measures:
        plan = Plan(as_of)
        step = plan.add_all(rule.node for rule in measure.rules)
        truth = plan.run(columns)[step]
        found = np.where(
            unpack(truth.true, len(rows)),
            "eligible",
            np.where(unpack(truth.false, len(rows)), "not_eligible", "needs_info"),
        )
        assert found.tolist() == [outcome_of(measure.outcomes(one, as_of)) for one in completed], measure.measure.id
        if measure.estimate:
            assert_estimates(measure, columns, completed, as_of)


def assert_estimates(measure, columns, completed, as_of):
    plan = Plan(as_of)
    step = plan.add_number(parse_estimate(measure.measure.benefit.estimate, SPECS))
    found = filled(plan.run(columns)[step], len(completed)).tolist()
    assert [None if math.isnan(one) else one for one in found] == [measure.estimate(one, as_of) for one in completed], (
        measure.measure.id
    )


def test_match_says_what_assess_says_of_each_enterprise(rulebook, as_of):
    city = synthetic_enterprises(25, seed=2)
    found = match(city, as_of).to_dicts()
    answer = {"eligible": True, "not_eligible": False, "needs_info": None}
    for row, line in zip(city.to_dicts(), found, strict=True):
        results = {one.measure.id: one.status for one in assess(row, as_of).measures}
        assert line.pop("uscc") == row["uscc"]
        assert line == {name: answer[status] for name, status in results.items() if status in answer}


# --- forms of the result


@pytest.fixture(scope="module")
def city() -> pl.DataFrame:
    return synthetic_enterprises(700, seed=4)


def test_a_pandas_table_gives_a_pandas_table_with_nullable_booleans(city, as_of):
    found = match(city.to_pandas(), as_of)
    assert isinstance(found, pd.DataFrame)
    assert set(map(str, found.dtypes[1:])) == {"boolean"}
    assert found["uscc"].tolist() == city["uscc"].to_list()
    assert pl.DataFrame(found).equals(match(city, as_of))


def test_long_lists_what_is_eligible_or_needs_information_by_enterprise_then_measure(city, as_of):
    wide, long = match(city, as_of), match(city, as_of, long=True)
    names = {True: "eligible", None: "needs_info"}
    expected = [
        (row["uscc"], name, names[value]) for row in wide.to_dicts() for name, value in row.items() if value in names
    ]
    assert long.rows() == expected


def test_a_file_holds_what_the_call_without_a_file_returns(city, as_of, tmp_path):
    city.write_parquet(tmp_path / "city.parquet")
    for long in (False, True):
        report = match(tmp_path / "city.parquet", as_of, out=tmp_path / "out.parquet", long=long)
        assert report.matched == len(city)
        assert report.sentences() == []
        assert pl.read_parquet(tmp_path / "out.parquet").equals(match(city, as_of, long=long))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["city.parquet", "out.parquet"]


def test_a_table_without_a_row_gives_all_columns_and_no_row(city, as_of):
    found = match(city.head(0), as_of)
    assert len(found) == 0
    assert found.columns == match(city, as_of).columns


def test_a_table_of_codes_alone_needs_information_everywhere(city, as_of):
    found = match(city.select("uscc"), as_of)
    assert found.drop("uscc").null_count().sum_horizontal().item() == found.height * (found.width - 1)


def test_a_measure_that_does_not_count_on_the_day_has_no_column(rulebook, as_of, city):
    counted = set(match(city.head(1), as_of).columns) - {"uscc"}
    statuses = {one.measure.id: one.status for one in assess({}, as_of).measures}
    assert counted == {
        name for name, status in statuses.items() if status in ("eligible", "not_eligible", "needs_info")
    }
    assert set(match(city.head(1), date(2019, 1, 1)).columns) != counted | {"uscc"}


def test_an_unknown_engine_is_one_sentence(city):
    with pytest.raises(InputError, match="没有叫 magic 的引擎"):
        match(city, DAY, engine="magic")  # type: ignore[arg-type]


def test_without_pyspark_the_engine_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(InputError, match="没有装 PySpark"):
        match(synthetic_enterprises(2, 1), DAY, "spark")


# --- a table in memory


def test_a_loaded_table_counts_and_estimates_what_assess_finds(city, as_of, rulebook):
    table = LoadedTable.load(city)
    results = [assess(row, as_of) for row in city.head(40).to_dicts()]
    few = LoadedTable.load(city.head(40))
    estimates = few.estimates(as_of)
    for name in estimates.columns:
        expected = [next(one.estimate for one in result.measures if one.measure.id == name) for result in results]
        assert [None if value is None else round(value, 2) for value in estimates[name]] == expected
    tally = table.count("employees <= 10 OR revenue < 1000000", as_of)
    where = table.where(["employees <= 10 OR revenue < 1000000"], as_of)
    assert (tally.true, tally.false, tally.unknown) == (where.sum(), (~where).sum(), where.null_count())
    assert tally.true + tally.false + tally.unknown == len(table) == 700
    assert table.outcomes(as_of).equals(match(city, as_of))


def test_a_loaded_table_shows_completed_facts_in_their_types(city, book):
    facts = LoadedTable.load(city).facts(["established_on", "size_class", "employees", "in_jingmen", "region_code"])
    expected = [book.complete(book.read_profile(row)).values for row in city.to_dicts()]
    for name in facts.columns:
        assert facts[name].to_list() == [one.get(name) for one in expected], name


def test_outcomes_of_a_named_measure_alone_are_those_among_all(as_of):
    rules: RuleBook = make_rulebook(make_measure("a", "employees <= 30"), make_measure("b", "above_scale"))
    table = LoadedTable.load(
        pl.DataFrame({"uscc": synthetic_enterprises(3, 1)["uscc"], "employees": [30, 31, None]}), rules
    )
    assert table.outcomes(as_of, ["a"]).to_dict(as_series=False)["a"] == [True, False, None]
    assert table.outcomes(as_of)["b"].to_list() == [None, None, None]
