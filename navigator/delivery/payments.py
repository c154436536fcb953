"""Money of a 免申即享 round: written down one by one, or taken from a table of payment results, with every mismatch told.

What matches the list is written; a line that does not is kept with its reason and changes nothing. The same file again doubles nothing.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.fulfilment import DONE, ITEM_STATES, item_of, put_aside, row_of, settle, subject, text_of
from navigator.delivery.recipients import ListTable, Recipient, name_key, open_list, recipients_of
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.facts import is_uscc
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of, searchable
from navigator.store.fulfilment_tables import ItemRow, PaymentFileRow, PaymentLineRow, RoundRow

KINDS = {"paid": "已发放", "granted": "已享受"}
FOUND: dict[str, str] = {
    "wrong_amount": "金额不对",
    "not_listed": "不在名单上",
    "twice": "重复",
    "no_record": "没有档案",
    "several": "同名的不止一家",
    "failed": "没有发成",
    "unreadable": "读不出",
}
Column = Literal["name", "code", "amount", "day", "result"]
COLUMNS: dict[Column, str] = {
    "name": "名称",
    "code": "统一社会信用代码",
    "amount": "金额",
    "day": "到账日期",
    "result": "发放结果",
}
_LISTED: tuple[Column, ...] = ("name", "code", "amount")
"""What a published list has too, and is read in the same way."""
_WORDS: dict[Column, tuple[str, ...]] = {
    "day": ("到账日", "支付日", "发放日", "拨付日", "付款日", "交易日", "日期", "时间"),
    "result": ("发放结果", "支付结果", "处理结果", "交易结果", "结果", "状态"),
}
_FAILED = re.compile(r"失败|退票|退回|未|不成功|异常|拒")
_ISO = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:\D.*)?")
_EXCEL_START = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Payments:
    """A table of payment results as it was opened, with the place of each column as proposed."""

    table: ListTable
    sha256: str
    columns: Mapping[Column, int]


@dataclass(frozen=True, slots=True)
class Written:
    """What an import did: how many were written, how many were written already, and the lines that were not, by kind."""

    written: int
    already: int
    left: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LeftLine:
    """A line that was not written."""

    line: int
    name: str
    code: str
    amount: str
    day: str
    found: str
    because: str


# ---- one by one


def pay(
    actor: Actor | None,
    item: int,
    kind: str,
    day: date,
    today: date,
    amount: float | None = None,
    remark: str = "",
    *,
    now: datetime | None = None,
) -> None:
    """Write down that an item is paid or granted. Another amount than what is due needs a remark."""
    actor = need(actor, "staff")
    if kind not in KINDS:
        raise InputError("兑现", "没有选是发放还是享受", "选一个")
    with transaction() as session:
        found, row = item_of(session, actor, item, "paying")
        _check_open(found)
        _check_day(day, row, today)
        if kind == "paid":
            if amount is None or not math.isfinite(amount) or amount < 0:
                raise InputError("金额", "没有写", "写实际发放多少元")
            if found.amount is not None and abs(found.amount - amount) > 0.005 and not remark.strip():
                raise InputError("金额", f"应发 {found.amount:.2f} 元，写的是 {amount:.2f} 元", "确实不同的，写明原因")
        _write(found, actor, kind, day, amount if kind == "paid" else None, now)
        if remark.strip():
            found.reason = text_of(remark, "说明")
        about = {
            "企业": found.uscc,
            "怎么兑现": KINDS[kind],
            "日期": day.isoformat(),
            "金额": amount,
            "说明": remark.strip(),
        }
        audit(actor, "记下兑现", subject(row), about, within=session, now=now)
        settle(session, row)


def grant_all(actor: Actor | None, number: int, day: date, today: date, *, now: datetime | None = None) -> int:
    """All open items of a round were granted on one day, where nothing is paid out; gives how many."""
    actor = need(actor, "staff")
    with transaction() as session:
        row = row_of(session, actor, number, "paying")
        _check_day(day, row, today)
        items = session.scalars(select(ItemRow).where(ItemRow.round_id == number, ItemRow.state == "checked")).all()
        for one in items:
            _write(one, actor, "granted", day, None, now)
        about = {"家数": len(items), "日期": day.isoformat()}
        audit(actor, "全部记为已享受", subject(row), about, within=session, now=now)
        settle(session, row)
        return len(items)


def take_back(actor: Actor | None, item: int, reason: str, *, now: datetime | None = None) -> None:
    """A payment was written down by mistake: the item is open again."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "更正的原因"), now or datetime.now(UTC)
    with transaction() as session:
        found, row = item_of(session, actor, item, "paying", "done")
        if found.state not in DONE:
            raise InputError("兑现", f"{found.name}还没有记下兑现", "不用更正")
        about = {
            "企业": found.uscc,
            "原来记的": [found.done_on.isoformat() if found.done_on else None, None],
            "原因": reason,
        }
        found.state, found.done_on, found.paid, found.at, found.by = "checked", None, None, now, actor.name
        audit(actor, "更正兑现", subject(row), about, within=session, now=now)
        settle(session, row)


def set_aside(actor: Actor | None, item: int, reason: str, *, now: datetime | None = None) -> None:
    """An item cannot be paid in this round, with a reason. Past its due day it still counts as late."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "搁置的原因"), now or datetime.now(UTC)
    with transaction() as session:
        found, row = item_of(session, actor, item, "paying")
        _check_open(found)
        put_aside(found, actor.name, reason, now)
        audit(actor, "搁置一家", subject(row), {"企业": found.uscc, "原因": reason}, within=session, now=now)
        settle(session, row)


def _check_open(item: ItemRow) -> None:
    if item.state != "checked":
        raise InputError("名单", f"{item.name}现在是“{ITEM_STATES[item.state]}”", "只有待兑现的可以记")


def _check_day(day: date, row: RoundRow, today: date) -> None:
    if day > today:
        raise InputError("兑现日", f"{day} 还没有到", "填实际到账的那天")
    if day < row.as_of - timedelta(days=366):
        raise InputError("兑现日", f"{day} 太早", "看看年份对不对")


def _write(item: ItemRow, actor: Actor, kind: str, day: date, amount: float | None, now: datetime | None) -> None:
    item.state, item.done_on, item.by, item.at = kind, day, actor.name, now or datetime.now(UTC)
    item.paid = None if amount is None else round(amount, 2)


# ---- from a table


def open_payments(actor: Actor | None, data: bytes, name: str) -> Payments:
    """Read a table of payment results (.csv .xlsx). InputError where it is none."""
    actor = need(actor, "staff")
    table = open_list(actor, io.BytesIO(data), name)
    columns: dict[Column, int] = {role: table.columns[role] for role in _LISTED if role in table.columns}
    used = set(table.columns.values())
    for role, words in _WORDS.items():
        place = _column(table, words, used)
        if place is not None:
            columns[role] = place
            used.add(place)
    return Payments(table, hashlib.sha256(data).hexdigest(), columns)


def _column(table: ListTable, words: Iterable[str], used: set[int]) -> int | None:
    return next(
        (
            place
            for word in words
            for place, heading in enumerate(table.headings)
            if word in heading and place not in used
        ),
        None,
    )


def take_payments(
    actor: Actor | None,
    number: int,
    payments: Payments,
    today: date,
    *,
    day: date | None = None,
    columns: Mapping[Column, int] | None = None,
    now: datetime | None = None,
) -> Written:
    """Write what matches the list of a round; `day` is that of lines without one. For staff, of the round's region."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
    chosen = dict(payments.columns if columns is None else columns)
    if "amount" not in chosen:
        raise InputError(payments.table.file, "没有找到金额的列", "列名写成“金额”，或者自己选一列")
    if "day" not in chosen and day is None:
        raise InputError(payments.table.file, "没有找到日期的列", "填上这一批是哪天到账的")
    cells = dict(payments.table.lines)
    lines = recipients_of(payments.table, {role: chosen[role] for role in _LISTED if role in chosen})
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = row_of(session, actor, number, "paying", "done")
        matching = _Matching(session, actor, row, today)
        left: list[PaymentLineRow] = []
        for one in lines:
            told = cells[one.line]
            on = read_day_cell(told, chosen["day"]) if "day" in chosen else day
            failed = cell_text(told, chosen["result"]) if "result" in chosen else ""
            found, because = matching.match(one, on, failed)
            if found == "written":
                item = matching.items[one.line]
                _write(item, actor, "paid", on or today, one.amount, now)
            elif found != "already":
                left.append(_line(one, told, chosen.get("day"), found, because))
            matching.counts[found] += 1
        session.flush()
        settle(session, row)
        counts = dict(matching.counts)
        _keep_file(session, actor, row, payments, counts, left, now)
        about = {"文件": payments.table.file, "记下": counts.get("written", 0), "没记": len(left)}
        audit(actor, "导入发放结果", subject(row), about, within=session, now=now)
    return Written(counts.get("written", 0), counts.get("already", 0), {kind: counts[kind] for kind in FOUND if counts.get(kind)})  # fmt: skip


class _Matching:
    """The list of a round, as lines of payments are held against it."""

    def __init__(self, session: Session, actor: Actor, row: RoundRow, today: date) -> None:
        self._session, self._actor, self._row, self._today = session, actor, row, today
        listed = session.scalars(select(ItemRow).where(ItemRow.round_id == row.id)).all()
        self._by_code = {one.uscc: one for one in listed}
        self._by_name: dict[str, list[ItemRow]] = defaultdict(list)
        for one in listed:
            self._by_name[name_key(one.name)].append(one)
        self._seen: set[int] = set()
        self.items: dict[int, ItemRow] = {}
        self.counts: Counter[str] = Counter()

    def match(self, line: Recipient, day: date | None, result: str) -> tuple[str, str]:
        """What a line is: written, already, or one of FOUND with its reason."""
        if not line.name and not line.code:
            return "unreadable", "没有名称，也没有代码"
        if line.code and not is_uscc(line.code) and not line.name:
            return "unreadable", "代码不是18位的统一社会信用代码"
        if line.amount is None or line.amount < 0:
            return "unreadable", "金额读不出"
        if day is None or day > self._today:
            return "unreadable", "日期读不出" if day is None else f"日期 {day} 还没有到"
        item, why = self._item(line)
        if item is None:
            return why
        if result and _FAILED.search(result):
            return "failed", f"结果写的是“{result[:40]}”"
        if item.id in self._seen:
            return "twice", "同一个文件里出现两次，只记第一次"
        self._seen.add(item.id)
        return self._compare(item, line, day)

    def _compare(self, item: ItemRow, line: Recipient, day: date) -> tuple[str, str]:
        assert line.amount is not None
        if item.state in DONE:
            if item.done_on == day and item.paid is not None and abs(item.paid - line.amount) < 0.005:
                return "already", ""
            paid = "" if item.paid is None else f"，{item.paid:.2f} 元"
            return "twice", f"{item.done_on} 已经记过{paid}"
        if item.state != "checked":
            return "not_listed", f"在名单里是“{ITEM_STATES[item.state]}”"
        if item.amount is not None and abs(item.amount - line.amount) > 0.005:
            return "wrong_amount", f"应发 {item.amount:.2f} 元，表里是 {line.amount:.2f} 元"
        self.items[line.line] = item
        return "written", ""

    def _item(self, line: Recipient) -> tuple[ItemRow | None, tuple[str, str]]:
        if is_uscc(line.code):
            item = self._by_code.get(line.code)
            return item, ("", "") if item else self._unlisted(EnterpriseRow.uscc == line.code)
        named = self._by_name.get(name_key(line.name), [])
        if len(named) > 1:
            return None, ("several", f"名单上有 {len(named)} 家叫这个名字，表里没有代码")
        if named:
            return named[0], ("", "")
        return None, self._unlisted(EnterpriseRow.name == searchable(line.name))

    def _unlisted(self, where: Any) -> tuple[str, str]:
        query = select(EnterpriseRow.id).where(
            where, EnterpriseRow.example.is_(self._row.example), in_region_of(self._actor)
        )
        known = self._session.scalar(query.limit(1))
        if known is None:
            return "no_record", "企业档案里也没有这一家"
        return "not_listed", "有档案，但不在这一轮的名单上"


def _keep_file(
    session: Session,
    actor: Actor,
    row: RoundRow,
    payments: Payments,
    counts: Mapping[str, int],
    left: list[PaymentLineRow],
    now: datetime,
) -> None:
    """The import with its lines that were not written; the same file again takes the place of the one before."""
    query = select(PaymentFileRow).where(PaymentFileRow.round_id == row.id, PaymentFileRow.sha256 == payments.sha256)
    kept = session.scalar(query)
    if kept is None:
        kept = PaymentFileRow(
            round_id=row.id, file=payments.table.file[:200], sha256=payments.sha256, counts={}, at=now, by=actor.name
        )
        session.add(kept)
        session.flush()
    session.execute(delete(PaymentLineRow).where(PaymentLineRow.file_id == kept.id))
    kept.counts, kept.at, kept.by = dict(counts), now, actor.name
    for one in left:
        one.file_id = kept.id
    session.add_all(left)


def _line(one: Recipient, cells: tuple[Any, ...], day: int | None, found: str, because: str) -> PaymentLineRow:
    amount = "" if one.amount is None else f"{one.amount:.2f}"
    told = cell_text(cells, day) if day is not None else ""
    return PaymentLineRow(
        line=one.line, code=one.code[:40], name=one.name[:200], amount=amount[:40], day=told[:40], found=found, because=because
    )  # fmt: skip


def cell_text(cells: tuple[Any, ...], place: int | None) -> str:
    """A cell as text on one line; empty where there is none."""
    if place is None or place >= len(cells) or cells[place] is None:
        return ""
    return " ".join(str(cells[place]).split())[:100]


def read_day_cell(cells: tuple[Any, ...], place: int) -> date | None:
    """A cell as a day; None where it is none."""
    raw = cells[place] if place < len(cells) else None
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = cell_text(cells, place)
    try:
        if match := _ISO.fullmatch(text):
            return date(*map(int, match.groups()))
        if re.fullmatch(r"\d{8}", text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if re.fullmatch(r"\d{5}(\.0+)?", text):
            return _EXCEL_START + timedelta(days=int(float(text)))
    except ValueError:
        return None
    return None


def left_lines(actor: Actor | None, number: int) -> list[LeftLine]:
    """The lines of payment results of a round that were not written, by file and line. For staff, of its region."""
    actor = need(actor, "staff")
    with reading() as session:
        row_of(session, actor, number)
        query = (
            select(PaymentLineRow)
            .join(PaymentFileRow, PaymentFileRow.id == PaymentLineRow.file_id)
            .where(PaymentFileRow.round_id == number)
            .order_by(PaymentFileRow.id, PaymentLineRow.line)
        )
        rows = session.scalars(query).all()
    audit(actor, "看没对上的发放结果", subject(number), {"行数": len(rows)})
    return [LeftLine(one.line, one.name, one.code, one.amount, one.day, one.found, one.because) for one in rows]


def export_left(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The lines that were not written as CSV. Parameter: id of the round. For staff."""
    text = parameters.get("id", "")
    lines = left_lines(actor, int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0)
    header = ("行", "名称", "统一社会信用代码", "金额（元）", "日期", "为什么没记", "说明")
    return csv_download(
        "没对上的发放结果.csv",
        header,
        ((one.line, one.name, one.code, one.amount, one.day, FOUND[one.found], one.because) for one in lines),
    )
