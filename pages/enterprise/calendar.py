"""政策日历: what opens, closes and ends, month by month; for who answered questions only what fits; to take along as a file."""

import streamlit as st

from navigator.reports.calendar import events, later, undated
from navigator.ui.acting import draw_told
from navigator.ui.calendar_links import draw_subscription
from navigator.ui.links import as_of, link
from navigator.ui.policy_calendar import (
    choose_measures,
    choose_years,
    draw_caveat,
    draw_file,
    draw_months,
    draw_nothing,
    draw_undated,
)

day = as_of()
st.title("政策日历", anchor=False)
st.markdown("哪天开始受理、哪天截止、哪天到期，一个月一个月排好；可以存进手机日历，快到了提醒您。")
draw_told()
only = choose_measures(day)
until = later(day, choose_years())
listed = events(day, until, only)
if listed:
    st.markdown(f"从 {day} 到 {until}，有 **{len(listed)}** 个日子。")
    draw_file(listed, day)
    draw_months(listed)
else:
    draw_nothing(day, until, only)
draw_undated(undated(day, only))
draw_caveat()
draw_subscription(day, only)
link("news", "看看政策有什么变化", ":material/compare_arrows:")
