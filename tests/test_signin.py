"""Signing in and out over HTTP: the cookie, who may post, where one comes back to, and what a form never repeats."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from navigator.auth import COMMAND_LINE
from navigator.errors import InputError
from navigator.exports import export_routes
from navigator.headers import SafeHeaders
from navigator.signin import sign_in_routes, tell_failure
from navigator.store import accounts, sign_ins
from navigator.store.audit import read_audit
from tests.stores import own_store

PASSWORD = "an old pass phrase 7"
HERE = "http://testserver"
GOOD = {"name": "京山小李", "password": PASSWORD}


@pytest.fixture
def browser(store):
    """A browser at a server with one office account and one administrator."""
    accounts.add_account(COMMAND_LINE, "京山小李", "staff", "京山市", PASSWORD)
    accounts.add_account(COMMAND_LINE, "王管理", "admin", None, PASSWORD)
    return open_browser(HERE)


def open_browser(address: str) -> TestClient:
    app = Starlette(
        routes=[*sign_in_routes(), *export_routes()],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={InputError: tell_failure, Exception: tell_failure},
    )
    return TestClient(
        app, base_url=address, follow_redirects=False, headers={"Origin": address}, raise_server_exceptions=False
    )


def sign_in(browser, form=GOOD, **more):
    return browser.post("/auth/login", data=form, **more)


def actor(browser):
    cookie = next(iter(browser.cookies.values()), "")
    return sign_ins.actor_of(sign_ins.id_of(cookie))


def error(answer) -> str:
    return re.search(r'<p class="error" role="alert">(.*?)</p>', answer.text).group(1)


def token(browser) -> str:
    return re.search(r'name="token" value="(.*?)"', browser.get("/auth/logout").text).group(1)


def test_the_right_password_gives_a_cookie_that_scripts_and_other_sites_cannot_use(browser):
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    parts = answer.headers["set-cookie"].split("; ")
    assert parts[0].startswith("jingcetong=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(parts)
    assert "Secure" not in parts
    assert not any(part.lower().startswith(("domain", "max-age", "expires")) for part in parts)
    assert actor(browser).name == "京山小李"


def test_over_https_the_cookie_is_bound_to_the_host(browser):
    secure = open_browser("https://testserver")
    answer = sign_in(secure)
    parts = answer.headers["set-cookie"].split("; ")
    assert parts[0].startswith("__Host-jingcetong=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(parts)
    assert actor(secure).name == "京山小李"


def test_behind_a_server_that_speaks_https_the_cookie_is_bound_to_the_host_too(browser):
    answer = sign_in(browser, headers={"Origin": "https://testserver"})
    assert answer.headers["set-cookie"].startswith("__Host-jingcetong=")


def test_over_https_a_plain_cookie_that_somebody_planted_counts_for_nothing(browser):
    sign_in(browser)
    secure = open_browser("https://testserver")
    secure.cookies.set("jingcetong", browser.cookies["jingcetong"])
    assert secure.get("/exports/audit").status_code == 401


def test_a_planted_cookie_is_replaced_and_never_becomes_a_sign_in(browser):
    browser.cookies.set("jingcetong", "planted", domain="testserver.local", path="/")
    sign_in(browser)
    assert sign_ins.actor_of(sign_ins.id_of("planted")) is None
    assert "planted" not in sign_in(browser).headers["set-cookie"]


def test_signing_in_again_ends_the_sign_in_before(browser):
    sign_in(browser)
    before = browser.cookies["jingcetong"]
    sign_in(browser, {"name": "王管理", "password": PASSWORD})
    assert browser.cookies["jingcetong"] != before
    assert sign_ins.actor_of(sign_ins.id_of(before)) is None
    assert actor(browser).name == "王管理"


@pytest.mark.parametrize(
    "origin",
    [
        "http://elsewhere.example",
        "http://testserver.elsewhere.example",
        "http://testserver:81",
        "null",
        "",
        "testserver",
    ],
)
def test_a_form_of_another_site_signs_nobody_in(browser, origin):
    answer = sign_in(browser, headers={"Origin": origin})
    assert answer.status_code == 403
    assert error(answer) == "登录没有成功：请从这个页面重新登录"
    assert "set-cookie" not in answer.headers


def test_a_browser_that_sends_only_a_referer_is_believed(browser):
    del browser.headers["Origin"]
    assert sign_in(browser, headers={"Referer": f"{HERE}/auth/login?next=%2F"}).status_code == 303
    assert sign_in(browser, headers={"Referer": "http://elsewhere.example/"}).status_code == 403


def test_a_wrong_password_is_told_in_one_sentence_and_only_the_name_is_kept(browser):
    answer = sign_in(browser, {"name": '小李"><script>', "password": "wrong-secret"})
    assert answer.status_code == 401
    assert error(answer) == "用户名或密码不对；请再试一次；忘了密码请找管理员"
    assert 'value="小李&quot;&gt;&lt;script&gt;"' in answer.text
    assert "wrong-secret" not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("form", [{"name": "京山小李"}, {"password": PASSWORD}, {"name": " ", "password": PASSWORD}])
def test_an_empty_box_is_told(browser, form):
    answer = sign_in(browser, form)
    assert (answer.status_code, error(answer)) == (422, "用户名和密码都要填")


def test_too_many_tries_are_told_with_how_long_to_wait(browser):
    for _ in range(sign_ins.TRIES_OF_A_NAME):
        sign_in(browser, GOOD | {"password": "wrong"})
    answer = sign_in(browser)
    assert answer.status_code == 401
    assert re.fullmatch(r"试错的次数太多了；请过 1[45] 分钟再试", error(answer))


@pytest.mark.parametrize(
    "body",
    [
        b"name=" + b"x" * 9000,
        b"\xff\xfe=\x00&name=%FF&password=%FF",
        b"",
        b"&" * 8000 + b"a=1",
        b"name=\xed\xa0\x80&password=%ED%A0%80",
    ],
)
def test_a_form_that_is_none_gets_a_page_and_no_failure(browser, body):
    answer = browser.post("/auth/login", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (401, 403, 422)
    assert "工作人员登录" in answer.text


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", "application/json"])
def test_another_kind_of_body_signs_nobody_in(browser, kind):
    answer = browser.post("/auth/login", content=b"name=a&password=b", headers={"Content-Type": kind})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/accounts?as_of=2026-10-01", "/accounts?as_of=2026-10-01"),
        ("/search?q=摆摊", "/search?q=%E6%91%86%E6%91%8A"),
        ("https://elsewhere.example/", "/account"),
        ("//elsewhere.example", "/account"),
        ("/\\elsewhere.example", "/account"),
        ("/auth/logout", "/account"),
        ("javascript:alert(1)", "/account"),
        ("/x\r\nSet-Cookie: a=b", "/account"),
        ("", "/account"),
    ],
)
def test_one_comes_back_to_a_page_of_ours_only(browser, asked, led):
    form = browser.get("/auth/login", params={"next": asked}).text
    action = re.search(r'action="(.*?)"', form).group(1)
    answer = browser.post(action.replace("&amp;", "&"), data=GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, led)


def test_signing_out_needs_the_token_of_this_sign_in(browser):
    sign_in(browser)
    other = open_browser(HERE)
    sign_in(other, {"name": "王管理", "password": PASSWORD})
    for wrong in ("", "x", token(other)):
        answer = browser.post("/auth/logout", data={"token": wrong})
        assert (answer.status_code, error(answer)) == (403, "没有退出：请从这个页面再点一次")
    assert (
        browser.post(
            "/auth/logout", data={"token": token(browser)}, headers={"Origin": "http://elsewhere.example"}
        ).status_code
        == 403
    )
    assert actor(browser) is not None
    answer = browser.post("/auth/logout", data={"token": token(browser)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "jingcetong" not in browser.cookies
    assert actor(other).name == "王管理"


def test_signing_out_when_it_is_over_already_leads_home(browser):
    assert browser.get("/auth/logout").headers["location"] == "/"
    sign_in(browser)
    sign_ins.sign_out(actor(browser).sign_in)
    assert browser.get("/auth/logout").headers["location"] == "/"
    assert browser.post("/auth/logout", data={"token": "x"}).headers["location"] == "/"


def test_nothing_of_signing_in_is_kept_by_browser_or_proxy(browser):
    for answer in (
        browser.get("/auth/login"),
        sign_in(browser),
        browser.get("/auth/logout"),
        browser.get("/exports/audit"),
    ):
        assert answer.headers["cache-control"] == "no-store"


def test_a_get_changes_nothing(browser):
    sign_in(browser)
    browser.get("/auth/logout", params={"token": token(browser)})
    assert actor(browser) is not None


def test_an_export_is_made_for_its_role_and_for_nobody_else(browser):
    assert browser.get("/exports/audit").status_code == 401
    sign_in(browser)
    refused = browser.get("/exports/audit")
    assert (refused.status_code, refused.text.count("\n")) == (403, 0)
    sign_in(browser, {"name": "王管理", "password": PASSWORD})
    made = browser.get("/exports/audit", params={"action": "登录"})
    assert made.status_code == 200
    assert made.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%93%8D")
    assert "京山小李" in made.content.decode("utf-8-sig")
    assert read_audit(COMMAND_LINE)[0].action == "导出日志"
    sign_ins.sign_out(actor(browser).sign_in)
    assert browser.get("/exports/audit").status_code == 401
    assert browser.get("/exports/nothere").status_code == 404


def test_every_answer_carries_the_headers(browser):
    for path in ("/auth/login", "/exports/audit", "/nowhere"):
        headers = browser.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "ws://testserver" in headers["content-security-policy"]


def test_a_host_that_is_none_does_not_get_into_a_header(browser):
    policy = browser.get("/auth/login", headers={"Host": "x; script-src *"}).headers["content-security-policy"]
    assert "script-src *" not in policy


def test_a_database_that_does_not_answer_is_told_in_a_sentence(tmp_path, monkeypatch):
    with own_store(f"postgresql://u:secret@/db?host={tmp_path}", monkeypatch):
        window = open_browser(HERE)
        assert error(sign_in(window)) == "连不上；请管理员检查数据库和 DATABASE_URL"
        window.cookies.set("jingcetong", "anything")
        for path in ("/auth/logout", "/exports/audit"):
            answer = window.get(path)
            assert answer.status_code in (422, 503)
            assert "连不上" in answer.text
            assert "secret" not in answer.text


def test_a_fault_of_our_own_is_told_without_its_traceback(browser, monkeypatch):
    monkeypatch.setattr(sign_ins, "sign_in", lambda *given, **more: 1 / 0)
    answer = sign_in(browser)
    assert (answer.status_code, answer.text) == (500, "服务器出错了，不是您的操作有问题；请稍后再试。")
