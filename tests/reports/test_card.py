"""The share card: a portrait picture, a QR code that leads to the measure's page, a warning where the measure does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from navigator.matching.dates import period
from navigator.reports.card import MOST_LINES, card_data, clip, live_address, measure_card_png
from navigator.settings import settings


@pytest.fixture
def public(monkeypatch) -> Iterator[str]:
    monkeypatch.setenv("NAVIGATOR_PUBLIC_ADDRESS", "https://policy.example.cn/")
    settings.cache_clear()
    yield "https://policy.example.cn"
    monkeypatch.undo()
    settings.cache_clear()


def picture(measure, day: date) -> Image.Image:
    return Image.open(BytesIO(measure_card_png(measure, day))).convert("RGB")


def modules(card: Image.Image, size: int) -> list[list[bool]]:
    """The QR code's modules, dark or light, found as the only pure black of the picture."""
    black = card.convert("L").point(lambda value: 255 if value < 10 else 0)
    left, top, right, bottom = black.getbbox()
    step_x, step_y = (right - left) / size, (bottom - top) / size
    return [
        [card.getpixel((int(left + (x + 0.5) * step_x), int(top + (y + 0.5) * step_y)))[0] < 128 for x in range(size)]
        for y in range(size)
    ]


def test_the_card_is_a_portrait_1080_pixels_wide_for_short_and_long_measures(rulebook, as_of):
    measures = [one.measure for one in rulebook.measures]
    chosen = [
        min(measures, key=lambda m: len(m.summary)),
        max(measures, key=lambda m: len(m.name)),
        max(measures, key=lambda m: len(m.benefit.text)),
    ]
    for measure in chosen:
        card = picture(measure, as_of)
        assert card.width == 1080
        assert 1080 <= card.height <= 2400


def test_the_qr_code_leads_to_the_live_page_at_the_public_address(rulebook, as_of, public):
    measure = rulebook.by_id["tax-small-low-profit-cit"].measure
    address = f"{public}/measure?id=tax-small-low-profit-cit"
    assert live_address(measure.id) == address
    expected = [[bool(module) for module in row] for row in segno.make(address, error="m", micro=False).matrix]
    assert modules(picture(measure, as_of), len(expected)) == expected


def test_a_measure_that_does_not_hold_says_so_on_its_card(rulebook, as_of):
    states = {period(one.measure, as_of): one.measure for one in rulebook.measures}
    for state, measure in states.items():
        data = card_data(measure, rulebook.corpus, as_of)
        assert bool(data["warning"]) == (state != "in_force")
    assert {"in_force", "expired", "unverified"} <= set(states)


def test_a_card_names_at_most_four_conditions_and_counts_the_rest(rulebook, as_of):
    for one in rulebook.measures:
        data = card_data(one.measure, rulebook.corpus, as_of)
        assert len(data["conditions"]) <= MOST_LINES
        hidden = len(one.measure.conditions) - MOST_LINES
        assert (f"另有{hidden}个条件" in data["more"]) == (hidden > 0)
        assert (f"{len(one.measure.confirm)}项要当面确认" in data["more"]) == bool(one.measure.confirm)


@given(st.text("政策企业，；。（）1%", max_size=80), st.integers(5, 60))
def test_a_clipped_text_is_a_beginning_of_the_whole_and_says_that_it_goes_on(text, longest):
    short = clip(text, longest)
    if len(text) <= longest:
        assert short == text
    else:
        assert short.endswith("……")
        assert text.startswith(short.removesuffix("……"))
        assert len(short) <= longest + 2
