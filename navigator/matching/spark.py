"""Matching on a Spark cluster: the same checked trees, written as Spark SQL columns, many to one job.

The table is read here, as for the local engine: cells and codes are checked, reports written, and the checked facts laid beside the result as typed
Parquet, which the workers read (so that folder must be one they share). Predicates are rendered anew from the tree; no author's text reaches SQL.
PySpark is an optional requirement (requirements-spark.txt); the cluster is NAVIGATOR_SPARK, all cores of this machine by default.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from navigator.corpus.model import FactSpec
from navigator.errors import InputError
from navigator.matching.batch import Progress, read_pieces
from navigator.matching.dates import period
from navigator.matching.facts import Conclusion, FactBook
from navigator.matching.language import (
    And,
    Arithmetic,
    Compare,
    Fact,
    HasPrefix,
    Member,
    Node,
    Not,
    Or,
    Value,
    compile_node,
    facts_in,
)
from navigator.matching.outputs import Reports
from navigator.matching.rows import Piece
from navigator.matching.rulebook import RuleBook
from navigator.matching.tables import Table
from navigator.settings import settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_ROW = "row"
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.files.openCostInBytes": str(64 << 20),
    "spark.sql.files.maxPartitionBytes": str(64 << 20),
}
_ROWS_AT_ONCE = 100_000


def wide_frames(
    table: Table, as_of: date, rulebook: RuleBook, reports: Reports, beside: Path | None, progress: Progress | None
) -> Iterator[pl.DataFrame]:
    """`uscc` and a nullable boolean for each measure, in the order of rows. Facts and results pass through a folder made in `beside`."""
    spark = _session()
    folder = Path(tempfile.mkdtemp(prefix=".matching-", dir=beside))
    try:
        (folder / "given").mkdir()
        for number, piece in enumerate(read_pieces(_same, table, rulebook, reports, progress)):
            frame = _checked(piece, reports.matched - piece.columns.count, rulebook.facts.specs)
            frame.write_parquet(folder / "given" / f"{number:06}.parquet")
        yield from _matched(spark, folder / "given", folder / "found", as_of, rulebook)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _same(piece: Piece) -> Piece:
    return piece


def _checked(piece: Piece, first: int, specs: Mapping[str, FactSpec]) -> pl.DataFrame:
    """A piece as a table of typed facts with the number of each row."""
    rows = pl.Series(_ROW, np.arange(first, first + piece.columns.count, dtype=np.int64))
    codes = pl.Series("uscc", pl.from_arrow(piece.usccs), dtype=pl.String)
    return pl.DataFrame([rows, codes, *(piece.columns.series(spec) for spec in specs.values() if spec.type != "text")])


def _session() -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError(
            "--engine spark", "没有装 PySpark", "先运行 pip install -r requirements-spark.txt，还要有 Java"
        ) from None
    builder = SparkSession.builder.appName("navigator").master(settings().spark)
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        reason = str(error).strip().splitlines()[0][:80] if str(error).strip() else type(error).__name__
        raise InputError(
            "--engine spark", f"连不上 {settings().spark}（{reason}）", "检查 NAVIGATOR_SPARK 和 Java"
        ) from None


def _matched(spark: SparkSession, given: Path, found: Path, as_of: date, rulebook: RuleBook) -> Iterator[pl.DataFrame]:
    """One job: read, complete, match, write; then the parts in the order of rows."""
    ids = [one.measure.id for one in rulebook.measures if period(one.measure, as_of) == "in_force"]
    yield pl.DataFrame(schema={"uscc": pl.String} | dict.fromkeys(ids, pl.Boolean))
    if not any(given.iterdir()):
        return
    frame = completed(spark.read.parquet(str(given)), rulebook.facts)
    nodes = {name: [rule.node for rule in rulebook.by_id[name].rules] for name in ids}
    columns = [f"{_all_of(nodes[name], as_of)} AS `{name}`" for name in ids]
    frame.selectExpr(f"`{_ROW}`", "`uscc`", *columns).write.parquet(str(found))
    whole = pl.scan_parquet(found / "*.parquet").sort(_ROW).drop(_ROW).collect(engine="streaming")
    yield from whole.iter_slices(_ROWS_AT_ONCE)


def completed(frame: DataFrame, book: FactBook) -> DataFrame:
    """The facts with everything that follows from them, a layer of conclusions at a time; a given value wins."""
    if not book.in_order:
        raise InputError("facts.yaml", "推论的先后要来回几遍才能算完", "把先推出的写在前面，或者用 --engine local")
    waiting = [*book.implied, *book.derived]
    while waiting:
        later: set[str] = set()
        layer: dict[str, list[Conclusion]] = {}
        rest = []
        for one in waiting:
            ready = not later & {one.fact, *facts_in(one.node)} and not layer.keys() & set(facts_in(one.node))
            is_code = book.specs[one.fact].type == "code"
            if ready and not (is_code and one.fact in layer):
                layer.setdefault(one.fact, []).append(one)
            else:
                later.add(one.fact)
                rest.append(one)
        changed = [_concluded(name, ones, book.specs[name]) for name, ones in layer.items()]
        kept = [f"`{name}`" for name in frame.columns if name not in layer]
        frame, waiting = frame.selectExpr(*kept, *changed), rest
    return frame


def _concluded(name: str, conclusions: list[Conclusion], spec: FactSpec) -> str:
    """The column of a fact after these conclusions: a given value stays, a coarse code is made finer."""
    cases = " ".join(f"WHEN {condition(one.node, date.min)} THEN {_literal(one.value)}" for one in conclusions)
    if spec.type != "code":
        return f"coalesce(`{name}`, CASE {cases} END) AS `{name}`"
    value = str(conclusions[0].value)
    coarse = ", ".join(_literal(value[:length]) for length in range(1, len(value)))
    return f"CASE WHEN `{name}` IS NULL OR `{name}` IN ({coarse}) THEN coalesce(CASE {cases} END, `{name}`) ELSE `{name}` END AS `{name}`"


def _all_of(nodes: list[Node], as_of: date) -> str:
    return " AND ".join(condition(node, as_of) for node in nodes) if nodes else _literal(None)


def condition(node: Node, as_of: date) -> str:
    """A predicate as a Spark SQL expression that is true, false or NULL as the tree is true, false or unknown."""
    if not facts_in(node):
        return _literal(compile_node(node)({}, as_of))
    match node:
        case Fact(name, _):
            return f"`{name}`"
        case Not(item):
            return f"(NOT {condition(item, as_of)})"
        case And(items) | Or(items):
            word = " AND " if isinstance(node, And) else " OR "
            return f"({word.join(condition(item, as_of) for item in items)})"
        case Compare(sign, left, right):
            return f"({_value(left, as_of)} {sign} {_value(right, as_of)})"
        case Member(item, values):
            return f"({_value(item, as_of)} IN ({', '.join(map(_literal, values))}))"
        case HasPrefix(fact, prefixes):
            return _begins(fact.name, prefixes)
    raise TypeError(f"no such condition: {node!r}")


def _begins(name: str, prefixes: tuple[str, ...]) -> str:
    inside = " OR ".join(f"startswith(`{name}`, {_literal(prefix)})" for prefix in prefixes)
    coarse = sorted({prefix[:length] for prefix in prefixes for length in range(1, len(prefix))})
    unknown = f"WHEN `{name}` IN ({', '.join(map(_literal, coarse))}) THEN NULL " if coarse else ""
    return f"(CASE WHEN `{name}` IS NULL THEN NULL WHEN {inside} THEN true {unknown}ELSE false END)"


def _value(node: Node, as_of: date) -> str:
    """A number, day or text as a Spark SQL expression; NULL where it is unknown or not finite."""
    if not facts_in(node):
        value = compile_node(node)({}, as_of)
        return "CAST(NULL AS DOUBLE)" if value is None else _literal(value)
    match node:
        case Fact(name, _):
            return f"`{name}`"
        case Arithmetic(sign, left, right):
            result = f"{_value(left, as_of)} {sign} {_value(right, as_of)}"
            return f"nullif(nullif(({result}), {_INFINITY}), -{_INFINITY})"
    raise TypeError(f"no such value: {node!r}")


_INFINITY = "double('Infinity')"


def _literal(value: Value) -> str:
    match value:
        case None:
            return "CAST(NULL AS BOOLEAN)"
        case bool():
            return "true" if value else "false"
        case float():
            return f"({value!r}D)"
        case date():
            return f"DATE '{value.isoformat()}'"
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"
