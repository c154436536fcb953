"""The parts of an assessment that 政策体检 and the print page draw: total, groups, commitments, downloads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from navigator.matching.amounts import show_yuan
from navigator.matching.assess import Assessment, MeasureResult, show_value
from navigator.matching.rulebook import default_rulebook
from navigator.reports.results import results_workbook
from navigator.ui.cards import measure_card
from navigator.ui.links import link
from navigator.ui.profile import hidden_domains
from navigator.ui.words import plain

TOP = 10


def draw_total(found: Assessment) -> None:
    """The money of the best combination: sure, possible, and once the open points are confirmed."""
    total = found.bundle.total
    st.subheader("您大约能得到", anchor=False)
    if not found.bundle.ids:
        st.markdown("还没有哪一项的条件能全部定下来。往下补几个信息，就能知道。")
        return
    if total.if_confirmed == 0:
        st.markdown(f"已有 {len(found.bundle.ids)} 项条件符合，金额还算不出来，补上信息再看。")
        return
    if total.high == 0:
        st.markdown(f"## 最多 {show_yuan(total.if_confirmed)}")
        st.markdown("条件都符合了，但每一项都还有几点要当面确认，确认好才算数。")
    else:
        amount = (
            show_yuan(total.high) if total.low == total.high else f"{show_yuan(total.low)} 到 {show_yuan(total.high)}"
        )
        st.markdown(f"## {amount}")
        if total.if_confirmed > total.high:
            st.markdown(f"把要当面确认的都确认好，最多 **{show_yuan(total.if_confirmed)}**")
    st.caption(
        f"按 {found.as_of} 的政策算，头12个月，只算条件都符合的 {len(found.bundle.ids)} 项；"
        "贷款、担保不算，没核实的不算，申报已截止的不算。"
    )
    names = {result.measure.id: result.measure.name for result in found.measures}
    for item in found.bundle.set_aside:
        st.caption(f"没有重复算：{plain(names[item.id])}（{plain(item.because)}）")
    for capped in found.bundle.capped:
        listed = "、".join(f"“{names[one]}”" for one in capped.ids)
        st.caption(plain(f"合起来最多算 {show_yuan(capped.limit)}（{capped.what}）：{listed}"))


def draw_contradictions(found: Assessment) -> None:
    """Answers that other answers contradict: what was given counts, but the visitor should look."""
    specs = default_rulebook().facts.specs
    for item in found.contradictions:
        spec = specs[item.fact]
        st.warning(
            f"{spec.label}：您填的是“{show_value(item.given, spec)}”，按别的回答应是“{show_value(item.concluded, spec)}”"
            f"（{item.because}）。先按您填的算，请核对。",
            icon=":material/sync_problem:",
        )


def draw_group(
    name: str,
    explanation: str,
    results: tuple[MeasureResult, ...],
    day: date,
    folded: bool = False,
    notes: Mapping[str, str] | None = None,
) -> None:
    """One group: at most ten on top, the rest folded; each domain can be put away as none of one's business.

    `notes`: a line of Markdown in the card of a measure, by its id.
    """
    if not results:
        return
    st.subheader(f"{name}（{len(results)}项）", anchor=False)
    st.caption(explanation)
    if folded:
        with st.expander(f"看这 {len(results)} 项和原因"):
            _cards(results, day, notes)
        return
    _cards(results[:TOP], day, notes)
    if len(results) > TOP:
        with st.expander(f"再看 {len(results) - TOP} 项"):
            _cards(results[TOP:], day, notes)
    _put_away(name, results)


def _cards(results: tuple[MeasureResult, ...], day: date, notes: Mapping[str, str] | None) -> None:
    for result in results:
        measure_card(result.measure, day, result, note=(notes or {}).get(result.measure.id))


def _put_away(name: str, results: tuple[MeasureResult, ...]) -> None:
    domains = sorted({result.measure.domain for result in results})
    with st.popover("与我无关的收起来", icon=":material/visibility_off:", type="tertiary"):
        for domain in domains:
            st.button(f"{domain}与我无关", key=f"hide:{name}:{domain}", on_click=hidden_domains().add, args=(domain,))


def draw_hidden() -> None:
    """What was put away, and the way back."""
    hidden = hidden_domains()
    if hidden:
        with st.container(horizontal=True):
            st.caption("已收起：" + "、".join(sorted(hidden)))
            st.button("都放回来", icon=":material/visibility:", type="tertiary", on_click=hidden.clear)


def draw_commitments(found: Assessment) -> None:
    """The commitments that concern this enterprise, those with a reason of its own first."""
    if not found.commitments:
        return
    own = [item for item in found.commitments if item.commitment.concerns != "everyone"]
    st.subheader(f"45项承诺里跟您有关的（{len(found.commitments)}项）", anchor=False)
    for item in own:
        link(
            "commitments",
            f"第{item.commitment.number}项 {plain(item.commitment.title)}",
            ":material/handshake:",
            n=item.commitment.number,
        )
        st.caption(plain(item.why))
    everyone = [item for item in found.commitments if item.commitment.concerns == "everyone"]
    with st.expander(f"对所有经营主体的 {len(everyone)} 项"):
        for item in everyone:
            link(
                "commitments", f"第{item.commitment.number}项 {plain(item.commitment.title)}", n=item.commitment.number
            )


def draw_downloads(found: Assessment) -> None:
    """Take the results along: Excel, or a page made for printing."""
    st.subheader("带走结果", anchor=False)
    with st.container(horizontal=True):
        st.download_button(
            "下载 Excel",
            data=results_workbook(found),
            file_name=f"政策体检_{found.as_of}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/table_view:",
            on_click="ignore",
        )
        link("print", "打印版", ":material/print:")
