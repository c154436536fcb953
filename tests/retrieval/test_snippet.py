"""The shown part of a text: the sentence that fits, short, with marks exactly on the words."""

from hypothesis import given
from hypothesis import strategies as st

from navigator.retrieval.snippet import LONGEST, snippet

LONG = "第一句讲别的。" + "铺垫" * 60 + "失业保险稳岗返还按比例办理" + "后话" * 60 + "。最后一句。"


def marked(text: str, *words: str) -> list[str]:
    part = snippet(text, dict.fromkeys(words, 1.0))
    return [part.text[start:end] for start, end in part.spans]


def test_the_sentence_that_holds_the_word_is_shown():
    part = snippet("讲贷款。" * 30 + "讲稳岗返还。" + "讲电价。" * 30, {"稳岗返还": 1.0})
    assert part.text.startswith("讲稳岗返还。")


def test_the_heavier_word_decides():
    text = "企业都要看。" * 25 + "只有高企看。"
    assert snippet(text, {"企业": 0.5, "高企": 3.0}).text == "只有高企看。"


def test_what_follows_fills_the_room():
    assert snippet("一。二。三。", {}).text == "一。二。三。"


def test_a_long_sentence_is_cut_around_the_word():
    part = snippet(LONG, {"稳岗返还": 1.0})
    assert "稳岗返还" in part.text
    assert len(part.text) <= LONGEST
    assert part.text.startswith("…")
    assert part.text.endswith("…")


def test_marks_stand_exactly_on_the_words():
    assert marked(LONG, "稳岗返还") == ["稳岗返还"]
    assert marked("贷款贴息和贷款担保", "贷款") == ["贷款", "贷款"]


def test_touching_and_overlapping_marks_become_one():
    assert marked("创业担保贷款贴息", "创业担保", "担保贷款", "贴息") == ["创业担保贷款贴息"]


def test_marks_fit_where_normalising_makes_the_text_longer():
    assert marked("面积100㎡以上,ＡＥＯ认证", "aeo", "认证") == ["ＡＥＯ认证"]
    assert marked("①稳岗②返还", "返还") == ["返还"]


def test_an_empty_text_has_an_empty_snippet():
    assert snippet("", {"税": 1.0}).text == ""
    assert snippet(" \n ", {"税": 1.0}).text == ""


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_any_text_gives_a_short_snippet_with_marks_inside_it(text, words):
    part = snippet(text, dict.fromkeys(words, 1.0))
    assert len(part.text) <= LONGEST
    assert all(0 <= start < end <= len(part.text) for start, end in part.spans)
    assert all(first[1] < second[0] for first, second in zip(part.spans, part.spans[1:], strict=False))
