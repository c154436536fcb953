"""Reads pinyin and wrong characters: `chuangye daikuan` and 创业代款 mean 创业贷款. Knows only words of the field.

Sounds come from pypinyin. A window of the query is corrected only where it is no word itself and a known word sounds exactly alike; what
merely looks alike is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from pypinyin import lazy_pinyin

_LETTERS = re.compile(r"[a-z][a-z' ]*[a-z]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST = 6
_COMMON = 20_000
"""A character this frequent by itself (是, 要, 找) is rarely the slip in a word of two."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What stood in the query and what it was read as."""

    written: str
    meant: str


class Speller:
    """Words of the field by their sound. `spoken` everyday words and words of the language (`frequency` > 0) are kept."""

    def __init__(self, words: Iterable[str], spoken: Container[str], frequency: Callable[[str], int]) -> None:
        counts = Counter(word for word in words if 2 <= len(word) <= _LONGEST and _HAN.fullmatch(word))
        self._words = frozenset(counts)
        self._spoken, self._frequency = spoken, frequency
        self._by_sound: dict[str, str] = {}
        for word, _ in counts.most_common():
            self._by_sound.setdefault(sound(word), word)

    def correct(self, query: str) -> tuple[str, tuple[Correction, ...]]:
        """The query with pinyin and wrong characters replaced, and each replacement."""
        plain = unicodedata.normalize("NFKC", query).lower()
        found: list[Correction] = []
        plain = _LETTERS.sub(lambda match: self._from_pinyin(match.group(), found), plain)
        plain = _HAN.sub(lambda match: self._from_homophones(match.group(), found), plain)
        return (plain, tuple(found)) if found else (query, ())

    def _from_pinyin(self, letters: str, found: list[Correction]) -> str:
        words = self._cut(re.sub(r"[' ]", "", letters))
        if words is None:
            return letters
        meant = "".join(words)
        found.append(Correction(letters, meant))
        return meant

    def _cut(self, letters: str) -> list[str] | None:
        """The fewest known words whose sounds make up all of `letters`, or None."""
        best: list[list[str] | None] = [[], *([None] * len(letters))]
        for end in range(2, len(letters) + 1):
            for start in range(max(0, end - 6 * _LONGEST), end - 1):
                before, word = best[start], self._by_sound.get(letters[start:end])
                if before is not None and word and (best[end] is None or len(before) + 1 < len(best[end])):  # type: ignore[arg-type]
                    best[end] = [*before, word]
        return best[-1]

    def _from_homophones(self, text: str, found: list[Correction]) -> str:
        parts, position = [], 0
        while position < len(text):
            window, meant = self._homophone_at(text, position)
            if meant:
                found.append(Correction(window, meant))
            parts.append(meant or window)
            position += len(window)
        return "".join(parts)

    def _homophone_at(self, text: str, position: int) -> tuple[str, str | None]:
        """The longest window here that is a word (kept) or sounds like one (corrected); one character otherwise."""
        for length in range(min(_LONGEST, len(text) - position), 1, -1):
            window = text[position : position + length]
            if window in self._words or self._frequency(window):
                return window, None
            meant = self._by_sound.get(sound(window))
            if meant and self._is_slip(window, meant):
                return window, meant
        return text[position], None


    def _is_slip(self, window: str, meant: str) -> bool:
        """Same length, some characters right, no very common one wrong, and nothing in it that somebody says just so."""
        if len(meant) != len(window):
            return False
        wrong = [a for a, b in zip(window, meant, strict=True) if a != b]
        if len(wrong) == len(window) or (len(window) == 2 and self._frequency(wrong[0]) > _COMMON):
            return False
        ends = range(2, len(window) + 1)
        return not any(window[start:end] in self._spoken for end in ends for start in range(end - 1))


def sound(word: str) -> str:
    """Pinyin without tones and spaces."""
    return "".join(lazy_pinyin(word))
