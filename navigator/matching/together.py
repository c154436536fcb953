"""Many predicates and estimates as one function: what several of them ask is worked out once, for all of them, without a call for each node.

The function is written as Python from checked trees. No text of an author enters it: only the shapes of nodes are written out, fact names
and constants are bound beside it. What is right is what `compile_node` says, one node at a time; a test holds the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
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
Explained = Callable[[Facts, date, dict[int, dict[str, None]]], tuple[Value, ...]]
Collect = Callable[[Facts, date, dict[str, None]], None]
Conclude = Callable[[dict[str, Value], date], None]

_SIGNS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def compile_together(nodes: Iterable[Node]) -> Together:
    """A function (facts, as_of) -> the value of each of `nodes`, in order, as `compile_node` gives it: None is unknown."""
    writer = _Writer()
    results = [writer.write(node) for node in nodes]
    return writer.function("facts, as_of", [f"return ({''.join(f'{one}, ' for one in results)})"])


def explain_together(nodes: Sequence[Node], asked: Iterable[int]) -> Explained:
    """`compile_together`, which also puts into a dict, for each place in `asked` whose node is unknown, the facts that keep it so, in order."""
    writer = _Writer()
    results = [writer.write(node) for node in nodes]
    lines = []
    for place in asked:
        lines += [f"if {results[place]} is None:", f" found = unknown[{place}] = {{}}"]
        lines += writer.collecting(nodes[place], " ")
    return writer.function("facts, as_of, unknown", [*lines, f"return ({''.join(f'{one}, ' for one in results)})"])


def collect_together(nodes: Iterable[Node]) -> Collect:
    """A function that adds the facts which keep some of `nodes` unknown to an ordered set, as `compile_missing` does one after another."""
    writer = _Writer()
    lines = [line for node in nodes for line in writer.collecting(node, "")]
    return writer.function("facts, as_of, found", [*lines, "return None"])


def conclude_together(groups: Iterable[tuple[str, bool, Iterable[tuple[Node, Value]]]]) -> Conclude:
    """A function that adds what follows to a dict of facts: for each group a fact, whether it is a code, and the tests with the values they
    force upon it, in order. A value that is there stays; a code is only made finer. No test may ask for the fact of its own or a later group."""
    writer = _Writer()
    for name, is_code, conclusions in groups:
        writer.conclude(name, is_code, conclusions)
    return writer.function("facts, as_of", ["return None"])


class _Writer:
    """Writes each distinct node once, parts first, into a variable of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bound: dict[str, object] = {"isfinite": math.isfinite}
        self._variables: dict[Node, str] = {}
        self._tests_of_code: dict[Fact, _TestsOfCode] = {}

    def function(self, arguments: str, last: list[str]) -> Callable[..., Any]:
        """The function that works out all that was written and ends with the lines of `last`."""
        for tests in self._tests_of_code.values():
            found = self._bind(lru_cache(maxsize=4096)(partial(_find_prefixes, tuple(tests.prefixes))))
            self.lines[tests.line] = f"{''.join(f'{one}, ' for one in tests.variables)} = {found}({tests.code})"
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

    def conclude(self, name: str, is_code: bool, conclusions: Iterable[tuple[Node, Value]]) -> None:
        """Writes the conclusions upon one fact, none tried where the fact is known."""
        key = self._bind(name)
        forced = [(self._holds(node, True), self._bind(value)) for node, value in conclusions]
        self.lines.append(f"have = get({key})")
        if is_code:
            self.lines += [
                f"if {test} and (have is None or {value}.startswith(have)): have = facts[{key}] = {value}"
                for test, value in forced
            ]
        else:
            self.lines.append("if have is not None: pass")
            self.lines += [f"elif {test}: facts[{key}] = {value}" for test, value in forced]

    def _holds(self, node: Node, wanted: bool) -> str:
        """An expression for whether a node has the `wanted` value, that asks no further than it must."""
        match node:
            case Not(item):
                return self._holds(item, not wanted)
            case And(items) | Or(items):
                joined = " or " if isinstance(node, Or) is wanted else " and "
                return f"({joined.join(self._holds(item, wanted) for item in items)})"
            case Compare(sign, Fact(), Const(value)):
                fact = self.write(node.left)
                return f"({fact} is not None and {'' if wanted else 'not '}{fact} {_SIGNS[sign]} {self._bind(value)})"
        return f"{self.write(node)} is {wanted}"

    def write(self, node: Node) -> str:
        """The variable that holds the value of a node."""
        name = self._variables.get(node)
        if name is None and isinstance(node, HasPrefix):
            name = self._variables[node] = self._test_of_code(node)
        elif name is None:
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

    def _test_of_code(self, node: HasPrefix) -> str:
        """All tests of one code are answered at once, where the first of them stands; the answers for the codes met last are kept."""
        code = self.write(node.fact)
        if node.fact not in self._tests_of_code:
            self.lines.append("")
            self._tests_of_code[node.fact] = _TestsOfCode(code, len(self.lines) - 1)
        tests = self._tests_of_code[node.fact]
        tests.prefixes.append(node.prefixes)
        tests.variables.append(f"{code}p{len(tests.prefixes)}")
        return tests.variables[-1]

    def _case(self, node: Case) -> str:
        """The first branch whose test is true; None where any fact, test or result is unknown, taken or not."""
        chosen = "".join(f"{self.write(result)} if {self.write(test)} else " for test, result in node.branches)
        return self._if_known(_parts(node), f"({chosen}{self.write(node.default)})")


@dataclass(slots=True)
class _TestsOfCode:
    """The tests of one code, and the line that is kept for them."""

    code: str
    line: int
    prefixes: list[tuple[str, ...]] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)


def _find_prefixes(tests: tuple[tuple[str, ...], ...], code: str | None) -> tuple[bool | None, ...]:
    """For each test whether the code begins with one of its prefixes; None where the code is unknown or too coarse to tell."""
    if code is None:
        return (None,) * len(tests)
    return tuple(
        True if code.startswith(prefixes) else None if any(one.startswith(code) for one in prefixes) else False
        for prefixes in tests
    )


def _parts(node: Case) -> Iterator[Node]:
    yield from (part for part in walk(node) if isinstance(part, Fact))
    yield from (part for branch in node.branches for part in branch)
    yield node.default
