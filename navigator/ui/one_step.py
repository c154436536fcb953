"""差一步 as a reader sees it: those first that bring most for the effort, each with what it would bring and by when."""

from __future__ import annotations

from datetime import date

import streamlit as st

from navigator.matching.amounts import show_yuan
from navigator.matching.assess import Assessment, MeasureResult
from navigator.matching.groups import NEAR
from navigator.matching.one_step import Step, one_steps
from navigator.matching.rulebook import default_rulebook
from navigator.ui.cards import near_text
from navigator.ui.links import link
from navigator.ui.profile import hidden_domains
from navigator.ui.results import draw_group
from navigator.ui.words import plain

_WORD = {"exact": "", "at_most": "最多 ", "typical": "大约 "}


def draw_near(found: Assessment, results: tuple[MeasureResult, ...], day: date) -> None:
    """The group 差一步, then what is near but past a last day that was only inferred."""
    steps = one_steps(found)
    notes = {step.result.measure.id: step_line(step) for step in steps}
    draw_group(NEAR, "只差一点，能改或者等一等就行；最省力、最值钱的排在前面", results, day, notes=notes)
    doubtful = [step for step in steps if step.doubtful and step.result.measure.domain not in hidden_domains()]
    if doubtful:
        with st.expander(f"也差得不多，但要先问还办不办的（{len(doubtful)}项）"):
            for step in doubtful:
                _draw_doubtful(step)


def step_line(step: Step) -> str:
    """What the step would bring and by when, as Markdown: `做到以后：大约 1.2万元，头12个月；等到 2027-01-02 就行`."""
    benefit = step.result.measure.benefit
    parts = []
    if step.money and benefit.estimate_kind:
        parts.append(f"做到以后能得 **{plain(_WORD[benefit.estimate_kind] + show_yuan(step.money))}**（头12个月）")
    else:
        parts.append(f"做到以后：{plain(benefit.text)}")
    if step.by:
        parts.append(f"等到 {step.by} 就行" if step.only_time else f"最早 {step.by}")
    if step.unknown:
        parts.append(f"另有 {step.unknown} 条还不知道符不符合")
    if step.result.apply_state == "closed":
        parts.append("这一期申报已截止")
    return ":material/flag: " + "；".join(parts)


def _draw_doubtful(step: Step) -> None:
    measure = step.result.measure
    link("measure", f"**{plain(measure.name)}**", id=measure.id)
    specs = default_rulebook().facts.specs
    for change in step.changes:
        st.markdown(f":material/trending_up: {near_text(change, specs[change.fact])}")
    phone = f"，电话 {measure.apply.phone}" if measure.apply.phone else ""
    st.caption(
        plain(
            f"有效期推定到 {measure.in_force.to}，之后还办不办没有查到，先问{measure.apply.where or '主管部门'}{phone}。"
        )
    )
