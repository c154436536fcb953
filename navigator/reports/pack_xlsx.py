"""The package of one enterprise as an Excel workbook: amounts are numbers, text that looks like a formula stays text, every sheet prints on A4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from io import BytesIO

import xlsxwriter

from navigator.reports.pack import EXAMPLE_NOTE, Item, Pack
from navigator.reports.palette import palette

Cell = str | float | None
_LARGEST = 32_000
"""Signs that a cell of Excel holds, with some to spare."""


def pack_xlsx(pack: Pack) -> bytes:
    """An .xlsx file."""
    written = BytesIO()
    paper = _Book(written, pack)
    paper.sheet("合计", (24, 70), ("项目", "内容"), _summary(pack))
    paper.sheet(
        "能享受的",
        (6, 22, 12, 6, 24, 14, 26, 24, 20, 30, 18, 18, 10, 18),
        ("序号", "政策", "金额（元）", "每", "能得多少", "跟合计的关系", "怎么算的", "要当面确认", "要带什么", "怎么办", "在哪办",
         "什么时候", "受理", "网页"),
        map(_item, pack.can),
    )  # fmt: skip
    paper.sheet("条件和依据", (30, 44, 12, 34, 40), ("政策", "条件", "结果", "您的情况", "依据"), _conditions(pack))
    near = ((one.name, "\n".join(one.steps), one.brings, "；".join(one.notes), one.address) for one in pack.near)
    paper.sheet("只差一步的", (30, 44, 34, 50, 40), ("政策", "差哪一步", "做到以后", "什么时候、问谁", "网页"), near)
    questions = ((one.question, one.help, float(one.decides)) for one in pack.questions)
    paper.sheet("还要问的", (44, 60, 16), ("问什么", "怎么看", "能定下来几项"), questions)
    paper.sheet("还差信息的", (44, 60), ("政策", "还差什么信息"), ((one.name, one.line) for one in pack.open))
    doubtful = ((one.name, one.line) for one in pack.unverified)
    paper.sheet("没有核实的", (44, 60), ("政策", "哪里没有核实（不算进合计，办之前先打电话问清楚）"), doubtful)
    paper.sheet("有关的承诺", (44, 80), ("承诺", "内容"), ((one.name, one.line) for one in pack.commitments))
    known = ((one.label, one.value, one.origin) for one in pack.known)
    paper.sheet("按这些资料算的", (30, 34, 44), ("资料", "内容", "来历"), known)
    paper.close()
    return written.getvalue()


class _Book:
    """A workbook in which all sheets look and print alike."""

    def __init__(self, target: BytesIO, pack: Pack) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(target, options)
        self._book.set_properties(
            {
                "title": f"{pack.title}：{pack.enterprise}"[:255],
                "author": pack.product,
                "created": datetime.combine(pack.as_of, time(12)),
            }
        )
        self._head = self._book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": palette()["soft"], "border": 1}
        )
        shape = {"text_wrap": True, "valign": "top", "border": 1}
        self._text = self._book.add_format(shape)
        self._whole = self._book.add_format(shape | {"num_format": "#,##0"})
        self._cents = self._book.add_format(shape | {"num_format": "#,##0.00"})
        self._mark = f"&C{EXAMPLE_NOTE}" if pack.example else ""
        self._foot = f"&L{pack.footer}&R第&P页 共&N页"

    def sheet(self, title: str, widths: Sequence[int], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a sheet; nothing is added where there are no rows."""
        filled = list(rows)
        if not filled:
            return
        page = self._book.add_worksheet(title)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        page.write_row(0, 0, header, self._head)
        for place, row in enumerate(filled, start=1):
            for column, value in enumerate(row):
                if isinstance(value, float | int):
                    page.write_number(place, column, value, self._whole if value == int(value) else self._cents)
                else:
                    page.write_string(place, column, (value or "")[:_LARGEST], self._text)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_header(self._mark)
        page.set_footer(self._foot)

    def close(self) -> None:
        """Write the file."""
        self._book.close()


def _summary(pack: Pack) -> Iterator[tuple[str, Cell]]:
    if pack.example:
        yield "！ 示例", EXAMPLE_NOTE
    yield "企业", pack.enterprise
    yield "按哪天的政策", pack.as_of.isoformat()
    yield "资料版本", pack.version
    yield "大约能得到", pack.total
    for amount in pack.amounts:
        yield f"{amount.label}（元，头12个月）", amount.yuan
    for note in pack.total_notes:
        yield "说明", note
    for line in pack.contradictions:
        yield "请核对", line
    if pack.for_everyone:
        yield "对所有经营主体的承诺", pack.for_everyone
    if pack.more_questions:
        yield "还要问的", f"最要紧的{len(pack.questions)}个在“还要问的”里，另有{pack.more_questions}个，到网页上接着答"
    yield "网页", pack.address
    for remark in pack.remarks:
        yield "说明", remark


def _item(item: Item) -> tuple[Cell, ...]:
    rows = {
        row.label: "\n".join(line.text + (f"〔{line.aside}〕" if line.aside else "") for line in row.lines)
        for row in item.rows
    }
    return (
        float(item.number), item.name, item.yuan, item.per, f"{item.money}。{rows.get('能得什么', '')}", item.counted,
        rows.get("怎么算的", ""), "\n".join(item.confirm), rows.get("要带什么", ""), rows.get("怎么办", ""), rows.get("在哪办", ""),
        rows.get("什么时候", ""), item.applications, item.address,
    )  # fmt: skip


def _conditions(pack: Pack) -> Iterator[tuple[Cell, ...]]:
    for item in pack.can:
        for one in item.conditions:
            yield item.name, one.text, f"{one.outcome.mark} {one.outcome.word}", one.actual, one.source
