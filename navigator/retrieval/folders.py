"""Writes a whole folder or nothing: into a temporary neighbour first, then swapped in by renaming."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from navigator.errors import InputError

MANIFEST = "manifest.json"


def replace_folder(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a new folder, then put it in the place of `folder`.

    A folder that is neither empty nor written by us (no manifest.json) is left alone: InputError.
    """
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / MANIFEST).exists())):
        raise InputError(str(folder), "这里已经有别的文件", "换一个空文件夹")
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = workshop / "new"
        fresh.mkdir()
        write(fresh)
        if folder.exists():
            folder.replace(workshop / "old")
        fresh.replace(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def write_json(file: Path, data: object) -> None:
    """Write data as readable JSON."""
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
