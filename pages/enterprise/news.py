"""政策变化, for everybody: what begins, ends and is replaced between two days."""

import streamlit as st

from navigator.ui.links import link
from navigator.ui.policy_diff import draw_policy_diff, pick_days

st.title("政策有什么变化")
st.markdown("选两天，看这中间哪些政策开始了、到期了、被新的接替了，哪些在申报。")
draw_policy_diff(pick_days())
link("calendar", "哪天截止、哪天到期：政策日历", ":material/calendar_month:")
link("checkup", "答几个问题，看现在自己能享受什么", ":material/fact_check:")
