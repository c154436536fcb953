"""Who gets what agrees with assessing each one; choices by day, size, industry and region; grounds that can be read again."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from navigator.auth import Actor
from navigator.corpus.load import default_corpus
from navigator.delivery.batches import read_choice
from navigator.delivery.grounds import substance
from navigator.delivery.selecting import Choice, Selector, chosen_measures
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.matching.dates import apply_state
from navigator.matching.rulebook import rulebook_for
from navigator.store import enterprises
from navigator.store.demo import add_demo
from navigator.store.engine import reading
from navigator.store.enterprise_tables import EnterpriseRow
from tests.delivery.batch_makers import DAY, MEASURE, ZHANG, firm, put

ADMIN = Actor("管理员", "admin")


def test_who_fits_and_who_is_asked_is_what_assessing_each_one_says(store):
    add_demo(ADMIN, 40, DAY)
    ids = [one.id for one in chosen_measures(Choice(which="all"), DAY)]
    selector = Selector(ids, DAY, Choice(which="all"))
    found, amounts, grounds = set(), {}, {}
    with reading() as session:
        for records, facts in selector.reader.pieces(session, at_once=17):
            selection = selector.select(facts)
            for one in selection.selected:
                for place, amount, key in zip(one.rows.tolist(), one.estimates.tolist(), one.grounds, strict=True):
                    pair = (records[place].uscc, one.measure_id)
                    found.add((*pair, one.kind, one.fact))
                    amounts[pair], grounds[pair] = amount, selection.grounds[key]
        codes = session.scalars(select(EnterpriseRow.uscc)).all()
    expected = set()
    for uscc in codes:
        for result in assess(enterprises.read_enterprise(ADMIN, uscc).profile, DAY).measures:
            pair = (uscc, result.measure.id)
            if result.measure.id not in ids:
                assert result.status in ("not_yet", "expired", "unverified") or result.apply_state == "closed"
                continue
            if result.status == "eligible":
                expected.add((*pair, "fits", None))
                amount = amounts[pair]
                assert (None if amount != amount else round(amount, 2)) == result.estimate
            elif result.status == "needs_info" and len(result.missing) == 1:
                expected.add((*pair, "asks", result.missing[0]))
            else:
                continue
            ground = json.loads(grounds[pair])
            assert ground["outcomes"] == [one.outcome for one in result.conditions]
            assert ground["missing"] == ([] if result.status == "eligible" else list(result.missing))
            assert set(ground["facts"]) <= set(assess_facts(result))
    assert found == expected
    assert {kind for *_, kind, _ in found} == {"fits", "asks"}


def assess_facts(result) -> set[str]:
    used = {name for one in result.conditions for name, value in one.actual.items() if value is not None}
    return used | set(rulebook_for(DAY).by_id[result.measure.id].estimate_facts)


def test_a_choice_names_new_or_changed_measures_and_never_one_whose_applications_are_closed():
    everything = chosen_measures(Choice(which="all"), DAY)
    assert all(apply_state(one, DAY) != "closed" for one in everything)
    since = date(2025, 12, 31)
    new = chosen_measures(Choice(which="new", since=since), DAY)
    assert new
    assert {one.id for one in new} <= {one.id for one in everything}
    assert all((one.in_force.from_ or one.source.issued) > since for one in new)
    with pytest.raises(InputError, match="挑不出可以推送的事项"):
        chosen_measures(Choice(which="new", since=date(2026, 11, 22)), DAY)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"which": "named"}, "没有挑选事项"),
        ({"which": "new"}, "没有写从哪天起"),
        ({"which": "x"}, "which 写得不对"),
        ({"which": "all", "colour": 1}, "colour 写得不对"),
    ],
)
def test_a_choice_that_cannot_be_is_told_in_one_sentence(data, told):
    with pytest.raises(InputError, match=told):
        read_choice(data)


def test_a_measure_that_does_not_exist_or_does_not_count_is_refused():
    with pytest.raises(InputError, match="没有叫 x-y"):
        chosen_measures(Choice(measures=("x-y",)), DAY)
    over = next(one for one in default_corpus().measures if one.in_force.to and one.in_force.to < DAY)
    with pytest.raises(InputError, match="不在有效期内"):
        chosen_measures(Choice(measures=(over.id,)), DAY)


def test_sizes_and_industries_narrow_it_and_unknown_ones_are_left_out(store):
    put([
        firm(1, industry="C3841", employees=20.0, revenue=5e6),
        firm(2, industry="F5211", employees=20.0, revenue=5e6),
        firm(3, industry=None, employees=20.0),
    ])  # fmt: skip
    assert chosen(Choice(measures=(MEASURE,), industries=("C",))) == ["第1厂"]
    assert chosen(Choice(measures=(MEASURE,))) == ["第1厂", "第2厂", "第3厂"]
    assert chosen(Choice(measures=(MEASURE,), industries=("C",), sizes=("大型",))) == []


def chosen(choice: Choice) -> list[str]:
    selector = Selector([MEASURE], DAY, choice)
    with reading() as session:
        return [
            records[place].name
            for records, facts in selector.reader.pieces(session)
            for one in selector.select(facts).selected
            for place in one.rows.tolist()
        ]


def test_only_a_change_of_substance_makes_another_subject():
    measure = default_corpus().measure_by_id[MEASURE]
    reworded = measure.model_copy(update={"summary": "换一句话", "note": "多打听"})
    longer = measure.model_copy(update={"in_force": measure.in_force.model_copy(update={"to": date(2030, 1, 1)})})
    harder = measure.model_copy(
        update={
            "conditions": [measure.conditions[0].model_copy(update={"when": "employees > 3"}), *measure.conditions[1:]]
        }
    )
    assert substance(reworded) == substance(measure)
    assert len({substance(measure), substance(longer), substance(harder)}) == 3


def test_an_actor_sees_nothing_here_that_the_query_does_not_ask_for(store):
    put([firm(1), firm(2, "钟祥市")])
    selector = Selector([MEASURE], DAY, Choice(measures=(MEASURE,)))
    with reading() as session:
        pieces = list(selector.reader.pieces(session, enterprises.in_region_of(Actor("李", "staff", "京山市"))))
    assert [row.name for rows, _ in pieces for row in rows] == ["第1厂"]
    assert ZHANG.region is None
