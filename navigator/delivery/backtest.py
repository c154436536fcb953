"""Backtests: a published list of recipients against our rules, kept with day, state of the rules, file and source, and read again as it was.

Facts are those in the records on the day of the run; the chosen day decides the rules. Whoever is eligible and not listed may simply not have
applied: a false alarm is a question, not a verdict. 示例 and real enterprises are never in one run.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import NormalDist
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from navigator.auth import Actor, need
from navigator.delivery.backtesting import Backtester, ConditionCount, Found, Outcome, Piece, TestedLine
from navigator.delivery.recipients import Recipient, list_hash
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.rulebook import rulebook_for
from navigator.matching.whatif import find_measure
from navigator.store.audit import audit
from navigator.store.bulk import insert_rows
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow, SourceRow
from navigator.store.enterprises import in_region_of
from navigator.store.judging_tables import BacktestLineRow, BacktestRow
from navigator.store.schema import METADATA

FOUND: dict[Found, str] = {
    "hit": "命中",
    "miss": "漏掉",
    "undecided": "说不准",
    "false_alarm": "名单上没有",
    "no_record": "没有档案",
    "several": "同名的不止一家",
    "repeated": "重复的行",
    "unread": "读不出的行",
}
MEANING: dict[Found, str] = {
    "hit": "名单上有，按规则也符合",
    "miss": "名单上有，按规则却不符合：规则、资料或者名单，至少有一个要核对",
    "undecided": "名单上有，资料不全，规则说不准",
    "false_alarm": "按规则符合，名单上没有：也可能没有申请",
    "no_record": "名单上有，档案里没有，没法测",
    "several": "只有名称，档案里有几家同名的",
    "repeated": "和前面的行是同一家",
    "unread": "没有名称也没有信用代码",
}
LONGEST_SOURCE = 300
_AT_ONCE = 20_000
_SECONDS = 300
_LINES = METADATA.tables["backtest_lines"]
_COLUMNS = ("backtest_id", "line", "enterprise_id", "written", "code", "amount", "found", "because")


@dataclass(frozen=True, slots=True)
class Backtest:
    """A run as it was. `found` counts lines (false alarms: enterprises); `amounts` are yuan of the list by what was found."""

    id: int
    measure_id: str
    measure: str
    file: str
    list_hash: str
    source: str
    region: str | None
    as_of: date
    corpus_version: str
    scope: str | None
    example: bool
    at: datetime
    by: str
    found: Mapping[Found, int]
    amounts: Mapping[Found, float]
    conditions: tuple[ConditionCount, ...]
    missing: tuple[tuple[str, int], ...]
    enterprises: int
    open: int
    period: str

    @property
    def listed(self) -> int:
        """Enterprises of the list with a record, each once."""
        return sum(self.found.get(kind, 0) for kind in ("hit", "miss", "undecided"))

    @property
    def decided(self) -> int:
        """Those of them about which the rules say yes or no."""
        return self.found.get("hit", 0) + self.found.get("miss", 0)

    @property
    def hit_rate(self) -> float | None:
        """Hits among the decided; None where nothing is decided."""
        return self.found.get("hit", 0) / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the hit rate (see `wilson`)."""
        return wilson(self.found.get("hit", 0), self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a run. `enterprise_id` may stand in an address; None where there is no record (any more)."""

    line: int | None
    enterprise_id: int | None
    written: str
    code: str
    amount: float | None
    found: Found
    because: str


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line of the list about which two runs say different things."""

    written: str
    enterprise_id: int | None
    before: Found
    after: Found
    because: str


def wilson(successes: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927): of `count` (at least 1) that many succeeded."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = successes / count, z * z / count
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / count + weight / (4 * count))
    low = 0.0 if successes == 0 else middle - half
    return max(0.0, low), 1.0 if successes == count else min(1.0, middle + half)


def run_backtest(
    actor: Actor | None,
    measure_id: str,
    recipients: Sequence[Recipient],
    *,
    file: str,
    source: str,
    as_of: date,
    region: str | None = None,
    example: bool = False,
    now: datetime | None = None,
) -> int:
    """Hold a list against the rules of a day and keep what was found; gives the number of the run. For staff, in their region.

    `region` narrows down where false alarms are looked for. Raises InputError where there is nothing to test or it takes too long.
    """
    actor = need(actor, "staff", region=region) if region else need(actor, "staff")
    source = source.strip()
    if not source or len(source) > LONGEST_SOURCE:
        raise InputError(
            "名单的来源", "没有写" if not source else "太长", f"写网址或者文件名，最多{LONGEST_SOURCE}个字"
        )
    book = rulebook_for(as_of)
    find_measure(measure_id, book)
    with reading() as session:
        sources = dict(session.execute(select(SourceRow.id, SourceRow.text)).all())
        tester = Backtester(measure_id, as_of, book, sources)
        pieces = tester.reader.pieces(session, in_region_of(actor), EnterpriseRow.example.is_(example))
        found = tester.run(recipients, _in_time(pieces), region)
    if not found.enterprises and not any(line.enterprise_id for line in found.lines):
        raise InputError("企业档案", "没有可以比的企业", "先把企业名单导入档案")
    row = BacktestRow(
        measure_id=measure_id,
        measure=tester.compiled.measure.name[:200],
        file=file[:200],
        list_hash=list_hash(recipients),
        source=source,
        region=region,
        as_of=as_of,
        corpus_version=book.corpus.fingerprint[:32],
        scope=actor.region,
        example=example,
        counts=_counts(found),
        at=now or datetime.now(UTC),
        by=actor.name,
    )
    return _keep(actor, row, found)


def run_again(actor: Actor | None, number: int, as_of: date, now: datetime | None = None) -> int:
    """The same list under the rules of another day, or of today's state of them, as a run beside the first. For staff who may see it."""
    before = read_backtest(actor, number)
    query = select(BacktestLineRow).where(BacktestLineRow.backtest_id == number, BacktestLineRow.line.is_not(None))
    with reading() as session:
        rows = session.scalars(query.order_by(BacktestLineRow.id)).all()
    recipients = [Recipient(row.line or 0, _name(row), row.code or "", row.amount) for row in rows]
    return run_backtest(
        actor,
        before.measure_id,
        recipients,
        file=before.file,
        source=before.source,
        as_of=as_of,
        region=before.region,
        example=before.example,
        now=now,
    )


def list_backtests(actor: Actor | None, measure_id: str | None = None, *, limit: int = 50) -> list[Backtest]:
    """The latest runs one may see. For staff: an office sees those of its region, the whole city's office all."""
    actor = need(actor, "staff")
    query = select(BacktestRow).where(_seen_by(actor)).order_by(BacktestRow.id.desc()).limit(limit)
    if measure_id:
        query = query.where(BacktestRow.measure_id == measure_id)
    with reading() as session:
        return [_backtest(row) for row in session.scalars(query)]


def read_backtest(actor: Actor | None, number: int) -> Backtest:
    """One run as it was. For staff who may see it."""
    actor = need(actor, "staff")
    with reading() as session:
        row = session.scalar(select(BacktestRow).where(BacktestRow.id == number, _seen_by(actor)))
    if row is None:
        raise InputError("回测", f"没有第 {number} 次回测", "从下面的清单里选")
    return _backtest(row)


def count_lines(actor: Actor | None, number: int, found: Found | None = None, words: str = "") -> int:
    """How many lines `lines` gives without a limit."""
    read_backtest(actor, number)
    with reading() as session:
        return session.scalar(_chosen(select(func.count(BacktestLineRow.id)), number, found, words)) or 0


def lines(
    actor: Actor | None, number: int, found: Found | None = None, words: str = "", *, limit: int = 50, offset: int = 0
) -> list[Line]:
    """Lines of a run in the order of the list, false alarms after them; the look stands in the log. For staff who may see the run.

    `words` must stand in the name, the code or the reason (such as the text of a condition).
    """
    actor = need(actor, "staff")
    read_backtest(actor, number)
    query = _chosen(select(BacktestLineRow), number, found, words).order_by(BacktestLineRow.id)
    with reading() as session:
        rows = session.scalars(query.limit(limit).offset(offset)).all()
    audit(actor, "看回测清单", f"backtest:{number}", {"清单": FOUND.get(found, "全部"), "行数": len(rows)})  # type: ignore[arg-type]
    return [_line(row) for row in rows]


def changed_lines(actor: Actor | None, before: int, after: int, *, limit: int = 200) -> list[ChangedLine]:
    """The lines of one list about which two runs differ. Raises InputError where the lists are not the same. For staff who may see both."""
    actor = need(actor, "staff")
    old, new = read_backtest(actor, before), read_backtest(actor, after)
    if old.list_hash != new.list_hash:
        raise InputError("比较", "两次用的不是同一份名单", "只有同一份名单能一行一行比")
    was, now = BacktestLineRow.__table__.alias("was"), BacktestLineRow.__table__.alias("now")
    query = (
        select(now.c.written, now.c.enterprise_id, was.c.found, now.c.found, now.c.because)
        .join(was, (was.c.line == now.c.line) & (was.c.backtest_id == before))
        .where(now.c.backtest_id == after, was.c.found != now.c.found)
        .order_by(now.c.line)
    )
    with reading() as session:
        rows = session.execute(query.limit(limit)).all()
    audit(actor, "比较回测", f"backtest:{after}", {"和": before, "变了": len(rows)})
    return [ChangedLine(*row) for row in rows]


def export_backtest(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The lines of a run as CSV. Parameters: id, found (all where it is missing), words. For staff who may see the run."""
    actor = need(actor, "staff")
    text = parameters.get("id", "")
    run = read_backtest(actor, int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0)
    wanted = parameters.get("found", "")
    found: Found | None = wanted if wanted in FOUND else None  # type: ignore[assignment]
    query = _chosen(select(BacktestLineRow), run.id, found, parameters.get("words", "")).order_by(BacktestLineRow.id)
    with reading() as session:
        rows = [_line(row) for row in session.scalars(query)]
    details = {"清单": FOUND[found] if found else "全部", "行数": len(rows)}
    audit(actor, "下载回测清单", f"backtest:{run.id}", details)
    header = (
        "名单第几行",
        "名称",
        "名单上的代码",
        "名单上的金额（元）",
        "结果",
        "为什么",
        "规则按哪一天",
        "政策库版本",
    )
    cells = (
        (one.line or "", one.written, one.code, "" if one.amount is None else one.amount, FOUND[one.found], one.because,
         run.as_of.isoformat(), run.corpus_version) for one in rows
    )  # fmt: skip
    invented = "示例_" if run.example else ""
    return csv_download(f"{invented}回测_{run.measure_id}_{run.id}.csv", header, cells)


# ---- what is kept


def _in_time(pieces: Iterable[Piece]) -> Iterator[Piece]:
    until = time.monotonic() + _SECONDS
    for piece in pieces:
        if time.monotonic() > until:
            raise InputError("回测", f"超过 {_SECONDS // 60} 分钟还没算完", "请各区域的工作人员分开测")
        yield piece


def _keep(actor: Actor, row: BacktestRow, found: Outcome) -> int:
    with transaction() as session:
        session.add(row)
        session.flush()
        for start in range(0, len(found.lines), _AT_ONCE):
            part = found.lines[start : start + _AT_ONCE]
            insert_rows(session, _LINES, _COLUMNS, [_cells(row.id, line) for line in part])
        details = {
            "政策": row.measure_id, "名单": row.file, "规则按": row.as_of.isoformat(),
            **{FOUND[kind]: times for kind, times in row.counts["found"].items()},
        }  # fmt: skip
        audit(actor, "回测", f"backtest:{row.id}", details, within=session, now=row.at)
        return row.id


def _cells(number: int, line: TestedLine) -> tuple[Any, ...]:
    one = line.recipient
    return (
        number,
        one.line if one else None,
        line.enterprise_id,
        line.written[:200],
        one.code or None if one else None,
        one.amount if one else None,
        line.found,
        line.because,
    )


def _counts(found: Outcome) -> dict[str, Any]:
    """What is kept of a run besides its lines."""
    amounts: dict[str, float] = {}
    for line in found.lines:
        if line.recipient and line.recipient.amount is not None:
            amounts[line.found] = amounts.get(line.found, 0.0) + line.recipient.amount
    return {
        "found": dict(Counter(line.found for line in found.lines)),
        "amounts": amounts,
        "conditions": [[one.text, one.source, one.excluded, one.alone, one.unknown] for one in found.conditions],
        "missing": [list(one) for one in found.missing],
        "enterprises": found.enterprises,
        "open": found.open,
        "period": found.period,
    }


def _backtest(row: BacktestRow) -> Backtest:
    counts = row.counts
    return Backtest(
        row.id, row.measure_id, row.measure, row.file, row.list_hash, row.source, row.region, row.as_of, row.corpus_version, row.scope,
        row.example, row.at, row.by, counts["found"], counts["amounts"], tuple(ConditionCount(*one) for one in counts["conditions"]),
        tuple((fact, times) for fact, times in counts["missing"]), counts["enterprises"], counts["open"], counts["period"],
    )  # fmt: skip


def _line(row: BacktestLineRow) -> Line:
    return Line(row.line, row.enterprise_id, row.written, row.code or "", row.amount, row.found, row.because)  # type: ignore[arg-type]


def _name(row: BacktestLineRow) -> str:
    """The name as the list has it: of a line without one the code stands in its place."""
    return "" if row.written == (row.code or "") else row.written


def _chosen(query: Select[Any], number: int, found: Found | None, words: str) -> Select[Any]:
    query = query.where(BacktestLineRow.backtest_id == number)
    if found is not None:
        query = query.where(BacktestLineRow.found == found)
    words = words.replace("\0", "").strip()
    if words:
        places = (BacktestLineRow.written, BacktestLineRow.code, BacktestLineRow.because)
        query = query.where(or_(*(place.contains(words, autoescape=True) for place in places)))
    return query


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.region is None else BacktestRow.scope == actor.region
