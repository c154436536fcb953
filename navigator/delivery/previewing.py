"""A batch before and while it goes out, down to its rows: how many of what where, who is left out and why, samples as they will read.

Every look at rows about enterprises stands in the log. Nothing is changed here, and what is shown leads to no live link.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.corpus.load import default_corpus
from navigator.corpus.model import NOT_MONEY
from navigator.delivery.batches import note_test, row_of
from navigator.delivery.filling import LEFT_OUT
from navigator.delivery.grounds import Ground, read_grounds
from navigator.delivery.messages import Message, Receiver, label_of, preview
from navigator.delivery.selecting import KINDS
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.store.audit import audit, shown_moment
from navigator.store.engine import reading
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.push_tables import BatchRow, PushRow, SubjectRow

PUSH_STATES = {
    "waiting": "等批准",
    "queued": "排队等发",
    "handing": "正在发",
    "sent": "已发出",
    "unsure": "不知道发出没有",
    "failed": "没发成",
    "dropped": "没有列入",
    "withdrawn": "发出前撤回",
}
MOST_SAMPLED = 20
LONGEST_EXPORT = 500_000
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """Pushes of one measure to one region that stand alike. `yuan` adds up those of them whose amount is known and is money given."""

    measure_id: str
    name: str
    region: str
    kind: str
    state: str
    remark: str
    pushes: int
    known: int
    yuan: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """One enterprise of a sample: the message as it will read, and why each of its pushes is made."""

    enterprise_id: int
    name: str
    region: str | None
    message: Message
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows are wanted; empty means all."""

    state: str = ""
    remark: str = ""
    measure_id: str = ""
    region: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One push as a list shows it."""

    id: int
    enterprise_id: int
    uscc: str
    name: str
    region: str | None
    measure: str
    kind: str
    fact: str
    estimate: float | None
    state: str
    remark: str
    sent: datetime | None


def parts(actor: Actor | None, number: int) -> list[Part]:
    """The pushes of a batch counted by measure, region, kind and state. For staff who may see it."""
    actor = need(actor, "staff")
    region = func.coalesce(PushRow.region, "")
    remark = func.coalesce(PushRow.remark, "")
    by = (SubjectRow.measure_id, SubjectRow.name, region, PushRow.kind, PushRow.state, remark)
    with reading() as session:
        row = row_of(session, actor, number)
        query = (
            select(*by, func.count(PushRow.id), func.count(PushRow.estimate), func.sum(PushRow.estimate))
            .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
            .where(PushRow.batch_id == row.id)
            .group_by(*by)
            .order_by(*by)
        )
        found = session.execute(query).all()
        day = row.as_of
    measures = default_corpus().on(day).measure_by_id
    lent = {name for name, one in measures.items() if one.benefit.kind in NOT_MONEY}
    return [Part(*one[:7], 0, 0.0) if one[0] in lent else Part(*one[:8], float(one[8] or 0)) for one in found]


def sample(actor: Actor | None, number: int, count: int, seed: int) -> list[Sampled]:
    """Some enterprises of a batch drawn by a seed, the same for the same seed as long as the rows are. For staff; in the log."""
    actor = need(actor, "staff")
    if not 1 <= count <= MOST_SAMPLED:
        raise InputError("抽看几家", f"写的是 {count}", f"应在1到{MOST_SAMPLED}之间")
    with reading() as session:
        row = row_of(session, actor, number)
        going = (PushRow.batch_id == number, PushRow.state.not_in(("dropped", "withdrawn")))
        ids = sorted(session.scalars(select(PushRow.enterprise_id).where(*going).distinct()))
        drawn = random.Random(seed).sample(ids, min(count, len(ids)))
        found = [_sampled(session, row, enterprise_id) for enterprise_id in drawn]
    audit(actor, "抽看推送", f"push-batch:{number}", {"家数": len(found), "种子": seed})
    return found


def _sampled(session: Session, batch: BatchRow, enterprise_id: int) -> Sampled:
    enterprise = session.get_one(EnterpriseRow, enterprise_id)
    going = (PushRow.batch_id == batch.id, PushRow.enterprise_id == enterprise_id)
    query = select(PushRow.id).where(*going, PushRow.state.not_in(("dropped", "withdrawn"))).order_by(PushRow.id)
    ids = list(session.scalars(query))
    name = display_name(enterprise)
    message = preview(session, batch, Receiver(enterprise_id, name, "", ""), ids)
    grounds = read_grounds(session, ids)
    return Sampled(enterprise_id, name, enterprise.region, message, tuple(grounds[one] for one in ids))


def try_out(actor: Actor | None, number: int, address: str, seed: int, *, now: datetime | None = None) -> Message:
    """A message of the batch to a colleague's own number or mailbox, with a link that leads to no enterprise. For staff.

    By e-mail it is sent; of the other channels it is given back, to go into their test. Raises InputError where it cannot be sent.
    """
    from navigator.delivery.contacts import read_value
    from navigator.delivery.mailing import Mailer

    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with reading() as session:
        row = row_of(session, actor, number)
        to = read_value("email" if row.channel == "email" else "phone", address)
    drawn = sample(actor, number, 1, seed)
    if not drawn:
        raise InputError("试发", "这一批还没有一家企业", "先挑选企业")
    with reading() as session:
        query = select(PushRow.id).where(PushRow.batch_id == number, PushRow.enterprise_id == drawn[0].enterprise_id)
        ids = list(session.scalars(query.where(PushRow.state.not_in(("dropped", "withdrawn"))).order_by(PushRow.id)))
        message = preview(session, row, Receiver(drawn[0].enterprise_id, drawn[0].name, to, actor.name), ids)
    if row.channel == "email":
        with Mailer() as mailer:
            sending = mailer.send(message, now=now)
        if sending.state != "sent":
            raise InputError("试发", "没有发成", sending.remark)
    note_test(actor, number, to, now=now)
    return message


def display_name(enterprise: EnterpriseRow) -> str:
    """The name as the record has it; the code where none is known."""
    return str(enterprise.facts["name"][0]) if "name" in enterprise.facts else enterprise.uscc


def read_rows(
    actor: Actor | None, number: int, chosen: Chosen | None = None, *, limit: int = 100, offset: int = 0
) -> list[Line]:
    """Pushes of a batch, by enterprise; the look stands in the log. For staff who may see it."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = _lines(number, chosen or Chosen()).order_by(PushRow.enterprise_id, PushRow.id)
        found = [_line(row) for row in session.execute(query.limit(limit).offset(offset))]
    audit(actor, "看推送清单", f"push-batch:{number}", {"行数": len(found)})
    return found


def count_rows(actor: Actor | None, number: int, chosen: Chosen | None = None) -> int:
    """How many rows `read_rows` has without a limit. For staff who may see it."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = (
            select(func.count(PushRow.id))
            .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
            .where(*_conditions(number, chosen or Chosen()))
        )
        return session.scalar(query) or 0


def export_rows(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """Pushes of a batch as CSV. Parameters: id, and state, remark, measure, region, kind to choose. For staff who may see it."""
    actor = need(actor, "staff")
    number = parameters.get("id", "")
    batch = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    chosen = Chosen(
        parameters.get("state", ""), parameters.get("remark", ""), parameters.get("measure", ""), parameters.get("region"),
        parameters.get("kind", ""),
    )  # fmt: skip
    lines = list(_all_lines(actor, batch, chosen))
    with reading() as session:
        row = row_of(session, actor, batch)
    audit(actor, "下载推送清单", f"push-batch:{batch}", {"行数": len(lines)})
    mark = "示例_" if row.example else ""
    header = ("编号", "统一社会信用代码", "名称", "所在地区", "事项", "类别", "问的是", "估算金额（元）", "状态", "说明", "发出时间")  # fmt: skip
    return csv_download(f"{mark}推送第{batch}批.csv", header, map(shown_line, lines))


def shown_line(line: Line) -> tuple[str | int | float, ...]:
    """A line as a table shows it."""
    return (
        line.id, line.uscc, line.name, line.region or "", line.measure, KINDS.get(line.kind, line.kind), line.fact,  # type: ignore[call-overload]
        "" if line.estimate is None else line.estimate, PUSH_STATES.get(line.state, line.state), line.remark,
        shown_moment(line.sent) if line.sent else "",
    )  # fmt: skip


def _all_lines(actor: Actor, number: int, chosen: Chosen) -> Iterator[Line]:
    last = 0
    with reading() as session:
        row_of(session, actor, number)
        for _ in range(0, LONGEST_EXPORT, _PAGE):
            query = _lines(number, chosen).where(PushRow.id > last).order_by(PushRow.id).limit(_PAGE)
            rows = session.execute(query).all()
            yield from map(_line, rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1].id


def _conditions(number: int, chosen: Chosen) -> Sequence[ColumnElement[bool]]:
    found = [PushRow.batch_id == number]
    for column, value in (
        (PushRow.state, chosen.state), (PushRow.remark, chosen.remark), (PushRow.kind, chosen.kind),
        (SubjectRow.measure_id, chosen.measure_id),
    ):  # fmt: skip
        if value:
            found.append(column == value)
    if chosen.region is not None:
        found.append(func.coalesce(PushRow.region, "") == chosen.region)
    return found


def _lines(number: int, chosen: Chosen) -> Select[tuple[object, ...]]:
    return (
        select(
            PushRow.id, PushRow.enterprise_id, EnterpriseRow.uscc, EnterpriseRow.facts["name"].label("named"), PushRow.region,
            SubjectRow.name.label("measure"), PushRow.kind, PushRow.fact, PushRow.estimate, PushRow.state, PushRow.remark,
            PushRow.sent,
        )
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .join(EnterpriseRow, EnterpriseRow.id == PushRow.enterprise_id)
        .where(*_conditions(number, chosen))
    )  # fmt: skip


def _line(row: Row[tuple[object, ...]]) -> Line:
    name = str(row.named[0]) if row.named else row.uscc
    return Line(
        row.id, row.enterprise_id, row.uscc, name, row.region, row.measure, row.kind, label_of(row.fact) if row.fact else "",
        row.estimate, row.state, row.remark or "", row.sent,
    )  # fmt: skip


def left_out(found: Sequence[Part]) -> dict[str, int]:
    """How many rows were left out when enterprises were selected, by reason."""
    counts = dict.fromkeys(LEFT_OUT, 0)
    for part in found:
        if part.remark in counts:
            counts[part.remark] += part.pushes
    return counts
