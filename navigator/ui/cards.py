"""Cards and lists that pages share: a measure, its conditions line by line, its money, what is missing, what is near."""

from __future__ import annotations

from datetime import date

import streamlit as st

from navigator.corpus.model import FactSpec, Measure
from navigator.matching.amounts import show_yuan
from navigator.matching.assess import ConditionResult, MeasureResult, show_value, source_of
from navigator.matching.dates import ApplyState, apply_state, period
from navigator.matching.near_miss import NearMiss
from navigator.matching.rulebook import default_rulebook
from navigator.retrieval.library import LibraryHit
from navigator.ui.hits import marked
from navigator.ui.links import link
from navigator.ui.papers import fewer_papers_line
from navigator.ui.words import OUTCOME, badge, chips, measure_chips, plain, row_chips

_AT_MOST = {"exact": "", "at_most": "最多 ", "typical": "大约 "}


def measure_card(
    measure: Measure,
    as_of: date,
    result: MeasureResult | None = None,
    snippet: LibraryHit | None = None,
    note: str | None = None,
) -> None:
    """A measure as a card: name (a link), chips, one sentence, money; with a result also what it needs; a last line of Markdown."""
    with st.container(border=True):
        link("measure", f"**{plain(measure.name)}**", id=measure.id)
        if result is None:
            chips(measure_chips(measure, period(measure, as_of), apply_state(measure, as_of)))
        else:
            chips(measure_chips(measure, result.status, result.apply_state))
        st.markdown(plain(measure.summary))
        if snippet is not None and snippet.spans and snippet.snippet != measure.summary:
            st.caption(f"…{marked(snippet)}…")
        if result is not None:
            _needs(result)
            if result.status == "eligible":
                _fewer_papers(measure, as_of)
        if note:
            st.markdown(note)


def measure_row(measure: Measure, status: str, state: ApplyState) -> None:
    """A measure as one entry of a long list: name (a link), a row of chips, one sentence."""
    with st.container(gap="xxsmall"):
        link("measure", f"**{plain(measure.name)}**", id=measure.id)
        chips(row_chips(measure, status, state))
        st.caption(plain(measure.summary))


def _needs(result: MeasureResult) -> None:
    specs = default_rulebook().facts.specs
    money = money_line(result)
    if money:
        st.markdown(f":material/payments: {money}")
    if result.status == "eligible" and result.measure.confirm:
        st.markdown(f":material/how_to_reg: 条件符合，还有 {len(result.measure.confirm)} 项要当面确认")
    if result.status == "needs_info" and result.missing:
        st.markdown(":material/contact_support: 还差：" + "、".join(specs[name].label for name in result.missing))
    if result.status == "not_eligible":
        for item in result.conditions:
            if item.outcome is False:
                st.markdown(f":material/cancel: {plain(item.condition.text)}（{actual_text(item)}）")
        for miss in result.near_miss:
            st.markdown(f":material/trending_up: {near_text(miss, specs[miss.fact])}")


def _fewer_papers(measure: Measure, day: date) -> None:
    line = fewer_papers_line(measure, day)
    if line:
        st.caption(f":material/inventory_2: {line}")


def money_line(result: MeasureResult) -> str | None:
    """The estimate in words: `大约 1.2万元／年`; the benefit's text where no amount can be computed."""
    benefit = result.measure.benefit
    if not result.estimate or benefit.estimate_kind is None:
        return plain(benefit.text)
    amount = f"{_AT_MOST[benefit.estimate_kind]}{show_yuan(result.estimate)}"
    return f"**{plain(amount)}**{'' if benefit.per == '一次性' else f'／{benefit.per}'}（{plain(benefit.text)}）"


def condition_list(conditions: tuple[ConditionResult, ...]) -> None:
    """Each condition on its line: met, not met or unknown, with what was filled in and the source."""
    for item in conditions:
        st.markdown(f"{badge(OUTCOME[item.outcome])} {plain(item.condition.text)}　:gray[{actual_text(item)}]")


def rule_list(measure: Measure) -> None:
    """The conditions of a measure for somebody whose facts are not known."""
    st.markdown("\n".join(f"- {plain(condition.text)}" for condition in measure.conditions))


def source_line(measure: Measure) -> None:
    """Document, issuer, day and links."""
    source = measure.source
    parts = [
        f"《{source.title}》",
        source.document,
        source.issuer,
        f"{source.issued} 发布" if source.issued else "发布日期没查到",
    ]
    st.markdown("　".join(plain(part) for part in parts if part))
    for address in source.links:
        host = address.split("/")[2] if "//" in address else address
        st.markdown(f"- [{plain(host)}]({address})")
    st.caption(
        f"条文号：{source_of(measure)}（没有读到原文的不写第几条）"
        if not any(c.cite for c in measure.conditions)
        else ""
    )


def actual_text(item: ConditionResult) -> str:
    """What is known of the facts in a condition: `从业人数 301人`."""
    specs = default_rulebook().facts.specs
    return "、".join(
        f"{specs[name].label} {plain(show_value(value, specs[name]))}" for name, value in item.actual.items()
    )


def near_text(miss: NearMiss, spec: FactSpec) -> str:
    """What would still have to change: `再过40天（2027-01-02）就满足`, `研发人员占比还差 1.5%`."""
    if miss.by is not None:
        return f"再过 {int(miss.distance or 0)} 天（{miss.by}）就满足这一条"
    need = plain(show_value(miss.need, spec))
    if miss.distance is None:
        return f"{spec.label}要是“{need}”，现在是“{plain(show_value(miss.have, spec))}”"
    have = plain(show_value(miss.have, spec))
    return f"{spec.label}要到 {need}，现在 {have}，差 {plain(show_value(miss.distance, spec))}"
