"""Amounts as people write them, read and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.errors import InputError
from navigator.matching.amounts import parse_amount, show_yuan


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3600", 3600),
        (" 3600 ", 3600),
        ("3,600", 3600),
        ("1,200,000", 1200000),
        ("1,200,000.50", 1200000.5),
        ("12,0000", 120000),
        ("3，600元", 3600),
        ("120万", 1200000),
        ("120 万元", 1200000),
        ("１２０万", 1200000),
        ("1.2亿", 120000000),
        ("3千", 3000),
        ("3千万", 30000000),
        ("2百万", 2000000),
        ("20十万", 2000000),
        ("¥3600", 3600),
        ("￥3600块钱", 3600),
        ("12人", 12),
        ("260度", 260),
        ("3%", 3),
        ("3％", 3),
        (".5万", 5000),
        ("-5万", -50000),
        ("−5万", -50000),
        ("+5", 5),
        ("0", 0),
        ("0.1万", 1000),
        ("1.005万", 10050),
    ],
)
def test_an_amount_is_read_as_it_is_said(text, value):
    assert parse_amount(text) == value


NO_AMOUNTS = ["", " ", "很多", "万", "1,2万", "12,34", "1,2345,678", "3万5", "1.2.3", "1e5", "5-6万", "--5", "3‰", "٣", "九万", "nan", "inf"]


@pytest.mark.parametrize("text", [*NO_AMOUNTS, "9" * 101])
def test_what_is_no_amount_gets_a_sentence(text):
    with pytest.raises(InputError) as caught:
        parse_amount(text, "年营业收入")
    assert caught.value.place == "年营业收入"
    assert text[:40] in caught.value.found
    assert "120万" in caught.value.expected


@given(st.text(max_size=120))
def test_any_text_is_a_finite_amount_or_refused(text):
    try:
        value = parse_amount(text)
    except InputError:
        return
    assert abs(value) < 1e110


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0元"),
        (0.005, "0.01元"),
        (-0.001, "0元"),
        (800, "800元"),
        (1234.5, "1,234.5元"),
        (9999.99, "9,999.99元"),
        (9999.999, "1万元"),
        (10000, "1万元"),
        (36000, "3.6万元"),
        (12345678, "1,234.57万元"),
        (99999999, "1亿元"),
        (1.2e8, "1.2亿元"),
        (1.5e12, "15,000亿元"),
        (-36000, "-3.6万元"),
    ],
)
def test_yuan_are_shown_as_one_would_say_them(value, shown):
    assert show_yuan(value) == shown


@given(st.floats(-1e13, 1e13))
def test_what_is_shown_reads_back_as_nearly_the_same(value):
    assert parse_amount(show_yuan(value)) == pytest.approx(value, rel=0.005, abs=0.006)
