"""去年能，今年为什么不能: on a measure's page, for whoever has answered questions: an earlier day against the one asked for."""

from __future__ import annotations

from datetime import date

import streamlit as st
from dateutil.relativedelta import relativedelta

from navigator.intake.changes import measure_changes
from navigator.matching.then_and_now import then_and_now
from navigator.ui.changes import draw_changes
from navigator.ui.links import FIRST_DAY, link
from navigator.ui.profile import profile
from navigator.ui.words import STATUS, badge, plain


def draw_then_and_now(measure_id: str, day: date) -> None:
    """Folded away: pick the earlier day, read what makes the difference."""
    with st.expander("去年能、今年为什么不能？换一天比一比"):
        earlier = st.date_input(
            f"和哪一天比（现在按 {day}）",
            max(day - relativedelta(years=1), FIRST_DAY),
            min_value=FIRST_DAY,
            max_value=max(day - relativedelta(days=1), FIRST_DAY),
            format="YYYY-MM-DD",
            key=f"then:{measure_id}:{day}",
        )
        found = then_and_now(profile(), measure_id, earlier, day)
        st.markdown(
            f"{found.then_day}　{badge(STATUS[found.then.status])}　→　{found.now_day}　{badge(STATUS[found.now.status])}"
        )
        st.markdown("\n".join(f"- {plain(reason)}" for reason in found.reasons))
        for result in found.instead:
            link("measure", f"看接替它的：{plain(result.measure.name)}", ":material/swap_horiz:", id=result.measure.id)
        if found.is_new_version:
            st.markdown("**这项政策在两天之间改过：**")
            draw_changes(measure_changes(found.then.measure, found.now.measure))
        st.caption("两天都用您现在填的信息，只换那天的政策规定。")
