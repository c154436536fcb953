"""The two ways in for a text: a file, or words pasted. Streamlit's own English in its uploader is replaced by Chinese."""

from __future__ import annotations

import streamlit as st

from navigator.auth import Actor
from navigator.errors import InputError
from navigator.intake.shelf import default_shelf
from navigator.intake.texts import draft_of
from navigator.intake.upload import LARGEST, take
from navigator.ui.links import pages, parameters
from navigator.ui.words import plain

_TYPES = ("docx", "pdf", "html", "htm", "txt", "md")
UPLOADER_IN_CHINESE = """
<style>
[data-testid="stFileUploader"] [data-testid="stBaseButton-secondary"] p {font-size: 0;}
[data-testid="stFileUploader"] [data-testid="stBaseButton-secondary"] p::after {content: "选一个文件"; font-size: 1rem;}
[data-testid="stFileUploaderDropzoneInstructions"] span {font-size: 0;}
[data-testid="stFileUploaderDropzoneInstructions"] span::after {content: "也可以把文件拖到这里"; font-size: .875rem;}
</style>
"""


def draw_uploader(actor: Actor) -> None:
    """A box for a file and one for pasted words; what is read becomes a draft, and its page opens."""
    st.html(UPLOADER_IN_CHINESE)
    megabytes = LARGEST // 1_000_000
    file = st.file_uploader(
        f"政策文件：Word、PDF、网页或文字，最大 {megabytes} MB", type=_TYPES, max_upload_size=megabytes
    )
    if file and st.button("读这份文件", type="primary", icon=":material/upload_file:"):
        _open(actor, file.getvalue(), file.name)
    with st.expander("没有文件，直接粘贴文字"):
        pasted = st.text_area("政策原文", height=200, max_chars=1_000_000, key="pasted")
        if st.button("读这段文字", icon=":material/content_paste:"):
            _open(actor, pasted.encode(), "粘贴的文字.txt")


def _open(actor: Actor, data: bytes, name: str) -> None:
    """Read, put a draft on the shelf and go there; a refusal is one sentence, and what was given stays in its box."""
    try:
        with st.spinner("正在读这份文件…"):
            text = draft_of(take(actor, data, name))
            made = default_shelf().create(
                actor, "document", text.content(), text.facts.title, text.facts.id, f"upload:{text.original}"
            )
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.switch_page(pages()["document"], query_params=parameters(id=made.id))
