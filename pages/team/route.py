"""今日路线: the stops of a team's day in order, and the one thing to ask at each door."""

import streamlit as st

from navigator.delivery.routes import of_day
from navigator.matching import dates
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.links import FIRST_DAY, link
from navigator.ui.worklist import draw_route, pick_team

actor = require("team")
st.title("今日路线", anchor=False)
draw_told()
team = pick_team(actor)
if team is not None:
    day = st.date_input("哪一天", dates.today(), min_value=FIRST_DAY, format="YYYY-MM-DD", key="day-of-route")
    draw_route(actor, of_day(actor, team.id, day))
st.link_button("去没有信号的地方：带走这条路线", "/visit/", icon=":material/download_for_offline:", width="stretch")
link("worklist", "走访清单", ":material/checklist:")
