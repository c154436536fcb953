"""Quality and speed of the search index on questions with known answers.

    python -m benchmarks.retrieval FOLDER            quality, figures as in docs/retrieval.md
    python -m benchmarks.retrieval FOLDER --speed    10,000 and 60,000 texts: time to build, time to answer, memory

FOLDER holds corpus.jsonl ({id, text} a line) and queries.jsonl ({id, text, relevant: {id: grade}}); nothing of it is
copied. Variants of one run are compared by a paired bootstrap over the questions. It only prints and never fails.
"""

import argparse
import json
import multiprocessing
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from navigator.retrieval import SearchIndex
from navigator.retrieval.evaluate import Query, ndcg, read_queries
from navigator.retrieval.index import lexical_share
from navigator.retrieval.lexical import Bm25, cut, is_character, weigh
from navigator.retrieval.tokens import segmenter

SAMPLES = 10_000
PART = re.compile(r"(?<=[，。；,;])")
Texts = list[tuple[str, str]]
Scorer = Callable[[str], np.ndarray]


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    texts = read_texts(options.folder / "corpus.jsonl")
    queries = [query for query in read_queries(options.folder / "queries.jsonl") if query.grades]
    if not options.speed:
        print_quality(texts, queries)
        return
    print(f"{'texts':>8} {'build s':>8} {'cpu s':>8} {'p50 ms':>8} {'p99 ms':>8} {'load s':>8} {'peak GB':>8}")
    for size in (len(texts), 6 * len(texts)):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            row = pool.apply(speed, (texts, [query.text for query in queries], size))
        print(f"{size:8} " + " ".join(f"{value:8.2f}" for value in row))


def read_texts(path: Path) -> Texts:
    """The ids and texts of a corpus file."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [(row["id"], row["text"]) for row in rows]


def print_quality(texts: Texts, queries: Sequence[Query]) -> None:
    """nDCG@10 of every variant, and what each gains on BM25 over words and pairs, with a 95% interval."""
    results = {name: ndcg_of(scorer, texts, queries) for name, scorer in variants(texts).items()}
    base = results["BM25 words + pairs"]
    picks = np.random.default_rng(0).integers(0, len(queries), (SAMPLES, len(queries)))
    print(
        f"{len(texts)} texts, {len(queries)} questions\n{'variant':32} {'nDCG@10':>8}   gain on words + pairs, 95% interval"
    )
    for name, values in results.items():
        gain = values - base
        low, high = np.percentile(gain[picks].mean(axis=1), [2.5, 97.5])
        print(f"{name:32} {values.mean():8.4f}   {gain.mean():+.4f} ({low:+.4f} to {high:+.4f})")


def variants(texts: Texts) -> dict[str, Scorer]:
    """Functions from a question to the scores of all texts."""
    cutter = segmenter()
    tokens = [cut(text, cutter) for _, text in texts]
    index = SearchIndex.build(texts)

    def bm25(keep: Callable[[str], bool]) -> Scorer:
        fitted = Bm25.fit([[token for token in every if keep(token)] for _, every in tokens])
        return lambda question: fitted.scores(weigh(cut(question, cutter)[1]))

    def mixed(share: float) -> Scorer:
        def score(question: str) -> np.ndarray:
            scores = index.scores(question)
            return share * scaled(scores.lexical) + (1 - share) * scaled(scores.dense)

        return score

    def fused(question: str) -> np.ndarray:
        scores = index.scores(question)
        return 1 / (60 + ranks(scores.lexical)) + 1 / (60 + ranks(scores.dense))

    found: dict[str, Scorer] = {
        "BM25 words": bm25(lambda token: not token.startswith("|")),
        "BM25 words + pairs": bm25(lambda token: not is_character(token)),
        "BM25 words + pairs + characters": lambda question: index.scores(question).lexical,
        "static encoder alone": lambda question: index.scores(question).dense,
        "reciprocal rank fusion": fused,
    }
    found |= {f"mix, {share:.0%} BM25": mixed(share) for share in (0.4, 0.5, 0.6, 0.7, 0.8)}
    found[f"default: mix, {lexical_share(len(texts)):.0%} BM25"] = lambda question: index.scores(question).mixed
    return found


def scaled(scores: np.ndarray) -> np.ndarray:
    """Divided by the highest."""
    return scores / max(float(scores.max()), 1e-12)


def ranks(scores: np.ndarray) -> np.ndarray:
    """The place of each text, from 0, ties in input order."""
    return np.argsort(np.argsort(-scores, kind="stable"), kind="stable")


def ndcg_of(scorer: Scorer, texts: Texts, queries: Sequence[Query]) -> np.ndarray:
    """nDCG@10 of each question; an id with several texts counts by its best."""
    values = []
    for query in queries:
        order = np.argsort(-scorer(query.text), kind="stable")[:100]
        values.append(ndcg(list(dict.fromkeys(texts[place][0] for place in order)), query.grades))
    return np.array(values)


def speed(texts: Texts, questions: Sequence[str], size: int) -> tuple[float, ...]:
    """Seconds to build (by the clock, of the processor), milliseconds to answer (median, 99th percentile), seconds to load, peak memory in GB."""
    varied = vary(texts, size)
    started, worked = time.perf_counter(), time.process_time()
    index = SearchIndex.build(varied)
    build, work = time.perf_counter() - started, time.process_time() - worked
    times = []
    for question in [*questions[:20], *questions]:
        started = time.perf_counter()
        index.search(question)
        times.append((time.perf_counter() - started) * 1000)
    p50, p99 = np.percentile(times[20:], [50, 99])
    return build, work, p50, p99, loading(index), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def loading(index: SearchIndex) -> float:
    """Seconds to read the index from disk."""
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder) / "index")
        started = time.perf_counter()
        SearchIndex.load(Path(folder) / "index")
        return time.perf_counter() - started


def vary(texts: Texts, size: int) -> Texts:
    """`size` texts: the given ones, then versions of them with parts in another order and one part of another text."""
    dice = random.Random(0)
    made = list(texts[:size])
    while len(made) < size:
        name, text = texts[len(made) % len(texts)]
        parts = [*PART.split(text)[:-1], PART.split(dice.choice(texts)[1])[0]]
        dice.shuffle(parts)
        made.append((f"{name}-{len(made)}", "".join(parts)))
    return made


if __name__ == "__main__":
    main()
