"""What keeps the library alive: measures not fully verified, ending soon or due for review, every source link, and what visitors said.

The lists are made from the corpus; what staff note about a link or a remark is added to files in the data folder, line by
line, never changed. Nothing is fetched from the network: a person opens a link and says what came.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from navigator.auth import Actor, need
from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import Measure
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.feedback import Feedback, read_feedback
from navigator.intake.shelf import now
from navigator.matching.dates import today
from navigator.settings import settings

LinkState = Literal["打得开", "打不开", "换了"]
LINK_STATES: tuple[LinkState, ...] = get_args(LinkState)
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Unverified:
    """A measure whose source was not fully read: what is open, in the author's words."""

    measure: str
    name: str
    verification: str
    open_point: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Something of a measure that ends: the period itself, what is known for sure, or an application window."""

    measure: str
    name: str
    what: str
    day: date
    left: int
    """Days left; 0 is the last day."""
    note: str


@dataclass(frozen=True, slots=True)
class Due:
    """A measure to be read again against its source: by when, and by whom it was read last."""

    measure: str
    name: str
    review_by: date | None
    left: int | None
    """Days left, negative when overdue; None where no day is written."""
    last_read: str


@dataclass(frozen=True, slots=True)
class LinkNote:
    """What a person found on opening a link."""

    link: str
    state: LinkState
    by: str
    at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SourceLink:
    """One address with everything that rests on it, and what was last found there."""

    link: str
    places: tuple[tuple[str, str], ...]
    """`measure:<id>` or `document:<id>`, and its name."""
    last: LinkNote | None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a visitor said, and who of the staff dealt with it, when and how; empty while nobody has."""

    key: str
    feedback: Feedback
    measure: str
    """The measure it is about, where it is about one."""
    place: str
    """Where in the measure: `conditions/2`."""
    done_by: str = ""
    done_at: str = ""
    answer: str = ""


_VERIFICATION = {"partly": "依据为转载或还有没弄清的", "unverified": "没有核实"}


def unverified(corpus: Corpus) -> list[Unverified]:
    """Measures not confirmed, the wholly unverified first."""
    found = [
        Unverified(one.id, one.name, _VERIFICATION[one.verification], one.verification_note or "")
        for one in corpus.measures
        if one.verification != "confirmed"
    ]
    return sorted(found, key=lambda row: (row.verification != _VERIFICATION["unverified"], row.measure))


def ending(corpus: Corpus, day: date, days: int) -> list[Ending]:
    """What ends from `day` within so many days, the soonest first; one row a measure and day."""
    last = day + timedelta(days=days)
    found: dict[tuple[date, str], Ending] = {}
    for row in (row for one in corpus.measures for row in _endings(one, day) if day <= row.day <= last):
        first = found.get((row.day, row.measure))
        found[row.day, row.measure] = replace(first, what=f"{first.what}、{row.what}") if first else row
    return [found[key] for key in sorted(found)]


def _endings(measure: Measure, day: date) -> Iterator[Ending]:
    period = measure.in_force
    if period.to:
        what = "有效期结束（推定）" if period.to_inferred else "有效期结束"
        yield Ending(measure.id, measure.name, what, period.to, (period.to - day).days, measure.note or "")
    if period.sure_until:
        left = (period.sure_until - day).days
        yield Ending(
            measure.id, measure.name, "过了这天就拿不准还有没有效", period.sure_until, left, measure.note or ""
        )
    for window in measure.apply.windows or ():
        if window.to:
            yield Ending(measure.id, measure.name, "申报期结束", window.to, (window.to - day).days, window.note or "")


def due(corpus: Corpus, day: date, days: int) -> list[Due]:
    """Measures whose day of review has passed or comes within so many days, and those without one, the most overdue first."""
    last = day + timedelta(days=days)
    rows = [_due(one, day) for one in corpus.measures if one.review_by is None or one.review_by <= last]
    return sorted(rows, key=lambda row: (row.review_by or date.max, row.measure))


def _due(measure: Measure, day: date) -> Due:
    read = max(measure.reviewed, key=lambda one: one.on, default=None)
    left = (measure.review_by - day).days if measure.review_by else None
    return Due(measure.id, measure.name, measure.review_by, left, f"{read.on} {read.by}" if read else "没有记")


def source_links(corpus: Corpus) -> list[SourceLink]:
    """Every address of a source; those found broken or moved first, then those never opened, then the longest ago."""
    places: dict[str, list[tuple[str, str]]] = {}
    for measure in corpus.measures:
        for link in measure.source.links:
            places.setdefault(link, []).append((f"measure:{measure.id}", measure.name))
    for document in corpus.documents:
        for link in document.front.links:
            places.setdefault(link, []).append((f"document:{document.id}", document.title))
    last = {note.link: note for note in _link_notes()}
    rows = [SourceLink(link, tuple(found), last.get(link)) for link, found in places.items()]
    return sorted(rows, key=_urgency)


def _urgency(row: SourceLink) -> tuple[int, str, str]:
    if row.last is None:
        return 1, "", row.link
    return (0 if row.last.state != "打得开" else 2), row.last.at, row.link


def note_link(actor: Actor, link: str, state: LinkState, note: str = "", at: datetime | None = None) -> LinkNote:
    """Keep what a person found on opening a link today."""
    actor = need(actor, "staff")
    if state not in LINK_STATES:
        raise InputError("链接", f"写的是“{state}”", f"应是 {'、'.join(LINK_STATES)} 之一")
    made = LinkNote(link, state, actor.name, (at or now()).isoformat(timespec="seconds"), _short(note))
    if made.state == "换了" and not made.note:
        raise InputError("链接", "没有写换到了哪里", "把新网址写在说明里")
    _append(_links_file(), asdict(made))
    _audit(actor, "核对链接", f"link:{link}", {"结果": state, "说明": made.note})
    return made


def link_history(link: str) -> list[LinkNote]:
    """What was found at an address, oldest first."""
    return [note for note in _link_notes() if note.link == link]


def _link_notes() -> list[LinkNote]:
    found = [LinkNote(**line) for line in _lines(_links_file()) if set(line) <= set(LinkNote.__dataclass_fields__)]
    return sorted(found, key=lambda note: note.at)


def remarks(actor: Actor, with_done: bool = False) -> list[Remark]:
    """What visitors said, the newest first; without what was dealt with, unless asked for."""
    need(actor, "staff")
    done = {line["key"]: line for line in _lines(_done_file()) if "key" in line}
    found = [_remark(one, done) for one in read_feedback()]
    return [one for one in reversed(found) if with_done or not one.done_by]


def _remark(feedback: Feedback, done: Mapping[str, Mapping[str, str]]) -> Remark:
    key = hashlib.sha256(json.dumps(asdict(feedback), sort_keys=True).encode()).hexdigest()[:16]
    subject, _, place = feedback.subject.partition("#")
    measure = subject.removeprefix("measure:") if subject.startswith("measure:") else ""
    line = done.get(key, {})
    return Remark(key, feedback, measure, place, line.get("by", ""), line.get("at", ""), line.get("answer", ""))


def settle_remark(actor: Actor, key: str, answer: str = "", at: datetime | None = None) -> Remark:
    """Mark a remark as dealt with, and how. InputError for one that is unknown or that somebody has dealt with already."""
    actor = need(actor, "staff")
    found = next((one for one in remarks(actor, with_done=True) if one.key == key), None)
    if found is None:
        raise InputError("留言", "没有找到这一条", "请刷新后再试")
    if found.done_by:
        raise InputError("留言", f"{found.done_by} 已经在 {found.done_at[:16].replace('T', ' ')} 处理过", "请刷新看看")
    line = {"key": key, "by": actor.name, "at": (at or now()).isoformat(timespec="seconds"), "answer": _short(answer)}
    _append(_done_file(), line)
    _audit(actor, "处理留言", f"remark:{key}", {"说明": line["answer"]})
    return Remark(key, found.feedback, found.measure, found.place, line["by"], line["at"], line["answer"])


def _short(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise InputError("说明", f"有 {len(text)} 个字", f"最多 {LONGEST} 个字")
    return text


def _links_file() -> Path:
    return settings().data / "upkeep" / "links.jsonl"


def _done_file() -> Path:
    return settings().data / "upkeep" / "remarks.jsonl"


def _append(path: Path, line: Mapping[str, Any]) -> None:
    """Add one whole line, so that several processes may write."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(line, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(handle)


def _lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file; one cut off by a crash is left out."""
    found = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            found.append(line)
    return found


def _audit(actor: Actor, action: str, subject: str, details: dict[str, str]) -> None:
    from navigator.store.audit import audit  # SQLAlchemy: only once somebody writes

    audit(actor, action, subject, {key: value for key, value in details.items() if value})


def export_upkeep(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """One of the lists as CSV. Parameters: list (verify, ending, review, links, remarks), days, as_of. For staff."""
    actor = need(actor, "staff")
    name = parameters.get("list", "")
    if name not in _TABLES:
        raise InputError("list", f"写的是“{name[:20]}”", f"应是 {'、'.join(_TABLES)} 之一")
    title, header, rows = _TABLES[name]
    day, days = _day(parameters.get("as_of", "")), _days(parameters.get("days", ""))
    listed = list(rows(actor, default_corpus().on(day), day, days))
    _audit(actor, "导出清单", f"upkeep:{name}", {"清单": title, "行数": str(len(listed))})
    return csv_download(f"{title}_{day}.csv", header, listed)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError:
        raise InputError("as_of", f"写的是“{text[:20]}”", "应是日期，如 2026-11-23") from None


def _days(text: str) -> int:
    if text and not (text.isdecimal() and len(text) < 5):
        raise InputError("days", f"写的是“{text[:20]}”", "应是天数，如 90")
    return int(text or 90)


def _verify_rows(actor: Actor, corpus: Corpus, day: date, days: int) -> Iterator[tuple[Any, ...]]:
    yield from (astuple(row) for row in unverified(corpus))


def _ending_rows(actor: Actor, corpus: Corpus, day: date, days: int) -> Iterator[tuple[Any, ...]]:
    yield from (astuple(row) for row in ending(corpus, day, days))


def _review_rows(actor: Actor, corpus: Corpus, day: date, days: int) -> Iterator[tuple[Any, ...]]:
    yield from (astuple(row) for row in due(corpus, day, days))


def _link_rows(actor: Actor, corpus: Corpus, day: date, days: int) -> Iterator[tuple[Any, ...]]:
    for row in source_links(corpus):
        noted = (row.last.state, row.last.at[:10], row.last.by, row.last.note) if row.last else ("没核对过", "", "", "")
        for place, name in row.places:
            yield (row.link, place.partition(":")[2], name, *noted)


def _remark_rows(actor: Actor, corpus: Corpus, day: date, days: int) -> Iterator[tuple[Any, ...]]:
    for one in remarks(actor, with_done=True):
        said = one.feedback
        kind = "这条写错了" if said.kind == "wrong" else "不是我要的"
        yield said.at, kind, said.query, one.measure, one.place, said.remark, one.done_by, one.done_at, one.answer


_TABLES = {
    "verify": ("待核清单", ("编号", "名称", "核实情况", "哪里没弄清"), _verify_rows),
    "ending": ("将到期清单", ("编号", "名称", "什么到期", "哪天", "还剩几天", "说明"), _ending_rows),
    "review": ("待复审清单", ("编号", "名称", "复审日", "还剩几天", "上次复核"), _review_rows),
    "links": ("链接清单", ("网址", "编号", "名称", "结果", "哪天核对", "谁核对", "说明"), _link_rows),
    "remarks": (
        "留言清单",
        ("时间", "种类", "问的话", "政策编号", "哪一处", "留言", "谁处理", "处理时间", "怎么处理"),
        _remark_rows,
    ),
}
