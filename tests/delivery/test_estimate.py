"""The estimate of a stratified sample and its interval: exact where all was judged, honest where little was, right in simulations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.delivery.estimate import Agreement, Stratum, agreement, estimate


@st.composite
def strata(draw, least: int = 1, whole: bool = False):
    size = draw(st.integers(least, 400))
    judged = size if whole else draw(st.integers(1, size))
    return Stratum(size, judged, judged, draw(st.integers(0, judged)))


@given(st.lists(strata(whole=True), min_size=1, max_size=8))
def test_where_all_was_judged_the_value_is_exact_and_the_interval_has_no_width(census):
    found = estimate(census)
    assert found.share == pytest.approx(sum(one.right for one in census) / sum(one.size for one in census))
    assert found.low == found.share == found.high


@given(st.lists(strata(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_strata_changes_nothing(listed, random):
    other = list(listed)
    random.shuffle(other)
    first, second = estimate(listed), estimate(other)
    assert (first.share, first.low, first.high) == pytest.approx((second.share, second.low, second.high), abs=1e-9)


@given(st.lists(strata(least=2), min_size=1, max_size=8))
def test_the_interval_holds_the_value_and_is_never_empty_while_something_is_open(listed):
    found = estimate(listed)
    assert 0 <= found.low <= found.share + 1e-12 <= found.high + 2e-12 <= 1 + 3e-12
    if any(one.judged < one.size for one in listed):
        assert found.high - found.low > 0


@given(st.lists(strata(), min_size=1, max_size=6))
def test_what_was_found_bounds_the_interval(listed):
    size = sum(one.size for one in listed)
    found = estimate(listed, size)
    assert found.low >= sum(one.right for one in listed) / size - 1e-12 or found.low == found.share
    assert found.high <= 1 - sum(one.judged - one.right for one in listed) / size + 1e-12 or found.high == found.share


@given(strata(least=20))
def test_a_stratum_cut_into_equal_parts_keeps_its_share(one):
    doubled = Stratum(2 * one.size, 2 * one.judged, 2 * one.inside, 2 * one.right)
    assert estimate([one, one]).share == pytest.approx(estimate([doubled]).share)


def test_the_weights_are_those_of_the_textbook():
    """Three strata of 155, 62 and 93 with 20, 8 and 12 judged, 16, 2 and 6 right (Scheaffer, Mendenhall and Ott, example 5.14):
    the estimate is .60 with a standard error of about .07."""
    found = estimate([Stratum(155, 20, 20, 16), Stratum(62, 8, 8, 2), Stratum(93, 12, 12, 6)])
    assert found.share == pytest.approx((155 * 0.8 + 62 * 0.25 + 93 * 0.5) / 310)
    assert found.share == pytest.approx(0.60, abs=0.005)
    assert 0.09 < found.share - found.low < 0.19
    assert 0.09 < found.high - found.share < 0.17


def test_without_weights_and_without_end_it_is_clopper_and_pearson():
    """Of 20 judged out of very many all were right: 83.2 % to 100 % in every table. With one wrong, the design's own variance
    (n - 1 in place of n) makes it a little wider than the table's 75.1 % to 99.9 %."""
    found = estimate([Stratum(10**9, 20, 20, 20)])
    assert (found.low, found.high) == (pytest.approx(0.8316, abs=1e-4), 1)
    found = estimate([Stratum(10**9, 20, 20, 19)])
    assert (found.low, found.high) == pytest.approx((0.7513, 0.99873), abs=0.009)
    assert found.low < 0.7513 and found.high > 0.99873


def test_all_right_is_not_certain():
    found = estimate([Stratum(1000, 5, 5, 5)] * 20)
    assert (found.share, found.high) == (1, 1)
    assert 0.93 < found.low < 0.97


def test_a_part_that_cuts_across_strata_is_estimated_from_its_own_units():
    cut = [Stratum(100, 10, 4, 4), Stratum(300, 10, 5, 3)]
    found = estimate(cut)
    assert found.share == pytest.approx((10 * 4 + 30 * 3) / (10 * 4 + 30 * 5))
    assert estimate([Stratum(10, 2, 0, 0)]) is None


@pytest.mark.parametrize("numbers", [(5, 6, 6, 1), (5, 0, 0, 0), (5, 2, 3, 1), (5, 3, 2, 3)])
def test_a_sample_that_cannot_be_is_refused(numbers):
    with pytest.raises(ValueError, match="cannot be"):
        Stratum(*numbers)


DESIGNS = {
    "twenty alike": ([200] * 20, 5),
    "a hundred small": ([50] * 100, 3),
    "one heavy, many light": ([5000, 2000, 1000, *[300] * 7, *[30] * 30], 20),
    "half judged": ([60] * 30, 30),
    "one": ([2000], 60),
}


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("share", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("worse", ["none", "some", "heaviest"])
def test_the_interval_covers_the_truth_as_often_as_it_says(design, share, worse):
    random = np.random.default_rng(7)
    sizes, judged = np.array(DESIGNS[design][0]), DESIGNS[design][1]
    shares = np.full(len(sizes), share)
    if worse == "some":
        shares = np.where(np.arange(len(sizes)) % 4 == 0, 1 - 2.5 * (1 - share), 1 - 0.5 * (1 - share))
    elif worse == "heaviest":
        shares = np.where(sizes == sizes.max(), 1 - 2 * (1 - share), 1.0)
    taken = np.minimum(sizes, judged)
    covered = 0
    for _ in range(4):
        right = random.binomial(sizes, shares)
        truth = right.sum() / sizes.sum()
        for _ in range(50):
            drawn = random.hypergeometric(right, sizes - right, taken)
            found = estimate(
                [
                    Stratum(int(size), int(number), int(number), int(good))
                    for size, number, good in zip(sizes, taken, drawn, strict=True)
                ],
                int(sizes.sum()),
            )
            covered += found.low - 1e-12 <= truth <= found.high + 1e-12
    assert covered / 200 >= 0.92  # 95 % less two standard errors of 200 draws


def test_two_judges_agreement_is_cohens():
    """The table of 20, 5, 10, 15 gives kappa .4 in every textbook."""
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    found = agreement(pairs)
    assert (found.number, found.share) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_agreement_beyond_chance_has_no_value_where_nothing_varies():
    assert agreement([("right", "right")] * 4) == Agreement(4, 1.0, None)
    assert agreement([]) is None
