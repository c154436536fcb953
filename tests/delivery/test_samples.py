"""Samples: by chance but reproducible, enough of every stratum, only ever growing, of one's own region."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery import samples
from navigator.errors import InputError
from navigator.store.audit import read_audit
from navigator.store.engine import reading, transaction
from navigator.store.judging_tables import ItemRow, SampleRow
from navigator.store.push_tables import PushRow
from tests.delivery.figure_worlds import NOVEMBER, Push, any_world, make_world

CITY, LI = Actor("市局老张", "staff"), Actor("京山小李", "staff", "京山市")
A, B = "tax-hnte-15", "tax-small-low-profit-cit"


def two_strata(first: int = 30, second: int = 6):
    return make_world(
        [Push(n, A, "京山市", "市税务局") for n in range(1, first + 1)]
        + [Push(n, B, "钟祥市", "市税务局") for n in range(101, 101 + second)]
    )


def items() -> set[int]:
    with reading() as session:
        return set(session.scalars(ItemRow.__table__.select().with_only_columns(ItemRow.push_id)))


@given(st.dictionaries(st.integers(0, 30), st.integers(1, 500), min_size=1), st.integers(2, 20), st.integers(0, 600))
def test_every_stratum_gets_its_least_and_the_rest_goes_by_size(sizes, least, total):
    named = {(str(key), ""): size for key, size in sizes.items()}
    found = samples.shares(named, least, total)
    assert all(min(size, least) <= found[key] <= size for key, size in named.items())
    assert sum(found.values()) >= min(total, sum(named.values()))


def test_the_same_seed_draws_the_same_pushes_anywhere():
    assert samples.number_of(42, 7) == int(hashlib.sha256(b"42:7").hexdigest()[:16], 16)
    ordered = sorted(range(1, 200), key=lambda push: samples.number_of(42, push))
    assert ordered != sorted(range(1, 200), key=lambda push: samples.number_of(43, push))


def test_a_sample_holds_the_least_of_each_stratum_and_is_the_head_of_the_order(store):
    two_strata()
    made = samples.draw(CITY, 202611, least=3, total=0, seed=42)
    assert (made.seed, made.strata, made.items) == (42, 2, 6)
    ordered = [sorted(ids, key=lambda push: samples.number_of(42, push)) for ids in (range(1, 31), range(31, 37))]
    assert items() == {*ordered[0][:3], *ordered[1][:3]}
    states = {one.region: one for one in samples.progress(CITY, 202611)}
    assert (states["京山市"].pushes, states["京山市"].lacking, len(states["京山市"].drawn)) == (30, 3, 3)


def test_drawing_again_adds_and_keeps_the_seed(store):
    two_strata()
    samples.draw(CITY, 202611, least=3, total=0, seed=42)
    before = items()
    made = samples.draw(CITY, 202611, least=5, total=0, seed=99)
    assert (made.seed, made.items) == (42, 4)
    assert before < items()
    with pytest.raises(InputError, match="没有可以再抽的了"):
        samples.draw(CITY, 202611, least=5, total=0)
    assert samples.plan(CITY, 202611, least=6, total=0) == samples.Plan(36, 2, 2)


def test_pushes_sent_later_are_drawn_by_the_same_numbers(store):
    make_world(
        [Push(n, A, "京山市", "市税务局") for n in range(1, 11)]
        + [Push(n, A, "京山市", "市税务局", None, "queued") for n in range(11, 31)]
    )
    samples.draw(CITY, 202611, least=3, total=0, seed=42)
    before = items()
    with transaction() as session:
        session.execute(update(PushRow).where(PushRow.id > 10).values(state="sent", sent=NOVEMBER, month=202611))
    (state,) = samples.progress(CITY, 202611)
    assert (state.pushes, state.grown, state.is_complete, state.must_draw) == (30, 20, False, True)
    samples.draw(CITY, 202611, least=3, total=0)
    last = max(samples.number_of(42, push) for push in items())
    assert {push for push in range(1, 31) if samples.number_of(42, push) <= last} == items()
    assert before < items()
    assert samples.progress(CITY, 202611)[0].grown == 0


def test_an_office_draws_and_sees_its_own_region(store):
    two_strata()
    made = samples.draw(LI, 202611, least=4, total=0)
    assert (made.strata, made.items) == (1, 4)
    assert [one.region for one in samples.progress(LI, 202611)] == ["京山市"]
    assert samples.draw(CITY, 202611, least=4, total=0).items == 4
    with reading() as session:
        rows = session.query(SampleRow).order_by(SampleRow.id).all()
    assert [row.scope for row in rows] == ["京山市", None]
    assert rows[0].seed == rows[1].seed
    assert "抽样" in {entry.action for entry in read_audit(COMMAND_LINE)}


def test_invented_pushes_have_samples_of_their_own(store):
    any_world(3)
    real = samples.draw(CITY, 202611, least=2, total=0)
    with reading() as session:
        drawn = session.query(PushRow).join(ItemRow, ItemRow.push_id == PushRow.id).all()
    assert len(drawn) == real.items > 0
    assert not any(push.example for push in drawn)
    assert samples.draw(CITY, 202611, least=2, total=0, example=True).items > 0


@pytest.mark.parametrize(
    ("month", "options", "told"),
    [(202611, {"least": 1}, "每层至少"), (202611, {"total": 10**6}, "一共抽"), (202501, {}, "没有发出的推送")],
)
def test_a_drawing_that_cannot_be_is_told(store, month, options, told):
    two_strata(5, 2)
    with pytest.raises(InputError, match=told):
        samples.draw(CITY, month, **options)
    assert items() == set()


def test_drawing_is_for_staff(store):
    for actor in (None, Actor("小陈", "team", "京山市")):
        with pytest.raises(NotAllowed):
            samples.draw(actor, 202611)
        with pytest.raises(NotAllowed):
            samples.progress(actor, 202611)
