"""走访清单: whom to visit next and why; chosen into a day's route; a shop met on the way; the teams."""

import streamlit as st

from navigator.delivery.worklist import latest
from navigator.matching import dates
from navigator.store.enterprises import count_enterprises
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.links import link
from navigator.ui.worklist import draw_lines, draw_made, draw_new_shop, draw_teams, pick_lines, pick_team

actor = require("team")
st.title("走访清单", anchor=False)
st.markdown("先去谁家、为什么去：有人在等的、能拿的钱还没拿的、差一步的、好久没去的，排在前面。")
draw_told()
draw_new_shop(actor)
has_examples = count_enterprises(actor, example=True) > 0
example = has_examples and st.toggle(
    "看示例企业",
    value=count_enterprises(actor, example=False) == 0,
    key="example",
    help="示例企业是虚构的，不算进任何数字",
)
made = latest(actor, example=example)
draw_made(actor, made, example)
left, right = st.columns(2)
with left:
    team = pick_team(actor)
today = dates.today()
day = right.date_input("排到哪一天", today, min_value=today, format="YYYY-MM-DD", key="day-of-route")
link("route", "看今日路线", ":material/route:")
if made is not None:
    draw_lines(actor, pick_lines(actor, team), team, day, example)
draw_teams(actor)
