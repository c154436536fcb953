"""The conditions of a draft for people who write no SQL: fact, operator, value; each said back in plain words at once, the text's words beside it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import streamlit as st

from navigator.corpus.industries import load_industries
from navigator.corpus.model import FactSpec
from navigator.corpus.regions import load_regions
from navigator.errors import InputError
from navigator.intake.conditions import JOINERS, Joiner, Row, code_name, in_words, operators, predicate, rows_of
from navigator.intake.draft import article
from navigator.intake.proposals import SURE_NAMES, ProposedMeasure, Reading
from navigator.matching.amounts import parse_amount, show_yuan
from navigator.matching.parse import mentions_a_fact, parse_condition
from navigator.matching.rulebook import default_rulebook
from navigator.ui.ask import industry_label
from navigator.ui.boxes import is_drawn
from navigator.ui.drafting import Desk, evidence, keep, lines_box, put, text_box
from navigator.ui.words import plain

_FIRST = {"bool": "yes", "choice": "in", "code": "in", "date": "aged"}


def draw_conditions(desk: Desk, found: ProposedMeasure | None) -> None:
    """All conditions, what the text offers beyond them, and the lines a person has to confirm."""
    st.caption("下面每一条都要满足。一条里可以有几样，用“并且”或“或者”连起来。没填的事实按“不知道”算，不当作“否”。")
    for position, item in enumerate(desk.items("conditions")):
        if isinstance(item, dict):
            _draw_condition(desk, position, found)
    if desk.is_open:
        st.button("加一条条件", icon=":material/add:", on_click=_add, args=(desk, "", "", None))
    if found:
        _draw_offers(desk, found)
    st.markdown("**系统判断不了、要当面确认的**")
    lines_box(desk, ("confirm",), "一行一条", hint="如：贷款用在经营上")
    if found and found.confirm:
        for line in found.confirm:
            if line.value in desk.items("confirm"):
                evidence(line.words)


def _draw_condition(desk: Desk, position: int, found: ProposedMeasure | None) -> None:
    specs = default_rulebook().facts.specs
    when = str(desk.at("conditions", position, "when") or "")
    with st.container(border=True):
        text_box(
            desk, ("conditions", position, "text"), f"第{position + 1}条，用大白话说", hint="如：从业人数不超过300人"
        )
        rows = rows_of(when, specs)
        chosen = desk.key("expert", position)
        expert = rows is None or st.session_state.get(chosen) is True
        if expert:
            text_box(
                desk,
                ("conditions", position, "when"),
                "条件（直接写）",
                long=True,
                help="写法见“怎么写一项政策”；文字用半角单引号",
            )
        elif rows is not None:
            _draw_rows(desk, position, *rows)
        _say(desk, position, when)
        _draw_evidence(found, when)
        with st.expander("第几条、直接写、挪动、删掉"):
            text_box(desk, ("conditions", position, "cite"), "文件第几条（读到原文才填）", hint="如：第三条")
            if rows is not None:
                st.checkbox("直接写条件（懂SQL的用）", key=chosen)
            else:
                st.caption("这一条比较复杂，只能直接写。")
            if desk.is_open:
                _draw_moves(desk, position)


def _draw_moves(desk: Desk, position: int) -> None:
    with st.container(horizontal=True):
        st.button(
            "往上挪",
            key=desk.key("up", position),
            icon=":material/arrow_upward:",
            disabled=position == 0,
            on_click=_move,
            args=(desk, position),
        )
        st.button(
            "删掉这一条",
            key=desk.key("away", position),
            icon=":material/delete:",
            on_click=_remove,
            args=(desk, position),
        )


def _say(desk: Desk, position: int, when: str) -> None:
    """What the predicate means, or the one sentence that says why it means nothing yet."""
    specs = default_rulebook().facts.specs
    if not when.strip():
        st.caption(":material/pending: 还没有写条件")
        return
    if "«" in when:
        st.caption(":material/pending: 还没有填完：把空着的选好、填好")
        return
    try:
        node = parse_condition(when, specs, "条件")
    except InputError as error:
        st.error(plain("；".join(part for part in (error.found, error.expected) if part)), icon=":material/error:")
        return
    if not mentions_a_fact(node):
        st.error("没有用到企业的任何事实，条件要说清给谁。", icon=":material/error:")
        return
    st.markdown(f":material/check_circle: 意思是：{plain(in_words(node, specs))}")
    if not desk.at("conditions", position, "text") and desk.is_open:
        st.button(
            "就用这句话当说明",
            key=desk.key("say", position),
            type="tertiary",
            on_click=_use_words,
            args=(desk, position, in_words(node, specs)),
        )


def _use_words(desk: Desk, position: int, words: str) -> None:
    put(desk, ("conditions", position, "text"), words)
    desk.round += 1


def _draw_evidence(found: ProposedMeasure | None, when: str) -> None:
    reading = next((one for one in found.conditions if one.when == when), None) if found else None
    if reading:
        evidence(reading.words)
        if reading.sure != "sure":
            st.caption(f":material/help: {SURE_NAMES[reading.sure]}，请对照原文。")


def _draw_offers(desk: Desk, found: ProposedMeasure) -> None:
    """What was read in the text but does not stand in the draft: left out by a person, or only a guess."""
    have = {item.get("when") for item in desk.items("conditions") if isinstance(item, dict)}
    offers = [one for one in found.conditions if one.when not in have]
    if not offers or not desk.is_open:
        return
    st.markdown("**文件里还读到这些（没有放进来）**")
    for number, one in enumerate(offers):
        st.markdown(f"- {plain(one.text)}　:gray[{SURE_NAMES[one.sure]}]")
        evidence(one.words)
        st.button(
            "加进来", key=desk.key("offer", number, one.when), icon=":material/add:", on_click=_take, args=(desk, one)
        )


def _take(desk: Desk, one: Reading) -> None:
    _add(desk, one.text, one.when, article(one.words.clause))


def _add(desk: Desk, text: str, when: str, cite: str | None) -> None:
    assert desk.fields is not None
    if not isinstance(desk.fields.get("conditions"), list):
        desk.fields["conditions"] = []
    desk.fields["conditions"].append({"text": text, "when": when, "cite": cite})
    keep(desk, renew=True)


def _remove(desk: Desk, position: int) -> None:
    del desk.items("conditions")[position]
    keep(desk, renew=True)


def _move(desk: Desk, position: int) -> None:
    items = desk.items("conditions")
    items[position - 1], items[position] = items[position], items[position - 1]
    keep(desk, renew=True)


# ---- rows ----


def _draw_rows(desk: Desk, position: int, rows: list[Row], joiner: Joiner) -> None:
    for number, row in enumerate(rows):
        _draw_row(desk, position, number, row, len(rows))
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(rows) > 1:
            key = desk.key("joiner", position)
            st.session_state.setdefault(key, joiner)
            st.radio(
                "这几样",
                list(JOINERS),
                format_func=JOINERS.__getitem__,
                key=key,
                horizontal=True,
                on_change=_keep_rows,
                args=(desk, position, rows),
            )
        if desk.is_open:
            st.button(
                "再加一样",
                key=desk.key("more", position),
                type="tertiary",
                icon=":material/add:",
                on_click=_add_row,
                args=(desk, position, rows, joiner),
            )


def _draw_row(desk: Desk, position: int, number: int, row: Row, count: int) -> None:
    specs = default_rulebook().facts.specs
    names = [name for name, spec in specs.items() if spec.type != "text"]
    fact, operator, value = st.columns([3, 2, 3])
    key = desk.key("row", position, number, "fact")
    st.session_state.setdefault(key, row.fact or None)
    fact.selectbox(
        "看什么", names, key=key, index=None, format_func=_fact_label, placeholder="打字找，如 人数、收入", disabled=not desk.is_open,
        on_change=_keep_fact, args=(desk, position, number),
    )  # fmt: skip
    spec = specs.get(row.fact)
    if spec is not None:
        key = desk.key("row", position, number, "operator")
        st.session_state.setdefault(key, row.operator or None)
        words = operators(spec)
        operator.selectbox(
            "怎么比", list(words), key=key, index=None, format_func=words.__getitem__, placeholder="请选", disabled=not desk.is_open,
            on_change=_keep_operator, args=(desk, position, number),
        )  # fmt: skip
        with value:
            _draw_value(desk, position, number, row, spec)
    if count > 1 and desk.is_open:
        st.button(
            "去掉这一样",
            key=desk.key("less", position, number),
            type="tertiary",
            icon=":material/remove:",
            on_click=_remove_row,
            args=(desk, position, number),
        )


@cache
def _fact_label(name: str) -> str:
    spec = default_rulebook().facts.specs[name]
    return f"{spec.label}（{spec.group}）"


def _draw_value(desk: Desk, position: int, number: int, row: Row, spec: FactSpec) -> None:
    key = desk.key("row", position, number, "value", row.operator)
    options: dict[str, Any] = {
        "key": key,
        "disabled": not desk.is_open,
        "on_change": _keep_value,
        "args": (desk, position, number),
    }
    if spec.type == "bool" or not row.operator:
        return
    if spec.type in ("choice", "code"):
        offered = list(spec.values) if spec.type == "choice" else _codes_for(spec.name)
        offered += [value for value in row.values if value not in offered]
        st.session_state.setdefault(key, list(row.values))
        st.multiselect(
            "哪些",
            offered,
            placeholder="可以选几样" if spec.type == "choice" else "打字找",
            format_func=lambda code: _value_label(spec, code),
            **options,
        )
    elif spec.type == "date" and row.operator in ("since", "until"):
        st.session_state.setdefault(key, _day(row))
        st.date_input(
            "哪一天",
            value=None,
            min_value=date(1949, 10, 1),
            max_value=date(2099, 12, 31),
            format="YYYY-MM-DD",
            **options,
        )
    else:
        _draw_figure(key, row, spec, options)
        if row.operator.startswith("share"):
            _draw_whole(desk, position, number, row)


def _draw_figure(key: str, row: Row, spec: FactSpec, options: dict[str, Any]) -> None:
    typed = "、".join(row.values)
    st.session_state.setdefault(key, typed)
    hint = (
        "如 1年、6个月"
        if spec.type == "date"
        else "如 300万、3000000"
        if spec.type == "money" and not row.operator.startswith("share")
        else "填数字"
    )
    label = (
        "百分之几（3% 写 3）"
        if row.operator.startswith("share")
        else "多久"
        if spec.type == "date"
        else f"多少（{spec.unit}）"
        if spec.unit
        else "多少"
    )
    st.text_input(label, placeholder=hint, **options)
    if typed and spec.type != "date":
        try:
            amount = parse_amount(typed)
        except InputError as error:
            st.caption(f":material/error: {plain(error.found)}；{plain(error.expected)}")
        else:
            if spec.type == "money" and not row.operator.startswith("share"):
                st.caption(f"＝ {show_yuan(amount)}（{amount:,.0f} 元）")


def _draw_whole(desk: Desk, position: int, number: int, row: Row) -> None:
    specs = default_rulebook().facts.specs
    names = [name for name, spec in specs.items() if spec.type == "money" and name != row.fact]
    key = desk.key("row", position, number, "other")
    st.session_state.setdefault(key, row.other or None)
    st.selectbox(
        "占哪一项的百分比", names, key=key, index=None, format_func=_fact_label, placeholder="打字找", disabled=not desk.is_open,
        on_change=_keep_value, args=(desk, position, number),
    )  # fmt: skip


def _day(row: Row) -> date | None:
    try:
        return date.fromisoformat("".join(row.values))
    except ValueError:
        return None


@cache
def _all_codes(name: str) -> tuple[str, ...]:
    if name == "industry":
        return tuple(code for code in load_industries().codes() if len(code) <= 4 or load_industries().everyday(code))
    regions = load_regions()
    return tuple(
        code
        for code in ("42", "4208", *(str(regions.code_of(region)) for region in regions.names))
        if regions.name_of(code)
    )


def _codes_for(name: str) -> list[str]:
    return list(dict.fromkeys(_all_codes(name)))


def _value_label(spec: FactSpec, code: str) -> str:
    if spec.name == "industry" and load_industries().exists(code):
        return industry_label(code)
    return f"{code_name(spec.name, code)}（{code}）" if spec.type == "code" else code


# ---- what the boxes of a row say, kept ----


def _rows_now(desk: Desk, position: int) -> tuple[list[Row], Joiner]:
    found = rows_of(str(desk.at("conditions", position, "when") or ""), default_rulebook().facts.specs)
    return (list(found[0]), found[1]) if found else ([Row()], "AND")


def _write(desk: Desk, position: int, rows: list[Row], joiner: Joiner, *, renew: bool = False) -> None:
    chosen: Joiner = st.session_state.get(desk.key("joiner", position)) or joiner
    put(desk, ("conditions", position, "when"), predicate(rows or [Row()], chosen, default_rulebook().facts.specs))
    desk.round += renew


def _keep_fact(desk: Desk, position: int, number: int) -> None:
    key = desk.key("row", position, number, "fact")
    if not is_drawn(key):
        return
    rows, joiner = _rows_now(desk, position)
    name = st.session_state[key] or ""
    if name == rows[number].fact:
        return
    spec = default_rulebook().facts.specs.get(name)
    rows[number] = Row(name, _FIRST.get(spec.type, "<=") if spec else "")
    _write(desk, position, rows, joiner, renew=True)


def _keep_operator(desk: Desk, position: int, number: int) -> None:
    key = desk.key("row", position, number, "operator")
    if not is_drawn(key):
        return
    rows, joiner = _rows_now(desk, position)
    old = rows[number]
    operator = st.session_state[key] or ""
    if operator == old.operator:
        return
    rows[number] = Row(old.fact, operator, old.values, old.other)
    _write(desk, position, rows, joiner)


def _keep_value(desk: Desk, position: int, number: int) -> None:
    rows, joiner = _rows_now(desk, position)
    old = rows[number]
    key = desk.key("row", position, number, "value", old.operator)
    if not is_drawn(key):
        return
    raw = st.session_state[key]
    values = (
        tuple(raw) if isinstance(raw, list) else (raw.isoformat(),) if isinstance(raw, date) else (raw,) if raw else ()
    )
    other = st.session_state.get(desk.key("row", position, number, "other"), old.other) or ""
    rows[number] = Row(old.fact, old.operator, values, other)
    _write(desk, position, rows, joiner)


def _keep_rows(desk: Desk, position: int, rows: list[Row]) -> None:
    _write(desk, position, rows, "AND")


def _add_row(desk: Desk, position: int, rows: list[Row], joiner: Joiner) -> None:
    _write(desk, position, [*rows, Row()], joiner, renew=True)


def _remove_row(desk: Desk, position: int, number: int) -> None:
    rows, joiner = _rows_now(desk, position)
    del rows[number]
    _write(desk, position, rows, joiner, renew=True)
