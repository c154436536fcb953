"""The pages of the app and how to link to them. A link carries page, id, query, filters and day; never a fact of an enterprise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from navigator.matching.dates import today

FIRST_DAY, LAST_DAY = date(2008, 1, 1), date(2035, 12, 31)
"""The days one can ask for."""

_FOLDER = Path(__file__).resolve().parent.parent.parent / "pages" / "enterprise"

_PAGES: dict[str, tuple[str, str, str, bool]] = {
    "home": ("home.py", "首页", ":material/home:", True),
    "search": ("search.py", "找政策", ":material/search:", True),
    "checkup": ("checkup.py", "政策体检", ":material/fact_check:", True),
    "no-application": ("no_application.py", "免申即享", ":material/redeem:", True),
    "commitments": ("commitments.py", "45项承诺", ":material/handshake:", True),
    "measure": ("measure.py", "政策详情", ":material/description:", False),
    "print": ("print.py", "打印版", ":material/print:", False),
}


def pages() -> dict[str, StreamlitPage]:
    """Every page by its short name, which is also its path in the URL (the home page's is empty)."""
    return {
        name: st.Page(
            _FOLDER / file,
            title=title,
            icon=icon,
            url_path="" if name == "home" else name,
            default=name == "home",
            visibility="visible" if visible else "hidden",
        )
        for name, (file, title, icon, visible) in _PAGES.items()
    }


def as_of() -> date:
    """The day the visitor asks for; today in Asia/Shanghai unless the URL or the picker names another."""
    chosen = st.session_state.get("as_of")
    return chosen if isinstance(chosen, date) else today()


def day_in_url() -> date | None:
    """The day the URL names; None where it names none or none that can be asked for."""
    try:
        day = date.fromisoformat(st.query_params.get("as_of", ""))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def settle_day() -> None:
    """Before a page is drawn: the day in the URL is the day asked for, and a day asked for earlier is in the URL again.

    Not left to `bind="query-params"`: with links that carry the day it doubles the parameter and then loses it.
    """
    named = day_in_url()
    if named:
        st.session_state["as_of"] = named
    else:
        st.session_state.setdefault("as_of", today())
        carry_day()


def carry_day() -> None:
    """Put the day asked for into the URL; today needs none."""
    if as_of() == today():
        st.query_params.pop("as_of", None)
    else:
        st.query_params["as_of"] = as_of().isoformat()


def parameters(**values: object) -> dict[str, str]:
    """Query parameters of a link: what is given, and the day where it is not today."""
    found = {name: str(value) for name, value in values.items() if value not in (None, "")}
    if as_of() != today():
        found["as_of"] = as_of().isoformat()
    return found


def link(name: str, label: str, icon: str | None = None, **values: object) -> None:
    """A link to a page of the app, drawn where it is called."""
    st.page_link(pages()[name], label=label, icon=icon, query_params=parameters(**values), width="stretch")


def url(name: str, **values: object) -> str:
    """A relative address for use inside Markdown text."""
    from urllib.parse import urlencode

    query = urlencode(parameters(**values))
    return ("/" if name == "home" else name) + (f"?{query}" if query else "")
