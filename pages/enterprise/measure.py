"""政策详情: one measure with its own link: what, how much, for whom line by line, how to get it, and where it is written."""

import streamlit as st

from navigator.matching.dates import apply_state, period
from navigator.matching.rulebook import rulebook_for
from navigator.ui.account import role
from navigator.ui.cards import condition_list, money_line, near_text, rule_list, source_line
from navigator.ui.downloads import draw_share
from navigator.ui.links import as_of, link
from navigator.ui.papers import draw_fewer_papers
from navigator.ui.platforms import draw_platform_links, platforms_of
from navigator.ui.profile import assessment, profile
from navigator.ui.remarks import wrong_popover
from navigator.ui.then_and_now import draw_then_and_now
from navigator.ui.versions import draw_versions
from navigator.ui.words import chips, measure_chips, plain

day = as_of()
rulebook = rulebook_for(day)
wanted = st.query_params.get("id", "")
if wanted not in rulebook.by_id:
    st.title("没有找到这项政策")
    st.markdown("链接里的编号，政策库里没有。可能抄漏了，或者已经合并到别的事项里。")
    link("search", "去找政策", ":material/search:")
    st.stop()

measure = rulebook.by_id[wanted].measure
status = period(measure, day)
st.title(measure.name)
chips(measure_chips(measure, status, apply_state(measure, day)))
st.markdown(f"#### {plain(measure.summary)}")
if measure.verification_note:
    st.warning(measure.verification_note, icon=":material/info:")
if status == "expired":
    st.info(f"有效期到 {measure.in_force.to}，按 {day} 看已经到期。", icon=":material/event_busy:")

result = next(one for one in assessment(day).measures if one.measure.id == wanted) if profile() else None

st.subheader("能得到什么", anchor=False)
st.markdown(money_line(result) if result else plain(measure.benefit.text))
if measure.benefit.basis:
    st.caption((result and result.estimate_basis) or f"怎么算：{measure.benefit.basis}")
if measure.benefit.kind in ("贷款", "担保"):
    st.caption("贷款和担保是要还的钱，不算进能得的金额。")

st.subheader("要符合什么", anchor=False)
if result:
    condition_list(result.conditions)
    specs = rulebook.facts.specs
    for miss in result.near_miss:
        st.markdown(f":material/trending_up: {near_text(miss, specs[miss.fact])}")
    draw_then_and_now(wanted, day)
else:
    rule_list(measure)
    link("checkup", "答几个问题，看自己符不符合", ":material/fact_check:")
if measure.confirm:
    st.markdown("**还要当面确认**（系统判断不了，请自己核对）")
    st.markdown("\n".join(f"- {plain(line)}" for line in measure.confirm))

st.subheader("怎么办", anchor=False)
apply = measure.apply
st.markdown(f"**在哪办**：{plain(apply.where) if apply.where else '没有查到'}")
if apply.how:
    st.markdown("\n".join(f"{number}. {plain(step)}" for number, step in enumerate(apply.how, start=1)))
st.markdown("**要带什么**：" + ("；".join(plain(item) for item in apply.materials) or "没有查到要交的材料"))
draw_fewer_papers(measure, day)
st.markdown(f"**什么时候**：{plain(apply.deadline) if apply.deadline else '没有查到期限'}")
for window in apply.windows or ():
    st.markdown(
        f"- 申报期 {window.from_ or '（起始日未查到）'} 至 {window.to or '（截止日未查到）'}{'，' + plain(window.note) if window.note else ''}"
    )
if apply.promised_days:
    st.markdown(f"**承诺办结**：{apply.promised_days} 个工作日")
if apply.phone:
    st.markdown(f"**咨询电话**：[{apply.phone}](tel:{apply.phone})")
platforms = platforms_of(measure)
if platforms:
    st.markdown("**通过这些平台和机制办**")
    draw_platform_links(platforms)

if measure.note:
    st.subheader("现在是什么情况", anchor=False)
    st.markdown(plain(measure.note))

st.subheader("依据", anchor=False)
source_line(measure)
ends = (
    f"到 {measure.in_force.to}" + ("（推定）" if measure.in_force.to_inferred else "")
    if measure.in_force.to
    else "，没有写终止日"
)
begins = measure.in_force.from_ or measure.source.issued
st.markdown(f"有效期：从 {begins or '（起始日未查到）'} {ends}")
draw_versions(wanted, day)

with st.container(horizontal=True, vertical_alignment="center"):
    draw_share(measure, day)
    wrong_popover(measure)
for title, ids in (("取代了", measure.replaces), ("不能同时享受", measure.conflicts_with)):
    for other in ids:
        link("measure", f"{title}：{plain(rulebook.by_id[other].measure.name)}", ":material/swap_horiz:", id=other)
for other in rulebook.measures:
    if wanted in other.measure.replaces:
        link("measure", f"已被取代，新的是：{plain(other.measure.name)}", ":material/swap_horiz:", id=other.measure.id)
for number in measure.commitments:
    item = rulebook.corpus.commitment_by_number[number]
    link("commitments", f"对应承诺 {number}：{plain(item.title)}", ":material/handshake:", n=number)
if role() in ("staff", "admin"):
    link("draft", "改这项政策（从现在的版本起草）", ":material/edit_note:", measure=wanted)
