"""What an appeal is like: earlier appeals in similar words, and the measures and platforms of the corpus that answer it.

Earlier appeals are compared anew each time, among those the asker may see, and are kept nowhere: an appeal is a fact of an enterprise.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from navigator.auth import Actor, need
from navigator.delivery.appeals import appeals_of
from navigator.retrieval.lexical import Bm25, cut, is_character, weigh
from navigator.retrieval.library import LibraryHit
from navigator.search import library, search
from navigator.store.appeal_tables import AppealRow
from navigator.store.audit import audit
from navigator.store.engine import reading

LOOKED_AT = 1_000
"""So many of the newest appeals are compared."""
_LEAST = 0.08
"""An appeal is like another from this share of the score that its own words would have."""


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


def find_similar(actor: Actor | None, words: str, itself: int | None = None, top: int = 3) -> list[Similar]:
    """Earlier appeals of the actor's region in similar words, best first; the look stands in the log. For the team."""
    actor = need(actor, "team")
    query = (
        select(AppealRow.id, AppealRow.number, AppealRow.title, AppealRow.state, AppealRow.text)
        .where(appeals_of(actor), AppealRow.id != (itself or 0), AppealRow.example.is_(False))
        .order_by(AppealRow.id.desc())
        .limit(LOOKED_AT)
    )
    with reading() as session:
        rows = session.execute(query).all()
    if not rows:
        return []
    cutter = library().index.cutter
    asked = cut(words, cutter)[1]
    texts = [cut(f"{row.title} {row.text}", cutter)[1] for row in rows]
    scores = Bm25.fit([*texts, asked]).scores(weigh([one for one in asked if not is_character(one)]))
    least = _LEAST * float(scores[-1])
    best = sorted((place for place in range(len(rows)) if scores[place] > least), key=lambda place: -scores[place])[
        :top
    ]
    audit(actor, "找类似诉求", "appeal:", {"行数": len(best)})
    return [Similar(*rows[place][:4]) for place in best]
