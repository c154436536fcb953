"""Reads the facts a text states by going through the table of sayings clause by clause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from navigator.corpus.industries import load_industries
from navigator.matching.facts import is_uscc
from navigator.matching.language import Value
from navigator.matching.said.clauses import Clause, Plain, clauses
from navigator.matching.said.numerals import read_number
from navigator.matching.said.places import places
from navigator.matching.said.sayings import UNCLEAR, Saying
from navigator.matching.said.tables import sayings

_LONGEST = 2000
"""Characters read of one text; nobody says more in one breath."""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact, the value that was said, and the words that said it."""

    fact: str
    value: Value
    words: str


def facts_from_text(text: str) -> dict[str, Value]:
    """The facts a sentence states, as a profile holds them; empty when it states none."""
    return {said.fact: said.value for said in read_facts(text)}


def read_facts(text: str) -> tuple[Said, ...]:
    """The facts a sentence states, in the order said, each with its words; a fact said differently twice is left out."""
    plain = Plain.of(text[:_LONGEST])
    found: list[tuple[int, Said]] = []
    for clause in clauses(plain.text):
        for saying in sayings():
            for match in saying.pattern.finditer(clause.text):
                for fact, value in _stated(saying, clause, match):
                    start, end = clause.start + match.start(), clause.start + match.end()
                    found.append((start, Said(fact, value, plain.original(text, start, end))))
    found.sort(key=lambda pair: pair[0])
    return _settled(said for _, said in found)


def _settled(found: Iterable[Said]) -> tuple[Said, ...]:
    """One statement a fact, none where two differ; a region says more than its city."""
    by_fact: dict[str, list[Said]] = {}
    for said in found:
        by_fact.setdefault(said.fact, []).append(said)
    if "region" in by_fact:
        by_fact.pop("region_code", None)
    agreed = (_agreed(said) for said in by_fact.values())
    return tuple(said for said in agreed if said is not None and said.value != UNCLEAR)


def _agreed(found: list[Said]) -> Said | None:
    """The statement that all others repeat; a finer trade repeats a coarse one (H6210 after H62)."""
    if found[0].fact == "industry":
        best = max(found, key=lambda said: len(str(said.value)))
        return best if all(str(best.value).startswith(str(said.value)) for said in found) else None
    return found[0] if all(said.value == found[0].value for said in found) else None


_NEGATION = re.compile("(?:不|没|没有|未|非|无|没能|不曾)$")


def _stated(saying: Saying, clause: Clause, match: re.Match[str]) -> Iterable[tuple[str, Value]]:
    """The fact and value a match states, or nothing: its mood, a vague number or a denial silences it."""
    if _silenced(saying, clause, match):
        return ()
    if _NEGATION.search(clause.text[: match.start()]):
        return () if saying.denied is None else ((saying.fact, saying.denied),)
    groups = {name for name, words in match.groupdict().items() if words is not None}
    if "place" in groups and groups.isdisjoint(_READERS):
        said = places().read(match["place"], clause.text[match.end("place") :][:2])
        return () if said is None else (said,)
    reader = next((_READERS[name] for name in _READERS if name in groups), None)
    value = reader(clause.text, match) if reader else saying.value
    return () if value is None else ((saying.fact, value),)


def _silenced(saying: Saying, clause: Clause, match: re.Match[str]) -> bool:
    start, end = match.span()
    if clause.moods_at(start, end) & ~saying.despite or clause.asks_about(end):
        return True
    if saying.after and not saying.after.search(clause.previous):
        return True
    return bool(saying.unless and saying.unless.search(f"{clause.previous},{clause.text}"))


# ---- numbers, exactly said ----

_FIGURE = "[0-9零一二两三四五六七八九十百千万]"
_VAGUE_BEFORE = re.compile(
    "(?:不到|不足|不满|超过|超出|超|近|接近|快|快到|至少|至多|最多|最少|多达|少于|多于|大于|小于|低于|高于|不止|第|"
    rf"{_FIGURE}[个人万名]?(?:到|至|-|~|—|–|、|或者?))$"
)
_VAGUE_AFTER = re.compile(
    "(?:[个名位号人元件次项%度]|块钱?)*(?:多|几(?!乎)|来(?!自|源)|余|以上|以下|以内|之内|往上|往下|不到|出头|开外|不止|起步|\\+|"
    rf"(?:[到至\-~—–、]|或者?){_FIGURE})"
)
_CURRENCY = re.compile("元|块|人民币|圆")
_NOT_YUAN = re.compile(
    "[斤吨碗件台套个只头份杯单瓶箱亩户次度棵株盒袋包双条桶米颗粒张盆平尾羽支%里人字欧刀]|公斤|立方|美元|美金|港币|港元|日元|英镑|usd|粉丝|千瓦",
    re.IGNORECASE,
)
_UNIT = re.compile("[十百千万亿wW]")
_LEAST_BARE = 1000
"""Yuan below which a number without unit is not taken for one: 一年卖90 means 90万 or nothing."""


def _number(text: str, match: re.Match[str], group: str) -> Decimal | None:
    start, end = match.span(group)
    if _VAGUE_BEFORE.search(text[:start]) or _VAGUE_AFTER.match(text, end):
        return None
    return read_number(re.sub("^百分之|(?:%|个百分点)$", "", match[group]))


def _as_value(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _count(text: str, match: re.Match[str]) -> int | None:
    value = _number(text, match, "count")
    return int(value) if value is not None and value == int(value) and value < 10**7 else None


def _yuan(text: str, match: re.Match[str]) -> int | float | None:
    value = _number(text, match, "yuan")
    after = text[match.end("yuan") :]
    if value is None or (_NOT_YUAN.match(after) and not _CURRENCY.match(after)):
        return None
    if 0 < value < _LEAST_BARE and not _CURRENCY.match(after) and not _UNIT.search(match["yuan"]):
        return None
    return _as_value(-value if "loss" in match.groupdict() else value)


def _percent(text: str, match: re.Match[str]) -> int | float | None:
    value = _number(text, match, "percent")
    return _as_value(value) if value is not None and value <= 100 else None


_CHINESE_YEAR = str.maketrans("〇零一二三四五六七八九", "00123456789")


def _day(text: str, match: re.Match[str]) -> date | None:
    year, *rest = (part for part in re.split("[年月日号./-]", match["day"]) if part)
    month, day = (read_number(part) for part in rest)
    try:
        return date(int(year.translate(_CHINESE_YEAR)), int(month or 0), int(day or 0))
    except ValueError:
        return None


# ---- words ----


def _code(text: str, match: re.Match[str]) -> str | None:
    code = match["uscc"].upper()
    return code if is_uscc(code) else None


def _trade(text: str, match: re.Match[str]) -> str | None:
    return load_industries().mentioned(match["trade"])


def _noun(text: str, match: re.Match[str]) -> str | None:
    """A clause that is the name of a trade and nothing else: 餐饮."""
    trades = load_industries()
    code = trades.mentioned(match["noun"])
    return code if code and match["noun"] in trades.everyday(code) else None


_READERS: dict[str, Callable[[str, re.Match[str]], Value]] = {
    "count": _count,
    "yuan": _yuan,
    "percent": _percent,
    "number": lambda text, match: _as_value(_number(text, match, "number")),
    "day": _day,
    "choice": lambda text, match: match["choice"].upper(),
    "uscc": _code,
    "trade": _trade,
    "noun": _noun,
}
