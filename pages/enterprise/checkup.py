"""政策体检: six answers and one multiple choice, results at once, then the questions that decide most."""

import streamlit as st

from navigator.matching.groups import APPLY, NEAR, NEEDS_INFO, NO_APPLICATION, NOT_ELIGIBLE, group_results
from navigator.matching.rulebook import default_rulebook
from navigator.ui.ask import ask, ask_intent
from navigator.ui.downloads import draw_pack
from navigator.ui.links import as_of, link
from navigator.ui.one_step import draw_near
from navigator.ui.profile import assessment, clear_profile, hidden_domains, profile
from navigator.ui.results import (
    draw_commitments,
    draw_contradictions,
    draw_downloads,
    draw_group,
    draw_hidden,
    draw_total,
)
from navigator.ui.sentence import draw_sentence_box

rulebook = default_rulebook()
st.title("政策体检")
st.markdown("答下面6个问题就出结果。不知道的可以不答，**不答不等于“没有”**；答得越多，结果越准。")

draw_sentence_box()
with st.container(border=True):
    for name in rulebook.corpus.facts.checkup:
        ask(name)
    ask_intent()
    st.button("全部清空，重新来", icon=":material/restart_alt:", type="tertiary", on_click=clear_profile)

if not profile():
    st.info("答一个问题就开始出结果。", icon=":material/arrow_upward:")
    st.stop()

day = as_of()
found = assessment(day)
groups = {group.name: group.results for group in group_results(found, hidden_domains())}
st.divider()
draw_total(found)
draw_contradictions(found)

asked = {*rulebook.corpus.facts.checkup, *rulebook.corpus.facts.intent.facts}
answered = [name for name in profile() if name not in asked]
further = [question for question in found.questions if question.fact not in asked][:3]
if further:
    st.subheader("再答几个，能定下来更多", anchor=False)
    with st.container(border=True):
        for question in further:
            ask(question.fact)
            st.caption(f"答了能让 {question.decides} 项政策有结论")
if answered:
    with st.expander(f"已补充的 {len(answered)} 项，可以改"):
        for name in answered:
            ask(name)

draw_group(NO_APPLICATION, "什么都不用做，等着到账", groups[NO_APPLICATION], day)
draw_group(APPLY, "条件都符合，自己申报、申请或找银行办", groups[APPLY], day)
draw_near(found, groups[NEAR], day)
draw_group(NEEDS_INFO, "补上这些信息才知道", groups[NEEDS_INFO], day)
draw_group(NOT_ELIGIBLE, "有条件不符合，原因写在里面", groups[NOT_ELIGIBLE], day, folded=True)
draw_hidden()
draw_commitments(found)
draw_downloads(found)
draw_pack(profile(), day)
link("no-application", "看看免申即享里刚到期、可能续办的", ":material/redeem:")
link("ask", "条件符合却办不下来？提诉求", ":material/campaign:")
link("calendar", "哪天截止、哪天到期：政策日历", ":material/calendar_month:")
link("news", "最近政策有什么变化", ":material/compare_arrows:")
