"""The nine places of the fact `region`: their GB/T 2260 codes and the everyday words that mean them.

Reads policy_corpus/vocabulary/regions.yaml. It looks for names only: whether a text tells of a shop in 钟祥 or
of a delivery there, it cannot know.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from navigator.corpus.model import Model, Text
from navigator.corpus.yamlfile import read_yaml, validate
from navigator.errors import InputError
from navigator.settings import settings


def _checked_code(code: str) -> str:
    if not re.fullmatch(r"\d\d(\d\d(\d\d)?)?", code):
        raise ValueError(f"“{code}”不是行政区划代码,应是2、4或6位数字")
    return code


RegionCode = Annotated[str, AfterValidator(_checked_code)]


class RegionEntry(Model):
    """One value of `region`; `code` is null where the place is outside the city."""

    name: Text
    code: RegionCode | None
    aliases: tuple[Text, ...]


class RegionsFile(Model):
    """regions.yaml as it stands on disk."""

    regions: tuple[RegionEntry, ...] = Field(min_length=1)
    not_places: tuple[Text, ...]
    places: dict[RegionCode, Text]


class Regions:
    """Looks up codes, names and mentions of the regions."""

    def __init__(self, file: RegionsFile) -> None:
        self.names: tuple[str, ...] = tuple(entry.name for entry in file.regions)
        self._codes = {entry.name: entry.code for entry in file.regions}
        self._places = dict(file.places)
        self._region_by_word = {word: entry.name for entry in file.regions for word in (entry.name, *entry.aliases)}
        self._words = _any_of(self._region_by_word)
        self._not_places = _any_of(file.not_places)

    def code_of(self, region: str) -> str | None:
        """The GB/T 2260 code a region implies: 4208 for the zones, None outside the city. Other words: InputError."""
        if region not in self._codes:
            raise InputError("地区", f"没有“{region}”", f"应是{'、'.join(self.names)}之一")
        return self._codes[region]

    def words_of(self, region: str) -> tuple[str, ...]:
        """The everyday words that mean a region, its name first."""
        return tuple(word for word, name in self._region_by_word.items() if name == region)

    def name_of(self, code: str) -> str | None:
        """What a code is called (42 湖北省, 4208 荆门市, 420881 钟祥市), None if it is not in the table."""
        return self._places.get(code)

    def find(self, text: str) -> str | None:
        """The one region a text names, the longest name counting where names overlap; None for none or several."""
        if text.strip() in self._region_by_word:
            return self._region_by_word[text.strip()]
        masked = self._not_places.sub(lambda match: " " * len(match.group()), text)
        found = {self._region_by_word[word] for word in self._words.findall(masked)}
        return found.pop() if len(found) == 1 else None


def _any_of(words: tuple[str, ...] | dict[str, str]) -> re.Pattern[str]:
    """A pattern of any of the words, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)")


@cache
def load_regions(path: Path | None = None) -> Regions:
    """The regions in a file (that of the configured corpus by default); InputError names a fault's file and line."""
    file = read_yaml(path or settings().corpus / "vocabulary" / "regions.yaml")
    table = validate(RegionsFile, file.data, file)
    owner: dict[str, str] = {}
    for position, entry in enumerate(table.regions):
        for word in (entry.name, *entry.aliases):
            if owner.setdefault(word, entry.name) != entry.name:
                place = file.place(("regions", position, "aliases"))
                raise InputError(place, f"“{word}”已经属于{owner[word]}", "一个说法只能指一个地方")
    return Regions(table)
