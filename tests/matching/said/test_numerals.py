"""Numbers as they are spoken, read to the unit; vague ones are none."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.matching.said.numerals import NUMBER, read_number


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("90", 90),
        ("90万", 900_000),
        ("九十万", 900_000),
        ("一百二十万", 1_200_000),
        ("两万五", 25_000),
        ("1万2", 12_000),
        ("9万8千", 98_000),
        ("三千", 3_000),
        ("三千五", 3_500),
        ("三千零五", 3_005),
        ("三百五", 350),
        ("一百十五", 115),
        ("十五", 15),
        ("两千零五十", 2_050),
        ("一万零五百", 10_500),
        ("二十三万五", 235_000),
        ("1.2亿", 120_000_000),
        ("0.5亿", 50_000_000),
        ("一个亿", 100_000_000),
        ("一亿二", 120_000_000),
        ("一亿二千万", 120_000_000),
        ("1亿2000万", 120_000_000),
        ("一亿零五", 100_000_005),
        ("1万亿", 1_000_000_000_000),
        ("三点五万", 35_000),
        ("1.1万", 11_000),
        ("90w", 900_000),
        ("1,200,000", 1_200_000),
        ("5百", 500),
        ("壹佰贰拾萬", 1_200_000),
        ("俩", 2),
        ("零", 0),
    ],
)
def test_an_exact_number_is_read(words, value):
    assert re.fullmatch(NUMBER, words)
    assert read_number(words) == value


@pytest.mark.parametrize(
    "words",
    [
        "十来",
        "十几",
        "二十几",
        "一百多万",
        "百把万",
        "百万",
        "几十万",
        "三五",
        "三四十",
        "半",
        "一半",
        "两万半",
        "二〇一九",
        "90.5.2",
        "万",
        "",
        "9" * 40,
    ],
)
def test_a_vague_or_broken_number_is_none(words):
    assert read_number(words) is None


def spoken(number: int) -> str:
    """The full Chinese reading of a number below ten thousand million, written independently of the reader."""
    if number >= 10**8:
        return spoken(number // 10**8) + "亿" + rest_of(number % 10**8, 10**7)
    if number >= 10**4:
        return spoken(number // 10**4) + "万" + rest_of(number % 10**4, 10**3)
    for size, unit in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            return spoken(number // size) + unit + rest_of(number % size, size // 10)
    return "零一二三四五六七八九"[number]


def rest_of(number: int, next_size: int) -> str:
    return "" if not number else ("" if number >= next_size else "零") + spoken(number)


@given(st.integers(0, 10**10 - 1))
def test_every_number_is_read_back_from_its_full_reading(number):
    assert read_number(spoken(number)) == number


@given(st.integers(1, 10**9), st.sampled_from(["", "万", "千"]))
def test_digits_with_a_unit_and_with_separators_are_the_same_number(number, unit):
    size = {"": 1, "千": 1000, "万": 10000}[unit]
    expected = number * size if number * size < 10**14 else None
    if unit != "千" or number < 10**4:
        assert read_number(f"{number}{unit}") == expected
    assert read_number(f"{number:,}") == Decimal(number)


@given(st.text("0123456789.,零一二三十百千万亿几多来半点个两wW", max_size=12))
def test_whatever_looks_like_a_number_is_one_or_none(words):
    value = read_number(words)
    assert value is None or 0 <= value < 10**14
