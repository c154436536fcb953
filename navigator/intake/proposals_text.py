"""The text in which proposals are looked for: passages with their places, half-width, cut into sentences and pieces, each clause with its part.

It knows how official texts are built (对象, 条件, 标准, 时间, 材料, 方式), not what their words mean as facts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dateutil.relativedelta import relativedelta

from navigator.corpus.documents import Document
from navigator.corpus.segment import Clause, SegmentedDocument
from navigator.intake.texts import TextDraft

Part = Literal["whom", "how_much", "when", "papers", "how", "excluded", "purpose", "validity", "definition", "other"]


@dataclass(frozen=True, slots=True)
class PolicyText:
    """What proposals are made from: the clauses of a text, what stands around them, and what is already known of it."""

    title: str
    clauses: tuple[Clause, ...]
    preamble: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    document: str | None = None
    issuer: str | None = None
    issued: date | None = None
    level: str | None = None
    links: tuple[str, ...] = ()
    begins: date | None = None
    ends: date | None = None
    official: bool = False
    """Whether it was read on the issuer's own page."""
    note: str | None = None

    @classmethod
    def of_document(cls, document: Document) -> PolicyText:
        """A text of the library, with its front matter."""
        front, cut = document.front, document.segmented
        return cls(
            front.title,
            cut.clauses,
            cut.preamble,
            cut.closing,
            front.document_number,
            front.issuer,
            front.issued,
            front.level,
            tuple(front.links),
            front.in_force.from_ if front.in_force else None,
            front.in_force.to if front.in_force else None,
            front.read_as == "official",
            front.source_note,
        )

    @classmethod
    def of_draft(cls, draft: TextDraft) -> PolicyText:
        """A text that is still being corrected, with what was typed about it so far."""
        facts, cut = draft.facts, draft.segmented()
        return cls(
            facts.title,
            cut.clauses,
            cut.preamble,
            cut.closing,
            facts.document_number or None,
            facts.issuer or None,
            _day_typed(facts.issued),
            facts.level or None,
            tuple(facts.links),
            _day_typed(facts.begins),
            _day_typed(facts.ends),
            note=facts.source_note or None,
        )

    @classmethod
    def of_segmented(cls, document: SegmentedDocument) -> PolicyText:
        """A text of which nothing is known but its words."""
        return cls(document.title, document.clauses, document.preamble, document.closing)


def _day_typed(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Words:
    """Where words stand: the clause (empty for title, head and foot) and the stretch of its text, as `clause_words` gives it."""

    clause: str
    start: int
    end: int
    text: str
    before: str = ""
    """What stands before them in the same sentence, to be read along."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one clause: half-width for reading, with its place in the clause's own words."""

    clause: str
    start: int
    text: str
    original: str

    def part(self, start: int, end: int) -> Passage:
        """A stretch of it."""
        return Passage(self.clause, self.start + start, self.text[start:end], self.original[start:end])

    def words(self, start: int = 0, end: int | None = None) -> Words:
        """The place of a stretch, without blanks and marks at its ends."""
        end = len(self.text) if end is None else end
        while start < end and self.text[start] in _EDGE:
            start += 1
        while end > start and self.text[end - 1] in _EDGE:
            end -= 1
        words, before, after = self.original[start:end], self.original[:start], self.original[end:]
        return Words(
            self.clause, self.start + start, self.start + end, words, before.lstrip(_EDGE), after.rstrip(_EDGE)
        )

    def sentences(self) -> Iterator[Passage]:
        """Cut at 。；and line ends."""
        yield from self._cut(_SENTENCE_END)

    def pieces(self) -> Iterator[Passage]:
        """Cut at commas too, brackets kept whole."""
        yield from self._cut(_PIECE_END)

    def _cut(self, end_mark: re.Pattern[str]) -> Iterator[Passage]:
        start = 0
        for mark in end_mark.finditer(self.text):
            if self.text[start : mark.start()].strip():
                yield self.part(start, mark.start())
            start = mark.end()
        if self.text[start:].strip():
            yield self.part(start, len(self.text))


_EDGE = " \t\n,;。:、."
_SENTENCE_END = re.compile(r"[。;\n]")
_PIECE_END = re.compile(r"[。;\n]|,(?![^()]*\))")


def clause_words(clause: Clause) -> str:
    """A clause's own words as one text: the places of `Words` count in it."""
    return f"{clause.heading}。{clause.text}" if clause.text else clause.heading


def passage_of(clause: Clause) -> Passage:
    """The whole of a clause."""
    words = clause_words(clause)
    return Passage(clause.id, 0, half_width(words), words)


def loose_passage(text: str) -> Passage:
    """Words outside all clauses: the title, a line of the head or foot."""
    return Passage("", 0, half_width(text), text)


def half_width(text: str) -> str:
    """Half-width signs and digits, character by character, so that places stay."""
    return "".join(_folded(character) for character in text)


def _folded(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("papers", re.compile("(?:申报|申请|提交|所需|办理|证明|需要?的?)?材料")),
    ("when", re.compile("(?:申报|申请|受理|办理|报名)(?:时间|日期|期限|时限|截止)")),
    ("validity", re.compile("执行期|有效期|施行日期|实施期限|政策期限")),
    ("excluded", re.compile("不予(?:支持|补贴|受理|奖励|享受)|不得(?:享受|申报)|负面清单|除外情形")),
    (
        "how",
        re.compile(
            "(?:申报|办理|申请|兑现|兑付|拨付|审核|受理)(?:方式|程序|流程|渠道|地点|途径|机构|办法|部门)|^(?:程序|流程|方式)"
        ),
    ),
    (
        "how_much",
        re.compile(
            "(?:补贴|补助|奖励|奖补|支持|返还|贴息|资助|优惠|扶持)(?:标准|金额|额度|方式|内容|政策|措施|比例)|^标准"
        ),
    ),
    (
        "whom",
        re.compile(
            "(?:申报|申请|支持|补贴|补助|奖励|返还|贴息|适用|扶持|优惠|政策|享受)?(?:对象|条件|范围|主体|资格|要求)"
        ),
    ),
)
_LONGEST_LABEL = 14
_DEFINITION = re.compile(r"所称的?“?(?P<term>[^,;。”]{2,20}?)”?,?(?:是)?指")
_PURPOSE = re.compile("^为.{4,60}(?:制定|现|特|根据)|(?:总体|主要|工作)目标|指导思想|保障措施|组织领导|工作要求")
_FORCE = re.compile("(?:施行|实施|执行|有效)(?:期|之日|至|日期)|起(?:施行|实施|执行|生效)|有效期")
_DEMAND = re.compile(
    "(?:应当?|须|需|必须)(?:同时)?(?:符合|具备|满足|为|是|在|属于)|适用于|符合(?:以下|下列)|申报(?:企业|单位|主体)|申请(?:人|企业|单位)应|仅(?:限|适用)|(?:对象|条件|范围)(?:为|是|包括|:)"
)
_EXCLUSION = re.compile("不予|不得(?:享受|申报|申请)|不(?:享受|纳入|支持)|取消.{0,6}资格")


@dataclass(frozen=True, slots=True)
class Section:
    """A clause with the part it plays, and that of the clause above it where its own words do not say."""

    clause: Clause
    passage: Passage
    part: Part
    labelled: bool
    """Whether a short heading says so (二、申报条件), not the words of a sentence."""
    children: tuple[Clause, ...]
    is_child: bool


def sections_of(clauses: Sequence[Clause]) -> list[Section]:
    """Every clause with its part; a clause below 二、申报条件 plays that part too."""
    parts: dict[str, tuple[Part, bool]] = {}
    found = []
    for clause in clauses:
        passage = passage_of(clause)
        part, labelled = _part_of(passage, clause)
        above = parts.get(clause.path[-1]) if clause.path else None
        inherits = above is not None and above[1] and not labelled
        if inherits and above is not None:
            part, labelled = above
        parts[clause.id] = part, labelled
        children = tuple(other for other in clauses if other.path and other.path[-1] == clause.id)
        found.append(Section(clause, passage, part, labelled, children, inherits))
    return found


def _part_of(passage: Passage, clause: Clause) -> tuple[Part, bool]:
    label = re.split("[:。,;]", passage.text, maxsplit=1)[0].strip()
    if len(label) <= _LONGEST_LABEL or "下列情形" in label:
        for part, pattern in _PARTS:
            if pattern.search(label):
                return part, True
    if _PURPOSE.search(passage.text[:80]):
        return "purpose", False
    if _DEFINITION.search(passage.text[:60]):
        return "definition", False
    if _EXCLUSION.search(passage.text) and not _DEMAND.search(passage.text):
        return "excluded", False
    if _DEMAND.search(passage.text):
        return "whom", False
    return ("validity", False) if _FORCE.search(passage.text) else ("other", False)


def definition_in(passage: Passage) -> tuple[str, Passage] | None:
    """The word that a sentence defines and what it says of it; None for another sentence."""
    match = _DEFINITION.search(passage.text)
    return (match["term"], passage.part(match.end(), len(passage.text))) if match else None


def excludes(text: str) -> bool:
    """Whether a sentence says who does not get it."""
    return bool(_EXCLUSION.search(text))


DAY = r"(?:(?P<y{0}>20\d\d)\s*年\s*)?(?P<m{0}>\d{{1,2}})\s*月\s*(?P<d{0}>\d{{1,2}})\s*日"
"""A day in words; format it with a number where several stand in one pattern."""


def day_of(match: re.Match[str], number: int = 1, year: int | None = None) -> date | None:
    """The day of a match of DAY; `year` where it names none; None where there is no such day."""
    named = match[f"y{number}"]
    if match[f"m{number}"] is None or (named is None and year is None):
        return None
    try:
        return date(int(named or year or 0), int(match[f"m{number}"]), int(match[f"d{number}"]))
    except ValueError:
        return None


def years_after(day: date, years: int) -> date:
    """The last day of a period of whole years."""
    return day + relativedelta(years=years) - relativedelta(days=1)
