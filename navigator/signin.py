"""Signing in and out over HTTP, beside the pages in the same process: a plain form, the cookie, and who is behind a request.

The form needs no script. A POST counts only when it comes from a page of ours; sign-out also carries the sign-in's own token.
The store is loaded when somebody really signs in.
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

from navigator.auth import Actor
from navigator.errors import InputError

_COOKIE, _SECURE_COOKIE = "jingcetong", "__Host-jingcetong"
_AFTER = "/account"
_LONGEST_FORM = 8_192
_PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


def sign_in_routes() -> list[BaseRoute]:
    """What `app.py` mounts for signing in."""
    return [
        Route("/auth/login", _show_sign_in, methods=["GET"]),
        Route("/auth/login", _sign_in, methods=["POST"]),
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
    form = await _read_form(request)
    back = _way_back(request.query_params.get("next", ""))
    if form is None or not comes_from_us(request):
        return _sign_in_page(back, "登录没有成功：请从这个页面重新登录", status=403)
    name, password = form.get("name", ""), form.get("password", "")
    if not name.strip() or not password:
        return _sign_in_page(back, "用户名和密码都要填", name, status=422)
    address = request.client.host[:64] if request.client else ""
    before = cookie_in(request.cookies, secure=_is_secure(request))
    try:
        cookie = await run_in_threadpool(_begin, name, password, address, before)
    except InputError as error:
        return _sign_in_page(back, _sentence(error), name, status=401)
    answer = RedirectResponse(back, status_code=303, headers=_NOT_KEPT)
    secure = _is_secure(request)
    answer.set_cookie(
        _SECURE_COOKIE if secure else _COOKIE, cookie, path="/", httponly=True, samesite="lax", secure=secure
    )
    return answer


def _begin(name: str, password: str, address: str, before: str) -> str:
    """Begin a sign-in; gives the value for the cookie."""
    from navigator.store.sign_ins import sign_in

    return sign_in(name, password, address, before=before).cookie


async def _show_sign_out(request: Request) -> Response:
    token = await run_in_threadpool(_token_behind, request)
    return _sign_out_page(token) if token else RedirectResponse("/", status_code=303, headers=_NOT_KEPT)


async def _sign_out(request: Request) -> Response:
    form = await _read_form(request) if comes_from_us(request) else None
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


async def _read_form(request: Request) -> dict[str, str] | None:
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
    return quote(path, safe="/?=&%+#.,:;~-_") if safe else _AFTER


def _sentence(error: InputError) -> str:
    return "；".join(part for part in (error.found, error.expected) if part)


_NOT_KEPT = {"Cache-Control": "no-store"}


def _sign_in_page(back: str, error: str = "", name: str = "", *, status: int = 200) -> HTMLResponse:
    focus = ("", " autofocus") if name else (" autofocus", "")
    fields = (
        '<label for="name">用户名</label>'
        f'<input id="name" name="name" value="{escape(name)}" autocomplete="username" autocapitalize="none"'
        f' maxlength="64" required{focus[0]}>'
        '<label for="password">密码</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password"'
        f' maxlength="200" required{focus[1]}>'
    )
    return _page(
        "工作人员登录",
        f"/auth/login?next={quote(back, safe='')}",
        fields,
        "登录",
        "查政策、做体检都不用登录。账号由管理员开；忘了密码也找管理员。",
        error,
        status,
    )


def _sign_out_page(token: str, error: str = "", *, status: int = 200) -> HTMLResponse:
    hidden = f'<input type="hidden" name="token" value="{escape(token)}">'
    hint = "退出后，这个浏览器的其他窗口也要重新登录。"
    return _page("退出登录", "/auth/logout", hidden, "退出", hint, error, status)


def _page(
    title: str, action: str, fields: str, button: str, hint: str, error: str = "", status: int = 200
) -> HTMLResponse:
    told = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    text = _PAGE.substitute(title=title, action=escape(action), fields=fields, button=button, hint=hint, error=told)
    return HTMLResponse(text, status_code=status, headers=_NOT_KEPT)
