"""What each column of an office's table is: proposed from its heading and its cells, to be corrected by hand.

It reads policy_corpus/vocabulary/columns.yaml and samples of cells. It reads no whole table and keeps nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from navigator.corpus.model import FactSpec, Model, Text
from navigator.corpus.regions import load_regions
from navigator.corpus.yamlfile import read_yaml, validate
from navigator.errors import InputError
from navigator.matching.cells import UNKNOWN_WORDS
from navigator.matching.facts import is_uscc
from navigator.matching.rulebook import default_rulebook
from navigator.settings import settings

FACT_DATE = "fact_date"
"""Not a fact: the column that says of which day the row's facts are."""

UNITS: dict[str, dict[str, int]] = {
    "money": {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000},
    "percent": {"%": 1, "小数（0.05 是 5%）": 100},
}
"""Units a column may be written in, by type of fact, and what a plain number is multiplied by; the first is usual."""

_SHARE = 0.9
_ENOUGH = 3
_UNIT = re.compile(r"[(\[【<](?:单位:?)?(亿元?|百万元?|千元|万元?|元|%|百分比|人|个|家|件|户)[)\]】>]$")
_BARE_UNIT = re.compile(r"[/_:-]?(?:单位:)?(亿元|百万元|千元|万元|元)$")
_NOTE = re.compile(r"单位:?(?:人民币)?(亿元|百万元|千元|万元|元)")
_YEAR = re.compile(r"(20[0-9]{2})年?(?:度|底|末|全年|[0-9]{1,2}月(?:底|末)?)?")
_INDUSTRY = re.compile(r"[A-T][0-9]{1,4}")


class ColumnsFile(Model):
    """columns.yaml as it stands on disk."""

    facts: dict[str, tuple[Text, ...]]
    fact_date: tuple[Text, ...]
    not_the_fact: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """What a column is taken for: a fact (or FACT_DATE) in a unit of UNITS; nothing where `fact` is empty."""

    fact: str = ""
    unit: str = ""

    def factor(self, spec: FactSpec) -> int:
        """What a plain number in the column is multiplied by."""
        return UNITS.get(spec.type, {}).get(self.unit, 1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A use and why it is proposed; `sure` where name or content leaves no doubt."""

    use: Use
    why: str = ""
    sure: bool = False


def propose(headings: Sequence[str], samples: Sequence[Sequence[Any]], note: str = "") -> list[Proposal]:
    """A proposal for each column; `samples` are some of its cells, `note` what stands above the headings (单位：万元).

    Of columns that could be the same fact the surest stays, then the latest year, then the first.
    """
    noted = _NOTE.search(_plain(note))
    found = [
        _propose(heading, [cell for cell in cells if not _blank(cell)], noted[1] if noted else "")
        for heading, cells in zip(headings, samples, strict=True)
    ]
    best: dict[str, int] = {}
    for place, proposal in enumerate(found):
        rival = best.get(proposal.use.fact)
        if rival is None or _rank(proposal, headings[place]) > _rank(found[rival], headings[rival]):
            best[proposal.use.fact] = place
    return [one if best[one.use.fact] == place else Proposal(Use()) for place, one in enumerate(found)]


def named(heading: str) -> str:
    """The fact a heading names exactly; empty for none."""
    name, _ = _parted(heading)
    table = _names()
    return table.get(name) or table.get(_YEAR.sub("", name)) or ""


def unit_for(spec_type: str, heading: str, noted: str = "") -> str:
    """The unit a heading states for a fact of a type, or the one noted above the table; empty where a fact has one unit only."""
    units = UNITS.get(spec_type, {})
    stated = _parted(heading)[1]
    return next((unit for unit in (stated, noted) if unit in units), next(iter(units), ""))


def _rank(proposal: Proposal, heading: str) -> tuple[bool, str]:
    year = _YEAR.search(_plain(heading))
    return proposal.sure, year[1] if year else ""


def _propose(heading: str, cells: Sequence[Any], noted: str) -> Proposal:
    texts = [_text(cell) for cell in cells]
    specs = default_rulebook().facts.specs
    if _mostly(texts, lambda text: is_uscc(text.upper())):
        return Proposal(Use("uscc"), "内容都是18位信用代码", True)
    fact = named(heading)
    if fact == FACT_DATE:
        return Proposal(Use(FACT_DATE), "按列名认的", True)
    if fact:
        return Proposal(Use(fact, unit_for(specs[fact].type, heading, noted)), "按列名认的", True)
    by_content = _by_content(texts, specs)
    if by_content:
        return Proposal(Use(by_content), "看内容猜的")
    fact = _contained(heading)
    return (
        Proposal(Use(fact, unit_for(specs[fact].type, heading, noted)), "列名里有这个词") if fact else Proposal(Use())
    )


def _by_content(texts: Sequence[str], specs: Mapping[str, FactSpec]) -> str:
    regions = load_regions()
    if _mostly(texts, lambda text: len(text) <= 12 and regions.find(text) is not None):
        return "region"
    if _mostly(texts, lambda text: _INDUSTRY.fullmatch(text) is not None) and len(set(texts)) > 1:
        return "industry"
    for spec in specs.values():
        words = {value for value in spec.values if len(value) > 1 and not value.isascii()}
        if len(words) > 1 and len(set(texts)) > 1 and _mostly(texts, words.__contains__):
            return spec.name
    return ""


def _contained(heading: str) -> str:
    """The fact whose longest name stands in the heading, unless a word says that it means something else."""
    name, _ = _parted(heading)
    if any(word in name for word in _file().not_the_fact):
        return ""
    inside = [known for known in _names() if len(known) >= 3 and known in name]
    fact = _names()[max(inside, key=len)] if inside else ""
    return "" if fact in (FACT_DATE, "uscc") else fact


def _mostly(texts: Sequence[str], test: Callable[[str], bool]) -> bool:
    return len(texts) >= _ENOUGH and sum(map(test, texts)) >= _SHARE * len(texts)


def _blank(cell: Any) -> bool:
    return cell is None or cell != cell or _text(cell).casefold() in UNKNOWN_WORDS


def _text(cell: Any) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip()


def _plain(heading: str) -> str:
    """A heading without spaces and signs that say nothing."""
    return re.sub(r"[\s*★·、,。:：]+$|^[\s*★·0-9]+[.、)]|\s+|\*", "", unicodedata.normalize("NFKC", heading))


def _parted(heading: str) -> tuple[str, str]:
    """A heading's own words and its unit: 营业收入(万元) is 营业收入 and 万元."""
    text = _plain(heading)
    match = _UNIT.search(text) or _BARE_UNIT.search(text)
    if not match or not text[: match.start()]:
        return text, ""
    unit = {"亿": "亿元", "万": "万元", "百万": "百万元", "百分比": "%"}.get(match[1], match[1])
    rest = text[: match.start()]
    return (re.sub(r"[(\[【].*[)\]】]$", "", rest) or rest), unit


@cache
def _file() -> ColumnsFile:
    return load_columns()


def load_columns(path: Path | None = None) -> ColumnsFile:
    """columns.yaml (that of the configured corpus by default); InputError names a fault's file and line."""
    file = read_yaml(path or settings().corpus / "vocabulary" / "columns.yaml")
    table = validate(ColumnsFile, file.data, file)
    specs = default_rulebook().facts.specs
    owner: dict[str, str] = {}
    for fact, words in table.facts.items():
        if fact not in specs:
            raise InputError(file.place(("facts", fact)), f"没有叫 {fact} 的事实", "事实名见 facts.yaml")
        for word in words:
            if owner.setdefault(_plain(word), fact) != fact:
                raise InputError(
                    file.place(("facts", fact)), f"“{word}”已经属于 {owner[_plain(word)]}", "一个说法只能指一个事实"
                )
    return table


@cache
def _names() -> dict[str, str]:
    """Every way to write a fact as a heading."""
    specs = default_rulebook().facts.specs
    found = {_plain(word): FACT_DATE for word in (FACT_DATE, *_file().fact_date)}
    for fact, words in _file().facts.items():
        found |= {_plain(word): fact for word in words}
    for spec in specs.values():
        found |= {spec.name: spec.name, _plain(spec.label): spec.name}
    return found


def repeated(uses: Iterable[Use]) -> list[str]:
    """Facts that more than one column is taken for."""
    return [fact for fact, times in Counter(use.fact for use in uses if use.fact).items() if times > 1]
