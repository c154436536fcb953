"""Matching a table of enterprises against every measure in force: a city in seconds, a province in bounded memory.

Outcomes are those of `assess`, to the last one: the same trees, evaluated over columns. What a person wants explained is in `assess`; here are
yes, no, unknown and yuan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from navigator.errors import InputError
from navigator.matching.columns import Array, Columns, Truth
from navigator.matching.dates import period, today
from navigator.matching.flow import ahead, side_by_side
from navigator.matching.outputs import Reports, write_frames
from navigator.matching.parse import parse_estimate
from navigator.matching.plan import Completion, Plan, filled
from navigator.matching.rows import CheckedRows, Piece, Remarks, RowReader
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.matching.tables import Source, Table, open_table

if TYPE_CHECKING:
    import pandas as pd

Engine = Literal["local", "spark"]
Progress = Callable[[str], None]
Made = TypeVar("Made")

_LONG_ROWS = 16_384
STATUSES = ("eligible", "needs_info")


@dataclass(frozen=True, slots=True)
class MatchedPiece:
    """Some enterprises: their codes, completed facts, the outcome of every measure and, if wanted, estimates in yuan (NaN unknown, unrounded)."""

    usccs: pa.Array
    facts: Columns
    outcomes: Mapping[str, Truth]
    estimates: Mapping[str, Array]

    def wide(self) -> pl.DataFrame:
        """`uscc` and a nullable boolean for each measure."""
        columns = [truth.as_arrow(self.facts.count) for truth in self.outcomes.values()]
        frame = pl.from_arrow(pa.table([self.usccs, *columns], names=["uscc", *self.outcomes]))
        assert isinstance(frame, pl.DataFrame)
        return frame


class Matcher:
    """The measures that count on a day (in force and not unverified), ready for any number of pieces; safe to share between threads."""

    def __init__(
        self, rulebook: RuleBook, as_of: date, estimates: bool = False, ids: Iterable[str] | None = None
    ) -> None:
        self.rulebook = rulebook
        wanted = None if ids is None else set(ids)
        counted = [one for one in rulebook.measures if period(one.measure, as_of) == "in_force"]
        self.measures = tuple(one.measure for one in counted if wanted is None or one.measure.id in wanted)
        self._completion = Completion(rulebook.facts)
        self._plan = Plan(as_of)
        self._answers = {
            one.id: self._plan.add_all(rule.node for rule in rulebook.by_id[one.id].rules) for one in self.measures
        }
        self._amounts: dict[str, int] = {}
        for one in self.measures if estimates else ():
            if one.benefit.estimate is not None:
                tree = parse_estimate(one.benefit.estimate, rulebook.facts.specs)
                self._amounts[one.id] = self._plan.add_number(tree)

    def complete(self, given: Columns) -> Columns:
        """The facts with everything that follows from them."""
        return self._completion.complete(given)

    def match(self, usccs: pa.Array, facts: Columns) -> MatchedPiece:
        """Outcomes and estimates of completed facts."""
        found = self._plan.run(facts)
        outcomes = {name: found[step] for name, step in self._answers.items()}
        estimates = {name: filled(found[step], facts.count) for name, step in self._amounts.items()}
        return MatchedPiece(usccs, facts, outcomes, estimates)

    def empty(self) -> MatchedPiece:
        """The result for no enterprise: it tells the columns."""
        return self.match(pa.nulls(0, pa.string()), Columns(0))

    def match_piece(self, piece: Piece) -> MatchedPiece:
        """A piece completed and matched."""
        return self.match(piece.usccs, self.complete(piece.columns))


def match(
    table: Source,
    as_of: date | None = None,
    engine: Engine = "local",
    out: str | Path | None = None,
    long: bool = False,
    *,
    rulebook: RuleBook | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame | pl.DataFrame | Reports:
    """Match every enterprise of a table (a path or DataFrame with a `uscc` column) with every measure in force and not unverified.

    Without `out` the result is a DataFrame (polars for a polars table, pandas otherwise): `uscc` and a nullable boolean for each measure, or with
    `long` rows `uscc, measure_id, status`. With `out` it is written to that Parquet file, rows set aside to FILE.rejected.csv and bad cells to
    FILE.cells.csv beside it, and what was found wrong is returned. `progress` is told a sentence from time to time. Raises InputError.
    """
    day = as_of or today()
    rules = rulebook or rulebook_for(day)
    target = Path(out) if out else None
    if target:
        _refuse_target(target, table)
    if engine not in ("local", "spark"):
        raise InputError("--engine", f"没有叫 {engine} 的引擎", "可选 local、spark")
    opened = open_table(table, rules.facts.specs)
    with Reports(target, opened) as reports:
        if engine == "spark":
            from navigator.matching.spark import wide_frames

            frames = wide_frames(opened, day, rules, reports, target.resolve().parent if target else None, progress)
        else:
            frames = _wide_frames(opened, Matcher(rules, day), reports, progress)
        frames = _long_frames(frames) if long else frames
        if target:
            write_frames(ahead(frames), target)
            return reports
        whole = pl.concat(list(frames), rechunk=True)
    return whole if isinstance(table, pl.DataFrame) else _as_pandas(whole)


def _refuse_target(target: Path, table: Source) -> None:
    if not target.parent.is_dir():
        raise InputError(str(target.parent), "没有这个文件夹", "先建好放结果的文件夹")
    if isinstance(table, str | Path) and target.resolve() == Path(table).resolve():
        raise InputError(str(target), "就是名单自己", "结果写到另一个文件")


def read_pieces(
    work: Callable[[Piece], Made], table: Table, rulebook: RuleBook, reports: Reports, progress: Progress | None = None
) -> Iterator[Made]:
    """What `work` makes of the pieces of a table, in order, each counted in the reports.

    Opening cells, checking codes and everything else go on at the same time; `work` must be safe to run in threads.
    """
    with closing(RowReader(rulebook.facts, reports.folder)) as reader:

        def read(checked: CheckedRows) -> tuple[Remarks, Made]:
            piece = reader.read(checked)
            return piece.remarks, work(piece)

        with closing(ahead(reader.check_codes(cells, rows) for cells, rows in table.batches())) as checked:
            for remarks, made in side_by_side(read, checked):
                reports.add(remarks)
                if progress:
                    whole = f" / {table.rows:,}" if table.rows else ""
                    progress(f"已读 {reports.read:,}{whole} 行")
                yield made


def _wide_frames(table: Table, matcher: Matcher, reports: Reports, progress: Progress | None) -> Iterator[pl.DataFrame]:
    yield matcher.empty().wide()
    yield from read_pieces(lambda piece: matcher.match_piece(piece).wide(), table, matcher.rulebook, reports, progress)


def _long_frames(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Rows `uscc, measure_id, status` where a measure is eligible or needs information, by enterprise, then by measure."""
    statuses = pl.Series("status", STATUSES)
    for frame in frames:
        ids = pl.Series("measure_id", frame.columns[1:], dtype=pl.String)
        for part in frame.iter_slices(_LONG_ROWS) if frame.height else [frame]:
            columns = part.get_columns()
            table = np.empty((part.height, len(ids)), np.uint8)
            for place, column in enumerate(columns[1:]):
                table[:, place] = column.cast(pl.UInt8).fill_null(2).to_numpy()
            rows, places = np.nonzero(table)
            status = statuses.gather((table[rows, places] - 1).astype(np.uint32))
            yield pl.DataFrame(
                [columns[0].gather(rows.astype(np.uint32)), ids.gather(places.astype(np.uint32)), status]
            )


def _as_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    import pandas as pd

    found = {}
    for name in frame.columns:
        column = frame[name]
        found[name] = column.to_pandas() if column.dtype != pl.Boolean else pd.array(column.to_arrow(), dtype="boolean")
    return pd.DataFrame(found)
