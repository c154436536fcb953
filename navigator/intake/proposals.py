"""Proposes draft measures from the clauses of a text: conditions as predicates, the grant, dates, papers, each with the words it rests on.

Nothing is invented: what is not found stays None and is listed as not found, what no fact can tell becomes a line for a
person to confirm, and what the reader of clauses is not sure of is offered apart. A person decides on all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from navigator.intake import proposals_terms as terms
from navigator.intake.proposals_found import SURE_NAMES, Reading, Sure, merged
from navigator.intake.proposals_money import (
    Estimate,
    Grant,
    amounts_apart,
    fixed_award,
    grant_start,
    granted,
    is_cap,
    per_person,
    tiered_award,
    tiers,
)
from navigator.intake.proposals_readings import readings_of
from navigator.intake.proposals_terms import Proposed
from navigator.intake.proposals_text import (
    Passage,
    PolicyText,
    Section,
    Words,
    clause_words,
    definition_in,
    excludes,
    loose_passage,
    sections_of,
)
from navigator.intake.proposals_whom import place_reading

__all__ = [
    "SURE_NAMES",
    "PolicyText",
    "Proposed",
    "ProposedMeasure",
    "Reading",
    "Sure",
    "Words",
    "clause_words",
    "propose",
]

FIELD_NAMES = {
    "document": "文号",
    "issuer": "发文机关",
    "issued": "发文日期",
    "level": "级别",
    "begins": "起始日",
    "ends": "终止日",
    "domain": "领域",
    "delivery": "享受方式",
    "kind": "优惠种类",
    "estimate": "金额算法",
    "where": "在哪办",
    "how": "怎么办",
    "materials": "要带的材料",
    "windows": "申报时间",
    "phone": "咨询电话",
}
"""What is looked for beside conditions, by the name people know it by."""


@dataclass(frozen=True, slots=True)
class ProposedMeasure:
    """One draft: what a clause gives, to whom, and what else the text says of it. None: not found."""

    clause: str
    name: Proposed
    conditions: tuple[Reading, ...]
    confirm: tuple[Proposed, ...]
    benefit: Proposed
    document: Proposed | None = None
    issuer: Proposed | None = None
    issued: Proposed | None = None
    level: Proposed | None = None
    begins: Proposed | None = None
    ends: Proposed | None = None
    domain: Proposed | None = None
    delivery: Proposed | None = None
    kind: Proposed | None = None
    estimate: Proposed | None = None
    """An `Estimate`."""
    where: Proposed | None = None
    how: Proposed | None = None
    materials: Proposed | None = None
    windows: Proposed | None = None
    deadline: Proposed | None = None
    phone: Proposed | None = None

    @property
    def surely(self) -> tuple[Reading, ...]:
        """The conditions that go into the draft; guesses are only offered."""
        return tuple(one for one in self.conditions if one.sure != "guess")

    @property
    def guesses(self) -> tuple[Reading, ...]:
        """The conditions offered apart."""
        return tuple(one for one in self.conditions if one.sure == "guess")

    def not_found(self) -> tuple[str, ...]:
        """What was looked for in vain, by the names people know."""
        return tuple(label for field, label in FIELD_NAMES.items() if getattr(self, field) is None)


def propose(text: PolicyText) -> list[ProposedMeasure]:
    """The drafts a text gives, in its order; empty where nothing in it is granted to enterprises."""
    return list(_Reader(text).drafts())


@dataclass(frozen=True, slots=True)
class _Found:
    """A grant with the section and sentence it stands in, the words before it, and the readings and confirm lines of those."""

    section: Section
    sentence: Passage
    whom: Passage
    grant: Grant
    readings: list[Reading]
    confirm: list[Proposed]


class _Reader:
    """One reading of one text."""

    def __init__(self, text: PolicyText) -> None:
        self.text = text
        self.sections = sections_of(text.clauses)
        self.home = terms.home_of(text)
        self.place = self.home.value if self.home else None
        self.definitions = [found for one in self._sentences() if (found := definition_in(one))]
        self.grants = [found for section in self.sections for found in self._grants(section)]

    def _sentences(self) -> Iterator[Passage]:
        for section in self.sections:
            yield from section.passage.sentences()

    def drafts(self) -> Iterator[ProposedMeasure]:
        """One a grant; a sentence that names nobody is no grant."""
        for found in self.grants:
            draft = self._draft(found)
            named = any(one.topic in _NAMES_SOMEBODY for one in draft.conditions)
            if named or found.whom.text.rstrip(" ,").endswith(("的", "者", "人员")):
                yield draft

    # ---- what is granted ----

    def _grants(self, section: Section) -> Iterator[_Found]:
        if section.labelled and section.part in ("whom", "papers", "when", "how", "validity", "excluded"):
            return
        if section.part in ("purpose", "definition"):
            return
        sentences = [one for one in section.passage.sentences() if not definition_in(one)]
        before: list[Reading] = []
        for position, sentence in enumerate(sentences):
            start = grant_start(sentence)
            if start is None:
                continue
            caps = []
            for later in sentences[position + 1 :]:
                if not is_cap(later):
                    break
                caps.append(later)
            found = list(self._granted(section, sentence, start, caps, before))
            before = [
                one for one in found[0].readings if "established_on" not in one.topic and not one.topic.startswith("rd")
            ]
            yield from found

    def _granted(
        self, section: Section, sentence: Passage, start: int, caps: list[Passage], before: list[Reading]
    ) -> Iterator[_Found]:
        whom = sentence.part(_opening(sentence.text), start)
        part = sentence.part(start, len(sentence.text))
        amounts, lists = amounts_apart(part), _listed(whom)
        if amounts and (steps := tiers(whom, len(amounts))):
            yield from self._tiered(section, sentence, whom, part, amounts, steps)
            return
        if amounts and len(amounts) == len(lists):
            grant = granted(sentence, start, [], caps)
            for one, amount in zip(lists, amounts, strict=True):
                readings = readings_of(one, home=self.place)
                award = fixed_award(part, amount)
                words = replace(part.words(*amount), text=f"一次性{grant.kind or ''}{part.part(*amount).original}")
                yield _Found(section, sentence, one, Grant(grant.kind, words, award), readings, _confirm(one, readings))
            return
        readings = readings_of(whom, home=self.place)
        if not any(one.topic in ("form", "status", "taxpayer") for one in readings):
            figures = {one.topic for one in readings}
            readings = readings + [one for one in before if one.topic not in figures]
        grant = granted(sentence, start, readings, caps)
        if grant.estimate and "大型企业" in whom.text and "CASE" in grant.estimate.formula:
            readings = [one for one in readings if one.topic != "size"]
        yield _Found(section, sentence, whom, grant, readings, _confirm(whom, readings))

    def _tiered(
        self,
        section: Section,
        sentence: Passage,
        whom: Passage,
        part: Passage,
        amounts: list[tuple[int, int]],
        steps: list[tuple[int, int]],
    ) -> Iterator[_Found]:
        """One draft for several tiers: the lowest is the condition, the estimate tells them apart."""
        first = _with_one_tier(whom, steps, 0)
        readings = [replace(one, words=whom.words()) for one in readings_of(first, home=self.place)]
        topics = [one.topic for one in readings if any(sign in one.when for sign in (">", "<"))]
        whens = [
            next((one.when for one in readings_of(_with_one_tier(whom, steps, number)) if one.topic in topics), "")
            for number in range(len(steps))
        ]
        award = tiered_award(part, amounts, whens) if all(whens) else None
        grant = granted(sentence, part.start - sentence.start, [], [])
        grant = Grant(grant.kind, grant.words, award)
        yield _Found(section, sentence, whom, grant, readings, _confirm(whom, readings))

    # ---- a draft ----

    def _draft(self, found: _Found) -> ProposedMeasure:
        shared, confirm = self._shared(found)
        groups = [found.readings, self._defined(found), self._above(found), shared]
        readings = merged(groups)
        estimate = found.grant.estimate
        if estimate and estimate.needs and not any(_asks_for(estimate.needs.topic, one.when) for one in readings):
            readings.append(estimate.needs)
        if self.home and not any(one.topic == "place" for one in readings):
            local = place_reading(self.place, self.home.words, "likely")
            readings += [local] if local else []
        estimate = estimate or per_person(found.grant.words.text, readings)
        near = [found.sentence, *self._label(found)]
        taxed = found.grant.kind in ("减税", "免税")
        begins, ends = self._validity(found)
        year = begins.value.year if begins else None
        issued = terms.issued(self.text)
        windows, deadline = terms.windows(self._other_sections(found), issued.value.year if issued else year)
        around = self._around(found)
        return ProposedMeasure(
            clause=found.section.clause.id,
            name=self._name(found),
            conditions=tuple(_in_order(readings)),
            confirm=_unique([*found.confirm, *confirm]),
            benefit=Proposed(found.grant.words.text, found.grant.words),
            document=terms.document_number(self.text),
            issuer=terms.issuer(self.text),
            issued=issued,
            level=terms.level(self.text, self.home),
            begins=begins,
            ends=ends,
            domain=Proposed("税费减免", found.grant.words) if taxed else terms.domain(near, self.text.title),
            delivery=terms.delivery([found.sentence, *around]),
            kind=Proposed(found.grant.kind, found.grant.words, "likely") if found.grant.kind else None,
            estimate=Proposed(estimate, found.grant.words, "likely") if estimate else None,
            where=terms.where(around),
            how=terms.steps(self._other_sections(found)),
            materials=terms.papers(self._other_sections(found)),
            windows=windows,
            deadline=deadline,
            phone=terms.phone([*around, *map(loose_passage, self.text.closing)]),
        )

    def _applies(self, section: Section, found: _Found) -> bool:
        """Whether a general section speaks of this grant too: one inside a chapter speaks of that chapter."""
        path = section.clause.path
        if not path:
            return True
        scope = path[0]
        inside = [one for one in self.grants if scope == one.section.clause.id or scope in one.section.clause.path]
        return not inside or scope == found.section.clause.id or scope in found.section.clause.path

    def _other_sections(self, found: _Found) -> list[Section]:
        granting = {one.section.clause.id for one in self.grants}
        return [one for one in self.sections if one.clause.id not in granting and self._applies(one, found)]

    def _around(self, found: _Found) -> list[Passage]:
        return [one.passage for one in self._other_sections(found) if one.part not in ("purpose", "definition")]

    def _shared(self, found: _Found) -> tuple[list[Reading], list[Proposed]]:
        """What the general clauses demand or exclude."""
        readings: list[Reading] = []
        confirm: list[Proposed] = []
        for section in self._other_sections(found):
            if section.part not in ("whom", "excluded", "how", "other") or (
                section.part in ("how", "other") and not excludes(section.passage.text)
            ):
                continue
            listed = section.part == "excluded" and section.labelled
            body = section.passage.part(_label_end(section), len(section.passage.text))
            for sentence in body.sentences():
                excluded = listed or section.part == "excluded" or excludes(sentence.text)
                if section.part in ("how", "other") and not excludes(sentence.text):
                    continue
                here = readings_of(sentence, excluded=excluded and not _denies(sentence.text), home=self.place)
                readings += here
                confirm += _confirm(sentence, here, demanded=True, excluded=excluded)
        return readings, confirm

    def _defined(self, found: _Found) -> list[Reading]:
        """What the text says a word for its recipients means, where the word itself is no fact."""
        readings: list[Reading] = []
        for term, meaning in self.definitions:
            known = [one for one in readings_of(loose_passage(term)) if one.topic in ("status", "taxpayer", "size")]
            if term in found.whom.text and term != "企业" and not known:
                readings += readings_of(meaning, home=self.place)
        return readings

    def _above(self, found: _Found) -> list[Reading]:
        above = [one for one in self.sections if one.clause.id in found.section.clause.path and one.part == "other"]
        return [reading for one in above for reading in readings_of(one.passage, home=self.place)]

    def _validity(self, found: _Found) -> tuple[Proposed | None, Proposed | None]:
        issued = terms.issued(self.text)
        day = issued.value if issued else None
        begins, ends = terms.validity([found.sentence], day)
        general = [one.passage for one in self._other_sections(found) if one.part != "when"]
        further, last = terms.validity(general, day)
        known_begin = Proposed(self.text.begins, loose_passage(self.text.title).words()) if self.text.begins else None
        known_end = Proposed(self.text.ends, loose_passage(self.text.title).words()) if self.text.ends else None
        return begins or further or known_begin, ends or last or known_end

    def _label(self, found: _Found) -> list[Passage]:
        heading = found.section.clause.heading
        return [loose_passage(heading)] if found.section.clause.text and heading else []

    def _name(self, found: _Found) -> Proposed:
        clause = found.section.clause
        siblings = [one for one in self.grants if one.section.clause.id == clause.id]
        if len(self.grants) == 1:
            return Proposed(_topic_of(self.text.title), loose_passage(self.text.title).words(), "likely")
        label = clause.heading if clause.text and len(clause.heading) <= 24 else ""
        if label and len(siblings) == 1:
            return Proposed(label, found.section.passage.words(0, len(label)), "likely")
        shown = found.whom.words().text.strip("对凡") or label
        return Proposed(_shortened(f"{shown}{found.grant.kind or ''}"), found.whom.words(), "guess")


_NAMES_SOMEBODY = frozenset({"form", "status", "taxpayer", "size", "founder", "hires"})


def _asks_for(fact: str, when: str) -> bool:
    """Whether a predicate is only met where there is something of a fact."""
    return fact in when and (">" in when)


_OPENING = re.compile(r"^(?:\([一二三四五六七八九十\d]+\))?(?:自[^,]{4,40}(?:日|起),)?(?:对于?|凡|允许|支持)?")


def _opening(text: str) -> int:
    match = _OPENING.match(text)
    return match.end() if match else 0


def _with_one_tier(whom: Passage, steps: list[tuple[int, int]], number: int) -> Passage:
    """The words with one of several figures in the place of all of them, as long as before."""
    start, end = steps[0][0], steps[-1][1]
    figure = whom.text[steps[number][0] : steps[number][1]]
    return replace(whom, text=f"{whom.text[:start]}{figure:<{end - start}}{whom.text[end:]}")


def _listed(whom: Passage) -> list[Passage]:
    """The recipients of a list, each apart."""
    found, start = [], 0
    for mark in re.finditer(r"、|和(?=[^,]{4,})", whom.text):
        found.append(whom.part(start, mark.start()))
        start = mark.end()
    return [*found, whom.part(start, len(whom.text))]


def _label_end(section: Section) -> int:
    if not section.labelled or section.is_child:
        return 0
    match = re.match(r"[^:。,;]{0,24}[:。]", section.passage.text)
    return match.end() if match else 0


def _denies(text: str) -> bool:
    """Whether a sentence of a list of exclusions states its opposite itself (未被列入…)."""
    return bool(re.search("(?:未|没有|不)(?:被)?(?:列入|纳入)", text))


_TRIGGER = re.compile(
    "首次|首年|新认定|新获|新增|连续|近[二三23五5]年|个月|签订|足额|一年以上|1年以上|仅限|(?<!适)用于|正常|独立法人"
)
_FILLER = re.compile(
    "注册|登记|纳税|依法|设立|经营|从事|营业|单位|申报|项目|当年|上年度?|年度|仅?适用于|上述|以上|政策|奖励|新增|企业|应当?|须|[的在为对且并和、\\W]"
)
_ALWAYS_SAID = re.compile("首次|首年|连续")
_LEAD = re.compile("^(?:(?:以上|上述|本)?(?:政策|措施|奖励|补贴|办法)?(?:仅)?适用于|对)|的$")
_EMPTY = re.compile(
    r"^(?:的|企业|且|并|其中|同时|以下|下列|符合|条件|申报|单位|应当?|须|为|对|在|上述|以上|措施|政策|适用于|本|依法|\W|申请人|不予(?:支持|受理|补贴)|不得?享受.{0,10}|有下列情形之一)*$"
)
_NO_DEMAND = re.compile(
    "联系|电话|负责解释|登录|提交|通知如下|现将|制定|咨询|解释|起施行|起执行|有效期|执行期|部分$|无需申[请报]|直接兑付|免申即享|另有规定|向.{2,20}(?:申请|申报)"
)
_LONGEST_LINE = 60


def _confirm(
    passage: Passage, readings: list[Reading], *, demanded: bool = False, excluded: bool = False
) -> list[Proposed]:
    """The pieces that no predicate holds: whole where nothing was read in them, and where a word like 首次 says more than the predicate."""
    found = []
    pieces = list(passage.pieces())
    for position, piece in enumerate(pieces):
        start, end = piece.start, piece.start + len(piece.text)
        covering = [
            one
            for one in readings
            if one.words.clause == piece.clause and one.words.start < end and start < one.words.end
        ]
        words = piece.words()
        bare = piece.text.strip()
        if len(bare) < 3 or _EMPTY.match(bare) or _NO_DEMAND.search(bare) or len(bare) > _LONGEST_LINE:
            continue
        said = _TRIGGER.search(_without(piece, [one for one in covering if one.sure != "guess"])) or any(
            one.sure == "guess" for one in covering
        )
        loose = not covering and (
            demanded or bare.endswith(("的", "企业", "户", "人员", "单位")) or position < len(pieces) - 1
        )
        said = said or _ALWAYS_SAID.search(bare)
        rest = re.sub(r"20\d\d(?:年度?)?", "", _without(piece, covering))
        if said or loose or (covering and (re.search(r"\d", rest) or len(_FILLER.sub("", rest)) >= 5)):
            text = _LEAD.sub("", words.text)
            if excluded and not _denies(piece.text) and "不" not in piece.text[:6]:
                text = f"没有这种情形：{text}"
            found.append(Proposed(text, words, "likely"))
    return found


def _without(piece: Passage, readings: list[Reading]) -> str:
    """A piece without the words its readings rest on."""
    text = list(piece.text)
    for one in readings:
        for place in range(max(one.words.start - piece.start, 0), min(one.words.end - piece.start, len(text))):
            text[place] = " "
    return "".join(text)


_RANK = {"form": 0, "place": 1, "status": 2, "size": 3, "trade": 4, "scale": 5}


def _in_order(readings: list[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda one: _RANK.get(one.topic, 9))


def _unique(lines: list[Proposed]) -> tuple[Proposed, ...]:
    return tuple({line.value: line for line in lines}.values())


_TOPIC = re.compile(
    r"(?:.*?关于)?(?:印发|组织|开展|做好|实施|进一步|申报|发布)*(?P<topic>.+?)(?:申报工作|有关工作|工作|政策|申报)?(?:有关事项)?的?(?:通知|公告|意见|函|申领指南|申报指南|指南|实施细则|办法|细则)?$"
)


def _topic_of(title: str) -> str:
    match = _TOPIC.fullmatch(title)
    return _shortened(match["topic"].strip("“”《》") if match else title)


def _shortened(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


def estimate_of(draft: ProposedMeasure) -> Estimate | None:
    """The estimate of a draft, typed."""
    return draft.estimate.value if draft.estimate else None
