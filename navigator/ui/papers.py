"""少带材料 on pages: what the plan may spare for a measure, with its words, and that one must ask first."""

from __future__ import annotations

from datetime import date

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Measure
from navigator.papers import fewer_papers
from navigator.ui.links import link
from navigator.ui.words import plain


def draw_fewer_papers(measure: Measure, day: date) -> None:
    """In full: each way, what it spares, the plan's words and where they stand."""
    corpus = default_corpus()
    found = fewer_papers(corpus, measure, day)
    if not found or corpus.papers is None:
        return
    with st.expander(
        f"**少带材料**：{'、'.join(dict.fromkeys(one.rule.way for one in found))}，去之前先问",
        icon=":material/inventory_2:",
    ):
        for one in found:
            rule = one.rule
            st.markdown(
                f"**{rule.way}**　{plain('、'.join(one.papers) + '：' if one.papers else '')}{plain(rule.short)}"
            )
            st.markdown(plain(rule.advice))
            st.caption(f"方案第{rule.commitment}项原话：“{plain(rule.quote)}”")
            if rule.see and rule.see != measure.id:
                link("measure", plain(corpus.measure_by_id[rule.see].name), ":material/description:", id=rule.see)
            link("commitments", f"第{rule.commitment}项承诺", ":material/handshake:", n=rule.commitment)
        st.caption(f":material/info: {plain(corpus.papers.caveat)}")


def fewer_papers_line(measure: Measure, day: date) -> str | None:
    """In one line, for cards and paper: `少带材料（先打12345问）：营业执照可能不用带纸的（免证办，第32项承诺）`."""
    found = fewer_papers(default_corpus(), measure, day)
    return (
        plain("少带材料（只见于征求意见稿，先打12345问）：" + "；".join(one.line for one in found)) if found else None
    )
