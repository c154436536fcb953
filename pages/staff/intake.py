"""资料入库: texts come in here, and all drafts stand here, those that wait for a second person first."""

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.intake.shelf import KIND_NAMES, Draft, default_shelf
from navigator.intake.texts import draft_of_document
from navigator.ui.account import require
from navigator.ui.links import link, pages, parameters
from navigator.ui.releasing import state_line
from navigator.ui.uploading import draw_uploader
from navigator.ui.words import typed

PAGES = {"document": "document", "measure": "draft"}

actor = require("staff")
shelf = default_shelf()


def draw_drafts(drafts: list[Draft]) -> None:
    """Drafts as lines that lead to them."""
    for draft in drafts:
        with st.container(border=True):
            link(PAGES[draft.kind], f"{KIND_NAMES[draft.kind]}：{typed(draft.title)}", id=draft.id)
            st.markdown(state_line(draft))
            if draft.head.note:
                st.caption(typed(draft.head.note))


st.title("资料入库")
st.markdown("上传政策原文，系统切成条款，您改好，再由另一位工作人员核对发布，大家就能搜到。")
draw_uploader(actor)
link("draft", "不上传文件，直接写一项政策", ":material/edit_document:")

drafts = shelf.list()
waiting = [draft for draft in drafts if draft.state == "proposed"]
st.subheader(f"等第二个人核对（{len(waiting)}）", anchor=False)
draw_drafts(waiting)
writing = [draft for draft in drafts if draft.state == "draft"]
st.subheader(f"正在写的草稿（{len(writing)}）", anchor=False)
draw_drafts(writing)
done = [draft for draft in drafts if draft.state in ("released", "withdrawn")]
if done:
    with st.expander(f"已发布和撤下的（{len(done)}）"):
        draw_drafts(done[:50])

released = [document for document in default_corpus().documents if document.front.read_as == "upload"]
if released:
    st.subheader(f"已发布的文件（{len(released)}）", anchor=False)
    chosen = st.selectbox("哪一份", released, format_func=lambda document: document.title, key="released")
    front = chosen.front
    st.caption(
        f"{front.added_by} 整理，{front.released_by} 核对，{front.released_on} 发布；共 {len(chosen.clauses)} 条。"
    )
    if st.button("改这份文件", icon=":material/edit:"):
        text = draft_of_document(chosen)
        made = shelf.create(actor, "document", text.content(), chosen.title, chosen.id, f"document:{chosen.id}")
        st.switch_page(pages()["document"], query_params=parameters(id=made.id))
