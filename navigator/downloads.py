"""Files that people take along: a name, what kind of file it is, its bytes; and tables as CSV that a spreadsheet opens safely.

A cell that begins like a formula (an enterprise may be called `=HYPERLINK(...)`) is kept as text. Excel files: reports.results.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it goes to the browser."""

    name: str
    media_type: str
    content: bytes


def csv_download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Download:
    """A CSV file with a byte order mark, so that Excel reads its Chinese."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return Download(name, "text/csv; charset=utf-8", written.getvalue().encode("utf-8-sig"))


def plain_cell(value: Any) -> Any:
    """A value as it may stand in a table; text that a spreadsheet would calculate gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip(" \n").startswith(_FORMULA_SIGNS):
        return f"'{value}"
    return value
