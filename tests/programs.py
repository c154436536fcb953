"""Programs outside Python that a suite drives: whether they are there, and how the run says so when they are not.

A suite whose program is missing is skipped and named at the end of the run; with NAVIGATOR_TESTS=all it is an error, and the run fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite: the marker of its tests, what people call it, and what it cannot do without."""

    marker: str
    name: str
    needs: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The sentence about what is missing; empty where nothing is."""
        missing = [program for program in self.needs if not _is_there(program)]
        return f"没有运行：{self.name}（没有找到 {'、'.join(missing)}）" if missing else ""


SUITES = (
    Suite("browser", "浏览器测试", ("chromium", "中文字体")),
    Suite("postgresql", "PostgreSQL 测试", ("postgresql",)),
    Suite("spark", "Spark 集群测试", ("java", "pyspark")),
)


def chromium() -> str | None:
    """The path of Chromium, or None."""
    return next((path for name in _CHROMIUM_NAMES if (path := shutil.which(name))), None)


def postgresql() -> Path | None:
    """The folder of PostgreSQL's server programs, or None; Debian keeps them off the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


def all_required() -> bool:
    """Whether a missing program is a failure."""
    return os.environ.get("NAVIGATOR_TESTS") == "all"


def _is_there(program: str) -> bool:
    match program:
        case "chromium":
            return chromium() is not None
        case "postgresql":
            return postgresql() is not None
        case "java":
            return shutil.which("java") is not None
        case "pyspark":
            return find_spec("pyspark") is not None
    return has_chinese_fonts()


def has_chinese_fonts() -> bool:
    """Whether fontconfig knows a font with Chinese characters; where there is no fontconfig the system brings its own."""
    lister = shutil.which("fc-list")
    if lister is None:
        return True
    return bool(subprocess.run([lister, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())
