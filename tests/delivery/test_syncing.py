"""Coming back from visits: each record once, an answer never over somebody else's, and only in one's own region."""

from __future__ import annotations

import base64
import io
import threading
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from PIL import Image
from pydantic import ValidationError
from sqlalchemy import func, select

from navigator.auth import COMMAND_LINE, Actor
from navigator.delivery.syncing import (
    Firm,
    Left,
    Parcel,
    Sent,
    decide,
    differences,
    look_into,
    open_conflicts,
    take_in,
)
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.matching.rulebook import rulebook_for
from navigator.settings import settings
from navigator.store.appeal_tables import AppealRow
from navigator.store.audit import read_audit
from navigator.store.engine import reading
from navigator.store.enterprises import Enterprise, add_enterprise, read_enterprise, read_history, save_facts
from navigator.store.sync_tables import SyncConflictRow, SyncItemRow
from navigator.store.visit_tables import VisitPhotoRow, VisitPromiseRow, VisitRow
from tests.store.test_importing_columns import code

TODAY, NOW = date(2026, 11, 24), datetime(2026, 11, 24, 2, tzinfo=UTC)
VISITED = date(2026, 11, 23)
CHEN = Actor("小分队小陈", "team", "京山市")
WANG, CITY = Actor("钟祥小王", "team", "钟祥市"), Actor("市局老张", "staff")


@pytest.fixture
def firm(store) -> Enterprise:
    facts = {"uscc": code(1), "name": "京山机械厂", "region": "京山市", "entity_type": "企业", "employees": 45}
    return add_enterprise(CITY, facts, source="名单", on=date(2026, 1, 1))


def answers(firm: Enterprise, **facts: object) -> dict[str, object]:
    return {
        "id": str(uuid4()), "kind": "facts", "enterprise": firm.id, "day": VISITED.isoformat(), "based_on": firm.version,
        "facts": facts,
    }  # fmt: skip


def visit(firm: Enterprise, **other: object) -> dict[str, object]:
    told = {
        "id": str(uuid4()), "kind": "visit", "enterprise": firm.id, "visited_on": VISITED.isoformat(), "words": "谈了减税",
        "met": [{"name": "王经理", "role": "厂长", "phone": "13800138000"}], "topics": ["tax"],
        "promises": [{"words": "送申请表", "due_on": "2026-12-01"}],
    }  # fmt: skip
    return told | other


def appeal(firm: Enterprise) -> dict[str, object]:
    return {
        "id": str(uuid4()), "kind": "appeal", "enterprise": firm.id, "field": "power", "title": "电压不稳", "text": "常跳闸",
        "raised_on": VISITED.isoformat(),
    }  # fmt: skip


def bring(*items: dict[str, object], actor: Actor = CHEN):
    return take_in(actor, Sent.model_validate({"items": items}), TODAY, now=NOW)


def rows(*tables: type) -> list[int]:
    with reading() as session:
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


def test_what_is_brought_back_is_kept_once_however_often_and_however_many_at_once_send_it(firm):
    items = (answers(firm, revenue=1_200_000, industry="C3841"), visit(firm), appeal(firm))
    assert [one.outcome for one in bring(*items)] == ["taken"] * 3
    assert [one.outcome for one in bring(*items)] == ["known"] * 3
    more = (visit(firm), appeal(firm), answers(firm, revenue=1_300_000))
    more[2]["based_on"] = 2
    found: list[str] = []
    together = [
        threading.Thread(target=lambda: found.extend(one.outcome for one in bring(*more))) for _ in range(3)
    ]  # fmt: skip
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert len(found) == 9
    assert set(found) <= {"taken", "known"}
    assert rows(VisitRow, VisitPromiseRow, AppealRow, SyncItemRow, SyncConflictRow) == [2, 2, 2, 6, 0]
    record = read_enterprise(CHEN, firm.uscc)
    assert (record.version, record.facts["revenue"].value, record.facts["industry"].value) == (3, 1_300_000, "C3841")
    assert (record.facts["revenue"].source, record.facts["revenue"].on) == ("走访", VISITED)


def test_an_answer_that_met_another_value_waits_and_loses_nothing(firm):
    save_facts(CITY, firm.uscc, {"employees": 50, "revenue": 9_000_000}, source="税务", on=TODAY, based_on=1)
    taken = bring(answers(firm, employees=48, revenue=9_000_000, taxable_income=160_000))
    assert [(one.outcome, one.conflicts) for one in taken] == [("taken", 1)]
    record = read_enterprise(CHEN, firm.uscc)
    assert {name: record.facts[name].value for name in ("employees", "revenue", "taxable_income")} == {
        "employees": 50, "revenue": 9_000_000, "taxable_income": 160_000,
    }  # fmt: skip
    assert record.facts["revenue"].source == "税务"
    (waits,) = open_conflicts(CHEN)
    assert (waits.label, waits.visited, waits.recorded, waits.source) == ("从业人数", "48人", "50人", "税务")
    with pytest.raises(InputError, match="刚改过"):
        decide(CHEN, waits.id, "visit", 1, now=NOW)
    decide(CHEN, waits.id, "visit", waits.version, now=NOW)
    assert read_enterprise(CHEN, firm.uscc).facts["employees"].value == 48
    assert open_conflicts(CHEN) == []
    with pytest.raises(InputError, match="没有这一条"):
        decide(CHEN, waits.id, "record", waits.version, now=NOW)


def test_the_record_may_stand_too_and_sending_again_does_not_ask_again(firm):
    save_facts(CITY, firm.uscc, {"employees": 50}, source="税务", on=TODAY, based_on=1)
    sent = answers(firm, employees=48)
    bring(sent)
    (waits,) = open_conflicts(CHEN)
    with pytest.raises(InputError, match="没有选"):
        decide(CHEN, waits.id, "", waits.version)
    decide(CHEN, waits.id, "record", waits.version, now=NOW)
    assert [(one.outcome, one.conflicts) for one in bring(sent)] == [("known", 0)]
    assert read_enterprise(CHEN, firm.uscc).facts["employees"].value == 50
    assert "定走访和档案哪个对" in {one.action for one in read_audit(COMMAND_LINE)}


def test_a_value_taken_away_meanwhile_is_a_conflict_and_a_later_day_is_not_made_earlier(firm):
    save_facts(CITY, firm.uscc, {"employees": None, "revenue": 5.0}, source="税务", on=TODAY, based_on=1)
    bring(answers(firm, employees=45, revenue=5))
    assert [one.recorded for one in open_conflicts(CHEN)] == ["不知道"]
    assert read_enterprise(CHEN, firm.uscc).facts["revenue"].on == TODAY
    assert len(read_history(CHEN, firm.uscc)) == 2


def test_another_region_neither_brings_nor_decides_nor_learns_anything(firm):
    save_facts(CITY, firm.uscc, {"employees": 50}, source="税务", on=TODAY, based_on=1)
    sent = answers(firm, employees=48)
    bring(sent)
    refused = bring(sent, visit(firm), appeal(firm), actor=WANG)
    assert {one.outcome for one in refused} == {"refused"}
    assert not any("京山" in one.told for one in refused)
    assert open_conflicts(WANG) == []
    with pytest.raises(InputError, match="没有这一条"):
        decide(WANG, open_conflicts(CHEN)[0].id, "visit", 2)
    assert rows(VisitRow, AppealRow, SyncItemRow) == [0, 0, 1]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"day": "2026-11-25"}, "还没有到"),
        ({"facts": {"employees": -3}}, "从业人数"),
        ({"facts": {"staff": 3}}, "staff"),
        ({"facts": {"region": "钟祥市"}}, "您负责的是京山市"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence_and_may_be_put_right_under_the_same_number(firm, wrong, told):
    sent = answers(firm, employees=48)
    (refused,) = bring(sent | wrong)
    assert (refused.outcome, rows(SyncItemRow)) == ("refused", [0])
    assert told in refused.told
    assert bring(sent)[0].outcome == "taken"


def test_one_bad_record_does_not_keep_the_others_out_and_a_used_number_is_for_one_content(firm):
    good = visit(firm, words="谈了\0减税", other="路\0灯")
    assert [one.outcome for one in bring(visit(firm, topics=["nonsense"]), good)] == ["refused", "taken"]
    assert bring(answers(firm, name="京山\0厂"))[0].outcome == "taken"
    (changed,) = bring(good | {"words": "别的"})
    assert (changed.outcome, rows(VisitRow)) == ("refused", [1])
    assert "内容不一样" in changed.told


def test_a_photo_comes_after_its_record_and_once(firm, tmp_path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path))
    settings.cache_clear()
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#17695A").save(made, "JPEG")
    record = visit(firm)
    photo = {
        "id": str(uuid4()), "kind": "photo", "enterprise": firm.id, "visit": record["id"],
        "data": base64.b64encode(made.getvalue()).decode(),
    }  # fmt: skip
    assert "还没有收到" in bring(photo)[0].told
    assert "没有传完整" in bring(record, photo | {"data": "é"})[1].told
    assert "照片" in bring(photo | {"data": base64.b64encode(b"x").decode()})[0].told
    assert [one.outcome for one in bring(photo, record)] == ["taken", "known"]
    assert [one.outcome for one in bring(photo)] == ["known"]
    assert rows(VisitRow, VisitPhotoRow, SyncItemRow) == [1, 1, 2]
    settings.cache_clear()


@pytest.mark.parametrize(
    "wrong",
    [{"id": "1"}, {"kind": "secret"}, {"enterprise": 0}, {"more": 1}, {"facts": {}}, {"facts": {"employees": [1]}}],
)
def test_what_is_no_record_is_not_read(wrong):
    firm = Enterprise(1, code(1), 1, False, {}, NOW, "")
    with pytest.raises(ValidationError):
        Sent.model_validate({"items": [answers(firm, employees=3) | wrong]})


def test_what_the_records_and_the_policies_say_now_is_told_where_the_phone_showed_something_else(firm):
    rulebook = rulebook_for(TODAY)
    more = {"is_tech_sme": True, "is_high_tech_enterprise": True}
    firm = save_facts(CITY, firm.uscc, more, source="科技局", on=TODAY, based_on=1)

    def able(profile: dict[str, object]) -> list[str]:
        met = [one for one in assess(profile, TODAY, rulebook).measures if one.status == "eligible"]
        assert any(one.apply_state == "closed" for one in met)
        return [one.measure.id for one in met if one.apply_state != "closed"]

    phone = able(firm.profile | {"employees": 3})
    left = Left(corpus_version="old", firms=[Firm(enterprise=firm.id, eligible=[*phone, "gone"])])
    (found,) = differences(CHEN, left, TODAY)
    now = {rulebook.by_id[one].measure.name for one in able(firm.profile)}
    before = {rulebook.by_id[one].measure.name for one in phone}
    assert set(found.gained) == now - before
    assert set(found.lost) == before - now | {"已经撤下的政策"}
    same = Firm(enterprise=firm.id, eligible=able(firm.profile))
    assert differences(CHEN, Left(corpus_version="x", firms=[same]), TODAY) == []
    with pytest.raises(InputError, match="没有找到这份档案"):
        differences(WANG, left, TODAY)


def test_an_item_that_cannot_be_read_is_refused_by_itself_and_the_others_come_in(firm):
    wrong = visit(firm, promises=[{"words": "送申请表", "due_on": "20261-12-01"}])
    sent, refused = look_into(Parcel(items=[wrong, appeal(firm), {"kind": "x"}]))
    assert [one.outcome for one in take_in(CHEN, sent, TODAY, now=NOW)] == ["taken"]
    assert [(one.id, one.told) for one in refused] == [
        (wrong["id"], "答应的事：填得不对，看不懂；改好再带回"), ("", "这一条：填得不对，看不懂；改好再带回"),
    ]  # fmt: skip


def test_deciding_on_one_answer_leaves_the_other_answers_of_the_enterprise_to_be_decided(firm):
    save_facts(CITY, firm.uscc, {"employees": 50, "revenue": 9_000_000}, source="税务", on=TODAY, based_on=1)
    bring(answers(firm, employees=48, revenue=8_000_000))
    first, second = open_conflicts(CHEN)
    decide(CHEN, first.id, "visit", first.version, now=NOW)
    decide(CHEN, second.id, "visit", second.version, now=NOW)
    record = read_enterprise(CHEN, firm.uscc)
    assert (record.facts["employees"].value, record.facts["revenue"].value) == (48, 8_000_000)
