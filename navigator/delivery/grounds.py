"""Why a push was made: what can be pushed (a measure in one substance), the facts it used, and the outcome of each condition.

The same ground is kept once, under its own hash, so that millions of pushes fit. Who gets what is decided in `selecting`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.corpus.model import Measure
from navigator.matching.rulebook import CompiledMeasure
from navigator.store.bulk import insert_rows
from navigator.store.engine import one_at_a_time
from navigator.store.push_tables import GroundRow, PushRow, SubjectRow
from navigator.store.schema import METADATA

Plain = Any
"""A value as JSON keeps it: dates as ISO text, whole numbers without a point."""

_GROUNDS = METADATA.tables["push_grounds"]
_SUBJECTS = 420807
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Ground:
    """Why one push was made: each condition with its source and outcome, the facts used, and what is missing."""

    measure_id: str
    name: str
    conditions: tuple[tuple[str, str, bool | None], ...]
    facts: Mapping[str, Plain]
    missing: tuple[str, ...]


def substance(measure: Measure) -> str:
    """A hash of what makes a measure worth another push when it changes: conditions, benefit, validity and windows.

    Words of conditions, links, reviews and the like may change without that.
    """
    content = {
        "conditions": [condition.when for condition in measure.conditions],
        "benefit": measure.benefit.model_dump(
            mode="json", include={"kind", "text", "estimate", "estimate_kind", "per"}
        ),
        "in_force": measure.in_force.model_dump(mode="json", by_alias=True, include={"from_", "to"}),
        "windows": None
        if measure.apply.windows is None
        else [window.model_dump(mode="json", include={"from_", "to"}) for window in measure.apply.windows],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def subject_ids(session: Session, measures: Iterable[CompiledMeasure]) -> dict[str, int]:
    """The id of each measure as it stands, new ones kept."""
    wanted = {one.measure.id: (one, substance(one.measure)) for one in measures}
    found = _known_subjects(session, wanted)
    if len(found) < len(wanted):
        one_at_a_time(session, _SUBJECTS)
        found = _known_subjects(session, wanted)
    for measure_id in sorted(set(wanted) - set(found)):
        compiled, digest = wanted[measure_id]
        conditions = [[rule.condition.text, rule.source] for rule in compiled.rules]
        benefit = compiled.measure.benefit
        row = SubjectRow(
            measure_id=measure_id, substance=digest, name=compiled.measure.name[:200], conditions=conditions,
            estimate_kind=benefit.estimate_kind, per=benefit.per,
        )  # fmt: skip
        session.add(row)
        session.flush()
        found[measure_id] = row.id
    return found


def _known_subjects(session: Session, wanted: Mapping[str, tuple[CompiledMeasure, str]]) -> dict[str, int]:
    query = select(SubjectRow.id, SubjectRow.measure_id, SubjectRow.substance).where(SubjectRow.measure_id.in_(wanted))
    return {row.measure_id: row.id for row in session.execute(query) if wanted[row.measure_id][1] == row.substance}


def sealed(facts: Mapping[str, Plain], outcomes: Sequence[bool | None], missing: Sequence[str]) -> tuple[bytes, bytes]:
    """A ground as it is kept: its hash, and its JSON. `facts` come in one order for one measure."""
    content = _encode({"facts": facts, "outcomes": outcomes, "missing": missing})
    return hashlib.sha256(content).digest()[:16], content


def keep_grounds(session: Session, grounds: Mapping[bytes, bytes]) -> None:
    """Keep those that are not there yet. Many at a time; sorted, so that two who do it at once never wait for each other in turn."""
    rows = [(key, grounds[key].decode()) for key in sorted(grounds)]
    insert_rows(session, _GROUNDS, ("hash", "content"), rows, unless_there=True)


def read_ground(session: Session, push_id: int) -> Ground | None:
    """The ground of one push; None where there is no such push."""
    return read_grounds(session, [push_id]).get(push_id)


def read_grounds(session: Session, push_ids: Sequence[int]) -> dict[int, Ground]:
    """The grounds of some pushes, by push."""
    query = (
        select(PushRow.id, SubjectRow.measure_id, SubjectRow.name, SubjectRow.conditions, GroundRow.content)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .join(GroundRow, GroundRow.hash == PushRow.ground)
        .where(PushRow.id.in_(push_ids))
    )
    return {
        row.id: Ground(
            row.measure_id,
            row.name,
            tuple(
                (text, source, outcome)
                for (text, source), outcome in zip(row.conditions, row.content["outcomes"], strict=True)
            ),
            row.content["facts"],
            tuple(row.content["missing"]),
        )
        for row in session.execute(query)
    }
