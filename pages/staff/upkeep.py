"""政策维护: what needs a person's eye: not fully verified, ending, due for review, source links, visitors' remarks; each as CSV."""

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.intake import upkeep
from navigator.matching.rulebook import rulebook_for
from navigator.ui.account import draw_download, require
from navigator.ui.links import as_of, link
from navigator.ui.upkeep import draw_links, draw_remarks, page_of
from navigator.ui.words import plain

actor = require("staff")
day = as_of()
corpus = default_corpus().on(day)
LISTS = {"verify": "待核", "ending": "将到期", "review": "待复审", "links": "链接", "remarks": "留言"}

st.title("政策维护")
for fault in (*corpus.releases.faults, *rulebook_for(day).faults):
    st.error(f"有一份发布的内容没有采用：{plain(str(fault))}", icon=":material/gpp_bad:")

chosen = st.segmented_control(
    "看哪一张清单",
    list(LISTS),
    format_func=LISTS.__getitem__,
    default="ending",
    key="list",
    bind="query-params",
    required=True,
)
days = 90
if chosen in ("ending", "review"):
    days = st.select_slider("往后看多少天", (30, 60, 90, 180, 365), 90, key="days", bind="query-params")

if chosen == "verify":
    rows = upkeep.unverified(corpus)
    st.caption(f"{len(rows)} 项没有读到官方原文，或还有没弄清的；核实后从政策详情里改。")
    for row in page_of(rows, "verify"):
        link("measure", f"**{plain(row.name)}**", id=row.measure)
        st.caption(plain(f"{row.verification}：{row.open_point}"))
elif chosen == "ending":
    endings = upkeep.ending(corpus, day, days)
    st.caption(f"从 {day} 起 {days} 天内，有 {len(endings)} 项到期。")
    for row in page_of(endings, "ending"):
        link("measure", f"**{plain(row.name)}**", id=row.measure)
        st.markdown(f":material/event: {row.day}　{plain(row.what)}　还剩 {row.left} 天")
        if row.note:
            st.caption(plain(row.note))
elif chosen == "review":
    dues = upkeep.due(corpus, day, days)
    st.caption(f"{len(dues)} 项在 {days} 天内要复审，或没有写复审日。")
    for row in page_of(dues, "review"):
        link("measure", f"**{plain(row.name)}**", id=row.measure)
        when = "没有写复审日" if row.left is None else f"已过 {-row.left} 天" if row.left < 0 else f"还有 {row.left} 天"
        st.markdown(f":material/event_repeat: {row.review_by or ''}　{when}　上次复核：{plain(row.last_read)}")
elif chosen == "links":
    draw_links(actor, corpus)
else:
    draw_remarks(actor, corpus)

draw_download("upkeep", f"下载“{LISTS[chosen]}”清单（表格）", list=chosen, days=days, as_of=day.isoformat())
