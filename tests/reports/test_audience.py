"""For whom measures are indexed: read off the conditions, never a guess."""

from __future__ import annotations

import pytest

from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.reports.audience import Audience, audiences, read_audiences


@pytest.fixture(scope="module")
def found(rulebook, as_of) -> dict[str, Audience]:
    return {one.name: one for one in audiences(rulebook, rulebook.by_id, as_of)}


def test_no_measure_is_listed_for_an_audience_that_its_conditions_rule_out(rulebook, as_of, found):
    for spec in read_audiences(rulebook.corpus.folder):
        results = [
            {one.measure.id: one.outcome for one in assess(profile, as_of, rulebook).measures}
            for profile in spec.profiles
        ]
        for measure_id in found[spec.name].measures:
            assert any(outcomes[measure_id] != "not_eligible" for outcomes in results)


def test_a_shop_finds_its_own_measures_and_not_those_of_companies(rulebook, found):
    shop = set(found["个体工商户"].measures)
    assert "tax-selfemployed-iit-half" in shop
    companies_only = {
        one.measure.id
        for one in rulebook.measures
        if any(c.when == "entity_type = '企业'" for c in one.measure.conditions)
    }
    assert companies_only and not shop & companies_only


def test_a_status_lists_only_measures_whose_conditions_name_it(rulebook, found):
    for name, fact in (
        ("高新技术企业", "is_high_tech_enterprise"),
        ("科技型中小企业", "is_tech_sme"),
        ("规模以上（限额以上）企业", "above_scale"),
    ):
        assert found[name].measures
        implied = {fact, *rulebook.facts.concluded_from(fact)}
        assert all(rulebook.by_id[one].facts & implied for one in found[name].measures)


def test_a_fault_in_the_file_is_one_sentence(tmp_path):
    (tmp_path / "vocabulary").mkdir()
    file = tmp_path / "vocabulary" / "audiences.yaml"
    file.write_text("- {name: 甲, profile: []}\n", encoding="utf-8")
    with pytest.raises(InputError, match="audiences.yaml"):
        read_audiences(tmp_path)
    file.write_text("name: 甲\n", encoding="utf-8")
    with pytest.raises(InputError, match="不是列表"):
        read_audiences(tmp_path)
