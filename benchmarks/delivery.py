"""Speed of pushes over a city: the dashboard, a push run, a backtest, beside the plain way to do the same.

    python -m benchmarks.delivery                        makes a store of 300,000 enterprises and 2,000,000 pushes first (minutes)
    python -m benchmarks.delivery --store FOLDER         takes one that `benchmarks.delivery_store` made; it is copied, never changed

Every part runs in a process of its own: seconds are those of the calls named, the peak of memory is that of the whole process, imports included.
A second call is what a page costs when somebody comes back to it. A machine that does other work gives larger figures.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DAY, MONTH = date(2026, 11, 23), 202611
TYPICAL, WIDE = "tax-small-low-profit-cit", "tax-six-taxes-two-fees-half"
_SAMPLE = 1_000
PARTS = ("figures", "pandas", "push", "push-wide", "assess", "backtest")

Timed = dict[str, list[float] | int | float]
"""Seconds and CPU seconds of a call, or a number of what was done."""


def main() -> None:
    """Run every part in turn and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--enterprises", type=int, default=300_000)
    parser.add_argument("--pushes", type=int, default=2_000_000)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--run", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(_CALLS[options.run](), ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory(dir=options.store.parent if options.store else None) as folder:
        store = options.store or Path(folder) / "made"
        if options.store is None:
            from benchmarks.delivery_store import make_store

            print(make_store(store, options.enterprises, options.pushes))
        print(f"the machine: ten million additions in {_pace():.2f} CPU s")
        for part in options.parts.split(","):
            _part(part, store, Path(folder))


def _pace() -> float:
    """How long the same small work takes now, to read the other figures by."""
    busy, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - busy


def _part(part: str, store: Path, folder: Path) -> None:
    """One part on a copy of the store."""
    data = folder / part
    data.mkdir()
    shutil.copy(store / "navigator.db", data)
    command = [sys.executable, "-m", "benchmarks.delivery", "--run", part]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "NAVIGATOR_DATA": str(data)
    }
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said)
        _, status, usage = os.wait4(child.pid, 0)
        said.seek(0)
        told = said.read()
    shutil.rmtree(data)
    if status:
        print(f"{part}: failed")
        return
    print(f"{part}: peak {usage.ru_maxrss / 1e6:.2f} GB, CPU {usage.ru_utime + usage.ru_stime:.1f} s")
    for name, value in json.loads(told).items():
        shown = f"{value[0]:9.3f} s, CPU {value[1]:7.3f} s" if isinstance(value, list) else f"{value:>11,}"
        print(f"  {name:48}{shown}", flush=True)


@contextmanager
def _timed(found: Timed, name: str) -> Iterator[None]:
    start, busy = time.perf_counter(), time.process_time()
    yield
    found[name] = [time.perf_counter() - start, time.process_time() - busy]


# ---- the dashboard


def _figures() -> Timed:
    from navigator.auth import COMMAND_LINE, Actor
    from navigator.delivery import coverage, judging, metrics, samples
    from navigator.matching.rulebook import rulebook_for
    from navigator.store.engine import engine

    engine()
    rulebook_for(DAY)
    metrics.metrics()
    found: Timed = {}
    with _timed(found, "counting the coverage of all measures"):
        coverage.count_coverage(COMMAND_LINE, DAY)
    with _timed(found, "all figures of a month, first time"):
        readings = metrics.read_figures(COMMAND_LINE, MONTH)
    with _timed(found, "all figures of a month, again"):
        metrics.read_figures(COMMAND_LINE, MONTH)
    with _timed(found, "all figures of one region"):
        metrics.read_figures(Actor("京山小李", "staff", "京山市"), MONTH)
    with _timed(found, "months to choose from"):
        metrics.months_with_pushes(COMMAND_LINE)
    for reading in readings:
        for wanted, title in reading.metric.lists.items():
            with _timed(found, f"50 rows: {reading.metric.id} {title}"):
                measure = TYPICAL if reading.metric.id == "push-coverage" else None
                metrics.read_rows(COMMAND_LINE, reading.metric.id, metrics.Wanted(wanted, MONTH, measure=measure))
    with _timed(found, "sample: how far"):
        samples.progress(COMMAND_LINE, MONTH)
    with _timed(found, "judging: the next"):
        judging.next_item(COMMAND_LINE, MONTH)
    found["pushes sent that month"] = _sent()
    return found


def _sent() -> int:
    from sqlalchemy import text

    from navigator.store.engine import reading

    query = "SELECT sum(number) FROM push_tallies WHERE what = 'sent' AND month = :month AND NOT example"
    with reading() as session:
        return int(session.scalar(text(query), {"month": MONTH}) or 0)


def _pandas() -> Timed:
    """The same counts and the weighted estimate from the rows themselves, as a notebook would."""
    import sqlite3

    import pandas as pd

    found: Timed = {}
    with _timed(found, "pandas over the same tables"):
        database = sqlite3.connect(Path(os.environ["NAVIGATOR_DATA"]) / "navigator.db")
        query = "SELECT id, subject_id, batch_id, region, month FROM pushes WHERE kind = 'fits' AND state = 'sent' AND NOT example"
        pushes = pd.read_sql(query, database)
        answers = pd.read_sql("SELECT push_id AS id, fits, reason FROM push_answers", database)
        judged = pd.read_sql(
            "SELECT i.push_id AS id, max(j.verdict = 'right') AS is_right FROM judgements j JOIN audit_items i ON i.id = j.item_id "
            "WHERE j.verdict <> 'unsure' GROUP BY i.push_id",
            database,
        )
        replied = pushes.merge(answers, on="id")
        rated = pushes.merge(judged, on="id")
        strata = ["month", "subject_id", "region"]
        sizes = pushes.groupby(strata).size()
        shares = rated.groupby(strata)["is_right"].mean()
        for key in ("region", "subject_id", "batch_id"):
            pushes.groupby(["month", key]).size()
            replied.groupby(["month", key])["fits"].mean()
        (sizes * shares).groupby("month").sum() / sizes[shares.index].groupby("month").sum()
    found["pushes sent that month"] = int((pushes["month"] == MONTH).sum())
    return found


# ---- a push run


def _push(measure: str) -> Timed:
    from navigator.auth import COMMAND_LINE
    from navigator.delivery.batches import Draft, begin_batch
    from navigator.delivery.filling import fill
    from navigator.delivery.messages import default_text
    from navigator.delivery.selecting import Choice
    from navigator.matching.rulebook import rulebook_for
    from navigator.store.engine import engine

    engine()
    rulebook_for(DAY)
    found: Timed = {}
    draft = Draft("测速", "市发改委", "sms", Choice(measures=(measure,)), default_text("市发改委"))
    with _timed(found, f"push run of {measure}"):
        batch = fill(COMMAND_LINE, begin_batch(COMMAND_LINE, draft, DAY))
    found |= {name: int(value) for name, value in batch.counts.items()}
    found["peak of this process, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return found


def _assess() -> Timed:
    """Some records one by one, and what the whole city would take."""
    from sqlalchemy import select

    from navigator.matching.assess import assess
    from navigator.matching.rulebook import rulebook_for
    from navigator.store.engine import reading
    from navigator.store.enterprise_tables import EnterpriseRow

    rulebook_for(DAY)
    found: Timed = {}
    with reading() as session:
        enterprises = session.query(EnterpriseRow.id).count()
        records = session.scalars(select(EnterpriseRow.facts).limit(_SAMPLE)).all()
        assess({}, DAY)
        with _timed(found, "assess, one by one"):
            for facts in records:
                assess({name: value for name, (value, _, _) in facts.items()}, DAY)
    found["records"] = len(records)
    found["CPU seconds for all of them"] = round(found["assess, one by one"][1] / len(records) * enterprises, 1)  # type: ignore[index]
    return found


# ---- a backtest


def _backtest() -> Timed:
    from sqlalchemy import select

    from navigator.auth import COMMAND_LINE
    from navigator.delivery.backtest import lines, read_backtest, run_backtest
    from navigator.delivery.recipients import Recipient
    from navigator.matching.rulebook import rulebook_for
    from navigator.store.engine import reading
    from navigator.store.enterprise_tables import EnterpriseRow

    with reading() as session:
        names = session.execute(select(EnterpriseRow.name, EnterpriseRow.uscc).where(EnterpriseRow.id % 100 == 7)).all()
    listed = [Recipient(line, name, code if line % 2 else "") for line, (name, code) in enumerate(names, start=2)]
    rulebook_for(DAY)
    found: Timed = {"listed": len(listed)}
    with _timed(found, f"backtest of {TYPICAL}"):
        number = run_backtest(COMMAND_LINE, TYPICAL, listed, file="x.csv", source="x", as_of=DAY)
    with _timed(found, "20 rows of it"):
        lines(COMMAND_LINE, number, "miss", limit=20)
    return found | {name: int(count) for name, count in read_backtest(COMMAND_LINE, number).found.items()}


_CALLS: dict[str, Callable[[], Timed]] = {
    "figures": _figures,
    "pandas": _pandas,
    "push": lambda: _push(TYPICAL),
    "push-wide": lambda: _push(WIDE),
    "assess": _assess,
    "backtest": _backtest,
}


if __name__ == "__main__":
    main()
