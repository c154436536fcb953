"""Pieces of 走访记录: the lists of visits and of promises, and one visit with people, promises, photos, versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import photos, visits, visits_promises
from navigator.delivery.contacts import open_contact
from navigator.delivery.visits import TOPICS, Met, Version, Visit, Wanted, measure_names
from navigator.delivery.visits_promises import STATES, STEPS, Promised, WantedPromises
from navigator.errors import InputError
from navigator.matching import dates
from navigator.photoroute import photo_address
from navigator.store.audit import shown_moment
from navigator.store.enterprises import find_enterprises, read_enterprise, uscc_of
from navigator.ui.account import draw_download
from navigator.ui.acting import act, box
from navigator.ui.links import link
from navigator.ui.records import EXAMPLE, page_number
from navigator.ui.uploading import UPLOADER_IN_CHINESE
from navigator.ui.visits_form import Place, draw_note, draw_promise
from navigator.ui.words import Chip, badge, plain, sentence, typed

STATE_CHIPS: dict[str, Chip] = {
    "open": (STATES["open"], "pending_actions", "blue"),
    "kept": (STATES["kept"], "task_alt", "green"),
    "withdrawn": (STATES["withdrawn"], "undo", "gray"),
}
LATE: Chip = ("已经超期", "error", "red")
STAGES = {"open": "还没办的", "late": "超期的", "kept": "办到了的", "withdrawn": "撤回了的", "": "全部"}
SINCE = {0: "全部", 7: "最近7天", 30: "最近30天", 365: "最近一年"}
_TYPES = ("jpg", "jpeg", "png", "webp")
_PAGE = 20


# ---- lists


def draw_alarm(actor: Actor) -> None:
    """How many promises are open, and how many late."""
    open_, late = visits_promises.count_open(actor, dates.today())
    if late:
        st.warning(f"答应企业的事，有 {late} 件已经超期（还没办的一共 {open_} 件）。", icon=":material/error:")
    elif open_:
        st.markdown(f":material/pending_actions: 答应企业的事还有 **{open_}** 件没办，都没有超期。")


def draw_list(actor: Actor) -> None:
    """Visits by words and days, twenty at a time."""
    words = st.text_input("企业名称或记录里有哪些字", max_chars=60, key="words", icon=":material/search:")
    today = dates.today()
    since = st.selectbox("哪一段时间", list(SINCE), format_func=SINCE.__getitem__, key="since")
    first = today - timedelta(days=since) if since else None
    firm = _firm_in_url()
    example = st.toggle("只看示例企业", key="example") if firm is None else False
    wanted = Wanted(words, first, enterprise=firm, example=example)
    place = max(0, int(st.session_state.get("page", 1)) - 1)
    found, total = visits.list_visits(actor, wanted, limit=_PAGE, offset=place * _PAGE)
    if not found:
        st.caption("没有这样的走访记录。")
    for one in found:
        with st.container(gap="xxsmall"):
            link("visit-record", f"**{typed(one.name)}**　{one.visited_on}", ":material/directions_walk:", id=one.id)
            late = sum(promise.is_late(today) for promise in one.promises)
            chips = [EXAMPLE] if one.example else []
            chips += [badge((f"{late}件事超期", "error", "red"))] if late else []
            st.markdown(" ".join([*chips, typed(one.topic_words)]))
            more = [one.team, "、".join(one.members), f"照片{one.photos}张" if one.photos else ""]
            st.caption(typed("　".join(filter(None, more))))
    page_number(total, _PAGE, "page")
    if actor.is_at_least("staff"):
        asked = {"words": words, "from": first, "example": "1" if example else ""}
        draw_download("visits", "下载走访记录（表格）", **asked)


def _firm_in_url() -> int | None:
    """The enterprise whose visits a link asks for; a button takes all back in."""
    named = st.query_params.get("enterprise", "")
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        return None
    if st.button("只看了一家企业的，看全部", icon=":material/filter_list_off:"):
        st.query_params.pop("enterprise")
        st.rerun()
    return int(named)


def draw_promises(actor: Actor) -> None:
    """Promises by state, open ones first and by last day, twenty at a time."""
    stage = st.selectbox("看哪些", list(STAGES), format_func=STAGES.__getitem__, key="stage")
    place = max(0, int(st.session_state.get("promises", 1)) - 1)
    wanted, today = WantedPromises(stage), dates.today()
    found, total = visits_promises.list_promises(actor, wanted, today, limit=_PAGE, offset=place * _PAGE)
    if not found:
        st.caption("没有这样的事。")
    for one in found:
        with st.container(gap="xxsmall"):
            link("visit-record", f"**{typed(one.words)}**", ":material/handshake:", id=one.visit_id)
            st.markdown(_chips(one, today))
            st.caption(typed(f"{one.name}　{one.due_on} 前　{one.keeper}办"))
    page_number(total, _PAGE, "promises")
    if actor.is_at_least("staff"):
        draw_download("visit-promises", "下载答应的事（表格）", stage=stage)


def _chips(one: Promised, today: date) -> str:
    return badge(STATE_CHIPS[one.state]) + (f" {badge(LATE)}" if one.is_late(today) else "")


# ---- a new one


def draw_choice(actor: Actor) -> int | None:
    """The enterprise that was visited, from the address or looked for here; None until one is chosen."""
    named = st.query_params.get("enterprise", "")
    chosen = int(named) if named.isascii() and named.isdigit() and len(named) < 10 else 0
    if chosen:
        try:
            firm = read_enterprise(actor, uscc_of(actor, chosen))
        except InputError as fault:
            st.info(sentence(fault), icon=":material/search_off:")
        else:
            st.markdown(f"{EXAMPLE if firm.example else ''} **{typed(firm.name)}**　{firm.region or '地区未知'}")
            if st.button("换一家", icon=":material/swap_horiz:"):
                st.query_params.pop("enterprise")
                st.rerun()
            return chosen
    words = st.text_input("去的是哪家", placeholder="名称里的几个字，或信用代码开头几位", max_chars=100, key="words")
    found = find_enterprises(actor, words, limit=20)
    if words.strip() and not found:
        st.info("没有找到。少打几个字试试；也可能还没有建档，或者归别的区域管。", icon=":material/search_off:")
    for one in found:
        if st.button(f"{typed(one.name)}　{one.region or ''}", key=f"choose:{one.id}", width="stretch"):
            st.query_params["enterprise"] = str(one.id)
            st.rerun()
    return None


def save_photos(actor: Actor, number: int, files: Sequence[Any]) -> list[str]:
    """Keep photos of a visit; gives a sentence for each that could not be kept."""
    refused = []
    for file in files:
        try:
            photos.add_photo(actor, number, file.getvalue())
        except InputError as fault:
            refused.append(f"{file.name}：{fault.found}；{fault.expected}")
    return refused


def draw_uploader(key: str) -> list[Any]:
    """A box for photos."""
    st.html(UPLOADER_IN_CHINESE)
    megabytes = photos.LARGEST // 1_000_000
    return st.file_uploader(
        f"照片（最多{photos.MOST}张，每张不超过 {megabytes} MB；存的时候去掉拍摄地点和手机型号）",
        type=_TYPES, accept_multiple_files=True, max_upload_size=megabytes, key=key,
    )  # fmt: skip


# ---- one visit


def draw_one(actor: Actor, one: Visit, versions: list[Version]) -> None:
    """A visit: what the version that counts says, promises, photos, and how to put it right."""
    marks = [EXAMPLE] if one.example else []
    st.markdown(" ".join([*marks, typed(f"{one.visited_on}　{one.region or '地区未知'}　{one.team}")]))
    st.caption(typed(f"去的人：{'、'.join(one.members)}　{one.made_by}记的，{shown_moment(one.made)[:16]}"))
    st.subheader("谈了什么", anchor=False)
    if one.topic_words:
        st.markdown(typed(one.topic_words))
    if one.words:
        st.markdown(typed(one.words))
    for number, name in zip(one.measures, measure_names(one.measures), strict=True):
        link("measure", typed(name), ":material/policy:", id=number)
    _draw_people(actor, versions[-1].met)
    _draw_promises(actor, one)
    _draw_photos(actor, one)
    _draw_correcting(actor, one, versions)
    _draw_versions(versions)
    link("brief", "这家企业的走访提纲", ":material/storefront:", id=one.enterprise_id)
    if actor.is_at_least("staff"):
        _draw_removing(actor, one)


def _draw_people(actor: Actor, met: Sequence[Met]) -> None:
    st.subheader("见到了谁", anchor=False)
    if not met:
        st.caption("没有记。")
    for one in met:
        with st.container(border=True):
            opened = f"visit:opened:{one.contact}"
            phone = st.session_state.get(opened, one.phone) if one.contact else ""
            who = [f"**{typed(one.name or '（没有姓名）')}**", typed(one.role), typed(phone)]
            st.markdown("　".join(filter(None, who)))
            if not one.name and not phone:
                continue
            st.caption(f"姓名和电话最晚保存到 {one.until}")
            with st.container(horizontal=True):
                if one.contact and phone == one.phone:
                    told = (actor, one.contact, opened)
                    st.button(
                        "看完整电话", key=f"open:{one.id}", icon=":material/visibility:", on_click=_open, args=told
                    )
                with st.popover("删掉", icon=":material/delete:", key=f"erase:{one.id}"):
                    st.markdown("姓名和电话从这次记录的每一版里抹掉，找不回来。")
                    if st.button("确定删掉", key=f"erased:{one.id}"):
                        act(partial(visits.erase_person, actor, one.id), "姓名和电话删掉了。")


def _open(actor: Actor, contact: int, opened: str) -> None:
    try:
        st.session_state[opened] = open_contact(actor, contact).value
    except InputError as fault:
        st.session_state[opened] = str(fault)


def _draw_promises(actor: Actor, one: Visit) -> None:
    st.subheader("答应企业的事", anchor=False)
    if not one.promises:
        st.caption("没有记。")
    for promise in one.promises:
        _draw_promise(actor, promise)
    with st.expander("再记一件", icon=":material/add:"):
        place = Place(f"visit:{one.id}:more")
        new = draw_promise(actor, place, 0, dates.today())
        if st.button("记下来", key=place.key("save"), icon=":material/save:"):
            act(lambda: visits_promises.add_promise(actor, one.id, new), "记下来了，办到以前都在走访清单上。")


def _draw_promise(actor: Actor, one: Promised) -> None:
    today = dates.today()
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"{_chips(one, today)} **{typed(one.words)}**")
        settled = f"，{one.settled_on} {STATES[one.state]}" if one.settled_on else ""
        st.caption(typed(f"{one.due_on} 前，{one.keeper}办{settled}"))
        with st.expander("一步一步看，记下办没办到"):
            for step in one.steps:
                st.markdown(f"**{STEPS[step.step]}**　{step.day}　{typed(step.text)}")
                st.caption(typed(f"{step.by}记的，{shown_moment(step.at)[:16]}"))
            _draw_next(actor, one, today)


def _draw_next(actor: Actor, one: Promised, today: date) -> None:
    key = f"{one.id}:{one.state}"
    text = st.text_input("怎么办到的，或者为什么撤回、重新打开", max_chars=500, key=box(f"text:{key}"))
    if one.state != "open":
        _button(
            "重新打开",
            "lock_open",
            key,
            lambda: visits_promises.reopen_promise(actor, one.id, text, today),
            "又打开了。",
        )
        return
    day = st.date_input(
        "哪天办到的",
        today,
        min_value=min(one.made_on, today),
        max_value=today,
        format="YYYY-MM-DD",
        key=box(f"day:{key}"),
    )
    with st.container(horizontal=True):
        _button(
            "办到了", "task_alt", key, lambda: visits_promises.keep_promise(actor, one.id, text, day, today), "记下了，办到了。"
        )  # fmt: skip
        _button(
            "撤回", "undo", key, lambda: visits_promises.withdraw_promise(actor, one.id, text, today), "撤回了，请跟企业说明。"
        )  # fmt: skip


def _button(label: str, icon: str, key: str, do: Callable[[], object], told: str) -> None:
    if st.button(label, icon=f":material/{icon}:", key=f"{label}:{key}"):
        act(do, told)


def _draw_photos(actor: Actor, one: Visit) -> None:
    st.subheader("照片", anchor=False)
    kept = photos.list_photos(actor, one.id)
    if not kept:
        st.caption("没有照片。")
    for turn, photo in enumerate(kept, 1):
        told = escape(f"走访照片{turn}，{photo.made_by}存的")
        st.html(
            f'<img src="{photo_address(photo.id)}" alt="{told}" width="{photo.width}" height="{photo.height}" loading="lazy"'
            ' style="max-width: 100%; height: auto; border-radius: .4rem">'
        )
        with st.container(horizontal=True):
            st.caption(typed(f"{photo.made_by}存的，{shown_moment(photo.made)[:16]}"))
            with st.popover("删掉", icon=":material/delete:", key=f"photo:{photo.id}"):
                st.markdown("删了找不回来。")
                if st.button("确定删掉", key=f"photo:gone:{photo.id}"):
                    act(partial(photos.remove_photo, actor, photo.id), "照片删掉了。")
    if len(kept) < photos.MOST:
        files = draw_uploader(box(f"photos:{one.id}"))
        if files and st.button("存照片", icon=":material/add_a_photo:"):
            act(lambda: _saved(save_photos(actor, one.id, files)))


def _saved(refused: list[str]) -> str:
    if refused:
        raise InputError("照片", "有几张没存上", "。".join(refused))
    return "照片存好了。"


def _draw_correcting(actor: Actor, one: Visit, versions: list[Version]) -> None:
    with st.expander("更正这次记录", icon=":material/edit:"):
        place = Place(f"visit:{one.id}:correct")
        based = int(st.session_state.setdefault(place.key("based"), one.version))
        if based != one.version:
            st.warning(
                f"您填的时候，{plain(versions[-1].by)}更正过一次，见上面和“以前写的”。您填的都还在。",
                icon=":material/sync_problem:",
            )
            if st.button("看过了，接着改", key=place.key("seen")):
                st.session_state[place.key("based")] = one.version
                st.rerun()
        note = draw_note(actor, one.enterprise_id, place, versions[based - 1])
        reason = st.text_input("为什么更正", max_chars=500, key=place.key("why"))
        if st.button("存更正", type="primary", key=place.key("save"), icon=":material/save:"):
            today = dates.today()
            act(lambda: visits.correct(actor, one.id, note, reason, based, today), "更正了，以前写的还在。")


def _draw_versions(versions: list[Version]) -> None:
    if len(versions) < 2:
        return
    with st.expander(f"以前写的（{len(versions) - 1}版）", icon=":material/history:"):
        for one in reversed(versions[:-1]):
            st.markdown(f"**第{one.version}版**　{one.visited_on}　{typed('、'.join(one.members))}")
            topics = "、".join(TOPICS.get(topic, topic) for topic in one.topics)
            told = [topics, one.other, "、".join(measure_names(one.measures)), one.words]
            st.markdown(typed("　".join(filter(None, told))))
            after = versions[one.version]
            st.caption(typed(f"{one.by}写的，{shown_moment(one.at)[:16]}；{after.by}更正的原因：{after.reason}"))


def _draw_removing(actor: Actor, one: Visit) -> None:
    with st.expander("删掉这次记录（比如记错了企业）", icon=":material/delete:"):
        st.markdown("连同答应的事、照片和只在这次留的电话一起删，找不回来；谁删的、为什么，留在日志里。")
        reason = st.text_input("为什么删", max_chars=500, key=f"remove:{one.id}")
        if st.button("删掉", key=f"removed:{one.id}", icon=":material/delete:"):
            try:
                visits.remove_visit(actor, one.id, reason)
            except InputError as fault:
                st.error(sentence(fault), icon=":material/error:")
                return
            st.rerun()
