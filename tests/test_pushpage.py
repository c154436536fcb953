"""The page behind a push's link over HTTP: what it shows, that looking changes nothing, and who may answer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from navigator import pushpage
from navigator.auth import COMMAND_LINE
from navigator.delivery.opt_outs import stops_of
from navigator.errors import InputError
from navigator.headers import SafeHeaders
from navigator.matching.rulebook import rulebook_for
from navigator.signin import tell_failure
from navigator.store import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprises import read_enterprise
from navigator.store.push_tables import AnswerRow, BatchRow, PushRow
from navigator.store.sign_ins import TRIES_OF_AN_ADDRESS
from tests.delivery.pushed import ASKED, CIT, CITY, DAY, FACTS, SENT, push_out

HERE = "http://testserver"


@pytest.fixture
def browser(store, monkeypatch):
    """A browser on the day after sending."""
    monkeypatch.setattr(pushpage, "clock", lambda: SENT + timedelta(days=1))
    app = Starlette(
        routes=pushpage.push_routes(),
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={InputError: tell_failure, Exception: tell_failure},
    )
    return TestClient(app, base_url=HERE, follow_redirects=False, headers={"Origin": HERE})


def see(browser, token: str) -> str:
    answer = browser.get(f"/p/{token}")
    assert answer.status_code == 200
    return answer.text


def post(browser, token: str, headers=None, **form):
    return browser.post(f"/p/{token}", data={"token": token, **form}, headers=headers)


def answer(pushed) -> AnswerRow | None:
    with reading() as session:
        return session.get(AnswerRow, pushed.push)


def words(html: str) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]+>", "", html, flags=re.DOTALL)


def test_the_page_says_what_why_how_much_how_and_until_when(browser):
    pushed = push_out()
    html = see(browser, pushed.token)
    text = words(html)
    compiled = rulebook_for(DAY).by_id[CIT]
    measure = compiled.measure
    for rule in compiled.rules:
        assert rule.condition.text in text
        assert rule.source in text
    for told in (measure.name, measure.benefit.text, measure.apply.where, "预计每年约3.2万元", "从业人数：45人",
                 "2026年12月23日以前有效", "荆门市经济和信息化局 2026年11月23日发出"):  # fmt: skip
        assert told in text
    assert "京山机械厂：按现有资料，您符合这项政策的条件" in text


def test_the_page_shows_nothing_of_the_enterprise_that_the_push_did_not_use(browser):
    html = see(browser, push_out(facts=FACTS | {"revenue": 987_654_321, "employees": 45}).token)
    assert "987" not in html
    assert "91420800" not in html
    assert "C3841" not in html


def test_no_address_on_the_page_has_a_fact_and_no_way_out_names_where_it_came_from(browser):
    pushed = push_out()
    html = see(browser, pushed.token)
    ways = re.findall(r"<a ([^>]+)>", html)
    assert f'href="/measure?id={CIT}"' in html
    assert all("noreferrer" in way for way in ways if "tel:" not in way)
    assert "<script" not in html


def test_the_page_is_neither_kept_nor_found_nor_framed(browser):
    headers = browser.get(f"/p/{push_out().token}").headers
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


def test_looking_ahead_as_messengers_do_changes_nothing(browser):
    pushed = push_out()
    before = audit.count_audit(COMMAND_LINE)
    for method in ("GET", "HEAD"):
        assert browser.request(method, f"/p/{pushed.token}").status_code == 200
        assert browser.request(method, f"/p/{pushed.token}?do=fits&token={pushed.token}").status_code == 200
    assert answer(pushed) is None
    assert audit.count_audit(COMMAND_LINE) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(browser, method):
    assert browser.request(method, f"/p/{push_out().token}").status_code == 405


def test_a_tap_on_fits_is_kept_and_shown(browser):
    pushed = push_out()
    told = post(browser, pushed.token, do="fits")
    assert (told.status_code, told.headers["location"]) == (303, f"/p/{pushed.token}")
    assert answer(pushed).fits
    assert "您的回复收到了：适用" in words(see(browser, pushed.token))


def test_not_fitting_with_reason_and_words_is_shown_harmless_and_corrected(browser):
    pushed = push_out()
    first = rulebook_for(DAY).by_id[CIT].rules[0].condition.text
    nasty = "</textarea></script><script>alert(1)</script>"
    assert post(browser, pushed.token, do="not", reason="not_fit", **{"about-not_fit": first}, words=nasty).is_redirect
    html = see(browser, pushed.token)
    assert f"不适用，条件不符合（{first}）" in words(html)
    assert "<script" not in html
    assert f'<option value="{first}" selected>' in html
    post(browser, pushed.token, do="fits")
    assert answer(pushed).fits
    assert "不适用，条件不符合" not in words(see(browser, pushed.token))


def test_an_answer_that_says_too_little_keeps_what_was_typed(browser):
    pushed = push_out()
    told = post(browser, pushed.token, do="not", reason="not_fit", words="我们是<合作社>")
    assert told.status_code == 422
    assert "没有选哪一条条件不符合" in words(told.text)
    assert "我们是&lt;合作社&gt;</textarea>" in told.text
    assert "<details open>" in told.text
    assert re.search(r'value="not_fit" required checked', told.text)
    assert answer(pushed) is None


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "", "Referer": "https://evil.example/p/x"}],
)
def test_a_form_from_elsewhere_does_nothing(browser, headers):
    pushed = push_out()
    told = post(browser, pushed.token, headers, do="fits")
    assert told.status_code == 403
    assert "请从这个页面再点一次" in told.text
    assert answer(pushed) is None


def test_a_browser_that_hides_its_origin_but_says_the_form_was_ours_may_answer(browser):
    pushed = push_out()
    assert post(browser, pushed.token, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, do="fits").is_redirect
    assert answer(pushed).fits


def test_a_form_of_one_push_is_no_good_for_another(browser):
    first, second = push_out(1), push_out(2)
    assert browser.post(f"/p/{first.token}", data={"token": second.token, "do": "fits"}).status_code == 403
    assert browser.post(f"/p/{first.token}", data={"do": "fits"}).status_code == 403
    assert browser.post(f"/p/{first.token}", json={"token": first.token, "do": "fits"}).status_code == 403
    assert post(browser, first.token, do="fits", words="字" * 9_000).status_code == 403
    assert answer(first) is answer(second) is None


def test_wrong_ended_and_unsent_links_read_the_same(browser, monkeypatch):
    pushed, waiting = push_out(1), push_out(2, state="queued")
    told = [browser.get(f"/p/{token}") for token in (waiting.token, pushed.token[:-1] + "#", "x", "1" * 500, "%00")]
    monkeypatch.setattr(pushpage, "clock", lambda: SENT + timedelta(days=30))
    told.append(browser.get(f"/p/{pushed.token}"))
    assert {(one.status_code, one.text) for one in told} == {(404, told[0].text)}
    assert "链接不对，或者已经过期" in told[0].text


def test_answering_after_the_end_says_that_the_link_is_over(browser, monkeypatch):
    pushed = push_out()
    monkeypatch.setattr(pushpage, "clock", lambda: SENT + timedelta(days=30))
    assert post(browser, pushed.token, do="fits").is_redirect
    assert answer(pushed) is None
    assert browser.get(f"/p/{pushed.token}").status_code == 404


def test_many_wrong_links_from_one_address_are_held_up_but_a_right_one_is_not(browser):
    pushed = push_out()
    told = [browser.get(f"/p/wrong{n}").status_code for n in range(TRIES_OF_AN_ADDRESS + 2)]
    assert told == [404] * TRIES_OF_AN_ADDRESS + [429] * 2
    see(browser, pushed.token)


def test_a_full_stop_that_the_phone_took_for_a_part_of_the_link_does_no_harm(browser):
    pushed = push_out()
    assert "京山机械厂" in see(browser, pushed.token + "。")


def test_the_link_of_a_trial_says_what_it_is(browser):
    assert "试发" in see(browser, "test")


def test_a_withdrawn_push_says_why_and_offers_no_form(browser):
    pushed = push_out()
    with transaction() as session:
        batch = session.get_one(BatchRow, pushed.batch)
        batch.state, batch.reason = "withdrawn", "金额<写错>了"
    html = see(browser, pushed.token)
    assert "这次推送已经撤回" in html
    assert "金额&lt;写错&gt;了" in html
    assert "<form" not in html


def test_names_and_values_are_written_harmless(browser):
    html = see(browser, push_out(name='</script><script>alert("厂")</script>').token)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_question_is_answered_and_the_page_says_what_it_means(browser):
    pushed = push_out(kind="asks", fact=ASKED)
    html = see(browser, pushed.token)
    assert "只差一项信息" in html
    assert 'name="value" type="text"' in html
    assert "适用，我去办" not in html
    told = post(browser, pushed.token, do="fact", value="很多")
    assert told.status_code == 422
    assert "年应纳税所得额：“很多”看不懂" in words(told.text)
    assert 'value="很多"' in told.text
    assert post(browser, pushed.token, do="fact", value="16万").is_redirect
    text = words(see(browser, pushed.token))
    assert "收到了：年应纳税所得额 160,000元" in text
    assert "按您填的，条件都符合，可以照下面“怎么办”去办。预计每年约3.2万元。" in text
    assert "京山机械厂：您补的信息收到了" in text
    assert read_enterprise(CITY, pushed.uscc).facts[ASKED].value == 160_000.0


@pytest.mark.parametrize(
    ("fact", "box"),
    [
        ("restricted_industry", 'type="radio" name="value" value="否"'),
        ("employees", 'type="number" min="0" step="1" inputmode="numeric"'),
        ("entity_type", 'type="radio" name="value" value="个体工商户"'),
        ("established_on", 'type="date"'),
        ("industry", '<option value="C38"'),
    ],
)
def test_each_kind_of_fact_has_its_box(browser, fact, box):
    assert box in see(browser, push_out(kind="asks", fact=fact).token)


def test_no_more_of_this_then_no_more_at_all(browser):
    pushed = push_out()
    assert post(browser, pushed.token, do="stop", what="").status_code == 422
    assert post(browser, pushed.token, do="stop", what="this").is_redirect
    assert "这项政策以后不再推给您" in see(browser, pushed.token)
    assert post(browser, pushed.token, do="stop", what="all").is_redirect
    html = see(browser, pushed.token)
    assert "以后不再给您推送政策" in html
    assert 'value="stop"' not in html
    with reading() as session:
        assert stops_of(session, [pushed.enterprise]) == {pushed.enterprise: {None, CIT}}


def test_what_came_with_it_stands_beneath_with_its_own_link(browser, rulebook):
    other = next(one.measure for one in rulebook.measures if one.measure.id != CIT)
    pushed = push_out(measures=(CIT, other.id))
    post(browser, pushed.tokens[1], do="fits")
    html = see(browser, pushed.token)
    assert f'<a href="/p/{pushed.tokens[1]}" rel="noreferrer">{other.name}</a>' in html
    assert "✓ 已回复" in html


def test_an_invented_enterprise_is_said_to_be_one(browser):
    html = see(browser, push_out(example=True, name="示例厂").token)
    assert "这是虚构的企业，不是真的推送" in html
    assert "示例企业的数，不是真的" in html


def test_a_measure_that_is_gone_or_has_changed_is_said_to_be(browser):
    from navigator.store.push_tables import SubjectRow

    pushed = push_out()
    with transaction() as session:
        subject = session.get_one(SubjectRow, session.get_one(PushRow, pushed.push).subject_id)
        subject.substance = "0" * 32
    assert "这项政策改过" in see(browser, pushed.token)
    with transaction() as session:
        session.get_one(SubjectRow, subject.id).measure_id = "no-such-measure"
    html = see(browser, pushed.token)
    assert "政策库里已经没有了" in html
    assert "/measure?id=" not in html


def test_a_fault_of_the_store_is_told_in_one_sentence(browser, monkeypatch):
    from navigator.delivery import answers

    def broken(*given, **more):
        raise InputError("数据库", "连不上")

    monkeypatch.setattr(answers, "read_letter", broken)
    told = browser.get("/p/abc")
    assert (told.status_code, told.text) == (503, "数据库连不上，请稍后再试。")
