"""The link of a push over HTTP, /p/TOKEN, in the same process as the pages: plain HTML without scripts, for any phone's browser.

Looking changes nothing; an answer is a form sent from the page itself. A wrong, an unknown and an ended link read the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from navigator.errors import InputError
from navigator.signin import comes_from_us, read_form

_PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser would hide the origin of our own forms; links carry noreferrer
}
_PASTED = "。，；、！？）)】」』》”\"'.,;!?"
"""What a phone may take for a part of the address after it."""


def push_routes() -> list[BaseRoute]:
    """What `app.py` mounts for the links of pushes."""
    return [
        Route("/p/{token}", _show, methods=["GET"]),
        Route("/p/{token}", _take, methods=["POST"]),
    ]


def clock() -> datetime:
    """The moment of a request."""
    return datetime.now(UTC)


async def _show(request: Request) -> Response:
    return await run_in_threadpool(_page_of, request, {}, "")


async def _take(request: Request) -> Response:
    form = await read_form(request)
    token = _token(request)
    if form is None or form.get("token") != token or not _comes_from_us(request):
        return await run_in_threadpool(_page_of, request, {}, "没有提交成功：请从这个页面再点一次", 403)
    try:
        await run_in_threadpool(_keep, token, form, clock())
    except InputError as fault:
        return await run_in_threadpool(_page_of, request, form, _sentence(fault), 422)
    return RedirectResponse(f"/p/{token}", status_code=303, headers=_HEADERS)


def _keep(token: str, form: Mapping[str, str], now: datetime) -> None:
    """What a form asks for. A link that has ended meanwhile says so on the page that follows."""
    from navigator.delivery import answers

    match form.get("do"):
        case "fits":
            answers.say_fits(token, now=now)
        case "not":
            reason = form.get("reason", "")
            answers.say_not(token, reason, form.get(f"about-{reason}", ""), form.get("words", ""), now=now)
        case "fact":
            answers.tell_fact(token, form.get("value", ""), now=now)
        case "stop":
            if form.get("what") not in ("this", "all"):
                raise InputError("不再接收", "没有选哪些", "请选一项")
            answers.stop(token, everything=form["what"] == "all", now=now)
        case _:
            raise InputError("回复", "没有看懂", "请从这个页面再点一次")


def _page_of(request: Request, form: Mapping[str, str], error: str, status: int = 200) -> Response:
    from navigator.delivery.answers import read_letter
    from navigator.delivery.links import TRIAL
    from navigator.pushletter import Typed, write_letter
    from navigator.store.audit import SHANGHAI

    token, now = _token(request), clock()
    if token == TRIAL:
        return _told("这是试发的消息", "正式发出的消息里，每家企业的链接都不一样，点开就是它的页面。", 200)
    letter = read_letter(token, now=now)
    if letter is None:
        return _unknown(request, now)
    body = write_letter(letter, now.astimezone(SHANGHAI).date(), Typed(error, form))
    return _html(letter.ground.name, body, status)


def _unknown(request: Request, now: datetime) -> Response:
    from navigator.delivery.links import too_many_wrong

    address = request.client.host[:60] if request.client else ""
    many = too_many_wrong(address, now=now)
    return _told(
        "链接打不开",
        "链接不对，或者已经过期。请核对是不是抄全了；过期的请联系发消息的单位。您也可以自己查政策、做政策体检，都不用登录。",
        429 if many else 404,
    )


def _told(title: str, sentence: str, status: int) -> Response:
    way = '<p><a href="/" rel="noreferrer">去首页</a></p>'
    return _html(title, f"<h1>{escape(title)}</h1><p>{escape(sentence)}</p>{way}", status)


def _html(title: str, body: str, status: int) -> Response:
    text = _PAGE.substitute(title=escape(title), product=escape(_product()), body=body)
    return HTMLResponse(text, status_code=status, headers=_HEADERS)


@cache
def _product() -> str:
    from navigator.corpus.load import default_corpus

    return default_corpus().city.product


def _token(request: Request) -> str:
    return request.path_params["token"].rstrip(_PASTED)


def _comes_from_us(request: Request) -> bool:
    """A browser inside another app may name no origin but still says that the form stood on a page of this site."""
    return comes_from_us(request) or request.headers.get("sec-fetch-site") == "same-origin"


def _sentence(fault: InputError) -> str:
    return "；".join(part for part in (f"{fault.place}：{fault.found}", fault.expected) if part)
