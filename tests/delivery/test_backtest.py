"""Backtests: a published list against the rules, line by line, kept as it was, within one's region, 示例 apart."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.delivery import backtest
from navigator.delivery.backtest import (
    changed_lines,
    export_backtest,
    lines,
    read_backtest,
    run_again,
    run_backtest,
    wilson,
)
from navigator.delivery.recipients import Recipient, open_list, recipients_of
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.matching.synthetic import synthetic_enterprises
from navigator.store import enterprises
from navigator.store.audit import read_audit
from navigator.store.engine import transaction
from navigator.store.enterprise_intake import take_enterprises
from navigator.store.enterprise_tables import EnterpriseRow
from tests.store.test_importing_columns import code

CITY = Actor("市局老张", "staff")
LI = Actor("京山小李", "staff", "京山市")
WANG = Actor("钟祥小王", "staff", "钟祥市")
DAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 8, tzinfo=UTC)
MEASURE = "tax-small-low-profit-cit"
SMALL = {
    "entity_type": "企业", "taxable_income": 100_000, "employees": 20, "total_assets": 1_000_000, "restricted_industry": False,
}  # fmt: skip


def add(number: int, name: str, region: str = "京山市", *, example: bool = False, **facts):
    profile = {"uscc": code(number), "name": name, "region": region, **SMALL, **facts}
    profile = {fact: value for fact, value in profile.items() if value is not None}
    take_enterprises(CITY, [profile], source="税务局2026年名单", on=date(2026, 6, 30), example=example)


def table(*rows, headings=("序号", "企业名称", "统一社会信用代码", "补贴金额（万元）")) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return text.getvalue().encode()


def run(data: bytes | tuple[Recipient, ...], actor=CITY, as_of=DAY, **more) -> int:
    recipients = data
    if isinstance(data, bytes):
        opened = open_list(actor, io.BytesIO(data), "名单.csv")
        recipients = recipients_of(opened, opened.columns)
    more = {"file": "名单.csv", "source": "https://www.jingmen.gov.cn/名单", "now": NOW, **more}
    return run_backtest(actor, MEASURE, recipients, as_of=as_of, **more)


@pytest.fixture
def office(store):
    """京山: one of each kind; 钟祥: one that fits."""
    add(1, "甲食品有限公司")
    add(2, "乙机械有限责任公司", employees=320, total_assets=60_000_000)
    add(3, "丙（荆门）科技有限公司", total_assets=None)
    add(4, "丁商贸有限公司")
    add(5, "同名有限公司")
    add(6, "同名有限公司")
    add(7, "戊建材有限公司", "钟祥市")
    add(8, "己酒店有限公司", employees=900)
    add(9, "庚物流有限公司", employees=None)


LIST = table(
    (1, "甲食品有限公司", code(1), "1.5"),
    (2, "乙机械有限公司", "", "2"),
    (3, "丙(荆门)科技有限公司", "", ""),
    (4, "没有的公司", "", "1"),
    (5, "同名有限公司", "", "1"),
    (6, "甲 食品有限公司", "", "3"),
    (7, "合计", "", "8.5"),
)


def test_each_line_of_a_list_is_found_and_judged_by_the_rules_of_the_day(office):
    number = run(LIST)
    shown = {one.line: (one.found, one.because) for one in lines(CITY, number) if one.line}
    assert {line: found for line, (found, _) in shown.items()} == {
        2: "hit", 3: "miss", 4: "undecided", 5: "no_record", 6: "several", 7: "repeated", 8: "unread"
    }  # fmt: skip
    miss = shown[3][1]
    assert (
        "不符合“从业人数（含劳务派遣，按四个季度平均）不超过300人”：档案里从业人数 320人（税务局2026年名单，2026-06-30）"
        in miss
    )
    assert "资产总额 60,000,000元" in miss
    assert "财政部 税务总局公告2023年第12号" in miss
    assert "应纳税所得额" not in miss
    assert shown[4][1] == "还不知道：资产总额"
    assert "2 家叫这个名字" in shown[6][1]
    assert shown[7][1] == "和第 2 行是同一家，只算一次"


def test_the_figures_count_enterprises_once_and_stay_with_day_version_file_and_source(office):
    found = read_backtest(CITY, run(LIST))
    assert (found.listed, found.decided, found.hit_rate) == (3, 2, 0.5)
    assert found.found["false_alarm"] == 4
    assert (found.enterprises, found.open) == (9, 1)
    assert found.amounts == {
        "hit": 15_000,
        "miss": 20_000,
        "no_record": 10_000,
        "several": 10_000,
        "repeated": 30_000,
        "unread": 85_000,
    }
    assert (found.file, found.source, found.as_of, found.at) == (
        "名单.csv",
        "https://www.jingmen.gov.cn/名单",
        DAY,
        NOW,
    )
    assert found.measure == "小型微利企业所得税优惠"
    assert len(found.corpus_version) == 16
    assert found.interval == wilson(1, 2)
    assert found.missing == (("total_assets", 1),)


def test_false_alarms_are_eligible_unlisted_enterprises_of_the_region_asked_for(office):
    alarms = [one.written for one in lines(CITY, run(LIST), "false_alarm")]
    assert alarms == ["丁商贸有限公司", "同名有限公司", "同名有限公司", "戊建材有限公司"]
    narrow = run(LIST, region="京山市")
    assert "戊建材有限公司" not in [one.written for one in lines(CITY, narrow, "false_alarm")]
    assert (read_backtest(CITY, narrow).enterprises, read_backtest(CITY, narrow).open) == (8, 1)


def test_conditions_are_ranked_by_how_many_listed_enterprises_they_excluded(office):
    number = run(table((1, "", code(2), ""), (2, "", code(8), ""), (3, "", code(3), "")))
    first, second, *rest = read_backtest(CITY, number).conditions
    assert first.text.startswith("从业人数")
    assert (first.excluded, first.alone) == (2, 1)
    assert second.text.startswith("资产总额")
    assert (second.excluded, second.alone, second.unknown) == (1, 0, 1)
    assert all(one.excluded == 0 for one in rest)
    assert [one.written for one in lines(CITY, number, "miss", first.text)] == [code(2), code(8)]
    assert [one.written for one in lines(CITY, number, "miss", second.text)] == [code(2)]


def test_an_office_sees_and_tests_its_own_region_alone(office):
    everyone = table((1, "", code(1), ""), (2, "", code(7), ""))
    mine = run(everyone, LI)
    assert [one.found for one in lines(LI, mine) if one.line] == ["hit", "no_record"]
    assert "戊建材有限公司" not in [one.written for one in lines(LI, mine)]
    theirs, whole = run(everyone, WANG), run(everyone)
    assert [one.id for one in backtest.list_backtests(LI)] == [mine]
    assert len(backtest.list_backtests(CITY)) == 3
    for number in (theirs, whole, 999):
        for look in (
            lambda n: read_backtest(LI, n), lambda n: lines(LI, n), lambda n: run_again(LI, n, DAY),
            lambda n: export_backtest(LI, {"id": str(n)}), lambda n: changed_lines(LI, mine, n),
        ):  # fmt: skip
            with pytest.raises(InputError, match=f"没有第 {number} 次回测"):
                look(number)
    with pytest.raises(NotAllowed):
        run(everyone, LI, region="钟祥市")


def test_only_staff_may_open_run_and_read(office):
    number = run(LIST)
    for actor in (None, Actor("小分队小陈", "team", "京山市"), Actor("某人", "public")):
        for call in (
            lambda a: open_list(a, io.BytesIO(LIST), "x.csv"), lambda a: run((Recipient(2, "甲", ""),), a), lambda a: lines(a, number),
            lambda a: read_backtest(a, number), lambda a: export_backtest(a, {"id": str(number)}), backtest.list_backtests,
            lambda a: run_again(a, number, DAY), lambda a: changed_lines(a, number, number), lambda a: backtest.count_lines(a, number),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                call(actor)


def test_invented_and_real_enterprises_are_never_in_one_run(office):
    add(20, "示例甲有限公司", example=True)
    real = run(table((1, "示例甲有限公司", code(20), "")))
    assert [one.found for one in lines(CITY, real)][0] == "no_record"
    invented = run(table((1, "示例甲有限公司", code(20), ""), (2, "甲食品有限公司", "", "")), example=True)
    assert [one.found for one in lines(CITY, invented)] == ["hit", "no_record"]
    assert read_backtest(CITY, invented).example
    assert export_backtest(CITY, {"id": str(invented)}).name.startswith("示例_")


def test_an_old_run_is_read_as_it_was_after_records_changed_and_a_new_one_stands_beside_it(office):
    first = run(LIST)
    before, rows = read_backtest(CITY, first), lines(CITY, first)
    enterprises.save_facts(
        CITY,
        code(2),
        {"employees": 100, "total_assets": 9e6, "name": "新名有限公司"},
        source="电话",
        on=DAY,
        based_on=1,
    )
    enterprises.save_facts(CITY, code(3), {"total_assets": 8e7}, source="电话", on=DAY, based_on=1)
    assert (read_backtest(CITY, first), lines(CITY, first)) == (before, rows)
    by_code = run(table((1, "", code(1), ""), (2, "", code(2), ""), (3, "", code(3), "")))
    enterprises.save_facts(CITY, code(1), {"employees": 500}, source="电话", on=DAY, based_on=1)
    second = run_again(CITY, by_code, DAY, now=NOW)
    changed = changed_lines(CITY, by_code, second)
    assert [(one.written, one.before, one.after) for one in changed] == [(code(1), "hit", "miss")]
    assert "从业人数 500人（电话，2026-11-23）" in changed[0].because
    assert read_backtest(CITY, by_code).found["hit"] == 2
    with pytest.raises(InputError, match="不是同一份名单"):
        changed_lines(CITY, first, second)


def test_running_again_reads_every_line_as_the_list_had_it(office):
    first = run(LIST)
    second = run_again(CITY, first, DAY, now=NOW)
    assert read_backtest(CITY, first).list_hash == read_backtest(CITY, second).list_hash
    assert lines(CITY, first) == lines(CITY, second)
    assert changed_lines(CITY, first, second) == []


def test_the_rules_are_those_of_the_chosen_day(office):
    run_now = read_backtest(CITY, run(LIST))
    long_ago = read_backtest(CITY, run(LIST, as_of=date(2022, 12, 31)))
    assert (run_now.period, long_ago.period) == ("in_force", "not_yet")
    assert long_ago.found["hit"] == 1


def test_a_masked_code_tells_apart_those_of_one_name(office):
    masked = f"{code(6)[:2]}**********{code(6)[-6:]}"
    number = run(table((1, "同名有限公司", masked, "")))
    line = lines(CITY, number)[0]
    assert (line.found, line.because) == ("hit", "名单上的代码不对或者不全，按名称找到")
    assert line.enterprise_id == enterprises.read_enterprise(CITY, code(6)).id


def test_lines_are_found_by_words_paged_and_exported_safely_and_every_look_is_logged(office):
    number = run(table((1, "=HYPERLINK(1)有限公司", "", ""), (2, "甲食品有限公司", "", "")))
    assert [one.written for one in lines(CITY, number, words="食品")] == ["甲食品有限公司"]
    assert backtest.count_lines(CITY, number, "hit") == 1
    assert len(lines(CITY, number, limit=2, offset=1)) == 2
    made = export_backtest(CITY, {"id": str(number)})
    text = made.content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)有限公司" in text
    assert len(text.splitlines()) == 1 + backtest.count_lines(CITY, number)
    actions = [entry.action for entry in read_audit(COMMAND_LINE)]
    assert {"回测", "看回测清单", "下载回测清单"} <= set(actions)
    with pytest.raises(InputError):
        export_backtest(CITY, {"id": "x"})


def test_a_record_that_is_removed_leaves_its_line(office):
    number = run(LIST)
    with transaction() as session:
        session.execute(delete(EnterpriseRow).where(EnterpriseRow.uscc == code(1)))
    line = lines(CITY, number)[0]
    assert (line.written, line.found, line.enterprise_id) == ("甲食品有限公司", "hit", None)


def test_without_records_source_or_measure_nothing_is_kept(store):
    with pytest.raises(InputError, match="没有可以比的企业"):
        run(LIST)
    add(1, "甲")
    with pytest.raises(InputError, match="名单的来源"):
        run(LIST, source=" ")
    with pytest.raises(InputError, match="没有 no-such 这项政策"):
        run_backtest(CITY, "no-such", (Recipient(2, "甲", ""),), file="x", source="y", as_of=DAY)
    assert backtest.list_backtests(CITY) == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "measure", ["tax-small-low-profit-cit", "fin-hb-301", "soc-startup-loan-personal", "tax-vat-small-1pct"]
)
def test_what_is_said_of_each_enterprise_is_what_assess_says(store, measure):
    """Invented enterprises kept as real ones, half of them listed."""
    rows = synthetic_enterprises(300, 5).to_dicts()
    profiles = [{name: value for name, value in row.items() if value is not None} for row in rows]
    take_enterprises(CITY, profiles, source="表", on=DAY)
    listed = random.Random(3).sample(range(300), 150)
    recipients = [Recipient(place + 2, "", profiles[row]["uscc"]) for place, row in enumerate(listed)]
    number = run_backtest(CITY, measure, recipients, file="x", source="y", as_of=DAY)
    shown = lines(CITY, number, limit=1000)
    named = {"eligible": "hit", "not_eligible": "miss", "needs_info": "undecided"}
    outcomes = []
    for profile in profiles:
        result = next(one for one in assess(profile, DAY).measures if one.measure.id == measure)
        outcomes.append(result)
    assert [one.found for one in shown[:150]] == [named[outcomes[row].outcome] for row in listed]
    for line, row in zip(shown, listed, strict=False):
        failed = [one.condition.text for one in outcomes[row].conditions if one.outcome is False]
        assert line.because.count("不符合“") == len(failed)
        assert all(text in line.because for text in failed)
    alarms = {profiles[row]["name"] for row in set(range(300)) - set(listed) if outcomes[row].outcome == "eligible"}
    assert {one.written for one in shown[150:]} == alarms


@given(st.integers(1, 400).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_interval_holds_the_share_and_is_the_root_of_the_score_test(pair):
    successes, count = pair
    low, high = wilson(successes, count)
    assert 0 <= low <= successes / count <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            distance = abs(successes / count - bound) / (bound * (1 - bound) / count) ** 0.5
            assert distance == pytest.approx(1.959964, abs=1e-4)
