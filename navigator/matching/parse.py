"""Reads a predicate or an estimate written in a small part of SQL into a checked tree (contract §4).

sqlglot parses; only the node classes handled here pass, each with its static type. The text is never executed. Every fault is one
sentence for the author of the rule: what was found and how to write it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

import sqlglot
from rapidfuzz import fuzz, process
from sqlglot import exp
from sqlglot.errors import SqlglotError

from navigator.corpus.model import FactSpec
from navigator.errors import InputError, shorten
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
    Type,
    walk,
)

Specs = Mapping[str, FactSpec]

_TYPE: dict[str, Type] = {
    "choice": "text",
    "text": "text",
    "code": "code",
    "bool": "bool",
    "count": "number",
    "number": "number",
    "money": "number",
    "percent": "number",
    "date": "date",
}
_TYPE_NAME = {"text": "文字", "code": "代码", "bool": "是/否", "number": "数字", "date": "日期"}
_COMPARISONS = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_PREFIX_FUNCTIONS = {
    "in_industry": ("industry", re.compile(r"[A-T][0-9]{0,4}"), "大写字母开头的行业代码,如 'C' 或 'C38'"),
    "in_region": ("region_code", re.compile(r"[0-9]{2,6}"), "2到6位行政区划代码,如 '42' 或 '420881'"),
}

_WRONG_SIGNS: tuple[tuple[str, str, str], ...] = (
    ("≤", "≤", "写成 <="),
    ("≥", "≥", "写成 >="),
    ("≠", "≠", "写成 <>"),
    ("×", "×", "写成 *"),
    ("÷", "÷", "没有除法,把除数乘到另一边"),
    ("−", "特殊的减号", "用半角的 -"),
    ("–", "特殊的减号", "用半角的 -"),
    ("—", "破折号", "减号用半角的 -"),
    ("、", "顿号、", "用半角逗号 ,"),
    ("；", "；", "一条条件只写一个表达式"),
    ("%", "百分号", "百分数直接写数字,3% 写 3"),
    ("％", "百分号", "百分数直接写数字,3% 写 3"),
    ("==", "==", "相等用一个 ="),
    ("!=", "!=", "不等写成 <>"),
    ("<=>", "<=>", "相等用 ="),
    ("=>", "=>", "写成 >="),
    ("=<", "=<", "写成 <="),
    ("&&", "&&", "写成 AND"),
    ("||", "||", "写成 OR"),
    ("!", "!", "写成 NOT"),
    ("--", "注释 --", "条件里不写注释"),
    ("/*", "注释 /*", "条件里不写注释"),
    ("/", "除号 /", "没有除法,把除数乘到另一边:rd_expense * 100 >= revenue * 3"),
    (";", "分号", "一条条件只写一个表达式"),
)
_QUOTES = "‘’“”＇＂「」"
_STRING = re.compile(r"'(?:[^']|'')*'")
_SIGNS = frozenset("_'(),.<>=+-*")
_WRONG_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\w)(且|并且|而且)(?!\w)"), "写成 AND"),
    (re.compile(r"(?<!\w)(或|或者)(?!\w)"), "写成 OR"),
    (re.compile(r"(?<!\w)(非|不|不是)(?!\w)"), "写成 NOT"),
    (re.compile(r"\b(SELECT|FROM|WHERE)\b", re.IGNORECASE), "不能写查询,只写事实的比较"),
    (re.compile(r"\b(CAST|TRY_CAST|CONVERT)\b", re.IGNORECASE), "不转换类型;日期写成 DATE '2026-01-01'"),
    (re.compile(r"\b(DIV|MOD)\b", re.IGNORECASE), "没有除法,把除数乘到另一边"),
    (re.compile(r"\b(SYMMETRIC)\b", re.IGNORECASE), "BETWEEN 先写小的再写大的"),
)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_INTERVAL = {"YEAR": 200, "MONTH": 2400, "DAY": 73000}
_LONGEST_TEXT, _DEEPEST_BRACKETS, _DEEPEST_NODE = 100_000, 20, 60


def parse_condition(text: str, specs: Specs, place: str = "条件") -> Node:
    """The checked tree of a predicate; raises InputError(place, found, expected) for anything outside the language."""
    node, kind = _Reader(specs, place, estimates=False).read(text)
    if kind != "bool":
        raise InputError(place, f"“{shorten(text)}”算出来是{_TYPE_NAME[kind]},不是是/否", "写成比较,如 employees <= 300")
    return node


def parse_estimate(text: str, specs: Specs, place: str = "估算") -> Node:
    """The checked tree of an estimate in yuan; raises InputError as `parse_condition` does."""
    node, kind = _Reader(specs, place, estimates=True).read(text)
    if kind != "number":
        raise InputError(place, f"“{shorten(text)}”算出来是{_TYPE_NAME[kind]},不是数字", "估算要得到金额(元)")
    return node


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like a mistyped word, or None if none is like it."""
    found = process.extractOne(word, list(candidates), scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else None


class _Reader:
    """One reading of one text: carries the facts known and the place to name in faults."""

    def __init__(self, specs: Specs, place: str, estimates: bool) -> None:
        self.specs, self.place, self.estimates = specs, place, estimates
        self.depth = 0

    def fault(self, found: str, expected: str) -> InputError:
        return InputError(self.place, shorten(found, 160), expected)

    def read(self, text: str) -> tuple[Node, Type]:
        if not text.strip():
            raise self.fault("是空的", "写一个表达式,如 employees <= 300")
        if len(text) > _LONGEST_TEXT:
            raise self.fault(f"有 {len(text)} 个字,太长", f"最多 {_LONGEST_TEXT} 个字,拆成几条")
        bare = self._bare(text)
        self._refuse_wrong_signs(bare)
        self._refuse_wrong_brackets(bare)
        try:
            return self.node(sqlglot.parse_one(text, into=exp.Condition))
        except SqlglotError:
            raise self.fault(
                f"“{shorten(text)}”读不懂", "检查逗号、AND/OR 和比较号两边是否完整,一条只写一个表达式"
            ) from None
        except RecursionError:
            raise self.fault(f"“{shorten(text)}”套得太深", "拆成几条,或用 IN 把取值列在一起") from None

    def _bare(self, text: str) -> str:
        """The text with every quoted value emptied."""
        quote = next((sign for sign in text if sign in _QUOTES), None)
        if quote:
            raise self.fault(f"有全角引号 {quote}", "文字用半角单引号,如 entity_type = '企业'")
        bare = _STRING.sub("''", text)
        if "'" in bare.replace("''", ""):
            raise self.fault("单引号没有成对", "文字前后各一个半角单引号")
        if '"' in bare or "`" in bare:
            raise self.fault("有双引号或反引号", "文字用半角单引号,事实名不加引号")
        return bare

    def _refuse_wrong_signs(self, bare: str) -> None:
        for sign, found, expected in sorted(_WRONG_SIGNS, key=lambda row: -len(row[0])):
            if sign in bare:
                raise self.fault(f"有{found}" if len(found) > 3 else f"有 {found}", expected)
        for sign in bare:
            plain = unicodedata.normalize("NFKC", sign)
            if sign != plain and plain == " ":
                raise self.fault("有全角空格或特殊空格", "用普通空格")
            if sign != plain and len(plain) == 1 and plain.isascii():
                raise self.fault(f"有全角的 {sign}", f"用半角的 {plain}")
            if not (sign.isalnum() or sign in _SIGNS or sign in " \t\r\n"):
                raise self.fault(f"有看不懂的符号 {sign if sign.isprintable() else repr(sign)}", "删掉它")
        for pattern, expected in _WRONG_WORDS:
            if found := pattern.search(bare):
                raise self.fault(f"用了 {found[1]}", expected)

    def _refuse_wrong_brackets(self, bare: str) -> None:
        depth = deepest = 0
        for sign in bare:
            depth += (sign == "(") - (sign == ")")
            deepest = max(deepest, depth)
            if depth < 0:
                raise self.fault("多了一个右括号 )", "每个右括号前面要有左括号")
        if depth:
            raise self.fault(f"少了 {depth} 个右括号 )", "括号要成对")
        if deepest > _DEEPEST_BRACKETS:
            raise self.fault(f"括号套了 {deepest} 层", f"最多 {_DEEPEST_BRACKETS} 层,拆成几条")

    def node(self, tree: exp.Expression) -> tuple[Node, Type]:
        """The checked node of a tree, and its static type."""
        self.depth += 1
        if self.depth > _DEEPEST_NODE:
            raise RecursionError
        found = self._dispatch(tree)
        self.depth -= 1
        return found

    def _dispatch(self, tree: exp.Expression) -> tuple[Node, Type]:
        match tree:
            case exp.Paren():
                return self.node(tree.this)
            case exp.And() | exp.Or():
                return self._junction(tree), "bool"
            case exp.Not():
                return Not(self._bool(tree.this)), "bool"
            case exp.Column() | exp.Literal() | exp.Neg() | exp.Cast():
                return self._leaf(tree)
            case exp.In():
                return self._member(tree), "bool"
            case exp.Between():
                return self._between(tree), "bool"
            case exp.Anonymous():
                return self._prefix(tree), "bool"
            case exp.Least() | exp.Greatest() | exp.Case():
                return self._choice(tree), "number"
        if type(tree) in _COMPARISONS:
            return self._comparison(_COMPARISONS[type(tree)], tree.this, tree.expression), "bool"
        if type(tree) in _ARITHMETIC:
            return self._arithmetic(tree)
        raise self._unsupported(tree)

    def _unsupported(self, tree: exp.Expression) -> InputError:
        hints = {
            exp.Null: ("NULL", "未知会自动处理,不用写 NULL"),
            exp.Is: ("IS", "未知会自动处理,不用写 IS NULL"),
            exp.Boolean: (tree.sql(), "是/否的事实直接写名字,如 above_scale 或 NOT above_scale"),
            exp.Like: ("LIKE", "行业和地区用 in_industry('C38')、in_region('4208')"),
            exp.Div: ("除号", "没有除法,把除数乘到另一边"),
            exp.If: ("IF", "写成 CASE WHEN … THEN … ELSE … END"),
            exp.Date: ("DATE(…)", "写成 DATE '2026-01-01'"),
            exp.Interval: ("INTERVAL", "只能写成 as_of - INTERVAL 1 YEAR"),
        }
        found, expected = hints.get(
            type(tree), (f"“{shorten(tree.sql())}”", "只能用比较、IN、BETWEEN、NOT AND OR、+ - *、in_industry、in_region")
        )
        return self.fault(f"用了 {found}", expected)

    def _bool(self, tree: exp.Expression) -> Node:
        node, kind = self.node(tree)
        if kind != "bool":
            raise self.fault(f"“{tree.sql()}”是{_TYPE_NAME[kind]},不能当作是/否", "写成比较,如 employees <= 300")
        return node

    def _number(self, tree: exp.Expression) -> Node:
        node, kind = self.node(tree)
        if kind != "number":
            raise self.fault(f"“{tree.sql()}”是{_TYPE_NAME[kind]},不是数字", "+ - * 和 least、greatest 只用于数字")
        return node

    def _junction(self, tree: exp.Expression) -> Node:
        kind = type(tree)
        parts: list[exp.Expression] = []
        pending = [tree]
        while pending:
            part = pending.pop()
            if type(part) is kind:
                pending += [part.expression, part.this]
            else:
                parts.append(part)
        items = tuple(self._bool(part) for part in parts)
        return And(items) if kind is exp.And else Or(items)

    def _leaf(self, tree: exp.Expression) -> tuple[Node, Type]:
        if isinstance(tree, exp.Neg):
            item = self._number(tree.this)
            if isinstance(item, Const):
                return Const(-item.value), "number"  # type: ignore[operator]
            return Arithmetic("-", Const(0.0), item), "number"
        if isinstance(tree, exp.Literal):
            return (Const(tree.this), "text") if tree.is_string else (Const(self._finite(tree.this)), "number")
        if isinstance(tree, exp.Cast):
            return self._date(tree), "date"
        return self._fact(tree)

    def _finite(self, digits: str) -> float:
        value = float(digits)
        if not math.isfinite(value):
            raise self.fault(f"数字 {digits} 太大", "写普通大小的数字")
        return value

    def _date(self, tree: exp.Cast) -> Node:
        literal = tree.this
        if not tree.to.is_type("date") or not isinstance(literal, exp.Literal) or not literal.is_string:
            raise self.fault(f"用了 {tree.sql()}", "日期写成 DATE '2026-01-01'")
        try:
            if _ISO_DATE.fullmatch(literal.this):
                return Day(date.fromisoformat(literal.this))
        except ValueError:
            pass
        raise self.fault(f"日期 '{shorten(literal.this)}' 不存在或写法不对", "写成 DATE '2026-01-01'")

    def _fact(self, tree: exp.Column) -> tuple[Node, Type]:
        name = tree.name
        if tree.table:
            raise self.fault(f"“{tree.sql()}”带了点号", "直接写事实名")
        if name == "as_of":
            return Day(None), "date"
        spec = self.specs.get(name)
        if spec is None:
            raise self.fault(f"没有叫 {name} 的事实", self._suggest_fact(name))
        if spec.type == "text":
            raise self.fault(f"{name}({spec.label})是自由文字,不能用在条件里", "换一个有固定取值的事实")
        return Fact(name, _TYPE[spec.type]), _TYPE[spec.type]

    def _suggest_fact(self, name: str) -> str:
        by_label = {spec.label: spec.name for spec in self.specs.values()}
        label = nearest(name, by_label)
        close = by_label[label] if label else nearest(name.lower(), self.specs)
        if any(name in spec.values for spec in self.specs.values()):
            return f"文字要加半角单引号,写成 '{name}'"
        if close:
            return f"是不是 {close}({self.specs[close].label})?"
        return "文字常量要加半角单引号;事实名见 facts.yaml"

    def _comparison(self, operator: str, left: exp.Expression, right: exp.Expression) -> Node:
        if type(left.unnest()) in _COMPARISONS or type(right.unnest()) in _COMPARISONS:
            raise self.fault(f"“{left.sql()} {operator} {right.sql()}”把比较又拿来比较", "写成 a > 1 AND a < 3")
        (first, kind), (second, other) = self.node(left), self.node(right)
        self._check_types(operator, left, kind, right, other)
        if isinstance(second, Fact) and not isinstance(first, Fact):
            mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
            first, second, operator = second, first, mirrored.get(operator, operator)
        self._check_value(first, second)
        return Compare(operator, first, second)  # type: ignore[arg-type]

    def _check_types(self, operator: str, left: exp.Expression, kind: Type, right: exp.Expression, other: Type) -> None:
        if "bool" in (kind, other):
            name = left.sql() if kind == "bool" else right.sql()
            raise self.fault(f"“{name}”本身就是是/否,又拿来比较", "直接写名字,或前面加 NOT")
        if "code" in (kind, other):
            raise self.fault("行业或地区代码不能直接比较", "用 in_industry('C38')、in_region('4208')")
        if kind != other:
            raise self.fault(
                f"{_TYPE_NAME[kind]}“{left.sql()}”和{_TYPE_NAME[other]}“{right.sql()}”不能比较", "两边要是同一类"
            )
        if kind == "text" and operator not in ("=", "<>"):
            raise self.fault(f"文字不能用 {operator} 比大小", "用 =、<> 或 IN,把取值一一列出")

    def _check_value(self, first: Node, second: Node) -> None:
        if isinstance(second, Const) and isinstance(second.value, str):
            if not isinstance(first, Fact):
                raise self.fault(f"文字“{shorten(second.value)}”没有和事实比较", "一边写事实名,如 entity_type = '企业'")
            self._known_value(first, second.value)

    def _known_value(self, fact: Fact, value: str) -> None:
        values = self.specs[fact.name].values
        if value not in values:
            close = nearest(value, values)
            hint = f"是不是 '{close}'?" if close else f"应是 {'、'.join(values)} 之一"
            raise self.fault(f"{fact.name} 没有“{value}”这个取值", hint)

    def _member(self, tree: exp.In) -> Node:
        item, kind = self.node(tree.this)
        if kind not in ("text", "number") or tree.args.get("query") or not tree.expressions:
            raise self.fault(f"“{tree.sql()}”不能用 IN", "IN 只用于文字或数字,括号里列常量;行业和地区用 in_industry、in_region")
        values = []
        for part in tree.expressions:
            constant, other = self.node(part)
            if not isinstance(constant, Const) or other != kind:
                raise self.fault(f"IN 里的“{part.sql()}”不是{_TYPE_NAME[kind]}常量", f"括号里只列{_TYPE_NAME[kind]}常量")
            self._check_value(item, constant)
            values.append(constant.value)
        return Member(item, tuple(values))  # type: ignore[arg-type]

    def _between(self, tree: exp.Between) -> Node:
        low, high = tree.args["low"], tree.args["high"]
        return And((self._comparison(">=", tree.this, low), self._comparison("<=", tree.this, high)))

    def _prefix(self, tree: exp.Anonymous) -> Node:
        if tree.name not in _PREFIX_FUNCTIONS:
            close = nearest(tree.name.lower(), _PREFIX_FUNCTIONS)
            raise self.fault(f"没有 {tree.name} 这个函数", f"是不是 {close}?" if close else "只有 in_industry 和 in_region")
        name, pattern, expected = _PREFIX_FUNCTIONS[tree.name]
        prefixes = []
        for part in tree.expressions:
            if not (isinstance(part, exp.Literal) and part.is_string and pattern.fullmatch(part.this)):
                raise self.fault(f"{tree.name} 里的 {part.sql()} 不对", f"应是{expected}")
            prefixes.append(part.this)
        if not prefixes:
            raise self.fault(f"{tree.name}() 里是空的", f"应列出{expected}")
        return HasPrefix(Fact(name, "code"), tuple(prefixes))

    def _arithmetic(self, tree: exp.Expression) -> tuple[Node, Type]:
        operator = _ARITHMETIC[type(tree)]
        if isinstance(tree.expression, exp.Interval):
            return self._moved_day(tree), "date"
        return Arithmetic(operator, self._number(tree.this), self._number(tree.expression)), "number"  # type: ignore[arg-type]

    def _moved_day(self, tree: exp.Expression) -> Node:
        base, _ = self.node(tree.this)
        if not isinstance(base, Day):
            raise self.fault(f"“{tree.sql()}”在事实上加减了 INTERVAL", "把 INTERVAL 移到 as_of 一边,如 established_on <= as_of - INTERVAL 1 YEAR")
        interval = tree.expression
        amount = interval.this.this if isinstance(interval.this, exp.Literal) else ""
        unit = interval.unit.name.upper() if isinstance(interval.unit, exp.Var) else ""
        if unit not in _LONGEST_INTERVAL or not re.fullmatch("[0-9]{1,9}", amount) or isinstance(tree, exp.Mul):
            raise self.fault(f"“{interval.sql()}”写法不对", "写成 INTERVAL 1 YEAR、INTERVAL 6 MONTH 或 INTERVAL 30 DAY")
        if int(amount) > _LONGEST_INTERVAL[unit]:
            raise self.fault(f"“{interval.sql()}”太长", "最多200年")
        step = int(amount) * (1 if isinstance(tree, exp.Add) else -1)
        if (base.years, base.months, base.days) != (0, 0, 0):
            raise self.fault(f"“{tree.sql()}”连着加减了两次 INTERVAL", "只写一个 INTERVAL")
        return Day(base.base, **{f"{unit.lower()}s": step})

    def _choice(self, tree: exp.Expression) -> Node:
        if not self.estimates:
            raise self.fault(f"条件里用了 {type(tree).__name__.lower()}", "least、greatest、CASE 只用于估算")
        if isinstance(tree, exp.Case):
            return self._case(tree)
        items = tuple(self._number(part) for part in (tree.this, *tree.expressions))
        return Extreme("least" if isinstance(tree, exp.Least) else "greatest", items)

    def _case(self, tree: exp.Case) -> Node:
        default = tree.args.get("default")
        if tree.this is not None or default is None:
            raise self.fault("CASE 写法不完整", "写成 CASE WHEN 条件 THEN 金额 ELSE 金额 END")
        branches = tuple((self._bool(part.this), self._number(part.args["true"])) for part in tree.args["ifs"])
        return Case(branches, self._number(default))


def mentions_a_fact(node: Node) -> bool:
    """Whether a tree says anything about the enterprise."""
    return any(isinstance(part, Fact) for part in walk(node))
