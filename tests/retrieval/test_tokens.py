"""Cutting text: normal forms, words of ours, pairs and single characters."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from navigator.retrieval.lexical import cut, is_character, weigh
from navigator.retrieval.tokens import Segmenter, bigrams, characters, normalise, segmenter


def test_full_width_letters_and_digits_become_half_width_and_lower_case():
    assert normalise("ＡＥＯ高级认证３０％") == "aeo高级认证30%"


def test_traditional_characters_are_left_alone():
    assert normalise("個體戶") == "個體戶"


def test_words_come_without_punctuation_and_blanks():
    words = segmenter().words(normalise("个体工商户,少交税 吗?"))
    assert "".join(words) == "个体工商户少交税吗"


def test_a_word_of_ours_is_kept_whole():
    name = "荆企惠通码"
    assert name not in Segmenter().words(f"请用{name}办理")
    assert name in Segmenter([name]).words(f"请用{name}办理")


def test_words_of_ours_are_normalised_and_counted_once():
    assert Segmenter(["ＡＥＯ码", "aeo码"]).user_words == ("aeo码",)


def test_pairs_and_characters_stop_at_what_is_no_chinese_character():
    assert bigrams("稳岗a返还") == ["稳岗", "返还"]
    assert characters("税,a费") == ["税", "费"]


def test_single_characters_weigh_three_tenths_in_a_question():
    words, tokens = cut("税费", segmenter())
    weights = weigh(tokens)
    assert words == ["税费"]
    assert {token: round(weight, 2) for token, weight in weights.items()} == {
        "税费": 1,
        "|税费": 1,
        "|税": 0.3,
        "|费": 0.3,
    }
    assert [token for token in tokens if is_character(token)] == ["|税", "|费"]


def test_loading_the_dictionary_leaves_nothing_in_the_shared_temp_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    Segmenter().words("个体工商户")
    assert list(Path(tmp_path).iterdir()) == []


def test_segmenters_with_the_same_words_are_shared():
    assert segmenter(("稳岗返还",)) is segmenter(("稳岗返还",))


@given(st.text(max_size=60))
def test_any_text_can_be_cut_and_no_token_is_empty(text):
    words, tokens = cut(text, segmenter())
    assert all(tokens)
    assert tokens[: len(words)] == words
