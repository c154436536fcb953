"""Random facts, predicates and small rule books for the tests of matching.

`profiles` and `predicates` draw over the real facts.yaml; `as_text` writes a tree back; `make_measure` and `make_rulebook` build a rule
book of a few invented measures on the real facts, commitments and platforms.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import Commitment, FactsFile, Measure
from navigator.corpus.yamlfile import YamlFile, read_yaml, validate
from navigator.matching.language import (
    And,
    Arithmetic,
    Case,
    Compare,
    Const,
    Day,
    Extreme,
    Fact,
    HasPrefix,
    Member,
    Node,
    Not,
    Or,
)
from navigator.matching.rulebook import RuleBook, compile_commitment, compile_measure
from navigator.settings import settings

_facts = read_yaml(settings().corpus / "facts.yaml")
SPECS = {spec.name: spec for spec in validate(FactsFile, _facts.data, _facts).facts}
DAY = date(2026, 11, 23)
INDUSTRIES = ("C", "C3", "C38", "C384", "C3841", "C39", "F", "F51", "F5137", "H6210", "K702", "T")
REGIONS = ("42", "4208", "420881", "420804", "4201", "11", "110101")

counts = st.integers(0, 400).map(float)
amounts = st.one_of(st.integers(0, 10**9).map(float), st.sampled_from([0.0, 3e6, 5e7, 0.01, 1e15]))
shares = st.one_of(st.integers(0, 100).map(float), st.sampled_from([0.01, 5.5, 19.99, 20.0]))
profits = st.integers(-(10**7), 10**7).map(float)
days = st.dates(date(1990, 1, 1), date(2030, 12, 31))

VALUES: dict[str, st.SearchStrategy] = {
    "employees": counts,
    "insured_employees": counts,
    "revenue": amounts,
    "total_assets": amounts,
    "taxable_income": profits,
    "layoff_rate": shares,
    "established_on": days,
    "entity_type": st.sampled_from(["企业", "个体工商户", "农民专业合作社", "社会组织"]),
    "tax_credit_rating": st.sampled_from(["A", "B", "M", "C", "D"]),
    "restricted_industry": st.booleans(),
    "above_scale": st.booleans(),
    "industry": st.sampled_from(INDUSTRIES),
    "region_code": st.sampled_from(REGIONS),
}
NUMBERS = ("employees", "insured_employees", "revenue", "total_assets", "taxable_income", "layoff_rate")


def profiles(names: tuple[str, ...] = tuple(VALUES)) -> st.SearchStrategy[dict[str, Any]]:
    """Checked values of some of the facts; the rest is unknown."""
    return st.fixed_dictionaries({}, optional={name: VALUES[name] for name in names})


def full_profiles() -> st.SearchStrategy[dict[str, Any]]:
    """Every fact known, codes to the last digit."""
    fine = {"industry": st.sampled_from(["C3841", "C3990", "F5137", "H6210", "T9600"])}
    fine["region_code"] = st.sampled_from(["420881", "420804", "420106", "110101"])
    return st.fixed_dictionaries(VALUES | fine)


@st.composite
def weakened(draw: st.DrawFn, profile: Mapping[str, Any]) -> dict[str, Any]:
    """The same enterprise, less well known: facts left out, codes cut short."""
    kept = {name: value for name, value in profile.items() if draw(st.booleans())}
    for name, shortest in (("industry", 1), ("region_code", 2)):
        if name in kept:
            kept[name] = kept[name][: draw(st.integers(shortest, len(kept[name])))]
    return kept


def predicates(depth: int = 3) -> st.SearchStrategy[str]:
    """Texts of the language that must all be accepted."""
    return st.recursive(_leaves(), _joined, max_leaves=2**depth)


def _leaves() -> st.SearchStrategy[str]:
    number, operator = st.sampled_from(NUMBERS), st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    constant = st.one_of(st.integers(0, 400), st.sampled_from([5.5, 3000000, 50000000, 0.01, 1e-3]))
    sums = st.one_of(
        number,
        st.builds("{} * {}".format, number, constant),
        st.builds("{} + {}".format, number, number),
        st.builds("({} - {}) * 2".format, number, number),
        st.builds("-{}".format, number),
    )
    day = st.one_of(
        st.builds("as_of - INTERVAL {} {}".format, st.integers(0, 60), st.sampled_from(["YEAR", "MONTH", "DAY"])),
        days.map("DATE '{}'".format),
        st.just("as_of"),
    )
    rating = st.lists(st.sampled_from(["'A'", "'B'", "'M'", "'C'", "'D'"]), min_size=1, max_size=4).map(", ".join)
    return st.one_of(
        st.builds("{} {} {}".format, sums, operator, st.one_of(constant, sums)),
        st.builds("{} {} {}".format, constant, operator, number),
        st.builds("{} BETWEEN {} AND {}".format, number, constant, constant),
        st.builds("{} IN ({}, {})".format, number, constant, constant),
        st.builds("tax_credit_rating IN ({})".format, rating),
        st.builds("entity_type {} '{}'".format, st.sampled_from(["=", "<>"]), VALUES["entity_type"]),
        st.sampled_from(["restricted_industry", "NOT above_scale"]),
        st.builds("established_on {} {}".format, operator, day),
        _prefixes("in_industry", INDUSTRIES),
        _prefixes("in_region", REGIONS),
    )


def _prefixes(name: str, codes: tuple[str, ...]) -> st.SearchStrategy[str]:
    listed = st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True)
    return listed.map(lambda found: f"{name}({', '.join(map(repr, found))})")


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({}) AND ({})".format, parts, parts),
        st.builds("({}) OR ({})".format, parts, parts),
        st.builds("NOT ({})".format, parts),
    )


def as_text(node: Node) -> str:
    """The predicate or estimate of a tree, every part in brackets."""
    match node:
        case Fact(name, _):
            return name
        case Const(value):
            return f"'{value}'" if isinstance(value, str) else repr(value)
        case Day(base, years, months, day):
            amount, unit = next(((n, u) for n, u in ((years, "YEAR"), (months, "MONTH"), (day, "DAY")) if n), (0, "DAY"))
            moved = f" {'+' if amount > 0 else '-'} INTERVAL {abs(amount)} {unit}" if amount else ""
            return (f"DATE '{base}'" if base else "as_of") + moved
        case Arithmetic(operator, left, right) | Compare(operator, left, right):
            return f"({as_text(left)} {operator} {as_text(right)})"
        case Member(item, values):
            return f"{as_text(item)} IN ({', '.join(as_text(Const(value)) for value in values)})"
        case HasPrefix(fact, prefixes):
            return f"{'in_industry' if fact.name == 'industry' else 'in_region'}({', '.join(map(repr, prefixes))})"
        case Not(item):
            return f"(NOT {as_text(item)})"
        case And(items) | Or(items):
            return f"({(' AND ' if isinstance(node, And) else ' OR ').join(map(as_text, items))})"
        case Extreme(operator, items):
            return f"{operator}({', '.join(map(as_text, items))})"
        case Case(branches, default):
            tests = " ".join(f"WHEN {as_text(test)} THEN {as_text(result)}" for test, result in branches)
            return f"CASE {tests} ELSE {as_text(default)} END"
    raise TypeError(node)


def make_measure(id: str, *conditions: str, **changes: Any) -> Measure:
    """An invented measure: confirmed, in force since 2020, always open, 返还 of an unknown amount; `changes` replace keys."""
    data = {
        "id": id,
        "name": f"事项{id}",
        "level": "国家",
        "domain": "税费减免",
        "source": {"document": "文号1", "title": "文件", "issuer": None, "issued": None, "links": []},
        "in_force": {"from": date(2020, 1, 1), "to": None},
        "verification": "confirmed",
        "delivery": "申请审核",
        "summary": "一句话。",
        "conditions": [{"text": f"条件{n}", "when": when, "cite": None} for n, when in enumerate(conditions, start=1)],
        "benefit": {"kind": "返还", "text": "好处"},
        "apply": {"where": None, "windows": []},
        "examples": [{"name": f"例{n}", "facts": {}, "expect": "needs_info"} for n in range(3)],
    }
    return Measure.model_validate(data | changes)


def money(estimate: str, estimate_kind: str = "exact", per: str = "一次性", kind: str = "返还", **more: Any) -> dict[str, Any]:
    """A `benefit` with an estimate."""
    return {"kind": kind, "text": "好处", "estimate": estimate, "estimate_kind": estimate_kind, "per": per, **more}


@cache
def bare_corpus() -> Corpus:
    """The real corpus without its measures and commitments."""
    return replace(default_corpus(), measures=(), commitments=())


@cache
def _empty_rulebook() -> RuleBook:
    return RuleBook(bare_corpus())


def make_rulebook(*measures: Measure, commitments: tuple[Commitment, ...] = ()) -> RuleBook:
    """A rule book of these measures and commitments on the real facts, which are parsed only once."""
    made = copy(_empty_rulebook())
    files = made.corpus.files | {one.id: YamlFile(Path(f"{one.id}.yaml"), {}, {(): 1}) for one in measures}
    made.corpus = replace(made.corpus, measures=measures, commitments=commitments, files=files)
    made.measures = tuple(compile_measure(one, made.facts, made.corpus) for one in measures)
    made.commitments = tuple(compile_commitment(one, made.facts, made.corpus) for one in commitments)
    made.by_id = {compiled.measure.id: compiled for compiled in made.measures}
    return made
