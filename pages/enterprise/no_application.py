"""免申即享: measures that come by themselves; those that ended lately stay, with what is known of renewal and whom to ring."""

import streamlit as st

from navigator.matching.dates import apply_state, period
from navigator.matching.rulebook import rulebook_for
from navigator.ui.cards import measure_card
from navigator.ui.links import as_of, link
from navigator.ui.profile import assessment, profile
from navigator.ui.words import chips, measure_chips, plain

day = as_of()
rulebook = rulebook_for(day)
st.title("免申即享")
st.markdown(
    "这些政策**不用申请**：部门拿系统里的数据比对，符合的直接减、直接退、直接打款。您要做的，只是把社保、税务系统里的账号和信息填对。"
)

measures = [compiled.measure for compiled in rulebook.measures if compiled.measure.delivery == "免申即享"]
results = {one.measure.id: one for one in assessment(day).measures} if profile() else {}
if not results:
    link("checkup", "先做政策体检，看自己够不够条件", ":material/fact_check:")

now = [measure for measure in measures if period(measure, day) in ("in_force", "not_yet")]
st.subheader(f"现在有的（{len(now)}项）", anchor=False)
if not now:
    st.info(f"按 {day} 看，没有查到正在执行的免申即享政策。", icon=":material/search_off:")
for measure in now:
    measure_card(measure, day, results.get(measure.id))

unsure = [measure for measure in measures if period(measure, day) == "unverified"]
if unsure:
    st.subheader(f"还没核实的（{len(unsure)}项）", anchor=False)
    st.caption("方案或网上提到过，但没有查到能确认的文件，不要当成一定有。")
    for measure in unsure:
        measure_card(measure, day, results.get(measure.id))

ended = sorted((m for m in measures if period(m, day) == "expired"), key=lambda m: str(m.in_force.to), reverse=True)
if ended:
    st.subheader(f"已经到期的（{len(ended)}项）", anchor=False)
    st.caption("这类政策常常一年一续。没有新文件之前不能当作还有，先看看下面知道些什么、该问谁。")
for measure in ended:
    with st.container(border=True):
        link("measure", f"**{plain(measure.name)}**", id=measure.id)
        chips(measure_chips(measure, "expired", apply_state(measure, day)))
        st.markdown(plain(measure.summary))
        st.markdown(f":material/event_busy: 到 {measure.in_force.to} 为止")
        st.markdown(f":material/update: {plain(measure.note) if measure.note else '是否续办没有查到'}")
        if measure.apply.phone:
            st.markdown(f":material/call: 可打 [{measure.apply.phone}](tel:{measure.apply.phone}) 问")
