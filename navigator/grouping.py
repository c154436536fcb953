"""Puts found clauses below what they belong to: a commitment, the measure that rests on them, or else their document.

It only arranges the hits of one search, best first; what is found, and how it is drawn, is not known here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from navigator.corpus.load import Corpus
from navigator.corpus.model import Measure
from navigator.retrieval.library import LibraryHit

HeadKind = Literal["measure", "commitment", "platform", "document"]
_MARKS = re.compile(r"[《》〈〉“”\"'（）()\s]")


@dataclass(slots=True)
class Group:
    """One thing that was found, with the clauses of it that were found too, both best first.

    `hit` is None where only clauses of it were found.
    """

    kind: HeadKind
    id: str
    hit: LibraryHit | None = None
    clauses: list[LibraryHit] = field(default_factory=list)


def group(hits: Iterable[LibraryHit], corpus: Corpus, by_document: bool = False) -> list[Group]:
    """The hits arranged, each group at the place of its best hit. A clause that is a whole commitment stands for it.

    `by_document` leaves every clause below its document, for those who look for clauses alone.
    """
    parents = Parents(corpus)
    groups: dict[tuple[HeadKind, str], Group] = {}
    for hit in hits:
        key = _head(hit, None if by_document else parents)
        one = groups.setdefault(key, Group(*key))
        if hit.kind != "clause":
            one.hit = hit
        elif one.kind != "commitment" or commitment_of(hit.id, corpus) is None:
            one.clauses.append(hit)
        elif one.hit is None:
            one.hit = replace(hit, kind="commitment", id=one.id, title=corpus.commitment_by_number[int(one.id)].title)
    return list(groups.values())


def _head(hit: LibraryHit, parents: Parents | None) -> tuple[HeadKind, str]:
    if hit.kind != "clause":
        return hit.kind, hit.id
    return parents.of_clause(hit.id) if parents else ("document", hit.id.partition("#")[0])


class Parents:
    """What each clause of the corpus belongs to."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._by_source: dict[str, list[Measure]] = defaultdict(list)
        for measure in corpus.measures:
            for name in {_plain(measure.source.title), _plain(measure.source.document or "")} - {""}:
                self._by_source[name].append(measure)

    def of_clause(self, clause_id: str) -> tuple[HeadKind, str]:
        """Kind and id: the commitment it is or is part of, the one measure that rests on it, or its document."""
        document_id, _, place = clause_id.partition("#")
        document = self._corpus.document_by_id[document_id]
        clause = document.clause_by_id[place]
        for above in (place, *reversed(clause.path)):
            number = commitment_of(f"{document_id}#{above}", self._corpus)
            if number:
                return "commitment", number
        measures = self._measures_of(document.title, document.front.document_number)
        citing = [one for one in measures if _cites(one, clause.number)]
        for found in (citing, measures):
            if len(found) == 1:
                return "measure", found[0].id
        return "document", document_id

    def _measures_of(self, title: str, number: str | None) -> list[Measure]:
        found = {one.id: one for name in {_plain(title), _plain(number or "")} for one in self._by_source.get(name, ())}
        return list(found.values())


def commitment_of(clause_id: str, corpus: Corpus) -> str | None:
    """The number of the commitment that a clause of the plan is as a whole, if it is one."""
    document, _, place = clause_id.partition("#")
    number = place.rsplit("/", 1)[-1]
    is_commitment = document == corpus.city.plan_document and place.count("/") == 2 and number.isdigit()
    return number if is_commitment and int(number) in corpus.commitment_by_number else None


def _cites(measure: Measure, number: str) -> bool:
    return number.startswith("第") and any(number in (condition.cite or "") for condition in measure.conditions)


def _plain(name: str) -> str:
    return _MARKS.sub("", name)
