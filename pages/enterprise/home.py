"""首页: one box to ask in everyday words, and the four ways in."""

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.matching.dates import period
from navigator.ui.links import as_of, link, pages, parameters

day = as_of()
corpus = default_corpus().on(day)
st.title(f"{corpus.city.product}　{corpus.city.name}惠企政策，问一句就知道")

with st.form("ask", border=False):
    question = st.text_input(
        "想问什么？用大白话就行", placeholder="比如：摆摊的能少交税吗", type="search", max_chars=200
    )
    asked = st.form_submit_button("找政策", type="primary", icon=":material/search:", width="stretch")
if asked and question.strip():
    st.switch_page(pages()["search"], query_params=parameters(q=question.strip()))

st.caption("试试这些问法")
with st.container(horizontal=True):
    for example in ("招了应届生有补贴吗", "贷款利息太高", "电费能打折吗", "高新企业有什么好处"):
        st.page_link(
            pages()["search"], label=example, query_params=parameters(q=example), icon=":material/chat_bubble:"
        )

in_force = [measure for measure in corpus.measures if period(measure, day) == "in_force"]
no_application = [measure for measure in corpus.measures if measure.delivery == "免申即享"]
ways = (
    (
        "checkup",
        ":material/fact_check:",
        "政策体检",
        "答6个问题，马上看到能享受什么、为什么、大约多少钱",
        f"在有效期内的政策 {len(in_force)} 项",
    ),
    (
        "no-application",
        ":material/redeem:",
        "免申即享",
        "不用申请，部门比对数据后直接给；也列出刚到期的",
        f"共 {len(no_application)} 项",
    ),
    (
        "commitments",
        ":material/handshake:",
        "45项承诺",
        "荆门“5+3行动”说过要做到什么，哪些跟您有关",
        f"{sum(len(c.targets) for c in corpus.commitments)} 个写明的数字",
    ),
    (
        "library",
        ":material/library_books:",
        "政策库",
        "按领域、级别、办理方式慢慢翻，数据和手册都能下载",
        f"政策 {len(corpus.measures)} 项、平台 {len(corpus.platforms)} 个",
    ),
)
grid = st.grid(2, min_column_width=260)
for name, icon, title, text, count in ways:
    with grid.cell(), st.container(border=True, height="stretch"):
        link(name, f"**{title}**", icon=icon)
        st.markdown(text)
        st.caption(count)
