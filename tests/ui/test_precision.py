"""精准率 and 评判: what staff see there and do there, by role and region; the page shows what the command prints."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from navigator.auth import COMMAND_LINE, Actor
from navigator.cli import main
from navigator.delivery import judging, metrics, samples
from navigator.delivery.counting import Scope, count
from navigator.store.audit import Filter, read_audit
from navigator.store.engine import reading
from tests.delivery.figure_worlds import MEASURES, Push, make_world
from tests.delivery.pushed import push_out
from tests.ui.seen import everything, headings, notices

CITY = Actor("市局老张", "staff")


@pytest.fixture(autouse=True)
def november(monkeypatch):
    from navigator.ui import precision
    from tests.ui.conftest import TODAY

    for module in (metrics, judging, precision):
        monkeypatch.setattr(module, "today", lambda: TODAY)


def two_strata():
    return make_world(
        [Push(n, MEASURES[0], "京山市", "市税务局", answer="fits" if n < 5 else None) for n in range(1, 13)]
        + [Push(n, MEASURES[1], "钟祥市", "市经信局") for n in range(101, 105)]
    )


def judge_all():
    while (item := judging.next_item(CITY, 202611)) is not None:
        judging.judge(CITY, item, "right")


def click(page, label: str, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


def values(page) -> dict[str, str]:
    return {one.label.split("　")[0]: one.value for one in page.metric}


def test_without_pushes_the_pages_say_so(open_page, signed_in, store):
    signed_in("staff")
    for path in ("precision", "judge"):
        assert any("还没有发出过推送" in text for text in notices(open_page(path)))


def test_the_page_shows_what_the_command_prints(open_page, signed_in, store, capsys):
    two_strata()
    samples.draw(CITY, 202611, least=3, total=0)
    judge_all()
    signed_in("staff")
    page = open_page("precision")
    assert main(["metrics", "--month", "2026-11", "--json"]) == 0
    printed = {one["name"]: one for one in json.loads(capsys.readouterr().out)["figures"]}
    shown = values(page)
    assert set(shown) == set(printed)
    for name, value in shown.items():
        assert value == metrics.shown(printed[name]["value"], printed[name]["unit"])
    text = everything(page)
    low, high = printed["精准推送率"]["low"], printed["精准推送率"]["high"]
    assert f"{low:.1f}%–{high:.1f}%" in text
    assert "目标：不低于95%" in " ".join(one.label for one in page.metric)
    assert "达到目标" in text
    assert "怎么算的" in text
    assert {"按月看", "2026年11月分开看", "是哪些企业、哪些事", "旁边的指标"} <= set(headings(page))


def test_before_enough_is_judged_the_page_says_what_is_lacking(open_page, signed_in, store):
    two_strata()
    samples.draw(CITY, 202611, least=3, total=0)
    signed_in("staff")
    page = open_page("precision")
    assert values(page)["精准推送率"] == "还没有"
    assert "还差 6 条评判（2 层没评够" in everything(page)


def test_a_figure_leads_to_its_enterprises_and_the_look_is_logged(open_page, signed_in, rerun, store):
    two_strata()
    signed_in("staff", "京山市", "京山小李")
    page = open_page("precision")
    page.selectbox(key="list").set_value("push-sent:sent")
    text = everything(rerun(page))
    assert "全部推送**：12 条" in text
    assert "甲1厂" in text
    assert "钟祥市" not in text
    assert read_audit(COMMAND_LINE, Filter(actor="京山小李", action="看指标的明细"))


def test_the_parts_are_those_chosen(open_page, signed_in, rerun, store):
    two_strata()
    signed_in("staff")
    page = open_page("precision")
    tables = lambda: [str(one.value) for one in page.table]  # noqa: E731
    assert any("京山市" in table for table in tables())
    page.segmented_control(key="by").set_value("office")
    rerun(page)
    assert any("市经信局" in table for table in tables())
    assert not any("京山市" in table for table in tables())


def test_the_month_of_a_link_is_shown_and_another_goes_into_the_address(open_page, signed_in, rerun, store):
    october = datetime(2026, 10, 5, tzinfo=UTC)
    make_world(
        [
            Push(1, MEASURES[0], "京山市", "甲"),
            Push(2, MEASURES[0], "京山市", "甲", october),
            Push(3, MEASURES[0], "京山市", "甲", october),
        ]
    )
    signed_in("staff")
    page = open_page("precision", month="2026-10")
    assert values(page)["已发推送"] == "2条"
    page.selectbox(key="month").set_value("2026-11")
    assert values(rerun(page))["已发推送"] == "1条"
    assert page.query_params["month"] in ("2026-11", ["2026-11"])
    assert values(open_page("precision", month="nonsense"))["已发推送"] == "1条"


def test_coverage_is_counted_when_asked(open_page, signed_in, rerun, store):
    push_out()
    signed_in("staff")
    page = open_page("precision")
    assert values(page)["覆盖率"] == "还没有"
    click(page, "按今天的档案重新算覆盖率", rerun)
    assert values(page)["覆盖率"].endswith("%")


def test_a_sample_is_drawn_judged_and_counts(open_page, signed_in, rerun, store):
    push_out()
    signed_in("staff", "京山市", "京山小李")
    page = click(open_page("judge"), "抽样", rerun)
    assert any("新抽 1 条" in text.value for text in page.success)
    text = everything(page)
    assert "京山机械厂" in text
    assert "从业人数 45人" in text
    assert "依据：" in text
    page.radio[0].set_value("wrong")
    click(page, "记下，看下一条", rerun)
    assert any("没有写" in text for text in notices(page))
    assert page.radio[0].value == "wrong"
    page.text_area[0].set_value("停产了")
    click(page, "记下，看下一条", rerun)
    assert any("记下了：错" in text.value for text in page.success)
    assert any("没有等着的了" in text.value for text in page.success)
    with reading() as session:
        (one,) = count(session, Scope(202611, 202611)).drawn
    assert one.verdict == "wrong"
    assert values(open_page("precision"))["精准推送率"] == "0.0%"


def test_the_second_judge_sees_nothing_of_the_first_and_a_third_settles_with_both_in_view(
    open_page, signed_in, rerun, store
):
    push_out()
    samples.draw(CITY, 202611, least=2, total=0)
    judging.judge(CITY, judging.next_item(CITY, 202611), "wrong", "电话打不通")
    signed_in("staff", "京山市", "京山小李")
    page = open_page("judge")
    page.segmented_control(key="task").set_value("second")
    text = everything(rerun(page))
    assert "京山机械厂" in text
    assert "电话打不通" not in text
    assert "市局老张" not in text
    page.radio[0].set_value("right")
    click(page, "记下，看下一条", rerun)
    signed_in("staff", None, "老吴")
    page = open_page("judge")
    page.segmented_control(key="task").set_value("settle")
    text = everything(rerun(page))
    assert "电话打不通" in text
    assert "京山小李" in text
    page.radio[0].set_value("right")
    page.text_area[0].set_value("去看过")
    click(page, "记下，看下一条", rerun)
    with reading() as session:
        assert count(session, Scope(202611, 202611)).drawn[0].verdict == "right"


def test_another_region_sees_nothing_and_a_team_member_is_turned_away(open_page, signed_in, store):
    push_out()
    signed_in("staff", "钟祥市")
    for path in ("precision", "judge"):
        assert "京山" not in everything(open_page(path))
    signed_in("team", "京山市")
    for path in ("precision", "judge"):
        assert [title.value for title in open_page(path).title] == ["这一页您看不了"]


def test_invented_pushes_are_shown_by_themselves_and_marked(open_page, signed_in, store):
    make_world([Push(1, MEASURES[0], "京山市", "甲", example=True)])
    signed_in("staff")
    page = open_page("precision")
    assert any("下面全是示例" in text for text in notices(page))
    assert values(page)["精准推送率（示例）"] == "还没有"
