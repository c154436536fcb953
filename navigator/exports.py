"""Files for those who are signed in, as addresses below /exports: each is made by a function that checks role and region itself.

Nothing is left lying on the server, and an address passed on is of no use to anybody without the role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from navigator.auth import Actor, NotAllowed
from navigator.downloads import Download
from navigator.errors import InputError
from navigator.signin import actor_behind

Export = Callable[[Actor | None, Mapping[str, str]], Download]
"""Takes who asks and the query parameters; raises NotAllowed or InputError."""

EXPORTS: dict[str, str] = {
    "audit": "navigator.store.audit:export_audit",
    "original": "navigator.intake.upload:export_original",
    "upkeep": "navigator.intake.upkeep:export_upkeep",
    "import-refusals": "navigator.store.importing:export_refusals",
    "quality": "navigator.store.quality:export_quality",
    "backtest": "navigator.delivery.backtest:export_backtest",
    "record": "navigator.reports.records:export_record",
    "pack": "navigator.reports.records:export_pack",
    "metrics": "navigator.delivery.metrics:export_metrics",
    "metric-rows": "navigator.delivery.metrics:export_rows",
    "pushes": "navigator.delivery.previewing:export_rows",
    "hand-over": "navigator.delivery.exporting:export_hand_over",
    "fulfilment-list": "navigator.delivery.fulfilment_list:export_list",
    "fulfilment-due": "navigator.delivery.fulfilment_rates:export_due",
    "payments-left": "navigator.delivery.payments:export_left",
    "window-cases": "navigator.delivery.window:export_cases",
    "problems": "navigator.delivery.problems:export_problems",
    "appeals": "navigator.delivery.appeals:export_appeals",
    "visits": "navigator.delivery.visits:export_visits",
    "visit-promises": "navigator.delivery.visits_promises:export_promises",
    "cadence": "navigator.delivery.cadence:export_cadence",
    "bulletin": "navigator.reports.bulletin:export_bulletin",
    "quarter-report": "navigator.reports.bulletin:export_report",
    "bulletin-units": "navigator.delivery.cadence_bulletin:export_units",
    "board": "navigator.delivery.board_figures:export_standing",
    "board-values": "navigator.delivery.board_figures:export_values",
    "board-tasks": "navigator.delivery.board_figures:export_tasks",
    "board-units": "navigator.delivery.board_figures:export_units",
}
"""Name in the address: module and function, loaded when first asked for."""


def export_routes() -> list[BaseRoute]:
    """What `app.py` mounts for downloads."""
    return [Route("/exports/{name}", _export, methods=["GET"])]


async def _export(request: Request) -> Response:
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    place = EXPORTS.get(request.path_params["name"])
    if place is None:
        return _told("没有这个文件", 404)
    module, function = place.split(":")
    try:
        actor = actor_behind(request)
        made = getattr(import_module(module), function)(actor, dict(request.query_params))
    except NotAllowed as error:
        return _told(str(error), 403 if actor else 401)
    except InputError as error:
        return _told(str(error), 422)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}",
        "Cache-Control": "no-store",
    }
    return Response(made.content, media_type=made.media_type, headers=headers)


def _told(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status_code=status, headers={"Cache-Control": "no-store"})
