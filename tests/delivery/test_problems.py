"""Problems found: each step by whom and in what words, never reviewed or closed by who rectified; late ones, counts, and when all is clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navigator.auth import Actor, NotAllowed
from navigator.delivery import problems
from navigator.delivery.problems import (
    New,
    Wanted,
    add_problem,
    amend,
    close,
    count_problems,
    export_problems,
    left_open,
    list_problems,
    open_on,
    read_problem,
    rectify,
    reopen,
    review,
    tell,
)
from navigator.errors import InputError
from navigator.store.board_tables import UnitRow
from navigator.store.engine import reading, transaction

TODAY = date(2026, 11, 23)
FIRST, SECOND = Actor("老张", "staff"), Actor("老王", "staff")
JINGSHAN = Actor("京山小李", "staff", "京山市")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
_numbers: Iterator[int] = iter(range(1, 10_000))


def unit(name: str = "市招商局", region: str | None = None) -> int:
    with transaction() as session:
        kind = "county" if region else "city"
        row = UnitRow(
            name=name,
            key=f"{name}{next(_numbers)}",
            kind=kind,
            region=region,
            at=NOW,
            by="老张",
            ended=None,
            ended_by=None,
        )
        session.add(row)
        session.flush()
        return row.id


def new(number: int, **other: object) -> New:
    given = {
        "kind": "promises", "title": "招商时答应的厂房没有给", "text": "协议第三条没有兑现", "source": "审计",
        "found_on": date(2026, 11, 2), "unit": number, "due": date(2026, 11, 20), "due_source": "市优化办整改通知",
    }  # fmt: skip
    return New(**(given | other))  # type: ignore[arg-type]


def state(number: int) -> str:
    return read_problem(FIRST, number)[0].state


def to_the_end(number: int, day: date = TODAY) -> None:
    rectify(FIRST, number, "市招商局", "厂房已经交付", day, TODAY, link="https://www.jingmen.gov.cn/1")
    review(SECOND, number, True, "到现场看过", day, TODAY)
    tell(FIRST, number, "企业负责人", "满意", day, TODAY)
    close(SECOND, number, "复核和反馈都齐了", day, TODAY)


def test_a_problem_goes_from_finding_to_close_out_with_every_step_kept(store):
    number = add_problem(FIRST, new(unit()), TODAY)
    to_the_end(number)
    found, steps = read_problem(FIRST, number)
    assert found.state == "closed"
    assert not found.is_late(TODAY)
    assert [(one.step, one.by) for one in steps] == [
        ("find", "老张"), ("rectify", "老张"), ("review", "老王"), ("tell", "老张"), ("close", "老王"),
    ]  # fmt: skip
    assert steps[1].link == "https://www.jingmen.gov.cn/1"
    assert steps[3].whom == "企业负责人"


def test_who_rectified_neither_reviews_nor_closes_even_after_somebody_else_rectified_again(store):
    number = add_problem(FIRST, new(unit()), TODAY)
    rectify(FIRST, number, "市招商局", "交付了", TODAY, TODAY)
    for passed in (True, False):
        with pytest.raises(InputError, match="没有经手整改的另一个人"):
            review(FIRST, number, passed, "看过", TODAY, TODAY)
    review(SECOND, number, False, "只交付了一半", TODAY, TODAY)
    assert state(number) == "found"
    rectify(Actor("老吴", "staff"), number, "市招商局", "全交付了", TODAY, TODAY)
    with pytest.raises(InputError, match="整改是您经手的"):
        review(FIRST, number, True, "看过", TODAY, TODAY)
    review(SECOND, number, True, "看过", TODAY, TODAY)
    tell(FIRST, number, "企业", "满意", TODAY, TODAY)
    with pytest.raises(InputError, match="整改是您经手的"):
        close(FIRST, number, "齐了", TODAY, TODAY)
    close(SECOND, number, "齐了", TODAY, TODAY)


def test_no_step_is_left_out_and_none_goes_without_words(store):
    number = add_problem(FIRST, new(unit()), TODAY)
    for step in (
        lambda: review(SECOND, number, True, "看过", TODAY, TODAY),
        lambda: tell(FIRST, number, "企业", "满意", TODAY, TODAY),
        lambda: close(SECOND, number, "齐了", TODAY, TODAY),
        lambda: reopen(SECOND, number, "又犯了", TODAY, TODAY),
    ):
        with pytest.raises(InputError, match="现在是“待整改”"):
            step()
    with pytest.raises(InputError, match="没有写"):
        rectify(FIRST, number, "市招商局", " ", TODAY, TODAY)
    with pytest.raises(InputError, match="网址"):
        rectify(FIRST, number, "市招商局", "交付了", TODAY, TODAY, link="javascript:alert(1)")
    for day in (date(2026, 11, 1), TODAY + timedelta(days=1)):
        with pytest.raises(InputError, match="应在"):
            rectify(FIRST, number, "市招商局", "交付了", day, TODAY)


def test_a_closed_problem_is_reopened_with_a_reason_and_open_again(store):
    number = add_problem(FIRST, new(unit()), TODAY)
    to_the_end(number, date(2026, 11, 10))
    reopen(FIRST, number, "企业又反映没有给", date(2026, 11, 20), TODAY)
    assert state(number) == "found"
    with reading() as session:
        stood = {day: open_on(session, date(2026, 11, day)) for day in (1, 9, 10, 19, 20)}
    assert stood == {1: {}, 9: {number: True}, 10: {number: False}, 19: {number: False}, 20: {number: True}}


def test_the_plans_own_last_day_counts_only_for_what_was_found_before_it(store):
    number = unit()
    assert problems.plan_deadline() == date(2024, 12, 31)
    early = add_problem(FIRST, new(number, found_on=date(2024, 6, 1), due=None, due_source=""), TODAY)
    assert read_problem(FIRST, early)[0].due == date(2024, 12, 31)
    with pytest.raises(InputError, match="在发现以前"):
        add_problem(FIRST, new(number, due=None), TODAY)
    with pytest.raises(InputError, match="没有写这一种的期限"):
        add_problem(FIRST, new(number, kind="other", found_on=date(2024, 6, 1), due=None), TODAY)
    with pytest.raises(InputError, match="期限是谁定的"):
        add_problem(FIRST, new(number, due_source=""), TODAY)
    with pytest.raises(InputError, match="不能早于发现"):
        add_problem(FIRST, new(number, due=date(2026, 11, 1)), TODAY)
    with pytest.raises(InputError, match="还没有到"):
        add_problem(FIRST, new(number, found_on=TODAY + timedelta(days=1)), TODAY)


def test_late_ones_are_counted_by_state_and_unit_and_listed_first(store):
    promoting, finance = unit("市招商局"), unit("市财政局")
    late = add_problem(FIRST, new(promoting), TODAY)
    add_problem(FIRST, new(finance, kind="funds", title="资金没有拨", due=TODAY), TODAY)
    done = add_problem(FIRST, new(promoting), TODAY)
    to_the_end(done)
    found = count_problems(FIRST, TODAY)
    assert dict(found.states) == {"found": 2, "rectified": 0, "reviewed": 0, "told": 0, "closed": 1}
    assert (found.open, found.late, found.total) == (2, 1, 3)
    assert dict(found.units) == {"市招商局": (1, 1), "市财政局": (1, 0)}
    assert [one.id for one in list_problems(FIRST, Wanted("late"), TODAY)[0]] == [late]
    assert [one.id for one in list_problems(FIRST, Wanted(), TODAY)[0]] == [late, late + 1, done]
    assert list_problems(FIRST, Wanted(words="没有拨"), TODAY)[1] == 1
    assert list_problems(FIRST, Wanted("closed", "promises", promoting), TODAY)[1] == 1
    text = export_problems(FIRST, {"stage": "closed"}).content.decode("utf-8-sig")
    assert text.count("\r\n") == 2
    assert "复核和反馈都齐了" in text


def test_nothing_written_down_is_not_all_clear(store):
    def left() -> int | None:
        with reading() as session:
            return left_open(session, TODAY)

    assert left() is None
    number = unit()
    other = add_problem(FIRST, new(number, kind="other"), TODAY)
    assert left() is None
    mine = add_problem(FIRST, new(number), TODAY)
    assert left() == 1
    to_the_end(mine)
    assert left() == 0
    amend(FIRST, other, "属于欠款", TODAY, kind="arrears")
    assert left() == 1


def test_unit_and_last_day_are_put_right_with_a_reason_and_what_stood_there_stays(store):
    old, other = unit("市招商局"), unit("市财政局")
    number = add_problem(FIRST, new(old), TODAY)
    with pytest.raises(InputError, match="没有改什么"):
        amend(FIRST, number, "看错了", TODAY, unit=old)
    with pytest.raises(InputError, match="没有写"):
        amend(FIRST, number, "", TODAY, unit=other)
    amend(FIRST, number, "领导同意延期", TODAY, unit=other, due=date(2026, 12, 31))
    found, steps = read_problem(FIRST, number)
    assert (found.unit, found.due, found.state) == ("市财政局", date(2026, 12, 31), "found")
    assert "市招商局 → 市财政局" in steps[-1].text
    assert "2026-11-20 → 2026-12-31" in steps[-1].text
    to_the_end(number)
    with pytest.raises(InputError, match="已销号"):
        amend(FIRST, number, "再改", TODAY, due=TODAY)


def test_a_region_has_its_own_problems_and_team_members_none(store):
    city = add_problem(FIRST, new(unit()), TODAY)
    own_unit, other_unit = unit("京山市招商局", "京山市"), unit("钟祥市招商局", "钟祥市")
    own = add_problem(JINGSHAN, new(own_unit), TODAY)
    assert read_problem(FIRST, own)[0].region == "京山市"
    assert [one.id for one in list_problems(JINGSHAN, Wanted(), TODAY)[0]] == [own]
    assert count_problems(JINGSHAN, TODAY).total == 1
    assert "京山市招商局" in export_problems(JINGSHAN, {}).content.decode("utf-8-sig")
    assert export_problems(JINGSHAN, {}).content.decode("utf-8-sig").count("\r\n") == 2
    for call in (
        lambda: read_problem(JINGSHAN, city),
        lambda: rectify(JINGSHAN, city, "谁", "什么", TODAY, TODAY),
        lambda: amend(JINGSHAN, city, "什么", TODAY, due=TODAY),
        lambda: add_problem(JINGSHAN, new(own_unit, region="钟祥市"), TODAY),
        lambda: add_problem(JINGSHAN, new(other_unit), TODAY),
    ):
        with pytest.raises(InputError):
            call()
    for call in (
        lambda: list_problems(Actor("小分队", "team"), Wanted(), TODAY),
        lambda: add_problem(None, new(own_unit), TODAY),
        lambda: export_problems(Actor("小分队", "team"), {}),
        lambda: count_problems(None, TODAY),
    ):
        with pytest.raises(NotAllowed):
            call()


ACTS = ("rectify", "review", "send_back", "tell", "close", "reopen")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.booleans()), max_size=14))
def test_whatever_is_tried_a_problem_is_closed_only_after_all_steps_by_two_persons(store, acts):
    number = add_problem(FIRST, new(unit()), TODAY)
    for act, by_first in acts:
        actor = FIRST if by_first else SECOND
        calls = {
            "rectify": lambda: rectify(actor, number, "谁", "做了", TODAY, TODAY),  # noqa: B023
            "review": lambda: review(actor, number, True, "看了", TODAY, TODAY),  # noqa: B023
            "send_back": lambda: review(actor, number, False, "不行", TODAY, TODAY),  # noqa: B023
            "tell": lambda: tell(actor, number, "谁", "说了", TODAY, TODAY),  # noqa: B023
            "close": lambda: close(actor, number, "齐了", TODAY, TODAY),  # noqa: B023
            "reopen": lambda: reopen(actor, number, "又犯", TODAY, TODAY),  # noqa: B023
        }
        try:
            calls[act]()
        except InputError:
            continue
    found, steps = read_problem(FIRST, number)
    taken = [one for one in steps if one.step != "amend"]
    for place, one in enumerate(taken):
        if one.step == "close":
            assert [before.step for before in taken[place - 3 : place]] == ["rectify", "review", "tell"]
            rectified = {before.by for before in taken[:place] if before.step == "rectify"}
            assert one.by not in rectified
            assert taken[place - 2].by not in rectified
    assert (found.state == "closed") == (taken[-1].step == "close")
