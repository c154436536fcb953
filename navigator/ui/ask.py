"""Asks for one fact with the widget that suits its type, and keeps the answer in the session's profile. No answer stays unknown."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import streamlit as st

from navigator.corpus.industries import load_industries
from navigator.corpus.model import FactSpec
from navigator.errors import InputError
from navigator.matching.amounts import parse_amount, show_yuan
from navigator.matching.rulebook import default_rulebook
from navigator.ui.boxes import is_drawn
from navigator.ui.profile import profile, set_fact, widget_key
from navigator.ui.words import plain


def ask(name: str) -> None:
    """Draw the question of one fact; the answer is in the profile when the page runs again."""
    spec = default_rulebook().facts.specs[name]
    key = widget_key(name)
    if key not in st.session_state:
        st.session_state.pop(f"{key}:error", None)
        if name in profile():
            st.session_state[key] = _shown(spec, profile()[name])
    match spec.type:
        case "bool":
            _segments(spec, key, ["是", "否"])
        case "choice":
            st.pills(spec.question, spec.values, key=key, help=spec.help, on_change=_keep, args=(name,))
        case "code":
            _industry(spec, key) if name == "industry" else _typed(spec, key)
        case "date":
            _day(spec, key)
        case "count":
            st.number_input(
                _label(spec),
                min_value=0,
                step=1,
                value=None,
                key=key,
                help=spec.help,
                placeholder="填整数",
                on_change=_keep,
                args=(name,),
            )
        case _:
            _typed(spec, key)
    error = st.session_state.get(f"{key}:error")
    if error:
        st.error(plain(error), icon=":material/error:")


def show_answer(name: str) -> None:
    """Let the widget of a fact show what the profile holds; call it before the widget is drawn."""
    spec = default_rulebook().facts.specs[name]
    key = widget_key(name)
    st.session_state.pop(f"{key}:error", None)
    if name in default_rulebook().corpus.facts.intent.facts:
        st.session_state[widget_key("intent")] = _intent_answer()
    elif name in profile():
        st.session_state[key] = _shown(spec, profile()[name])


def ask_intent() -> None:
    """The one multiple-choice question that settles all plans at once; unticked means no, once anything is ticked."""
    intent = default_rulebook().corpus.facts.intent
    specs = default_rulebook().facts.specs
    key = widget_key("intent")
    if key not in st.session_state:
        st.session_state[key] = _intent_answer()
    st.pills(
        intent.question,
        [*intent.facts, "none"],
        selection_mode="multi",
        format_func=lambda name: intent.none_of_these if name == "none" else specs[name].label,
        key=key,
        help=intent.help,
        on_change=_keep_intent,
    )


def _intent_answer() -> list[str]:
    intent = default_rulebook().corpus.facts.intent
    answers = profile()
    chosen = [name for name in intent.facts if answers.get(name) is True]
    none = not chosen and all(answers.get(name) is False for name in intent.facts)
    return ["none"] if none else chosen


def _keep_intent() -> None:
    intent = default_rulebook().corpus.facts.intent
    key = widget_key("intent")
    if not is_drawn(key):
        return
    chosen = list(st.session_state[key] or [])
    if "none" in chosen and len(chosen) > 1:
        chosen = ["none"] if chosen[-1] == "none" else [name for name in chosen if name != "none"]
        st.session_state[key] = chosen
    for name in intent.facts:
        set_fact(name, (name in chosen) if chosen else None)


def _segments(spec: FactSpec, key: str, options: list[str]) -> None:
    st.segmented_control(spec.question, options, key=key, help=spec.help, on_change=_keep, args=(spec.name,))


def _typed(spec: FactSpec, key: str) -> None:
    example = {"money": "如 3600 或 120万", "percent": "如 5.5", "code": "如 420881"}.get(spec.type, "填数字")
    st.text_input(_label(spec), key=key, help=spec.help, placeholder=example, on_change=_keep, args=(spec.name,))
    value = profile().get(spec.name)
    if spec.type == "money" and isinstance(value, int | float) and value >= 10_000:
        st.caption(f"＝ {show_yuan(value)}（{value:,.0f} 元）")


def _day(spec: FactSpec, key: str) -> None:
    st.date_input(
        spec.question,
        value=None,
        min_value=date(1949, 10, 1),
        max_value=date(2035, 12, 31),
        format="YYYY-MM-DD",
        key=key,
        help=spec.help,
        on_change=_keep,
        args=(spec.name,),
    )


def _industry(spec: FactSpec, key: str) -> None:
    st.selectbox(
        spec.question,
        industry_options(),
        index=None,
        format_func=industry_label,
        key=key,
        help=spec.help,
        placeholder="点开打字找，如 面馆、货运、机械",
        filter_mode="contains",
        on_change=_keep,
        args=(spec.name,),
    )


@cache
def industry_options() -> list[str]:
    """Codes offered for choice: divisions and groups, and every finer code that has an everyday name."""
    industries = load_industries()
    return [
        code for code in industries.codes() if len(code) in (3, 4) or (len(code) == 5 and industries.everyday(code))
    ]


@cache
def industry_label(code: str) -> str:
    """`餐饮业（面馆、早餐店…）H62`: the words people look for stand in the label, because the box searches labels."""
    industries = load_industries()
    words = industries.everyday(code)
    return f"{industries.name(code)}{'（' + '、'.join(words) + '）' if words else ''} {code}"


def _label(spec: FactSpec) -> str:
    return f"{spec.question}（{spec.unit}）" if spec.unit and spec.type != "money" else spec.question


def _shown(spec: FactSpec, value: Any) -> Any:
    if spec.type == "bool":
        return "是" if value else "否"
    if spec.type == "count":
        return int(value)
    if spec.type in ("money", "percent", "number"):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return value


def _keep(name: str) -> None:
    """Callback: check the answer, keep it, or say in one sentence what is wrong with it."""
    book = default_rulebook().facts
    spec, key = book.specs[name], widget_key(name)
    if not is_drawn(key):
        return
    st.session_state.pop(f"{key}:error", None)
    raw = st.session_state[key]
    try:
        if spec.type == "bool":
            raw = None if raw is None else raw == "是"
        elif spec.type in ("money", "percent", "number") and isinstance(raw, str):
            raw = parse_amount(raw, spec.label) if raw.strip() else None
        set_fact(name, book.read_value(name, raw))
    except InputError as error:
        parts = (f"{spec.label}：{error.found}", error.expected)
        st.session_state[f"{key}:error"] = "；".join(part for part in parts if part)
