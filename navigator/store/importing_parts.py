"""The rows of a kept file in parts, column by column. A large sheet is read in a process of its own, beside checking and writing.

That process gets no setting but the data folder and hands over nothing but plain cells; it ends when nobody takes them any more.
Nothing is kept here.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
import traceback
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any

from navigator.errors import InputError
from navigator.settings import ROOT, settings
from navigator.store.importing_cells import columns_of
from navigator.store.importing_files import KeptFile, lines_of

APART = 1_000_000
"""Bytes from which a sheet is read in a process of its own: a smaller one is read sooner than that has started."""
_SKIPPED = 20_000
"""After so many lines that were dealt with before, an empty part tells that the reading goes on."""
_PIPE = 1 << 20
_MOMENTS = frozenset(("date", "datetime", "time", "timedelta", "timezone"))


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows: their numbers in the table and, for each column, their cells. Without rows: a sign that the reading goes on."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[Any]]


@contextmanager
def parts_of(file: KeptFile, width: int, after: int, rows: int) -> Iterator[Iterator[Part]]:
    """The rows behind line `after` in parts of `rows`, `width` columns each. What is begun for it has ended when it is left.

    Raises InputError at what `lines_of` refuses, and where the reading process is killed.
    """
    if not _is_worth_it(file):
        with closing(_parts(file, width, after, rows)) as parts:
            yield parts
        return
    process = _begin(file, width, after, rows)
    try:
        yield _received(process, file)
    finally:
        process.kill()
        process.communicate()


def _is_worth_it(file: KeptFile) -> bool:
    """Whether a process of its own saves more than it costs: taking a sheet apart is long work, splitting a .csv is sooner done than told."""
    return file.path.is_file() and file.path.stat().st_size >= APART and zipfile.is_zipfile(file.path)


def _parts(file: KeptFile, width: int, after: int, rows: int) -> Generator[Part, None, None]:
    numbers: list[int] = []
    lines: list[list[Any]] = []
    skipped = 0
    for number, cells in lines_of(file):
        if number <= after:
            skipped += 1
            if skipped % _SKIPPED == 0:
                yield Part((), ())
            continue
        numbers.append(number)
        lines.append(cells)
        if len(lines) == rows:
            yield Part(numbers, columns_of(lines, width))
            numbers, lines = [], []
    if lines:
        yield Part(numbers, columns_of(lines, width))


# ---- the process that takes the rows


def _begin(file: KeptFile, width: int, after: int, rows: int) -> subprocess.Popen[bytes]:
    """A session of its own: Ctrl-C reaches only whoever takes the rows, who then ends it."""
    task = json.dumps({"file": asdict(file), "width": width, "after": after, "rows": rows})
    return subprocess.Popen(
        [sys.executable, "-m", __name__, task],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=_PIPE,
        pipesize=_PIPE,
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """What Python needs to start; no setting of ours but where the file lies, no secret."""
    ours = ("NAVIGATOR_", "DATABASE_URL", "STREAMLIT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"NAVIGATOR_DATA": str(settings().data.resolve()), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


def _received(process: subprocess.Popen[bytes], file: KeptFile) -> Iterator[Part]:
    assert process.stdout is not None
    while True:
        try:
            kind, *content = _PlainCells(process.stdout).load()
        except (EOFError, pickle.UnpicklingError):
            found = "读到一半，读表的程序停了（可能是内存不够）"
            raise InputError(file.name, found, "可以接着导；再停就另存为 .csv，或者分成几个文件") from None
        match kind:
            case "part":
                yield Part(*content)
            case "end":
                return
            case "refused":
                raise InputError(*content)
            case _:
                raise RuntimeError(content[0])


class _PlainCells(pickle.Unpickler):
    """Builds texts, numbers and moments; whoever took over the reading process could not have anything else built."""

    def find_class(self, module: str, name: str) -> Any:
        """Only moments have a class."""
        if module == "datetime" and name in _MOMENTS:
            return super().find_class(module, name)
        raise TypeError(f"{module}.{name} is no cell")


# ---- the process that reads


def _hand_over(task: dict[str, Any], out: IO[bytes]) -> None:
    """Write what was read, as it is read; the end or the fault last."""

    def say(*message: Any) -> None:
        pickle.dump(message, out, 5)
        out.flush()

    try:
        parts = _parts(KeptFile(**task["file"]), task["width"], task["after"], task["rows"])
        for part in parts:
            say("part", part.numbers, part.columns)
        say("end")
    except InputError as fault:
        say("refused", fault.place, fault.found, fault.expected)
    except BrokenPipeError:
        raise
    except Exception:
        say("broken", traceback.format_exc())


def main() -> None:
    """Read the file that the argument names. Cells have no circles to look for."""
    gc.disable()
    out = os.fdopen(os.dup(1), "wb", _PIPE)
    os.dup2(2, 1)
    try:
        _hand_over(json.loads(sys.argv[1]), out)
        out.close()
    except BrokenPipeError:
        os._exit(1)


if __name__ == "__main__":
    main()
