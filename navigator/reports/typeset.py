"""Sets a template of `templates/` with data into PDF pages or a PNG picture. What is said on a paper is decided by its caller.

Typst does the work: Chinese line breaking, contents with page numbers, bookmarks, tags for screen readers, subset fonts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from navigator.reports.fonts import paper_font
from navigator.reports.palette import palette

_TEMPLATES = Path(__file__).parent / "templates"
_SHANGHAI = timezone(timedelta(hours=8))
_ONE_AT_A_TIME = Lock()
_BOOK_BYTES = 1_000_000


def typeset_pdf(template: str, data: Mapping[str, Any], as_of: date) -> bytes:
    """A PDF/UA of `templates/<template>.typ`; the same data and day give the same bytes."""
    noon = datetime.combine(as_of, time(12), _SHANGHAI)
    made = _compile(template, data, format="pdf", timestamp=noon, pdf_standards=["ua-1"])
    if len(made) > _BOOK_BYTES:
        _forget()
    return made


def typeset_png(template: str, data: Mapping[str, Any], ppi: float = 144) -> bytes:
    """A picture of the template's only page; at 144 ppi two pixels a point."""
    return _compile(template, data, format="png", ppi=ppi)


def _compile(template: str, data: Mapping[str, Any], **options: Any) -> bytes:
    path = _TEMPLATES / f"{template}.typ"
    inputs = {"data": json.dumps({**data, "theme": palette(), "font": paper_font().family}, ensure_ascii=False)}
    with _ONE_AT_A_TIME:
        made = _compiler().compile(str(path), sys_inputs=inputs, **options)
    if not isinstance(made, bytes):
        raise TypeError(f"{template}.typ gave {type(made).__name__} for {options['format']}")
    return made


def _forget() -> None:
    """Typst keeps the layout of its last ten papers, 150 MB for a book: ten empty ones take their place."""
    with _ONE_AT_A_TIME:
        for _ in range(11):
            _compiler().compile(b"#set page(width: 1pt, height: 1pt)", format="png", sys_inputs={})


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(_TEMPLATES), font_paths=paper_font().fonts, ignore_system_fonts=True)
