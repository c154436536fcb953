"""Files by which messages are handed over to SMS and WeChat systems. The same hand-over gives the same file, byte for byte.

Making a hand-over (and marking its messages sent) is the queue's matter. Files of invented enterprises say 示例 in name and text
and hold no number.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.messages import Message, messages_of
from navigator.downloads import Download, csv_download, plain_cell
from navigator.errors import InputError, shown
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import transaction
from navigator.store.push_tables import BatchRow, HandOverRow, MessageRow

HEADER = ("编号", "企业名称", "联系人", "手机号", "内容", "链接")
ERASED = "已删除"
_WIDTHS = (10, 30, 12, 16, 90, 60)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_hand_over(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The file of one hand-over; the download stands in the log. For staff of the batch's region. Parameters: id, format (csv, xlsx)."""
    actor = need(actor, "staff")
    form = parameters.get("format", "xlsx")
    if form not in ("csv", "xlsx"):
        raise InputError("文件格式", f"写的是{shown(form)}", "只有 csv 和 xlsx")
    with transaction() as session:
        handed, batch = _found(session, actor, parameters.get("id", ""))
        query = select(MessageRow).where(MessageRow.hand_over_id == handed.id).order_by(MessageRow.id)
        rows = session.scalars(query).all()
        messages = messages_of(session, batch, rows)
        details = {"交接": handed.id, "条数": len(messages), "格式": form}
        audit(actor, "下载推送文件", f"push-batch:{batch.id}", details, within=session)
    name = f"{'示例_' if batch.example else ''}推送{batch.id}_第{handed.id}次交接"
    lines = [_line(message) for message in messages]
    if form == "csv":
        return csv_download(f"{name}.csv", HEADER, lines)
    return Download(f"{name}.xlsx", _XLSX, _workbook(handed, lines))


def _found(session: Session, actor: Actor, number: str) -> tuple[HandOverRow, BatchRow]:
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    handed = session.get(HandOverRow, wanted)
    batch = session.get(BatchRow, handed.batch_id) if handed else None
    if handed is None or batch is None or not actor.covers(batch.scope):
        raise InputError("推送文件", "没有找到", "从“推送”页里下载")
    if batch.state == "withdrawn":
        raise InputError("推送文件", "这批推送已经撤回", "不能再交给短信、微信系统发")
    return handed, batch


def _line(message: Message) -> tuple[str, ...]:
    return (
        f"{message.batch_id}-{message.number}", message.enterprise, message.person, message.to or ERASED, message.text,
        message.links[0],
    )  # fmt: skip


def _workbook(handed: HandOverRow, lines: Sequence[Sequence[str]]) -> bytes:
    """An .xlsx file whose only moment is that of the hand-over; every cell is text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": handed.at.astimezone(SHANGHAI).replace(tzinfo=None)})
    sheet = book.add_worksheet("推送")
    bold = book.add_format({"bold": True})
    for column, (heading, width) in enumerate(zip(HEADER, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    for row, line in enumerate(lines, start=1):
        for column, cell in enumerate(line):
            sheet.write_string(row, column, plain_cell(cell))
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
