"""Hits that are no measures, the marking of what matched, and the line that says what was also looked for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from navigator.corpus.load import default_corpus
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
        else:
            st.markdown(f"- {plain(hit.title)}")


def draw_hit(hit: LibraryHit) -> None:
    """A commitment, platform or clause as a card."""
    with st.container(border=True):
        st.markdown(badge(_KIND_CHIP[hit.kind]))
        if hit.kind == "commitment":
            link("commitments", f"**第{hit.id}项　{plain(hit.title)}**", n=hit.id)
        else:
            st.markdown(f"**{plain(hit.title)}**")
        if hit.kind == "platform":
            _draw_platform(hit.id)
            return
        st.markdown(marked(hit))
        if hit.kind == "clause":
            st.caption(plain(_clause_place(hit.id)))
            number = commitment_of(hit.id)
            if number:
                link("commitments", f"这是第{number}项承诺", ":material/handshake:", n=number)
        else:
            st.caption(plain(hit.source))


def commitment_of(clause_id: str) -> str | None:
    """The number of the commitment that a clause of the plan is, if it is one."""
    corpus = default_corpus()
    document, _, place = clause_id.partition("#")
    number = place.rsplit("/", 1)[-1]
    is_commitment = document == corpus.city.plan_document and place.count("/") == 2 and number.isdigit()
    return number if is_commitment and int(number) in corpus.commitment_by_number else None


def without_repeats(hits: Sequence[LibraryHit]) -> list[LibraryHit]:
    """Hits in order, without clauses that stand there already as the commitment they are."""
    shown = {hit.id for hit in hits if hit.kind == "commitment"}
    return [hit for hit in hits if hit.kind != "clause" or commitment_of(hit.id) not in shown]


def _clause_place(clause_id: str) -> str:
    """Document and the headings above a clause."""
    document_id, _, place = clause_id.partition("#")
    document = default_corpus().document_by_id[document_id]
    clause = document.clause_by_id[place]
    return " › ".join([document.title, *(document.clause_by_id[one].heading for one in clause.path)])


def _draw_platform(platform_id: str) -> None:
    platform = default_corpus().platform_by_id[platform_id]
    st.markdown(plain(platform.what))
    parts = [
        f"给谁用：{platform.for_whom}" if platform.for_whom else "",
        f"怎么找到：{platform.where}" if platform.where else "",
    ]
    st.caption(plain("　".join(part for part in parts if part)))
    for number in platform.commitments[:3]:
        link("commitments", f"出自第{number}项承诺", ":material/handshake:", n=number)


def marked(hit: LibraryHit) -> str:
    """The snippet as Markdown, the words that matched on a coloured ground and bold."""
    parts, end = [], 0
    for start, stop in hit.spans:
        parts += [plain(hit.snippet[end:start]), f":primary-background[**{plain(hit.snippet[start:stop])}**]"]
        end = stop
    return "".join([*parts, plain(hit.snippet[end:])])
