"""The desk on which a measure is written: what stands on it, how every box is kept at once on the shelf, and what others saved meanwhile.

A box is saved when it is left; there is no save button. What does not parse yet is kept as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.load import default_corpus
from navigator.errors import InputError
from navigator.intake.draft import Fault, Fields, article, as_day, faults_of, read_fields, write_fields
from navigator.intake.proposals import PolicyText, ProposedMeasure, Words, propose
from navigator.intake.shelf import Draft, Revision, default_shelf
from navigator.intake.texts import read_draft
from navigator.ui.account import current
from navigator.ui.boxes import is_drawn
from navigator.ui.words import plain, typed

Path = tuple[str | int, ...]
_LONGEST = 4000
_CONTEXT = 40
"""Characters of the sentence shown on each side of the words a proposal rests on."""


@dataclass(slots=True)
class Desk:
    """A draft as this window works on it. `fields` is None where the text cannot be read as fields; `content` is always what was saved last."""

    draft: Draft
    content: str
    fields: Fields | None
    round: int = 0
    """Renews all boxes when the fields were replaced or moved under them."""

    @property
    def id(self) -> str:
        return self.draft.id

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.draft.state != "released"

    def key(self, *parts: object) -> str:
        """The key of a box."""
        return ":".join(map(str, ("draft", self.id, self.round, *parts)))

    def at(self, *path: str | int) -> Any:
        """The value at a path; None where there is none."""
        value: Any = self.fields
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def items(self, *path: str | int) -> list[Any]:
        """The list at a path; empty where there is none."""
        value = self.at(*path)
        return value if isinstance(value, list) else []


def desk_of(draft_id: str) -> Desk:
    """This window's desk; where somebody else saved meanwhile, what they saved, and a word about it."""
    draft = default_shelf().get(draft_id)
    name = f"draft:{draft_id}:desk"
    desk: Desk | None = st.session_state.get(name)
    if desk is None:
        desk = st.session_state[name] = Desk(draft, draft.content, _readable(draft.content))
    elif desk.draft.head.number != draft.head.number:
        if desk.content != draft.content:
            st.session_state[f"draft:{draft_id}:told"] = (
                f"{draft.head.by} 在 {draft.head.at[11:16]} 保存过，下面已经是那一版。"
            )
            _replace(desk, draft)
        desk.draft = draft
    return desk


def _readable(content: str) -> Fields | None:
    try:
        return read_fields(content)
    except InputError:
        return None


def _replace(desk: Desk, draft: Draft) -> None:
    desk.draft, desk.content, desk.fields = draft, draft.content, _readable(draft.content)
    desk.round += 1


def put(desk: Desk, path: Path, value: Any) -> None:
    """Set a value and save; what the draft says already is no change of this person's."""
    if desk.at(*path) == value:
        return
    group: Any = desk.fields
    for part in path[:-1]:
        if isinstance(part, str) and not isinstance(group.get(part), dict | list):
            group[part] = {}
        group = group[part]
    group[path[-1]] = value
    keep(desk)


def keep(desk: Desk, *, renew: bool = False) -> None:
    """Save the fields; `renew` where boxes must be drawn anew."""
    assert desk.fields is not None
    keep_text(desk, write_fields(desk.fields))
    desk.round += renew


def keep_text(desk: Desk, content: str) -> None:
    """Save a text as it is. Somebody else's save is never covered: both are kept, and the page says so."""
    actor = current()
    if actor is None:
        st.session_state[f"draft:{desk.id}:unsaved"] = content
        return
    head = _titles(content)
    try:
        saved = default_shelf().save(actor, desk.id, content, desk.draft.base, **head)
    except InputError as error:
        st.session_state[f"draft:{desk.id}:refusal"] = str(error)
        st.session_state[f"draft:{desk.id}:unsaved"] = content
        return
    if saved.aside is not None:
        st.session_state[f"draft:{desk.id}:mine"] = saved.aside
        _replace(desk, saved.draft)
        return
    st.session_state.pop(f"draft:{desk.id}:unsaved", None)
    desk.draft, desk.content = saved.draft, content


def _titles(content: str) -> dict[str, str]:
    fields = _readable(content)
    if fields is None:
        return {}
    name, measure_id = fields.get("name"), fields.get("id")
    return {"title": str(name or "还没有名称的政策事项"), "target": str(measure_id or "")}


def draw_unsaved(draft_id: str) -> None:
    """What could not be saved (signed out, disk full), to be copied; to be called before the page asks who is there."""
    unsaved = st.session_state.get(f"draft:{draft_id}:unsaved")
    if unsaved and (refusal := st.session_state.pop(f"draft:{draft_id}:refusal", "登录已经过期")):
        st.error(f"刚才改的没有保存上（{plain(refusal)}）。内容在下面，可以先复制下来。", icon=":material/error:")
        st.code(unsaved, language="yaml")


def draw_notices(desk: Desk) -> None:
    """What happened meanwhile: another person's save, one's own text put aside."""
    told = st.session_state.pop(f"draft:{desk.id}:told", None)
    if told:
        st.info(plain(told), icon=":material/group:")
    mine: Revision | None = st.session_state.get(f"draft:{desk.id}:mine")
    if mine is None:
        return
    head = desk.draft.head
    st.warning(
        f"{plain(head.by)} 在 {head.at[11:16]} 先保存了。您刚才改的没有盖掉对方的，放在一边了，没有丢。",
        icon=":material/call_split:",
    )
    with st.expander("看您刚才的那一版"):
        st.code(mine.content, language="yaml")
    with st.container(horizontal=True):
        st.button("用我的这一版", icon=":material/check:", on_click=_settle, args=(desk, mine.content))
        st.button("用对方的，不要我的", icon=":material/close:", on_click=_settle, args=(desk, None))


def _settle(desk: Desk, content: str | None) -> None:
    st.session_state.pop(f"draft:{desk.id}:mine", None)
    if content is not None:
        replace_text(desk, content)


def replace_text(desk: Desk, content: str) -> None:
    """Put another whole text on the desk, and save it."""
    if content == desk.content:
        return
    keep_text(desk, content)
    desk.fields = _readable(desk.content)
    desk.round += 1


def faults(desk: Desk) -> list[Fault]:
    """What keeps the draft from release; reckoned once a text."""
    name = f"draft:{desk.id}:faults"
    known = st.session_state.get(name)
    mark = (desk.content, default_corpus().fingerprint)
    if known is None or known[0] != mark:
        known = st.session_state[name] = (mark, faults_of(desk.content))
    return known[1]


# ---- boxes ----


def text_box(
    desk: Desk, path: Path, label: str, *, help: str | None = None, hint: str = "", long: bool = False
) -> None:
    """One line or a few lines of text; empty is nothing."""
    value = desk.at(*path)
    shown = "" if value is None else str(value)
    options: dict[str, Any] = {
        "key": _key(desk, path, shown),
        "help": help,
        "placeholder": hint or None,
        "disabled": not desk.is_open,
    }
    box = st.text_area if long else st.text_input
    box(label, max_chars=_LONGEST, on_change=_keep_box, args=(desk, path, _text), **options)


def lines_box(desk: Desk, path: Path, label: str, *, help: str | None = None, hint: str = "") -> None:
    """A list, one entry a line."""
    shown = "\n".join(str(item) for item in desk.items(*path))
    st.text_area(
        label, key=_key(desk, path, shown), help=help, placeholder=hint or None, height="content", disabled=not desk.is_open,
        on_change=_keep_box, args=(desk, path, _lines),
    )  # fmt: skip


def choice_box(
    desk: Desk,
    path: Path,
    label: str,
    options: Sequence[Any],
    *,
    show: Callable[[Any], str] = str,
    help: str | None = None,
) -> None:
    """One of a few words, or none. A value outside them is shown and kept until another is chosen."""
    value = desk.at(*path)
    offered = [*options, *([value] if value not in (None, "", *options) else [])]
    st.selectbox(
        label, offered, key=_key(desk, path, value or None), index=None, format_func=show, help=help, placeholder="请选",
        disabled=not desk.is_open, on_change=_keep_box, args=(desk, path, _same),
    )  # fmt: skip


def several_box(
    desk: Desk,
    path: Path,
    label: str,
    options: Sequence[Any],
    *,
    show: Callable[[Any], str] = str,
    help: str | None = None,
) -> None:
    """Several of a list."""
    values = desk.items(*path)
    offered = [*options, *(value for value in values if value not in options)]
    st.multiselect(
        label, offered, key=_key(desk, path, list(values)), format_func=show, help=help, placeholder="打字找",
        disabled=not desk.is_open, on_change=_keep_box, args=(desk, path, list),
    )  # fmt: skip


def day_box(desk: Desk, path: Path, label: str, *, help: str | None = None) -> None:
    """A day, or none."""
    value = desk.at(*path)
    if value not in (None, "") and as_day(value) is None:
        text_box(desk, path, f"{label}（现在写的不是日期）", help="应写成 2026-01-31")
        return
    st.date_input(
        label, value=None, min_value=date(1980, 1, 1), max_value=date(2099, 12, 31), format="YYYY-MM-DD", key=_key(desk, path, as_day(value)),
        help=help, disabled=not desk.is_open, on_change=_keep_box, args=(desk, path, _same),
    )  # fmt: skip


def whole_box(desk: Desk, path: Path, label: str, *, help: str | None = None) -> None:
    """A whole number, or none."""
    value = desk.at(*path)
    shown = value if isinstance(value, int) else None
    st.number_input(
        label, min_value=0, step=1, value=None, key=_key(desk, path, shown), help=help, disabled=not desk.is_open,
        on_change=_keep_box, args=(desk, path, _same),
    )  # fmt: skip


def tick_box(desk: Desk, path: Path, label: str, *, help: str | None = None) -> None:
    """Yes or no."""
    st.checkbox(
        label,
        key=_key(desk, path, desk.at(*path) is True),
        help=help,
        disabled=not desk.is_open,
        on_change=_keep_box,
        args=(desk, path, bool),
    )


def _key(desk: Desk, path: Path, shown: Any) -> str:
    """The key of a box, which shows the draft's value when it is first drawn."""
    key = desk.key(*path)
    if key not in st.session_state:
        st.session_state[key] = shown
    return key


def _keep_box(desk: Desk, path: Path, read: Callable[[Any], Any]) -> None:
    """Save what stands in a box; one of before the fields were replaced in the same click has nothing to say any more."""
    if is_drawn(desk.key(*path)):
        put(desk, path, read(st.session_state[desk.key(*path)]))


def _text(raw: str) -> str | None:
    return raw.strip() or None


def _lines(raw: str) -> list[str]:
    return [line.strip() for line in raw.splitlines() if line.strip()]


def _same(raw: Any) -> Any:
    return raw


# ---- the words a draft rests on ----


def policy_text(document: str) -> PolicyText:
    """The text of a released document or of a document draft; InputError where there is neither."""
    released = default_corpus().document_by_id.get(document)
    if released is not None:
        return PolicyText.of_document(released)
    return PolicyText.of_draft(read_draft(default_shelf().get(document).content))


def found_in_text(desk: Desk) -> ProposedMeasure | None:
    """What was found in the clause this draft began with; None where it began otherwise or the text is gone."""
    origin = desk.draft.head.origin
    if not origin.startswith("document:"):
        return None
    name = f"draft:{desk.id}:evidence"
    if name not in st.session_state:
        document, _, clause = origin.removeprefix("document:").partition("#")
        try:
            st.session_state[name] = [one for one in propose(policy_text(document)) if one.clause == clause]
        except InputError:
            st.session_state[name] = []
    candidates: list[ProposedMeasure] = st.session_state[name]
    whens = {item.get("when") for item in desk.items("conditions") if isinstance(item, dict)}
    return max(candidates, key=lambda one: _likeness(one, whens, desk.at("benefit", "text")), default=None)


def _likeness(found: ProposedMeasure, whens: set[Any], benefit: Any) -> tuple[bool, int]:
    return found.benefit.value == benefit, sum(one.when in whens for one in found.conditions)


def evidence(words: Words | None) -> None:
    """The words of the text beside a box."""
    if words is not None and words.text:
        place = article(words.clause) or "标题或首尾"
        before, after = words.before[-_CONTEXT:], words.after[:_CONTEXT]
        st.caption(
            f":material/format_quote: 原文（{plain(place)}）：{typed(before)}**{typed(words.text)}**{typed(after)}"
        )


def signed_in() -> Actor | None:
    """Who works at this desk."""
    return current()
