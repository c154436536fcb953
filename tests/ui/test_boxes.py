"""A box that the page no longer draws changes nothing, though the browser still sends it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from navigator.ui.boxes import is_drawn, when_drawn

    kept: list[str] = st.session_state.setdefault("kept", [])
    st.text_input("画着的", key="here", on_change=when_drawn("here", kept.append))
    st.button("改一个没有画的", on_click=when_drawn("gone", kept.append))
    st.session_state["known"] = (is_drawn("here"), is_drawn("gone"))


def test_a_box_that_is_drawn_is_heard_and_one_that_is_gone_is_not():
    page = AppTest.from_function(_page).run()
    page.button[0].click().run()
    assert not page.exception
    assert page.session_state["kept"] == []
    page.text_input(key="here").set_value("三百").run()
    assert page.session_state["kept"] == ["三百"]
    assert page.session_state["known"] == (True, False)
