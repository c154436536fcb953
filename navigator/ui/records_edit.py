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
    version, saved = st.session_state.get(f"saved:{record.id}", (0, ""))
    if version == record.version:
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
        for spec in specs:
            _draw_box(spec, opened)
        st.text_input(
            "这些是从哪里知道的", key=f"source:{opened.id}", placeholder="如 11月20日电话问的", max_chars=LONGEST_SOURCE
        )
        st.date_input("是哪一天的情况", today(), max_value=today(), format="YYYY-MM-DD", key=f"on:{opened.id}")
        st.text_input("说明（可以不写）", key=f"remark:{opened.id}", max_chars=LONGEST_REMARK)
        st.form_submit_button(
            "保存", type="primary", icon=":material/save:", on_click=_submit, args=(actor, opened, specs)
        )
    _tell(opened.id)


def _submit(actor: Actor, opened: Enterprise, specs: list[FactSpec]) -> None:
    """Callback: nothing that runs on the page can come between pressing and saving."""
    typed_in = st.session_state
    typed_in.pop(f"told:{opened.id}", None)
    try:
        changed = _changed({spec.name: typed_in[_key(spec, opened)] for spec in specs}, opened)
    except InputError as fault:
        typed_in[f"told:{opened.id}"] = str(fault)
        return
    if not changed:
        typed_in[f"told:{opened.id}"] = "没有改动，不用存。"
        return
    source, on, remark = (typed_in[f"{name}:{opened.id}"] for name in ("source", "on", "remark"))
    _save(actor, opened, Wish(changed, source, on, remark), opened.version)


def _save(actor: Actor, opened: Enterprise, wish: Wish, based_on: int) -> None:
    try:
        kept = save_facts(
            actor, opened.uscc, wish.facts, source=wish.source, on=wish.on, based_on=based_on, remark=wish.remark
        )
    except ChangedMeanwhile as clash:
        st.session_state[f"clash:{opened.id}"] = (wish, clash)
    except InputError as fault:
        st.session_state[f"told:{opened.id}"] = str(fault)
    else:
        forget_editing(opened.id)
        st.session_state[f"saved:{opened.id}"] = (kept.version, f"存好了，改了 {len(wish.facts)} 项。")


def _tell(number: int) -> None:
    """Why the last save did not happen, until the next try."""
    told = st.session_state.get(f"told:{number}")
    if told:
        st.error(plain(told), icon=":material/error:")


def forget_editing(number: int) -> None:
    """Close the form of a record: the next one shows the record as it is then."""
    for key in ("opened", "clash", "told", "source", "remark"):
        st.session_state.pop(f"{key}:{number}", None)


def _draw_clash(actor: Actor, number: int, wish: Wish, clash: ChangedMeanwhile) -> None:
    specs = default_rulebook().facts.specs
    with st.container(border=True):
        st.warning("您填的时候，别人先存了。您填的都还在：看看改了什么，再决定存哪个。", icon=":material/sync_problem:")
        for change in clash.changes:
            st.markdown(f"{typed(change.by)} 改的：\n" + "\n".join(f"- {line}" for line in change_lines(change)))
        theirs = {name for change in clash.changes for name in change.facts}
        torn = [name for name in wish.facts if name in theirs]
        for name, value in wish.facts.items():
            mine = plain(show_value(value, specs[name]))
            if name not in theirs:
                st.markdown(f"- {specs[name].label}：没有冲突，照您填的存（{mine}）")
                continue
            now = value_text(name, clash.record.facts.get(name))
            st.radio(
                f"{specs[name].label}用哪个", (_THEIRS, _MINE), index=None, key=f"decide:{number}:{name}",
                captions=(now, mine),
            )  # fmt: skip
        st.button(
            "按上面选的存", type="primary", icon=":material/save:", key=f"decided:{number}",
            on_click=_decide, args=(actor, wish, clash, torn),
        )  # fmt: skip
        st.button("不存了", type="tertiary", key=f"dropped:{number}", on_click=forget_editing, args=(number,))


def _decide(actor: Actor, wish: Wish, clash: ChangedMeanwhile, torn: list[str]) -> None:
    number = clash.record.id
    st.session_state.pop(f"told:{number}", None)
    chosen = {name: st.session_state.get(f"decide:{number}:{name}") for name in torn}
    if None in chosen.values():
        st.session_state[f"told:{number}"] = "每一项都选一个，再存。"
        return
    kept = {name: value for name, value in wish.facts.items() if chosen.get(name) != _THEIRS}
    _save(actor, clash.record, Wish(kept, wish.source, wish.on, wish.remark), clash.record.version)


def _draw_box(spec: FactSpec, opened: Enterprise) -> None:
    """A widget that shows what is known."""
    fact = opened.facts.get(spec.name)
    value = fact.value if fact else None
    key = _key(spec, opened)
    if spec.type == "bool":
        shown = None if value is None else "是" if value else "否"
        st.segmented_control(spec.label, ["是", "否"], default=shown, key=key, help=spec.help)
    elif spec.type == "choice" or spec.name == "industry":
        options = list(spec.values) or industry_options()
        options = options if value in (None, *options) else [str(value), *options]
        st.selectbox(
            spec.label, options, None if value is None else options.index(str(value)), key=key, help=spec.help,
            format_func=industry_label if spec.name == "industry" else str, placeholder="不知道就空着",
        )  # fmt: skip
    elif spec.type == "date":
        st.date_input(
            spec.label, value if isinstance(value, date) else None, min_value=date(1949, 10, 1),
            max_value=date(2035, 12, 31), format="YYYY-MM-DD", key=key, help=spec.help,
        )  # fmt: skip
    else:
        unit = f"（{spec.unit}）" if spec.unit else ""
        st.text_input(f"{spec.label}{unit}", _written(value), key=key, help=spec.help, placeholder="不知道就空着")


def _key(spec: FactSpec, opened: Enterprise) -> str:
    return f"fact:{opened.id}:{opened.version}:{spec.name}"


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
