"""Pieces of 数据质量: the lists at a glance, and which entry is looked at closer."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from navigator.auth import Actor
from navigator.matching.rulebook import default_rulebook
from navigator.store.enterprises import count_enterprises, recent_stamp
from navigator.store.quality import Kind, Survey, survey

_SHOWN = 15


def survey_of(actor: Actor, day: date, example: bool, days: int) -> Survey:
    """The survey, computed again when a record, the day or the window's person has changed; kept in this session only."""
    stamp = (actor, actor.region, day, example, days, count_enterprises(actor), recent_stamp(actor))
    kept = st.session_state.get("quality:survey")
    if kept is None or kept[0] != stamp:
        with st.spinner("正在把档案和政策对一遍…"):
            kept = (stamp, survey(actor, day, example=example, days=days))
        st.session_state["quality:survey"] = kept
    return kept[1]


def draw_kind(kind: Kind, found: Survey) -> None:
    """The entries of one list as a table of real text."""
    specs = default_rulebook().facts.specs
    if kind == "missing":
        rows = [
            {"缺的信息": specs[one.fact].label, "卡住": f"{one.matches:,} 次", "只差它": f"{one.alone:,} 次",
             "企业": f"{one.enterprises:,} 家"} for one in found.missing
        ]  # fmt: skip
    elif kind == "contradicted":
        rows = [{"对不上的信息": specs[fact].label, "企业": f"{count:,} 家"} for fact, count in found.contradicted]
    else:
        rows = [
            {"太旧的信息": specs[one.fact].label, "企业": f"{one.enterprises:,} 家", "最早的": one.oldest.isoformat()}
            for one in found.outdated
        ]
    if not rows:
        st.success("这一张清单是空的。", icon=":material/check_circle:")
        return
    st.table(pd.DataFrame(rows[:_SHOWN]), hide_index=True)
    if len(rows) > _SHOWN:
        with st.expander(f"再看 {len(rows) - _SHOWN} 项"):
            st.table(pd.DataFrame(rows[_SHOWN:]), hide_index=True)


def chosen_fact(kind: Kind, found: Survey) -> str | None:
    """The entry somebody wants to see enterprise by enterprise."""
    facts = [one.fact for one in found.missing] if kind == "missing" else (
        [fact for fact, _ in found.contradicted] if kind == "contradicted" else [one.fact for one in found.outdated]
    )  # fmt: skip
    if not facts:
        return None
    specs = default_rulebook().facts.specs
    return st.selectbox(
        "看哪一项是哪些企业",
        facts,
        None,
        format_func=lambda name: specs[name].label,
        key=f"fact:{kind}",
        placeholder="选一项",
    )
