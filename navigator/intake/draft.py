"""A measure while it is being written: its fields as they were typed, complete or not, and the YAML they become.

The YAML is what the shelf keeps and what is released: keys in the order of the corpus, no comments. Fields that nobody knows are kept at the end.
Whether a draft is in order is said by the same rules as `check`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

import yaml

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Apply, Benefit, Condition, Example, InForce, Measure, Model, Review, Source, Window
from navigator.corpus.yamlfile import YamlFile, parse_yaml
from navigator.errors import InputError
from navigator.intake.proposals import PolicyText, ProposedMeasure
from navigator.intake.proposals_money import Estimate
from navigator.intake.release import faults_of_measure

Fields = dict[str, Any]
"""A measure's keys as in the file; values may be incomplete or not yet of the right kind."""

_NESTED: dict[str, type[Model]] = {
    "source": Source,
    "in_force": InForce,
    "conditions": Condition,
    "benefit": Benefit,
    "apply": Apply,
    "windows": Window,
    "reviewed": Review,
    "examples": Example,
}
_ONLY_IF_SAID = frozenset(
    {"verification_note", "review_by", "note", "say", "estimate", "estimate_kind", "per", "basis", "as_of", "missing"}
)
"""Keys that the files leave out where they are empty."""
_WIDEST = 150


def blank(title: str = "") -> Fields:
    """A draft with nothing in it but the shape of a measure."""
    return {
        "id": "",
        "name": title,
        "level": None,
        "domain": None,
        "source": {"document": None, "title": "", "issuer": None, "issued": None, "links": []},
        "in_force": {"from": None, "to": None, "to_inferred": False, "sure_until": None},
        "verification": None,
        "delivery": None,
        "summary": "",
        "conditions": [],
        "confirm": [],
        "benefit": {"kind": None, "text": ""},
        "apply": {
            "where": None,
            "how": [],
            "materials": [],
            "deadline": None,
            "windows": None,
            "promised_days": None,
            "phone": None,
        },
        "replaces": [],
        "conflicts_with": [],
        "best_of": None,
        "commitments": [],
        "reviewed": [],
        "examples": [],
    }


# ---- fields and text ----


def read_fields(content: str) -> Fields:
    """The fields of a draft's YAML; InputError where it cannot be read as `key: value` at all."""
    file = parse_yaml(content, Path("草稿"))
    if not isinstance(file.data, dict):
        raise InputError("草稿", "不是“键: 值”的形式", "第一行写 id: …，每行一个键")
    return file.data


def write_fields(fields: Mapping[str, Any]) -> str:
    """The YAML of a draft, in the corpus's order and style."""
    return yaml.dump(
        _styled(_ordered(fields, Measure)), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6
    )


def fields_of(measure: Measure) -> Fields:
    """The fields of a measure of the corpus."""
    return _ordered(measure.model_dump(by_alias=True), Measure)


def _ordered(fields: Mapping[str, Any], model: type[Model]) -> Fields:
    """The keys in the model's order, unknown ones after them, nested groups likewise."""
    names = [spec.alias or name for name, spec in model.model_fields.items()]
    keys = [*(name for name in names if name in fields), *(key for key in fields if key not in names)]
    return {
        key: _ordered_value(key, fields[key])
        for key in keys
        if not (key in _ONLY_IF_SAID and fields[key] in (None, "", []))
    }


def _ordered_value(key: str, value: Any) -> Any:
    model = _NESTED.get(key)
    if model and isinstance(value, Mapping):
        return _without_empty_note(_ordered(value, model))
    if model and isinstance(value, list):
        return [_without_empty_note(_ordered(item, model)) if isinstance(item, Mapping) else item for item in value]
    return value


def _without_empty_note(fields: Fields) -> Fields:
    return {key: value for key, value in fields.items() if not (key == "note" and value is None)}


class _Flow(dict):
    """A group written on one line."""


class _FlowList(list):
    """A list written on one line."""


class _Dumper(yaml.SafeDumper):
    """YAML in the corpus's style: lists indented, short groups on one line, words as plain as they may be."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(
    _FlowList, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)
_Dumper.add_representer(type(None), lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:null", "null"))
_Dumper.ignore_aliases = lambda self, data: True  # type: ignore[method-assign, assignment]


def _styled(fields: Fields) -> Fields:
    styled = dict(fields)
    for key in ("in_force",):
        if isinstance(styled.get(key), dict):
            styled[key] = _Flow(styled[key])
    for key in ("conditions", "reviewed", "examples"):
        if isinstance(styled.get(key), list):
            styled[key] = [_on_one_line(item) for item in styled[key]]
    for key in ("replaces", "conflicts_with", "commitments"):
        if isinstance(styled.get(key), list):
            styled[key] = _FlowList(styled[key])
    apply = styled.get("apply")
    if isinstance(apply, dict) and isinstance(apply.get("windows"), list):
        styled["apply"] = {**apply, "windows": [_on_one_line(item) for item in apply["windows"]] or _FlowList()}
    return styled


def _on_one_line(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    inner = {
        key: _Flow(value) if isinstance(value, dict) else _FlowList(value) if isinstance(value, list) else value
        for key, value in item.items()
    }
    return _Flow(inner) if len(str(item)) <= _WIDEST else inner


# ---- checking ----


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a draft from release: the part of the form it belongs to, in words, and the sentence."""

    part: str
    sentence: str


PART_NAMES = {
    "id": "编号",
    "name": "名称",
    "level": "级别",
    "domain": "领域",
    "source": "依据",
    "in_force": "有效期",
    "verification": "核实情况",
    "verification_note": "哪里没有核实",
    "review_by": "下次复核",
    "delivery": "享受方式",
    "summary": "一句话说明",
    "note": "现在是什么情况",
    "say": "老百姓怎么说",
    "conditions": "条件",
    "confirm": "要当面确认的",
    "benefit": "得到什么",
    "apply": "怎么办",
    "replaces": "取代",
    "conflicts_with": "不能同时享受",
    "best_of": "择优",
    "shared_cap": "合用的上限",
    "commitments": "承诺",
    "reviewed": "复读",
    "examples": "例子",
}


def faults_of(content: str) -> list[Fault]:
    """Everything that keeps a draft from release, each with the part of the form where it is put right."""
    lines = _lines(content)
    return [Fault(_part_of(fault, lines), _sentence(fault)) for fault in faults_of_measure(content)]


def _lines(content: str) -> YamlFile | None:
    try:
        return parse_yaml(content, Path("草稿"))
    except InputError:
        return None


def _part_of(fault: InputError, file: YamlFile | None) -> str:
    match = re.match(r"草稿(?:\.yaml)?:(\d+)", fault.place)
    if match is None or file is None:
        return "整份"
    line = int(match[1])
    named = re.search(r"\s([a-z_]+)(?:\.(\d+))?", fault.place)
    path = next(
        (path for path, at in sorted(file.lines.items(), key=lambda item: -len(item[0])) if at == line and path), ()
    )
    if named and named[1] in PART_NAMES:
        path = (named[1], *((int(named[2]),) if named[2] else ()))
    if not path:
        return "整份"
    label = PART_NAMES.get(str(path[0]), str(path[0]))
    return f"{label} {path[1] + 1}" if len(path) > 1 and isinstance(path[1], int) else label


def _sentence(fault: InputError) -> str:
    found = (
        "没有填"
        if fault.found.startswith(("缺少这一项", "是空的", "写的是 空的", "内容太少")) or fault.found == "写的是 “”"
        else fault.found
    )
    expected = "用小写字母、数字和短横线" if fault.expected.startswith("写法应符合") else fault.expected
    return re.sub(r"(?<=[一-鿿”]),", "，", "；".join(part for part in (found, expected) if part))


# ---- where drafts begin ----


def from_proposal(draft: ProposedMeasure, text: PolicyText, measure_id: str) -> Fields:
    """A draft with all that was found and nothing that was not; guesses among the conditions are left out."""
    fields = blank(draft.name.value)
    fields["id"] = measure_id
    for key in ("level", "domain", "delivery"):
        fields[key] = _value(draft, key)
    fields["source"] |= {
        "document": _value(draft, "document"),
        "title": text.title,
        "issuer": _value(draft, "issuer"),
        "issued": _value(draft, "issued"),
        "links": list(text.links),
    }
    fields["in_force"] |= {"from": _value(draft, "begins"), "to": _value(draft, "ends")}
    fields["verification"] = "confirmed" if text.official else "partly"
    fields["verification_note"] = text.note or (
        None if text.official else "依据的是上传的文件，没有和发文机关的网页核对过。"
    )
    fields["conditions"] = [
        {"text": one.text, "when": one.when, "cite": article(one.words.clause)} for one in draft.surely
    ]
    fields["confirm"] = [one.value for one in draft.confirm]
    fields["benefit"] |= {"kind": _value(draft, "kind"), "text": draft.benefit.value}
    estimate: Estimate | None = _value(draft, "estimate")
    if estimate:
        fields["benefit"] |= {
            "estimate": estimate.formula,
            "estimate_kind": estimate.kind,
            "per": estimate.per,
            "basis": estimate.basis,
        }
    windows: list[Window] | None = _value(draft, "windows")
    fields["apply"] |= {key: _value(draft, key) for key in ("where", "deadline", "phone")}
    fields["apply"] |= {"how": _value(draft, "how") or [], "materials": _value(draft, "materials") or []}
    fields["apply"]["windows"] = None if windows is None else [window.model_dump(by_alias=True) for window in windows]
    return fields


def _value(draft: ProposedMeasure, field: str) -> Any:
    found = getattr(draft, field)
    return found.value if found else None


def article(clause: str) -> str | None:
    """How a clause is cited: 第三条, 二（三）; None for words outside all clauses."""
    if not clause:
        return None
    parts = [re.sub("~.*", "", part) for part in clause.split("/")]
    return parts[0] + "".join(f"（{part}）" for part in parts[1:])


def fields_of_current(measure_id: str) -> Fields:
    """The fields of the newest version of a measure; InputError for an id there is not."""
    measure = default_corpus().measure_by_id.get(measure_id)
    if measure is None:
        raise InputError("政策事项", f"没有编号 {measure_id[:60]} 的事项", "从政策库里选一项")
    return fields_of(measure)


def choices(field: str) -> tuple[str, ...]:
    """The words a field of a measure allows, in order."""
    return get_args(Measure.model_fields[field].annotation)


def as_day(value: Any) -> date | None:
    """A value as a day, None where it is none."""
    return value if isinstance(value, date) else None
