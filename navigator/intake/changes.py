"""What changed between two versions of a measure or of a text, as a person reads it: added, removed, changed, word by word.

Every field of a measure takes part, so that nothing can change unseen. Whether a change is right is not judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Literal

from rapidfuzz import fuzz

from navigator.corpus.model import Condition, Example, Measure, Window
from navigator.corpus.segment import Clause, SegmentedDocument

Kind = Literal["加", "删", "改"]
Piece = tuple[Literal["same", "old", "new"], str]
_ALIKE = 55.0
"""From this likeness (of 100) two different conditions or clauses are one that was changed."""

_TOO_LONG = 4000
"""Characters beyond which two texts are shown one after the other."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` is empty for what was added, `after` for what was removed."""

    kind: Kind
    part: str
    before: str
    after: str

    def pieces(self) -> list[Piece]:
        """The two texts in one: what stayed, what went, what came."""
        return inline(self.before, self.after)

    def sentence(self) -> str:
        """The change in one line."""
        match self.kind:
            case "加":
                return f"{self.part}：加上“{self.after}”"
            case "删":
                return f"{self.part}：去掉“{self.before}”"
            case _:
                return f"{self.part}：由“{self.before}”改为“{self.after}”"


def measure_changes(old: Measure | None, new: Measure, labels: Mapping[str, str] | None = None) -> tuple[Change, ...]:
    """All differences from `old` (None: the measure is new) to `new`, in the order in which a measure is read.

    `labels` are the facts' names for people (fact -> label), used in examples.
    """
    if old is None:
        return (
            Change("加", "政策事项", "", new.name),
            *(Change("加", "条件", "", _condition(one)) for one in new.conditions),
        )
    return tuple(_differences(old, new, labels or {}))


_INNER = frozenset({"编号", "金额怎么算", "复核", "大家的说法", "例子", "例子的顺序"})
"""Parts that mean nothing to somebody who only wants to know what the measure says."""


def changes_in_words(old: Measure, new: Measure) -> tuple[Change, ...]:
    """The differences for everybody: without predicates, formulas and examples."""
    stripped = [changes for changes in measure_changes(_worded(old), _worded(new)) if changes.part not in _INNER]
    before, after = ({one.text: one.when for one in measure.conditions} for measure in (old, new))
    finer = [text for text in after if text in before and before[text] != after[text]]
    return (*stripped, *(Change("改", "怎么判断", text, text) for text in finer))


def _worded(measure: Measure) -> Measure:
    """The measure with its conditions in words alone."""
    conditions = [one.model_copy(update={"when": ""}) for one in measure.conditions]
    return measure.model_copy(update={"conditions": conditions})


def _differences(old: Measure, new: Measure, labels: Mapping[str, str]) -> Iterator[Change]:
    yield from _scalars(_head(old), _head(new))
    yield from _aligned(
        "条件", [_condition(one) for one in old.conditions], [_condition(one) for one in new.conditions]
    )
    yield from _listed("当面确认", old.confirm, new.confirm)
    yield from _scalars(_money(old), _money(new))
    yield from _scalars(_way(old), _way(new))
    yield from _listed("怎么办", old.apply.how, new.apply.how)
    yield from _listed("材料", old.apply.materials, new.apply.materials)
    yield from _listed("申报期", _windows(old.apply.windows), _windows(new.apply.windows))
    yield from _listed("出处链接", old.source.links, new.source.links)
    yield from _listed("大家的说法", old.say, new.say)
    yield from _listed("取代", old.replaces, new.replaces)
    yield from _listed("不能同时享受", old.conflicts_with, new.conflicts_with)
    yield from _listed("对应承诺", [f"第{n}项" for n in old.commitments], [f"第{n}项" for n in new.commitments])
    yield from _listed(
        "复核", [f"{one.on} {one.by}" for one in old.reviewed], [f"{one.on} {one.by}" for one in new.reviewed]
    )
    yield from _aligned(
        "例子", [_example(one, labels) for one in old.examples], [_example(one, labels) for one in new.examples]
    )


def _head(measure: Measure) -> dict[str, Any]:
    source, period = measure.source, measure.in_force
    return {
        "编号": measure.id,
        "名称": measure.name,
        "级别": measure.level,
        "领域": measure.domain,
        "一句话": measure.summary,
        "现在的情况": measure.note,
        "文号": source.document,
        "文件标题": source.title,
        "发文单位": source.issuer,
        "发布日期": source.issued,
        "有效期从": period.from_,
        "有效期到": period.to,
        "终止日是推定的": period.to_inferred,
        "拿得准的最后一天": period.sure_until,
        "核实情况": _VERIFICATION[measure.verification],
        "哪里没核实": measure.verification_note,
        "下次复核": measure.review_by,
        "办理方式": measure.delivery,
        "只取最好一项的组": measure.best_of,
        "合用的上限": measure.shared_cap and f"{measure.shared_cap.what}（{measure.shared_cap.name}）",
        "合用的上限怎么算": measure.shared_cap and measure.shared_cap.amount,
    }


_VERIFICATION = {"confirmed": "读过官方页面", "partly": "依据为转载或还有没弄清的", "unverified": "没有核实"}
_ESTIMATE_KIND = {"exact": "准数", "at_most": "最多", "typical": "大约"}
_EXPECT = {"eligible": "符合", "not_eligible": "不符合", "needs_info": "还要补充信息"}


def _money(measure: Measure) -> dict[str, Any]:
    benefit = measure.benefit
    return {
        "得到什么": benefit.kind,
        "得到多少": benefit.text,
        "金额怎么算": benefit.estimate,
        "金额是": benefit.estimate_kind and _ESTIMATE_KIND[benefit.estimate_kind],
        "每": benefit.per,
        "算法说明": benefit.basis,
    }


def _way(measure: Measure) -> dict[str, Any]:
    apply = measure.apply
    return {
        "在哪办": apply.where,
        "期限": apply.deadline,
        "承诺办结": apply.promised_days and f"{apply.promised_days} 个工作日",
        "电话": apply.phone,
        "受理时间": "没有查到" if apply.windows is None else ("分申报期" if apply.windows else "随时可办"),
    }


def _windows(windows: Sequence[Window] | None) -> list[str]:
    return [
        f"{one.from_ or '（起始日未查到）'} 至 {one.to or '（截止日未查到）'}{f'，{one.note}' if one.note else ''}"
        for one in windows or ()
    ]


def _condition(condition: Condition) -> str:
    cite = f"（{condition.cite}）" if condition.cite else ""
    return f"{condition.text}{cite}" + (f"　[{condition.when}]" if condition.when else "")


def _example(example: Example, labels: Mapping[str, str]) -> str:
    facts = "，".join(f"{labels.get(name, name)} {_shown(value)}" for name, value in sorted(example.facts.items()))
    missing = None if example.missing is None else [labels.get(name, name) for name in example.missing]
    extra = "".join(
        f"，{name} {_shown(value)}"
        for name, value in (("按", example.as_of), ("金额", example.estimate), ("还缺", missing))
        if value is not None
    )
    return f"{example.name}：{facts or '什么都不知道'} → {_EXPECT[example.expect]}{extra}"


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return "、".join(map(str, value)) or "没有"
    return str(value)


def _scalars(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for part, value in new.items():
        before, after = _shown(old[part]), _shown(value)
        if before != after:
            yield Change("改" if before and after else "加" if after else "删", part, before, after)


def _listed(part: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Differences of two short lists; the same lines in another order are one change."""
    if sorted(old) == sorted(new):
        if list(old) != list(new):
            yield Change("改", f"{part}的顺序", "；".join(old), "；".join(new))
        return
    yield from _aligned(part, old, new)


def _aligned(part: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Differences of two lists of texts: those alike are paired as changed, the rest is removed or added."""
    gone, come = _rest(old, new), _rest(new, old)
    pairs = sorted(
        ((fuzz.ratio(before, after), i, j) for i, before in enumerate(gone) for j, after in enumerate(come)),
        reverse=True,
    )
    partner: dict[int, int] = {}
    for likeness, i, j in pairs:
        if likeness >= _ALIKE and i not in partner and j not in partner.values():
            partner[i] = j
    for i, before in enumerate(gone):
        yield Change("改", part, before, come[partner[i]]) if i in partner else Change("删", part, before, "")
    yield from (Change("加", part, "", after) for j, after in enumerate(come) if j not in partner.values())
    if not gone and not come and list(old) != list(new):
        yield Change("改", f"{part}的顺序", "；".join(old), "；".join(new))


def _rest(texts: Sequence[str], others: Sequence[str]) -> list[str]:
    """The texts that are not in `others`, each as often as it is there more."""
    left = list(others)
    found = []
    for text in texts:
        if text in left:
            left.remove(text)
        else:
            found.append(text)
    return found


def document_changes(old: SegmentedDocument | None, new: SegmentedDocument) -> tuple[Change, ...]:
    """Differences of two texts, clause by clause in reading order; what stands before and after the clauses too."""
    before = _parts(old) if old else []
    after = _parts(new)
    return tuple(_clause_changes(before, after))


_Part = tuple[str, str]
"""The place as a reader says it, and the words there."""


def _parts(document: SegmentedDocument) -> list[_Part]:
    return [
        ("标题", document.title),
        *(("开头", line) for line in document.preamble),
        *((_place(clause), _words(clause)) for clause in document.clauses),
        *(("落款和附件", line) for line in document.closing),
    ]


def _place(clause: Clause) -> str:
    return f"第{clause.level}级 {clause.label or clause.number}"


def _words(clause: Clause) -> str:
    return f"{clause.heading}{'。' if clause.heading and clause.text else ''}{clause.text}"


def _clause_changes(old: list[_Part], new: list[_Part]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            continue
        yield from _paired(old[i:j], new[k:m])


def _paired(old: list[_Part], new: list[_Part]) -> Iterator[Change]:
    """Within one run of differences: neighbours that are alike are changed, in order; the rest is removed and added."""
    position = 0
    for place, words in old:
        match = next(
            (k for k in range(position, len(new)) if fuzz.ratio(words, new[k][1]) >= _ALIKE or words == new[k][1]), None
        )
        if match is None:
            yield Change("删", place, words, "")
            continue
        yield from (Change("加", part, "", text) for part, text in new[position:match])
        part = place if place == new[match][0] else f"{place} → {new[match][0]}"
        yield Change("改", part, words, new[match][1])
        position = match + 1
    yield from (Change("加", part, "", text) for part, text in new[position:])


_TOKEN = re.compile(r"\d[\d.,]*|[A-Za-z_]+|.", re.DOTALL)


def inline(before: str, after: str) -> list[Piece]:
    """Two texts in one: stretches that stayed, went and came. Figures and Latin words are whole; single common signs are not kept apart."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _TOO_LONG:
        return [piece for piece in (("old", before), ("new", after)) if piece[1]]  # type: ignore[misc]
    pieces: list[Piece] = []
    for operation, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal" and (j - i >= 2 or (i, k) == (0, 0) or (j, m) == (len(old), len(new))):
            pieces.append(("same", "".join(old[i:j])))
        else:
            pieces += [("old", "".join(old[i:j])), ("new", "".join(new[k:m]))]
    return _merged([piece for piece in pieces if piece[1]])


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring went-came-went-came as one went and one came."""
    found: list[Piece] = []
    went = came = ""
    for kind, text in [*pieces, ("same", "")]:
        if kind == "old":
            went += text
        elif kind == "new":
            came += text
        else:
            found += [piece for piece in (("old", went), ("new", came), ("same", text)) if piece[1]]  # type: ignore[misc]
            went = came = ""
    return found
