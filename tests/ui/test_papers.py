"""少带材料 among the results: a line on the card and on paper where the conditions are met, nothing elsewhere."""

from __future__ import annotations

from navigator.matching.assess import assess
from navigator.matching.rulebook import default_rulebook
from tests.ui.conftest import TODAY
from tests.ui.seen import everything

MEASURE = default_rulebook().corpus.measure_by_id["soc-startup-onetime-5000"]
FOUNDER = next(example.facts for example in MEASURE.examples if example.expect == "eligible")
LINE = "身份证、营业执照、毕业证或外出返乡证明：可能不用带纸的（免证办，第32项承诺）"


def test_a_card_and_the_print_say_what_may_be_left_out(open_page):
    (result,) = [one for one in assess(FOUNDER, TODAY).measures if one.measure.id == MEASURE.id]
    assert result.status == "eligible"
    for path in ("checkup", "print"):
        shown = everything(open_page(path, FOUNDER))
        assert LINE in shown, path
        assert "先打12345问" in shown, path


def test_who_cannot_have_it_is_not_told_what_to_bring(open_page):
    shown = everything(open_page("checkup", {"entity_type": "社会组织", "region": "荆门市外"}))
    assert LINE not in shown
