"""45项承诺: by action, those that concern me first, each with its figures; a banner says what the text is."""

from itertools import groupby

import streamlit as st

from navigator.corpus.model import Commitment
from navigator.matching.rulebook import rulebook_for
from navigator.ui.links import as_of, link
from navigator.ui.platforms import draw_platform_links
from navigator.ui.profile import assessment, profile
from navigator.ui.words import badge, plain

day = as_of()
rulebook = rulebook_for(day)
corpus = rulebook.corpus
concerning = {item.commitment.number: item.why for item in assessment(day).commitments} if profile() else {}

_KIND = {"target": "要达到", "benefit": "企业能得", "procedure": "办事时限"}
_SIGN = {">=": "不低于", "<=": "不超过", "=": "", ">": "超过", "<": "低于"}


def draw_target_table(item: Commitment) -> None:
    """Every printed figure of a commitment, with its words."""
    rows = ["| 指标 | 数字 | 期限 | 性质 |", "|---|---|---|---|"]
    for target in item.targets:
        value = f"{_SIGN[target.comparator]}{target.value:g}{target.unit}"
        note = f"（{target.note}）" if target.note else ""
        cells = (target.indicator + note, value, str(target.deadline or "没有写"), _KIND[target.kind])
        rows.append("| " + " | ".join(plain(cell) for cell in cells) + " |")
    st.markdown("\n".join(rows))


def draw_commitment(item: Commitment, opened: bool = False) -> None:
    """One commitment, folded to number, title and plain sentence."""
    with st.expander(f"**{item.number}　{plain(item.title)}**", expanded=opened):
        st.markdown(plain(item.summary))
        if item.number in concerning:
            st.markdown(badge((f"跟您有关：{concerning[item.number]}", "person_check", "green")))
        if item.targets:
            draw_target_table(item)
        else:
            st.caption("这一项没有写数字。")
        for measure_id in item.measures:
            link("measure", plain(corpus.measure_by_id[measure_id].name), ":material/description:", id=measure_id)
        if item.platforms and opened:
            st.markdown("**提到的平台和机制**")
            draw_platform_links([corpus.platform_by_id[one] for one in item.platforms])
        elif item.platforms:
            link("platforms", f"提到的 {len(item.platforms)} 个平台和机制", ":material/hub:", commitment=item.number)
        st.markdown(f"> {plain(item.text)}")
        link("commitments", "这一项的单独链接", ":material/link:", n=item.number)


st.title("45项承诺")
st.warning(corpus.city.plan_banner, icon=":material/history:")
by_number = {str(item.number): item for item in corpus.commitments}
number = st.query_params.get("n", "")
if number in by_number:
    draw_commitment(by_number[number], opened=True)
    link("progress", "这一项现在执行到哪一步", ":material/monitoring:", n=number)
    link("commitments", "看全部45项", ":material/arrow_back:")
    st.stop()

if number:
    st.info(f"链接里的编号不对：只有1到{len(by_number)}项，都在下面。", icon=":material/search_off:")
st.markdown(
    f"出自荆门“5+3行动”方案，共8个行动、45项、{sum(len(item.targets) for item in corpus.commitments)} 个写明的数字。"
)
link("progress", "现在执行到哪一步：承诺进展", ":material/monitoring:")
own = [item for item in corpus.commitments if item.number in concerning and item.concerns != "everyone"]
if own:
    st.subheader(f"跟您有关的（{len(own)}项）", anchor=False)
    for item in own:
        draw_commitment(item)
elif not profile():
    link("checkup", "做个政策体检，跟您有关的会排到最前面", ":material/fact_check:")

shown = {item.number for item in own}
for action, items in groupby(corpus.commitments, key=lambda item: item.action):
    rest = [item for item in items if item.number not in shown]
    if rest:
        st.subheader(action, anchor=False)
        for item in rest:
            draw_commitment(item)
