"""政策库: which measures stand in the list for a choice of filters, in what order, and how many each further choice would leave. Draws nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from navigator.corpus.model import Delivery, Domain, Level, Measure, Verification
from navigator.matching.dates import ApplyState, Period, apply_state, period

Facet = Literal["status", "level", "domain", "delivery", "apply", "verification", "money", "commitment"]
Money = Literal["estimate", "none"]
Order = Literal["domain", "newest", "ending"]

OPTIONS: dict[Facet, tuple[str, ...]] = {
    "status": get_args(Period),
    "level": get_args(Level),
    "domain": get_args(Domain),
    "delivery": get_args(Delivery),
    "apply": get_args(ApplyState),
    "verification": get_args(Verification),
    "money": get_args(Money),
}
"""What can be chosen of each facet; commitments are the corpus's own numbers."""

_FIRST: dict[Period, int] = {"in_force": 0, "not_yet": 1, "unverified": 2, "expired": 3}
_LEVELS = get_args(Level)
_DOMAINS = get_args(Domain)


@dataclass(frozen=True, slots=True)
class Entry:
    """A measure as of a day."""

    measure: Measure
    status: Period
    apply_state: ApplyState

    def values(self, facet: Facet) -> tuple[str, ...]:
        """What the measure is in a facet; several only for commitments."""
        measure = self.measure
        match facet:
            case "status":
                return (self.status,)
            case "apply":
                return (self.apply_state,)
            case "money":
                return ("estimate" if measure.benefit.estimate else "none",)
            case "commitment":
                return tuple(str(number) for number in measure.commitments)
            case _:
                return (getattr(measure, facet),)


def entries(measures: Sequence[Measure], as_of: date) -> list[Entry]:
    """All measures with what the day makes of them."""
    return [Entry(measure, period(measure, as_of), apply_state(measure, as_of)) for measure in measures]


def chosen(
    listed: Sequence[Entry], choice: Mapping[Facet, Sequence[str]], text: str = "", order: Order = "domain"
) -> list[Entry]:
    """The entries that fit every facet of the choice and hold every word of the text in name, title or document number."""
    words = text.casefold().split()
    found = [entry for entry in listed if _says(entry, words) and all(_fits(entry, f, choice[f]) for f in choice)]
    return sorted(found, key=lambda entry: _place(entry, order))


def counts(
    listed: Sequence[Entry], choice: Mapping[Facet, Sequence[str]], facet: Facet, text: str = ""
) -> Counter[str]:
    """For each value of a facet, how many entries it has under the other facets' choice."""
    others = {name: values for name, values in choice.items() if name != facet}
    return Counter(value for entry in chosen(listed, others, text) for value in entry.values(facet))


def _fits(entry: Entry, facet: Facet, values: Sequence[str]) -> bool:
    return not values or any(value in values for value in entry.values(facet))


def _says(entry: Entry, words: Sequence[str]) -> bool:
    measure = entry.measure
    text = f"{measure.name} {measure.source.title} {measure.source.document or ''} {measure.id}".casefold()
    return all(word in text for word in words)


def _place(entry: Entry, order: Order) -> tuple[object, ...]:
    """Where an entry stands: by day alone where that is asked for, else what counts today first, by domain and level."""
    measure = entry.measure
    if order == "newest":
        begins = measure.source.issued or measure.in_force.from_ or date.min
        return (-begins.toordinal(), measure.name)
    if order == "ending":
        return (_FIRST[entry.status], measure.in_force.to or date.max, measure.name)
    return (_FIRST[entry.status], _DOMAINS.index(measure.domain), _LEVELS.index(measure.level), measure.name)
