"""Pieces of 走访提纲: one enterprise on one screen and one page of paper, and the boxes for what is told at the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import brief as briefs
from navigator.delivery.brief import Ask, Brief, Can
from navigator.errors import InputError
from navigator.headers import PRINT_NOW
from navigator.matching import dates
from navigator.matching.amounts import parse_amount, show_yuan
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook
from navigator.store.enterprises import ChangedMeanwhile
from navigator.store.provisional import give_code
from navigator.ui.acting import act, box, tell
from navigator.ui.ask import industry_label, industry_options
from navigator.ui.links import FIRST_DAY, link
from navigator.ui.records import EXAMPLE, change_lines
from navigator.ui.words import Chip, badge, plain, typed
from navigator.ui.worklist import draw_township

PROVISIONAL: Chip = ("代码待补", "badge", "orange")
_LATE: Chip = ("过期了", "event_busy", "red")
_NAMED = 4
_PAPER = """<style>
.st-key-asks-paper, .st-key-how-paper {display: none;}
@media print {
  .st-key-asks-paper, .st-key-how-paper {display: flex !important;}
  .st-key-desk, .st-key-ways, [data-testid="stAlert"], [data-testid="stExpander"] {display: none !important;}
  .stMainBlockContainer * {font-size: 9.5pt !important; line-height: 1.3 !important;}
  h1 {font-size: 15pt !important;}
  h3 {font-size: 11pt !important; margin: 0 !important; padding: .15rem 0 !important;}
  .stMainBlockContainer [data-testid="stVerticalBlock"] {gap: .2rem !important;}
  .stMainBlockContainer p, .stMainBlockContainer li, .stMainBlockContainer ul, .stMainBlockContainer ol,
  .stMainBlockContainer [data-testid="stMarkdownContainer"], .stMainBlockContainer [data-testid="stCaptionContainer"] {
    margin: 0 !important; padding-top: 0 !important; padding-bottom: 0 !important;
  }
  .stMainBlockContainer [data-testid="stMarkdown"], .stMainBlockContainer .stElementContainer,
  .stMainBlockContainer [data-testid="stLayoutWrapper"] {min-height: 0 !important; margin-bottom: 3px !important;}
  h1 {padding: 0 0 .2rem !important;}
  @page {size: A4; margin: 10mm;}
}
</style>"""


def draw_brief(actor: Actor, found: Brief) -> None:
    """The whole screen: who, money first, what to ask, what is open, what to say."""
    st.html(_PAPER)
    _draw_who(found)
    _draw_open(found)
    _draw_can(found)
    _draw_asks(actor, found)
    _draw_pushes(found)
    _draw_near(found)
    _draw_points(found)
    _draw_ways(actor, found)


def _draw_who(found: Brief) -> None:
    marks = [EXAMPLE] if found.example else []
    marks += [badge(PROVISIONAL)] if found.is_provisional else []
    where = "　".join(filter(None, (found.region or "地区未知", found.township)))
    st.markdown(" ".join([*marks, typed(f"{where}　{found.uscc}")]))
    told = "　".join(f"{one.label} {one.value}" for one in found.who)
    st.markdown(typed(told or "除了名称和地区，还什么都不知道。先问下面几个问题。"))
    sources = "、".join(dict.fromkeys(f"{one.source} {one.on}" for one in found.who if one.source))
    last = f"上次走访 {found.last_visit}" if found.last_visit else "还没有走访过"
    st.caption(typed(f"{last}。" + (f"资料来自：{sources}" if sources else "")))


def _draw_can(found: Brief) -> None:
    count = len(found.can) + found.can_more
    amount = f"，约 {show_yuan(found.unclaimed)}" if found.unclaimed else ""
    st.subheader(
        f"能得能省、还没办的（{count}项{amount}）" if count else "能得能省的都办了，或者还要先问", anchor=False
    )
    for one in found.can:
        with st.container(gap="xxsmall"):
            link("measure", f"**{plain(one.name)}**", ":material/payments:", id=one.measure_id)
            st.markdown(plain(f"{one.money}　{one.delivery}"))
    if found.can:
        lines = "\n".join(f"- **{plain(one.name)}**：{plain(_how(one))}" for one in found.can)
        with st.expander("在哪办、当面确认什么、依据", icon=":material/info:"):
            st.markdown(lines)
        with st.container(key="how-paper"):
            st.markdown(lines)
    notes = [f"另有 {found.can_more} 项"] if found.can_more else []
    notes += ["头12个月的数，要当面确认的也算在内，贷款、担保不算"] if found.unclaimed else []
    if notes:
        st.caption("；".join(notes) + "。")
    if found.others:
        st.caption(
            plain(f"不是钱、也能用的 {len(found.others)} 项：{'、'.join(found.others[:_NAMED])}" + _and_more(found))
        )
    if found.had:
        st.caption(plain("已经办了或答复过的：" + "；".join(f"{one.name}（{one.settled}）" for one in found.had)))


def _and_more(found: Brief) -> str:
    return "等" if len(found.others) > _NAMED else ""


def _how(one: Can) -> str:
    parts = [f"{one.where}，电话 {one.phone}"]
    if one.deadline != "没有查到":
        parts.append(one.deadline)
    if one.confirm:
        parts.append(f"当面确认：{'、'.join(one.confirm)}")
    parts.append(f"依据：{one.source}" + ("（转载，办理前核对）" if one.is_repost else ""))
    return "；".join(parts)


# ---- what is told at the door


def _draw_asks(actor: Actor, found: Brief) -> None:
    if not found.ask:
        return
    st.subheader("当面问这几件", anchor=False)
    with st.container(key="asks-paper"):
        st.markdown(
            "\n".join(f"{place}. {plain(one.question)}＿＿＿＿＿＿" for place, one in enumerate(found.ask, start=1))
        )
    with st.container(key="desk"):
        _draw_answers(actor, found)


def _draw_answers(actor: Actor, found: Brief) -> None:
    today = dates.today()
    seen = st.session_state.setdefault(box(f"version:{found.enterprise_id}"), found.version)
    asked = st.session_state.setdefault(box(f"asked:{found.enterprise_id}"), found.ask)
    raw = {one.fact: _box(one, found.enterprise_id) for one in asked}
    on = st.date_input(
        "哪天问的",
        today,
        min_value=FIRST_DAY,
        max_value=today,
        format="YYYY-MM-DD",
        key=box(f"on:{found.enterprise_id}"),
    )
    if st.button("存下回答", type="primary", icon=":material/save:"):
        _save(actor, found, raw, on, seen)


def _save(actor: Actor, found: Brief, raw: dict[str, Any], on: date, seen: int) -> None:
    try:
        facts = _read(raw)
        after = briefs.answer(actor, found.enterprise_id, facts, on, dates.today(), based_on=seen)
    except ChangedMeanwhile as later:
        st.session_state[box(f"version:{found.enterprise_id}")] = later.record.version
        lines = [line for change in later.changes for line in change_lines(change)]
        st.warning(
            "\n".join(["您填的时候，别人刚改过；您填的都还在，再按一次就存：", "", *(f"- {one}" for one in lines)])
        )
        return
    except InputError as fault:
        st.error(
            plain("；".join(filter(None, (f"{fault.place}：{fault.found}", fault.expected)))), icon=":material/error:"
        )
        return
    more = after.unclaimed - found.unclaimed
    told = f"，能得能省的多了约 {show_yuan(more)}" if more > 0 else ""
    tell(f"存下了 {len(facts)} 项{told}。走访清单也更新了。")
    st.rerun()


def _read(raw: dict[str, Any]) -> dict[str, Value]:
    """What was filled in, read; InputError for what cannot be."""
    book, facts = default_rulebook().facts, {}
    for name, given in raw.items():
        spec = book.specs[name]
        if given is None or (isinstance(given, str) and not given.strip()):
            continue
        if spec.type == "bool":
            given = given == "是"
        elif spec.type in ("money", "percent", "number", "count"):
            given = parse_amount(given, spec.label)
        try:
            facts[name] = book.read_value(name, given)
        except InputError as fault:
            raise InputError(spec.label, fault.found, fault.expected) from None
    return facts


def _box(one: Ask, enterprise: int) -> Any:
    spec, key = default_rulebook().facts.specs[one.fact], box(f"answer:{enterprise}:{one.fact}")
    label = plain(f"{one.question}（{f'{spec.unit}，' if spec.unit else ''}能定 {one.decides} 项）")
    if spec.type == "bool":
        return st.segmented_control(label, ["是", "否"], key=key, help=spec.help)
    if spec.type == "choice":
        return st.selectbox(label, spec.values, None, key=key, help=spec.help, placeholder="没问到就空着")
    if spec.name == "industry":
        return st.selectbox(
            label, industry_options(), None, key=key, format_func=industry_label, placeholder="点开打字找，如 面馆"
        )
    if spec.type == "date":
        low, high = date(1949, 10, 1), date(2035, 12, 31)
        return st.date_input(label, None, min_value=low, max_value=high, format="YYYY-MM-DD", key=key)
    return st.text_input(label, key=key, help=spec.help, placeholder="没问到就空着", max_chars=40)


# ---- what is open, what to say


def _draw_open(found: Brief) -> None:
    if found.promises:
        st.subheader("答应过的", anchor=False)
    for one in found.promises:
        late = f" {badge(_LATE)}" if one.due_on < found.as_of else ""
        st.markdown(f"- {typed(f'{one.words}（{one.keeper}，{one.due_on} 前）')}{late}")
    if found.appeals:
        st.subheader("没办结的诉求", anchor=False)
    for one in found.appeals:
        due = f"，{one.due} 前答复" if one.due else ""
        link("appeal", typed(f"{one.title}（{one.state}{due}）"), ":material/campaign:", id=one.id)


def _draw_pushes(found: Brief) -> None:
    if found.pushes:
        st.subheader("推送和回复", anchor=False)
        st.markdown("\n".join(_push_lines(found)))


def _push_lines(found: Brief) -> Sequence[str]:
    return [
        f"- {plain(one.name)}　{one.sent or ''}　{plain(one.answer) if one.answer else '**还没有回复**'}"
        for one in found.pushes
    ]


def _draw_near(found: Brief) -> None:
    if found.near:
        st.subheader("只差一步", anchor=False)
    for one in found.near:
        st.markdown(plain(f"{one.name}：{'；'.join(one.changes)}。{one.money}"))


def _draw_points(found: Brief) -> None:
    if found.points:
        st.subheader("可以这样说", anchor=False)
    for one in found.points:
        where = f"[{plain(one.source)}]({one.link})" if one.link.startswith("https://") else plain(one.source)
        st.markdown(f"- {plain(one.text)}　:gray[{where}]")
    if found.commitments:
        st.subheader("跟它有关的承诺", anchor=False)
        listed = "；".join(f"第{one.number}项 {one.title}（{one.why}）" for one in found.commitments)
        st.markdown(plain(listed))


def _draw_ways(actor: Actor, found: Brief) -> None:
    with st.container(key="ways"):
        st.html(
            f"<button id='print-now' class='action'>打印一页纸</button><script>{PRINT_NOW}</script>",
            unsafe_allow_javascript=True,
        )
        link("visit-new", "记这次走访", ":material/edit_note:", enterprise=found.enterprise_id)
        draw_township(actor, found.enterprise_id, found.township)
        if found.is_provisional:
            with st.popover("补上统一社会信用代码", icon=":material/badge:", type="tertiary"):
                code = st.text_input("营业执照上的18位代码", max_chars=20, key=box("code"))
                if st.button("存代码", icon=":material/save:"):
                    act(lambda: give_code(actor, found.enterprise_id, code), "代码补上了。")
        if found.last_visit:
            link("visits", "以前的走访", ":material/history:", enterprise=found.enterprise_id)
        link("worklist", "走访清单", ":material/checklist:")
        link("route", "今日路线", ":material/route:")
