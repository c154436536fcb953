"""Tells whether a question shares a content word with the texts it is meant to find.

Half of judging search is the question that uses none of the official words ("公家退点钱" for 稳岗返还), so every line of the question files carries
`shares_words`. This module computes that flag, from the corpus files alone and with jieba's own dictionary, so that it can be recomputed by anyone.
It knows nothing of the index, its tokens or the lexicon, and it judges no ranking. `python -m tests.retrieval.shared_words` rewrites the flags of
both files after corpus texts have changed.
"""

import json
from functools import cache
from pathlib import Path

import jieba
import jieba.posseg
import yaml

CORPUS = Path(__file__).parents[2] / "policy_corpus"
QUESTION_FILES = (Path(__file__).with_name("questions_tuning.jsonl"), Path(__file__).with_name("questions_held_out.jsonl"))

CONTENT_TAGS = ("n", "v", "a", "b", "j", "l", "i", "eng")
"""First letters of jieba's tags: nouns, verbs, adjectives with their fixed forms (b, j, l, i), and Latin words such as AEO."""

STOP_WORDS = {
    "没有", "有没有", "可以", "能够", "需要", "应该", "知道", "晓得", "觉得", "想要", "是不是", "能不能", "行不行", "请问", "问题",
    "时候", "东西", "地方", "一下", "有人", "起来", "出来", "下来", "听说", "还有", "只有", "就是", "不是", "不要", "不能", "不用",
    "可能", "到底", "怎么办", "有点", "比如", "好像", "看看", "说说", "问问",
}


@cache
def _tagger() -> jieba.posseg.POSTokenizer:
    """jieba's default dictionary in a tokenizer of its own, untouched by words other code adds."""
    return jieba.posseg.POSTokenizer(jieba.Tokenizer())


def content_words(question: str) -> set[str]:
    """The nouns, verbs and adjectives of two or more characters in a question and the words inside them, stop words removed."""
    whole = [word for word, tag in _tagger().cut(question) if len(word) >= 2 and tag.startswith(CONTENT_TAGS)]
    inner = {part for word in whole for part in _tagger().tokenizer.cut_for_search(word, HMM=False) if len(part) >= 2}
    return (inner | set(whole)) - STOP_WORDS


def runs(question: str) -> set[str]:
    """All runs of three letters, digits or Chinese characters: names that jieba cuts to pieces, such as 荆e融, 一企一档 and 301."""
    return {question[start : start + 3] for start in range(len(question) - 2) if question[start : start + 3].isalnum()}


@cache
def corpus_texts() -> dict[str, str]:
    """Title and text of every commitment ("13"), measure and platform ("sys-034"), by the id that search returns.

    A commitment gives title, text and summary; a measure name, summary, conditions and benefit; a platform name and what it is.
    """
    texts = {}
    for row in _read(CORPUS / "commitments.yaml"):
        texts[str(row["number"])] = "\n".join((row["title"], row["text"], row["summary"]))
    for row in _read(CORPUS / "platforms.yaml"):
        texts[row["id"]] = "\n".join((row["name"], row["what"]))
    for file in sorted((CORPUS / "measures").glob("*.yaml")):
        row = _read(file)
        conditions = [condition["text"] for condition in row["conditions"]]
        texts[row["id"]] = "\n".join((row["name"], row["summary"], *conditions, row["benefit"]["text"]))
    return texts


def best_targets(relevant: dict[str, int]) -> list[str]:
    """The ids with the highest grade a question has: grade 3, or 2 where nothing is exact."""
    best = max(relevant.values(), default=0)
    return [target for target, grade in relevant.items() if grade == best]


def shared_words(question: str, targets: list[str]) -> set[str]:
    """Content words and runs of the question that stand, character by character, in title or text of one of the targets."""
    texts = [corpus_texts()[target] for target in targets]
    return {word for word in content_words(question) | runs(question) if any(word in text for text in texts)}


def _read(file: Path) -> list | dict:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _rewrite_flags() -> None:
    for file in QUESTION_FILES:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            line["shares_words"] = bool(shared_words(line["text"], best_targets(line["relevant"])))
        file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    _rewrite_flags()
