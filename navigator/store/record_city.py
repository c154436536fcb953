"""The real enterprise records of one's region as a table in memory, for counting whom a change of rules would reach.

Examples never come in. It is read when asked for and kept nowhere; the read stands in the log as one of a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import select

from navigator.auth import Actor, need
from navigator.corpus.model import FactSpec
from navigator.matching.effects import City
from navigator.matching.rulebook import default_rulebook
from navigator.store.audit import audit
from navigator.store.engine import reading
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of

_AT_ONCE = 10_000
_TYPES: dict[str, type[pl.DataType]] = {
    "bool": pl.Boolean,
    "choice": pl.String,
    "code": pl.String,
    "text": pl.String,
}


def city_of_records(actor: Actor | None) -> City:
    """All real records one may see, ready to be counted. For staff, in their region."""
    actor = need(actor, "staff")
    city = City.load(pl.concat(_frames(actor)))
    audit(actor, "用企业档案计算", "enterprise:", {"家数": len(city)})
    return city


def log_rows_taken(actor: Actor | None, name: str) -> None:
    """Write down that what was counted was taken away enterprise by enterprise. For staff."""
    audit(need(actor, "staff"), "下载企业明细", "enterprise:", {"文件": name})


def _frames(actor: Actor) -> Iterator[pl.DataFrame]:
    """The records in parts; at least one, which may have no rows."""
    specs = default_rulebook().facts.specs
    query = (
        select(EnterpriseRow.uscc, EnterpriseRow.facts)
        .where(in_region_of(actor), EnterpriseRow.example.is_(False))
        .order_by(EnterpriseRow.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    yield _frame([], specs)
    with reading() as session:
        for rows in session.execute(query).partitions():
            yield _frame(rows, specs)


def _frame(rows: Sequence[Any], specs: Mapping[str, FactSpec]) -> pl.DataFrame:
    """Some records by column. What facts.yaml has no more, or would not let in any more, is unknown."""
    values: dict[str, list[Any]] = {name: [None] * len(rows) for name in specs}
    for place, row in enumerate(rows):
        for name, (value, _, _) in row.facts.items():
            if name in values:
                values[name][place] = value
    values["uscc"] = [row.uscc for row in rows]
    return pl.DataFrame([_series(spec, values[name]) for name, spec in specs.items()])


def _series(spec: FactSpec, values: list[Any]) -> pl.Series:
    if spec.type == "date":
        return pl.Series(spec.name, values, pl.String, strict=False).str.to_date("%Y-%m-%d", strict=False)
    return pl.Series(spec.name, values, _TYPES.get(spec.type, pl.Float64), strict=False)
