"""Pieces of 提诉求: what an enterprise without an account types, its receipt, and what it sees and says with it. Only what is typed is kept."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from navigator.delivery import appeals_public as public
from navigator.delivery.appeals import FIELDS, SAID
from navigator.delivery.appeals_public import Asked, Progress, Receipt
from navigator.delivery.appeals_similar import find_measures
from navigator.delivery.appeals_whose import KEPT_DAYS
from navigator.errors import InputError
from navigator.matching import dates
from navigator.settings import settings
from navigator.store.accounts import regions_of_staff
from navigator.ui.acting import act, box, form_key, tell
from navigator.ui.appeals import STATE_CHIPS
from navigator.ui.links import link
from navigator.ui.words import badge, plain, sentence, typed

_RECEIPT, _LOOKED_AT = "asking:receipt", "asking:looked-at"
_CITY = "说不准，交给市里"


def draw_raising() -> None:
    """The boxes of an appeal; what was typed stays when something is lacking."""
    asked = Asked(
        name=st.text_input("企业或店的名称", max_chars=200, key=box("ask:name")),
        region=st.selectbox("在哪里", regions_of_staff(), None, key=box("ask:region"), placeholder=_CITY),
        field=st.selectbox(
            "哪一类", list(FIELDS), None, format_func=FIELDS.__getitem__, key=box("ask:field"), placeholder="选一类"
        )
        or "",
        title=st.text_input("什么事（一句话）", max_chars=200, key=box("ask:title")),
        text=st.text_area("具体情况：什么时候、找过谁、卡在哪里", max_chars=2000, key=box("ask:text")),
        contact=st.text_input("电话或邮箱（可以不填）", max_chars=200, key=box("ask:contact")),
        person=st.text_input("怎么称呼（可以不填）", max_chars=60, key=box("ask:person")),
    )
    st.caption(
        f"电话和邮箱只用来办这件诉求，不作别的用，办完{KEPT_DAYS}天后删除，最多保存{settings().contact_years}年；凭回执随时可以删。"
        "不填也能提，就凭回执来看答复。请不要写身份证号、银行账号。"
    )
    if asked.title.strip():
        _draw_answers(asked.title)
    if not st.button("交上去", type="primary", icon=":material/send:"):
        return
    try:
        asked = replace(asked, key=form_key(box("ask:form"), asked))
        st.session_state[_RECEIPT] = public.raise_by_enterprise(asked, dates.today(), _address())
    except InputError as fault:
        st.error(sentence(fault), icon=":material/error:")
        return
    tell("收到了。")
    st.rerun()


def _draw_answers(title: str) -> None:
    found = find_measures(title)
    if found:
        st.markdown("**先看看：这几项政策可能就能解决**")
    for one in found:
        link("measure", typed(one.title), ":material/policy:", id=one.id)


def draw_receipt() -> bool:
    """The receipt of what was raised just now; False where nothing was."""
    receipt = st.session_state.get(_RECEIPT)
    if not isinstance(receipt, Receipt):
        return False
    with st.container(border=True):
        st.markdown("**回执，请抄下来或截图**")
        st.markdown(f"编号：**{plain(receipt.number)}**")
        st.markdown(f"查询码：**{receipt.code[:4]} {receipt.code[4:]}**")
        st.markdown("查询码只在这里出现一次，丢了查不到进度，只能打12345问。")
    if st.button("再提一件", icon=":material/add:"):
        del st.session_state[_RECEIPT]
        st.rerun()
    return True


def draw_looking() -> None:
    """Asks for the receipt and shows how far the appeal is."""
    number = st.text_input("编号", max_chars=16, key="look:number", placeholder="如 2026-00012")
    code = st.text_input("查询码", max_chars=20, key="look:code", autocomplete="off")
    if st.button("查进度", icon=":material/search:"):
        st.session_state[_LOOKED_AT] = (number, code)
    known = st.session_state.get(_LOOKED_AT)
    if known is None:
        return
    try:
        seen = public.look_up(*known, _address())
    except InputError as fault:
        del st.session_state[_LOOKED_AT]
        st.error(sentence(fault), icon=":material/error:")
        return
    _draw_progress(seen)
    if seen.state in ("replied", "asked"):
        _draw_saying(*known)
    if seen.keeps_contact and st.button("删掉我留的联系方式", icon=":material/delete:"):
        act(lambda: public.forget_contact(*known, _address()), "联系方式删掉了，诉求照办。")


def _draw_progress(seen: Progress) -> None:
    st.subheader(typed(seen.title), anchor=False)
    st.markdown(badge(STATE_CHIPS[seen.state]))
    unit = f"由{seen.unit}办" if seen.unit else ""
    due = f"{seen.due} 以前答复" if seen.due and seen.state in ("accepted", "assigned") else ""
    st.caption(typed("，".join(filter(None, (f"{seen.raised_on} 提出", unit, due)))))
    for step in seen.steps:
        st.markdown(f"- {step.day}　**{step.word}**" + (f"　{typed(step.text)}" if step.text else ""))
    if seen.state == "refused":
        st.markdown("不同意的，可以打 [12345](tel:12345)，或者把新的情况再提一件。")


def _draw_saying(number: str, code: str) -> None:
    said = st.radio(
        "对答复满意吗", ["yes", "no"], None, format_func=SAID.__getitem__, horizontal=True, key=box("say:said")
    )
    text = st.text_area("想说的话（不满意的，说说哪里不满意）", max_chars=2000, key=box("say:text"))
    if st.button("告诉政府", type="primary", icon=":material/rate_review:"):
        act(
            lambda: public.say(number, code, said or "", text, dates.today(), _address()),
            "记下了，谢谢。",
        )


def _address() -> str:
    """Where a visitor comes from; tries are counted by it."""
    return st.context.ip_address or ""
