"""What visitors say of an answer ("这不是我要的", "这条写错了"), kept for the office as lines of JSON in the data folder.

A line holds the words searched, what was shown, and the remark; never a fact of an enterprise, an address or a name.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from navigator.errors import InputError
from navigator.settings import settings

Kind = Literal["not_wanted", "wrong"]
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Feedback:
    """One remark. `subject` is `kind:id` of what it is about, empty for the whole answer."""

    kind: Kind
    query: str
    subject: str
    remark: str
    at: str


def feedback_file() -> Path:
    """Where the remarks lie."""
    return settings().data / "feedback.jsonl"


def keep_feedback(kind: Kind, query: str, subject: str = "", remark: str = "") -> Feedback:
    """Append one remark; whole lines only, so that several processes may write. Raises InputError for one too long."""
    if len(remark) > LONGEST:
        raise InputError("留言", f"有 {len(remark)} 个字", f"最多 {LONGEST} 个字")
    now = datetime.now(ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")
    feedback = Feedback(kind, query[:200], subject, remark.strip(), now)
    path = feedback_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(feedback), ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
    return feedback


def read_feedback() -> list[Feedback]:
    """All remarks, oldest first; a line cut off by a crash is left out."""
    path = feedback_file()
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(Feedback(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found
