"""走访记录: what the team and staff see and do there, by role and region."""

from __future__ import annotations

from datetime import date

import pytest

from navigator.auth import COMMAND_LINE
from navigator.delivery.visits import VisitNote, correct, keep, read_visit
from navigator.delivery.visits_promises import Promise, WantedPromises, list_promises
from tests.delivery.test_photos import kept, picture, sqlite
from tests.delivery.test_visits import BOSS, CHEN, NOW, firm, note, visit
from tests.store.conftest import migrated_file
from tests.ui.conftest import TODAY
from tests.ui.seen import everything, labels, notices
from tests.ui.test_fulfilment import click

__all__ = ["kept", "migrated_file", "sqlite"]


@pytest.fixture
def number(store) -> int:
    promises = (Promise("帮问贴息怎么办", date(2026, 11, 20)),)
    return keep(CHEN, note(firm(), visited_on=date(2026, 11, 2), promises=promises), TODAY, now=NOW)


def test_a_visit_is_written_down_and_its_page_opens(open_page, signed_in, rerun, store):
    firm(1, "京山机械厂")
    signed_in("team", "京山市", "小陈")
    page = open_page("visit-new")
    page.text_area(key="visit-new:words:0").set_value("想贷款买设备")
    click(page, "存下来", rerun)
    assert any("还没有选去的是哪家企业" in text for text in notices(page))
    page.text_input(key="words").set_value("机械")
    rerun(page)
    next(button for button in page.button if "京山机械厂" in button.label).click()
    rerun(page)
    assert page.text_area(key="visit-new:words:0").value == "想贷款买设备"
    page.text_area(key="visit-new:words:0").set_value(" ")
    click(page, "存下来", rerun)
    assert any("没有写谈了什么" in text for text in notices(page))
    page.text_input(key="visit-new:name:0:0").set_value("王厂长")
    page.text_input(key="visit-new:phone:0:0").set_value("12345")
    page.pills(key="visit-new:topics:0").set_value(["funds", "other"])
    page.text_area(key="visit-new:words:0").set_value("想贷款买设备")
    click(page, "记一件答应企业的事", rerun)
    page.text_input(key="visit-new:promise:0:0").set_value("帮问贴息怎么办")
    page.text_input(key="visit-new:other:0").set_value("厂门口的路")
    click(page, "存下来", rerun)
    assert any("手机号是11位" in text for text in notices(page))
    page.text_input(key="visit-new:phone:0:0").set_value("13800138000")
    click(page, "存下来", rerun)
    made, versions = read_visit(COMMAND_LINE, 1)
    assert (made.topic_words, made.words, made.members) == ("资金融资、厂门口的路", "想贷款买设备", ("小陈",))
    assert [(one.name, one.phone) for one in versions[0].met] == [("王厂长", "138****8000")]
    assert [one.words for one in made.promises] == ["帮问贴息怎么办"]


def test_the_list_says_what_is_late_by_word_and_leads_to_each(open_page, signed_in, rerun, number):
    signed_in("team", "京山市")
    page = open_page("visits")
    assert any("有 1 件已经超期" in text for text in notices(page))
    assert "**京山机械厂**　2026-11-02" in labels(page)
    assert "1件事超期" in everything(page)
    page.text_input(key="words").set_value("没有的字")
    rerun(page)
    assert "没有这样的走访记录" in everything(page)
    assert "没有这样的走访记录" in everything(open_page("visits", enterprise="99"))
    page = open_page("visits", enterprise="1")
    assert "**京山机械厂**　2026-11-02" in labels(page)
    click(page, "只看了一家企业的，看全部", rerun)
    assert "enterprise" not in page.query_params
    page = open_page("visits", view="答应的事")
    assert "**帮问贴息怎么办**" in labels(page)
    assert "已经超期" in everything(page)
    signed_in("team", "钟祥市")
    assert "**京山机械厂**　2026-11-02" not in labels(open_page("visits"))
    assert open_page("visit-record", id=str(number)).title[0].value == "没有这次走访"


def test_a_promise_is_kept_on_the_page_of_its_visit(open_page, signed_in, rerun, number):
    signed_in("team", "京山市", "小陈")
    page = open_page("visit-record", id=str(number))
    click(page, "办到了", rerun)
    assert any("没有写" in text for text in notices(page))
    page.text_input(key="text:1:open:0").set_value("问过银行了")
    click(page, "办到了", rerun)
    (one,) = list_promises(COMMAND_LINE, WantedPromises(), TODAY)[0]
    assert (one.state, one.settled_on) == ("kept", TODAY)
    assert "问过银行了" in everything(page)


def test_a_number_is_shown_when_asked_for_and_erased_with_the_name(open_page, signed_in, rerun, number):
    signed_in("team", "京山市", "小陈")
    page = open_page("visit-record", id=str(number))
    assert "138\\*\\*\\*\\*8000" in everything(page)
    assert "13800138000" not in everything(page)
    click(page, "看完整电话", rerun)
    assert "13800138000" in everything(page)
    click(page, "确定删掉", rerun)
    assert BOSS.name not in everything(page)
    assert "13800138000" not in everything(page)


def test_a_correction_keeps_what_stood_before_and_stops_who_was_slower(open_page, signed_in, rerun, number):
    signed_in("team", "京山市", "小陈")
    page = open_page("visit-record", id=str(number))
    page.text_area(key=f"visit:{number}:correct:words:0").set_value("想贷款扩建厂房")
    found = read_visit(COMMAND_LINE, number)[0]
    correct(CHEN, number, VisitNote(found.enterprise_id, found.visited_on, words="别人写的"), "补充", 1, TODAY, now=NOW)
    page.text_input(key=f"visit:{number}:correct:why:0").set_value("听错了")
    click(page, "存更正", rerun)
    assert any("更正过一次" in text for text in notices(page))
    assert page.text_area(key=f"visit:{number}:correct:words:0").value == "想贷款扩建厂房"
    click(page, "看过了，接着改", rerun)
    click(page, "存更正", rerun)
    found, versions = read_visit(COMMAND_LINE, number)
    assert [one.words for one in versions] == ["想贷款买设备", "别人写的", "想贷款扩建厂房"]
    assert "以前写的（2版）" in everything(page)


def test_photos_are_put_on_the_page_and_shown_by_their_address(open_page, signed_in, rerun, kept):
    number = visit()
    signed_in("team", "京山市", "小陈")
    page = open_page("visit-record", id=str(number))
    page.file_uploader[0].upload("a.png", picture(kind="PNG"), "image/png").upload("b.txt.png", b"x", "image/png")
    rerun(page)
    click(page, "存照片", rerun)
    assert any("b.txt.png" in text for text in notices(page))
    assert len(list(kept.iterdir())) == 1


def test_only_staff_can_take_a_record_away(open_page, signed_in, rerun, number):
    signed_in("team", "京山市", "小陈")
    assert "删掉这次记录" not in everything(open_page("visit-record", id=str(number)))
    signed_in("staff", "京山市", "小李")
    page = open_page("visit-record", id=str(number))
    page.text_input(key=f"remove:{number}").set_value("记错了企业")
    page.button(key=f"removed:{number}").click()
    rerun(page)
    assert page.title[0].value == "没有这次走访"
