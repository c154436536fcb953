"""走访清单, 今日路线 and 走访提纲 as a team member uses them: from the list to the route to an answer at the door."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from navigator.auth import COMMAND_LINE, Actor
from navigator.delivery.contacts import list_contacts
from navigator.delivery.routes import of_day
from navigator.delivery.teams import claims_of, list_teams, save_team
from navigator.delivery.worklist import latest, make_worklist
from navigator.store.engine import reading
from navigator.store.enterprises import add_enterprise, find_enterprises, read_enterprise, save_facts
from navigator.store.provisional import is_provisional
from tests.delivery.pushed import FACTS
from tests.store.test_importing_columns import code
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, headings, labels, notices

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
LI = Actor("京山小李", "staff", "京山市")


def firm(number: int, **facts: object) -> int:
    told = {"uscc": code(number), "name": f"第{number}厂", **FACTS, **facts}
    return add_enterprise(COMMAND_LINE, told, source="名单", on=TODAY).id


def click(page, label: str, rerun) -> None:
    next(one for one in page.button if one.label == label).click()
    rerun(page)


@pytest.fixture
def chen(signed_in) -> Actor:
    return signed_in("team", "京山市", "小陈")


def test_from_no_list_to_a_route_of_the_day(open_page, signed_in, rerun, store):
    one, two = firm(1), firm(2)
    firm(3, region="钟祥市")
    signed_in("staff", "京山市", "小李")
    page = open_page("worklist")
    assert "还没有小分队。请工作人员在“走访清单”页下面建队。" in notices(page)
    next(box for box in page.text_input if box.label == "队名").set_value("宋河小分队")
    next(box for box in page.text_area if box.label == "队员的用户名，一行一个").set_value("小陈\n\n小李")
    click(page, "存下这个队", rerun)
    (team,) = list_teams(LI)
    assert team.members == ("小陈", "小李")
    signed_in("team", "京山市", "小陈")
    page = open_page("worklist")
    click(page, "按今天的档案重新算", rerun)
    assert latest(LI).as_of == TODAY  # type: ignore[union-attr]
    text = everything(page)
    assert "看了 2 家" in text
    assert "能拿没拿" in text
    assert {"**第1厂**", "**第2厂**"} <= set(labels(page))
    page.button(key=f"add:{two}").click()
    rerun(page)
    page.button(key=f"add:{one}").click()
    rerun(page)
    assert "排进了宋河小分队 2026\\-11\\-23 的路线" in everything(page)
    page = open_page("route")
    assert [name for name in labels(page) if "厂" in name] == ["**1. 第2厂**", "**2. 第1厂**"]
    page.button(key=f"up:{one}").click()
    rerun(page)
    page.button(key=f"off:{two}").click()
    rerun(page)
    assert [stop.enterprise_id for stop in of_day(LI, team.id, TODAY).stops] == [one]
    with reading() as session:
        assert claims_of(session, [one, two]).keys() == {one}


def test_a_shop_met_on_the_way_is_there_in_one_form_and_its_brief_opens(open_page, chen, rerun):
    page = open_page("worklist")
    page.text_input(key="shop:phone").set_value("123")
    page.text_input(key="shop:name").set_value("老王面馆 [x](https://bad.example)")
    click(page, "登记，打开走访提纲", rerun)
    assert any("手机号是11位" in one for one in notices(page))
    assert not find_enterprises(chen, "面馆")
    page.text_input(key="shop:phone").set_value("13800138000")
    click(page, "登记，打开走访提纲", rerun)
    (found,) = find_enterprises(chen, "面馆")
    assert is_provisional(found.uscc)
    assert [one.purpose for one in list_contacts(chen, found.uscc)] == ["走访"]
    page = open_page("brief", id=str(found.id))
    assert "代码待补" in everything(page)
    assert "](https://bad" not in everything(page)


def test_what_is_told_at_the_door_is_kept_and_said_to_be(open_page, chen, rerun):
    number = firm(1, taxable_income=None)
    make_worklist(LI, TODAY, now=NOW)
    page = open_page("brief", id=str(number))
    assert "当面问这几件" in headings(page)
    assert [one for one in headings(page) if one.startswith("能得能省、还没办的")]
    click(page, "存下回答", rerun)
    assert any("一项也没有填" in one for one in notices(page))
    fact = page.session_state["asked:1:0"][0].fact
    fill(page, fact)
    save_facts(COMMAND_LINE, code(1), {"veteran_hires": 2}, source="电话", on=TODAY, based_on=1)
    click(page, "存下回答", rerun)
    assert any("别人刚改过" in one for one in notices(page))
    click(page, "存下回答", rerun)
    kept = read_enterprise(chen, code(1))
    assert (kept.facts[fact].source, kept.facts[fact].on) == ("走访", TODAY)
    assert kept.profile["veteran_hires"] == 2
    assert "走访清单也更新了" in everything(page)


def fill(page, fact: str) -> None:
    """Fill the box of a fact with something that fits."""
    for kind, value in (("text_input", "12"), ("segmented_control", "是"), ("selectbox", None), ("date_input", TODAY)):
        for box in getattr(page, kind):
            if str(box.key).startswith(f"answer:1:{fact}:"):
                box.set_value(value if value is not None else box.options[0])
                return
    raise AssertionError(f"no box for {fact}")


def test_only_the_team_of_the_region_sees_any_of_it(open_page, signed_in, store):
    number = firm(1)
    save_team(LI, "宋河小分队", ["小陈"], now=NOW)
    make_worklist(COMMAND_LINE, TODAY, now=NOW)
    signed_in("team", "钟祥市")
    assert [one.value for one in open_page("brief", id=str(number)).title] == ["没有这家企业"]
    assert [one.value for one in open_page("brief", id="x").title] == ["没有这家企业"]
    assert "第1厂" not in everything(open_page("worklist"))
    signed_in("public")
    for name in ("worklist", "route", "brief"):
        assert [one.value for one in open_page(name).title] == ["这一页您看不了"]
