"""When a page fails, a person reads one sentence; the traceback goes to the log alone."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def shown(error: str) -> list[str]:
    """The error boxes of a page whose script raised an error."""
    script = f"""
    from navigator.errors import InputError
    from navigator.ui.failures import show_script_error
    assert show_script_error({error})
    """
    page = AppTest.from_string(script, default_timeout=30).run()
    assert not page.exception
    return [str(box.value) for box in page.error]


def test_bad_input_is_told_in_its_own_words_as_plain_text():
    (sentence,) = shown("InputError('city.yaml', '没有 *这一项*', '请补上')")
    assert "没有 \\*这一项\\*" in sentence
    assert "请补上" in sentence


def test_a_fault_of_our_own_tells_no_details(caplog):
    (sentence,) = shown("RuntimeError('secret')")
    assert sentence.startswith("这一页出错了，您填的内容还在。")
    assert "secret" not in sentence
    assert "RuntimeError" in caplog.text
