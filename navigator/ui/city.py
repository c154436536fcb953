"""The enterprises that staff count over, and how a gain or loss is drawn: the sum in words, by group as a chart and, for everybody, as a table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from navigator.auth import Actor
from navigator.comparison import NOT_NETTED, amount_words, mark
from navigator.errors import InputError
from navigator.matching.effects import DIMENSIONS, City, CityEffect
from navigator.store.enterprises import count_enterprises, recent_stamp
from navigator.store.record_city import city_of_records, log_rows_taken
from navigator.ui.uploading import UPLOADER_IN_CHINESE
from navigator.ui.words import plain

_RECORDS, _EXAMPLE, _OWN = "企业档案", "示例企业", "上传名单"
_KEPT, _KEPT_RECORDS = "city", "city:records"
_MEGABYTES = 20


def pick_city(actor: Actor) -> City | None:
    """The office's own records, the invented city, or a table that stays in this window; None while nothing was uploaded."""
    real = count_enterprises(actor, example=False)
    offered = [_RECORDS, _EXAMPLE, _OWN] if real else [_EXAMPLE, _OWN]
    chosen = st.segmented_control("用哪些企业算", offered, default=offered[0], key="whose", required=True)
    if chosen == _RECORDS:
        city = _city_of_records(actor, real)
        st.caption(f":material/domain: {actor.area}企业档案里的 {len(city):,} 家企业，不含示例。")
        return city
    city = _example_city() if chosen == _EXAMPLE else _own_city()
    if city is not None:
        icon = ":material/science:" if city.is_example else ":material/table_view:"
        st.caption(f"{icon} {plain(mark(city))}")
    return city


def _city_of_records(actor: Actor, real: int) -> City:
    """The records as they are now: read again when one has changed, kept in this session only."""
    stamp = (actor, real, recent_stamp(actor))
    kept = st.session_state.get(_KEPT_RECORDS)
    if kept is None or kept[0] != stamp:
        with st.spinner("正在读企业档案…"):
            kept = st.session_state[_KEPT_RECORDS] = (stamp, city_of_records(actor))
    return kept[1]


@st.cache_resource(show_spinner="正在造一批示例企业…")
def _example_city() -> City:
    return City.example()


def _own_city() -> City | None:
    st.html(UPLOADER_IN_CHINESE)
    file = st.file_uploader(
        f"企业名单：.csv、.xlsx 或 .parquet，第一行是列名，其中一列是 uscc（统一社会信用代码），最大 {_MEGABYTES} MB",
        type=("csv", "xlsx", "parquet"),
        max_upload_size=_MEGABYTES,
        help="只在这次打开的页面里用，不保存",
    )
    if file is None:
        st.session_state.pop(_KEPT, None)
        return None
    name, city = st.session_state.get(_KEPT, ("", None))
    if name != file.file_id:
        city = _read(file.name, file.getvalue())
        st.session_state[_KEPT] = (file.file_id, city)
    for sentence in city.table.reports.sentences() if city else ():
        st.caption(plain(sentence))
    return city


def _read(name: str, data: bytes) -> City | None:
    """A table as it was uploaded; it lies on the disk only while it is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"名单{Path(name).suffix}"
        path.write_bytes(data)
        try:
            with st.spinner("正在读名单…"):
                return City.load(path)
        except InputError as error:
            st.error(plain(str(error)), icon=":material/error:")
    return None


def draw_effect(effect: CityEffect, note: str = NOT_NETTED) -> None:
    """Who gains and loses in all and by group."""
    st.markdown(f":material/trending_up: **得到**　{plain(amount_words(effect.gained))}")
    st.markdown(f":material/trending_down: **失去**　{plain(amount_words(effect.lost))}")
    st.caption(note)
    if not (effect.gained.enterprises or effect.lost.enterprises):
        return
    dimension = st.segmented_control(
        "按什么分开看",
        list(DIMENSIONS),
        format_func=DIMENSIONS.__getitem__,
        default="region",
        key="dimension",
        required=True,
    )
    label, groups = DIMENSIONS[dimension], effect.groups[dimension]
    names = [group.name for group in groups]
    counted = {side: [getattr(group, side).enterprises for group in groups] for side in ("gained", "lost")}
    st.bar_chart(
        pd.DataFrame({label: names, "得到": counted["gained"], "失去": counted["lost"]}),
        x=label,
        y=["得到", "失去"],
        x_label="",
        y_label="家数",
        color=["#17695A", "#C2631A"],
        horizontal=True,
        sort=False,
        stack=False,
        alt=f"按{label}分，得到和失去的家数；数字见下面的表",
    )
    words = {side: [amount_words(getattr(group, side)) for group in groups] for side in ("gained", "lost")}
    st.table(pd.DataFrame({label: names, "得到": words["gained"], "失去": words["lost"]}).set_index(label))


def draw_rows_download(actor: Actor, name: str, make: Callable[[], bytes]) -> None:
    """The enterprises one by one, as a table; made when the button is pressed, and logged where they are of the records."""

    def made() -> bytes:
        if st.session_state.get("whose") == _RECORDS:
            log_rows_taken(actor, name)
        return make()

    st.download_button(
        "下载每家企业的明细（表格）",
        data=made,
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
