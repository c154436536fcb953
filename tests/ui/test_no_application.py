"""免申即享: measures that come by themselves, in force, not confirmed or ended; the ended ones say whom to ring."""

from __future__ import annotations

from datetime import timedelta

from navigator.matching.dates import period
from navigator.matching.rulebook import default_rulebook
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, link_parameters

MEASURES = [one.measure for one in default_rulebook().measures if one.measure.delivery == "免申即享"]


def test_each_measure_stands_once_under_what_the_day_makes_of_it(open_page):
    page = open_page("no-application")
    assert sorted(parameters["id"][0] for parameters in link_parameters(page) if "id" in parameters) == sorted(
        measure.id for measure in MEASURES
    )
    for words, states in (("现在有的", ("in_force", "not_yet")), ("已经到期的", ("expired",))):
        number = sum(period(measure, TODAY) in states for measure in MEASURES)
        assert f"{words}（{number}项）" in headings(page)


def test_an_ended_measure_stays_with_its_last_day_its_renewal_and_a_telephone_number(open_page):
    ended = [measure for measure in MEASURES if period(measure, TODAY) == "expired"]
    assert ended
    shown = everything(open_page("no-application"))
    for measure in ended:
        assert f"到 {measure.in_force.to} 为止" in shown
        assert measure.apply.phone is None or f"(tel:{measure.apply.phone})" in shown
    assert shown.count(":material/update:") == len(ended)


def test_on_its_last_day_a_measure_is_still_there_and_on_the_next_it_is_ended(open_page):
    last = max(measure.in_force.to for measure in MEASURES if period(measure, TODAY) == "expired")

    def ended(day) -> list[str]:
        return [heading for heading in headings(open_page("no-application", as_of=str(day))) if "到期" in heading]

    assert ended(last) != ended(last + timedelta(days=1))
