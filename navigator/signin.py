"""Signing in and out over HTTP, beside the pages in the same process: a plain form or the organisation's provider, the cookie, and
who is behind a request.

The form needs no script. A POST counts only when it comes from a page of ours; sign-out also carries the sign-in's own token.
The store is loaded when somebody really signs in. What the provider says is checked by navigator.oidc.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from navigator import oidc
from navigator.auth import Actor
from navigator.errors import InputError

_COOKIE, _SECURE_COOKIE = "jingcetong", "__Host-jingcetong"
_TICKET, _SECURE_TICKET = "jingcetong-way", "__Host-jingcetong-way"
_AFTER = "/account"
_LONGEST_WAY_BACK = 1_500
_LONGEST_FORM = 8_192
_PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


def sign_in_routes() -> list[BaseRoute]:
    """What `app.py` mounts for signing in."""
    return [
        Route("/auth/login", _show_sign_in, methods=["GET"]),
        Route("/auth/login", _sign_in, methods=["POST"]),
        Route("/auth/oidc", _go_to_provider, methods=["GET"]),
        Route("/auth/oidc/return", _come_from_provider, methods=["GET"]),
        Route("/auth/logout", _show_sign_out, methods=["GET"]),
        Route("/auth/logout", _sign_out, methods=["POST"]),
    ]


def tell_failure(request: Request, error: Exception) -> Response:
    """What a browser gets when a route of ours fails: a sentence. The traceback goes to the server's log."""
    if isinstance(error, InputError):
        return PlainTextResponse(
            f"{error.place}{error.found}，{error.expected or '请稍后再试'}。", 503, headers=_NOT_KEPT
        )
    return PlainTextResponse("服务器出错了，不是您的操作有问题；请稍后再试。", 500, headers=_NOT_KEPT)


def cookie_in(cookies: Mapping[str, str], *, secure: bool) -> str:
    """The sign-in's value among cookies; over HTTPS only the one that no other host or plain page can have set."""
    return cookies.get(_SECURE_COOKIE, "") or ("" if secure else cookies.get(_COOKIE, ""))


def actor_behind(request: Request) -> Actor | None:
    """Who asks; None for a visitor. Reads the store: not to be called in the event loop."""
    cookie = cookie_in(request.cookies, secure=_is_secure(request))
    if not cookie:
        return None
    from navigator.store.sign_ins import actor_of, id_of

    return actor_of(id_of(cookie))


def comes_from_us(request: Request) -> bool:
    """Whether a browser says that a page of this very host sent the request (Origin, or Referer where there is none)."""
    said = request.headers.get("origin") or request.headers.get("referer") or ""
    return bool(said) and urlsplit(said).netloc == request.headers.get("host")


async def _show_sign_in(request: Request) -> Response:
    return _sign_in_page(_way_back(request.query_params.get("next", "")))


async def _sign_in(request: Request) -> Response:
    form = await read_form(request)
    back = _way_back(request.query_params.get("next", ""))
    if form is None or not comes_from_us(request):
        return _sign_in_page(back, "登录没有成功：请从这个页面重新登录", status=403)
    if oidc.is_only_way():
        return _sign_in_page(back, "这里只能用单位账号登录", status=403)
    name, password = form.get("name", ""), form.get("password", "")
    if not name.strip() or not password:
        return _sign_in_page(back, "用户名和密码都要填", name, status=422)
    before = cookie_in(request.cookies, secure=_is_secure(request))
    try:
        cookie = await run_in_threadpool(_begin, name, password, _address_of(request), before)
    except InputError as error:
        return _sign_in_page(back, _sentence(error), name, status=401)
    return _signed_in(back, cookie, secure=_is_secure(request))


def _signed_in(back: str, cookie: str, *, secure: bool) -> Response:
    answer = RedirectResponse(back, status_code=303, headers=_NOT_KEPT)
    name = _SECURE_COOKIE if secure else _COOKIE
    answer.set_cookie(name, cookie, path="/", httponly=True, samesite="lax", secure=secure)
    return answer


def _address_of(request: Request) -> str:
    return request.client.host[:64] if request.client else ""


def _begin(name: str, password: str, address: str, before: str) -> str:
    """Begin a sign-in; gives the value for the cookie."""
    from navigator.store.sign_ins import sign_in

    return sign_in(name, password, address, before=before).cookie


async def _go_to_provider(request: Request) -> Response:
    back = _way_back(request.query_params.get("next", ""))
    if not oidc.is_offered():
        return _sign_in_page(back, "这里没有开通用单位账号登录", status=404)
    try:
        there, ticket = await run_in_threadpool(oidc.begin, back)
    except InputError as error:
        return _sign_in_page(back, _sentence(error), status=503)
    answer = RedirectResponse(there, status_code=303, headers=_NOT_KEPT)
    secure = oidc.is_public_address_secure()
    name, seconds = _SECURE_TICKET if secure else _TICKET, oidc.MINUTES * 60
    answer.set_cookie(name, ticket.written, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)
    return answer


async def _come_from_provider(request: Request) -> Response:
    secure = oidc.is_public_address_secure()
    held = _SECURE_TICKET if secure else _TICKET
    try:
        if not oidc.is_offered():
            raise InputError("登录", "这里没有开通用单位账号登录")
        ticket, code = oidc.check_return(request.cookies.get(held, ""), request.query_params)
        cookie = await run_in_threadpool(_begin_proven, request, ticket, code)
        answer = _signed_in(_way_back(ticket.back), cookie, secure=secure)
    except InputError as error:
        answer = _sign_in_page(_AFTER, _sentence(error), status=401)
    answer.delete_cookie(held, path="/", httponly=True, samesite="lax", secure=secure)
    return answer


def _begin_proven(request: Request, ticket: oidc.Ticket, code: str) -> str:
    """Begin a sign-in of whom the provider knows; gives the value for the cookie."""
    from navigator.store.sign_ins import count_try, sign_in_proven

    address = _address_of(request)
    attempt = count_try(address)
    name = oidc.identify(ticket, code, request.query_params.get("iss"))
    before = cookie_in(request.cookies, secure=oidc.is_public_address_secure())
    return sign_in_proven(name, attempt, address, before=before).cookie


async def _show_sign_out(request: Request) -> Response:
    token = await run_in_threadpool(_token_behind, request)
    return _sign_out_page(token) if token else RedirectResponse("/", status_code=303, headers=_NOT_KEPT)


async def _sign_out(request: Request) -> Response:
    form = await read_form(request) if comes_from_us(request) else None
    if form is None or not await run_in_threadpool(_end, request, form.get("token", "")):
        token = await run_in_threadpool(_token_behind, request)
        return _sign_out_page(token, "没有退出：请从这个页面再点一次", status=403)
    answer = RedirectResponse("/", status_code=303, headers=_NOT_KEPT)
    for name in (_COOKIE, _SECURE_COOKIE):
        answer.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=name == _SECURE_COOKIE)
    return answer


def _end(request: Request, token: str) -> bool:
    """End the sign-in behind a request; False where the form is not one of this sign-in. One that is over needs no ending."""
    cookie = cookie_in(request.cookies, secure=_is_secure(request))
    from navigator.store.sign_ins import form_token, id_of, sign_out, token_fits

    if not cookie or not form_token(id_of(cookie)):
        return True
    if not token_fits(id_of(cookie), token):
        return False
    sign_out(id_of(cookie))
    return True


def _token_behind(request: Request) -> str:
    cookie = cookie_in(request.cookies, secure=_is_secure(request))
    if not cookie:
        return ""
    from navigator.store.sign_ins import form_token, id_of

    return form_token(id_of(cookie))


def _is_secure(request: Request) -> bool:
    """Whether the browser came by HTTPS, also where a server in front of this one speaks it."""
    origin = request.headers.get("origin") or request.headers.get("referer") or ""
    return request.url.scheme == "https" or urlsplit(origin).scheme == "https"


async def read_form(request: Request) -> dict[str, str] | None:
    """The fields of a form; None where it is not one or far too long."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _way_back(path: str) -> str:
    """A page of ours to go to after signing in; anything else leads to the own account."""
    safe = path.startswith("/") and not path.startswith(("//", "/auth/")) and "\\" not in path and path.isprintable()
    safe = safe and len(path) <= _LONGEST_WAY_BACK
    return quote(path, safe="/?=&%+#.,:;~-_") if safe else _AFTER


def _sentence(error: InputError) -> str:
    return "；".join(part for part in (error.found, error.expected) if part)


_NOT_KEPT = {"Cache-Control": "no-store"}


def _sign_in_page(back: str, error: str = "", name: str = "", *, status: int = 200) -> HTMLResponse:
    parts = []
    if oidc.is_offered():
        there = f"{oidc.start_address()}?next={quote(back, safe='')}"
        parts.append(f'<p><a class="button" href="{escape(there)}">用单位账号登录</a></p>')
    if not oidc.is_only_way():
        parts.append(_password_form(back, name))
    hint = "查政策、做体检都不用登录。账号由管理员开；忘了密码也找管理员。"
    return _page("工作人员登录", "\n".join(parts), hint, error, status)


def _password_form(back: str, name: str) -> str:
    focus = ("", " autofocus") if name else (" autofocus", "")
    fields = (
        '<label for="name">用户名</label>'
        f'<input id="name" name="name" value="{escape(name)}" autocomplete="username" autocapitalize="none"'
        f' maxlength="64" required{focus[0]}>'
        '<label for="password">密码</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password"'
        f' maxlength="200" required{focus[1]}>'
    )
    return _form(f"/auth/login?next={quote(back, safe='')}", fields, "登录")


def _sign_out_page(token: str, error: str = "", *, status: int = 200) -> HTMLResponse:
    form = _form("/auth/logout", f'<input type="hidden" name="token" value="{escape(token)}">', "退出")
    return _page("退出登录", form, "退出后，这个浏览器的其他窗口也要重新登录。", error, status)


def _form(action: str, fields: str, button: str) -> str:
    return f'<form method="post" action="{escape(action)}">\n{fields}\n<button type="submit">{button}</button>\n</form>'


def _page(title: str, body: str, hint: str, error: str = "", status: int = 200) -> HTMLResponse:
    told = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    text = _PAGE.substitute(title=title, body=body, hint=hint, error=told)
    return HTMLResponse(text, status_code=status, headers=_NOT_KEPT)
