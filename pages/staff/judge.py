"""评判: draw the audit sample of a month and judge it push by push, blind to what others found."""

import streamlit as st

from navigator.delivery.metrics import months_with_pushes
from navigator.delivery.months import month_text
from navigator.delivery.samples import progress, seed_of
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.judging import chosen_task, draw_drawing, draw_item, draw_progress, draw_verdict, item_for
from navigator.ui.links import link
from navigator.ui.precision import chosen_month, chosen_world, draw_mark

actor = require("staff")
st.title("评判", anchor=False)
draw_told()
example = chosen_world(actor)
draw_mark(example)
if not months_with_pushes(actor, example=example):
    st.info("还没有发出过推送，没有可以评判的。", icon=":material/inbox:")
    st.stop()
month = chosen_month(actor, example)
states = progress(actor, month, example=example)

if any(one.drawn for one in states):
    task = chosen_task(actor, month, example)
    item = item_for(actor, month, task, example)
    if item is None:
        st.success("这一样没有等着的了。", icon=":material/check_circle:")
    else:
        draw_item(item)
        draw_verdict(actor, item, task)
st.subheader("这个月的进度", anchor=False)
draw_progress(states, seed_of(actor, month, example=example))
draw_drawing(actor, month, states, example)
link("precision", "看精准率", ":material/target:", month=month_text(month))
