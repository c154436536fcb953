"""The package of one enterprise as a Word file: real headings, tables whose header stands again on each page, links, the code."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO

import segno

from navigator.reports.pack import EXAMPLE_NOTE, Item, Named, Near, Pack
from navigator.reports.sheet import Line, Row
from navigator.reports.wordpaper import WordPaper, text_run


def pack_docx(pack: Pack) -> bytes:
    """The .docx file."""
    paper = WordPaper(
        f"{pack.title}：{pack.enterprise}"[:255],
        pack.product,
        pack.footer,
        datetime.combine(pack.as_of, time(12)),
        cover=False,
        warning=f"！ {EXAMPLE_NOTE}" if pack.example else "",
    )
    _first_page(paper, pack)
    if pack.can:
        paper.heading(2, "每一项：为什么能、怎么算、怎么办")
    for item in pack.can:
        _item(paper, item)
    _near(paper, pack.near)
    _questions(paper, pack)
    _commitments(paper, pack)
    _named(paper, "还差信息、定不下来的", ("政策", "还差什么信息"), pack.open)
    _named(
        paper, "条件对得上、但没有核实的", ("政策", "哪里没有核实（不算进合计，办之前先打电话问清楚）"), pack.unverified
    )
    paper.heading(2, "按这些资料算的")
    paper.grid(("资料", "内容", "来历"), [(one.label, one.value, one.origin) for one in pack.known], (10, 11, 16))
    paper.heading(2, "说明")
    for remark in pack.remarks:
        paper.text("Normal", f"• {remark}")
    return paper.save()


def _first_page(paper: WordPaper, pack: Pack) -> None:
    paper.paragraph("Lead", text_run(f"{pack.title}　能享受的惠企政策", 12, bold=True, colour="primary"))
    paper.heading(1, pack.enterprise)
    paper.paragraph("Lead", text_run(f"大约能得到：{pack.total}", 13, bold=True, colour="primary"))
    paper.grid(("合计", "金额"), [(one.label, one.words) for one in pack.amounts], (3, 1))
    for line in pack.total_notes:
        paper.text("Small", line)
    for line in pack.contradictions:
        paper.paragraph("Normal", text_run(f"！ {line}", colour="warn"))
    paper.picture(_code(pack.address), 28, "网页上政策体检的二维码")
    paper.paragraph(
        "Small", text_run("扫码到网页上再算一次，政策以网页为准：") + paper.address(pack.address, pack.address)
    )
    paper.heading(2, f"能享受的（{len(pack.can)}项，钱多的在前）")
    if pack.can:
        rows = [(str(one.number), one.name, one.money, one.delivery, one.applications) for one in pack.can]
        paper.grid(("序号", "政策", "能得多少", "怎么办理", "受理"), rows, (12, 64, 40, 28, 28))
    else:
        paper.text("Normal", "按现在知道的资料，还没有哪一项的条件能全部定下来。")


def _code(address: str) -> bytes:
    written = BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="png", scale=8, border=2)
    return written.getvalue()


def _item(paper: WordPaper, item: Item) -> None:
    paper.heading(3, f"{item.number}　{item.name}")
    paper.chips(item.chips)
    counted = text_run(f"　{item.counted}", colour="quiet") if item.counted else ""
    paper.paragraph("Lead", text_run(item.money, colour="primary") + counted, keep_next=True)
    paper.paragraph("Normal", text_run(item.summary), keep_next=True)
    rows = [(one.text, f"{one.outcome.mark} {one.outcome.word}", one.actual, one.source) for one in item.conditions]
    paper.grid(("条件", "结果", "您的情况", "依据"), rows, (27, 13, 20, 20))
    paper.text("Small", "")
    confirm = Row("当面确认", tuple(Line(f"□ {one}") for one in item.confirm))
    page = Row("网页", (Line(item.address, link=item.address),), "links")
    paper.rows([*([confirm] if item.confirm else []), *item.rows, page])


def _near(paper: WordPaper, near: tuple[Near, ...]) -> None:
    if not near:
        return
    paper.heading(2, f"只差一步的（{len(near)}项，最省力、最值钱的在前）")
    for one in near:
        paper.paragraph("Lead", text_run(one.name), keep_next=True)
        for step in one.steps:
            paper.paragraph("Normal", text_run(f"→ {step}"), keep_next=True)
        paper.paragraph("Normal", text_run(one.brings), keep_next=True)
        paper.text("Small", "；".join(one.notes))


def _questions(paper: WordPaper, pack: Pack) -> None:
    if not pack.questions:
        return
    paper.heading(2, "还要问的")
    rows = [
        (str(place), one.question, one.help, f"{one.decides}项") for place, one in enumerate(pack.questions, start=1)
    ]
    paper.grid(("序号", "问什么", "怎么看", "能定下来"), rows, (12, 60, 80, 22))
    if pack.more_questions:
        paper.text("Small", f"另有{pack.more_questions}个问题，到网页上接着答。")


def _commitments(paper: WordPaper, pack: Pack) -> None:
    if not (pack.commitments or pack.for_everyone):
        return
    paper.heading(2, "跟您有关的营商环境承诺")
    for one in pack.commitments:
        paper.paragraph("Lead", text_run(one.name), keep_next=True)
        paper.text("Normal", one.line)
    if pack.for_everyone:
        paper.text("Small", f"对所有经营主体的还有：{pack.for_everyone}。")


def _named(paper: WordPaper, title: str, header: tuple[str, str], named: tuple[Named, ...]) -> None:
    if named:
        paper.heading(2, f"{title}（{len(named)}项）")
        paper.grid(header, [(one.name, one.line) for one in named], (10, 12))
