"""Changing facts of a record on its page. Who saves second is shown what changed meanwhile and decides fact by fact; what was typed stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.model import FactSpec
from navigator.errors import InputError
from navigator.matching.amounts import parse_amount
from navigator.matching.assess import show_value
from navigator.matching.dates import today
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook
from navigator.store.enterprises import LONGEST_REMARK, LONGEST_SOURCE, ChangedMeanwhile, Enterprise, save_facts
from navigator.ui.ask import industry_label, industry_options
from navigator.ui.records import change_lines, value_text
from navigator.ui.words import plain, typed

_THEIRS, _MINE = "用现在的", "用我填的"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to save, based on the record as he opened it."""

    facts: dict[str, Value]
    source: str
    on: date
    remark: str


def draw_editor(actor: Actor, record: Enterprise) -> None:
    """The form for one group of facts, and, after a save that came second, what to decide."""
    saved = st.session_state.pop(f"saved:{record.id}", None)
    if saved:
        st.success(saved, icon=":material/check_circle:")
    clash = st.session_state.get(f"clash:{record.id}")
    if clash is not None:
        _draw_clash(actor, record.id, *clash)
    specs = default_rulebook().facts.specs
    groups = list(dict.fromkeys(spec.group for spec in specs.values()))
    with st.expander("改资料", icon=":material/edit:", expanded=clash is not None):
        group = st.selectbox("改哪一类（先存好这一类，再换别的）", groups, key=f"group:{record.id}")
        opened = _opened(record)
        told = [spec for spec in specs.values() if spec.group == group and _can_be_told(spec, opened)]
        _draw_form(actor, opened, told)


def _can_be_told(spec: FactSpec, opened: Enterprise) -> bool:
    """The code stays; what is only ever concluded is not asked for unless somebody gave it."""
    concluded = spec.derived and spec.type == "bool" and spec.name not in opened.facts
    return spec.name != "uscc" and not concluded


def _opened(record: Enterprise) -> Enterprise:
    """The record as it was when its form was opened: boxes keep showing that until it is saved."""
    return st.session_state.setdefault(f"opened:{record.id}", record)


def _draw_form(actor: Actor, opened: Enterprise, specs: list[FactSpec]) -> None:
    with st.form(f"edit:{opened.id}:{opened.version}", border=False):
        raw = {spec.name: _box(spec, opened) for spec in specs}
        source = st.text_input(
            "这些是从哪里知道的", key=f"source:{opened.id}", placeholder="如 11月20日电话问的", max_chars=LONGEST_SOURCE
        )
        on = st.date_input(
            "是哪一天的情况", value=today(), max_value=today(), format="YYYY-MM-DD", key=f"on:{opened.id}"
        )
        remark = st.text_input("说明（可以不写）", key=f"remark:{opened.id}", max_chars=LONGEST_REMARK)
        pressed = st.form_submit_button("保存", type="primary", icon=":material/save:")
    if not pressed:
        return
    try:
        changed = _changed(raw, opened)
        if not changed:
            st.info("没有改动，不用存。", icon=":material/info:")
            return
        _save(actor, opened, Wish(changed, source, on, remark), opened.version)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")


def _save(actor: Actor, opened: Enterprise, wish: Wish, based_on: int) -> None:
    try:
        save_facts(
            actor, opened.uscc, wish.facts, source=wish.source, on=wish.on, based_on=based_on, remark=wish.remark
        )
    except ChangedMeanwhile as clash:
        st.session_state[f"clash:{opened.id}"] = (wish, clash)
    else:
        forget_editing(opened.id)
        st.session_state[f"saved:{opened.id}"] = f"存好了，改了 {len(wish.facts)} 项。"
    st.rerun()


def forget_editing(number: int) -> None:
    """Close the form of a record: the next one shows the record as it is then."""
    for key in ("opened", "clash", "source", "remark"):
        st.session_state.pop(f"{key}:{number}", None)


def _draw_clash(actor: Actor, number: int, wish: Wish, clash: ChangedMeanwhile) -> None:
    specs = default_rulebook().facts.specs
    with st.container(border=True):
        st.warning("您填的时候，别人先存了。您填的都还在：看看改了什么，再决定存哪个。", icon=":material/sync_problem:")
        for change in clash.changes:
            st.markdown(f"{typed(change.by)} 改的：\n" + "\n".join(f"- {line}" for line in change_lines(change)))
        theirs = {name for change in clash.changes for name in change.facts}
        chosen: dict[str, str | None] = {}
        for name, value in wish.facts.items():
            mine = plain(show_value(value, specs[name]))
            if name not in theirs:
                st.markdown(f"- {specs[name].label}：没有冲突，照您填的存（{mine}）")
                continue
            now = value_text(name, clash.record.facts.get(name))
            chosen[name] = st.radio(
                f"{specs[name].label}用哪个", (_THEIRS, _MINE), index=None, key=f"decide:{number}:{name}",
                captions=(now, mine),
            )  # fmt: skip
        if st.button("按上面选的存", type="primary", icon=":material/save:", key=f"decided:{number}"):
            _decide(actor, wish, clash, chosen)
        if st.button("不存了", type="tertiary", key=f"dropped:{number}"):
            forget_editing(number)
            st.rerun()


def _decide(actor: Actor, wish: Wish, clash: ChangedMeanwhile, chosen: dict[str, str | None]) -> None:
    if None in chosen.values():
        st.error("每一项都选一个，再存。", icon=":material/error:")
        return
    kept = {name: value for name, value in wish.facts.items() if chosen.get(name) != _THEIRS}
    try:
        _save(actor, clash.record, Wish(kept, wish.source, wish.on, wish.remark), clash.record.version)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")


def _box(spec: FactSpec, opened: Enterprise) -> Any:
    """A widget that shows what is known and gives what is in it."""
    fact = opened.facts.get(spec.name)
    value = fact.value if fact else None
    key = f"fact:{opened.id}:{opened.version}:{spec.name}"
    if spec.type == "bool":
        shown = None if value is None else "是" if value else "否"
        return st.segmented_control(spec.label, ["是", "否"], default=shown, key=key, help=spec.help)
    if spec.type == "choice" or spec.name == "industry":
        options = list(spec.values) or industry_options()
        options = options if value in (None, *options) else [str(value), *options]
        return st.selectbox(
            spec.label, options, None if value is None else options.index(str(value)), key=key, help=spec.help,
            format_func=industry_label if spec.name == "industry" else str, placeholder="不知道就空着",
        )  # fmt: skip
    if spec.type == "date":
        return st.date_input(
            spec.label, value if isinstance(value, date) else None, min_value=date(1949, 10, 1),
            max_value=date(2035, 12, 31), format="YYYY-MM-DD", key=key, help=spec.help,
        )  # fmt: skip
    unit = f"（{spec.unit}）" if spec.unit else ""
    return st.text_input(f"{spec.label}{unit}", _written(value), key=key, help=spec.help, placeholder="不知道就空着")


def _written(value: Value) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else "" if value is None else str(value)


def _changed(raw: dict[str, Any], opened: Enterprise) -> dict[str, Value]:
    """What differs from the record as it was opened; InputError for a value that cannot be."""
    book = default_rulebook().facts
    found: dict[str, Value] = {}
    for name, given in raw.items():
        spec = book.specs[name]
        if spec.type == "bool":
            given = None if given is None else given == "是"
        elif spec.type in ("money", "percent", "number", "count") and isinstance(given, str):
            given = parse_amount(given, spec.label) if given.strip() else None
        value = book.read_value(name, given, "这里")
        before = opened.facts.get(name)
        if value != (before.value if before else None):
            found[name] = value
    return found
