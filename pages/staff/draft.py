"""起草事项: a measure from a text's clauses or by hand, checked at every change, tried out, counted, and handed to a second person."""

import streamlit as st

from navigator.errors import InputError
from navigator.ui.account import require
from navigator.ui.drafting import desk_of, draw_notices, draw_unsaved, faults, found_in_text
from navigator.ui.drafting_conditions import draw_conditions
from navigator.ui.drafting_fields import draw_benefit, draw_identity, draw_relations, draw_way
from navigator.ui.drafting_start import draw_measure_start, draw_proposals, draw_start
from navigator.ui.drafting_text import draw_faults, draw_first_day, draw_history, draw_text
from navigator.ui.drafting_trial import draw_reach, draw_trials
from navigator.ui.links import as_of, link
from navigator.ui.releasing import draw_release, state_line
from navigator.ui.words import plain, typed

STEPS = ("给谁", "是什么", "得到什么", "怎么办", "和别的事项", "试一试", "会惠及谁", "核对和发布", "整份和历史")

wanted = st.query_params.get("id", "")
draw_unsaved(wanted)
actor = require("staff")
link("intake", "资料入库", ":material/arrow_back:")
if not wanted:
    st.title("起草政策事项")
    if "document" in st.query_params:
        draw_proposals(actor, st.query_params["document"])
    elif "measure" in st.query_params:
        draw_measure_start(actor, st.query_params["measure"])
    else:
        draw_start(actor)
    st.stop()

try:
    desk = desk_of(wanted)
except InputError as error:
    st.title("没有这份草稿")
    st.markdown(plain(str(error)))
    link("draft", "看所有正在写的事项", ":material/edit_document:")
    st.stop()

st.title(typed(desk.draft.title))
st.markdown(state_line(desk.draft))
draw_notices(desk)
found = faults(desk) if desk.is_open else []
draw_faults(found, desk.is_open)

step = st.segmented_control("写到哪一步", STEPS, default=STEPS[0], required=True, key="step", bind="query-params")
if desk.fields is None and step != "整份和历史":
    st.warning("这份草稿现在读不成一份事项，请到“整份和历史”里改好。内容都在，没有丢。", icon=":material/edit_note:")
    st.stop()
source = found_in_text(desk)
if source and source.not_found() and step in STEPS[:4]:
    st.caption(f":material/search_off: 文件里没找到：{plain('、'.join(source.not_found()))}。空着或自己填。")
match step:
    case "给谁":
        draw_conditions(desk, source)
    case "是什么":
        draw_identity(desk, source)
    case "得到什么":
        draw_benefit(desk, source)
    case "怎么办":
        draw_way(desk, source)
    case "和别的事项":
        draw_relations(desk)
    case "试一试":
        draw_trials(desk, as_of())
    case "会惠及谁":
        draw_reach(desk, as_of())
    case "整份和历史":
        draw_text(desk)
        draw_history(desk)
    case _:
        draw_release(actor, desk.draft, not found, draw_first_day(desk), "在“政策库”和“政策体检”里都能查到。")
