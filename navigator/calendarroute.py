"""Subscriptions to 政策日历 over HTTP, /cal/TOKEN.ics, in the same process as the pages: asked for by calendar programs, changes nothing.

A wrong, a stopped and an ended link read the same.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_HEADERS = {"X-Robots-Tag": "noindex, nofollow, noarchive", "Referrer-Policy": "no-referrer"}
_RETRY_SECONDS = 900


def calendar_routes() -> list[BaseRoute]:
    """What `app.py` mounts for subscriptions."""
    return [Route("/cal/{token}.ics", _feed, methods=["GET"])]


def clock() -> datetime:
    """The moment of a request."""
    return datetime.now(UTC)


async def _feed(request: Request) -> Response:
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    from navigator.delivery.calendars import feed_of, too_many_wrong

    now = clock()
    content = feed_of(request.path_params["token"], now=now)
    if content is None:
        many = too_many_wrong(request.client.host[:60] if request.client else "", now=now)
        wait = {"Retry-After": str(_RETRY_SECONDS)} if many else {}
        told = "订阅链接不对，或者已经停用、到期。可以在“政策日历”里重新做一个。"
        return PlainTextResponse(told, 429 if many else 404, headers=_HEADERS | {"Cache-Control": "no-store"} | wait)
    mark = f'"{sha256(content).hexdigest()[:32]}"'
    headers = _HEADERS | {"Cache-Control": "private, max-age=3600", "ETag": mark}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)
