"""The form of a batch: which measures to whom, by which channel, in which words. What was typed stays when something is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.industries import load_industries
from navigator.corpus.load import default_corpus
from navigator.corpus.regions import load_regions
from navigator.delivery.batches import (
    CHANNELS,
    LONGEST_OFFICE,
    LONGEST_TITLE,
    MOST_DAILY,
    MOST_LINK_DAYS,
    Batch,
    Channel,
    Draft,
    begin_batch,
    change_batch,
    read_choice,
)
from navigator.delivery.filling import fill_apart
from navigator.delivery.messages import BLANKS, LONGEST_TEXT, default_text, sms_parts
from navigator.delivery.selecting import WHICH, Which, chosen_measures
from navigator.errors import InputError
from navigator.matching.dates import apply_state, period
from navigator.matching.rulebook import default_rulebook
from navigator.store.enterprises import count_enterprises
from navigator.ui.links import FIRST_DAY, pages, parameters
from navigator.ui.words import plain

_BACK = 30
"""Days back that a search for new measures begins with."""


def draw_form(actor: Actor, day: date, batch: Batch | None = None) -> None:
    """A new batch, or one that can still be changed."""
    was = batch.draft if batch else None
    key = f"push:{batch.id if batch else 'new'}"
    title = st.text_input(
        "标题（只有同事看得到）", was.title if was else "", max_chars=LONGEST_TITLE, key=f"{key}:title"
    )
    office = st.text_input("发送单位", was.office if was else "", max_chars=LONGEST_OFFICE, key=f"{key}:office")
    example = _draw_example(actor, was, key)
    choice = _draw_choice(actor, day, was, key)
    channels: tuple[Channel, ...] = get_args(Channel)
    channel = st.segmented_control(
        "渠道", channels, default=was.channel if was else "sms", required=True, format_func=CHANNELS.__getitem__,
        key=f"{key}:channel",
    )  # fmt: skip
    text = _draw_text(was, office, channel, key)
    with st.container(horizontal=True):
        daily = st.number_input("这一批每天最多发几条", 1, MOST_DAILY, was.daily if was else 2000, key=f"{key}:daily")
        days = st.number_input("链接几天有效", 1, MOST_LINK_DAYS, was.link_days if was else 60, key=f"{key}:days")
    if st.button("存下，挑选企业", type="primary", icon=":material/filter_alt:", key=f"{key}:save"):
        try:
            draft = Draft(title, office, channel, read_choice(choice), text, example, int(days), int(daily))
            _save(actor, draft, day, batch)
        except InputError as fault:
            st.error(plain(str(fault)), icon=":material/error:")


def _save(actor: Actor, draft: Draft, day: date, batch: Batch | None) -> None:
    if batch is None:
        number = begin_batch(actor, draft, day)
        fill_apart(actor, number).join(0.5)
        st.switch_page(pages()["push"], query_params=parameters(id=number))
    if change_batch(actor, batch.id, draft, day).state == "draft":
        fill_apart(actor, batch.id).join(0.5)
    st.rerun()


def _draw_example(actor: Actor, was: Draft | None, key: str) -> bool:
    real, invented = count_enterprises(actor, example=False), count_enterprises(actor, example=True)
    if not invented and not (was and was.example):
        return False
    if not real:
        st.caption(":material/science: 库里只有示例企业：这一批只作演示，不会发到外面，也不算进指标。")
        return True
    chosen = st.segmented_control(
        "推给", ["真的企业", "示例企业"], default="示例企业" if was and was.example else "真的企业", required=True,
        key=f"{key}:example",
    )  # fmt: skip
    return bool(chosen == "示例企业")


def _draw_choice(actor: Actor, day: date, was: Draft | None, key: str) -> dict[str, Any]:
    old = was.choice if was else None
    kinds: tuple[Which, ...] = get_args(Which)
    which = st.segmented_control(
        "推哪些政策", kinds, default=old.which if old else "named", required=True, format_func=WHICH.__getitem__,
        key=f"{key}:which",
    )  # fmt: skip
    found: dict[str, Any] = {"which": which}
    if which == "named":
        names = {
            one.id: one.name
            for one in default_corpus().on(day).measures
            if period(one, day) == "in_force" and apply_state(one, day) != "closed"
        }
        found["measures"] = st.multiselect(
            "政策事项", list(names), [name for name in old.measures if name in names] if old else [],
            format_func=names.__getitem__, placeholder="打字找，可以选几项", key=f"{key}:measures",
        )  # fmt: skip
    elif which in ("new", "changed"):
        start = old.since if old and old.since else date.fromordinal(day.toordinal() - _BACK)
        found["since"] = st.date_input("这一天以后", start, FIRST_DAY, day, format="YYYY-MM-DD", key=f"{key}:since")
    _tell_measures(found, day)
    found |= _draw_whom(actor, was, key)
    found["asks"] = st.toggle(
        "只差一项信息的，先发问题去问", old.asks if old else True, key=f"{key}:asks",
        help="企业点开链接回答这一项，系统马上告诉它符不符合",
    )  # fmt: skip
    return found


def _tell_measures(found: dict[str, Any], day: date) -> None:
    """Which measures a choice by day comes to."""
    if found["which"] == "named":
        return
    try:
        chosen = chosen_measures(read_choice(found), day)
    except InputError as fault:
        st.info(plain(str(fault)), icon=":material/info:")
        return
    with st.expander(f"共 {len(chosen)} 项"):
        st.markdown("\n".join(f"- {plain(one.name)}" for one in chosen))


def _draw_whom(actor: Actor, was: Draft | None, key: str) -> dict[str, Any]:
    old = was.choice if was else None
    regions: list[str] = []
    if actor.region is None:
        regions = st.multiselect(
            "哪些地区", list(load_regions().names), list(old.regions) if old else [], placeholder="全市",
            key=f"{key}:regions",
        )  # fmt: skip
    industries = load_industries()
    sections = [code for section in industries.children() for code in (section, *industries.children(section))]
    with st.expander("只推给某些行业、规模", expanded=bool(old and (old.industries or old.sizes))):
        codes = st.multiselect(
            "哪些行业", sections, [code for code in old.industries if code in sections] if old else [],
            format_func=lambda code: f"{industries.name(code)} {code}", placeholder="全部", key=f"{key}:industries",
        )  # fmt: skip
        sizes = st.multiselect(
            "哪些规模", default_rulebook().facts.specs["size_class"].values, list(old.sizes) if old else [],
            placeholder="全部", key=f"{key}:sizes",
        )  # fmt: skip
    return {"regions": regions, "industries": codes, "sizes": sizes}


def _draw_text(was: Draft | None, office: str, channel: str, key: str) -> str:
    text = st.text_area(
        "消息", was.text if was else default_text(), max_chars=LONGEST_TEXT, height=120, key=f"{key}:text",
        help="、".join(f"{{{blank}}}" for blank in BLANKS) + " 会换成每家自己的",
    )  # fmt: skip
    length = len(text)
    cost = f"，不算换进去的字，已是 {sms_parts(text)} 条短信" if channel == "sms" else ""
    st.caption(f"{length} 个字{cost}。挑好企业以后能看到每家的样子和长度。{'' if office else '记得署上单位。'}")
    return text
