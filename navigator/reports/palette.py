"""The colours and the name of the hand that all papers share with the pages: read from .streamlit/config.toml. Draws nothing."""

from __future__ import annotations

import tomllib
from functools import cache

from navigator.settings import ROOT


@cache
def palette() -> dict[str, str]:
    """Colours as #RRGGBB: primary, text, soft (a tinted ground), line, link, and two that only papers need: quiet and warn."""
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    return {
        "primary": theme["primaryColor"],
        "text": theme["textColor"],
        "soft": theme["secondaryBackgroundColor"],
        "line": theme["borderColor"],
        "link": theme["linkColor"],
        "quiet": "#52625C",
        "warn": "#8A4B00",
    }
