"""What a measure page says of its versions: since when this one answers, why it was made, and how it differs from the one before."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.corpus.versions import Version
from navigator.ui.links import link
from navigator.ui.words import typed


def draw_versions(measure_id: str, day: date) -> None:
    """Nothing for a measure that stands as it came with the software."""
    corpus = default_corpus()
    versions = corpus.releases.measures.get(measure_id, ())
    if not versions:
        return
    st.subheader("版本", anchor=False)
    current = corpus.version_on(measure_id, day)
    if current:
        _draw_current(current, day)
    else:
        st.markdown(f"{day} 用的是最初的一版。")
    for version in versions:
        begins = version.record.effective_from
        if begins and begins > day:
            st.markdown(f"从 {begins} 起用第{version.number}版。{typed(version.record.comment)}")
            link("measure", f"看 {begins} 的样子", ":material/update:", id=measure_id, as_of=begins)


def _draw_current(version: Version, day: date) -> None:
    from navigator.intake.changes import changes_in_words
    from navigator.ui.changes import draw_changes

    corpus, record = default_corpus(), version.record
    since = f"从 {record.effective_from} 起用" if record.effective_from else "一直用"
    st.markdown(
        f"第{version.number}版，{since}，{record.released_on[:10]} 由两位工作人员核对发布。{typed(record.comment)}"
    )
    before = None
    if record.effective_from and corpus.shipped:
        eve = corpus.on(record.effective_from - timedelta(days=1)).measure_by_id[version.measure.id]
        before = eve if eve is not version.measure else None
    if before is None and corpus.shipped:
        before = corpus.shipped.measure_by_id.get(version.measure.id)
    if before is None:
        return
    with st.expander("和上一版比"):
        draw_changes(changes_in_words(before, version.measure), empty="说给大家听的内容没有变。")
    if record.effective_from:
        eve_day = record.effective_from - timedelta(days=1)
        link("measure", f"看 {eve_day} 的样子", ":material/history:", id=version.measure.id, as_of=eve_day)
