"""政策手册: what the booklet says, in order - chapters by domain and delivery, what is set aside and why, indexes, the platforms.

Content only: `handbook_pdf` and `handbook_docx` lay it out. `handbook_bytes` is what the command and the page call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Literal, get_args

from pypinyin import lazy_pinyin

from navigator.corpus.load import Corpus
from navigator.corpus.model import Domain, Measure, Phone, Platform
from navigator.errors import InputError
from navigator.matching.dates import Period, period, today
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.reports.audience import Audience, audiences
from navigator.reports.sheet import Sheet, sheet_of
from navigator.reports.wording import DELIVERIES, DELIVERY, VERIFICATION, day_words

Format = Literal["pdf", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)
_LEVELS = ("荆门市", "湖北省", "国家")
_CHINESE_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")


@dataclass(frozen=True, slots=True)
class Entry:
    """A measure with its number in the booklet."""

    number: int
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Section:
    """The measures of a chapter that are delivered in one way; `note` says what that way means."""

    title: str
    note: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One domain."""

    title: str
    sections: tuple[Section, ...]

    @property
    def size(self) -> int:
        """How many measures it holds."""
        return sum(len(section.entries) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Aside:
    """A measure that is only named, and why."""

    name: str
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class AsideGroup:
    """Measures set aside for one reason."""

    title: str
    note: str
    items: tuple[Aside, ...]


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """A platform with whom it is for and how it is reached."""

    name: str
    what: str
    more: str


@dataclass(frozen=True, slots=True)
class PlatformGroup:
    """The platforms of one commitment; `also` names those printed under another."""

    title: str
    platforms: tuple[PlatformLine, ...]
    also: str


@dataclass(frozen=True, slots=True)
class IndexGroup:
    """A heading of an index and numbers of entries under it."""

    title: str
    note: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Handbook:
    """The whole booklet of one day."""

    title: str
    subtitle: str
    product: str
    as_of: date
    version: str
    how_to_read: tuple[str, ...]
    phones: tuple[Phone, ...]
    chapters: tuple[Chapter, ...]
    upcoming: tuple[Entry, ...]
    set_aside: tuple[AsideGroup, ...]
    platform_note: str
    platforms: tuple[PlatformGroup, ...]
    audience_note: str
    audiences: tuple[IndexGroup, ...]
    names: tuple[IndexGroup, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All numbered measures in order."""
        sections = (section for chapter in self.chapters for section in chapter.sections)
        return (*(entry for section in sections for entry in section.entries), *self.upcoming)

    @property
    def footer(self) -> str:
        """What stands on every page: the booklet, its day, the version of the data."""
        return f"{self.title}　按{day_words(self.as_of)}有效的政策编印　资料版本{self.version}"


def handbook_bytes(format: Format, as_of: date | None = None) -> bytes:
    """The booklet of a day (today in Asia/Shanghai by default) as a file; raises InputError where no Chinese font is found."""
    day = as_of or today()
    book = make_handbook(rulebook_for(day), day)
    if format == "pdf":
        from navigator.reports.handbook_pdf import handbook_pdf

        return handbook_pdf(book)
    from navigator.reports.handbook_docx import handbook_docx

    return handbook_docx(book)


def write_handbook(path: Path, as_of: date | None = None) -> int:
    """Write the booklet to a .pdf or .docx file; returns its size in bytes. Raises InputError for any other ending."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise InputError("--out", f"写的是“{path.name}”", "文件名要以 .pdf 或 .docx 结尾")
    if not path.parent.is_dir():
        raise InputError("--out", f"没有“{path.parent}”这个文件夹", "先建好文件夹")
    return path.write_bytes(handbook_bytes(ending, as_of))  # type: ignore[arg-type]


def make_handbook(rulebook: RuleBook, as_of: date) -> Handbook:
    """The booklet's content on a day."""
    corpus = rulebook.corpus
    measures = [one.measure for one in rulebook.measures]
    by_period = {
        state: [one for one in measures if _state(one, as_of) == state]
        for state in ("in_force", "not_yet", "expired", "unverified")
    }
    numbers: dict[str, int] = {}

    def entry(measure: Measure) -> Entry:
        numbers[measure.id] = len(numbers) + 1
        return Entry(numbers[measure.id], sheet_of(measure, corpus, as_of))

    chapters = tuple(_chapters(by_period["in_force"], entry))
    upcoming = tuple(
        map(entry, sorted(by_period["not_yet"], key=lambda m: (m.in_force.from_ or date.max, name_key(m.name))))
    )
    named = [*by_period["in_force"], *by_period["not_yet"]]
    return Handbook(
        title=f"{corpus.city.name}惠企政策手册",
        subtitle=_subtitle(by_period, as_of),
        product=corpus.city.product,
        as_of=as_of,
        version=corpus.fingerprint[:8],
        how_to_read=_how_to_read(corpus),
        phones=tuple(corpus.city.phones),
        chapters=chapters,
        upcoming=upcoming,
        set_aside=tuple(_set_aside(by_period["expired"], by_period["unverified"], as_of)),
        platform_note=corpus.city.plan_banner,
        platforms=tuple(_platforms(corpus, numbers)),
        audience_note="下面是按每项政策写明的条件算出来的：主体类型一栏，列出没有把这类主体排除在外的；其余各栏，列出条件里用得上这个身份或打算的。"
        "列在这里不等于一定能享受，请翻到那一页逐条对照；没有列出的，也可能因为条件写不进规则。",
        audiences=tuple(_by_audience(audiences(rulebook, numbers, as_of), numbers)),
        names=tuple(_by_name(named, numbers)),
    )


def _state(measure: Measure, as_of: date) -> Period:
    """The period; what is yet to begin and was never verified counts as unverified."""
    state = period(measure, as_of)
    return "unverified" if state == "not_yet" and measure.verification == "unverified" else state


def name_key(name: str) -> tuple[str, str]:
    """Pinyin order; signs at the beginning do not count."""
    plain = "".join(sign for sign in name if sign.isalnum())
    return ("".join(f"{syllable} " for syllable in lazy_pinyin(plain)).lower(), name)


def _chapters(measures: list[Measure], entry: Callable[[Measure], Entry]) -> Iterable[Chapter]:
    number = 0
    for domain in get_args(Domain):
        sections = []
        for delivery in DELIVERIES:
            chosen = [m for m in measures if m.domain == domain and m.delivery == delivery]
            chosen.sort(key=lambda m: (_LEVELS.index(m.level), name_key(m.name)))
            if chosen:
                sections.append(Section(delivery, DELIVERY[delivery], tuple(map(entry, chosen))))
        if sections:
            yield Chapter(f"{_CHINESE_NUMBERS[number]}、{domain}", tuple(sections))
            number += 1


def _subtitle(by_period: dict[str, list[Measure]], as_of: date) -> str:
    upcoming = f"另有{len(by_period['not_yet'])}项即将开始，" if by_period["not_yet"] else "另有"
    return (
        f"收录{day_words(as_of)}这一天在有效期内、有出处的政策{len(by_period['in_force'])}项；"
        f"{upcoming}{len(by_period['expired'])}项已经到期、{len(by_period['unverified'])}项没有核实，只列名称和原因。"
    )


def _how_to_read(corpus: Corpus) -> tuple[str, ...]:
    marks = "；".join(f"{chip.mark}“{chip.word}”" for chip in VERIFICATION.values())
    return (
        "先按领域翻目录，或者翻到后面的“按对象查”“按名称查”。每项政策都有编号，查到编号和页码就能找到。",
        "每项政策先看“给谁”：一行是一个条件，每一行都符合才行。“当面确认”的几行，书上判断不了，办之前要向窗口问清楚。",
        "名称下面的方框写明：哪一级的政策、怎么办理、依据核对到什么程度、有效到哪天、现在受不受理。",
        f"核对程度有三种：{marks}。没有核实的不收进正文。",
        "“怎么算”后面，“准数”是照规定能算准的数，“最多能得的数”是上限，“大概的数”只供参考。贷款和担保要还，不算补贴。",
        "写着“没有查到”的，就是现有公开资料里没有找到，不是没有；请打“在哪办”后面的电话。",
        f"本手册由{corpus.city.product}按公开资料整理，用自己的话写成，不代替政策原文，也不代替主管部门的决定。",
    )


def _set_aside(expired: list[Measure], unverified: list[Measure], as_of: date) -> Iterable[AsideGroup]:
    def ended(measure: Measure) -> date:
        return measure.in_force.to or date.min

    latest = sorted(expired, key=lambda m: (-ended(m).toordinal(), name_key(m.name)))
    doubtful = sorted(unverified, key=lambda m: (_LEVELS.index(m.level), name_key(m.name)))
    groups = (
        ("一年以内到期的", "到期以前已经办的，按当时的规定。",
         [(m, _end_reason(m)) for m in latest if (as_of - ended(m)).days <= 365]),
        ("更早到期的", "列在这里，免得照旧材料再跑一趟。",
         [(m, _end_reason(m)) for m in latest if (as_of - ended(m)).days > 365]),
        ("没有核实的", "可能仍然有效，也可能已经停了，办之前请先打电话问清楚。",
         [(m, _doubt(m, as_of)) for m in doubtful]),
    )  # fmt: skip
    for title, note, items in groups:
        if items:
            yield AsideGroup(title, note, tuple(Aside(m.name, m.level, reason) for m, reason in items))


def _end_reason(measure: Measure) -> str:
    ended = measure.in_force.to
    inferred = "（推定）" if measure.in_force.to_inferred else ""
    return f"{day_words(ended)}到期{inferred}。{measure.note or ''}" if ended else measure.note or ""


def _doubt(measure: Measure, as_of: date) -> str:
    sure_until = measure.in_force.sure_until
    lapsed = f"{day_words(sure_until)}以后没有再核实。" if sure_until and as_of > sure_until else ""
    return lapsed + (measure.verification_note or "") + (f"问{measure.apply.phone}。" if measure.apply.phone else "")


def _platforms(corpus: Corpus, numbers: dict[str, int]) -> Iterable[PlatformGroup]:
    """Each platform once, under the first commitment it serves; those of none come last."""

    def lines(platforms: Iterable[Platform]) -> tuple[PlatformLine, ...]:
        return tuple(_platform_line(one, numbers) for one in platforms)

    for commitment in corpus.commitments:
        serving = [one for one in corpus.platforms if commitment.number in one.commitments]
        own = [one for one in serving if min(one.commitments) == commitment.number]
        also = "、".join(one.name for one in serving if one not in own)
        if serving:
            yield PlatformGroup(f"第{commitment.number}项　{commitment.title}", lines(own), also)
    rest = lines(one for one in corpus.platforms if not one.commitments)
    if rest:
        yield PlatformGroup("方案里提到、没有写进45项承诺的", rest, "")


def _platform_line(platform: Platform, numbers: dict[str, int]) -> PlatformLine:
    served = "、".join(str(numbers[one]) for one in platform.measures if one in numbers)
    parts = (
        f"给谁用：{platform.for_whom}" if platform.for_whom else "给谁用没有查到",
        platform.how and f"怎么用：{platform.how}",
        platform.phone and f"电话：{platform.phone}",
        served and f"用得上的政策：编号{served}",
    )
    return PlatformLine(platform.name, platform.what, "；".join(part.rstrip("。") for part in parts if part) + "。")


def _by_audience(found: tuple[Audience, ...], numbers: dict[str, int]) -> Iterable[IndexGroup]:
    for audience in found:
        ordered = sorted(numbers[one] for one in audience.measures)
        yield IndexGroup(audience.name, f"{len(ordered)}项", tuple(ordered))


def _by_name(measures: list[Measure], numbers: dict[str, int]) -> Iterable[IndexGroup]:
    def initial(measure: Measure) -> str:
        first = name_key(measure.name)[0][:1].upper()
        return first if first.isalpha() else "数字"

    ordered = sorted(measures, key=lambda m: (initial(m) == "数字", name_key(m.name)))
    for letter, group in groupby(ordered, key=initial):
        yield IndexGroup(letter, "", tuple(numbers[m.id] for m in group))
