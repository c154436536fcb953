"""Official texts kept as Markdown with front matter: policy_corpus/documents/, and in the same form what staff add.

The front matter says what a text is, who issued it, whether it is in force and how it was read. The body stays
verbatim; its clauses are cut on first use. Which measures rest on a text is not known here.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from navigator.corpus.charset import decoded
from navigator.corpus.markdown import plain_markdown, split_front_matter
from navigator.corpus.marked import read_marked
from navigator.corpus.model import InForce, Level, Model, Text
from navigator.corpus.segment import Clause, SegmentedDocument, segment_text
from navigator.corpus.yamlfile import parse_yaml, validate
from navigator.errors import InputError

DocumentId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Kind = Literal[
    "法律",
    "行政法规",
    "地方性法规",
    "规章",
    "规范性文件",
    "规划方案",
    "通知公告",
    "政策解读",
    "其他",
]
Status = Literal["征求意见稿", "现行有效", "尚未施行", "已被修改", "已废止", "已失效", "不详"]
ReadAs = Literal["official", "repost", "excerpt", "upload"]


class Consultation(Model):
    """When a draft was open for comments (both days belong to it), and what came of it."""

    from_: date = Field(alias="from")
    to: date
    feedback: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Consultation:
        if self.from_ > self.to:
            raise ValueError(f"from {self.from_} 晚于 to {self.to}")
        return self


class Basis(Model):
    """A text that this one carries out."""

    title: Text
    number: Text | None = None


class Front(Model):
    """The front matter of one text. `read_as`: the official page, a repost, an excerpt, or a file from staff."""

    id: DocumentId
    title: Text
    kind: Kind
    level: Level
    status: Status
    document_number: Text | None = None
    issuer: Text | None = None
    issued: date | None = None
    in_force: InForce | None = None
    consultation: Consultation | None = None
    based_on: list[Basis] = []
    links: list[Text] = []
    read_as: ReadAs
    clauses: Literal["cut", "marked"] = "cut"
    """Whether clauses are cut from the printed text, or stand as they were marked by hand."""
    source_note: Text | None = None
    added_by: Text | None = None
    added_on: date | None = None
    released_by: Text | None = None
    released_on: date | None = None

    @model_validator(mode="after")
    def _says_what_is_open(self) -> Front:
        if self.read_as in ("repost", "excerpt") and not self.source_note:
            raise ValueError(f"read_as 是 {self.read_as} 时要写 source_note，说明哪里没有核实")
        return self


class Document:
    """One official text: its front matter, its Markdown body as it stands in the file, and its clauses."""

    def __init__(self, front: Front, body: str) -> None:
        self.front = front
        self.body = body

    @property
    def id(self) -> str:
        return self.front.id

    @property
    def title(self) -> str:
        return self.front.title

    @cached_property
    def segmented(self) -> SegmentedDocument:
        """The text in clauses, done once."""
        if self.front.clauses == "marked":
            return read_marked(self.body, self.title)
        lines, _ = plain_markdown(self.body)
        return segment_text("\n".join(lines), self.title)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The numbered clauses in reading order."""
        return self.segmented.clauses

    @cached_property
    def clause_by_id(self) -> dict[str, Clause]:
        return {clause.id: clause for clause in self.clauses}


def load_documents(folder: Path) -> list[Document]:
    """All texts of a folder by id; none where it does not exist. Raises InputError for the first fault."""
    documents: dict[str, Document] = {}
    for path in sorted(folder.glob("*.md")):
        document = load_document(path)
        documents[document.id] = document
    return [documents[key] for key in sorted(documents)]


def load_document(path: Path) -> Document:
    """One text; raises InputError naming file and line for front matter that is missing, wrong or not this file's."""
    try:
        text = decoded(path.read_bytes())
    except OSError:
        raise InputError(str(path), "没有这个文件，或者没有权限打开") from None
    if text is None:
        raise InputError(path.name, "里面不是文字，读不出来", "请用 UTF-8 编码的 Markdown 文件")
    front, body = split_front_matter(text)
    if not front:
        raise InputError(f"{path.name}:1", "开头没有文件信息", "第一行写 ---，写完各项后再写一行 ---")
    file = parse_yaml(f"\n{front}", path)
    document = Document(validate(Front, file.data, file), body)
    if document.id != path.stem:
        raise InputError(file.place(("id",)), f"id 是 {document.id}", f"应与文件名 {path.stem} 相同")
    if not body.strip():
        raise InputError(path.name, "只有文件信息，没有正文")
    return document
