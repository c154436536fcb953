"""Pieces of 承诺看板 and 承诺进展: how the figures stand, the list of tasks, the responsible units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from urllib.parse import quote

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.regions import load_regions
from navigator.delivery import board
from navigator.delivery.board import KINDS, PARTS, Standing
from navigator.delivery.board_figures import summary
from navigator.delivery.board_plan import KINDS as GOAL_KINDS
from navigator.delivery.board_plan import RULE, STATES, commitments
from navigator.delivery.board_tasks import RULE as TASK_RULE
from navigator.delivery.board_tasks import STATES as TASK_STATES
from navigator.delivery.board_tasks import Task, list_tasks
from navigator.ui.account import draw_download
from navigator.ui.acting import act, box
from navigator.ui.links import as_of, link
from navigator.ui.words import Chip, badge, plain, typed

STATE_CHIPS: dict[str, Chip] = {
    "met": (STATES["met"], "check_circle", "green"),
    "at_risk": (STATES["at_risk"], "warning", "orange"),
    "late": (STATES["late"], "error", "red"),
    "under_way": (STATES["under_way"], "trending_up", "blue"),
    "no_data": (STATES["no_data"], "help", "gray"),
}
TASK_CHIPS: dict[str, Chip] = {
    "open": (TASK_STATES["open"], "pending_actions", "blue"),
    "asked": (TASK_STATES["asked"], "how_to_reg", "orange"),
    "closed": (TASK_STATES["closed"], "task_alt", "green"),
    "dropped": (TASK_STATES["dropped"], "delete", "gray"),
}
AUTOMATIC: Chip = ("自动", "sync", "violet")
_SAFE = ":/?#[]@!$&'*+,;=%~"


def evidence_link(address: str, label: str = "依据") -> str:
    """A link out as Markdown, whatever signs the address holds; empty without one."""
    return f"　[:material/open_in_new: {label}]({quote(address, safe=_SAFE)})" if address else ""


def number_in_url(most: int) -> int | None:
    """The commitment a link names; None without one or where there is none such."""
    given = st.query_params.get("n", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= most else None


# ---- figures


def draw_summary(found: Sequence[Standing]) -> None:
    """How many of the city's targets are in which state."""
    counts = summary(tuple(found))
    told = "　".join(f"{badge(chip)} **{counts[state]}**" for state, chip in STATE_CHIPS.items())
    st.markdown(f"要全市达到的指标 {counts.total()} 个：{told}")
    st.caption(plain(RULE))


def draw_figures(actor: Actor) -> None:
    """Every figure of the plan by action and commitment, for a choice of states and action."""
    found = board.standing(actor, as_of())
    draw_summary(found)
    _draw_chosen(found)


@st.fragment
def _draw_chosen(found: Sequence[Standing]) -> None:
    """A choice counts nothing anew: the automatic figures of a large store take a second."""
    states = st.pills(
        "状态", list(STATES), selection_mode="multi", format_func=STATES.__getitem__, key="states", help="不选就是全部"
    )
    actions = list(dict.fromkeys(one.action for one in found))
    action = st.selectbox("行动", actions, None, placeholder="全部行动", key="action")
    every = st.toggle("也看企业能得的好处和办事时限", key="every")
    shown = [one for one in found
             if (not states or one.state in states) and action in (None, one.action) and (every or one.kind == "target")]  # fmt: skip
    if not shown:
        st.info("这样选，一个指标也没有。", icon=":material/search_off:")
    titles = commitments()
    for name, of_action in groupby(shown, key=lambda one: one.action):
        st.subheader(name, anchor=False)
        for number, listed in groupby(of_action, key=lambda one: one.number):
            with st.container(border=True, gap="xxsmall"):
                link("board-item", f"**{number}　{plain(titles[number].title)}**", ":material/arrow_forward:", n=number)
                for one in listed:
                    st.markdown(figure_line(one))
    without = [item for item in titles.values() if not item.targets]
    if not states and action is None:
        with st.expander(f"没有写数字的 {len(without)} 项，只有任务"):
            for item in without:
                link("board-item", f"{item.number}　{plain(item.title)}", ":material/arrow_forward:", n=item.number)
    draw_download("board", "下载看板（表格）", as_of=as_of())
    draw_download("board-values", "下载填过的所有值（表格）")


def figure_line(one: Standing) -> str:
    """One figure in a line: state, what, plan, last value and its day."""
    marks = badge(STATE_CHIPS[one.state]) + (f" {badge(AUTOMATIC)}" if one.is_automatic else "")
    kind = "" if one.kind == "target" else f"（{GOAL_KINDS[one.kind]}）"
    value = f"　现在 **{plain(one.shown)}**（{one.day}）" if one.value is not None else ""
    deadline = f"，期限 {one.deadline}" if one.deadline else ""
    return f"{marks}　{plain(one.indicator + kind)}　方案要求{plain(one.goal_words + deadline)}{value}"


def draw_public(found: Sequence[Standing], wanted: int | None) -> None:
    """承诺进展 for everybody: by action and commitment, each figure with what was made public of it."""
    titles = commitments()
    listed = [one for one in found if wanted in (None, one.number)]
    for action, of_action in groupby(listed, key=lambda one: one.action):
        st.subheader(action, anchor=False)
        for number, figures in groupby(of_action, key=lambda one: one.number):
            with st.container(border=True, gap="xxsmall"):
                link("commitments", f"**{number}　{plain(titles[number].title)}**", ":material/handshake:", n=number)
                for one in figures:
                    st.markdown(figure_line(one) + evidence_link(one.link))
                    if one.reading and one.value is not None:
                        st.caption(plain(one.reading))


# ---- tasks of all commitments


def draw_all_tasks(actor: Actor, day: date) -> None:
    """The whole list: what is overdue first, for a choice of unit and state."""
    every = list_tasks(actor, day)
    late, waiting = sum(one.days > 0 for one in every), sum(one.state == "asked" for one in every)
    closed, notes = sum(one.state == "closed" for one in every), sum(one.notes_late for one in every)
    st.markdown(
        f"共 **{len(every)}** 条：超期 **{late}**，等第二个人销号 **{waiting}**，已销号 **{closed}**；"
        f"督办到期没有回复 **{notes}**。"
    )
    st.caption(plain(TASK_RULE))
    names = {one.unit_id: one.unit for one in every}
    unit = st.selectbox("责任单位", list(names), None, format_func=names.__getitem__, placeholder="全部", key="unit")
    only = st.segmented_control(
        "看哪些", ["全部", "超期", "等销号", "没销号"], default="全部", required=True, key="only"
    )
    wanted: dict[str, Callable[[Task], bool]] = {
        "全部": lambda one: True,
        "超期": lambda one: one.days > 0,
        "等销号": lambda one: one.state == "asked",
        "没销号": lambda one: one.state != "closed",
    }
    shown = [one for one in every if unit in (None, one.unit_id) and wanted[only](one)]
    if not shown:
        st.info("没有这样的任务。任务在每一项承诺的页面里列。", icon=":material/inbox:")
    for one in shown[:100]:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(task_line(one))
            link("board-item", f"到第{one.number}项办理", ":material/arrow_forward:", n=one.number, task=one.id)
    if len(shown) > 100:
        st.caption(f"只显示前100条，共 {len(shown)} 条；下载里是全部。")
    draw_download("board-tasks", "下载任务清单（表格）", as_of=day)


def task_line(one: Task) -> str:
    """One task: state, what, who, by when."""
    marks = [badge(TASK_CHIPS[one.state])]
    if one.days:
        marks.append(badge((f"超期 {one.days} 天", "error", "red")))
    if one.notes_late:
        marks.append(badge((f"督办没回复 {one.notes_late} 条", "notification_important", "red")))
    elif one.notes:
        marks.append(badge((f"督办待回复 {one.notes} 条", "notifications", "orange")))
    return f"{' '.join(marks)}　**{typed(one.title)}**　{typed(one.unit)}　期限 {one.due}"


# ---- units


def draw_units(actor: Actor) -> None:
    """The responsible units, what they answer for, and a new one."""
    known = board.units(actor)
    held = board.duties(actor)
    if not known:
        st.info("方案里没有写责任单位的名单，要由工作人员登记。从下面加第一个。", icon=":material/inbox:")
    for one in known:
        told = "、".join(f"第{duty.number}项（{PARTS[duty.part]}）" for duty in held if duty.unit_id == one.id)
        with st.expander(f"**{typed(one.name)}**　{KINDS[one.kind]}　{one.region or '全市'}"):
            st.markdown(f"负责：{told or '还没有定'}")
            reason = st.text_input("停用的原因", max_chars=500, key=box(f"end:{one.id}"))
            if st.button("停用这个单位", icon=":material/block:", key=f"end:{one.id}:go"):
                act(partial(board.end_unit, actor, one.id, reason), f"{one.name}停用了，以前的值和任务还在。")
    st.subheader("加一个单位", anchor=False)
    name = st.text_input("单位名称", max_chars=60, key=box("unit:name"))
    kinds = list(KINDS) if actor.region is None else ["county"]
    kind = st.radio("类别", kinds, format_func=KINDS.__getitem__, horizontal=True, key="unit:kind")
    region = actor.region
    if kind == "county" and actor.region is None:
        region = st.selectbox("哪个区域", places(), None, placeholder="选一个", key=box("unit:region"))
    if st.button("加上", type="primary", icon=":material/add:"):
        act(lambda: board.add_unit(actor, name, kind, region if kind == "county" else None), f"{name}加上了。")
    draw_download("board-units", "下载责任单位（表格）")


def places() -> Iterable[str]:
    """The regions of the city."""
    regions = load_regions()
    return [name for name in regions.names if regions.code_of(name) is not None]
