"""Facts of many enterprises as columns: truth values as two bit maps, numbers and dates as floats, texts as small integers.

Unknown is neither true nor false, NaN, or 0. It stores and concludes nothing; `plan` evaluates over it, `rows` fills it from tables.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl
import pyarrow as pa

from navigator.corpus.model import FactSpec
from navigator.matching.language import Value, known

Array = np.ndarray
NUMBER_TYPES = ("count", "number", "money", "percent")


@dataclass(frozen=True, slots=True)
class Truth:
    """One Kleene value a row, as packed bits (least significant first): true, false, or neither."""

    true: Array
    false: Array

    @property
    def known(self) -> Array:
        return self.true | self.false

    def both(self, other: Truth) -> Truth:
        """Kleene AND."""
        return Truth(self.true & other.true, self.false | other.false)

    def either(self, other: Truth) -> Truth:
        """Kleene OR."""
        return Truth(self.true | other.true, self.false & other.false)

    def negated(self) -> Truth:
        """Kleene NOT."""
        return Truth(self.false, self.true)

    def as_arrow(self, count: int) -> pa.Array:
        """A nullable boolean array over the same memory."""
        return pa.Array.from_buffers(pa.bool_(), count, [pa.py_buffer(self.known), pa.py_buffer(self.true)])


def pack(rows: Array) -> Array:
    """Bits of a boolean array; the bits beyond its end are 0."""
    return np.packbits(rows, bitorder="little")


def unpack(bits: Array, count: int) -> Array:
    """The boolean array of packed bits."""
    return np.unpackbits(bits, count=count, bitorder="little").view(bool)


def arrow_mask(rows: Array) -> pa.Array:
    """A boolean array for Arrow to filter by. (`pa.array` would import pandas, a quarter of a second.)"""
    return pa.Array.from_buffers(pa.bool_(), len(rows), [None, pa.py_buffer(pack(rows))])


def unknown_truth(count: int) -> Truth:
    """Unknown in every row."""
    nothing = np.zeros((count + 7) // 8, np.uint8)
    return Truth(nothing, nothing)


def constant_truth(value: bool, count: int) -> Truth:
    """The same known value in every row."""
    everywhere, nothing = pack(np.ones(count, bool)), np.zeros((count + 7) // 8, np.uint8)
    return Truth(everywhere, nothing) if value else Truth(nothing, everywhere)


@dataclass(frozen=True, slots=True)
class Texts:
    """Positions in a list of texts, from 1; 0 is unknown. The texts of codes are sorted, those of a choice stand as in facts.yaml."""

    values: tuple[str, ...]
    positions: Array
    are_codes: bool = False

    def place_of(self, value: str) -> int:
        """The position that stands for `value`; 0 if no row can have it."""
        if not self.are_codes:
            return self.values.index(value) + 1 if value in self.values else 0
        place = bisect_left(self.values, value)
        return place + 1 if place < len(self.values) and self.values[place] == value else 0

    def range_of(self, prefix: str) -> tuple[int, int]:
        """First position and the one after the last of the codes that begin with `prefix`."""
        return bisect_left(self.values, prefix) + 1, bisect_left(self.values, prefix + "\uffff") + 1

    def with_codes(self, more: set[str]) -> Texts:
        """The same rows where these codes have positions, too."""
        if more <= set(self.values):
            return self
        values = tuple(sorted(more | set(self.values)))
        moved = np.array([0, *(bisect_left(values, value) + 1 for value in self.values)], position_type(values))
        return Texts(values, moved[self.positions], True)


def blank_texts(spec: FactSpec, count: int) -> Texts:
    """A text column in which nothing is known."""
    values = tuple(spec.values) if spec.type == "choice" else ()
    return Texts(values, np.zeros(count, position_type(values)), spec.type == "code")


@dataclass(slots=True)
class Columns:
    """`count` enterprises: the columns of their facts by name. A fact without a column is unknown in every row."""

    count: int
    truths: dict[str, Truth] = field(default_factory=dict)
    numbers: dict[str, Array] = field(default_factory=dict)
    texts: dict[str, Texts] = field(default_factory=dict)

    def copy(self) -> Columns:
        """The same columns in dictionaries of their own."""
        return Columns(self.count, dict(self.truths), dict(self.numbers), dict(self.texts))

    def series(self, spec: FactSpec) -> pl.Series:
        """One fact as ordinary values, null where unknown."""
        name = spec.name
        if spec.type == "bool":
            return pl.Series(
                name, pl.from_arrow((self.truths.get(name) or unknown_truth(self.count)).as_arrow(self.count))
            )
        if spec.type in ("choice", "code"):
            texts = self.texts.get(name) or blank_texts(spec, self.count)
            return pl.Series(name, [None, *texts.values], dtype=pl.String).gather(texts.positions.astype(np.uint32))
        numbers = pl.Series(name, self.numbers.get(name, np.full(self.count, np.nan))).fill_nan(None)
        return (numbers.cast(pl.Int32) - EPOCH).cast(pl.Date) if spec.type == "date" else numbers

    def row(self, position: int, specs: Mapping[str, FactSpec]) -> dict[str, Value]:
        """The known facts of one enterprise, as a profile."""
        found: dict[str, Value] = {}
        for name, texts in self.texts.items():
            if texts.positions[position]:
                found[name] = texts.values[texts.positions[position] - 1]
        for name, numbers in self.numbers.items():
            if not np.isnan(numbers[position]):
                value = float(numbers[position])
                found[name] = date.fromordinal(int(value)) if specs[name].type == "date" else value
        for name, truth in self.truths.items():
            byte, bit = position >> 3, position & 7
            if truth.known[byte] >> bit & 1:
                found[name] = bool(truth.true[byte] >> bit & 1)
        return found


EPOCH = (date(1970, 1, 1) - date.min + timedelta(1)).days
"""The ordinal of 1970-01-01: dates are columns of `date.toordinal()`."""


def columns_of(profiles: Sequence[Mapping[str, Value]], specs: Mapping[str, FactSpec]) -> Columns:
    """Columns of checked profiles."""
    made = Columns(len(profiles))
    for name in dict.fromkeys(name for profile in profiles for name in profile):
        spec = specs[name]
        values = [known(profile, name) for profile in profiles]
        if spec.type == "bool":
            made.truths[name] = Truth(
                pack(np.array([v is True for v in values])), pack(np.array([v is False for v in values]))
            )
        elif spec.type in ("choice", "code"):
            made.texts[name] = _texts_of(spec, values)  # type: ignore[arg-type]
        elif spec.type != "text":
            made.numbers[name] = np.array([_number(value) for value in values])
    return made


def _number(value: Value) -> float:
    if isinstance(value, date):
        return float(value.toordinal())
    return np.nan if value is None else float(value)


def _texts_of(spec: FactSpec, values: list[str | None]) -> Texts:
    listed = tuple(spec.values) if spec.type == "choice" else tuple(sorted({value for value in values if value}))
    place = {value: position for position, value in enumerate(listed, start=1)}
    positions = np.array([place[value] if value else 0 for value in values], position_type(listed))
    return Texts(listed, positions, spec.type == "code")


def position_type(listed: Sequence[str]) -> type:
    """The smallest integers that hold the positions and 0."""
    return np.uint8 if len(listed) < 255 else np.uint16 if len(listed) < 65_535 else np.uint32
