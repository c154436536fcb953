"""Which lines open with a number, and what that number is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.numbering import STYLES, chinese_number, follows, marker_of, settled
from navigator.corpus.wordfile import printed_number


@given(st.integers(1, 9999))
def test_a_chinese_number_is_read_as_it_is_printed(value):
    assert chinese_number(printed_number(value, "chineseCountingThousand")) == value


@pytest.mark.parametrize("text", ["", "二三", "百", "百十", "零", "十十", "一千万", "甲"])
def test_what_is_no_chinese_number_has_no_value(text):
    assert chinese_number(text) is None


@pytest.mark.parametrize(
    ("line", "style", "ordinal", "number", "rest"),
    [
        ("十二、加强监管", "一、", (12,), "十二", "加强监管"),
        ("(三)实施", "(一)", (3,), "三", "实施"),
        ("（10）材料", "(1)", (10,), "10", "材料"),
        ("⑫材料", "①", (12,), "⑫", "材料"),
        ("㈡材料", "(一)", (2,), "二", "材料"),
        ("第一百二十条　国家", "条", (120,), "第一百二十条", "国家"),
        ("第十七条之二 国家", "条", (17, 2), "第十七条之二", "国家"),
        ("第 三 章　准 入", "章", (3,), "第三章", "准 入"),
        ("第二分编 合同", "分编", (2,), "第二分编", "合同"),
        ("第３条 甲", "条", (3,), "第3条", "甲"),
    ],
)
def test_a_number_is_told_with_its_style_and_value(line, style, ordinal, number, rest):
    marker = marker_of(line)
    assert (marker.style, marker.ordinal, marker.number, marker.rest) == (style, ordinal, number, rest)
    assert not marker.doubtful
    assert marker.style in STYLES


@pytest.mark.parametrize(
    "line", ["", "总则", "2024年", "1-2家", "12345热线", "一是", "（甲）", "(2024)1号", "第一批", "第条", "0.5%"]
)
def test_a_line_without_a_number_has_none(line):
    assert settled([marker_of(line)]) == [None]


@pytest.mark.parametrize(
    ("before", "after", "does"),
    [
        ((2,), (3,), True),
        ((2,), (4,), False),
        ((12,), (12, 1), True),
        ((12, 1), (12, 2), True),
        ((12, 2), (13,), True),
        ((12, 2), (14,), False),
        ((1, 9), (1, 10), True),
    ],
)
def test_one_number_follows_another(before, after, does):
    assert follows(before, after) is does


def test_a_large_number_without_neighbours_is_a_figure():
    assert settled([marker_of("365、天天在线")]) == [None]
    assert [bool(marker) for marker in settled([marker_of("44.健全体系。"), marker_of("45.营造环境。")])] == [
        True,
        True,
    ]
