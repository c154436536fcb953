"""政策库: every measure with filters that stand in the URL and counts beside them; the booklet and the data to take along."""

import streamlit as st

from navigator.catalogue import OPTIONS, Facet, chosen, counts, entries
from navigator.matching.rulebook import rulebook_for
from navigator.ui.cards import measure_row
from navigator.ui.downloads import draw_handbook
from navigator.ui.filters import (
    PAGE,
    chosen_in_url,
    draw_clear,
    is_unreadable,
    multiselect_with_counts,
    pills_with_counts,
    to_first_page,
)
from navigator.ui.links import as_of, link
from navigator.ui.words import APPLY, MONEY, STATUS, VERIFICATION, plain

LENGTH = 20
ORDERS = {"domain": "按领域", "newest": "新发的在前", "ending": "快到期的在前"}

day = as_of()
corpus = rulebook_for(day).corpus
titles = {str(item.number): f"{item.number} {item.title}" for item in corpus.commitments}
options: dict[Facet, tuple[str, ...]] = {**OPTIONS, "commitment": tuple(titles)}
words = {
    "status": lambda value: STATUS[value][0].removesuffix("，不算钱"),
    "apply": lambda value: APPLY[value][0],
    "verification": lambda value: VERIFICATION[value][0].removesuffix("，办理前请核对"),
    "money": MONEY.__getitem__,
}
labels: dict[Facet, str] = {
    "status": f"{day} 有没有效",
    "domain": "领域",
    "level": "谁出的",
    "delivery": "怎么办",
    "apply": "现在收不收申请",
    "verification": "核实到哪一步",
    "money": "金额",
    "commitment": "对应哪项承诺",
}
choice = {name: chosen_in_url(name, options[name]) for name in labels}

st.title("政策库")
text = st.text_input(
    "名称或文号里有",
    key="text",
    bind="query-params",
    max_chars=60,
    placeholder="比如：高新技术、贴息、财税〔2023〕",
    on_change=to_first_page,
)
listed = entries(corpus.measures, day)


def draw_filter(name: Facet) -> None:
    """One filter with its counts."""
    if name == "commitment":
        multiselect_with_counts(labels[name], name, options[name], counts(listed, {}, name), titles.__getitem__)
    else:
        pills_with_counts(labels[name], name, options[name], counts(listed, choice, name, text), words.get(name, str))


draw_filter("status")
picked = sum(bool(choice[name]) for name in labels if name != "status")
with st.expander(
    "再筛：领域、级别、怎么办、核实、金额、承诺" + (f"（用了 {picked} 样）" if picked else ""), key="more"
):
    for name in labels:
        if name != "status":
            draw_filter(name)
if is_unreadable(options):
    st.info("链接里有一个筛选看不懂，没有用上。", icon=":material/filter_alt_off:")

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    order = st.segmented_control(
        "怎么排",
        list(ORDERS),
        format_func=ORDERS.get,
        default="domain",
        required=True,
        key="order",
        bind="query-params",
        label_visibility="collapsed",
    )
    draw_clear(list(labels), "text")

found = chosen(listed, choice, text, order or "domain")
st.markdown(f"**{len(found)} 项**" + (f"　共 {len(listed)} 项" if len(found) < len(listed) else ""))
if not found:
    st.info("没有同时满足这些筛选的政策，去掉一两个再看。", icon=":material/search_off:")
    link("search", f"用大白话找“{plain(text)}”" if text else "用大白话去找政策", ":material/search:", q=text)
count = max(1, -(-len(found) // LENGTH))
rows = st.container()
number = st.pagination(count, key=PAGE, bind="query-params") if count > 1 else 1
with rows:
    for entry in found[(number - 1) * LENGTH : number * LENGTH]:
        measure_row(entry.measure, entry.status, entry.apply_state)

st.divider()
draw_handbook(day)
link("open-data", "下载全部数据（CSV、JSON）和数据字典", ":material/database:")
link("platforms", f"方案里的 {len(corpus.platforms)} 个平台和机制", ":material/hub:")
