"""Pieces of 调度和通报: what is due today, one duty with its words, the monthly bulletin, the quarterly report, talks."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import cadence, cadence_bulletin
from navigator.delivery.board import STATES
from navigator.delivery.cadence import Due, Entry, Given, Key
from navigator.delivery.cadence_bulletin import RULE, WHAT, Bulletin, Fallen
from navigator.delivery.cadence_calendar import DUTIES, Duty, Period, period_of, read_period
from navigator.delivery.months import month_name, month_of_day, month_text, months_before
from navigator.errors import InputError
from navigator.matching import dates
from navigator.store.audit import shown_moment
from navigator.ui.account import draw_download
from navigator.ui.acting import act, draw_told
from navigator.ui.links import FIRST_DAY, LAST_DAY, link
from navigator.ui.words import Chip, badge, plain, typed

CHIPS: dict[str, Chip] = {
    "late": (cadence.STANDS["late"], "error", "red"),
    "now": (cadence.STANDS["now"], "schedule", "orange"),
    "done": (cadence.STANDS["done"], "check_circle", "green"),
    "done_late": (cadence.STANDS["done_late"], "check_circle", "orange"),
}
_MOST = 12
_MONTHS = 12


def key_in_url() -> Key:
    """The duty, action and period the address names."""
    duty, action, period = (st.query_params.get(name, "") for name in ("duty", "action", "period"))
    return duty, action, period


def draw_due(actor: Actor) -> None:
    """What is late, due now, and done; before the cadence has a start, the question from when it is kept."""
    start = cadence.start_of(actor)
    if start is None:
        st.info("还没有定从哪天开始调度，所以什么都还不到期。", icon=":material/flag:")
        _draw_start(actor, None)
        return
    found = cadence.what_is_due(actor, dates.today())
    for stands in CHIPS:
        _draw_group(stands, [one for one in found if one.stands == stands])
    if not found:
        st.markdown(":material/check_circle: 今天没有要做的。")
    draw_download("cadence", "下载调度清单（表格）")
    with st.expander(f"从 {start} 开始调度", icon=":material/flag:"):
        _draw_start(actor, start)


def _draw_group(stands: str, found: list[Due]) -> None:
    """One group; a long one is folded by what is to be done, so that every line can be reached."""
    if not found:
        return
    word, icon, _ = CHIPS[stands]
    st.subheader(f":material/{icon}: {word}（{len(found):,}）", anchor=False)
    if len(found) <= _MOST:
        for one in found:
            _draw_line(one)
        return
    for name in dict.fromkeys(one.name for one in found):
        own = [one for one in found if one.name == name]
        with st.expander(f"{name}（{len(own):,}）", icon=":material/event_note:"):
            for one in own:
                _draw_line(one, named=False)


def _draw_line(one: Due, *, named: bool = True) -> None:
    with st.container(gap="xxsmall"):
        title = f"**{typed(one.name if named else one.period.name)}**"
        link("cadence-duty", title, ":material/event_note:", duty=one.duty.id, action=one.action, period=one.period.key)
        topic = f"　{one.entry.topic}" if one.entry and one.entry.topic else ""
        held = f"　{one.entry.held_on} 做的" if one.entry and one.stands.startswith("done") else ""
        period = f"{one.period.name}　" if named else ""
        st.caption(typed(f"{period}最晚 {one.due}{held}{topic}"))


def _draw_start(actor: Actor, start: date | None) -> None:
    day = st.date_input(
        "从哪天开始", start or dates.today(), min_value=FIRST_DAY, max_value=LAST_DAY, format="YYYY-MM-DD", key="start"
    )
    reason = st.text_input("为什么从这天开始", max_chars=300, key="start:reason")
    if st.button("定下来", icon=":material/flag:", type="primary" if start is None else "secondary"):
        act(lambda: cadence.set_start(actor, day, reason), f"从 {day} 开始，到期的会自己列出来。")


# ---- one duty


def draw_duty(actor: Actor, key: Key) -> None:
    """One duty of one period: its words, the tick, and everything that was saved before."""
    link("cadence", "所有要做的", ":material/arrow_back:")
    try:
        entries = cadence.read_duty(actor, key)
    except InputError as fault:
        st.title("没有这一项", anchor=False)
        st.markdown(plain(str(fault)))
        return
    duty, period = DUTIES[key[0]], read_period(DUTIES[key[0]].every, key[2])
    st.title(typed(f"{duty.name}：{key[1]}" if key[1] else duty.name), anchor=False)
    draw_told()
    st.markdown(typed(f"{period.name}　{duty.who}"))
    _draw_papers(actor, duty, period)
    _draw_form(actor, key, duty, period, entries)
    if len(entries) > 1:
        with st.expander("以前存的", icon=":material/history:"):
            for one in entries[1:]:
                st.markdown(typed(f"{shown_moment(one.at)[:16]}　{one.by}　{one.topic}　{one.minutes}　{one.raised}"))


def _draw_papers(actor: Actor, duty: Duty, period: Period) -> None:
    """What helps with a duty: matters raised, the bulletin, the report."""
    if duty.id in ("monthly", "quarterly"):
        for whose, what in cadence.raised_for(actor, period):
            st.markdown(typed(f"提请协调　{whose}：{what}"))
    if duty.id == "bulletin":
        link("cadence", "列名单、确认、下载通报", ":material/campaign:", view="通报")
    if duty.id == "report":
        draw_download("quarter-report", "下载季度报告（Word）", quarter=period.key)


def _draw_form(actor: Actor, key: Key, duty: Duty, period: Period, entries: tuple[Entry, ...]) -> None:
    name, today = "|".join(key), dates.today()
    last = entries[0] if entries else None
    if f"topic:{name}" not in st.session_state:
        st.session_state[f"based:{name}"] = last.id if last else None
    based = st.session_state[f"based:{name}"]
    topic = st.text_input("主题", last.topic if last else "", max_chars=300, key=f"topic:{name}")
    minutes = st.text_area(
        "情况（说了什么、定了什么）", last.minutes if last else "", max_chars=10_000, height=160, key=f"minutes:{name}"
    )
    raised = ""
    if duty.every == "week":
        raised = st.text_area(
            "需要分管市领导协调的（没有就空着）", last.raised if last else "", max_chars=2000, key=f"raised:{name}"
        )
    day = st.date_input(
        "哪天做的", last.held_on if last else None, min_value=period.first, max_value=max(today, period.first), format="YYYY-MM-DD",
        key=f"held:{name}",
    )  # fmt: skip
    done = st.toggle("做完了", bool(last and last.done), key=f"done:{name}")

    def save() -> None:
        given = Given(topic, minutes, raised, day, done)
        st.session_state[f"based:{name}"] = cadence.save_duty(actor, key, given, today, based_on=based)

    if last is not None and based != last.id:
        st.warning(
            typed(f"您打开以后{last.by}存过：{last.topic}　{last.minutes}　{last.raised}"), icon=":material/group:"
        )
        if st.button("看过了，接着存我写的", icon=":material/edit:"):
            st.session_state[f"based:{name}"] = last.id
            st.rerun()
    if st.button("存", type="primary", icon=":material/save:"):
        act(save, "存好了。")


# ---- the bulletin


def draw_bulletin(actor: Actor) -> None:
    """The bulletin of a month: figures, the list of units, its confirmation, explanations, the Word file."""
    now = month_of_day(dates.today())
    months = [months_before(now, back) for back in range(1, _MONTHS + 1)]
    months += [month for month in cadence_bulletin.months_made(actor) if month not in months]
    month = st.selectbox("哪个月", months, format_func=month_name, key="month")
    made = cadence_bulletin.read_bulletin(actor, month)
    st.caption(RULE)
    if made is None:
        if st.button("按规则列名单", type="primary", icon=":material/playlist_add_check:"):
            act(lambda: cadence_bulletin.make_bulletin(actor, month, dates.today()), "列好了，请逐个核对。")
        return
    if made.confirmed:
        st.markdown(badge(("名单已确认", "verified", "green")))
        st.caption(typed(f"{made.confirmed_by}，{shown_moment(made.confirmed)[:16]}"))
    else:
        st.markdown(badge(("草稿，名单还没有确认", "edit_note", "orange")))
    draw_download("bulletin", "下载通报（Word）" if made.confirmed else "下载草稿（Word）", month=month_text(month))
    draw_figures(made)
    st.subheader(f"没有按要求完成任务的单位（{len(made.named)}）", anchor=False)
    if not made.units:
        st.markdown(":material/check_circle: 没有。")
    for one in made.units:
        _draw_unit(actor, one, made)
    if not made.confirmed:
        if st.button("确认名单", type="primary", icon=":material/verified:"):
            act(lambda: cadence_bulletin.confirm(actor, month), "名单确认了，可以印发。")
        if st.button("重新列（剔除的仍然剔除）", icon=":material/refresh:"):
            act(lambda: cadence_bulletin.make_bulletin(actor, month, dates.today()), "重新列了。")


def draw_figures(made: Bulletin) -> None:
    """What the bulletin says of targets, dispatches and problems."""
    figures = made.figures
    with st.expander(f"到 {figures.as_of} 的进展", icon=":material/monitoring:"):
        for line in figures.actions:
            told = "，".join(f"{STATES[state]} {number}" for state, number in line.states.items() if number)
            st.markdown(typed(f"{line.action}：{told}"))
        kept = sum(one.stands == "done" for one in figures.dispatches)
        st.markdown(f"调度到期 {len(figures.dispatches)} 次，按时做了 {kept} 次。")
        st.markdown(
            f"问题：发现 {figures.problems_found} 个，销号 {figures.problems_closed} 个；没有销号 {figures.problems_open} 个，"
            f"其中超期 {figures.problems_late} 个。"
        )


def _draw_unit(actor: Actor, one: Fallen, made: Bulletin) -> None:
    with st.container(border=True, gap="xsmall"):
        again = f" {badge(('上月也被通报', 'repeat', 'red'))}" if one.again else ""
        st.markdown(f"**{typed(one.name)}**{again}")
        for row in one.rows:
            due = f"（期限 {row.due}）" if row.due else ""
            st.markdown(typed(f"{WHAT[row.what]}：{row.text}{due}"))
        if one.struck:
            st.markdown(typed(f"已剔除（{one.struck_by}）：{one.struck}"))
        if not made.confirmed:
            _draw_striking(actor, one)
        elif not one.struck:
            _draw_explaining(actor, one)


def _draw_striking(actor: Actor, one: Fallen) -> None:
    if one.struck:
        if st.button("放回名单", icon=":material/undo:", key=f"put:{one.id}"):
            act(partial(cadence_bulletin.put_back, actor, one.id), "放回了。")
        return
    reason = st.text_input("剔除的原因", max_chars=500, key=f"why:{one.id}")
    if st.button("剔除", icon=":material/cancel:", key=f"strike:{one.id}"):
        act(partial(cadence_bulletin.strike, actor, one.id, reason), "剔除了。")


def _draw_explaining(actor: Actor, one: Fallen) -> None:
    if one.explained_on:
        st.markdown(typed(f"{one.explained_on} 收到书面说明：{one.explanation}"))
    else:
        st.markdown(badge(("还没有收到书面说明", "mail", "orange")))
    with st.expander("记书面说明", icon=":material/mail:"):
        today = dates.today()
        day = st.date_input("哪天收到的", today, max_value=today, format="YYYY-MM-DD", key=f"explained:{one.id}")
        text = st.text_area("说了什么", one.explanation, max_chars=2000, key=f"explanation:{one.id}")
        if st.button("记下说明", icon=":material/save:", key=f"explain:{one.id}"):
            act(lambda: cadence_bulletin.explain(actor, one.id, day, text, today), "说明记下了。")


# ---- the quarter, talks, and what a region sees


def draw_quarter(actor: Actor) -> None:
    """The report of a quarter as a Word file."""
    today = dates.today()
    quarters = [period_of("quarter", today)]
    while len(quarters) < 8:
        first = quarters[-1].first
        quarters.append(period_of("quarter", date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)))
    chosen = st.selectbox("哪个季度", quarters, format_func=lambda one: one.name, key="quarter")
    if chosen.last >= today:
        st.caption("这个季度还没有过完，数据到今天为止。")
    st.markdown("里面有：指标进展、超期和有风险的指标、调度情况、问题整改、被通报的单位、约谈名单。")
    draw_download("quarter-report", "下载季度报告（Word）", quarter=chosen.key)


def draw_talks(actor: Actor) -> None:
    """Units named two months in a row or more, those not yet talked to first."""
    st.markdown("连续两个月被通报的单位，提请市领导约谈主要负责人。名单确认过的月份才算。")
    found = cadence_bulletin.talks(actor)
    if not found:
        st.markdown(":material/check_circle: 没有要约谈的。")
    today = dates.today()
    for one in found:
        key = f"{one.unit_id}:{one.last}"
        with st.container(border=True, gap="xsmall"):
            chip: Chip = (
                ("已经约谈", "task_alt", "green") if one.held_on else ("还没有约谈", "record_voice_over", "orange")
            )
            st.markdown(f"**{typed(one.name)}** {badge(chip)}")
            st.caption(f"连续 {one.months} 个月被通报，最后一次是{month_name(one.last)}")
            if one.earlier:
                st.caption(f"以前约谈过：{'、'.join(map(str, one.earlier))}")
            if one.held_on:
                st.markdown(typed(f"{one.held_on}　{one.text}"))
                continue
            day = st.date_input("哪天约谈的", today, max_value=today, format="YYYY-MM-DD", key=f"talk-day:{key}")
            text = st.text_area("约谈的情况", max_chars=2000, key=f"talk:{key}")
            if st.button("记下约谈", icon=":material/save:", key=f"talk-save:{key}"):
                act(
                    partial(cadence_bulletin.record_talk, actor, one.unit_id, one.last, day, text, today),
                    "约谈记下了。",
                )
    draw_download("bulletin-units", "下载被通报的单位（表格）")


def draw_own_page(actor: Actor) -> None:
    """What those responsible for one region see: its own units in confirmed bulletins."""
    st.title("调度和通报", anchor=False)
    st.markdown(typed(f"调度和通报由市里的工作人员办。这里是{actor.area}被通报的单位。"))
    found = cadence_bulletin.own_units(actor)
    if not found:
        st.markdown(":material/check_circle: 没有被通报的单位。")
    for month, one in found:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{typed(one.name)}**　{month_name(month)}")
            for row in one.rows:
                st.markdown(typed(f"{WHAT[row.what]}：{row.text}" + (f"（期限 {row.due}）" if row.due else "")))
            st.caption(typed(f"书面说明：{f'{one.explained_on} 收到' if one.explained_on else '还没有收到'}"))
    if found:
        draw_download("bulletin-units", "下载（表格）")
