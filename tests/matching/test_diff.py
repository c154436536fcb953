"""What changes between two days, for the rules and for each enterprise, and what it says to one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import Measure
from navigator.errors import InputError
from navigator.matching import assess
from navigator.matching.bundle import Offer
from navigator.matching.dates import period
from navigator.matching.diff import policy_diff
from navigator.matching.effects import HEADINGS, City, rows_of, shifts_between, sum_up
from navigator.matching.loaded import LoadedTable
from navigator.matching.synthetic import synthetic_enterprises
from navigator.matching.then_and_now import then_and_now
from tests.matching.worlds import bare_corpus, make_measure, make_rulebook

THEN, NOW = date(2025, 11, 23), date(2026, 11, 23)


def corpus_of(*measures: Measure) -> Corpus:
    return replace(bare_corpus(), measures=measures)


def between(start: str | None, end: str | None, **more: Any) -> dict[str, Any]:
    return {"in_force": {"from": start, "to": end, **more}}


def measure(id: str, start: str | None = "2020-01-01", end: str | None = None, **changes: Any) -> Measure:
    return make_measure(id, "above_scale", **(between(start, end) | changes))


def ids(found: tuple) -> list[str]:
    return [one.measure.id for one in found]


# --- the rules


def test_begun_ended_passed_and_unchanged_are_told_apart():
    found = policy_diff(
        THEN,
        NOW,
        corpus_of(
            measure("always"),
            measure("begins", "2026-01-01"),
            measure("ends", "2020-01-01", "2025-12-31"),
            measure("passes", "2026-01-01", "2026-06-30"),
            measure("over", "2020-01-01", "2021-01-01"),
            measure("later", "2027-01-01"),
            measure("unsure", in_force={"from": "2020-01-01", "to": None, "sure_until": "2026-03-31"}),
        ),
    )
    assert ids(found.begun) == ["begins"]
    assert [(one.measure.id, one.day, one.because) for one in found.ended] == [
        ("ends", date(2025, 12, 31), "expired"),
        ("unsure", date(2026, 3, 31), "unsure"),
    ]
    assert ids(found.passed) == ["passes"]


def test_both_end_days_belong_to_a_measure():
    ends, begins = measure("ends", "2020-01-01", "2026-11-23"), measure("begins", "2026-11-23")
    assert ids(policy_diff(THEN, NOW, corpus_of(ends, begins)).begun) == ["begins"]
    assert ids(policy_diff(THEN, NOW, corpus_of(ends, begins)).ended) == []
    assert ids(policy_diff(NOW, NOW + timedelta(days=1), corpus_of(ends, begins)).ended) == ["ends"]


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
spans = st.tuples(st.none() | days, st.none() | days).filter(lambda span: None in span or span[0] <= span[1])


@given(st.lists(spans, max_size=6), days, days)
def test_what_counts_on_the_first_day_with_begun_less_ended_counts_on_the_second(periods, one, two):
    start, end = min(one, two), max(one, two) + timedelta(days=1)
    listed = [measure(f"m{n}", str(a) if a else None, str(b) if b else None) for n, (a, b) in enumerate(periods)]
    found = policy_diff(start, end, corpus_of(*listed))
    before, after = ({one.id for one in listed if period(one, day) == "in_force"} for day in (start, end))
    assert before - set(ids(found.ended)) | set(ids(found.begun)) == after
    assert not set(ids(found.passed)) & (before | after)


def test_a_replaced_measure_is_followed_through_those_that_count_no_more():
    old = measure("old", "2020-01-01", "2025-12-31")
    middle = measure("middle", "2026-01-01", "2026-03-31", replaces=["old"])
    new = measure("new", "2026-04-01", replaces=["middle"])
    (one,) = policy_diff(THEN, NOW, corpus_of(middle, new, old)).replaced
    assert (one.old.id, one.new.id, [step.id for step in one.through]) == ("old", "new", ["middle"])


def test_a_measure_replaced_by_two_has_both_and_a_circle_ends():
    old = measure("old", "2020-01-01", "2025-12-31", replaces=["one"])
    one, two = (measure(name, "2026-01-01", replaces=["old"]) for name in ("one", "two"))
    found = policy_diff(THEN, NOW, corpus_of(old, one, two)).replaced
    assert [(each.old.id, each.new.id) for each in found] == [("old", "one"), ("old", "two")]


def test_a_replacement_that_was_complete_before_is_not_told_again():
    old, new = measure("old"), measure("new", "2021-01-01", replaces=["old"])
    assert policy_diff(THEN, NOW, corpus_of(old, new)).replaced == ()


def test_periods_for_applications_open_and_close():
    windows = [
        {"from": "2026-03-01", "to": "2026-03-31"},
        {"from": None, "to": "2025-11-23"},
        {"from": "2026-11-24", "to": None},
    ]
    found = policy_diff(THEN, NOW, corpus_of(measure("m", apply={"where": None, "windows": windows})))
    assert [(one.opens, one.day) for one in found.windows] == [
        (False, date(2025, 11, 23)),
        (True, date(2026, 3, 1)),
        (False, date(2026, 3, 31)),
    ]


@pytest.mark.parametrize("end", [THEN, THEN - timedelta(days=1)])
def test_the_second_day_is_the_later_one(end):
    with pytest.raises(InputError, match="后一天要晚于前一天"):
        policy_diff(THEN, end)


def test_the_real_corpus_between_two_novembers():
    found = policy_diff(THEN, NOW)
    assert "ind-zjtx-2026" in ids(found.begun)
    assert "nat-demand-charge-90" in ids(found.ended)
    assert ("ind-zjtx-2022", "ind-zjtx-2026") in [(one.old.id, one.new.id) for one in found.replaced]


# --- the enterprises


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return synthetic_enterprises(150, 11)


@pytest.fixture(scope="module")
def city(rows) -> City:
    return City(LoadedTable.load(rows), is_example=True)


def test_gains_losses_and_money_are_those_of_assessing_each_enterprise_on_both_days(rows, city):
    gained: dict[str, list[int]] = {}
    lost: dict[str, list[int]] = {}
    come: dict[str, float] = {}
    for position, row in enumerate(rows.iter_rows(named=True)):
        profile = {name: value for name, value in row.items() if value is not None and name not in ("uscc", "name")}
        then, now = ({one.measure.id: one for one in assess(profile, day).measures} for day in (THEN, NOW))
        for name, result in now.items():
            if result.status == "eligible" != then[name].status:
                gained.setdefault(name, []).append(position)
                come[name] = come.get(name, 0) + Offer(result.measure, result.estimate, result.apply_state).money
            elif then[name].status == "eligible" != result.status:
                lost.setdefault(name, []).append(position)
    shifts = {one.measure.id: one for one in shifts_between(THEN, NOW, city)}
    assert {name: np.flatnonzero(one.gained).tolist() for name, one in shifts.items() if one.gained.any()} == gained
    assert {name: np.flatnonzero(one.lost).tolist() for name, one in shifts.items() if one.lost.any()} == lost
    effect = sum_up(shifts.values(), city)
    for one in effect.measures:
        assert one.gained.exact + one.gained.about == pytest.approx(come.get(one.measure.id, 0.0))
    whole = {position for positions in gained.values() for position in positions}
    assert effect.gained.enterprises == len(whole) > 50
    assert effect.gained.exact + effect.gained.about == pytest.approx(sum(come.values()))


def test_the_rows_name_every_enterprise_that_gains_or_loses_and_mark_the_invented(rows, city):
    shifts = list(shifts_between(THEN, NOW, city))
    frame = pl.concat(rows_of(shifts, city))
    assert frame.columns == list(HEADINGS)
    assert len(frame) == sum(int(one.gained.sum() + one.lost.sum()) for one in shifts)
    assert set(frame["示例"]) == {"示例"}
    assert set(frame["统一社会信用代码"]) <= set(rows["uscc"])
    effect = sum_up(shifts, city)
    total = frame.filter(pl.col("变化") == "得到")["头12个月多少元"].sum()
    assert total == pytest.approx(effect.gained.exact + effect.gained.about)


def test_a_day_in_a_condition_makes_a_gain_without_any_new_rule():
    hnte = default_corpus().measure_by_id["sci-hnte-recognition"]
    facts = next(example.facts for example in hnte.examples if example.expect == "eligible")
    founded = [date(2025, 6, 1), date(2020, 1, 1)]
    usccs = synthetic_enterprises(2, 1)["uscc"].to_list()
    listed = [{**facts, "uscc": code, "established_on": day} for code, day in zip(usccs, founded, strict=True)]
    city = City(LoadedTable.load(pl.DataFrame(listed)))
    (shift,) = shifts_between(THEN, NOW, city, [hnte.id])
    assert shift.gained.tolist() == [True, False]


# --- one enterprise


def compared(old: list[Measure], new: list[Measure], profile: dict[str, Any], id: str = "m"):
    return then_and_now(profile, id, THEN, NOW, (make_rulebook(*old), make_rulebook(*new)))


def test_an_ended_measure_says_until_when_it_ran_and_what_took_its_place():
    ended = measure("m", "2020-01-01", "2025-12-31")
    new = measure("new", "2026-01-01", replaces=["m"])
    found = compared([ended, new], [ended, new], {"above_scale": True})
    assert (found.then.status, found.now.status) == ("eligible", "expired")
    assert found.reasons == (
        "有效期到 2025-12-31，2026-11-23 已经过了。",
        "已经由“事项new”接替，这一项您现在条件符合。",
    )
    assert [one.measure.id for one in found.instead] == ["new"]


def test_a_measure_that_ended_and_would_not_have_fitted_says_both():
    ended = measure("m", "2020-01-01", "2025-12-31")
    found = compared([ended], [ended], {"above_scale": False})
    assert found.reasons == (
        "有效期到 2025-12-31，2026-11-23 已经过了。",
        "按 2025-11-23 的规定您也不符合：“条件1”不满足。",
    )


def test_a_date_condition_says_on_which_day_it_held():
    young = make_measure("m", "established_on >= as_of - INTERVAL 1 YEAR")
    found = compared([young], [young], {"established_on": date(2025, 3, 1)})
    assert (found.then.status, found.now.status) == ("eligible", "not_eligible")
    assert found.reasons == ("“条件1”这一条要看日子：2025-11-23 满足，2026-11-23 不满足（成立日期 2025-03-01）。",)


def test_another_version_says_which_condition_is_new():
    old, new = make_measure("m", "employees <= 300"), make_measure("m", "employees <= 100")
    found = compared([old], [new], {"employees": 200})
    assert found.is_new_version
    assert any("后来定的，您不满足" in reason for reason in found.reasons)
    assert any("现在改了或者没有了" in reason for reason in found.reasons)


def test_a_closed_period_and_a_day_after_which_nothing_is_sure_are_told():
    windows = {"where": None, "windows": [{"from": None, "to": "2025-12-31"}]}
    closed = measure("m", apply=windows)
    assert compared([closed], [closed], {"above_scale": True}).reasons == (
        "2025-11-23 正在受理，2026-11-23 申报已经截止。",
    )
    unsure = make_measure("m", "above_scale", in_force={"from": "2020-01-01", "to": None, "sure_until": "2026-01-31"})
    assert compared([unsure], [unsure], {}).reasons == ("2026-01-31 以后还办不办没有核实到，2026-11-23 先不算数。",)


def test_where_nothing_differs_it_says_so_and_names_what_fails():
    same = make_measure("m", "above_scale", "employees <= 5")
    found = compared([same], [same], {"above_scale": False, "employees": 3})
    assert found.reasons == ("两天的规定一样，按您填的信息，结论也一样；不满足的是“条件1”。",)


@given(st.sampled_from(sorted(default_corpus().measure_by_id)), st.booleans())
def test_every_real_measure_gives_a_reason_that_is_whole_sentences(name, empty):
    profile = (
        {}
        if empty
        else {"entity_type": "企业", "region": "钟祥市", "employees": 30, "established_on": date(2025, 3, 1)}
    )
    found = then_and_now(profile, name, THEN, NOW)
    assert found.reasons
    assert all(reason.endswith("。") for reason in found.reasons)
    if found.then.status == "eligible" != found.now.status:
        assert not any("结论也一样" in reason for reason in found.reasons)
