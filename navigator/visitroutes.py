"""The web app for visits without a signal over HTTP, below /visit, in the same process as the pages: its files, the pack, and coming back.

Files of the app are for everybody and hold nothing of anybody; all else asks for the sign-in and answers with JSON that nobody keeps. A POST
counts only when it comes from a page of ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from navigator.auth import Actor, NotAllowed, need
from navigator.errors import InputError
from navigator.signin import actor_behind, comes_from_us

LONGEST_BODY = 16_000_000
_KEPT = "no-cache"
_HEADERS = {"Cache-Control": "no-store"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "webmanifest": "application/manifest+json",
}
Model = TypeVar("Model", bound=BaseModel)


def visit_routes() -> list[BaseRoute]:
    """What `app.py` mounts for visits without a signal."""
    return [
        Route("/visit", _to_app, methods=["GET"]),
        Route("/visit/", _file, methods=["GET"]),
        Route("/visit/who", _answering(_who), methods=["GET"]),
        Route("/visit/pack", _answering(_pack), methods=["GET"]),
        Route("/visit/file", _answering(_one_file), methods=["GET"]),
        Route("/visit/conflicts", _answering(_conflicts), methods=["GET"]),
        Route("/visit/sync", _taking(_sync), methods=["POST"]),
        Route("/visit/differences", _taking(_differences), methods=["POST"]),
        Route("/visit/decide", _taking(_decide), methods=["POST"]),
        Route("/visit/{name}", _file, methods=["GET"]),
    ]


def clock() -> datetime:
    """The moment of a request."""
    return datetime.now(UTC)


def _today() -> date:
    from navigator.store.audit import SHANGHAI

    return clock().astimezone(SHANGHAI).date()


# ---- the files of the app


async def _to_app(request: Request) -> Response:
    return RedirectResponse("/visit/", status_code=307)


async def _file(request: Request) -> Response:
    from navigator import visitpack

    name = request.path_params.get("name", "index.html")
    if name == "sw.js":
        return _static(name, _worker())
    content = visitpack.shell().get(name)
    return _told("没有这个文件", 404) if content is None else _static(name, content)


def _static(name: str, content: bytes) -> Response:
    headers = {"Cache-Control": _KEPT, "Content-Security-Policy": _POLICY}
    return Response(
        content, media_type=_KINDS.get(name.rpartition(".")[2], "application/octet-stream"), headers=headers
    )


def _worker() -> bytes:
    """The service worker, told which files belong to the app and their version."""
    from navigator import visitpack

    told = {"version": visitpack.shell_version(), "files": [name for name in visitpack.shell() if name != "index.html"]}
    return f"const SHELL = {json.dumps(told)};\n".encode() + (visitpack.APP / "sw.js").read_bytes()


# ---- for those who are signed in


def _answering(answer: Callable[[Actor, Request], Any]) -> Callable[[Request], Any]:
    async def route(request: Request) -> Response:
        return await run_in_threadpool(_answered, request, lambda actor: answer(actor, request))

    return route


def _taking(answer: Callable[[Actor, bytes], Any]) -> Callable[[Request], Any]:
    async def route(request: Request) -> Response:
        if (
            not comes_from_us(request)
            or request.headers.get("content-type", "").partition(";")[0] != "application/json"
        ):
            return _told("没有收下：请从走访页面再点一次", 403)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_BODY:
                return _told("一次带回的太多，请分几次", 413)
        return await run_in_threadpool(_answered, request, lambda actor: answer(actor, body))

    return route


def _answered(request: Request, answer: Callable[[Actor], Any]) -> Response:
    try:
        actor = actor_behind(request)
        return JSONResponse(answer(need(actor, "team")), headers=_HEADERS)
    except NotAllowed as fault:
        return _told(_sentence(fault), 403 if actor else 401)
    except InputError as fault:
        return _told(_sentence(fault), 422)


def _told(sentence: str, status: int) -> Response:
    return JSONResponse({"error": sentence}, status_code=status, headers=_HEADERS)


def _sentence(fault: InputError) -> str:
    return "；".join(part for part in (f"{fault.place}：{fault.found}", fault.expected) if part)


def _who(actor: Actor, request: Request) -> Any:
    from navigator.delivery.teams import list_teams, my_team

    mine = my_team(actor)
    teams = [{"id": one.id, "name": one.name} for one in list_teams(actor)]
    return {"name": actor.name, "role": actor.role_name, "area": actor.area, "today": _today().isoformat(),
            "team": mine.id if mine else None, "teams": teams}  # fmt: skip


def _pack(actor: Actor, request: Request) -> Any:
    from navigator.visitpack import make_pack

    team, day = request.query_params.get("team", ""), request.query_params.get("day", "")
    if not (team.isascii() and team.isdigit() and len(team) < 10):
        raise InputError("小分队", "没有选", "先选小分队")
    return make_pack(actor, int(team), _day(day), now=clock())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("哪天", "没有选", "选走访的日子") from None


def _one_file(actor: Actor, request: Request) -> Any:
    from navigator.visitpack import one_file

    return {"html": one_file()}


def _conflicts(actor: Actor, request: Request) -> Any:
    from navigator.delivery.syncing import open_conflicts

    return {"conflicts": [_plain(one) for one in open_conflicts(actor)]}


def _sync(actor: Actor, body: bytes) -> Any:
    from navigator.delivery.syncing import Parcel, look_into, take_in

    sent, refused = look_into(_read(Parcel, body))
    taken = take_in(actor, sent, _today(), now=clock())
    return {"items": [asdict(one) for one in (*taken, *refused)]}


def _differences(actor: Actor, body: bytes) -> Any:
    from navigator.delivery.syncing import Left, differences
    from navigator.matching.rulebook import rulebook_for

    left = _read(Left, body)
    newer = left.corpus_version != rulebook_for(_today()).corpus.fingerprint
    return {"newer": newer, "firms": [asdict(one) for one in differences(actor, left, _today())]}


class _Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: int
    stands: str
    version: int


def _decide(actor: Actor, body: bytes) -> Any:
    from navigator.delivery.syncing import decide

    told = _read(_Decision, body)
    decide(actor, told.id, told.stands, told.version, now=clock())
    return {"decided": True}


def _plain(one: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(one).items()}


def _read(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise InputError("带回的记录", "看不懂", "请刷新走访页面，再带回一次") from None
