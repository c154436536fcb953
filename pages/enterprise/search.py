"""找政策: everyday words in; measures, commitments, platforms and clauses out, with what was also looked for."""

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Delivery, Domain
from navigator.grouping import group
from navigator.matching.dates import period
from navigator.matching.rulebook import rulebook_for
from navigator.search import ask, is_ready, library
from navigator.ui.hits import draw_corrections, draw_expansions, draw_nearest, draw_ways_out
from navigator.ui.links import as_of, link
from navigator.ui.profile import assessment, profile
from navigator.ui.remarks import remark_popover
from navigator.ui.searching import draw_found
from navigator.ui.words import typed

KINDS = {"measure": "政策", "commitment": "承诺", "platform": "平台", "clause": "条文"}
LEVELS = ("国家", "湖北省", "荆门市")
FILTERS = {"kind": tuple(KINDS.values()), "domain": Domain.__args__, "delivery": Delivery.__args__, "level": LEVELS}
PAGE = 10

day = as_of()
rulebook = rulebook_for(day)
st.title("找政策")
query = st.text_input(
    "想问什么？用大白话就行",
    key="q",
    bind="query-params",
    type="search",
    max_chars=200,
    placeholder="比如：摆摊的能少交税吗",
).strip()
unknown_filter = any(one not in known for name, known in FILTERS.items() for one in st.query_params.get_all(name))
kind = st.segmented_control("找哪一类", list(KINDS), format_func=KINDS.get, key="kind", bind="query-params")
with st.expander("再筛一筛：领域、办理方式、级别、是否有效"):
    domains = st.pills("领域", Domain.__args__, selection_mode="multi", key="domain", bind="query-params")
    deliveries = st.pills("办理方式", Delivery.__args__, selection_mode="multi", key="delivery", bind="query-params")
    levels = st.pills("级别", LEVELS, selection_mode="multi", key="level", bind="query-params")
    only_valid = st.toggle(f"只看 {day} 在有效期内的", key="valid", bind="query-params")
if unknown_filter:
    st.info("链接里有一个筛选看不懂，没有用上。", icon=":material/filter_alt_off:")
filtered = bool(domains or deliveries or levels or only_valid)


def fits(measure_id: str) -> bool:
    """Whether a measure passes the filters."""
    measure = rulebook.by_id[measure_id].measure
    return (
        (not domains or measure.domain in domains)
        and (not deliveries or measure.delivery in deliveries)
        and (not levels or measure.level in levels)
        and (not only_valid or period(measure, day) == "in_force")
    )


if not query:
    st.info("写一句话就开始找。想一项项翻，去政策库。", icon=":material/edit:")
    link("library", f"翻政策库（{len(rulebook.measures)} 项，可以筛选、下载）", ":material/library_books:")
    link("platforms", f"翻平台和机制（{len(rulebook.corpus.platforms)} 个）", ":material/hub:")
    st.stop()

results = {one.measure.id: one for one in assessment(day).measures} if profile() else {}
if not is_ready():
    with st.status("第一次使用，正在准备检索…", expanded=True) as status:
        library(st.write)
        status.update(label="准备好了", state="complete", expanded=False)

dropped = st.session_state.setdefault("dropped", {}).setdefault(query, [])
as_written = query in st.session_state.setdefault("as_written", set())
kinds = {kind} if kind else ({"measure"} if filtered else None)
answer = ask(query, kinds, top=60 if filtered else 20, drop=dropped, as_written=as_written)
found = answer.result
hits = [hit for hit in found.hits if hit.kind != "measure" or fits(hit.id)]
draw_corrections(query, answer.corrections)
draw_expansions(found.expansions, dropped)

answered = found.strong or any(query in f"{hit.title}{hit.snippet}" for hit in hits)
if not answered:
    st.info(f"没有找到正好说“{typed(query)}”的{KINDS.get(kind, '内容')}。", icon=":material/search_off:")
    draw_ways_out(filtered or bool(kind))
    draw_nearest(hits[:5])
    remark_popover("not_wanted", "我要找的没有，告诉工作人员", query)
    st.stop()

groups = group(hits, default_corpus(), by_document=kind == "clause")
st.caption(f"按 {day} 的政策，找到 {len(groups)} 条，最相关的在前")
for one in groups[:PAGE]:
    draw_found(one, day, results)
if len(groups) > PAGE:
    with st.expander(f"再看 {len(groups) - PAGE} 条"):
        for one in groups[PAGE:]:
            draw_found(one, day, results)
remark_popover("not_wanted", "都不是我要的", query)
