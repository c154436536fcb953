"""Where a spoken place lies: one of the city's regions, somewhere in the city, or outside it.

Reads regions.yaml and elsewhere.yaml in policy_corpus/vocabulary/. Counties elsewhere are not known: many share their names. Whether a text
says that the business is there, it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from navigator.corpus.model import Model, Text
from navigator.corpus.regions import RegionEntry, Regions, RegionsFile, load_regions
from navigator.corpus.yamlfile import read_yaml, validate
from navigator.matching.language import Value
from navigator.settings import settings

_STREET = "(?!路|街(?!道)|大道|大街|巷|村|桥|大桥|山路)"
_ENDING = re.compile("(省|市|县|区|管理区|新区)$")


class ElsewhereFile(Model):
    """elsewhere.yaml as it stands on disk: what the provinces and prefectures of the country are called."""

    places: tuple[Text, ...]


class Places:
    """Names of places and what they say of `region` or `region_code`."""

    def __init__(self, regions: Regions, entries: tuple[RegionEntry, ...], elsewhere: Iterable[str]) -> None:
        ours = [entry for entry in entries if entry.code]
        self._regions = regions
        self.city_code = city_code = str(ours[0].code)[:4]
        self.outside = next(entry.name for entry in entries if not entry.code)
        self.city = _ENDING.sub("", regions.name_of(city_code) or "")
        province = _ENDING.sub("", regions.name_of(city_code[:2]) or "")
        self._elsewhere = tuple(set(elsewhere) - {self.city, province})
        own = [word for entry in ours for word in (entry.name, *entry.aliases)]
        before = f"(?:{province}省?)?(?:{self.city}市?)?"
        suffix = "(?:市|县|区|镇|州)?"
        word = f"(?:{_any_of(own)}){suffix}"
        self.own_pattern = f"{before}{word}(?:{word})?{_STREET}"
        names = (short for entry in ours for short in (entry.name, _ENDING.sub("", entry.name)))
        self.name_pattern = f"{before}(?:{_any_of(names)}){suffix}{_STREET}"
        outside = f"(?:{province}省?)?(?:{_any_of(self._elsewhere)})(?:省|市|州|区)?{_STREET}"
        self.any_pattern = f"(?:{self.own_pattern}|{outside}|(?:{province}省?)?{self.city}市?(?!外|以外){_STREET})"

    def read(self, place: str, after: str) -> tuple[str, Value] | None:
        """The fact and value a place states; `after`: the next characters, which may show it is no place (石牌 in 石牌坊)."""
        region = self._regions.find(place)
        if region:
            return ("region", region) if self._regions.find(place + after) == region else None
        if any(name in place for name in self._elsewhere):
            return ("region", self.outside)
        return ("region_code", self.city_code) if self.city in place else None


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


@cache
def places(folder: Path | None = None) -> Places:
    """The places of the configured corpus (or of a vocabulary folder); InputError names a fault's file and line."""
    folder = folder or settings().corpus / "vocabulary"
    file = read_yaml(folder / "elsewhere.yaml")
    elsewhere = validate(ElsewhereFile, file.data, file).places
    file = read_yaml(folder / "regions.yaml")
    return Places(load_regions(folder / "regions.yaml"), validate(RegionsFile, file.data, file).regions, elsewhere)
