"""What surrounds each page: the few rules of style that the theme cannot say, the day picker, the foot."""

from __future__ import annotations

from datetime import date

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.ui import links
from navigator.ui.account import draw_way_in

_STYLE = """
<style>
.stMainBlockContainer {padding-top: 4.2rem; padding-bottom: 3rem; max-width: 52rem;}
[data-testid="stBadge"] {white-space: normal;}
.stMarkdown li {margin-bottom: .25rem;}
h1, h2, h3 {line-height: 1.35; word-break: normal; overflow-wrap: anywhere;}
a[data-testid="stPageLink-NavLink"] p {white-space: normal;}
[data-testid="InputInstructions"] {display: none;}
.action {
  display: inline-block; box-sizing: border-box; padding: .45rem .9rem; font: inherit; cursor: pointer; text-decoration: none;
  color: #1D2B27 !important; background: #FFF; border: 1px solid #7C918A; border-radius: .6rem;
}
.action:hover {border-color: #17695A; color: #17695A !important;}
.action:focus-visible {outline: 3px solid #0B5F8A; outline-offset: 2px;}
.primary.action {color: #FFF !important; background: #17695A; border-color: #17695A;}
.stHtml form {margin: 0;}
[data-testid="stSelectboxVirtualDropdown"] [role="option"][style*="contents"] > span {font-size: 0;}
[data-testid="stSelectboxVirtualDropdown"] [role="option"][style*="contents"] > span::after {
  content: "没有对得上的，换个词试试"; font-size: .95rem;
}
@media (max-width: 640px) {
  .stMainBlockContainer {padding-left: .9rem; padding-right: .9rem;}
  h1 {font-size: 1.45rem !important;}
}
@media print {
  header, [data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"],
  .st-key-day, .st-key-print-controls, .st-key-foot {display: none !important;}
  .stMainBlockContainer {padding: 0 !important; max-width: none !important;}
  [data-testid="stAppViewContainer"], [data-testid="stMain"], .stApp {
    position: static !important; overflow: visible !important; height: auto !important;
  }
  [data-testid="stVerticalBlockBorderWrapper"], .stElementContainer {break-inside: avoid;}
}
</style>
"""


def draw_style() -> None:
    """Spacing, phone width and printing: what the theme has no setting for."""
    st.html(_STYLE)


def draw_day(today: date) -> None:
    """The day that all answers are given for; it travels in the URL as `as_of`."""
    unreadable = "as_of" in st.query_params and links.day_in_url() is None
    links.settle_day()
    with st.container(key="day", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.page_link(links.pages()["home"], label="**荆策通**", query_params=links.parameters(), width="content")
        chosen = links.as_of()
        label = "按今天的政策" if chosen == today else f"按 {chosen} 的政策"
        with st.popover(label, icon=":material/calendar_month:", type="tertiary"):
            st.date_input(
                "按哪一天的政策回答",
                min_value=links.FIRST_DAY,
                max_value=links.LAST_DAY,
                format="YYYY-MM-DD",
                key="as_of",
                on_change=links.carry_day,
                help="查以前能不能享受，或者看明年还在不在，换一天就行",
            )
    if unreadable:
        st.warning(
            f"链接里的日子用不上（要写成 2026-11-23 这样，{links.FIRST_DAY.year}年到{links.LAST_DAY.year}年之间），"
            f"现在按 {links.as_of()} 的政策回答。",
            icon=":material/event_busy:",
        )


def draw_foot() -> None:
    """Where to ask, and what this is not."""
    city = default_corpus().city
    with st.container(key="foot"):
        st.divider()
        phones = "　".join(f"{phone.number} {phone.name.removeprefix(phone.number)}" for phone in city.phones[:4])
        st.caption(f"拿不准就打电话：{phones}")
        st.caption(
            f"{city.product}帮您找政策、算条件，不代替主管部门的决定；金额是按您填的数估算的。"
            "您填的内容只留在这次打开的页面里，关掉就没有了；交上来的诉求和留言除外。"
        )
        draw_way_in()
