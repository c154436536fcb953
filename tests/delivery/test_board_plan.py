"""What a value makes of one of the plan's figures, by the plan's own comparator, number and deadline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.delivery.board_automatic import METRIC_OF, SOURCES
from navigator.delivery.board_plan import RISK_DAYS, STATES, goals, shown_number, state_of

DAY = date(2026, 11, 23)
DEADLINE = date(2024, 12, 31)
KNOWN = goals()


def state(target: str, *values: float, as_of: date = DAY, first: date | None = None) -> str:
    first = first or as_of - timedelta(days=len(values))
    return state_of(KNOWN[target], [(first + timedelta(days=n), value) for n, value in enumerate(values)], as_of)


def test_all_92_printed_figures_are_on_the_board():
    assert len(KNOWN) == 92
    assert sum(goal.target.kind == "target" for goal in KNOWN.values()) == 69


@pytest.mark.parametrize(
    ("target", "met", "not_met"),
    [
        ("5-1", (95, 95.1, 100), (94.9, 0)),
        ("34-1", (300.5, 301), (300, 299)),
        ("29-1", (3, 2.5), (3.1,)),
        ("7-1", (0,), (1, 3)),
        ("26-7", (6, 5.2), (6.1,)),
        ("26-8", (0.3, 0.2), (0.31,)),
        ("27-1", (20, 25), (19,)),
        ("13-1", (9,), (8.5, 9.5)),
        ("36-2", (1, 0.5), (2,)),
    ],
)
def test_a_value_meets_its_figure_as_the_plan_prints_it(target, met, not_met):
    assert {state(target, value) for value in met} == {"met"}
    assert "met" not in {state(target, value) for value in not_met}


def test_a_bare_number_is_one_to_reach_and_says_so():
    assert KNOWN["27-1"].reading == "原文只写“20家”，按达到20家算"
    assert KNOWN["26-7"].reading == "原文只写“6小时”，按不超过6小时算"
    assert KNOWN["7-1"].reading == KNOWN["5-1"].reading == ""


def test_without_a_value_nobody_knows_and_it_is_never_late():
    assert {state_of(goal, [], DAY) for goal in KNOWN.values()} == {"no_data"}


def test_only_a_deadline_the_plan_prints_makes_late():
    assert state("27-2", 3) == "late"
    assert state("5-1", 3) == "under_way"
    assert state("27-2", 3, as_of=DEADLINE) == "at_risk"
    assert state("27-2", 3, as_of=DEADLINE + timedelta(days=1)) == "late"
    assert state("27-2", 3, 10) == "met"


def test_near_its_deadline_or_moving_away_a_figure_is_at_risk():
    assert state("27-2", 3, as_of=DEADLINE - timedelta(days=RISK_DAYS)) == "at_risk"
    assert state("27-2", 3, as_of=DEADLINE - timedelta(days=RISK_DAYS + 1)) == "under_way"
    assert state("5-1", 80, 79) == "at_risk"
    assert state("5-1", 79, 80) == state("5-1", 80, 80) == "under_way"
    assert state("29-1", 4, 5) == "at_risk"


@given(
    st.sampled_from(sorted(KNOWN)),
    st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=4),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
)
def test_a_state_is_one_of_five_and_late_only_after_a_deadline(target, values, as_of):
    goal = KNOWN[target]
    found = state(target, *values, as_of=as_of)
    assert found in STATES
    assert (found == "no_data") == (not values)
    if found == "late":
        assert goal.target.deadline is not None
        assert goal.target.deadline < as_of
    if values:
        assert (found == "met") == (goal.gap(values[-1]) == 0)


@given(st.sampled_from(sorted(KNOWN)), st.floats(-1e6, 1e6, allow_nan=False), st.floats(0.001, 1e3))
def test_further_in_the_right_direction_never_stops_meeting(target, value, more):
    goal = KNOWN[target]
    if goal.gap(value) == 0 and goal.reads != "=":
        assert goal.gap(value + more if goal.reads.startswith(">") else value - more) == 0


def test_numbers_are_shown_as_somebody_would_write_them():
    assert [shown_number(value) for value in (98.0, 0.3, 3600, 1.23456)] == ["98", "0.3", "3,600", "1.2346"]


def test_figures_counted_here_are_the_ones_meant():
    meant = {"4-1": "销号率", "5-1": "精准推送率", "5-2": "窗口受理率", "5-3": "按时兑现率", "7-1": "问题整改"}
    for target in METRIC_OF.keys() | SOURCES.keys():
        assert meant[target] in KNOWN[target].target.indicator
