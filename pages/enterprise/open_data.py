"""开放数据: every table as CSV and JSON, and what each column means."""

import streamlit as st

from navigator import opendata
from navigator.matching.rulebook import rulebook_for
from navigator.ui.downloads import draw_tables
from navigator.ui.links import as_of, link
from navigator.ui.words import plain

day = as_of()
book = rulebook_for(day)
st.title("开放数据")
st.markdown(f"政策库里的内容，谁都可以下载。按 {day} 算，版本 `{book.corpus.fingerprint}`。**不含任何企业的信息。**")
draw_tables(day)

st.subheader("怎么看这些文件", anchor=False)
st.markdown("\n".join(f"- {plain(note)}" for note in opendata.NOTES))
st.download_button(
    "数据字典（Markdown）",
    data=lambda: opendata.dictionary_markdown(book).encode(),
    file_name="荆策通_数据字典.md",
    mime="text/markdown",
    icon=":material/menu_book:",
    on_click="ignore",
)
st.markdown(
    "程序可以直接取：`/api/v1/open`（有哪些表）、`/api/v1/open/dictionary`（数据字典）、"
    "`/api/v1/open/measures.csv`、`/api/v1/open/measures.json`，别的表换个名字；加 `?as_of=2026-11-23` 按那一天算。"
)
link("library", "回到政策库", ":material/arrow_back:")
