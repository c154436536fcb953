"""Pieces of 政策日历: which measures are meant, the days month by month as text, and what has no day yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from itertools import groupby

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Domain
from navigator.reports.calendar import CAVEAT, KINDS, Event, Kind, Undated, events_between, file_of, later
from navigator.ui.links import link
from navigator.ui.profile import assessment, profile
from navigator.ui.words import Chip, badge, plain

CHIPS: dict[Kind, Chip] = {
    "opens": (KINDS["opens"], "door_open", "green"),
    "closes": (KINDS["closes"], "door_front", "red"),
    "deadline": (KINDS["deadline"], "alarm", "red"),
    "ends": (KINDS["ends"], "event_busy", "orange"),
    "unsure": (KINDS["unsure"], "help", "orange"),
}
ABOUT: Chip = ("日子是大概的", "approval", "violet")
FIT = {"maybe": "没有哪条不符合的", "mine": "条件都符合的", "all": "全部政策"}
"""What of one's own is shown; the first holds for those who answered little."""
_YEARS = {1: "一年", 2: "两年", 3: "三年"}
_WEEKDAYS = "一二三四五六日"
_MANY = 12


def choose_measures(day: date) -> frozenset[str] | None:
    """The measures the visitor wants to see, by what was answered in this session and by domain; None for all."""
    chosen: set[str] | None = None
    if profile():
        fit = st.segmented_control(
            "看哪些政策", list(FIT), format_func=FIT.__getitem__, default="maybe", required=True, key="fit"
        )
        if fit != "all":
            wanted = ("eligible",) if fit == "mine" else ("eligible", "needs_info")
            chosen = {one.measure.id for one in assessment(day).measures if one.outcome in wanted}
    else:
        link("checkup", "先做政策体检，就只列适合您的", ":material/fact_check:")
    domains = st.pills("领域", Domain.__args__, selection_mode="multi", key="domain", bind="query-params")
    if domains:
        within = {one.id for one in default_corpus().on(day).measures if one.domain in domains}
        chosen = within if chosen is None else chosen & within
    return None if chosen is None else frozenset(chosen)


def choose_years() -> int:
    """How far ahead the visitor looks."""
    return st.segmented_control(
        "看多久", list(_YEARS), format_func=_YEARS.__getitem__, default=1, required=True, key="years"
    )


def draw_file(listed: Sequence[Event], day: date) -> None:
    """The same days as a file for the calendar of a telephone or computer."""
    st.download_button(
        "存进手机日历（.ics）",
        data=partial(file_of, listed, day),
        file_name=f"{default_corpus().city.product}政策日历_{day}.ics",
        mime="text/calendar",
        icon=":material/calendar_add_on:",
        on_click="ignore",
        help="下载后点开，手机、电脑的日历会问要不要加进去；快到的时候提前提醒。文件里没有您填的内容",
    )


def draw_nothing(day: date, until: date, only: frozenset[str] | None) -> None:
    """That no day falls in this time, and which is the next after it."""
    further = events_between(until, later(until, max(_YEARS)), day, only)
    following = f"再往后，最近的是 {further[0].day}。可以看久一点，或者换一种看法。" if further else ""
    st.info(f"从 {day} 到 {until}，这些政策里没有写明的日子。{following}", icon=":material/event_available:")


def draw_months(listed: Sequence[Event]) -> None:
    """Month by month, day by day; a measure stands once in a day."""
    for (year, month), of_month in groupby(listed, key=lambda one: (one.day.year, one.day.month)):
        st.subheader(f"{year}年{month}月", anchor=False)
        for day, of_day in groupby(of_month, key=lambda one: one.day):
            measures: dict[str, list[Event]] = {}
            for event in of_day:
                measures.setdefault(event.measure.id, []).append(event)
            heading = f"{day.month}月{day.day}日　星期{_WEEKDAYS[day.weekday()]}"
            if len(measures) > _MANY:
                with st.expander(f"**{heading}**　共 {len(measures)} 项"):
                    _draw_day(list(measures.values()))
            else:
                with st.container(border=True):
                    st.markdown(f"**{heading}**")
                    _draw_day(list(measures.values()))


def _draw_day(measures: Sequence[Sequence[Event]]) -> None:
    for together in measures:
        measure = together[0].measure
        with st.container(gap="xxsmall"):
            link("measure", plain(measure.name), id=measure.id)
            found = [CHIPS[event.kind] for event in together]
            if any(event.doubt for event in together):
                found.append(ABOUT)
            st.markdown(" ".join(map(badge, [*found, (measure.domain, "category", "gray")])))
            told = dict.fromkeys(text for event in together for text in (event.text, event.doubt) if text)
            st.caption(plain(" ".join(one.rstrip("。") + "。" for one in told)))


def draw_undated(waiting: Sequence[Undated]) -> None:
    """What is applied for when a notice says so: the library's own words, no day."""
    if not waiting:
        return
    with st.expander(f"还没有定日子的（{len(waiting)}项），要看通知"):
        for one in waiting:
            with st.container(gap="xxsmall"):
                link("measure", plain(one.measure.name), id=one.measure.id)
                phone = f"　可打 {one.measure.apply.phone} 问" if one.measure.apply.phone else ""
                st.caption(plain(f"{one.text}{phone}"))


def draw_caveat() -> None:
    """What the days are worth."""
    st.caption(
        f"只列政策库里写明的日子：没查到的不猜；推定的、只见于转述的，都标着“{ABOUT[0]}”；没有核实的政策不列。{CAVEAT}"
    )
