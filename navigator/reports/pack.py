"""一企一策: what the package for one enterprise says, in order. What it can have and why, how much, what to bring, where and by when, what is
one step away, what to ask next, the commitments that concern it.

Content only, from an assessment and the corpus: `pack_pdf`, `pack_docx` and `pack_xlsx` lay it out. `pack_bytes` is what a command or page calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from navigator.corpus.industries import load_industries
from navigator.corpus.load import Corpus
from navigator.corpus.model import NOT_MONEY
from navigator.errors import InputError
from navigator.matching.amounts import show_yuan
from navigator.matching.assess import Assessment, MeasureResult, assess, show_value
from navigator.matching.dates import today
from navigator.matching.groups import APPLY, NEEDS_INFO, NO_APPLICATION, group_results
from navigator.matching.language import Value
from navigator.matching.near_miss import NearMiss
from navigator.matching.one_step import Step, one_steps
from navigator.matching.questions import TYPICAL_YUAN
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.papers import fewer_papers
from navigator.reports.card import live_address
from navigator.reports.sheet import Line, Row, sheet_of
from navigator.reports.wording import APPLY as APPLICATIONS
from navigator.reports.wording import Chip, day_words
from navigator.settings import settings

Format = Literal["pdf", "docx", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_QUESTIONS = 10
EXAMPLE = "示例"
EXAMPLE_NOTE = "示例：这是虚构的企业，里面的数不是真的，不能拿去办事。"
_OUTCOMES = {
    True: Chip("✓", "符合", "good"),
    False: Chip("×", "不符合", "warn"),
    None: Chip("？", "还不知道", "plain"),
}
_HOW = {"exact": "", "at_most": "最多", "typical": "大约"}
_LAID_OUT_ELSEWHERE = ("给谁", "当面确认", "能得多少", "带什么", "少带材料", "相关")


@dataclass(frozen=True, slots=True)
class Amount:
    """One of the three totals, in yuan and in words."""

    label: str
    yuan: float
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that the package rests on, its value, and where it comes from."""

    label: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition for this enterprise: its words, how it came out, what is known, where it stands."""

    text: str
    outcome: Chip
    actual: str
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One measure it can have. `yuan`: the estimate for each `per`; `counted`: how it stands to the total, empty where it simply counts."""

    number: int
    id: str
    name: str
    yuan: float | None
    per: str
    money: str
    counted: str
    delivery: str
    applications: str
    chips: tuple[Chip, ...]
    summary: str
    conditions: tuple[Checked, ...]
    confirm: tuple[str, ...]
    rows: tuple[Row, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Near:
    """One measure a step away: what would have to change, what it would bring, by when, whom to ask."""

    name: str
    steps: tuple[str, ...]
    brings: str
    notes: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that decides more, with how to tell, and how many measures it decides."""

    question: str
    help: str
    decides: int


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that is only named, and one line about it."""

    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Pack:
    """The whole package of one enterprise on one day."""

    title: str
    enterprise: str
    example: bool
    as_of: date
    version: str
    product: str
    address: str
    total: str
    total_notes: tuple[str, ...]
    amounts: tuple[Amount, ...]
    known: tuple[Known, ...]
    contradictions: tuple[str, ...]
    can: tuple[Item, ...]
    near: tuple[Near, ...]
    questions: tuple[Asked, ...]
    """Those that decide most; `more_questions` is how many there are besides."""
    more_questions: int
    open: tuple[Named, ...]
    unverified: tuple[Named, ...]
    commitments: tuple[Named, ...]
    for_everyone: str
    remarks: tuple[str, ...]

    @property
    def footer(self) -> str:
        """What stands on every page: the product, the day, the version of the data."""
        return f"{self.product}{self.title}　按{day_words(self.as_of)}的政策　资料版本{self.version}"


def pack_bytes(profile: Mapping[str, Any], format: Format, as_of: date | None = None) -> bytes:
    """The package of a profile (fact -> value) on a day, today in Asia/Shanghai by default, as a file.

    Raises InputError for an unknown fact or a value outside its list, and, for a PDF, where no Chinese font is found.
    """
    day = as_of or today()
    return lay_out(pack_of(assess(profile, day), rulebook_for(day)), format)


def lay_out(pack: Pack, format: Format) -> bytes:
    """The package as a file."""
    if format == "pdf":
        from navigator.reports.pack_pdf import pack_pdf

        return pack_pdf(pack)
    if format == "docx":
        from navigator.reports.pack_docx import pack_docx

        return pack_docx(pack)
    from navigator.reports.pack_xlsx import pack_xlsx

    return pack_xlsx(pack)


def format_of(path: Path) -> Format:
    """The format that a file name asks for; raises InputError."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise InputError("--out", f"写的是“{path.name}”", "文件名要以 .pdf、.docx 或 .xlsx 结尾")
    if not path.absolute().parent.is_dir():
        raise InputError("--out", f"没有“{path.parent}”这个文件夹", "先建好文件夹")
    return ending  # type: ignore[return-value]


def pack_of(
    found: Assessment, rulebook: RuleBook, *, example: bool = False, sources: Mapping[str, str] | None = None
) -> Pack:
    """What the package says of an assessment. `example`: the enterprise is invented; a name with 示例 in it says so by itself.
    `sources`: where given facts come from, fact -> words, as far as that is known.
    """
    corpus = rulebook.corpus
    name = _one_line(str(found.profile.values.get("name") or "")) or "没有写名称的经营主体"
    groups = {group.name: group.results for group in group_results(found)}
    can = sorted((*groups[NO_APPLICATION], *groups[APPLY]), key=_money_first)
    total, notes = _total(found)
    own = [one for one in found.commitments if one.commitment.concerns != "everyone"]
    everyone = [f"第{one.commitment.number}项" for one in found.commitments if one.commitment.concerns == "everyone"]
    return Pack(
        title="一企一策",
        enterprise=name,
        example=example or EXAMPLE in name,
        as_of=found.as_of,
        version=corpus.fingerprint[:8],
        product=corpus.city.product,
        address=f"{settings().public_address.rstrip('/')}/checkup",
        total=total,
        total_notes=notes,
        amounts=_amounts(found),
        known=_known(found, rulebook, sources or {}),
        contradictions=_contradictions(found, rulebook),
        can=tuple(_item(number, one, found, rulebook) for number, one in enumerate(can, start=1)),
        near=tuple(_near(step, rulebook) for step in one_steps(found)),
        questions=_asked(found, rulebook),
        more_questions=max(0, len(found.questions) - MOST_QUESTIONS),
        open=tuple(
            Named(one.measure.name, "、".join(rulebook.facts.specs[fact].label for fact in one.missing))
            for one in groups[NEEDS_INFO]
        ),
        unverified=tuple(_unverified(one) for one in sorted(found.measures, key=_money_first) if _looks_right(one)),
        commitments=tuple(
            Named(f"第{one.commitment.number}项　{one.commitment.title}", f"{one.commitment.summary}（{one.why}）")
            for one in own
        ),
        for_everyone="、".join(everyone),
        remarks=_remarks(corpus),
    )


def _money_first(one: MeasureResult) -> tuple[float, float, str]:
    money = 0.0 if one.measure.benefit.kind in NOT_MONEY or one.apply_state == "closed" else one.estimate or 0.0
    times = 12 if one.measure.benefit.per == "月" else 1
    return -money * times, -TYPICAL_YUAN.get(one.measure.benefit.kind, 500.0), one.measure.name


def _total(found: Assessment) -> tuple[str, tuple[str, ...]]:
    """The total in one line, and what belongs to it in small print."""
    total, names = found.bundle.total, {one.measure.id: one.measure.name for one in found.measures}
    if not found.bundle.ids:
        return "还没有哪一项的条件能全部定下来", ("把后面“还要问的”答上几条，就能知道能得多少。",)
    if total.if_confirmed == 0:
        return f"{len(found.bundle.ids)}项条件符合，金额还算不出来", ()
    if total.high == 0:
        line = f"当面确认后最多{show_yuan(total.if_confirmed)}"
    elif total.low == total.high:
        line = show_yuan(total.high)
    else:
        line = f"{show_yuan(total.low)}到{show_yuan(total.high)}"
    notes = [
        f"头12个月，只算条件都符合的{len(found.bundle.ids)}项里算得出金额的；贷款、担保不算，没核实的不算，申报已截止的不算。"
    ]
    notes += [f"没有重复算：{names[one.id]}（{one.because}）。" for one in found.bundle.set_aside]
    for capped in found.bundle.capped:
        listed = "、".join(f"“{names[one]}”" for one in capped.ids)
        notes.append(f"合起来最多算{show_yuan(capped.limit)}（{capped.what}）：{listed}。")
    return line, tuple(notes)


def _amounts(found: Assessment) -> tuple[Amount, ...]:
    total = found.bundle.total
    amounts = (
        ("确定的（准数、不用当面确认）", total.low),
        ("加上“最多”“大约”的", total.high),
        ("要当面确认的都确认好，最多", total.if_confirmed),
    )
    return tuple(Amount(label, yuan, show_yuan(yuan)) for label, yuan in amounts)


def _known(found: Assessment, rulebook: RuleBook, sources: Mapping[str, str]) -> tuple[Known, ...]:
    values, given = found.profile.values, found.profile.given
    return tuple(
        Known(
            spec.label,
            _value(name, values[name], rulebook),
            sources.get(name, "填写的资料") if name in given else found.profile.origin.get(name, "由别的资料推出"),
        )
        for name, spec in rulebook.facts.specs.items()
        if name in values and name != "name"
    )


def _contradictions(found: Assessment, rulebook: RuleBook) -> tuple[str, ...]:
    specs = rulebook.facts.specs
    return tuple(
        f"{specs[one.fact].label}：填的是“{show_value(one.given, specs[one.fact])}”，按别的资料应是"
        f"“{show_value(one.concluded, specs[one.fact])}”（{one.because}）。先按填的算，请核对。"
        for one in found.contradictions
    )


def _item(number: int, one: MeasureResult, found: Assessment, rulebook: RuleBook) -> Item:
    measure = one.measure
    sheet = sheet_of(measure, rulebook.corpus, found.as_of)
    rest = tuple(row for row in sheet.rows if row.label not in _LAID_OUT_ELSEWHERE)
    return Item(
        number=number,
        id=measure.id,
        name=measure.name,
        yuan=one.estimate,
        per=measure.benefit.per or "",
        money=_money(one),
        counted=_counted(one, found),
        delivery=measure.delivery,
        applications=APPLICATIONS[one.apply_state].word,
        chips=sheet.chips,
        summary=measure.summary,
        conditions=tuple(
            Checked(item.condition.text, _OUTCOMES[item.outcome], _actual(item.actual, rulebook), item.source)
            for item in one.conditions
        ),
        confirm=tuple(measure.confirm),
        rows=(*_benefit(one), *_papers(one, rulebook.corpus, found.as_of), *rest),
        address=live_address(measure.id),
    )


def _money(one: MeasureResult) -> str:
    """The amount in a few words; the kind of benefit where there is none."""
    benefit = one.measure.benefit
    if not one.estimate or benefit.estimate_kind is None:
        return f"{benefit.kind}，金额算不出来" if benefit.estimate_kind and one.estimate is None else benefit.kind
    often = "" if benefit.per == "一次性" else f"／{benefit.per}"
    lent = f"（{benefit.kind}，要还）" if benefit.kind in NOT_MONEY else ""
    return f"{_HOW[benefit.estimate_kind]}{show_yuan(one.estimate)}{often}{lent}"


def _counted(one: MeasureResult, found: Assessment) -> str:
    because = {item.id: item.because for item in found.bundle.set_aside}.get(one.measure.id)
    if because:
        return f"没有算进合计：{because}"
    if not one.estimate or one.estimate <= 0:
        return ""
    if one.measure.benefit.kind in NOT_MONEY:
        return "贷款和担保的钱要还，不算进合计"
    if one.apply_state == "closed":
        return "这一轮申报已截止，不算进合计"
    return "要当面确认的都确认好，才算进合计" if one.measure.confirm else ""


def _benefit(one: MeasureResult) -> tuple[Row, ...]:
    benefit = one.measure.benefit
    rows = [Row("能得什么", (Line(benefit.text),))]
    if one.estimate_basis:
        rows.append(Row("怎么算的", (Line(one.estimate_basis),)))
    return tuple(rows)


def _papers(one: MeasureResult, corpus: Corpus, as_of: date) -> tuple[Row, ...]:
    """The materials one by one, those that may be spared marked, and what else may make it easier."""
    spared = fewer_papers(corpus, one.measure, as_of)
    marks: dict[str, str] = {}
    for item in spared:
        for paper in item.papers:
            marks.setdefault(paper, f"{item.rule.short}，{item.rule.way}，第{item.rule.commitment}项承诺")
    materials = one.measure.apply.materials
    rows = [
        Row("要带什么", tuple(Line(paper, marks.get(paper, "")) for paper in materials), "list")
        if materials
        else Row("要带什么", (Line("没有查到要交的材料"),))
    ]
    whole = [
        f"{item.rule.short}（{item.rule.way}，第{item.rule.commitment}项承诺）" for item in spared if not item.papers
    ]
    if spared:
        rows.append(Row("少带材料", (Line("；".join([*whole, "能少带的只见于征求意见稿，去之前先问"]) + "。"),)))
    return tuple(rows)


def _near(step: Step, rulebook: RuleBook) -> Near:
    measure, benefit = step.result.measure, step.result.measure.benefit
    if step.money and benefit.estimate_kind:
        brings = f"做到以后头12个月{_HOW[benefit.estimate_kind]}{show_yuan(step.money)}"
    else:
        brings = f"做到以后：{benefit.text}"
    notes = []
    if step.by:
        notes.append(f"等到{day_words(step.by)}就行" if step.only_time else f"最早{day_words(step.by)}")
    if step.unknown:
        notes.append(f"另有{step.unknown}个条件还不知道符不符合")
    if step.result.apply_state == "closed":
        notes.append("这一轮申报已截止")
    if step.doubtful and measure.in_force.to:
        notes.append(f"有效期推定到{day_words(measure.in_force.to)}，之后还办不办没有查到，先问清楚")
    notes.append(f"问{measure.apply.where or '主管部门'}（{_phone(measure.apply.phone)}）")
    steps = tuple(_step(change, rulebook) for change in step.changes)
    return Near(measure.name, steps, brings, tuple(notes), live_address(measure.id))


def _step(change: NearMiss, rulebook: RuleBook) -> str:
    spec = rulebook.facts.specs[change.fact]
    if change.by is not None:
        return f"{spec.label}：再过{int(change.distance or 0)}天（{day_words(change.by)}）就满足"
    have, need = show_value(change.have, spec), show_value(change.need, spec)
    if change.distance is None:
        return f"{spec.label}要是“{need}”，现在是“{have}”"
    return f"{spec.label}要到{need}，现在{have}，差{show_value(change.distance, spec)}"


def _asked(found: Assessment, rulebook: RuleBook) -> tuple[Asked, ...]:
    specs = rulebook.facts.specs
    return tuple(
        Asked(one.question, specs[one.fact].help or "", one.decides) for one in found.questions[:MOST_QUESTIONS]
    )


def _looks_right(one: MeasureResult) -> bool:
    return one.status == "unverified" and one.outcome == "eligible"


def _unverified(one: MeasureResult) -> Named:
    measure = one.measure
    return Named(
        measure.name, f"{measure.verification_note or '到期以后没有再核实。'}（{_phone(measure.apply.phone)}）"
    )


def _phone(phone: str | None) -> str:
    return f"电话：{phone}" if phone else "电话没有查到"


def _actual(actual: Mapping[str, Value], rulebook: RuleBook) -> str:
    specs = rulebook.facts.specs
    return "；".join(f"{specs[name].label}：{_value(name, value, rulebook)}" for name, value in actual.items())


def _value(name: str, value: Value, rulebook: RuleBook) -> str:
    if name == "industry" and isinstance(value, str):
        try:
            return f"{load_industries().name(value)} {value}"
        except (InputError, KeyError):
            return _one_line(value)
    return _one_line(show_value(value, rulebook.facts.specs[name]))


def _one_line(text: str) -> str:
    """Without signs that cannot be printed, on one line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _remarks(corpus: Corpus) -> tuple[str, ...]:
    return (
        "“条件符合”说的是写得进规则的条件；“当面确认”的几条，这里判断不了，办之前要向窗口问清楚。",
        "“最多”是上限，“大约”只供参考。能不能享受、享受多少，以主管部门的决定为准。",
        "写着“没有查到”的，是现有公开资料里没有找到，不是没有；请打“在哪办”后面的电话。",
        corpus.city.plan_banner,
        f"由{corpus.city.product}按公开资料整理，用自己的话写成，不代替政策原文。",
    )
