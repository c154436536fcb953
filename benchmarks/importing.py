"""How long an import takes: a table with every fact of facts.yaml as .csv and as .xlsx, into SQLite, seconds and rows a second.

    python -m benchmarks.importing                       300,000 rows each
    python -m benchmarks.importing --rows 30000 --kind csv
    python -m benchmarks.importing --profile             where the time goes

Measured from the file on disk to the last row kept: copying, looking into it, reading, merging, writing. It uses a data folder of its
own, prints its figures and never fails. A machine that does other work gives larger ones.
"""

import argparse
import cProfile
import os
import pstats
import tempfile
import time
from pathlib import Path

import polars as pl
import xlsxwriter

from navigator.matching.rulebook import default_rulebook
from navigator.matching.synthetic import synthetic_enterprises


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--kind", choices=("csv", "xlsx"), action="append")
    parser.add_argument("--unknown", type=float, default=0.3, help="the share of empty cells")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind in options.kind or ("csv", "xlsx"):
            table = _written(Path(folder) / f"table.{kind}", options.rows, options.unknown)
            os.environ |= {"NAVIGATOR_DATA": str(Path(folder) / kind), "DATABASE_URL": ""}
            from navigator.settings import settings

            settings.cache_clear()
            profile = cProfile.Profile() if options.profile else None
            if profile:
                profile.enable()
            _print(kind, table, *_imported(table))
            if profile:
                profile.disable()
                pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def _written(path: Path, rows: int, unknown: float) -> Path:
    """A table with Chinese headings and every fact, as an office would send it."""
    specs = default_rulebook().facts.specs
    table = synthetic_enterprises(rows, seed=1, unknown=unknown)
    table = table.rename({name: specs[name].label for name in table.columns if name in specs})
    table = table.with_columns(pl.col(pl.Boolean).replace_strict({True: "是", False: "否"}, return_dtype=pl.String))
    if path.suffix == ".csv":
        table.write_csv(path, include_bom=True)
    else:
        _write_sheet(path, table)
    return path


def _write_sheet(path: Path, table: pl.DataFrame) -> None:
    """An .xlsx written row by row: 27 million cells at once would fill the memory."""
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, table.columns)
        for number, row in enumerate(table.iter_rows(), start=1):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(number, place, value)


def _imported(table: Path) -> tuple[float, float, str]:
    """Seconds by the clock and of the processor, and what became of the rows."""
    from navigator.auth import COMMAND_LINE
    from navigator.matching.dates import today
    from navigator.store import engine, importing, importing_files, importing_plan

    engine.engine()
    started, worked = time.monotonic(), _processor()
    file = importing_files.copy_to_keep(COMMAND_LINE, table)
    sheet = importing_files.look_into(file)
    uses = tuple(one.use for one in importing_plan.proposals(sheet))
    plan = importing_plan.Plan(uses, "示例：税务局名单", today())
    number = importing.begin_import(COMMAND_LINE, file, sheet, plan)
    state = importing.carry_on(COMMAND_LINE, number)
    taken = time.monotonic() - started, _processor() - worked
    engine.close()
    used = sum(bool(use.fact) for use in uses)
    return (*taken, f"{used} columns, {state.counts.added:,} added, {state.counts.refused:,} rows refused")


def _processor() -> float:
    """Seconds of the processor so far, of this process and of those it began that have ended."""
    return sum(os.times()[:4])


def _print(kind: str, table: Path, seconds: float, processor: float, counts: str) -> None:
    size = table.stat().st_size / 1e6
    print(f"{kind} ({size:.0f} MB): {seconds:.1f} s, of the processor {processor:.1f} s; {counts}", flush=True)


if __name__ == "__main__":
    main()
