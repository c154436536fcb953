"""What a form makes has one name however often its button is pressed."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def test_the_same_content_keeps_its_name_until_the_form_is_empty_again():
    def page() -> None:
        import streamlit as st

        from navigator.ui.acting import box, form_key, tell

        st.session_state.setdefault("found", []).append(form_key(box("form"), st.text_input("写", key="words")))
        if st.button("存"):
            tell("存好了")

    app = AppTest.from_function(page).run().run()
    app.text_input("words").input("改了").run()
    app.button[0].click().run()
    app.run()
    first, again, other, saved, after = app.session_state["found"]
    assert first == again
    assert other == saved
    assert len({first, other, after}) == 3
