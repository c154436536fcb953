"""The form of a visit record, for a new one and for a correction: day, team, people met, topics, words, promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.load import default_corpus
from navigator.delivery.teams import list_teams, my_team
from navigator.delivery.visits import (
    LONGEST_WORDS,
    MOST_PEOPLE,
    MOST_PROMISES,
    TOPICS,
    Met,
    Person,
    Promise,
    Version,
    VisitNote,
)
from navigator.matching import dates
from navigator.ui.acting import box
from navigator.ui.links import FIRST_DAY

_USUAL_DAYS = 14
"""How long a promise usually takes, as the form first offers."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form stands: its boxes have keys of their own, and are empty again once it was saved."""

    name: str

    def key(self, part: str) -> str:
        """The key of a box."""
        return box(f"{self.name}:{part}")


def draw_note(actor: Actor, enterprise: int, place: Place, before: Version | None = None) -> VisitNote:
    """The boxes of a record, as `before` filled them; gives what stands in them."""
    today, key = dates.today(), place.key
    day = st.date_input(
        "哪天去的", before.visited_on if before else today, min_value=FIRST_DAY, max_value=today, format="YYYY-MM-DD",
        key=key("day"),
    )  # fmt: skip
    team = _draw_team(actor, place, before)
    members = st.text_input(
        "谁去的（几个人用、隔开）",
        "、".join(before.members) if before else actor.name,
        max_chars=300,
        key=key("members"),
    )
    met = _draw_people(place, before.met if before else ())
    topics = st.pills(
        "谈了什么（可以选几个）", list(TOPICS), selection_mode="multi", default=list(before.topics) if before else None,
        format_func=TOPICS.__getitem__, key=key("topics"),
    )  # fmt: skip
    other = before.other if before else ""
    if "other" in topics:
        other = st.text_input("其他：谈的是什么", other, max_chars=200, key=key("other"))
    measures = default_corpus().measure_by_id
    named = st.multiselect(
        "谈到哪些政策（可以不选）", list(measures), [one for one in before.measures if one in measures] if before else None,
        format_func=lambda one: measures[one].name, key=key("measures"), placeholder="打几个字找政策",
    )  # fmt: skip
    words = st.text_area(
        "企业怎么说的", before.words if before else "", height=160, max_chars=LONGEST_WORDS, key=key("words"),
        help="写事情，不写个人电话、身份证号；电话写在上面“见到了谁”里，到期会自动删。",
    )  # fmt: skip
    promises = _draw_promises(actor, place, today)
    return VisitNote(
        enterprise, day or today, met, tuple(topics), words, promises, None,
        tuple(part.strip() for part in members.replace(",", "、").replace("，", "、").split("、") if part.strip()),
        team, other if "other" in topics else "", tuple(named),
    )  # fmt: skip


def _draw_team(actor: Actor, place: Place, before: Version | None) -> int | None:
    teams = {one.id: one.name for one in list_teams(actor)}
    mine = my_team(actor)
    chosen = before.team_id if before else mine.id if mine else None
    if before and chosen is not None:
        teams.setdefault(chosen, before.team)
    if not teams:
        return None
    return st.selectbox(
        "哪支小分队", list(teams), list(teams).index(chosen) if chosen in teams else None, format_func=teams.__getitem__,
        key=place.key("team"), placeholder="不属于哪一支",
    )  # fmt: skip


def _draw_people(place: Place, before: tuple[Met, ...]) -> tuple[Person, ...]:
    st.markdown("**见到了谁**")
    st.caption("电话只用来走访联系，不拿来推送；姓名和电话到期自动删除，企业要求删可以马上删。")
    rows = _rows(place, "people", max(1, len(before)))
    found = []
    for row in range(rows):
        known = before[row] if row < len(before) else None
        left, middle, right = st.columns(3)
        name = left.text_input(
            f"第{row + 1}位的姓名", known.name if known else "", max_chars=64, key=place.key(f"name:{row}")
        )
        role = middle.text_input("职务", known.role if known else "", max_chars=64, key=place.key(f"role:{row}"))
        kept = f"已有 {known.phone}，不改就空着" if known and known.phone else "可以不写"
        phone = right.text_input("电话", max_chars=30, key=place.key(f"phone:{row}"), placeholder=kept)
        found.append(Person(name, role, phone or None))
    _draw_more(place, "people", "再加一位", rows, MOST_PEOPLE)
    return tuple(found)


def _draw_promises(actor: Actor, place: Place, today: date) -> tuple[Promise, ...]:
    rows = _rows(place, "promises", 0)
    if rows:
        st.markdown("**答应企业的事**")
    found = []
    for row in range(rows):
        with st.container(border=True):
            promise = draw_promise(actor, place, row, today)
            if promise.words.strip():
                found.append(promise)
    _draw_more(place, "promises", "记一件答应企业的事", rows, MOST_PROMISES)
    return tuple(found)


def draw_promise(actor: Actor, place: Place, row: int, today: date) -> Promise:
    """The boxes of one promise."""
    words = st.text_input("答应了什么", max_chars=500, key=place.key(f"promise:{row}"))
    left, right = st.columns(2)
    due = left.date_input(
        "哪天以前办到", today + timedelta(days=_USUAL_DAYS), min_value=FIRST_DAY, format="YYYY-MM-DD",
        key=place.key(f"due:{row}"),
    )  # fmt: skip
    keeper = right.text_input("谁来办", actor.name, max_chars=64, key=place.key(f"keeper:{row}"))
    return Promise(words, due or today, keeper)


def _rows(place: Place, part: str, first: int) -> int:
    return int(st.session_state.setdefault(place.key(f"{part}:rows"), first))


def _draw_more(place: Place, part: str, label: str, rows: int, most: int) -> None:
    key = place.key(f"{part}:rows")

    def more() -> None:
        st.session_state[key] = rows + 1

    if rows < most:
        st.button(label, icon=":material/add:", key=place.key(f"{part}:more"), on_click=more)
