"""An enterprise as it would be after a change: each test is tried once, however many measures ask alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from navigator.matching.language import Evaluate, Value
from navigator.matching.rulebook import Rule


class Tested:
    """Completed facts on a day, and what tests made with `compile_once` have found of them so far."""

    __slots__ = ("_found", "as_of", "values")

    def __init__(self, values: Mapping[str, Value], as_of: date) -> None:
        self.values, self.as_of = values, as_of
        self._found: dict[Evaluate, bool | None] = {}

    def outcomes(self, rules: Iterable[Rule]) -> tuple[bool | None, ...]:
        """The Kleene value of each condition, in order."""
        found, listed = self._found, []
        for rule in rules:
            test = rule.test
            if test not in found:
                found[test] = test(self.values, self.as_of)  # type: ignore[assignment]
            listed.append(found[test])
        return tuple(listed)
