"""The everyday-official lexicon: what a question is expanded by, and which files are refused."""

import time

import pytest

from navigator.errors import InputError
from navigator.retrieval.lexicon import Expansion, Lexicon, LexiconEntry
from navigator.settings import ROOT


def lexicon(*entries: tuple[str, list[str]], **more) -> Lexicon:
    return Lexicon(LexiconEntry(say=say, means=means, example=say, **more) for say, means in entries)


def terms(expansions: tuple[Expansion, ...]) -> list[str]:
    return [expansion.term for expansion in expansions]


def test_an_everyday_word_brings_the_official_one_at_weight_six_tenths():
    assert lexicon(("摆摊", ["个体工商户"])).expand("摆摊的能少交税吗") == (Expansion("摆摊", "个体工商户", 0.6),)


def test_an_entry_may_carry_its_own_weight():
    assert lexicon(("摆摊", ["个体工商户"]), weight=0.3).expand("摆摊")[0].weight == 0.3


def test_of_overlapping_triggers_the_longest_wins():
    both = lexicon(("股", ["股权"]), ("炒股", ["证券投资"]))
    assert terms(both.expand("炒股亏了")) == ["证券投资"]
    assert terms(both.expand("入股")) == ["股权"]


def test_triggers_are_found_in_any_width_and_case():
    assert terms(lexicon(("pos机", ["刷卡手续费"])).expand("ＰＯＳ机太贵")) == ["刷卡手续费"]


def test_what_the_question_already_says_is_not_added():
    assert lexicon(("开店", ["个体工商户"])).expand("个体工商户开店") == ()


def test_a_term_that_two_triggers_mean_is_named_once():
    assert terms(lexicon(("摆摊", ["个体工商户"]), ("开店", ["个体工商户", "开办"])).expand("摆摊开店")) == [
        "个体工商户",
        "开办",
    ]


def test_signs_with_a_meaning_in_patterns_are_plain_text():
    assert terms(lexicon(("a+b(c)", ["x"])).expand("用a+b(c)")) == ["x"]
    assert lexicon(("a.c", ["x"])).expand("abc") == ()


def test_an_empty_lexicon_or_question_gives_nothing():
    assert Lexicon().expand("摆摊") == ()
    assert lexicon(("摆摊", ["个体工商户"])).expand("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("say: 摆摊\n", r"lexicon.yaml:1:不是列表"),
        ("- {say: 摆摊, means: [a], example: b}\n- {say: 开店, means: a, example: b}\n", r"lexicon.yaml:2 "),
        ("- {say: 摆摊, means: [], example: b}\n", r"lexicon.yaml:1 "),
        ("- {say: 摆摊, means: [a]}\n", r"lexicon.yaml:1 .*example"),
        ("- {say: 摆摊, means: [a], example: b, weight: 2}\n", r"lexicon.yaml:1 .*weight"),
        ("- {say: 摆摊, mean: [a], example: b}\n", r"lexicon.yaml:1 "),
        (
            "- {say: 摆摊, means: [a], example: b}\n- {say: 摆摊, means: [c], example: b}\n",
            r"lexicon.yaml:2:“摆摊”前面已经有了",
        ),
        ("- {say: 摆摊, means: [a\n", r"lexicon.yaml:\d"),
    ],
)
def test_a_faulty_file_is_told_by_file_and_line(tmp_path, text, message):
    path = tmp_path / "lexicon.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Lexicon.load(path)


def test_a_missing_file_is_told_in_one_sentence(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        Lexicon.load(tmp_path / "lexicon.yaml")


def test_the_lexicon_of_the_corpus_is_read_and_every_example_sets_off_its_entry():
    path = ROOT / "policy_corpus" / "vocabulary" / "lexicon.yaml"
    assert len(Lexicon.load(path)) >= 300


def test_five_thousand_triggers_expand_a_question_in_no_time():
    many = lexicon(*((f"说法{number}", [f"词{number}"]) for number in range(5000)))
    started = time.perf_counter()
    for _ in range(20):
        assert terms(many.expand("我想问说法4999和说法12的事")) == ["词4999", "词12"]
    assert time.perf_counter() - started < 2
