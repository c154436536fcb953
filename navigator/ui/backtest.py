"""Pieces of 回测: choosing a list and what to hold it against, the figures of a run, its lines, and a run beside another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from navigator.auth import Actor
from navigator.corpus.regions import load_regions
from navigator.delivery.backtest import (
    FOUND,
    LONGEST_SOURCE,
    MEANING,
    Backtest,
    changed_lines,
    count_lines,
    lines,
    list_backtests,
    run_again,
    run_backtest,
)
from navigator.delivery.backtesting import Found
from navigator.delivery.recipients import LARGEST, ROLES, ListTable, Role, open_list, recipients_of, years_of
from navigator.errors import InputError
from navigator.matching.amounts import show_yuan
from navigator.matching.dates import today
from navigator.matching.rulebook import default_rulebook, rulebook_for
from navigator.store.audit import shown_moment
from navigator.store.enterprises import count_enterprises
from navigator.ui.account import draw_download
from navigator.ui.columns import ask_columns, opened
from navigator.ui.links import FIRST_DAY, link
from navigator.ui.records import EXAMPLE, page_number
from navigator.ui.uploading import UPLOADER_IN_CHINESE
from navigator.ui.words import STATUS, plain, typed

ICONS: dict[Found, str] = {
    "hit": "check_circle",
    "miss": "cancel",
    "undecided": "contact_support",
    "false_alarm": "person_search",
    "no_record": "folder_off",
    "several": "group",
    "repeated": "content_copy",
    "unread": "block",
}
_OPENED = "backtest:opened"
_PAGE = 20


def draw_chooser(actor: Actor) -> ListTable | None:
    """A box for a list; the list once it is read."""
    st.html(UPLOADER_IN_CHINESE)
    megabytes = LARGEST // 1_000_000
    uploaded = st.file_uploader(
        f"公示的名单：.xlsx 或 .csv，最大 {megabytes} MB",
        type=["xlsx", "csv", "txt"],
        max_upload_size=megabytes,
        key="backtest:file",
    )
    if uploaded is None:
        st.session_state.pop(_OPENED, None)
        return None
    try:
        return opened(uploaded, _OPENED, lambda: open_list(actor, uploaded, uploaded.name))
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        return None


def draw_columns(table: ListTable) -> dict[Role, int]:
    """Which column is what, as proposed until somebody chooses otherwise."""
    key = f"backtest:{st.session_state[_OPENED][0]}"
    return ask_columns(table.headings, len(table.lines), ROLES, table.columns, key)


def ask_and_run(actor: Actor, table: ListTable, columns: Mapping[Role, int]) -> int | None:
    """Asks for measure, year, day, place and source; the number of the run once it is done."""
    year = None
    years = years_of(table, columns) if {"name", "code"} & columns.keys() else ()
    if "year" in columns and len(years) > 1:
        year = st.selectbox("名单里有几年的，测哪一年", years, key="backtest:year", format_func=lambda one: f"{one}年")
    book = default_rulebook()
    measure = st.selectbox(
        "测哪一项政策",
        sorted(book.by_id, key=lambda one: book.by_id[one].measure.name),
        None,
        format_func=lambda one: book.by_id[one].measure.name,
        key="backtest:measure",
        placeholder="打几个字找一项",
        filter_mode="contains",
    )
    of_year = year or (years[0] if years else None)
    usual = min(today(), date(of_year, 12, 31)) if of_year else today()
    day = st.date_input(
        "按哪一天的规则",
        max(usual, FIRST_DAY),
        min_value=FIRST_DAY,
        max_value=today(),
        format="YYYY-MM-DD",
        key=f"backtest:day:{of_year}",
        help="名单是哪一年的，就按那一年的规则。企业资料用档案里现在的。",
    )
    region = _ask_region(actor)
    source = st.text_input("名单是从哪里来的（网址）", max_chars=LONGEST_SOURCE, key="backtest:source")
    example = ask_example(actor)
    if not st.button("开始回测", type="primary", icon=":material/play_arrow:"):
        return None
    if measure is None:
        raise InputError("政策", "还没有选", "选一项再开始")
    with st.spinner("正在把名单和档案、规则对一遍…"):
        recipients = recipients_of(table, columns, year)
        return run_backtest(
            actor, measure, recipients, file=table.file, source=source, as_of=day, region=region, example=example
        )


def _ask_region(actor: Actor) -> str | None:
    if actor.region:
        return None
    return st.selectbox(
        "名单是哪里的",
        list(load_regions().names),
        None,
        key="backtest:region",
        placeholder="全市的就空着",
        help="“按规则符合、名单上没有”的，只在这个地方找",
    )


def ask_example(actor: Actor) -> bool:
    """Whether 示例 enterprises are meant; asked where there are real ones as well."""
    real, examples = count_enterprises(actor, example=False), count_enterprises(actor, example=True)
    if real and examples:
        return (
            st.segmented_control("和哪些企业比", ["真的", "示例"], default="真的", required=True, key="which") == "示例"
        )
    return not real


# ---- a run


def draw_head(run: Backtest) -> None:
    """What was held against what, when and by whom."""
    st.subheader(typed(run.measure), anchor=False)
    if run.example:
        st.markdown(EXAMPLE)
    where = run.region or run.scope or "全市"
    st.caption(
        typed(
            f"名单：{run.file}　来源：{run.source}　范围：{where}　规则按 {run.as_of}　政策库版本 {run.corpus_version}"
        )
    )
    st.caption(typed(f"{shown_moment(run.at)[:16]} 由 {run.by} 测；企业资料是那一刻档案里的。"))
    if run.period != "in_force":
        word, icon, _ = STATUS[run.period]
        st.warning(f"按 {run.as_of}，这项政策“{word}”。下面只按条件算。", icon=f":material/{icon}:")


def draw_figures(run: Backtest) -> None:
    """The hit rate with its interval and definition, then every kind with its number."""
    rate, interval = run.hit_rate, run.interval
    if rate is None or interval is None:
        st.info("名单上的企业，没有一家能按规则说出是或不是，算不出命中率。", icon=":material/info:")
    else:
        st.metric("命中率", f"{rate:.1%}")
        st.markdown(
            f"名单上 {run.decided:,} 家能下结论的，{run.found.get('hit', 0):,} 家按规则符合；"
            f"95%区间 {interval[0]:.1%}～{interval[1]:.1%}（威尔逊法）。"
        )
    rows = [
        {"结果": word, "几家": f"{run.found[kind]:,}", "名单上的钱": _yuan(run, kind), "意思": MEANING[kind]}
        for kind, word in FOUND.items()
        if run.found.get(kind)
    ]
    st.table(pd.DataFrame(rows), hide_index=True)
    st.caption(
        f"比的是 {run.enterprises:,} 家企业的档案；名单外还有 {run.open:,} 家资料不全，规则说不准。"
        "重复的行、读不出的行按行数。"
    )


def _yuan(run: Backtest, kind: Found) -> str:
    return show_yuan(run.amounts[kind]) if kind in run.amounts else "—"


def draw_conditions(run: Backtest) -> None:
    """Conditions by how many listed enterprises they excluded, and the facts that are missing most."""
    st.subheader("哪些条件挡住了名单上的企业", anchor=False)
    excluding = [one for one in run.conditions if one.excluded]
    if not excluding:
        st.markdown(":material/check_circle: 没有条件把名单上的企业排除在外。")
    for one in excluding:
        st.markdown(
            f"- **{typed(one.text)}**：挡住 {one.excluded:,} 家，其中只因为它的 {one.alone:,} 家　:gray[{typed(one.source)}]"
        )
    if excluding:
        st.caption("只因一条就挡住很多家的，先去核对那一条条件写得对不对。")
    if run.missing:
        specs = default_rulebook().facts.specs
        told = "、".join(
            f"{specs[name].label if name in specs else name}（{times:,} 家）" for name, times in run.missing[:8]
        )
        st.markdown(f"说不准的缺什么：{typed(told)}")


def draw_lines(actor: Actor, run: Backtest) -> None:
    """The lines of a run, by what was found, by condition and by words, each with its reason and a way to the record."""
    st.subheader("一行一行看", anchor=False)
    kinds = [kind for kind in FOUND if run.found.get(kind)]
    found = st.selectbox(
        "看哪一种",
        kinds,
        kinds.index("miss") if "miss" in kinds else 0,
        format_func=lambda kind: f"{FOUND[kind]}（{run.found[kind]:,}）",
        key=f"found:{run.id}",
    )
    condition = ""
    excluding = [one.text for one in run.conditions if one.excluded]
    if found == "miss" and excluding:
        condition = st.selectbox(
            "被哪一条挡住的", ["", *excluding], format_func=lambda text: text or "不限", key=f"by:{run.id}"
        )
    words = condition or st.text_input("名称、代码或原因里有", key=f"words:{run.id}", max_chars=60)
    count = count_lines(actor, run.id, found, words)
    place = page_number(count, _PAGE, f"page:{run.id}:{found}:{words}")
    for one in lines(actor, run.id, found, words, limit=_PAGE, offset=place * _PAGE):
        with st.container(gap="xxsmall"):
            if one.enterprise_id is None:
                st.markdown(f":material/{ICONS[one.found]}: **{typed(one.written or '（空）')}**")
            else:
                link("record", f"**{typed(one.written)}**", f":material/{ICONS[one.found]}:", id=one.enterprise_id)
            where = f"名单第 {one.line} 行　" if one.line else ""
            amount = "" if one.amount is None else f"{show_yuan(one.amount)}　"
            st.caption(typed(f"{FOUND[one.found]}　{where}{amount}{one.because or MEANING[one.found]}"))
    if not count:
        st.caption("没有这样的行。")
    draw_download("backtest", f"下载“{FOUND[found]}”的行（表格）", id=run.id, found=found, words=condition)
    draw_download("backtest", "下载全部（表格）", id=run.id)


# ---- beside another


def draw_again(actor: Actor, run: Backtest) -> None:
    """The same list once more, under the rules as they are now; the run stays as it is."""
    st.subheader("规则改过了，再测一次", anchor=False)
    st.caption("同一份名单，用现在的政策库和档案再测；这一次的结果不会变，两次可以放在一起比。")
    day = st.date_input(
        "按哪一天的规则", run.as_of, min_value=FIRST_DAY, max_value=max(today(), run.as_of), format="YYYY-MM-DD",
        key=f"again:{run.id}",
    )  # fmt: skip
    if st.button("再测一次", icon=":material/replay:"):
        with st.spinner("正在再测…"):
            st.query_params["id"] = str(run_again(actor, run.id, day))
        st.rerun()
    current = rulebook_for(run.as_of).corpus.fingerprint
    if current[:32] != run.corpus_version:
        st.markdown(":material/info: 测过以后政策库变过。")


def draw_comparison(actor: Actor, run: Backtest) -> None:
    """Figures of another run of the same measure beside these; line by line where it was the same list."""
    others = [one for one in list_backtests(actor, run.measure_id) if one.id != run.id and one.example == run.example]
    if not others:
        return
    st.subheader("和另一次比", anchor=False)
    by_id = {one.id: one for one in others}
    number = st.selectbox(
        "和哪一次比", list(by_id), None, format_func=lambda one: label_of(by_id[one]), key=f"other:{run.id}", placeholder="选一次"
    )  # fmt: skip
    if number is None:
        return
    other = by_id[number]
    first, second = sorted((run, other), key=lambda one: one.id)
    rows = [
        {
            "": word,
            f"第 {first.id} 次": f"{first.found.get(kind, 0):,}",
            f"第 {second.id} 次": f"{second.found.get(kind, 0):,}",
        }
        for kind, word in FOUND.items()
        if first.found.get(kind) or second.found.get(kind)
    ]
    rates = ["算不出" if one.hit_rate is None else f"{one.hit_rate:.1%}" for one in (first, second)]
    rows.insert(0, {"": "命中率", f"第 {first.id} 次": rates[0], f"第 {second.id} 次": rates[1]})
    st.table(pd.DataFrame(rows), hide_index=True)
    if first.list_hash != second.list_hash:
        st.caption("两次用的不是同一份名单，不能一行一行比。")
        return
    changed = changed_lines(actor, first.id, second.id)
    st.markdown(f"同一份名单，有 **{len(changed):,}** 行结果不一样。" if changed else "同一份名单，每一行结果都一样。")
    for one in changed[:50]:
        st.markdown(
            f"- {typed(one.written)}：{FOUND[one.before]} → **{FOUND[one.after]}**　:gray[{typed(one.because)}]"
        )


def label_of(run: Backtest) -> str:
    """A run in one line."""
    rate = "算不出" if run.hit_rate is None else f"命中率 {run.hit_rate:.1%}"
    return f"第 {run.id} 次　{shown_moment(run.at)[:10]}　规则按 {run.as_of}　{rate}　{run.file}"


def draw_earlier(actor: Actor) -> None:
    """The runs one may see, real ones and 示例 told apart."""
    runs = list_backtests(actor)
    if not runs:
        return
    st.subheader("以前测过的", anchor=False)
    for run in runs:
        with st.container(gap="xxsmall"):
            link("backtest", f"**{typed(run.measure)}**", ":material/history:", id=run.id)
            st.caption(f"{EXAMPLE if run.example else ''} {typed(label_of(run))}")
