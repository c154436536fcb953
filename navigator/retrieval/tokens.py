"""Cuts Chinese text into the tokens that search counts: jieba words, pairs of neighbouring characters, single characters.

The source of this module is also written into the saved encoder's folder, so it needs nothing but jieba and the
standard library. It knows nothing about weights, indexes or meanings.
"""

import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock

import jieba

HAN_RUN = re.compile(r"[㐀-鿿]+")
WORDLIKE = re.compile(r"\w")
LIKELY_WORD = 20_000  # jieba frequency of a word of ours: high enough to be kept whole against its parts


def normalise(text: str) -> str:
    """Full width to half width, compatibility forms unified (NFKC), lower case; traditional characters stay."""
    return unicodedata.normalize("NFKC", text).lower()


class Segmenter:
    """jieba with its own dictionary and our words; loaded at first use (about a second), then safe to share."""

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        self.user_words = tuple(dict.fromkeys(normalise(word) for word in user_words))
        self._jieba: jieba.Tokenizer | None = None
        self._lock = Lock()

    def words(self, text: str) -> list[str]:
        """The words of a normalised text in reading order, without punctuation and blanks."""
        return [word for word in self._loaded().cut(text) if WORDLIKE.search(word)]

    def frequency(self, word: str) -> int:
        """How often a word stands in the dictionary's own corpus; 0 for what is no word."""
        return self._loaded().FREQ.get(word) or 0

    def _loaded(self) -> jieba.Tokenizer:
        with self._lock:
            if self._jieba is None:
                self._jieba = self._load()
        return self._jieba

    def _load(self) -> jieba.Tokenizer:
        """Read the dictionary directly: jieba's own way keeps a marshalled copy in the shared temp folder."""
        jieba.setLogLevel(logging.WARNING)
        cutter = jieba.Tokenizer()
        cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
        cutter.initialized = True
        for word in self.user_words:
            cutter.add_word(word, max(LIKELY_WORD, cutter.suggest_freq(word)))
        return cutter


@lru_cache(maxsize=4)
def segmenter(user_words: tuple[str, ...] = ()) -> Segmenter:
    """The shared segmenter for these words, so that indexes with the same words load the dictionary once."""
    return Segmenter(user_words)


def characters(text: str) -> list[str]:
    """The Chinese characters of a normalised text."""
    return [character for run in HAN_RUN.findall(text) for character in run]


def bigrams(text: str) -> list[str]:
    """The pairs of neighbouring Chinese characters of a normalised text."""
    return [run[at : at + 2] for run in HAN_RUN.findall(text) for at in range(len(run) - 1)]
