"""Pieces of subscriptions to 政策日历: a visitor makes and stops a link, staff make and stop those of a record."""

from __future__ import annotations

from datetime import date

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import calendars
from navigator.delivery.calendars import Made
from navigator.errors import InputError
from navigator.matching import dates
from navigator.matching.rulebook import rulebook_for
from navigator.store.audit import shown_moment
from navigator.store.enterprises import Enterprise
from navigator.ui.acting import act, box, tell
from navigator.ui.profile import profile
from navigator.ui.words import sentence, typed

_MADE, _MADE_FOR = "calendar:link", "calendar:record-link"
_HOW = (
    "- 苹果手机：设置 → 日历 → 账户 → 添加账户 → 其他 → 添加已订阅的日历，粘贴链接\n"
    "- 电脑上的 Outlook、谷歌日历等：选“通过网址添加日历”，粘贴链接\n"
    "- 手机上没有“订阅”的：用上面的“存进手机日历”，日子变了要重新下载"
)


def draw_subscription(day: date, only: frozenset[str] | None) -> None:
    """For who answered questions: a link to the days of the measures chosen above, made by an explicit wish; for everybody a way to stop one."""
    st.subheader("订阅，日子变了自动更新", anchor=False)
    made = st.session_state.get(_MADE)
    if isinstance(made, Made):
        _draw_made(made)
        if st.button("停用这个链接", icon=":material/link_off:"):
            act(lambda: _stop(made.address), "链接停用了，订阅过它的日历不再更新。")
    elif profile():
        st.markdown("做一个只有您有的链接，粘贴到日历软件里，以后哪天改了、新添了日子，日历自己更新。")
        st.caption(
            "我们只存上面选中的是哪些政策、按哪天选的，**不存您填的内容**；链接里也没有。但谁拿到链接，谁就看得到列了哪些政策，"
            "请不要发给不相干的人。链接一年后停用，您随时可以停用。"
        )
        if st.button("做一个订阅链接", icon=":material/add_link:"):
            _make(day, only)
    else:
        st.markdown("先做政策体检，就能订阅适合您的政策的日子。")
    with st.expander("停用以前做的链接"):
        link = st.text_input("把订阅链接粘贴在这里", max_chars=300, key=box("calendar:stop"), autocomplete="off")
        if st.button("停用", icon=":material/link_off:"):
            act(lambda: _stop(link), "链接停用了，订阅过它的日历不再更新。")


def draw_links_of(actor: Actor, record: Enterprise) -> None:
    """Subscriptions of a record: those that are open, one more, stopping."""
    today = dates.today()
    with st.expander("政策日历订阅"):
        st.caption(
            "给企业一个订阅链接：列它能享受、可能享受的政策的日子。链接里没有企业的资料，我们也只存是哪些政策；一年后停用。"
        )
        made = st.session_state.get(_MADE_FOR)
        if isinstance(made, tuple) and made[0] == record.uscc:
            _draw_made(made[1])
        for one in calendars.list_for_record(actor, record.uscc, today):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"{shown_moment(one.made)[:16]} {typed(one.made_by)} 做　{one.measures} 项政策　到 {one.until}"
                )
                if st.button("停用", key=f"calendar:stop:{one.id}", icon=":material/link_off:"):
                    act(lambda number=one.id: _stop_of(actor, record.uscc, number), "链接停用了。")
        if st.button("做一个订阅链接", key="calendar:make", icon=":material/add_link:"):
            act(lambda: _make_of(actor, record.uscc, today), "链接做好了，只显示这一次，请复制给企业。")


def _draw_made(made: Made) -> None:
    st.success(
        f"链接做好了，列着 {made.measures} 项政策的日子，到 {made.until} 为止。只在这里显示一次，请复制下来。",
        icon=":material/link:",
    )
    st.code(made.address, language=None, wrap_lines=True)
    st.markdown(_HOW)


def _make(day: date, only: frozenset[str] | None) -> None:
    measures = rulebook_for(day).by_id.keys() if only is None else only
    try:
        made = calendars.make_for_visitor(measures, day, dates.today(), _address())
    except InputError as fault:
        st.error(sentence(fault), icon=":material/error:")
        return
    st.session_state[_MADE] = made
    tell("订阅链接做好了，在下面。")
    st.rerun()


def _make_of(actor: Actor, uscc: str, today: date) -> None:
    st.session_state[_MADE_FOR] = (uscc, calendars.make_for_record(actor, uscc, today))


def _stop(link: str) -> None:
    calendars.stop(link, _address())
    made = st.session_state.get(_MADE)
    if isinstance(made, Made) and made.address.rsplit("/", 1)[1].removesuffix(".ics") in link:
        del st.session_state[_MADE]


def _stop_of(actor: Actor, uscc: str, number: int) -> None:
    calendars.stop_for_record(actor, uscc, number)
    st.session_state.pop(_MADE_FOR, None)


def _address() -> str:
    """Where a visitor comes from; tries are counted by it."""
    return st.context.ip_address or ""
