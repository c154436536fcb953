"""What every answer over HTTP tells the browser: not to be framed, not to guess types, whom to name as referrer, what may be loaded.

Streamlit draws with inline styles and compiles its messages, so styles are open and `eval` stays allowed; scripts come from here only.
Public pages may stand in a frame on the sites that NAVIGATOR_EMBEDDED_BY names, with `?embed=true`; the sign-in does not count there
(navigator.ui.account), and no other page may.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from navigator.settings import settings

_log = logging.getLogger("navigator")

EMBEDDABLE = ("search", "measure", "checkup", "no-application", "commitments", "library")
"""The pages that other sites may show in a frame: public ones, about policies."""

PRINT_NOW = "document.getElementById('print-now').onclick = () => window.print()"
"""The one script of our own that stands inside a page."""

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]+")
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\.0\.0\.1)(:[0-9]+)?")


class SafeHeaders:
    """ASGI middleware that adds the headers; what a route has set itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        framed_by = embedders(settings().embedded_by) if may_be_framed(scope["path"], scope["query_string"]) else ()
        policy = content_policy(Headers(scope=scope).get("host", ""), scope["path"], framed_by)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                if not framed_by:
                    headers.setdefault("X-Frame-Options", "DENY")
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("Permissions-Policy", "geolocation=(), payment=(), usb=()")
                headers.setdefault("Content-Security-Policy", policy)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def may_be_framed(path: str, query: bytes) -> bool:
    """Whether this is a page for other sites, asked for as such."""
    asked = parse_qs(query.decode("latin-1")).get("embed", [])
    return path.strip("/") in EMBEDDABLE and [one.lower() for one in asked] == ["true"]


@cache
def embedders(written: str) -> tuple[str, ...]:
    """The sites of NAVIGATOR_EMBEDDED_BY; one that is no address such as https://www.example.cn is logged and left out."""
    found = written.lower().split()
    for wrong in (one for one in found if not _ORIGIN.fullmatch(one)):
        _log.error("NAVIGATOR_EMBEDDED_BY：写的是“%s”，应像 https://www.example.cn，不带路径；这一个没有算", wrong)
    return tuple(one for one in found if _ORIGIN.fullmatch(one))


def content_policy(host: str, path: str, framed_by: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of an answer. Older phones do not count ws: to 'self', so the host is named."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    inline = ("'unsafe-inline'",) if path.startswith("/api/docs") else _known_inline_scripts()
    rules: dict[str, Iterable[str]] = {
        "default-src": ("'self'",),
        "script-src": ("'self'", "'unsafe-eval'", "blob:", *inline),
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "data:", "blob:"),
        "font-src": ("'self'", "data:"),
        "media-src": ("'self'", "data:", "blob:"),
        "connect-src": (f"'self'{sockets}", "data:", "blob:"),
        "worker-src": ("'self'", "blob:"),
        "frame-src": ("'self'", "data:", "blob:"),
        "object-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": tuple(framed_by) or ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


@cache
def _known_inline_scripts() -> tuple[str, ...]:
    """Hashes of the scripts written into pages, Streamlit's and ours, by which the browser knows them."""
    found = find_spec("streamlit")
    page = Path(found.origin).parent / "static" / "index.html" if found and found.origin else None
    scripts = _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8")) if page else []
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in (*scripts, PRINT_NOW)
    )
