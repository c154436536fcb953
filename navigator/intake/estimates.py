"""The usual ways to reckon an amount as a few boxes: a fixed sum, so much a person, a share of something with a cap. Anything else is a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from navigator.corpus.model import FactSpec
from navigator.errors import InputError
from navigator.matching.amounts import parse_amount, show_yuan

Way = Literal["none", "fixed", "each", "share", "formula"]
WAYS: dict[Way, str] = {
    "none": "不估",
    "fixed": "固定一笔",
    "each": "每人（每件）多少",
    "share": "按百分之几，可以封顶",
    "formula": "自己写公式",
}


@dataclass(frozen=True, slots=True)
class Boxes:
    """What stands in the boxes, as typed."""

    way: Way
    fact: str = ""
    amount: str = ""
    percent: str = ""
    cap: str = ""
    formula: str = ""


_NUMBER = r"\d+(?:\.\d+)?"
_FIXED = re.compile(rf"({_NUMBER})")
_EACH = re.compile(rf"([a-z_0-9]+) \* ({_NUMBER})")
_CAPPED = re.compile(rf"least\(([a-z_0-9]+) \* ({_NUMBER}), ({_NUMBER})\)")


def boxes_of(formula: str | None, specs: Mapping[str, FactSpec]) -> Boxes:
    """The boxes that give a formula; the formula itself where none do."""
    text = (formula or "").strip()
    if not text:
        return Boxes("none")
    if match := _FIXED.fullmatch(text):
        return Boxes("fixed", amount=_shown(match[1]))
    if (match := _CAPPED.fullmatch(text)) and _is(match[1], specs, "money"):
        return Boxes("share", match[1], percent=_percent(match[2]), cap=_shown(match[3]))
    if match := _EACH.fullmatch(text):
        if _is(match[1], specs, "count"):
            return Boxes("each", match[1], amount=_shown(match[2]))
        if _is(match[1], specs, "money") and float(match[2]) <= 1:
            return Boxes("share", match[1], percent=_percent(match[2]))
    return Boxes("formula", formula=text)


def _is(fact: str, specs: Mapping[str, FactSpec], kind: str) -> bool:
    return fact in specs and specs[fact].type == kind


def _shown(digits: str) -> str:
    value = float(digits)
    short = show_yuan(value).removesuffix("元")
    with suppress(InputError):
        if value >= 10_000 and parse_amount(short) == value:
            return short
    return digits


def _percent(share: str) -> str:
    return f"{float(share) * 100:.6f}".rstrip("0").rstrip(".")


def formula_of(boxes: Boxes, specs: Mapping[str, FactSpec]) -> str | None:
    """The formula the boxes give; None for no estimate; InputError names the box that is not filled in."""
    match boxes.way:
        case "none":
            return None
        case "fixed":
            return _plain(_amount(boxes.amount, "固定的金额"))
        case "formula":
            return boxes.formula.strip() or None
    if boxes.fact not in specs:
        raise InputError("按什么算", "没有选", "选一个事实")
    if boxes.way == "each":
        return f"{boxes.fact} * {_plain(_amount(boxes.amount, '每人多少'))}"
    percent = _amount(boxes.percent, "百分之几")
    if not 0 < percent <= 1000:
        raise InputError("百分之几", f"写的是“{boxes.percent}”", "3% 写 3")
    share = f"{boxes.fact} * {_plain(percent / 100)}"
    return f"least({share}, {_plain(_amount(boxes.cap, '封顶'))})" if boxes.cap.strip() else share


def _amount(text: str, place: str) -> float:
    if not text.strip():
        raise InputError(place, "没有填", "写数字，如 3600、120万")
    return parse_amount(text, place)


def _plain(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.8f}".rstrip("0")


def basis_of(boxes: Boxes, specs: Mapping[str, FactSpec]) -> str:
    """How it is reckoned, in words; empty for a formula of one's own."""
    label = specs[boxes.fact].label if boxes.fact in specs else ""
    match boxes.way:
        case "fixed":
            return f"固定{boxes.amount}元" if boxes.amount else ""
        case "each":
            return f"{label} × {boxes.amount}元"
        case "share":
            return f"{label} × {boxes.percent}%" + (f"，最多{boxes.cap}元" if boxes.cap.strip() else "")
    return ""
