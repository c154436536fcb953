"""The results of an assessment as an Excel workbook: one sheet of measures, one of conditions, one of what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from navigator.matching.assess import Assessment, show_value, source_of
from navigator.matching.rulebook import default_rulebook

_STATUS = {
    "eligible": "条件符合",
    "needs_info": "还差信息",
    "not_eligible": "条件不符合",
    "expired": "已到期",
    "not_yet": "还没开始",
    "unverified": "未核实，不算钱",
}
_APPLY = {
    "open": "正在受理",
    "closed": "申报已截止",
    "opens": "还没到申报期",
    "always": "随时可办",
    "unknown": "没查到",
}
_KIND = {"exact": "准数", "at_most": "最多", "typical": "大约", None: ""}
_OUTCOME = {True: "满足", False: "不满足", None: "未知"}
_MEASURES = (
    "政策", "状态", "级别", "领域", "办理方式", "金额（元）", "金额性质", "每", "怎么算", "还差的信息", "要当面确认", "受理", "在哪办",
    "要带什么", "期限", "电话", "依据", "有效期到", "核实情况",
)  # fmt: skip


def results_workbook(found: Assessment) -> bytes:
    """An .xlsx file; text that looks like a formula stays text."""
    book = Workbook()
    specs = default_rulebook().facts.specs
    _fill(book.active, "政策", _MEASURES, _measure_rows(found))
    _fill(book.create_sheet(), "条件", ("政策", "条件", "结果", "您的情况", "依据"), _condition_rows(found))
    answers = ((specs[name].label, show_value(value, specs[name]), "您填的" if name in found.profile.given else found.profile.origin[name])
               for name, value in found.profile.values.items())  # fmt: skip
    _fill(book.create_sheet(), "我的回答", ("事项", "内容", "来历"), answers)
    total = found.bundle.total
    summary = (
        ("按哪天的政策", found.as_of.isoformat()),
        ("确定能得（元，头12个月）", total.low),
        ("加上“最多”和“大约”的（元）", total.high),
        ("当面确认后最多（元）", total.if_confirmed),
        ("说明", "按填写的内容估算，不代替主管部门的决定；贷款、担保、未核实和已截止的不算。"),
    )
    _fill(book.create_sheet("合计", 0), "合计", ("项目", "内容"), summary)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _measure_rows(found: Assessment) -> Iterable[tuple[object, ...]]:
    specs = default_rulebook().facts.specs
    order = list(_STATUS)
    for result in sorted(found.measures, key=lambda one: (order.index(one.status), -(one.estimate or 0))):
        measure, benefit = result.measure, result.measure.benefit
        yield (
            measure.name, _STATUS[result.status], measure.level, measure.domain, measure.delivery, result.estimate,
            _KIND[benefit.estimate_kind], benefit.per, result.estimate_basis or benefit.text,
            "、".join(specs[name].label for name in result.missing), "；".join(measure.confirm), _APPLY[result.apply_state],
            measure.apply.where, "；".join(measure.apply.materials), measure.apply.deadline, measure.apply.phone,
            source_of(measure), measure.in_force.to, measure.verification_note or "官方页面已核对",
        )  # fmt: skip


def _condition_rows(found: Assessment) -> Iterable[tuple[object, ...]]:
    specs = default_rulebook().facts.specs
    for result in found.measures:
        for item in result.conditions:
            actual = "、".join(
                f"{specs[name].label} {show_value(value, specs[name])}" for name, value in item.actual.items()
            )
            yield result.measure.name, item.condition.text, _OUTCOME[item.outcome], actual, item.source


def _fill(sheet: Worksheet, title: str, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    sheet.title = title
    sheet.append(header)
    for row in rows:
        sheet.append(list(row))
    widths = [len(name) * 2 + 2 for name in header]
    for cells in sheet.iter_rows(min_row=1):
        for position, cell in enumerate(cells):
            if isinstance(cell.value, str):
                cell.data_type = "s"
                widths[position] = max(widths[position], min(len(cell.value) * 2, 60))
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
