"""Which unknown facts keep a predicate undecided: only those whose value could still matter, in terms of facts one can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from navigator.matching.facts import FactBook
from navigator.matching.language import And, Facts, HasPrefix, Node, Not, Or, compile_once, facts_in, known
from navigator.matching.together import Collect as Collect
from navigator.matching.together import collect_together


def compile_missing(node: Node) -> Collect:
    """A function that adds the facts which keep `node` unknown to an ordered set. It adds none where `node` is decided."""
    match node:
        case Not(item):
            return compile_missing(item)
        case And(items) | Or(items):
            return _of_parts(node, items)
        case HasPrefix(fact, _):
            return _of_code(node, fact.name)
    return _unknown_of(facts_in(node))


def _of_parts(node: Node, items: tuple[Node, ...]) -> Collect:
    whole = compile_once(node)
    parts = tuple(map(compile_missing, items))

    def collect(facts: Facts, as_of: date, found: dict[str, None]) -> None:
        if whole(facts, as_of) is None:
            for missing in parts:
                missing(facts, as_of, found)

    return collect


def _of_code(node: Node, name: str) -> Collect:
    test = compile_once(node)

    def collect(facts: Facts, as_of: date, found: dict[str, None]) -> None:
        if test(facts, as_of) is None:
            found[name] = None

    return collect


def _unknown_of(names: tuple[str, ...]) -> Collect:
    def collect(facts: Facts, as_of: date, found: dict[str, None]) -> None:
        for name in names:
            if known(facts, name) is None:
                found[name] = None

    return collect


class AskableFacts:
    """Replaces an unknown fact that follows from others by those still unknown, or by itself where nothing else would settle it."""

    def __init__(self, book: FactBook) -> None:
        nodes: dict[str, list[Node]] = {}
        for conclusion in book.opening:
            nodes.setdefault(conclusion.fact, []).append(conclusion.node)
        self._derived = {fact: collect_together(found) for fact, found in nodes.items()}

    def is_opened(self, fact: str) -> bool:
        """Whether others may be asked for in its place."""
        return fact in self._derived

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
        if collect := self._derived.get(name):
            collect(facts, as_of, sources)
        if not sources:
            return (name,)
        return self.of(sources, facts, as_of, opened)
