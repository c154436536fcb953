"""平台和机制: what the plan names, whom it is for and how to reach it; each has a link of its own."""

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.platforms import WHO, Facet, chosen, counts
from navigator.ui.filters import (
    PAGE,
    chosen_in_url,
    draw_clear,
    is_unreadable,
    multiselect_with_counts,
    pills_with_counts,
    to_first_page,
)
from navigator.ui.links import link
from navigator.ui.platforms import SERVE, draw_platform
from navigator.ui.words import typed

LENGTH = 25

corpus = default_corpus()
st.title("平台和机制")
wanted = st.query_params.get("id", "")
if wanted in corpus.platform_by_id:
    draw_platform(corpus.platform_by_id[wanted], opened=True)
    link("platforms", f"看全部 {len(corpus.platforms)} 个", ":material/arrow_back:")
    st.stop()
if wanted:
    st.info("链接里的编号不对，全部都在下面。", icon=":material/search_off:")

st.markdown(
    f"方案里点到的 {len(corpus.platforms)} 个平台、机制和专项行动。方案是征求意见稿，找不到的打 [12345](tel:12345) 问。"
)
text = st.text_input(
    "名称、用处或平常的叫法里有",
    key="text",
    bind="query-params",
    max_chars=60,
    placeholder="比如：贷款、招聘、投诉",
    on_change=to_first_page,
)
titles = {str(item.number): f"{item.number} {item.title}" for item in corpus.commitments}
options: dict[Facet, tuple[str, ...]] = {"who": tuple(WHO), "serve": tuple(SERVE), "commitment": tuple(titles)}
choice = {name: chosen_in_url(name, values) for name, values in options.items()}
pills_with_counts(
    "您能不能用",
    "serve",
    options["serve"],
    counts(corpus.platforms, choice, "serve", text),
    lambda value: SERVE[value][0],
)
pills_with_counts("给谁用", "who", options["who"], counts(corpus.platforms, choice, "who", text))
multiselect_with_counts(
    "出自哪项承诺", "commitment", options["commitment"], counts(corpus.platforms, {}, "commitment"), titles.__getitem__
)
if is_unreadable(options):
    st.info("链接里有一个筛选看不懂，没有用上。", icon=":material/filter_alt_off:")

found = chosen(corpus.platforms, choice, text)
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(f"**{len(found)} 个**")
    draw_clear(list(options), "text")
if not found:
    st.info(
        f"没有找到{f'说“{typed(text)}”的' if text else '符合的'}，去掉一两个筛选再看。", icon=":material/search_off:"
    )
pages = max(1, -(-len(found) // LENGTH))
rows = st.container()
number = st.pagination(pages, key=PAGE, bind="query-params") if pages > 1 else 1
with rows:
    for platform in found[(number - 1) * LENGTH : number * LENGTH]:
        draw_platform(platform)
