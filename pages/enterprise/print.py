"""打印版: the results on paper: no controls, everything unfolded, the day and what it is not."""

import streamlit as st

from navigator.headers import PRINT_NOW
from navigator.matching.assess import show_value
from navigator.matching.groups import APPLY, NEAR, NEEDS_INFO, NO_APPLICATION, group_results
from navigator.matching.rulebook import default_rulebook
from navigator.ui.cards import condition_list, money_line, near_text
from navigator.ui.links import as_of, link
from navigator.ui.papers import fewer_papers_line
from navigator.ui.profile import assessment, profile
from navigator.ui.results import draw_total
from navigator.ui.words import plain

if not profile():
    st.title("打印版")
    st.info("还没有结果可以打印，先做政策体检。", icon=":material/print:")
    link("checkup", "去做政策体检", ":material/fact_check:")
    st.stop()

with st.container(key="print-controls", horizontal=True):
    st.html(
        f"<button id='print-now' style='padding:.5rem 1.2rem;font-size:1rem'>打印</button><script>{PRINT_NOW}</script>",
        unsafe_allow_javascript=True,
    )
    link("checkup", "回到政策体检", ":material/arrow_back:")

found = assessment(as_of())
specs = default_rulebook().facts.specs
st.title(f"政策体检结果（{found.as_of}）")
answers = "；".join(
    f"{specs[name].label}：{show_value(found.profile.values[name], specs[name])}"
    for name in specs
    if name in found.profile.given
)
st.markdown(plain(answers))
draw_total(found)
for group in group_results(found):
    if group.name not in (NO_APPLICATION, APPLY, NEAR, NEEDS_INFO) or not group.results:
        continue
    st.subheader(f"{group.name}（{len(group.results)}项）", anchor=False)
    for number, result in enumerate(group.results, start=1):
        measure = result.measure
        st.markdown(f"**{number}. {plain(measure.name)}**　{money_line(result)}")
        if group.name == NEEDS_INFO:
            st.markdown("还差：" + "、".join(specs[name].label for name in result.missing))
            continue
        condition_list(result.conditions)
        for miss in result.near_miss:
            st.markdown(f"- {near_text(miss, specs[miss.fact])}")
        for line in measure.confirm:
            st.markdown(f"- 要当面确认：{plain(line)}")
        apply = measure.apply
        st.markdown(f"- 在哪办：{plain(apply.where or '没有查到')}；电话：{apply.phone or '没有查到'}")
        spared = fewer_papers_line(measure, found.as_of)
        if spared:
            st.markdown(f"- {spared}")
        st.markdown(f"- 期限：{plain(apply.deadline or '没有查到')}")
        st.markdown(f"- 依据：{plain(measure.source.document or measure.source.title)}")
