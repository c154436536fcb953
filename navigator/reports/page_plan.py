"""Decides which page each block of a Word paper stands on, so that contents and indexes can print page numbers without Word's help.

Widths and heights are estimated on the high side; every page then begins with an explicit break. Draws nothing.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SLACK = 0.96
"""Part of a line that is counted on: the rest is for signs that may not begin or end a line."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something that stays whole on a page.

    `draw` gets True where it must begin a page. `key` names it for the page numbers; `with_next` keeps it before its successor.
    """

    height: float
    draw: Callable[[bool], None]
    key: str = ""
    new_page: bool = False
    with_next: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Page of each key, and for each block whether it begins a page."""

    pages: dict[str, int]
    breaks: tuple[bool, ...]
    last: int


def plan_pages(blocks: Sequence[Block], page_height: float, first_page: int = 1) -> Plan:
    """Fill pages from the top; a block that does not fit, with what must follow it, begins the next page."""
    pages: dict[str, int] = {}
    breaks: list[bool] = []
    page, used = first_page, 0.0
    for place, block in enumerate(blocks):
        needed = _height_with_followers(blocks, place)
        begins = used > 0 and (block.new_page or used + needed > page_height)
        if begins:
            page, used = page + 1, 0.0
        used += block.height
        breaks.append(begins)
        if block.key:
            pages[block.key] = page
    return Plan(pages, tuple(breaks), page)


def _height_with_followers(blocks: Sequence[Block], place: int) -> float:
    total = blocks[place].height
    while blocks[place].with_next and place + 1 < len(blocks):
        place += 1
        total += blocks[place].height
    return total


def text_width(text: str, size: float) -> float:
    """Points that a text takes on one line: a full square for a Chinese sign, about 0.57 of it for others, a quarter between the two."""
    total, before = 0.0, None
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WFA"
        total += 1.0 if wide else 0.57
        if before is not None and wide != before and not sign.isspace():
            total += 0.25
        before = wide
    return total * size


def line_count(text: str, size: float, width: float) -> int:
    """Lines a text takes in a column of `width` points; at least one."""
    return max(1, math.ceil(text_width(text, size) / (width * _SLACK)))
