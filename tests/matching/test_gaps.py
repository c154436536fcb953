"""What is missing for many at a time is what `assess` says is missing for each one."""

from __future__ import annotations

import pytest

from navigator.matching.assess import assess
from navigator.matching.columns import columns_of, unpack
from navigator.matching.gaps import GapFinder
from navigator.matching.plan import Completion
from navigator.matching.synthetic import synthetic_enterprises


@pytest.mark.parametrize("unknown", [0.2, 0.7])
def test_for_every_enterprise_and_measure_the_same_facts_are_missing(rulebook, as_of, unknown):
    frame = synthetic_enterprises(40, 5, unknown=unknown)
    profiles = [
        rulebook.facts.read_profile({name: value for name, value in row.items() if value is not None})
        for row in frame.iter_rows(named=True)
    ]
    facts = Completion(rulebook.facts).complete(columns_of(profiles, rulebook.facts.specs))
    together = {
        (row, measure, fact)
        for measure, _, gaps in GapFinder(rulebook, as_of).find(facts)
        for fact, bits in gaps.items()
        for row in unpack(bits, len(profiles)).nonzero()[0].tolist()
    }
    alone = {
        (row, result.measure.id, fact)
        for row, profile in enumerate(profiles)
        for result in assess(profile, as_of).measures
        if result.status == "needs_info"
        for fact in result.missing
    }
    assert together == alone
    assert len(alone) > 1000


def test_nothing_is_missing_where_nobody_is(rulebook, as_of):
    facts = Completion(rulebook.facts).complete(columns_of([], rulebook.facts.specs))
    assert all(not gaps for _, _, gaps in GapFinder(rulebook, as_of).find(facts))
