"""The search of the product: what is indexed from the corpus, the index kept current on disk, and answers as JSON.

The index lies in the data folder and is rebuilt by itself when the corpus, the vocabulary or the encoder has changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

from navigator.corpus.load import Corpus, changed_corpus, default_corpus, use_corpus
from navigator.corpus.model import Measure
from navigator.errors import InputError
from navigator.matching.dates import period, today
from navigator.matching.rulebook import compiled, rulebook_for
from navigator.retrieval.library import Entry, LibraryIndex, SearchResult
from navigator.retrieval.spelling import Correction, Speller
from navigator.retrieval.tokens import normalise
from navigator.settings import settings

Progress = Callable[[str], None]

_lock = threading.Lock()
_current: LibraryIndex | None = None


def index_folder() -> Any:
    """Where the index lies."""
    return settings().data / "index"


def library(progress: Progress | None = None, force: bool = False) -> LibraryIndex:
    """The index of the configured corpus: loaded if current, otherwise built and saved. Safe to call from many threads."""
    global _current
    with _lock:
        if _current is None or force:
            _current = _load_or_build(default_corpus(), progress or (lambda text: None), force)
        return _current


_refreshing = threading.Lock()


def refresh(progress: Progress | None = None) -> bool:
    """Take what was released since into corpus and index; False where nothing was.

    All is read, compiled and indexed apart, while the old state goes on answering, and then put in place.
    """
    global _current
    with _refreshing:
        fresh = changed_corpus()
        if fresh is None:
            return False
        compiled(fresh)
        compiled(fresh.on(today()))
        index = _load_or_build(fresh, progress or (lambda text: None), force=False)
        with _lock:
            use_corpus(fresh)
            _current = index
        return True


def is_ready() -> bool:
    """Whether a search can be answered without building anything first."""
    return _current is not None


def _load_or_build(corpus: Corpus, progress: Progress, force: bool) -> LibraryIndex:
    found = list(entries(corpus))
    folder = index_folder()
    lexicon = corpus.folder / "vocabulary" / "lexicon.yaml"
    words = corpus.folder / "vocabulary" / "words.txt"
    if not force and LibraryIndex.is_current(folder, found, lexicon=lexicon, words=words):
        with suppress(InputError):
            return LibraryIndex.load(folder)
    progress(f"正在建立检索索引：{len(found)} 段文字")
    index = LibraryIndex.build(found, lexicon=lexicon, words=words)
    index.save(folder)
    progress("索引建好了")
    return index


def entries(corpus: Corpus) -> Iterator[Entry]:
    """Everything that can be found: measures, commitments, platforms and the clauses of documents."""
    for measure in corpus.measures:
        source = measure.source.document or measure.source.title
        yield Entry("measure", measure.id, measure.name, measure_text(measure), source, said="、".join(measure.say))
    for item in corpus.commitments:
        plan = corpus.document_by_id[corpus.city.plan_document].title
        text, source = f"{item.summary}\n{item.text}", f"{plan} 第{item.number}项"
        yield Entry("commitment", str(item.number), item.title, text, source, said="、".join(item.say))
    for platform in corpus.platforms:
        text = f"{platform.what}\n{platform.for_whom or ''}"
        source = "、".join(f"第{n}项承诺" for n in platform.commitments)
        yield Entry("platform", platform.id, platform.name, text, source, said="、".join(platform.say))
    for document in corpus.documents:
        headings = {clause.id: clause.heading for clause in document.clauses}
        for clause in document.clauses:
            above = " ".join(headings[one] for one in clause.path)
            yield Entry(
                "clause", f"{document.id}#{clause.id}", clause.heading, f"{above}\n{clause.text}", document.title
            )


def measure_text(measure: Measure) -> str:
    """What is searched of a measure besides its name, as sentences: what a reader wants to see first stands first."""
    lines = (
        measure.summary,
        measure.benefit.text,
        *(condition.text for condition in measure.conditions),
        *measure.confirm,
        measure.note or "",
        *measure.apply.how,
        measure.source.title,
        f"{measure.domain}、{measure.delivery}、{measure.benefit.kind}",
    )
    return "\n".join(f"{line.rstrip('。')}。" for line in lines if line)


def kind_of(found_id: str) -> str:
    """The kind of an id as search returns it: `13`, `sys-034`, `plan#二/一/1`, `tax-small-low-profit-cit`."""
    if "#" in found_id:
        return "clause"
    if found_id.isdigit():
        return "commitment"
    return "platform" if found_id.startswith("sys-") else "measure"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found, and what it was read as where it held pinyin or wrong characters."""

    result: SearchResult
    corrections: tuple[Correction, ...] = ()


def speller() -> Speller:
    """The words of the field (titles, lexicon, our jieba words), by their sound."""
    return _speller_of(library())


@lru_cache(maxsize=1)
def _speller_of(index: LibraryIndex) -> Speller:
    cutter, lexicon = index.index.cutter, index.lexicon
    official = (*(entry.title for entry in index.entries), *lexicon.terms)
    words = (word for text in official for word in cutter.words(normalise(text)))
    return Speller(
        chain(cutter.user_words, lexicon.triggers, lexicon.terms, words), {*lexicon.triggers}, cutter.frequency
    )


def search(
    query: str,
    kinds: Collection[str] | None = None,
    top: int = 10,
    drop: Collection[str] = (),
    progress: Progress | None = None,
) -> SearchResult:
    """Hits best first, with what was also looked for; `drop` names expansions (their terms) the user does not want.

    Pinyin and wrong characters are read as what they sound like.
    """
    return ask(query, kinds, top, drop, progress).result


def ask(
    query: str,
    kinds: Collection[str] | None = None,
    top: int = 10,
    drop: Collection[str] = (),
    progress: Progress | None = None,
    as_written: bool = False,
) -> Answer:
    """As `search`, and what the question was read as; `as_written` takes it to the letter."""
    index = library(progress)
    read, corrections = (query, ()) if as_written else speller().correct(query)
    result = index.search(read, kind=set(kinds) if kinds else None, top=top, drop_expansions=drop)
    return Answer(result, corrections)


def search_json(
    query: str, kind: str | None = None, top: int = 10, as_of: date | None = None, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """The JSON of `search` (contract §5)."""
    corpus = rulebook_for(as_of).corpus if as_of else default_corpus()
    result = search(query, {kind} if kind else None, top, progress=progress)
    return [
        {
            "kind": hit.kind,
            "id": hit.id,
            "title": hit.title,
            "score": round(float(hit.score), 6),
            "snippet": hit.snippet,
            "source": hit.source,
            "status": period(corpus.measure_by_id[hit.id], as_of) if hit.kind == "measure" and as_of else None,
        }
        for hit in result.hits
    ]
