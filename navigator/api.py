"""The HTTP interface under /api: the same answers as the commands, as JSON, with OpenAPI at /api/docs (no outside network).

Bad input is 422 with one sentence. Nothing that is sent here is stored or logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Body, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount

from navigator import __version__, opendata
from navigator.corpus.model import Measure
from navigator.errors import InputError
from navigator.matching.assess import assess, in_force_dict
from navigator.matching.dates import apply_state, period, read_day, today
from navigator.matching.rulebook import default_rulebook, rulebook_for
from navigator.views import commitments_json

_KINDS = ("measure", "commitment", "platform", "clause")
AsOf = Annotated[str | None, Query(description="按哪一天的政策回答，如 2026-11-23；不写就是今天")]


def routes() -> Sequence[BaseRoute]:
    """What `app.py` mounts beside the pages."""
    return [Mount("/api", app=make_api())]


def make_api() -> FastAPI:
    """The FastAPI application that answers below /api."""
    api = FastAPIOffline(
        title="荆策通接口",
        version=__version__,
        description="惠企政策查询与匹配。不保存、不记录任何企业信息。",
        docs_url="/docs",
        redoc_url=None,
    )
    api.add_exception_handler(InputError, _input_error)
    api.add_exception_handler(RequestValidationError, _bad_request)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _own_error)
    api.get("/v1/health", summary="服务是否正常")(health)
    api.get("/v1/measures", summary="全部政策事项")(measures)
    api.get("/v1/measures/{measure_id}", summary="一个政策事项", responses={404: {}})(measure)
    api.get("/v1/commitments", summary="45项承诺")(commitments)
    api.get("/v1/search", summary="用大白话查政策")(search)
    api.get("/v1/open", summary="开放数据有哪些表")(open_tables)
    api.get("/v1/open/dictionary", summary="数据字典：每一列的意思")(open_dictionary)
    api.get("/v1/open/dictionary.md", summary="数据字典，Markdown 文字", response_class=PlainTextResponse)(
        open_dictionary_text
    )
    api.get("/v1/open/{table}.{form}", summary="下载一张表：CSV 或 JSON", responses={404: {}})(open_table)
    api.post("/v1/assess", summary="一家企业能享受什么")(assess_profile)
    return api


def _input_error(request: Request, error: Exception) -> JSONResponse:
    return _error(422, str(error))


def _bad_request(request: Request, error: Exception) -> JSONResponse:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    kind, where = first.get("type", ""), first.get("loc", ())
    if where[:1] == ("body",):
        return _error(422, _BAD_BODY)
    field = ".".join(str(part) for part in where[1:])
    if kind == "missing":
        return _error(422, f"{field}：缺少这一项")
    return _error(422, f"{field}：写的是“{first.get('input')}”；{_EXPECTED.get(kind, '请对照 /api/docs 改写')}")


_BAD_BODY = '请求体不是企业档案；应是 JSON 对象，如 {"employees": 12}，并带上 Content-Type: application/json'
_EXPECTED = {
    "int_parsing": "应是整数",
    "greater_than_equal": "应在1到100之间",
    "less_than_equal": "应在1到100之间",
}
_HTTP = {404: "没有这个地址", 405: "这个地址不能这样访问"}


def _http_error(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 400:
        return _error(422, _BAD_BODY)
    return _error(status, f"{_HTTP.get(status, '请求没有成功')}；有哪些地址见 /api/docs")


def _own_error(request: Request, error: Exception) -> JSONResponse:
    return _error(500, "服务器出错了，不是您的输入有问题；请稍后再试")


def _error(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)


def health() -> dict[str, Any]:
    rulebook = default_rulebook()
    return {
        "status": "ok",
        "version": __version__,
        "corpus": rulebook.corpus.fingerprint,
        "measures": len(rulebook.measures),
        "commitments": len(rulebook.commitments),
    }


def measures(as_of: AsOf = None) -> list[dict[str, Any]]:
    day = _day(as_of)
    return [
        {
            **_measure_dict(compiled.measure),
            "status": period(compiled.measure, day),
            "apply_state": apply_state(compiled.measure, day),
        }
        for compiled in rulebook_for(day).measures
    ]


def measure(measure_id: str, as_of: AsOf = None) -> Any:
    day = _day(as_of)
    compiled = rulebook_for(day).by_id.get(measure_id)
    if compiled is None:
        return _error(404, f"没有叫 {measure_id} 的政策事项")
    return {
        **_measure_dict(compiled.measure),
        "status": period(compiled.measure, day),
        "apply_state": apply_state(compiled.measure, day),
    }


def commitments() -> list[dict[str, Any]]:
    return commitments_json(default_rulebook().corpus)


def search(
    q: Annotated[str, Query(description="想问什么，用大白话就行")],
    kind: Annotated[str | None, Query(description="measure、commitment、platform 或 clause")] = None,
    top: Annotated[int, Query(ge=1, le=100)] = 10,
    as_of: AsOf = None,
) -> list[dict[str, Any]]:
    from navigator.search import search_json  # a second of imports that the first page need not wait for

    if kind is not None and kind not in _KINDS:
        raise InputError("kind", f"写的是“{kind}”", f"应是 {'、'.join(_KINDS)} 之一")
    return search_json(q, kind=kind, top=top, as_of=_day(as_of))


def open_tables(as_of: AsOf = None) -> dict[str, Any]:
    day = _day(as_of)
    book = rulebook_for(day)
    return {
        "corpus_version": book.corpus.fingerprint,
        "as_of": day.isoformat(),
        "tables": [
            {"name": one.name, "title": one.title, "about": one.about, "rows": len(opendata.rows(one.name, book, day))}
            for one in opendata.tables().values()
        ],
    }


def open_dictionary() -> dict[str, Any]:
    return opendata.dictionary()


def open_dictionary_text() -> str:
    return opendata.dictionary_markdown(default_rulebook())


def open_table(table: str, form: str, as_of: AsOf = None) -> Response:
    if table not in opendata.tables() or form not in ("csv", "json"):
        return _error(404, f"没有 {table}.{form}；有哪些表见 /api/v1/open，每张表有 .csv 和 .json")
    day = _day(as_of)
    name = quote(opendata.file_name(table, form, day))
    return Response(
        opendata.table_bytes(table, form, rulebook_for(day), day),
        media_type="text/csv; charset=utf-8" if form == "csv" else "application/json",
        headers={"Content-Disposition": f"{'attachment' if form == 'csv' else 'inline'}; filename*=UTF-8''{name}"},
    )


def _day(as_of: str | None) -> date:
    return read_day(as_of, "as_of") if as_of else today()


def assess_profile(
    profile: Annotated[dict[str, Any], Body(examples=[{"region": "钟祥市", "entity_type": "企业", "employees": 12}])],
    as_of: AsOf = None,
) -> dict[str, Any]:
    return assess(profile, _day(as_of)).as_dict()


def _measure_dict(measure: Measure) -> dict[str, Any]:
    """The measure's file as JSON, without the authors' examples and reviews."""
    data = measure.model_dump(mode="json", by_alias=True, exclude={"examples", "reviewed", "in_force"})
    return {**data, "in_force": in_force_dict(measure)}
