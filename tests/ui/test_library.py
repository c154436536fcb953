"""政策库: all measures with filters that stand in the URL and counts beside them, page by page, and what can be taken along."""

from __future__ import annotations

import re

import pytest

from navigator import opendata
from navigator.catalogue import chosen, counts, entries
from navigator.errors import InputError
from navigator.matching.dates import period
from navigator.matching.rulebook import default_rulebook
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, labels, link_parameters, notices

CORPUS = default_rulebook().corpus
LISTED = entries(CORPUS.measures, TODAY)


def measure_ids(page) -> list[str]:
    """The measures of the rows, in order."""
    return [parameters["id"][0] for parameters in link_parameters(page) if "id" in parameters]


def pill_labels(page, name: str) -> list[str]:
    """The choices of a filter as they are written, with their counts."""
    return [option.content for option in page.get_by_key(f"filter:{name}").proto.options]


def test_everything_is_listed_page_by_page_and_what_counts_today_comes_first(open_page):
    page = open_page("library")
    assert f"**{len(CORPUS.measures)} 项**" in everything(page)
    found = measure_ids(page)
    assert found == [entry.measure.id for entry in chosen(LISTED, {})][:20]
    assert all(period(CORPUS.measure_by_id[one], TODAY) == "in_force" for one in found)
    second = measure_ids(open_page("library", p="2"))
    assert len(second) == 20
    assert not set(found) & set(second)


@pytest.mark.parametrize(
    "given",
    [
        {"status": "expired"},
        {"level": "荆门市", "domain": ["外贸跨境", "人才"]},
        {"commitment": "44", "delivery": "申请审核"},
        {"verification": "confirmed", "money": "estimate"},
        {"apply": "closed"},
        {"text": "高新技术", "order": "新发的在前"},
    ],
    ids=str,
)
def test_a_link_with_filters_shows_what_fits_them(open_page, given):
    choice = {
        name: [values] if isinstance(values, str) else values
        for name, values in given.items()
        if name not in ("text", "order")
    }
    expected = chosen(LISTED, choice, str(given.get("text", "")), "newest" if "order" in given else "domain")
    page = open_page("library", **given)
    assert f"**{len(expected)} 项**" in everything(page)
    assert measure_ids(page) == [entry.measure.id for entry in expected][:20]
    assert not notices(page)


def test_choosing_writes_the_url_and_changes_the_other_counts(open_page, rerun):
    page = open_page("library", domain="外贸跨境")
    page.get_by_key("filter:level").set_value(["国家"])
    rerun(page)
    assert page.query_params["level"] in ("国家", ["国家"])
    assert page.query_params["domain"] in ("外贸跨境", ["外贸跨境"])
    left = counts(LISTED, {"domain": ["外贸跨境"], "level": ["国家"]}, "delivery")
    assert pill_labels(page, "delivery") == [f"{name} {number}" for name, number in sorted_as_shown(left)]


def sorted_as_shown(left) -> list[tuple[str, int]]:
    order = ["免申即享", "自行申报享受", "申请审核", "金融机构办理"]
    return sorted(left.items(), key=lambda item: order.index(item[0]))


def test_a_new_filter_starts_at_the_first_page(open_page, rerun):
    page = open_page("library", p="3")
    page.get_by_key("filter:status").set_value(["in_force"])
    rerun(page)
    assert measure_ids(page) == [entry.measure.id for entry in chosen(LISTED, {"status": ["in_force"]})][:20]


def test_all_filters_can_be_taken_back_at_once(open_page, rerun):
    page = open_page("library", level="荆门市", text="展位")
    next(button for button in page.button if button.label == "筛选全部去掉").click()
    rerun(page)
    assert f"**{len(CORPUS.measures)} 项**" in everything(page)
    assert "level" not in page.query_params
    assert page.text_input(key="text").value == ""


def test_each_row_says_its_state_in_a_word_with_an_icon(open_page):
    shown = everything(open_page("library", status="expired"))
    assert shown.count(":material/event_busy: 已到期]") == 20
    assert ":material/account_balance:" in shown


def test_the_day_decides_the_status(open_page):
    earlier = entries(CORPUS.measures, TODAY.replace(year=2024))
    page = open_page("library", as_of="2024-11-23")
    expected = counts(earlier, {}, "status")
    assert f"在有效期内 {expected['in_force']}" in pill_labels(page, "status")
    assert "2024-11-23 有没有效" in [str(one.label) for one in page.pills]


def test_a_filter_that_makes_no_sense_is_told_and_left_out(open_page):
    page = open_page("library", level=["国家", "火星"])
    assert "链接里有一个筛选看不懂，没有用上。" in notices(page)
    assert page.get_by_key("filter:level").value == ["国家"]


def test_nothing_found_offers_the_search_with_the_same_words(open_page):
    page = open_page("library", text="龙鳞")
    assert notices(page) == ["没有同时满足这些筛选的政策，去掉一两个再看。"]
    assert {"q": ["龙鳞"]} in link_parameters(page)


def test_booklet_data_and_platforms_are_a_step_away(open_page):
    page = open_page("library")
    assert [button.label for button in page.get("download_button")] == ["政策手册 PDF", "政策手册 Word"]
    assert any("数据字典" in label for label in labels(page))
    assert any(re.match(r"方案里的 \d+ 个平台和机制", label) for label in labels(page))


def test_without_a_chinese_font_one_sentence_says_what_to_install(open_page, monkeypatch):
    from navigator.reports import fonts

    def missing() -> None:
        raise InputError("中文字体", "没有找到", "请先安装思源黑体")

    monkeypatch.setattr(fonts, "paper_font", missing)
    for path, parameters in (("library", {}), ("measure", {"id": "tax-hnte-15"})):
        page = open_page(path, **parameters)
        assert not page.get("download_button")
        assert any("现在下载不了" in one.value and "请先安装思源黑体" in one.value for one in page.caption)


def test_the_open_data_page_offers_each_table_twice_and_explains_each_column(open_page):
    page = open_page("open-data")
    offered = [button.label for button in page.get("download_button")]
    assert offered.count("CSV") == offered.count("JSON") == len(opendata.tables())
    shown = everything(page)
    for table in opendata.tables().values():
        assert table.title in shown
        assert all(f"`{column.name}` {column.meaning}" in shown for column in table.columns)
