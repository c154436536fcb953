"""The built-in encoder's arithmetic: a text's vector is the unit-length sum of its words' vectors.

Each word counts 1 + log of how often it stands in the text; words without a vector count nothing. Like tokens.py, the
source of this module is also written into the saved encoder's folder, so it needs nothing but numpy. How the word
vectors come about is the matter of fitting.py.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from navigator.retrieval.tokens import Segmenter, normalise, segmenter


class WordVectors:
    """Words and their vectors (float32, one row a word), with the segmenter that cuts texts into such words."""

    def __init__(self, words: Sequence[str], vectors: np.ndarray, cutter: Segmenter) -> None:
        self.words = list(words)
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self.cutter = cutter
        self._row = {word: row for row, word in enumerate(self.words)}

    @property
    def dims(self) -> int:
        """The length of a vector."""
        return int(self.vectors.shape[1])

    def encode(self, texts: Iterable[str]) -> np.ndarray:
        """One vector a text: float32, unit length, or zero for a text of unknown words."""
        return self.encode_words(self.cutter.words(normalise(text)) for text in texts)

    def encode_words(self, texts: Iterable[Iterable[str]]) -> np.ndarray:
        """The same for texts that are already cut into words."""
        rows = [self._sum(words) for words in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dims), np.float32)

    def _sum(self, words: Iterable[str]) -> np.ndarray:
        counts = Counter(map(self._row.get, words))
        counts.pop(None, None)
        if not counts:
            return np.zeros(self.dims, np.float32)
        weights = 1 + np.log(np.array(list(counts.values()), np.float32))
        total = weights @ self.vectors[list(counts)]
        return (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write vectors.npy, words.txt and user_words.txt, a word a line, into an existing folder."""
        np.save(folder / "vectors.npy", self.vectors, allow_pickle=False)
        (folder / "words.txt").write_text("\n".join(self.words), encoding="utf-8")
        (folder / "user_words.txt").write_text("\n".join(self.cutter.user_words), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "WordVectors":
        """Read what `save` has written."""
        vectors = np.load(folder / "vectors.npy", allow_pickle=False)
        return cls(_lines(folder / "words.txt"), vectors, segmenter(tuple(_lines(folder / "user_words.txt"))))


def _lines(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    return text.split("\n") if text else []
