"""What a proposal of a condition is: its words, its predicate, what it rests on, how sure it is; and how several go together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from navigator.intake.proposals_text import Words

Sure = Literal["sure", "likely", "guess"]
SURE_NAMES: dict[Sure, str] = {"sure": "写得明白", "likely": "多半是这样", "guess": "拿不准"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One condition found: in plain words, as a predicate, and the words it rests on."""

    text: str
    when: str
    words: Words
    sure: Sure = "sure"
    topic: str = ""
    """What it is about; of several readings of one topic only those of the nearest sentence count."""


def merged(groups: list[list[Reading]]) -> list[Reading]:
    """The readings of several passages, the nearest first: of one topic only the first passage's count, no predicate twice."""
    found: list[Reading] = []
    topics: set[str] = set()
    for group in groups:
        fresh = [one for one in group if not one.topic or one.topic not in topics]
        for one in fresh:
            if all(one.when != other.when for other in found):
                found.append(one)
        topics |= {one.topic for one in group if one.topic}
    return found


def member(fact: str, values: list[str]) -> str:
    """The predicate that a fact is one of some values."""
    return f"{fact} = '{values[0]}'" if len(values) == 1 else f"{fact} IN ({quoted(values)})"


def quoted(values: Iterable[str]) -> str:
    """Values in quotes, with commas."""
    return ", ".join(f"'{value}'" for value in values)
