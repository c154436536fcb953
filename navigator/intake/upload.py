"""Takes an uploaded file: keeps the original as it came, has it read in a process of its own, and gives the text in clauses.

The name of a file is shown, never trusted and never used as a path. What becomes of the text is `texts`' matter.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from navigator.auth import Actor, need
from navigator.corpus.segment import Clause, SegmentedDocument
from navigator.downloads import Download
from navigator.errors import InputError, shorten
from navigator.intake.files import write_new
from navigator.settings import ROOT, settings

LARGEST = 20_000_000
"""Bytes of one file."""
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that was read: where its original is kept (SHA-256), its shown name, its format by content, its text."""

    sha256: str
    name: str
    suffix: str
    document: SegmentedDocument
    empty_pages: tuple[int, ...] = ()


def originals_folder() -> Path:
    """Where uploaded files lie as they came, each under its hash."""
    return settings().data / "intake" / "originals"


def take(actor: Actor, data: bytes, name: str, seconds: float = SECONDS) -> Upload:
    """Read an uploaded file and keep its original; InputError with one sentence where it cannot be read."""
    need(actor, "staff")
    shown = shorten(PurePath(name.replace("\\", "/")).name or "文件")
    if len(data) > LARGEST:
        raise InputError(shown, f"有 {len(data) / 1e6:.1f} MB", f"最多 {LARGEST // 1_000_000} MB")
    suffix, document, empty = _read_apart(data, shown, seconds)
    sha256 = hashlib.sha256(data).hexdigest()
    write_new(originals_folder() / sha256, data)
    return Upload(sha256, shown, suffix, document, empty)


def original(actor: Actor, sha256: str) -> bytes:
    """The bytes of a kept original."""
    need(actor, "staff")
    path = originals_folder() / sha256
    if len(sha256) != 64 or not sha256.isalnum() or not path.is_file():
        raise InputError("原件", "没有找到", "可能已被移走，请从备份恢复")
    return path.read_bytes()


def export_original(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The original of a text draft as it was uploaded. Parameter: draft. For staff."""
    from navigator.intake.shelf import default_shelf
    from navigator.intake.texts import read_draft
    from navigator.store.audit import audit

    actor = need(actor, "staff")
    text = read_draft(default_shelf().get(parameters.get("draft", "")).content)
    data = original(actor, text.original)
    audit(actor, "下载原件", f"draft:{parameters['draft']}", {"文件": text.file_name})
    return Download(text.file_name, "application/octet-stream", data)


def _read_apart(data: bytes, name: str, seconds: float) -> tuple[str, SegmentedDocument, tuple[int, ...]]:
    command = [sys.executable, "-m", "navigator.intake.parsing", name]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, cwd=ROOT, env=_environment(), check=False
        )
    except subprocess.TimeoutExpired:
        raise InputError(name, f"读了 {seconds:g} 秒还没读完，停下了", "请另存为 .docx 或 .txt 再试") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise InputError(
            name, "太复杂，读它要用的时间或内存超过了限制", "请另存为纯文字的 .txt 或 .docx 再试"
        ) from None
    if "fault" in answer:
        raise InputError(*answer["fault"])
    parsed = answer["parsed"]
    return parsed["suffix"], _document(parsed["document"]), tuple(parsed["empty_pages"])


def _environment() -> dict[str, str]:
    """What the reading process needs to start; no setting of ours, no secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _document(data: dict[str, Any]) -> SegmentedDocument:
    clauses = tuple(Clause(**{**one, "path": tuple(one["path"])}) for one in data["clauses"])
    outside = (tuple(data[name]) for name in ("preamble", "closing", "dropped"))
    return SegmentedDocument(data["title"], clauses, *outside)
