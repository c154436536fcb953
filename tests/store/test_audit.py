"""The log: only ever added to, with its change or not at all, filtered by the city's days, and as a file that calculates nothing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.store.audit import (
    Filter,
    audit,
    audit_actions,
    count_audit,
    export_audit,
    read_audit,
    shown_details,
    shown_subject,
)
from navigator.store.engine import transaction

LI = Actor("京山小李", "staff", "京山市")


def put(action="看档案", subject="enterprise:1", at=(2026, 11, 23, 4), actor=LI, **details):
    audit(actor, action, subject, details, now=datetime(*at, tzinfo=UTC))


def test_lines_come_back_newest_first_with_who_what_and_when(store):
    put(version=[1, 2])
    put("改档案", at=(2026, 11, 23, 5))
    newest, oldest = read_audit(COMMAND_LINE)
    assert (newest.action, oldest.action) == ("改档案", "看档案")
    assert (oldest.actor, oldest.role, oldest.region, oldest.subject) == ("京山小李", "staff", "京山市", "enterprise:1")
    assert oldest.at == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert oldest.details == {"version": [1, 2]}


@pytest.mark.parametrize("change", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_the_database_refuses_to_alter_a_line(store, change):
    put()
    with pytest.raises(DBAPIError, match="only ever added to"), transaction() as session:
        session.execute(text(change))
    assert [entry.actor for entry in read_audit(COMMAND_LINE)] == ["京山小李"]


def test_a_line_is_kept_exactly_when_its_change_is(store):
    with pytest.raises(RuntimeError), transaction() as session:
        audit(LI, "改档案", "enterprise:1", within=session)
        raise RuntimeError
    assert read_audit(COMMAND_LINE) == []
    with transaction() as session:
        audit(LI, "改档案", "enterprise:1", within=session)
    assert len(read_audit(COMMAND_LINE)) == 1


def test_filters_by_person_action_subject_and_the_citys_days(store):
    put(at=(2026, 11, 22, 15))
    put(at=(2026, 11, 22, 16))
    put("改档案", "enterprise:12", (2026, 11, 23, 15), Actor("钟祥小王", "staff", "钟祥市"))
    put("登录", "user:100%", (2026, 11, 23, 16))

    def count(**wanted):
        assert count_audit(COMMAND_LINE, Filter(**wanted)) == len(read_audit(COMMAND_LINE, Filter(**wanted)))
        return count_audit(COMMAND_LINE, Filter(**wanted))

    assert count() == 4
    assert count(actor="钟祥小王") == 1
    assert count(action="看档案") == 2
    assert count(subject="enterprise:") == 3
    assert count(subject="user:100%") == 1
    assert count(subject="user:1%") == 0
    assert count(from_day=date(2026, 11, 23)) == 3
    assert count(from_day=date(2026, 11, 23), to_day=date(2026, 11, 23)) == 2
    assert set(audit_actions(COMMAND_LINE)) == {"改档案", "登录", "看档案"}


def test_pages_of_the_log_join_without_gap(store):
    for number in range(7):
        put(subject=f"enterprise:{number}")
    pages = [read_audit(COMMAND_LINE, limit=3, offset=start) for start in (0, 3, 6)]
    assert [entry.subject[-1] for page in pages for entry in page] == list("6543210")


def test_the_file_keeps_formulas_as_text_and_stands_in_the_log_itself(store):
    put("看档案", '=HYPERLINK("http://example.com")', actor=Actor("@sum", "staff"), 企业='=1+1"')
    made = export_audit(COMMAND_LINE, {"action": "看档案", "from": "nonsense"})
    rows = list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"))))
    assert made.name == "操作日志.csv"
    assert rows[0][0] == "时间"
    assert rows[1][0] == "2026-11-23 12:00:00"
    assert rows[1][1] == "'@sum"
    assert rows[1][5] == '\'=HYPERLINK("http://example.com")'
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert read_audit(COMMAND_LINE)[0].action == "导出日志"


@pytest.mark.parametrize("call", [read_audit, count_audit, audit_actions, lambda actor: export_audit(actor, {})])
def test_only_administrators_read_the_log(call):
    for actor in (None, Actor("甲", "public"), Actor("乙", "team"), LI):
        with pytest.raises(NotAllowed):
            call(actor)


def test_details_are_read_in_one_line():
    assert (
        shown_details({"身份": ["工作人员", "管理员"], "区域": None, "行数": 3})
        == "身份：工作人员 → 管理员；区域：无；行数：3"
    )


def test_a_subject_is_shown_in_words():
    assert [shown_subject(one) for one in ("user:张三", "enterprise:", "push-batch:7")] == [
        "用户 张三",
        "企业",
        "推送批次 7",
    ]
    assert shown_subject("=1+1") == "=1+1"
