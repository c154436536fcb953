"""The figures: against plain counts and the textbook, down to rows, for one's region; command, page and files from one place."""

from __future__ import annotations

import json
from datetime import date

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed
from navigator.cli import main
from navigator.delivery import coverage, judging, metrics, samples
from navigator.delivery.counting import RIGHT, WRONG
from navigator.delivery.metrics import Wanted, read_figures, read_rows
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.store.audit import Filter, read_audit
from navigator.store.enterprise_intake import take_enterprises
from navigator.store.enterprises import find_enterprises, read_enterprise
from tests.delivery.figure_worlds import MEASURES, Push, any_world, make_world
from tests.delivery.pushed import CIT, FACTS, push_out
from tests.store.test_importing_columns import code

CITY, LI = Actor("市局老张", "staff"), Actor("京山小李", "staff", "京山市")
OTHER = Actor("市局老赵", "staff")
DAY = date(2026, 11, 23)


def figures(actor=CITY, month: int = 202611, **options):
    return {one.metric.id: one for one in read_figures(actor, month, **options)}


def judge_all(
    actor=CITY, wrong: frozenset[int] = frozenset(), unsure: frozenset[int] = frozenset(), at_most: int = 10**6
):
    """Give every drawn push its verdict by the id of the push; tells what was judged."""
    told = {}
    while len(told) < at_most and (item := judging.next_item(actor, 202611)) is not None:
        with metrics.reading() as session:
            push = judging._row(session, actor, item).push_id
        told[push] = "wrong" if push in wrong else "unsure" if push in unsure else "right"
        judging.judge(actor, item, told[push], "看过档案")
    return told


def two_strata():
    return make_world(
        [Push(n, MEASURES[0], "京山市", "市税务局") for n in range(1, 41)]
        + [Push(n, MEASURES[1], "钟祥市", "市经信局") for n in range(101, 111)]
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_are_those_of_a_person_who_counts(store, seed):
    world = any_world(seed)
    found = figures()
    month = [push for push in world.counted if push.month == 202611]
    assert found["push-sent"].whole.value == len(month)
    right, wrong = (sum(push.said in kind for push in month) for kind in (RIGHT, WRONG))
    whole = found["push-precision-replies"].whole
    assert (whole.numerator, whole.denominator) == (right, right + wrong)
    assert whole.value == pytest.approx(100 * right / (right + wrong))
    assert found["push-unjudged"].whole.value == len(month) - right - wrong
    for by, key in (
        ("region", lambda push: push.region or ""),
        ("measure", lambda push: push.measure),
        ("office", lambda push: push.office),
    ):
        parts = {part.key: part.value for part in found["push-sent"].by[by]}
        assert parts == {name: sum(key(push) == name for push in month) for name in {key(push) for push in month}}
    trend = {part.key: part.value for part in found["push-sent"].by["month"]}
    assert trend["2026-10"] == sum(push.month == 202610 for push in world.counted)
    assert len(trend) == 12


def test_every_figure_leads_to_as_many_rows_as_it_says(store):
    any_world(4)
    samples.draw(CITY, 202611, least=2, total=0, seed=5)
    told = judge_all()
    drawn_right = sum(verdict == "right" for verdict in told.values())
    found = figures()
    parts = dict(found["push-precision"].whole.parts)
    assert parts == {"判对": drawn_right, "判错": 0, "查不清": 0, "还没评": 0}
    for metric, name, number in (
        ("push-sent", "sent", found["push-sent"].whole.value),
        ("push-unjudged", "unjudged", found["push-unjudged"].whole.value),
        ("push-precision", "right", drawn_right),
        ("push-precision-replies", "said-right", found["push-precision-replies"].whole.numerator),
        ("push-precision-replies", "said-wrong",
         found["push-precision-replies"].whole.denominator - found["push-precision-replies"].whole.numerator),
    ):  # fmt: skip
        assert read_rows(CITY, metric, Wanted(name, 202611)).total == number
    for part in found["push-unjudged"].by["office"]:
        assert read_rows(CITY, "push-unjudged", Wanted("unjudged", 202611, office=part.key)).total == part.value
    for part in found["push-sent"].by["region"]:
        assert read_rows(CITY, "push-sent", Wanted("sent", 202611, region=part.key)).total == part.value


def test_precision_has_no_value_before_every_stratum_has_its_minimum(store):
    two_strata()
    assert figures()["push-precision"].whole.note == "还没有抽样"
    samples.draw(CITY, 202611, least=5, total=0, seed=3)
    judge_all(at_most=7)
    whole = figures()["push-precision"].whole
    assert whole.value is None
    assert "还差 3 条评判" in whole.note
    judge_all()
    whole = figures()["push-precision"].whole
    assert (whole.value, whole.high) == (100, 100)
    assert 50 < whole.low < 90


def test_precision_weighs_each_stratum_by_its_pushes(store):
    two_strata()
    samples.draw(CITY, 202611, least=5, total=0, seed=3)
    with metrics.reading() as session:
        drawn = [one.push for one in metrics.Look(session, CITY, metrics.Scope(202611, 202611)).once(
            lambda look: samples.counting.drawn(look.session, look.scope))]  # fmt: skip
    small = [push for push in drawn if push > 40]
    judge_all(wrong=frozenset(small[:2]))
    found = figures()["push-precision"]
    assert found.whole.value == pytest.approx(100 * (40 + 10 * 3 / 5) / 50)
    assert (found.whole.numerator, found.whole.denominator) == (8, 10)
    assert found.whole.low < found.whole.value < found.whole.high
    by_region = {part.key: part.value for part in found.by["region"]}
    assert by_region == {"京山市": 100, "钟祥市": pytest.approx(60)}
    assert {part.label: part.value for part in found.by["office"]} == {"市税务局": 100, "市经信局": pytest.approx(60)}


def test_where_everything_is_judged_precision_is_exact(store):
    two_strata()
    samples.draw(CITY, 202611, least=100, total=0)
    judge_all(wrong=frozenset({1, 2, 3}))
    whole = figures()["push-precision"].whole
    assert whole.value == whole.low == whole.high == pytest.approx(94)
    assert figures()["push-precision"].metric.is_met(whole) is False


def test_what_cannot_be_found_out_does_not_count_but_is_told_with_its_bound(store):
    two_strata()
    samples.draw(CITY, 202611, least=100, total=0)
    judge_all(unsure=frozenset({1, 2}))
    whole = figures()["push-precision"].whole
    assert whole.value == 100
    assert dict(whole.parts)["查不清"] == 2
    assert "2 条查不清没有算，都算错的话是 96.0%" in whole.note


def test_what_cannot_be_found_out_is_made_up_for_by_drawing_again(store):
    two_strata()
    samples.draw(CITY, 202611, least=3, total=0, seed=8)
    judge_all(unsure=frozenset(range(1, 41)))
    assert "还差 3 条评判" in figures()["push-precision"].whole.note
    assert samples.draw(CITY, 202611, least=3, total=0).items == 3


def test_invented_pushes_never_enter_a_real_figure(store):
    make_world(
        [
            Push(1, MEASURES[0], "京山市", "甲", answer="fits"),
            Push(2, MEASURES[0], "京山市", "甲", example=True, answer="not_fit"),
        ]
    )
    real, invented = figures(), figures(example=True)
    assert (real["push-sent"].whole.value, real["push-precision-replies"].whole.value) == (1, 100)
    assert (invented["push-sent"].whole.value, invented["push-precision-replies"].whole.value) == (1, 0)
    assert [line.name for line in read_rows(CITY, "push-sent", Wanted("sent", 202611)).lines] == ["甲1厂"]


def test_an_office_sees_its_own_region(store):
    world = two_strata()
    found = figures(LI)
    assert found["push-sent"].whole.value == sum(push.region == "京山市" for push in world.counted)
    assert [part.key for part in found["push-sent"].by["region"]] == ["京山市"]
    assert {line.region for line in read_rows(LI, "push-sent", Wanted("sent", 202611)).lines} == {"京山市"}
    with pytest.raises(NotAllowed):
        read_rows(LI, "push-sent", Wanted("sent", 202611, region="钟祥市"))
    for actor in (None, Actor("小陈", "team", "京山市")):
        with pytest.raises(NotAllowed):
            read_figures(actor, 202611)
        with pytest.raises(NotAllowed):
            read_rows(actor, "push-sent", Wanted("sent", 202611))
    assert "看指标的明细" in {entry.action for entry in read_audit(COMMAND_LINE)}


def test_agreement_of_two_judges_is_shown_with_its_number(store):
    two_strata()
    samples.draw(CITY, 202611, least=2, total=0, seed=3)
    first = judge_all()
    for number in range(len(first)):
        item = judging.next_item(OTHER, 202611, "second")
        judging.judge(OTHER, item, "right" if number else "unsure")
    whole = figures()["judge-agreement"].whole
    assert (whole.value, whole.numerator, whole.denominator) == (75, 3, 4)
    assert "κ" in whole.note


def test_coverage_is_what_assessing_each_enterprise_gives(store):
    push_out(1)
    profiles = [
        FACTS | {"uscc": code(n), "name": f"第{n}厂", "region": region} for n, region in ((2, "京山市"), (3, "钟祥市"))
    ]
    take_enterprises(CITY, [*profiles, {"uscc": code(4), "name": "不知道"}], source="表", on=DAY)
    take_enterprises(CITY, [FACTS | {"uscc": code(5), "name": "示例厂"}], source="表", on=DAY, example=True)
    assert figures()["push-coverage"].whole.note == "还没有算过"
    coverage.count_coverage(CITY, DAY)
    found = figures()["push-coverage"]
    eligible = 0
    for one in find_enterprises(CITY, "厂"):
        if not one.example:
            results = assess(read_enterprise(CITY, one.uscc).profile, DAY).measures
            eligible += sum(result.status == "eligible" and result.apply_state != "closed" for result in results)
    assert (found.whole.numerator, found.whole.denominator) == (1, eligible)
    by_measure = {part.key: (part.numerator, part.denominator) for part in found.by["measure"]}
    assert by_measure[CIT] == (1, 3)
    listed = read_rows(CITY, "push-coverage", Wanted("uncovered", 202611, measure=CIT))
    assert {line.name for line in listed.lines} == {"第2厂", "第3厂"}
    covered = read_rows(CITY, "push-coverage", Wanted("covered", 202611, measure=CIT))
    assert [line.name for line in covered.lines] == ["京山机械厂"]
    own = figures(LI)["push-coverage"]
    assert {part.key: (part.numerator, part.denominator) for part in own.by["measure"]}[CIT] == (1, 2)
    assert [line.name for line in read_rows(LI, "push-coverage", Wanted("uncovered", 202611, measure=CIT)).lines] == [
        "第2厂"
    ]
    with pytest.raises(InputError, match="先选一项政策"):
        read_rows(CITY, "push-coverage", Wanted("uncovered", 202611))


def test_the_command_prints_the_figures_of_the_page_and_nothing_else(store, capsys):
    any_world(6)
    assert main(["metrics", "--month", "2026-11", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    expected = metrics.figures_json(read_figures(COMMAND_LINE, 202611), 202611, date.fromisoformat(printed["as_of"]))
    assert printed == json.loads(json.dumps(expected))
    assert main(["metrics", "--month", "2026-11"]) == 0
    text = capsys.readouterr().out
    for one in read_figures(COMMAND_LINE, 202611):
        assert one.metric.name in text
        assert metrics.shown(one.whole.value, one.metric.unit) in text
    assert main(["metrics", "--month", "2026-13"]) == 2
    assert "应是月份" in capsys.readouterr().err


def test_files_hold_the_same_figures_and_rows_and_stand_in_the_log(store):
    any_world(6)
    text = metrics.export_metrics(CITY, {"month": "2026-11"}).content.decode("utf-8-sig")
    found = figures()
    assert f"已发推送,全部,,{found['push-sent'].whole.value}" in text
    only = metrics.export_metrics(CITY, {"month": "2026-11", "metric": "push-sent", "by": "office"})
    assert only.content.decode("utf-8-sig").count("\n") == 1 + len(found["push-sent"].by["office"])
    rows = metrics.export_rows(CITY, {"metric": "push-sent", "list": "sent", "month": "2026-11"})
    assert rows.content.decode("utf-8-sig").count("\n") == 1 + found["push-sent"].whole.value
    assert metrics.export_rows(
        CITY, {"metric": "push-sent", "list": "sent", "month": "2026-11", "example": "1"}
    ).name.startswith("示例_")
    assert {"下载指标", "看指标的明细"} <= {entry.action for entry in read_audit(COMMAND_LINE, Filter(actor=CITY.name))}


@pytest.mark.parametrize(
    ("parameters", "told"),
    [({"metric": "x"}, "没有叫 x"), ({"metric": "push-sent", "list": "x"}, "没有这一张"),
     ({"metric": "push-sent", "list": "sent", "month": "11"}, "应是月份")],
)  # fmt: skip
def test_rows_that_cannot_be_are_told(store, parameters, told):
    with pytest.raises(InputError, match=told):
        metrics.export_rows(CITY, parameters)


def test_every_metric_says_what_it_is():
    for metric in metrics.metrics().values():
        assert metric.definition.endswith("。")
        assert metric.numerator
        assert metric.how
        assert bool(metric.lists) == (metric.rows is not None)
