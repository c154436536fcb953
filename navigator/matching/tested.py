"""What has been found out about one enterprise on one day: each thing is worked out once, however many measures ask alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from navigator.matching.language import Evaluate, Value
from navigator.matching.rulebook import Rule

Found = TypeVar("Found")


class Tested:
    """The completed facts of an enterprise, and what tests made with `compile_once` have found of them so far."""

    __slots__ = ("_actual", "_found", "_kept", "as_of", "values")

    def __init__(self, values: Mapping[str, Value], as_of: date) -> None:
        self.values, self.as_of = values, as_of
        self._found: dict[Evaluate, bool | None] = {}
        self._kept: dict[Hashable, object] = {}
        self._actual: dict[tuple[str, ...], dict[str, Value]] = {}

    def outcomes(self, rules: Iterable[Rule]) -> tuple[bool | None, ...]:
        """The Kleene value of each condition, in order."""
        found, listed = self._found, []
        for rule in rules:
            test = rule.test
            if test not in found:
                found[test] = test(self.values, self.as_of)  # type: ignore[assignment]
            listed.append(found[test])
        return tuple(listed)

    def actual(self, names: tuple[str, ...]) -> dict[str, Value]:
        """These facts as they are; one dictionary for all conditions on the same facts."""
        found = self._actual.get(names)
        if found is None:
            found = self._actual[names] = {name: self.values.get(name) for name in names}
        return found

    def once(self, key: Hashable, work_out: Callable[[], Found]) -> Found:
        """What `work_out` gives, kept under `key`."""
        if key not in self._kept:
            self._kept[key] = work_out()
        return self._kept[key]  # type: ignore[return-value]
