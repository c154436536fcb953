"""A list of recipients held against the rules of one measure: who is found among the records, and what the rules say of each.

It goes through the records once, in pieces; nothing is written here. What is kept of it: `backtest`.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

import msgspec
import numpy as np

from navigator.delivery.reading import FactReader
from navigator.delivery.recipients import Recipient, name_key
from navigator.matching.assess import show_value
from navigator.matching.columns import Columns, Truth, unpack
from navigator.matching.dates import period
from navigator.matching.facts import is_uscc
from navigator.matching.language import Value
from navigator.matching.plan import Plan
from navigator.matching.rulebook import CompiledMeasure, Rule, RuleBook

Found = Literal["hit", "miss", "undecided", "no_record", "several", "repeated", "unread", "false_alarm"]
_MASKED = re.compile(r"[0-9A-Z]{2,}[*×X]{2,}[0-9A-Z*×X]*")


class Record(Protocol):
    """A record as `FactReader` gives it: `kept` is the JSON of its facts."""

    @property
    def id(self) -> int: ...
    @property
    def uscc(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def region(self) -> str | None: ...
    @property
    def kept(self) -> bytes | str: ...


Piece = tuple[Sequence[Any], Columns]
"""Records and their completed facts."""


@dataclass(frozen=True, slots=True)
class TestedLine:
    """A line of the list, or a false alarm, and what was found."""

    recipient: Recipient | None
    enterprise_id: int | None
    written: str
    found: Found
    because: str = ""


@dataclass(frozen=True, slots=True)
class ConditionCount:
    """How many listed enterprises a condition excluded, how many it alone, and for how many it stays unknown."""

    text: str
    source: str
    excluded: int
    alone: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a run found. `enterprises` are the records looked at for false alarms, `open` those of them that the rules leave
    undecided; `missing` are facts by how many listed enterprises lack them."""

    lines: tuple[TestedLine, ...]
    conditions: tuple[ConditionCount, ...]
    missing: tuple[tuple[str, int], ...]
    enterprises: int
    open: int
    period: str


@dataclass(slots=True)
class _Met:
    """A record that a line may mean."""

    record: Record
    outcomes: tuple[bool | None, ...]
    profile: dict[str, Value]


@dataclass(slots=True)
class _Eligible:
    """Enterprises that the rules say can have the measure, listed or not."""

    ids: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


class _Name(msgspec.Struct):
    name: tuple[Any, Any, Any] | None = None


_NAMES = msgspec.json.Decoder(_Name)


class Backtester:
    """One measure under the rules of a day. `sources` says where facts come from, by number."""

    def __init__(self, measure_id: str, as_of: date, rulebook: RuleBook, sources: Mapping[int, str]) -> None:
        self.compiled: CompiledMeasure = rulebook.by_id[measure_id]
        self._as_of, self._book, self._sources = as_of, rulebook, sources
        self.reader = FactReader(rulebook, self.compiled.facts)
        self._plan = Plan(as_of)
        nodes = [rule.node for rule in self.compiled.rules]
        self._steps = [self._plan.add_condition(node) for node in nodes]
        self._whole = self._plan.add_all(nodes)

    def run(self, recipients: Sequence[Recipient], pieces: Iterable[Piece], region: str | None = None) -> Outcome:
        """Hold the list against all records; false alarms are looked for in `region` alone, where one is named."""
        wanted = _Wanted(recipients)
        met: list[_Met] = []
        eligible = _Eligible()
        enterprises = undecided = 0
        for records, facts in pieces:
            found = self._plan.run(facts)
            inside = np.array([region is None or record.region == region for record in records], bool)
            enterprises += int(inside.sum())
            true, false = (unpack(bits, facts.count) for bits in (found[self._whole].true, found[self._whole].false))
            undecided += int((inside & ~true & ~false).sum())
            for row in np.flatnonzero(true & inside).tolist():
                eligible.ids.append(records[row].id)
                eligible.names.append(_name_of(records[row]))
            met += self._met(records, wanted, facts, [found[step] for step in self._steps])
        lines = [self._line(*pair) for pair in wanted.assign(met)]
        listed = {line.enterprise_id for line in lines}
        where = {one.record.id: one.record.region for one in met}
        open_listed = sum(
            line.found == "undecided" and (region is None or where[line.enterprise_id or 0] == region) for line in lines
        )
        alarms = [
            TestedLine(None, number, name, "false_alarm")
            for number, name in zip(eligible.ids, eligible.names, strict=True)
            if number not in listed
        ]
        return Outcome(
            (*lines, *alarms),
            self._conditions(lines, met),
            self._missing(lines, met),
            enterprises,
            undecided - open_listed,
            period(self.compiled.measure, self._as_of),
        )

    def _met(
        self, records: Sequence[Record], wanted: _Wanted, facts: Columns, truths: Sequence[Truth]
    ) -> Iterator[_Met]:
        for row, record in enumerate(records):
            if wanted.means(record):
                yield _Met(record, tuple(_at(truth, row) for truth in truths), facts.row(row, self._book.facts.specs))

    def _line(self, recipient: Recipient, met: _Met | None, found: Found | None, because: str) -> TestedLine:
        written = recipient.name or recipient.code
        if met is None or found is not None:
            return TestedLine(recipient, met.record.id if met else None, written, found or "no_record", because)
        if False in met.outcomes:
            failed = [rule for rule, value in zip(self.compiled.rules, met.outcomes, strict=True) if value is False]
            told = "；".join(self._why_not(rule, met) for rule in failed)
            return TestedLine(recipient, met.record.id, written, "miss", told)
        if None in met.outcomes:
            labels = [self._book.facts.specs[name].label for name in self._lacks(met)]
            return TestedLine(recipient, met.record.id, written, "undecided", f"还不知道：{'、'.join(labels)}")
        return TestedLine(recipient, met.record.id, written, "hit", because)

    def _why_not(self, rule: Rule, met: _Met) -> str:
        """A condition that is not met: its words, what the record says and since when, and where the condition stands."""
        kept = json.loads(met.record.kept)
        told = []
        for name in rule.facts:
            spec = self._book.facts.specs[name]
            value = f"{spec.label} {show_value(met.profile.get(name), spec)}"
            if name in kept:
                source = self._sources.get(kept[name][1], "来源不明")
                value += f"（{source}，{kept[name][2]}）"
            elif name in met.profile:
                value += "（按别的资料算出）"
            told.append(value)
        return f"不符合“{rule.condition.text}”：档案里{'、'.join(told)}；条件依据 {rule.source}"

    def _lacks(self, met: _Met) -> tuple[str, ...]:
        missing = self.compiled.missing(met.profile, self._as_of)
        return self._book.askable.of(missing, met.profile, self._as_of)

    def _conditions(self, lines: Sequence[TestedLine], met: Sequence[_Met]) -> tuple[ConditionCount, ...]:
        """Every condition, those first that excluded most listed enterprises."""
        listed = _of_lines(lines, met)
        found = []
        for place, rule in enumerate(self.compiled.rules):
            excluded = [one for one in listed if one.outcomes[place] is False]
            alone = sum(one.outcomes.count(False) == 1 for one in excluded)
            unknown = sum(one.outcomes[place] is None and False not in one.outcomes for one in listed)
            found.append(ConditionCount(rule.condition.text, rule.source, len(excluded), alone, unknown))
        return tuple(sorted(found, key=lambda one: (-one.excluded, -one.alone, -one.unknown)))

    def _missing(self, lines: Sequence[TestedLine], met: Sequence[_Met]) -> tuple[tuple[str, int], ...]:
        counts: Counter[str] = Counter()
        for one in _of_lines([line for line in lines if line.found == "undecided"], met):
            counts.update(self._lacks(one))
        return tuple(counts.most_common())


class _Wanted:
    """Which records the lines of a list may mean: by code, else by name, else by the shown part of a masked code."""

    def __init__(self, recipients: Sequence[Recipient]) -> None:
        self.recipients = recipients
        self._codes = {one.code for one in recipients if is_uscc(one.code)}
        self._names = {name_key(one.name) for one in recipients if one.name and not is_uscc(one.code)} - {""}

    def means(self, record: Record) -> bool:
        """Whether some line may mean the record."""
        return record.uscc in self._codes or (bool(self._names) and name_key(record.name) in self._names)

    def assign(self, met: Sequence[_Met]) -> Iterator[tuple[Recipient, _Met | None, Found | None, str]]:
        """For each line its record, or why there is none; a line that means an enterprise named before is `repeated`."""
        by_code = {one.record.uscc: one for one in met}
        by_name: dict[str, list[_Met]] = defaultdict(list)
        for one in met:
            by_name[name_key(one.record.name)].append(one)
        seen: dict[int, int] = {}
        for recipient in self.recipients:
            found, what, because = _search(recipient, by_code, by_name)
            if found is not None and what is None:
                first = seen.setdefault(found.record.id, recipient.line)
                if first != recipient.line:
                    what, because = "repeated", f"和第 {first} 行是同一家，只算一次"
            yield recipient, found, what, because


def _search(
    recipient: Recipient, by_code: Mapping[str, _Met], by_name: Mapping[str, list[_Met]]
) -> tuple[_Met | None, Found | None, str]:
    if not recipient.name and not recipient.code:
        return None, "unread", "这一行没有企业名称，也没有信用代码"
    if is_uscc(recipient.code):
        found = by_code.get(recipient.code)
        return (found, None, "") if found else (None, "no_record", "档案里没有这个代码，或者归别的区域管")
    if not recipient.name:
        return None, "no_record", "代码不对或者不全，又没有名称"
    same = by_name.get(name_key(recipient.name), [])
    if len(same) > 1 and _MASKED.fullmatch(recipient.code):
        pattern = re.compile(re.sub(r"[*×X]+", ".*", recipient.code))
        same = [one for one in same if pattern.fullmatch(one.record.uscc)] or same
    if len(same) > 1:
        return None, "several", f"档案里有 {len(same)} 家叫这个名字，分不清是哪一家"
    if not same:
        return None, "no_record", "档案里没有叫这个名字的，或者归别的区域管"
    return same[0], None, "" if not recipient.code else "名单上的代码不对或者不全，按名称找到"


def _of_lines(lines: Sequence[TestedLine], met: Sequence[_Met]) -> list[_Met]:
    """The records of the lines that count, each once."""
    ids = {line.enterprise_id for line in lines if line.found in ("hit", "miss", "undecided")}
    return [one for one in met if one.record.id in ids]


def _at(truth: Truth, row: int) -> bool | None:
    byte, bit = row >> 3, row & 7
    return bool(truth.true[byte] >> bit & 1) if truth.known[byte] >> bit & 1 else None


def _name_of(record: Record) -> str:
    """The name as it is written in the record."""
    kept = _NAMES.decode(record.kept).name
    return str(kept[0])[:200] if kept else record.uscc
