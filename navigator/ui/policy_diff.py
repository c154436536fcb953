"""Draws what changes between two days: what begins, ends, takes another's place, was rewritten, and which application periods open or close."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import streamlit as st

from navigator.corpus.model import Measure
from navigator.errors import InputError
from navigator.intake.changes import measure_changes
from navigator.matching.diff import BEGUN, PolicyDiff, how_ended, policy_diff
from navigator.ui.changes import draw_changes
from navigator.ui.links import FIRST_DAY, LAST_DAY, as_of, link
from navigator.ui.words import plain

_BACK = 365
_FIRST = 12


def pick_days() -> PolicyDiff:
    """The two days, kept in the URL; what changes between them. Ends the page with one sentence where they are the wrong way round."""
    now = as_of()
    with st.container(horizontal=True):
        start = st.date_input(
            "从哪天", now - timedelta(days=_BACK), FIRST_DAY, LAST_DAY, "from", format="YYYY-MM-DD", bind="query-params"
        )
        end = st.date_input("到哪天", now, FIRST_DAY, LAST_DAY, "to", format="YYYY-MM-DD", bind="query-params")
    try:
        return policy_diff(start, end)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()


def draw_policy_diff(found: PolicyDiff) -> None:
    """Every change by its kind, in order of its day."""
    if not any((found.begun, found.ended, found.passed, found.versions, found.windows)):
        st.info(f"{found.start} 到 {found.end}，政策库里的政策没有变化。", icon=":material/check:")
    instead, before = defaultdict(list), defaultdict(list)
    for one in found.replaced:
        instead[one.old.id].append(f"“{one.new.name}”")
        before[one.new.id].append(f"“{one.old.name}”")
    _draw_lines(
        "新开始的",
        ":material/event_available:",
        [
            (one.measure, one.day, BEGUN[one.because], _told("接替", before[one.measure.id], ""))
            for one in reversed(found.begun)
        ],
    )
    _draw_lines(
        "到期或者停下的",
        ":material/event_busy:",
        [
            (one.measure, one.day, how_ended(one), _told("由", instead[one.measure.id], "接替"))
            for one in reversed(found.ended)
        ],
    )
    _draw_lines(
        "中间开始、又停下的",
        ":material/event_repeat:",
        [(one.measure, one.day, how_ended(one), None) for one in found.passed],
    )
    _draw_versions(found)
    _draw_lines(
        "申报期",
        ":material/hourglass_top:",
        [(one.measure, one.day, "开始申报" if one.opens else "申报最后一天", None) for one in reversed(found.windows)],
    )


def _told(before: str, names: list[str], after: str) -> str | None:
    return before + "、".join(names) + after if names else None


Line = tuple[Measure, date | None, str, str | None]


def _draw_lines(heading: str, icon: str, lines: list[Line]) -> None:
    if not lines:
        return
    st.subheader(f"{heading}（{len(lines)}项）", anchor=False)
    for line in lines[:_FIRST]:
        _draw_line(icon, line)
    if len(lines) > _FIRST:
        with st.expander(f"再看 {len(lines) - _FIRST} 项"):
            for line in lines[_FIRST:]:
                _draw_line(icon, line)


def _draw_line(icon: str, line: Line) -> None:
    measure, day, word, more = line
    with st.container(gap="xxsmall"):
        link("measure", f"**{plain(measure.name)}**", id=measure.id)
        told = f"；{more}" if more else ""
        st.markdown(f"{icon} {day or ''} {word}{plain(told)}　:gray[{plain(measure.level)}　{plain(measure.domain)}]")


def _draw_versions(found: PolicyDiff) -> None:
    if not found.versions:
        return
    st.subheader(f"内容改了的（{len(found.versions)}项）", anchor=False)
    for one in found.versions:
        since = f"（从 {one.since} 起）" if one.since else ""
        link("measure", f"**{plain(one.new.name)}**{since}", id=one.new.id)
        with st.expander("改了哪些地方"):
            draw_changes(measure_changes(one.old, one.new))
