"""Uploads: the type is known by content, whatever the name says; what cannot be read is told in one sentence, in time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile

import pytest

from navigator.auth import Actor, NotAllowed
from navigator.errors import InputError
from navigator.intake import parsing, upload
from navigator.settings import ROOT
from tests.corpus.makers import docx_of, pdf_of
from tests.intake.conftest import FIRST

LINES = ["某市若干措施", "一、资金。每人1500元。", "二、服务。一次办好。"]
HTML = (
    "<html><head><title>某市若干措施</title></head><body>"
    + "".join(f"<p>{line}</p>" for line in LINES)
    + "</body></html>"
)
PDF = pdf_of([[(72, 760 - 40 * row, line) for row, line in enumerate(LINES)]])


def packed(parts: dict[str, bytes], into: bytes = b"") -> bytes:
    out = io.BytesIO(into)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def locked(data: bytes) -> bytes:
    """A package whose parts say that they are encrypted."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := changed.find(mark, start + 1)) >= 0:
            changed[start + place] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (docx_of(LINES), ".docx"),
        (PDF, ".pdf"),
        (HTML.encode(), ".html"),
        ("\n".join(LINES).encode("gbk"), ".txt"),
        (("# " + "\n\n".join(LINES)).encode(), ".md"),
    ],
    ids=["docx", "pdf", "html", "txt in GBK", "md"],
)
@pytest.mark.parametrize("name", ["政策.docx", "政策.pdf", "政策.exe", "政策", "../../政策.html"])
def test_a_file_is_read_as_what_it_is_whatever_its_name_says(data, suffix, name):
    parsed = parsing.parse(data, name)
    assert parsed.suffix == suffix
    assert [clause.id for clause in parsed.document.clauses] == ["一", "二"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "文件是空的"),
        (packed({"word/document.xml": b"0" * 250_000_000}), "大得不正常"),
        (packed({f"word/{number}.xml": b"" for number in range(4000)}), "大得不正常"),
        (packed({"word/vbaProject.bin": b"x"}, docx_of(LINES)), "宏程序"),
        (locked(docx_of(LINES)), "加了密码"),
        (packed({"xl/workbook.xml": b"x"}), "Excel 表格"),
        (packed({"a.txt": b"x"}), "压缩包，不是 Word 文档"),
        (docx_of(LINES)[:3000], "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "旧格式的 Word"),
        (pdf_of([[], []]), "像是扫描件"),
        (b"%PDF-1.7 broken", "已损坏"),
        (b"\x89PNG\r\n\x1a\n", "图片里的文字读不了"),
        (b"{\\rtf1 x}", "RTF"),
        (bytes(range(256)) * 40, "不是文字"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(data, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        parsing.parse(data, "政策.docx")
    assert "\n" not in str(caught.value)


def test_a_pdf_with_too_many_pages_is_refused(monkeypatch):
    monkeypatch.setattr(parsing, "LONGEST_SIDE", 1)
    with pytest.raises(InputError, match="有 2 页；最多 1 页|有 2 页;最多 1 页"):
        parsing.parse(pdf_of([[(72, 700, "一、好")], []]), "x.pdf")


def test_pages_that_hold_only_a_picture_are_named():
    page = [(72, 760 - 40 * row, line) for row, line in enumerate(LINES)]
    assert parsing.parse(pdf_of([page, [], page]), "x.pdf").empty_pages == (2,)


def test_the_original_is_kept_as_it_came_under_its_hash(data):
    content = docx_of(LINES)
    taken = upload.take(FIRST, content, "政策.docx")
    assert upload.original(FIRST, taken.sha256) == content
    assert (upload.originals_folder() / taken.sha256).is_file()
    assert [clause.label for clause in taken.document.clauses] == ["一、", "二、"]


def test_a_file_that_is_too_large_is_not_even_read(data, monkeypatch):
    monkeypatch.setattr(upload, "LARGEST", 10)
    with pytest.raises(InputError, match="最多"):
        upload.take(FIRST, b"x" * 11, "x.txt")


def test_reading_ends_when_its_time_is_over(data):
    began = time.monotonic()
    with pytest.raises(InputError, match="还没读完"):
        upload.take(FIRST, docx_of(LINES), "x.docx", seconds=0.01)
    assert time.monotonic() - began < 5
    assert not upload.originals_folder().exists()


def test_reading_runs_in_a_process_with_its_own_limits():
    code = (
        "from navigator.intake import parsing; import resource; parsing._limit();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_FSIZE)[0]);"
        "x = bytearray(parsing.MEMORY)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.split() == [str(parsing.MEMORY), "0"]
    assert "MemoryError" in done.stderr


def test_the_reading_process_gets_no_setting_of_ours(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@/x")
    assert "secret" not in str(upload._environment())
    assert set(upload._environment()) - set(os.environ) <= {
        "PYTHONUTF8",
        "PYTHONDONTWRITEBYTECODE",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
    }


@pytest.mark.parametrize("sha256", ["", "../release.key", "0" * 64, "a" * 63 + "/"])
def test_only_a_kept_original_is_handed_out(data, sha256):
    with pytest.raises(InputError, match="没有找到"):
        upload.original(FIRST, sha256)


def test_only_staff_may_upload(data):
    with pytest.raises(NotAllowed):
        upload.take(Actor("小队", "team"), b"x", "x.txt")
