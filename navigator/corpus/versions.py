"""What staff released at run time: texts, and versions of measures, each with a signed record, below `<data>/corpus/`.

Layout: `documents/<id>.md` with `documents/<id>.json`, `measures/<id>/<n>.yaml` with `measures/<id>/<n>.json`. A file that
is not exactly what was released (hash and signature differ) is not used and is told as a fault; so is one that no
longer has the right shape. Nothing is written here but the key and, on release, through `seal`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from navigator.corpus.documents import Document, load_document
from navigator.corpus.model import Measure, Model, Text
from navigator.corpus.yamlfile import YamlFile, faults_of, parse_yaml
from navigator.errors import InputError


class Record(Model):
    """Who released what, when, from which day it answers, and the signature over all of it."""

    kind: str
    id: Text
    version: int
    effective_from: date | None = None
    released_on: Text
    by: Text
    second: Text
    comment: str = ""
    draft: str = ""
    sha256: Text
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One released version of a measure."""

    record: Record
    measure: Measure
    file: YamlFile

    @property
    def number(self) -> int:
        return self.record.version


@dataclass(frozen=True, slots=True)
class Releases:
    """Everything released at run time, and what of it could not be used and why."""

    measures: Mapping[str, tuple[Version, ...]]
    documents: tuple[Document, ...]
    records: Mapping[str, Record]
    """Of the documents, by id."""
    faults: tuple[InputError, ...] = ()

    def on(self, day: date, shipped: frozenset[str]) -> dict[str, Version]:
        """The version of each measure that answers for a day: the highest that is in effect.

        Before the first one the shipped file answers; a measure that was never shipped is answered by its first version.
        """
        chosen = {}
        for measure_id, versions in self.measures.items():
            in_effect = [one for one in versions if (one.record.effective_from or date.min) <= day]
            if in_effect:
                chosen[measure_id] = in_effect[-1]
            elif measure_id not in shipped:
                chosen[measure_id] = min(versions, key=lambda one: (one.record.effective_from or date.min, -one.number))
        return chosen


NOTHING_RELEASED = Releases({}, (), {})


def read_releases(folder: Path | None) -> Releases:
    """What lies below `<data>/corpus/`; nothing where the folder is missing. Never raises for what is wrong in it."""
    if folder is None or not folder.is_dir():
        return NOTHING_RELEASED
    faults: list[InputError] = []
    key = release_key(folder, make=False)
    measures: dict[str, tuple[Version, ...]] = {}
    for one in sorted((folder / "measures").glob("*")):
        versions = list(_versions(one, key, faults))
        if versions:
            measures[one.name] = tuple(sorted(versions, key=lambda version: version.number))
    documents, records = [], {}
    for path in sorted((folder / "documents").glob("*.md")):
        try:
            records[path.stem] = _verified(path, "document", path.stem, key)
            documents.append(load_document(path))
        except InputError as fault:
            records.pop(path.stem, None)
            faults.append(fault)
    return Releases(measures, tuple(documents), records, tuple(faults))


def _versions(folder: Path, key: bytes | None, faults: list[InputError]) -> Iterator[Version]:
    for path in sorted(folder.glob("*.yaml")):
        try:
            record = _verified(path, "measure", folder.name, key)
            file = parse_yaml(path.read_text(encoding="utf-8"), Path(f"{folder.name}.yaml"))
            measure = Measure.model_validate(file.data)
            if measure.id != folder.name:
                raise InputError(file.place(("id",)), f"id 是 {measure.id}", f"应与文件夹名 {folder.name} 相同")
            yield Version(record, measure, file)
        except InputError as fault:
            faults.append(fault)
        except ValidationError as error:
            faults.append(faults_of(error, file)[0])


def _verified(path: Path, kind: str, release_id: str, key: bytes | None) -> Record:
    """The record beside a released file; InputError where file, record and signature do not belong together."""
    place = f"{kind}s/{path.parent.name}/{path.name}" if kind == "measure" else f"documents/{path.name}"
    try:
        record = Record.model_validate(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        content = path.read_bytes()
    except (OSError, ValueError):
        raise InputError(place, "没有发布记录，不采用", "发布要由第二个人在系统里同意") from None
    if key is None:
        raise InputError(place, "签名用的钥匙不在了，不能确认是谁发布的，不采用", "从备份恢复 keys/release.key")
    named = (record.kind, record.id) == (kind, release_id)
    if kind == "measure":
        named = named and path.stem == str(record.version)
    same = record.sha256 == hashlib.sha256(content).hexdigest()
    if not (named and same and hmac.compare_digest(record.signature, signature(record, key))):
        raise InputError(place, "和发布时的内容不一样，不采用", "从备份恢复，或者重新发布一版")
    return record


def signature(record: Record, key: bytes) -> str:
    """HMAC-SHA256 over the record (which holds the content's hash), in hexadecimal."""
    data = record.model_dump(mode="json", exclude={"signature"})
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def seal(record: Record, content: bytes, folder: Path) -> Record:
    """The record with the content's hash and a signature made with the data folder's key (made on first use)."""
    key = release_key(folder)
    assert key is not None
    hashed = record.model_copy(update={"sha256": hashlib.sha256(content).hexdigest(), "signature": ""})
    return hashed.model_copy(update={"signature": signature(hashed, key)})


def release_key(folder: Path, make: bool = True) -> bytes | None:
    """The key that signs releases: `keys/release.key` beside `<data>/corpus/`, readable by its owner alone."""
    path = folder.parent / "keys" / "release.key"
    if not path.exists() and make:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        fresh = path.with_name(f".{secrets.token_hex(6)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes() if path.exists() else None
