"""Codes of a table: the check digit, and repeats found exactly in bounded memory, whatever lies on disk."""

from __future__ import annotations

import errno
import tempfile

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.errors import InputError
from navigator.matching import batch, codes
from navigator.matching.codes import SeenCodes, read_codes
from navigator.matching.facts import USCC_CHARACTERS, uscc_check_digit
from navigator.matching.loaded import LoadedTable
from navigator.matching.rows import RowReader


def code(body: str) -> str:
    return body + uscc_check_digit(body)


bodies = st.text(USCC_CHARACTERS, min_size=17, max_size=17)
FEW = [
    code(first + "4208" + last.rjust(12, "0"))
    for first in "9A"
    for last in ("1", "2", "Y", "MA12", "ZZZZZZZZZZZZ".replace("Z", "Y"))
]


@given(st.lists(st.one_of(bodies.map(code), bodies, st.text(max_size=20), st.just("企业企业企业")), max_size=40))
def test_a_code_is_right_where_its_eighteenth_sign_is_the_check_digit(texts):
    valid, (low, high) = read_codes(pa.array(texts, pa.string()))
    right = [len(text) == 18 and set(text) <= set(USCC_CHARACTERS) and code(text[:17]) == text for text in texts]
    assert valid.tolist() == right
    assert len(low) == len(high) == sum(right)


@given(st.lists(bodies.map(code), min_size=2, max_size=30), st.integers(0, 5))
def test_a_slice_of_codes_is_read_as_its_own(texts, start):
    whole, part = read_codes(pa.array(texts)), read_codes(pa.array(texts).slice(start))
    assert [numbers[start:].tolist() for numbers in whole[1]] == [numbers.tolist() for numbers in part[1]]


@given(
    st.lists(st.lists(st.one_of(st.sampled_from(FEW), bodies.map(code)), max_size=12), max_size=12), st.integers(0, 9)
)
def test_the_first_of_equal_codes_is_found_however_few_fit_into_memory(pieces, in_memory):
    seen, before = SeenCodes(in_memory), set()
    try:
        for piece in pieces:
            expected = []
            for text in piece:
                expected.append(text not in before)
                before.add(text)
            _, numbers = read_codes(pa.array(piece, pa.string()))
            assert seen.first_times(numbers).tolist() == expected
    finally:
        seen.close()


def _some(random: np.random.Generator, count: int) -> codes.Run:
    return random.integers(0, 31**12, count), random.integers(0, 31**5, count).astype(np.int32)


def test_memory_does_not_grow_with_the_codes_that_went_to_the_file(monkeypatch, tmp_path):
    monkeypatch.setattr(codes, "_MOST_WORDS", 1 << 16)
    random = np.random.default_rng(5)
    seen = SeenCodes(20_000, tmp_path)
    held, pieces = [], [_some(random, 9_000) for _ in range(40)]
    for piece in pieces:
        assert seen.first_times(piece).all()
        held.append(sum(len(low) for low, _ in seen._recent))
    assert max(held) <= 20_000
    assert len(seen._filter._words) == 1 << 16
    for piece in pieces:
        assert not seen.first_times(piece).any()
    seen.close()
    assert not list(tmp_path.iterdir())


def test_the_filter_grows_with_the_codes_and_keeps_all_of_them(monkeypatch):
    monkeypatch.setattr(codes, "_FEWEST_WORDS", 16)
    random = np.random.default_rng(6)
    seen, pieces = SeenCodes(500), [_some(random, 200) for _ in range(30)]
    for piece in pieces:
        assert seen.first_times(piece).all()
    assert len(seen._filter._words) == 16 * 4**4
    assert all(not seen.first_times(piece).any() for piece in pieces)
    strange = _some(random, 20_000)
    assert seen._filter.may_hold(*strange).mean() < 0.02
    seen.close()


def test_a_table_larger_than_memory_sets_the_same_rows_aside(monkeypatch, rulebook):
    usccs = [code(f"91420802MA{number:07}") for number in range(900)]
    table = pl.DataFrame({"uscc": usccs + usccs[:50] + ["错"] + usccs[100:103]})
    expected = LoadedTable.load(table, rulebook).reports
    monkeypatch.setattr(batch, "RowReader", lambda book, folder: RowReader(book, folder, codes_in_memory=100))
    monkeypatch.setattr("navigator.matching.tables.ROWS_AT_ONCE", 64)
    found = LoadedTable.load(table, rulebook).reports
    assert expected.rejected_count == 54
    assert found.rejected == expected.rejected


def test_a_disk_that_is_full_is_told_in_one_sentence(monkeypatch, tmp_path):
    def full(**options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    seen = SeenCodes(10, tmp_path)
    with pytest.raises(InputError, match="临时文件写不进去"):
        seen.first_times(_some(np.random.default_rng(1), 50))
