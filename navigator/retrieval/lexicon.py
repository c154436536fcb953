"""Everyday words and the official words they stand for: 摆摊 means 个体工商户.

Expands a query by what policy texts would say instead. Which texts are found with it is the index's matter.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from navigator.corpus.yamlfile import read_yaml, validate
from navigator.errors import InputError
from navigator.retrieval.tokens import normalise

WEIGHT = 0.6
Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class LexiconEntry(BaseModel):
    """One line of lexicon.yaml: what people say, what the texts say, a sentence that shows it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: Word
    means: Annotated[list[Word], Field(min_length=1)]
    example: Word
    weight: Annotated[float, Field(gt=0, le=1)] = WEIGHT
    note: Word | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """A term that is looked for as well, because the query says `trigger`; it counts `weight` of a word of the query."""

    trigger: str
    term: str
    weight: float


class Lexicon:
    """All entries, found in a query by one compiled alternation, the longest trigger first."""

    def __init__(self, entries: Iterable[LexiconEntry] = ()) -> None:
        self._by_trigger = {normalise(entry.say): entry for entry in entries}
        longest_first = sorted(self._by_trigger, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __len__(self) -> int:
        return len(self._by_trigger)

    @property
    def triggers(self) -> tuple[str, ...]:
        """Every everyday word, normalised."""
        return tuple(self._by_trigger)

    @property
    def terms(self) -> tuple[str, ...]:
        """Every official word that triggers stand for, each once."""
        return tuple(dict.fromkeys(term for entry in self._by_trigger.values() for term in entry.means))

    @classmethod
    def load(cls, path: Path) -> "Lexicon":
        """Read a YAML list of entries; raises InputError naming file and line of the first fault."""
        file = read_yaml(path)
        if not isinstance(file.data, list):
            raise InputError(
                f"{path.name}:1", "不是列表", "每行一条:- {say: 摆摊, means: [个体工商户], example: 一句话}"
            )
        seen: set[str] = set()
        entries = []
        for position, item in enumerate(file.data):
            entry = validate(LexiconEntry, item, file, (position,))
            if normalise(entry.say) in seen:
                raise InputError(file.place((position, "say")), f"“{entry.say}”前面已经有了", "合并成一条")
            seen.add(normalise(entry.say))
            entries.append(entry)
        return cls(entries)

    def expand(self, query: str) -> tuple[Expansion, ...]:
        """What to look for as well, in the order of the triggers in the query; nothing that already stands in it."""
        plain = normalise(query)
        found: dict[str, Expansion] = {}
        for match in self._pattern.finditer(plain):
            entry = self._by_trigger[match.group()]
            for term in entry.means:
                known = found.get(term)
                if normalise(term) not in plain and (known is None or known.weight < entry.weight):
                    found[term] = Expansion(entry.say, term, entry.weight)
        return tuple(found.values())
