"""Reads the whole of policy_corpus/, and what staff released over it, into typed models, each with its file and lines.

`default_corpus` is the newest state; `Corpus.on(day)` the one that answers for a day. Knows nothing of predicates or search.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from navigator.corpus.documents import Document, load_documents
from navigator.corpus.model import City, Commitment, FactsFile, Measure, PapersFile, Platform
from navigator.corpus.versions import NOTHING_RELEASED, Releases, Version, read_releases
from navigator.corpus.yamlfile import YamlFile, faults_of, read_yaml, validate
from navigator.errors import InputError
from navigator.settings import settings


@dataclass(frozen=True, eq=False)
class Corpus:
    """Everything in policy_corpus/ and what was released over it. Measures in order of id, commitments by number."""

    folder: Path
    city: City
    facts: FactsFile
    measures: tuple[Measure, ...]
    commitments: tuple[Commitment, ...]
    platforms: tuple[Platform, ...]
    documents: tuple[Document, ...]
    papers: PapersFile | None
    """What the plan says of bringing fewer papers; a city need not have it."""
    files: dict[str, YamlFile] = field(repr=False)
    """By measure id, and by the stem of each other file: where a value stands, for `place`."""
    fingerprint: str
    """SHA-256 over names and bytes of all files: the corpus version."""
    releases: Releases = field(default=NOTHING_RELEASED, repr=False)
    shipped: Corpus | None = field(default=None, repr=False)
    """The corpus without what was released; None for one without."""
    states: dict[tuple[tuple[str, int], ...], Corpus] = field(default_factory=dict, repr=False)
    """The states made so far, by the versions that answer in them; shared by all of them."""

    def on(self, day: date) -> Corpus:
        """The corpus with the versions that answer for a day: the same object for days that have the same ones."""
        if self.shipped is None:
            return self
        chosen = self.releases.on(day, frozenset(self.shipped.measure_by_id))
        key = tuple(sorted((measure_id, version.number) for measure_id, version in chosen.items()))
        if key not in self.states:
            measures = {measure_id: (version.measure, version.file) for measure_id, version in chosen.items()}
            self.states[key] = _with_measures(self, self.shipped, measures)
        return self.states[key]

    def with_measure(self, measure: Measure, file: YamlFile) -> Corpus:
        """The corpus as it would be with this measure, new or in the place of the one of its id. For looking, not for use."""
        return _with_measures(self, self, {measure.id: (measure, file)})

    def version_on(self, measure_id: str, day: date) -> Version | None:
        """The released version of a measure that answers for a day; None where it is the shipped file."""
        shipped = frozenset((self.shipped or self).measure_by_id)
        return self.releases.on(day, shipped).get(measure_id)

    @cached_property
    def measure_by_id(self) -> dict[str, Measure]:
        return {measure.id: measure for measure in self.measures}

    @cached_property
    def commitment_by_number(self) -> dict[int, Commitment]:
        return {commitment.number: commitment for commitment in self.commitments}

    @cached_property
    def platform_by_id(self) -> dict[str, Platform]:
        return {platform.id: platform for platform in self.platforms}

    @cached_property
    def document_by_id(self) -> dict[str, Document]:
        return {document.id: document for document in self.documents}

    def place(self, file: str, *location: str | int) -> str:
        """`file:line` of a value."""
        return self.files[file].place(location)


def load_corpus(folder: Path | None = None, overlay: Path | None = None) -> Corpus:
    """The corpus in `folder`, and what was released below `overlay`; raises InputError with the first fault.

    Without a folder: the configured one with the releases of the data folder.
    """
    if folder is None:
        folder, overlay = settings().corpus, overlay_folder()
    corpus, faults = read_corpus(folder, overlay)
    if faults or corpus is None:
        raise faults[0]
    return corpus


def overlay_folder() -> Path:
    """Where what staff release lies: `<data>/corpus/`."""
    return settings().data / "corpus"


STAMP = "stamp"
"""A file in the overlay that changes with each release."""


def last_release() -> str:
    """When something was last released, as the stamp says; empty where nothing was."""
    path = overlay_folder() / STAMP
    return path.read_text(encoding="utf-8") if path.exists() else ""


_lock = threading.Lock()
_current: Corpus | None = None


def default_corpus() -> Corpus:
    """The configured corpus with everything released, read once a process and again after a release."""
    global _current
    if _current is None:
        with _lock:
            if _current is None:
                _current = load_corpus()
    return _current


def use_corpus(corpus: Corpus) -> None:
    """Make a corpus the one that everything answers from."""
    global _current
    with _lock:
        _current = corpus


def changed_corpus() -> Corpus | None:
    """The corpus in use with what is released now, not yet in use itself; None where nothing was released since.

    The shipped files are not read anew: they change with the software, which is then started again.
    """
    current = default_corpus()
    fresh = _released_over(current.shipped or current, overlay_folder())
    return None if fresh.fingerprint == current.fingerprint else fresh


def read_corpus(folder: Path, overlay: Path | None = None) -> tuple[Corpus | None, list[InputError]]:
    """The corpus (None when it cannot be put together) and every fault of shape found on the way.

    What is wrong in a release is no fault of the corpus: it is not used, and `releases.faults` says so.
    """
    faults: list[InputError] = []
    files: dict[str, YamlFile] = {}
    shared: dict[str, object] = {}
    for stem, model in (("city", City), ("facts", FactsFile)):
        try:
            files[stem] = read_yaml(folder / f"{stem}.yaml")
            shared[stem] = validate(model, files[stem].data, files[stem])
        except InputError as fault:
            faults.append(fault)
    commitments = _read_list(folder / "commitments.yaml", Commitment, files, faults)
    platforms = _read_list(folder / "platforms.yaml", Platform, files, faults)
    measures = _read_measures(folder / "measures", files, faults)
    papers = _read_papers(folder / "papers.yaml", files, faults)
    try:
        documents = tuple(load_documents(folder / "documents"))
    except InputError as fault:
        documents = ()
        faults.append(fault)
    if len(shared) < 2:
        return None, faults
    corpus = Corpus(
        folder=folder,
        city=shared["city"],  # type: ignore[arg-type]
        facts=shared["facts"],  # type: ignore[arg-type]
        measures=measures,
        commitments=commitments,
        platforms=platforms,
        documents=documents,
        papers=papers,
        files=files,
        fingerprint=_fingerprint(folder, None),
    )
    return _released_over(corpus, overlay), faults


def _released_over(shipped: Corpus, overlay: Path | None) -> Corpus:
    """A corpus with what was released over it, in its newest state; itself where nothing was."""
    releases = read_releases(overlay)
    if releases == NOTHING_RELEASED:
        return shipped
    taken = set(shipped.document_by_id)
    documents = (*shipped.documents, *(one for one in releases.documents if one.id not in taken))
    over = replace(
        shipped,
        documents=tuple(sorted(documents, key=lambda document: document.id)),
        fingerprint=_fingerprint(shipped.folder, overlay),
        releases=releases,
        shipped=shipped,
        states={},
    )
    return over.on(date.max)


def _with_measures(corpus: Corpus, base: Corpus, chosen: Mapping[str, tuple[Measure, YamlFile]]) -> Corpus:
    """`corpus` with these measures in the place of those of `base`, commitments linked both ways."""
    measures = {**base.measure_by_id, **{measure_id: measure for measure_id, (measure, _) in chosen.items()}}
    commitments = []
    for item in base.commitments:
        named = {measure_id for measure_id in chosen if item.number in measures[measure_id].commitments}
        kept = [measure_id for measure_id in item.measures if measure_id not in chosen or measure_id in named]
        linked = [*kept, *sorted(named - set(kept))]
        commitments.append(item if linked == item.measures else item.model_copy(update={"measures": linked}))
    return replace(
        corpus,
        measures=tuple(measures[measure_id] for measure_id in sorted(measures)),
        commitments=tuple(commitments),
        files={**base.files, **{measure_id: file for measure_id, (_, file) in chosen.items()}},
    )


def _read_list(path: Path, model: type, files: dict[str, YamlFile], faults: list[InputError]) -> tuple:
    try:
        file = files[path.stem] = read_yaml(path)
    except InputError as fault:
        faults.append(fault)
        return ()
    if not isinstance(file.data, list):
        faults.append(InputError(f"{path.name}:1", "不是列表", "每一项以 - 开头"))
        return ()
    items = []
    for position, data in enumerate(file.data):
        try:
            items.append(model.model_validate(data))
        except ValidationError as error:
            faults.extend(faults_of(error, file, (position,)))
    return tuple(items)


def _read_papers(path: Path, files: dict[str, YamlFile], faults: list[InputError]) -> PapersFile | None:
    if not path.exists():
        return None
    try:
        files[path.stem] = read_yaml(path)
        return validate(PapersFile, files[path.stem].data, files[path.stem])
    except InputError as fault:
        faults.append(fault)
        return None


def _read_measures(folder: Path, files: dict[str, YamlFile], faults: list[InputError]) -> tuple[Measure, ...]:
    measures = []
    for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem):
        try:
            file = files[path.stem] = read_yaml(path)
            measure = Measure.model_validate(file.data)
        except InputError as fault:
            faults.append(fault)
        except ValidationError as error:
            faults.extend(faults_of(error, file))
        else:
            measures.append(measure)
            if measure.id != path.stem:
                faults.append(InputError(file.place(("id",)), f"id 是 {measure.id}", f"应与文件名 {path.stem} 相同"))
    return tuple(measures)


def _fingerprint(folder: Path, overlay: Path | None) -> str:
    digest = hashlib.sha256()
    for path in _corpus_files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    if overlay is not None and overlay.is_dir():
        for path in _corpus_files(overlay, ".json"):
            name = path.relative_to(overlay).as_posix().encode()
            digest.update(b"released/" + name + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _corpus_files(folder: Path, *more: str) -> Iterator[Path]:
    suffixes = {".yaml", ".md", ".csv", ".txt", *more}
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in suffixes)
