"""BM25 over jieba words, pairs of characters and single characters, the latter at weight 0.3.

bm25s computes and stores the score of every token in every text; here those scores are added up with weights, which
bm25s itself does not do. It knows words only, no meanings.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from sys import intern

import bm25s
import numpy as np

from navigator.retrieval.tokens import Segmenter, bigrams, characters, normalise

K1, B = 1.5, 0.75
CHARACTER_WEIGHT = 0.3
_MARK = "|"  # stands before pairs and single characters; never part of a jieba word


def cut(text: str, cutter: Segmenter) -> tuple[list[str], list[str]]:
    """The words of a text, and all tokens that BM25 counts in it (words, pairs, characters); equal ones share memory."""
    plain = normalise(text)
    words = [intern(word) for word in cutter.words(plain)]
    parts = [intern(f"{_MARK}{part}") for part in (*bigrams(plain), *characters(plain))]
    return words, words + parts


def is_character(token: str) -> bool:
    """Whether a token stands for a single character."""
    return len(token) == len(_MARK) + 1 and token.startswith(_MARK)


def weigh(tokens: Sequence[str], weight: float = 1.0) -> Counter[str]:
    """How much each token of a query counts."""
    weights: Counter[str] = Counter()
    for token in tokens:
        weights[token] += weight * (CHARACTER_WEIGHT if is_character(token) else 1.0)
    return weights


class Bm25:
    """The BM25 score of every token in every text; made by `fit` or `load`, read by many threads."""

    def __init__(self, model: bm25s.BM25 | None, texts: int) -> None:
        self.texts = texts
        self._model = model
        self._row = model.vocab_dict if model else {}

    @classmethod
    def fit(cls, texts: Sequence[Sequence[str]]) -> "Bm25":
        """Count the tokens of each text."""
        rows: defaultdict[str, int] = defaultdict(count().__next__)
        ids = [list(map(rows.__getitem__, tokens)) for tokens in texts]
        if not rows:
            return cls(None, len(texts))
        model = bm25s.BM25(k1=K1, b=B)
        model.index((ids, dict(rows)), create_empty_token=False, show_progress=False)
        return cls(model, len(texts))

    @property
    def tokens(self) -> int:
        """How many different tokens the texts hold."""
        return len(self._row)

    def scores(self, weights: Mapping[str, float]) -> np.ndarray:
        """The weighted score of every text, float32, 0 where no token stands."""
        postings = [(*self._postings(token), weight) for token, weight in weights.items()]
        if not postings:
            return np.zeros(self.texts, np.float32)
        texts = np.concatenate([places for places, _, _ in postings])
        scores = np.concatenate([scores * np.float32(weight) for _, scores, weight in postings])
        return np.bincount(texts, scores, minlength=self.texts).astype(np.float32)

    def idf(self, token: str) -> float:
        """ln(1 + (N - n + 0.5) / (n + 0.5)) with n texts holding the token; unknown tokens have n = 0."""
        holding = len(self._postings(token)[0])
        return float(np.log(1 + (self.texts - holding + 0.5) / (holding + 0.5)))

    def _postings(self, token: str) -> tuple[np.ndarray, np.ndarray]:
        row = self._row.get(token)
        if row is None or self._model is None:
            return _NOWHERE
        matrix = self._model.scores
        span = slice(matrix["indptr"][row], matrix["indptr"][row + 1])
        return matrix["indices"][span], matrix["data"][span]

    def save(self, folder: Path) -> None:
        """Write bm25s's own files."""
        if self._model:
            self._model.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path, texts: int, tokens: int) -> "Bm25":
        """Read what `save` has written for this number of texts and different tokens; ValueError if it is not that."""
        model = bm25s.BM25.load(folder, show_progress=False) if tokens else None
        if model and (model.scores["num_docs"] != texts or len(model.vocab_dict) != tokens):
            raise ValueError("counts differ")
        return cls(model, texts)


_NOWHERE = (np.zeros(0, np.int32), np.zeros(0, np.float32))
