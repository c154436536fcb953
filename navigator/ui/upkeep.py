"""The two lists of upkeep on which staff also write: source links opened by hand, and visitors' remarks dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.load import Corpus
from navigator.errors import InputError
from navigator.intake.upkeep import (
    LINK_STATES,
    LONGEST,
    LinkState,
    Remark,
    SourceLink,
    note_link,
    remarks,
    settle_remark,
    source_links,
)
from navigator.store.audit import audit
from navigator.ui.links import link
from navigator.ui.words import badge, plain, typed

PAGE = 15
T = TypeVar("T")
_STATE: dict[LinkState, tuple[str, str, str]] = {
    "打得开": ("打得开", "check_circle", "green"),
    "打不开": ("打不开", "link_off", "red"),
    "换了": ("换了地方", "move_up", "orange"),
}


def page_of(rows: Sequence[T], name: str) -> Sequence[T]:
    """The rows of the page one is on, with the pager where there is more than one page."""
    pages = max(1, -(-len(rows) // PAGE))
    number = st.pagination(pages, key=f"page:{name}") if pages > 1 else 1
    return rows[(number - 1) * PAGE : number * PAGE]


def draw_links(actor: Actor, corpus: Corpus) -> None:
    """Every source link with what rests on it; a person opens it and notes what came."""
    rows = source_links(corpus)
    never = sum(row.last is None for row in rows)
    broken = sum(row.last is not None and row.last.state != "打得开" for row in rows)
    st.caption(f"共 {len(rows)} 个网址，{never} 个没核对过，{broken} 个打不开或换了地方。点开看一眼，把结果记下来。")
    _draw_refusal()
    for row in page_of(rows, "links"):
        _draw_link(actor, row)


def _draw_link(actor: Actor, row: SourceLink) -> None:
    with st.container(border=True):
        address = row.link.replace("(", "%28").replace(")", "%29")
        st.markdown(f"[{plain(row.link)}]({address})")
        if row.last:
            note = f"：{typed(row.last.note)}" if row.last.note else ""
            st.markdown(f"{badge(_STATE[row.last.state])} {row.last.at[:10]} {plain(row.last.by)}{note}")
        else:
            st.markdown(badge(("没核对过", "help", "blue")))
        for place, name in row.places[:5]:
            kind, _, one = place.partition(":")
            if kind == "measure":
                link("measure", plain(name), ":material/description:", id=one)
            else:
                st.caption(f"文件：{plain(name)}")
        with st.popover("记下结果", icon=":material/edit_note:"):
            key = f"link:{row.link}"
            st.radio("打开看到的", LINK_STATES, key=f"{key}:state", horizontal=True)
            st.text_input("说明（换了的写新网址）", key=f"{key}:note", max_chars=LONGEST)
            st.button("记下", key=f"{key}:keep", type="primary", on_click=_keep_link, args=(actor, row.link, key))


def _keep_link(actor: Actor, address: str, key: str) -> None:
    try:
        note_link(actor, address, st.session_state[f"{key}:state"], st.session_state[f"{key}:note"])
    except InputError as error:
        st.session_state["upkeep:refusal"] = str(error)


def _draw_refusal() -> None:
    refusal = st.session_state.pop("upkeep:refusal", None)
    if refusal:
        st.error(plain(refusal), icon=":material/error:")


def draw_remarks(actor: Actor, corpus: Corpus) -> None:
    """What visitors said, newest first; each is marked as dealt with by whoever did."""
    with_done = st.toggle("处理过的也列出来", key="with_done")
    rows = remarks(actor, with_done)
    if not st.session_state.get("upkeep:read"):
        st.session_state["upkeep:read"] = True
        audit(actor, "看留言", "remark:", {"条数": len(rows)})
    st.caption(f"{sum(not row.done_by for row in rows)} 条等着处理。留言里没有企业的信息，也没有留言人的名字。")
    _draw_refusal()
    for row in page_of(rows, "remarks"):
        _draw_remark(actor, corpus, row)


def _draw_remark(actor: Actor, corpus: Corpus, row: Remark) -> None:
    said = row.feedback
    with st.container(border=True):
        kind = "说写错了" if said.kind == "wrong" else "没找到要的"
        st.markdown(f"**{kind}**　{said.at[:16].replace('T', ' ')}")
        if said.query:
            st.markdown(f"问的是：{typed(said.query)}")
        if row.measure in corpus.measure_by_id:
            link("measure", plain(corpus.measure_by_id[row.measure].name), ":material/description:", id=row.measure)
            if row.place:
                st.caption(f"指的是：{plain(place_in_words(corpus, row.measure, row.place))}")
        st.markdown(f"> {typed(said.remark)}" if said.remark else "> （没有写字）")
        if row.done_by:
            answer = f"：{typed(row.answer)}" if row.answer else ""
            done = f"{plain(row.done_by)} {row.done_at[:16].replace('T', ' ')} 处理"
            st.markdown(f":material/check_circle: {done}{answer}")
            return
        key = f"remark:{row.key}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("怎么处理的", key=f"{key}:answer", max_chars=LONGEST)
            st.button(
                "处理完了", key=f"{key}:done", icon=":material/check:", on_click=_settle, args=(actor, row.key, key)
            )


def _settle(actor: Actor, remark: str, key: str) -> None:
    try:
        settle_remark(actor, remark, st.session_state[f"{key}:answer"])
    except InputError as error:
        st.session_state["upkeep:refusal"] = str(error)


_PARTS = {"conditions": "条件", "confirm": "要当面确认的", "benefit": "金额", "apply": "怎么办", "materials": "材料"}


def place_in_words(corpus: Corpus, measure_id: str, place: str) -> str:
    """`conditions/2` as a reader says it, with the line itself where it still stands."""
    name, _, position = place.partition("/")
    word = _PARTS.get(name, place)
    measure = corpus.measure_by_id[measure_id]
    lines = {"conditions": [one.text for one in measure.conditions], "confirm": measure.confirm}.get(name, [])
    if position.isdecimal() and int(position) < len(lines):
        return f"{word}第{int(position) + 1}条“{lines[int(position)]}”"
    return word
