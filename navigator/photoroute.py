"""A photo of a visit over HTTP, /visit-photos/NUMBER, for who is signed in and may see the visit; nothing else of the data folder."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from navigator.auth import NotAllowed
from navigator.errors import InputError
from navigator.signin import actor_behind

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def photo_routes() -> list[BaseRoute]:
    """What `app.py` mounts for photos."""
    return [Route("/visit-photos/{number:int}", _show, methods=["GET"])]


def photo_address(number: int) -> str:
    """Where a page finds a photo."""
    return f"/visit-photos/{number}"


async def _show(request: Request) -> Response:
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    from navigator.delivery.photos import read_photo

    actor, number = actor_behind(request), request.path_params["number"]
    try:
        made = read_photo(actor, number if number < 2**31 else 0)
    except NotAllowed as error:
        return PlainTextResponse(str(error), 403 if actor else 401, headers=_HEADERS)
    except InputError as error:
        return PlainTextResponse(str(error), 404, headers=_HEADERS)
    return Response(made.content, media_type=made.media_type, headers=_HEADERS)
