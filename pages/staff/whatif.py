"""如果改条件: a measure with one condition changed: who would gain or lose it, by region, industry and size. Nothing is written."""

import streamlit as st

from navigator.comparison import UNCHANGED_OTHERS, rows_csv, rows_frame
from navigator.matching.dates import period
from navigator.matching.rulebook import rulebook_for
from navigator.matching.whatif import what_if
from navigator.ui.account import require
from navigator.ui.city import draw_effect, draw_rows_download, pick_city
from navigator.ui.links import as_of
from navigator.ui.whatif import ask_edit, pick_measure
from navigator.ui.words import STATUS, chips

actor = require("staff")
day = as_of()
book = rulebook_for(day)

st.title("如果改条件")
st.markdown("把一项政策的一个条件改一改，看多出来或者少掉哪些企业、多少钱。只是算一算，**政策库不会变**。")
compiled = pick_measure(book)
status = period(compiled.measure, day)
if status != "in_force":
    chips([STATUS[status]])
    st.caption(f"按 {day} 这项政策不在有效期内或者没有核实，下面只按条件算。")
setting = ask_edit(compiled, book)
city = pick_city(actor)
if setting is None or city is None:
    st.stop()

found = what_if(compiled.measure.id, [setting], city, day)
st.subheader("改了以后", anchor=False)
st.markdown(f"条件符合的由 **{found.before:,}** 家变成 **{found.after:,}** 家。")
if found.shift.may_gain or found.shift.may_lose:
    st.caption(
        f"另有 {found.shift.may_gain:,} 家可能得到、{found.shift.may_lose:,} 家原来可能有现在没有了，信息不全，说不准。"
    )
draw_effect(found.effect, UNCHANGED_OTHERS)
draw_rows_download(actor, f"如果改条件_{compiled.measure.id}_{day}", lambda: rows_csv(rows_frame([found.shift], city)))
