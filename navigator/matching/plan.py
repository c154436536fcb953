"""Predicates and estimates as one list of steps over columns: what `compile_node` does for one enterprise, for many at a time.

Equal parts are one step, whichever measures they stand in. A plan is made of checked trees only, once for a day, and run on every piece of a
table; it holds to Kleene logic exactly as `language.compile_node` does, and `Completion` to `FactBook.complete`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Any

import numpy as np

from navigator.corpus.model import FactSpec
from navigator.matching.columns import (
    NUMBER_TYPES,
    Array,
    Columns,
    Texts,
    Truth,
    blank_texts,
    constant_truth,
    pack,
    unknown_truth,
    unpack,
)
from navigator.matching.facts import Conclusion, FactBook
from navigator.matching.language import (
    And,
    Arithmetic,
    Case,
    Compare,
    Const,
    Extreme,
    Fact,
    HasPrefix,
    Member,
    Node,
    Not,
    Or,
    compile_node,
    facts_in,
)

Numbers = Array | float | None
"""A number for each row (NaN unknown), the same for all, or unknown for all."""

Step = Callable[[list[Any], Columns], Any]

_COMPARE = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}


class Plan:
    """Steps in order; each is given the results of those before it. `add_*` return the number of the step that holds the answer."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self._steps: list[Step] = []
        self._numbers: dict[Hashable, int] = {}
        self._versions: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._steps)

    def run(self, columns: Columns) -> list[Any]:
        """The result of every step."""
        found: list[Any] = []
        with np.errstate(all="ignore"):
            for step in self._steps:
                found.append(step(found, columns))
        return found

    def _step(self, key: Hashable, step: Step) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._steps)
            self._steps.append(step)
        return self._numbers[key]

    def add_condition(self, node: Node) -> int:
        """A step whose result is the `Truth` of a predicate."""
        if not facts_in(node):
            value = compile_node(node)({}, self.as_of)
            return self._step(("constant", value), lambda found, columns: _constant(value, columns.count))
        match node:
            case Fact(name, _):
                return self._truth_of(name)
            case Not(item):
                inner = self.add_condition(item)
                return self._step(("not", inner), lambda found, columns: found[inner].negated())
            case And(items) | Or(items):
                return self._junction(isinstance(node, And), items)
            case Compare():
                return self._comparison(node)
            case Member(Fact(name, "text"), values):
                return self._is_one_of(name, tuple(dict.fromkeys(values)))  # type: ignore[arg-type]
            case Member(item, values):
                return self._junction(False, tuple(Compare("=", item, Const(value)) for value in values))
            case HasPrefix(fact, prefixes):
                return self._has_prefix(fact.name, tuple(sorted(set(prefixes))))
        raise TypeError(f"no such condition: {node!r}")

    def add_all(self, nodes: Iterable[Node]) -> int:
        """A step that tells whether all conditions of a measure hold; without any it is unknown."""
        listed = tuple(nodes)
        return (
            self._junction(True, listed)
            if listed
            else self._step(("unknown",), lambda found, columns: unknown_truth(columns.count))
        )

    def _junction(self, conjunction: bool, items: tuple[Node, ...]) -> int:
        parts = sorted({self.add_condition(item) for item in items})
        if len(parts) == 1:
            return parts[0]
        join = Truth.both if conjunction else Truth.either
        return self._step((conjunction, *parts), lambda found, columns: reduce(join, (found[part] for part in parts)))

    def _truth_of(self, name: str) -> int:
        def step(found: list[Any], columns: Columns) -> Truth:
            return columns.truths.get(name) or unknown_truth(columns.count)

        return self._step(("fact", name, self._version(name)), step)

    def _version(self, name: str) -> int:
        return self._versions.get(name, 0)

    # ---- texts and codes

    def _is_one_of(self, name: str, values: tuple[str, ...]) -> int:
        known = self._text_known(name)
        parts = sorted(self._is_text(name, value) for value in values)
        return self._step(
            ("one of", known, *parts),
            lambda found, columns: _truth(reduce(operator.or_, (found[p] for p in parts)), found[known]),
        )

    def _is_text(self, name: str, value: str) -> int:
        """Bits of the rows whose text is `value`."""

        def step(found: list[Any], columns: Columns) -> Array:
            texts = columns.texts.get(name)
            place = texts.place_of(value) if texts else 0
            return pack(texts.positions == place) if texts and place else _nothing(columns)

        return self._step(("text", name, self._version(name), value), step)

    def _text_known(self, name: str) -> int:
        def step(found: list[Any], columns: Columns) -> Array:
            return pack(columns.texts[name].positions != 0) if name in columns.texts else _nothing(columns)

        return self._step(("text known", name, self._version(name)), step)

    def _has_prefix(self, name: str, prefixes: tuple[str, ...]) -> int:
        known = self._text_known(name)
        parts = [self._prefix(name, prefix) for prefix in prefixes]

        def step(found: list[Any], columns: Columns) -> Truth:
            inside = reduce(operator.or_, (found[part][0] for part in parts))
            coarse = reduce(operator.or_, (found[part][1] for part in parts))
            return Truth(inside, found[known] & ~(inside | coarse))

        return self._step(("prefix", known, *parts), step)

    def _prefix(self, name: str, prefix: str) -> int:
        """Bits of the rows whose code begins with `prefix`, and of those whose code is only a part of it."""

        def step(found: list[Any], columns: Columns) -> tuple[Array, Array]:
            texts = columns.texts.get(name)
            if texts is None:
                return _nothing(columns), _nothing(columns)
            first, end = texts.range_of(prefix)
            narrow = texts.positions.dtype.type
            inside = pack(texts.positions - narrow(first) < narrow(end - first)) if end > first else _nothing(columns)
            return inside, _any_at(texts, [prefix[:length] for length in range(1, len(prefix))], columns)

        return self._step(("begins", name, self._version(name), prefix), step)

    # ---- comparisons

    def _comparison(self, node: Compare) -> int:
        left, right, sign = node.left, node.right, node.operator
        if sign == "<>":
            equal = self.add_condition(Compare("=", left, right))
            return self._step(("not", equal), lambda found, columns: found[equal].negated())
        if isinstance(left, Fact) and left.type == "text":
            return self._same_text(left.name, right)
        compare = _COMPARE[sign]
        first, second = self.add_number(left), self.add_number(right)
        one, other = self._number_known(first), self._number_known(second)

        def step(found: list[Any], columns: Columns) -> Truth:
            a, b = found[first], found[second]
            if a is None or b is None:
                return unknown_truth(columns.count)
            return _truth(pack(compare(a, b)), _shared(found[one], found[other]))

        return self._step((sign, first, second), step)

    def _same_text(self, name: str, other: Node) -> int:
        if isinstance(other, Const):
            return self._is_one_of(name, (other.value,))  # type: ignore[arg-type]
        second = other.name  # type: ignore[union-attr]
        both_known = (self._text_known(name), self._text_known(second))

        def step(found: list[Any], columns: Columns) -> Truth:
            one, two = columns.texts.get(name), columns.texts.get(second)
            if one is None or two is None:
                return unknown_truth(columns.count)
            equal = reduce(
                operator.or_,
                (
                    pack(one.positions == one.place_of(v)) & pack(two.positions == two.place_of(v))
                    for v in one.values
                    if v in two.values
                ),
                _nothing(columns),
            )
            return _truth(equal, found[both_known[0]] & found[both_known[1]])

        return self._step(("same", *both_known), step)

    # ---- numbers

    def add_number(self, node: Node) -> int:
        """A step whose result is the number, or the day as an ordinal, that a node has in each row."""
        if not facts_in(node):
            value = compile_node(node)({}, self.as_of)
            number = float(value.toordinal()) if isinstance(value, date) else value
            return self._step(("number", number), lambda found, columns: number)
        match node:
            case Fact(name, _):
                return self._step(("fact", name, self._version(name)), lambda found, columns: columns.numbers.get(name))
            case Arithmetic(sign, left, right):
                return self._arithmetic(sign, self.add_number(left), self.add_number(right))
            case Extreme(which, items):
                parts = [self.add_number(item) for item in items]
                choose = np.minimum if which == "least" else np.maximum
                return self._step(
                    (which, *parts), lambda found, columns: _over(choose, [found[part] for part in parts])
                )
            case Case():
                return self._case(node)
        raise TypeError(f"no such number: {node!r}")

    def _number_known(self, number: int) -> int:
        """Bits of the rows where a number is known; None where it is the same in all."""

        def step(found: list[Any], columns: Columns) -> Array | None:
            value = found[number]
            return pack(value == value) if isinstance(value, np.ndarray) else None

        return self._step(("known", number), step)

    def _arithmetic(self, sign: str, left: int, right: int) -> int:
        compute = _ARITHMETIC[sign]

        def step(found: list[Any], columns: Columns) -> Numbers:
            a, b = found[left], found[right]
            return None if a is None or b is None else _finite(compute(a, b))

        return self._step((sign, left, right), step)

    def _case(self, node: Case) -> int:
        needed = [self._known(name) for name in facts_in(node)]
        branches = [(self.add_condition(test), self.add_number(result)) for test, result in node.branches]
        default = self.add_number(node.default)

        def step(found: list[Any], columns: Columns) -> Numbers:
            results = [found[result] for _, result in branches]
            value = found[default]
            if value is None or any(result is None for result in results):
                return None
            known = reduce(
                operator.and_, [*(found[part] for part in needed), *(found[test].known for test, _ in branches)]
            )
            complete = reduce(
                operator.and_, [(number == number) for number in (*results, value)], unpack(known, columns.count)
            )
            for (test, _), result in zip(reversed(branches), reversed(results), strict=True):
                value = np.where(unpack(found[test].true, columns.count), result, value)
            return np.where(complete, value, np.nan)

        return self._step(("case", *needed, *branches, default), step)

    def _known(self, name: str) -> int:
        """Bits of the rows where a fact is known."""

        def step(found: list[Any], columns: Columns) -> Array:
            if name in columns.truths:
                return columns.truths[name].known
            if name in columns.texts:
                return pack(columns.texts[name].positions != 0)
            return pack(~np.isnan(columns.numbers[name])) if name in columns.numbers else _nothing(columns)

        return self._step(("fact known", name, self._version(name)), step)

    # ---- conclusions

    def add_conclusion(self, conclusion: Conclusion, kind: str) -> None:
        """A step that writes what a conclusion forces into its fact's column; what is added later sees the new column."""
        test = self.add_condition(conclusion.node)
        name, value = conclusion.fact, conclusion.value
        write = _WRITERS["number" if kind in NUMBER_TYPES else kind]
        self._versions[name] = self._version(name) + 1

        def step(found: list[Any], columns: Columns) -> bool:
            return bool(found[test].true.any()) and write(columns, name, value, found[test].true)

        self._step(("conclude", name, self._versions[name]), step)


def filled(number: Numbers, count: int) -> Array:
    """A number as a column: NaN where unknown."""
    return number if isinstance(number, np.ndarray) else np.full(count, np.nan if number is None else number)


class Completion:
    """`FactBook.complete` for columns: adds what follows from the given facts; a given value wins."""

    def __init__(self, book: FactBook) -> None:
        self._plan = Plan(_ANY_DAY)
        self._once = book.in_order
        self._texts: dict[str, FactSpec] = {}
        self._codes: dict[str, set[str]] = {}
        for conclusion in (*book.implied, *book.derived):
            spec = book.specs[conclusion.fact]
            if spec.type in ("choice", "code"):
                self._texts[spec.name] = spec
            if spec.type == "code":
                self._codes.setdefault(spec.name, set()).add(conclusion.value)  # type: ignore[arg-type]
            self._plan.add_conclusion(conclusion, spec.type)

    def complete(self, given: Columns) -> Columns:
        """The columns with everything that follows from them; `given` is left as it is."""
        columns = given.copy()
        for name, spec in self._texts.items():
            texts = columns.texts.get(name) or blank_texts(spec, columns.count)
            columns.texts[name] = texts.with_codes(self._codes.get(name, set()))
        while any(found is True for found in self._plan.run(columns)) and not self._once:
            pass
        return columns


_ANY_DAY = date(2000, 1, 1)


def _write_truth(columns: Columns, name: str, value: bool, where: Array) -> bool:
    old = columns.truths.get(name) or unknown_truth(columns.count)
    new = where & ~old.known
    columns.truths[name] = Truth(old.true | new, old.false) if value else Truth(old.true, old.false | new)
    return bool(new.any())


def _write_number(columns: Columns, name: str, value: Any, where: Array) -> bool:
    old = columns.numbers.get(name)
    if old is None:
        old = np.full(columns.count, np.nan)
    rows = unpack(where, columns.count) & np.isnan(old)
    columns.numbers[name] = np.where(rows, float(value.toordinal()) if isinstance(value, date) else value, old)
    return bool(rows.any())


def _write_text(columns: Columns, name: str, value: str, where: Array) -> bool:
    """Fills an unknown text; a code that is only a part of `value` is made finer."""
    old = columns.texts[name]
    place, parts = old.place_of(value), [old.place_of(value[:length]) for length in range(1, len(value))]
    replaced = old.positions == 0
    if old.are_codes:
        for part in parts:
            replaced |= (old.positions == part) & (part > 0)
    rows = unpack(where, columns.count) & replaced
    columns.texts[name] = Texts(
        old.values, np.where(rows, old.positions.dtype.type(place), old.positions), old.are_codes
    )
    return bool(rows.any())


_WRITERS: Mapping[str, Callable[[Columns, str, Any, Array], bool]] = {
    "bool": _write_truth,
    "number": _write_number,
    "date": _write_number,
    "choice": _write_text,
    "code": _write_text,
}


def _constant(value: Any, count: int) -> Truth:
    return unknown_truth(count) if value is None else constant_truth(value, count)


def _nothing(columns: Columns) -> Array:
    return np.zeros((columns.count + 7) // 8, np.uint8)


def _truth(true: Array, known: Array) -> Truth:
    return Truth(true, known & ~true)


def _shared(one: Array | None, other: Array | None) -> Array:
    """Bits where both numbers are known; a side that is the same in all rows is."""
    if one is None or other is None:
        return other if one is None else one  # type: ignore[return-value]
    return one & other


def _any_at(texts: Texts, values: list[str], columns: Columns) -> Array:
    places = [place for value in values if (place := texts.place_of(value))]
    return reduce(operator.or_, (pack(texts.positions == place) for place in places), _nothing(columns))


def _finite(value: Array) -> Array:
    return value if np.isfinite(value).all() else np.where(np.isfinite(value), value, np.nan)


def _over(choose: np.ufunc, values: list[Any]) -> Numbers:
    return None if any(value is None for value in values) else reduce(choose, values)
