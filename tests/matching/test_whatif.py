"""What if a condition were different: the same enterprises as asking each one, the right sums, and nothing written."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.corpus.load import default_corpus
from navigator.errors import InputError
from navigator.matching import assess
from navigator.matching.effects import City
from navigator.matching.loaded import LoadedTable
from navigator.matching.rulebook import default_rulebook
from navigator.matching.synthetic import synthetic_enterprises
from navigator.matching.whatif import Edit, Threshold, read_edits, threshold, what_if
from tests.matching.worlds import DAY, make_measure, make_rulebook, money

COUNT = 250


def city_of(measure: Any, rows: pl.DataFrame) -> City:
    return City(LoadedTable.load(rows, make_rulebook(measure)))


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return synthetic_enterprises(COUNT, 7)


def profile_of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and name not in ("uscc", "name")}


def edits_of(measure: Any, *settings: str) -> tuple[Edit, ...]:
    book = make_rulebook(measure)
    return read_edits(book.by_id[measure.id], settings, book.facts.specs)


# --- against asking each enterprise


@settings(max_examples=6)
@given(st.integers(0, 80), st.sampled_from(["<=", ">", ">=", "<"]))
def test_gains_and_losses_are_those_of_asking_each_enterprise(rows, limit, sign):
    before = make_measure("m", "entity_type = '企业'", "employees <= 20", benefit=money("revenue * 0.01", per="月"))
    after = make_measure("m", "entity_type = '企业'", f"employees {sign} {limit}", benefit=money("revenue * 0.01"))
    found = what_if("m", [f"employees {sign} {limit}"], city_of(before, rows), DAY, make_rulebook(before))
    gained, lost, yuan, unpriced = [], [], 0.0, 0
    for position, row in enumerate(rows.iter_rows(named=True)):
        (had,), (has,) = (assess(profile_of(row), DAY, make_rulebook(one)).measures for one in (before, after))
        if has.status == "eligible" and had.status != "eligible":
            gained.append(position)
            yuan += 12 * (has.estimate or 0)
            unpriced += has.estimate is None
        elif had.status == "eligible" and has.status != "eligible":
            lost.append(position)
    assert np.flatnonzero(found.shift.gained).tolist() == gained
    assert np.flatnonzero(found.shift.lost).tolist() == lost
    assert (found.effect.gained.enterprises, found.effect.lost.enterprises) == (len(gained), len(lost))
    assert found.effect.gained.exact == pytest.approx(yuan)
    assert found.effect.gained.unpriced == unpriced
    assert found.after - found.before == len(gained) - len(lost)


def test_the_groups_of_each_kind_add_up_to_the_whole(rows):
    measure = make_measure("m", "employees <= 5", benefit=money("revenue", "at_most"))
    found = what_if("m", ["employees BETWEEN 3 AND 50"], city_of(measure, rows), DAY, make_rulebook(measure))
    assert found.effect.gained.enterprises > 10 < found.effect.lost.enterprises
    for groups in found.effect.groups.values():
        for side in ("gained", "lost"):
            whole, parts = getattr(found.effect, side), [getattr(group, side) for group in groups]
            assert sum(part.enterprises for part in parts) == whole.enterprises
            assert sum(part.about for part in parts) == pytest.approx(whole.about)
            assert sum(part.unpriced for part in parts) == whole.unpriced
            assert whole.exact == 0


def test_the_groups_are_those_of_the_enterprises(rows):
    measure = make_measure("m", "employees <= 0")
    found = what_if("m", ["employees >= 0"], city_of(measure, rows), DAY, make_rulebook(measure))
    gained = rows.filter(pl.col("employees") > 0)
    regions = {group.name: group.gained.enterprises for group in found.effect.groups["region"]}
    assert regions == dict(gained["region"].fill_null("未知").value_counts().iter_rows())
    industries = {group.name: group.gained.enterprises for group in found.effect.groups["industry"]}
    assert industries["制造业"] == gained["industry"].str.starts_with("C").sum()
    assert {group.name for group in found.effect.groups["size"]} <= {"大型", "中型", "小型", "微型", "未知"}


def test_a_loan_brings_no_money(rows):
    measure = make_measure("m", "employees <= 5", benefit=money("revenue", kind="贷款"))
    gained = what_if("m", ["employees <= 50"], city_of(measure, rows), DAY, make_rulebook(measure)).effect.gained
    assert (gained.exact, gained.about, gained.unpriced) == (0, 0, gained.enterprises)


def test_one_condition_alone_may_be_changed(rows):
    measure = make_measure("m", "employees <= 5")
    found = what_if("m", ["employees <= 5"], city_of(measure, rows), DAY, make_rulebook(measure))
    assert found.before == found.after == (rows["employees"] <= 5).sum()


def test_those_of_whom_it_cannot_be_told_are_counted_apart(rows):
    measure = make_measure("m", "employees <= 5", "above_scale")
    found = what_if("m", ["employees <= 100"], city_of(measure, rows), DAY, make_rulebook(measure))
    unknown = rows.filter(pl.col("employees").is_between(6, 100) & pl.col("above_scale").is_null())
    assert found.shift.may_gain == len(unknown) > 0


def test_nothing_is_written_and_the_corpus_stays_as_it_is(rows):
    corpus = default_corpus()
    before = {path: path.stat().st_mtime_ns for path in (corpus.folder / "measures").glob("*.yaml")}
    measure_id = "tax-small-low-profit-cit"
    compiled = default_rulebook().by_id[measure_id]
    trees = [rule.node for rule in compiled.rules]
    what_if(measure_id, ["employees <= 500"], City(LoadedTable.load(rows)), DAY)
    assert [rule.node for rule in compiled.rules] == trees
    assert {path: path.stat().st_mtime_ns for path in (corpus.folder / "measures").glob("*.yaml")} == before


# --- which condition is meant


def test_the_condition_on_the_same_fact_is_replaced():
    (edit,) = edits_of(make_measure("m", "entity_type = '企业'", "employees <= 300"), "employees <= 500")
    assert (edit.position, edit.text) == (1, "条件2")


def test_a_part_of_a_condition_is_replaced_and_the_rest_stays():
    measure = make_measure("m", "employees <= 300 AND revenue <= 1000")
    (edit,) = edits_of(measure, "employees <= 500")
    whole = make_measure("m", "employees <= 500 AND revenue <= 1000")
    assert edit.after == make_rulebook(whole).by_id["m"].rules[0].node


def test_a_condition_on_the_fact_alone_goes_before_parts_of_others():
    (edit,) = edits_of(make_measure("m", "employees <= 300", "employees <= 10 OR above_scale"), "employees <= 500")
    assert edit.position == 0


def test_two_changes_of_one_measure_are_made_together():
    measure = make_measure("m", "employees <= 300 AND revenue <= 1000", "total_assets <= 5")
    found = edits_of(measure, "employees <= 500", "revenue <= 2000", "total_assets <= 6")
    whole = make_rulebook(make_measure("m", "employees <= 500 AND revenue <= 2000", "total_assets <= 6"))
    assert [edit.after for edit in found] == [rule.node for rule in whole.by_id["m"].rules]


def test_a_number_before_it_names_the_condition():
    (edit,) = edits_of(make_measure("m", "employees <= 300", "employees >= 10"), "2: employees >= 5 OR above_scale")
    assert edit.position == 1


@pytest.mark.parametrize(
    ("conditions", "setting", "words"),
    [
        (
            ["employees <= 300", "employees >= 10"],
            "employees <= 500",
            ["不止一处", "1: employees <= 300", "2: employees >= 10"],
        ),
        (["employees <= 300"], "revenue <= 500", ["没有条件只看 revenue", "1: employees <= 300"]),
        (["employees <= 300"], "4: employees <= 500", ["没有第 4 条", "1: employees <= 300"]),
        (["employees <= 300"], "employes <= 500", ["employees"]),
        (["employees <= 300"], "employees <= ", []),
        (["employees <= 300"], "employees", []),
        (["employees <= 300"], "", []),
        (["employees <= 300"], "1: as_of >= DATE '2020-01-01'", ["没有用到企业的任何事实"]),
    ],
)
def test_what_cannot_be_placed_or_read_is_one_sentence(conditions, setting, words):
    with pytest.raises(InputError) as told:
        edits_of(make_measure("m", *conditions), setting)
    assert "\n" not in str(told.value)
    assert all(word in str(told.value) for word in words)


def test_no_change_and_an_unknown_measure_are_refused(rows):
    measure = make_measure("m", "employees <= 300")
    city = city_of(measure, rows)
    with pytest.raises(InputError, match="没有写要改哪个条件"):
        what_if("m", [], city, DAY, make_rulebook(measure))
    with pytest.raises(InputError, match="没有 nothere 这项政策"):
        what_if("nothere", ["employees <= 1"], city, DAY, make_rulebook(measure))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("employees <= 300", Threshold("employees", "<=", 300.0)),
        ("employees <= 300 AND revenue < 5", None),
        ("established_on <= DATE '2020-01-01'", None),
        ("above_scale", None),
        ("rd_expense * 100 >= revenue * 3", None),
    ],
)
def test_a_threshold_is_one_fact_against_one_number(when, expected):
    assert threshold(make_rulebook(make_measure("m", when)).by_id["m"].rules[0].node) == expected


def test_a_measure_out_of_force_is_counted_by_its_conditions_and_said_to_be_so(rows):
    measure = make_measure("m", "employees <= 5", in_force={"from": None, "to": date(2020, 1, 1)})
    found = what_if("m", ["employees <= 50"], city_of(measure, rows), DAY, make_rulebook(measure))
    assert found.period == "expired"
    assert found.after > found.before > 0
