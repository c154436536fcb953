"""Many predicates and estimates as one function: what several of them ask is worked out once, for all of them, without a call for each node.

The function is written as Python from checked trees. No text of an author enters it: only the shapes of nodes are written out, fact names
and constants are bound beside it. What is right is what `compile_node` says, one node at a time; a test holds the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from navigator.matching.language import (
    And,
    Arithmetic,
    Case,
    Compare,
    Const,
    Day,
    Extreme,
    Fact,
    Facts,
    HasPrefix,
    Member,
    Node,
    Not,
    Or,
    Value,
    walk,
)

Together = Callable[[Facts, date], tuple[Value, ...]]
Collect = Callable[[Facts, date, dict[str, None]], None]

_SIGNS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def compile_together(nodes: Iterable[Node]) -> Together:
    """A function (facts, as_of) -> the value of each of `nodes`, in order, as `compile_node` gives it: None is unknown."""
    writer = _Writer()
    results = [writer.write(node) for node in nodes]
    return writer.function("facts, as_of", [f"return ({''.join(f'{one}, ' for one in results)})"])


def collect_together(nodes: Iterable[Node]) -> Collect:
    """A function that adds the facts which keep some of `nodes` unknown to an ordered set, as `compile_missing` does one after another."""
    writer = _Writer()
    lines = [line for node in nodes for line in writer.collecting(node, "")]
    return writer.function("facts, as_of, found", [*lines, "return None"])


class _Writer:
    """Writes each distinct node once, parts first, into a variable of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bound: dict[str, object] = {"isfinite": math.isfinite}
        self._variables: dict[Node, str] = {}

    def function(self, arguments: str, last: list[str]) -> Callable[..., Any]:
        """The function that works out all that was written and ends with the lines of `last`."""
        lines = [f"def together({arguments}):", "get = facts.get", *self.lines, *last]
        made: dict[str, Callable[..., Any]] = {}
        exec(compile("\n    ".join(lines), "<conditions>", "exec"), self.bound, made)
        return made["together"]

    def collecting(self, node: Node, indent: str) -> Iterator[str]:
        """Lines that add the facts which keep a node unknown to `found`."""
        if isinstance(node, Not):
            yield from self.collecting(node.item, indent)
        elif isinstance(node, And | Or):
            yield f"{indent}if {self.write(node)} is None:"
            for item in node.items:
                yield from self.collecting(item, f"{indent} ")
        elif isinstance(node, HasPrefix):
            yield f"{indent}if {self.write(node)} is None: found[{self._bind(node.fact.name)}] = None"
        else:
            for fact in dict.fromkeys(part for part in walk(node) if isinstance(part, Fact)):
                yield f"{indent}if {self.write(fact)} is None: found[{self._bind(fact.name)}] = None"

    def write(self, node: Node) -> str:
        """The variable that holds the value of a node."""
        name = self._variables.get(node)
        if name is None:
            expression = self._expression(node)
            name = self._variables[node] = f"v{len(self._variables)}"
            self.lines.append(f"{name} = {expression}")
            if isinstance(node, Arithmetic) or (isinstance(node, Fact) and node.type == "number"):
                self.lines.append(f"if type({name}) is float and not isfinite({name}): {name} = None")
        return name

    def _bind(self, value: object) -> str:
        name = f"k{len(self.bound)}"
        self.bound[name] = value
        return name

    def _expression(self, node: Node) -> str:
        match node:
            case Fact(name, _):
                return f"get({self._bind(name)})"
            case Const(value):
                return self._bind(value)
            case Day(base):
                return (
                    f"{self._bind(lru_cache(maxsize=512)(node.on))}(as_of)"
                    if base is None
                    else self._bind(node.on(base))
                )
            case Arithmetic(sign, left, right):
                return self._if_known((left, right), f"{self.write(left)} {sign} {self.write(right)}")
            case Compare(sign, left, right):
                return self._if_known((left, right), f"{self.write(left)} {_SIGNS[sign]} {self.write(right)}")
            case Member(item, values):
                return self._if_known((item,), f"{self.write(item)} in {self._bind(frozenset(values))}")
            case HasPrefix(fact, prefixes):
                return self._has_prefix(fact, prefixes)
            case Not(item):
                return self._if_known((item,), f"not {self.write(item)}")
            case And(items):
                return f"False if {self._any(items, ' is False')} else {self._if_known(items, 'True')}"
            case Or(items):
                return f"True if {self._any(items, ' is True')} else {self._if_known(items, 'False')}"
            case Extreme(operator, items):
                choose = "min" if operator == "least" else "max"
                return self._if_known(items, f"{choose}(({''.join(f'{self.write(item)}, ' for item in items)}))")
            case Case():
                return self._case(node)
        raise TypeError(f"no such node: {node!r}")

    def _any(self, nodes: Iterable[Node], test: str) -> str:
        return " or ".join(f"{self.write(node)}{test}" for node in nodes)

    def _if_known(self, nodes: Iterable[Node], value: str) -> str:
        """`value`, or None where one of the nodes is unknown."""
        open_ones = [node for node in dict.fromkeys(nodes) if not isinstance(node, Const | Day)]
        return f"None if {self._any(open_ones, ' is None')} else {value}" if open_ones else value

    def _has_prefix(self, fact: Fact, prefixes: tuple[str, ...]) -> str:
        code = self.write(fact)
        coarse = frozenset(prefix[:length] for prefix in prefixes for length in range(len(prefix)))
        inside = f"{code}.startswith({self._bind(prefixes)})"
        return f"None if {code} is None else True if {inside} else None if {code} in {self._bind(coarse)} else False"

    def _case(self, node: Case) -> str:
        """The first branch whose test is true; None where any fact, test or result is unknown, taken or not."""
        chosen = "".join(f"{self.write(result)} if {self.write(test)} else " for test, result in node.branches)
        return self._if_known(_parts(node), f"({chosen}{self.write(node.default)})")


def _parts(node: Case) -> Iterator[Node]:
    yield from (part for part in walk(node) if isinstance(part, Fact))
    yield from (part for branch in node.branches for part in branch)
    yield node.default
