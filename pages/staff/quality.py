"""数据质量: which missing fact leaves how many matches undecided, what contradicts itself, what is out of date; each down to its rows."""

import streamlit as st

from navigator.store.enterprises import count_enterprises
from navigator.store.quality import DAYS, KINDS, lines
from navigator.ui.account import draw_download, require
from navigator.ui.links import as_of, link
from navigator.ui.quality import chosen_fact, draw_kind, survey_of
from navigator.ui.records import draw_record_line, page_number

PAGE = 20
ABOUT = {
    "missing": "缺了它，政策对不上号。“卡住”是一家企业对一项政策算一次；“只差它”的，问到就有结论。",
    "contradicted": "档案里写的，和按别的信息推出来的不一样，要核对。",
    "outdated": "太久没有更新，可能变了。名称、信用代码、成立日期不算。",
}

actor = require("staff")
day = as_of()
st.title("数据质量", anchor=False)
real, examples = count_enterprises(actor, example=False), count_enterprises(actor, example=True)
if not real + examples:
    st.info("还没有企业档案，先导入一张名单。", icon=":material/inbox:")
    link("imports", "导入", ":material/table_view:")
    st.stop()
example = not real
if real and examples:
    example = st.segmented_control("看哪些企业", ["真的", "示例"], default="真的", required=True, key="which") == "示例"
kind = st.segmented_control(
    "看哪一张清单",
    list(KINDS),
    format_func=KINDS.__getitem__,
    default="missing",
    key="kind",
    bind="query-params",
    required=True,
)
days = DAYS
if kind == "outdated":
    days = st.select_slider("多少天没更新算太旧", (90, 180, 365, 730), DAYS, key="days", bind="query-params")

found = survey_of(actor, day, example, days)
st.markdown(
    f"{actor.area}{'示例' if example else ''}企业 **{found.records:,}** 家，对 {found.measures} 项在有效期内的政策："
    f"有 **{found.undecided:,}** 次因为信息不全没有结论。"
)
st.caption(ABOUT[kind])
draw_kind(kind, found)
fact = chosen_fact(kind, found)
if fact:
    rows = lines(actor, kind, fact, day, example=example, days=days)
    st.subheader(f"是哪些企业（{len(rows):,} 家）", anchor=False)
    place = page_number(len(rows), PAGE, f"page:{kind}:{fact}")
    for row in rows[place * PAGE : (place + 1) * PAGE]:
        draw_record_line(row.id, row.name, f"{row.region or '地区未知'}　{row.note}", example)
    draw_download(
        "quality",
        "下载这张清单（表格）",
        kind=kind,
        fact=fact,
        as_of=day.isoformat(),
        days=days,
        example=int(example),
    )
