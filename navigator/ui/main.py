"""The frame of every page: navigation, the day asked for, the page itself, the foot. Runs on each rerun; pages do the rest."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from navigator.matching.dates import today  # noqa: E402
from navigator.ui import account, links  # noqa: E402
from navigator.ui.frame import draw_day, draw_foot, draw_style  # noqa: E402

# The icon is set first: otherwise each page's Material icon would be fetched as the window's icon from the network.
st.set_page_config(
    page_title="荆策通",
    page_icon=str(ROOT / "navigator" / "ui" / "icon.svg"),
    layout="centered",
    initial_sidebar_state="collapsed",
)
page = st.navigation(links.menus(account.role()), position="top")
st.set_page_config(page_title=f"{page.title}｜荆策通")
draw_style()
draw_day(today())
body = st.container()
draw_foot()  # before the page, which may end early with st.stop()
with body:
    page.run()
