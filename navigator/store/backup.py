"""A backup is one zip: every table as lines of JSON, and the files of the data folder that cannot be made again.

It is the same for SQLite and PostgreSQL, so it also carries the office from one to the other. The search index and open sign-ins
are left out: the one is rebuilt, the others begin anew.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, Date, DateTime, LargeBinary, MetaData, Numeric, Table, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from navigator import __version__
from navigator.auth import Actor, need
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store import engine
from navigator.store.audit import audit
from navigator.store.migrate import bring_to, drop_everything, revision
from navigator.store.schema import METADATA

_MANIFEST = "manifest.json"
_NOT_TAKEN_ALONG = {"sign_ins", "attempts", "push_tallies"}
_LEFT = {"index", "backups", "restoring.part"}
_UNFINISHED = ".part"
_ROWS_AT_ONCE = 1_000


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(extra="forbid")

    made: datetime
    program: str
    revision: str
    rows: dict[str, int]
    files: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What was backed up or restored."""

    made: datetime
    rows: int
    files: int


def usual_place() -> Path:
    """Where a backup goes when no file is named: into the data folder, named by the moment."""
    return _folder() / "backups" / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.zip"


def backup(actor: Actor | None, target: Path) -> Contents:
    """Write a backup; an existing file stays. One moment's state, while the office goes on working. For administrators."""
    actor = need(actor, "admin")
    if target.exists():
        raise InputError(str(target), "已经有这个文件", "换一个文件名，以前的备份不覆盖")
    audit(actor, "备份", "store:", {"文件": target.name})
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with unfinished.open("xb") as handle, zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
            unfinished.chmod(0o600)
            manifest = _write(archive)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return _contents(manifest)


def _write(archive: zipfile.ZipFile) -> Manifest:
    rows: dict[str, int] = {}
    with engine.reading() as session:
        stands_at = revision(session.connection()) or ""
        for table in _tables():
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file:
                rows[table.name] = _write_rows(session, table, file)
    files = 0
    for path in _own_files():
        with suppress(FileNotFoundError):
            archive.write(path, f"files/{path.relative_to(_folder()).as_posix()}")
            files += 1
    manifest = Manifest(made=datetime.now(UTC), program=__version__, revision=stands_at, rows=rows, files=files)
    archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def _write_rows(session: Session, table: Table, file: Any) -> int:
    count = 0
    result = session.execute(select(table).order_by(*table.primary_key), execution_options={"yield_per": _ROWS_AT_ONCE})
    for row in result.mappings():
        line = json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)
        file.write(line.encode() + b"\n")
        count += 1
    return count


def restore(actor: Actor | None, source: Path, *, replace: bool = False) -> Contents:
    """Bring a backup back into an empty store; with `replace`, into one that is not, after backing that up beside it.

    All of it or nothing: a damaged file changes nothing. For administrators.
    """
    actor = need(actor, "admin")
    with _opened(source) as archive:
        manifest = _manifest(archive, source)
        _check_whole(archive, source)
        if not _is_empty() or any(_own_files()):
            if not replace:
                raise InputError("恢复", "现在的库里有数据", "确实要换掉就加 --replace，换之前会先自动备份")
            backup(actor, usual_place())
        with _unpacked_files(archive) as unpacked:
            _read_tables(archive, manifest)
            _change_places(unpacked)
    audit(actor, "恢复备份", "store:", {"文件": source.name, "备份时间": manifest.made.isoformat(timespec="seconds")})
    return _contents(manifest)


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except zipfile.BadZipFile:
        raise InputError(str(source), "不是备份文件，或者坏了", "应是 backup 命令写的 .zip") from None


def _manifest(archive: zipfile.ZipFile, source: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(archive.read(_MANIFEST))
    except (KeyError, ValidationError, zipfile.BadZipFile, zlib.error):
        raise InputError(str(source), "不是荆策通的备份", "应是 backup 命令写的 .zip") from None


def _check_whole(archive: zipfile.ZipFile, source: Path) -> None:
    try:
        damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        damaged = source.name
    if damaged:
        raise InputError(str(source), f"里面的 {damaged} 坏了", "换一份备份；现在的数据没有动")
    for name in archive.namelist():
        if name.startswith("files/") and not _is_inside(PurePosixPath(name)):
            raise InputError(str(source), f"里面有不该有的路径 {name}", "应是 backup 命令写的 .zip")


def _is_inside(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts and "\\" not in str(path)


def _read_tables(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Build the schema the backup was made with, fill it, then bring it up to date: older backups fit newer programs."""
    with engine.engine().begin() as connection:
        drop_everything(connection)
        bring_to(connection, manifest.revision)
        then = MetaData()
        then.reflect(connection)
        for table in then.sorted_tables:
            if table.name in manifest.rows:
                _read_rows(connection, archive, table)
        bring_to(connection, "head")


def _read_rows(connection: Connection, archive: zipfile.ZipFile, table: Table) -> None:
    with archive.open(f"tables/{table.name}.jsonl") as file:
        lines = io.TextIOWrapper(file, encoding="utf-8")
        while rows := [_row(table, json.loads(line)) for line in islice(lines, _ROWS_AT_ONCE)]:
            connection.execute(insert(table), rows)
    counter = table.autoincrement_column
    if counter is not None and connection.dialect.name == "postgresql":
        last = select(func.max(counter)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, counter.name)
        connection.execute(select(func.setval(sequence, func.coalesce(last, 0) + 1, False)))


def _row(table: Table, line: dict[str, Any]) -> dict[str, Any]:
    return {name: _back(table.c[name].type, value) for name, value in line.items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case Decimal():
            return str(value)
    return value


def _back(kind: TypeEngine[Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match kind:
        case DateTime():
            return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
        case Date():
            return date.fromisoformat(value)
        case LargeBinary():
            return base64.b64decode(value)
        case Numeric():
            return Decimal(value)
    return value


def _tables() -> list[Table]:
    return [table for table in METADATA.sorted_tables if table.name not in _NOT_TAKEN_ALONG]


def _is_empty() -> bool:
    with engine.reading() as session:
        return not any(session.scalar(select(func.count()).select_from(table)) for table in _tables())


def _folder() -> Path:
    return settings().data.resolve()


def _own_files() -> Iterator[Path]:
    """The files of the data folder that people made; not the database, the index, or earlier backups."""
    database = engine.database_file().name
    for path in sorted(_folder().rglob("*")):
        first = path.relative_to(_folder()).parts[0]
        if path.is_file() and first not in _LEFT and not first.startswith(database) and path.suffix != _UNFINISHED:
            yield path


@contextmanager
def _unpacked_files(archive: zipfile.ZipFile) -> Iterator[Path]:
    """The files of a backup beside the data folder's, ready to change places."""
    folder = _folder() / f"restoring{_UNFINISHED}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for name in archive.namelist():
            if name.startswith("files/") and not name.endswith("/"):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as packed, target.open("wb") as file:
                    target.chmod(0o600)
                    shutil.copyfileobj(packed, file)
        yield folder / "files"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _change_places(unpacked: Path) -> None:
    for path in list(_own_files()):
        path.unlink()
    for path in sorted(unpacked.rglob("*")):
        if path.is_file():
            target = _folder() / path.relative_to(unpacked)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)


def _contents(manifest: Manifest) -> Contents:
    return Contents(manifest.made, sum(manifest.rows.values()), manifest.files)
