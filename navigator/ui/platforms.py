"""A platform or mechanism on pages, and the links that lead to those of a measure or a commitment."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Measure, Platform
from navigator.ui.links import link
from navigator.ui.words import Chip, badge, plain

SERVE: dict[str, Chip] = {
    "build": ("荆策通里就能用", "apps", "green"),
    "route": ("企业可以找上门", "signpost", "blue"),
    "track": ("政府内部的事", "visibility", "gray"),
}


def platforms_of(measure: Measure) -> list[Platform]:
    """The platforms through which a measure is obtained."""
    return [platform for platform in default_corpus().platforms if measure.id in platform.measures]


def draw_platform(platform: Platform, opened: bool = False) -> None:
    """One platform, folded to its name: what, for whom, how to reach it, and what it belongs to."""
    corpus = default_corpus()
    with st.expander(f"**{plain(platform.name)}**　:gray[{plain(platform.what)}]", expanded=opened):
        st.markdown(badge(SERVE[platform.serve]))
        lines = (
            ("给谁用", platform.for_whom),
            ("怎么用上", platform.how),
            ("在哪里" if platform.commitments else "在方案里的位置", platform.where),
        )
        st.markdown("\n".join(f"- **{label}**：{plain(text)}" for label, text in lines if text))
        if platform.phone:
            st.markdown(f":material/call: [{platform.phone}](tel:{platform.phone})")
        for measure_id in platform.measures:
            link("measure", plain(corpus.measure_by_id[measure_id].name), ":material/description:", id=measure_id)
        for number in platform.commitments:
            title = corpus.commitment_by_number[number].title
            link("commitments", f"第{number}项承诺　{plain(title)}", ":material/handshake:", n=number)
        if not platform.name_verbatim:
            st.caption("名称是概括的，不是方案里的原字。")
        if not opened:
            link("platforms", "这一个的单独链接", ":material/link:", id=platform.id)


def draw_platform_links(platforms: Sequence[Platform]) -> None:
    """Links to platforms, each with what it is."""
    for platform in platforms:
        link("platforms", f"{plain(platform.name)}：{plain(platform.what)}", ":material/hub:", id=platform.id)
