"""The same rules written for polars, pandas and OpenFisca, as an engineer would write them there: what `benchmarks.matching` compares with.

The expressions are made from the checked trees so that nobody mistypes 134 measures; nothing here is tuned for or against a library.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import add as plus
from operator import and_, eq, ge, gt, le, lt, mul, ne, or_, sub
from pathlib import Path
from typing import Any

import numpy as np

from navigator.matching.dates import period
from navigator.matching.language import And, Arithmetic, Compare, Const, Day, Fact, HasPrefix, Member, Node, Not, Or
from navigator.matching.rulebook import RuleBook, rulebook_for

DAY = date(2026, 11, 23)
_SIGNS = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge, "+": plus, "-": sub, "*": mul}


def _rules() -> tuple[RuleBook, dict[str, list[Node]]]:
    rules = rulebook_for(DAY)
    counted = [one for one in rules.measures if period(one.measure, DAY) == "in_force"]
    return rules, {one.measure.id: [rule.node for rule in one.rules] for one in counted}


def _same(value: Any) -> Any:
    return value


def _translate(
    node: Node, column: Callable, member: Callable, prefix: Callable, day: Callable = _same, truth: Callable = _same
) -> Any:
    """A predicate in the terms of a library: how it names a column, asks for membership and a prefix, writes a day and keeps a truth value."""

    def walk(node: Node) -> Any:
        match node:
            case Fact(name, _):
                return column(name)
            case Const(value):
                return value
            case Day():
                return day(node.on(DAY))
            case Compare(sign, left, right):
                return truth(_SIGNS[sign](walk(left), walk(right)))
            case Arithmetic(sign, left, right):
                return _SIGNS[sign](walk(left), walk(right))
            case Member(item, values):
                return member(walk(item), list(values))
            case HasPrefix(fact, prefixes):
                return prefix(column(fact.name), prefixes)
            case Not(item):
                return ~walk(item)
            case And(items):
                return reduce(and_, map(walk, items))
            case Or(items):
                return reduce(or_, map(walk, items))
        raise TypeError(node)

    return walk(node)


def _coarse(prefixes: tuple[str, ...]) -> list[str]:
    return sorted({prefix[:length] for prefix in prefixes for length in range(1, len(prefix))})


def polars(table: Path, out: Path, once: bool = False) -> None:
    """Lazy expressions from file to file; codes and cells are taken as they are."""
    import polars as pl

    rules, measures = _rules()

    def prefix(code: pl.Expr, prefixes: tuple[str, ...]) -> pl.Expr:
        inside = reduce(or_, (code.str.starts_with(one) for one in prefixes))
        return pl.when(inside).then(True).when(code.is_in(_coarse(prefixes))).then(None).otherwise(inside)

    def expression(node: Node) -> pl.Expr:
        return _translate(node, pl.col, lambda item, values: item.is_in(values), prefix)

    frame = pl.scan_parquet(table)
    if once:
        frame = frame.filter(pl.col("uscc").str.len_bytes() == 18).unique("uscc", keep="first", maintain_order=True)
    have = set(frame.collect_schema().names())
    found: dict[str, list] = {}
    for conclusion in (*rules.facts.implied, *rules.facts.derived):
        found.setdefault(conclusion.fact, []).append(conclusion)
    for name, conclusions in found.items():
        given = [pl.col(name)] if name in have else []
        cases = [pl.when(expression(one.node)).then(pl.lit(one.value)) for one in conclusions]
        frame = frame.with_columns(pl.coalesce(*given, *cases).alias(name))
    wide = [reduce(and_, map(expression, nodes)).alias(name) for name, nodes in measures.items()]
    frame.select("uscc", *wide).sink_parquet(out)


def polars_once(table: Path, out: Path) -> None:
    """The same where of rows with one code only the first counts; check digits are still taken as they are."""
    polars(table, out, once=True)


def pandas(table: Path, out: Path) -> None:
    """Nullable columns in memory."""
    import pandas as pd

    epoch = pd.Timestamp(1970, 1, 1)
    rules, measures = _rules()
    frame = pd.read_parquet(table, dtype_backend="numpy_nullable")

    def member(item: pd.Series, values: list) -> pd.Series:
        return item.isin(values).astype("boolean").mask(item.isna())

    def prefix(code: pd.Series, prefixes: tuple[str, ...]) -> pd.Series:
        return code.str.startswith(prefixes).astype("boolean").mask(code.isin(_coarse(prefixes)))

    def value(node: Node) -> pd.Series:
        return _translate(
            node,
            frame.__getitem__,
            member,
            prefix,
            lambda day: (pd.Timestamp(day) - epoch).days,
            lambda found: found.astype("boolean"),
        )

    frame["established_on"] = (pd.to_datetime(frame["established_on"]) - epoch).dt.days.astype("Int64")
    for conclusion in (*rules.facts.implied, *rules.facts.derived):
        name = conclusion.fact
        if name not in frame:
            frame[name] = pd.Series(
                pd.NA, index=frame.index, dtype="boolean" if isinstance(conclusion.value, bool) else "string"
            )
        holds = value(conclusion.node).fillna(False) & frame[name].isna()
        frame[name] = frame[name].mask(holds, conclusion.value)
    wide = {name: reduce(and_, map(value, nodes)) for name, nodes in measures.items()}
    pd.DataFrame({"uscc": frame["uscc"], **wide}).to_parquet(out)


def openfisca(table: Path, out: Path) -> None:
    """A tax and benefit system of one entity; each fact an input, each derived fact and measure a formula."""
    import polars as pl
    from openfisca_core.entities import build_entity
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem

    rules, measures = _rules()
    frame = pl.read_parquet(table)
    enterprise = build_entity(key="enterprise", plural="enterprises", label="", is_person=True)
    system = TaxBenefitSystem([enterprise])
    variables = _Variables(rules, enterprise)
    for name in rules.facts.specs:
        if rules.facts.specs[name].type != "text":
            system.add_variable(variables.fact(name, given=name in frame.columns))
    for name, nodes in measures.items():
        system.add_variable(variables.measure(name, And(tuple(nodes))))
    simulation = SimulationBuilder().build_default_simulation(system, count=frame.height)
    for name in frame.columns:
        if name in system.variables:
            simulation.set_input(name, "2026", variables.input(name, frame[name]))
    wide = {name: simulation.calculate(variables.key(name), "2026") for name in measures}
    pl.DataFrame({"uscc": frame["uscc"], **wide}).write_parquet(out)


class _Variables:
    """OpenFisca variables for facts and measures."""

    def __init__(self, rules: RuleBook, entity: Any) -> None:
        from openfisca_core.indexed_enums import Enum

        self._rules, self._entity = rules, entity
        self._enums = {
            name: Enum(name, {f"v{place}": value for place, value in enumerate(spec.values)})
            for name, spec in rules.facts.specs.items()
            if spec.type == "choice"
        }

    def key(self, measure: str) -> str:
        return "m_" + measure.replace("-", "_")

    def fact(self, name: str, given: bool) -> type:
        from openfisca_core.indexed_enums import Enum

        spec = self._rules.facts.specs[name]
        body: dict[str, Any] = self._body({"bool": bool, "date": date, "code": str}.get(spec.type, float))
        if spec.type == "choice":
            listed = list(self._enums[name])
            body |= self._body(Enum) | {"possible_values": self._enums[name], "default_value": listed[0]}
        conclusions = [one for one in self._rules.facts.derived if one.fact == name]
        if conclusions and not given:
            body["formula"] = self._derived(name, conclusions)
        return self._variable(name, body)

    def measure(self, name: str, node: Node) -> type:
        return self._variable(
            self.key(name), self._body(bool) | {"formula": lambda people, when: self._value(node, people, when)}
        )

    def _derived(self, name: str, conclusions: list) -> Callable:
        def formula(people: Any, when: Any) -> Any:
            tests = [self._value(one.node, people, when) for one in conclusions]
            if name in self._enums:
                listed = list(self._enums[name])
                places = [
                    next(place for place, item in enumerate(listed) if item.value == one.value) for one in conclusions
                ]
                return np.array([item.name for item in listed])[np.select(tests, places, 0)]
            return np.select(tests, [one.value for one in conclusions], False)

        return formula

    def input(self, name: str, column: Any) -> np.ndarray:
        if name in self._enums:
            names = {item.value: item.name for item in self._enums[name]}
            return column.replace_strict(names).to_numpy().astype(str)
        if self._rules.facts.specs[name].type == "code":
            return column.to_numpy().astype(str)
        return column.to_numpy()

    def _body(self, kind: type) -> dict[str, Any]:
        from openfisca_core.periods import DateUnit

        return {"value_type": kind, "entity": self._entity, "definition_period": DateUnit.YEAR, "label": "", "max_length": 6} if kind is str else {
            "value_type": kind, "entity": self._entity, "definition_period": DateUnit.YEAR, "label": ""
        }  # fmt: skip

    @staticmethod
    def _variable(name: str, body: dict[str, Any]) -> type:
        from openfisca_core.variables import Variable

        return type(name, (Variable,), body)

    def _value(self, node: Node, people: Any, when: Any) -> Any:
        enums = self._enums

        def column(name: str) -> Any:
            found = people(name, when)
            return _Choice(found, enums[name]) if name in enums else found

        def member(item: Any, values: list) -> Any:
            return reduce(or_, (item == value for value in values))

        def prefix(code: np.ndarray, prefixes: tuple[str, ...]) -> np.ndarray:
            return reduce(or_, (np.char.startswith(code.astype(str), one) for one in prefixes))

        return _translate(node, column, member, prefix, np.datetime64)


class _Choice:
    """An array of enum values compared by their Chinese value."""

    def __init__(self, array: Any, enum: Any) -> None:
        self._array, self._enum = array, enum

    def __eq__(self, value: object) -> Any:
        return np.asarray(self._array == next(item for item in self._enum if item.value == value))

    def __ne__(self, value: object) -> Any:
        return ~(self == value)

    __hash__ = None  # type: ignore[assignment]
