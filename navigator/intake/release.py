"""Publishes what a second person agreed to: checks it once more, writes it signed below `<data>/corpus/`, and says that it did.

`publish` is what the shelf calls; running servers see the stamp and take it in (`navigator.search.refresh`).
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from navigator.corpus.load import STAMP, Corpus, changed_corpus, default_corpus, overlay_folder
from navigator.corpus.model import Measure
from navigator.corpus.versions import Record, read_releases, seal
from navigator.corpus.yamlfile import YamlFile, faults_of, parse_yaml
from navigator.errors import InputError
from navigator.intake.files import write_new, write_over
from navigator.intake.shelf import Draft, now
from navigator.intake.texts import markdown_of, read_draft
from navigator.matching.check import measure_faults
from navigator.matching.rulebook import compiled


def publish(draft: Draft, author: str, second: str) -> None:
    """Release a draft of either kind into the data folder; InputError where it may not be, and then nothing is changed."""
    Publisher().publish(draft, author, second)


class Publisher:
    """Releases into one folder, checked against one corpus."""

    def __init__(
        self, folder: Path | None = None, corpus: Corpus | None = None, clock: Callable[[], datetime] = now
    ) -> None:
        self.folder = folder or overlay_folder()
        self.corpus = corpus or changed_corpus() or default_corpus()
        self.clock = clock

    def publish(self, draft: Draft, author: str, second: str) -> None:
        """Write the release; asked again for the same draft (after a crash) it writes nothing anew."""
        with self._locked():
            if draft.kind == "measure":
                self._publish_measure(draft, author, second)
            else:
                self._publish_document(draft, author, second)
            write_over(self.folder / STAMP, self.clock().isoformat().encode())

    def _publish_measure(self, draft: Draft, author: str, second: str) -> None:
        measure, _ = read_measure(draft.content)
        faults = faults_of_measure(draft.content, self.corpus)
        if faults:
            raise faults[0]
        versions = read_releases(self.folder).measures.get(measure.id, ())
        if versions and versions[-1].record.draft == draft.id:
            return
        current = versions[-1].measure if versions else self.corpus.measure_by_id.get(measure.id)
        if measure == current:
            raise InputError("发布", f"{measure.name}和现在的版本一样", "没有要发布的改动")
        folder = self.folder / "measures" / measure.id
        number = max((int(path.stem) for path in folder.glob("*.json") if path.stem.isdecimal()), default=0) + 1
        record = self._record(draft, measure.id, number, author, second)
        self._write(folder / f"{number}.yaml", draft.content.encode(), record)

    def _publish_document(self, draft: Draft, author: str, second: str) -> None:
        text = read_draft(draft.content)
        content = markdown_of(text, author, second, self.clock().date()).encode()
        document_id = text.facts.id.strip()
        shipped = (self.corpus.shipped or self.corpus).document_by_id
        if document_id in shipped:
            raise InputError("文件信息", f"编号 {document_id} 是随软件来的文件", "换一个编号")
        releases = read_releases(self.folder)
        before = releases.records.get(document_id)
        if before and before.draft == draft.id:
            return
        if before and draft.head.origin != f"document:{document_id}":
            raise InputError("文件信息", f"编号 {document_id} 已经有一份文件了", "换一个编号，或者从那份文件开始修改")
        record = self._record(draft, document_id, before.version + 1 if before else 1, author, second)
        self._write(self.folder / "documents" / f"{document_id}.md", content, record)

    def _record(self, draft: Draft, release_id: str, version: int, author: str, second: str) -> Record:
        return Record(
            kind=draft.kind,
            id=release_id,
            version=version,
            effective_from=draft.head.effective_day,
            released_on=self.clock().isoformat(timespec="seconds"),
            by=author,
            second=second,
            comment=draft.head.note,
            draft=draft.id,
            sha256="-",
        )

    def _write(self, path: Path, content: bytes, record: Record) -> None:
        sealed = seal(record, content, self.folder)
        beside = path.with_suffix(".json")
        signed = sealed.model_dump_json(indent=1).encode()
        if record.kind == "document":
            write_over(beside, signed)
            write_over(path, content)
        elif not (write_new(beside, signed) and write_new(path, content)):
            raise InputError("发布", f"第 {record.version} 版的位置已经有文件", "请再试一次")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One release at a time, over all processes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def read_measure(text: str) -> tuple[Measure, YamlFile]:
    """A draft's YAML as a measure; InputError with line for the first fault of shape."""
    file = parse_yaml(text, Path("草稿"))
    try:
        return Measure.model_validate(file.data), file
    except ValidationError as error:
        raise faults_of(error, file)[0] from None


def faults_of_measure(text: str, corpus: Corpus | None = None) -> list[InputError]:
    """All that keeps a measure (YAML text) from release, by the same rules as `check`; empty where it is in order.

    It is checked as a part of the newest corpus, in the place of the measure of its id; links to commitments need no
    link back, for that is made on release.
    """
    corpus = corpus or default_corpus()
    try:
        file = parse_yaml(text, Path("草稿"))
        measure = Measure.model_validate(file.data)
    except InputError as fault:
        return [fault]
    except ValidationError as error:
        return faults_of(error, file)
    rulebook = compiled(corpus)
    return list(measure_faults(measure, corpus.with_measure(measure, file), rulebook.facts, rulebook.askable))


def released_on(day: date, measure_id: str, corpus: Corpus | None = None) -> Record | None:
    """Who released the version of a measure that answers for a day; None where it is the one that came with the software."""
    version = (corpus or default_corpus()).version_on(measure_id, day)
    return version.record if version else None
