"""The search index: BM25 and vectors of the texts it was built from, mixed, saved, loaded and asked.

It knows ids and texts only; titles, kinds and snippets are the matter of library.py, everyday words of lexicon.py.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from navigator.errors import InputError
from navigator.retrieval.encoder import BUILT_IN, Encoder, SentenceTransformersEncoder, StaticEncoder, encoder_named
from navigator.retrieval.folders import replace_folder, write_json
from navigator.retrieval.lexical import Bm25, cut, weigh
from navigator.retrieval.lexicon import Expansion
from navigator.retrieval.tokens import Segmenter, segmenter
from navigator.settings import settings

FORMAT = 2
LEAST_LEXICAL_SHARE = 0.55
DENSE_SHARE_PER_TENFOLD = 0.1
DENSE_DEPTH = 1000  # nearest texts that get a dense score; the others get none
HNSW_FROM = 100_000  # texts; below, looking at every vector is as fast and finds all
HNSW_LINKS, HNSW_EFFORT = 32, 80
RELATED = 0.35  # cosine from which a text counts as found although it shares no token with the query


@dataclass(frozen=True, slots=True)
class Hit:
    """One text that was found; scores compare within one search only."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Scores:
    """What a query gives each text, by position: BM25, cosine (0 outside the nearest), their mix, and if it is a match."""

    lexical: np.ndarray
    dense: np.ndarray
    mixed: np.ndarray
    found: np.ndarray

    def ranking(self) -> np.ndarray:
        """Positions of all texts that were found, best first, ties in input order."""
        places = np.flatnonzero(self.found)
        return places[np.argsort(-self.mixed[places], kind="stable")]


class SearchIndex:
    """Texts by id, searchable by words and by meaning. Made by `build` or `load`; reading is safe from many threads."""

    def __init__(
        self,
        ids: Sequence[str],
        bm25: Bm25,
        vectors: faiss.Index,
        encoder: Encoder,
        cutter: Segmenter,
        fingerprint: str,
    ) -> None:
        self.ids = tuple(ids)
        self.bm25 = bm25
        self.encoder = encoder
        self.cutter = cutter
        self.fingerprint = fingerprint
        self._vectors = vectors

    @classmethod
    def build(
        cls, texts: Iterable[tuple[str, str]], encoder: Encoder | None = None, words: Path | None = None
    ) -> "SearchIndex":
        """Index pairs of id and text; several texts may share an id, which is then found once, by the best of them.

        `encoder` is the one of the settings unless given; the built-in one is fitted on these texts. `words` is a file
        of words that jieba shall not cut, one a line; by default the vocabulary's words.txt, where there is one.
        """
        pairs = list(texts)
        user_words = read_words(words)
        cutter = segmenter(user_words)
        tokens = [cut(text, cutter) for _, text in pairs]
        bm25 = Bm25.fit([every for _, every in tokens])
        encoder = encoder or encoder_named(settings().encoder)
        if encoder is None:
            encoder = StaticEncoder.fit([only_words for only_words, _ in tokens], cutter)
            vectors = encoder.vectors.encode_words(only_words for only_words, _ in tokens)
        else:
            vectors = encoder.encode([text for _, text in pairs])
        ids = [name for name, _ in pairs]
        return cls(ids, bm25, vector_index(vectors), encoder, cutter, fingerprint(pairs, user_words))

    def __len__(self) -> int:
        return len(self.ids)

    def search(self, text: str, top: int = 10, expansions: Sequence[Expansion] = ()) -> list[Hit]:
        """The best texts for a question, at most `top`, best first; none for an empty question."""
        scores = self.scores(text, expansions)
        best: dict[str, float] = {}
        for place in scores.ranking():
            if len(best) >= top:
                break
            best.setdefault(self.ids[place], float(scores.mixed[place]))
        return [Hit(name, score) for name, score in best.items()]

    def scores(self, text: str, expansions: Sequence[Expansion] = ()) -> Scores:
        """The scores of all texts; by words alone as long as the encoder is not ready."""
        weights = self.weights(text, expansions)
        lexical = self.bm25.scores(weights)
        found = lexical > 0
        if not self.encoder.ready:
            return Scores(lexical, np.zeros_like(lexical), _scaled(lexical), found)
        dense = self._dense(text, expansions)
        share = lexical_share(len(self)) if isinstance(self.encoder, StaticEncoder) else LEAST_LEXICAL_SHARE
        mixed = share * _scaled(lexical) + (1 - share) * _scaled(dense)
        return Scores(lexical, dense, mixed, found | (dense >= RELATED))

    def weights(self, text: str, expansions: Sequence[Expansion] = ()) -> Counter[str]:
        """The tokens of a question and of what it is expanded by, each with its weight."""
        weights = weigh(cut(text, self.cutter)[1])
        for expansion in expansions:
            weights.update(weigh(cut(expansion.term, self.cutter)[1], expansion.weight))
        return weights

    def _dense(self, text: str, expansions: Sequence[Expansion]) -> np.ndarray:
        dense = np.zeros(len(self), np.float32)
        if not self.ids or not text.strip():
            return dense
        rows = self.encoder.encode([text, *(expansion.term for expansion in expansions)], query=True)
        query = np.array([1.0, *(expansion.weight for expansion in expansions)], np.float32) @ rows
        query /= max(float(np.linalg.norm(query)), 1e-12)
        near, places = _nearest(self._vectors, query, min(DENSE_DEPTH, len(self)))
        dense[places] = near.clip(min=0)
        return dense

    def save(self, folder: Path | str) -> None:
        """Write the index to a folder of its own, replacing an index that is there; whole or not at all."""
        replace_folder(Path(folder), self._write)

    def _write(self, folder: Path) -> None:
        self.bm25.save(folder / "bm25")
        (folder / "vectors.faiss").write_bytes(faiss.serialize_index(self._vectors).tobytes())
        if isinstance(self.encoder, StaticEncoder):
            self.encoder.save(folder / "encoder")
        write_json(folder / "ids.json", self.ids)
        manifest = {
            "format": FORMAT,
            "encoder": self.encoder.name,
            "fingerprint": self.fingerprint,
            "texts": len(self.ids),
            "tokens": self.bm25.tokens,
            "dims": self._vectors.d,
            "user_words": self.cutter.user_words,
        }
        write_json(folder / "manifest.json", manifest)

    @classmethod
    def load(
        cls, folder: Path | str, encoder: Encoder | None = None, expected_fingerprint: str | None = None
    ) -> "SearchIndex":
        """Read a saved index. InputError if its format, encoder or (where one is expected) fingerprint is another."""
        folder = Path(folder)
        manifest = read_manifest(folder)
        encoder = encoder or encoder_named(settings().encoder)
        name = encoder.name if encoder else BUILT_IN
        if manifest["encoder"] != name:
            raise InputError(str(folder), f"索引是用 {manifest['encoder']} 建的", f"现在设的是 {name},请重新建立索引")
        if expected_fingerprint is not None and manifest["fingerprint"] != expected_fingerprint:
            raise InputError(str(folder), "索引与现在的文字不一致", "请重新建立索引")
        try:
            return cls._read(folder, manifest, encoder)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise InputError(str(folder), "索引文件不完整", "请重新建立索引") from error

    @classmethod
    def _read(cls, folder: Path, manifest: dict, encoder: Encoder | None) -> "SearchIndex":
        ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        raw = np.frombuffer((folder / "vectors.faiss").read_bytes(), np.uint8)
        if encoder is None:
            encoder = StaticEncoder.load(folder / "encoder")
        elif isinstance(encoder, SentenceTransformersEncoder):
            encoder.warm_up()
        cutter = segmenter(tuple(manifest["user_words"]))
        bm25 = Bm25.load(folder / "bm25", manifest["texts"], manifest["tokens"])
        vectors = faiss.deserialize_index(raw)
        if len(ids) != manifest["texts"] or vectors.ntotal != len(ids) or vectors.d != manifest["dims"]:
            raise ValueError("counts differ")
        return cls(ids, bm25, vectors, encoder, cutter, manifest["fingerprint"])


def lexical_share(texts: int) -> float:
    """The part of BM25 in the mix with vectors fitted on so many texts: few teach them little (docs/retrieval.md)."""
    return max(LEAST_LEXICAL_SHARE, 1 - DENSE_SHARE_PER_TENFOLD * math.log10(max(texts, 1)))


def vector_index(vectors: np.ndarray) -> faiss.Index:
    """The FAISS index of some vectors: exact inner products, from HNSW_FROM texts on a graph (docs/retrieval.md)."""
    if len(vectors) < HNSW_FROM:
        index = faiss.IndexFlatIP(vectors.shape[1])
    else:
        index = faiss.IndexHNSWFlat(vectors.shape[1], HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = HNSW_EFFORT
        index.hnsw.efSearch = DENSE_DEPTH
    index.add(vectors)
    return index


def _nearest(index: faiss.Index, query: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Inner products and positions; on one thread, as waking more costs twenty times what a single query takes."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        products, places = index.search(query[None, :], depth)
    finally:
        faiss.omp_set_num_threads(threads)
    reached = places[0] >= 0  # a graph may give fewer than it was asked for
    return products[0][reached], places[0][reached]


def fingerprint(texts: Iterable[tuple[str, str]], user_words: Sequence[str]) -> str:
    """A hash of everything an index is built from besides its encoder."""
    digest = hashlib.sha256(json.dumps([FORMAT, user_words], ensure_ascii=False).encode())
    for pair in texts:
        digest.update(json.dumps(pair, ensure_ascii=False).encode())
    return digest.hexdigest()


def read_words(file: Path | None = None) -> tuple[str, ...]:
    """The words of a file, one a line, lines with # left out; by default the vocabulary's words.txt; () without a file."""
    file = file or settings().corpus / "vocabulary" / "words.txt"
    if not file.exists():
        return ()
    lines = (line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines())
    return tuple(dict.fromkeys(line.split()[0] for line in lines if line and not line.startswith("#")))


def read_manifest(folder: Path) -> dict:
    """The manifest of a saved index; InputError if there is none of this format."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(str(folder), "这里没有建好的索引", "请先建立索引") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(str(folder), "索引的格式不是这个版本的", "请重新建立索引")
    return manifest


def _scaled(scores: np.ndarray) -> np.ndarray:
    """From 0 to 1: the best text of this query is 1, a text with nothing in common 0."""
    highest = float(scores.max(initial=0))
    return scores / highest if highest > 0 else scores
