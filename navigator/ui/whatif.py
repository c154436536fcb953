"""Asks which condition of a measure to change and into what, checked while it is typed; nothing of it goes into the corpus."""

from __future__ import annotations

import streamlit as st

from navigator.errors import InputError
from navigator.matching.dates import period
from navigator.matching.rulebook import CompiledMeasure, RuleBook
from navigator.matching.whatif import Threshold, read_edits, threshold
from navigator.ui.words import plain

_WORD = {"<": "少于", "<=": "不超过", ">": "多于", ">=": "不少于", "=": "正好是", "<>": "不是"}


def pick_measure(book: RuleBook) -> CompiledMeasure:
    """A measure, those in force first; the choice is in the URL."""
    listed = sorted(book.measures, key=lambda one: (_is_over(one), one.measure.name))
    ids = [one.measure.id for one in listed]
    wanted = st.query_params.get("id", "")
    chosen = st.selectbox(
        "哪一项政策",
        ids,
        index=ids.index(wanted) if wanted in ids else 0,
        format_func=lambda one: book.by_id[one].measure.name,
        key="measure",
        placeholder="选一项政策",
    )
    st.query_params["id"] = chosen
    return book.by_id[chosen]


def _is_over(one: CompiledMeasure) -> bool:
    from navigator.ui.links import as_of

    return period(one.measure, as_of()) != "in_force"


def ask_edit(compiled: CompiledMeasure, book: RuleBook) -> str | None:
    """The change as `--set` would take it; None (and one sentence) where it cannot be read, None as long as nothing was changed."""
    position = st.radio(
        "改哪一条",
        range(len(compiled.rules)),
        format_func=lambda place: plain(compiled.rules[place].condition.text),
        key=f"which:{compiled.measure.id}",
    )
    rule = compiled.rules[position]
    limit = threshold(rule.node)
    by_hand = limit is None or st.toggle("自己写条件", key=f"by_hand:{compiled.measure.id}:{position}")
    key = f"set:{compiled.measure.id}:{position}"
    written = _typed(key, rule.condition.when) if by_hand or limit is None else _number(key, limit, book)
    if written.split() == rule.condition.when.split():
        st.caption("还没有改。")
        return None
    try:
        read_edits(compiled, [f"{position + 1}: {written}"], book.facts.specs, "新的条件")
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    return f"{position + 1}: {written}"


def _typed(key: str, when: str) -> str:
    return st.text_input(
        "新的条件",
        when,
        key=f"{key}:text",
        live=True,
        help="写法和政策文件里的 when 一样，例如 employees <= 500；边写边检查，不会改政策库",
    ).strip()


def _number(key: str, limit: Threshold, book: RuleBook) -> str:
    spec = book.facts.specs[limit.fact]
    whole = spec.type in ("count", "money") and limit.value == int(limit.value)
    unit = f"（{spec.unit}）" if spec.unit else ""
    value = st.number_input(
        f"{spec.label}{_WORD[limit.operator]}多少{unit}",
        value=int(limit.value) if whole else limit.value,
        step=(1 if limit.value < 1000 else 10 ** (len(str(int(limit.value))) - 2)) if whole else 0.5,
        key=f"{key}:number",
    )
    return f"{limit.fact} {limit.operator} {value:.10g}" if not whole else f"{limit.fact} {limit.operator} {value}"
