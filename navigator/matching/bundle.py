"""一策套餐: the best admissible combination of eligible measures, and its money.

Measures that conflict, or share a best-of group, cannot both count; measures under a shared cap count together up to the cap. The choice is
exact: every group of measures that bear on one another is searched whole (most money, then most measures, then the earlier ones). Amounts are
yuan in the first twelve months.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from navigator.corpus.model import NOT_MONEY, Measure
from navigator.matching.dates import ApplyState

Rivals = dict[str, set[str]]
"""For each measure, those it cannot be had together with."""

Left = Mapping[str, float]
"""By name of a shared cap: how many yuan are left under it."""

TIMES = {"年": 1, "一次性": 1, "月": 12}
"""How often an amount comes in twelve months."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An eligible measure with its estimate (yuan for each `per`, None unknown) and whether one can apply.

    `limit`: yuan that all measures under its shared cap bring together at most; None without a cap, or where it is unknown.
    """

    measure: Measure
    estimate: float | None
    apply_state: ApplyState
    limit: float | None = None

    @property
    def money(self) -> float:
        """Yuan in the first twelve months; 0 for a loan, a guarantee, a closed window or an unknown amount."""
        benefit = self.measure.benefit
        if self.estimate is None or benefit.kind in NOT_MONEY or self.apply_state == "closed":
            return 0.0
        return max(self.estimate, 0.0) * TIMES[benefit.per or "一次性"]

    @property
    def cap(self) -> str | None:
        """The name of the shared cap that holds for it."""
        shared = self.measure.shared_cap
        return shared.name if shared and self.limit is not None else None


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
class Capped:
    """Chosen measures whose amounts come to more than their shared cap, which counts in their place.

    `cut`: yuan by which the cap lowers `Total.if_confirmed`; the other totals are cut by less where they count less.
    """

    ids: tuple[str, ...]
    what: str
    limit: float
    cut: float


@dataclass(frozen=True, slots=True)
class Bundle:
    """The chosen measures, their money, what was set aside, and where a shared cap cut the sum."""

    ids: tuple[str, ...]
    total: Total
    set_aside: tuple[SetAside, ...]
    capped: tuple[Capped, ...] = ()


def make_bundle(offers: Sequence[Offer]) -> Bundle:
    """The best admissible combination of `offers`, in their order."""
    rivals = _rivals(offers)
    limits = _limits(offers)
    bound = [offer for offer in offers if rivals[offer.measure.id] or offer.cap]
    chosen = _Search(bound).best({offer.measure.id: rivals[offer.measure.id] for offer in bound}, limits)
    given_way = {offer.measure.id for offer in bound} - chosen
    kept = [offer for offer in offers if offer.measure.id not in given_way]
    set_aside = tuple(
        SetAside(offer.measure.id, _because(offer, kept, rivals)) for offer in bound if offer.measure.id in given_way
    )
    return Bundle(tuple(offer.measure.id for offer in kept), _total(kept, limits), set_aside, _capped(kept, limits))


def _rivals(offers: Sequence[Offer]) -> Rivals:
    rivals: Rivals = {offer.measure.id: set() for offer in offers}
    best_of: dict[str, set[str]] = defaultdict(set)
    for offer in offers:
        name = offer.measure.id
        for other in offer.measure.conflicts_with:
            if other in rivals and other != name:
                rivals[name].add(other)
                rivals[other].add(name)
        if offer.measure.best_of:
            best_of[offer.measure.best_of].add(name)
    for group in best_of.values():
        for name in group:
            rivals[name] |= group - {name}
    return rivals


def _limits(offers: Sequence[Offer]) -> dict[str, float]:
    limits: dict[str, float] = {}
    for offer in offers:
        if offer.cap and offer.limit is not None:
            limits[offer.cap] = min(limits.get(offer.cap, math.inf), max(offer.limit, 0.0))
    return limits


class _Search:
    """The admissible subset with most money, then most measures, then the earliest: each connected group by itself, once."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._money = {offer.measure.id: offer.money for offer in offers}
        self._cap = {offer.measure.id: offer.cap for offer in offers}
        self._solved: dict[tuple[frozenset[str], tuple[tuple[str, float], ...]], set[str]] = {}

    def best(self, rivals: Rivals, left: Left) -> set[str]:
        chosen: set[str] = set()
        for group in self._groups(rivals, left):
            caps = {cap for name in group if (cap := self._cap[name])}
            key = frozenset(group), tuple((cap, left[cap]) for cap in sorted(caps))
            if key not in self._solved:
                self._solved[key] = self._best_of_group(group, left)
            chosen |= self._solved[key]
        return chosen

    def _groups(self, rivals: Rivals, left: Left) -> list[Rivals]:
        """The groups connected by rivalry or by a cap that can bind, each with its own rivals, in order of first appearance."""
        beside = self._under_one_cap(rivals, left)
        groups, seen = [], set()
        for start in rivals:
            if start in seen:
                continue
            group, pending = set(), [start]
            while pending:
                name = pending.pop()
                if name not in group:
                    group.add(name)
                    pending += [*rivals[name], *beside.get(self._cap[name] or "", ())]
            seen |= group
            groups.append(_only(group, rivals))
        return groups

    def _under_one_cap(self, rivals: Rivals, left: Left) -> dict[str, list[str]]:
        members: dict[str, list[str]] = defaultdict(list)
        for name in rivals:
            if cap := self._cap[name]:
                members[cap].append(name)
        return {
            cap: names for cap, names in members.items() if math.fsum(self._money[name] for name in names) > left[cap]
        }

    def _best_of_group(self, group: Rivals, left: Left) -> set[str]:
        """Branches on the measure with most rivals, which soon falls apart into small groups."""
        pivot = max(group, key=lambda name: len(group[name]))
        if not group[pivot]:
            return set(group)
        without = self.best(_only(group.keys() - {pivot}, group), left)
        after = self.best(_only(group.keys() - group[pivot] - {pivot}, group), self._left_after(pivot, left))
        order = {name: position for position, name in enumerate(group)}

        def worth(names: set[str]) -> tuple[float, int, list[int]]:
            earliest = sorted((-order[name] for name in names), reverse=True)
            return round(_sum({name: self._money[name] for name in names}, self._cap, left), 2), len(names), earliest

        return max({pivot} | after, without, key=worth)

    def _left_after(self, name: str, left: Left) -> Left:
        cap = self._cap[name]
        return {**left, cap: max(left[cap] - self._money[name], 0.0)} if cap else left


def _only(names: Set[str], rivals: Rivals) -> Rivals:
    return {name: others & names for name, others in rivals.items() if name in names}


def _sum(money: Mapping[str, float], cap_of: Mapping[str, str | None], limits: Left) -> float:
    """What measures bring together: under each shared cap no more than the cap."""
    sums: dict[str | None, list[float]] = defaultdict(list)
    for name, yuan in money.items():
        sums[cap_of[name]].append(yuan)
    return math.fsum(min(math.fsum(parts), limits[cap] if cap else math.inf) for cap, parts in sums.items())


def _because(offer: Offer, kept: Sequence[Offer], rivals: Rivals) -> str:
    other = next(one for one in kept if one.measure.id in rivals[offer.measure.id])
    if offer.measure.best_of and offer.measure.best_of == other.measure.best_of:
        return f"和“{other.measure.name}”只能取最好的一项"
    return f"和“{other.measure.name}”不能同时享受"


def _total(kept: Sequence[Offer], limits: Left) -> Total:
    cap_of = {offer.measure.id: offer.cap for offer in kept}
    money = [(offer.measure, offer.money) for offer in kept]

    def of(counts: Callable[[Measure], bool]) -> float:
        return round(_sum({one.id: yuan for one, yuan in money if counts(one)}, cap_of, limits), 2)

    return Total(
        low=of(lambda one: not one.confirm and one.benefit.estimate_kind == "exact"),
        high=of(lambda one: not one.confirm),
        if_confirmed=of(lambda one: True),
    )


def _capped(kept: Sequence[Offer], limits: Left) -> tuple[Capped, ...]:
    found = []
    for cap, limit in limits.items():
        under = [offer for offer in kept if offer.cap == cap and offer.money]
        cut = round(math.fsum(offer.money for offer in under) - limit, 2)
        if cut > 0:
            shared = under[0].measure.shared_cap
            found.append(Capped(tuple(offer.measure.id for offer in under), shared.what if shared else cap, limit, cut))
    return tuple(found)
