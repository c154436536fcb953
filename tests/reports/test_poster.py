"""The poster: every measure fits on one A4 page, in print that is read from a step away, with nothing lost."""

from __future__ import annotations

import re

import pypdfium2 as pdfium

from navigator.reports.card import card_data
from navigator.reports.poster import measure_poster_pdf


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\ufffe\x02-]+", "", text)


def test_every_measures_poster_is_one_a4_page_that_says_all_and_cuts_nothing(rulebook, as_of):
    wrong = []
    for one in rulebook.measures:
        data = card_data(one.measure, rulebook.corpus, as_of)
        document = pdfium.PdfDocument(measure_poster_pdf(one.measure, as_of))
        page = document[0]
        text = page.get_textpage()
        told = squeezed(text.get_text_bounded())
        expected = [data["name"], data["summary"], data["benefit"], data["where"], data["when"], data["phone"]]
        expected += [data["warning"], data["source"], *data["conditions"]]
        lost = [words for words in expected if squeezed(str(words)) not in told]
        areas = [area.get_bounds() for area in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_TEXT])]
        outside = [area for area in areas if area[0] < 30 or area[2] > 565 or area[1] < 28 or area[3] > 842]
        if len(document) != 1 or lost or outside or [round(side) for side in page.get_size()] != [595, 842]:
            wrong.append((one.measure.id, len(document), lost, outside[:2]))
    assert wrong == []
