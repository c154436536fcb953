"""Spark gives what the local engine gives: on a standalone cluster of two workers, and when one of them dies in mid-run."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator import settings as configuration
from navigator.matching import tables
from navigator.matching.batch import match
from navigator.matching.language import compile_node
from navigator.matching.parse import parse_condition
from navigator.matching.synthetic import synthetic_enterprises
from tests.matching.test_batch import COLUMNS, PROFILES
from tests.matching.worlds import DAY, SPECS, VALUES, predicates
from tests.programs import all_required

pytestmark = pytest.mark.spark
_JOBS = 8 if all_required() else 2
_PREDICATES = 40
_PATIENCE = 300


class Cluster:
    """A master and two workers, each worker a process group of its own that can be killed with its executors."""

    def __init__(self, folder: Path) -> None:
        import pyspark

        self._home = Path(pyspark.__file__).parent
        self._folder = folder
        self.address = f"spark://127.0.0.1:{_free_port()}"
        port = self.address.rpartition(":")[2]
        self._processes = [self._start("master", "master.Master", "--port", port)]
        self._wait_for(self.address, "master")
        self.workers = [self._start(f"worker{n}", "worker.Worker", *_worker(folder, n), self.address) for n in (1, 2)]
        for number in (1, 2):
            self._wait_for("Successfully registered with master", f"worker{number}")

    def _start(self, name: str, kind: str, *arguments: str) -> subprocess.Popen:
        command = [
            self._home / "bin/spark-class",
            f"org.apache.spark.deploy.{kind}",
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
        ]
        environment = os.environ | {"SPARK_HOME": str(self._home), "SPARK_LOCAL_IP": "127.0.0.1"}
        with (self._folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                [*command, *arguments], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def _wait_for(self, words: str, name: str) -> None:
        log = self._folder / f"{name}.log"
        end = time.monotonic() + _PATIENCE
        while words not in log.read_text(errors="replace"):
            assert time.monotonic() < end, log.read_text(errors="replace")[-2000:]
            time.sleep(0.2)

    def kill(self, worker: subprocess.Popen) -> None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        for process in (*self.workers, *self._processes):
            if process.poll() is None:
                self.kill(process)


def _worker(folder: Path, number: int) -> tuple[str, ...]:
    return ("--cores", "1", "--memory", "1100m", "--work-dir", str(folder / f"work{number}"))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("spark"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAVIGATOR_SPARK", made.address)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        configuration.settings.cache_clear()
        try:
            yield made
        finally:
            _session().stop()
            made.stop()
    configuration.settings.cache_clear()


def _session():
    from navigator.matching.spark import _session as session

    return session()


@settings(max_examples=_JOBS)
@given(st.lists(predicates(), min_size=_PREDICATES, max_size=_PREDICATES))
def test_generated_predicates_have_the_outcomes_they_have_for_one(cluster, facts_of_profiles, texts):
    from navigator.matching.spark import condition

    nodes = [parse_condition(text, SPECS) for text in texts]
    columns = [f"{condition(node, DAY)} AS c{place}" for place, node in enumerate(nodes)]
    found = facts_of_profiles.selectExpr("row", *columns).orderBy("row").collect()
    for place, node in enumerate(nodes):
        test = compile_node(node)
        assert [line[place + 1] for line in found] == [test(profile, DAY) for profile in PROFILES], texts[place]


@pytest.fixture(scope="module")
def facts_of_profiles(cluster, tmp_path_factory):
    path = tmp_path_factory.mktemp("facts") / "facts.parquet"
    rows = pl.Series("row", range(len(PROFILES)), dtype=pl.Int64)
    pl.DataFrame([rows, *(COLUMNS.series(SPECS[name]) for name in VALUES)]).write_parquet(path)
    return _session().read.parquet(str(path)).cache()


def test_a_table_gives_the_same_result_and_the_same_reports_as_the_local_engine(cluster, tmp_path):
    city = synthetic_enterprises(1500, seed=3)
    city = pl.concat([city, city.head(3)])
    city.with_columns(pl.col("revenue").cast(pl.String).fill_null("很多")).write_parquet(tmp_path / "city.parquet")
    for long in (False, True):
        reports = {}
        for engine in ("local", "spark"):
            reports[engine] = match(tmp_path / "city.parquet", DAY, engine, tmp_path / f"{engine}.parquet", long)
        assert pl.read_parquet(tmp_path / "spark.parquet").equals(pl.read_parquet(tmp_path / "local.parquet"))
        assert [reports["spark"].rejected, reports["spark"].bad_cells] == [
            reports["local"].rejected,
            reports["local"].bad_cells,
        ]
    assert reports["spark"].rejected_count == 3
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_table_without_a_usable_row_gives_all_columns(cluster):
    city = pl.DataFrame({"uscc": ["1"], "employees": [1]})
    assert match(city, DAY, "spark").equals(match(city, DAY))


def test_a_worker_that_dies_in_mid_run_changes_nothing(cluster, monkeypatch):
    monkeypatch.setattr(tables, "ROWS_AT_ONCE", 400)
    city = synthetic_enterprises(16_000, seed=8)
    found: list[pl.DataFrame] = []
    run = threading.Thread(target=lambda: found.append(match(city, DAY, "spark")))
    run.start()
    done, tasks = _wait_for_a_running_stage()
    cluster.kill(cluster.workers[0])
    assert done < tasks
    run.join(_PATIENCE)
    assert not run.is_alive()
    assert found[0].equals(match(city, DAY))


def _wait_for_a_running_stage() -> tuple[int, int]:
    """Completed and all tasks of the first stage with many tasks that has begun to finish some."""
    tracker = _session().sparkContext.statusTracker()
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        for stage in map(tracker.getStageInfo, tracker.getActiveStageIds()):
            if stage and stage.numTasks > 10 and stage.numCompletedTasks >= 2:
                return stage.numCompletedTasks, stage.numTasks
        time.sleep(0.05)
    raise AssertionError("no stage ran")
