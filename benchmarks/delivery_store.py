"""A store as large as a city that has pushed for a year, for speed tests: invented enterprises, pushes, answers, samples and judgements.

    python -m benchmarks.delivery_store FOLDER                                   300,000 enterprises, 2,000,000 pushes
    python -m benchmarks.delivery_store FOLDER --enterprises 3000 --pushes 20000

FOLDER then serves as NAVIGATOR_DATA. Rows are written by bulk statements into SQLite. The enterprises are invented (their names say 示例) but kept
as real ones, because figures leave 示例 out: such a store is for nothing but measuring. Pushes go to enterprises the rules say are eligible.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import JSON, Boolean, Column, Float, Integer, LargeBinary, String, Table, Text, create_engine

from navigator.matching.loaded import LoadedTable
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.matching.synthetic import synthetic_enterprises
from navigator.store.migrate import migrate
from navigator.store.schema import METADATA

DAY = date(2026, 11, 23)
MONTHS = [202512, *range(202601, 202612)]
_SUBJECTS, _WIDEST, _A_MONTH = 60, 0.9, 5
_PIECE = 50_000
_DAYS = ("2026-10-20", "2026-06-30", "2026-09-15", "2025-12-31")
_STATES = {"sent": 0.965, "dropped": 0.015, "failed": 0.005, "withdrawn": 0.01, "unsure": 0.005}
_NOT = ("not_fit", "wrong_info", "already", "no_need", "other")
_STAMP = "%Y-%m-%d %H:%M:%S%.6f"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    enterprises: int
    pushes: int
    answers: int
    items: int
    judgements: int
    cases: int


def main() -> None:
    """Make a store in a folder that has none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--enterprises", type=int, default=300_000)
    parser.add_argument("--pushes", type=int, default=2_000_000)
    options = parser.parse_args()
    began = time.perf_counter()
    made = make_store(
        options.folder,
        options.enterprises,
        options.pushes,
        progress=lambda what: print(f"{time.perf_counter() - began:6.1f} s  {what}", flush=True),
    )
    print(made)


def make_store(
    folder: Path,
    enterprises: int,
    pushes: int,
    *,
    seed: int = 1,
    example: bool = False,
    progress: Progress = lambda what: None,
) -> Made:
    """Make `navigator.db` in a folder. The same numbers and seed give the same rows; fewer pushes where fewer would be right."""
    file = folder / "navigator.db"
    if file.exists():
        raise SystemExit(f"{file} exists: take another folder, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    made = create_engine(f"sqlite:///{file}")
    migrate(made)
    made.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        writer = _Writer(database, seed, example, progress)
        found = writer.write(enterprises, pushes)
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")
    return found


class _Writer:
    """Writes one table after the other, those first that others point to."""

    def __init__(self, database: sqlite3.Connection, seed: int, example: bool, progress: Progress) -> None:
        self.database, self.example, self.progress, self.seed = database, example, progress, seed
        self.random = np.random.default_rng(seed)
        self.rulebook = rulebook_for(DAY)

    def write(self, enterprises: int, pushes: int) -> Made:
        frame = _city(enterprises, self.seed)
        self._write_enterprises(frame)
        sent = self._write_pushes(frame, pushes)
        answers = self._write_answers(sent)
        items, judgements = self._write_samples(sent)
        cases = self._write_cases(sent)
        return Made(enterprises, int(sent.height), answers, items, judgements, cases)

    # ---- enterprises

    def _write_enterprises(self, frame: pl.DataFrame) -> None:
        self._insert("fact_sources", 1, id=[1], text=["测速用的示例资料"])
        with self._without_indexes("enterprises", "enterprise_changes", "contacts"):
            for start in range(0, frame.height, _PIECE):
                part = frame.slice(start, _PIECE)
                numbers = range(start + 1, start + part.height + 1)
                self._insert(
                    "enterprises",
                    part.height,
                    id=numbers,
                    uscc=part["uscc"],
                    name=part["name"].str.to_lowercase(),
                    region=part["region"],
                    example=repeat(int(self.example)),
                    version=repeat(1),
                    facts=_records(part, self.rulebook),
                    changed=repeat("2026-10-20 01:00:00.000000"),
                    changed_by=repeat("测速"),
                )
                self._insert(
                    "enterprise_changes",
                    part.height,
                    enterprise_id=numbers,
                    version=repeat(1),
                    at=repeat("2026-10-20 01:00:00.000000"),
                    by=repeat("测速"),
                    before=repeat("{}"),
                    remark=repeat("导入"),
                )
                reached = [number for number in numbers if number % 5]
                self._insert(
                    "contacts",
                    len(reached),
                    enterprise_id=reached,
                    kind=repeat("phone"),
                    value=[f"1390000{number % 10_000:04}" for number in reached],
                    purpose=repeat("政策推送"),
                    source_id=repeat(1),
                    day=repeat("2026-06-30"),
                    until=repeat("2028-06-30"),
                )
                self.progress(f"{start + part.height:,} enterprises")
        out = list(range(97, frame.height + 1, 97))
        self._insert(
            "opt_outs", len(out), enterprise_id=out, at=repeat("2026-03-01 02:00:00.000000"), by=repeat("企业自己")
        )

    # ---- pushes

    def _write_pushes(self, frame: pl.DataFrame, wanted: int) -> pl.DataFrame:
        """All pushes: id, subject, measure, enterprise, region, month, sent, state, kind."""
        chosen = self._choose(frame, wanted)
        self.progress(f"{chosen.height:,} pushes chosen")
        measures = chosen["measure"].unique(maintain_order=True).to_list()
        self._write_subjects(measures)
        number = {measure: place for place, measure in enumerate(measures, start=1)}
        chosen = self._batched(
            chosen.with_columns(subject=pl.col("measure").replace_strict(number, return_dtype=pl.Int64))
        )
        self._write_batches(chosen)
        chosen = self._grounds(frame, chosen)
        self.progress("batches and grounds")
        messages = self._write_messages(chosen)
        chosen = chosen.join(messages, on=["batch", "enterprise"], how="left", maintain_order="left")
        with self._without_indexes("pushes"):
            self._insert(
                "pushes",
                chosen.height,
                id=chosen["id"],
                batch_id=chosen["batch"],
                subject_id=chosen["subject"],
                enterprise_id=chosen["enterprise"],
                kind=chosen["kind"],
                fact=chosen["fact"],
                example=repeat(int(self.example)),
                region=chosen["region"],
                estimate=chosen["estimate"],
                ground=chosen["ground"],
                state=chosen["state"],
                sent=chosen["stamp"],
                month=chosen["sent_month"],
                message_id=chosen["message"],
            )
            self.progress("pushes written")
        self.progress("pushes indexed")
        return chosen.drop("ground", "stamp", "message")

    def _choose(self, frame: pl.DataFrame, wanted: int) -> pl.DataFrame:
        table = LoadedTable.load(frame, self.rulebook)
        outcomes = table.outcomes(DAY)
        counts = {name: int(outcomes[name].sum() or 0) for name in outcomes.columns[1:]}
        fitting = {name: count for name, count in counts.items() if 0 < count < _WIDEST * frame.height}
        measures = sorted(fitting, key=lambda name: -fitting[name])[:_SUBJECTS]
        share = min(1.0, wanted / max(1, sum(fitting[name] for name in measures)))
        estimates = table.estimates(DAY, measures)
        parts = []
        for name in measures:
            rows = np.flatnonzero(outcomes[name].fill_null(False).to_numpy())
            rows = rows[self.random.random(len(rows)) < share]
            amount = (
                estimates[name].gather(rows)
                if name in estimates.columns
                else pl.repeat(None, len(rows), dtype=pl.Float64, eager=True)
            )
            month = self.random.choice(self.random.choice(MONTHS, 3, replace=False), len(rows))
            part = pl.DataFrame({"enterprise": rows + 1, "month": month}).with_columns(
                estimate=amount, measure=pl.lit(name), region=frame["region"].gather(rows)
            )
            parts.append(part)
        return pl.concat(parts)

    def _batched(self, chosen: pl.DataFrame) -> pl.DataFrame:
        """With batch, id in order of batches, state, kind, moment."""
        batch = (pl.col("month").rank("dense") - 1) * _A_MONTH + pl.col("subject") % _A_MONTH + 1
        chosen = chosen.with_columns(batch=batch.cast(pl.Int64)).sort("batch", "enterprise", "subject")
        count = chosen.height
        kind = np.where(self.random.random(count) < 0.03, "asks", "fits")
        state = self.random.choice(list(_STATES), count, p=list(_STATES.values()))
        last = (chosen["batch"] == chosen["batch"].max()).to_numpy() & (self.random.random(count) < 0.5)
        state = np.where(last, "queued", state)
        went = np.isin(state, ("sent", "unsure"))
        day = self.random.integers(0, 22 * 9 * 3600, count)
        begin = pl.Series(chosen["month"].cast(pl.String)).str.to_datetime("%Y%m", time_unit="us")
        moment = (
            begin
            + pl.Series(day // (9 * 3600) * 86_400 + day % (9 * 3600) + 3600).cast(pl.Int64).cast(pl.Duration("ms"))
            * 1000
        )
        sent = pl.Series(went)
        return chosen.with_columns(
            id=pl.int_range(1, count + 1),
            kind=pl.Series(kind),
            fact=pl.when(pl.Series(kind) == "asks").then(pl.lit("employees")),
            state=pl.Series(state),
            moment=pl.when(sent).then(moment),
            sent_month=pl.when(sent).then(pl.col("month")),
        ).with_columns(stamp=pl.col("moment").dt.strftime(_STAMP))

    def _write_subjects(self, measures: list[str]) -> None:
        found = [self.rulebook.by_id[name] for name in measures]
        conditions = [
            json.dumps([[rule.condition.text, rule.source] for rule in one.rules], ensure_ascii=False) for one in found
        ]
        self._insert(
            "push_subjects",
            len(found),
            id=range(1, len(found) + 1),
            measure_id=measures,
            substance=[hashlib.sha256(name.encode()).hexdigest()[:32] for name in measures],
            name=[one.measure.name for one in found],
            conditions=conditions,
        )

    def _write_batches(self, chosen: pl.DataFrame) -> None:
        batches = chosen.group_by("batch", maintain_order=True).agg(pl.col("month").first(), pl.len())
        numbers, months = batches["batch"].to_list(), batches["month"].to_list()
        stamps = [f"{month // 100}-{month % 100:02}-01 00:30:00.000000" for month in months]
        self._insert(
            "push_batches",
            len(numbers),
            id=numbers,
            title=[f"{month} 第{number}批（测速）" for number, month in zip(numbers, months, strict=True)],
            office=[("市发改委", "市经信局", "市税务局", "市人社局", "市市场监管局")[number % 5] for number in numbers],
            example=repeat(int(self.example)),
            channel=repeat("sms"),
            choice=repeat('{"which": "all"}'),
            text=repeat("{企业}：{事项}，{链接}"),
            as_of=[stamp[:10] for stamp in stamps],
            corpus_version=repeat(self.rulebook.corpus.fingerprint),
            link_days=repeat(60),
            daily=repeat(100_000),
            state=["done" if number < max(numbers) else "approved" for number in numbers],
            made=stamps,
            by=repeat("测速"),
            proposed=stamps,
            proposed_by=repeat("测速"),
            approved=stamps,
            approved_by=repeat("测速二"),
            seen=stamps,
        )

    def _write_messages(self, chosen: pl.DataFrame) -> pl.DataFrame:
        """What went out: one for all pushes of a batch to an enterprise. Gives batch, enterprise, message."""
        messages = (
            chosen.filter(pl.col("moment").is_not_null())
            .group_by("batch", "enterprise", maintain_order=True)
            .agg(pl.col("moment").min(), pl.col("stamp").first())
            .with_columns(message=pl.int_range(1, pl.len() + 1))
        )
        with self._without_indexes("push_messages"):
            self._insert(
                "push_messages",
                messages.height,
                id=messages["message"],
                batch_id=messages["batch"],
                enterprise_id=messages["enterprise"],
                name=repeat("示例企业"),
                address=repeat("13900000000"),
                state=repeat("sent"),
                at=messages["stamp"],
                day=messages["moment"].dt.date().cast(pl.String),
            )
        self.progress(f"{messages.height:,} messages")
        return messages.select("batch", "enterprise", "message")

    def _grounds(self, frame: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
        """With the hash of the ground of each push; a few thousand grounds a measure, as large as real ones."""
        facts = {
            measure: sorted(self.rulebook.by_id[measure].facts & set(frame.columns))
            for measure in chosen["measure"].unique()
        }
        kept: dict[bytes, str] = {}
        parts = []
        for (measure,), part in chosen.group_by("measure", maintain_order=True):
            several = part["enterprise"].unique(maintain_order=True).head(4_000)
            profiles = frame.select(facts[str(measure)])[(several - 1).to_list()].to_dicts()
            rules = len(self.rulebook.by_id[str(measure)].rules)
            hashes = []
            for profile in profiles:
                known = {name: _plain(value) for name, value in profile.items() if value is not None}
                content = {"facts": known, "outcomes": [True] * rules, "missing": []}
                text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                hashes.append(hashlib.sha256(text.encode()).digest()[:16])
                kept[hashes[-1]] = text
            parts.append(
                part.with_columns(ground=pl.Series(hashes).gather((part["enterprise"] % len(hashes)).cast(pl.UInt32)))
            )
        self._insert("push_grounds", len(kept), hash=kept.keys(), content=kept.values())
        return pl.concat(parts).sort("id")

    # ---- what came of them

    def _write_answers(self, pushes: pl.DataFrame) -> int:
        rows = self._some(pushes.filter(pl.col("state") == "sent"), 0.06)
        fits = self.random.random(rows.height) < 0.9
        reasons = self.random.choice(_NOT, rows.height)
        self._insert(
            "push_answers",
            rows.height,
            push_id=rows["id"],
            at=(rows["moment"] + timedelta(hours=30)).dt.strftime(_STAMP),
            fits=fits.astype(int).tolist(),
            reason=[None if fit else reason for fit, reason in zip(fits.tolist(), reasons.tolist(), strict=True)],
        )
        return rows.height

    def _write_samples(self, pushes: pl.DataFrame, least: int = 5) -> tuple[int, int]:
        counted = pushes.filter((pl.col("state") == "sent") & (pl.col("kind") == "fits"))
        months = sorted(counted["sent_month"].unique().to_list())
        self._insert(
            "audit_samples",
            len(months),
            id=range(1, len(months) + 1),
            month=months,
            example=repeat(int(self.example)),
            seed=months,
            least=repeat(least),
            drawn=[f"{month // 100}-{month % 100:02}-28 02:00:00.000000" for month in months],
            by=repeat("测速"),
        )
        strata = (
            counted.group_by("sent_month", "measure", "region", maintain_order=True)
            .agg(pl.len().alias("pushes"), pl.col("id").sample(fraction=1.0, shuffle=True, seed=self.seed).head(least))
            .with_columns(stratum=pl.int_range(1, pl.len() + 1))
        )
        self._insert(
            "audit_strata",
            strata.height,
            id=strata["stratum"],
            sample_id=[months.index(month) + 1 for month in strata["sent_month"]],
            measure_id=strata["measure"],
            region=strata["region"],
            pushes=strata["pushes"],
            items=strata["id"].list.len(),
        )
        items = strata.select("stratum", "id").explode("id").with_columns(item=pl.int_range(1, pl.len() + 1))
        self._insert("audit_items", items.height, id=items["item"], stratum_id=items["stratum"], push_id=items["id"])
        return items.height, self._write_judgements(items["item"])

    def _write_judgements(self, items: pl.Series) -> int:
        total = 0
        for judge, share in (("评判甲", 0.95), ("评判乙", 0.3)):
            rows = self._some(pl.DataFrame({"item": items}), share)
            self._insert(
                "judgements",
                rows.height,
                item_id=rows["item"],
                judge=repeat(judge),
                verdict=self.random.choice(["right", "wrong", "unsure"], rows.height, p=[0.95, 0.03, 0.02]).tolist(),
                settles=repeat(0),
                at=repeat("2026-11-20 02:00:00.000000"),
            )
            total += rows.height
        return total

    def _write_cases(self, pushes: pl.DataFrame) -> int:
        rows = self._some(pushes.filter(pl.col("state") == "sent"), 0.03)
        result = self.random.choice(["accepted", "supplement", "refused"], rows.height, p=[0.85, 0.1, 0.05])
        self._insert(
            "window_cases",
            rows.height,
            system=repeat("荆策通"),
            number=[f"测{number}" for number in range(1, rows.height + 1)],
            enterprise_id=rows["enterprise"],
            measure_id=rows["measure"],
            example=repeat(int(self.example)),
            region=rows["region"],
            office=repeat("市政务服务中心"),
            brought=(rows["moment"] + timedelta(days=5)).dt.date().cast(pl.String),
            result=result.tolist(),
            reason=["not_eligible" if one == "refused" else None for one in result],
            at=repeat("2026-11-20 02:00:00.000000"),
            by=repeat("测速"),
        )
        return rows.height

    def _some(self, rows: pl.DataFrame, share: float) -> pl.DataFrame:
        return rows.filter(pl.Series(self.random.random(rows.height) < share))

    # ---- statements

    def _insert(self, table: str, count: int, **columns: Iterable[Any]) -> None:
        """Rows from columns; what is not given is empty where it may not be null."""
        given = dict(columns) | {
            column.name: repeat(_EMPTY.get(type(column.type), ""))
            for column in _needed(METADATA.tables[table], columns)
        }
        names = ", ".join(f'"{name}"' for name in given)
        marks = ", ".join("?" * len(given))
        rows = zip(*map(_values, given.values()), strict=False)
        if count:
            self.database.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def _without_indexes(self, *tables: str) -> _Bare:
        return _Bare(self.database, tables)


class _Bare:
    """While it lasts, tables have no indexes of their own: they are made again over all rows at once."""

    def __init__(self, database: sqlite3.Connection, tables: Iterable[str]) -> None:
        self.database, self.tables = database, tuple(tables)
        self.statements: list[str] = []

    def __enter__(self) -> None:
        marks = ", ".join("?" * len(self.tables))
        found = self.database.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",
            self.tables,
        ).fetchall()
        for name, statement in found:
            self.database.execute(f'DROP INDEX "{name}"')
            self.statements.append(statement)

    def __exit__(self, *error: object) -> None:
        for statement in self.statements:
            self.database.execute(statement)


_EMPTY: Mapping[type, Any] = {Integer: 0, Float: 0.0, Boolean: 0, JSON: "{}", String: "", Text: "", LargeBinary: b""}


def _needed(table: Table, given: Mapping[str, Any]) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if not column.nullable and not column.primary_key and column.name not in given
    ]


def _values(column: Iterable[Any]) -> Iterable[Any]:
    return column.to_list() if isinstance(column, pl.Series) else column


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _city(count: int, seed: int) -> pl.DataFrame:
    """Invented enterprises whose form and region are known, other facts in seven of ten."""
    whole = synthetic_enterprises(count, seed, 0.0)
    return synthetic_enterprises(count, seed, 0.3).with_columns(whole["region"], whole["entity_type"])


def _records(part: pl.DataFrame, rulebook: RuleBook) -> pl.Series:
    """The facts of each row as a record keeps them: fact: [value, source, day]."""
    cells = []
    for place, name in enumerate(part.columns):
        kind, column = part.schema[name], pl.col(name)
        if kind == pl.Boolean:
            value = pl.when(column).then(pl.lit("true")).when(~column).then(pl.lit("false"))
        elif kind in (pl.String, pl.Date):
            value = pl.lit('"') + column.cast(pl.String) + pl.lit('"')
        else:
            value = column.cast(pl.String)
        cells.append(pl.lit(f'"{name}":[') + value + pl.lit(f',1,"{_DAYS[place % len(_DAYS)]}"]'))
    return part.select(pl.lit("{") + pl.concat_str(cells, separator=",", ignore_nulls=True) + pl.lit("}")).to_series()


if __name__ == "__main__":
    main()
