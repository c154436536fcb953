"""With the network cut the browser says of an enterprise what `assess` says of it: thousands of enterprises, edges of every threshold, any rule."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from navigator.corpus.model import FactSpec
from navigator.matching import assess
from navigator.matching.assess import Assessment
from navigator.matching.language import Compare, Const, Day, HasPrefix, Member, facts_in, walk
from navigator.matching.portable import program
from navigator.matching.rulebook import RuleBook
from navigator.matching.synthetic import synthetic_enterprises
from tests.browser.scripts import page_without_network
from tests.matching.test_together import amounts
from tests.matching.worlds import DAY, days, make_measure, make_rulebook, money, predicates, profiles

Profile = Mapping[str, Any]
Asked = Sequence[tuple[Profile, date]]
Evaluate = Callable[[RuleBook, Asked], Callable[[], list[dict[str, Any]]]]
"""Lets the page begin with enterprises, and gives what takes its answers."""
SHOWN = 20
"""Of every so many enterprises the facts beside each condition are compared too."""

_LOAD = """async () => {
    const { evaluate } = await import('/evaluate.js');
    const told = ({ measures, questions, bundle, no_application, commitments, contradictions }, shows) => ({
        measures: measures.map((one) => [
            `${one.id} ${one.status} ${one.apply_state} ` +
                `${one.conditions.map((condition) => String(condition.outcome)[0]).join('')} ${one.missing}`,
            one.estimate, one.near_estimate,
            one.near_miss.map((miss) => [miss.fact, miss.have, miss.need, miss.distance, miss.by]),
        ]),
        actual: shows && measures.flatMap((one) => one.conditions.map((condition) => condition.actual)),
        questions: questions.map((one) => [one.fact, one.question, one.decides, one.weight]),
        bundle, no_application, commitments, contradictions,
    });
    window.assess = (program, asked) => {
        const rules = JSON.parse(program);
        const found = JSON.parse(asked).map(([facts, asOf, shows]) => told(evaluate(rules, facts, asOf), shows));
        return JSON.stringify(found);
    };
    window.start = (program, asked) => {
        window.found = new Promise((done) => setTimeout(() => done(window.assess(program, asked))));
    };
}"""


@pytest.fixture(scope="module")
def evaluate(browser: Browser) -> Iterator[Evaluate]:
    """What a page finds that has the scripts and no network any more."""
    with page_without_network(browser, _LOAD) as page:

        def begin(rulebook: RuleBook, asked: Asked) -> Callable[[], list[dict[str, Any]]]:
            sent = [
                [_plain(facts), as_of.isoformat(), place % SHOWN == 0] for place, (facts, as_of) in enumerate(asked)
            ]
            texts = [json.dumps(one, allow_nan=False) for one in (program(rulebook), sent)]
            page.evaluate("([program, asked]) => window.start(program, asked)", texts)
            return lambda: json.loads(page.evaluate("() => window.found"), parse_int=float)

        yield begin


def _plain(value: Any) -> Any:
    """As JSON carries it: dates as ISO text, what is not finite as null."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value


_LETTERS = {True: "t", False: "f", None: "n"}


def told(found: Assessment, shows: bool) -> dict[str, Any]:
    """What `assess` found, in the form in which the page tells it."""
    measures = [
        [
            f"{one.measure.id} {one.status} {one.apply_state} "
            f"{''.join(map(_LETTERS.__getitem__, one.grounds.outcomes[one.ready.first : one.ready.last]))} {','.join(one.missing)}",
            one.estimate, one.near_estimate,
            [_plain([miss.fact, miss.have, miss.need, miss.distance, miss.by]) for miss in one.near_miss],
        ]
        for one in found.measures
    ]  # fmt: skip
    bundle, total = found.bundle, found.bundle.total
    return {"measures": measures} | _plain(
        {
            "actual": shows and [condition.actual for one in found.measures for condition in one.conditions],
            "questions": [[one.fact, one.question, one.decides, one.weight] for one in found.questions],
            "bundle": {
                "ids": bundle.ids,
                "total": {"low": total.low, "high": total.high, "if_confirmed": total.if_confirmed},
                "set_aside": [{"id": one.id, "because": one.because} for one in bundle.set_aside],
                "capped": [
                    {"ids": one.ids, "what": one.what, "cap": one.limit, "cut": one.cut} for one in bundle.capped
                ],
            },
            "no_application": found.no_application,
            "commitments": [{"number": one.commitment.number, "why": one.why} for one in found.commitments],
            "contradictions": [
                {"fact": one.fact, "given": one.given, "concluded": one.concluded, "because": one.because}
                for one in found.contradictions
            ],
        }
    )


def assert_same(evaluate: Evaluate, rulebook: RuleBook, asked: Asked) -> list[Assessment]:
    answers = evaluate(rulebook, asked)
    assessed = [assess(facts, as_of, rulebook) for facts, as_of in asked]
    for place, ((facts, as_of), found, there) in enumerate(zip(asked, assessed, answers(), strict=True)):
        here = told(found, place % SHOWN == 0)
        there["contradictions"].sort(key=json.dumps)
        here["contradictions"].sort(key=json.dumps)
        for one, other in zip(here["measures"], there["measures"], strict=True):
            assert one == other, (facts, as_of)
        assert here == there, (facts, as_of)
    return assessed


def days_that_matter(rulebook: RuleBook) -> list[date]:
    """The first and last days of measures and windows, and the days beside them."""
    found = {DAY, date(2024, 2, 29), date(2027, 12, 31)}
    for one in rulebook.measures:
        measure = one.measure
        windows = [day for window in measure.apply.windows or [] for day in (window.from_, window.to)]
        for day in (measure.in_force.from_, measure.in_force.to, measure.in_force.sure_until, *windows):
            if day:
                found |= {day - timedelta(days=1), day, day + timedelta(days=1)}
    return sorted(found)


def edges(rulebook: RuleBook) -> dict[str, list[Any]]:
    """For each fact, the constants and days that some predicate or conclusion compares it with."""
    found: dict[str, set[Any]] = defaultdict(set)
    conclusions = (*rulebook.facts.implied, *rulebook.facts.derived)
    for node in [*(rule.node for one in rulebook.measures for rule in one.rules), *(one.node for one in conclusions)]:
        for part in walk(node):
            match part:
                case HasPrefix(fact, prefixes):
                    found[fact.name].update(prefixes)
                case Compare() | Member():
                    values = [
                        one if isinstance(one, Day) else one.value for one in walk(part) if isinstance(one, Const | Day)
                    ]
                    values += part.values if isinstance(part, Member) else ()
                    for name in facts_in(part):
                        found[name].update(values)
    return {name: sorted(values, key=repr) for name, values in found.items()}


def value_near(spec: FactSpec, around: list[Any], as_of: date, random: Random) -> Any:
    """A value that a predicate may just tell apart from its neighbour."""
    match spec.type:
        case "bool":
            return random.random() < 0.5
        case "choice":
            return random.choice(spec.values)
        case "date":
            edge = random.choice([one.on(as_of) for one in around if isinstance(one, Day)] or [as_of])
            return edge + timedelta(days=random.choice([-366, -1, 0, 1]))
        case "code":
            code = random.choice([one for one in around if isinstance(one, str)] or ["42"])
            longest = 5 if spec.name == "industry" else 6
            shortest = 1 if spec.name == "industry" else 2
            longer = code + random.choice(["", "0", "81"])
            return longer[: random.randint(min(shortest, len(code)), longest)]
    edge = random.choice([one for one in around if isinstance(one, float)] or [0.0])
    step = random.choice([0, 0, 1, -1, 0.5, edge * 0.1]) if spec.type != "count" else random.choice([0, 0, 1, -1, 5])
    value = random.choice([edge + step, edge + step, 0.0, 0.125, 1e15])
    value = float(round(value)) if spec.type == "count" else value
    return min(max(value, spec.min or 0.0), 100.0 if spec.type == "percent" else math.inf)


def made_at_edges(rulebook: RuleBook, count: int) -> Iterator[tuple[Profile, date]]:
    """Enterprises whose facts lie at the thresholds, from hardly to wholly known, contradictions and all."""
    random, around, all_days = Random(20261123), edges(rulebook), days_that_matter(rulebook)
    specs = [spec for spec in rulebook.facts.specs.values() if spec.type != "text"]
    for _ in range(count):
        as_of, share = random.choice(all_days), random.choice([0.1, 0.4, 0.7, 1.0])
        yield (
            {
                spec.name: value_near(spec, around.get(spec.name, []), as_of, random)
                for spec in specs
                if random.random() < share and not (spec.derived and random.random() < 0.7)
            },
            as_of,
        )


def test_invented_enterprises_are_assessed_alike_on_any_day(evaluate, rulebook):
    random, all_days = Random(9), days_that_matter(rulebook)
    rows = [row for unknown in (0.05, 0.3, 0.6, 0.9) for row in synthetic_enterprises(200, 11, unknown).to_dicts()]
    asked = [
        ({name: value for name, value in row.items() if value is not None}, random.choice(all_days)) for row in rows
    ]
    assert_same(evaluate, rulebook, asked)


def test_enterprises_at_the_thresholds_are_assessed_alike(evaluate, rulebook):
    assessed = assert_same(evaluate, rulebook, list(made_at_edges(rulebook, 1200)))
    results = [result for one in assessed for result in one.measures]
    assert {result.status for result in results} == {
        "not_yet", "expired", "unverified", "eligible", "not_eligible", "needs_info",
    }  # fmt: skip
    assert any(result.near_miss for result in results)
    assert any(one.bundle.set_aside for one in assessed)
    assert any(one.contradictions for one in assessed)
    assert any(one.questions for one in assessed)


def test_an_enterprise_of_which_nothing_is_known_is_asked_the_same_questions(evaluate, rulebook):
    (found,) = assert_same(evaluate, rulebook, [({}, DAY)])
    assert found.questions


windows = st.sampled_from(
    [[], None, [{"from": date(2026, 1, 1), "to": date(2026, 6, 30)}], [{"from": None, "to": date(2000, 1, 1)}]]
)
caps = st.none() | st.builds(
    lambda name, amount: {"name": name, "what": "税", "amount": amount}, st.sampled_from(["x", "y"]), amounts
)
odd_profiles = st.builds(
    lambda facts, odd: facts | odd,
    profiles(),
    st.dictionaries(
        st.sampled_from(["revenue", "total_assets", "taxable_income"]),
        st.sampled_from([math.nan, math.inf, 1e308, 0.0]),
        max_size=2,
    ),
)


@st.composite
def rulebooks(draw: st.DrawFn) -> RuleBook:
    """A few measures of any conditions, estimates, rivals and caps."""
    made = []
    for name in draw(st.sampled_from(["ab", "abc", "abcd"])):
        benefit = money(
            draw(amounts),
            draw(st.sampled_from(["exact", "at_most", "typical"])),
            draw(st.sampled_from(["年", "月", "一次性"])),
            draw(st.sampled_from(["返还", "贷款", "减税"])),
        )
        made.append(
            make_measure(
                name,
                *draw(st.lists(predicates(2), min_size=1, max_size=2)),
                benefit=benefit,
                confirm=draw(st.sampled_from([[], ["当面看"]])),
                apply={"where": None, "windows": draw(windows)},
                conflicts_with=draw(st.lists(st.sampled_from("abcd"), max_size=2)),
                best_of=draw(st.sampled_from([None, None, "p"])),
                shared_cap=draw(caps),
                delivery=draw(st.sampled_from(["免申即享", "申请审核"])),
            )
        )
    return make_rulebook(*made)


@settings(max_examples=25)
@given(rulebooks(), st.lists(st.tuples(odd_profiles, days), min_size=4, max_size=8))
def test_whatever_the_rules_the_page_and_the_server_say_the_same(evaluate, rulebook, asked):
    assert_same(evaluate, rulebook, asked)


NARROW = (
    "(rd_expense * 100 >= revenue * 3 AND rd_expense * 100 <= revenue * 3.001) OR above_scale",
    "(layoff_rate > 5 AND layoff_rate < 5.001) OR above_scale",
    "(employees > 3 AND employees < 5) OR above_scale",
    "(employees * 2 > 7 AND employees * 2 < 9) OR above_scale",
    "taxable_income < revenue - total_assets OR above_scale",
    "(in_industry('C') AND NOT in_industry('C38', 'C39')) OR above_scale",
    "established_on = DATE '2024-02-29' OR above_scale",
    "rd_expense >= 1000",
    "established_on <= as_of - INTERVAL 1 YEAR",
)


def hard_rules() -> RuleBook:
    """Conditions that one answer in thousands decides, changes that are just near, and money that a careless sum gets wrong."""
    conditions = [make_measure(f"n{place}", one) for place, one in enumerate(NARROW)]
    short = {"from": date(2020, 1, 1), "to": DAY + timedelta(days=10)}
    ends = make_measure("over-soon", "established_on <= as_of - INTERVAL 1 YEAR", in_force=short)
    amounts_of = ("revenue", "1", "1", "employees * 0.125", "employees * 0.005")
    sums = [make_measure(f"s{place}", "employees > 0", benefit=money(one)) for place, one in enumerate(amounts_of)]
    rivals = [
        make_measure("r0", "employees > 0", conflicts_with=["r1", "r2"]),
        make_measure("r1", "employees > 0"),
        make_measure("r2", "employees > 0"),
    ]
    capped = {"name": "x", "what": "税", "amount": "100"}
    shares = [
        make_measure(name, "employees > 0", benefit=money(yuan), shared_cap=cap, conflicts_with=against)
        for name, yuan, cap, against in (
            ("c0", "90", capped, ["c1"]), ("c1", "60", None, []), ("c2", "80", capped, ["c3"]), ("c3", "30", None, []),
        )
    ]  # fmt: skip
    return make_rulebook(*conditions, ends, *sums, *rivals, *shares)


def test_narrow_thresholds_near_changes_halves_of_a_cent_and_large_sums_come_out_alike(evaluate):
    year_ago = [DAY - timedelta(days=days) for days in (365, 364, 360, 350, 0, -1, -2)]
    asked = [
        ({}, DAY),
        *(({"revenue": 12345678, "rd_expense": spent}, DAY) for spent in (800, 801, 799, 830, 999.5, 1200)),
        *(({"established_on": day}, DAY) for day in year_ago),
        *(({"employees": people, "revenue": yuan}, DAY) for people in (1, 3, 5, 7) for yuan in (0.0, 1e16, 0.1, 2.675)),
        ({"industry": "C", "revenue": 5, "total_assets": 700}, DAY),
    ]
    assert_same(evaluate, hard_rules(), asked)
