"""一句话填写: what one spoken sentence says is shown line by line and used only after the visitor has agreed."""

from __future__ import annotations

import streamlit as st

from navigator.matching.assess import show_value
from navigator.matching.rulebook import default_rulebook
from navigator.matching.said import Said, read_facts
from navigator.ui.ask import show_answer
from navigator.ui.profile import set_fact, widget_key
from navigator.ui.words import plain


def draw_sentence_box() -> None:
    """The box, and below it what was heard, each with a tick to keep it."""
    with st.expander("懒得一项项填？说一句话就行", icon=":material/record_voice_over:"), st.form("sentence", border=False):
        text = st.text_area(
            "介绍一下您的生意", key=widget_key("sentence"), max_chars=500, placeholder="比如：我在钟祥开面馆，4个人，一年卖90万"
        )
        if st.form_submit_button("看看听懂了什么"):
            st.session_state[widget_key("heard")] = read_facts(text)
    heard: tuple[Said, ...] | None = st.session_state.get(widget_key("heard"))
    if heard is None:
        return
    if not heard:
        st.info("没有听出能填的内容。可以说在哪里、做什么、几个人、一年卖多少，或者直接答下面的问题。", icon=":material/hearing:")
        return
    _draw_heard(heard)


def _draw_heard(heard: tuple[Said, ...]) -> None:
    specs = default_rulebook().facts.specs
    with st.form("heard"):
        st.markdown("**听到的是这些，不对的去掉勾**（没说的一样也没有填）")
        kept = [
            said
            for said in heard
            if st.checkbox(
                f"{specs[said.fact].label}：{plain(show_value(_shown(said), specs[said.fact]))}　:gray[“{plain(said.words)}”]",
                value=True,
                key=widget_key(f"heard:{said.fact}"),
            )
        ]
        if st.form_submit_button("就按这些填", type="primary"):
            book = default_rulebook().facts
            for said in kept:
                set_fact(said.fact, book.read_value(said.fact, said.value))
                show_answer(said.fact)
            del st.session_state[widget_key("heard")]
            st.rerun()


def _shown(said: Said) -> object:
    """Counts and amounts are numbers like those of a profile."""
    return default_rulebook().facts.read_value(said.fact, said.value)
