"""Changing facts of a record on its page. Boxes of all groups keep what was typed, also on other pages, until it is saved or dropped.

Who saves second is shown what changed meanwhile and decides fact by fact. What is typed stays in this window; only a save reaches the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.model import FactSpec
from navigator.errors import InputError
from navigator.matching.amounts import parse_amount
from navigator.matching.dates import today
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook
from navigator.store.enterprises import (
    LONGEST_REMARK,
    LONGEST_SOURCE,
    Change,
    ChangedMeanwhile,
    Enterprise,
    Fact,
    save_facts,
)
from navigator.ui.account import current
from navigator.ui.ask import industry_label, industry_options
from navigator.ui.records import change_lines, value_text
from navigator.ui.words import plain, sentence, typed

_THEIRS, _MINE = "用现在的", "用我填的"
_ABOUT = ("source", "on", "remark")
_SHOWN = 6
_BOX_WIDTH = 372


@dataclass(frozen=True, slots=True)
class Desk:
    """A record as it was when somebody began to change it, and what he typed. `round` makes the keys of its boxes, used once only.

    What is typed stays here and is what a box begins with when it is drawn again: a browser may forget what stood in one it did not show.
    """

    opened: Enterprise
    round: int
    typed: dict[str, Any] = field(default_factory=dict)

    def key(self, box: str) -> str:
        """The key of a box: a fact, or source, on, remark."""
        return f"edit:{self.opened.id}:{self.round}:{box}"

    def keep(self) -> None:
        """Callback of every box: take over what stands in those that are shown."""
        for box in (*default_rulebook().facts.specs, *_ABOUT):
            if self.key(box) in st.session_state:
                self.typed[box] = st.session_state[self.key(box)]


@dataclass(frozen=True, slots=True)
class Clash:
    """What others saved since the desk was opened, oldest first, and how the record stands now."""

    record: Enterprise
    changes: list[Change]

    @property
    def facts(self) -> set[str]:
        """All they touched."""
        return {name for change in self.changes for name in change.facts}


@st.fragment
def draw_editor(actor: Actor, record: Enterprise) -> None:
    """The form, group by group, and, after a save that came second, what to decide. Leaving a box runs this part of the page alone."""
    version, saved = st.session_state.get(f"saved:{record.id}", (0, ""))
    clash = st.session_state.get(f"clash:{record.id}")
    newest = max(version, clash.record.version if clash else 0)
    if newest > record.version or current() != actor:
        st.rerun()
    if version == record.version:
        st.success(saved, icon=":material/check_circle:")
    desk = _desk(record)
    changed, faults = _changed(desk)
    with st.expander("改资料", icon=":material/edit:", expanded=bool(changed or faults)):
        _draw_boxes(desk)
        if clash is None:
            _draw_save(actor, desk)
            _draw_unsaved(desk, record)
        else:
            _draw_clash(actor, desk, clash)


def _desk(record: Enterprise) -> Desk:
    """What this window works on: the record as it was when the first box was filled, as it is now while none is."""
    name = f"desk:{record.id}"
    desk: Desk | None = st.session_state.get(name)
    if desk is not None:
        desk.keep()
    if desk is None or (desk.opened.version != record.version and not any(_changed(desk))):
        turn = st.session_state["edit:rounds"] = st.session_state.get("edit:rounds", 0) + 1
        renewed = st.session_state[name] = Desk(record, turn)
        renewed.typed.update({box: desk.typed[box] for box in _ABOUT if desk and box in desk.typed})
        return renewed
    return desk


def _can_be_told(spec: FactSpec, opened: Enterprise) -> bool:
    """The code stays; what is only ever concluded is not asked for unless somebody gave it."""
    concluded = spec.derived and spec.type == "bool" and spec.name not in opened.facts
    return spec.name != "uscc" and not concluded


def _draw_boxes(desk: Desk) -> None:
    number, specs = desk.opened.id, default_rulebook().facts.specs.values()
    groups = list(dict.fromkeys(spec.group for spec in specs))
    before = st.session_state.get(f"in-group:{number}", groups[0])
    group = st.selectbox("改哪一类（可以来回换，最后一起存）", groups, groups.index(before), key=f"group:{number}")
    st.session_state[f"in-group:{number}"] = group
    with st.container(horizontal=True):
        for spec in specs:
            if spec.group == group and _can_be_told(spec, desk.opened):
                with st.container(width=_BOX_WIDTH):
                    _draw_box(spec, desk)
    source, on, remark = _ABOUT
    st.text_input(
        "这些是从哪里知道的", desk.typed.get(source, ""), key=desk.key(source), placeholder="如 11月20日电话问的",
        max_chars=LONGEST_SOURCE, on_change=desk.keep,
    )  # fmt: skip
    desk.typed.setdefault(on, today())
    st.date_input(
        "是哪一天的情况", desk.typed[on], max_value=today(), format="YYYY-MM-DD", key=desk.key(on), on_change=desk.keep
    )
    st.text_input(
        "说明（可以不写）", desk.typed.get(remark, ""), key=desk.key(remark), max_chars=LONGEST_REMARK,
        on_change=desk.keep,
    )  # fmt: skip


def _draw_save(actor: Actor, desk: Desk) -> None:
    st.button(
        "保存", type="primary", icon=":material/save:", key=f"save:{desk.opened.id}", on_click=_save, args=(actor, desk)
    )
    _tell(desk)


def _tell(desk: Desk) -> None:
    """Why the last save did not happen, until the next try."""
    told = st.session_state.get(f"told:{desk.opened.id}")
    if told:
        st.error(told, icon=":material/error:")


def _draw_unsaved(desk: Desk, record: Enterprise) -> None:
    """What is typed and not saved, in any group. It stands below the button, which must not move under a finger."""
    changed, faults = _changed(desk)
    specs = default_rulebook().facts.specs
    names = [name for name in specs if name in changed or name in faults]
    if not names:
        return
    listed = "、".join(specs[name].label for name in names[:_SHOWN]) + ("等" if len(names) > _SHOWN else "")
    st.markdown(f":material/edit_note: 还有 **{len(names)}** 处没保存：{listed}")
    if record.version != desk.opened.version:
        st.caption(f"您填的时候，{typed(record.changed_by)}改过这份档案。保存时会列出来，没有冲突的照存。")
    st.button("不要这些改动了", type="tertiary", key=f"drop:{desk.opened.id}", on_click=_forget, args=(desk,))


def _save(actor: Actor, desk: Desk, clash: Clash | None = None) -> None:
    """Callback: nothing that runs on the page can come between pressing and saving."""
    number, kept = desk.opened.id, st.session_state
    kept.pop(f"told:{number}", None)
    desk.keep()
    changed, faults = _changed(desk)
    chosen = {name: kept.get(_decision(desk, clash, name)) for name in changed if clash and name in clash.facts}
    wanted = {name: value for name, value in changed.items() if chosen.get(name) != _THEIRS}
    if faults:
        kept[f"told:{number}"] = plain(next(iter(faults.values())))
    elif None in chosen.values():
        kept[f"told:{number}"] = "每一项都选一个，再存。"
    elif not changed:
        kept[f"told:{number}"] = "没有改动，不用存。"
    elif not wanted:
        _forget(desk)
    else:
        _write(actor, desk, wanted, clash)


def _write(actor: Actor, desk: Desk, wanted: dict[str, Value], clash: Clash | None) -> None:
    number, kept = desk.opened.id, st.session_state
    source, on, remark = (desk.typed[box] for box in _ABOUT)
    based_on = clash.record.version if clash else desk.opened.version
    try:
        now = save_facts(actor, desk.opened.uscc, wanted, source=source, on=on, based_on=based_on, remark=remark)
    except ChangedMeanwhile as later:
        kept[f"clash:{number}"] = Clash(later.record, [*(clash.changes if clash else ()), *later.changes])
    except InputError as fault:
        kept[f"told:{number}"] = sentence(fault)
    else:
        _forget(desk)
        kept[f"saved:{number}"] = (now.version, f"存好了，改了 {len(wanted)} 项。")


def _forget(desk: Desk) -> None:
    """Close the form of a record: the next one shows the record as it is then."""
    number = desk.opened.id
    for key in (f"desk:{number}", f"clash:{number}", f"told:{number}"):
        st.session_state.pop(key, None)
    for key in [key for key in st.session_state if str(key).startswith(desk.key(""))]:
        del st.session_state[key]


def _draw_clash(actor: Actor, desk: Desk, clash: Clash) -> None:
    """What others changed, and for each fact that both changed the choice; in the place of the button that was pressed."""
    specs, changed = default_rulebook().facts.specs, _changed(desk)[0]
    with st.container(border=True, key=f"clash-box:{desk.opened.id}"):
        st.warning("您填的时候，别人先存了。您填的都还在：看看改了什么，再决定存哪个。", icon=":material/sync_problem:")
        for change in clash.changes:
            st.markdown(f"{typed(change.by)}改的：\n" + "\n".join(f"- {line}" for line in change_lines(change)))
        for name, value in changed.items():
            mine = value_text(name, None if value is None else Fact(value, "", today()))
            if name not in clash.facts:
                st.markdown(f"{specs[name].label}：没有冲突，照您填的存（{mine}）")
                continue
            now = value_text(name, clash.record.facts.get(name))
            st.radio(
                f"{specs[name].label}用哪个", (_THEIRS, _MINE), index=None, captions=(now, mine),
                key=_decision(desk, clash, name),
            )  # fmt: skip
        st.button(
            "按上面选的存", type="primary", icon=":material/save:", key=f"decided:{desk.opened.id}",
            on_click=_save, args=(actor, desk, clash),
        )  # fmt: skip
        _tell(desk)
        st.button("不存了", type="tertiary", key=f"dropped:{desk.opened.id}", on_click=_forget, args=(desk,))


def _decision(desk: Desk, clash: Clash, name: str) -> str:
    return desk.key(f"decide:{clash.record.version}:{name}")


def _draw_box(spec: FactSpec, desk: Desk) -> None:
    """A widget that shows what was typed, or else what is known."""
    fact = desk.opened.facts.get(spec.name)
    value = desk.typed.get(spec.name, _as_typed(spec, fact.value if fact else None))
    key, kept = desk.key(spec.name), desk.keep
    if spec.type == "bool":
        st.segmented_control(spec.label, ["是", "否"], default=value, key=key, help=spec.help, on_change=kept)
    elif spec.type == "choice" or spec.name == "industry":
        options = list(spec.values) or industry_options()
        options = options if value in (None, *options) else [value, *options]
        st.selectbox(
            spec.label, options, None if value is None else options.index(value), key=key, help=spec.help,
            format_func=industry_label if spec.name == "industry" else str, placeholder="不知道就空着", on_change=kept,
        )  # fmt: skip
    elif spec.type == "date":
        st.date_input(
            spec.label, value, min_value=date(1949, 10, 1), max_value=date(2035, 12, 31), format="YYYY-MM-DD", key=key,
            help=spec.help, on_change=kept,
        )  # fmt: skip
    else:
        unit = f"（{spec.unit}）" if spec.unit else ""
        st.text_input(f"{spec.label}{unit}", value, key=key, help=spec.help, placeholder="不知道就空着", on_change=kept)


def _as_typed(spec: FactSpec, value: Value) -> Any:
    """A known value as its box has it."""
    if spec.type == "bool":
        return None if value is None else "是" if value else "否"
    if spec.type in ("choice", "date") or spec.name == "industry":
        return value
    return f"{value:,.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else "" if value is None else str(value)


def _changed(desk: Desk) -> tuple[dict[str, Value], dict[str, str]]:
    """What the boxes of all groups say otherwise than the record as it was opened, and, for those that cannot be read, why."""
    book = default_rulebook().facts
    found: dict[str, Value] = {}
    faults: dict[str, str] = {}
    for name, spec in book.specs.items():
        if name not in desk.typed:
            continue
        given = desk.typed[name]
        try:
            if spec.type == "bool":
                given = None if given is None else given == "是"
            elif spec.type in ("money", "percent", "number", "count") and isinstance(given, str):
                given = parse_amount(given, spec.label) if given.strip() else None
            value = book.read_value(name, given)
        except InputError as fault:
            faults[name] = f"{spec.label}：{fault.found}；{fault.expected}"
            continue
        before = desk.opened.facts.get(name)
        if value != (before.value if before else None):
            found[name] = value
    return found, faults
