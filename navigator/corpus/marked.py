"""A text whose clauses are marked in its Markdown: written after its clauses were corrected by hand, and read as marked.

A heading opens a clause: `##` is level 1, `###` level 2 and so on; after it stand the number as printed, a full-width
space and the heading. Paragraphs below are the clause's text, a rule `---` ends the last one. Nothing is guessed here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from navigator.corpus.numbering import marker_of
from navigator.corpus.segment import Clause, SegmentedDocument

_CLAUSE = re.compile(r"(?P<marks>#{2,})[ \t](?P<label>[^\s　]+)　?(?P<heading>.*)")
_ENDING = "---"
_TO_ESCAPE = re.compile(r"\\|#|---$")


def write_marked(document: SegmentedDocument) -> str:
    """The Markdown body that `read_marked` reads as the very same clauses."""
    lines = [f"# {document.title}", *map(_escaped, _lines(document.preamble))]
    for clause in document.clauses:
        lines.append(f"{'#' * (clause.level + 1)} {clause.label or clause.number}　{clause.heading}".rstrip())
        lines += map(_escaped, _lines([clause.text]))
    if document.closing:
        lines += [_ENDING, *map(_escaped, _lines(document.closing))]
    return "\n\n".join(lines) + "\n"


def read_marked(body: str, title: str) -> SegmentedDocument:
    """The clauses as they are marked."""
    preamble: list[str] = []
    closing: list[str] = []
    found: list[tuple[int, str, str, list[str]]] = []
    into = preamble
    for line in _lines(body.splitlines()):
        clause = _CLAUSE.fullmatch(line) if into is not closing else None
        if clause:
            into = []
            found.append((len(clause["marks"]) - 1, clause["label"], clause["heading"].strip(), into))
        elif line == _ENDING:
            into = closing
        elif not (line.startswith("# ") and into is preamble and not preamble):
            into.append(line[1:] if line.startswith("\\") else line)
    return placed(
        [(level, label, heading, "\n".join(text)) for level, label, heading, text in found], title, preamble, closing
    )


def placed(
    rows: Iterable[tuple[int, str, str, str]],
    title: str,
    preamble: Iterable[str] = (),
    closing: Iterable[str] = (),
    dropped: Iterable[str] = (),
) -> SegmentedDocument:
    """Rows (level, number as printed, heading, text) in reading order as clauses with ids and ancestors; a level that skips one is drawn up."""
    clauses: list[Clause] = []
    open_: list[Clause] = []
    used: Counter[str] = Counter()
    for level, label, heading, text in rows:
        number = number_of(label)
        open_ = open_[: max(level, 1) - 1]
        wanted = "/".join((*(one.id for one in open_[-1:]), number))
        used[wanted] += 1
        clause_id = wanted if used[wanted] == 1 else f"{wanted}~{used[wanted]}"
        clauses.append(Clause(clause_id, number, len(open_) + 1, heading, text, tuple(one.id for one in open_), label))
        open_.append(clauses[-1])
    return SegmentedDocument(title, tuple(clauses), tuple(preamble), tuple(closing), tuple(dropped))


def number_of(label: str) -> str:
    """A printed number without its brackets and points: （一） is 一, 第三条 stays."""
    marker = marker_of(f"{label}某")
    if marker and marker.rest == "某":
        return marker.number
    return label.strip("()（）[]【】〔〕、.．,，:：") or label


def _lines(texts: Iterable[str]) -> list[str]:
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


def _escaped(line: str) -> str:
    return f"\\{line}" if _TO_ESCAPE.match(line) else line
