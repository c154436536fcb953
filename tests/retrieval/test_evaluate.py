"""The figures of an evaluation, worked out by hand, and the faults of a question file."""

import math

import pytest

from navigator.errors import InputError
from navigator.retrieval.evaluate import Query, evaluate, ndcg, read_queries


def asked(*relevant: dict[str, int]) -> list[Query]:
    return [Query(id=str(number), text=str(number), relevant=one) for number, one in enumerate(relevant)]


def test_the_right_order_scores_one_and_nothing_found_scores_nought():
    assert ndcg(["a", "b"], {"a": 2, "b": 1}) == 1
    assert ndcg(["x"], {"a": 2}) == 0


def test_gain_is_two_to_the_grade_less_one_over_the_logarithm_of_the_place():
    got = 1 / math.log2(2) + 7 / math.log2(3)
    best = 7 / math.log2(2) + 1 / math.log2(3)
    assert ndcg(["b", "a"], {"a": 3, "b": 1}) == pytest.approx(got / best)


def test_an_id_that_is_returned_twice_counts_once():
    assert ndcg(["a", "a"], {"a": 1, "b": 1}) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_only_the_first_ten_count():
    found = [f"x{number}" for number in range(10)] + ["a"]
    assert evaluate(lambda text, top: found, asked({"a": 1})).as_dict()["recall@10"] == 0


def test_recall_and_reciprocal_rank_look_at_the_highest_grade_alone():
    found = ["low", "top1", "x", "x2", "x3", "top2"]
    result = evaluate(lambda text, top: found, asked({"top1": 3, "top2": 3, "low": 1}))
    assert (result.mrr_at_10, result.recall_at_5, result.recall_at_10) == (0.5, 0.5, 1.0)


def test_questions_without_an_answer_are_counted_apart():
    result = evaluate(lambda text, top: ["a"], asked({"a": 1}, {}, {"a": 0}))
    assert result.as_dict()["queries"] == 1
    assert result.as_dict()["unanswerable"] == 2
    assert result.ndcg_at_10 == 1


def test_without_any_answered_question_there_are_no_means():
    assert evaluate(lambda text, top: [], []).as_dict() == {
        "queries": 0,
        "ndcg@10": None,
        "mrr@10": None,
        "recall@5": None,
        "recall@10": None,
        "p50_ms": None,
        "unanswerable": 0,
    }


def test_the_search_is_asked_for_ten_and_timed():
    seen = []
    result = evaluate(lambda text, top: seen.append((text, top)) or ["a"], asked({"a": 1}))
    assert seen == [("0", 10)]
    assert result.p50_ms >= 0


def test_a_question_file_is_read_line_by_line(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "1", "text": "问", "relevant": {"13": 2}, "who": "owner"}\n\n', encoding="utf-8")
    assert read_queries(path) == [Query(id="1", text="问", relevant={"13": 2})]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "1", "text": "问"}',
        '{"id": 1, "text": "问", "relevant": {}}',
        '{"id": "1", "text": "问", "relevant": {"a": -1}}',
    ],
)
def test_a_bad_line_is_told_by_file_and_number(tmp_path, line):
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": "1", "text": "问", "relevant": {}}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"^q\.jsonl:2:"):
        read_queries(path)


def test_a_missing_file_is_told_in_one_sentence(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        read_queries(tmp_path / "none.jsonl")
