"""The words, icons and colours that stand for every state, so that a state looks the same on all pages and never rests on colour alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from navigator.corpus.model import Measure
from navigator.errors import InputError
from navigator.matching.dates import ApplyState

Chip = tuple[str, str, str]
"""Word, Material icon, badge colour."""

STATUS: dict[str, Chip] = {
    "in_force": ("在有效期内", "event_available", "green"),
    "not_yet": ("还没开始", "schedule", "blue"),
    "expired": ("已到期", "event_busy", "gray"),
    "unverified": ("未核实，不算钱", "help", "orange"),
    "eligible": ("条件符合", "check_circle", "green"),
    "needs_info": ("还差信息", "contact_support", "blue"),
    "not_eligible": ("条件不符合", "cancel", "gray"),
}
VERIFICATION: dict[str, Chip] = {
    "confirmed": ("官方页面已核对", "verified", "green"),
    "partly": ("依据为转载，办理前请核对", "info", "orange"),
    "unverified": ("没有核实", "help", "orange"),
}
APPLY: dict[ApplyState, Chip] = {
    "open": ("正在受理", "door_open", "green"),
    "closed": ("申报已截止", "door_front", "gray"),
    "opens": ("还没到申报期", "hourglass_top", "blue"),
    "always": ("随时可办", "all_inclusive", "green"),
    "unknown": ("受理时间没查到", "help", "orange"),
}
DELIVERY: dict[str, Chip] = {
    "免申即享": ("免申即享", "redeem", "violet"),
    "自行申报享受": ("自行申报享受", "edit_document", "blue"),
    "申请审核": ("要申请", "send", "blue"),
    "金融机构办理": ("找银行办", "account_balance", "blue"),
}
MONEY: dict[str, str] = {"estimate": "算得出金额", "none": "不算金额"}
OUTCOME: dict[bool | None, Chip] = {
    True: ("满足", "check_circle", "green"),
    False: ("不满足", "cancel", "red"),
    None: ("未知", "help", "blue"),
}

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$<>:&-])")

_ADDRESS = re.compile(r"https?:(?=//)|www(?=\.)|@", re.IGNORECASE)


def plain(text: str) -> str:
    """Text for Markdown with every special sign made harmless."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "  \n")


def typed(text: str) -> str:
    """What a visitor or a link brought, for Markdown: as `plain`, and no address in it becomes a link of ours."""
    return plain(_ADDRESS.sub("\\g<0>\N{WORD JOINER}", text))


def sentence(fault: InputError) -> str:
    """What was wrong, as a sentence for Markdown with Chinese signs between its parts."""
    return plain("；".join(filter(None, (f"{fault.place}：{fault.found}", fault.expected))))


def badge(chip: Chip) -> str:
    """A chip as Markdown."""
    word, icon, color = chip
    return f":{color}-badge[:material/{icon}: {word}]"


def chips(items: Iterable[Chip]) -> None:
    """A row of chips."""
    st.markdown(" ".join(badge(chip) for chip in items))


def row_chips(measure: Measure, status: str, state: ApplyState) -> list[Chip]:
    """The chips of one line in a list: status and delivery, applications and sourcing only where one must know."""
    found = [STATUS[status], DELIVERY[measure.delivery]]
    if status == "in_force" and state in ("open", "closed", "opens"):
        found.append(APPLY[state])
    if measure.verification == "partly" and status == "in_force":
        found.append(("依据为转载", "info", "orange"))
    return [*found, (f"{measure.level}　{measure.domain}", "account_balance", "gray")]


def measure_chips(measure: Measure, status: str, state: ApplyState) -> list[Chip]:
    """The chips of one measure: status, how it is delivered, whether one can apply, how well it is sourced."""
    found = [STATUS[status], DELIVERY[measure.delivery]]
    if status not in ("expired", "unverified", "not_yet") and state not in ("unknown", "always"):
        found.append(APPLY[state])
    if measure.verification != "unverified" or status != "unverified":
        found.append(VERIFICATION[measure.verification])
    return [*found, (measure.level, "account_balance", "gray")]
