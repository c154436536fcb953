"""政策日历 on the page: real text by month and day, only what fits who answered, doubt said in words, the same as a file."""

from __future__ import annotations

from datetime import date

from navigator.delivery.calendars import feed_of, list_for_record, make_for_visitor
from navigator.matching.assess import assess
from navigator.reports.calendar import events, later, undated
from navigator.store.calendar_tables import CalendarLinkRow
from navigator.store.engine import reading
from navigator.store.enterprises import add_enterprise
from navigator.ui.policy_calendar import ABOUT
from navigator.ui.words import plain
from tests.delivery.pushed import FACTS
from tests.store.test_importing_columns import code
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, notices
from tests.ui.test_checkup import FACTORY


def fitting(*outcomes: str) -> set[str]:
    return {one.measure.id for one in assess(FACTORY, TODAY).measures if one.outcome in outcomes}


def test_a_visitor_sees_every_day_of_the_year_as_text_and_what_waits_for_a_notice(open_page):
    page = open_page("calendar")
    shown = everything(page)
    listed = events(TODAY, later(TODAY))
    months = list(dict.fromkeys(f"{one.day.year}年{one.day.month}月" for one in listed))
    assert headings(page)[: len(months)] == months
    assert f"有 **{len(listed)}** 个日子" in shown
    assert {plain(one.measure.name) for one in listed} <= set(labels(page))
    assert "**12月31日　星期四**" in shown
    assert ABOUT[0] in shown
    assert f"还没有定日子的（{len(undated(TODAY))}项）" in shown
    assert "先做政策体检，就只列适合您的" in labels(page)
    assert [one.label for one in page.get("download_button")] == ["存进手机日历（.ics）"]


def test_who_answered_sees_what_is_not_ruled_out_or_only_what_fits_wholly(open_page, rerun):
    page = open_page("calendar", FACTORY)
    everybody, maybe = events(TODAY, later(TODAY)), events(TODAY, later(TODAY), fitting("eligible", "needs_info"))
    others = {plain(one.measure.name) for one in everybody} - {plain(one.measure.name) for one in maybe}
    assert maybe
    assert others
    assert f"有 **{len(maybe)}** 个日子" in everything(page)
    assert not others & set(labels(page))
    page.segmented_control(key="fit").set_value("all")
    assert f"有 **{len(everybody)}** 个日子" in everything(rerun(page))
    page.segmented_control(key="fit").set_value("mine")
    assert not events(TODAY, later(TODAY), fitting("eligible"))
    assert any("没有写明的日子" in told for told in notices(rerun(page)))


def test_an_enterprise_that_fits_wholly_sees_its_own_days(open_page, rerun):
    shop = {"entity_type": "个体工商户", "taxpayer_type": "小规模纳税人", "monthly_sales": 50_000, "region": "掇刀区"}
    fits = {one.measure.id for one in assess(shop, TODAY).measures if one.outcome == "eligible"}
    wanted = events(TODAY, later(TODAY, 2), fits)
    assert wanted
    page = open_page("calendar", shop)
    page.segmented_control(key="fit").set_value("mine")
    page.segmented_control(key="years").set_value(2)
    assert f"有 **{len(wanted)}** 个日子" in everything(rerun(page))
    assert {plain(one.measure.name) for one in wanted} <= set(labels(page))


def test_a_domain_and_a_longer_time_change_the_list_and_a_crowded_day_is_folded(open_page, rerun):
    page = open_page("calendar")
    page.segmented_control(key="years").set_value(3)
    crowded = [one.measure.id for one in events(TODAY, later(TODAY, 3)) if one.day == date(2027, 12, 31)]
    assert any(f"共 {len(set(crowded))} 项" in one.label for one in rerun(page).expander)
    page.pills(key="domain").set_value(["融资担保"])
    rerun(page)
    wanted = [one for one in events(TODAY, later(TODAY, 3)) if one.measure.domain == "融资担保"]
    assert f"有 **{len(wanted)}** 个日子" in everything(page)


def test_where_nothing_has_a_day_that_is_said(open_page):
    page = open_page("calendar", as_of="2035-12-31", domain="融资担保")
    assert "从 2035-12-31 到 2036-12-31，这些政策里没有写明的日子。" in notices(page)
    assert not page.get("download_button")


def button(page, label: str):
    return next(one for one in page.button if one.label == label)


def test_a_visitor_makes_a_link_by_an_explicit_wish_and_stops_it_again(open_page, rerun, store):
    page = open_page("calendar")
    assert "做一个订阅链接" not in [one.label for one in page.button]
    page = open_page("calendar", FACTORY)
    with reading() as session:
        assert session.query(CalendarLinkRow).count() == 0
    button(page, "做一个订阅链接").click()
    rerun(page)
    address = page.code[0].value
    with reading() as session:
        kept = session.query(CalendarLinkRow).one()
        assert set(kept.measures) == fitting("eligible", "needs_info")
        assert not set(FACTORY) & set(vars(kept))
    assert feed_of(address)
    assert address not in str(page.query_params)
    button(page, "停用这个链接").click()
    assert not rerun(page).code
    assert feed_of(address) is None


def test_a_link_of_another_day_is_stopped_by_pasting_it_and_a_wrong_one_is_told(open_page, rerun, store):
    made = make_for_visitor(["tax-vc-70pct"], TODAY, TODAY, "")
    page = open_page("calendar")
    page.text_input[0].set_value("不是链接")
    button(page, "停用").click()
    assert ["没有找到" in told for told in notices(rerun(page))] == [True]
    page.text_input[0].set_value(made.address)
    button(page, "停用").click()
    assert "链接停用了" in everything(rerun(page))
    assert feed_of(made.address) is None


def test_staff_make_and_stop_the_link_of_a_record(open_page, rerun, signed_in):
    who = signed_in("staff", "京山市")
    record = add_enterprise(who, FACTS | {"uscc": code(1), "name": "京山一厂"}, source="走访", on=TODAY)
    page = open_page("record", id=str(record.id))
    page.segmented_control(key="view").set_value("benefits")
    rerun(page)
    page.button(key="calendar:make").click()
    rerun(page)
    address = page.code[0].value
    assert feed_of(address)
    (held,) = list_for_record(who, record.uscc, TODAY)
    page.button(key=f"calendar:stop:{held.id}").click()
    assert not rerun(page).code
    assert feed_of(address) is None
