"""政策库's list: filters keep what fits, counts say what a further choice would leave, the order is one a reader expects."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.catalogue import OPTIONS, chosen, counts, entries
from navigator.matching.dates import apply_state, period
from navigator.matching.rulebook import default_rulebook

MEASURES = default_rulebook().corpus.measures
DAY = date(2026, 11, 23)
LISTED = entries(MEASURES, DAY)
NUMBERS = tuple(str(number) for number in range(1, 46))
FACETS = {**OPTIONS, "commitment": NUMBERS}

choices = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(values), unique=True, max_size=3) for name, values in FACETS.items()}
)


def test_without_a_choice_everything_is_listed_and_what_counts_today_first():
    found = chosen(LISTED, {})
    assert {entry.measure.id for entry in found} == {measure.id for measure in MEASURES}
    statuses = [entry.status for entry in found]
    assert statuses == sorted(statuses, key=["in_force", "not_yet", "unverified", "expired"].index)


@given(choices)
def test_what_is_listed_is_what_fits_every_filter(choice):
    found = {entry.measure.id for entry in chosen(LISTED, choice)}
    for entry in LISTED:
        fits = all(not picked or set(picked) & set(entry.values(name)) for name, picked in choice.items())
        assert (entry.measure.id in found) == fits


@given(choices, st.sampled_from(list(FACETS)), st.data())
def test_a_count_is_what_choosing_it_alone_leaves(choice, facet, data):
    value = data.draw(st.sampled_from(FACETS[facet]))
    left = counts(LISTED, choice, facet)[value]
    assert left == len(chosen(LISTED, {**choice, facet: [value]}))


@pytest.mark.parametrize("day", [date(2024, 6, 30), DAY, date(2030, 1, 1)])
def test_status_and_applications_are_those_of_the_day(day):
    for entry in entries(MEASURES, day):
        assert (entry.status, entry.apply_state) == (period(entry.measure, day), apply_state(entry.measure, day))
        assert entry.values("status") == (entry.status,)


def test_every_value_of_a_measure_can_be_chosen():
    for entry in LISTED:
        for facet, options in FACETS.items():
            assert set(entry.values(facet)) <= set(options)


def test_all_words_must_stand_in_name_title_or_number():
    found = chosen(LISTED, {}, "高新技术 所得税")
    assert "tax-hnte-15" in {entry.measure.id for entry in found}
    for entry in found:
        source = entry.measure.source
        text = f"{entry.measure.name}{source.title}{source.document}"
        assert "高新技术" in text
        assert "所得税" in text
    assert chosen(LISTED, {}, "龙鳞") == []


def test_the_newest_comes_first():
    days = [
        entry.measure.source.issued or entry.measure.in_force.from_ or date.min
        for entry in chosen(LISTED, {}, order="newest")
    ]
    assert days == sorted(days, reverse=True)


def test_what_ends_soonest_comes_first_among_what_is_in_force():
    found = [entry for entry in chosen(LISTED, {}, order="ending") if entry.status == "in_force"]
    ends = [entry.measure.in_force.to or date.max for entry in found]
    assert ends == sorted(ends)
    assert found[0].measure.in_force.to is not None
