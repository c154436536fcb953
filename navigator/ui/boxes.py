"""Boxes on a page, and the callbacks that keep what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def is_drawn(key: str) -> bool:
    """Whether the box of this key is on the page, which its callback has to ask before it reads the box.

    Streamlit calls the callback of a box the page no longer draws too, as long as the browser still sends it (two quick
    changes are enough). The session has no value for such a box: it has nothing to say.
    """
    return key in st.session_state


def when_drawn(key: str, keep: Callable[[Any], None]) -> Callable[[], None]:
    """A callback that gives `keep` what stands in the box of this key, and does nothing once the box is gone."""
    return lambda: keep(st.session_state[key]) if is_drawn(key) else None
