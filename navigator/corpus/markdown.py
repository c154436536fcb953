"""Reads Markdown as plain lines: front matter apart, the marks of headings, bold, lists, links and tables taken away.

Only marks go; every character of the text stays, so `*****热线` or `5*3` keep their stars. It is no renderer.
"""

from __future__ import annotations

import re

from navigator.corpus.paragraphs import unwrapped

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<front>.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]*(?P<text>[^#\s].*?)(?:[ \t]+#+)?[ \t]*$")
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}$|[|:\- \t]*-{2,}[|:\- \t]*$|(?:```|~~~).*$")
_BULLET = re.compile(r"(?:[-+]|\*(?!\*))[ \t]+|>[ \t]?")
_BOLD = re.compile(r"(?<![*\\])\*\*(?![*\s])(.+?)(?<![*\s\\])\*\*(?!\*)")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\((?:https?:|mailto:|/|#|\.)[^)\s]*\)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def split_front_matter(text: str) -> tuple[str, str]:
    """The YAML between the opening and closing --- ("" where there is none), and the rest."""
    match = _FRONT_MATTER.match(text)
    return (match["front"], text[match.end() :]) if match else ("", text)


def plain_markdown(body: str) -> tuple[list[str], str | None]:
    """The lines of a Markdown body, and its only first-level heading, where it has one."""
    lines, first_level = [], []
    for line in unwrapped(_COMMENT.sub("", body)):
        stripped = line.strip()
        if not stripped or _RULE.match(stripped):
            continue
        heading = _HEADING.match(stripped)
        text = _plain(heading["text"] if heading else _BULLET.sub("", stripped, count=1))
        if heading and heading["marks"] == "#":
            first_level.append(text)
        lines.append(text)
    return lines, first_level[0] if len(first_level) == 1 else None


def _plain(text: str) -> str:
    if text.startswith("|") and text.endswith("|") and len(text) > 1:
        text = "\u3000".join(cell.strip() for cell in text.strip("|").split("|"))
    text = _LINK.sub(r"\1", _IMAGE.sub("", _BOLD.sub(r"\1", text)))
    return _ESCAPE.sub(r"\1", text).strip()
