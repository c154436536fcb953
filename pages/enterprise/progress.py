"""承诺进展 for everybody: each figure of the plan by the value of the city that staff made public."""

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.delivery.board import public_progress
from navigator.delivery.board_plan import RULE
from navigator.errors import InputError
from navigator.ui.board import draw_public, number_in_url
from navigator.ui.links import as_of, link
from navigator.ui.words import plain

st.title("承诺进展", anchor=False)
corpus = default_corpus()
st.warning(corpus.city.plan_banner, icon=":material/history:")
link("commitments", "45项承诺写的是什么", ":material/handshake:")
try:
    found = public_progress(as_of())
except InputError as fault:
    st.error(plain(str(fault)), icon=":material/error:")
    st.stop()
told = sum(one.value is not None for one in found)
if told:
    st.markdown(f"方案写明的 {len(found)} 个数字里，有 **{told}** 个公开了数据。")
else:
    st.info(f"方案写明的 {len(found)} 个数字，还没有公开过数据。", icon=":material/inbox:")
st.caption(plain(RULE))
number = number_in_url(len(corpus.commitments))
only = st.toggle("只看有数据的", value=number is None and told > 0, key="only")
draw_public([one for one in found if one.value is not None or not only], number)
if number is not None:
    link("progress", "看全部", ":material/arrow_back:")
