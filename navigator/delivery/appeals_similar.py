"""What an appeal is like: earlier appeals in similar words, and the measures and platforms of the corpus that answer it.

Earlier appeals are compared anew each time, among those the asker may see, and are kept nowhere: an appeal is a fact of an enterprise.
How much a word says is told by the search index: 路灯 much, 企业 little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from navigator.auth import Actor, need
from navigator.corpus.load import default_corpus
from navigator.delivery.appeals import appeals_of
from navigator.retrieval.library import LibraryHit
from navigator.retrieval.tokens import bigrams, normalise
from navigator.search import library, search
from navigator.store.appeal_tables import AppealRow
from navigator.store.audit import audit
from navigator.store.engine import reading

LOOKED_AT = 1_000
"""So many of the newest appeals are compared."""
LEAST = 0.3
"""An appeal is like some words from this share of their weight on."""


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier appeal in similar words."""

    id: int
    number: str
    title: str
    state: str


def find_answers(words: str, top: int = 5) -> list[LibraryHit]:
    """The measures and platforms that answer some words, best first."""
    return [
        hit for hit in search(words[:300], {"measure", "platform"}, top).hits if hit.kind in ("measure", "platform")
    ]


def find_measures(words: str, top: int = 3) -> list[LibraryHit]:
    """The measures that may well answer some words, for readers who cannot tell: those that also share the words' weight."""
    weights, measures = weights_of(words), default_corpus().measure_by_id
    found = []
    for hit in find_answers(words):
        measure = measures.get(hit.id) if hit.kind == "measure" else None
        if measure and share(weights, "\n".join((measure.name, measure.summary, *measure.say))) >= LEAST:
            found.append(hit)
    return found[:top]


def find_similar(actor: Actor | None, words: str, itself: int | None = None, top: int = 3) -> list[Similar]:
    """Earlier appeals of the actor's region in similar words, best first, newer ones before; the look stands in the log. For the team."""
    actor = need(actor, "team")
    query = (
        select(AppealRow.id, AppealRow.number, AppealRow.title, AppealRow.state, AppealRow.text)
        .where(appeals_of(actor), AppealRow.id != (itself or 0), AppealRow.example.is_(False))
        .order_by(AppealRow.id.desc())
        .limit(LOOKED_AT)
    )
    with reading() as session:
        rows = session.execute(query).all()
    weights = weights_of(words) if rows else {}
    shares = [(share(weights, f"{row.title}\n{row.text}"), row) for row in rows]
    best = sorted((one for one in shares if one[0] >= LEAST), key=lambda one: -one[0])[:top]
    if best:
        audit(actor, "找类似诉求", "appeal:", {"行数": len(best)})
    return [Similar(*row[:4]) for _, row in best]


def weights_of(words: str) -> Mapping[str, float]:
    """The pairs of characters in some words, each with what it says (idf): words of two, and such parts of longer ones as the corpus knows."""
    index = library().index
    unknown = index.bm25.idf("")
    found = {}
    for word in index.cutter.words(normalise(words)):
        for pair in bigrams(word):
            idf = index.bm25.idf(f"|{pair}")
            if pair == word or idf < unknown:
                found[pair] = idf
    return found


def share(weights: Mapping[str, float], text: str) -> float:
    """How much of the words' weight stands in a text, from 0 to 1."""
    plain = normalise(text)
    whole = sum(weights.values())
    return sum(weight for pair, weight in weights.items() if pair in plain) / whole if whole else 0.0
