"""What a person can read on a page that AppTest has drawn."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

from streamlit.testing.v1 import AppTest

_WRITTEN = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success", "page_link")
_LABELLED = (
    "expander",
    "button",
    "download_button",
    "text_input",
    "number_input",
    "selectbox",
    "date_input",
    "pills",
    "segmented_control",
    "toggle",
)


def everything(page: AppTest) -> str:
    """All texts and labels of a page, one a line."""
    return "\n".join(_texts(page))


def _texts(page: AppTest) -> Iterator[str]:
    for kind in _WRITTEN:
        yield from (str(element.value) for element in getattr(page, kind))
    for kind in _LABELLED:
        yield from (str(element.label) for element in getattr(page, kind))


def notices(page: AppTest) -> list[str]:
    """The sentences in coloured boxes."""
    return [str(element.value) for kind in ("info", "warning", "error") for element in getattr(page, kind)]


def headings(page: AppTest) -> list[str]:
    """The subheadings in order."""
    return [str(element.value) for element in page.subheader]


def link_parameters(page: AppTest) -> list[dict[str, list[str]]]:
    """The query parameters of every link to a page of the app."""
    return [parse_qs(element.proto.query_string) for element in page.page_link]


def labels(page: AppTest) -> list[str]:
    """The labels of the links to pages of the app."""
    return [str(element.value) for element in page.page_link]
