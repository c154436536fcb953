"""Files for SMS and WeChat systems: the same each time, text stays text, 示例 in name and text, one's own region only."""

from __future__ import annotations

import csv
import io
import time

import pytest
from openpyxl import load_workbook

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery.contacts import add_contact, erase_contacts_of
from navigator.delivery.exporting import ERASED, HEADER, export_hand_over
from navigator.delivery.links import address_of
from navigator.errors import InputError
from navigator.store import audit
from navigator.store.engine import transaction
from navigator.store.enterprises import save_facts
from navigator.store.push_tables import BatchRow
from tests.delivery.pushed import CITY, DAY, LI, begin_batch, begin_hand_over, push_out


@pytest.fixture
def handed(store):
    """Two messages of an office of 京山, handed over at once."""
    batch = begin_batch(scope="京山市")
    number = begin_hand_over(batch)
    first = push_out(1, "=HYPERLINK(1)厂", batch=batch, hand_over=number)
    second = push_out(2, "乙,“厂”", batch=batch, hand_over=number)
    push_out(3, "别的交接", batch=batch)
    return number, first, second


def rows(download) -> list[tuple[str, ...]]:
    if download.name.endswith(".csv"):
        return [tuple(row) for row in csv.reader(io.StringIO(download.content.decode("utf-8-sig")))]
    sheet = load_workbook(io.BytesIO(download.content)).active
    assert all(cell.data_type in ("s", "n") for row in sheet for cell in row)
    return [tuple(cell.value or "" for cell in row) for row in sheet]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_has_what_another_system_needs_and_nothing_that_calculates(handed, form):
    number, first, second = handed
    made = export_hand_over(LI, {"id": str(number), "format": form})
    header, one, two = rows(made)
    assert header == HEADER
    assert one[:4] == (f"{first.batch}-{first.message}", "'=HYPERLINK(1)厂", "王经理", "13800138000")
    assert two[1] == "乙,“厂”"
    assert one[4].endswith(address_of(first.token))
    assert (one[5], two[5]) == (address_of(first.token), address_of(second.token))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_same_hand_over_gives_the_same_bytes_whatever_changes_meanwhile(handed, form):
    number, first, _ = handed
    asked = {"id": str(number), "format": form}
    before = export_hand_over(LI, asked)
    save_facts(CITY, first.uscc, {"name": "改了名", "employees": 400}, source="名单", on=DAY, based_on=1)
    add_contact(CITY, first.uscc, "phone", "13900139000", source="走访", day=DAY, now=DAY)
    time.sleep(2.1 if form == "xlsx" else 0)  # the clock of a zip has steps of two seconds
    after = export_hand_over(LI, asked)
    assert (before.name, before.content) == (after.name, after.content)


def test_an_erased_number_is_gone_from_the_file(handed):
    number, first, _ = handed
    erase_contacts_of(CITY, first.uscc)
    assert rows(export_hand_over(LI, {"id": str(number), "format": "csv"}))[1][2:4] == ("", ERASED)


def test_invented_enterprises_stand_in_a_file_that_says_so(store):
    batch = begin_batch(example=True)
    number = begin_hand_over(batch)
    push_out(1, "示例厂", batch=batch, hand_over=number, example=True, address="示例号码")
    made = export_hand_over(CITY, {"id": str(number), "format": "csv"})
    assert made.name.startswith("示例_")
    row = rows(made)[1]
    assert row[3] == "示例号码"
    assert row[4].startswith("【示例】")


def test_a_file_is_for_staff_of_the_batchs_region_and_stands_in_the_log(handed):
    number, first, _ = handed
    asked = {"id": str(number), "format": "csv"}
    assert export_hand_over(CITY, asked).content
    with pytest.raises(InputError, match="没有找到"):
        export_hand_over(Actor("钟祥小赵", "staff", "钟祥市"), asked)
    for nobody in (None, Actor("队员", "team", "京山市")):
        with pytest.raises(NotAllowed):
            export_hand_over(nobody, asked)
    lines = audit.read_audit(COMMAND_LINE, audit.Filter(action="下载推送文件"))
    assert [(line.actor, line.subject, line.details["条数"]) for line in lines] == [
        ("市局老张", f"push-batch:{first.batch}", 2)
    ]


def test_an_office_has_no_file_of_a_batch_of_the_whole_city(store):
    number = begin_hand_over(begin_batch())
    with pytest.raises(InputError, match="没有找到"):
        export_hand_over(LI, {"id": str(number)})


@pytest.mark.parametrize("asked", [{}, {"id": "x"}, {"id": "999999"}, {"id": "1" * 20}, {"id": "1", "format": "exe"}])
def test_what_is_not_there_is_told_in_one_sentence(store, asked):
    with pytest.raises(InputError):
        export_hand_over(CITY, asked)


def test_a_withdrawn_batch_is_not_handed_over_again(handed):
    number, first, _ = handed
    with transaction() as session:
        session.get_one(BatchRow, first.batch).state = "withdrawn"
    with pytest.raises(InputError, match="已经撤回"):
        export_hand_over(LI, {"id": str(number)})
