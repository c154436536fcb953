"""Finds what a sentence grants: where the grant begins, its kind, and an estimate where the words are a plain formula over known facts.

A figure that needs something no fact tells (per project, per product, of the interest paid) gives the words alone, no estimate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from navigator.intake.proposals_found import Reading, Sure
from navigator.intake.proposals_text import Passage, Words, half_width
from navigator.matching.said.numerals import NUMBER, read_number


@dataclass(frozen=True, slots=True)
class Estimate:
    """A formula in the estimate language, how exact it is, for which span, and how it is computed in words."""

    formula: str
    kind: str
    per: str
    basis: str
    needs: Reading | None = None
    """The condition that there is something to compute from, where the conditions do not say so."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one sentence gives."""

    kind: str | None
    words: Words
    estimate: Estimate | None
    sure: Sure = "sure"


_GIVES = "给予|奖励|奖补|补助|补贴|贴息|返还|退还|资助|发放"
_RELIEVES = "暂?免征|免收|减半征收|减征|减按|减免|加计(?:扣除|抵减|\\d)|抵减|扣减|免缴|缓缴"
_ANCHOR = re.compile(
    rf"(?:由[^,;。]{{0,14}})?(?:可|将|再|均|省级财政|市财政|省财政)?(?:分别)?(?:按(?!时|期|月|季|程序|规定)照?(?=[^,;。]{{0,36}}(?:%|元|标准|定额))|一次性(?=[^,;。]{{0,12}}(?:奖|补|给|{NUMBER}))"
    rf"|每(?:招用|吸纳|新增)?(?:1|一)?(?:人|个产品|户|家企业|个项目)[^,;。]{{0,10}}(?={NUMBER}元|奖|补)|{_GIVES}|{_RELIEVES}|担保费率)"
)
_FIGURE = re.compile(rf"{NUMBER}\s?(?:元|%|％)")
_CAP_ONLY = re.compile(r"^(?:单个|同一|每(?:家|户|个|人)|单户|单家|最高|累计|上限|其中)")
_CAP = re.compile(rf"(?:最高|不超过|封顶|上限(?:为|:)?|最多)(?:不超过|给予|为)?\s?(?P<value>{NUMBER})\s?元")
_OFFICES = re.compile(r"县\(市、区\)|部门|乡镇|街道|管委会|干部|高校(?!毕业生)|机关|工作成效|示范区|先进集体")
_LABEL = re.compile(r"^[^,:;。]{2,14}(?:标准|金额|额度|方式|内容|政策|对象)[:]")
_NOT_GIVEN = re.compile("不可|不得|不再|不予|停止|取消|已享受|重复享受")


def grant_start(sentence: Passage) -> int | None:
    """Where the grant begins in a sentence; None for a sentence that gives nothing to enterprises."""
    if (
        _NOT_GIVEN.search(sentence.text)
        or _CAP_ONLY.match(sentence.text)
        or re.search(r"补贴期限|资金\d|专项资金", sentence.text[:20])
    ):
        return None
    label = _LABEL.match(sentence.text)
    from_ = label.end() if label else 0
    for anchor in _ANCHOR.finditer(sentence.text, from_):
        if _is_inside_a_name(sentence.text, anchor):
            continue
        rest, before = sentence.text[anchor.start() :], sentence.text[: anchor.start()]
        if _OFFICES.search(before) or re.search("给(?:予)?(?:个人|本人)|个人账户", rest):
            return None
        if _FIGURE.search(rest) or re.search(_RELIEVES, rest) or re.search("担保费率", rest):
            return anchor.start()
    return None


def _is_inside_a_name(text: str, anchor: re.Match[str]) -> bool:
    """Whether 补贴 and the like are part of a name (补贴对象, 奖励资金), or 给予 follows a wish (力争给予)."""
    name = re.match(r"(?:对象|条件|政策|期限|资金|申请表|标准(?!.{0,3}%)|工作|办法)", text[anchor.end() :])
    return bool(name) and anchor.group() in _GIVES.split("|")


def granted(sentence: Passage, start: int, whom: list[Reading], more: list[Passage]) -> Grant:
    """What a sentence gives from `start` on; `more` are the sentences after it that only cap it."""
    start = 0 if _by_size(sentence) else start
    part = sentence.part(start, len(sentence.text))
    cap = _cap_of([part, *more])
    estimate = _estimate(sentence, start, part, whom, cap)
    text = "；".join(one.words().text for one in (part, *more))
    words = part.words()
    return Grant(_kind(sentence.text, part.text), Words(words.clause, words.start, words.end, text), estimate)


def is_cap(sentence: Passage) -> bool:
    """Whether a sentence only limits what the one before it gives."""
    return bool(_CAP.search(sentence.text)) and bool(_CAP_ONLY.match(sentence.text))


def amounts_apart(part: Passage) -> list[tuple[int, int]]:
    """The places of 20万元、2万元 in 分别给予20万元、2万元; empty where the sentence does not deal out several amounts."""
    match = re.search(rf"分别[^,;。0-9]{{0,12}}(?P<all>{NUMBER}元(?:(?:、|和){NUMBER}元)+)", part.text)
    return (
        [
            (match.start("all") + one.start(), match.start("all") + one.end())
            for one in re.finditer(rf"{NUMBER}元", match["all"])
        ]
        if match
        else []
    )


_TIERS = re.compile(rf"(?P<all>{NUMBER}元(?:(?:、|和){NUMBER}元)+)")


def tiers(whom: Passage, amounts: int) -> list[tuple[int, int]]:
    """The places of 1亿元、5亿元、10亿元 among those who get it, where there are as many as amounts; else empty."""
    match = _TIERS.search(whom.text)
    if match is None:
        return []
    start = match.start("all")
    found = [(start + one.start(), start + one.end()) for one in re.finditer(rf"{NUMBER}元", match["all"])]
    return found if len(found) == amounts else []


def tiered_award(part: Passage, amounts: list[tuple[int, int]], tests: list[str]) -> Estimate | None:
    """So much from each tier on: the highest that is reached counts. `tests` are the predicates of the tiers, lowest first."""
    values = [read_number(part.text[start : end - 1]) for start, end in amounts]
    if None in values or values != sorted(value for value in values if value is not None):
        return None
    pairs = list(zip(tests, values, strict=True))
    branches = " ".join(
        f"WHEN {test} THEN {_number(value)}" for test, value in reversed(pairs[1:]) if value is not None
    )
    kind = "at_most" if re.search("最高|不超过|首次", part.text[: amounts[0][0]]) else "exact"
    shown = "、".join(part.text[start:end] for start, end in amounts)
    return Estimate(
        f"CASE {branches} ELSE {_number(values[0] or Decimal(0))} END", kind, "一次性", f"按够到的最高一档算：{shown}"
    )


def fixed_award(part: Passage, amount: tuple[int, int]) -> Estimate:
    """The estimate of one of several amounts dealt out."""
    value = read_number(part.text[amount[0] : amount[1] - 1])
    most = bool(re.search("最高|不超过", part.text[: amount[0]]))
    return _fixed(value or Decimal(0), most, part.text, part.text[amount[0] : amount[1]])


_KINDS: tuple[tuple[str, str], ...] = (
    ("电价优惠", r"电价"),
    ("担保费优惠", r"担保费"),
    ("贴息", r"贴息"),
    ("返还", r"返还|退还"),
    ("免税", r"免征[^,;。]{0,12}税"),
    ("减税", r"(?:减半征收|减征|减按|加计|抵减|扣减)[^;。]*税|税[^;。]*(?:减半征收|减征|减按|抵减|扣减)"),
    ("降费", r"(?:免征|免收|减半|减征|减免|免缴)"),
    ("奖励", r"奖励|奖补|奖金"),
    ("补贴", r"补贴|补助|资助|补偿"),
)


def _kind(sentence: str, part: str) -> str | None:
    for text in (part, sentence):
        for kind, pattern in _KINDS:
            if re.search(pattern, text):
                return kind
    return None


_BASES: tuple[tuple[str, str, str], ...] = (
    ("rd_expense", "年研发费用", r"研(?:发|究开发)(?:费用|投入|经费)"),
    ("export_credit_premium", "年出口信保保费", r"保费"),
    ("expo_booth_fee", "年展位费", r"展位费"),
    ("unemployment_premium_paid", "上年缴纳失业保险费", r"失业保险费"),
    ("new_loan_amount", "今年新增贷款", r"(?:新增)?贷款(?:本金|金额)"),
    (
        "equipment_investment",
        "近一年设备投入",
        r"设备(?:购置)?(?:投资|投入|购置)?(?:总)?(?:额|金额|款)?|购置(?:金额|额|款)",
    ),
)
_PERCENT = re.compile(rf"按照?(?P<base>[^,;。%]{{0,44}}?)的?(?P<most>最高|不超过)?\s?(?P<value>{NUMBER})\s?%")
_PERSON = re.compile(
    rf"每(?:招用|吸纳|新增|录用|招录)?(?:1|一)?人(?P<yearly>每年|/年)?[^,;。%0-9]{{0,8}}?(?P<value>{NUMBER})\s?元"
)
_FIXED = re.compile(
    rf"(?:一次性|给予|奖励|补贴|补助|奖补|资助|每户|每家|发放|标准)[^,;。%]{{0,12}}?(?P<most>最高|不超过)?(?:不超过)?\s?(?P<value>{NUMBER})\s?元(?!/)"
)
_EACH = re.compile(r"每(?:个|件|项|台|套|吨|平方米|亩|千瓦|新增|辆|度)|单(?:个项目|台|套|件)")


def _cap_of(parts: list[Passage]) -> Decimal | None:
    for part in parts:
        match = _CAP.search(part.text)
        if match:
            return read_number(match["value"])
    return None


def _estimate(
    sentence: Passage, start: int, part: Passage, whom: list[Reading], cap: Decimal | None
) -> Estimate | None:
    by_size = _by_size(sentence)
    if by_size:
        return by_size
    person = _PERSON.search(part.text)
    if person:
        return per_person(part.text, whom)
    percent = _PERCENT.search(part.text)
    if percent:
        return _of_base(percent, sentence, start, part, cap)
    if "%" in part.text or _EACH.search(part.text):
        return None
    fixed = _FIXED.search(sentence.text)
    if fixed and (value := read_number(fixed["value"])) is not None:
        most = bool(fixed["most"]) or "最高" in fixed.group()
        return _fixed(value, most, sentence.text, f"{fixed['value']}元")
    return None


def _fixed(value: Decimal, most: bool, text: str, shown: str) -> Estimate:
    per = "年" if re.search("每年|每人每年", text) else "月" if "每月" in text else "一次性"
    return Estimate(_number(value), "at_most" if most else "exact", per, f"{'最多' if most else '固定'}{shown}")


def per_person(part: str, whom: list[Reading]) -> Estimate | None:
    """So much for each person hired, where the conditions say who is hired; None otherwise."""
    match = _PERSON.search(half_width(part))
    if not match:
        return None
    facts = [re.findall(r"([a-z_]+) >= 1", one.when) for one in whom if one.topic == "hires" and one.sure != "guess"]
    names = [name for group in facts for name in group]
    value = read_number(match["value"])
    if not names or value is None:
        return None
    sum_ = names[0] if len(names) == 1 else f"({' + '.join(names)})"
    per = "年" if match["yearly"] else "一次性"
    return Estimate(f"{sum_} * {_number(value)}", "exact", per, f"新招的人数 × {match['value']}元")


_BY_SIZE = re.compile(
    rf"大型企业[^,;。]{{0,8}}?按照?(?P<base>[^,;。]{{0,40}}?)的?(?P<large>{NUMBER})%[^,;。]{{0,8}},(?:对)?中小微(?:型)?企业[^,;。]{{0,8}}?按照?[^,;。%]{{0,40}}?(?P<small>{NUMBER})%"
)


def _by_size(sentence: Passage) -> Estimate | None:
    match = _BY_SIZE.search(sentence.text)
    base = _base_of(match["base"]) if match else None
    large, small = (read_number(match[name]) for name in ("large", "small")) if match else (None, None)
    if base is None or match is None or large is None or small is None:
        return None
    fact, label = base
    formula = f"CASE WHEN size_class = '大型' THEN {fact} * {_share(large)} ELSE {fact} * {_share(small)} END"
    needs = Reading(f"有{label}", f"{fact} > 0", sentence.words(*match.span("base")), "likely", fact)
    return Estimate(formula, "exact", "一次性", f"{label} × {match['small']}%，大型企业 × {match['large']}%", needs)


def _of_base(
    match: re.Match[str], sentence: Passage, start: int, part: Passage, cap: Decimal | None
) -> Estimate | None:
    base, percent = (
        _base_of(match["base"]) or (_base_of(sentence.text[:start]) if len(match["base"]) < 3 else None),
        read_number(match["value"]),
    )
    if base is None or percent is None or "利息" in match["base"] or percent > 100:
        return None
    fact, label = base
    formula = f"{fact} * {_share(percent)}"
    basis = f"{label} × {match['value']}%"
    if cap is not None:
        formula, basis = f"least({formula}, {_number(cap)})", f"{basis}，最多{_number(cap / 10000)}万元"
    kind = "at_most" if match["most"] else "exact" if fact == "unemployment_premium_paid" else "typical"
    per = (
        "年"
        if re.search("每年|贴息期限1年|年度最高", sentence.text + part.text) or fact == "new_loan_amount"
        else "一次性"
    )
    needs = Reading(f"有{label}", f"{fact} > 0", part.words(*match.span()), "likely", fact)
    return Estimate(formula, kind, per, basis, needs)


def _base_of(text: str) -> tuple[str, str] | None:
    if "利息" in text:
        return None
    for fact, label, called in _BASES:
        if re.search(called, text):
            return fact, label
    return None


def _share(percent: Decimal) -> str:
    share = (percent / 100).normalize()
    text = f"{share:f}"
    return text if "." not in text or len(text.split(".")[1]) >= 2 else f"{text}0"


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
