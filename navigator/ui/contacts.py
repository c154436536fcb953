"""Pieces of contacts: how one enterprise can be reached and what it wants no more of; taking in a table of numbers and mailboxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.load import default_corpus
from navigator.delivery.contact_tables import TakenContacts, take_contacts
from navigator.delivery.contacts import (
    KIND_NAMES,
    PURPOSES,
    Contact,
    add_contact,
    count_contacts,
    erase_contact,
    erase_contacts_of,
    list_contacts,
    masked,
    open_contact,
)
from navigator.delivery.opt_outs import OptOut, list_opt_outs, opt_in, opt_out
from navigator.errors import InputError
from navigator.matching.dates import today
from navigator.store.audit import shown_moment
from navigator.store.enterprises import LONGEST_REMARK, LONGEST_SOURCE, Enterprise
from navigator.store.importing_files import LARGEST, keep_file
from navigator.ui.uploading import UPLOADER_IN_CHINESE
from navigator.ui.words import plain, typed

_TOLD, _OPENED, _ROUND = "contacts:told", "contacts:opened", "contacts:round"
_SHOWN_REFUSALS = 50


def draw_contacts(actor: Actor, record: Enterprise) -> None:
    """The contacts of a record, masked until somebody opens one, and what it wants no more of."""
    kind, told = st.session_state.pop(_TOLD, ("", ""))
    if told:
        (st.error if kind == "error" else st.success)(plain(told), icon=f":material/{kind}:")
    st.subheader("联系方式", anchor=False)
    if record.example:
        st.info("示例企业不填联系方式：真号码不能用在它上面。", icon=":material/science:")
    else:
        _draw_list(actor, record)
        with st.expander("加一个联系方式", icon=":material/add_call:"):
            _draw_new(actor, record)
    st.subheader("不再接收推送", anchor=False)
    _draw_opt_outs(actor, record)


def _draw_list(actor: Actor, record: Enterprise) -> None:
    known = list_contacts(actor, record.uscc)
    if not known:
        st.markdown("还没有联系方式，推送不到这家企业。")
        return
    for one in known:
        _draw_one(actor, one)
    if len(known) > 1 and actor.is_at_least("staff"):
        with st.popover("全部删掉", icon=":material/delete_sweep:", key="contacts:erase-all"):
            st.markdown("这家企业的联系方式，连同发出去的消息里写的，都会抹掉，找不回来。")
            st.button("确定全部删掉", on_click=_do, args=(erase_contacts_of, "删掉了。", actor, record.uscc))


def _draw_one(actor: Actor, one: Contact) -> None:
    with st.container(border=True):
        value = _opened(actor, one)
        who = f"　{typed(one.person)}" if one.person else ""
        st.markdown(f"**{KIND_NAMES[one.kind]} {typed(value)}**{who}")
        st.caption(f"{one.purpose}用　{typed(one.source)}，{one.day}　最晚保存到 {one.until}")
        with st.container(horizontal=True):
            if value == one.value:
                st.button(
                    "看完整的",
                    icon=":material/visibility:",
                    key=f"contacts:open:{one.id}",
                    on_click=_open,
                    args=(actor, one.id),
                )
            with st.popover("删掉", icon=":material/delete:", key=f"contacts:erase:{one.id}"):
                st.markdown("连同发出去的消息里写的一起抹掉，找不回来。")
                told = (erase_contact, "删掉了。", actor, one.id)
                st.button("确定删掉", key=f"contacts:erased:{one.id}", on_click=_do, args=told)


def _draw_new(actor: Actor, record: Enterprise) -> None:
    turn = st.session_state.get(_ROUND, 0)

    def key(name: str) -> str:
        return f"contacts:new:{record.id}:{turn}:{name}"

    with st.form(key("form"), border=False):
        st.segmented_control(
            "种类",
            list(KIND_NAMES),
            format_func=KIND_NAMES.__getitem__,
            default="phone",
            key=key("kind"),
            required=True,
        )
        st.text_input("号码或邮箱", key=key("value"), max_chars=200, placeholder="如 13800138000、name@example.com")
        st.text_input("联系人（可以不写）", key=key("person"), max_chars=64)
        st.selectbox(
            "用来做什么", PURPOSES, key=key("purpose"), help="只有“政策推送”的会收到推送；走访时留的不拿来推送。"
        )
        st.text_input(
            "从哪里知道的", key=key("source"), max_chars=LONGEST_SOURCE, placeholder="如 11月20日走访时本人留的"
        )
        st.date_input("哪一天知道的", today(), max_value=today(), format="YYYY-MM-DD", key=key("day"))
        st.form_submit_button(
            "存下来", type="primary", icon=":material/save:", on_click=_add, args=(actor, record, key)
        )


def _add(actor: Actor, record: Enterprise, key: Callable[[str], str]) -> None:
    box = st.session_state
    _do(
        add_contact,
        "存好了。",
        actor,
        record.uscc,
        box[key("kind")],
        box[key("value")],
        person=box[key("person")],
        purpose=box[key("purpose")],
        source=box[key("source")],
        day=box[key("day")],
    )
    if box[_TOLD][0] != "error":
        box[_ROUND] = box.get(_ROUND, 0) + 1


def _open(actor: Actor, number: int) -> None:
    try:
        found = open_contact(actor, number)
    except InputError as fault:
        st.session_state[_TOLD] = ("error", str(fault))
    else:
        st.session_state[_OPENED] = st.session_state.get(_OPENED, {}) | {(actor.sign_in, number): found.value}


def _opened(actor: Actor, one: Contact) -> str:
    """The whole value where whoever is signed in now has opened it, else the masked one."""
    value = st.session_state.get(_OPENED, {}).get((actor.sign_in, one.id), "")
    return value if value and masked(one.kind, value) == one.value else one.value


def _draw_opt_outs(actor: Actor, record: Enterprise) -> None:
    known = list_opt_outs(actor, record.uscc)
    if not known:
        st.markdown("没有说过不再接收。")
    for one in known:
        _draw_opt_out(actor, record, one)
    if not any(one.measure_id is None for one in known):
        with st.expander("企业说不想再收，记在这里", icon=":material/notifications_off:"):
            names = {"": "所有政策推送"} | {one.id: one.name for one in default_corpus().measures}
            st.selectbox(
                "不想再收哪些", list(names), format_func=lambda one: plain(names[one]), key="contacts:stop:what"
            )
            st.text_input("怎么说的（可以不写）", key="contacts:stop:remark", max_chars=LONGEST_REMARK)
            st.button("记下，以后不再推送", key="contacts:stop", on_click=_stop, args=(actor, record))


def _draw_opt_out(actor: Actor, record: Enterprise, one: OptOut) -> None:
    measure = default_corpus().measure_by_id.get(one.measure_id or "")
    what = "所有政策推送" if one.measure_id is None else measure.name if measure else one.measure_id
    remark = f"　{typed(one.remark)}" if one.remark else ""
    with st.container(border=True):
        st.markdown(f":material/notifications_off: **{plain(what)}**")
        st.caption(f"{shown_moment(one.at)[:16]}　{typed(one.by)}{remark}")
        if actor.is_at_least("staff"):
            told = (opt_in, "恢复了，以后的推送会再发给它。", actor, record.uscc, one.id)
            st.button("恢复接收", key=f"contacts:in:{one.id}", on_click=_do, args=told)


def _stop(actor: Actor, record: Enterprise) -> None:
    box = st.session_state
    wanted, remark = box["contacts:stop:what"] or None, box["contacts:stop:remark"]
    _do(opt_out, "记下了，以后不再推送。", actor, record.uscc, wanted, remark)


def _do(act: Callable[..., Any], said: str, *given: Any, **more: Any) -> None:
    """Callback: do it, and say afterwards how it went."""
    try:
        act(*given, **more)
    except InputError as fault:
        st.session_state[_TOLD] = ("error", str(fault))
    else:
        st.session_state[_TOLD] = ("check_circle", said)


def draw_reach(actor: Actor) -> None:
    """How many enterprises can be reached, by channel."""
    reached = count_contacts(actor)
    st.markdown(f"能发短信、微信的 **{reached['sms']:,}** 家，能发邮件的 **{reached['email']:,}** 家（不含示例）。")


def draw_take_in(actor: Actor) -> None:
    """A table of contacts: choose it, say where it is from, take it in."""
    st.html(UPLOADER_IN_CHINESE)
    turn = st.session_state.get(_ROUND, 0)
    uploaded = st.file_uploader(
        "联系方式的表：.xlsx 或 .csv",
        type=["xlsx", "csv", "txt"],
        max_upload_size=LARGEST // 1_000_000,
        key=f"contacts:file:{turn}",
    )
    source = st.text_input(
        "从哪里来的", key="contacts:source", max_chars=LONGEST_SOURCE, placeholder="如 税务局10月办税人员名单"
    )
    day = st.date_input("是哪一天的", today(), max_value=today(), format="YYYY-MM-DD", key="contacts:day")
    purpose = st.selectbox("用来做什么", PURPOSES, key="contacts:purpose", help="只有“政策推送”的会收到推送。")
    if st.button("收进来", type="primary", icon=":material/contact_phone:", disabled=uploaded is None) and uploaded:
        try:
            with st.spinner("正在收…"):
                file = keep_file(actor, uploaded, uploaded.name)
                taken = take_contacts(actor, file, source=source, day=day, purpose=purpose)
        except InputError as fault:
            st.error(plain(str(fault)), icon=":material/error:")
        else:
            _draw_taken(taken)


def _draw_taken(taken: TakenContacts) -> None:
    st.success(
        f"看了 {taken.rows:,} 行：收下 {taken.kept:,} 个，已经有的 {taken.same:,} 个，没有收的 {taken.refused:,} 处。",
        icon=":material/check_circle:",
    )
    if not taken.refused:
        return
    with st.expander(f"没有收的（{taken.refused:,} 处）", expanded=True):
        lines = (
            f"- 第{one.line}行{f'，{one.column}' if one.column else ''}：{typed(one.found)}　:gray[{plain(one.reason)}]"
            for one in taken.refusals[:_SHOWN_REFUSALS]
        )
        st.markdown("\n".join(lines))
        if taken.refused > _SHOWN_REFUSALS:
            st.caption(f"只列出前 {_SHOWN_REFUSALS} 处。改好以后整张表再收一次，已经收下的不会重复。")
