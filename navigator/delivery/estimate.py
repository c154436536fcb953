"""The arithmetic of audits: a rate estimated from a stratified random sample with its 95 % interval, and how far two judges agree.

It knows nothing of pushes or of the store: numbers in, numbers out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.special import betaincinv, stdtrit

_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Stratum:
    """A simple random sample out of a stratum: of `size` units `judged` were judged; of these `inside` belong to the part that
    is asked about (all of them where the whole stratum is), and of those `right` were right."""

    size: int
    judged: int
    inside: int
    right: int

    def __post_init__(self) -> None:
        if not (0 <= self.right <= self.inside <= self.judged <= self.size and self.judged > 0):
            raise ValueError(f"a sample that cannot be: {self}")

    @property
    def weight(self) -> float:
        """How many units each judged one stands for."""
        return self.size / self.judged

    @property
    def open_share(self) -> float:
        """The part of the stratum that was not judged: the finite population correction."""
        return 1 - self.judged / self.size


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share (0-1) and the ends of its 95 % interval."""

    share: float
    low: float
    high: float


def estimate(strata: Sequence[Stratum], size: int | None = None) -> Estimate | None:
    """The share of right units, each judged one weighted by size / judged of its stratum; None where nothing was judged.

    The interval is the one of Korn and Graubard (1998): Clopper-Pearson on the effective sample size. The variance in it is the
    larger of two: the design's own (linearised, stratified, with finite population correction), and what the weights would give if
    all strata had the common share. So strata without a fault do not make it falsely narrow, and where everything is right it
    keeps the length of the rule of three. A t-factor with Satterthwaite's degrees of freedom pays for few judged units in heavy
    strata. Nothing is uncertain where all units were judged: both ends are the share. `size`, where known, is the number of units
    asked about: what was found among them bounds the interval.
    """
    weighed = sum(one.weight * one.inside for one in strata)
    if not weighed:
        return None
    share = sum(one.weight * one.right for one in strata) / weighed
    if not any(one.inside and one.open_share for one in strata):
        return Estimate(share, share, share)
    spread = sum(one.weight**2 * one.inside * one.open_share for one in strata)
    effective = weighed**2 / spread
    if 0 < share < 1:
        common = share * (1 - share) / effective
        effective = share * (1 - share) / max(common, _design_variance(strata, share, weighed))
    effective *= _penalty(strata)
    low, high = _clopper_pearson(share, effective)
    if size:
        right = sum(one.right for one in strata)
        wrong = sum(one.inside for one in strata) - right
        low, high = max(low, min(right / size, share)), min(high, max(1 - wrong / size, share))
    return Estimate(share, low, high)


def _design_variance(strata: Iterable[Stratum], share: float, weighed: float) -> float:
    found = 0.0
    for one in strata:
        if one.judged > 1 and one.open_share:
            wrong = one.inside - one.right
            total = one.right * (1 - share) - wrong * share
            squares = one.right * (1 - share) ** 2 + wrong * share**2
            variance = max(0.0, squares - total**2 / one.judged) / (one.judged - 1)
            found += one.size**2 * one.open_share / one.judged * variance
    return found / weighed**2


def _penalty(strata: Iterable[Stratum]) -> float:
    """(t of all judged units / t of the effective degrees of freedom)², of those strata that leave something open."""
    parts = [
        (one.weight**2 * one.inside * one.open_share, max(one.inside - 1, 1))
        for one in strata
        if one.open_share and one.inside
    ]
    judged = sum(one.inside for one in strata if one.open_share)
    whole = sum(weight for weight, _ in parts)
    freedom = whole**2 / sum(weight**2 / freedom for weight, freedom in parts)
    inner = float(stdtrit(max(judged - 1, 1), 1 - _TAIL))
    return (inner / float(stdtrit(min(max(freedom, 1), max(judged - 1, 1)), 1 - _TAIL))) ** 2


def _clopper_pearson(share: float, number: float) -> tuple[float, float]:
    right, wrong = share * number, (1 - share) * number
    low = 0.0 if right <= 0 else float(betaincinv(right, wrong + 1, _TAIL))
    high = 1.0 if wrong <= 0 else float(betaincinv(right + 1, wrong, 1 - _TAIL))
    return low, high


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two judges agree over the same units: how many units, the share judged alike, Cohen's kappa.

    Kappa is None where it has no value: both used one and the same verdict throughout.
    """

    number: int
    share: float
    kappa: float | None


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement | None:
    """Agreement beyond chance (Cohen 1960) of first and second verdicts; None without any."""
    counted = Counter(pairs)
    number = counted.total()
    if not number:
        return None
    alike = sum(count for (first, second), count in counted.items() if first == second) / number
    firsts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for (first, second), count in counted.items():
        firsts[first] += count
        seconds[second] += count
    chance = sum(firsts[word] * seconds[word] for word in firsts) / number**2
    return Agreement(number, alike, None if chance >= 1 else (alike - chance) / (1 - chance))
