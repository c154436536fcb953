"""Selecting the enterprises of a batch: carried on piece by piece, kept with how far it has come, so that a break loses nothing.

What is left out (pushed already, in another batch, wants nothing, cannot be reached) is kept as dropped rows with the reason. Of two who
work on the same batch the later goes on, the other stops.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Row, func, select, text
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.batches import Batch, clear_pushes, draft_of, held, read_batch
from navigator.delivery.contacts import usable_contacts, with_contact
from navigator.delivery.grounds import keep_grounds, subject_ids
from navigator.delivery.selecting import Choice, Selected, Selection, Selector, chosen_measures
from navigator.errors import InputError
from navigator.store import background
from navigator.store.audit import audit
from navigator.store.bulk import give_room, insert_rows
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.push_tables import OPEN_STATES, BatchRow, OptOutRow
from navigator.store.schema import METADATA

ALREADY, ELSEWHERE, UNWANTED, UNREACHABLE = "已推送过", "在别的批次里等着发", "不愿再收", "没有联系方式"
LEFT_OUT = (ALREADY, ELSEWHERE, UNWANTED, UNREACHABLE)
"""Remarks of rows that were left out when enterprises were selected."""
MOST_PUSHES = 3_000_000
"""Rows of one batch; beyond, it has to be made smaller."""

_SELECTING = 420808
_PUSHES = METADATA.tables["pushes"]
_COLUMNS = (
    "batch_id", "subject_id", "enterprise_id", "kind", "fact", "example", "region", "estimate", "ground", "state", "remark",
)  # fmt: skip

Progress = Callable[[Batch], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """How far selecting is: records looked at of all in scope, pushes by kind, rows left out, and matches undecided by more than one fact."""

    records: int = 0
    looked: int = 0
    fits: int = 0
    asks: int = 0
    left_out: int = 0
    undecided: int = 0


def fill(actor: Actor | None, number: int, progress: Progress | None = None) -> Batch:
    """Select the enterprises of a draft, or what is left of them after a break. For staff.

    Raises InputError where it has to stop; it can be carried on again.
    """
    actor = need(actor, "staff")
    worker = background.new_worker()
    row = _claim(actor, number, worker)
    try:
        draft = draft_of(row)
        selector = Selector((one.id for one in chosen_measures(draft.choice, row.as_of)), row.as_of, draft.choice)
        where = _in_scope(row, draft.choice)
        for records, selection in _looked_at(selector, where, row.cursor):
            actor = need(actor, "staff")
            _keep_part(number, worker, selector, records, selection)
            if progress:
                progress(read_batch(actor, number))
        return _finish(actor, number, worker)
    except BaseException:
        background.let_go(BatchRow, number, worker, worker="")
        raise


def _looked_at(
    selector: Selector, where: Sequence[ColumnElement[bool]], after: int
) -> Iterator[tuple[Sequence[Row[Any]], Selection]]:
    """Piece after piece. Reading the next beside keeping the last took longer: both wait for Python's lock at every row."""
    while True:
        with reading() as session:
            part = next(selector.reader.pieces(session, *where, after=after, told=("region",)), None)
        if part is None:
            return
        yield part[0], selector.select(part[1])
        after = part[0][-1].id


def fill_apart(actor: Actor | None, number: int) -> threading.Thread:
    """The same beside the page, which may be left; how it goes is in `read_batch`."""
    actor = need(actor, "staff")
    read_batch(actor, number)
    return background.beside(f"push-{number}", lambda: fill(actor, number))


def start_over(actor: Actor | None, number: int) -> None:
    """Forget what was selected, so that it is selected anew with the records as they are. For staff."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = held(session, actor, number)
        if row.state not in ("draft", "selecting", "selected"):
            raise InputError(f"第 {number} 批", "已经提请批准了", "先退回")
        clear_pushes(session, row)


def _claim(actor: Actor, number: int, worker: str) -> BatchRow:
    with transaction() as session:
        row = held(session, actor, number)
        if row.state not in ("draft", "selecting"):
            raise InputError(f"第 {number} 批", "企业已经挑好了", "要重新挑，先改范围")
        if row.state == "draft":
            draft = draft_of(row)
            chosen_measures(draft.choice, row.as_of)
            records = session.scalar(select(func.count(EnterpriseRow.id)).where(*_in_scope(row, draft.choice)))
            row.state, row.cursor, row.counts = "selecting", 0, {"records": records or 0}
            audit(actor, "挑选企业", f"push-batch:{number}", {"范围内家数": records or 0}, within=session)
        row.worker, row.seen = worker, datetime.now(UTC)
        return row


def _in_scope(row: BatchRow, choice: Choice) -> tuple[ColumnElement[bool], ...]:
    found = [EnterpriseRow.example.is_(row.example)]
    regions = (row.scope,) if row.scope is not None else choice.regions
    if regions:
        found.append(EnterpriseRow.region.in_(regions))
    return tuple(found)


def _keep_part(number: int, worker: str, selector: Selector, records: Sequence[Row[Any]], selection: Selection) -> None:
    """Keep the pushes of a piece and how far selecting is, all in one."""
    with transaction() as session:
        one_at_a_time(session, _SELECTING)
        give_room(session)
        row = _mine(session, number, worker)
        subjects = subject_ids(session, selector.measures)
        keep_grounds(session, selection.grounds)
        hindrances = _Hindrances.of(session, row, records, selection, subjects)
        counts = Counts(**row.counts)
        rows: list[tuple[Any, ...]] = []
        kinds, left_out = {"fits": counts.fits, "asks": counts.asks}, counts.left_out
        for selected in selection.selected:
            made = list(_rows(row, records, selected, subjects[selected.measure_id], hindrances))
            waiting = sum(one[-2] == "waiting" for one in made)
            kinds[selected.kind] += waiting
            left_out += len(made) - waiting
            rows += made
        if sum(kinds.values()) + left_out > MOST_PUSHES:
            raise InputError(f"第 {number} 批", f"超过 {MOST_PUSHES:,} 条", "分成几批，少选几项或者几个地区")
        insert_rows(session, _PUSHES, _COLUMNS, sorted(rows, key=_by_enterprise))
        row.counts = {
            "records": counts.records,
            "looked": counts.looked + len(records),
            **kinds,
            "left_out": left_out,
            "undecided": counts.undecided + selection.undecided,
        }
        row.cursor, row.seen = records[-1].id, datetime.now(UTC)


_by_enterprise = itemgetter(_COLUMNS.index("enterprise_id"))


@dataclass(frozen=True, slots=True)
class _Hindrances:
    """What stands in the way of pushes to some enterprises."""

    pushed: Mapping[tuple[int, int, str], str]
    unwanted: Mapping[int, Collection[str | None]]
    reachable: Collection[int]

    @classmethod
    def of(
        cls,
        session: Session,
        row: BatchRow,
        records: Sequence[Row[Any]],
        selection: Selection,
        subjects: Mapping[str, int],
    ) -> _Hindrances:
        first, last = records[0].id, records[-1].id
        of = _PUSHES.c
        query = select(of.enterprise_id, of.subject_id, of.kind, of.state).where(
            of.enterprise_id.between(first, last), of.subject_id.in_(subjects.values()), text(OPEN_STATES)
        )
        pushed = {
            (enterprise, subject, kind): ELSEWHERE if state in ("waiting", "queued") else ALREADY
            for enterprise, subject, kind, state in session.connection().execute(query).all()
        }
        unwanted = unwanted_by(session, OptOutRow.enterprise_id.between(first, last))
        places = {place for selected in selection.selected for place in selected.rows.tolist()}
        return cls(pushed, unwanted, _reachable(session, row, [records[place].id for place in sorted(places)]))

    def remark(self, enterprise: int, subject: int, kind: str, measure_id: str) -> str | None:
        """Why an enterprise does not get it; None where it does."""
        if (already := self.pushed.get((enterprise, subject, kind))) is not None:
            return already
        refused = self.unwanted.get(enterprise)
        if refused and (None in refused or measure_id in refused):
            return UNWANTED
        return None if enterprise in self.reachable else UNREACHABLE


def unwanted_by(session: Session, which: ColumnElement[bool]) -> dict[int, set[str | None]]:
    """What enterprises do not want: measures, or None for anything at all."""
    found: dict[int, set[str | None]] = {}
    for enterprise, measure_id in session.execute(select(OptOutRow.enterprise_id, OptOutRow.measure_id).where(which)):
        found.setdefault(enterprise, set()).add(measure_id)
    return found


def _reachable(session: Session, row: BatchRow, enterprises: Sequence[int]) -> Collection[int]:
    if row.example:
        return usable_contacts(session, enterprises, row.channel, row.as_of, example=True).keys()  # type: ignore[arg-type]
    known = with_contact(row.channel, row.as_of).subquery()  # type: ignore[arg-type]
    query = select(known.c[0]).where(known.c[0].in_(enterprises))
    return set(session.connection().execute(query).scalars().all())


def _rows(
    batch: BatchRow, records: Sequence[Row[Any]], selected: Selected, subject: int, hindrances: _Hindrances
) -> Iterable[tuple[Any, ...]]:
    amounts = np.round(selected.estimates, 2).tolist()
    number, example, kind, measure_id = batch.id, batch.example, selected.kind, selected.measure_id
    for place, amount, ground in zip(selected.rows.tolist(), amounts, selected.grounds, strict=True):
        record = records[place]
        enterprise = record.id
        remark = hindrances.remark(enterprise, subject, kind, measure_id)
        yield (
            number, subject, enterprise, kind, selected.fact, example, record.region,
            None if amount != amount else amount, ground, "dropped" if remark else "waiting", remark,
        )  # fmt: skip


def _finish(actor: Actor, number: int, worker: str) -> Batch:
    with transaction() as session:
        row = _mine(session, number, worker)
        row.state, row.worker, row.seen = "selected", "", datetime.now(UTC)
        counts = Counts(**row.counts)
        details = {"条件符合": counts.fits, "先问一项": counts.asks, "没有列入": counts.left_out}
        audit(actor, "挑好企业", f"push-batch:{number}", details, within=session)
    return read_batch(actor, number)


def _mine(session: Session, number: int, worker: str) -> BatchRow:
    row = background.held_by(session, BatchRow, number, worker, "selecting")
    if row is None:
        raise InputError("挑选企业", "已经由另一处接着做，或者范围改了", "到“推送”页看进度")
    return row
