"""What a batch run leaves behind: the Parquet file of outcomes, the rows set aside, and the cells that could not be read.

A file appears under its name only when it is complete.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, Any

import polars as pl
from polars.io.plugins import register_io_source

from navigator.matching.rows import BadCell, Rejected, Remarks
from navigator.matching.tables import Table

_KEPT = 1000


class Reports:
    """Counts and first examples of what was wrong with a table; with an output file, all of it in files beside it."""

    def __init__(self, out: Path | None, table: Table) -> None:
        self.ignored = table.ignored
        self.read = self.rejected_count = self.bad_cell_count = 0
        self.rejected: list[Rejected] = []
        self.bad_cells: list[BadCell] = []
        self.folder = out.resolve().parent if out else None
        self.rejected_file = out.with_suffix(".rejected.csv") if out else None
        self.bad_cells_file = out.with_suffix(".cells.csv") if out else None
        self._files: dict[Path, IO[str]] = {}
        for stale in filter(None, (self.rejected_file, self.bad_cells_file)):
            stale.unlink(missing_ok=True)

    @property
    def matched(self) -> int:
        """Rows that were not set aside."""
        return self.read - self.rejected_count

    def add(self, remarks: Remarks) -> None:
        """Count a piece by its remarks and write down what was wrong with it; the first thousand of each kind stay at hand."""
        self.read += remarks.kept + len(remarks.rejected)
        self.rejected_count += len(remarks.rejected)
        self.bad_cell_count += len(remarks.bad_cells)
        self.rejected += remarks.rejected[: max(0, _KEPT - len(self.rejected))]
        self.bad_cells += remarks.bad_cells[: max(0, _KEPT - len(self.bad_cells))]
        names = list(remarks.rejected[0].cells) if remarks.rejected else []
        self._write(
            self.rejected_file,
            ["row", "uscc", "reason", *names],
            (
                [one.row, one.uscc, one.reason, *(_text(value) for value in one.cells.values())]
                for one in remarks.rejected
            ),
        )
        self._write(
            self.bad_cells_file,
            ["row", "column", "found", "expected"],
            ([one.row, one.column, one.found, one.expected] for one in remarks.bad_cells),
        )

    def _write(self, path: Path | None, heading: list[str], lines: Iterable[list[Any]]) -> None:
        lines = iter(lines)
        first = next(lines, None)
        if path is None or first is None:
            return
        if path not in self._files:
            self._files[path] = path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._files[path]).writerow(heading)
        csv.writer(self._files[path]).writerows(chain([first], lines))

    def __enter__(self) -> Reports:
        return self

    def __exit__(self, *error: object) -> None:
        for file in self._files.values():
            file.close()

    def sentences(self) -> list[str]:
        """What a person should know, worst first; empty where all was well."""
        found = []
        if self.ignored:
            found.append(f"这些列不是系统认识的事实，没有用：{'、'.join(self.ignored)}")
        if self.rejected_count:
            where = f"，见 {self.rejected_file}" if self.rejected_file else ""
            found.append(
                f"{self.rejected_count:,} 行放在一边{where}，例如第{self.rejected[0].row}行：{self.rejected[0].reason}"
            )
        if self.bad_cell_count:
            where = f"，全部见 {self.bad_cells_file}" if self.bad_cells_file else ""
            found.append(f"{self.bad_cell_count:,} 个格子看不懂，当作未知{where}")
            found += [
                f"  第{one.row}行 {one.column}：写的是“{one.found}”，{one.expected}" for one in self.bad_cells[:5]
            ]
        return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def write_frames(frames: Iterator[pl.DataFrame], path: Path) -> None:
    """Write frames of one schema to a Parquet file as they come, in order; the first tells the schema."""
    first = next(frames)
    failure: list[BaseException] = []

    def source(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        try:
            yield from chain([first], frames)
        except BaseException as error:
            failure.append(error)
            raise

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        register_io_source(source, schema=first.schema).sink_parquet(part, compression_level=1, statistics=False)
        part.replace(path)
    except pl.exceptions.PolarsError:
        if failure:
            raise failure[0] from None
        raise
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
