"""Reads the text of a web page: every printed line in order, from where the main text begins to where it ends.

trafilatura alone lost lines on pages composed after real ones (<br> in layout tables became one line, ordered lists
lost their numbers), so the lines come from a walk of our own, and trafilatura only says where the main text lies. What
still is clutter inside is `clutter`'s matter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from navigator.corpus.clutter import is_whole_title, without_site_name
from navigator.corpus.numbering import marker_of

_SKIPPED = re.compile("script|style|noscript|template|head|title|select|button|textarea|svg|iframe|object|nav|footer")
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figure|figcaption|form|h[1-6]|"
    "header|hr|li|main|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_SENTENCE_END = re.compile(r"[。;；][”’」』）)》]*$")
_SITE_ITSELF = re.compile(r".{0,20}(?:政府|网|局|委员会|网站|平台|首页)")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CELL_GAP = "\u3000"


@dataclass(frozen=True, slots=True)
class _Printed:
    """One printed line; `linked` when most of it is a link."""

    text: str
    linked: bool


def read_html(page: str) -> tuple[list[str], str | None]:
    """The lines of a page's main text, and its title where the page names one."""
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", page), parser=parser)
    except etree.ParserError:
        return [], None
    title = _title(root)
    printed = list(_Walk().lines(root))
    main = _main_lines(page)
    return [line.text for line in _bounded(printed, main)], title


def _title(root: Any) -> str | None:
    """The heading or <title> that reads like a document's; a site's own name is none."""
    found = [" ".join(heading.text_content().split()) for heading in root.iter("h1")]
    found.append(" ".join((root.findtext(".//title") or "").split()))
    titles = [title for title in map(without_site_name, found) if title and not _SITE_ITSELF.fullmatch(title)]
    return next(filter(is_whole_title, titles), titles[0] if titles else None)


def _main_lines(page: str) -> set[str]:
    """What trafilatura holds to be the main text, as lines without spaces."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    text = trafilatura.extract(page, include_comments=False, include_tables=True, favor_recall=True) or ""
    return {_plain(line) for line in text.splitlines()} - {""}


def _plain(text: str) -> str:
    return re.sub(r"[\s|\-]", "", text)


def _bounded(printed: list[_Printed], main: set[str]) -> list[_Printed]:
    """The lines from the first to the last of the main text, widened to all numbered lines and paragraphs."""
    joined = "".join(main)
    inside = [
        position
        for position, line in enumerate(printed)
        if _plain(line.text) in main or (len(line.text) > 20 and _plain(line.text) in joined) or _is_text(line)
    ]
    return printed[inside[0] : inside[-1] + 1] if inside else printed


def _is_text(line: _Printed) -> bool:
    marker = marker_of(line.text)
    return not line.linked and bool(
        (marker and not marker.doubtful) or (_SENTENCE_END.search(line.text) and len(line.text) > 20)
    )


class _Walk:
    """Collects printed lines from an element tree, without recursion: old pages nest fonts hundreds deep."""

    def __init__(self) -> None:
        self.text = ""
        self.linked = 0
        self.links = 0

    def lines(self, root: Any) -> Iterator[_Printed]:
        """The lines below an element, in order."""
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "start":
                yield from self._enter(element)
                if _is_unprinted(element) or (element.tag == "tr" and _is_data_row(element)):
                    walker.skip_subtree()
            else:
                yield from self._leave(element)
        yield from self._break()

    def _enter(self, element: Any) -> Iterator[_Printed]:
        if _is_unprinted(element):
            return
        if _BLOCKS.fullmatch(element.tag) or element.tag == "br":
            yield from self._break()
        self.links += element.tag == "a"
        if element.tag == "tr" and _is_data_row(element):
            self._add(_CELL_GAP.join(text for text in map(_cell_text, element) if text))
        else:
            self._add(_item_number(element) if element.tag == "li" else "")
            self._add(element.text)

    def _leave(self, element: Any) -> Iterator[_Printed]:
        if not _is_unprinted(element):
            self.links -= element.tag == "a"
            if _BLOCKS.fullmatch(element.tag):
                yield from self._break()
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text:
            self.text += re.sub(r"[ \t\r\n\f]+", " ", text)
            self.linked += len(text.strip()) if self.links else 0

    def _break(self) -> Iterator[_Printed]:
        text = self.text.strip()
        if text:
            yield _Printed(text, self.linked > len(text) / 2)
        self.text, self.linked = "", 0


def _is_unprinted(element: Any) -> bool:
    return bool(_SKIPPED.fullmatch(element.tag) or _HIDDEN.search(element.get("style", "")))


def _is_data_row(row: Any) -> bool:
    """Whether a row holds several short cells, and not the layout of a page."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or row.find(".//table") is not None or row.find(".//li") is not None:
        return False
    return all(len(cell.text_content().strip()) <= 300 and _paragraphs(cell) <= 3 for cell in cells)


def _paragraphs(cell: Any) -> int:
    return sum(1 for child in cell.iter("p", "div", "br"))


def _cell_text(cell: Any) -> str:
    return " ".join(" ".join(cell.itertext()).split())


def _item_number(item: Any) -> str:
    """What a browser prints before an item of an ordered list: `1. `."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    start = int(parent.get("start", "1")) if re.fullmatch(r"\d+", parent.get("start", "1")) else 1
    number = start + sum(1 for sibling in item.itersiblings("li", preceding=True))
    return f"{number}. " if parent.get("type", "1") == "1" else ""
