"""Pieces of 评判: how far the audit of a month has come, drawing, the push before the judge, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from navigator.auth import Actor
from navigator.delivery import samples
from navigator.delivery.judging import TASKS, VERDICTS, Item, Seen, Task, judge, next_item, open_item, waiting_for
from navigator.delivery.metrics import NOWHERE
from navigator.delivery.months import month_name
from navigator.delivery.precision import StratumState
from navigator.errors import InputError
from navigator.store.audit import shown_moment
from navigator.ui.acting import tell
from navigator.ui.links import as_of, link
from navigator.ui.records import EXAMPLE
from navigator.ui.words import OUTCOME, badge, plain, typed

_KEPT = "judge:item"
_ABOUT: dict[Task, str] = {
    "first": "逐条看：按当时的档案和条件，这条推送推得对不对？",
    "second": "别人评过一次的，您再独立评一次；评之前看不到别人的结论。",
    "settle": "两个人判得不一样的，看过两边的理由，由第三个人定，或者两人商量好由一人记下。",
}


def draw_progress(states: Sequence[StratumState], seed: int | None) -> None:
    """How far it has come: strata that are enough, and which lack most."""
    drawn = sum(len(one.drawn) for one in states)
    done = sum(one.is_complete for one in states)
    judged = sum(one.judged + one.number("unsure") for one in states)
    st.markdown(
        f"发了 **{sum(one.pushes for one in states):,}** 条推送，分 {len(states)} 层（一项政策在一个区域是一层）；"
        f"抽了 {drawn:,} 条，评了 {judged:,} 条；**{done} 层评够了**。"
    )
    if states:
        st.progress(done / len(states), text=f"评够的层：{done}／{len(states)}")
    if seed is not None:
        st.caption(f"抽样种子：{seed}。同一个种子在哪台电脑上抽出来都一样。")
    with st.expander(f"每一层的进度（{len(states)}）"):
        rows = [
            {
                "政策": one.name, "区域": one.region or NOWHERE, "推送": f"{one.pushes:,}", "抽了": f"{len(one.drawn):,}",
                "评了": f"{one.judged + one.number('unsure'):,}", "还差": _lack_words(one),
            }
            for one in states
        ]  # fmt: skip
        st.table(pd.DataFrame(rows), hide_index=True)


def _lack_words(state: StratumState) -> str:
    if state.drawing is None:
        return "还没有抽"
    if state.grown:
        return f"又发了 {state.grown:,} 条，要再抽"
    if not state.lacking:
        return "评够了"
    return f"{state.lacking:,} 条" + ("，要再抽" if state.must_draw else "")


def draw_drawing(actor: Actor, month: int, states: Sequence[StratumState], example: bool) -> None:
    """The form that draws a sample, or adds to it."""
    drawn = any(one.drawing for one in states)
    with st.expander("再抽一些" if drawn else "抽样", expanded=not drawn or all(one.must_draw for one in states)):
        least = st.number_input("每层至少几条（不足的全抽）", 2, 1_000, samples.LEAST, key="least")
        total = st.number_input(
            "一共大约几条（多出来的按每层大小分）", 0, samples.MOST, samples.TOTAL, step=50, key="total",
            help="条数越多，区间越窄：一共评300条，真实比率在95%上下时，误差大约正负2.5个百分点。",
        )  # fmt: skip
        plan = samples.plan(actor, month, least=int(least), total=int(total), example=example)
        st.caption(f"{month_name(month)}有 {plan.pushes:,} 条推送、{plan.strata} 层，这样会再抽 {plan.items:,} 条。")
        if st.button("抽样", type="primary", icon=":material/casino:", key="draw"):
            try:
                made = samples.draw(actor, month, least=int(least), total=int(total), example=example)
            except InputError as fault:
                st.error(plain(str(fault)), icon=":material/error:")
            else:
                tell(f"抽好了：{made.strata} 层，新抽 {made.items:,} 条，种子 {made.seed}。")
                st.rerun()


def chosen_task(actor: Actor, month: int, example: bool) -> Task:
    """What the judge wants to do; each with how many wait."""
    waiting = waiting_for(actor, month, example=example)
    task = st.segmented_control(
        "做哪一样", list(TASKS), format_func=lambda task: f"{TASKS[task]}（{waiting[task]}）", default="first",
        required=True, key="task",
    )  # fmt: skip
    st.caption(_ABOUT[task])
    return task


def item_for(actor: Actor, month: int, task: Task, example: bool) -> Item | None:
    """The push before the judge: the one begun, as long as it is still theirs to judge, otherwise the next."""
    begun = (actor.name, month, task, example)
    kept = st.session_state.get(_KEPT)
    if kept and kept[0] == begun:
        item = open_item(actor, kept[1], as_of())
        if item.task == task:
            return item
    number = next_item(actor, month, task, example=example)
    if number is None:
        return None
    st.session_state[_KEPT] = (begun, number)
    return open_item(actor, number, as_of())


def draw_item(item: Item) -> None:
    """The push, its conditions with sources, and the record then and now."""
    st.subheader(f"{'示例　' if item.example else ''}{plain(item.enterprise_name)}", anchor=False)
    if item.example:
        st.markdown(EXAMPLE)
    st.markdown(
        f"推送了：**{plain(item.name)}**  \n{typed(item.region or NOWHERE)}　{typed(item.office)}　"
        f"{shown_moment(item.sent)[:16]} 发出，按 {item.pushed_as_of} 的政策"
    )
    with st.container(horizontal=True):
        link("record", "看企业档案", ":material/domain:", id=item.enterprise)
        link("measure", "看政策", ":material/description:", id=item.measure)
    if item.is_changed:
        st.info("推送以后这项政策的条件改过。评的是当时推得对不对。", icon=":material/update:")
    for seen in item.conditions:
        _draw_condition(seen)
    if item.confirm:
        st.markdown("**系统看不出、要人核实的**\n" + "\n".join(f"- {plain(line)}" for line in item.confirm))
    for one in item.earlier:
        who = f"{'定案' if one.settles else '评判'}　{typed(one.judge)}：**{VERDICTS[one.verdict]}**"
        st.markdown(f":material/person: {who}" + (f"  \n{typed(one.remark)}" if one.remark else ""))


def _draw_condition(seen: Seen) -> None:
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{plain(seen.text)}**")
        lines = []
        if seen.source:
            lines.append(f"推送时 {badge(OUTCOME[seen.then])}　{_facts(seen.then_facts)}")
            if seen.now_facts:
                lines.append(f"现　在 {badge(OUTCOME[seen.now])}　{_facts(seen.now_facts)}")
        else:
            lines = [f"推送时　{_facts(seen.then_facts)}", f"现　在　{_facts(seen.now_facts)}"]
        if seen.now_facts and seen.then_facts != seen.now_facts:
            lines.append(":material/change_circle: 资料和推送时不一样")
        st.markdown("  \n".join(lines))
        if seen.source:
            st.caption(f"依据：{plain(seen.source)}")


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    return "，".join(f"{plain(label)} {typed(value)}" for label, value in facts)


def draw_verdict(actor: Actor, item: Item, task: Task) -> None:
    """The form of the verdict; what was typed stays where it cannot be kept."""
    with st.form(f"verdict:{item.id}:{task}", enter_to_submit=False):
        verdict = st.radio(
            "这条推送", list(VERDICTS), index=None, format_func=VERDICTS.__getitem__, horizontal=True,
            key=f"verdict:{item.id}:{task}:choice",
        )  # fmt: skip
        needs = "写明为什么这样定、和谁商定的" if task == "settle" else "判错的写明哪一条不对；查不清的写明查过什么"
        remark = st.text_area("说明", key=f"verdict:{item.id}:{task}:remark", help=needs, max_chars=1_000)
        st.caption(needs)
        if not st.form_submit_button("记下，看下一条", type="primary", icon=":material/check:"):
            return
    try:
        judge(actor, item.id, verdict or "", remark, settles=task == "settle")
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        return
    st.session_state.pop(_KEPT, None)
    tell(f"记下了：{VERDICTS[verdict or '']}。")
    st.rerun()
