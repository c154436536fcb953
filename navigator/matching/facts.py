"""What is known of one enterprise: reading a profile, and completing it with implied and derived facts.

A given value wins over a derived or implied one; where they disagree the contradiction is kept. A given coarse code is made finer where
other facts tell the rest. Tables and their loose cells are read elsewhere; a profile here is strict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import mul
from typing import Any

from navigator.corpus.model import FactsFile, FactSpec
from navigator.corpus.yamlfile import YamlFile
from navigator.errors import InputError, shown
from navigator.matching.language import Evaluate, Node, Value, compile_once, facts_in, known
from navigator.matching.parse import nearest, parse_condition
from navigator.matching.together import Conclude, Together, compile_together, conclude_together

USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(3**power % 31 for power in range(17))
_POSITIONS = {character: place for place, character in enumerate(USCC_CHARACTERS)}
_CODE = {"industry": re.compile(r"[A-T][0-9]{0,4}"), "region_code": re.compile(r"[0-9]{2,6}")}
_CODE_FORM = {"industry": "大写字母开头的行业代码,如 C、C38 或 C3841", "region_code": "2到6位行政区划代码,如 420881"}
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A value that was given, or concluded first, and what other facts say it should be."""

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


@dataclass(frozen=True, slots=True)
class _Group:
    """Conclusions upon one fact, in order, and the value of all their tests; none of the tests asks for that fact."""

    fact: str
    conclusions: tuple[Conclusion, ...]
    tests: Together


class FactBook:
    """The facts of facts.yaml with their implications and derivations, parsed and in order of use; `source` is named in faults."""

    def __init__(self, file: FactsFile, source: YamlFile | None = None) -> None:
        self.file = file
        self._source = source
        self.specs: dict[str, FactSpec] = {spec.name: spec for spec in file.facts}
        self.implied = tuple(self._implications())
        self.derived = tuple(self._derivations())
        self.in_order = self._concludes_in_order()
        """Whether one pass over the conclusions is enough."""
        self._concluded_by_source = self._index_by_source()
        self._groups = tuple(self._group())
        self._concluding = {name: self._upon({name, *found}) for name, found in self._concluded_by_source.items()}
        self._concludes: dict[str, Conclude] = {}
        self._refuse_circles()

    def _place(self, *location: str | int) -> str:
        return self._source.place(location) if self._source else "facts.yaml"

    def _implications(self) -> list[Conclusion]:
        found = []
        for position, implication in enumerate(self.file.implications):
            place = f"{self._place('implications', position)} 第{position + 1}条推论"
            node = parse_condition(implication.when, self.specs, place)
            for fact, value in implication.then.items():
                found.append(self._conclusion(fact, value, node, implication.because, place))
        return found

    def _derivations(self) -> list[Conclusion]:
        found = []
        for position, spec in enumerate(self.file.facts):
            for index, derivation in enumerate(spec.derived):
                place = f"{self._place('facts', position, 'derived', index)} {spec.name}={derivation.value} 的推导"
                node = parse_condition(derivation.when, self.specs, place)
                basis = spec.basis or "由别的事实算出"
                found.append(self._conclusion(spec.name, derivation.value, node, basis, place))
        return found

    def _conclusion(self, fact: str, value: Any, node: Node, because: str, place: str) -> Conclusion:
        checked = self.read_value(fact, value, place)
        if checked is None:
            raise InputError(place, f"{fact} 的值是空的", "写出推出来的值")
        if not facts_in(node):
            raise InputError(place, "没有用到企业的任何事实", "推论要由别的事实推出")
        return Conclusion(fact, checked, compile_once(node), node, because)

    def _concludes_in_order(self) -> bool:
        """Whether every conclusion rests only on facts that no later conclusion adds, so that one pass is enough."""
        later: set[str] = set()
        for conclusion in reversed((*self.implied, *self.derived)):
            later.add(conclusion.fact)
            if later & set(facts_in(conclusion.node)):
                return False
        return True

    def _group(self) -> list[_Group]:
        """All conclusions upon a fact together, after those upon the facts they rest on; where no order serves, one by one."""
        listed = (*self.implied, *self.derived)
        if not self.in_order:
            return [_Group(one.fact, (one,), compile_together([one.node])) for one in listed]
        found: dict[str, list[Conclusion]] = {}
        for conclusion in reversed(listed):
            found.setdefault(conclusion.fact, []).insert(0, conclusion)
        return [
            _Group(name, tuple(found[name]), compile_together(one.node for one in found[name]))
            for name in reversed(found)
        ]

    def _refuse_circles(self) -> None:
        """No fact may be asked for by itself: finding out what is missing would never end."""
        sources: dict[str, set[str]] = {}
        for conclusion in self.opening:
            sources.setdefault(conclusion.fact, set()).update(facts_in(conclusion.node))
        for name in sources:
            seen, pending = set(), list(sources[name])
            while pending:
                source = pending.pop()
                if source == name:
                    raise InputError(self._place("facts"), f"{name} 的推导绕回了自己", "只由别的事实推出")
                if source not in seen:
                    seen.add(source)
                    pending.extend(sources.get(source, ()))

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

    def is_concluded(self, fact: str) -> bool:
        """Whether the fact may follow from others."""
        return any(group.fact == fact for group in self._groups)

    def _upon(self, names: set[str]) -> tuple[_Group, ...]:
        return tuple(group for group in self._groups if group.fact in names)

    @cached_property
    def opening(self) -> tuple[Conclusion, ...]:
        """Conclusions through which an unknown fact is asked for by others: all derivations, and codes that another fact implies."""
        codes = tuple(conclusion for conclusion in self.implied if self.specs[conclusion.fact].type == "code")
        return (*self.derived, *codes)

    def with_answer(
        self, completed: Mapping[str, Value], given: Mapping[str, Value], fact: str, answer: Value
    ) -> dict[str, Value]:
        """The values of `complete({**given, fact: answer})`, found from the completed values of `given` alone."""
        if not self.in_order:
            return self.complete({**given, fact: answer}).values
        values = {**completed, fact: answer}
        for name in self._concluded_by_source[fact]:
            if (have := given.get(name)) is None:
                values.pop(name, None)
            else:
                values[name] = have
        if fact not in self._concludes:
            self._concludes[fact] = self._compile_conclude(fact)
        self._concludes[fact](values, _ANY_DAY)
        return values

    def _compile_conclude(self, fact: str) -> Conclude:
        return conclude_together(
            (one.fact, self.specs[one.fact].type == "code", [(test.node, test.value) for test in one.conclusions])
            for one in self._concluding[fact]
        )

    def changed(self, completed: Completed, new: Mapping[str, Value]) -> Completed:
        """`complete` of what was given (codes as fine as they have become) with other values of some facts, found from `completed`."""
        if not self.in_order:
            return self.complete({**{name: completed.values[name] for name in completed.given}, **new})
        given = completed.given.union(new)
        values = {**completed.values, **new}
        if not any(map(self._concluding.__getitem__, new)):
            return Completed(values, given, completed.origin, completed.contradictions)
        open_again = set(new).union(*map(self.concluded_from, new))
        for name in open_again - given:
            values.pop(name, None)
        origin = {name: because for name, because in completed.origin.items() if name not in open_again}
        contradictions = dict.fromkeys(one for one in completed.contradictions if one.fact not in open_again)
        groups = self._concluding[next(iter(new))] if len(new) == 1 else self._upon(open_again)
        self._conclude(groups, values, origin, contradictions)
        return Completed(values, given, origin, tuple(contradictions))

    def _is_finer(self, name: str, have: Value, value: Value) -> bool:
        return self.specs[name].type == "code" and value.startswith(have)  # type: ignore[union-attr,arg-type]

    def complete(self, profile: Mapping[str, Value]) -> Completed:
        """The profile with everything that follows from it. `profile` holds checked values; None means unknown."""
        values = {name: value for name in profile if (value := known(profile, name)) is not None}
        given = frozenset(values)
        origin: dict[str, str] = {}
        contradictions: dict[Contradiction, None] = {}
        while self._conclude(self._groups, values, origin, contradictions) and not self.in_order:
            contradictions.clear()
        return Completed(values, given, origin, tuple(contradictions))

    def _conclude(
        self,
        groups: tuple[_Group, ...],
        values: dict[str, Value],
        origin: dict[str, str],
        contradictions: dict[Contradiction, None],
    ) -> bool:
        """One pass over the conclusions; whether it added or refined a value."""
        changed = False
        for group in groups:
            name, outcomes = group.fact, group.tests(values, _ANY_DAY)
            if True not in outcomes:
                continue
            for conclusion, outcome in zip(group.conclusions, outcomes, strict=True):
                value = conclusion.value
                if outcome is not True or values.get(name) == value:
                    continue
                if name not in values:
                    values[name], origin[name], changed = value, conclusion.because, True
                elif self._is_finer(name, values[name], value):
                    values[name], changed = value, True
                elif self.specs[name].type != "code" or not values[name].startswith(value):  # type: ignore[union-attr,arg-type]
                    contradictions[Contradiction(name, values[name], value, conclusion.because)] = None
        return changed

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
        if (
            raw is None
            or (isinstance(raw, str) and not raw.strip())
            or (isinstance(raw, float) and not math.isfinite(raw))
        ):
            return None
        return _READERS[spec.type](spec, raw, place)


def _bad(spec: FactSpec, place: str, raw: Any, expected: str) -> InputError:
    return InputError(f"{place} 的 {spec.name}({spec.label})", f"写的是 {shown(raw)}", expected)


def _number(spec: FactSpec, raw: Any, place: str) -> Value:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _bad(spec, place, raw, f"应是数字{f'(单位:{spec.unit})' if spec.unit else ''}")
    try:
        value = float(raw)
    except OverflowError:
        return None
    low, kind = spec.min or 0.0, spec.type
    if kind == "percent" and not low <= value <= 100:
        raise _bad(spec, place, raw, f"应在{low:g}到100之间")
    if value < low:
        raise _bad(spec, place, raw, f"不能小于{low:,.0f}" if low else "不能是负数")
    if kind == "count" and not value.is_integer():
        raise _bad(spec, place, raw, "应是整数")
    return value


def _choice(spec: FactSpec, raw: Any, place: str) -> Value:
    if isinstance(raw, str) and raw in spec.values:
        return raw
    close = nearest(raw, spec.values) if isinstance(raw, str) else None
    raise _bad(spec, place, raw, f"是不是“{close}”?" if close else f"应是 {'、'.join(spec.values)} 之一")


def _bool(spec: FactSpec, raw: Any, place: str) -> Value:
    if isinstance(raw, bool):
        return raw
    raise _bad(spec, place, raw, "应是 true 或 false")


def _date(spec: FactSpec, raw: Any, place: str) -> Value:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        if isinstance(raw, str) and _ISO_DATE.fullmatch(raw):
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise _bad(spec, place, raw, "应是日期,如 2019-05-10")


def _code(spec: FactSpec, raw: Any, place: str) -> Value:
    text = str(raw) if type(raw) is int and raw < 10**9 else raw
    if isinstance(text, str) and _CODE[spec.name].fullmatch(text):
        return text
    raise _bad(spec, place, raw, f"应是{_CODE_FORM[spec.name]}")


def _text(spec: FactSpec, raw: Any, place: str) -> Value:
    if not isinstance(raw, str) and not (type(raw) is int and abs(raw) < 10**18):
        raise _bad(spec, place, raw, "应是文字")
    text = str(raw).strip()
    if spec.name == "uscc" and not is_uscc(text):
        raise _bad(spec, place, text, "应是18位统一社会信用代码,最后一位是校验码,请核对有没有抄错")
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
    try:
        return len(code) == 18 and uscc_check_digit(code[:17]) == code[17]
    except KeyError:
        return False


def uscc_check_digit(first17: str) -> str:
    """Check character of the first 17 characters: 31 - Σ value·3^i mod 31, over the 31-character alphabet (GB 32100-2015)."""
    total = sum(map(mul, map(_POSITIONS.__getitem__, first17), _WEIGHTS))
    return USCC_CHARACTERS[(31 - total % 31) % 31]
