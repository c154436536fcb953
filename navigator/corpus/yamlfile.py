"""Reads a YAML file strictly and remembers the line of every value, so that a fault can be named by file and line.

YAML 1.2 booleans only (`on`, `yes` and `no` stay words), no repeated keys, no anchors, no tags. It knows nothing of what the file means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from navigator.errors import InputError, shorten, shown

_Base: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """Safe loader without YAML 1.1 surprises: yes/no/on/off, 12:30 as a number, 010 as octal."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")]
    for first, pairs in _Base.yaml_implicit_resolvers.items()  # type: ignore[attr-defined]
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$"), list("-+0123456789"))


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The data of one file and the 1-based line of each value, by its path of keys and positions."""

    path: Path
    data: Any
    lines: dict[Path_, int]

    def place(self, location: Path_) -> str:
        """`file:line` of the nearest known ancestor of a location."""
        while location and location not in self.lines:
            location = location[:-1]
        return f"{self.path.name}:{self.lines.get(location, 1)}"


def read_yaml(path: Path) -> YamlFile:
    """Parse one file; raises InputError with file and line for bad YAML, a repeated key or a file that is not UTF-8."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(str(path), "没有这个文件") from None
    except OSError:
        raise InputError(str(path), "读不了", "应是一个可以读的文件") from None
    except UnicodeDecodeError:
        raise InputError(path.name, "不是 UTF-8 文本", "请用 UTF-8 编码保存") from None
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> YamlFile:
    """Parse YAML text; `path` is only used to name faults. Raises InputError as `read_yaml` does."""
    if _TOO_DEEP.search(text):
        raise InputError(path.name, "括号套得太深", "写得简单些")
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise InputError(f"{path.name}:1", "文件是空的")
        lines: dict[Path_, int] = {}
        _Walk(loader, lines, path).visit(root, ())
        return YamlFile(path, loader.construct_document(root), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem)
        hint = next((hint for part, hint in _PROBLEMS if part in problem), "检查缩进、冒号和引号")
        raise InputError(f"{path.name}:{mark.line + 1 if mark else 1}", "YAML 写法不对", hint) from None
    except yaml.YAMLError:
        raise InputError(path.name, "有不能显示的控制字符", "删掉它们,用 UTF-8 编码保存") from None
    except RecursionError:
        raise InputError(path.name, "套得太深", "写得简单些") from None
    finally:
        if loader is not None:
            loader.dispose()


_TOO_DEEP = re.compile(r"(?:[\[{][^\[\]{}]*){100}")
_PROBLEMS = (
    ("mapping values are not allowed", "一行里有两个冒号,或上一行没有写完;文字里有冒号要加引号"),
    ("tab character", "缩进用空格,不用制表符"),
    ("cannot start any token", "有制表符,或值以 @ ` % 这类符号开头;缩进用空格,值加引号"),
    ("unexpected end of stream", "引号没有成对"),
    ("expected ',' or", "方括号或花括号没有成对,或少了逗号"),
    ("undefined alias", "值以 * 开头,要加引号"),
    ("alphabetic or numeric", "值以 * 或 & 开头,要加引号"),
    ("could not determine a constructor", "不用标签(!)和单独的等号;值加引号"),
    ("did not find expected '-'", "列表和键混在了一层,或缩进不对"),
    ("comment or line break", "值以 > 或 | 开头,要加引号"),
    ("another document", "一个文件只写一份内容,不写第二个 ---"),
)
_CHECKED_TAGS = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int")


class _Walk:
    """Visits every node once: notes its line, refuses what a strict file must not hold."""

    def __init__(self, loader: _Loader, lines: dict[Path_, int], path: Path) -> None:
        self.loader, self.lines, self.path = loader, lines, path
        self.seen: set[int] = set()

    def fault(self, node: yaml.Node, found: str, expected: str) -> InputError:
        return InputError(f"{self.path.name}:{node.start_mark.line + 1}", found, expected)

    def visit(self, node: yaml.Node, location: Path_) -> None:
        """Note `node` and all below it under `location`."""
        if id(node) in self.seen:
            raise self.fault(node, "用了 & 和 * 引用", "把内容照写一遍")
        self.seen.add(id(node))
        self.lines[location] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            self._mapping(node, location)
        elif isinstance(node, yaml.SequenceNode):
            for position, value in enumerate(node.value):
                self.visit(value, (*location, position))
        elif node.tag in _CHECKED_TAGS:
            self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, location: Path_) -> None:
        keys: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise self.fault(key, "有一个键不是文字", "每个键写成一个词")
            if key.value in keys:
                raise self.fault(key, f"“{shorten(key.value)}”写了两次", "每个键只写一次")
            keys.add(key.value)
            self.visit(value, (*location, key.value))
            self.lines[(*location, key.value)] = key.start_mark.line + 1

    def _scalar(self, node: yaml.ScalarNode) -> None:
        try:
            self.loader.construct_object(node)
        except ValueError:
            expected = "写成真实的日期,如 2026-01-31" if node.tag.endswith("timestamp") else "写普通大小的数字"
            raise self.fault(node, f"写的是 {shown(node.value)},读不懂", expected) from None


_DATE, _WHOLE, _NUMBER = "应是日期,如 2026-01-31", "应是整数", "应是数字"
_GROUP = "应是一组 键: 值"
_REASONS = {
    "missing": ("缺少这一项", "请补上"),
    "extra_forbidden": ("没有这个键", "检查拼写,或删掉"),
    "invalid_key": ("有一个键不是文字", "键写成文字"),
    "literal_error": ("{input}", "应是 {expected} 之一"),
    "date_type": ("{input}", _DATE),
    "date_from_datetime_parsing": ("{input}", _DATE),
    "date_from_datetime_inexact": ("{input}", _DATE),
    "date_parsing": ("{input}", _DATE),
    "string_type": ("{input}", "应是文字;数字和日期请加引号"),
    "int_type": ("{input}", _WHOLE),
    "int_parsing": ("{input}", _WHOLE),
    "int_from_float": ("{input}", _WHOLE),
    "float_type": ("{input}", _NUMBER),
    "float_parsing": ("{input}", _NUMBER),
    "bool_type": ("{input}", "应是 true 或 false"),
    "bool_parsing": ("{input}", "应是 true 或 false"),
    "list_type": ("{input}", "应是列表,写成 [...] 或每行一个 -"),
    "tuple_type": ("{input}", "应是列表,写成 [...] 或每行一个 -"),
    "dict_type": ("{input}", _GROUP),
    "model_type": ("{input}", _GROUP),
    "model_attributes_type": ("{input}", _GROUP),
    "too_short": ("内容太少", "至少要有 {min_length} 项"),
    "string_too_short": ("是空的", "请填写"),
    "greater_than": ("{input}", "应大于 {gt}"),
    "less_than_equal": ("{input}", "应不大于 {le}"),
    "value_error": ("{error}", ""),
    "string_pattern_mismatch": ("{input}", "写法应符合 {pattern}"),
}


def faults_of(error: ValidationError, file: YamlFile, base: Path_ = ()) -> list[InputError]:
    """A pydantic error as sentences, one a fault, each with file, line, what was found and what would be right."""
    faults: dict[tuple[str, str], InputError] = {}
    for item in error.errors():
        location = (*base, *(part for part in item["loc"] if isinstance(part, str | int)))
        found, expected = _REASONS.get(item["type"], ("{input}", "这个值不合要求"))
        values = {"input": f"写的是 {shown(item.get('input'))}", **(item.get("ctx") or {})}
        values["expected"] = str(values.get("expected", "")).replace(" or ", "、").replace(", ", "、").replace("'", "")
        while (
            location not in file.lines
            and isinstance(location[-1], str)
            and item["type"] not in ("missing", "extra_forbidden")
        ):
            location = location[:-1]
        place = f"{file.place(location)} {'.'.join(str(part) for part in location)}".rstrip()
        fault = InputError(place, found.format(**values), expected.format(**values))
        faults.setdefault((place, fault.found), fault)
    return list(faults.values())


def validate(model: type[M], data: object, file: YamlFile, base: Path_ = ()) -> M:
    """`data` as `model`; raises InputError naming the first fault's file and line."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise faults_of(error, file, base)[0] from None
