"""Which everyday triggers help and which hurt, on a set of questions with answers: `python benchmarks/lexicon.py QUESTIONS.jsonl`.

For every trigger that fires in some question, the questions in which it fires are asked with and without it; the sum of nDCG@10 over
commitments, measures and platforms is compared. Prints the harmful ones, worst first.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from navigator.retrieval.evaluate import Query, ndcg, read_queries
from navigator.retrieval.library import LibraryIndex
from navigator.search import kind_of, library, speller

KINDS = ("commitment", "measure", "platform")


def quality(index: LibraryIndex, query: Query, text: str, dropped: tuple[str, ...] = ()) -> float:
    """Sum of nDCG@10 over the kinds that have an answer."""
    total = 0.0
    for kind in KINDS:
        grades = query.keeping(lambda found_id, kind=kind: kind_of(found_id) == kind).grades
        if grades:
            hits = index.search(text, kind, 10, dropped).hits
            total += ndcg([hit.id for hit in hits], grades)
    return total


def main(path: str) -> None:
    """Print trigger, change of quality with it, and the questions it fires in."""
    index = library(print)
    change: dict[str, float] = defaultdict(float)
    fired: dict[str, list[str]] = defaultdict(list)
    for query in read_queries(path):
        if not query.grades:
            continue
        text, _ = speller().correct(query.text)
        whole = quality(index, query, text)
        terms: dict[str, list[str]] = defaultdict(list)
        for expansion in index.lexicon.expand(text):
            terms[expansion.trigger].append(expansion.term)
        for trigger, own in terms.items():
            change[trigger] += whole - quality(index, query, text, tuple(own))
            fired[trigger].append(query.text)
    harmful = sorted((value, trigger) for trigger, value in change.items() if value < -1e-9)
    print(f"{len(change)} triggers fired; {len(harmful)} lower the sum; {sum(change.values()):+.3f} in all")
    for value, trigger in harmful:
        print(f"{value:+.3f}  {trigger}  {'; '.join(fired[trigger])}")


if __name__ == "__main__":
    main(sys.argv[1])
