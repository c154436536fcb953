"""The booklet as a PDF: contents with page numbers, bookmarks, index pages, the day and the version on every page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from navigator.reports.handbook import Handbook
from navigator.reports.typeset import typeset_pdf
from navigator.reports.wording import day_words


def handbook_pdf(book: Handbook) -> bytes:
    """A tagged PDF; raises InputError where no Chinese font is found."""
    data: dict[str, Any] = {
        **asdict(book),
        "as_of": day_words(book.as_of),
        "footer": book.footer,
        "phones": [phone.model_dump() for phone in book.phones],
        "sizes": [chapter.size for chapter in book.chapters],
        "names_of": {str(entry.number): entry.sheet.name for entry in book.entries},
    }
    return typeset_pdf("handbook", data, book.as_of)
