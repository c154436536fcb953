"""What a person sees when something goes wrong: one sentence, never a traceback. The traceback goes to the server's log."""

from __future__ import annotations

import logging

import streamlit as st

from navigator.errors import InputError
from navigator.ui.words import plain

_log = logging.getLogger("navigator")


def show_script_error(error: Exception) -> bool:
    """Handler of uncaught errors in pages; returns True: Streamlit's own display is suppressed."""
    if isinstance(error, InputError):
        st.error(plain(str(error)), icon=":material/error:")
    else:
        _log.error("page failed: %s", type(error).__name__, exc_info=error)
        st.error(
            "这一页出错了，您填的内容还在。请刷新再试；还不行，请把网址和时间告诉工作人员。", icon=":material/error:"
        )
    return True
