"""Pieces of 企业诉求: reminders, the list, a new one, the terms, and one appeal with its steps, what answers it, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import appeals
from navigator.delivery.appeals import CITY, FIELDS, SAID, SOURCES, STATES, STEPS, Appeal, New, Step, Wanted
from navigator.delivery.appeals_due import DUE, Reminder, reminders
from navigator.delivery.appeals_similar import find_answers, find_similar
from navigator.delivery.appeals_whose import PURPOSE, contact_of, erase_contact, name_enterprise
from navigator.delivery.board import units
from navigator.delivery.contacts import KIND_NAMES
from navigator.errors import InputError
from navigator.matching import dates
from navigator.matching.rulebook import default_rulebook
from navigator.store.accounts import regions_of_staff
from navigator.store.audit import shown_moment
from navigator.store.enterprises import Enterprise, read_enterprise
from navigator.ui.account import draw_download
from navigator.ui.acting import act, box, form_key
from navigator.ui.links import FIRST_DAY, link, pages, parameters
from navigator.ui.records import EXAMPLE, page_number
from navigator.ui.words import Chip, badge, plain, typed

STATE_CHIPS: dict[str, Chip] = {
    "raised": (STATES["raised"], "inbox", "orange"),
    "refused": (STATES["refused"], "block", "gray"),
    "accepted": (STATES["accepted"], "assignment", "orange"),
    "assigned": (STATES["assigned"], "forward_to_inbox", "blue"),
    "replied": (STATES["replied"], "call", "blue"),
    "asked": (STATES["asked"], "playlist_add_check", "blue"),
    "closed": (STATES["closed"], "task_alt", "green"),
}
LATE: Chip = ("超期没有答复", "error", "red")
DUE_CHIPS: dict[str, Chip] = {
    "late": (DUE["late"], "error", "red"),
    "today": (DUE["today"], "today", "orange"),
    "soon": (DUE["soon"], "schedule", "blue"),
    "unclosed": (DUE["unclosed"], "playlist_add_check", "orange"),
    "waiting": (DUE["waiting"], "inbox", "orange"),
}
STAGES = {"open": "没有销号的", "late": "超期没有答复的", "again": "退回或重新打开过的", **STATES, "": "全部"}
_ICONS = {
    "raise": "campaign", "accept": "assignment", "refuse": "block", "assign": "forward_to_inbox", "reply": "forum", "ask": "call",
    "close": "task_alt", "send_back": "undo", "reopen": "lock_open", "amend": "edit", "name": "link", "whose": "domain",
}  # fmt: skip
_PAGE = 20
_REMINDED = 8
"""So many reminders stand on the page; the list below has all."""


def draw_reminders(actor: Actor) -> None:
    """What must not be forgotten, the late ones first; how many of each kind, then the most urgent."""
    st.subheader("提醒", anchor=False)
    found = reminders(actor, dates.today())
    if not found:
        st.markdown(":material/check_circle: 没有超期的，也没有马上到期、等着受理的。")
        return
    counts = {kind: sum(one.kind == kind for one in found) for kind in DUE}
    st.markdown("　".join(f"{badge(DUE_CHIPS[kind])} {count} 件" for kind, count in counts.items() if count))
    for one in found[:_REMINDED]:
        _draw_reminder(one)
    if len(found) > _REMINDED:
        st.caption(f"还有 {len(found) - _REMINDED} 件，在下面的清单里按“看哪些”找。")


def _draw_reminder(one: Reminder) -> None:
    with st.container(gap="xxsmall"):
        link("appeal", f"**{typed(one.title)}**", ":material/campaign:", id=one.id)
        st.markdown(badge(DUE_CHIPS[one.kind]) + (f" {badge(_again(one.turn))}" if one.turn else ""))
        st.caption(typed(f"{one.number}　{one.unit or '还没有交办'}　{one.words}"))


def _again(turn: int) -> Chip:
    return (f"第{turn + 1}次办理", "replay", "orange")


def draw_list(actor: Actor) -> None:
    """Appeals by state, field and words, twenty at a time."""
    st.subheader("清单", anchor=False)
    left, right = st.columns(2)
    stage = left.selectbox("看哪些", list(STAGES), format_func=STAGES.__getitem__, key="stage")
    field = right.selectbox("类别", ["", *FIELDS], format_func=lambda one: FIELDS.get(one, "全部"), key="field")
    source = left.selectbox(
        "从哪里来的", ["", *SOURCES], format_func=lambda one: SOURCES.get(one, "全部"), key="source"
    )
    words = right.text_input("编号、企业或内容里有哪些字", max_chars=60, key="words")
    wanted, today = Wanted(stage, field, source, None, words), dates.today()
    place = max(0, int(st.session_state.get("page", 1)) - 1)
    found, total = appeals.list_appeals(actor, wanted, today, limit=_PAGE, offset=place * _PAGE)
    if not found:
        st.caption("没有这样的诉求。")
    for one in found:
        _draw_line(one)
    page_number(total, _PAGE, "page")
    if actor.is_at_least("staff"):
        draw_download("appeals", "下载清单（表格）", stage=stage, field=field, source=source, words=words)


def _draw_line(one: Appeal) -> None:
    with st.container(gap="xxsmall"):
        link("appeal", f"**{typed(one.title)}**", ":material/campaign:", id=one.id)
        st.markdown(_chips(one))
        due = f"　{one.due} 前答复" if one.due else ""
        st.caption(typed(f"{one.number}　{one.name}　{FIELDS[one.field]}　{one.unit or '还没有交办'}{due}"))


def draw_appeals_of(actor: Actor, record: Enterprise) -> None:
    """The appeals of one record, open ones first."""
    wanted = Wanted(enterprise=record.id, example=record.example)
    found, total = appeals.list_appeals(actor, wanted, dates.today(), limit=_PAGE)
    if not found:
        st.markdown("没有记到这家企业名下的诉求。")
    for one in found:
        _draw_line(one)
    if total > _PAGE:
        st.caption(f"还有 {total - _PAGE} 件，到“企业诉求”里按企业名称找。")
    link("appeals", "登记一件诉求", ":material/add:")


def _chips(one: Appeal) -> str:
    parts = [badge(STATE_CHIPS[one.state])]
    if one.is_late(dates.today()):
        parts.append(badge(LATE))
    if one.turn:
        parts.append(badge(_again(one.turn)))
    if one.example:
        parts.append(EXAMPLE)
    return " ".join(parts)


def draw_new(actor: Actor) -> None:
    """Asks for an appeal; its page opens."""
    with st.expander("登记一件诉求", icon=":material/add:"):
        today = dates.today()
        source = st.selectbox(
            "从哪里来的", list(SOURCES), None, format_func=SOURCES.__getitem__, key="new:source", placeholder="选一个"
        )
        uscc = st.text_input("统一社会信用代码（有档案的填，诉求就记到那一家）", max_chars=18, key="new:uscc")
        name = st.text_input("企业名称（填了代码就不用填）", max_chars=200, key="new:name")
        field = st.selectbox(
            "类别", list(FIELDS), None, format_func=FIELDS.__getitem__, key="new:field", placeholder="选一类"
        )
        title = st.text_input("什么诉求（一句话）", max_chars=200, key="new:title")
        text = st.text_area("具体情况", max_chars=2000, key="new:text")
        raised_on = st.date_input(
            "哪天提出的", today, min_value=FIRST_DAY, max_value=today, format="YYYY-MM-DD", key="new:day"
        )
        region = actor.region
        if region is None:
            region = st.selectbox("哪里的", regions_of_staff(), None, key="new:region", placeholder=CITY)
        if title.strip():
            _draw_similar(actor, f"{title} {text}", None)
        if not st.button("登记", type="primary", icon=":material/save:"):
            return
        try:
            record = read_enterprise(actor, uscc).id if uscc.strip() else None
            new = New(source or "", name, field or "", title, text, raised_on, record, region)
            number = appeals.raise_appeal(actor, replace(new, key=form_key("new:form", new)), today)
        except InputError as fault:
            st.error(plain(str(fault)), icon=":material/error:")
            return
        st.session_state.pop("new:form", None)
        st.switch_page(pages()["appeal"], query_params=parameters(id=number))


def _draw_similar(actor: Actor, words: str, itself: int | None) -> None:
    found = find_similar(actor, words, itself)
    if found:
        st.markdown("**以前的类似诉求**")
    for one in found:
        link("appeal", typed(f"{one.title}（{STATES[one.state]}）"), ":material/history:", id=one.id)


def draw_terms(actor: Actor) -> None:
    """In how many working days each field is to be answered; the city's staff may lay it down."""
    with st.expander("各类诉求几个工作日答复", icon=":material/timer:"):
        known = appeals.terms(actor)
        for field, word in FIELDS.items():
            told = (
                f"{known[field][0]} 个工作日（{known[field][1]}）" if field in known else "还没有定，受理时逐件填日子"
            )
            st.markdown(typed(f"- {word}：{told}"))
        if actor.region is not None:
            return
        field = st.selectbox("定哪一类", list(FIELDS), format_func=FIELDS.__getitem__, key=box("term:field"))
        days = st.number_input("几个工作日", 1, 200, 5, key=box("term:days"))
        source = st.text_input("谁定的、在哪里写的", max_chars=200, key=box("term:source"))
        if st.button("定下来", icon=":material/save:"):
            act(lambda: appeals.set_term(actor, field, int(days), source), "定下来了，以后受理的按这个算。")


def draw_one(actor: Actor, one: Appeal, steps: list[Step]) -> None:
    """One appeal: what it is, every step, what answers it, and what can be done next."""
    st.markdown(_chips(one))
    st.markdown(typed(one.text))
    who = f"{one.name}　{FIELDS[one.field]}　{one.region or CITY}　责任单位：{one.unit or '还没有交办'}"
    st.markdown(typed(who))
    due = f"；{one.due} 前答复" if one.due else ""
    st.caption(typed(f"{one.number}　{one.raised_on} {SOURCES[one.source]}{due}"))
    _draw_whose(actor, one)
    _draw_answers(actor, one)
    _draw_similar(actor, f"{one.title} {one.text}", one.id)
    st.subheader("走到哪一步", anchor=False)
    for step in steps:
        with st.container(border=True, gap="xxsmall"):
            said = f"：{SAID[step.said]}" if step.said else ""
            st.markdown(f":material/{_ICONS[step.step]}: **{STEPS[step.step]}{said}**　{step.day}")
            if step.text:
                st.markdown(typed(step.text))
            st.caption(typed(f"{step.by}记的，{shown_moment(step.at)[:16]}"))
    _draw_next(actor, one, steps)
    if actor.is_at_least("staff") and one.state in appeals.OPEN:
        _draw_amending(actor, one)


def _draw_whose(actor: Actor, one: Appeal) -> None:
    """How whoever raised it can be reached, and the record it belongs to."""
    opened = st.session_state.get("appeal:opened") == one.id
    reach = contact_of(actor, one.id, dates.today(), opened=opened)
    if reach is not None:
        st.markdown(typed(f"{KIND_NAMES[reach.kind]} {reach.value}　{reach.person}"))
        st.caption(f"{PURPOSE}，最晚保存到 {reach.until}")
        with st.container(horizontal=True):
            if not opened and st.button("看完整的", icon=":material/visibility:"):
                st.session_state["appeal:opened"] = one.id
                st.rerun()
            if st.button("删掉联系方式", icon=":material/delete:"):
                act(lambda: erase_contact(actor, one.id), "删掉了。")
    if one.enterprise_id is not None:
        if actor.is_at_least("staff"):
            link("record", "这家企业的档案", ":material/domain:", id=one.enterprise_id)
    elif actor.is_at_least("staff"):
        with st.expander("还没有对上企业档案", icon=":material/domain:"):
            uscc = st.text_input("统一社会信用代码", max_chars=18, key=box(f"whose:{one.id}"))
            if st.button("就是这一家", icon=":material/link:"):
                act(lambda: name_enterprise(actor, one.id, uscc, dates.today()), "对上了。")


def _draw_answers(actor: Actor, one: Appeal) -> None:
    book = default_rulebook()
    if one.measure_id in book.by_id:
        link("measure", typed(book.by_id[one.measure_id].measure.name), ":material/policy:", id=one.measure_id)
    platform = next((item for item in book.corpus.platforms if item.id == one.platform_id), None)
    if platform is not None:
        st.markdown(typed(f"平台：{platform.name}"))
    with st.expander("哪项政策、哪个平台能答复", icon=":material/search:"):
        for found in find_answers(f"{one.title} {one.text}"):
            st.markdown(typed(found.title))
            if not actor.is_at_least("staff") or one.state not in appeals.OPEN:
                continue
            measure = found.id if found.kind == "measure" else one.measure_id
            named = found.id if found.kind == "platform" else one.platform_id
            if st.button("就是这一项", key=f"name:{found.kind}:{found.id}", icon=":material/link:"):
                act(lambda m=measure, p=named: appeals.name_answer(actor, one.id, m, p, dates.today()), "对上了。")


def _draw_next(actor: Actor, one: Appeal, steps: list[Step]) -> None:
    titles = {"raised": "受理", "accepted": "交办", "assigned": "答复", "replied": "回访", "asked": "销号"}
    st.subheader(f"下一步：{titles[one.state]}" if one.state in titles else STATES[one.state], anchor=False)
    if not actor.is_at_least("staff") and one.state != "replied":
        st.caption("这一步由工作人员来办。")
        return
    mine = one.state == "asked" and any(step.step == "reply" and step.by == actor.name for step in steps)
    if mine:
        st.info("答复是您经手的，要请另一个人来销号；您可以退回去重新答复。", icon=":material/how_to_reg:")
    today, last = dates.today(), max(step.day for step in steps)
    key = f"{one.id}:{one.state}:{one.turn}"
    day = st.date_input(
        "哪天", today, min_value=min(last, today), max_value=max(last, today), format="YYYY-MM-DD", key=f"day:{key}"
    )
    (_draw_sending_back if mine else _STEPS[one.state])(actor, one, day, key)


def _ask_due(actor: Actor, one: Appeal, day: date, key: str) -> date | None:
    """By when it is to be answered; empty for the term of its field."""
    term = appeals.terms(actor).get(one.field)
    told = f"不填就是 {term[0]} 个工作日" if term else "这一类还没有定期限，要填"
    return st.date_input(f"哪天以前答复（{told}）", None, min_value=day, format="YYYY-MM-DD", key=f"due:{key}")


def _draw_accepting(actor: Actor, one: Appeal, day: date, key: str) -> None:
    due = _ask_due(actor, one, day, key)
    if st.button("受理", type="primary", icon=":material/assignment:"):
        act(lambda: f"受理了，{appeals.accept(actor, one.id, day, dates.today(), due=due)} 前答复。")
    reason = st.text_input("不受理的话，为什么（告诉企业的原因）", max_chars=500, key=f"refuse:{key}")
    if st.button("不受理", icon=":material/block:"):
        act(lambda: appeals.refuse(actor, one.id, reason, day, dates.today()), "记下不受理了。")


def _draw_assigning(actor: Actor, one: Appeal, day: date, key: str) -> None:
    names = {unit.id: unit.name for unit in units(actor)}
    if not names:
        st.info("责任单位表还是空的。先到“承诺看板”里把单位登记上。", icon=":material/groups:")
        return
    unit = st.selectbox(
        "交给哪个单位", list(names), None, format_func=names.__getitem__, key=f"unit:{key}", placeholder="选一个"
    )
    text = st.text_input("要求（可以不写）", max_chars=500, key=f"text:{key}")
    if st.button("交办", type="primary", icon=":material/forward_to_inbox:"):
        act(lambda: appeals.assign(actor, one.id, unit or 0, text, day, dates.today()), "交办了。")


def _draw_replying(actor: Actor, one: Appeal, day: date, key: str) -> None:
    text = st.text_area("怎么答复企业的", max_chars=2000, key=f"text:{key}")
    if st.button("记下答复", type="primary", icon=":material/forum:"):
        act(lambda: appeals.reply(actor, one.id, text, day, dates.today()), "答复记下了，接着问企业满不满意。")
    with st.expander("换一个单位", icon=":material/forward_to_inbox:"):
        _draw_assigning(actor, one, day, f"{key}:again")


def _draw_asking(actor: Actor, one: Appeal, day: date, key: str) -> None:
    said = st.radio("企业怎么说", list(SAID), None, format_func=SAID.__getitem__, horizontal=True, key=f"said:{key}")
    text = st.text_area("企业的意见（不满意的要写）", max_chars=2000, key=f"text:{key}")
    if st.button("记下回访", type="primary", icon=":material/call:"):
        act(lambda: appeals.ask(actor, one.id, said or "", text, day, dates.today()), "回访记下了。")


def _draw_closing(actor: Actor, one: Appeal, day: date, key: str) -> None:
    if one.satisfied != "yes":
        st.warning(
            f"企业{SAID[one.satisfied or 'unreached']}。能再办的退回去；不能的写明原因再销号。",
            icon=":material/sentiment_dissatisfied:",
        )
    text = st.text_area("销号的依据", max_chars=2000, key=f"text:{key}")
    if st.button("销号", type="primary", icon=":material/task_alt:"):
        act(lambda: appeals.close(actor, one.id, text, day, dates.today()), "销号了。")
    with st.expander("退回，重新答复", icon=":material/undo:", expanded=one.satisfied == "no"):
        _draw_sending_back(actor, one, day, key)


def _draw_sending_back(actor: Actor, one: Appeal, day: date, key: str) -> None:
    text = st.text_area("退回的原因", max_chars=2000, key=f"back:{key}")
    due = _ask_due(actor, one, day, key)
    if st.button("退回去", icon=":material/undo:"):
        act(lambda: f"退回了，{appeals.send_back(actor, one.id, text, day, dates.today(), due=due)} 前答复。")


def _draw_opening(actor: Actor, one: Appeal, day: date, key: str) -> None:
    text = st.text_area("为什么重新打开", max_chars=2000, key=f"text:{key}")
    due = _ask_due(actor, one, day, key) if one.state == "closed" else None
    if st.button("重新打开", icon=":material/lock_open:"):
        act(lambda: appeals.reopen(actor, one.id, text, day, dates.today(), due=due), "重新打开了。")


_STEPS: dict[str, Callable[[Actor, Appeal, date, str], None]] = {
    "raised": _draw_accepting, "accepted": _draw_assigning, "assigned": _draw_replying, "replied": _draw_asking,
    "asked": _draw_closing, "closed": _draw_opening, "refused": _draw_opening,
}  # fmt: skip


def _draw_amending(actor: Actor, one: Appeal) -> None:
    with st.expander("更正类别、期限或区域", icon=":material/edit:"):
        fields = list(FIELDS)
        field = st.selectbox(
            "改成哪一类", fields, fields.index(one.field), format_func=FIELDS.__getitem__, key=f"to-field:{one.id}"
        )
        due = one.due
        if one.due is not None:
            due = st.date_input(
                "改成哪天", one.due, min_value=one.raised_on, format="YYYY-MM-DD", key=f"to-due:{one.id}:{one.turn}"
            )
        region = ""
        if actor.region is None:
            regions = [CITY, *regions_of_staff()]
            region = st.selectbox("归哪里管", regions, regions.index(one.region or CITY), key=f"to-region:{one.id}")
        reason = st.text_input("为什么改", max_chars=500, key=f"to-why:{one.id}")
        if st.button("存更正", icon=":material/save:"):
            told = {"field": field, "due": due, "region": region}
            act(lambda: appeals.amend(actor, one.id, reason, dates.today(), **told), "更正了。")
