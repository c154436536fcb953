"""Holds the platforms to what a reader needs of each: for whom, how to reach it, whom to ring, everyday words."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from navigator.corpus.load import Corpus, load_corpus

CORPUS = Path(__file__).resolve().parents[2] / "policy_corpus"
HOTLINE = re.compile(r"(?<!\d)(?:12\d{3}|95598)(?!\d)")
HOTLINES = {"12315", "12333", "12345", "12348", "12360", "12366", "12368", "12388", "95598"}
"""National numbers that are certain; 12388 is where a breach of discipline is reported."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(CORPUS)


def test_every_platform_says_for_whom_it_is_and_how_to_reach_it(corpus: Corpus) -> None:
    for platform in corpus.platforms:
        assert platform.for_whom, platform.id
        assert platform.how and platform.how.endswith("。"), platform.id


def test_only_certain_numbers_are_named_and_the_phone_is_the_first_of_them(corpus: Corpus) -> None:
    for platform in corpus.platforms:
        named = HOTLINE.findall(platform.how or "")
        assert set(named) <= HOTLINES, platform.id
        expected = named[0] if named and platform.id != "sys-158" else None
        assert platform.phone == expected, platform.id


def test_the_hotline_whose_number_the_plan_hides_has_no_number(corpus: Corpus) -> None:
    hidden = corpus.platform_by_id["sys-158"]
    assert hidden.phone is None and "隐去" in (hidden.how or "")


def test_no_address_of_a_site_is_given(corpus: Corpus) -> None:
    for platform in corpus.platforms:
        assert not re.search(r"https?:|www\.|\.(cn|com)\b", f"{platform.where}{platform.how}"), platform.id


def test_the_measures_a_platform_serves_exist_and_stand_once(corpus: Corpus) -> None:
    for platform in corpus.platforms:
        assert set(platform.measures) <= set(corpus.measure_by_id), platform.id
        assert len(set(platform.measures)) == len(platform.measures), platform.id


def test_everyday_words_are_short_and_belong_to_one_platform_only(corpus: Corpus) -> None:
    words = Counter(word for platform in corpus.platforms for word in platform.say)
    assert [word for word, times in words.items() if times > 1] == []
    assert [word for word in words if not 2 <= len(word) <= 6] == []
    assert [platform.id for platform in corpus.platforms if not 5 <= len(platform.say) <= 10] == []


def test_an_everyday_word_does_not_stand_in_many_other_platforms(corpus: Corpus) -> None:
    texts = {
        platform.id: "\n".join([platform.name, platform.what, platform.for_whom or "", *platform.say])
        for platform in corpus.platforms
    }
    for platform in corpus.platforms:
        for word in platform.say:
            others = [other for other, text in texts.items() if word in text and other != platform.id]
            assert len(others) <= 3, (platform.id, word, others)
