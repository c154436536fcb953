"""The pages of accounts: for whom they open, what they change at once, and that nothing of a person stays for the next."""

from __future__ import annotations

import pytest

from navigator.auth import COMMAND_LINE, ROLES
from navigator.store import accounts, sign_ins
from navigator.store.audit import read_audit
from navigator.ui import links
from tests.ui.conftest import PASSWORD
from tests.ui.seen import everything, labels, notices

STAFF_PAGES = {name: entry.role for name, entry in links._PAGES.items() if entry.role != "public" and name != "account"}


def titles(page):
    return [title.value for title in page.title]


def may(role, needed) -> bool:
    return ROLES.index(role) >= ROLES.index(needed)


def html(page) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


@pytest.mark.parametrize("path", [*STAFF_PAGES, "account"])
def test_a_visitor_gets_one_sentence_and_the_way_in_instead_of_a_staff_page(open_page, path):
    page = open_page(path, x="1")
    assert titles(page) == ["请先登录"]
    assert len(notices(page)) == 1
    assert 'href="/auth/login?next=' in html(page)


@pytest.mark.parametrize("path", STAFF_PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_a_staff_page_opens_for_its_role_and_those_above_only(open_page, signed_in, role, path):
    signed_in(role)
    page = open_page(path)
    assert (titles(page) == ["这一页您看不了"]) is not may(role, STAFF_PAGES[path])
    assert len(page.title) == 1


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_of_a_role_has_its_pages_and_no_others(role):
    shown = {name for name in links._PAGES if links.menu_of(name, role) is not None}
    assert {"home", "search", "checkup"} <= shown
    assert not {"measure", "print"} & shown
    assert ("accounts" in shown) is (role == "admin")
    assert all(may(role, links._PAGES[name].role) for name in shown)


def test_a_public_page_says_who_is_signed_in_and_to_others_where_the_office_signs_in(open_page, signed_in):
    assert "工作人员登录" in html(open_page("commitments"))
    signed_in("staff", "京山市", "京山小李")
    assert "已登录：京山小李（工作人员，京山市）" in everything(open_page("commitments"))


def test_signing_out_and_losing_the_role_act_with_the_next_click(open_page, signed_in, rerun):
    accounts.add_account(COMMAND_LINE, "另一个", "admin", None, PASSWORD)
    actor = signed_in("admin")
    page = open_page("accounts")
    assert titles(page) == ["用户与日志"]
    accounts.set_scope(COMMAND_LINE, actor.name, "team", None)
    assert titles(rerun(page)) == ["这一页您看不了"]
    accounts.set_scope(COMMAND_LINE, actor.name, "admin", None)
    assert titles(rerun(page)) == ["用户与日志"]
    sign_ins.sign_out(actor.sign_in)
    assert titles(rerun(page)) == ["请先登录"]
    assert "另一个" not in everything(page)


def test_two_offices_at_two_windows_see_themselves(open_page, signed_in):
    signed_in("staff", "京山市", "京山小李")
    first = open_page("account")
    signed_in("staff", "钟祥市", "钟祥小王")
    second = open_page("account")
    assert "京山小李" in everything(first)
    assert "京山小李" not in everything(second)
    assert "负责：钟祥市" in everything(second)


def test_a_password_is_changed_with_the_old_one_and_typed_twice(open_page, signed_in, rerun):
    actor = signed_in("staff", "京山市", "京山小李")
    page = open_page("account")

    def send(old: str, new: str, again: str) -> None:
        for box, text in zip(page.text_input, (old, new, again), strict=True):
            box.set_value(text)
        next(button for button in page.button if button.label == "改密码").click()
        rerun(page)

    send(PASSWORD, "quite another phrase", "quite another phrasE")
    assert notices(page) == ["两次输的新密码不一样，请重新输。"]
    send("wrong one altogether", "quite another phrase", "quite another phrase")
    assert "原密码" in notices(page)[0]
    send(PASSWORD, "short", "short")
    assert "至少 10 个" in notices(page)[0]
    send(PASSWORD, "quite another phrase", "quite another phrase")
    assert [text.value for text in page.success] == ["密码改好了，别处的登录都已退出。"]
    assert sign_ins.sign_in(actor.name, "quite another phrase", "test").actor == actor


def test_sign_ins_elsewhere_are_counted_and_ended(open_page, signed_in, rerun):
    elsewhere = signed_in("staff", None, "小张")
    here = signed_in("staff", None, "小张")
    page = open_page("account")
    assert "在 2 处登录着" in everything(page)
    next(button for button in page.button if button.label == "退出别处的登录").click()
    rerun(page)
    assert "只在这里登录着" in everything(page)
    assert sign_ins.actor_of(elsewhere.sign_in) is None
    assert sign_ins.actor_of(here.sign_in) == here


def test_an_administrator_changes_role_and_region_and_switches_off(open_page, signed_in, rerun):
    signed_in("staff", "京山市", "京山小李")
    signed_in("admin", None, "王管理")
    account = next(one for one in accounts.list_accounts(COMMAND_LINE) if one.name == "京山小李")
    page = open_page("accounts")
    page.selectbox(key=f"role-{account.id}").set_value("team")
    page.selectbox(key=f"region-{account.id}").set_value("钟祥市")
    next(button for button in page.button if button.key and f"scope-{account.id}" in button.key).click()
    rerun(page)
    page.button(key=f"switch-{account.id}").click()
    rerun(page)
    changed = accounts.check_account(COMMAND_LINE, "京山小李")
    assert (changed.role, changed.region, changed.disabled is not None) == ("team", "钟祥市", True)
    assert [entry.action for entry in read_audit(COMMAND_LINE)][:2] == ["停用用户", "改用户权限"]


def test_the_last_administrator_cannot_be_switched_off(open_page, signed_in, rerun):
    signed_in("admin", None, "王管理")
    page = open_page("accounts")
    next(button for button in page.button if button.key and button.key.startswith("switch-")).click()
    rerun(page)
    assert any("先让另一个人当管理员" in text for text in notices(page))
    assert accounts.check_account(COMMAND_LINE, "王管理").disabled is None


def test_the_log_is_filtered_and_its_file_has_the_same_filter(open_page, signed_in, rerun):
    signed_in("staff", "京山市", "京山小李")
    signed_in("admin", None, "王管理")
    page = open_page("accounts")
    page.selectbox(key="log-who").set_value("京山小李")
    rerun(page)
    assert [text.value for text in page.markdown if "登录" in text.value] == ["**京山小李**（京山市）　登录"]
    assert any("用户 京山小李" in text.value for text in page.caption)
    assert "/exports/audit?actor=%E4%BA%AC" in html(page)
    page.selectbox(key="log-kind").set_value("user")
    rerun(page)
    page.text_input(key="log-subject").set_value("没有")
    rerun(page)
    assert "没有符合的记录，换个条件看看。" in notices(page)


def test_links_of_a_signed_in_page_carry_nothing_of_the_sign_in(open_page, signed_in):
    signed_in("admin", None, "王管理")
    page = open_page("accounts")
    assert not [label for label in labels(page) if "王管理" in label]
