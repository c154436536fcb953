"""Runs apart from the server, with limits on memory and time: tells what an uploaded file is by its content, and reads it.

`python -m navigator.intake.parsing NAME` takes the bytes on stdin and answers one JSON object on stdout: the text in
clauses, or the one sentence why not. It opens no other file for writing and needs no network.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import PurePath

from navigator.corpus.charset import decoded
from navigator.corpus.reading import read_bytes
from navigator.corpus.segment import SegmentedDocument, segment_text
from navigator.errors import InputError, shorten

MEMORY = 1_500_000_000
CPU_SECONDS = 40
LONGEST_SIDE = 300
"""Pages of a PDF."""
LONGEST_TEXT = 1_000_000
UNPACKED = 200_000_000
"""Bytes a Word file may hold unpacked."""
PARTS = 3_000
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div|p|table|meta|title)\b",
    re.I | re.S,
)
_MARKDOWN = re.compile(r"\A﻿?---[ \t]*\r?\n|^#{1,6}[ \t]+\S", re.MULTILINE)
_FORMATS = "请换成 .docx、.pdf、.html 或 .txt 文件"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"RIFF")
_ENCRYPTED, _OLD_WORD = "EncryptedPackage".encode("utf-16-le"), "WordDocument".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read: the format by content, the text in clauses, and pages that hold no text (pictures, as it seems)."""

    suffix: str
    document: SegmentedDocument
    empty_pages: tuple[int, ...] = ()


def parse(data: bytes, name: str) -> Parsed:
    """Read an uploaded file; InputError with one sentence for whatever cannot or must not be read."""
    shown = shorten(PurePath(name.replace("\\", "/")).name or "文件")
    suffix = format_of(data, shown)
    empty = _checked_pages(data, shown) if suffix == ".pdf" else ()
    reading = read_bytes(data, f"{PurePath(shown).stem}{suffix}")
    text = "\n".join(reading.lines)
    if len(text) > LONGEST_TEXT:
        raise InputError(shown, f"有 {len(text)} 个字", f"最多 {LONGEST_TEXT} 个字，请分成几份")
    document = segment_text(text, reading.title)
    return Parsed(suffix, document, empty)


def format_of(data: bytes, name: str) -> str:
    """The format by content alone, as a suffix; the name only appears in sentences."""
    head = data[:1024].lstrip()
    if not data.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf"):
        raise InputError(name, "文件是空的", "请换一个有内容的文件")
    if b"%PDF-" in head:
        return ".pdf"
    if head.startswith(b"PK"):
        return _word_in(data, name)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _old_office(data, name)
    if head.startswith(b"{\\rtf"):
        raise InputError(name, "是 RTF 文档", "请用 Word 或 WPS 打开，另存为 .docx 再试")
    if head.startswith(_PICTURES):
        raise InputError(name, "是图片，图片里的文字读不了", "请用文字版文件，或先做文字识别")
    text = decoded(data)
    if text is None:
        raise InputError(name, "里面不是文字，读不出来", _FORMATS)
    if _HTML.match(text[:4096]):
        return ".html"
    return ".md" if _MARKDOWN.search(text[:20_000]) else ".txt"


def _old_office(data: bytes, name: str) -> InputError:
    if _ENCRYPTED in data:
        return InputError(name, "这个 Office 文件加了密码，打不开", "请先去掉密码，另存为 .docx 再试")
    if _OLD_WORD in data:
        return InputError(name, "是旧格式的 Word 文档（.doc）", "请用 Word 或 WPS 打开，另存为 .docx 再试")
    return InputError(name, "是旧格式的 Office 文件", "请用 Word 或 WPS 打开，另存为 .docx 再试")


def _word_in(data: bytes, name: str) -> str:
    """`.docx`, once nothing in the package is out of bounds."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputError(name, "压缩包已损坏，打不开", "请重新下载或另存一份") from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise InputError(name, "加了密码，打不开", "请先去掉密码再试")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise InputError(name, "解开后大得不正常，没有打开", "请另存为一份普通的 .docx 再试")
    if "word/document.xml" not in names:
        kind = "Excel 表格" if any(one.startswith("xl/") for one in names) else "压缩包，不是 Word 文档"
        raise InputError(name, f"是{kind}", _FORMATS)
    if any(PurePath(one).name.lower() == "vbaproject.bin" for one in names):
        raise InputError(name, "里面有宏程序，没有打开", "请用 Word 另存为不带宏的 .docx 再试")
    return ".docx"


def _checked_pages(data: bytes, name: str) -> tuple[int, ...]:
    """The pages without text; InputError for too many pages. What is broken or encrypted is told when it is read."""
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(data) as document:
            if len(document) > LONGEST_SIDE:
                raise InputError(name, f"有 {len(document)} 页", f"最多 {LONGEST_SIDE} 页，请分成几份")
            counts = [page.get_textpage().count_chars() for page in document]
    except pdfium.PdfiumError:
        return ()
    return tuple(number for number, count in enumerate(counts, start=1) if count < 5)


def _limit() -> None:
    """Bound this process: memory, processor time, and no file may be written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read stdin, answer on stdout. Whatever happens inside becomes a sentence or an exit code, never a traceback."""
    _limit()
    sys.dont_write_bytecode = True
    name = sys.argv[1] if len(sys.argv) > 1 else "文件"
    try:
        parsed = parse(sys.stdin.buffer.read(), name)
        answer: dict[str, object] = {"parsed": asdict(parsed)}
    except InputError as fault:
        answer = {"fault": [fault.place, fault.found, fault.expected]}
    except MemoryError:
        answer = {"fault": [shorten(name), "太复杂，读它要用的内存超过了限制", "请另存为纯文字的 .txt 或 .docx 再试"]}
    except Exception:  # a library's own failure on a hostile or broken file
        answer = {"fault": [shorten(name), "读不出来，文件可能已损坏", "请另存一份，或把内容复制到 .txt 里再试"]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
