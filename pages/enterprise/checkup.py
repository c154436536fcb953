"""政策体检: six answers and one multiple choice, results at once, then the questions that decide most."""

import streamlit as st

from navigator.matching.groups import APPLY, NEAR, NEEDS_INFO, NO_APPLICATION, NOT_ELIGIBLE, group_results
from navigator.matching.rulebook import default_rulebook
from navigator.ui.ask import ask, ask_intent
from navigator.ui.links import as_of, link
from navigator.ui.profile import assessment, clear_profile, hidden_domains, profile
from navigator.ui.results import (
    draw_commitments,
    draw_contradictions,
    draw_downloads,
    draw_group,
    draw_hidden,
    draw_total,
)

rulebook = default_rulebook()
st.title("政策体检")
st.markdown("答下面6个问题就出结果。不知道的可以不答，**不答不等于“没有”**；答得越多，结果越准。")

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

asked = set(rulebook.corpus.facts.checkup) | set(rulebook.corpus.facts.intent.facts)
further = [question for question in found.questions if question.fact not in asked]
shown = st.session_state.setdefault("further_shown", [])
shown += [question.fact for question in further if question.fact not in shown][
    : max(0, 3 - sum(q.fact in shown for q in further))
]
if shown:
    st.subheader("再答几个，能定下来更多", anchor=False)
    decides = {question.fact: question.decides for question in further}
    with st.container(border=True):
        for name in shown:
            ask(name)
            if name in decides:
                st.caption(f"答了能让 {decides[name]} 项政策有结论")

draw_group(NO_APPLICATION, "什么都不用做，等着到账", groups[NO_APPLICATION], day)
draw_group(APPLY, "条件都符合，自己申报、申请或找银行办", groups[APPLY], day)
draw_group(NEAR, "只差一点，能改或者等一等就行", groups[NEAR], day)
draw_group(NEEDS_INFO, "补上这些信息才知道", groups[NEEDS_INFO], day)
draw_group(NOT_ELIGIBLE, "有条件不符合，原因写在里面", groups[NOT_ELIGIBLE], day, folded=True)
draw_hidden()
draw_commitments(found)
draw_downloads(found)
link("no-application", "看看免申即享里刚到期、可能续办的", ":material/redeem:")
