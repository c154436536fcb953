"""A text shown as Markdown reads as it was written, and a state looks the same everywhere."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from navigator.corpus.model import Delivery
from navigator.errors import InputError
from navigator.matching.dates import ApplyState, Period
from navigator.ui.words import APPLY, DELIVERY, OUTCOME, STATUS, badge, plain, sentence, typed

TRICKY = (
    "$x$ *a* [b](c) <script>",
    "&lt;b&gt;",
    ":red[x] :smile: :material/home:",
    "`a` ~~b~~ **c** __d__",
    "a|b",
    "\\*",
    "[^1] ![x](y)",
)


@pytest.mark.parametrize("text", TRICKY)
def test_every_sign_of_markdown_is_escaped_and_nothing_is_lost(text):
    escaped = plain(text)
    assert re.sub(r"\\(\W|_)", r"\1", escaped) == text
    assert not re.search(r"[`*_\[\]()<>$:~|&!#]", re.sub(r"\\.", "", escaped))


@pytest.mark.parametrize("text", ["http://example.com", "HTTPS://example.com", "www.example.com", "a@example.com"])
def test_an_address_that_a_visitor_brought_does_not_become_a_link(text):
    shown = re.sub(r"\\(\W)", r"\1", typed(text))
    assert shown.replace("\N{WORD JOINER}", "") == text
    assert not re.search(r"(?i)https?://|www\.|@\w", shown)


def test_every_state_has_its_word_and_its_icon():
    assert set(get_args(Period)) <= set(STATUS)
    assert set(APPLY) == set(get_args(ApplyState))
    assert set(DELIVERY) == set(get_args(Delivery))
    words = [badge(chip) for table in (STATUS, APPLY, DELIVERY) for chip in table.values()] + [badge(OUTCOME[None])]
    assert all(re.fullmatch(r":\w+-badge\[:material/\w+: .+\]", word) for word in words)


def test_a_fault_is_a_sentence_with_chinese_signs_and_harmless():
    assert sentence(InputError("各列", "没有*哪一列*", "先选出这一列")) == "各列：没有\\*哪一列\\*；先选出这一列"
    assert sentence(InputError("企业", "没有找到")) == "企业：没有找到"
