"""The words, marks and tones for states on paper, and dates and addresses as a reader writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from navigator.corpus.model import Delivery, EstimateKind, Measure, Verification
from navigator.matching.dates import ApplyState, apply_state, period

SOON_DAYS = 90
"""A period that ends within so many days is said to end soon."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a word, with a mark and a tone (good, warn, plain) so that it never rests on colour alone."""

    mark: str
    word: str
    tone: Literal["good", "warn", "plain"]


VERIFICATION: dict[Verification, Chip] = {
    "confirmed": Chip("✓", "官方页面已核对", "good"),
    "partly": Chip("△", "依据为转载，办理前请核对", "warn"),
    "unverified": Chip("？", "没有核实", "warn"),
}
APPLY: dict[ApplyState, Chip] = {
    "open": Chip("●", "正在受理", "good"),
    "always": Chip("●", "随时可办", "good"),
    "opens": Chip("○", "还没到申报期", "plain"),
    "closed": Chip("×", "申报已截止", "warn"),
    "unknown": Chip("？", "受理时间没查到", "plain"),
}
DELIVERY: dict[Delivery, str] = {
    "免申即享": "不用申请，符合的直接给",
    "自行申报享受": "自己在报税、报关等申报时填上就能享受",
    "申请审核": "要交申请，由部门审核",
    "金融机构办理": "到银行、担保公司办",
}
ESTIMATE: dict[EstimateKind, str] = {"exact": "准数", "at_most": "最多能得的数", "typical": "大概的数"}
DELIVERIES: tuple[Delivery, ...] = tuple(DELIVERY)


def day_words(day: date) -> str:
    """2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"


def host_of(address: str) -> str:
    """The site an address leads to, without www."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


def validity_chip(measure: Measure, as_of: date) -> Chip:
    """How long the measure holds, seen from a day; its end said to be near where it is."""
    rule = measure.in_force
    begins = rule.from_ or measure.source.issued
    if begins and as_of < begins:
        return Chip("○", f"{day_words(begins)}开始", "plain")
    if rule.to is None:
        return Chip("", "没有写截止日", "plain")
    inferred = "（推定）" if rule.to_inferred else ""
    if as_of > rule.to:
        return Chip("×", f"{day_words(rule.to)}到期{inferred}", "warn")
    left = (rule.to - as_of).days
    if left <= SOON_DAYS:
        return Chip(
            "△", f"{day_words(rule.to)}到期{inferred}，" + (f"还有{left}天" if left else "当天是最后一天"), "warn"
        )
    return Chip("", f"有效到{day_words(rule.to)}{inferred}", "plain")


def validity_words(measure: Measure) -> str:
    """The whole period of validity in one sentence."""
    rule = measure.in_force
    begins = rule.from_ or measure.source.issued
    ends = f"到{day_words(rule.to)}" + ("（推定）" if rule.to_inferred else "") if rule.to else "没有写截止日"
    sure = f"；{day_words(rule.sure_until)}以后要重新核实" if rule.sure_until else ""
    return (f"从{day_words(begins)}起，" if begins else "起始日没有查到，") + ends + sure


def chips_of(measure: Measure, as_of: date) -> tuple[Chip, ...]:
    """The chips of a measure on a day: level, delivery, sourcing, validity and, while in force, whether applications are taken."""
    level = Chip("", measure.level + ("级" if measure.level == "国家" else ""), "plain")
    delivery = Chip("★" if measure.delivery == "免申即享" else "", measure.delivery, "plain")
    found = (level, delivery, VERIFICATION[measure.verification], validity_chip(measure, as_of))
    return (*found, APPLY[apply_state(measure, as_of)]) if period(measure, as_of) == "in_force" else found
