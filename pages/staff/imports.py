"""导入: a table of enterprises becomes records: choose it, say what its columns are, look at the first rows, go."""

import streamlit as st

from navigator.store.importing import list_imports
from navigator.ui.account import require
from navigator.ui.imports import (
    draw_chooser,
    draw_columns,
    draw_origin,
    draw_preview,
    draw_running,
    draw_state,
    may_start,
    shown_import,
    start,
)
from navigator.ui.links import link

actor = require("staff")
st.title("导入企业名单", anchor=False)
st.markdown(
    "各部门的表格不用改格式：选文件，核对每一列是什么，就能收进企业档案。"
    f"您负责{actor.area}" + ("，别处的企业不收，会写明原因。" if actor.region else "。")
)

shown = shown_import()
if shown is not None:
    draw_running(actor, shown)
    link("records", "到企业档案里看", ":material/domain:")

chosen = draw_chooser(actor)
if chosen is not None:
    kept, sheet, proposed = chosen
    st.subheader("每一列是什么", anchor=False)
    uses = draw_columns(kept, sheet, proposed)
    st.subheader("从哪里来", anchor=False)
    plan = draw_origin(actor, kept, uses)
    if may_start(actor, sheet, plan):
        draw_preview(actor, sheet, plan)
        if st.button("开始导入", type="primary", icon=":material/play_arrow:"):
            start(actor, kept, sheet, plan)

earlier = [one for one in list_imports(actor) if one.id != shown]
if earlier:
    st.subheader("以前导入的", anchor=False)
    for state in earlier:
        draw_state(actor, state)
with st.expander("重复的企业怎么合并", icon=":material/help:"):
    st.markdown(
        "- 信用代码一样就是同一家，每一项分开比：**日期新的为准**，日期一样的以后导入的为准。\n"
        "- 空格、“未知”、“-”不会盖掉已有的。\n"
        "- 每一项都记着从哪里来、是哪一天的；以前的写法在“改过什么”里。\n"
        "- 同一张表再导一次，什么都不会变；断了接着导，也不会重复。"
    )
