"""The web app for visits over HTTP: its files are open and strict, everything about enterprises needs the sign-in and the own page."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from navigator import visitpack, visitroutes
from navigator.auth import COMMAND_LINE, Actor
from navigator.delivery.routes import add_stops
from navigator.delivery.teams import save_team
from navigator.errors import InputError
from navigator.headers import SafeHeaders
from navigator.matching.rulebook import rulebook_for
from navigator.signin import sign_in_routes, tell_failure
from navigator.store import accounts
from navigator.store.audit import Filter, read_audit
from navigator.store.enterprises import add_enterprise, read_enterprise, save_facts
from tests.store.test_importing_columns import code

HERE, PASSWORD = "http://testserver", "an old pass phrase 7"
TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 2, tzinfo=UTC)
CITY, LI = Actor("市局老张", "staff"), Actor("京山小李", "staff", "京山市")
EVIL = '</script><script>alert("厂")</script>'
FACTS = {"entity_type": "企业", "region": "京山市", "employees": 45}


def open_browser(name: str = "") -> TestClient:
    app = Starlette(
        routes=[*sign_in_routes(), *visitroutes.visit_routes()],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={InputError: tell_failure, Exception: tell_failure},
    )
    browser = TestClient(app, base_url=HERE, follow_redirects=False, headers={"Origin": HERE})
    if name:
        browser.post("/auth/login", data={"name": name, "password": PASSWORD})
    return browser


@pytest.fixture
def team(store, monkeypatch) -> int:
    """京山's team with one enterprise on today's route."""
    monkeypatch.setattr(visitroutes, "clock", lambda: NOW)
    for name, region in (("小陈", "京山市"), ("小吴", "钟祥市")):
        accounts.add_account(COMMAND_LINE, name, "team", region, PASSWORD)
    made = add_enterprise(CITY, {"uscc": code(1), "name": EVIL, **FACTS}, source="名单", on=TODAY)
    number = save_team(LI, "宋河小分队", ["小陈"], now=NOW)
    add_stops(LI, number, TODAY, [made.id], TODAY, now=NOW)
    return number


def sent(browser, path: str, value: object, **headers: str):
    return browser.post(path, content=json.dumps(value), headers={"Content-Type": "application/json"} | headers)


def test_the_files_of_the_app_are_open_to_all_and_load_nothing_from_elsewhere():
    browser = open_browser()
    assert browser.get("/visit").headers["location"] == "/visit/"
    page = browser.get("/visit/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert not re.search(r"unsafe|\*|https?:", policy)
    for name in ("", *visitpack.shell(), "sw.js"):
        answer = browser.get(f"/visit/{name}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        if not name.endswith("png"):
            assert not re.search(r"""["'(]https?://(?!www\.w3\.org/2000/svg)""", answer.text), name
    assert browser.get("/visit/app.js").headers["content-type"].startswith("text/javascript")
    assert {browser.get(f"/visit/{name}").status_code for name in ("x.js", "..%2fvisitpack.py", "sw.py")} == {404}


def test_the_worker_keeps_every_file_of_the_app_and_nothing_else():
    told = open_browser().get("/visit/sw.js").text
    shell = json.loads(told.split("\n")[0].removeprefix("const SHELL = ").removesuffix(";"))
    assert set(shell["files"]) | {"index.html"} == set(visitpack.shell())
    assert shell["version"] == visitpack.shell_version()
    assert not {"who", "pack", "sync", "file", "conflicts"} & set(shell["files"])


def test_without_the_sign_in_and_with_another_role_nothing_is_told(store):
    accounts.add_account(COMMAND_LINE, "访客", "public", None, PASSWORD)
    for name, status in (("", 401), ("访客", 403)):
        browser = open_browser(name)
        for path in ("who", "pack?team=1&day=2026-11-23", "file", "conflicts"):
            answer = browser.get(f"/visit/{path}")
            assert (answer.status_code, set(answer.json()), answer.headers["cache-control"]) == (
                status,
                {"error"},
                "no-store",
            )
        for path in ("sync", "differences", "decide"):
            assert sent(browser, f"/visit/{path}", {"items": []}).status_code == status


def test_the_pack_holds_the_route_and_every_reading_stands_in_the_log(team):
    browser = open_browser("小陈")
    who = browser.get("/visit/who").json()
    assert (who["team"], who["today"], [one["name"] for one in who["teams"]]) == (team, "2026-11-23", ["宋河小分队"])
    answer = browser.get(f"/visit/pack?team={team}&day=2026-11-23")
    pack = answer.json()
    rulebook = rulebook_for(TODAY)
    assert answer.headers["cache-control"] == "no-store"
    assert (pack["corpus_version"], pack["as_of"], pack["by"]) == (rulebook.corpus.fingerprint, "2026-11-23", "小陈")
    assert pack["details"].keys() == rulebook.by_id.keys()
    assert pack["facts"].keys() == rulebook.facts.specs.keys()
    (firm,) = pack["enterprises"]
    assert (firm["name"], firm["version"], firm["facts"]["employees"]) == (EVIL, 1, 45)
    assert firm["known"]["employees"] == "名单，2026-11-23"
    assert "是谁" in [one["heading"] for one in firm["sections"]]
    logged = {(one.action, one.actor) for one in read_audit(COMMAND_LINE, Filter(actor="小陈"))}
    assert {("带走走访资料", "小陈"), ("看企业档案", "小陈")} <= logged
    twenty = len(answer.content) + 19 * len(json.dumps(firm))
    assert len(visitpack.one_file()) + twenty < 5_000_000


def test_another_region_gets_neither_the_route_nor_a_word_of_it(team):
    browser = open_browser("小吴")
    assert browser.get("/visit/who").json()["teams"] == []
    answer = browser.get(f"/visit/pack?team={team}&day=2026-11-23")
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "小分队：没有这个队；从列出的里面选；没有就请工作人员先建队"},
    )
    for wrong in ("team=&day=2026-11-23", f"team={team}&day=x", "team=1e9&day=2026-11-23"):
        assert browser.get(f"/visit/pack?{wrong}").status_code == 422
    empty = open_browser("小陈").get(f"/visit/pack?team={team}&day=2026-11-24")
    assert "还没有排企业" in empty.json()["error"]


def test_coming_back_takes_once_shows_conflicts_and_lets_them_be_decided(team):
    browser = open_browser("小陈")
    save_facts(CITY, code(1), {"employees": 50}, source="税务", on=TODAY, based_on=1)
    items = {
        "id": str(uuid4()),
        "kind": "facts",
        "enterprise": 1,
        "day": "2026-11-23",
        "based_on": 1,
        "facts": {"employees": 48},
    }
    assert [one["outcome"] for one in sent(browser, "/visit/sync", {"items": [items]}).json()["items"]] == ["taken"]
    assert [one["outcome"] for one in sent(browser, "/visit/sync", {"items": [items]}).json()["items"]] == ["known"]
    (waits,) = browser.get("/visit/conflicts").json()["conflicts"]
    assert (waits["name"], waits["visited"], waits["recorded"], waits["recorded_on"]) == (
        EVIL,
        "48人",
        "50人",
        "2026-11-23",
    )
    told = {"id": waits["id"], "stands": "visit", "version": waits["version"]}
    assert sent(browser, "/visit/decide", told).json() == {"decided": True}
    assert read_enterprise(CITY, code(1)).facts["employees"].value == 48
    assert "可能已经定过了" in sent(browser, "/visit/decide", told).json()["error"]
    left = {"corpus_version": "old", "firms": [{"enterprise": 1, "eligible": ["gone"]}]}
    found = sent(browser, "/visit/differences", left).json()
    assert found["newer"]
    assert found["firms"][0]["lost"] == ["已经撤下的政策"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Content-Type": "text/plain"}],
)
def test_what_does_not_come_from_our_own_page_is_not_taken(team, headers):
    assert sent(open_browser("小陈"), "/visit/sync", {"items": []}, **headers).status_code == 403


def test_too_much_or_what_cannot_be_read_is_told_in_a_sentence(team, monkeypatch):
    browser = open_browser("小陈")
    for wrong in ({"items": ["x"]}, {"items": [], "more": 1}, [], {"items": [{}] * 500}):
        answer = sent(browser, "/visit/sync", wrong)
        assert (answer.status_code, answer.json()["error"]) == (422, "带回的记录：看不懂；请刷新走访页面，再带回一次")
    (refused,) = sent(browser, "/visit/sync", {"items": [{"id": "a", "kind": "x"}]}).json()["items"]
    assert (refused["id"], refused["outcome"]) == ("a", "refused")
    monkeypatch.setattr(visitroutes, "LONGEST_BODY", 100)
    assert sent(browser, "/visit/sync", {"items": ["x" * 200]}).status_code == 413
