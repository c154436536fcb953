"""Conditions for people who write no SQL: rows of fact, operator and value that become a predicate and are read back from one, and any
predicate said in plain words.

What is typed but cannot be read yet stands in the predicate between « and », so that it is kept and never parses by accident.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal

from navigator.corpus.industries import load_industries
from navigator.corpus.model import FactSpec
from navigator.corpus.regions import load_regions
from navigator.errors import InputError
from navigator.matching.amounts import parse_amount, show_yuan
from navigator.matching.assess import show_value
from navigator.matching.language import (
    And,
    Arithmetic,
    Case,
    Compare,
    Const,
    Day,
    Extreme,
    Fact,
    HasPrefix,
    Member,
    Node,
    Not,
    Or,
)
from navigator.matching.parse import parse_condition

Specs = Mapping[str, FactSpec]
Joiner = Literal["AND", "OR"]
JOINERS: dict[Joiner, str] = {"AND": "并且（都要满足）", "OR": "或者（满足一样就行）"}

_NUMBERS = {
    "<=": "不超过",
    "<": "低于",
    ">=": "至少",
    ">": "超过",
    "=": "正好是",
    "share>=": "占另一项的百分比至少",
    "share<=": "占另一项的百分比不超过",
}
_OPERATORS: dict[str, dict[str, str]] = {
    "bool": {"yes": "是", "no": "否"},
    "choice": {"in": "是其中之一", "not in": "都不是"},
    "code": {"in": "属于", "not in": "不属于"},
    "date": {
        "aged": "已经满（年或月）",
        "younger": "不满（年或月）",
        "within": "不超过（年或月）",
        "since": "不早于（日期）",
        "until": "不晚于（日期）",
    },
    **dict.fromkeys(("count", "number", "money", "percent"), _NUMBERS),
}
_SHARES = {"share>=": ">=", "share<=": "<="}
_AGES = {"aged": "<=", "younger": ">", "within": ">="}
_DAYS = {"since": ">=", "until": "<="}


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement as it is picked and typed. `values` of a choice or code are several, else one; `other` is the whole of a share."""

    fact: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()
    other: str = ""


def operators(spec: FactSpec) -> dict[str, str]:
    """What can be asked of a fact: key and words."""
    found = dict(_OPERATORS.get(spec.type, {}))
    if spec.type != "money":
        found = {key: words for key, words in found.items() if key not in _SHARES}
    return found


def predicate(rows: Sequence[Row], joiner: Joiner, specs: Specs) -> str:
    """The rows as one predicate; what is not complete or not readable stands between « and »."""
    return f" {joiner} ".join(_row_text(row, specs) for row in rows)


def _row_text(row: Row, specs: Specs) -> str:
    spec = specs.get(row.fact)
    if spec is None:
        return "«»"
    typed = _marked("、".join(row.values))
    if spec.type == "bool":
        return f"NOT {row.fact}" if row.operator == "no" else row.fact if row.operator == "yes" else f"{row.fact} «»"
    if not row.operator:
        return f"{row.fact} «{typed}»"
    if spec.type == "choice":
        return _choice_text(row)
    if spec.type == "code":
        return _code_text(row)
    return _date_text(row, typed) if spec.type == "date" else _number_text(row, typed, specs)


def _marked(text: str) -> str:
    return re.sub(r"[«»']", "", text).replace(" AND ", " ").replace(" OR ", " ")


def _choice_text(row: Row) -> str:
    if not row.values:
        return f"{row.fact} {row.operator} «»"
    listed = _listed(row.values)
    if len(row.values) == 1:
        return f"{row.fact} {'=' if row.operator == 'in' else '<>'} {listed}"
    return f"{row.fact} {'IN' if row.operator == 'in' else 'NOT IN'} ({listed})"


def _code_text(row: Row) -> str:
    call = "in_industry" if row.fact == "industry" else "in_region"
    sign = "NOT " if row.operator == "not in" else ""
    if not row.values:
        return f"{sign}{call} «»"
    return f"{sign}{call}({_listed(row.values)})"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"'{_marked(value)}'" for value in values)


_SPAN = re.compile(r"(\d{1,4})\s*(年|个月|月|天|日)")


def _date_text(row: Row, typed: str) -> str:
    if row.operator in _DAYS:
        with suppress(ValueError):
            return f"{row.fact} {_DAYS[row.operator]} DATE '{date.fromisoformat(typed)}'"
        return f"{row.fact} {row.operator} «{typed}»"
    span = _SPAN.fullmatch(typed.strip())
    if span is None:
        return f"{row.fact} {row.operator} «{typed}»"
    unit = {"年": "YEAR", "个月": "MONTH", "月": "MONTH"}.get(span[2], "DAY")
    return f"{row.fact} {_AGES[row.operator]} as_of - INTERVAL {span[1]} {unit}"


def _number_text(row: Row, typed: str, specs: Specs) -> str:
    try:
        value = parse_amount(typed) if typed.strip() else None
    except InputError:
        value = None
    if row.operator in _SHARES:
        if value is None or row.other not in specs:
            return f"{row.fact} {row.operator} {row.other} «{typed}»"
        scale = 100
        while value * scale / 100 != round(value * scale / 100) and scale < 10**6:
            scale *= 10
        return f"{row.fact} * {scale} {_SHARES[row.operator]} {row.other} * {_plain_number(value * scale / 100)}"
    return (
        f"{row.fact} {row.operator} {_plain_number(value)}"
        if value is not None
        else f"{row.fact} {row.operator} «{typed}»"
    )


def _plain_number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:f}".rstrip("0")


# ---- back from a predicate ----


def rows_of(text: str, specs: Specs) -> tuple[list[Row], Joiner] | None:
    """The rows that give a predicate; None where it is too rich for rows and has to be edited as it is."""
    if not text.strip():
        return [Row()], "AND"
    if "«" in text:
        return _unfinished(text, specs)
    try:
        node = parse_condition(text, specs)
    except InputError:
        return None
    joiner: Joiner = "OR" if isinstance(node, Or) else "AND"
    parts = node.items if isinstance(node, And | Or) else (node,)
    rows = [_row(part, specs) for part in parts]
    found = [row for row in rows if row is not None]
    if len(found) < len(rows):
        return None
    with suppress(InputError):
        if parse_condition(predicate(found, joiner, specs), specs) == node:
            return found, joiner
    return None


def _unfinished(text: str, specs: Specs) -> tuple[list[Row], Joiner] | None:
    joiner: Joiner = "OR" if " OR " in text else "AND"
    rows: list[Row] = []
    for part in text.split(f" {joiner} "):
        match = _UNFINISHED.fullmatch(part.strip())
        if match is None:
            known = rows_of(part, specs) if "«" not in part else None
            if known is None or len(known[0]) != 1:
                return None
            rows += known[0]
            continue
        fact = {"in_industry": "industry", "in_region": "region_code"}.get(match["fact"] or "", match["fact"] or "")
        operator = match["operator"] or ""
        if match["fact"] in ("in_industry", "in_region"):
            operator = "not in" if match["no"] else "in"
        typed = (match["typed"],) if match["typed"] else ()
        rows.append(Row(fact, operator, typed, match["other"] or ""))
    return rows, joiner


_UNFINISHED = re.compile(
    r"(?P<no>NOT )?(?P<fact>[a-z][a-z0-9_]*)?\s*"
    r"(?P<operator>share>=|share<=|<=|>=|<|>|=|not in|in|aged|younger|within|since|until)?\s*"
    r"(?P<other>[a-z][a-z0-9_]*)?\s*«(?P<typed>[^»]*)»"
)


def _row(node: Node, specs: Specs) -> Row | None:
    match node:
        case Fact(name, "bool"):
            return Row(name, "yes")
        case Not(Fact(name, "bool")):
            return Row(name, "no")
        case Compare("=" | "<>" as sign, Fact(name, "text"), Const(str() as value)):
            return Row(name, "in" if sign == "=" else "not in", (value,))
        case Member(Fact(name, "text"), values):
            return Row(name, "in", tuple(str(value) for value in values))
        case Not(Member(Fact(name, "text"), values)):
            return Row(name, "not in", tuple(str(value) for value in values))
        case HasPrefix(Fact(name, _), prefixes):
            return Row(name, "in", prefixes)
        case Not(HasPrefix(Fact(name, _), prefixes)):
            return Row(name, "not in", prefixes)
        case Compare(sign, Fact(name, "number"), Const(float() as value)) if sign != "<>":
            return Row(name, sign, (_shown_number(value, specs[name]),))
        case Compare(sign, Fact(name, "date"), Day() as day):
            return _date_row(sign, name, day)
        case Compare(
            ">=" | "<=" as sign,
            Arithmetic("*", Fact(part), Const(float() as scale)),
            Arithmetic("*", Fact(whole), Const(float() as share)),
        ):
            return Row(part, f"share{sign}", (_plain_number(share * 100 / scale),), whole)
    return None


def _date_row(sign: str, name: str, day: Day) -> Row | None:
    if day.base is not None:
        operator = next((key for key, value in _DAYS.items() if value == sign), None)
        return Row(name, operator, (day.base.isoformat(),)) if operator else None
    operator = next((key for key, value in _AGES.items() if value == sign), None)
    spans = [
        f"{-amount}{unit}" for amount, unit in ((day.years, "年"), (day.months, "个月"), (day.days, "天")) if amount < 0
    ]
    return Row(name, operator, (spans[0],)) if operator and len(spans) == 1 else None


def _shown_number(value: float, spec: FactSpec) -> str:
    if spec.type == "money" and abs(value) >= 10_000:
        short = show_yuan(value).removesuffix("元")
        with suppress(InputError):
            if parse_amount(short) == value:
                return short
    return _plain_number(value)


# ---- in words ----

_SAYS = {"<=": "不超过", "<": "低于", ">=": "至少", ">": "超过", "=": "正好是", "<>": "不等于"}


def in_words(node: Node, specs: Specs) -> str:
    """A predicate as one would read it aloud."""
    match node:
        case And(items):
            return "，并且".join(_inner(item, specs) for item in items)
        case Or(items):
            return "，或者".join(_inner(item, specs) for item in items)
        case Fact(name, "bool"):
            return f"{specs[name].label}：是"
        case Not(item):
            return _not_in_words(item, specs)
        case Member(Fact(name), values):
            return f"{specs[name].label}是{'、'.join(map(str, values))}{'之一' if len(values) > 1 else ''}"
        case HasPrefix(Fact(name), prefixes):
            return f"{_code_label(name)}属于{_codes(name, prefixes)}"
        case Compare(sign, left, right):
            return _compared(sign, left, right, specs)
        case Extreme(operator, items):
            return f"（{'、'.join(in_words(item, specs) for item in items)} 当中{'最小' if operator == 'least' else '最大'}的）"
        case Case(branches, default):
            tests = "；".join(f"如果{in_words(test, specs)}，就是{in_words(value, specs)}" for test, value in branches)
            return f"{tests}；都不是，就是{in_words(default, specs)}"
        case Arithmetic(operator, left, right):
            return f"{_factor(left, specs)} {'×' if operator == '*' else operator} {_factor(right, specs)}"
        case Fact(name):
            return specs[name].label
        case Const(value):
            return _plain_number(value) if isinstance(value, float) else str(value)
    return _day_in_words(node) if isinstance(node, Day) else ""


def _inner(node: Node, specs: Specs) -> str:
    text = in_words(node, specs)
    return f"（{text}）" if isinstance(node, And | Or) else text


def _factor(node: Node, specs: Specs) -> str:
    text = in_words(node, specs)
    return f"（{text}）" if isinstance(node, Arithmetic) and node.operator != "*" else text


def _not_in_words(item: Node, specs: Specs) -> str:
    match item:
        case Fact(name, "bool"):
            return f"{specs[name].label}：否"
        case Member(Fact(name), values):
            return f"{specs[name].label}不是{'、'.join(map(str, values))}"
        case HasPrefix(Fact(name), prefixes):
            return f"{_code_label(name)}不属于{_codes(name, prefixes)}"
    return f"不能是：{_inner(item, specs)}"


def _compared(sign: str, left: Node, right: Node, specs: Specs) -> str:
    match left, right:
        case Fact(name, "text"), Const(value):
            return f"{specs[name].label}{'是' if sign == '=' else '不是'}{value}"
        case Fact(name, "date"), Day() as day:
            return _dated(sign, specs[name].label, day)
        case Fact(name), Const(float() as value):
            spec = specs[name]
            amount = show_yuan(value) if spec.type == "money" else show_value(value, spec)
            return f"{spec.label}{_SAYS[sign]}{amount}"
        case Arithmetic("*", Fact(part), Const(float() as scale)), Arithmetic(
            "*", Fact(whole), Const(float() as share)
        ) if scale:
            return f"{specs[part].label}占{specs[whole].label}的比例{_SAYS[sign]}{_plain_number(round(share * 100 / scale, 6))}%"
    return f"{in_words(left, specs)}{_SAYS[sign]}{in_words(right, specs)}"


def _dated(sign: str, label: str, day: Day) -> str:
    if day.base is None and (day.years or day.months or day.days):
        span = f"{-day.years}年" if day.years else f"{-day.months}个月" if day.months else f"{-day.days}天"
        said = {
            "<=": f"到查询那天满{span}",
            "<": f"到查询那天超过{span}",
            ">": f"到查询那天不满{span}",
            ">=": f"到查询那天不超过{span}",
        }
        return f"{label}{said.get(sign, f'{_SAYS[sign]}{span}')}"
    said = {"<=": "不晚于", "<": "早于", ">=": "不早于", ">": "晚于"}
    return f"{label}{said.get(sign, _SAYS[sign])}{_day_in_words(day)}"


def _day_in_words(day: Day) -> str:
    base = day.base.isoformat() if day.base else "查询那天"
    moves = "".join(
        f"{'加' if amount > 0 else '减'}{abs(amount)}{unit}"
        for amount, unit in ((day.years, "年"), (day.months, "个月"), (day.days, "天"))
        if amount
    )
    return f"{base}{moves}"


def _code_label(name: str) -> str:
    return "所属行业" if name == "industry" else "所在地"


def _codes(name: str, prefixes: Sequence[str]) -> str:
    return "、".join(f"{code_name(name, code)}（{code}）" for code in prefixes)


def code_name(name: str, code: str) -> str:
    """What a code of an industry or region is called."""
    if name == "industry":
        return load_industries().name(code) if load_industries().exists(code) else "（没有这个行业代码）"
    return load_regions().name_of(code) or "别处"
