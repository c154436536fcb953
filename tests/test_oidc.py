"""Signing in with an account of the organisation, at a real provider: who is let in, what counts as no proof, and when it is down."""

from __future__ import annotations

import html
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from navigator import oidc
from navigator.auth import COMMAND_LINE
from navigator.errors import InputError
from navigator.headers import SafeHeaders
from navigator.settings import settings
from navigator.signin import sign_in_routes, tell_failure
from navigator.store import accounts, sign_ins
from navigator.store.audit import read_audit
from tests.identity_provider import Provider, running_provider

PASSWORD = "an old pass phrase 7"
HERE = "http://testserver"
NO_PROOF = "单位账号系统给的证明不对，没有登录；请重新登录；还不行请找管理员"
DOWN = "单位账号系统连不上；请过一会儿再试，或者用用户名和密码登录"


@pytest.fixture(scope="module")
def provider(tmp_path_factory) -> Iterator[Provider]:
    """The organisation's provider, which knows this site."""
    with running_provider(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def client(provider) -> tuple[str, str]:
    """As whom the provider knows this site."""
    return provider.register(HERE)


@pytest.fixture
def configure(store, monkeypatch):
    """Sets settings of the sign-in; what was learnt of a provider before is forgotten."""
    oidc._kept.clear()

    def set_to(**values: str) -> None:
        for name, value in {"PUBLIC_ADDRESS": HERE, **values}.items():
            monkeypatch.setenv(f"NAVIGATOR_{name}", value)
        settings.cache_clear()

    yield set_to
    oidc._kept.clear()
    settings.cache_clear()


@pytest.fixture
def browser(provider, client, configure) -> TestClient:
    """A browser at a server where the provider is configured and one of its people has an account."""
    configure(OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=client[0], OIDC_CLIENT_SECRET=client[1])
    accounts.add_account(COMMAND_LINE, "jingshan.li", "staff", "京山市", None)
    accounts.add_account(COMMAND_LINE, "王管理", "admin", None, PASSWORD)
    return open_browser()


def open_browser(address: str = HERE) -> TestClient:
    app = Starlette(
        routes=sign_in_routes(),
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={InputError: tell_failure, Exception: tell_failure},
    )
    return TestClient(
        app, base_url=address, follow_redirects=False, headers={"Origin": address}, raise_server_exceptions=False
    )


def leave(browser: TestClient, back: str = "") -> str:
    """Click “用单位账号登录”; gives where the browser is sent."""
    page = browser.get("/auth/login", params={"next": back}).text
    link = html.unescape(re.search(r'<a class="button" href="(.*?)">用单位账号登录</a>', page)[1])
    answer = browser.get(link)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sign_in(browser: TestClient, provider: Provider, name: str = "jingshan.li", back: str = ""):
    return browser.get(provider.sign_in(leave(browser, back), name))


def error(answer) -> str:
    return html.unescape(re.search(r'<p class="error" role="alert">(.*?)</p>', answer.text)[1])


def actor(browser: TestClient):
    return sign_ins.actor_of(sign_ins.id_of(browser.cookies.get("jingcetong", "")))


def test_who_has_an_account_here_is_signed_in_with_our_role_and_region_and_comes_back(browser, provider):
    answer = sign_in(browser, provider, back="/records?as_of=2026-10-01")
    assert (answer.status_code, answer.headers["location"]) == (303, "/records?as_of=2026-10-01")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("jingcetong="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert (actor(browser).name, actor(browser).role, actor(browser).region) == ("jingshan.li", "staff", "京山市")
    assert "jingcetong-way" not in browser.cookies
    entry = read_audit(COMMAND_LINE)[0]
    assert (entry.action, entry.subject, entry.details["方式"]) == ("登录", "user:jingshan.li", "单位账号")


def test_the_request_asks_for_a_code_with_pkce_and_is_never_the_same_twice(browser, client):
    first, second = (dict(parse_qsl(urlsplit(leave(browser)).query)) for _ in range(2))
    assert first["response_type"] == "code"
    assert (first["client_id"], first["redirect_uri"]) == (client[0], f"{HERE}/auth/oidc/return")
    assert first["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]


def test_signing_in_this_way_ends_the_sign_in_before_and_takes_another_id(browser, provider):
    browser.post("/auth/login", data={"name": "王管理", "password": PASSWORD})
    before = browser.cookies["jingcetong"]
    sign_in(browser, provider)
    assert browser.cookies["jingcetong"] != before
    assert sign_ins.actor_of(sign_ins.id_of(before)) is None


def test_a_code_signs_in_once_only(browser, provider):
    there = provider.sign_in(leave(browser), "jingshan.li")
    ticket = browser.cookies["jingcetong-way"]
    assert browser.get(there).status_code == 303
    browser.cookies.set("jingcetong-way", ticket)
    assert error(browser.get(there)).startswith("单位账号系统没有认可这次登录")


def test_who_has_no_account_here_is_told_whom_to_ask_and_the_log_says_so(browser, provider):
    answer = sign_in(browser, provider, "somebody.else")
    assert answer.status_code == 401
    assert error(answer) == "您的单位账号（somebody.else）在荆策通还没有开通；请找管理员"
    assert "jingcetong" not in browser.cookies
    assert read_audit(COMMAND_LINE)[0].details == {
        "原因": "没有这个用户",
        "单位账号": "somebody.else",
        "地址": "testclient",
    }


def test_a_disabled_account_stays_out(browser, provider):
    accounts.set_enabled(COMMAND_LINE, "jingshan.li", False)
    assert error(sign_in(browser, provider)) == "您的单位账号（jingshan.li）在荆策通已停用；请找管理员"
    assert "jingcetong" not in browser.cookies


def test_a_change_of_role_and_the_end_of_an_account_act_as_for_everyone(browser, provider):
    sign_in(browser, provider)
    accounts.set_scope(COMMAND_LINE, "jingshan.li", "team", "钟祥市")
    assert (actor(browser).role, actor(browser).region) == ("team", "钟祥市")
    accounts.set_enabled(COMMAND_LINE, "jingshan.li", False)
    assert actor(browser) is None


def test_an_account_may_be_found_by_its_e_mail_address(browser, provider, client, configure):
    configure(OIDC_CLAIM="email")
    accounts.add_account(COMMAND_LINE, "Li@jingmen.example", "team", None, None)
    sign_in(browser, provider)
    assert actor(browser).name == "Li@jingmen.example"


def test_a_particular_that_the_provider_does_not_give_lets_nobody_in(browser, provider, configure):
    configure(OIDC_CLAIM="employee_number")
    assert error(sign_in(browser, provider)) == NO_PROOF


def test_an_account_without_a_password_takes_none(browser):
    for password in ("", "None", PASSWORD):
        with pytest.raises(InputError):
            sign_ins.sign_in("jingshan.li", password, "x")


def test_a_state_of_another_sign_in_counts_for_nothing(browser, provider):
    other = open_browser()
    there = provider.sign_in(leave(other), "jingshan.li")
    leave(browser)
    for address in (there, f"{HERE}/auth/oidc/return?code=x&state=", f"{HERE}/auth/oidc/return"):
        answer = browser.get(address)
        assert (answer.status_code, error(answer)[:10]) == (401, "这次登录对不上，可能")
    assert "jingcetong" not in browser.cookies


def test_without_the_ticket_nobody_comes_back(browser, provider):
    there = provider.sign_in(leave(browser), "jingshan.li")
    browser.cookies.clear()
    assert error(browser.get(there)).startswith("这次登录对不上")


@pytest.mark.parametrize("age", [oidc.MINUTES * 60 + 2, -60])
def test_a_ticket_that_is_too_old_or_of_tomorrow_counts_for_nothing(browser, age):
    ticket = oidc.Ticket("s" * 43, int(time.time()) - age, "/account")
    browser.cookies.set("jingcetong-way", ticket.written)
    answer = browser.get("/auth/oidc/return", params={"code": "x", "state": ticket.derived("state")})
    assert error(answer).startswith("这次登录对不上")


@pytest.mark.parametrize("written", ["", "..", "a.b.c", "s" * 43 + ".99999999999999999.x", "s" * 43 + ".１.x"])
def test_a_ticket_that_is_none_is_told_in_a_sentence(browser, written):
    answer = browser.get(
        "/auth/oidc/return",
        params={"code": "x", "state": "x"},
        headers={b"Cookie": f"jingcetong-way={written}".encode()},
    )
    assert (answer.status_code, error(answer)[:6]) == (401, "这次登录对不")


def test_who_turns_back_at_the_provider_is_told_so(browser):
    state = parse_qs(urlsplit(leave(browser)).query)["state"][0]
    answer = browser.get("/auth/oidc/return", params={"error": "access_denied", "state": state})
    assert error(answer) == "单位账号那边没有登录成功；请再试一次；还不行请找管理员"


def test_the_answer_of_another_provider_is_refused(browser, provider):
    there = urlsplit(provider.sign_in(leave(browser), "jingshan.li"))
    query = dict(parse_qsl(there.query)) | {"iss": "https://elsewhere.example"}
    assert error(browser.get(f"/auth/oidc/return?{urlencode(query)}")) == NO_PROOF


def test_a_code_that_was_intercepted_is_of_no_use_without_the_verifier(browser, provider):
    there = urlsplit(provider.sign_in(leave(browser), "jingshan.li"))
    thief = open_browser()
    state = parse_qs(urlsplit(leave(thief)).query)["state"][0]
    query = dict(parse_qsl(there.query)) | {"state": state}
    assert error(thief.get(f"/auth/oidc/return?{urlencode(query)}")).startswith("单位账号系统没有认可这次登录")


def forge(monkeypatch, change) -> None:
    """From now on the provider's answer with the tokens holds another ID token."""
    real = oidc._exchange

    def forged(*given):
        answer = real(*given)
        return answer | {"id_token": change(answer["id_token"])}

    monkeypatch.setattr(oidc, "_exchange", forged)


def signed(provider: Provider, **claims):
    """An ID token with other claims, signed with the provider's own key."""

    def change(token: str) -> str:
        told = jwt.decode(token, options={"verify_signature": False}) | claims
        told = {name: value for name, value in told.items() if value is not None}
        key = jwt.PyJWK.from_dict(provider.key, "RS256")
        return jwt.encode(told, key.key, "RS256", {"kid": provider.key["kid"]})

    return change


def test_a_token_signed_anew_with_the_key_of_the_provider_is_believed(browser, provider, monkeypatch):
    forge(monkeypatch, signed(provider))
    assert sign_in(browser, provider).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": None},
        {"azp": "another"},
        {"sub": None},
    ],
    ids=lambda claims: "=".join(map(str, *claims.items())),
)
def test_a_token_that_is_not_for_this_sign_in_is_no_proof(browser, provider, monkeypatch, claims):
    forge(monkeypatch, signed(provider, **claims))
    assert error(sign_in(browser, provider)) == NO_PROOF
    assert "jingcetong" not in browser.cookies


def _payload_swapped(token: str) -> str:
    head, _, signature = token.split(".")
    told = jwt.decode(token, options={"verify_signature": False}) | {"preferred_username": "王管理"}
    return f"{head}.{jwt.encode(told, 'x' * 32, 'HS256').split('.')[1]}.{signature}"


def _unsigned(token: str) -> str:
    return jwt.encode(jwt.decode(token, options={"verify_signature": False}), None, "none")


def _signed_with_the_client_secret(token: str) -> str:
    told = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(told, settings().oidc_client_secret.ljust(32, "x"), "HS256")


def _signed_by_another(token: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    told = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token).get("kid")
    return jwt.encode(told, generate_private_key(65537, 2048), "RS256", {"kid": kid} if kid else None)


@pytest.mark.parametrize(
    "change",
    [
        _payload_swapped,
        _unsigned,
        _signed_with_the_client_secret,
        _signed_by_another,
        lambda token: token[:-8] + "AAAAAAAA",
        lambda token: "",
        lambda token: "a.b.c",
    ],
)
def test_a_token_that_was_tampered_with_is_no_proof(browser, provider, monkeypatch, change):
    forge(monkeypatch, change)
    assert error(sign_in(browser, provider)) == NO_PROOF
    assert "jingcetong" not in browser.cookies


def test_a_key_that_is_new_at_the_provider_is_looked_up(browser, provider, monkeypatch):
    leave(browser)
    jwks = oidc._provider().jwks_uri
    oidc._kept[jwks] = (time.monotonic(), {"keys": [{**provider.key, "kid": "an old one"}]})
    assert sign_in(browser, provider).status_code == 303


def test_who_tries_too_often_has_to_wait(browser, provider, monkeypatch):
    forge(monkeypatch, lambda token: "")
    monkeypatch.setattr(sign_ins, "TRIES_OF_AN_ADDRESS", 2)
    assert [error(sign_in(browser, provider))[:8] for _ in range(3)] == [NO_PROOF[:8], NO_PROOF[:8], "试错的次数太多了"]


def test_when_the_provider_is_down_passwords_still_work(browser, configure):
    configure(OIDC_ISSUER="http://127.0.0.1:9")
    answer = browser.get("/auth/oidc")
    assert (answer.status_code, error(answer)) == (503, DOWN)
    assert browser.post("/auth/login", data={"name": "王管理", "password": PASSWORD}).status_code == 303


def test_when_the_provider_goes_down_half_way_it_is_told(browser, provider, monkeypatch):
    there = provider.sign_in(leave(browser), "jingshan.li")
    oidc._kept[f"{provider.issuer}/.well-known/openid-configuration"] = (
        time.monotonic(),
        oidc._provider().model_copy(update={"token_endpoint": "http://127.0.0.1:9/token"}).model_dump(),
    )
    assert error(browser.get(there)) == DOWN


@pytest.fixture
def strange(monkeypatch):
    """A server that is no provider: it answers what the test says, as slowly as it says."""
    told = {"body": b"{}", "pause": 0.0}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            for start in range(0, len(told["body"]), 65_536):
                self.wfile.write(told["body"][start : start + 65_536])
                time.sleep(told["pause"])

        def log_message(self, *given):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(oidc, "SECONDS", 0.5)
    yield f"http://127.0.0.1:{server.server_port}", told
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("body", "pause"),
    [
        (b"no json", 0),
        (b"[]", 0),
        (b"{}", 0),
        (b'{"issuer": "https://elsewhere.example"}', 0),
        (b" " * 700_000, 0),
        (b" " * 400_000, 0.2),
    ],
    ids=["text", "list", "nothing", "another", "endless", "slow"],
)
def test_a_provider_that_answers_nonsense_is_down(browser, configure, strange, body, pause):
    address, told = strange
    told |= {"body": body, "pause": pause}
    configure(OIDC_ISSUER=address)
    began = time.monotonic()
    assert error(browser.get("/auth/oidc")) == DOWN
    assert time.monotonic() - began < 3


def test_a_provider_over_plain_http_elsewhere_is_not_asked(browser, configure):
    configure(OIDC_ISSUER="http://sso.jingmen.example")
    assert error(browser.get("/auth/oidc")).startswith("单位账号系统的地址要用 https")


def test_without_a_provider_nothing_is_offered(store):
    window = open_browser()
    assert "用单位账号登录" not in window.get("/auth/login").text
    for path in ("/auth/oidc", "/auth/oidc/return?code=x&state=y"):
        assert error(window.get(path)).startswith("这里没有开通用单位账号登录")


def test_passwords_can_be_switched_off_where_there_is_a_provider_and_only_there(browser, provider, configure):
    configure(OIDC_ONLY="true")
    page = browser.get("/auth/login").text
    assert "用单位账号登录" in page
    assert "密码</label>" not in page
    answer = browser.post("/auth/login", data={"name": "王管理", "password": PASSWORD})
    assert (answer.status_code, error(answer)) == (403, "这里只能用单位账号登录")
    assert sign_in(browser, provider).status_code == 303
    configure(OIDC_ONLY="true", OIDC_ISSUER="")
    assert browser.post("/auth/login", data={"name": "王管理", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    "asked",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/auth/oidc", "/" + "x" * 2_000],
)
def test_one_comes_back_to_a_page_of_ours_only(browser, provider, asked):
    assert sign_in(browser, provider, back=asked).headers["location"] == "/account"


def test_a_ticket_rewritten_by_hand_leads_to_no_other_site(browser, provider):
    there = provider.sign_in(leave(browser), "jingshan.li")
    secret, began, _ = browser.cookies["jingcetong-way"].split(".", 2)
    browser.cookies.clear()
    browser.cookies.set("jingcetong-way", f"{secret}.{began}.https%3A%2F%2Felsewhere.example")
    answer = browser.get(there)
    assert (answer.status_code, "location" in answer.headers) == (401, False)


def test_over_https_both_cookies_are_bound_to_the_host(browser, provider, configure):
    client = provider.register("https://testserver")
    configure(PUBLIC_ADDRESS="https://testserver", OIDC_CLIENT_ID=client[0], OIDC_CLIENT_SECRET=client[1])
    secure = open_browser("https://testserver")
    assert secure.get("/auth/oidc").headers["set-cookie"].startswith("__Host-jingcetong-way=")
    answer = sign_in(secure, provider)
    assert any(one.startswith("__Host-jingcetong=") for one in answer.headers.get_list("set-cookie"))
    assert all("Secure" in one for one in answer.headers.get_list("set-cookie"))


def test_neither_secret_nor_token_is_shown_or_kept_by_a_browser(browser, provider, client):
    sent = leave(browser)
    there = provider.sign_in(sent, "somebody.else")
    answer = browser.get(there)
    assert client[1] not in sent + answer.text + repr(settings())
    assert answer.headers["cache-control"] == "no-store"
