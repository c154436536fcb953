"""Reads figures of official texts as comparisons of facts: 从业人数不超过300人, 研发费用占收入3%以上, 成立满一年.

以上, 以下 and 以内 hold the figure itself, as the law has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from navigator.intake.proposals_found import Reading
from navigator.intake.proposals_text import DAY, Passage, day_of
from navigator.matching.said.numerals import NUMBER, read_number

# ---- figures ----


@dataclass(frozen=True, slots=True)
class _Measured:
    """A fact with a figure: how texts call it and the unit it stands in."""

    fact: str
    label: str
    called: str
    unit: Literal["元", "人", "%", "件", "千瓦时", "年"]


_MEASURED = tuple(
    _Measured(*row)  # type: ignore[arg-type]
    for row in (
        ("monthly_sales", "月均销售额", r"月(?:均)?销售额|月(?:均)?营业额", "元"),
        (
            "revenue",
            "年营业收入",
            r"(?:年度?|上年度?|当年)?(?:营业|主营业务|销售)(?:总)?收入(?:总额)?|(?<!月)(?<!季度)(?<!季)年?(?:销售|营业)额",
            "元",
        ),
        ("taxable_income", "年应纳税所得额", r"(?:年度?)?应纳税所得额", "元"),
        ("total_assets", "资产总额", r"资产总(?:额|计)|总资产", "元"),
        ("rd_expense", "年研发费用", r"(?:年度?)?研(?:发|究开发)(?:费用|投入|经费)(?:总额|支出)?", "元"),
        (
            "equipment_investment",
            "近一年设备投入",
            r"(?:生产性?|新增)?设备(?:购置)?(?:投资|投入|购置)(?:总)?(?:额|金额)?",
            "元",
        ),
        ("new_loan_amount", "新增贷款", r"(?:新增|单户)贷款(?:本金|金额|余额|额度)?", "元"),
        ("gov_contract_amount", "政府采购合同金额", r"政府采购合同(?:金额|总额)", "元"),
        (
            "insured_employees",
            "参加失业保险人数",
            r"参保(?:职工|人员)?(?:总)?(?:人)?数|参加失业保险(?:职工)?人数",
            "人",
        ),
        ("employees", "从业人数", r"从业人(?:员|数)(?:总?数)?|(?:在职|在册)?(?:职工|员工)(?:总?(?:人)?数)?", "人"),
        ("layoff_rate", "上年裁员率", r"(?:上年度?)?裁员率", "%"),
        ("rd_staff_ratio", "研发人员占比", r"(?:科技|研发|研究开发)人员占[^,;。]{0,14}?(?:比例|比重)", "%"),
        (
            "high_tech_revenue_ratio",
            "高新产品收入占比",
            r"高新技术产品\(?(?:\(服务\))?\)?(?:服务\))?收入占[^,;。]{0,14}?(?:比例|比重)",
            "%",
        ),
        ("main_business_ratio", "主营收入占比", r"主营业务收入占[^,;。]{0,14}?(?:比例|比重)", "%"),
        ("ip_class1_count", "Ⅰ类知识产权", r"Ⅰ类知识产权", "件"),
        ("ip_count", "知识产权总数", r"(?<!类)知识产权", "件"),
        ("kwh_per_kva", "每千伏安月用电量", r"每千伏安(?:月)?用电量", "千瓦时"),
    )
)
_LESS, _MORE = "(?:不超过|不高于|不大于|不多于|未超过)", "(?:不低于|不少于|不小于|至少|达到|达|满|已达|在)"
_UNDER, _OVER = "(?:低于|少于|小于|不满|不足|不到|未达到)", "(?:超过|高于|大于|多于|突破)"
_BEFORE = rf"(?P<before>{_LESS}|{_UNDER}|{_MORE}|{_OVER})?"
_AFTER = r"(?:\((?P<inclusive>不?含)\))?(?:及|\(含\))?(?P<after>以上|以下|以内|之内)?(?:\((?P<inclusive2>不?含)\))?"
_FILLER = r"(?:\([^)]{0,12}\)|[^,;。、0-9%()]){0,10}?"
_UNITS = {"元": r"元(?:人民币)?", "人": "人", "%": "%", "件": r"[件项]", "千瓦时": "千瓦时", "年": "年"}
_ELIDED = re.compile(
    r"(?:且|并且?|其)占(?:同期|当年|企业)?(?:营业|销售|主营业务)(?:总)?收入(?:总额)?的?(?:比例|比重)?"
    rf"{_FILLER}{_BEFORE}\s?(?P<value>{NUMBER})\s?%{_AFTER}"
)
_RATIOS = (
    (
        r"研(?:发|究开发)(?:费用|投入|经费)(?:总额|支出)?占[^,;。0-9]{0,8}(?:营业|销售|主营业务)(?:总)?收入(?:总额)?的?(?:比例|比重)?",
        "rd_expense",
        "revenue",
        "研发费用占营业收入",
    ),
    (r"资产负债率", "total_liabilities", "total_assets", "资产负债率"),
)


def figures(passage: Passage, excluded: bool, home: str | None) -> list[Reading]:
    if excluded:
        return []
    taken: list[tuple[int, int]] = []
    found = _layoff_rule(passage, taken)
    found += _ratio_readings(passage, taken)
    for measured in _MEASURED:
        pattern = (
            rf"(?P<fact>{measured.called}){_FILLER}{_BEFORE}\s?(?P<value>{NUMBER})\s?{_UNITS[measured.unit]}{_AFTER}"
        )
        for match in re.finditer(pattern, passage.text):
            reading = _figure(measured, match, passage)
            if reading and not any(start < match.end("value") and match.start("fact") < end for start, end in taken):
                taken.append((match.start("fact"), match.end("value")))
                found.append(reading)
    return [*found, *_people(passage, taken)]


def _figure(measured: _Measured, match: re.Match[str], passage: Passage) -> Reading | None:
    operator, value = _operator(match), read_number(match["value"].strip())
    rest = passage.text[match.end() :]
    if operator is None or value is None or re.match("的?(?:部分|标准)|给予|奖励|补贴|补助", rest):
        return None
    shown = f"{match['value'].strip()}{measured.unit}"
    text, when = f"{measured.label}{_SAID[operator]}{shown}", f"{measured.fact} {operator} {_digits(value)}"
    end = match.end()
    upper = re.match(rf"(?:、|,|且|并且|至|-)\s?(?P<value>{NUMBER})\s?{_UNITS[measured.unit]}{_AFTER}", rest)
    if upper and operator in (">", ">=") and upper["after"] in ("以下", "以内"):
        top = read_number(upper["value"].strip())
        if top is not None:
            limit = "<" if "不含" in (upper["inclusive"], upper["inclusive2"]) else "<="
            when += f" AND {measured.fact} {limit} {_digits(top)}"
            text += f"、{_SAID[limit]}{upper['value'].strip()}{measured.unit}"
            end += upper.end()
    return Reading(text, when, passage.words(match.start("fact"), end), topic=measured.fact)


_SAID = {"<=": "不超过", "<": "低于", ">=": "不低于", ">": "超过"}


def _operator(match: re.Match[str]) -> str | None:
    """The comparison that the words around a figure say; 以上, 以下 and 以内 hold the figure itself."""
    before, after = match["before"] or "", match["after"]
    bare = "不含" in (match["inclusive"], match["inclusive2"])
    if after == "以上":
        return ">" if bare else ">="
    if after:
        return "<" if bare else "<="
    for pattern, operator in ((_LESS, "<="), (_UNDER, "<"), (_MORE, ">="), (_OVER, ">")):
        if before and before != "在" and re.fullmatch(pattern, before):
            return operator
    return None


def _digits(value: object) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _ratio_readings(passage: Passage, taken: list[tuple[int, int]]) -> list[Reading]:
    found = []
    rows = [*_RATIOS]
    for called, upper, lower, label in rows:
        pattern = rf"(?P<fact>{called}){_FILLER}{_BEFORE}\s?(?P<value>{NUMBER})\s?%{_AFTER}"
        found += [
            one
            for match in re.finditer(pattern, passage.text)
            if (one := _ratio(match, upper, lower, label, passage, taken))
        ]
    if re.search("研(?:发|究开发)(?:费用|投入|经费)", passage.text):
        for match in _ELIDED.finditer(passage.text):
            if one := _ratio(match, "rd_expense", "revenue", "研发费用占营业收入", passage, taken):
                found.append(one)
    return found


def _ratio(
    match: re.Match[str], upper: str, lower: str, label: str, passage: Passage, taken: list[tuple[int, int]]
) -> Reading | None:
    operator, value = _operator(match), read_number(match["value"].strip())
    if operator is None or value is None:
        return None
    taken.append(match.span())
    share = _digits(value)
    factor, times = (100, share) if "." not in share else (1000, _digits(value * 10))
    when = f"{upper} * {factor} {operator} {lower} * {times}"
    return Reading(f"{label}{_SAID[operator]}{share}%", when, passage.words(*match.span()), topic=f"{upper}/{lower}")


_LAYOFF = re.compile(
    rf"裁员率(?:不高于|不超过)(?P<all>{NUMBER})%[^。]{{0,20}}?(?P<few>{NUMBER})人(?:\(含\))?(?:及)?以下[^。;]{{0,16}}裁员率(?:不高于|不超过)[^0-9]{{0,12}}(?P<small>{NUMBER})%"
)


def _layoff_rule(passage: Passage, taken: list[tuple[int, int]]) -> list[Reading]:
    """The usual pair of limits: one for all, a wider one for small firms."""
    match = _LAYOFF.search(passage.text)
    if not match:
        return []
    taken.append(match.span())
    everyone, few, small = (read_number(match[name]) for name in ("all", "few", "small"))
    if everyone is None or few is None or small is None:
        return []
    when = f"layoff_rate <= {_digits(small)} AND (insured_employees <= {_digits(few)} OR layoff_rate <= {_digits(everyone)})"
    text = f"上年裁员率不高于{_digits(everyone)}%；参保{_digits(few)}人及以下的不高于{_digits(small)}%"
    return [Reading(text, when, passage.words(*match.span()), topic="layoff_rate")]


_PEOPLE = (
    (
        rf"(?:带动|吸纳)(?:就业)?(?:人数)?(?P<before>达到|不少于)?(?P<value>{NUMBER})人{_AFTER}(?:就业)?",
        "employees",
        "从业人数",
    ),
    (rf"(?P<before>)(?P<value>{NUMBER})人{_AFTER}的(?=参保企业)", "insured_employees", "参加失业保险人数"),
)


def _people(passage: Passage, taken: list[tuple[int, int]]) -> Iterator[Reading]:
    for pattern, fact, label in _PEOPLE:
        for match in re.finditer(pattern, passage.text):
            operator, value = _operator(match), read_number(match["value"])
            if (
                operator
                and value is not None
                and not any(start < match.end() and match.start() < end for start, end in taken)
            ):
                words = passage.words(*match.span())
                yield Reading(
                    f"{label}{_SAID[operator]}{match['value']}人",
                    f"{fact} {operator} {_digits(value)}",
                    words,
                    topic=fact,
                )


# ---- age of the business ----

_AGE = re.compile(
    rf"(?:成立|注册|登记|设立|开业)(?:时间|年限|期限)?(?:已|须|应)?(?P<before>满|不少于|超过|不满|未满|不足|不超过)?(?P<value>{NUMBER})(?P<unit>年|个月)(?:\((?P<inclusive>含)\))?(?:及)?(?P<after>以上|以内|内)?"
)
_SINCE = re.compile(rf"{DAY.format(1)}(?:\(含\))?(?:以后|之后|后|起)[^,;。]{{0,6}}(?:新)?(?:成立|注册|设立|登记)")


def ages(passage: Passage, excluded: bool, home: str | None) -> Iterator[Reading]:
    for match in _AGE.finditer(passage.text):
        value = read_number(match["value"])
        before, after = match["before"] or "", match["after"] or ""
        if value is None or value != int(value) or excluded or not (before or after):
            continue
        unit = "YEAR" if match["unit"] == "年" else "MONTH"
        operator = (
            ">"
            if before in ("不满", "未满", "不足")
            else ">="
            if before == "不超过" or after in ("以内", "内")
            else "<="
        )
        said = {">": "成立不满", ">=": "成立不超过", "<=": "成立满"}[operator]
        when = f"established_on {operator} as_of - INTERVAL {int(value)} {unit}"
        yield Reading(
            f"{said}{match['value']}{match['unit']}", when, passage.words(*match.span()), topic="established_on"
        )
    for match in () if excluded else _SINCE.finditer(passage.text):
        day = day_of(match)
        if day:
            yield Reading(
                f"{day} 以后成立",
                f"established_on >= DATE '{day}'",
                passage.words(*match.span()),
                topic="established_on",
            )
