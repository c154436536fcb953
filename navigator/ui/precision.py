"""Pieces of 精准率: the headline with its target, other figures, the trend as chart and table, parts, and the rows behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import altair as alt
import pandas as pd
import streamlit as st

from navigator.auth import Actor
from navigator.delivery.coverage import count_coverage
from navigator.delivery.metrics import (
    BY,
    NOWHERE,
    By,
    Figure,
    Metric,
    Reading,
    Wanted,
    months_with_pushes,
    read_figures,
    read_rows,
    shown,
    shown_interval,
)
from navigator.delivery.months import month_name, month_of_day, month_text, read_month
from navigator.matching.dates import today
from navigator.ui.account import draw_download
from navigator.ui.boxes import is_drawn
from navigator.ui.links import link
from navigator.ui.records import draw_record_line, page_number
from navigator.ui.words import Chip, badge, plain, typed

HEADLINE, REPLIES, COVERAGE = "push-precision", "push-precision-replies", "push-coverage"
_WIDE = """<style>
[class*="st-key-wide-"] [data-testid="stTable"] {overflow-x: auto;}
[class*="st-key-wide-"] :is(th, td) {min-width: 5.2em;}
</style>"""
_PAGE = 20
_SHOWN = 15
_FIT: dict[bool | None, Chip] = {
    True: ("达到目标", "check_circle", "green"),
    False: ("低于目标", "cancel", "red"),
    None: ("还没有数", "hourglass_top", "gray"),
}


def chosen_world(actor: Actor) -> bool:
    """Whether the invented pushes (示例) are looked at; asked only where there are both."""
    real, invented = (bool(months_with_pushes(actor, example=example)) for example in (False, True))
    if real and invented:
        which = st.segmented_control("看哪些推送", ["真的", "示例"], default="真的", required=True, key="which")
        return which == "示例"
    return invented and not real


def chosen_month(actor: Actor, example: bool) -> int:
    """The month looked at: the newest with pushes unless somebody chooses another."""
    months = months_with_pushes(actor, example=example) or [month_of_day(today())]
    options = [month_text(month) for month in months]
    if "month" not in st.session_state and st.query_params.get("month") in options:
        st.session_state["month"] = st.query_params["month"]
    chosen = st.selectbox(
        "哪个月发出的推送", options, format_func=lambda text: month_name(read_month(text)), key="month",
        on_change=_carry_month, filter_mode=None,
    )  # fmt: skip
    return read_month(chosen or options[0])


def _carry_month() -> None:
    """Put the month into the URL as links have it: Streamlit's own binding would write the words of the option."""
    if is_drawn("month"):
        st.query_params["month"] = st.session_state["month"]


def draw_headline(reading: Reading, example: bool) -> None:
    """The value, its interval and target; what is lacking where there is no value; the definition beside it."""
    metric, whole = reading.metric, reading.whole
    with st.container(border=True):
        mark = "（示例）" if example else ""
        st.metric(f"{metric.name}{mark}　目标：{metric.target_words}", shown(whole.value, metric.unit))
        st.markdown(f"{badge(_FIT[metric.is_met(whole)])}　{_sureness(metric, whole)}")
        if whole.note:
            st.markdown(plain(whole.note))
        if whole.parts:
            st.markdown("　".join(f"{name} **{number:,}**" for name, number in whole.parts))
        _draw_definition(metric)


def _sureness(metric: Metric, figure: Figure) -> str:
    interval = shown_interval(figure)
    if not interval or metric.target is None or figure.low is None or figure.high is None:
        return ""
    if figure.low >= metric.target:
        told = "整个区间都在目标以上"
    elif figure.high < metric.target:
        told = "整个区间都在目标以下"
    else:
        told = "目标在区间里面，还说不准，多评一些就准了"
    return f"95%区间 **{interval}**，{told}"


def _draw_definition(metric: Metric) -> None:
    st.caption(f"**怎么算的**　{plain(metric.definition)}")
    drawn = "自动计数" if metric.automatic else "人工评判"
    parts = f"分子：{metric.numerator}；分母：{metric.denominator}。" if metric.denominator else ""
    st.caption(plain(f"{parts}{metric.how}（{drawn}）。"))


def draw_others(readings: Sequence[Reading]) -> None:
    """The figures beside the headline, each with its definition."""
    for one in readings:
        with st.container(border=True):
            st.metric(one.metric.name, shown(one.whole.value, one.metric.unit))
            if one.whole.note:
                st.markdown(plain(one.whole.note))
            if one.whole.parts:
                st.markdown("　".join(f"{plain(name)} **{number:,}**" for name, number in one.whole.parts))
            _draw_definition(one.metric)


def draw_trend(readings: Sequence[Reading], month: int, example: bool) -> None:
    """Precision by month: a chart with the target line to look at, the table beneath it to check."""
    st.subheader("按月看", anchor=False)
    series = {one.metric.id: one for one in readings}
    audited, replies = series[HEADLINE], series[REPLIES]
    rows = [
        {"月份": part.label, "比率": part.value, "下限": part.low, "上限": part.high, "来源": name}
        for name, one in (("抽查推算", audited), ("企业和窗口说的", replies))
        for part in one.by["month"]
        if part.value is not None
    ]
    if rows:
        st.altair_chart(_trend_chart(pd.DataFrame(rows), audited.metric.target or 0), width="stretch")
    others = [series[name] for name in ("push-sent", "push-unjudged", COVERAGE)]
    table = [
        {
            "月份": part.label,
            "精准推送率": shown(part.value, "%"),
            "95%区间": shown_interval(part) or "—",
            "企业和窗口说的": shown(_part(replies, "month", part.key), "%"),
            **{one.metric.name: shown(_part(one, "month", part.key), one.metric.unit) for one in others},
        }
        for part in audited.by["month"]
        if _part(series["push-sent"], "month", part.key)
    ]
    if not table:
        st.info("最近一年没有发出的推送。", icon=":material/inbox:")
        return
    _draw_table(table, "month")
    draw_download("metrics", "下载按月的表格", month=month_text(month), by="month", example=int(example))


def _trend_chart(frame: pd.DataFrame, target: float) -> alt.LayerChart:
    low = min(target, frame["比率"].min(), frame["下限"].min() if frame["下限"].notna().any() else 100.0)
    scale = alt.Scale(domain=[max(0, 5 * int(low // 5) - 5), 100])
    across = alt.X("月份:N", sort=None, title=None, axis=alt.Axis(labelAngle=-40))
    colour = alt.Color(
        "来源:N", title=None, legend=alt.Legend(orient="bottom"),
        scale=alt.Scale(domain=["抽查推算", "企业和窗口说的"], range=["#17695A", "#B35C00"]),
    )  # fmt: skip
    base = alt.Chart(frame)
    told = [alt.Tooltip("月份:N"), alt.Tooltip("来源:N"), alt.Tooltip("比率:Q", format=".1f", title="比率（%）")]
    lines = base.mark_line(strokeDash=[2, 2]).encode(x=across, y=alt.Y("比率:Q", scale=scale, title="%"), color=colour)
    points = base.mark_point(filled=True, size=70).encode(
        x=across, y=alt.Y("比率:Q", scale=scale), color=colour, shape=alt.Shape("来源:N", title=None), tooltip=told
    )
    bars = (
        base.transform_filter(alt.datum["来源"] == "抽查推算")
        .mark_rule(strokeWidth=2)
        .encode(x=across, y=alt.Y("下限:Q", scale=scale), y2="上限:Q", color=colour)
    )
    rule = alt.Chart(pd.DataFrame({"目标": [target]})).mark_rule(color="#9B1C1C", strokeDash=[6, 4]).encode(y="目标:Q")
    words = (
        alt.Chart(pd.DataFrame({"目标": [target], "字": [f"目标 {target:g}%"]}))
        .mark_text(align="left", baseline="top", dy=4, color="#9B1C1C")
        .encode(y="目标:Q", x=alt.value(4), text="字:N")
    )
    return (lines + bars + points + rule + words).properties(height=260)


def _draw_table(rows: Sequence[Mapping[str, str]], key: str) -> None:
    """A wide table of real text: on a phone it is pushed sideways by itself, so that words stay whole."""
    with st.container(key=f"wide-{key}"):
        st.html(_WIDE)
        st.table(pd.DataFrame(rows), hide_index=True)


def _part(reading: Reading, by: By, key: str) -> float | None:
    return next((part.value for part in reading.by[by] if part.key == key), None)


def draw_parts(readings: Sequence[Reading], month: int, example: bool) -> None:
    """The month by region, measure or office: every figure in one table."""
    st.subheader(f"{month_name(month)}分开看", anchor=False)
    choices = [by for by in BY if by != "month"]
    by = st.segmented_control(
        "按什么分", choices, format_func=BY.__getitem__, default="region", required=True, key="by", bind="query-params"
    )
    series = {one.metric.id: one for one in readings}
    rows = []
    for part in series["push-sent"].by[by]:
        audited = next(one for one in series[HEADLINE].by[by] if one.key == part.key)
        coverage = {} if by == "office" else {"覆盖率": shown(_part(series[COVERAGE], by, part.key), "%")}
        rows.append(
            {
                BY[by]: part.label,
                "已发": f"{part.value:,.0f}",
                "精准推送率": shown(audited.value, "%"),
                "95%区间": shown_interval(audited) or "—",
                "判对／评了": f"{audited.numerator:,}／{audited.denominator:,}",
                "企业和窗口说的": shown(_part(series[REPLIES], by, part.key), "%"),
                "未评判": f"{_part(series['push-unjudged'], by, part.key) or 0:,.0f}",
                **coverage,
            }
        )
    if rows:
        _draw_table(rows[:_SHOWN], "parts")
    if len(rows) > _SHOWN:
        with st.expander(f"再看 {len(rows) - _SHOWN} 行"):
            _draw_table(rows[_SHOWN:], "more")
    draw_download("metrics", f"下载按{BY[by]}的表格", month=month_text(month), by=by, example=int(example))


@st.fragment
def draw_rows(actor: Actor, readings: Sequence[Reading], month: int, example: bool) -> None:
    """Which enterprises a figure is counted from, list by list."""
    st.subheader("是哪些企业、哪些事", anchor=False)
    lists = {f"{one.metric.id}:{name}": title for one in readings for name, title in one.metric.lists.items()}
    chosen = st.selectbox(
        "看哪一张清单", list(lists), None, format_func=lists.__getitem__, key="list", placeholder="选一张",
        filter_mode=None,
    )  # fmt: skip
    if chosen is None:
        return
    metric, name = chosen.split(":")
    parts = next(one for one in readings if one.metric.id == (metric if metric == COVERAGE else "push-sent")).by
    measure = _chosen_part("政策", parts["measure"], metric == COVERAGE, f"{metric}:measure")
    region = _chosen_part("区域", parts["region"], False, f"{metric}:region")
    office = _chosen_part("发送部门", parts["office"], False, f"{metric}:office") if parts["office"] else None
    if metric == COVERAGE and measure is None:
        st.info("先选一项政策。", icon=":material/policy:")
        return
    reveal = metric == HEADLINE and st.toggle(
        "连我还能复评的也显示",
        key="reveal",
        help="看了结论以后，这个月已经评过一次的推送就不能再由您复评了，日志里会记一笔。",
    )
    place = st.session_state.get(f"rows:{chosen}", 1) - 1
    wanted = Wanted(name, month, example, measure, region, office, bool(reveal))
    with st.spinner("正在找出这些企业…"):
        found = read_rows(actor, metric, wanted, limit=_PAGE, offset=place * _PAGE)
    st.markdown(f"**{lists[chosen]}**：{found.total:,} 条")
    if found.note:
        st.caption(plain(found.note))
    for line in found.lines:
        cells = "　".join(f"{head}：{cell}" for head, cell in zip(found.headings, line.cells, strict=True) if cell)
        draw_record_line(line.enterprise, line.name, f"{line.region or NOWHERE}　{cells}", example)
    page_number(found.total, _PAGE, f"rows:{chosen}")
    if found.total:
        draw_download(
            "metric-rows", "下载这张清单（表格）", metric=metric, list=name, month=month_text(month), measure=measure,
            region=NOWHERE if region == "" else region, office=office, example=int(example), reveal=int(bool(reveal)),
        )  # fmt: skip


def _chosen_part(label: str, parts: Sequence[Figure], needed: bool, key: str) -> str | None:
    labels = {part.key: part.label for part in parts}
    if len(labels) < 2 and not needed:
        return None
    return st.selectbox(
        label, list(labels), None, format_func=labels.__getitem__, key=key, placeholder="选一项" if needed else "全部"
    )


def draw_coverage_count(actor: Actor, day: date, example: bool) -> None:
    """The button that counts coverage anew: every record is looked at, which takes a while in a large city."""
    if st.button("按今天的档案重新算覆盖率", icon=":material/refresh:", key="count"):
        told = st.empty()

        def tell(seen: int) -> None:
            told.caption(f"看了 {seen:,} 家…")

        count_coverage(actor, day, example=example, progress=tell)
        st.rerun()


def figures_of(actor: Actor, month: int, example: bool) -> tuple[Reading, ...]:
    """All figures of the page, from the same place as the command's."""
    return read_figures(actor, month, example=example)


def draw_way_to_judging(month: int) -> None:
    """To the page where samples are drawn and judged."""
    link("judge", "去抽样、评判", ":material/gavel:", month=month_text(month))


def draw_mark(example: bool) -> None:
    """What one must know before reading anything."""
    if example:
        st.warning("下面全是示例：企业是虚构的，数字不算进任何真的指标。", icon=":material/science:")


def name_of_area(actor: Actor) -> str:
    """Whose pushes these are, harmless in Markdown."""
    return typed(actor.area)
