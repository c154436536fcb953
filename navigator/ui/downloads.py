"""Files to take along: the booklet, a measure's picture to share, a firm's own package, the open data.

Each is made when its button is pressed, not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Literal

import streamlit as st

from navigator import opendata
from navigator.corpus.model import Measure
from navigator.errors import InputError
from navigator.matching.rulebook import rulebook_for
from navigator.ui.words import plain

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PACK_TYPES = {"pdf": "application/pdf", "docx": _WORD, "xlsx": _EXCEL}


def draw_handbook(day: date) -> None:
    """The 政策手册 of the day, for paper and for editing."""
    if _tells_what_is_missing("政策手册"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for form, label, mime, icon in (
            ("pdf", "政策手册 PDF", "application/pdf", ":material/picture_as_pdf:"),
            ("docx", "政策手册 Word", _WORD, ":material/description:"),
        ):
            st.download_button(
                label,
                data=partial(_handbook, form, day),
                file_name=f"荆策通政策手册_{day}.{form}",
                mime=mime,
                icon=icon,
                on_click="ignore",
            )
    st.caption(f"按 {day} 还有效的政策编成一册，点了以后要等几秒到十几秒。")


def draw_share(measure: Measure, day: date) -> None:
    """A picture of one measure with a code that leads back to it."""
    if _tells_what_is_missing("分享图片"):
        return
    st.download_button(
        "分享图片",
        data=partial(_card, measure, day),
        file_name=f"{measure.name}_{day}.png",
        mime="image/png",
        icon=":material/share:",
        on_click="ignore",
        help="一张带二维码的图，可以发到群里；扫码回到这一页",
    )


def draw_pack(profile: Mapping[str, Any], day: date) -> None:
    """The 一企一策 package of what was answered so far, for paper, for editing, for calculating."""
    if _tells_what_is_missing("一企一策"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for form, label, icon in (
            ("pdf", "一企一策 PDF", ":material/picture_as_pdf:"),
            ("docx", "一企一策 Word", ":material/description:"),
            ("xlsx", "一企一策 Excel", ":material/table_view:"),
        ):
            st.download_button(
                label,
                data=partial(_pack, dict(profile), form, day),
                file_name=f"一企一策_{day}.{form}",
                mime=_PACK_TYPES[form],
                icon=icon,
                on_click="ignore",
            )
    st.caption("一份能带走的：能享受什么、为什么、怎么算、带什么、去哪办，还有差一步的和要问的。")


def draw_tables(day: date) -> None:
    """Each table of the open data: what it is, the two files, and its columns."""
    for table in opendata.tables().values():
        with st.container(border=True):
            st.markdown(f"**{table.title}**　:gray[{table.name}]")
            st.caption(table.about)
            with st.container(horizontal=True):
                for form, mime in (("csv", "text/csv"), ("json", "application/json")):
                    st.download_button(
                        form.upper(),
                        data=partial(_table, table.name, form, day),
                        file_name=opendata.file_name(table.name, form, day),
                        mime=mime,
                        icon=":material/download:",
                        key=f"download:{table.name}:{form}",
                        on_click="ignore",
                    )
            with st.expander(f"每一列的意思（{len(table.columns)} 列）"):
                st.markdown("\n".join(_column(column) for column in table.columns))


def _tells_what_is_missing(what: str) -> bool:
    """Whether papers cannot be made here, said in one sentence: an error inside a download would be shown in English."""
    from navigator.reports.fonts import paper_font  # half a second, once a process

    try:
        paper_font()
    except InputError as fault:
        st.caption(f":material/info: {what}现在下载不了：{plain(str(fault))}")
        return True
    return False


def _column(column: opendata.Column) -> str:
    kind = f"{column.type}，{column.unit}" if column.unit else column.type
    allowed = "；".join(f"`{value}` {word}" if word else value for value, word in column.values)
    return f"- `{column.name}` {column.meaning}　:gray[{kind}]" + (f"  \n  {allowed}" if allowed else "")


def _handbook(form: Literal["docx", "pdf"], day: date) -> bytes:
    from navigator.reports.handbook import handbook_bytes  # seconds of imports that no page need wait for

    return handbook_bytes(form, day)


def _pack(profile: Mapping[str, Any], form: Literal["docx", "pdf", "xlsx"], day: date) -> bytes:
    from navigator.reports.pack import pack_bytes

    return pack_bytes(profile, form, day)


def _card(measure: Measure, day: date) -> bytes:
    from navigator.reports.card import measure_card_png

    return measure_card_png(measure, day)


def _table(name: str, form: opendata.Format, day: date) -> bytes:
    return opendata.table_bytes(name, form, rulebook_for(day), day)
