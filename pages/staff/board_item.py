"""一项承诺: its figures with their values, its units, its tasks."""

import streamlit as st

from navigator.delivery.board import standing, unit_standing
from navigator.delivery.board_plan import commitments
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.board import number_in_url
from navigator.ui.board_item import draw_duties, draw_figure, draw_tasks
from navigator.ui.links import as_of, link
from navigator.ui.words import plain

actor = require("staff")
link("board", "承诺看板", ":material/arrow_back:")
known = commitments()
number = number_in_url(len(known))
if number is None:
    st.title("没有这一项", anchor=False)
    st.markdown(f"只有1到{len(known)}项，从看板里选。")
    st.stop()
item = known[number]
st.title(f"{number}　{plain(item.title)}", anchor=False)
draw_told()
st.caption(plain(item.action))
with st.expander("方案原文"):
    st.markdown(plain(item.text))
st.subheader("指标", anchor=False)
by_unit = unit_standing(actor, as_of())
for one in standing(actor, as_of(), number):
    draw_figure(actor, one, [part for part in by_unit if part.target == one.target])
if not item.targets:
    st.markdown("这一项没有写数字，只有任务。")
draw_duties(actor, number)
task = st.query_params.get("task", "")
draw_tasks(actor, number, as_of(), int(task) if task.isascii() and task.isdigit() and len(task) < 10 else None)
