"""The best admissible combination, against trying every one; and what counts as money."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.matching import assess
from navigator.matching.bundle import Offer, make_bundle
from tests.matching.worlds import make_measure, money

NAMES = tuple("abcdefghi")


LIMITS = {"cap-one": 25.0, "cap-two": 40.0}


def offer(id: str, estimate: float | None, apply_state: str = "always", benefit: dict[str, Any] | None = None, **changes: Any) -> Offer:
    benefit = benefit or money("revenue")
    cap = changes.pop("cap", None)
    if cap:
        changes["shared_cap"] = {"name": cap, "what": "上限", "amount": "revenue"}
    return Offer(make_measure(id, "above_scale", benefit=benefit, **changes), estimate, apply_state, LIMITS.get(cap))  # type: ignore[arg-type]


def admissible(names: set[str], offers: list[Offer]) -> bool:
    chosen = [one.measure for one in offers if one.measure.id in names]
    return not any(
        two.id in one.conflicts_with or one.id in two.conflicts_with or (one.best_of and one.best_of == two.best_of)
        for one, two in combinations(chosen, 2)
    )


@st.composite
def rivalries(draw: st.DrawFn) -> list[Offer]:
    """Up to nine offers with random conflicts (written on either side), best-of groups and shared caps."""
    names = NAMES[: draw(st.integers(1, 9))]
    return [
        offer(
            name,
            draw(st.one_of(st.none(), st.integers(0, 40).map(float), st.sampled_from([0.1, 0.2, 0.3]))),
            conflicts_with=sorted(draw(st.sets(st.sampled_from(NAMES), max_size=3)) - {name}),
            best_of=draw(st.sampled_from([None, None, "x", "y"])),
            cap=draw(st.sampled_from([None, None, *LIMITS])),
            confirm=draw(st.sampled_from([[], ["当面确认"]])),
        )
        for name in names
    ]


def together(names: set[str], offers: list[Offer]) -> float:
    """What measures bring together, by adding up and cutting at each cap."""
    chosen = [one for one in offers if one.measure.id in names]
    free = sum(one.money for one in chosen if one.cap is None)
    return free + sum(min(limit, sum(one.money for one in chosen if one.cap == cap)) for cap, limit in LIMITS.items())


@given(rivalries())
def test_no_admissible_combination_has_more_money_or_as_much_with_more_measures(offers):
    ids = [one.measure.id for one in offers]
    every = (set(some) for size in range(len(offers) + 1) for some in combinations(ids, size))
    best = max((round(together(some, offers), 2), len(some)) for some in every if admissible(some, offers))
    bundle = make_bundle(offers)
    assert admissible(set(bundle.ids), offers)
    assert (round(together(set(bundle.ids), offers), 2), len(bundle.ids)) == best
    assert bundle.total.if_confirmed == pytest.approx(best[0])
    assert bundle.total.low <= bundle.total.high <= bundle.total.if_confirmed


@given(rivalries())
def test_every_offer_is_chosen_or_set_aside_for_one_that_is_chosen(offers):
    bundle = make_bundle(offers)
    ids = [one.measure.id for one in offers]
    assert list(bundle.ids) == [name for name in ids if name in bundle.ids]
    assert sorted([*bundle.ids, *(one.id for one in bundle.set_aside)]) == ids
    for item in bundle.set_aside:
        assert any(f"“事项{name}”" in item.because for name in bundle.ids)
        assert item.because.endswith(("只能取最好的一项", "不能同时享受"))


@given(rivalries())
def test_a_cap_that_cuts_the_sum_is_named_with_all_under_it(offers):
    bundle = make_bundle(offers)
    kept = [one for one in offers if one.measure.id in bundle.ids]
    for cap, limit in LIMITS.items():
        under = [one for one in kept if one.cap == cap and one.money]
        found = [one for one in bundle.capped if set(one.ids) == {other.measure.id for other in under} and under]
        assert len(found) == (sum(one.money for one in under) > limit + 0.005)


def test_where_a_cap_is_full_the_measure_outside_it_is_the_better_one():
    offers = [offer("full", 25.0, cap="cap-one"), offer("big", 20.0, cap="cap-one", conflicts_with=["small"]), offer("small", 5.0)]
    bundle = make_bundle(offers)
    assert bundle.ids == ("full", "small")
    assert bundle.total.low == 30.0


def test_an_unknown_cap_cuts_nothing():
    capped = make_measure("a", "above_scale", benefit=money("revenue"), shared_cap={"name": "c", "what": "上限", "amount": "revenue"})
    assert make_bundle([Offer(capped, 50.0, "always"), offer("b", 5.0)]).total.low == 55.0


def test_the_corporate_income_tax_of_a_year_is_not_saved_twice():
    pig_farm = {
        "entity_type": "企业", "industry": "A0313", "employees": 20, "total_assets": 3e6, "taxable_income": 4e5,
        "restricted_industry": False, "rd_expense": 4e5, "is_high_tech_enterprise": False,
    }  # fmt: skip
    found = assess(pig_farm, date(2026, 11, 23))
    (capped,) = [one for one in found.bundle.capped if "企业所得税" in one.what]
    assert {"tax-cit-agri-exempt", "tax-small-low-profit-cit"} <= set(capped.ids)
    assert capped.limit == 1e5
    alone = sum(one.estimate or 0 for one in found.measures if one.measure.id in capped.ids)
    assert alone > capped.limit
    assert capped.cut == pytest.approx(alone - capped.limit)
    assert found.as_dict()["bundle"]["capped"] == [
        {"ids": list(capped.ids), "what": capped.what, "cap": 100000, "cut": capped.cut}
    ]
    assert found.bundle.total.if_confirmed == pytest.approx(
        capped.limit
        + sum(
            Offer(one.measure, one.estimate, one.apply_state).money
            for one in found.measures
            if one.measure.id in found.bundle.ids and one.measure.id not in capped.ids
        )
    )


def test_of_equals_the_earlier_one_stays():
    assert make_bundle([offer("a", 5.0, best_of="x"), offer("b", 5.0, best_of="x")]).ids == ("a",)
    assert make_bundle([offer("b", 5.0, best_of="x"), offer("a", 5.0, best_of="x")]).ids == ("b",)


def test_one_large_measure_gives_way_to_two_smaller_ones_that_bring_more():
    bundle = make_bundle([offer("big", 10.0, conflicts_with=["c1", "c2"]), offer("c1", 6.0), offer("c2", 6.0)])
    assert bundle.ids == ("c1", "c2")
    assert [(one.id, one.because) for one in bundle.set_aside] == [("big", "和“事项c1”不能同时享受")]


def test_a_long_chain_of_conflicts_is_solved_at_once():
    worth = [float(number * 7 % 10 + 1) for number in range(60)]
    chain = [offer(f"n{number}", yuan, conflicts_with=[f"n{number + 1}"]) for number, yuan in enumerate(worth)]
    best, best_without_last = 0.0, 0.0
    for yuan in worth:
        best, best_without_last = max(best, best_without_last + yuan), best
    assert make_bundle(chain).total.low == best


def test_an_empty_bundle_has_no_money():
    bundle = make_bundle([])
    assert (bundle.ids, bundle.set_aside) == ((), ())
    assert (bundle.total.low, bundle.total.high, bundle.total.if_confirmed) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("benefit", "state", "estimate", "yuan"),
    [
        (money("revenue", per="年"), "always", 100.0, 100.0),
        (money("revenue", per="一次性"), "always", 100.0, 100.0),
        (money("revenue", per="月"), "always", 100.0, 1200.0),
        (money("revenue"), "open", 100.0, 100.0),
        (money("revenue"), "opens", 100.0, 100.0),
        (money("revenue"), "unknown", 100.0, 100.0),
        (money("revenue"), "closed", 100.0, 0.0),
        (money("revenue", kind="贷款"), "open", 100.0, 0.0),
        (money("revenue", kind="担保"), "open", 100.0, 0.0),
        (money("revenue", kind="贴息"), "open", 100.0, 100.0),
        (money("revenue"), "open", None, 0.0),
        (money("revenue"), "open", -3.0, 0.0),
    ],
)
def test_money_is_what_comes_in_the_first_twelve_months(benefit, state, estimate, yuan):
    assert offer("m", estimate, state, benefit).money == yuan


def test_the_total_tells_sure_hoped_and_still_to_confirm_apart():
    confirm = {"confirm": ["有合同"]}
    bundle = make_bundle(
        [
            offer("exact", 1000.0),
            offer("monthly", 10.0, benefit=money("revenue", per="月")),
            offer("at-most", 200.0, benefit=money("revenue", "at_most")),
            offer("typical", 30.0, benefit=money("revenue", "typical")),
            offer("exact-confirm", 4000.0, **confirm),
            offer("at-most-confirm", 500.0, benefit=money("revenue", "at_most"), **confirm),
            offer("loan", 9e6, benefit=money("revenue", kind="贷款")),
            offer("closed", 9e6, "closed"),
            offer("unknown", None),
        ]
    )
    assert len(bundle.ids) == 9
    assert (bundle.total.low, bundle.total.high, bundle.total.if_confirmed) == (1120.0, 1350.0, 5850.0)
