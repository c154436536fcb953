"""回测: a published list of recipients against the rules: whom they hit, whom they miss and by which condition, whom they find besides."""

import streamlit as st

from navigator.delivery.backtest import read_backtest
from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.backtest import (
    ask_and_run,
    draw_again,
    draw_chooser,
    draw_columns,
    draw_comparison,
    draw_conditions,
    draw_earlier,
    draw_figures,
    draw_head,
    draw_lines,
)
from navigator.ui.links import link
from navigator.ui.words import plain

actor = require("staff")
st.title("回测", anchor=False)
chosen = st.query_params.get("id", "")
if chosen:
    try:
        run = read_backtest(actor, int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        link("backtest", "回到回测", ":material/arrow_back:")
        st.stop()
    draw_head(run)
    draw_figures(run)
    draw_conditions(run)
    draw_lines(actor, run)
    draw_again(actor, run)
    draw_comparison(actor, run)
    link("backtest", "测另一份名单", ":material/upload_file:")
    st.stop()

st.markdown(
    "拿一份**已经公示的名单**（谁得到了这项政策）来对我们的规则：名单上的企业，规则说不说得中；说不中的，是哪一条条件挡住的。"
)
table = draw_chooser(actor)
if table is not None:
    columns = draw_columns(table)
    try:
        number = ask_and_run(actor, table, columns)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        number = None
    if number is not None:
        st.query_params["id"] = str(number)
        st.rerun()
draw_earlier(actor)
