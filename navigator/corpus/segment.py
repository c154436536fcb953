"""Cuts an official text into its numbered clauses (contract §5, `segment`): id, number, level, heading, text, path.

Depth follows the order in which the styles of numbering nest in this very text, so 一、 > 1. > (1) gives levels 1, 2
and 3. Reading files is `reading`'s matter, telling text from clutter `clutter`'s, recognising numbers `numbering`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from navigator.corpus.clutter import Role, sort_lines
from navigator.corpus.numbering import RANK, Marker, follows, marker_of, settled
from navigator.corpus.reading import read_file

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\xad\x00-\x08\x0e-\x1f]")
_QUOTED_FROM = re.compile(r"(?:^|[:：])\s*“[^”]*$")
_LONGEST_QUOTE = 60
"""Lines within which a quotation that spans lines must close; else the open quotation mark is a slip."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause. `level` counts from 1, `path` holds the ids of its ancestors, outermost first; `label` is the
    number as printed, with its brackets and points."""

    id: str
    number: str
    level: int
    heading: str
    text: str
    path: tuple[str, ...]
    label: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The clause as the command prints it."""
        data = {**asdict(self), "path": list(self.path)}
        del data["label"]
        return data


@dataclass(frozen=True, slots=True)
class SegmentedDocument:
    """A text in clauses, in reading order, and what belongs to none of them."""

    title: str
    clauses: tuple[Clause, ...]
    preamble: tuple[str, ...] = ()
    """Paragraphs before the first number."""
    closing: tuple[str, ...] = ()
    """Signature, date, 抄送, list of attachments, and unnumbered text annexed after them."""
    dropped: tuple[str, ...] = ()
    """Lines taken for a website's clutter, a notice around the text or a table of contents."""

    def as_dict(self) -> dict[str, Any]:
        """Title and clauses as the command prints them."""
        return {"title": self.title, "clauses": [clause.as_dict() for clause in self.clauses]}


def segment_file(path: Path) -> SegmentedDocument:
    """The clauses of a .txt .md .html .docx or .pdf file; InputError where it cannot be read."""
    reading = read_file(path)
    document = segment_text("\n".join(reading.lines), reading.title)
    return document if document.title else replace(document, title=path.stem)


def segment_text(text: str, title: str | None = None) -> SegmentedDocument:
    """The clauses of a plain text, one paragraph a line; the title is looked for in its head unless given."""
    lines = [line for line in map(_clean, text.splitlines()) if line]
    markers = settled(_outside_quotations(lines))
    sorted_lines = sort_lines(lines, [marker is not None for marker in markers], title)
    builder = _Builder(
        _Nesting([m if r is Role.BODY else None for m, r in zip(markers, sorted_lines.roles, strict=True)])
    )
    for position, (line, role) in enumerate(zip(lines, sorted_lines.roles, strict=True)):
        builder.add(position, line, role)
    return builder.document(sorted_lines.title)


def _clean(line: str) -> str:
    return _INVISIBLE.sub("", line).replace("\xa0", " ").strip()


def _outside_quotations(lines: Sequence[str]) -> list[Marker | None]:
    """The markers of all lines but those inside a quotation of several paragraphs (将第三条修改为：“第三条 …)."""
    markers: list[Marker | None] = []
    quoted_until = -1
    for position, line in enumerate(lines):
        markers.append(None if position <= quoted_until else marker_of(line))
        if position > quoted_until and _QUOTED_FROM.search(line):
            quoted_until = _quotation_end(lines, position)
    return markers


def _quotation_end(lines: Sequence[str], start: int) -> int:
    for position in range(start + 1, min(start + 1 + _LONGEST_QUOTE, len(lines))):
        if lines[position].rfind("”") > lines[position].rfind("“"):
            return position
    return start


class _Nesting:
    """Finds the depth of each marker from the styles that are open above it."""

    def __init__(self, markers: Sequence[Marker | None]) -> None:
        self.markers = markers
        self.open: list[Marker] = []

    def restart(self) -> None:
        """Forget the open clauses: an annexed text begins."""
        self.open = []

    def place(self, position: int) -> int:
        """The depth (from 0) of the marker at `position`, which is open from now on."""
        marker = self.markers[position]
        assert marker is not None
        depth = next((i for i, other in enumerate(self.open) if other.style == marker.style), None)
        if depth is None:
            depth = len(self.open)
            while depth and self._stands_above(marker, self.open[depth - 1], position):
                depth -= 1
        self.open[depth:] = [marker]
        return depth

    def _stands_above(self, marker: Marker, inner: Marker, position: int) -> bool:
        return RANK[marker.style] < RANK[inner.style] and not self._is_inside(marker, inner, position)

    def _is_inside(self, marker: Marker, outer: Marker, position: int) -> bool:
        """Whether a usually outer style stands inside `outer` here: both go on as in 1. 一、二、 2. 一、二、 3."""
        if marker.ordinal != (1,):
            return False
        later = [m for m in self.markers[position + 1 :] if m and m.style in (marker.style, outer.style)]
        after = next((index for index, m in enumerate(later) if m.style == outer.style), None)
        if after is None or not follows(outer.ordinal, later[after].ordinal):
            return False
        again = next((m for m in later[after:] if m.style == marker.style), None)
        return again is None or again.ordinal == (1,)


@dataclass(slots=True)
class _Draft:
    """A clause while its paragraphs are still coming."""

    id: str
    number: str
    path: tuple[str, ...]
    label: str
    heading: str = ""
    text: list[str] = field(default_factory=list)

    def begin(self, words: str) -> None:
        """Split the words after the number at the first 。"""
        self.heading, _, rest = words.partition("。")
        self.heading = self.heading.strip()
        self.text = [rest.strip()] if rest.strip() else []

    def finished(self) -> Clause:
        return Clause(
            self.id, self.number, len(self.path) + 1, self.heading, "\n".join(self.text), self.path, self.label
        )


class _Builder:
    """Puts lines, in order, into clauses, preamble, closing and dropped."""

    def __init__(self, nesting: _Nesting) -> None:
        self.nesting = nesting
        self.drafts: list[_Draft] = []
        self.open: list[_Draft] = []
        self.used: Counter[str] = Counter()
        self.waiting = False
        self.outside: dict[str, list[str]] = {"preamble": [], "closing": [], "dropped": []}

    def add(self, position: int, line: str, role: Role) -> None:
        if role is Role.DROPPED:
            self.outside["dropped"].append(line)
        elif role is Role.CLOSING or role is Role.APPENDIX:
            self.outside["closing" if self.drafts or role is Role.CLOSING else "preamble"].append(line)
            self.open = []
            self.nesting.restart()
        elif role is Role.BODY and self.nesting.markers[position]:
            self._open_clause(position, line)
        elif role is Role.BODY:
            self._add_paragraph(line)

    def _open_clause(self, position: int, line: str) -> None:
        marker = self.nesting.markers[position]
        assert marker is not None
        depth = self.nesting.place(position)
        self.open = self.open[:depth]
        path = tuple(draft.id for draft in self.open)
        label = "".join(line.removesuffix(marker.rest).split())
        draft = _Draft(self._unique("/".join((*path[-1:], marker.number))), marker.number, path, label)
        draft.begin(marker.rest)
        self.waiting = not marker.rest
        self.drafts.append(draft)
        self.open.append(draft)

    def _unique(self, wanted: str) -> str:
        self.used[wanted] += 1
        return wanted if self.used[wanted] == 1 else f"{wanted}~{self.used[wanted]}"

    def _add_paragraph(self, line: str) -> None:
        if not self.open:
            self.outside["closing" if self.drafts else "preamble"].append(line)
        elif self.waiting:
            self.open[-1].begin(line)
            self.waiting = False
        else:
            self.open[-1].text.append(line)

    def document(self, title: str) -> SegmentedDocument:
        clauses = tuple(draft.finished() for draft in self.drafts)
        return SegmentedDocument(title, clauses, **{name: tuple(lines) for name, lines in self.outside.items()})
