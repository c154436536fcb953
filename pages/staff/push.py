"""一批推送: a new one, or one on its way from draft to done: checked, tried out, approved by a second person, sent, withdrawn."""

import streamlit as st

from navigator.delivery.batches import read_batch
from navigator.delivery.previewing import parts
from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.links import as_of, link
from navigator.ui.pushes import draw_head, draw_preview, draw_rows, draw_sample, draw_selecting
from navigator.ui.pushes_form import draw_form
from navigator.ui.pushes_steps import (
    draw_propose,
    draw_proposed,
    draw_said,
    draw_sending,
    draw_start,
    draw_trial,
    draw_withdraw,
)
from navigator.ui.words import plain, typed

VIEWS = ("有多少", "抽看和试发", "清单")

actor = require("staff")
link("pushes", "所有推送", ":material/arrow_back:")
wanted = st.query_params.get("id", "")
if not wanted:
    st.title("新建推送", anchor=False)
    draw_form(actor, as_of())
    st.stop()
try:
    batch = read_batch(actor, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
except InputError as fault:
    st.title("没有这一批", anchor=False)
    st.markdown(plain(str(fault)))
    st.stop()

st.title(typed(batch.draft.title), anchor=False)
draw_head(batch)
draw_said()
if batch.state in ("selecting", "broken"):
    draw_selecting(actor, batch)
    draw_withdraw(actor, batch)
    st.stop()
found = parts(actor, batch.id)
match batch.state:
    case "draft":
        draw_start(actor, batch)
    case "selected":
        draw_propose(actor, batch)
    case "proposed":
        draw_proposed(actor, batch)
    case "approved" | "done":
        draw_sending(actor, batch, found)
if batch.state != "draft":
    view = st.segmented_control("看什么", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params")
    match view:
        case "有多少":
            draw_preview(batch, found)
        case "抽看和试发":
            draw_trial(actor, batch)
            draw_sample(actor, batch)
        case "清单":
            draw_rows(actor, batch, found)
if batch.state in ("draft", "selected"):
    with st.expander("改这一批", icon=":material/edit:"):
        draw_form(actor, batch.as_of, batch)
if batch.state != "withdrawn":
    draw_withdraw(actor, batch)
