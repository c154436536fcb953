"""Reads the whole of policy_corpus/ into typed models, each with its file and lines. Knows nothing of predicates or search."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from pydantic import ValidationError

from navigator.corpus.documents import Document, load_documents
from navigator.corpus.model import City, Commitment, FactsFile, Measure, Platform
from navigator.corpus.yamlfile import YamlFile, faults_of, read_yaml, validate
from navigator.errors import InputError
from navigator.settings import settings


@dataclass(frozen=True)
class Corpus:
    """Everything in policy_corpus/. Measures in order of id, commitments by number."""

    folder: Path
    city: City
    facts: FactsFile
    measures: tuple[Measure, ...]
    commitments: tuple[Commitment, ...]
    platforms: tuple[Platform, ...]
    documents: tuple[Document, ...]
    files: dict[str, YamlFile] = field(repr=False)
    """By measure id, and by the stem of each other file: where a value stands, for `place`."""
    fingerprint: str
    """SHA-256 over names and bytes of all files: the corpus version."""

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


def load_corpus(folder: Path | None = None) -> Corpus:
    """The corpus in `folder` (the configured one by default); raises InputError with the first fault."""
    corpus, faults = read_corpus(folder or settings().corpus)
    if faults or corpus is None:
        raise faults[0]
    return corpus


@cache
def default_corpus() -> Corpus:
    """The configured corpus, read once a process."""
    return load_corpus()


def read_corpus(folder: Path) -> tuple[Corpus | None, list[InputError]]:
    """The corpus (None when it cannot be put together) and every fault of shape found on the way."""
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
        files=files,
        fingerprint=_fingerprint(folder),
    )
    return corpus, faults


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


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in _corpus_files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _corpus_files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in {".yaml", ".md", ".csv", ".txt"})
