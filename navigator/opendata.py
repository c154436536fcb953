"""Open data: the corpus as flat tables (CSV and JSON) and the dictionary that says what each column means.

Columns, types and allowed values are read from the models of navigator.corpus.model, so the dictionary cannot say anything else than
the data; a test names every field without a meaning. Nothing of an enterprise is in any table.
"""

from __future__ import annotations

import csv
import io
import json
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, partial
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from navigator.corpus.model import Commitment, Condition, Example, FactSpec, Measure, Model, Platform, Target
from navigator.matching.dates import ApplyState, Period, apply_state, period
from navigator.matching.rulebook import RuleBook
from navigator.opendata_meanings import MEANINGS, TABLES_ABOUT, UNITS, VALUE_WORDS

Format = Literal["csv", "json"]
Row = dict[str, Any]

SEPARATOR = "｜"
"""Stands between the items of a list in one CSV cell; no item holds it."""

_STRUCTURE = "结构"
_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")
_TYPES: dict[Any, str] = {str: "文字", date: "日期", int: "整数", float: "数", bool: "是或否"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `values` are the allowed ones with their words, none where anything may stand."""

    name: str
    meaning: str
    type: str
    unit: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of row, its columns in order."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[RuleBook, date], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class _Field:
    """A leaf of a model: column name, path of attributes, declared type."""

    name: str
    read: Callable[[Any], Any]
    declared: Any


@cache
def tables() -> dict[str, Table]:
    """All tables by name."""
    made = (
        _table("measures", Measure, _measure_rows, skip=("conditions", "examples", "reviewed"), more=_MEASURE_EXTRA),
        _table("conditions", Condition, _condition_rows, before=_PART_OF_MEASURE, more={"facts": list[str]}),
        _table("examples", Example, _example_rows, before=_PART_OF_MEASURE),
        _table("commitments", Commitment, _commitment_rows, skip=("targets",)),
        _table("targets", Target, _target_rows, before={"commitment": int, "number": int}),
        _table("platforms", Platform, _platform_rows),
        _table("facts", FactSpec, _fact_rows),
    )
    return {table.name: table for table in made}


_PART_OF_MEASURE: dict[str, Any] = {"measure_id": str, "number": int}
_MEASURE_EXTRA: dict[str, Any] = {"status": Period, "apply_state": ApplyState, "platforms": list[str]}


def rows(name: str, book: RuleBook, as_of: date) -> list[Row]:
    """The rows of a table as JSON data. Raises KeyError for a table that there is not."""
    return list(tables()[name].rows(book, as_of))


def table_bytes(name: str, form: Format, book: RuleBook, as_of: date) -> bytes:
    """A table as a file, with corpus version and day in it."""
    return _csv_bytes(name, book, as_of) if form == "csv" else _json_bytes(name, book, as_of)


def file_name(name: str, form: Format, as_of: date) -> str:
    """`荆策通_政策事项_2026-11-23.csv`."""
    return f"荆策通_{tables()[name].title}_{as_of}.{form}"


def safe_cell(value: object) -> object:
    """A value for a CSV cell: a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if isinstance(value, str) and (value[:1] in _FORMULA or value.lstrip()[:1] in _FORMULA) and value.strip():
        return f"'{value}"
    return value


def dictionary() -> dict[str, Any]:
    """The data dictionary as JSON data."""
    return {
        "notes": list(NOTES),
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "about": table.about,
                "columns": [
                    {**asdict(column), "values": [{"value": v, "word": w} for v, w in column.values]}
                    for column in table.columns
                ],
            }
            for table in tables().values()
        ],
    }


NOTES = (
    "CSV 用 UTF-8（带 BOM），Excel 双击就能打开；JSON 的内容与它一样，日期和版本写在开头。",
    "CSV 每行末尾两列 corpus_version（政策库版本）和 corpus_as_of（状态是按哪一天算的）。",
    f"CSV 里一格有几样时用“{SEPARATOR}”隔开；带结构的一格是 JSON 文字。空格子是没有或没有查到，不是“否”。",
    "CSV 里以 = + - @ 开头的文字前面加了一个单引号，免得表格软件当成公式；JSON 里没有加。",
    "金额都是元，比例都是百分数（0到100），日期写成 2026-11-23 这样。",
    "政策概要是我们自己的话，不代替文件原文；依据见 source_ 开头的各列。",
)
"""What holds for all tables."""


def dictionary_markdown(book: RuleBook) -> str:
    """The data dictionary as a document (docs/open-data.md), with the facts that conditions and examples speak of."""
    lines = ["# 开放数据和数据字典", "", *(f"- {note}" for note in NOTES), ""]
    lines += [
        "下载：政策库页底部的“开放数据”，或 `/api/v1/open/表名.csv`、`/api/v1/open/表名.json`（可加 `?as_of=2026-11-23`）。",
        "",
    ]
    for table in tables().values():
        lines += [
            f"## {table.title}（{table.name}）",
            "",
            table.about,
            "",
            "| 列 | 意思 | 类型 | 单位 | 可以是 |",
            "|---|---|---|---|---|",
        ]
        lines += [_markdown_row(column) for column in table.columns]
        lines.append("")
    lines += ["## 条件和例子里用到的企业信息", "", "| 名称 | 叫什么 | 类型 | 单位 | 可以是 |", "|---|---|---|---|---|"]
    for spec in book.corpus.facts.facts:
        cells = (f"`{spec.name}`", spec.label, VALUE_WORDS[spec.type], spec.unit or "", "、".join(spec.values))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _markdown_row(column: Column) -> str:
    allowed = "；".join(f"`{value}` {word}" if word else value for value, word in column.values).replace("|", "\\|")
    return f"| `{column.name}` | {column.meaning} | {column.type} | {column.unit} | {allowed} |"


def _csv_bytes(name: str, book: RuleBook, as_of: date) -> bytes:
    columns = tables()[name].columns
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*(column.name for column in columns), "corpus_version", "corpus_as_of"])
    for row in rows(name, book, as_of):
        cells = (safe_cell(_cell(row[column.name], column.type.endswith(_STRUCTURE))) for column in columns)
        writer.writerow([*cells, book.corpus.fingerprint, as_of.isoformat()])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any, structured: bool) -> object:
    if value is None:
        return ""
    if structured:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return SEPARATOR.join(str(item) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value


def _json_bytes(name: str, book: RuleBook, as_of: date) -> bytes:
    table = tables()[name]
    head = {"table": name, "title": table.title, "corpus_version": book.corpus.fingerprint, "as_of": as_of.isoformat()}
    return json.dumps({**head, "rows": rows(name, book, as_of)}, ensure_ascii=False, indent=1).encode()


def _table(
    name: str,
    model: type[Model],
    make: Callable[[RuleBook, date], Iterator[Row]],
    skip: tuple[str, ...] = (),
    before: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Table:
    declared = {**(before or {}), **{field.name: field.declared for field in _fields(model, skip)}, **(more or {})}
    title, about = TABLES_ABOUT[name]
    return Table(name, title, about, tuple(_column(name, column, kind) for column, kind in declared.items()), make)


def _column(table: str, name: str, declared: Any) -> Column:
    kind, several = _unwrapped(declared)
    values = get_args(kind) if get_origin(kind) is Literal else ()
    if values:
        word = "选项"
    elif isinstance(kind, type) and issubclass(kind, Model):
        word = _STRUCTURE
    else:
        word = _TYPES.get(kind, _STRUCTURE)
    named = tuple((str(value), VALUE_WORDS.get(str(value), "")) for value in values)
    return Column(
        name, MEANINGS[table].get(name, ""), f"多项{word}" if several else word, UNITS.get(f"{table}.{name}", ""), named
    )


def _unwrapped(declared: Any) -> tuple[Any, bool]:
    """The type inside Optional, Annotated and list, and whether there is a list. `str | bool | float` stays as it is."""
    several = False
    while True:
        origin = get_origin(declared)
        if origin is Annotated:
            declared = get_args(declared)[0]
        elif origin in (Union, types.UnionType):
            inner = [part for part in get_args(declared) if part is not type(None)]
            if len(inner) > 1:
                return declared, several
            declared = inner[0]
        elif origin is list:
            declared, several = get_args(declared)[0], True
        else:
            return declared, several


def _fields(model: type[Model], skip: tuple[str, ...] = (), prefix: str = "", path: str = "") -> Iterator[_Field]:
    """The leaves of a model: a model inside a model is laid flat, a list of models stays a structure."""
    for attribute, info in model.model_fields.items():
        if attribute in skip:
            continue
        name = f"{prefix}{info.alias or attribute}"
        declared = info.annotation if not info.metadata else Annotated[info.annotation, *info.metadata]
        kind, several = _unwrapped(declared)
        if isinstance(kind, type) and issubclass(kind, Model) and not several:
            yield from _fields(kind, (), f"{name}_", f"{path}{attribute}.")
        else:
            yield _Field(name, partial(_read, (*path.split(".")[:-1], attribute)), declared)


def _read(path: tuple[str, ...], item: Any) -> Any:
    """The value at the end of a path of attributes; None where a part on the way is None."""
    for attribute in path:
        item = None if item is None else getattr(item, attribute)
    return item


@cache
def _fields_of(model: type[Model], skip: tuple[str, ...] = ()) -> tuple[_Field, ...]:
    return tuple(_fields(model, skip))


def _flat(item: Model, skip: tuple[str, ...] = ()) -> Row:
    return {field.name: _plain(field.read(item)) for field in _fields_of(type(item), skip)}


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _measure_rows(book: RuleBook, as_of: date) -> Iterator[Row]:
    serving: dict[str, list[str]] = {}
    for platform in book.corpus.platforms:
        for measure_id in platform.measures:
            serving.setdefault(measure_id, []).append(platform.id)
    for compiled in book.measures:
        measure = compiled.measure
        yield {
            **_flat(measure, ("conditions", "examples", "reviewed")),
            "status": period(measure, as_of),
            "apply_state": apply_state(measure, as_of),
            "platforms": serving.get(measure.id, []),
        }


def _condition_rows(book: RuleBook, as_of: date) -> Iterator[Row]:
    for compiled in book.measures:
        for number, rule in enumerate(compiled.rules, start=1):
            head = {"measure_id": compiled.measure.id, "number": number}
            yield {**head, **_flat(rule.condition), "facts": list(rule.facts)}


def _example_rows(book: RuleBook, as_of: date) -> Iterator[Row]:
    for compiled in book.measures:
        for number, example in enumerate(compiled.measure.examples, start=1):
            yield {"measure_id": compiled.measure.id, "number": number, **_flat(example)}


def _commitment_rows(book: RuleBook, as_of: date) -> Iterator[Row]:
    yield from (_flat(item, ("targets",)) for item in book.corpus.commitments)


def _target_rows(book: RuleBook, as_of: date) -> Iterator[Row]:
    for item in book.corpus.commitments:
        for number, target in enumerate(item.targets, start=1):
            yield {"commitment": item.number, "number": number, **_flat(target)}


def _platform_rows(book: RuleBook, as_of: date) -> Iterator[Row]:
    yield from (_flat(platform) for platform in book.corpus.platforms)


def _fact_rows(book: RuleBook, as_of: date) -> Iterator[Row]:
    yield from (_flat(spec) for spec in book.corpus.facts.facts)
