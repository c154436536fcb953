"""The package of one enterprise as a PDF: A4, tagged, fonts embedded, a code that leads to the live page.

A sign that the font does not have (a rare character in a name) is printed as 〓, and the paper says so; nothing else is changed.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

import typst

from navigator.reports.card import qr_svg
from navigator.reports.pack import EXAMPLE_NOTE, Pack
from navigator.reports.typeset import typeset_pdf
from navigator.reports.wording import day_words

MISSING = "〓"
_NOT_IN_FONT = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_LONG_WORD = re.compile(r"[!-~]{16,}")
_MOST_MISSING = 50


def pack_pdf(pack: Pack) -> bytes:
    """A tagged PDF; raises InputError where no Chinese font is found."""
    data = _data(pack)
    for _ in range(_MOST_MISSING):
        try:
            return typeset_pdf("pack", data, pack.as_of)
        except typst.TypstError as fault:
            lost = _NOT_IN_FONT.search(str(fault))
            if lost is None:
                raise
            data = _without(data, _ESCAPED.sub(lambda found: chr(int(found[1], 16)), lost[1]))
    raise ValueError(f"more than {_MOST_MISSING} signs that the font does not have")


def _data(pack: Pack) -> dict[str, Any]:
    found = asdict(pack)
    day = found.pop("as_of")
    return {
        **found,
        "enterprise": breakable(pack.enterprise),
        "known": [{**asdict(one), "value": breakable(one.value)} for one in pack.known],
        "day": day_words(day),
        "footer": pack.footer,
        "running": breakable(pack.enterprise),
        "example_note": EXAMPLE_NOTE,
        "qr": qr_svg(pack.address),
    }


def breakable(text: str) -> str:
    """Long words of Latin letters and signs, as an enterprise may be called, may be broken after every eighth sign."""
    return _LONG_WORD.sub(lambda found: "\u200b".join(re.findall(".{1,8}", found[0])), text)


def _without(data: dict[str, Any], lost: str) -> dict[str, Any]:
    """The same with each of the lost signs as 〓, and a remark."""
    written = json.dumps(data, ensure_ascii=False, default=str)
    for sign in lost:
        written = written.replace(json.dumps(sign, ensure_ascii=False)[1:-1], MISSING)
    replaced: dict[str, Any] = json.loads(written)
    remark = f"有的字这里的字体印不出来，用{MISSING}代替。"
    if remark not in replaced["remarks"]:
        replaced["remarks"].append(remark)
    return replaced
