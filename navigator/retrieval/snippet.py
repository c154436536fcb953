"""The part of a text that answers a question best, short enough for a result list, and where in it the words stand."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from navigator.retrieval.tokens import normalise

LONGEST = 120
_LEAD = 20  # characters shown before the first match when a long sentence is cut
_SENTENCE = re.compile(r"[^。!?;！？；\n]+[。!?;！？；]*")
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text of at most 120 characters and the matches in it as (start, end)."""

    text: str
    spans: tuple[tuple[int, int], ...]


def snippet(text: str, words: Mapping[str, float]) -> Snippet:
    """The sentence that holds the heaviest of `words` (normalised, with their weights), continued while there is room."""
    sentences = [found.span() for found in _SENTENCE.finditer(text) if found.group().strip()]
    if not sentences:
        return Snippet("", ())
    best = max(range(len(sentences)), key=lambda at: (_weight(text[slice(*sentences[at])], words), -at))
    start, end = sentences[best]
    while text[start].isspace():
        start += 1
    if end - start > LONGEST:
        return _window(text[start:end], words)
    for _, next_end in sentences[best + 1 :]:
        if next_end - start > LONGEST:
            break
        end = next_end
    return _marked(text[start:end].rstrip(), words)


def _weight(sentence: str, words: Mapping[str, float]) -> float:
    plain = normalise(sentence)
    return sum(weight for word, weight in words.items() if word in plain)


def _window(sentence: str, words: Mapping[str, float]) -> Snippet:
    """The 120 characters of a long sentence that begin shortly before its heaviest match."""
    spans = _spans(sentence, words)
    heaviest = max(spans, key=lambda span: _weight(sentence[slice(*span)], words), default=(0, 0))
    room = LONGEST - 2 * len(_CUT)
    start = max(0, min(heaviest[0] - _LEAD, len(sentence) - room))
    before = _CUT if start else ""
    after = _CUT if start + room < len(sentence) else ""
    return _marked(f"{before}{sentence[start : start + room]}{after}", words)


def _marked(text: str, words: Mapping[str, float]) -> Snippet:
    return Snippet(text.replace("\n", " "), tuple(_merged(_spans(text, words))))


def _spans(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in a text, in its own positions: normalising may lengthen it (㎡ is m2)."""
    folded = [normalise(character) for character in text]
    origin = [place for place, part in enumerate(folded) for _ in part]
    plain = "".join(folded)
    return [
        (origin[found.start()], origin[found.end() - 1] + 1)
        for word in words
        for found in re.finditer(re.escape(word), plain)
    ]


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping and touching spans made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
