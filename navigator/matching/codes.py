"""The unified social credit codes of a table: which are right (GB 32100-2015), and which stood in an earlier row already.

Exact, and in bounded memory however long the table: newest codes are kept as sorted runs in memory, older runs in a temporary file, and a Bloom
filter of at most 256 MB spares nearly every look at them. It reads no tables and words no reasons (`rows`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa

from navigator.errors import InputError
from navigator.matching.columns import Array, arrow_mask
from navigator.matching.facts import USCC_CHARACTERS

CODES_IN_MEMORY = 2_000_000
"""Codes kept in memory, 12 bytes each, before they go to a file as one sorted run."""

Run = tuple[Array, Array]
"""The numbers of codes, sorted by the first: the last 12 of the first 17 signs, and the first five. The 18th sign follows from the others."""

_LENGTH = 18
_NO_SIGN = 255
_SIGN_VALUE = np.full(256, _NO_SIGN, np.uint8)
_SIGN_VALUE[np.frombuffer(USCC_CHARACTERS.encode(), np.uint8)] = np.arange(31)
_WEIGHTS = [pow(3, place, 31) for place in range(17)] + [1]


def read_codes(texts: pa.Array) -> tuple[Array, Run]:
    """Whether each text is a right code, and the numbers of those that are, in the order of rows. No text is null."""
    long = byte_lengths(texts) == _LENGTH
    signs = _signs(texts if long.all() else texts.filter(arrow_mask(long)))
    total = np.zeros(signs.shape[1], np.int32)
    for place, weight in enumerate(_WEIGHTS):
        total += signs[place] * np.int32(weight)
    right = (signs.max(axis=0, initial=0) != _NO_SIGN) & (total % 31 == 0)
    low, high = _number(signs[5:17], np.int64), _number(signs[:5], np.int32)
    valid = long.copy()
    valid[long] = right
    return valid, ((low, high) if right.all() else (low[right], high[right]))


def byte_lengths(texts: pa.Array) -> Array:
    """The bytes of each text of a string array."""
    return np.diff(_offsets(texts))


def _offsets(texts: pa.Array) -> Array:
    if not len(texts):
        return np.zeros(1, np.int32)
    return np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _signs(texts: pa.Array) -> Array:
    """The values of the signs of texts of 18 bytes: a row for each of the 18 places."""
    data, first = texts.buffers()[2], int(_offsets(texts)[0])
    if not len(texts):
        return np.empty((_LENGTH, 0), np.uint8)
    signs = np.frombuffer(data, np.uint8)[first : first + len(texts) * _LENGTH]
    return np.ascontiguousarray(_SIGN_VALUE.take(signs, mode="clip").reshape(-1, _LENGTH).T)


def _number(signs: Array, kind: type) -> Array:
    found = signs[0].astype(kind)
    for place in signs[1:]:
        found *= 31
        found += place
    return found


class SeenCodes:
    """The codes seen so far. A temporary file, made in `folder` when there are more than `in_memory`, goes with `close`."""

    def __init__(self, in_memory: int = CODES_IN_MEMORY, folder: Path | None = None) -> None:
        self._limit, self._folder = in_memory, folder
        self._recent: list[Run] = []
        self._stored: _StoredRuns | None = None
        self._count = 0
        self._filter = _Filter(_FEWEST_WORDS)

    def first_times(self, codes: Run) -> Array:
        """Whether each code is seen for the first time, counting the ones before it; all are remembered. Raises InputError if the disk is full."""
        low, high = codes
        order = np.argsort(low)
        if (low[order][1:] == low[order][:-1]).any():
            order = np.lexsort((high, low))
        low, high = low[order], high[order]
        fresh = np.ones(len(low), bool)
        fresh[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        suspects = np.flatnonzero(fresh & self._filter.may_hold(low, high))
        for run in self._runs():
            if not suspects.size:
                break
            known = _in_run(run, low[suspects], high[suspects])
            fresh[suspects[known]] = False
            suspects = suspects[~known]
        self._remember((low[fresh], high[fresh]))
        found = np.empty(len(low), bool)
        found[order] = fresh
        return found

    def close(self) -> None:
        """Forget everything, the file too."""
        if self._stored:
            self._stored.close()
        self._recent, self._stored = [], None

    def _runs(self) -> Iterator[Run]:
        yield from self._recent
        if self._stored:
            yield from self._stored

    def _remember(self, run: Run) -> None:
        self._recent.append(run)
        self._count += len(run[0])
        if self._filter.is_full(self._count):
            self._filter = self._filter.larger(self._runs())
        else:
            self._filter.add(*run)
        if sum(len(low) for low, _ in self._recent) > self._limit:
            self._store()

    def _store(self) -> None:
        low, high = (np.concatenate(numbers) for numbers in zip(*self._recent, strict=True))
        order = np.argsort(low)
        self._recent = []
        try:
            self._stored = self._stored or _StoredRuns(self._folder)
            self._stored.append((low[order], high[order]))
        except OSError as error:
            place = str(self._folder or tempfile.gettempdir())
            raise InputError(place, f"临时文件写不进去（{error.strerror}）", "腾出磁盘空间再运行") from None


def _in_run(run: Run, low: Array, high: Array) -> Array:
    """Whether each code is in a run; codes that share the first number stand next to each other."""
    lows, highs = run
    found = np.zeros(len(low), bool)
    place = np.searchsorted(lows, low)
    while True:
        same = place < len(lows)
        same[same] = lows[place[same]] == low[same]
        if not same.any():
            return found
        found[same] |= highs[place[same]] == high[same]
        place += 1


class _StoredRuns:
    """Sorted runs in two temporary files without a name; one at a time is looked at in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._open = ExitStack()
        self._files = [self._open.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(2)]  # noqa: SIM115
        self._counts: list[int] = []

    def append(self, run: Run) -> None:
        for file, numbers in zip(self._files, run, strict=True):
            file.write(numbers.data)
            file.flush()
        self._counts.append(len(run[0]))

    def __iter__(self) -> Iterator[Run]:
        first = 0
        for count in self._counts:
            low, high = (
                np.memmap(file, kind, "r", first * np.dtype(kind).itemsize, (count,))
                for file, kind in zip(self._files, (np.int64, np.int32), strict=True)
            )
            yield low, high
            first += count

    def close(self) -> None:
        self._open.close()


_FEWEST_WORDS = 1 << 16
_MOST_WORDS = 1 << 25
_CODES_A_WORD = 4
_FACTORS = tuple(np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_ADDED_AT_ONCE = 1 << 18


class _Filter:
    """A Bloom filter: three bits in one word of 64 for each code. What it does not hold was never added.

    Below 4 codes a word, fewer than one new code in a hundred is looked for in the runs: two in a thousand of 8 million codes, two in a hundred of
    190 million, for which it does not grow any more.
    """

    def __init__(self, words: int) -> None:
        self._words = np.zeros(words, np.uint64)

    def is_full(self, count: int) -> bool:
        """Whether a larger one would be better for that many codes."""
        return count > len(self._words) * _CODES_A_WORD and len(self._words) < _MOST_WORDS

    def larger(self, runs: Iterable[Run]) -> _Filter:
        """Another, four times as large at most, that holds these codes."""
        made = _Filter(min(len(self._words) * 4, _MOST_WORDS))
        for low, high in runs:
            for first in range(0, len(low), _ADDED_AT_ONCE):
                part = slice(first, first + _ADDED_AT_ONCE)
                made.add(low[part], high[part])
        return made

    def add(self, low: Array, high: Array) -> None:
        np.bitwise_or.at(self._words, *self._marks(low, high))

    def may_hold(self, low: Array, high: Array) -> Array:
        place, bits = self._marks(low, high)
        return (self._words[place] & bits) == bits

    def _marks(self, low: Array, high: Array) -> tuple[Array, Array]:
        """The word of each code and its bits in it."""
        mixed = (low.astype(np.uint64) * _FACTORS[0]) ^ (high.astype(np.uint64) * _FACTORS[1])
        mixed ^= mixed >> np.uint64(29)
        mixed *= _FACTORS[2]
        mixed ^= mixed >> np.uint64(32)
        one, last = np.uint64(1), np.uint64(63)
        bits = one << (mixed & last)
        bits |= one << ((mixed >> np.uint64(6)) & last)
        bits |= one << ((mixed >> np.uint64(12)) & last)
        return mixed >> np.uint64(65 - len(self._words).bit_length()), bits
