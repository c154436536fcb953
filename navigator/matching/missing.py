"""Which unknown facts keep a predicate undecided: only those whose value could still matter, in terms of facts one can ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from navigator.matching.facts import FactBook
from navigator.matching.language import And, HasPrefix, Node, Not, Or, Value, compile_once, facts_in, known

Facts = Mapping[str, Value]
Collect = Callable[[Facts, date, dict[str, None]], None]


def compile_missing(node: Node) -> Collect:
    """A function that adds the facts which keep `node` unknown to an ordered set. It adds none where `node` is decided."""
    match node:
        case Not(item):
            return compile_missing(item)
        case And(items) | Or(items):
            return _of_parts(node, items)
        case HasPrefix(fact, _):
            return _of_leaf(node, (fact.name,))
    return _unknown_of(facts_in(node))


def _of_parts(node: Node, items: tuple[Node, ...]) -> Collect:
    whole = compile_once(node)
    parts = tuple(map(compile_missing, items))

    def collect(facts: Facts, as_of: date, found: dict[str, None]) -> None:
        if whole(facts, as_of) is None:
            for missing in parts:
                missing(facts, as_of, found)

    return collect


def _of_leaf(node: Node, names: tuple[str, ...]) -> Collect:
    test = compile_once(node)

    def collect(facts: Facts, as_of: date, found: dict[str, None]) -> None:
        if test(facts, as_of) is None:
            found.update(dict.fromkeys(names))

    return collect


def _unknown_of(names: tuple[str, ...]) -> Collect:
    def collect(facts: Facts, as_of: date, found: dict[str, None]) -> None:
        found.update((name, None) for name in names if known(facts, name) is None)

    return collect


class AskableFacts:
    """Replaces an unknown fact that follows from others by those still unknown, or by itself where nothing else would settle it."""

    def __init__(self, book: FactBook) -> None:
        self._derived: dict[str, list[Collect]] = {}
        for conclusion in book.opening:
            self._derived.setdefault(conclusion.fact, []).append(compile_missing(conclusion.node))

    def of(
        self, names: Mapping[str, None], facts: Facts, as_of: date, opened: dict[str, tuple[str, ...]] | None = None
    ) -> tuple[str, ...]:
        """`names` in order, opened up, each fact once. `opened` keeps what was found for the same enterprise and day."""
        opened = {} if opened is None else opened
        found: dict[str, None] = {}
        for name in names:
            if name not in opened:
                opened[name] = self._open(name, facts, as_of, opened)
            found.update(dict.fromkeys(opened[name]))
        return tuple(found)

    def _open(self, name: str, facts: Facts, as_of: date, opened: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        sources: dict[str, None] = {}
        for collect in self._derived.get(name, ()):
            collect(facts, as_of, sources)
        if not sources:
            return (name,)
        return self.of(sources, facts, as_of, opened)
