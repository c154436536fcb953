"""One measure as every paper shows it: chips, one sentence, and labelled rows. Knows no layout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from navigator.corpus.load import Corpus
from navigator.corpus.model import NOT_MONEY, Measure, Window
from navigator.papers import fewer_papers
from navigator.reports.wording import ESTIMATE, Chip, chips_of, day_words, host_of, validity_words

_LONGEST_PRINTED = 76
"""Addresses up to this length are printed in full, longer ones by their site."""

Form = Literal["text", "list", "steps", "small", "links"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a row: its text, what stands small behind it, where it leads."""

    text: str
    aside: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its lines: running text, a list, numbered steps, small print, or addresses side by side."""

    label: str
    lines: tuple[Line, ...]
    form: Form = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A measure ready to be laid out."""

    id: str
    name: str
    chips: tuple[Chip, ...]
    summary: str
    rows: tuple[Row, ...]


def sheet_of(measure: Measure, corpus: Corpus, as_of: date) -> Sheet:
    """Everything a reader needs of one measure on a day; what is unknown is said to be unknown."""
    rows = (
        Row("给谁", tuple(Line(item.text, item.cite or "") for item in measure.conditions), "list"),
        Row("当面确认", tuple(map(Line, measure.confirm)), "list"),
        Row("能得多少", _benefit(measure)),
        Row("在哪办", (Line(_where(measure)),)),
        Row("怎么办", tuple(map(Line, measure.apply.how)), "steps"),
        Row("带什么", (Line("；".join(measure.apply.materials) or "没有查到要交的材料"),)),
        Row("少带材料", _fewer_papers(measure, corpus, as_of)),
        Row("什么时候", _when(measure)),
        Row("现状", _state(measure)),
        Row("相关", _related(measure, corpus)),
        Row("依据", _source(measure), "small"),
        Row("网址", _links(measure), "links"),
    )
    kept = tuple(row for row in rows if row.lines)
    return Sheet(measure.id, measure.name, chips_of(measure, as_of), measure.summary, kept)


def window_words(window: Window) -> str:
    """One application period: from, to and its note."""
    begins = day_words(window.from_) if window.from_ else "起始日没有查到"
    ends = day_words(window.to) if window.to else "截止日没有查到"
    return f"申报期：{begins}至{ends}" + (f"（{window.note}）" if window.note else "")


def _benefit(measure: Measure) -> tuple[Line, ...]:
    benefit = measure.benefit
    lines = [benefit.text]
    if benefit.estimate_kind:
        lines.append(f"怎么算：{benefit.basis or '按填写的数据算'}（算出的是{ESTIMATE[benefit.estimate_kind]}）")
    if benefit.kind in NOT_MONEY:
        lines.append("贷款和担保的钱要还，不是补贴。")
    return tuple(map(Line, lines))


def _where(measure: Measure) -> str:
    apply = measure.apply
    return (apply.where or "地点没有查到") + (f"（电话：{apply.phone}）" if apply.phone else "（电话没有查到）")


def _fewer_papers(measure: Measure, corpus: Corpus, as_of: date) -> tuple[Line, ...]:
    found = fewer_papers(corpus, measure, as_of)
    return (Line("；".join(one.line for one in found) + "。只见于征求意见稿，去之前先问。"),) if found else ()


def _when(measure: Measure) -> tuple[Line, ...]:
    apply = measure.apply
    lines = [apply.deadline or "期限没有查到", *map(window_words, apply.windows or ())]
    if apply.promised_days:
        lines.append(f"承诺{apply.promised_days}个工作日办完")
    return tuple(map(Line, lines))


def _state(measure: Measure) -> tuple[Line, ...]:
    return (Line(measure.note),) if measure.note else ()


def _related(measure: Measure, corpus: Corpus) -> tuple[Line, ...]:
    def names(ids: list[str]) -> str:
        return "、".join(f"“{corpus.measure_by_id[one].name}”" for one in ids if one in corpus.measure_by_id)

    found = [
        ("不能同时享受", names(measure.conflicts_with)),
        ("取代了", names(measure.replaces)),
        ("几项里只能取一项", names(_same_group(measure, corpus.measures))),
        ("对应营商环境承诺", "、".join(f"第{number}项" for number in measure.commitments)),
    ]
    return tuple(Line(f"{label}：{text}") for label, text in found if text)


def _same_group(measure: Measure, measures: tuple[Measure, ...]) -> list[str]:
    if measure.best_of is None:
        return []
    return [other.id for other in measures if other.best_of == measure.best_of and other.id != measure.id]


def _source(measure: Measure) -> tuple[Line, ...]:
    source = measure.source
    title = source.title if "没有查到" in source.title else f"《{source.title}》"
    issued = f"{day_words(source.issued)}发布" if source.issued else "发布日期没有查到"
    written = "，".join(part for part in (title, source.document, source.issuer, issued) if part)
    checked = f"核实情况：{measure.verification_note}" if measure.verification_note else ""
    return (Line(f"{written}。有效期：{validity_words(measure)}。{checked}"),)


def _links(measure: Measure) -> tuple[Line, ...]:
    """The first address in full where it is short enough to be typed from paper, three more by their site."""
    addresses = measure.source.links[:4]
    return tuple(
        Line(address if position == 0 and len(address) <= _LONGEST_PRINTED else host_of(address), link=address)
        for position, address in enumerate(addresses)
    )
