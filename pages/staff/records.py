"""企业档案: find a record by name or code, or begin one. What is looked for stays out of the address."""

import streamlit as st

from navigator.corpus.regions import load_regions
from navigator.errors import InputError
from navigator.matching.dates import today
from navigator.store.audit import shown_moment
from navigator.store.enterprises import (
    LONGEST_SOURCE,
    add_enterprise,
    count_enterprises,
    count_found,
    find_enterprises,
    recent_enterprises,
)
from navigator.ui.account import require
from navigator.ui.links import link, pages, parameters
from navigator.ui.records import draw_record_line, page_number
from navigator.ui.words import sentence

PAGE = 20

actor = require("staff")
st.title("企业档案", anchor=False)
real, examples = count_enterprises(actor, example=False), count_enterprises(actor, example=True)
st.markdown(
    f"{actor.area}有 **{real:,}** 家企业的档案" + (f"，另有示例企业 {examples:,} 家" if examples else "") + "。"
)

words = st.text_input(
    "查企业", placeholder="名称里的几个字，或信用代码开头几位", max_chars=100, key="words", icon=":material/search:"
)
if words.strip():
    count = count_found(actor, words)
    if count:
        place = page_number(count, PAGE, f"page:{words}")
        st.caption(f"找到 {count:,} 家，按名称排。")
        found = find_enterprises(actor, words, limit=PAGE, offset=place * PAGE)
    else:
        found = []
        st.info("没有找到。少打几个字试试；也可能还没有建档，或者归别的区域管。", icon=":material/search_off:")
else:
    found = recent_enterprises(actor, limit=10)
    st.subheader("最近改过的", anchor=False)
    if not found:
        st.info("还没有企业。先导入一张名单，或者在下面新建。", icon=":material/inbox:")
for one in found:
    more = f"{one.region or '地区未知'}　{shown_moment(one.changed)[:10]}更新　{one.uscc}"
    draw_record_line(one.id, one.name, more, one.example)

st.subheader("加企业", anchor=False)
link("imports", "导入一张名单（表格）", ":material/table_view:")
with st.expander("新建一家", icon=":material/add:"), st.form("add", border=False):
    uscc = st.text_input("统一社会信用代码", max_chars=40, key="new-uscc")
    name = st.text_input("名称", max_chars=200, key="new-name")
    regions = [actor.region] if actor.region else list(load_regions().names)
    region = st.selectbox("所在地区", regions, 0 if actor.region else None, key="new-region", placeholder="选一个")
    source = st.text_input("从哪里知道的", key="new-source", placeholder="如 11月20日走访", max_chars=LONGEST_SOURCE)
    pressed = st.form_submit_button("新建", type="primary", icon=":material/add:")
if pressed:
    facts = {"uscc": uscc.strip().upper(), "name": name.strip(), "region": region}
    try:
        made = add_enterprise(actor, facts, source=source, on=today())
    except InputError as fault:
        st.error(sentence(fault), icon=":material/error:")
    else:
        st.switch_page(pages()["record"], query_params=parameters(id=made.id))
