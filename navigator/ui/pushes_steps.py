"""What may be done with a batch next: try it out, ask for approval, approve, give back, hand over, settle what is unsure, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.delivery.batches import LONGEST_REASON, Batch, approve, give_back, propose, withdraw
from navigator.delivery.exporting import HEADER
from navigator.delivery.filling import fill_apart, start_over
from navigator.delivery.handing import hand_over, list_hand_overs
from navigator.delivery.previewing import Part, try_out
from navigator.delivery.queue import list_unsettled, settle
from navigator.delivery.watch import wake
from navigator.downloads import csv_download
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store.audit import shown_moment
from navigator.ui.account import draw_download
from navigator.ui.words import plain, typed

_SAID = "push:said"


def draw_said() -> None:
    """What became of the step taken last."""
    said = st.session_state.pop(_SAID, None)
    if said:
        kind, text = said
        (st.error if kind == "error" else st.success)(
            plain(text), icon=":material/error:" if kind == "error" else ":material/check_circle:"
        )


def _do(step: Callable[[], Any], done: str) -> None:
    """Take a step and keep what became of it for the next drawing."""
    try:
        step()
    except InputError as fault:
        st.session_state[_SAID] = ("error", str(fault))
    else:
        st.session_state[_SAID] = ("done", done)


def _written(key: str) -> str:
    """What stands in a box at the moment a button is pressed."""
    return str(st.session_state.get(key, ""))


def draw_start(actor: Actor, batch: Batch) -> None:
    """The way from a draft to its enterprises."""
    st.markdown("写好了。下一步在企业档案里挑出符合条件的，一家都还不会发。")
    st.button(
        "挑选企业", type="primary", icon=":material/filter_alt:", on_click=_do,
        args=(lambda: fill_apart(actor, batch.id), "开始挑了。"),
    )  # fmt: skip


def draw_trial(actor: Actor, batch: Batch) -> None:
    """A message to a colleague's own number or mailbox."""
    is_mail = batch.draft.channel == "email"
    st.markdown(
        "**试发给同事**　" + ("寄一封到同事自己的邮箱。" if is_mail else "得到一行文件，放进短信或微信系统里试发。")
        + "里面的链接是试看的，不通到任何企业。"
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        address = st.text_input("同事的邮箱" if is_mail else "同事的手机号", key="push:trial", max_chars=200)
        pressed = st.button("试发", icon=":material/science:")
    if pressed:
        try:
            message = try_out(actor, batch.id, address, int(st.session_state.get("push:seed", 1)))
        except InputError as fault:
            st.error(plain(str(fault)), icon=":material/error:")
            return
        if is_mail:
            st.success(f"寄到 {plain(message.to)} 了。", icon=":material/check_circle:")
            return
        row = (f"{batch.id}-试发", message.enterprise, message.person, message.to, message.text, message.links[0])
        made = csv_download(f"试发_推送{batch.id}.csv", HEADER, [row])
        st.download_button("下载试发的一行", made.content, made.name, made.media_type, icon=":material/download:")
    elif batch.tested:
        st.caption(f"{shown_moment(batch.tested)[:16]} 试发过")


def draw_propose(actor: Actor, batch: Batch) -> None:
    """Ask for approval, or select anew."""
    if not batch.tested:
        st.caption("还没有试发过。建议先试发一条，看看手机上什么样。")
    with st.container(horizontal=True):
        st.button(
            "提请批准", type="primary", icon=":material/how_to_reg:", on_click=_do,
            args=(lambda: propose(actor, batch.id), "已提请，等另一位工作人员批准。"),
        )  # fmt: skip
        st.button(
            "档案变了，重新挑一次",
            icon=":material/refresh:",
            on_click=_do,
            args=(lambda: _again(actor, batch.id), "开始重新挑了。"),
        )


def _again(actor: Actor, number: int) -> None:
    start_over(actor, number)
    fill_apart(actor, number)


def draw_proposed(actor: Actor, batch: Batch) -> None:
    """Approve or give back, for another person than whoever wrote or proposed it."""
    if actor.name in (batch.by, batch.proposed_by):
        st.info("自己起草或提请的不能自己批准，要等另一位工作人员看过。", icon=":material/how_to_reg:")
    else:
        st.info(
            f"{plain(batch.proposed_by or '')} 提请批准。请看过下面的数量、样子和清单再批准。",
            icon=":material/how_to_reg:",
        )
        st.button(
            "看过了，批准发出", type="primary", icon=":material/verified:", on_click=_do,
            args=(lambda: _approve(actor, batch.id), "已批准。邮件会自动发；短信、微信请在下面生成今天的文件。"),
        )  # fmt: skip
    st.text_input("退回的话，写一句要改什么", key="push:back", max_chars=LONGEST_REASON)
    st.button(
        "退回修改", icon=":material/undo:", on_click=_do,
        args=(lambda: give_back(actor, batch.id, _written("push:back")), "已退回，起草的人能看到原因。"),
    )  # fmt: skip


def _approve(actor: Actor, number: int) -> None:
    approve(actor, number)
    wake()


def draw_sending(actor: Actor, batch: Batch, found: list[Part]) -> None:
    """How far it has gone out, files for other systems, and what nobody knows of."""
    sent = sum(part.pushes for part in found if part.state == "sent")
    left = sum(part.pushes for part in found if part.state in ("queued", "handing"))
    unsure = sum(part.pushes for part in found if part.state == "unsure")
    whole = sent + left + unsure
    st.progress(sent / whole if whole else 1.0, f"发出 {sent:,} 条，还有 {left:,} 条在排队")
    st.caption(
        f"这一批每天最多 {batch.draft.daily:,} 条，全部批次每天最多 {settings().push_daily:,} 条；"
        f"一家企业一天一条，七天最多 {settings().push_weekly} 条。"
        "发之前会再看一次：档案或政策变了、不再符合的不发。"
    )
    if batch.draft.channel == "email":
        if batch.state == "approved":
            st.markdown(
                ":material/outgoing_mail: 正在自动发，可以离开这一页。"
                if batch.working
                else ":material/schedule: 等着自动发。"
            )
        if unsure:
            _draw_unsettled(actor, batch)
    else:
        _draw_files(actor, batch)


def _draw_files(actor: Actor, batch: Batch) -> None:
    if batch.state == "approved":
        st.button(
            "生成今天的文件", type="primary", icon=":material/file_save:", on_click=_do,
            args=(lambda: hand_over(actor, batch.id), "文件好了，在下面下载，交给短信或微信系统发。生成就算发出。"),
        )  # fmt: skip
    for handed in list_hand_overs(actor, batch.id):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f":material/description: 第{handed.id}次交接　{handed.messages:,} 条")
            st.caption(typed(f"{shown_moment(handed.at)[:16]}　{handed.by}　再下载多少次，内容都一样"))
            with st.container(horizontal=True):
                draw_download("hand-over", "下载（Excel）", id=handed.id, format="xlsx")
                draw_download("hand-over", "下载（CSV）", id=handed.id, format="csv")


def _draw_unsettled(actor: Actor, batch: Batch) -> None:
    st.warning(
        "下面几封不知道发出没有：发的时候程序或网络断了。请到邮件系统里按编号查一查，再点“已发出”或“再发”；不点就不会再发。",
        icon=":material/help:",
    )
    for one in list_unsettled(actor, batch.id):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f":material/help: {typed(one.name)}　编号 {batch.id}-{one.id}")
            st.caption(typed(f"{shown_moment(one.at)[:16]}　{one.remark}"))
            with st.container(horizontal=True):
                _draw_settling(actor, batch.id, one.id, "已发出", went_out=True)
                _draw_settling(actor, batch.id, one.id, "再发", went_out=False)


def _draw_settling(actor: Actor, number: int, message: int, label: str, *, went_out: bool) -> None:
    st.button(
        label, key=f"push:settle:{message}:{went_out}", on_click=_do,
        args=(lambda: settle(actor, number, message, went_out=went_out), "记下了。"),
    )  # fmt: skip


def draw_withdraw(actor: Actor, batch: Batch) -> None:
    """Stop a batch, with the reason its links will tell."""
    with st.expander("撤回这一批", icon=":material/undo:"):
        st.markdown("没发出的不再发。已发出的仍算在精准率里，企业点开链接会看到已经撤回和下面的原因。")
        st.text_input("撤回的原因（企业看得到）", key="push:why", max_chars=LONGEST_REASON)
        st.button(
            "撤回",
            icon=":material/undo:",
            on_click=_do,
            args=(lambda: withdraw(actor, batch.id, _written("push:why")), "已撤回。"),
        )
