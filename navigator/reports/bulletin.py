"""The monthly bulletin and the quarterly report as Word files: progress by action, late and at risk, dispatches, problems, units that
fell short. Everything comes from navigator.delivery.cadence_bulletin; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from navigator.auth import Actor
from navigator.corpus.load import default_corpus
from navigator.delivery.board import STATES
from navigator.delivery.cadence import city
from navigator.delivery.cadence_board import targets_on
from navigator.delivery.cadence_bulletin import (
    RULE,
    WHAT,
    Bulletin,
    Fallen,
    Figures,
    Talk,
    figures,
    read_bulletin,
    talks,
)
from navigator.delivery.cadence_calendar import Period, read_period
from navigator.delivery.months import month_name, read_month
from navigator.downloads import Download
from navigator.errors import InputError
from navigator.matching.dates import today
from navigator.reports.wording import day_words
from navigator.reports.wordpaper import WordPaper, text_run
from navigator.store.audit import audit
from navigator.store.engine import reading

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CENTRED = '<w:jc w:val="center"/>'
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a bulletin or a report is made of."""

    title: str
    period: str
    figures: Figures
    draft: str
    """What one must know of a draft; empty for a final one."""
    months: tuple[tuple[str, tuple[Fallen, ...] | None], ...]
    """The months with the units named in each; None where the list is not confirmed."""
    talks: tuple[Talk, ...]
    unconfirmed: bool = False
    """Whether its own list of units is not confirmed."""


def paper_docx(paper: Paper, written: datetime) -> bytes:
    """The .docx file."""
    return _Writer(paper, written).write()


class _Writer:
    def __init__(self, paper: Paper, written: datetime) -> None:
        self.paper, self.figures, self.number = paper, paper.figures, 0
        title = f"{paper.title}（{paper.period}）"
        self.word = WordPaper(title, default_corpus().city.product, title, written)

    def write(self) -> bytes:
        self._head()
        self._actions()
        self._targets()
        self._dispatches()
        self._problems()
        self._units()
        self._talks()
        self._notes()
        return self.word.save()

    def _head(self) -> None:
        self.word.paragraph("Heading 1", text_run(self.paper.title), extra=_CENTRED)
        self.word.paragraph(
            "Line", text_run(f"{self.paper.period}　数据截至{day_words(self.figures.as_of)}"), extra=_CENTRED
        )
        if self.paper.draft:
            self.word.paragraph("Lead", text_run(self.paper.draft, colour="warn"), extra=_CENTRED)

    def _section(self, title: str) -> None:
        self.word.heading(2, f"{_NUMBERS[self.number]}、{title}")
        self.number += 1

    def _actions(self) -> None:
        self._section("指标进展")
        states = list(STATES)
        rows = []
        for line in self.figures.actions:
            numbers = [line.states.get(state, 0) for state in states]
            rows.append([line.action, str(sum(numbers)), *map(str, numbers)])
        total = [str(sum(int(row[place]) for row in rows)) for place in range(1, len(states) + 2)]
        rows.append(["合计", *total])
        self.word.grid(["行动", "指标", *STATES.values()], rows, [2.5, *[1.1] * (len(states) + 1)])

    def _targets(self) -> None:
        self._section("超期和有风险的指标")
        if not self.figures.targets:
            self.word.text("Line", "没有。")
            return
        rows = [
            [
                f"第{one.number}项",
                one.indicator,
                one.wanted,
                one.value,
                f"{one.day or ''}",
                f"{one.deadline or '没有写'}",
                STATES[one.state],
            ]
            for one in self.figures.targets
        ]
        header = ["承诺", "指标", "要达到", "最近的数", "哪天的", "期限", "现在"]
        self.word.grid(header, rows, [0.85, 2.6, 1.15, 1.0, 1.2, 1.2, 1.2])

    def _dispatches(self) -> None:
        self._section("调度情况")
        found = self.figures.dispatches
        if not found:
            self.word.text("Line", "这一期没有登记要调度的。")
            return
        kept = sum(one.stands == "done" for one in found)
        self.word.text("Line", f"这一期到期 {len(found)} 次，按时做了 {kept} 次。")
        rows = []
        for name in dict.fromkeys(one.name for one in found):
            own = [one for one in found if one.name == name]
            topics = "；".join(dict.fromkeys(one.topic for one in own if one.topic))
            rows.append([name, str(len(own)), str(sum(one.stands == "done" for one in own)), topics or "—"])
        self.word.grid(["哪一项", "到期", "按时", "主题"], rows, [3.6, 0.7, 0.7, 4])
        if self.figures.raised:
            self.word.text("Lead", "提请上一级协调的：")
            for whose, what in self.figures.raised:
                self.word.text("Line", f"{whose}：{what}")

    def _problems(self) -> None:
        self._section("问题整改")
        one = self.figures
        self.word.text(
            "Line",
            f"这一期发现 {one.problems_found} 个，销号 {one.problems_closed} 个；到期末还有 {one.problems_open} 个没有销号，"
            f"其中超期 {one.problems_late} 个。",
        )

    def _units(self) -> None:
        self._section("没有按要求完成任务的单位")
        for month, units in self.paper.months:
            if len(self.paper.months) > 1:
                self.word.text("Lead", month)
            if units is None:
                self.word.text("Line", "名单还没有确认。")
            elif not units:
                self.word.text("Line", "没有。")
            else:
                self.word.grid(["单位", "差在哪", "书面说明"], [_unit_cells(one) for one in units], [1.8, 5, 1.6])

    def _talks(self) -> None:
        self._section("连续两月被通报、提请约谈的单位")
        if not self.paper.talks:
            open_ = any(units is None for _, units in self.paper.months)
            self.word.text("Line", "名单确认以后再列。" if open_ or self.paper.unconfirmed else "没有。")
            return
        rows = [
            [
                one.name,
                f"{one.months} 个月（到{month_name(one.last)}）",
                f"{one.held_on}已约谈" if one.held_on else "还没有约谈",
            ]
            for one in self.paper.talks
        ]
        self.word.grid(["单位", "连续被通报", "约谈"], rows, [3, 3, 2])

    def _notes(self) -> None:
        self._section("怎么算的")
        for line in (RULE, _STATES_TOLD, default_corpus().city.plan_banner):
            self.word.text("Small", line)


def _unit_cells(one: Fallen) -> list[str]:
    why = "\n".join(f"{WHAT[row.what]}：{row.text}" + (f"（期限 {row.due}）" if row.due else "") for row in one.rows)
    explained = f"{one.explained_on}收到" if one.explained_on else "没有收到"
    return [f"{one.name}{'（上月也被通报）' if one.again else ''}", why, explained]


_STATES_TOLD = (
    "指标：没有填过数的是“没有数据”，不算超期；方案没有写期限的不会超期；没有达到、已经过了方案期限的是“超期未达到”。"
)


# ---- what is asked for


def bulletin_paper(bulletin: Bulletin, named: Sequence[Talk]) -> Paper:
    """The bulletin of a month; of a draft it says that the list is not confirmed."""
    month = month_name(bulletin.month)
    draft = "" if bulletin.confirmed else "草稿：单位名单还没有确认，不能印发"
    until = tuple(one for one in named if one.last == bulletin.month)
    return Paper(
        "优化营商环境工作通报",
        month,
        bulletin.figures,
        draft,
        ((month, bulletin.named),),
        until,
        not bulletin.confirmed,
    )


def export_bulletin(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The bulletin of a month as Word. Parameters: month. For the city's staff."""
    actor = city(actor)
    month = read_month(parameters.get("month", ""), "月份")
    found = read_bulletin(actor, month)
    if found is None:
        raise InputError("通报", f"{month_name(month)}的还没有列", "先在“调度和通报”里列出来")
    paper = bulletin_paper(found, talks(actor))
    audit(actor, "下载通报", f"bulletin:{month_name(month)}", {"草稿": not found.confirmed})
    mark = "" if found.confirmed else "草稿_"
    name = f"{mark}优化营商环境工作通报_{month_name(month)}.docx"
    return Download(name, WORD, paper_docx(paper, found.confirmed or found.made))


def export_report(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The report of a quarter as Word, as of its last day or today while it lasts. Parameters: quarter (2026-Q4). For the city's staff."""
    actor = city(actor)
    period = read_period("quarter", parameters.get("quarter", ""))
    day = today()
    if period.first > day:
        raise InputError("季度报告", f"{period.name}还没有到", "选现在或以前的季度")
    paper = report_paper(actor, period)
    audit(actor, "下载季度报告", f"cadence:季度报告 {period.key}")
    mark = "未完_" if period.last > day else ""
    return Download(f"{mark}优化营商环境季度报告_{period.name}.docx", WORD, paper_docx(paper, datetime.now(UTC)))


def report_paper(actor: Actor | None, period: Period) -> Paper:
    """The report of a quarter: its figures now or at its end, and the units named in its months. For the city's staff."""
    actor = city(actor)
    as_of = min(period.last, today())
    targets = targets_on(actor, as_of)
    with reading() as session:
        found = figures(session, targets, period.first, as_of)
    months = []
    for ahead in range(3):
        month = period.first.year * 100 + period.first.month + ahead
        if month > as_of.year * 100 + as_of.month:
            break
        made = read_bulletin(actor, month)
        months.append((month_name(month), made.named if made and made.confirmed else None))
    first = period.first.year * 100 + period.first.month
    until = tuple(one for one in talks(actor) if first <= one.last <= first + 2)
    draft = f"这个季度还没有过完，数据只到{day_words(as_of)}" if as_of < period.last else ""
    return Paper("优化营商环境季度报告", period.name, found, draft, tuple(months), until)
