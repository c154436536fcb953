"""推送: a batch from the form to its files, as two people of one office see it; other offices and roles see nothing of it."""

from __future__ import annotations

import pytest

from navigator.auth import NotAllowed
from navigator.delivery import batches, filling, handing
from navigator.delivery.messages import default_text
from navigator.exports import EXPORTS
from navigator.settings import settings
from navigator.store.demo import add_demo
from tests.delivery.batch_makers import DAY, MEASURE, NOON, ZHANG, ZHAO, approved, draft, firm, put, selected
from tests.delivery.mailserver import mail_server
from tests.ui.seen import everything, headings, labels, link_parameters, notices


@pytest.fixture(autouse=True)
def selecting_is_over_at_once(monkeypatch, tmp_path):
    """Selecting runs in the page's own turn, so that the test sees its end."""
    from navigator.ui import pushes, pushes_form, pushes_steps

    def fill_now(actor, number):
        filling.fill(actor, number)
        return type("Over", (), {"join": lambda self, seconds: None})()

    for module in (pushes, pushes_form, pushes_steps):
        monkeypatch.setattr(module, "fill_apart", fill_now)


def press(page, label: str, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


def downloads(page) -> str:
    return "".join(element.proto.body for element in page.get("html"))


def test_the_list_tells_what_waits_for_a_second_person_first(open_page, signed_in, store):
    put([firm(1), firm(2, "钟祥市")])
    done = approved()
    waiting = selected(title="第二批", choice=batches.read_choice({"measures": ["fee-disabled-fund-exempt-30"]}))
    batches.propose(ZHANG, waiting)
    signed_in("staff", None)
    page = open_page("pushes")
    assert headings(page) == ["等批准的（1）", "正在做的（1）"]
    assert {"id": [str(waiting)]} in link_parameters(page)
    assert {"id": [str(done)]} in link_parameters(page)
    assert "等另一个人批准" in everything(page)


def test_an_office_sees_its_own_batches_alone(open_page, signed_in, store):
    put([firm(1)])
    number = selected()
    signed_in("staff", "京山市")
    assert "还没有推送过" in everything(open_page("pushes"))
    assert "没有这一批" in everything(open_page("push", id=str(number)))
    assert "没有这一批" in everything(open_page("push", id="abc"))


@pytest.mark.parametrize("path", ["pushes", "push"])
def test_visitors_and_team_members_see_nothing(open_page, signed_in, store, path):
    assert "请先登录" in everything(open_page(path))
    signed_in("team", "京山市")
    assert "这一页您看不了" in everything(open_page(path))
    with pytest.raises(NotAllowed):
        batches.list_batches(None)


def test_the_form_makes_a_batch_and_keeps_what_was_typed_when_something_is_wrong(open_page, signed_in, rerun, store):
    put([firm(1), firm(2, employees=None)])
    signed_in("staff", "京山市", "京山小李")
    page = open_page("push")
    page.text_input(key="push:new:title").set_value("小微所得税")
    press(page, "存下，挑选企业", rerun)
    assert any("没有挑选事项" in text for text in notices(page))
    page.multiselect(key="push:new:measures").set_value([MEASURE])
    page.text_area(key="push:new:text").set_value("没有空格")
    press(page, "存下，挑选企业", rerun)
    assert any("发送单位" in text for text in notices(page))
    page.text_input(key="push:new:office").set_value("京山市企业服务中心")
    press(page, "存下，挑选企业", rerun)
    assert any("没有 {链接}" in text.replace("\\", "") for text in notices(page))
    assert page.text_input(key="push:new:title").value == "小微所得税"
    page.text_area(key="push:new:text").set_value(default_text())
    press(page, "存下，挑选企业", rerun)
    (made,) = batches.list_batches(ZHANG)
    assert (made.state, made.scope, made.counts["fits"], made.counts["asks"]) == ("selected", "京山市", 1, 1)


def test_two_people_bring_it_to_a_file(open_page, signed_in, rerun, store):
    put([firm(1), firm(2, employees=None), firm(3, employees=900.0)])
    put([firm(4)], contacts=False)
    mine = signed_in("staff", "京山市", "京山小李")
    number = selected(mine)
    page = open_page("push", id=str(number))
    assert "没有列入：没有联系方式 1 条" in everything(page)
    assert "检查（现在）" in everything(page)
    press(page, "提请批准", rerun)
    assert "自己起草或提请的不能自己批准" in everything(page)
    assert "看过了，批准发出" not in everything(page)

    signed_in("staff", "京山市", "京山小王")
    page = open_page("push", id=str(number))
    press(page, "看过了，批准发出", rerun)
    assert "已批准" in everything(page)
    press(page, "生成今天的文件", rerun)
    assert "文件好了" in everything(page)
    assert "/exports/hand-over?id=1&amp;format=xlsx" in downloads(page)
    assert batches.read_batch(ZHANG, number).state == "done"


def test_given_back_with_a_reason_typed_a_moment_before(open_page, signed_in, rerun, store):
    put([firm(1)])
    number = selected()
    batches.propose(ZHANG, number)
    signed_in("staff", None, "市局老赵")
    page = open_page("push", id=str(number))
    press(page, "退回修改", rerun)
    assert any("原因" in text for text in notices(page))
    page.text_input(key="push:back").set_value("只推*京山*")
    press(page, "退回修改", rerun)
    assert batches.read_batch(ZHANG, number).reason == "只推*京山*"
    assert "只推\\*京山\\*" in everything(page)


def test_samples_read_as_they_will_and_rows_are_found_by_state_and_region(open_page, signed_in, rerun, store):
    put([firm(1, name="=1+1*甲*厂"), firm(2, "钟祥市")])
    number = selected()
    signed_in("staff", None)
    page = open_page("push", id=str(number), view="抽看和试发")
    assert "=1\\+1\\*甲\\*厂" in everything(page)
    assert "/p/test" in everything(page).replace("\\", "").replace("\u2060", "")
    assert "满足" in everything(page)
    page.text_input(key="push:trial").set_value("13800138000")
    press(page, "试发", rerun)
    assert [one.label for one in page.download_button] == ["下载试发的一行"]
    page = open_page("push", id=str(number), view="清单")
    assert "共 2 条" in everything(page)
    page.selectbox(key="push:region").set_value("钟祥市")
    rerun(page)
    assert "共 1 条" in everything(page)
    assert "region=" in downloads(page)
    assert EXPORTS["pushes"].endswith("export_rows")


def test_withdrawn_it_says_why(open_page, signed_in, rerun, store):
    put([firm(1)])
    number = approved()
    signed_in("staff", None)
    page = open_page("push", id=str(number))
    page.text_input(key="push:why").set_value("金额写错了")
    press(page, "撤回", rerun)
    assert any("金额写错了" in text for text in notices(page))
    assert "撤回这一批" not in everything(page)


def test_mail_that_nobody_knows_of_waits_for_a_word(open_page, signed_in, rerun, store, monkeypatch):
    from navigator.delivery import queue

    put([firm(1)])
    with mail_server() as (box, port):
        monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{port}?tls=none")
        monkeypatch.setattr(settings(), "mail_sender", "policy@example.com")
        box.hang_up = "DATA"
        number = approved("email")
        queue.work_all(clock=lambda: NOON)
        signed_in("staff", None)
        page = open_page("push", id=str(number))
        assert any("不知道发出没有" in text for text in notices(page))
        press(page, "已发出", rerun)
    assert batches.read_batch(ZHANG, number).state == "done"


def test_a_batch_to_invented_enterprises_is_marked(open_page, signed_in, rerun, store):
    add_demo(ZHANG.__class__("管理员", "admin"), 30, DAY)
    signed_in("staff", None)
    page = open_page("push")
    assert "只作演示" in everything(page)
    number = batches.begin_batch(ZHANG, draft(example=True), DAY)
    page = open_page("push", id=str(number))
    press(page, "挑选企业", rerun)
    batches.propose(ZHANG, number)
    batches.approve(ZHAO, number)
    assert handing.hand_over(ZHANG, number, now=NOON).messages > 0
    assert "示例" in everything(open_page("pushes"))
    assert "企业的联系方式" in labels(open_page("pushes"))
