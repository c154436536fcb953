"""窗口办理: who is here, what can be had today and what to bring, the result; today's cases, import, handled measures."""

import streamlit as st

from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.links import link
from navigator.ui.window import draw_cases, draw_decision, draw_finding, draw_handled, draw_import, draw_offers

VIEWS = ("办一件", "办件", "导入", "受理哪些事项")

actor = require("staff")
st.title("窗口办理", anchor=False)
draw_told()
view = st.segmented_control("做什么", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params")
match view:
    case "办一件":
        record = draw_finding(actor)
        offer = draw_offers(record) if record else None
        if record and offer:
            draw_decision(actor, record, offer)
    case "办件":
        draw_cases(actor)
    case "导入":
        draw_import(actor)
    case _:
        draw_handled(actor)
link("precision", "窗口受理率和其他指标", ":material/monitoring:")
