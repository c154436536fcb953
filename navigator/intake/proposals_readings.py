"""Reads phrases of official texts as predicates over facts.yaml: whom they name, figures, and here standing and credit.

Each reading names the words it rests on. It is made to be right rather than complete: words it is not sure to understand give nothing
and are left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from navigator.intake.proposals_figures import ages, figures
from navigator.intake.proposals_found import Reading, Sure, member
from navigator.intake.proposals_text import Passage, excludes
from navigator.intake.proposals_whom import hires, places, trades, whom


def readings_of(passage: Passage, *, excluded: bool = False, home: str | None = None) -> list[Reading]:
    """The conditions that a sentence or phrase sets, in order; `excluded` where it lists who does not get it."""
    excluded = excluded or excludes(passage.text)
    found: list[Reading] = []
    for read in (whom, trades, places, figures, ages, hires, _standing, _credit, _other):
        found += read(passage, excluded, home)
    return sorted(found, key=lambda one: one.words.start)


# ---- standing: 规上, ownership, trade, power ----

_STANDING: tuple[tuple[str, str, str, str, Sure], ...] = (
    (
        r"(?:规模以上|规上|限额以上|限上)(?=[^,;。]{0,10}(?:企业|单位|项目|的|,|$))|进规|在规(?=的)",
        "above_scale",
        "是规模以上或限额以上单位",
        "scale",
        "sure",
    ),
    (r"民营企业|私营企业", "ownership = '民营'", "是民营企业", "ownership", "sure"),
    (r"外商投资企业|外资企业", "ownership = '外资'", "是外资企业", "ownership", "sure"),
    (r"有进出口(?:业务|实绩|经营)|有出口实绩", "has_import_export", "有进出口业务", "trade_abroad", "sure"),
    (r"海关高级认证企业|AEO高级认证", "customs_credit = '高级认证'", "是海关高级认证企业", "customs", "sure"),
    (r"执行两部制电价", "two_part_tariff", "执行两部制电价", "tariff", "sure"),
    (r"参加工伤保险", "injury_insured", "参加了工伤保险", "injury", "sure"),
)


def _standing(passage: Passage, excluded: bool, home: str | None) -> Iterator[Reading]:
    for pattern, when, text, topic, sure in () if excluded else _STANDING:
        for match in re.finditer(pattern, passage.text):
            if not re.search(
                r"(?:支持|鼓励|推动|力争|新增|培育)[^,;。对]{0,8}$", passage.text[: match.start()]
            ) or passage.text[: match.start()].endswith("新增的"):
                yield Reading(text, when, passage.words(*match.span()), sure, topic)
                break


# ---- credit ----

_BAD: tuple[tuple[str, str, str, Sure], ...] = (
    (r"严重(?:违法)?失信(?:主体|企业|行为)?(?:名单)?", "NOT seriously_dishonest", "没有被列入严重失信主体名单", "sure"),
    (r"失信被执行人|失信联合惩戒", "NOT seriously_dishonest", "没有被列入严重失信主体名单", "likely"),
    (r"经营异常(?:名录)?", "NOT abnormal_listed", "没有被列入经营异常名录", "sure"),
)
_CLEAN = re.compile(
    "(?:无|没有|未有|不存在)(?:[^,;。]{0,8})?(?:不良信用|失信|行政处罚)(?:[^,;。]{0,4})?记录|信用记录良好"
)
_DENIED = re.compile("(?:未|没有|不)(?:被|曾|再)?(?:列入|纳入|存在|属于|有)|非$|无")
_GRADE = re.compile(
    r"纳税信用(?:等级|级别|评价)?(?:结果)?(?P<how>应?为|不低于|达到|在|不为|非|评定为)?(?P<grades>[ABMCD]级?(?:(?:、|和|或|以及)[ABMCD]级?)*)(?P<up>\(含\)以上|及以上|以上)?"
)
_GRADES = "ABMCD"


def _credit(passage: Passage, excluded: bool, home: str | None) -> Iterator[Reading]:
    seen = set()
    for pattern, when, text, sure in _BAD:
        for match in re.finditer(pattern, passage.text):
            denied = excluded or _DENIED.search(passage.text[: match.start()])
            if denied and when not in seen:
                seen.add(when)
                yield Reading(text, when, passage.words(*match.span()), sure, when)
    for match in _CLEAN.finditer(passage.text):
        yield Reading(
            "没有失信或行政处罚记录", "NOT dishonesty_record", passage.words(*match.span()), "likely", "record"
        )
    for match in _GRADE.finditer(passage.text):
        yield from _grade(match, passage)
    if match := re.search(
        "(?:非|不属于|不从事)(?:国家)?(?:限制|禁止)(?:和|或|、)?(?:禁止|限制)?(?:类)?(?:性)?(?:行业|产业|发展)?",
        passage.text,
    ):
        yield Reading(
            "不从事国家限制或禁止的行业", "NOT restricted_industry", passage.words(*match.span()), topic="restricted"
        )


def _grade(match: re.Match[str], passage: Passage) -> Iterator[Reading]:
    grades = re.findall("[ABMCD]", match["grades"])
    words = passage.words(*match.span())
    if match["how"] in ("不为", "非"):
        if len(grades) == 1:
            yield Reading(f"纳税信用不是{grades[0]}级", f"tax_credit_rating <> '{grades[0]}'", words, topic="grade")
        return
    if match["up"] or match["how"] == "不低于":
        grades = list(_GRADES[: _GRADES.index(grades[-1]) + 1])
    yield Reading(f"纳税信用是{'、'.join(grades)}级", member("tax_credit_rating", grades), words, topic="grade")


def _other(passage: Passage, excluded: bool, home: str | None) -> Iterator[Reading]:
    paid = re.search("参加失业保险|缴纳失业保险费", passage.text)
    if paid and not excluded and not re.search("招用|吸纳|招聘|录用", passage.text):
        yield Reading(
            "上年交了失业保险费", "unemployment_premium_paid > 0", passage.words(*paid.span()), "likely", "premium"
        )
