"""Reads a file of any supported format (.txt .md .html .docx .pdf) as plain lines, one paragraph a line.

A file is known by its content as well as by its name, and whatever cannot be read is told in one sentence. Nothing is
judged here about what the lines mean; scanned pages are not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from navigator.corpus.charset import decoded
from navigator.corpus.markdown import plain_markdown, split_front_matter
from navigator.corpus.paragraphs import unwrapped
from navigator.corpus.yamlfile import parse_yaml
from navigator.errors import InputError

SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")
_FORMATS = "请用 .txt、.md、.html、.docx 或 .pdf 文件"
_OLD_WORD = (".doc", ".wps", ".rtf", ".dot", ".wpt")


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines of a file, the title it declares (front matter, <h1>, <title>), and its front matter."""

    lines: tuple[str, ...]
    title: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


def read_file(path: Path) -> Reading:
    """Read one file; InputError where it is missing, a folder, of another format, empty, damaged or a scan."""
    if path.is_dir():
        raise InputError(str(path), "这是文件夹", "请指定一个文件")
    _check_suffix(path.name)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(str(path), "没有这个文件", "请检查文件名和所在的文件夹") from None
    except OSError:
        raise InputError(str(path), "这个文件打不开", "请检查是否有读取权限") from None
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str) -> Reading:
    """Read an uploaded file; `name` tells the format. Errors as for `read_file`."""
    suffix = _check_suffix(name)
    if not data.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf"):
        raise InputError(name, "文件是空的", "请换一个有内容的文件")
    _check_content(data, name, suffix)
    reading = _READERS[suffix](data, name)
    if not any(line.strip() for line in reading.lines):
        raise InputError(name, "文件里没有文字", "请换一个有内容的文件")
    return reading


def _check_suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    if suffix in _OLD_WORD:
        raise InputError(name, f"是旧格式的文档({suffix})", "请用 Word 或 WPS 打开，另存为 .docx 再试")
    if suffix not in SUFFIXES:
        raise InputError(name, f"不支持 {suffix} 格式" if suffix else "文件名没有扩展名", _FORMATS)
    return suffix


def _check_content(data: bytes, name: str, suffix: str) -> None:
    """Refuse a file whose content is plainly of another kind than its name says."""
    kind, right_suffixes, advice = _content(data)
    if kind and suffix not in right_suffixes:
        raise InputError(name, f"内容其实是{kind}", advice)
    if suffix == ".pdf" and kind != "PDF":
        raise InputError(name, "内容不是 PDF", "文件可能没下载完整，请重新下载")


def _content(data: bytes) -> tuple[str, tuple[str, ...], str]:
    """What the first bytes say: the kind ("" when they say nothing), its suffixes, and what to do."""
    head = data[:1024].lstrip()
    if head.startswith(b"%PDF-"):
        return "PDF", (".pdf",), "请把扩展名改成 .pdf 再试"
    if head.startswith(b"PK\x03\x04"):
        if b"word/" in data:
            return " Word 文档", (".docx",), "请把扩展名改成 .docx 再试"
        return (" Excel 表格" if b"xl/" in data else "压缩包"), (), _FORMATS
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "旧版或加了密码的 Office 文件", (), "请用 Word 或 WPS 打开，不加密码另存为 .docx 再试"
    if head.startswith(b"{\\rtf"):
        return " RTF 文档", (), "请用 Word 或 WPS 打开，另存为 .docx 再试"
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")):
        return "图片", (), "图片里的文字读不了，请用文字版文件"
    if re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html[\s>])", head, re.IGNORECASE):
        return "网页", (".html", ".htm", ".md"), "请把扩展名改成 .html 再试"
    return "", (), ""


def _text_of(data: bytes, name: str) -> str:
    text = decoded(data)
    if text is None:
        raise InputError(name, "里面不是文字，读不出来", f"可能是别的格式改了扩展名；{_FORMATS}")
    return text


def _read_txt(data: bytes, name: str) -> Reading:
    return Reading(tuple(unwrapped(_text_of(data, name))))


def _read_md(data: bytes, name: str) -> Reading:
    front, body = split_front_matter(_text_of(data, name))
    metadata = parse_yaml(f"\n{front}", Path(name)).data if front else {}
    if not isinstance(metadata, dict):
        metadata, body = {}, f"{front}\n{body}"
    lines, heading = plain_markdown(body)
    title = metadata.get("title")
    return Reading(tuple(lines), title if isinstance(title, str) else heading, metadata)


def _read_html(data: bytes, name: str) -> Reading:
    from navigator.corpus.webpage import read_html

    lines, title = read_html(_text_of(data, name))
    return Reading(tuple(lines), title)


def _read_docx(data: bytes, name: str) -> Reading:
    from navigator.corpus.wordfile import read_docx

    return Reading(tuple(read_docx(data, name)))


def _read_pdf(data: bytes, name: str) -> Reading:
    from navigator.corpus.pdffile import read_pdf

    return Reading(tuple(read_pdf(data, name)))


_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    ".txt": _read_txt,
    ".md": _read_md,
    ".html": _read_html,
    ".htm": _read_html,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
