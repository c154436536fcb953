"""一家企业: its facts with their sources, what it can have, its history. The address has a number, never code or name."""

import streamlit as st

from navigator.errors import InputError
from navigator.store.audit import shown_moment
from navigator.store.enterprises import read_enterprise
from navigator.ui.account import require
from navigator.ui.acting import draw_told
from navigator.ui.appeals import draw_appeals_of
from navigator.ui.calendar_links import draw_links_of
from navigator.ui.contacts import draw_contacts
from navigator.ui.links import as_of, link
from navigator.ui.records import EXAMPLE, draw_benefits, draw_facts, draw_history, record_in_url
from navigator.ui.records_edit import draw_editor
from navigator.ui.words import sentence, typed

VIEWS = {"facts": "资料", "benefits": "能享受什么", "history": "改过什么", "contacts": "联系", "appeals": "诉求"}

actor = require("staff")
try:
    record = read_enterprise(actor, record_in_url(actor))
except InputError as fault:
    st.title("没有找到这份档案", anchor=False)
    st.info(sentence(fault), icon=":material/search_off:")
    link("records", "到企业档案里查", ":material/domain:")
    st.stop()

st.title(typed(record.name), anchor=False)
st.markdown(
    f"{EXAMPLE if record.example else ''} {record.uscc}　{record.region or '地区未知'}　知道 {len(record.facts)} 项"
)
st.caption(f"第{record.version}版，{shown_moment(record.changed)[:16]} {typed(record.changed_by)} 改")
view = st.segmented_control(
    "看什么",
    list(VIEWS),
    format_func=VIEWS.__getitem__,
    default="facts",
    key="view",
    bind="query-params",
    required=True,
    label_visibility="collapsed",
)
if view == "benefits":
    draw_told()
    draw_benefits(record, as_of())
    draw_links_of(actor, record)
elif view == "history":
    draw_history(actor, record)
elif view == "contacts":
    draw_contacts(actor, record)
elif view == "appeals":
    draw_appeals_of(actor, record)
else:
    draw_editor(actor, record)
    draw_facts(record)
link("records", "回企业档案", ":material/arrow_back:")
