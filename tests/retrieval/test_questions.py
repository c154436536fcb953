"""The question files keep their shape: counts, ids, labels that exist, and the flag that says a question uses none of its targets' words.

Nothing here judges search; that is what `evaluate` does with these files.
"""

import json
import re
from collections import Counter

import pytest

from tests.retrieval.shared_words import QUESTION_FILES, best_targets, content_words, corpus_texts, shared_words

LINES = {
    file.stem: [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] for file in QUESTION_FILES
}
ALL = [line for lines in LINES.values() for line in lines]
ANSWERED = [line for line in ALL if line["relevant"]]
GOVERNMENT_HOMEWORK = {"1", "2", "6", "8", "12", "16", "31"}


NUMBERED = {
    "questions_tuning": [
        *(f"t{number:03d}" for number in range(1, 186)),
        *(f"h{number:03d}" for number in range(1, 190)),
    ],
    "questions_held_out": [f"f{number:03d}" for number in range(1, 213)],
}


@pytest.mark.parametrize("stem", list(LINES))
def test_each_part_holds_its_agreed_lines_numbered_in_order(stem: str) -> None:
    assert [line["id"] for line in LINES[stem]] == NUMBERED[stem]


def test_every_line_has_exactly_the_agreed_fields() -> None:
    for line in ALL:
        assert list(line) == ["id", "text", "who", "relevant", "shares_words"], line["id"]
        assert isinstance(line["shares_words"], bool), line["id"]


def test_no_question_stands_twice_in_one_file_or_in_both() -> None:
    plain = Counter(re.sub(r"\W", "", line["text"]) for line in ALL)
    assert [text for text, times in plain.items() if times > 1] == []


def test_questions_are_short_speech_and_never_a_title() -> None:
    titles = {re.sub(r"\W", "", text.split("\n")[0]) for text in corpus_texts().values()}
    for line in ALL:
        assert 3 <= len(line["text"]) <= 40, line["id"]
        assert re.sub(r"\W", "", line["text"]) not in titles, line["id"]


def test_mostly_owners_then_visiting_teams_then_staff_ask() -> None:
    share = {who: count / len(ALL) for who, count in Counter(line["who"] for line in ALL).items()}
    assert share == pytest.approx({"owner": 0.57, "team": 0.24, "staff": 0.19}, abs=0.02)


def test_every_label_names_something_in_the_corpus_with_a_grade_from_1_to_3() -> None:
    known = corpus_texts()
    for line in ANSWERED:
        assert set(line["relevant"]) <= set(known), (line["id"], set(line["relevant"]) - set(known))
        assert set(line["relevant"].values()) <= {1, 2, 3}, line["id"]
        assert max(line["relevant"].values()) >= 2, line["id"]


@pytest.mark.parametrize("stem", list(LINES))
def test_some_questions_of_each_part_have_no_answer_and_share_no_word(stem: str) -> None:
    unanswered = [line for line in LINES[stem] if not line["relevant"]]
    assert len(unanswered) == {"questions_tuning": 20, "questions_held_out": 12}[stem]
    assert not any(line["shares_words"] for line in unanswered)


def test_every_commitment_is_meant_by_two_questions_and_government_homework_by_one() -> None:
    meant = Counter(target for line in ANSWERED for target, grade in line["relevant"].items() if grade == 3)
    for number in map(str, range(1, 46)):
        assert meant[number] >= (1 if number in GOVERNMENT_HOMEWORK else 2), number


def test_at_least_sixty_platforms_are_a_good_part_of_an_answer() -> None:
    platforms = {
        target
        for line in ANSWERED
        for target, grade in line["relevant"].items()
        if grade >= 2 and target.startswith("sys-")
    }
    assert len(platforms) >= 60


def test_at_least_130_measures_are_meant_by_some_question_and_few_are_never_named() -> None:
    measures = {target for target in corpus_texts() if not target.isdigit() and not target.startswith("sys-")}
    meant = {target for line in ANSWERED for target, grade in line["relevant"].items() if grade == 3}
    named = {target for line in ANSWERED for target in line["relevant"]}
    assert len(meant & measures) >= 130
    assert len(named & measures) >= 0.9 * len(measures)


def test_shares_words_is_what_the_script_computes_from_the_corpus_of_today() -> None:
    stale = [
        line["id"]
        for line in ANSWERED
        if line["shares_words"] != bool(shared_words(line["text"], best_targets(line["relevant"])))
    ]
    assert stale == [], "corpus texts or questions changed: run python -m tests.retrieval.shared_words"


@pytest.mark.parametrize("stem", list(LINES))
def test_two_answered_questions_in_five_share_no_word_with_what_they_mean(stem: str) -> None:
    answered = [line for line in LINES[stem] if line["relevant"]]
    assert sum(not line["shares_words"] for line in answered) >= 0.4 * len(answered)


def test_function_words_and_single_characters_are_no_content_words() -> None:
    assert content_words("有没有啥可以少交的税") == {"少交"}


def test_words_inside_a_compound_and_names_jieba_does_not_know_count_as_shared() -> None:
    assert "企业" in shared_words("我们中小企业", ["4"])
    assert "荆e融" in shared_words("荆e融咋弄", ["sys-038"])
    assert shared_words("荆易融咋弄", ["sys-038"]) == set()
