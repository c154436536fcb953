"""What is known of one enterprise: reading a profile, and completing it with implied and derived facts.

A given value wins over a derived or implied one; where they disagree the contradiction is kept. Tables and their loose cells are read
elsewhere; a profile here is strict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from navigator.corpus.model import FactsFile, FactSpec
from navigator.errors import InputError
from navigator.matching.language import Evaluate, Node, Value, compile_node, facts_in
from navigator.matching.parse import nearest, parse_condition

USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**power % 31 for power in range(17))
_CODE = {"industry": re.compile(r"[A-T]\d{0,4}"), "region_code": re.compile(r"\d{2,6}")}
_CODE_FORM = {"industry": "行业代码,如 C、C38 或 C3841", "region_code": "2到6位行政区划代码,如 420881"}
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A given value and what other facts say it should be."""

    fact: str
    given: Value
    concluded: Value
    because: str


@dataclass(frozen=True, slots=True)
class Completed:
    """A profile with its implied and derived facts; `origin` says why a fact that was not given is known."""

    values: dict[str, Value]
    given: frozenset[str]
    origin: dict[str, str]
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A test and the value it forces upon one fact."""

    fact: str
    value: Value
    test: Evaluate
    node: Node
    because: str


class FactBook:
    """The facts of facts.yaml with their implications and derivations, parsed and in order of use."""

    def __init__(self, file: FactsFile) -> None:
        self.file = file
        self.specs: dict[str, FactSpec] = {spec.name: spec for spec in file.facts}
        self.implied = tuple(self._implications())
        self.derived = tuple(self._derivations())
        self._concluded_by_source = self._index_by_source()

    def _implications(self) -> list[Conclusion]:
        found = []
        for position, implication in enumerate(self.file.implications, start=1):
            place = f"facts.yaml 第{position}条推论"
            node = parse_condition(implication.when, self.specs, place)
            for fact, value in implication.then.items():
                checked = self.read_value(fact, value, place)
                found.append(Conclusion(fact, checked, compile_node(node), node, implication.because))
        return found

    def _derivations(self) -> list[Conclusion]:
        found = []
        for spec in self.file.facts:
            for derivation in spec.derived:
                place = f"facts.yaml {spec.name}={derivation.value} 的推导"
                node = parse_condition(derivation.when, self.specs, place)
                value = self.read_value(spec.name, derivation.value, place)
                found.append(Conclusion(spec.name, value, compile_node(node), node, spec.basis or "由别的事实算出"))
        return found

    def _index_by_source(self) -> dict[str, frozenset[str]]:
        """For each fact, the facts that may be concluded from it, directly or through others."""
        reach: dict[str, set[str]] = {name: set() for name in self.specs}
        for conclusion in (*self.implied, *self.derived):
            for source in facts_in(conclusion.node):
                reach[source].add(conclusion.fact)
        for name in reach:
            pending = list(reach[name])
            while pending:
                for further in reach[pending.pop()] - reach[name]:
                    reach[name].add(further)
                    pending.append(further)
        return {name: frozenset(found - {name}) for name, found in reach.items()}

    def concluded_from(self, fact: str) -> frozenset[str]:
        """Facts whose value may follow from `fact`."""
        return self._concluded_by_source[fact]

    @cached_property
    def derived_names(self) -> frozenset[str]:
        """Facts that are derived from others."""
        return frozenset(conclusion.fact for conclusion in self.derived)

    @cached_property
    def sources_of(self) -> dict[str, tuple[str, ...]]:
        """For each derived fact, the facts its derivations mention."""
        sources: dict[str, dict[str, None]] = {}
        for conclusion in self.derived:
            sources.setdefault(conclusion.fact, {}).update(dict.fromkeys(facts_in(conclusion.node)))
        return {name: tuple(found) for name, found in sources.items()}

    def complete(self, profile: Mapping[str, Value]) -> Completed:
        """The profile with everything that follows from it. `profile` holds checked values; None means unknown."""
        values = {name: value for name, value in profile.items() if value is not None}
        given = frozenset(values)
        origin: dict[str, str] = {}
        contradictions = []
        for conclusion in (*self.implied, *self.derived):
            name = conclusion.fact
            if conclusion.test(values, _ANY_DAY) is not True:
                continue
            if name not in values:
                values[name], origin[name] = conclusion.value, conclusion.because
            elif name in given and not _agrees(values[name], conclusion.value):
                contradictions.append(Contradiction(name, values[name], conclusion.value, conclusion.because))
        return Completed(values, given, origin, tuple(contradictions))

    def read_profile(self, data: Mapping[str, Any], place: str = "档案") -> dict[str, Value]:
        """Checked values of a flat profile; raises InputError for an unknown fact or a value outside its list."""
        if not isinstance(data, Mapping):
            raise InputError(place, "不是“事实: 值”的形式", "每行写一个事实,如 employees: 12")
        return {
            str(name): value
            for name, raw in data.items()
            if (value := self.read_value(str(name), raw, place)) is not None
        }

    def read_value(self, name: str, raw: Any, place: str = "档案") -> Value:
        """One checked value, or None when unknown (absent, blank, NaN, infinite)."""
        spec = self.specs.get(name)
        if spec is None:
            close = nearest(name, self.specs)
            hint = f"是不是 {close}({self.specs[close].label})?" if close else "事实名见 facts.yaml"
            raise InputError(place, f"没有叫 {name} 的事实", hint)
        if raw is None or raw == "" or (isinstance(raw, float) and not math.isfinite(raw)):
            return None
        return _READERS[spec.type](spec, raw, f"{place} 的 {name}({spec.label})")


def _agrees(given: Value, concluded: Value) -> bool:
    if isinstance(given, str) and isinstance(concluded, str):
        return given.startswith(concluded) or concluded.startswith(given) if given[:1].isdigit() else given == concluded
    return given == concluded


def _number(spec: FactSpec, raw: Any, place: str) -> Value:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise InputError(place, f"写的是 {raw!r}", f"应是数字{f'(单位:{spec.unit})' if spec.unit else ''}")
    value = float(raw)
    if not math.isfinite(value):
        return None
    low = spec.min if spec.min is not None else 0.0
    if value < low or (spec.type == "percent" and value > 100):
        raise InputError(place, f"写的是 {raw!r}", "应在0到100之间" if spec.type == "percent" else "不能是负数")
    if spec.type == "count" and value != int(value):
        raise InputError(place, f"写的是 {raw!r}", "应是整数")
    return value


def _choice(spec: FactSpec, raw: Any, place: str) -> Value:
    if raw in spec.values:
        return raw
    close = nearest(str(raw), spec.values)
    raise InputError(place, f"写的是“{raw}”", f"是不是“{close}”?" if close else f"应是 {'、'.join(spec.values)} 之一")


def _bool(spec: FactSpec, raw: Any, place: str) -> Value:
    if isinstance(raw, bool):
        return raw
    raise InputError(place, f"写的是 {raw!r}", "应是 true 或 false")


def _date(spec: FactSpec, raw: Any, place: str) -> Value:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise InputError(place, f"写的是 {raw!r}", "应是日期,如 2019-05-10") from None


def _code(spec: FactSpec, raw: Any, place: str) -> Value:
    text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
    if isinstance(text, str) and _CODE[spec.name].fullmatch(text):
        return text
    raise InputError(place, f"写的是 {raw!r}", f"应是{_CODE_FORM[spec.name]}")


def _text(spec: FactSpec, raw: Any, place: str) -> Value:
    text = str(raw).strip()
    if spec.name == "uscc" and not is_uscc(text):
        raise InputError(place, f"写的是“{text}”", "应是18位统一社会信用代码,最后一位是校验码,请核对有没有抄错")
    return text


_READERS = {
    "text": _text,
    "choice": _choice,
    "code": _code,
    "bool": _bool,
    "count": _number,
    "number": _number,
    "money": _number,
    "percent": _number,
    "date": _date,
}


def is_uscc(code: str) -> bool:
    """Whether `code` is a unified social credit code with a right check digit (GB 32100-2015)."""
    if len(code) != 18 or any(character not in USCC_CHARACTERS for character in code):
        return False
    return uscc_check_digit(code[:17]) == code[17]


def uscc_check_digit(first17: str) -> str:
    """Check character of the first 17 characters: 31 - Σ value·3^i mod 31, over the 31-character alphabet (GB 32100-2015)."""
    total = sum(USCC_CHARACTERS.index(character) * weight for character, weight in zip(first17, _WEIGHTS, strict=True))
    return USCC_CHARACTERS[(31 - total % 31) % 31]
