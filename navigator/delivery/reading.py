"""Some facts of many records as columns, read straight from what the database keeps: a third of the time of whole records.

What facts.yaml no longer knows or allows is unknown. Who may see which records is the caller's part of the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import ColumnElement, Row, cast, select
from sqlalchemy.orm import Session
from sqlalchemy.types import LargeBinary, Text

from navigator.corpus.model import FactSpec
from navigator.matching.columns import Columns, Texts, Truth, pack, position_type
from navigator.matching.language import facts_in
from navigator.matching.plan import Completion
from navigator.matching.rulebook import RuleBook
from navigator.store.schema import METADATA

AT_ONCE = 10_000
_RECORDS = METADATA.tables["enterprises"]
_FIELD = "fact_"
"""Before the name of a fact where it is the name of a field."""


class FactReader:
    """Reads these facts, and those they may follow from, out of any number of records."""

    def __init__(self, rulebook: RuleBook, names: Iterable[str]) -> None:
        self._specs = rulebook.facts.specs
        self.facts = _with_sources(set(names), rulebook)
        self._completion = Completion(rulebook.facts)
        self._decoder = _decoder(self.facts)

    def read(self, records: Sequence[bytes | str]) -> Columns:
        """The facts of records as the database keeps them, completed."""
        made = Columns(len(records))
        decoded = list(map(self._decoder.decode, records))
        for name in self.facts:
            _add_column(made, self._specs[name], list(map(attrgetter(_FIELD + name), decoded)))
        return self._completion.complete(made)

    def pieces(
        self,
        session: Session,
        *where: ColumnElement[bool],
        after: int = 0,
        at_once: int = AT_ONCE,
        told: Sequence[str] = ("uscc", "name", "region"),
    ) -> Iterator[tuple[Sequence[Row[Any]], Columns]]:
        """Records (`id`, and what of `uscc`, `name` as looked for and `region` is to be told) with their completed facts, by id.

        They begin with the one after `after`.
        """
        connection = session.connection()
        as_kept = LargeBinary if connection.dialect.name == "sqlite" else Text
        of = _RECORDS.c
        kept = cast(of.facts, as_kept).label("kept")
        query = select(of.id, *(of[name] for name in told), kept).where(*where).order_by(of.id).limit(at_once)
        while rows := connection.execute(query.where(of.id > after)).all():
            yield rows, self.read([row[-1] for row in rows])
            after = rows[-1].id


def _with_sources(used: set[str], rulebook: RuleBook) -> tuple[str, ...]:
    wanted, pending = set(used), list(used)
    conclusions = (*rulebook.facts.implied, *rulebook.facts.derived)
    while pending:
        name = pending.pop()
        new = {one for made in conclusions if made.fact == name for one in facts_in(made.node)} - wanted
        wanted |= new
        pending += new
    return tuple(sorted(name for name in wanted if rulebook.facts.specs[name].type != "text"))


class _Kept(msgspec.Struct, array_like=True, gc=False):  # type: ignore[call-arg]
    """A fact as the database keeps it; source and day are not looked at."""

    value: Any


def _decoder(names: Sequence[str]) -> msgspec.json.Decoder[Any]:
    """A decoder of records that reads these facts alone."""
    fields = [(_FIELD + name, _Kept | None, None) for name in names]
    return msgspec.json.Decoder(
        msgspec.defstruct("Kept", fields, rename=lambda name: name.removeprefix(_FIELD), gc=False)
    )


def _add_column(columns: Columns, spec: FactSpec, kept: Sequence[_Kept | None]) -> None:
    """One fact of all records; a value that facts.yaml no longer allows is unknown."""
    match spec.type:
        case "bool":
            true = np.array([one is not None and one.value is True for one in kept])
            false = np.array([one is not None and one.value is False for one in kept])
            columns.truths[spec.name] = Truth(pack(true), pack(false))
        case "choice":
            place = {value: position for position, value in enumerate(spec.values, start=1)}
            positions = [0 if one is None else place.get(one.value, 0) for one in kept]
            columns.texts[spec.name] = Texts(tuple(spec.values), np.array(positions, position_type(spec.values)))
        case "code":
            values = tuple(sorted({one.value for one in kept if one is not None}))
            place = {value: position for position, value in enumerate(values, start=1)}
            positions = [0 if one is None else place[one.value] for one in kept]
            columns.texts[spec.name] = Texts(values, np.array(positions, position_type(values)), True)
        case "date":
            days = [np.nan if one is None else date.fromisoformat(one.value).toordinal() for one in kept]
            columns.numbers[spec.name] = np.array(days, float)
        case _:
            columns.numbers[spec.name] = np.array([np.nan if one is None else one.value for one in kept], float)
