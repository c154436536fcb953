"""Pieces of 一项承诺: values of its figures with what was put right, its units, and its tasks from the list to the close-out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import board
from navigator.delivery import board_tasks as tasks
from navigator.delivery.board import PARTS, Standing, Value
from navigator.delivery.board_plan import goals
from navigator.delivery.board_tasks import EVENTS, Note, Task
from navigator.matching import dates
from navigator.store.audit import shown_moment
from navigator.ui.acting import act, box
from navigator.ui.board import STATE_CHIPS, evidence_link, figure_line, task_line
from navigator.ui.links import FIRST_DAY, link
from navigator.ui.words import badge, plain, typed

_CITY = 0
"""Stands for the whole city among the numbers of units."""


def ask_day(label: str, key: str, *, ahead: int | None = None) -> date:
    """A day up to today; where `ahead` is given, one from today on that many days away at first."""
    today = dates.today()
    if ahead is None:
        return st.date_input(label, today, min_value=FIRST_DAY, max_value=today, format="YYYY-MM-DD", key=box(key))
    return st.date_input(label, today + timedelta(days=ahead), min_value=today, format="YYYY-MM-DD", key=box(key))


# ---- figures and values


def draw_figure(actor: Actor, one: Standing, units: Sequence[Standing]) -> None:
    """One figure: how it stands, its values, and a new one."""
    with st.container(border=True):
        st.markdown(figure_line(one) + evidence_link(one.link))
        for told in filter(None, (one.reading, one.note)):
            st.caption(plain(told))
        for part in units:
            state = f"（{part.note}）" if part.note else f"　{badge(STATE_CHIPS[part.state])}"
            st.markdown(f"- {typed(part.unit)} **{plain(part.shown)}**（{part.day}）{state}")
        if one.is_automatic:
            _draw_automatic(actor, one)
        else:
            with st.expander("填一个值", icon=":material/edit:"):
                _draw_typing(actor, one.target)
        rows = board.read_values(actor, one.target)
        if rows:
            with st.expander(f"填过的值（{len(rows)}）", icon=":material/history:"):
                for row in rows:
                    _draw_value(actor, row)


def _draw_automatic(actor: Actor, one: Standing) -> None:
    link(one.page, "这个数怎么来的、有哪些明细", ":material/monitoring:")
    if actor.region is not None:
        return
    st.caption("由本系统自动统计，不能手填。要公开，先留存当天的数，再在“填过的值”里公开。")
    if st.button("留存今天的数", icon=":material/save:", key=f"keep:{one.target}"):
        act(lambda: board.keep_automatic(actor, one.target, dates.today()), "留存了。")


def _draw_typing(actor: Actor, target: str) -> None:
    goal = goals()[target]
    own = {unit.id: unit.name for unit in board.units(actor)}
    whose = [*own] if actor.region is not None else [_CITY, *own]
    if not whose:
        st.info("您的区域还没有登记责任单位，先到看板的“责任单位”里登记。", icon=":material/inbox:")
        return
    unit = st.selectbox("谁的值", whose, format_func=lambda key: own.get(key, "全市"), key=box(f"whose:{target}"))
    value = st.number_input(f"数值（{goal.target.unit or '数'}）", value=None, format="%g", key=box(f"value:{target}"))
    day = ask_day("是哪一天的", f"day:{target}")
    evidence = st.text_input("依据（哪份报表、谁提供的）", max_chars=500, key=box(f"evidence:{target}"))
    address = st.text_input("依据的网址（没有就空着）", max_chars=500, key=box(f"link:{target}"))
    public = unit == _CITY and st.checkbox("可公开：放到“承诺进展”", key=box(f"public:{target}"))
    if st.button("存这个值", type="primary", icon=":material/save:", key=f"save:{target}", disabled=value is None):
        act(
            lambda: board.enter_value(
                actor, target, float(value or 0), day, evidence, address, unit_id=unit or None, public=public
            ),
            "存了。",
        )


def _draw_value(actor: Actor, row: Value) -> None:
    shown = "撤回" if row.value is None else goals()[row.target].shown(row.value)
    marks = [] if row.stands else [badge(("不算数", "block", "gray"))]
    if row.public and row.stands:
        marks.append(badge(("已公开", "public", "green")))
    st.markdown(
        f"{' '.join(marks)} **{plain(shown)}**　{row.day}　{typed(row.unit)}　{typed(row.evidence)}{evidence_link(row.link)}"
    )
    reason = f"　更正：{row.reason}" if row.reason else ""
    st.caption(typed(f"{row.by}　{shown_moment(row.at)[:16]}{reason}"))
    if not row.stands or (actor.region is not None and row.unit_id is None):
        return
    if row.unit_id is None:
        label = "不再公开" if row.public else "公开这个值"
        if st.button(label, icon=":material/public:", key=f"public:{row.id}"):
            act(partial(board.set_public, actor, row.id, not row.public), f"{label}：办好了。")
    if st.toggle("更正或撤回", key=box(f"fix:{row.id}")):
        _draw_correcting(actor, row)


def _draw_correcting(actor: Actor, row: Value) -> None:
    value, day, evidence, address = row.value, row.day, row.evidence, row.link
    if not row.automatic:
        value = st.number_input("改成", value=row.value, format="%g", key=box(f"fix:value:{row.id}"))
        day = st.date_input(
            "是哪一天的", row.day, max_value=dates.today(), format="YYYY-MM-DD", key=box(f"fix:day:{row.id}")
        )
        evidence = st.text_input("依据", row.evidence, max_chars=500, key=box(f"fix:evidence:{row.id}"))
        address = st.text_input("依据的网址", row.link, max_chars=500, key=box(f"fix:link:{row.id}"))
    reason = st.text_input("为什么更正或撤回", max_chars=500, key=box(f"fix:reason:{row.id}"))
    if not row.automatic and st.button(
        "存更正", icon=":material/save:", key=f"fix:go:{row.id}", disabled=value is None
    ):
        act(
            partial(board.correct_value, actor, row.id, value, day, evidence, address, reason),
            "更正了，原来的还看得到。",
        )
    if st.button("撤回这个值", icon=":material/undo:", key=f"fix:back:{row.id}"):
        act(partial(board.correct_value, actor, row.id, None, row.day, "", "", reason), "撤回了，原来的还看得到。")


# ---- units of the commitment


def draw_duties(actor: Actor, number: int) -> None:
    """Who leads and supports the commitment, and a new one."""
    st.subheader("责任单位", anchor=False)
    held = [one for one in board.duties(actor) if one.number == number]
    for one in held:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"{badge((PARTS[one.part], 'flag' if one.part == 'lead' else 'group', 'blue'))} {typed(one.unit)}"
            )
            if st.button(
                "取消", icon=":material/close:", key=f"duty:{one.id}", type="tertiary", help=f"取消{one.unit}"
            ):
                act(partial(board.end_duty, actor, one.id), f"{one.unit}不再负责这一项。")
    if not held:
        st.markdown("还没有定。")
    known = {unit.id: unit.name for unit in board.units(actor)}
    if not known:
        link("board", "先登记责任单位", ":material/groups:", view="责任单位")
        return
    with st.expander("定一个责任单位", icon=":material/person_add:"):
        unit = st.selectbox(
            "单位", list(known), None, format_func=known.__getitem__, placeholder="选一个", key=box("duty:unit")
        )
        part = st.radio(
            "牵头还是配合", list(PARTS), format_func=PARTS.__getitem__, horizontal=True, key=box("duty:part")
        )
        if st.button("定下", icon=":material/check:", disabled=unit is None):
            act(lambda: board.add_duty(actor, number, unit or 0, part), "定下了。")


# ---- tasks


def draw_tasks(actor: Actor, number: int, day: date, opened: int | None) -> None:
    """The commitment's tasks, each with what can be done with it, and a new one."""
    st.subheader("任务清单", anchor=False)
    listed = tasks.list_tasks(actor, day, commitment=number)
    if not listed:
        st.markdown("还没有列任务。")
    for one in listed:
        with st.container(border=True):
            st.markdown(task_line(one))
            if one.words:
                st.caption(typed(one.words))
            if st.toggle("办理和记录", value=one.id == opened, key=f"open:{one.id}"):
                _draw_task(actor, one, day)
    known = {unit.id: unit.name for unit in board.units(actor)}
    if not known:
        st.caption("先登记责任单位，再列任务。")
        return
    with st.expander("列一条任务", icon=":material/playlist_add:"):
        title = st.text_input("任务", max_chars=200, key=box("task:title"))
        words = st.text_area("说明（可以不写）", max_chars=2000, key=box("task:words"))
        unit = st.selectbox(
            "哪个单位办", list(known), None, format_func=known.__getitem__, placeholder="选一个", key=box("task:unit")
        )
        due = ask_day("期限", "task:due", ahead=30)
        if st.button("列入清单", type="primary", icon=":material/playlist_add:", disabled=unit is None):
            act(lambda: tasks.make_task(actor, number, title, words, unit or 0, due), "列入清单了。")


def _draw_task(actor: Actor, one: Task, day: date) -> None:
    _, events, notes = tasks.read_task(actor, one.id, day)
    for note in notes:
        _draw_note(actor, note, day)
    match one.state:
        case "open":
            _draw_open(actor, one, alone=len(events) == 1 and not notes)
        case "asked":
            _draw_asked(actor, one, events[0].words, events[0].link)
        case "closed":
            reason = st.text_input("重新打开的原因", max_chars=500, key=box(f"reopen:{one.id}"))
            due = ask_day("新的期限", f"reopen:due:{one.id}", ahead=30)
            if st.button("重新打开", icon=":material/lock_open:", key=f"reopen:go:{one.id}"):
                act(lambda: tasks.reopen(actor, one.id, reason, due), "重新打开了。")
    if one.state in ("open", "asked"):
        with st.expander("写一条督办", icon=":material/notifications:"):
            words = st.text_area("督办意见", max_chars=2000, key=box(f"note:{one.id}"))
            due = ask_day("什么时候以前回复", f"note:due:{one.id}", ahead=7)
            if st.button("督办", icon=":material/send:", key=f"note:go:{one.id}"):
                act(lambda: tasks.add_note(actor, one.id, words, due), "督办写下了。")
    st.markdown("**记录**")
    for event in events:
        due_words = f"　期限 {event.due}" if event.due else ""
        words = f"　{event.words}" if event.words else ""
        st.markdown(
            typed(f"{shown_moment(event.at)[:16]}　{event.by}　{EVENTS[event.what]}{due_words}{words}")
            + evidence_link(event.link)
        )


def _draw_open(actor: Actor, one: Task, *, alone: bool) -> None:
    with st.expander("办完了，申请销号", icon=":material/task_alt:"):
        words = st.text_area("完成情况和依据", max_chars=2000, key=box(f"ask:{one.id}"))
        address = st.text_input("依据的网址（没有就空着）", max_chars=500, key=box(f"ask:link:{one.id}"))
        if st.button("申请销号", type="primary", icon=":material/send:", key=f"ask:go:{one.id}"):
            act(lambda: tasks.ask_close(actor, one.id, words, address), "申请了，等第二个人核对。")
    with st.expander("改期限", icon=":material/event:"):
        due = ask_day("新的期限", f"move:due:{one.id}", ahead=30)
        reason = st.text_input("改期限的原因", max_chars=500, key=box(f"move:{one.id}"))
        if st.button("改期限", icon=":material/save:", key=f"move:go:{one.id}"):
            act(lambda: tasks.move_task(actor, one.id, due, reason), "期限改了，原来的在记录里。")
    if alone:
        with st.expander("列错了，删去", icon=":material/delete:"):
            reason = st.text_input("删去的原因", max_chars=500, key=box(f"drop:{one.id}"))
            if st.button("删去", icon=":material/delete:", key=f"drop:go:{one.id}"):
                act(lambda: tasks.drop(actor, one.id, reason), "删去了。")


def _draw_asked(actor: Actor, one: Task, words: str, address: str) -> None:
    st.info(typed(f"{one.asked_by}申请销号：{words}") + evidence_link(address), icon=":material/how_to_reg:")
    mine = one.asked_by == actor.name
    if mine:
        st.caption("要请另一个人核对依据以后销号。您可以收回申请。")
    else:
        told = st.text_input("核对情况（可以不写）", max_chars=500, key=box(f"close:{one.id}"))
        if st.button("核对无误，销号", type="primary", icon=":material/task_alt:", key=f"close:go:{one.id}"):
            act(lambda: tasks.close(actor, one.id, told), "销号了。")
    word = "收回" if mine else "退回"
    reason = st.text_input(f"{word}的原因", max_chars=500, key=box(f"refuse:{one.id}"))
    if st.button(f"{word}申请", icon=":material/undo:", key=f"refuse:go:{one.id}"):
        act(lambda: tasks.refuse_close(actor, one.id, reason), f"{word}了。")


def _draw_note(actor: Actor, note: Note, day: date) -> None:
    state = ("已回复", "mark_email_read", "green") if note.reply else ("待回复", "notifications", "orange")
    if note.is_late(day):
        state = ("到期没有回复", "notification_important", "red")
    st.markdown(f"{badge(state)}　督办：{typed(note.words)}　{note.due} 以前回复")
    st.caption(typed(f"{note.by}　{shown_moment(note.at)[:16]}"))
    if note.reply:
        st.markdown(typed(f"回复：{note.reply}（{note.replied_by}记）"))
        return
    words = st.text_area("回复", max_chars=2000, key=box(f"reply:{note.id}"))
    if st.button("记下回复", icon=":material/reply:", key=f"reply:go:{note.id}"):
        act(partial(tasks.reply, actor, note.id, words), "回复记下了。")
