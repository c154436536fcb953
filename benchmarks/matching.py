"""Speed of matching: a table against every measure in force, files included, beside other ways to do the same; one profile; one what-if.

    python -m benchmarks.matching                     a million enterprises, all measures in force, all peers
    python -m benchmarks.matching --rows 10000000 --peers none
    python -m benchmarks.matching --peers polars --rounds 5
    python -m benchmarks.matching --spark spark://host:7077

Every contestant reads the same Parquet file and writes the same wide Parquet file in a process of its own; wall and CPU seconds and the peak of
memory are those of that process from the first import to the finished file; reading the rules is in it for all of them. With `--rounds` they
take turns and the median counts; the load of the machine is printed, as others on it make wall seconds longer than CPU seconds. OpenFisca knows
no unknown values: it is given a table without any, and so is the engine it is compared with.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

DAY = date(2026, 11, 23)
_PIECE = 1_000_000
PEERS = ("polars", "polars_once", "pandas", "openfisca")


def main() -> None:
    """Run every contestant in turn and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--peers", default=",".join(PEERS), help="of polars, polars_once, pandas, openfisca; or none")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--spark", metavar="MASTER")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--run", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        _do(*options.run)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        _compare(
            options.rows,
            [peer for peer in options.peers.split(",") if peer in PEERS],
            options.spark,
            Path(folder),
            options.rounds,
        )
    _one_profile()


def _compare(rows: int, peers: list[str], spark: str | None, folder: Path, rounds: int) -> None:
    loose, whole, few = folder / "loose.parquet", folder / "whole.parquet", folder / "few.parquet"
    _run("make", str(rows), "0.3", str(loose))
    contestants = [Contestant("navigator", loose, rows)]
    contestants += [Contestant(peer, loose, rows) for peer in ("polars", "polars_once") if peer in peers]
    if "pandas" in peers:
        _run("make", str(min(rows, 100_000)), "0.3", str(few))
        contestants.append(Contestant("pandas", few, min(rows, 100_000)))
    if "openfisca" in peers:
        _run("make", str(rows), "0.0", str(whole))
        contestants.append(Contestant("openfisca", whole, rows))
        contestants.append(Contestant("navigator", whole, rows, "navigator, nothing unknown"))
    if spark:
        os.environ["NAVIGATOR_SPARK"] = spark
        contestants.append(Contestant("spark", loose, rows))
    _report(contestants, rounds, f"{rows:,} enterprises, {loose.stat().st_size >> 20} MB Parquet", folder)
    if rows <= 2_000_000:
        _run("ask", str(loose))


def _run(*arguments: str) -> None:
    """Something done in a process of its own, so that its memory is not counted for others."""
    subprocess.run([sys.executable, "-m", "benchmarks.matching", "--run", *arguments], cwd=ROOT, check=True)


def _do(what: str, *arguments: str) -> None:
    if what == "make":
        rows, unknown, path = arguments
        _make(Path(path), int(rows), float(unknown))
    elif what == "count":
        print(_measures())
    elif what == "ask":
        _what_if(Path(arguments[0]))
    else:
        _contestant(what)(Path(arguments[0]), Path(arguments[1]))


def _make(path: Path, rows: int, unknown: float) -> None:
    from navigator.matching.outputs import write_frames
    from navigator.matching.synthetic import synthetic_enterprises

    sizes = [(first, min(_PIECE, rows - first)) for first in range(0, rows, _PIECE)]
    frames = (synthetic_enterprises(count, 1, unknown, first) for first, count in sizes)
    write_frames(frames, path)


def _measures() -> int:
    from navigator.matching.batch import Matcher
    from navigator.matching.rulebook import rulebook_for

    return len(Matcher(rulebook_for(DAY), DAY).measures)


@dataclass(frozen=True, slots=True)
class Contestant:
    """A way to match, the table it is given and that table's rows; `label` is printed in place of its name."""

    name: str
    table: Path
    rows: int
    label: str = ""


def _report(contestants: list[Contestant], rounds: int, what: str, folder: Path) -> None:
    """Contestants take turns; a line with the medians of each."""
    command = [sys.executable, "-m", "benchmarks.matching", "--run", "count"]
    measures = int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    print(f"{what}, {measures} measures in force on {DAY}, {os.cpu_count()} cores, {rounds} rounds")
    print(f"{'':32}{'wall s':>9}{'CPU s':>9}{'peak GB':>9}{'M pairs/s':>11}{'load':>7}")
    found: dict[Contestant, list[tuple[float, ...]]] = {one: [] for one in contestants}
    for _ in range(rounds):
        for one in contestants:
            found[one] += _measured(one, folder)
    for one, runs in found.items():
        if runs:
            seconds, cpu, peak, load = (statistics.median(figures) for figures in zip(*runs, strict=True))
            speed = one.rows * measures / seconds / 1e6
            figures = f"{seconds:9.2f}{cpu:9.2f}{peak:9.2f}{speed:11.1f}{load:7.1f}"
            print(f"{one.label or one.name:32}{figures}  ({one.rows:,} rows)", flush=True)


def _measured(one: Contestant, folder: Path) -> list[tuple[float, ...]]:
    """Wall and CPU seconds, peak of memory in GB and load of the machine; nothing if it failed."""
    files = [str(one.table), str(folder / f"{one.name}.parquet")]
    command = [sys.executable, "-m", "benchmarks.matching", "--run", one.name, *files]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(command, cwd=ROOT, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        errors.seek(0)
        if status:
            print(f"{one.label or one.name:32} failed: {errors.read().strip().splitlines()[-1:]}")
            return []
    return [(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6, os.getloadavg()[0])]


def _contestant(name: str) -> Callable[[Path, Path], None]:
    if name == "navigator":
        return _navigator
    if name == "spark":
        return _spark
    from benchmarks import matching_peers

    return getattr(matching_peers, name)


def _navigator(table: Path, out: Path) -> None:
    from navigator.matching.batch import match

    match(table, DAY, out=out)


def _spark(table: Path, out: Path) -> None:
    from navigator.matching.batch import match

    match(table, DAY, engine="spark", out=out)


def _what_if(table: Path) -> None:
    from navigator.matching.loaded import LoadedTable

    start = time.perf_counter()
    city = LoadedTable.load(table)
    loaded = time.perf_counter() - start
    rules = city.rulebook.by_id["tax-small-low-profit-cit"].rules
    changed = [rule.node for rule in rules if "employees" not in rule.facts]
    times = []
    for most in (300, 400, 500, 600, 700):
        start = time.perf_counter()
        tally = city.count([*changed, f"employees <= {most}"], DAY)
        times.append(time.perf_counter() - start)
    print(
        f"what-if on one threshold: loaded in {loaded:.1f} s, then {statistics.median(times) * 1e3:.0f} ms a question ({tally})"
    )


def _one_profile() -> None:
    from navigator.matching.assess import assess
    from navigator.matching.synthetic import synthetic_enterprises

    profiles = [
        {name: value for name, value in row.items() if value is not None}
        for row in synthetic_enterprises(400, 7).to_dicts()
    ]
    for profile in profiles[:200]:
        assess(profile, DAY)
    wall, cpu, as_json = [], [], []
    for profile in profiles[200:]:
        start, busy = time.perf_counter(), time.process_time()
        found = assess(profile, DAY)
        wall.append((time.perf_counter() - start) * 1e3)
        cpu.append((time.process_time() - busy) * 1e3)
        json.dumps(found.as_dict())
        as_json.append((time.process_time() - busy) * 1e3)
    figures = {
        "p50": statistics.median(wall),
        "p95": statistics.quantiles(wall, n=20)[18],
        "p50 of CPU": statistics.median(cpu),
        "p50 of CPU, written as JSON too": statistics.median(as_json),
    }
    print(
        "one profile with all explanations, ms:",
        json.dumps({name: round(value, 2) for name, value in figures.items()}),
    )


if __name__ == "__main__":
    main()
