"""Writes files of the data folder so that a crash leaves the old or the new one, and two writers never share a name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from navigator.errors import InputError


def write_new(path: Path, data: bytes) -> bool:
    """Write a file that must not exist yet, whole or not at all; False where the name is taken."""
    with _finished(path, data) as finished:
        try:
            os.link(finished, path)
        except FileExistsError:
            return False
    return True


def write_over(path: Path, data: bytes) -> None:
    """Write a file in the place of an older one, whole or not at all."""
    with _finished(path, data) as finished:
        finished.replace(path)


@contextmanager
def _finished(path: Path, data: bytes) -> Iterator[Path]:
    """A temporary neighbour of `path` that holds `data`, on disk; gone afterwards."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    except OSError as error:
        raise InputError("数据文件夹", f"写不进去（{error.strerror}）", "请检查磁盘空间和权限，再试一次") from None
    finished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield finished
    except OSError as error:
        if isinstance(error, FileExistsError):
            raise
        raise InputError("数据文件夹", f"写不进去（{error.strerror}）", "请检查磁盘空间和权限，再试一次") from None
    finally:
        finished.unlink(missing_ok=True)
