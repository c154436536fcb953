"""How good the records are: which missing fact leaves how many matches undecided, what contradicts itself, what is out of date.

Everything is computed when it is asked for, from the records of one's region, and kept nowhere; real records and 示例 are never mixed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from sqlalchemy import select

from navigator.auth import Actor, need
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.assess import show_value
from navigator.matching.columns import Columns, columns_of, unpack
from navigator.matching.dates import read_day, today
from navigator.matching.facts import FactBook
from navigator.matching.gaps import GapFinder
from navigator.matching.language import Value
from navigator.matching.plan import Completion, Plan
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.store.audit import audit
from navigator.store.engine import reading
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of

Kind = Literal["missing", "contradicted", "outdated"]
KINDS: dict[Kind, str] = {"missing": "缺的信息", "contradicted": "对不上的", "outdated": "太旧的"}
DAYS = 365
"""How old a fact may be before it counts as out of date, unless asked otherwise."""

_AGELESS = frozenset(("uscc", "name", "established_on"))
_AT_ONCE = 10_000
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that is unknown where it matters: for how many matches, for how many it alone, in how many enterprises."""

    fact: str
    matches: int
    alone: int
    enterprises: int


@dataclass(frozen=True, slots=True)
class OldFact:
    """A fact that is out of date in some enterprises, and the oldest day of it."""

    fact: str
    enterprises: int
    oldest: date


@dataclass(frozen=True, slots=True)
class Survey:
    """The records of one's region at a glance; each list begins with what matters most."""

    records: int
    measures: int
    undecided: int
    missing: tuple[MissingFact, ...]
    contradicted: tuple[tuple[str, int], ...]
    outdated: tuple[OldFact, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An enterprise in one of the lists. `weight` orders them: undecided matches, or days of age."""

    id: int
    uscc: str
    name: str
    region: str | None
    note: str
    weight: int


@dataclass(slots=True)
class _Part:
    """Some records: who they are, what was kept of them, their values."""

    rows: list[Any]
    profiles: list[dict[str, Value]]


@dataclass(frozen=True, slots=True)
class _Conflict:
    row: int
    fact: str
    note: str


def survey(actor: Actor | None, as_of: date, *, example: bool = False, days: int = DAYS) -> Survey:
    """All lists at a glance, as of a day; a fact is out of date when it is older than `days`. For staff, in their region."""
    actor = need(actor, "staff")
    rulebook = rulebook_for(as_of)
    finder, before = GapFinder(rulebook, as_of), as_of - timedelta(days=days)
    records = undecided = 0
    gaps: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    conflicts: dict[str, set[tuple[int, int]]] = defaultdict(set)
    old: dict[str, list[date]] = defaultdict(list)
    for number, part in enumerate(_parts(actor, example, rulebook.facts)):
        records += len(part.rows)
        undecided += _count_gaps(finder, _completed(part, rulebook), gaps)
        for conflict in _conflicts(part, rulebook):
            conflicts[conflict.fact].add((number, conflict.row))
        for row in part.rows:
            for fact, day in _old(row.facts, before, rulebook.facts):
                old[fact].append(day)
    audit(actor, "看数据质量", "enterprise:", {"家数": records})
    missing = [MissingFact(fact, *counts) for fact, counts in gaps.items()]
    return Survey(
        records,
        len(finder),
        undecided,
        tuple(sorted(missing, key=lambda one: (-one.matches, one.fact))),
        tuple(sorted(((fact, len(rows)) for fact, rows in conflicts.items()), key=lambda one: (-one[1], one[0]))),
        tuple(
            OldFact(fact, len(found), min(found)) for fact, found in sorted(old.items(), key=lambda one: -len(one[1]))
        ),
    )


def lines(
    actor: Actor | None, kind: Kind, fact: str, as_of: date, *, example: bool = False, days: int = DAYS
) -> list[Line]:
    """The enterprises behind one entry of the survey, those that matter most first; the look stands in the log. For staff."""
    actor = need(actor, "staff")
    rulebook = rulebook_for(as_of)
    if fact not in rulebook.facts.specs:
        raise InputError("事实", f"没有叫 {fact} 的事实", "从清单里选")
    finder, before = GapFinder(rulebook, as_of), as_of - timedelta(days=days)
    found: list[Line] = []
    for part in _parts(actor, example, rulebook.facts):
        match kind:
            case "missing":
                notes = _gaps_of(fact, finder, part, rulebook)
            case "contradicted":
                notes = [(one.row, one.note, 0) for one in _conflicts(part, rulebook) if one.fact == fact]
            case "outdated":
                notes = _old_of(fact, part, before, as_of, rulebook.facts)
        found += [_line(part.rows[row], note, weight) for row, note, weight in notes]
    label = rulebook.facts.specs[fact].label
    audit(actor, "看数据质量清单", "enterprise:", {"清单": KINDS[kind], "事实": label, "家数": len(found)})
    return sorted(found, key=lambda line: (-line.weight, line.name, line.id))


def export_quality(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The enterprises of one list as CSV. Parameters: kind, fact, as_of, days, example (1 for invented ones). For staff."""
    actor = need(actor, "staff")
    kind, fact = parameters.get("kind", ""), parameters.get("fact", "")
    if kind not in KINDS:
        raise InputError("清单", "没有这一张", f"应是 {'、'.join(KINDS)} 之一")
    as_of = read_day(parameters["as_of"]) if "as_of" in parameters else today()
    days = parameters.get("days", "")
    found = lines(
        actor,
        kind,
        fact,
        as_of,
        example=parameters.get("example") == "1",
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else DAYS,
    )
    label = rulebook_for(as_of).facts.specs[fact].label
    audit(actor, "下载数据质量清单", "enterprise:", {"清单": KINDS[kind], "事实": label, "家数": len(found)})
    header = ("统一社会信用代码", "名称", "所在地区", "说明")
    rows = ((one.uscc, one.name, one.region or "", one.note) for one in found)
    return csv_download(f"{KINDS[kind]}_{label}_{as_of}.csv", header, rows)


def _parts(actor: Actor, example: bool, book: FactBook) -> Iterator[_Part]:
    query = (
        select(EnterpriseRow.id, EnterpriseRow.uscc, EnterpriseRow.region, EnterpriseRow.facts)
        .where(in_region_of(actor), EnterpriseRow.example.is_(example))
        .order_by(EnterpriseRow.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    with reading() as session:
        for rows in session.execute(query).partitions():
            yield _Part(list(rows), [_profile(row.facts, book) for row in rows])


def _profile(facts: Mapping[str, Any], book: FactBook) -> dict[str, Value]:
    """The values of a record as it is kept; one that facts.yaml no longer has or allows is left aside."""
    found: dict[str, Value] = {}
    for name, (value, _, _) in facts.items():
        spec = book.specs.get(name)
        if spec is None or (spec.type == "choice" and value not in spec.values):
            continue
        if spec.type == "date":
            value = date.fromisoformat(value)
        found[name] = value
    return found


def _completed(part: _Part, rulebook: RuleBook) -> Columns:
    return Completion(rulebook.facts).complete(columns_of(part.profiles, rulebook.facts.specs))


def _count_gaps(finder: GapFinder, facts: Columns, counts: dict[str, list[int]]) -> int:
    """Add up what is missing in a part; gives the undecided matches."""
    undecided = 0
    anywhere: dict[str, Any] = {}
    for _, open_bits, gaps in finder.find(facts):
        undecided += _ones(open_bits)
        once, twice = np.zeros_like(open_bits), np.zeros_like(open_bits)
        for bits in gaps.values():
            twice |= once & bits
            once |= bits
        for fact, bits in gaps.items():
            counts[fact][0] += _ones(bits)
            counts[fact][1] += _ones(bits & ~twice)
            anywhere[fact] = anywhere[fact] | bits if fact in anywhere else bits
    for fact, bits in anywhere.items():
        counts[fact][2] += _ones(bits)
    return undecided


def _ones(bits: Any) -> int:
    return int(np.bitwise_count(bits).sum())


def _gaps_of(fact: str, finder: GapFinder, part: _Part, rulebook: RuleBook) -> list[tuple[int, str, int]]:
    weights = np.zeros(len(part.rows), int)
    for _, _, gaps in finder.find(_completed(part, rulebook)):
        if fact in gaps:
            weights += unpack(gaps[fact], len(part.rows))
    return [(row, f"有 {weights[row]} 项政策等这一项", int(weights[row])) for row in np.flatnonzero(weights).tolist()]


def _conflicts(part: _Part, rulebook: RuleBook) -> Iterator[_Conflict]:
    """What contradicts itself: looked for over columns, then made sure of for each enterprise found."""
    book = rulebook.facts
    for row in sorted(_suspects(part, rulebook)):
        for one in book.complete(part.profiles[row]).contradictions:
            spec = book.specs[one.fact]
            given, other = show_value(one.given, spec), show_value(one.concluded, spec)
            yield _Conflict(row, one.fact, f"档案写“{given}”，按别的信息应是“{other}”（{one.because}）")


def _suspects(part: _Part, rulebook: RuleBook) -> set[int]:
    """Rows in which a conclusion holds whose fact has another value."""
    book, facts = rulebook.facts, _completed(part, rulebook)
    plan = Plan(_ANY_DAY)
    conclusions = (*book.implied, *book.derived)
    steps = [plan.add_condition(conclusion.node) for conclusion in conclusions]
    found = plan.run(facts)
    suspects: set[int] = set()
    for conclusion, step in zip(conclusions, steps, strict=True):
        for row in np.flatnonzero(unpack(found[step].true, facts.count)).tolist():
            given = part.profiles[row].get(conclusion.fact)
            if given is not None and given != conclusion.value:
                suspects.add(row)
    return suspects


def _old(facts: Mapping[str, Any], before: date, book: FactBook) -> Iterator[tuple[str, date]]:
    for name, (_, _, day) in facts.items():
        if name in book.specs and name not in _AGELESS and day < before.isoformat():
            yield name, date.fromisoformat(day)


def _old_of(fact: str, part: _Part, before: date, as_of: date, book: FactBook) -> list[tuple[int, str, int]]:
    found = []
    for place, row in enumerate(part.rows):
        day = dict(_old(row.facts, before, book)).get(fact)
        if day is not None:
            found.append(
                (
                    place,
                    f"还是 {day} 的“{show_value(part.profiles[place].get(fact), book.specs[fact])}”",
                    (as_of - day).days,
                )
            )
    return found


def _line(row: Any, note: str, weight: int) -> Line:
    name = str(row.facts["name"][0]) if "name" in row.facts else row.uscc
    return Line(row.id, row.uscc, name, row.region, note, weight)
