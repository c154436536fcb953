"""An uploaded text while its clauses are corrected by hand: rows, the operations on them, what looks wrong, and the file it becomes.

A draft's content is this as JSON. Every operation gives a new draft; nothing is lost, for the shelf keeps each save.
Whether somebody may release is the shelf's matter, what is written to disk `release`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

import yaml
from pydantic import Field, ValidationError
from pypinyin import Style, lazy_pinyin

from navigator.corpus.documents import Document, Front, Kind, Status
from navigator.corpus.marked import number_of, placed, write_marked
from navigator.corpus.model import Level, Model
from navigator.corpus.numbering import marker_of
from navigator.corpus.segment import SegmentedDocument
from navigator.corpus.yamlfile import faults_of, parse_yaml
from navigator.errors import InputError
from navigator.intake.upload import Upload

KINDS, LEVELS, STATUSES = get_args(Kind), get_args(Level), get_args(Status)
_LONG = 1500
"""Characters from which a clause is worth a second look."""
_NUMBER = re.compile(r"[一-鿿]{1,12}[〔\[（(【]\s*(?:19|20)\d{2}\s*[〕\]）)】]\s*(?:第\s*)?\d{1,4}\s*号")
_DAY = re.compile(r"((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_ISSUER = re.compile(
    r"[一-鿿、（）() 　]{4,40}(?:局|厅|部|委员会|政府|办公室|领导小组|中心|银行|分行|总局|法院|检察院)"
)


class Row(Model):
    """One clause as it is edited: its depth from 1, its number as printed, the heading, and the text below."""

    level: int = Field(ge=1, le=9)
    label: str
    heading: str = ""
    text: str = ""


class Facts(Model):
    """What is known of the text, as typed: what does not parse yet is kept as it is. Days are ISO."""

    id: str = ""
    title: str = ""
    kind: str = "规范性文件"
    level: str = "荆门市"
    status: str = "现行有效"
    document_number: str = ""
    issuer: str = ""
    issued: str = ""
    begins: str = ""
    ends: str = ""
    links: list[str] = []
    source_note: str = ""


class TextDraft(Model):
    """A text on its way into the library."""

    facts: Facts
    rows: list[Row]
    preamble: list[str] = []
    closing: list[str] = []
    dropped: list[str] = []
    """Lines taken for a website's clutter; each can be taken back."""
    original: str = ""
    """SHA-256 of the kept original."""
    file_name: str = ""
    empty_pages: list[int] = []

    def content(self) -> str:
        """The draft as the shelf keeps it."""
        return self.model_dump_json(indent=1)

    def segmented(self) -> SegmentedDocument:
        """The clauses as they would be released."""
        rows = ((row.level, row.label, row.heading, row.text) for row in self.rows)
        return placed(rows, self.facts.title, self.preamble, self.closing, self.dropped)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at: in which row (None: the text as a whole), what, and whether it keeps the text from release."""

    row: int | None
    sentence: str
    serious: bool = False


def read_draft(content: str) -> TextDraft:
    """A draft's content; InputError where it is none of ours."""
    try:
        return TextDraft.model_validate_json(content)
    except ValidationError:
        raise InputError("草稿", "内容读不出来", "请从历史里打开前一次保存") from None


def draft_of(upload: Upload) -> TextDraft:
    """A draft of what was uploaded. What is found in the text (number, issuer, day) is filled in for a person to check."""
    document = upload.document
    rows = [
        Row(level=min(one.level, 9), label=one.label or one.number, heading=one.heading, text=one.text)
        for one in document.clauses
    ]
    title = document.title or upload.name.rsplit(".", 1)[0]
    return TextDraft(
        facts=_found_facts(document, title),
        rows=rows,
        preamble=list(document.preamble),
        closing=list(document.closing),
        dropped=list(document.dropped),
        original=upload.sha256,
        file_name=upload.name,
        empty_pages=list(upload.empty_pages),
    )


def draft_of_document(document: Document) -> TextDraft:
    """A draft of a released text, to be corrected and released again under the same id."""
    front, text = document.front, document.segmented
    period = front.in_force
    facts = Facts(
        id=front.id,
        title=front.title,
        kind=front.kind,
        level=front.level,
        status=front.status,
        document_number=front.document_number or "",
        issuer=front.issuer or "",
        issued=_iso(front.issued),
        begins=_iso(period.from_ if period else None),
        ends=_iso(period.to if period else None),
        links=list(front.links),
        source_note=front.source_note or "",
    )
    rows = [
        Row(level=one.level, label=one.label or one.number, heading=one.heading, text=one.text) for one in text.clauses
    ]
    return TextDraft(facts=facts, rows=rows, preamble=list(text.preamble), closing=list(text.closing))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _found_facts(document: SegmentedDocument, title: str) -> Facts:
    head = "\n".join((*document.preamble[:6], *document.dropped[:10]))
    foot = "\n".join(document.closing[:6])
    number = _NUMBER.search(head) or _NUMBER.search(foot)
    days = _DAY.findall(foot) or _DAY.findall(head)
    issuer = next((line.strip() for line in document.closing[:4] if _ISSUER.fullmatch(line.strip())), "")
    issued = ""
    if days:
        year, month, day = (int(part) for part in days[-1])
        try:
            issued = date(year, month, day).isoformat()
        except ValueError:
            issued = ""
    text = re.sub(r"\s", "", number.group()) if number else ""
    return Facts(id=suggested_id(title, issued), title=title, document_number=text, issuer=issuer, issued=issued)


def suggested_id(title: str, issued: str = "") -> str:
    """An id made of the first letters of the title's pinyin and the year: `jmszcjj-2026`."""
    letters = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER, errors="ignore")).lower()
    letters = re.sub(r"[^a-z0-9]", "", letters)[:16] or "text"
    return f"{letters}-{issued[:4]}" if issued else letters


def with_row(draft: TextDraft, position: int, row: Row) -> TextDraft:
    """The draft with one clause changed."""
    return _with(draft, [*draft.rows[:position], row, *draft.rows[position + 1 :]])


def with_new_row(draft: TextDraft, position: int) -> TextDraft:
    """The draft with an empty clause after `position`, on its level; at the very beginning for -1."""
    level = draft.rows[position].level if 0 <= position < len(draft.rows) else 1
    return _with(draft, [*draft.rows[: position + 1], Row(level=level, label="？"), *draft.rows[position + 1 :]])


def merged_up(draft: TextDraft, position: int) -> TextDraft:
    """The clause and the one before it as one: its number, heading and text become the end of the other's text."""
    if position < 1:
        raise InputError("合并", "这是第一条，前面没有可以并进去的", "换一条")
    above, row = draft.rows[position - 1], draft.rows[position]
    merged = above.model_copy(update={"text": _joined(above.text, _printed(row))})
    return _with(draft, [*draft.rows[: position - 1], merged, *draft.rows[position + 1 :]])


def split_at(draft: TextDraft, position: int, words: str) -> TextDraft:
    """The clause in two: the second begins with `words`, which stand in its text; a number they open with is taken as its own."""
    row, words = draft.rows[position], words.strip()
    if not words or words not in row.text:
        raise InputError(
            "拆开", f"这一条的正文里没有“{words[:20]}”" if words else "没有写从哪几个字拆开", "照抄第二条开头的几个字"
        )
    if row.text.count(words) > 1:
        raise InputError("拆开", f"“{words[:20]}”在正文里不止一处", "多抄几个字")
    before, _, after = row.text.partition(words)
    first, _, rest = f"{words}{after}".partition("\n")
    marker = marker_of(first)
    label = "".join(first.removesuffix(marker.rest).split()) if marker else "？"
    heading, _, tail = (marker.rest if marker else first).partition("。")
    second = Row(level=row.level, label=label, heading=heading.strip(), text=_joined(tail, rest))
    kept = row.model_copy(update={"text": before.strip()})
    return _with(draft, [*draft.rows[:position], kept, second, *draft.rows[position + 1 :]])


def without_row(draft: TextDraft, position: int) -> TextDraft:
    """The draft without a clause; its words go to the lines put aside, from where they can be taken back."""
    row = draft.rows[position]
    rest = [*draft.rows[:position], *draft.rows[position + 1 :]]
    return draft.model_copy(update={"rows": rest, "dropped": [*draft.dropped, *_printed(row).splitlines()]})


def moved(draft: TextDraft, position: int, steps: int, with_children: bool = True) -> TextDraft:
    """The clause (and what stands below it) deeper by `steps`, or further out for a negative number."""
    rows, level = list(draft.rows), draft.rows[position].level
    end = position + 1
    while with_children and end < len(rows) and rows[end].level > level:
        end += 1
    steps = min(9, max(1, level + steps)) - level
    for index in range(position, end):
        rows[index] = rows[index].model_copy(update={"level": min(9, rows[index].level + steps)})
    return _with(draft, rows)


def taken_back(draft: TextDraft, line: int, position: int) -> TextDraft:
    """A line that was put aside, at the end of a clause's text."""
    row = draft.rows[position]
    rows = [*draft.rows]
    rows[position] = row.model_copy(update={"text": _joined(row.text, draft.dropped[line])})
    return draft.model_copy(update={"rows": rows, "dropped": [*draft.dropped[:line], *draft.dropped[line + 1 :]]})


def _with(draft: TextDraft, rows: list[Row]) -> TextDraft:
    return draft.model_copy(update={"rows": rows})


def _printed(row: Row) -> str:
    """A clause as it stands in print."""
    return f"{row.label}{row.heading}{'。' if row.heading and row.text else ''}{row.text}"


def _joined(*parts: str) -> str:
    return "\n".join(part.strip() for part in parts if part.strip())


def doubts(draft: TextDraft) -> list[Doubt]:
    """What to look at before release, the text as a whole first, then row by row."""
    found = [*_doubts_of_facts(draft.facts), *_doubts_of_whole(draft)]
    for position, row in enumerate(draft.rows):
        found += [Doubt(position, sentence, serious) for sentence, serious in _doubts_of_row(draft, position, row)]
    return found


def _doubts_of_facts(facts: Facts) -> Iterator[Doubt]:
    try:
        front_of(facts, "某人", "另一人", date(2026, 1, 1))
    except InputError as fault:
        yield Doubt(None, f"文件信息：{fault.found}" + (f"；{fault.expected}" if fault.expected else ""), serious=True)
    if not facts.issuer.strip():
        yield Doubt(None, "没有写发文单位")
    if not facts.issued.strip():
        yield Doubt(None, "没有写发布日期")
    if not facts.links:
        yield Doubt(None, "没有写网上的出处，以后核对不了原文")


def _doubts_of_whole(draft: TextDraft) -> Iterator[Doubt]:
    if not draft.rows:
        yield Doubt(None, "一条条款都没有", serious=True)
    if draft.empty_pages:
        pages = "、".join(map(str, draft.empty_pages[:10]))
        yield Doubt(None, f"第 {pages} 页没有文字，像是图片，那几页的内容没有读到")


def _doubts_of_row(draft: TextDraft, position: int, row: Row) -> Iterator[tuple[str, bool]]:
    above = draft.rows[position - 1].level if position else 0
    label = row.label.strip()
    if not label or label == "？":
        yield "没有编号", True
    elif re.search(r"\s|/|#", label) or len(label) > 20:
        yield f"编号“{label[:20]}”里有空格、斜线或太长", True
    if row.level > above + 1:
        yield f"级别是第{row.level}级，可上面一条是第{above}级，中间跳了级" if above else "第一条应是第1级", True
    if not row.heading.strip() and not row.text.strip():
        yield "没有内容", True
    for line in row.text.splitlines():
        marker = marker_of(line.strip())
        if marker and not marker.doubtful and marker.style not in ("1", "1)"):
            yield f"正文里的“{line.strip()[:16]}”像是漏切的一条", False
            break
    if len(row.text) > _LONG:
        yield f"正文有 {len(row.text)} 个字，看看是不是几条并在了一起", False
    yield from ((sentence, False) for sentence in _numbering_doubts(draft, position, row))


def _numbering_doubts(draft: TextDraft, position: int, row: Row) -> Iterator[str]:
    """A number that stands twice among siblings, or does not follow the sibling before it."""
    before = None
    siblings: Counter[str] = Counter()
    for other in reversed(draft.rows[:position]):
        if other.level < row.level:
            break
        if other.level == row.level:
            before = before or other
            siblings[number_of(other.label)] += 1
    if siblings[number_of(row.label)]:
        yield f"编号“{row.label}”在同一级里出现了两次"
        return
    marker, previous = marker_of(f"{row.label}某"), marker_of(f"{before.label}某") if before else None
    if marker and marker.style == "1.1":
        return
    if marker and before is None and marker.ordinal != (1,) and marker.style not in ("章", "节", "条"):
        yield f"编号从“{row.label}”开始，前面可能漏了"
    elif marker and previous and marker.style == previous.style and marker.ordinal[0] > previous.ordinal[0] + 1:
        yield f"编号从“{before.label if before else ''}”跳到“{row.label}”，中间可能漏了"


def front_of(facts: Facts, author: str, second: str, released_on: date) -> Front:
    """The front matter this would have; InputError with one sentence for what is missing or wrong."""
    named = {"标题": facts.title, "编号（id）": facts.id}
    for name, value in named.items():
        if not value.strip():
            raise InputError("文件信息", f"没有写{name}", "请补上")
    data = _front_data(facts, author, second, released_on)
    file = parse_yaml(_dumped(data), _nowhere(facts))
    try:
        return Front.model_validate(data)
    except ValidationError as error:
        fault = faults_of(error, file)[0]
        field = fault.place.split(" ")[-1].split(".")[0]
        name = _FIELDS.get(field, field)
        if field == "id":
            raise InputError(
                "文件信息", f"编号写的是“{facts.id[:40]}”", "只用小写字母、数字和短横线，如 jmzc-2026"
            ) from None
        raise InputError("文件信息", f"{name}{fault.found}", fault.expected) from None


_FIELDS = {
    "kind": "文件种类",
    "level": "级别",
    "status": "状态",
    "issued": "发布日期",
    "in_force": "有效期",
    "title": "标题",
}


class _Dumper(yaml.SafeDumper):
    """Writes what stands twice twice: the corpus has no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _dumped(data: dict[str, object]) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)


def _nowhere(facts: Facts) -> Path:
    return Path(f"{facts.id or '文件'}.md")


def _front_data(facts: Facts, author: str, second: str, released_on: date) -> dict[str, object]:
    period = None
    if facts.begins.strip() or facts.ends.strip():
        period = {"from": _day(facts.begins, "生效日"), "to": _day(facts.ends, "失效日")}
    return {
        "id": facts.id.strip(),
        "title": " ".join(facts.title.split()),
        "kind": facts.kind,
        "level": facts.level,
        "status": facts.status,
        "document_number": facts.document_number.strip() or None,
        "issuer": facts.issuer.strip() or None,
        "issued": _day(facts.issued, "发布日期"),
        "in_force": period,
        "links": _links(facts.links),
        "read_as": "upload",
        "clauses": "marked",
        "source_note": " ".join(facts.source_note.split()) or None,
        "added_by": author,
        "added_on": released_on,
        "released_by": second,
        "released_on": released_on,
    }


def _links(links: list[str]) -> list[str]:
    found = [link.strip() for link in links if link.strip()]
    for link in found:
        if not re.fullmatch(r"https?://[^\s<>\"'()]+", link):
            raise InputError("文件信息", f"出处写的是“{link[:60]}”", "应是 http:// 或 https:// 开头的网址，一行一个")
    return found


def _day(text: str, name: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError("文件信息", f"{name}写的是“{text.strip()[:20]}”", "应是日期，如 2026-01-31") from None


def markdown_of(draft: TextDraft, author: str, second: str, released_on: date) -> str:
    """The file this becomes; InputError with the first serious doubt."""
    serious = next((one for one in doubts(draft) if one.serious), None)
    if serious:
        where = f"第{serious.row + 1}条" if serious.row is not None else "全文"
        raise InputError(where, serious.sentence, "改好再发布")
    front = front_of(draft.facts, author, second, released_on)
    data = front.model_dump(by_alias=True, exclude={"based_on", "consultation"})
    written = _dumped(data)
    return f"---\n{written}---\n\n{write_marked(draft.segmented())}"
