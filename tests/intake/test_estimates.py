"""Amounts from a few boxes: the boxes give a formula, the formula gives the boxes back, an empty box is named."""

from __future__ import annotations

import pytest

from navigator.errors import InputError
from navigator.intake.estimates import Boxes, basis_of, boxes_of, formula_of
from navigator.matching.parse import parse_estimate
from navigator.matching.rulebook import default_rulebook

SPECS = default_rulebook().facts.specs


@pytest.mark.parametrize(
    ("boxes", "formula"),
    [
        (Boxes("fixed", amount="10万"), "100000"),
        (Boxes("each", "new_graduate_hires", amount="1500"), "new_graduate_hires * 1500"),
        (Boxes("share", "rd_expense", percent="5"), "rd_expense * 0.05"),
        (Boxes("share", "rd_expense", percent="5", cap="50万"), "least(rd_expense * 0.05, 500000)"),
        (Boxes("formula", formula="greatest(taxable_income, 0) * 0.2"), "greatest(taxable_income, 0) * 0.2"),
    ],
)
def test_boxes_give_a_formula_and_come_back(boxes, formula):
    assert formula_of(boxes, SPECS) == formula
    parse_estimate(formula, SPECS)
    assert boxes_of(formula, SPECS) == boxes


def test_no_estimate_is_no_formula():
    assert formula_of(Boxes("none"), SPECS) is None
    assert boxes_of(None, SPECS) == Boxes("none")


@pytest.mark.parametrize(
    ("boxes", "place"),
    [
        (Boxes("fixed"), "固定的金额"),
        (Boxes("each", amount="3"), "按什么算"),
        (Boxes("each", "new_graduate_hires"), "每人多少"),
        (Boxes("share", "rd_expense"), "百分之几"),
        (Boxes("share", "rd_expense", percent="五"), "百分之几"),
        (Boxes("share", "rd_expense", percent="5", cap="很多"), "封顶"),
    ],
)
def test_a_box_that_cannot_be_read_is_named(boxes, place):
    with pytest.raises(InputError) as told:
        formula_of(boxes, SPECS)
    assert told.value.place == place


def test_how_it_is_reckoned_is_said_in_words():
    assert basis_of(Boxes("share", "rd_expense", percent="5", cap="50万"), SPECS) == "年研发费用 × 5%，最多50万元"


def test_every_formula_of_the_library_is_boxes_or_stays_itself():
    for measure in default_rulebook().measures:
        formula = measure.measure.benefit.estimate
        if formula:
            again = formula_of(boxes_of(formula, SPECS), SPECS) or ""
            assert parse_estimate(again, SPECS) == parse_estimate(formula, SPECS)
