"""Reads a YAML file strictly and remembers the line of every value, so that a fault can be named by file and line.

YAML 1.2 booleans only (`on`, `yes` and `no` stay words), no repeated keys, no tags. It knows nothing of what the file means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from navigator.errors import InputError

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
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(str(path), "没有这个文件") from None
    except UnicodeDecodeError:
        raise InputError(path.name, "不是 UTF-8 文本", "请用 UTF-8 编码保存") from None
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> YamlFile:
    """Parse YAML text; `path` is only used to name faults. Raises InputError as `read_yaml` does."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise InputError(f"{path.name}:1", "文件是空的")
        lines: dict[Path_, int] = {}
        _walk(root, (), lines, path)
        return YamlFile(path, loader.construct_document(root), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise InputError(f"{path.name}:{line}", f"YAML 写法不对({error.problem})", "检查缩进、冒号和引号") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(path.name, f"有读不懂的值({error})", "日期写成 2026-01-31 这样") from None
    finally:
        loader.dispose()


def _walk(node: yaml.Node, location: Path_, lines: dict[Path_, int], path: Path) -> None:
    lines[location] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise InputError(f"{path.name}:{key.start_mark.line + 1}", f"“{key.value}”写了两次", "每个键只写一次")
            seen.add(key.value)
            _walk(value, (*location, key.value), lines, path)
            lines[(*location, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _walk(value, (*location, position), lines, path)


_REASONS = {
    "missing": ("缺少这一项", ""),
    "extra_forbidden": ("没有这个键", "检查拼写"),
    "literal_error": ("{input}", "应是 {expected} 之一"),
    "date_type": ("{input}", "应是日期,如 2026-01-31"),
    "date_from_datetime_parsing": ("{input}", "应是日期,如 2026-01-31"),
    "date_parsing": ("{input}", "应是日期,如 2026-01-31"),
    "string_type": ("{input}", "应是文字;数字和日期请加引号"),
    "int_type": ("{input}", "应是整数"),
    "int_parsing": ("{input}", "应是整数"),
    "float_type": ("{input}", "应是数字"),
    "bool_type": ("{input}", "应是 true 或 false"),
    "list_type": ("{input}", "应是列表,写成 [...] 或每行一个 -"),
    "dict_type": ("{input}", "应是一组 键: 值"),
    "model_type": ("{input}", "应是一组 键: 值"),
    "model_attributes_type": ("{input}", "应是一组 键: 值"),
    "too_short": ("内容太少", "至少要有 {min_length} 项"),
    "string_too_short": ("是空的", "请填写"),
    "value_error": ("{error}", ""),
    "string_pattern_mismatch": ("{input}", "写法应符合 {pattern}"),
}


def faults_of(error: ValidationError, file: YamlFile, base: Path_ = ()) -> list[InputError]:
    """A pydantic error as sentences, one a fault, each with file, line, what was found and what would be right."""
    faults = []
    for item in error.errors():
        location = (*base, *(part for part in item["loc"] if isinstance(part, str | int)))
        found, expected = _REASONS.get(item["type"], ("{input}", "这个值不合要求"))
        values = {"input": f"写的是 {item.get('input')!r}", **(item.get("ctx") or {})}
        key = ".".join(str(part) for part in location)
        faults.append(InputError(f"{file.place(location)} {key}", found.format(**values), expected.format(**values)))
    return faults


def validate(model: type[M], data: object, file: YamlFile, base: Path_ = ()) -> M:
    """`data` as `model`; raises InputError naming the first fault's file and line."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise faults_of(error, file, base)[0] from None
