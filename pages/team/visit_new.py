"""记一次走访: the enterprise, and the form, which keeps what was typed while another enterprise is chosen; its page opens."""

from dataclasses import replace

import streamlit as st

from navigator.delivery.visits import keep
from navigator.errors import InputError
from navigator.matching import dates
from navigator.ui.account import require
from navigator.ui.acting import form_key, tell
from navigator.ui.links import link, pages, parameters
from navigator.ui.visits import draw_choice, draw_uploader, save_photos
from navigator.ui.visits_form import Place, draw_note
from navigator.ui.words import sentence

actor = require("team")
link("visits", "所有走访记录", ":material/arrow_back:")
st.title("记一次走访", anchor=False)
chosen = draw_choice(actor)
place = Place("visit-new")
note = draw_note(actor, chosen or 0, place)
files = draw_uploader(place.key("photos"))
if st.button("存下来", type="primary", icon=":material/save:"):
    if chosen is None:
        st.error("还没有选去的是哪家企业，在最上面选；您填的都还在。", icon=":material/error:")
        st.stop()
    try:
        number = keep(actor, replace(note, client_id=form_key(place.key("form"), note)), dates.today())
    except InputError as fault:
        st.error(sentence(fault), icon=":material/error:")
        st.stop()
    refused = save_photos(actor, number, files)
    tell("存下来了。" + (f"有几张照片没存上：{'。'.join(refused)}" if refused else ""))
    st.switch_page(pages()["visit-record"], query_params=parameters(id=number))
