"""The index of the product: measures, commitments, platforms and clauses in one ranking, with titles and snippets.

It takes entries, wherever they come from, and adds the everyday-official lexicon to the question. Dates, status and
pages are other people's matter. Safe to be searched from many threads.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from navigator.errors import InputError
from navigator.retrieval.encoder import Encoder
from navigator.retrieval.folders import replace_folder, write_json
from navigator.retrieval.index import Scores, SearchIndex, read_words
from navigator.retrieval.index import fingerprint as fingerprint_of
from navigator.retrieval.lexicon import Expansion, Lexicon
from navigator.retrieval.snippet import snippet
from navigator.retrieval.tokens import normalise
from navigator.settings import settings

Kind = Literal["measure", "commitment", "platform", "clause"]
_TELLING = math.log(2)  # the idf of a word that stands in half of the texts; only rarer ones are worth marking
_TELLING_WEIGHT = 0.3  # from this weight an expansion says what the question is about
_STRONG = 1.5  # 3 in 4 right first hits reach it, 1 in 4 wrong ones, 1 of 30 foreign questions


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found. A clause's id is `<document>#<clause id>`; `source` is shown below the hit.

    `said` holds everyday words it is also found by; they are never shown.
    """

    kind: Kind
    id: str
    title: str
    text: str
    source: str
    status: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class LibraryHit:
    """A found entry, the part of its text that fits best, and where the question's words stand in that part."""

    kind: Kind
    id: str
    title: str
    score: float
    snippet: str
    source: str
    status: str | None = None
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits best first, what was also looked for, and whether the best hit truly speaks of what was asked."""

    hits: tuple[LibraryHit, ...]
    expansions: tuple[Expansion, ...]
    strong: bool


class LibraryIndex:
    """Entries, their search index and the lexicon. Made by `build` or `load`."""

    def __init__(self, entries: Sequence[Entry], index: SearchIndex, lexicon: Lexicon, fingerprint: str) -> None:
        self.entries = tuple(entries)
        self.index = index
        self.lexicon = lexicon
        self.fingerprint = fingerprint
        self._lexicon_text = ""

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        lexicon: Path | None = None,
        words: Path | None = None,
        encoder: Encoder | None = None,
    ) -> "LibraryIndex":
        """Index entries. InputError for a repeated kind and id, or a faulty lexicon; the rest as in SearchIndex.build."""
        listed = list(entries)
        repeated = [name for name, times in Counter((one.kind, one.id) for one in listed).items() if times > 1]
        if repeated:
            raise InputError(repeated[0][0], f"编号 {repeated[0][1]} 出现了不止一次", "每项一个编号")
        known = Lexicon.load(lexicon) if lexicon and lexicon.exists() else Lexicon()
        index = SearchIndex.build(_texts(listed), encoder, words)
        made = cls(listed, index, known, fingerprint(listed, lexicon, words))
        made._lexicon_text = _read(lexicon)
        return made

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def encoder_folder(self) -> str:
        """Where in a saved index the built-in encoder lies."""
        return "texts/encoder"

    def search(
        self,
        query: str,
        kind: Kind | Collection[Kind] | None = None,
        top: int = 10,
        drop_expansions: Collection[str] = (),
    ) -> SearchResult:
        """The best entries of some kinds (all by default); `drop_expansions` names terms that are not to be looked for."""
        expansions = tuple(one for one in self.lexicon.expand(query) if one.term not in drop_expansions)
        scores = self.index.scores(query, expansions)
        kinds = {kind} if isinstance(kind, str) else kind
        ranking = (int(place) for place in scores.ranking())
        places = [place for place in ranking if kinds is None or self.entries[place].kind in kinds][: max(top, 0)]
        words = self._telling_words(query, expansions)
        hits = tuple(self._hit(place, scores, words) for place in places)
        return SearchResult(hits, expansions, bool(places) and self._is_strong(places[0], scores, expansions))

    def _hit(self, place: int, scores: Scores, words: dict[str, float]) -> LibraryHit:
        entry = self.entries[place]
        part = snippet(entry.text, words)
        score = float(scores.mixed[place])
        return LibraryHit(entry.kind, entry.id, entry.title, score, part.text, entry.source, entry.status, part.spans)

    def _telling_words(self, query: str, expansions: Sequence[Expansion]) -> dict[str, float]:
        """Words of the question and its expansions that are worth marking, with weight x idf."""
        words: dict[str, float] = {}
        asked = [(normalise(query), 1.0), *((normalise(one.term), one.weight) for one in expansions)]
        for text, weight in asked:
            for word in self.index.cutter.words(text):
                idf = self.index.bm25.idf(word)
                if len(word) > 1 and idf >= _TELLING:
                    words[word] = max(words.get(word, 0), weight * idf)
        return words

    def _is_strong(self, place: int, scores: Scores, expansions: Sequence[Expansion]) -> bool:
        """Whether an entry's words weigh as much as one and a half words so rare that no text holds them, or whether it
        holds an official term that an everyday word of the question stands for."""
        if float(scores.lexical[place]) >= _STRONG * self.index.bm25.idf(""):
            return True
        entry = self.entries[place]
        text = normalise(f"{entry.title}\n{entry.text}")
        return any(one.weight >= _TELLING_WEIGHT and normalise(one.term) in text for one in expansions)

    def save(self, folder: Path) -> None:
        """Write everything to a folder of its own, whole or not at all."""
        replace_folder(folder, self._write)

    def _write(self, folder: Path) -> None:
        self.index.save(folder / "texts")
        (folder / "lexicon.yaml").write_text(self._lexicon_text, encoding="utf-8")
        write_json(folder / "entries.json", [asdict(entry) for entry in self.entries])
        write_json(folder / "manifest.json", {"fingerprint": self.fingerprint, "encoder": self.index.encoder.name})

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None = None) -> "LibraryIndex":
        """Read what `save` has written; InputError if it is not there, incomplete or of another encoder."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            listed = json.loads((folder / "entries.json").read_text(encoding="utf-8"))
            entries = [Entry(**{field.name: one[field.name] for field in fields(Entry)}) for one in listed]
            text = _read(folder / "lexicon.yaml")
            fingerprint = manifest["fingerprint"]
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(str(folder), "这里没有建好的索引", "请先建立索引") from None
        lexicon = Lexicon.load(folder / "lexicon.yaml") if text else Lexicon()
        made = cls(entries, SearchIndex.load(folder / "texts", encoder), lexicon, fingerprint)
        made._lexicon_text = text
        return made

    @staticmethod
    def is_current(
        folder: Path, entries: Iterable[Entry], lexicon: Path | None = None, words: Path | None = None
    ) -> bool:
        """Whether a saved index was built from exactly these entries, lexicon and words with the encoder of the settings."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        wanted = {"fingerprint": fingerprint(entries, lexicon, words), "encoder": settings().encoder}
        return manifest == wanted


def fingerprint(entries: Iterable[Entry], lexicon: Path | None = None, words: Path | None = None) -> str:
    """A hash of everything a library index is built from besides its encoder."""
    listed = list(entries)
    shown = [asdict(entry) for entry in listed]
    parts = [fingerprint_of(_texts(listed), read_words(words)), shown, _read(lexicon)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _texts(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(f"{entry.kind}:{entry.id}", f"{entry.title}\n{entry.text}\n{entry.said}".strip()) for entry in entries]


def _read(file: Path | None) -> str:
    return file.read_text(encoding="utf-8-sig") if file and file.exists() else ""
