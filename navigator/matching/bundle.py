"""一策套餐: the best admissible combination of eligible measures, and its money.

Measures that conflict, or share a best-of group, cannot both count. The choice is exact: every connected group of conflicting measures is
searched whole (most money, then most measures, then the earlier ones). Amounts are yuan in the first twelve months.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from navigator.corpus.model import NOT_MONEY, Measure
from navigator.matching.dates import ApplyState

Rivals = dict[str, set[str]]
"""For each measure, those it cannot be had together with."""

_TIMES = {"年": 1, "一次性": 1, "月": 12}


@dataclass(frozen=True, slots=True)
class Offer:
    """An eligible measure with its estimate (yuan for each `per`, None unknown) and whether one can apply."""

    measure: Measure
    estimate: float | None
    apply_state: ApplyState

    @property
    def money(self) -> float:
        """Yuan in the first twelve months; 0 for a loan, a guarantee, a closed window or an unknown amount."""
        benefit = self.measure.benefit
        if self.estimate is None or benefit.kind in NOT_MONEY or self.apply_state == "closed":
            return 0.0
        return max(self.estimate, 0.0) * _TIMES[benefit.per or "一次性"]


@dataclass(frozen=True, slots=True)
class Total:
    """Yuan in the first twelve months: sure, with at-most and typical amounts, and with those still to confirm."""

    low: float
    high: float
    if_confirmed: float


@dataclass(frozen=True, slots=True)
class SetAside:
    """An eligible measure that gives way to a better one."""

    id: str
    because: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The chosen measures, their money, and what was set aside."""

    ids: tuple[str, ...]
    total: Total
    set_aside: tuple[SetAside, ...]


def make_bundle(offers: Sequence[Offer]) -> Bundle:
    """The best admissible combination of `offers`, in their order."""
    rivals = _rivals(offers)
    chosen = _best(rivals, {offer.measure.id: offer.money for offer in offers}, {})
    kept = [offer for offer in offers if offer.measure.id in chosen]
    set_aside = tuple(
        SetAside(offer.measure.id, _because(offer, kept, rivals))
        for offer in offers
        if offer.measure.id not in chosen
    )
    return Bundle(tuple(offer.measure.id for offer in kept), _total(kept), set_aside)


def _rivals(offers: Sequence[Offer]) -> Rivals:
    rivals: Rivals = {offer.measure.id: set() for offer in offers}
    for offer in offers:
        for other in offers:
            one, two = offer.measure, other.measure
            if one.id != two.id and (two.id in one.conflicts_with or (one.best_of and one.best_of == two.best_of)):
                rivals[one.id].add(two.id)
                rivals[two.id].add(one.id)
    return rivals


def _best(rivals: Rivals, money: Mapping[str, float], solved: dict[frozenset[str], set[str]]) -> set[str]:
    """The admissible subset with most money, then most measures, then the earliest: each connected group by itself, once."""
    chosen: set[str] = set()
    for group in _groups(rivals):
        names = frozenset(group)
        if names not in solved:
            solved[names] = _best_of_group(group, money, solved)
        chosen |= solved[names]
    return chosen


def _groups(rivals: Rivals) -> list[Rivals]:
    """The connected groups, each with its own rivals, in order of first appearance."""
    groups, seen = [], set()
    for start in rivals:
        if start in seen:
            continue
        group, pending = set(), [start]
        while pending:
            name = pending.pop()
            if name not in group:
                group.add(name)
                pending.extend(rivals[name])
        seen |= group
        groups.append(_only(group, rivals))
    return groups


def _best_of_group(group: Rivals, money: Mapping[str, float], solved: dict[frozenset[str], set[str]]) -> set[str]:
    """Branches on the measure with most rivals, which soon falls apart into small groups."""
    pivot = max(group, key=lambda name: len(group[name]))
    if not group[pivot]:
        return set(group)
    without = _best(_only(group.keys() - {pivot}, group), money, solved)
    with_pivot = {pivot} | _best(_only(group.keys() - group[pivot] - {pivot}, group), money, solved)
    order = {name: position for position, name in enumerate(group)}

    def worth(names: set[str]) -> tuple[float, int, list[int]]:
        earliest = sorted((-order[name] for name in names), reverse=True)
        return round(math.fsum(money[name] for name in names), 2), len(names), earliest

    return max(with_pivot, without, key=worth)


def _only(names: Set[str], rivals: Rivals) -> Rivals:
    return {name: others & names for name, others in rivals.items() if name in names}


def _because(offer: Offer, kept: Sequence[Offer], rivals: Rivals) -> str:
    other = next(one for one in kept if one.measure.id in rivals[offer.measure.id])
    if offer.measure.best_of and offer.measure.best_of == other.measure.best_of:
        return f"和“{other.measure.name}”只能取最好的一项"
    return f"和“{other.measure.name}”不能同时享受"


def _total(kept: Sequence[Offer]) -> Total:
    low = high = if_confirmed = 0.0
    for offer in kept:
        sure = not offer.measure.confirm
        low += offer.money if sure and offer.measure.benefit.estimate_kind == "exact" else 0.0
        high += offer.money if sure else 0.0
        if_confirmed += offer.money
    return Total(round(low, 2), round(high, 2), round(if_confirmed, 2))
