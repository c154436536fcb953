"""The share card: one measure as a picture for a phone, with a QR code to its live page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import segno

from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import NOT_MONEY, Measure
from navigator.matching.assess import source_of
from navigator.matching.dates import Period, apply_state, period, today
from navigator.reports.typeset import typeset_png
from navigator.reports.wording import APPLY, VERIFICATION, Chip, day_words, validity_chip
from navigator.settings import settings

MOST_LINES = 4
"""Conditions on a card; how many more there are is said below them."""
_LONGEST_BENEFIT, _LONGEST_LINE = 110, 60
_NOT_VALID: dict[Period, str] = {
    "expired": "这项政策已经到期，不能照着办",
    "unverified": "这项政策没有核实，办之前请先打电话问清楚",
    "not_yet": "这项政策还没有开始",
}


def measure_card_png(measure: Measure, as_of: date | None = None) -> bytes:
    """A PNG 1080 pixels wide of a measure as of a day; raises InputError where no Chinese font is found."""
    return typeset_png("card", card_data(measure, default_corpus(), as_of or today()))


def live_address(measure_id: str) -> str:
    """Where the measure's page is found, at the configured public address."""
    return f"{settings().public_address.rstrip('/')}/measure?{urlencode({'id': measure_id})}"


def card_data(measure: Measure, corpus: Corpus, as_of: date) -> dict[str, object]:
    """What stands on the card."""
    conditions = [clip(item.text, _LONGEST_LINE) for item in measure.conditions]
    state = period(measure, as_of)
    chips: list[Chip] = [VERIFICATION[measure.verification], validity_chip(measure, as_of)]
    if state == "in_force":
        chips.append(APPLY[apply_state(measure, as_of)])
    return {
        "banner": f"{corpus.city.name}惠企政策",
        "name": measure.name,
        "kinds": f"{measure.level}　{measure.domain}　{measure.delivery}",
        "warning": _NOT_VALID.get(state, ""),
        "summary": measure.summary,
        "benefit": clip(measure.benefit.text, _LONGEST_BENEFIT),
        "loan": measure.benefit.kind in NOT_MONEY,
        "conditions": conditions[:MOST_LINES],
        "more": _more(len(conditions) - MOST_LINES, len(measure.confirm)),
        "where": measure.apply.where or "地点没有查到",
        "when": clip(measure.apply.deadline or "期限没有查到", _LONGEST_LINE),
        "phone": measure.apply.phone or "",
        "source": clip(source_of(measure), _LONGEST_LINE),
        "chips": [asdict(chip) for chip in chips],
        "note": f"按{day_words(as_of)}的政策，由{corpus.city.product}整理，不代替主管部门的决定。",
        "version": f"资料版本{corpus.fingerprint[:8]}",
        "qr": qr_svg(live_address(measure.id)),
    }


def clip(text: str, longest: int) -> str:
    """A text cut where it is too long: after its last whole clause, or before a bracket left open, with …… at the end."""
    if len(text) <= longest:
        return text
    start = text[:longest]
    if start.count("（") > start.count("）"):
        start = start[: start.rfind("（")]
    end = max(start.rfind(sign) for sign in "；。，、")
    return (start[:end] if end > longest // 2 else start) + "……"


def _more(conditions: int, confirm: int) -> str:
    parts = [f"另有{conditions}个条件"] * (conditions > 0) + [f"{confirm}项要当面确认"] * (confirm > 0)
    return "，".join(parts)


def qr_svg(address: str) -> str:
    """A QR code that leads to an address, as SVG."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer, kind="svg", border=2, xmldecl=False, dark="#000", light="#fff"
    )
    return buffer.getvalue().decode()
