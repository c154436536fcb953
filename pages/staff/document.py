"""文件草稿: an uploaded text, its facts and clauses corrected by hand, looked through, and released by a second person."""

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.errors import InputError
from navigator.intake.changes import document_changes
from navigator.intake.texts import doubts
from navigator.ui.account import draw_download, require
from navigator.ui.changes import draw_changes
from navigator.ui.links import link, pages
from navigator.ui.releasing import draw_release, state_line
from navigator.ui.text_editor import desk_of, draw_dropped, draw_facts, draw_history, draw_notices, draw_rows
from navigator.ui.words import plain, typed

actor = require("staff")
try:
    desk = desk_of(actor, st.query_params.get("id", ""))
except InputError as error:
    st.title("没有这份草稿")
    st.markdown(plain(str(error)))
    link("intake", "回到资料入库", ":material/arrow_back:")
    st.stop()

link("intake", "资料入库", ":material/arrow_back:")
st.title(typed(desk.draft.title))
st.markdown(state_line(desk.draft))
draw_notices(desk)
found = doubts(desk.text)
serious = [one for one in found if one.serious]
if desk.text.file_name:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"来自：{typed(desk.text.file_name)}", width="content")
        draw_download("original", "下载原件", draft=desk.draft.id)

facts, clauses, release, history = st.tabs(["文件信息", "条款", "核对和发布", "历史"], key="view")
with facts:
    if desk.draft.state == "released":
        st.caption("已经发布，改动请从资料入库里另开一份。")
    else:
        draw_facts(desk)
with clauses:
    if desk.draft.state == "released":
        st.caption("已经发布，改动请从资料入库里另开一份。")
    else:
        draw_rows(desk, found)
        draw_dropped(desk)
with release:
    for one in found:
        place = f"第{one.row + 1}条 {desk.text.rows[one.row].label}：" if one.row is not None else ""
        icon, word = ("error", "要改") if one.serious else ("help", "看一眼")
        st.markdown(
            f":{'red' if one.serious else 'orange'}-badge[:material/{icon}: {word}] {plain(place + one.sentence)}"
        )
    if not found:
        st.markdown(":material/check_circle: 没有发现疑问。")
    released = default_corpus().document_by_id.get(desk.text.facts.id)
    if released and desk.draft.state != "released" and desk.draft.head.origin == f"document:{released.id}":
        st.markdown("**和已发布的那一版比**")
        draw_changes(document_changes(released.segmented, desk.text.segmented()))
    draw_release(actor, desk.draft, not serious, found="大约十秒后，在“找政策”里能搜到它的条文。")
    if "draft" in pages():
        link("draft", "从这份文件起草政策事项", ":material/edit_document:", document=desk.draft.id)
with history:
    draw_history(desk)
