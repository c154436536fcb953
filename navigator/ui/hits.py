"""Hits that are no measures, the marking of what matched, and the line that says what was also looked for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.corpus.segment import Clause
from navigator.grouping import commitment_of
from navigator.retrieval.lexicon import Expansion
from navigator.retrieval.library import LibraryHit
from navigator.retrieval.spelling import Correction
from navigator.ui.links import link
from navigator.ui.words import badge, plain, typed

_KIND_CHIP = {
    "commitment": ("承诺", "handshake", "violet"),
    "platform": ("平台和机制", "hub", "blue"),
    "clause": ("条文", "article", "gray"),
}


def draw_expansions(expansions: Sequence[Expansion], dropped: list[str]) -> None:
    """`也按 个体工商户 查找`, each with a way to drop it, and what was dropped with a way back."""
    terms = list(dict.fromkeys(expansion.term for expansion in expansions))
    if not terms and not dropped:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if terms:
            st.markdown("也按")
        for term in terms:
            st.button(
                term,
                icon=":material/close:",
                key=f"drop:{term}",
                help="不要按这个词找",
                on_click=dropped.append,
                args=(term,),
            )
        if terms:
            st.markdown("查找")
        if dropped:
            st.button(f"恢复：{'、'.join(dropped)}", type="tertiary", icon=":material/undo:", on_click=dropped.clear)


def draw_corrections(query: str, corrections: Sequence[Correction]) -> None:
    """What was read as something else, and a way to take the words as they were written."""
    if query in st.session_state["as_written"]:
        st.button("帮我改错字和拼音", type="tertiary", on_click=st.session_state["as_written"].discard, args=(query,))
        return
    if corrections:
        read = "、".join(f"“{typed(one.written)}”当作“{plain(one.meant)}”" for one in corrections)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/spellcheck: 把{read}来找")
            st.button("就按我写的找", type="tertiary", on_click=st.session_state["as_written"].add, args=(query,))


def draw_ways_out(narrowed: bool) -> None:
    """What to do when nothing says what was asked."""
    lines = ["换个短一点的说法试试，比如“贷款”“招人”“电费”"]
    if narrowed:
        lines.append("上面的筛选可能太窄，去掉一两个再看")
    lines.append("还是没有，就打 [12345](tel:12345) 问")
    st.markdown("\n".join(f"- {line}" for line in lines))


def draw_nearest(hits: Sequence[LibraryHit]) -> None:
    """The nearest topics by title alone: what is not an answer is not dressed as one."""
    if hits:
        st.markdown("**最接近的话题**（不一定是您要的）")
    for hit in hits:
        if hit.kind == "measure":
            link("measure", plain(hit.title), ":material/description:", id=hit.id)
        elif hit.kind == "commitment":
            link("commitments", f"第{hit.id}项承诺　{plain(hit.title)}", ":material/handshake:", n=hit.id)
        elif hit.kind == "platform":
            link("platforms", plain(hit.title), ":material/hub:", id=hit.id)
        else:
            st.markdown(f"- {plain(hit.title)}")


def draw_hit(hit: LibraryHit, clauses: Sequence[LibraryHit] = ()) -> None:
    """A commitment or a platform as a card, with the clauses that belong to it."""
    with st.container(border=True):
        st.markdown(badge(_KIND_CHIP[hit.kind]))
        if hit.kind == "platform":
            link("platforms", f"**{plain(hit.title)}**", id=hit.id)
            _draw_platform(hit.id)
        else:
            link("commitments", f"**第{hit.id}项　{plain(hit.title)}**", n=hit.id)
            st.markdown(marked(hit))
            st.caption(plain(hit.source))
        draw_clauses(clauses)


def draw_clauses(clauses: Sequence[LibraryHit]) -> None:
    """Clauses that speak of it too, below what they belong to: number and heading, place, what matched."""
    for hit in clauses:
        number = _clause(hit.id).number
        st.markdown(f":material/article: **{plain(number)}　{plain(hit.title)}**")
        st.caption(plain(_clause_place(hit.id)))
        st.markdown(marked(hit))
        commitment = commitment_of(hit.id, default_corpus())
        if commitment:
            link("commitments", f"这是第{commitment}项承诺", ":material/handshake:", n=commitment)


def draw_document(document_id: str, clauses: Sequence[LibraryHit], most: int = 3) -> None:
    """A document as a card with its clauses that were found; more than `most` are folded away."""
    with st.container(border=True):
        st.markdown(badge(_KIND_CHIP["clause"]))
        st.markdown(f"**{plain(default_corpus().document_by_id[document_id].title)}**")
        draw_clauses(clauses[:most])
        if len(clauses) > most:
            with st.expander(f"这份文件里还有 {len(clauses) - most} 处"):
                draw_clauses(clauses[most:])


def _clause(clause_id: str) -> Clause:
    document_id, _, place = clause_id.partition("#")
    return default_corpus().document_by_id[document_id].clause_by_id[place]


def _clause_place(clause_id: str) -> str:
    """Document and the headings above a clause."""
    document = default_corpus().document_by_id[clause_id.partition("#")[0]]
    above = _clause(clause_id).path
    return " › ".join([document.title, *(document.clause_by_id[one].heading for one in above)])


def _draw_platform(platform_id: str) -> None:
    platform = default_corpus().platform_by_id[platform_id]
    st.markdown(plain(platform.what))
    lines = (("给谁用", platform.for_whom), ("怎么用上", platform.how))
    for label, text in lines:
        if text:
            st.caption(f"{label}：{plain(text)}")
    for measure_id in platform.measures[:3]:
        name = default_corpus().measure_by_id[measure_id].name
        link("measure", plain(name), ":material/description:", id=measure_id)
    for number in platform.commitments[:3]:
        link("commitments", f"出自第{number}项承诺", ":material/handshake:", n=number)


def marked(hit: LibraryHit) -> str:
    """The snippet as Markdown, the words that matched on a coloured ground and bold."""
    parts, end = [], 0
    for start, stop in hit.spans:
        parts += [plain(hit.snippet[end:start]), f":primary-background[**{plain(hit.snippet[start:stop])}**]"]
        end = stop
    return "".join([*parts, plain(hit.snippet[end:])])
